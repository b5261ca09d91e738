"""A knowledge base: what it holds, what is asked, and what of the document is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from expert.io.problems import Problem
from expert.knowledge.document import Place
from expert.language.english import Phrases, count, datum_words, listed
from expert.language.model import TODAY, Claim, Knowledge, Quotes, Term
from expert.language.rules import BASES, Rule, RuleBase
from expert.views.document import (
    Block,
    Details,
    Heading,
    Item,
    Line,
    Marked,
    Paragraph,
    Piece,
    Section,
    Table,
    apart,
    citing,
    quoted,
)
from expert.views.firings import place_words


def knowledge_blocks(base: RuleBase) -> list[Block]:
    """What the knowledge base holds."""
    knowledge = base.knowledge
    counts = Counter(rule.basis for rule in base.rules)
    context = sum(bool(claim.context) for claim in knowledge.claims.values())
    rules = listed([f"{counts[basis]} {basis}" for basis in BASES])
    each = " per option" if knowledge.options else ""
    facts = [
        ("hash", knowledge.hash),
        *([("edition of the document", knowledge.edition)] if knowledge.edition else []),
        ("claims", f"{len(knowledge.claims)} ({len(knowledge.claims) - context} encoded, {context} context)"),
        ("attributes", str(len(knowledge.questions))),
        *([("options", ", ".join(knowledge.options))] if knowledge.options else []),
        ("rules", f"{len(base.rules)} ({rules}); {len(base.instances)} spelled out{each}"),
    ]
    return [
        Line(f"{knowledge.title}  ({knowledge.id} {knowledge.version})"),
        Details(facts),
        Line(knowledge.disclaimer),
    ]


def claim_words(claim: Claim, knowledge: Knowledge) -> tuple[Piece, ...]:
    """What a claim says, and how surely."""
    return f"{claim.says} ", Marked(knowledge.hedges[claim.hedge], "hedge")


def claims_blocks(
    base: RuleBase,
    users: dict[str, list[str]],
    named: Sequence[str] = (),
    quotes: Quotes | None = None,
) -> list[Block]:
    """Every claim with its place, hedge and what rests on it; of those named, the rules that cite them."""
    blocks: list[Block] = []
    for claim in base.knowledge.claims.values():
        if named and claim.id not in named:
            continue
        lines: list[Block] = [Item(f"{claim.id:6}  ", claim_words(claim, base.knowledge), 0, 8)]
        if quote := (quotes or {}).get(claim.id):
            lines.append(Paragraph(quoted(quote), 8))
        cited = f"used by {', '.join(users[claim.id])}" if users[claim.id] else "cited by nothing yet"
        by = f"context: {claim.context}" if claim.context else cited
        lines.append(Paragraph(Marked(by, "soft"), 8))
        if named and (place := place_words(claim.id)):
            lines.append(Paragraph(place, 8))
        blocks += [apart(*lines)] if named else lines
    citing_them = [rule for rule in base.rules if set(rule.claims) & {*named}]
    return [*blocks, *rules_blocks(citing_them, base)]


def rules_blocks(rules: Sequence[Rule], base: RuleBase) -> list[Section]:
    """Rules in English."""
    phrases = Phrases(base.knowledge)
    sections = []
    for rule in rules:
        name, *lines = phrases.rule(rule)
        sections.append(apart(Line(Marked(name, "heading")), *(Line(line) for line in lines)))
    return sections


def options_blocks(base: RuleBase, named: Sequence[str] = ()) -> list[Block]:
    """Every option, or those named, with what the document says of it."""
    knowledge = base.knowledge
    blocks: list[Block] = []
    for option in knowledge.options.values():
        if named and option.id not in named:
            continue
        blocks.append(Heading(f"{option.id}  {option.label}"))
        for name, data in option.properties.items():
            for datum in data:
                said = datum_words(knowledge.properties[name], datum)
                blocks.append(Paragraph(citing(said, datum.claims), 2))
    return blocks


def questions_blocks(base: RuleBase, named: Sequence[str] = ()) -> list[Section]:
    """Every attribute as it is asked; those named with their help."""
    questions = base.knowledge.questions
    return [_question(questions[name], name in named) for name in named or questions]


def _question(term: Term, helped: bool) -> Section:
    about = " (history: cannot be changed)" if term.fixed else ""
    about += " (today's, where it is not given and today is allowed)" if term.default == TODAY else ""
    return apart(
        Line((Marked(term.name, "heading"), f"  ({term.type}){about}")),
        Paragraph(term.question, 2),
        *([Paragraph(term.help, 2)] if helped and term.help else []),
        Paragraph(term.allowed, 2),
    )


def coverage_blocks(places: Sequence[Place], document: bool) -> list[Section]:
    """The standing of each paragraph, then every sentence that needs attention."""
    kinds = ["encoded", "context", "missing", "changed", "gone"]
    if any(place.status == "todo" for place in places):
        kinds.insert(2, "todo")
    counts = Counter((place.paragraph, place.status) for place in places)
    rows = []
    for paragraph in sorted({place.paragraph for place in places}):
        rows.append([f"p{paragraph}", *(str(counts[paragraph, kind] or "-") for kind in kinds)])
    attention = []
    for place in places:
        if place.status in ("todo", "missing", "changed", "gone"):
            rests = f": {', '.join(place.users)} rest on it" if place.users else ""
            status = "still to be written" if place.status == "todo" else place.status
            attention.append(Paragraph(f"{place.id} is {status}{rests}"))
    good = sum(place.status in ("encoded", "context") for place in places)
    share = 100 * good / len(places) if places else 0.0
    shown = f"{share:.0f}" if share == 100 or share == 0 else f"{min(share, 99.9):.1f}"
    checked = "fingerprints checked" if document else "fingerprints not checked: no --document"
    total = f"{good} of {count(len(places), 'sentence')} accounted for ({shown} %), {checked}."
    return [apart(Table(["paragraph", *kinds], rows)), apart(*attention, Paragraph(total))]


def edition_lines(knowledge: Knowledge, moved: int) -> list[Line]:
    """Which edition the places are of, and that a text seems to be another one."""
    lines = [Line(f"The places are those of the edition: {knowledge.edition}.")] if knowledge.edition else []
    if moved:
        stand = "stands" if moved == 1 else "stand"
        said = f"{count(moved, 'sentence')} {stand} elsewhere in this text: is it another edition?"
        lines.append(Line((f"{said} See ", Marked("kb rebase --document FILE", "code"))))
    return lines


# --- what an author's commands did -----------------------------------------------------------------
def warnings_blocks(base: RuleBase, problems: Sequence[Problem]) -> list[Line]:
    """What a check warns of, and how much there is."""
    size = f"{count(len(base.rules), 'rule')}, {count(len(base.knowledge.claims), 'claim')}"
    return [
        *(Line(f"warning: {p}") for p in problems),
        Line(f"{size}: no errors, {count(len(problems), 'warning')}."),
    ]


def begun_blocks(base: RuleBase, directory: Path, files: Sequence[str], command: str) -> list[Line]:
    """What a new knowledge base was begun with, and the command that checks it; schemas are not spoken of."""
    return [
        Line(f"{count(len(base.knowledge.claims), 'sentence')}. Written to {directory}:"),
        *(Line(name, 2) for name in files if not name.startswith(".")),
        Line(("Look at it again with: ", Marked(command, "command"))),
    ]


def changes_heading(files: Sequence[str]) -> Line:
    """Which files were changed since the last check."""
    return Line(f"--- {', '.join(files)} ---")


def changed_file(path: Path, check: bool) -> Line:
    """A file that was brought into order, or would be."""
    return Line(f"{'would change' if check else 'changed'}  {path}")


def nothing_to_change(files: int) -> Line:
    """All files were in order."""
    return Line(f"{count(files, 'file')}: nothing to change.")


def hash_line(before: str, after: str) -> Line:
    """The hash of the knowledge before and after its files were brought into order."""
    same = before == after
    return Line(f"knowledge hash {before[:12]}{' (the same)' if same else f' -> {after[:12]}'}")
