"""What the knowledge base was tried with: cases, mutants, ablations and differences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from expert.analysis.ablation import Load, Loads
from expert.analysis.coverage import Coverage, Suggestion, case_yaml, percent
from expert.analysis.diff import Change, Differences
from expert.analysis.edited import Edited, KeyValue
from expert.analysis.expected import Expected, Failure
from expert.analysis.mutation import KINDS, Score, Survivor
from expert.consultation.case import Case, consult_line
from expert.language.english import count
from expert.language.keys import with_option
from expert.language.model import Knowledge
from expert.language.outcome import RESULT
from expert.language.rules import RuleBase
from expert.views.document import Block, Line, Marked, Paragraph, Section, Table, apart

# what was written before there was a verdict `open`
OPEN_IS_NEW = "an answer that the case does not give decides; `not-addressed` is where the document is silent"
ROOM = 40  # for the value of a key that was edited
CaseResults = list[tuple[Expected, list[Failure]]]


# --- cases -----------------------------------------------------------------------------------------
def case_blocks(
    base: RuleBase, results: CaseResults, covered: Coverage, suggestions: Sequence[Suggestion]
) -> list[Section]:
    """Which cases pass, what they cover, and cases that would cover more."""
    lines = []
    for case, wrong in results:
        lines.append(Line(f"{'FAIL' if wrong else 'pass'}  {case.name}"))
        lines += [Line(failure_words(failure), 6) for failure in wrong]
    bad = sum(bool(wrong) for _, wrong in results)
    outcomes = _share(covered.share(rules=False))
    counts = apart(
        Line(f"{count(len(results), 'case')}: {len(results) - bad} pass, {bad} fail."),
        Line(f"Rules that fire in some case: {_share(covered.share(rules=True))}."),
        Line(f"Conditions seen holding and not holding in some case: {outcomes}."),
    )
    return [apart(*lines), counts, *(_suggested(base, suggestion) for suggestion in suggestions)]


def failure_words(failure: Failure) -> str:
    """What was expected of a case, and what was seen."""
    check, seen = failure.check, ", ".join(failure.seen) or "nothing"
    what = f"{check.about} {check.kind}" if check.about else check.kind
    wanted = ", ".join(sorted(check.wanted)) or "nothing"
    if check.kind == "fired":
        return f"{check.span}: did not fire: {', '.join(sorted(check.wanted - set(failure.seen)))}"
    if check.kind == "not-fired":
        return f"{check.span}: fired: {', '.join(sorted(check.wanted & set(failure.seen)))}"
    said = f"{check.span}: {what}: expected {wanted}, seen {seen}"
    if check.wanted == {"not-addressed"} and failure.seen == ("open",):
        return f"{said} ({OPEN_IS_NEW})"
    return said


def _share(share: tuple[int, int]) -> str:
    return f"{share[0]} of {share[1]} ({percent(*share):.1f} %)"


def _suggested(base: RuleBase, suggestion: Suggestion) -> Section:
    """A case to keep, as it is written in a file."""
    head = Line(f"# not covered: {suggestion.what}")
    if suggestion.case is None:
        return apart(head, Line(f"# {suggestion.why}"))
    fired = suggestion.target.rule if suggestion.target.leaf < 0 else ""
    comment = Line("# what follows now; hold it against the document before you keep it")
    name = suggestion.what.replace('"', "'")  # which reads better than a backslash
    written = case_yaml(base, suggestion.case, name, fired)
    return apart(head, comment, *(Line(Marked(line, "code")) for line in written))


# --- mutants ---------------------------------------------------------------------------------------
def score_blocks(score: Score, base: RuleBase, kb: Path | None) -> Section:
    """How many mutants some case noticed, and those that none did."""
    blocks: list[Block] = []
    for kind, words in KINDS.items():
        blocks.append(Line(f"{words:<32}{score.noticed[kind]:>5} of {score.tried[kind]}", 2))
    equivalent = [survivor for survivor in score.survivors if survivor.equivalent]
    without = f"without {len(equivalent)} that no case could notice"
    blocks.append(Line(f"Mutation score: {_share(score.share)}, {without}."))
    if score.invalid:
        blocks.append(Line(f"{score.invalid} more would not have been loaded."))
    if score.untried:
        untried = f"Of these, {count(score.untried, 'mutant')} not tried, and counted as not noticed"
        blocks.append(Line(f"{untried}: it would take too long with so many rules."))
    for survivor in score.survivors:
        blocks += _survivor(survivor, base.knowledge, kb)
    return Section("Mutants noticed by some case:", tuple(blocks))


def _survivor(survivor: Survivor, knowledge: Knowledge, kb: Path | None) -> list[Line]:
    mutant = survivor.mutant
    kind = "equivalent" if survivor.equivalent else "SURVIVES"
    lines = [Line(f"{kind}  {mutant.span}: {mutant.name}: {mutant.what}", 2)]
    if survivor.case is not None:
        command = Marked(consult_line(survivor.case, knowledge, kb), "command")
        lines.append(Line(("would be noticed in: ", command), 6))
    elif survivor.equivalent:
        lines.append(Line(survivor.why, 6))
    else:
        lines.append(Line("whether a case would notice is not decided", 6))
    return lines


# --- claims dropped ----------------------------------------------------------------------------------
def load_blocks(loads: Loads, base: RuleBase, kb: Path | None) -> list[Section]:
    """What each claim bears: a table, how it was counted, and an example of each."""
    rows = []
    for f in loads.claims:
        counts = [_counted(n, f) for n in (f.lost, f.changed, f.survived, f.timings)]
        rows.append([f.claim, *counts, str(f.files)])
    sizes = ", ".join(f"{option} {n or 'not counted'}" for option, n in loads.cases.items())
    how = apart(
        Paragraph(
            "Lost, changed and survived count verdicts, timing the step waited for: for each option, in all"
            f" cases that the rules behind them tell apart ({sizes})."
        ),
        Line(f"Case files: of their {loads.files} cases, those in which anything at all is different."),
    )
    table = Table(["Claim", "Lost", "Changed", "Survived", "Timing", "Case files"], rows)
    left = [Line(f"{f.claim}: not decided for {', '.join(f.undecided)}") for f in loads.claims if f.undecided]
    examples = [_dropped(load, base, kb) for load in loads.claims if load.example]
    return [apart(table), how, *([apart(*left)] if left else []), *examples]


def _counted(number: int | None, load: Load) -> str:
    if number is None:
        return "not decided"
    return f"at least {number}" if load.undecided else str(number)


def _dropped(load: Load, base: RuleBase, kb: Path | None) -> Section:
    """What goes with a claim, and a case in which it matters."""
    example = load.example
    assert example is not None
    return apart(
        Line(f"{load.claim}  {base.knowledge.claims[load.claim].says}"),
        Line(f"without it go: {', '.join(load.dropped)}", 2),
        Line(f"{example.option}: {example.before} → {example.after}, as in", 2),
        Line(Marked(consult_line(example.case, base.knowledge, kb), "command"), 2),
    )


# --- differences -------------------------------------------------------------------------------------
def diff_blocks(differences: Differences, bases: Sequence[RuleBase], kb: Path | None) -> list[Section]:
    """What was edited, which cases come out differently, and how sure that is."""
    hashes = [base.knowledge.hash[:12] for base in bases]
    edits = edit_lines(differences.edits)
    changes = []
    for change in differences.changes:
        if change.same is not True:
            changes += _change(change, bases, kb)
    return [
        apart(Line(f"Old {hashes[0]}, new {hashes[1]}.")),
        apart(*(edits or [Line("Nothing declared was edited.")])),
        apart(*changes, *_how_sure(differences)),
    ]


def edit_lines(edits: Sequence[Edited]) -> list[Line]:
    """What was edited, a line each."""
    return [_edit(edit) for edit in edits]


def _edit(edit: Edited) -> Line:
    """What was edited, in which of its keys, and where it has room, their values."""
    about = edit.kind if edit.kind == edit.id else f"{edit.kind} {edit.id}"
    inside = ", ".join(filter(None, map(_valued, edit.values)))
    return Line(f"{edit.change:<8} {about}{f' ({inside})' if inside else ''}")


def _valued(value: KeyValue) -> str:
    if value.before == value.after or max(len(value.before), len(value.after)) > ROOM:
        return value.key
    return f"{value.key and f'{value.key}: '}{value.before or 'nothing'} → {value.after or 'nothing'}"


def _change(change: Change, bases: Sequence[RuleBase], kb: Path | None) -> list[Line]:
    kind, about, value = change.thing
    thing = (
        f"{kind} {with_option(value, about)}"
        if kind == RESULT
        else " ".join(filter(None, (about, kind, value)))
    )
    if change.same is None:
        return [Line(f"{thing}: whether it differs is not decided")]
    counted = "some cases"
    if change.cases is not None and change.of is not None:
        counted = f"{change.cases:,} of {count(change.of, 'case')}"
    return [
        Line(f"{thing}: differs in {counted}"),
        Line(f"{change.before or 'nothing'} → {change.after or 'nothing'}", 2),
        *_example(change, bases, kb),
    ]


def _example(change: Change, bases: Sequence[RuleBase], kb: Path | None) -> list[Line]:
    case = change.example
    assert case is not None
    if fits(case, bases[1]):
        return [Line(Marked(consult_line(case, bases[1].knowledge, kb), "command"), 2)]
    if fits(case, bases[0]):
        command = Marked(consult_line(case, bases[0].knowledge, None), "command")
        return [Line(command, 2), Line("(which only the old one can be asked)", 4)]
    return []


def fits(case: Case, base: RuleBase) -> bool:
    """Whether a knowledge base can be asked it."""
    return case.answers.keys() <= base.knowledge.attributes.keys()


def _how_sure(differences: Differences) -> list[Line]:
    """What is the same for every case."""
    main = [change.same for change in differences.changes if change.thing.kind in ("verdict", "timing")]
    lines = []
    if all(main):
        lines.append(Line("Verdicts and timings: the same for every case."))
    if differences.same:
        lines.append(Line("Costs, flags, arguments, results, plan and advice: the same for every case."))
    return lines
