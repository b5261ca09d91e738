"""What the knowledge base was tried with: cases, mutants, ablations and differences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from expert.consultation.case import consult_line

if TYPE_CHECKING:
    from expert.analysis.ablation import Loads
    from expert.analysis.coverage import Coverage, Suggestion
    from expert.analysis.diff import Change, Differences
    from expert.analysis.expected import Expected, Failure
    from expert.analysis.mutation import Score, Survivor
    from expert.consultation.case import Case
    from expert.language.model import Knowledge
    from expert.language.rules import RuleBase


Results = list[tuple["Expected", "list[Failure]"]]


def _failure_text(failure: Failure) -> str:
    check, seen = failure.check, ", ".join(failure.seen) or "nothing"
    what = f"{check.about} {check.kind}" if check.about else check.kind
    wanted = ", ".join(sorted(check.wanted)) or "nothing"
    if check.kind == "fired":
        return f"{check.span}: did not fire: {', '.join(sorted(check.wanted - set(failure.seen)))}"
    if check.kind == "not-fired":
        return f"{check.span}: fired: {', '.join(sorted(check.wanted & set(failure.seen)))}"
    return f"{check.span}: {what}: expected {wanted}, seen {seen}"


def _test_lines(
    base: RuleBase, results: Results, covered: Coverage, suggestions: list[Suggestion]
) -> Iterator[str]:
    for case, wrong in results:
        yield f"{'FAIL' if wrong else 'pass'}  {case.name}"
        yield from (f"      {_failure_text(failure)}" for failure in wrong)
    bad = sum(bool(wrong) for _, wrong in results)
    yield f"\n{len(results)} cases: {len(results) - bad} pass, {bad} fail."
    yield f"Rules that fire in some case: {_share(covered.share(rules=True))}."
    outcomes = _share(covered.share(rules=False))
    yield f"Conditions seen holding, and seen not holding, in some case: {outcomes}."
    for suggestion in suggestions:
        yield f"\n# not covered: {suggestion.what}"
        yield from _suggested(base, suggestion)


def _share(share: tuple[int, int]) -> str:
    from expert.analysis.coverage import percent

    return f"{share[0]} of {share[1]} ({percent(*share):.1f} %)"


def _suggested(base: RuleBase, suggestion: Suggestion) -> list[str]:
    from expert.analysis.coverage import case_yaml

    if suggestion.case is None:
        return [f"# {suggestion.why}"]
    target, name = suggestion.target, suggestion.what.replace('"', "'")
    fired = target.rule if target.leaf < 0 else ""
    comment = "# what follows now; hold it against the document before you keep it"
    return [comment, *case_yaml(base, suggestion.case, name, fired)]


def _score_lines(score: Score, base: RuleBase, kb: Path | None) -> Iterator[str]:
    from expert.analysis.mutation import KINDS

    yield "\nMutants noticed by some case:"
    for kind, words in KINDS.items():
        yield f"  {words:<32}{score.noticed[kind]:>5} of {score.tried[kind]}"
    equivalent = [survivor for survivor in score.survivors if survivor.equivalent]
    yield f"Mutation score: {_share(score.share)}, without {len(equivalent)} that no case could notice."
    if score.invalid:
        yield f"{score.invalid} more would not have been loaded."
    for survivor in score.survivors:
        yield from _survivor_lines(survivor, base.knowledge, kb)


def _survivor_lines(survivor: Survivor, knowledge: Knowledge, kb: Path | None) -> Iterator[str]:
    mutant = survivor.mutant
    kind = "equivalent" if survivor.equivalent else "SURVIVES"
    yield f"  {kind}  {mutant.span}: {mutant.name}: {mutant.what}"
    if survivor.case is not None:
        yield f"      would be noticed in: {consult_line(survivor.case, knowledge, kb)}"
    elif not survivor.equivalent:
        yield "      no case was found that would notice: too many combinations to try them all"


def _load_lines(found: Loads, base: RuleBase, kb: Path | None) -> Iterator[str]:
    from expert.views.terminal import table

    rows = [
        [f.claim, str(f.lost), str(f.changed), str(f.survived), str(f.timings), str(f.files)]
        for f in found.claims
    ]
    heads = ["Claim", "Lost", "Changed", "Survived", "Timing", "Case files"]
    yield table(rows, heads, "simple", [None] * 6)
    yield ""
    tried = sum(found.grids.values())
    yield f"Lost, changed and survived count verdicts, timing the step waited for, in {tried} cases:"
    yield "for each option, all combinations of the answers that its verdict and timing depend on"
    sizes = ", ".join(f"{option} {size or 'too many: left out'}" for option, size in found.grids.items())
    yield f"({sizes}), numbers by their thresholds."
    yield f"Case files: of their {found.files} cases, those in which anything at all is different."
    examples = [f for f in found.claims if f.example]
    for load in examples:
        example = load.example
        assert example is not None
        yield f"\n{load.claim}  {base.knowledge.claims[load.claim].says}"
        yield f"  without it go: {', '.join(load.dropped)}"
        yield f"  {example.option}: {example.before} → {example.after}, as in"
        yield f"  {consult_line(example.case, base.knowledge, kb)}"


def _thing(change: Change, bases: list[RuleBase]) -> str:
    thing = change.thing
    return " ".join(part for part in (thing.about, thing.kind, thing.value) if part)


def _fits(case: Case, base: RuleBase) -> bool:
    return case.answers.keys() <= base.knowledge.attributes.keys()


def _diff_lines(found: Differences, bases: list[RuleBase], kb: Path | None) -> Iterator[str]:
    yield f"Old {bases[0].knowledge.hash[:12]}, new {bases[1].knowledge.hash[:12]}.\n"
    for edit in found.edits:
        fields = f" ({', '.join(edit.fields)})" if edit.fields else ""
        yield f"{edit.change:<8} {edit.kind} {edit.id}{fields}"
    if not found.edits:
        yield "Nothing declared was edited."
    yield ""
    changed = [change for change in found.changes if change.cases]
    for change in changed:
        of = f"{change.cases} of {change.of} cases compared" + (
            "" if change.exhaustive else ", not all there are"
        )
        yield f"{_thing(change, bases)}: differs in {of}"
        yield f"  {change.before or 'nothing'} → {change.after or 'nothing'}"
        yield from (f"  {line}" for line in _example_lines(change, bases, kb))
    yield from _conclusions(found)


def _example_lines(change: Change, bases: list[RuleBase], kb: Path | None) -> Iterator[str]:
    case = change.example
    assert case is not None
    if _fits(case, bases[1]):
        yield consult_line(case, bases[1].knowledge, kb)
    elif _fits(case, bases[0]):
        yield f"{consult_line(case, bases[0].knowledge, None)} (which only the old one can be asked)"


def _conclusions(found: Differences) -> Iterator[str]:
    main = [change for change in found.changes if change.thing.kind in ("verdict", "timing")]
    how = "numbers by their thresholds"
    if not any(change.cases for change in main):
        if all(change.exhaustive for change in main):
            yield f"Verdicts and timings: the same for every case (all combinations of answers, {how})."
        else:
            yield f"Verdicts and timings: the same in all cases compared, which are not all ({how})."
    if found.same:
        sure = "for every case" if found.exhaustive else "in all cases compared, which are not all"
        yield f"Costs, flags, arguments, plan and advice: the same {sure}."
