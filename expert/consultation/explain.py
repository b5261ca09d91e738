"""Explanations: trees made of the records of a consultation, never of the engine's memory.

The leaves are of two kinds: an answer (given, or not given), or a claim of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from expert.consultation.case import UNKNOWN, Answer, Case, parse_pairs
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.consultation.result import (
    Argument,
    Consultation,
    Finding,
    Match,
    NotFired,
    Plain,
    Recommendation,
    Statement,
    name_of,
)
from expert.consultation.standing import (
    depends_text,
    item_text,
    nothing_said,
    standing_sentences,
    step_words,
    targets_in_play,
    verdict_text,
    when_words,
)
from expert.consultation.statements import lies_between
from expert.io.problems import CaseError, Problem, nearest, not_among
from expert.io.unwinding import Unfolding, unwound
from expert.language.changes import Changes
from expert.language.conclusions import (
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Tally,
)
from expert.language.english import REASONS, capital, datum_statement, known, statement
from expert.language.limits import NotDecided
from expert.language.model import Knowledge, Quotes, Value
from expert.language.policy import NOW, OPEN, RECOMMENDED, VERDICTS
from expert.language.rules import Instance, RuleBase, rule_names

# which arguments bring a verdict about
LEADS = {
    "preferred": (("for", "strong"),),
    "option": (("for", "plain"), ("for", "strong")),
    "uncertain": (("unsure", ""), ("for", ""), ("against", "")),
    "open": (),
    "not-advised": (("against", ""),),
    "not-addressed": (),
}


Concerned = tuple[str, str | None]  # a finding, and the option that it is about


class Tree(NamedTuple):
    """A statement and what it rests on. kind: conclusion, firing, not-fired, answer, claim, note.

    `states` is the statement as data; nothing where it only heads what follows.
    """

    kind: str
    text: str
    parts: tuple[Tree, ...] = ()
    states: Statement | None = None

    def leaves(self) -> list[Tree]:
        """The statements that rest on nothing further."""
        return [node for node in self.nodes() if not node.parts]

    def nodes(self) -> Iterator[Tree]:
        """This statement, and all that it rests on, each before what it rests on."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.parts)


class Subject(NamedTuple):
    """Something that can be asked about: kind is option, finding, step, advice, flag, rule or claim."""

    kind: str
    id: str
    label: str


def subjects(base: RuleBase) -> list[Subject]:
    """Everything that can be asked about."""
    knowledge = base.knowledge
    known = [Subject("option", o.id, o.label) for o in knowledge.options.values()]
    known += [Subject("finding", t.name, t.label) for t in knowledge.findings.values()]
    known += [Subject("step", s.id, s.label) for s in knowledge.steps.values()]
    known += [Subject("flag", f.id, f.label) for f in knowledge.flags.values()]
    advice = {c.name: c for rule in base.rules for c in rule.then if isinstance(c, (Advise, Caution))}
    known += [Subject("advice", name, c.text) for name, c in advice.items()]
    known += [Subject("rule", id, id) for id in rule_names(base) if id not in advice]
    return known + [Subject("claim", claim, claim) for claim in knowledge.claims]


def find_subject(base: RuleBase, name: str, kinds: tuple[str, ...] = ()) -> Subject:
    """What a name, label or unambiguous beginning means. Raises CaseError."""
    known = [s for s in subjects(base) if not kinds or s.kind in kinds]
    wanted = name.strip().casefold()
    exact = [s for s in known if wanted in (s.id.casefold(), s.label.casefold())]
    begun = [s for s in known if _begins(s, wanted)] if wanted else []
    for fitting in (exact, begun):
        # an option goes before a finding, and so on: `subjects` has them in that order
        fitting = [s for s in fitting if s.kind == fitting[0].kind]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            ids = ", ".join(s.id for s in fitting)
            raise CaseError([Problem(f"`{name}` could be several things", None, f"one of: {ids}")])
    what = kinds[0] if len(kinds) == 1 else "conclusion"
    problem = not_among(what, name, [s.id for s in known])
    if not kinds:  # of rules, pieces of advice and claims there are too many to be read
        near = nearest(name, [s.id for s in known if s.kind != "claim"])
        hint = f"did you mean `{near}`? " if near else ""
        shown = ", ".join(s.id for s in known if s.kind in ("option", "finding", "step"))
        rest = "the ids of rules, claims, advice and notes"
        problem = problem._replace(help=f"{hint}allowed: {shown}; and {rest}")
    raise CaseError([problem])


def _begins(subject: Subject, wanted: str) -> bool:
    """Whether the id, the label or, of an option, a word of either begins like that."""
    texts = [subject.id, subject.label.casefold()]
    if subject.kind == "option":
        texts += [word for text in texts for word in re.split(r"[\s-]+", text)]
    return any(text.startswith(wanted) for text in texts)


# --- how -----------------------------------------------------------------------------------
class How:
    """Unfolds the firings of a consultation; what was shown before is `justified above`.

    Unless `full`, of an argument that does not decide it is only said which firing put it forward.
    """

    def __init__(self, consultation: Consultation, base: RuleBase, quotes: Quotes, full: bool = True) -> None:
        self.full = full
        self.consultation, self.base, self.quotes = consultation, base, quotes
        self.knowledge = base.knowledge
        self.shown: set[int] = set()
        self.lacking: set[tuple[str, str | None]] = set()

    def firing(self, n: int) -> Tree:
        """The n-th firing, down to answers and claims."""
        return unwound(self._firing(n))

    def _firing(self, n: int) -> Unfolding[Tree]:
        firing = self.consultation.firings[n - 1]
        states = Statement("rule", firing.rule, firing.option, values=(n,), stands="fired")
        if n in self.shown:
            return Tree("note", f"#{n} {name_of(firing)}: justified above", (), states)
        self.shown.add(n)
        head = f"#{n} {name_of(firing)} ({firing.basis}): {firing.because}"
        items = tuple(Tree("note", item_text(item)) for item in firing.items)
        items += tuple(Tree("note", each.text) for each in firing.undrawn)
        matched: list[Tree] = []
        for match in firing.matched:
            matched += yield self._match(match)
        return Tree("firing", head, (*items, *matched, *map(self.claim, firing.claims)), states)

    def _firings(self, numbers: Iterable[int]) -> Unfolding[tuple[Tree, ...]]:
        trees = []
        for n in numbers:
            trees.append((yield self._firing(n)))
        return tuple(trees)

    def _match(self, match: Match) -> Unfolding[list[Tree]]:
        states = stated(match)
        if match.kind == "finding":
            firings = yield self._firings(match.firings)
            return [Tree("conclusion", match.text, firings, states)]
        if match.kind == "score":
            firings = yield self._firings(match.firings)
            return [Tree("conclusion", match.text, firings, match.states)]
        if match.kind == "datum":
            return [Tree("conclusion", match.text, tuple(map(self.claim, match.claims)), states)]
        if match.kind == "answer":
            return [Tree("answer", f"{match.text} ({self._given(match.name, match.value)})", (), states)]
        if match.kind == "unknown":
            return [Tree("answer", f"{match.text} ({self._missing(match.name)})", (), states)]
        parts = yield self._needed(match.states)
        return [Tree("conclusion" if parts else "note", match.text, tuple(parts), match.states)]

    def claim(self, id: str) -> Tree:
        """A claim as a leaf; with the document at hand, the sentence itself beside it."""
        claim = self.knowledge.claims[id]
        quote = self.quotes.get(id)
        sentence = "" if quote is None else f" “{quote.text}”" if quote.encoded else f" ({quote.text})"
        text = f"{id} {claim.says} [{self.knowledge.hedges[claim.hedge]}]{sentence}"
        return Tree("claim", text, (), Statement("claim", id, stands="claim"))

    # --- how things stand that a rule would have needed ---------------------------------------
    def _standing(self, leaf: Statement) -> Unfolding[list[Tree]]:
        """What the case, the findings or the option's data say of the term that a test is about."""
        if leaf.kind == "attribute":
            return [self.answer(leaf.name)]
        if leaf.kind == "property":
            return self._data(leaf.name, leaf.option or "")
        if not self.knowledge.findings[leaf.name].per_option:
            leaf = leaf._replace(option=None)  # which is that of what it is compared with
        findings: list[Tree] = yield self._findings(leaf)
        return findings

    def answer(self, name: str) -> Tree:
        """The answer to an attribute, or that there is none, as a leaf."""
        term = self.knowledge.attributes[name]
        value = self.consultation.answers.get(name, UNKNOWN)
        if value == UNKNOWN:
            states = Statement("attribute", name, None, "unknown", stands="not-answered")
            return Tree("answer", f"{known(term, False)} ({self._missing(name)})", (), states)
        states = Statement("attribute", name, None, "is", (value,), stands="given")
        text = statement(term, (term.scaled(value),))
        return Tree("answer", f"{text} ({self._given(name, value)})", (), states)

    def _given(self, name: str, value: Plain | None) -> str:
        """That it is an answer; of a day that may be there by default, not whose."""
        whose = "answer" if self.knowledge.attributes[name].default else "your answer"
        return f"{whose}: {name} = {value}"

    def _missing(self, name: str) -> str:
        """Whether `unknown` was the answer, or there was none."""
        return f"your answer: {UNKNOWN}" if name in self.consultation.answers else f"no answer: {name}"

    def _data(self, name: str, option: str) -> list[Tree]:
        term = self.knowledge.properties[name]
        conclusions = []
        for datum in self.knowledge.options[option].properties.get(name, ()):
            text = _about(datum_statement(term, datum), option, self.base)
            states = Statement("property", name, option, "is", (term.plain(datum.value),), stands="datum")
            conclusions.append(Tree("conclusion", text, tuple(map(self.claim, datum.claims)), states))
        return conclusions

    def _findings(self, leaf: Statement) -> Unfolding[list[Tree]]:
        """The values that a finding has; if it has none of those wanted, the rules that could say so."""
        term = self.knowledge.findings[leaf.name]
        if is_answered(leaf.name, self.consultation, self.knowledge):
            return [self.answer(leaf.name)]
        conclusions, values = [], []
        about = leaf.name, leaf.option
        for finding in self._concluded.get(about, ()):
            states = Statement("finding", leaf.name, leaf.option, "is", (finding.value,), stands="concluded")
            text = _about(finding.text, finding.option, self.base)
            firings = yield self._firings(finding.firings)
            conclusions.append(Tree("conclusion", text, firings, states))
            values.append(finding.value)
        for score in self.consultation.scores:
            if (score.finding, score.option) == about and score.low != score.high:
                text = _about(score.text, score.option, self.base)
                firings = yield self._firings([score.firing])
                return [Tree("conclusion", text, firings, lies_between(score))]
        if leaf.operator == "is" and set(leaf.values) & set(values):
            return conclusions
        if leaf.operator != "is" and values:
            return conclusions
        wanted = leaf.values if leaf.operator == "is" else ()
        rules = []
        for rule, then in self._silent.get(about, ()):
            if any(_fits(c, leaf, wanted, self.knowledge) for c in then):
                rules.append((yield self._not_fired(rule)))
        said = statement(term, tuple(map(term.scaled, wanted))) if wanted else known(term, True)
        said = _about(said, leaf.option, self.base)
        states = Statement(
            "finding", leaf.name, leaf.option, "is" if wanted else "known", wanted, stands="not-concluded"
        )
        if not rules and conclusions and term.role:
            return conclusions  # it is settled otherwise
        if not rules:
            return [*conclusions, Tree("note", f"no rule here concludes that {said}", (), states)]
        return [*conclusions, Tree("conclusion", f"nothing concludes that {said}", tuple(rules), states)]

    @cached_property
    def _concluded(self) -> dict[Concerned, list[Finding]]:
        """What was concluded, by the finding."""
        concluded: dict[Concerned, list[Finding]] = {}
        for finding in self.consultation.findings:
            concluded.setdefault((finding.finding, finding.option), []).append(finding)
        return concluded

    @cached_property
    def _silent(self) -> dict[Concerned, list[tuple[NotFired, tuple[Conclusion, ...]]]]:
        """The rules that did not fire, with their conclusions, by each finding that is among these."""
        instances: dict[tuple[str, str | None], Instance] = {}
        for instance in self.base.instances:
            instances.setdefault((instance.rule.id, instance.option or None), instance)
        silent: dict[Concerned, list[tuple[NotFired, tuple[Conclusion, ...]]]] = {}
        for rule in self.consultation.not_fired:
            found = instances.get((rule.rule, rule.option))
            then = found.then if found else ()
            named = [(c.name, c.option or None) for c in then if isinstance(c, (Conclude, Tally))]
            for about in dict.fromkeys(named):
                silent.setdefault(about, []).append((rule, then))
        return silent

    def _not_fired(self, rule: NotFired) -> Unfolding[Tree]:
        """A rule that did not fire: what it needs, and how what that is about stands."""
        states = Statement("rule", rule.rule, rule.option, rule.reason, stands="not-fired")
        if (rule.rule, rule.option) in self.lacking:
            return Tree("note", f"{name_of(rule)} did not fire: see above", (), states)
        self.lacking.add((rule.rule, rule.option))
        text = f"{name_of(rule)} did not fire: it needs: {rule.condition}; {REASONS[rule.reason]}"
        parts = yield self._needed(rule.states)
        if rule.reason == "exception":
            option = rule.states.parts[0].option if rule.states else None
            fired = [f for f in self.consultation.firings if f.rule in rule.names and f.option == option]
            parts = yield self._firings(f.n for f in fired)
        return Tree("not-fired", text, tuple(parts), states)

    def needed(self, condition: Statement | None) -> list[Tree]:
        """How each term that a condition is about stands."""
        return unwound(self._needed(condition))

    def _needed(self, condition: Statement | None) -> Unfolding[list[Tree]]:
        parts: list[Tree] = []
        for leaf in _terms(condition, self.knowledge) if condition else ():
            parts += yield self._standing(leaf)
        return parts


def _fits(c: Conclusion, leaf: Statement, wanted: tuple[Plain, ...], knowledge: Knowledge) -> bool:
    """Whether a conclusion is, or may be, the finding with one of the values wanted."""
    if isinstance(c, Tally):
        return (c.name, c.option or None) == (leaf.name, leaf.option)
    if not isinstance(c, Conclude) or (c.name, c.option or None) != (leaf.name, leaf.option):
        return False
    if not wanted or not isinstance(c.value, (str, int)):
        return True
    return knowledge.findings[c.name].plain(c.value) in wanted


def _terms(condition: Statement, knowledge: Knowledge) -> list[Statement]:
    """The tests of terms in a condition, each once; a comparison names the terms of its limit too."""
    if condition.kind in ("attribute", "finding", "property"):
        named = _of_limit(condition, knowledge) if condition.of else []
        return list(dict.fromkeys([condition, *named]))
    leaves = [leaf for part in condition.parts for leaf in _terms(part, knowledge)]
    return list(dict.fromkeys(leaves))


def _of_limit(condition: Statement, knowledge: Knowledge) -> list[Statement]:
    """The terms of what is compared with: each has to be known."""
    limits = []
    for name in re.findall(r"[A-Za-z_][\w.-]*", condition.of or ""):
        bare = name.removeprefix("option.")
        if name in knowledge.attributes and name not in knowledge.findings:
            limits.append(Statement("attribute", name, None, "known"))
        elif bare in knowledge.findings:
            option = condition.option if bare != name else None
            limits.append(Statement("finding", bare, option, "known"))
        elif bare != name and bare in knowledge.properties:
            limits.append(Statement("property", bare, condition.option, "known"))
    return limits


def stated(match: Match) -> Statement | None:
    """What a match states, as data."""
    kinds = {"answer": "attribute", "unknown": "attribute", "datum": "property", "finding": "finding"}
    stands = {"answer": "given", "unknown": "not-answered", "datum": "datum", "finding": "concluded"}
    if match.kind not in kinds:
        return match.states
    values = () if match.value is None else (match.value,)
    operator = "unknown" if match.kind == "unknown" else "is"
    return Statement(
        kinds[match.kind],
        match.name,
        match.option,
        operator,
        values,
        bounds=match.bounds,
        stands=stands[match.kind],
    )


def how(
    consultation: Consultation,
    base: RuleBase,
    subject: Subject,
    quotes: Quotes | None = None,
    full: bool = True,
) -> list[Tree]:
    """How what was concluded about a subject was reached; empty if nothing was concluded.

    Of a claim: the firings that rest on it. Unless `full`, arguments that do not decide are not unfolded.
    """
    tree = How(consultation, base, quotes or {}, full)
    if subject.kind == "option":
        return [_how_option(consultation, subject, tree)]
    if subject.kind == "finding" and is_answered(subject.id, consultation, base.knowledge):
        return [tree.answer(subject.id)]
    if subject.kind == "finding":
        return [
            Tree(
                "conclusion",
                _about(f.text, f.option, base),
                tuple(map(tree.firing, f.firings)),
                Statement("finding", f.finding, f.option, "is", (f.value,), stands="concluded"),
            )
            for f in consultation.findings
            if f.finding == subject.id
        ] + [
            Tree("conclusion", _about(s.text, s.option, base), (tree.firing(s.firing),), lies_between(s))
            for s in consultation.scores
            if s.finding == subject.id and s.low != s.high
        ]
    if subject.kind == "rule":
        return [tree.firing(f.n) for f in consultation.firings if f.rule == subject.id]
    if subject.kind == "claim":
        return [tree.firing(f.n) for f in consultation.firings if subject.id in f.rests_on]
    kinds = ("advice", "caution") if subject.kind == "advice" else (subject.kind,)
    named = [
        (concluded, firing)
        for firing in consultation.firings
        for concluded in firing.concluded
        if concluded.kind in kinds and concluded.name == subject.id
    ]
    return [
        Tree(
            "conclusion",
            _about(c.text, c.option, base),
            (tree.firing(f.n),),
            Statement(c.kind, c.name, c.option, stands="concluded"),
        )
        for c, f in named
    ]


def is_answered(name: str, consultation: Consultation, knowledge: Knowledge) -> bool:
    """Whether a finding that may be answered is."""
    return knowledge.findings[name].asked and consultation.answers.get(name, UNKNOWN) != UNKNOWN


def _about(text: str, option: str | None, base: RuleBase) -> str:
    return f"{text} (for {base.knowledge.options[option].phrase})" if option else text


def _how_option(consultation: Consultation, subject: Subject, tree: How) -> Tree:
    recommendation = consultation.recommendation(subject.id)
    groups: list[Tree] = []
    for stance, title in (
        ("for", "arguments for"),
        ("unsure", "undecided"),
        ("against", "arguments against"),
    ):
        arguments = [a for a in recommendation.arguments if a.stance == stance]
        if arguments:
            groups.append(Tree("conclusion", title, tuple(_how_argument(a, tree) for a in arguments)))
    waits = [
        tree.firing(firing.n)
        for firing in consultation.firings
        for c in firing.concluded
        if c.kind == "wait" and c.option == subject.id
    ]
    if waits:
        states = Statement(
            "timing", "", subject.id, "waits-for", recommendation.waits_for, stands="concluded"
        )
        groups.append(
            Tree(
                "conclusion",
                f"it waits for: {step_words(recommendation.waits_for, tree.knowledge)}",
                tuple(waits),
                states,
            )
        )
    costs = [f for f in consultation.findings if f.option == subject.id]
    for f in costs:
        states = Statement("finding", f.finding, f.option, "is", (f.value,), stands="concluded")
        groups.append(Tree("conclusion", f.text, tuple(map(tree.firing, f.firings)), states))
    if note := nothing_said(recommendation, consultation, tree.knowledge):
        groups.insert(0, Tree("note", note))
    when = when_words(recommendation.verdict, recommendation.timing, tree.knowledge)
    stands = verdict_text(recommendation, consultation, tree.knowledge) + (f", {when}" if when else "")
    states = Statement(
        "verdict", "", subject.id, "is", (recommendation.verdict, recommendation.timing), stands="concluded"
    )
    return Tree("conclusion", f"{recommendation.label}: {stands}", tuple(groups), states)


def _how_argument(argument: Argument, tree: How) -> Tree:
    option = tree.consultation.firings[argument.firing - 1].option
    states = Statement("argument", argument.topic, option, "is", (argument.stance,), stands="concluded")
    text = f"{argument.text} ({argument.topic})"
    if tree.full or tree.knowledge.topics[argument.topic].decides:
        return Tree("conclusion", text, (tree.firing(argument.firing),), states)
    rests_on = f" [{' '.join(argument.claims)}]" if argument.claims else ""
    return Tree("conclusion", f"{text} #{argument.firing}{rests_on}", (), states)


# --- why-not ---------------------------------------------------------------------------------
class Flip(NamedTuple):
    """A smallest set of changed answers, and the verdict and timing it was seen to lead to.

    `targets` are the verdicts on each target then, `plan_step` the number of the step waited for, and
    `new_targets` those not argued about before, where others were: a change can help by bringing one in.
    `unanswered` is whether each of the answers is one that was missing.
    """

    changes: dict[str, str]
    verdict: str
    timing: str
    targets: dict[str, str] = {}  # noqa: RUF012 (never changed)
    plan_step: int | None = None
    new_targets: tuple[str, ...] = ()
    unanswered: bool = False


class Failed(NamedTuple):
    """A rule that could have concluded it: what failed and why (see NotFired)."""

    rule: str
    option: str | None
    reason: str
    condition: str
    claims: tuple[str, ...]
    states: Statement | None = None  # the condition as data
    stands: tuple[Tree, ...] = ()  # how each term that it is about stands


class WhyNot(NamedTuple):
    """Why an option (or anything else) is not what was asked for."""

    subject: str
    goal: str  # a verdict, `now`, or "" (concluded at all)
    already: bool
    possible: bool  # whether it can be so in some case
    failed: tuple[Failed, ...]
    against: tuple[Argument, ...]  # arguments that stand against it
    waiting: tuple[str, ...]  # steps it waits for
    flips: tuple[Flip, ...] | None  # None: not looked for (only options are)
    depends_on: tuple[str, ...] = ()  # of an open option: the answers that decide
    up_to: int | None = None  # without flips: no change of so many answers is one; None: of any number
    decided: bool = True  # whether these are known to be the smallest; without flips, that there are none
    stands: tuple[str, ...] = ()  # of an option or a finding: how it stands, in sentences
    beside: tuple[Argument, ...] = ()  # arguments against it on topics that do not decide
    not_for: tuple[str, ...] = ()  # the targets in play for which it is not so, where it is for others
    wanted: tuple[str, ...] = ()  # the verdicts meant by the goal


def why_not(reach: Reach, case: Case, consultation: Consultation, subject: Subject, goal: str = "") -> WhyNot:
    """Why `subject` is not `goal` in this case, and the smallest changes after which it is.

    For an option the goal is a verdict or `now`; without one, to be recommended at all.
    Raises CaseError if the goal is neither.
    """
    if subject.kind != "option":
        return _why_not_concluded(reach, consultation, subject)
    if goal and goal not in (*VERDICTS, NOW):
        raise CaseError([not_among("verdict", goal, [*VERDICTS, NOW])])
    recommendation = consultation.recommendation(subject.id)
    wanted: tuple[str, ...] = (goal,) if goal else VERDICTS[:2]
    leading = [
        i for i in reach.base.instances if _leads(i, subject.id, wanted, reach.base.knowledge.deciding_topics)
    ]
    if not goal and not leading and recommendation.verdict in ("open", "not-addressed"):
        wanted = RECOMMENDED  # the most that a rule can say of it is that it is uncertain
        leading = [
            i
            for i in reach.base.instances
            if _leads(i, subject.id, wanted, reach.base.knowledge.deciding_topics)
        ]
    already = recommendation.timing == NOW if goal == NOW else recommendation.verdict in wanted
    not_for = _not_for(consultation, subject.id, wanted, reach.base.knowledge) if already else ()
    possible = already or goal in (NOW, "not-addressed") or bool(leading)
    if goal == OPEN:  # no rule says so: it is what a case without answers may have
        possible = already or OPEN in reach.verdicts(subject.id, Case({}))
    against = [
        a
        for a in recommendation.arguments
        if a.topic in reach.base.knowledge.deciding_topics and a.stance != "for"
    ]
    beside = [
        a
        for a in recommendation.arguments
        if a.topic not in reach.base.knowledge.deciding_topics and a.stance != "for"
    ]
    if not_for:
        leading = [i for i in leading if _speaks_of(i, not_for)]
        against = [a for a in against if a.target is None or a.target in not_for]
    looked_for = wanted if not already or (not_for and leading) else ()
    flips, up_to, decided = _flips(reach, case, consultation, subject.id, Wanted(looked_for, not_for))
    shown = goal != NOW and (not already or bool(not_for))
    failed = _failed(consultation, leading, reach.base) if shown else ()
    return WhyNot(
        subject.label,
        goal,
        already,
        possible,
        _nearest_first(failed, flips, reach.base, case),
        tuple(against) if shown else (),
        recommendation.waits_for if goal == NOW else (),
        flips,
        () if already or goal == NOW else recommendation.depends_on,
        up_to,
        decided,
        tuple(standing_sentences(recommendation, consultation, reach.base.knowledge)),
        tuple(beside) if shown else (),
        not_for,
        wanted,
    )


def _not_for(
    consultation: Consultation, option: str, wanted: tuple[str, ...], knowledge: Knowledge
) -> tuple[str, ...]:
    """The targets in play for which an option is not as wanted, where its best verdict is."""
    targets = consultation.recommendation(option).targets
    if not targets or wanted == (NOW,):
        return ()
    return tuple(t for t in targets_in_play(consultation, knowledge) if targets.get(t) not in wanted)


def _speaks_of(instance: Instance, targets: tuple[str, ...]) -> bool:
    """Whether an instance argues about one of the targets, or about every target."""
    argued = [c.target for c in instance.then if isinstance(c, Argue)]
    return any(not target or target in targets for target in argued)


def _why_not_concluded(reach: Reach, consultation: Consultation, subject: Subject) -> WhyNot:
    def concludes(instance: Instance) -> bool:
        kinds = {"advice": ("advice", "caution"), "finding": ("finding", "score")}.get(
            subject.kind, (subject.kind,)
        )
        named = any(c.kind in kinds and c.name == subject.id and not denies(c) for c in instance.then)
        if subject.kind == "claim":
            return subject.id in instance.rule.claims
        return instance.rule.id == subject.id if subject.kind == "rule" else named

    drawn = [
        c for i in reach.base.instances for c in i.then if isinstance(c, Conclude) and c.name == subject.id
    ]
    affirmed = subject.kind == "finding" and any(c.value == "yes" for c in drawn)

    def denies(c: Conclusion) -> bool:
        """Whether it says that it is not so, where others say that it is."""
        return affirmed and isinstance(c, Conclude) and c.value == "no"

    concluding = [instance for instance in reach.base.instances if concludes(instance)]
    fired = {(f.rule, f.option or "") for f in consultation.firings}
    of_finding = subject.kind == "finding"
    stands = _as_concluded(consultation, subject.id, reach.base) if of_finding else ()
    answered = of_finding and is_answered(subject.id, consultation, reach.base.knowledge)
    already = answered or any((i.rule.id, i.option) in fired for i in concluding)
    failed = () if already else _failed(consultation, concluding, reach.base)
    if affirmed and not already:
        denying = [f.firings for f in consultation.findings if f.finding == subject.id]
        stands += tuple(
            dict.fromkeys(consultation.firings[n - 1].because for numbers in denying for n in numbers)
        )
    if of_finding:
        stands += _as_open(consultation, subject.id, reach.base.knowledge)
    return WhyNot(subject.label, "", already, bool(concluding), failed, (), (), None, stands=stands)


def _as_open(consultation: Consultation, name: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Of a finding that leads the result and is open, on which answers it depends."""
    return tuple(
        f"{capital(result.label)} is open: it {depends_text(result.depends_on, knowledge)}."
        for result in consultation.results
        if result.finding == name and not result.option and result.stands == "open" and result.depends_on
    )


def _as_concluded(consultation: Consultation, name: str, base: RuleBase) -> tuple[str, ...]:
    """How a finding stands, in sentences: as it was answered, or what was concluded of it."""
    if is_answered(name, consultation, base.knowledge):
        term = base.knowledge.attributes[name]
        said = statement(term, (term.scaled(consultation.answers[name]),))
        return (f"{capital(said)}, as answered.",)
    concluded = [(f.text, f.option) for f in consultation.findings if f.finding == name]
    concluded += [(s.text, s.option) for s in consultation.scores if s.finding == name and s.low != s.high]
    return tuple(f"{capital(_about(text, option, base))}." for text, option in concluded)


def _leads(instance: Instance, option: str, wanted: tuple[str, ...], decides: set[str]) -> bool:
    leads = [lead for verdict in wanted for lead in LEADS.get(verdict, ())]

    def fits(c: Conclusion) -> bool:
        if not isinstance(c, Argue) or c.option != option or c.name not in decides:
            return False
        return any(c.stance == stance and strength in ("", c.strength) for stance, strength in leads)

    return any(map(fits, instance.then))


def _failed(consultation: Consultation, instances: list[Instance], base: RuleBase) -> tuple[Failed, ...]:
    wanted = {(i.rule.id, i.option) for i in instances}
    failed = []
    for n in consultation.not_fired:
        if (n.rule, n.option or "") in wanted:
            stands = tuple(How(consultation, base, {}).needed(n.states))
            claims = base.rule(n.rule).claims
            failed.append(Failed(n.rule, n.option, n.reason, n.condition, claims, n.states, stands))
    return tuple(failed)


def _nearest_first(
    failed: tuple[Failed, ...], flips: tuple[Flip, ...] | None, base: RuleBase, case: Case
) -> tuple[Failed, ...]:
    """The rules that a smallest change would have fire, before all others."""
    if not flips:
        return failed
    pairs = [f"{name}={value}" for name, value in flips[0].changes.items()]
    after = follow(base, case.with_answers(parse_pairs(pairs, base.knowledge).answers, base.knowledge))
    fired = {(firing.rule, firing.option) for firing in after.firings}
    return tuple(sorted(failed, key=lambda rule: (rule.rule, rule.option) not in fired))


class Wanted(NamedTuple):
    """Goals of which an option is to have one; for one of the targets, if there are some."""

    goals: tuple[str, ...]
    targets: tuple[str, ...]

    def reached(self, result: Recommendation) -> bool:
        """Whether it has one."""
        if self.targets:
            return any(result.targets.get(target) in self.goals for target in self.targets)
        return result.verdict in self.goals or (NOW in self.goals and result.timing == NOW)


def _flips(
    reach: Reach, case: Case, before: Consultation, option: str, wanted: Wanted
) -> tuple[tuple[Flip, ...], int | None, bool]:
    """The smallest changes for any of the goals, each seen to work by following it through.

    With them: without any, of how many answers no change leads there (None: of any number), and
    whether it is decided which are the smallest.
    """
    knowledge = reach.base.knowledge
    in_play = targets_in_play(before, knowledge)
    changes, up_to, decided = _smallest_changes(reach, case, option, wanted)
    flips: list[Flip] = []
    for change in changes:
        after = follow(reach.base, case.with_answers({**change}, knowledge))
        result = after.recommendation(option)
        if wanted.reached(result):
            spelled = {name: _spelled(name, value, reach.base) for name, value in change.items()}
            step = next((step.n for step in after.plan if step.step == result.timing), None)
            new = tuple(t for t in targets_in_play(after, knowledge) if in_play and t not in in_play)
            missing = all(case.value(name) is None for name in change)
            flips.append(Flip(spelled, result.verdict, result.timing, result.targets, step, new, missing))
    return tuple(flips), up_to, decided


def _smallest_changes(
    reach: Reach, case: Case, option: str, wanted: Wanted
) -> tuple[list[dict[str, Value]], int | None, bool]:
    """The smallest changes for any of the goals, as above."""
    by_goal: list[Changes] = []
    for goal in wanted.goals:
        try:
            by_goal.append(reach.changes_to(case, option, goal, wanted.targets))
        except NotDecided:
            by_goal.append(Changes([], 0))
    looked = [changes.up_to for changes in by_goal if not changes.found and changes.up_to is not None]
    up_to = min(looked, default=None)
    size = min((len(changes.found[0]) for changes in by_goal if changes.found), default=None)
    if size is None:
        return [], up_to, up_to != 0
    smallest = [change for changes in by_goal for change in changes.found if len(change) == size]
    return smallest, None, up_to is None or up_to >= size - 1


def _spelled(name: str, value: Answer, base: RuleBase) -> str:
    return UNKNOWN if value is None else base.knowledge.attributes[name].spell(value)
