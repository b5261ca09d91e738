"""The review sheet, in Markdown: every rule in English beside the claims it cites, to read and to sign.

For someone who knows the subject and not the program: no YAML, no names of attributes, and a place
for a verdict, a remark, a name and a date after every rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from expert.language.conclusions import Argue, Conclusion
from expert.language.conditions import conjuncts
from expert.language.english import Phrases, count, datum_words, readable
from expert.language.model import Knowledge
from expert.language.rules import BASES, Rule, RuleBase
from expert.views.document import Block, Cell, Heading, Item, Items, Marked, Paragraph, Piece, Section, Table
from expert.views.knowledge import claim_words
from expert.views.markdown import markdown

SIGNING = "Verdict: ☐ right ☐ wrong ☐ cannot say · Remark: ____________ · Name: ____________ · Date: ________"
WHOLE = "Reviewed as a whole by (name, function): ________________________ Date: ________ Signed: ________"

HOW_TO = (
    "Each rule stands on the left as the program follows it, and on the right the sentences that it cites, "
    "in our words, with their place (p7s1 is paragraph 7, sentence 1) and with how surely the document "
    "says them. Please compare the two and mark each rule. ",
    Marked("Right", "emphasis"),
    " means: whoever reads the document would "
    'conclude this. "There is no evidence that" means that nothing says so; "it is not the case that" '
    "means that the case says otherwise.",
)


def review_lines(base: RuleBase) -> Iterator[str]:
    """The lines of the sheet."""
    return markdown(sheet_blocks(base))


def sheet_blocks(base: RuleBase) -> list[Block]:
    """The sheet: how to read it, the rules by file, what is said of the options, and the other sentences."""
    knowledge, phrases = base.knowledge, Phrases(base.knowledge)
    by_file: dict[str, list[Block]] = {}
    for number, rule in enumerate(base.rules, 1):
        name = rule.span.file.rpartition("rules/")[2].removesuffix(".yaml")
        by_file.setdefault(name, []).append(_rule(number, rule, phrases))
    hash = Marked(knowledge.hash, "code")
    return [
        Heading(f"Review sheet: {knowledge.title}, version {knowledge.version}", 1),
        Paragraph(("Knowledge base ", hash, f": {_counted(base)}. {knowledge.disclaimer}")),
        Paragraph(HOW_TO),
        Paragraph(Marked(WHOLE, "blank")),
        *(Section(name, tuple(rules)) for name, rules in by_file.items()),
        _options(knowledge),
        *_context(knowledge),
    ]


def _counted(base: RuleBase) -> str:
    claims = count(len(base.knowledge.claims), "claim")
    return f"{count(len(base.rules), 'rule')}, {claims}, {count(len(base.knowledge.options), 'option')}"


def _signing() -> Paragraph:
    return Paragraph(Marked(SIGNING, "blank"))


def _rule(number: int, rule: Rule, phrases: Phrases) -> Section:
    """A rule beside its claims, on what basis it stands, and where to sign."""
    row = [_statement(rule, phrases), _claims(rule.cites, phrases.knowledge)]
    reason = f" {rule.reason}" if rule.reason else ""
    return Section(
        f"{number}. {rule.id}",
        (
            Table(["The rule", "The document, in our words"], [row]),
            Paragraph(f"Basis: {rule.basis} ({BASES[rule.basis]}).{reason}"),
            _signing(),
        ),
    )


def _statement(rule: Rule, phrases: Phrases) -> Items:
    """A rule, a line for each clause."""
    lines: list[Sequence[Piece]] = [["For each option:"]] if rule.ranges else []
    clauses = conjuncts(rule.when)
    for place, clause in enumerate(clauses):
        lines.append([_joined("if", place), f" {phrases.condition(clause)}"])
    if not clauses:
        lines.append(["in every case"])
    for place, conclusion in enumerate(rule.then):
        lines.append([_joined("then", place), f" {_conclusion(conclusion, rule, phrases)}"])
    for place, id in enumerate(rule.exception_to, len(rule.then)):
        lines.append([_joined("then", place), f" `{id}` does not apply"])
    lines.append([Marked("because", "emphasis"), f" {readable(rule.because, phrases.knowledge)}"])
    if denial := rule.denial:
        lines.append([Marked("where that is denied", "strong"), f" {phrases.conclusion(denial.then[0])}"])
    if rule.otherwise:
        lines.append([Marked("because", "emphasis"), f" {readable(rule.otherwise, phrases.knowledge)}"])
    return Items(tuple(Item("", line) for line in lines))


def _joined(word: str, place: int) -> Piece:
    return "and" if place else Marked(word, "strong")


def _conclusion(conclusion: Conclusion, rule: Rule, phrases: Phrases) -> str:
    """What is concluded, with the words of an argument where they are its own."""
    words = readable(phrases.conclusion(conclusion), phrases.knowledge)
    if isinstance(conclusion, Argue) and conclusion.text != rule.because:
        words += f": “{readable(conclusion.text, phrases.knowledge)}”"
    return words


def _claims(ids: tuple[str, ...], knowledge: Knowledge) -> Items:
    return Items(tuple(Item("", _claim(id, knowledge)) for id in ids))


def _claim(id: str, knowledge: Knowledge) -> Sequence[Piece]:
    return [Marked(id, "strong"), " ", *claim_words(knowledge.claims[id], knowledge)]


def _options(knowledge: Knowledge) -> Section:
    """What the knowledge base takes the document to say of each option."""
    sections = []
    for option in knowledge.options.values():
        rows: list[list[Cell]] = []
        for name, data in option.properties.items():
            term = knowledge.properties[name]
            rows += [[datum_words(term, d), _claims(d.claims, knowledge)] for d in data]
        table = Table(["It holds that", "The document, in our words"], rows)
        sections.append(Section(option.label, (table, _signing())))
    return Section("What is said of the options", tuple(sections))


def _context(knowledge: Knowledge) -> list[Section]:
    """The sentences from which nothing follows, if there are any."""
    rows = [
        [_claim(claim.id, knowledge), claim.context] for claim in knowledge.claims.values() if claim.context
    ]
    if not rows:
        return []
    table = Table(["The document, in our words", "Why nothing follows"], rows)
    return [Section("Sentences from which no rule follows", (table, _signing()))]
