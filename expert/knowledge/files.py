"""Every file of a knowledge base: its keys in their order, what each holds, and what it means.

This is the one place that says so. A new key is declared here; then it is read where its file is
read, and stands in the example of the documentation (`docs/reference`), which a test holds to this.

A `Shape` is a mapping: its name, what messages call it, and its keys in their order. Each `Key` has what it
holds, and a sentence that says what it means, as editors and the documentation show it. What it holds is of
the kinds that `expert/knowledge/shapes.py` explains; so `Listing(DATUM, least=0, alone=False)` is a list that
may be empty, and is written as a list even where there is one datum.
"""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatch

from expert.knowledge.directories import CLAIMS_PATH, DOCUMENT_PATH, OPTIONS_PATH, VOCABULARY_PATH
from expert.knowledge.shapes import (
    ByName,
    ByTerm,
    Either,
    Entries,
    File,
    Key,
    Listing,
    Name,
    RulePart,
    Shape,
    Text,
    Word,
    required,
)
from expert.language.conclusions import STANCES, STRENGTHS, Advise, Caution
from expert.language.model import CHOICES, ORDERED, TODAY, TYPES, Term, by_rule_name
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import BASES, DATUM_BASES, PRICE_BASES, RuleBase, rule_names
from expert.language.words import HEADINGS

RESERVED = ("known", "unknown", "any", "all", "not", "unless", "option")
SENSES = ("always", "never", "never-less", "never-more")
COMPARING = SENSES[2:]  # two cases with each other

CHECKS = {
    "never-fires": "every rule can fire",
    "masked": "no rule only concludes what other rules conclude whenever it fires",
    "identical": "no two rules fire in the same cases with the same conclusions",
    "unread": "every value concluded of a finding is read by a rule, a text or an invariant, or shown",
    "never-recommended": "every option can be recommended",
    "never-matters": "every question can matter",
    "dead-end": "in every case something is recommended, a result, planned, advised or still asked",
    "tension": "no two rules argue for and against an option on a topic that decides",
    "vacuous": "every invariant speaks of some case",
}

ORDERS = ("most-first", "least-first")
ASKING = ("first",)
NO_COST = "none"  # of a cost that is not concluded


# --- texts and words -----------------------------------------------------------------------
TEXT = Text()

ID = Text(
    "up to 100 lowercase letters, digits and `-`, of which the first is a letter",
    "[a-z][a-z0-9-]{0,99}",
    ("string",),
)

PLACE = "p[1-9][0-9]{0,3}s[1-9][0-9]{0,3}"
HASH = Text("16 hexadecimal digits", "[0-9a-f]{16}", ("string", "number"), quoted=True)
NUMBER = Text("a number", types=("number", "string"))
DATE = Text("a date, written YYYY-MM-DD", "[0-9]{4}-[0-9]{2}-[0-9]{2}", ("string",))
WHOLE = Text("a whole number", "-?[0-9]{1,6}", ("integer", "string"))
YES_NO = Word(("yes", "no"))


# --- names that the knowledge base gives ------------------------------------------------------
def concluded(base: RuleBase) -> dict[str, Term]:
    """The findings by the names under which rules conclude them."""
    return by_rule_name(base.knowledge.findings)


def overall_findings(base: RuleBase) -> dict[str, Term]:
    return {name: term for name, term in base.knowledge.findings.items() if not term.per_option}


def option_findings(base: RuleBase) -> dict[str, Term]:
    return {name: term for name, term in base.knowledge.findings.items() if term.per_option}


def _costs(base: RuleBase) -> list[str]:
    return [name for name, term in option_findings(base).items() if term.type == "money"]


def _advice(base: RuleBase) -> list[str]:
    said = [c.key for i in base.instances for c in i.then if isinstance(c, (Advise, Caution))]
    return list(dict.fromkeys(said))


def scorable(base: RuleBase) -> dict[str, Term]:
    """The findings that can be a score, by the names under which rules conclude them."""
    return {name: term for name, term in concluded(base).items() if term.numeric}


def _yes_no_findings(base: RuleBase) -> list[str]:
    return [name for name, term in concluded(base).items() if term.type == "yes-no"]


def _exclusive(base: RuleBase) -> list[str]:
    return [name for name, term in concluded(base).items() if not term.ordered]


def _ranking(base: RuleBase) -> list[str]:
    return [name for name, term in scorable(base).items() if term.per_option]


def _timings(base: RuleBase) -> Collection[str]:
    return (NOW, *base.knowledge.steps)


CLAIM_NAME = Name("claim", lambda base: base.knowledge.claims)
HEDGE_NAME = Name("hedge", lambda base: base.knowledge.hedges)
OPTION_NAME = Name("option", lambda base: base.knowledge.options)
TARGET_NAME = Name("target", lambda base: base.knowledge.targets)
TOPIC_NAME = Name("topic", lambda base: base.knowledge.topics)
STEP_NAME = Name("step", lambda base: base.knowledge.steps)
FLAG_NAME = Name("flag", lambda base: base.knowledge.flags)
RULE_NAME = Name("rule", rule_names)
ADVICE_NAME = Name("advice", _advice)
YES_NO_FINDING = Name("yes-no finding", _yes_no_findings)
MONEY_FINDING = Name("per-option money finding", _costs)
CITED = Listing(CLAIM_NAME)
FINDING_NAME = Name("finding", concluded)
EXCLUSIVE_FINDING = Name("yes-no or choice finding", _exclusive)
RANKING_FINDING = Name("per-option numeric finding", _ranking)

AS_OF = Name(
    "date attribute", lambda base: [n for n, term in base.knowledge.attributes.items() if term.is_date]
)


# --- kb/document.yaml ----------------------------------------------------------------------
DOCUMENT = Shape(
    "document",
    "the document",
    (
        required("id", TEXT, "Names the knowledge base, in records and to other programs."),
        required("title", TEXT, "What the knowledge is about; it heads reports."),
        required("version", Text(quoted=True), "The version of the knowledge base."),
        Key("source", TEXT, "Which document it comes from; exported provenance names it."),
        Key("edition", TEXT, "Which edition of it the places of claims are of; `kb rebase` writes it."),
        Key("as-of", AS_OF, "The attribute, a date, by which rules that have `in-force` are in force."),
        required("disclaimer", TEXT, "The sentence that stands under every result: what it is, and is not."),
    ),
)


# --- kb/claims.yaml ------------------------------------------------------------------------
CLAIM = Shape(
    "claim",
    "a claim",
    (
        required("says", TEXT, "What the sentence says, in words of your own."),
        required("hedge", HEDGE_NAME, "How surely the sentence says it."),
        required(
            "fingerprint", HASH, "Finds out when the sentence changes; `kb new` and `kb coverage` give it."
        ),
        Key("context", TEXT, "Why nothing follows from the sentence; in place of a rule or datum citing it."),
    ),
)

CLAIMS = Shape(
    "claims",
    "the claims file",
    (
        required("hedges", Entries(TEXT, least=1), "The degrees of certainty, each with its words."),
        required(
            "claims",
            Entries(CLAIM, names=PLACE, least=1, by_place=True),
            "Every sentence of the document by its place: `p7s1` is paragraph 7, sentence 1.",
        ),
    ),
)


# --- kb/vocabulary.yaml --------------------------------------------------------------------
TERM = Shape(
    "term",
    "a term",
    (
        required("type", Word(TYPES), "What values it has."),
        Key(
            "fixed",
            YES_NO,
            "Whether the person cannot change it (their history, say); no explanation then proposes to.",
            only=("attribute",),
        ),
        Key("currency", TEXT, "The currency, such as USD.", only=("money",), needed_for=("money",)),
        Key(
            "decimals",
            Word(tuple("0123456")),
            "How many decimals it has: 1 if left out, and 2 for money.",
            only=("number", "money"),
        ),
        Key(
            "unit",
            TEXT,
            "What is counted or measured: `cm`, `plants`, or for one and for several `plant|plants`.",
            only=("count", "number"),
        ),
        Key("min", NUMBER, "The least that may be answered or written; 0 for a count.", only=ORDERED),
        Key("max", NUMBER, "The most that may be answered or written.", only=ORDERED),
        Key(
            "default",
            Word((TODAY,)),
            "Of a date, `today`: where none is given, the day when a consultation starts is, and recorded.",
            only=("attribute",),
        ),
        Key(
            "per-option",
            YES_NO,
            "Whether each option has a value of its own, which rules call `option.NAME`.",
            only=("finding",),
        ),
        Key(
            "per",
            TEXT,
            "What it is the price of one of, such as `a plant`; shown where the cost cannot be computed.",
            only=("property",),
        ),
        Key(
            "basis",
            Word(PRICE_BASES),
            "How the document gives the price, if not as what is paid.",
            only=("property",),
        ),
        required("label", TEXT, "A few words, as it is shown."),
        Key(
            "says",
            TEXT,
            "How it reads in a sentence: with `{value}` (`the light is {value}`), or, for a yes-no, as a"
            " whole statement.",
        ),
        Key("question", TEXT, "The question, as a person is asked it."),
        Key(
            "ask",
            Word(ASKING),
            "Whether it may be answered: then it is asked before what its rules read, and the answer stands.",
            only=("finding",),
        ),
        Key("help", TEXT, "What explains the question to whoever answers with `?`."),
        Key(
            "values",
            Entries(TEXT, reserved=("known", "unknown")),
            "The values, each with its words; those of a yes-no are `yes` and `no` and may be left out.",
            only=("choice", CHOICES, "yes-no"),
            needed_for=("choice", CHOICES),
        ),
    ),
)


def _of_attribute(key: Key) -> Key:
    """A key of a term as one of an attribute, which is asked and may have several answers."""
    holds = Word((*TYPES, CHOICES)) if key.name == "type" else key.holds
    return key._replace(holds=holds, required=key.required or key.name == "question")


FINDING = TERM._replace(name="finding", what="a finding")
PROPERTY = TERM._replace(name="property", what="a property")

ATTRIBUTE = TERM._replace(
    name="attribute",
    what="an attribute",
    keys=tuple(map(_of_attribute, TERM.keys)),
)

TERMS = {shape.name: shape for shape in (ATTRIBUTE, FINDING, PROPERTY)}
LABEL = required("label", TEXT, "The words with which it is shown.")
NAMED = Shape("name", "a name", (LABEL,))

TOPIC = Shape(
    "topic",
    "a topic",
    (
        LABEL,
        Key("decides", YES_NO, "Whether arguments on it make the verdict; those on others are only shown."),
    ),
)

CALLED = Shape(
    "verdict",
    "a verdict",
    (LABEL, Key("clause", TEXT, "How it reads after `is` or `are`; the label if left out.")),
)

VERDICTS_CALLED = Shape(
    "verdicts",
    "the verdicts",
    tuple(Key(name, Either(TEXT, CALLED), f"What the verdict `{name}` is called.") for name in VERDICTS),
)

HEADINGS_CALLED = Shape(
    "headings",
    "the headings",
    tuple(Key(key, TEXT, f"What stands where `{words}` would.") for key, words in HEADINGS.items()),
)

OWN_WORDS = Shape(
    "words",
    "the words",
    (
        Key("verdicts", VERDICTS_CALLED, "What verdicts are called; rules and records keep their names."),
        Key("headings", HEADINGS_CALLED, "What headings say."),
        Key(
            "silence",
            TEXT,
            "The sentence for an `{option}` that nothing speaks of; `{about}` is `in this case`, or for which"
            " targets.",
        ),
    ),
)

RANK = Shape(
    "rank",
    "`rank`",
    (
        required("by", RANKING_FINDING, "The finding, a number of each option."),
        Key("order", Word(ORDERS), "Which of its numbers comes first; the most if left out."),
    ),
)

CONTRADICTION = Shape(
    "contradiction",
    "a contradiction",
    (
        required(
            "between",
            ByTerm(
                "attribute",
                lambda base: base.knowledge.attributes,
                RulePart("test", "a test of the answer, as in a condition"),
            ),
            "Two attributes, and of each the answers which cannot be so together.",
        ),
        required(
            "leaves-out",
            Name("attribute", lambda base: base.knowledge.attributes),
            "Which of the two then counts as not answered.",
        ),
        required("claims", CITED, "The sentences that it rests on."),
        required("because", TEXT, "The sentence that says why both cannot be so."),
    ),
)

VOCABULARY = Shape(
    "vocabulary",
    "the vocabulary",
    (
        required(
            "attributes",
            Entries(ATTRIBUTE, reserved=RESERVED),
            "What a case can say, in the order in which it is asked.",
        ),
        Key("findings", Entries(FINDING, reserved=RESERVED), "What rules conclude and other rules read."),
        Key(
            "targets",
            Entries(Either(TEXT, NAMED)),
            "What an option can be good for, where that is not all the same: arguments are weighed for each.",
        ),
        required("topics", Entries(Either(TEXT, TOPIC)), "What is argued about; at least one decides."),
        Key("steps", Entries(Either(TEXT, NAMED)), "What can be planned, in the order in which it is done."),
        Key("flags", Entries(Either(TEXT, NAMED)), "Notes that rules can put on an option."),
        Key("results", Listing(FINDING_NAME, distinct=True), "The findings that lead what is shown."),
        Key(
            "exclusive",
            Listing(Listing(EXCLUSIVE_FINDING, distinct=True), alone=False),
            "Findings of which no case has two: no two yes-no ones are yes, a choice has no two values,"
            " one that each option has is so of no two options. `kb prove` proves it.",
        ),
        Key("rank", RANK, "The number by which options are shown in their order; else by their verdicts."),
        Key("words", OWN_WORDS, "What results are called in the words of the subject."),
        Key(
            "contradictions",
            Entries(CONTRADICTION),
            "Pairs of answers that cannot both be so; where both are given, a caution says so.",
        ),
    ),
)


# --- kb/options.yaml -----------------------------------------------------------------------
COST = Shape(
    "cost",
    "`cost`",
    (
        required("low", MONEY_FINDING, "The finding whose lowest value is the least that an option costs."),
        required("high", MONEY_FINDING, "The finding whose highest value is the most that an option costs."),
    ),
)

DATUM = Shape(
    "datum",
    "a datum",
    (
        required("value", RulePart("value", "a value of the property"), "The value that the document gives."),
        required("claims", CITED, "The sentences that say so."),
        Key("basis", Word(DATUM_BASES), "How it rests on them; stated if left out."),
        Key("says", TEXT, "How it reads, as a whole statement; needed where it is inferred."),
    ),
)

OPTION = Shape(
    "option",
    "an option",
    (
        required("label", TEXT, "The words with which it is shown."),
        Key("phrase", TEXT, "Its name inside a sentence, such as `the fern`; the label if left out."),
        Key("plural", YES_NO, "Whether that is a plural: of `{wants|want}` the second word is then taken."),
        Key(
            "properties",
            ByTerm("property", lambda base: base.knowledge.properties, Listing(DATUM)),
            "What the document says of it; what it does not say is left out.",
        ),
    ),
)

OPTIONS = Shape(
    "options",
    "the options file",
    (
        Key("cost", COST, "Which findings are an option's cost; without it nothing has one."),
        Key(
            "properties",
            Entries(PROPERTY, reserved=RESERVED),
            "What options have, which rules call `option.NAME`: terms, as in the vocabulary.",
        ),
        required("options", Entries(OPTION), "What can be recommended, in the order in which it is shown."),
    ),
)


# --- rules/*.yaml --------------------------------------------------------------------------
ARGUMENT = Shape(
    "argument",
    "an argument",
    (
        Key("for", TOPIC_NAME, "The topic on which it speaks for the option."),
        Key("against", TOPIC_NAME, "The topic on which it speaks against the option."),
        Key("unsure", TOPIC_NAME, "The topic on which it leaves open how it stands with the option."),
        Key("strength", Word(STRENGTHS), "Only what is strongly argued for is preferred; plain if left out."),
        Key("target", TARGET_NAME, "The one target that it is about; left out, it counts for every one."),
        Key("says", TEXT, "A sentence of its own, in place of the rule's `because`."),
    ),
    one_of=STANCES,
)

ADVICE_GIVEN = Shape(
    "advice",
    "advice",
    (
        required("says", TEXT, "The sentence."),
        Key("id", TEXT, "Names it where its rule says more than one thing; the rule's id if left out."),
    ),
)

POINTS = required("points", NUMBER, "The points that count where the condition holds; they may be below 0.")
ROW_WHEN = required(
    "when", RulePart("condition", "conditions"), "What has to hold for them, and can be denied."
)
ROW_CLAIMS = Key("claims", CITED, "The sentences that give these points; cited where they are not denied.")

ROW = Shape("row", "a row", (POINTS, ROW_WHEN, ROW_CLAIMS))

ITEM = Shape(
    "item",
    "an item",
    (
        Key(
            "first",
            Listing(Either(TEXT, ROW), alone=False),
            "Rows of which the first counts that does not fail; a number at the end is for the rest.",
        ),
        POINTS._replace(required=False),
        ROW_WHEN._replace(required=False),
        ROW_CLAIMS,
    ),
    one_of=("first", "points"),
)

CONCLUSION = Shape(
    "conclusion",
    "`then`",
    (
        Key(
            "conclude",
            Listing(ByTerm("finding", concluded, RulePart("concluded", "a value or a quantity"), least=1)),
            "Findings with their values, or with a quantity to compute, which other rules can read.",
        ),
        Key(
            "settle",
            YES_NO_FINDING,
            "A yes-no finding: `yes` where the condition holds, `no` where it is denied, else open.",
        ),
        Key(
            "score",
            ByTerm("numeric finding", scorable, Listing(Either(TEXT, ITEM), alone=False), least=1),
            "A number that adds up, with a low and a high bound while items are open; items are points with"
            " what they are for, numbers, other scores, and numbers that are answered.",
        ),
        Key("argue", Listing(ARGUMENT), "An argument about the option."),
        Key("plan", Listing(STEP_NAME), "A step that is to be done."),
        Key("wait", Listing(STEP_NAME), "A step that the option waits for."),
        Key("flag", Listing(FLAG_NAME), "A note on the option."),
        Key("advise", Listing(Either(TEXT, ADVICE_GIVEN)), "A sentence for the person."),
        Key("caution", Listing(Either(TEXT, ADVICE_GIVEN)), "A sentence of warning for the person."),
    ),
    some_of=("conclude", "settle", "score", "argue", "plan", "wait", "flag", "advise", "caution"),
    own_order=True,
)

IN_FORCE = Shape(
    "in-force",
    "`in-force`",
    (
        Key("from", DATE, "The first day on which it is in force; ever since, if left out."),
        Key("until", DATE, "The first day on which it is no more in force; for good, if left out."),
    ),
    some_of=("from", "until"),
)

RULE = Shape(
    "rule",
    "a rule",
    (
        required("id", ID, "Names the rule; one in all files."),
        required("claims", CITED, "The sentences that it rests on."),
        required("basis", Word(BASES), "How it rests on them."),
        Key("reason", TEXT, "Why a rule of our own has to be there; needed where `basis` is `added`."),
        Key(
            "when",
            RulePart("condition", "conditions"),
            "What must hold, all of it; left out, the rule fires always.",
        ),
        Key(
            "in-force",
            IN_FORCE,
            "Between which days it is in force, by the date that `as-of` of the document names.",
        ),
        Key(
            "exception-to",
            Listing(RULE_NAME),
            "A rule, or several, that does not fire where this one does; it then may have no `then`.",
        ),
        required("then", Listing(CONCLUSION), "What is concluded, all of it."),
        required(
            "because", TEXT, "The sentence that explains it; `{option}` and terms in braces are filled in."
        ),
        Key("otherwise", TEXT, "The sentence that explains the `no` of what it settles."),
        Key("salience", WHOLE, "Among rules of one stratum the higher fires first; 0 if left out."),
    ),
)


# --- kb/cases/*.yaml -----------------------------------------------------------------------
VERDICT = Word(VERDICTS)
COST_EXPECTED = RulePart("cost", f"a number, or `{NO_COST}`")
VALUES = Listing(RulePart("value", "a value of the finding"), least=0)


def _some(name: Name) -> Listing:
    """Any number of names, each once."""
    return Listing(name, least=0, distinct=True)


EXPECTED = Shape(
    "expected",
    "what is expected of an option",
    (
        Key("verdict", VERDICT, "Its verdict."),
        Key("timing", Name("timing", _timings), "`now`, or the step that it waits for: the last of them."),
        Key("low", COST_EXPECTED, "The least that it costs; `none` where nothing concludes that."),
        Key("high", COST_EXPECTED, "The most that it costs; `none` where nothing concludes that."),
        Key("flags", _some(FLAG_NAME), "Its flags."),
        Key("for", _some(TOPIC_NAME), "The topics on which something speaks for it."),
        Key("against", _some(TOPIC_NAME), "The topics on which something speaks against it."),
        Key("unsure", _some(TOPIC_NAME), "The topics on which it is left open."),
        Key("targets", ByName(TARGET_NAME, VERDICT), "Its verdict for each target."),
        Key("findings", ByTerm("finding", option_findings, VALUES), "The values of its own findings."),
    ),
)

CASE = Shape(
    "test",
    "a case",
    (
        required("case", TEXT, "Names the case; one in all files."),
        required(
            "given",
            ByTerm("attribute", lambda base: base.knowledge.answerable, RulePart("given", "an answer")),
            "The answers; what is left out is unknown.",
        ),
        Key("expect", ByName(OPTION_NAME, EXPECTED), "What must be so of options."),
        Key("plan", _some(STEP_NAME), "The steps planned, in their order."),
        Key("findings", ByTerm("finding", overall_findings, VALUES), "The values of findings."),
        Key(
            "advice",
            _some(ADVICE_NAME),
            "The advice and cautions given: their ids, with `@OPTION` if of one.",
        ),
        Key("fired", _some(RULE_NAME), "Rules that fire; others may."),
        Key("not-fired", _some(RULE_NAME), "Rules that do not."),
    ),
    some_of=("expect", "plan", "findings", "advice", "fired", "not-fired"),
)


# --- kb/invariants.yaml ----------------------------------------------------------------------
OUTCOME = RulePart("outcome-inside", "conditions, of the outcome too")
COMPARED = Listing(Name("numeric finding", scorable), least=0)

INVARIANT = Shape(
    "invariant",
    "an invariant",
    (
        required("id", ID, "Names the invariant."),
        required("says", TEXT, "What must hold, in a sentence."),
        Key("claims", CITED, "The sentences that it rests on."),
        Key("when", OUTCOME, "The cases, and options, that it is about; left out, all."),
        Key(
            "more",
            Name("numeric attribute or date", lambda base: base.knowledge.ordered_attributes),
            "In what two cases differ that are compared: the second has more of it.",
        ),
        Key("always", OUTCOME, "What holds in each of these cases."),
        Key("never", OUTCOME, "What holds in none of them."),
        Key("never-less", COMPARED, "Findings of which the case with more has no less."),
        Key("never-more", COMPARED, "Findings of which the case with more has no more."),
    ),
    one_of=SENSES,
)

TENSION = Shape(
    "tension",
    "a tension",
    (
        required(
            "rules",
            Listing(RULE_NAME, least=2, most=2, alone=False),
            "Two rules that argue for and against an option on a topic that decides.",
        ),
        required("intended", TEXT, "Why that is as it should be."),
    ),
)

MARK = Shape(
    "mark",
    "a mark",
    (
        required(
            "check",
            Word({check: says for check, says in CHECKS.items() if check != "tension"}),
            "The check of `kb prove` that finds it.",
        ),
        required("about", Listing(TEXT), "What it finds: rules, findings, options, attributes, invariants."),
        Key("when", OUTCOME, "Of a dead end: the cases that are meant; left out, all."),
        required("reason", TEXT, "Why that is as it should be."),
    ),
)

INVARIANTS = Shape(
    "invariants",
    "the invariants file",
    (
        Key("invariants", Listing(INVARIANT, least=0), "What must hold in every case."),
        Key("tensions", Listing(TENSION, least=0), "Rules that may contradict each other."),
        Key("intended", Listing(MARK, least=0), "What checks of the rules find and is meant to be so."),
    ),
)


# --- kb/reviews.yaml -----------------------------------------------------------------------
APPROVAL = Shape(
    "approval",
    "an approval",
    (
        Key("rule", TEXT, "The rule that cites the claim."),
        Key("data", TEXT, "The `OPTION.PROPERTY` that cites the claim, in place of a rule."),
        required("claim", TEXT, "The claim that it was held against."),
        Key("rule-hash", HASH, "The state in which the rule was."),
        Key("data-hash", HASH, "The state in which the data was."),
        required("claim-hash", HASH, "The state in which the claim was."),
        required("by", TEXT, "Who approved it."),
        required("on", DATE, "The day, such as 2026-01-31."),
        Key("note", TEXT, "What there is to say about it."),
    ),
    one_of=("rule", "data"),
)

DECLARING = (  # which every knowledge base has
    File("document", DOCUMENT_PATH, "Which document the knowledge comes from.", DOCUMENT),
    File("claims", CLAIMS_PATH, "What the document says, sentence by sentence.", CLAIMS),
    File("vocabulary", VOCABULARY_PATH, "The names that rules use.", VOCABULARY),
    File("options", OPTIONS_PATH, "What can be recommended, and what is said of it.", OPTIONS),
)

FILES = (
    *DECLARING,
    File("rules", "rules/*.yaml", "What follows from what.", Listing(RULE, least=0, alone=False)),
    File(
        "cases",
        "kb/cases/*.yaml",
        "Cases with what must follow, for `kb test`.",
        Listing(CASE, least=0, alone=False),
    ),
    File("invariants", "kb/invariants.yaml", "What must hold in every case, for `kb prove`.", INVARIANTS),
    File(
        "reviews",
        "kb/reviews.yaml",
        "Who approved what; `kb approve` writes it.",
        Listing(APPROVAL, least=0, alone=False),
    ),
)


def file_at(path: str) -> File | None:
    """What is declared of the file at a path in a knowledge base's directory."""
    return next((file for file in FILES if fnmatch(path, file.path)), None)
