"""The `kb` commands that try a knowledge base out: `test`, `load-bearing`, `diff`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expert.terminal import (
    CHECK_FAILED,
    Json,
    Kb,
    LedgerFile,
    emit,
    open_knowledge,
    open_ledger,
    print_json,
    problems_shown,
    run,
    say,
)

if TYPE_CHECKING:
    from expert.ablation import Load, Loads
    from expert.case import Case
    from expert.cases import Expected, Failure
    from expert.difference import Change, Differences
    from expert.exercise import Coverage, Suggestion
    from expert.knowledge import Knowledge
    from expert.mutation import Score, Survivor
    from expert.rules import RuleBase

Results = list[tuple["Expected", "list[Failure]"]]

# --- kb test -------------------------------------------------------------------------------------


def test(
    threshold: Annotated[
        float,
        typer.Option(min=0, max=100, metavar="PERCENT", help="Least coverage (and mutation score) to pass."),
    ] = 0,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change the knowledge, bit by bit: does some case notice?")
    ] = False,
    json: Json = False,
    kb: Kb = None,
) -> None:
    """Run the cases of kb/cases, and say what they cover; exits with 1 if one fails or too little is.

    Examples: cicatrix kb test --threshold 100
              cicatrix kb test --mutate
    """
    from expert.author_command import hint
    from expert.cases import failures, load_cases, seen_by
    from expert.exercise import coverage, percent, suggest

    with problems_shown():
        base = open_knowledge(kb)
        cases = load_cases(directory_of(kb), base)
        found = [seen_by(run(base, case.given), base.knowledge) for case in cases]
    results = [(case, failures(case, seen)) for case, seen in zip(cases, found, strict=True)]
    failed = not cases or any(wrong for _, wrong in results)
    covered = coverage(base, cases)
    suggestions = suggest(base, covered.missed)
    score = None
    if mutate and not failed:
        from expert.mutation import mutate as try_mutants

        score = try_mutants(base, cases)
    shares = [covered.share(rules=True), covered.share(rules=False), *([score.share] if score else [])]
    short = any(percent(*share) < threshold for share in shares)
    if json:
        print_json(_test_json(base, results, covered, suggestions, score))
    else:
        emit("\n".join(_test_lines(base, results, covered, suggestions)))
        if score:
            emit("\n".join(_score_lines(score, base, kb)))
    hint(base, kb, aside=json)
    if mutate and failed:
        say("No mutants were tried: every case has to pass first.")
    if short:
        say(f"Below the threshold of {threshold:g} %.")
    if failed or short:
        raise typer.Exit(CHECK_FAILED)


def directory_of(kb: Path | None) -> Path:
    """Where the knowledge base asked for is."""
    from expert.terminal import BUILT_IN

    return BUILT_IN[0] if kb is None else kb


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
    from expert.exercise import percent

    return f"{share[0]} of {share[1]} ({percent(*share):.1f} %)"


def _suggested(base: RuleBase, suggestion: Suggestion) -> list[str]:
    from expert.exercise import case_yaml

    if suggestion.case is None:
        return [f"# {suggestion.why}"]
    target, name = suggestion.target, suggestion.what.replace('"', "'")
    fired = target.rule if target.leaf < 0 else ""
    comment = "# what follows now; hold it against the document before you keep it"
    return [comment, *case_yaml(base, suggestion.case, name, fired)]


def _score_lines(score: Score, base: RuleBase, kb: Path | None) -> Iterator[str]:
    from expert.mutation import KINDS

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


def _test_json(
    base: RuleBase, results: Results, covered: Coverage, suggestions: list[Suggestion], score: Score | None
) -> dict[str, object]:
    from expert.case import plain_answers
    from expert.exercise import percent

    def ratio(share: tuple[int, int]) -> dict[str, object]:
        return {"covered": share[0], "of": share[1], "percent": percent(*share)}

    def answers(case: Case | None) -> object:
        return None if case is None else plain_answers(case, base.knowledge)

    found: dict[str, object] = {
        "cases": [
            {"case": case.name, "place": str(case.span), "failures": [_failure_text(f) for f in wrong]}
            for case, wrong in results
        ],
        "rules": ratio(covered.share(rules=True)),
        "conditions": ratio(covered.share(rules=False)),
        "missed": [{"what": s.what, "answers": answers(s.case), "why": s.why} for s in suggestions],
    }
    if score:
        found["mutation"] = {
            **ratio(score.share),
            "survivors": [
                {**_mutant_json(s), "answers": answers(s.case), "equivalent": s.equivalent}
                for s in score.survivors
            ],
        }
    return found


def _mutant_json(survivor: Survivor) -> dict[str, str]:
    mutant = survivor.mutant
    return {"kind": mutant.kind, "name": mutant.name, "what": mutant.what, "place": str(mutant.span)}


def consult_line(case: Case, knowledge: Knowledge, kb: Path | None) -> str:
    """The command that shows a case."""
    from expert.case import spell_answers

    answers = spell_answers(case, knowledge)
    # without any answer `consult` would ask
    words = answers or [f"{name}=unknown" for name in list(knowledge.attributes)[:1]]
    return shlex.join(["cicatrix", "consult", *words, "--no-save", *(["--kb", str(kb)] if kb else [])])


# --- kb load-bearing -------------------------------------------------------------------------------


def load_bearing(json: Json = False, kb: Kb = None) -> None:
    """Drop each claim in turn: which verdicts change, are lost, or survive by another route.

    A rule, and a datum of an option, needs every claim that it cites. Example: cicatrix kb load-bearing
    """
    from expert.ablation import load_bearing as drop_each
    from expert.cases import load_cases

    with problems_shown():
        base = open_knowledge(kb)
        cases = load_cases(directory_of(kb), base)
    found = drop_each(base, cases)
    if json:
        print_json([_load_json(load, base) for load in found.claims])
    else:
        emit("\n".join(_load_lines(found, base, kb)))


def _load_json(load: Load, base: RuleBase) -> dict[str, object]:
    from expert.case import plain_answers

    example = load.example
    shown = example and {
        **example._asdict(),
        "case": plain_answers(example.case, base.knowledge),
    }
    return {**load._asdict(), "dropped": list(load.dropped), "example": shown}


def _load_lines(found: Loads, base: RuleBase, kb: Path | None) -> Iterator[str]:
    from expert.tables import table

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


# --- kb diff ---------------------------------------------------------------------------------------

Base = Annotated[
    str, typer.Argument(metavar="DIR|HASH|now", help="A directory, a recorded hash (its beginning), or now.")
]


def diff(old: Base, new: Base = "now", json: Json = False, ledger: LedgerFile = None, kb: Kb = None) -> None:
    """What was edited between two knowledge bases, and for which cases it matters; exits with 1 if any.

    Example: cicatrix kb diff 3f9c1a now
    """
    from expert.difference import compare

    with problems_shown():
        bases = [find_base(name, ledger, kb) for name in (old, new)]
    found = compare(*bases)
    if json:
        print_json(_diff_json(found, bases))
    else:
        emit("\n".join(_diff_lines(found, bases, kb if new == "now" else Path(new))))
    if not found.same:
        raise typer.Exit(CHECK_FAILED)


def find_base(name: str, ledger: Path | None, kb: Path | None) -> RuleBase:
    """The knowledge base that a word means: `now`, a directory, or the beginning of a recorded hash."""
    from expert.lint import load, open_files
    from expert.source import CaseError, KnowledgeError, LedgerError, Problem, shorten

    if name == "now":
        return open_knowledge(kb)
    if Path(name).is_dir():
        return load(Path(name))
    if len(name) < 4 or set(name.lower()) - set("0123456789abcdef"):
        help = "a directory, `now`, or four or more digits of a hash that `audit list` shows"
        raise CaseError([Problem(f"`{shorten(name)}` is no knowledge base", None, help)])
    with open_ledger(ledger) as store:
        hashes = [hash for hash, _ in store.knowledge_rows() if hash.startswith(name.lower())]
        if len(hashes) != 1:
            how = "several recorded knowledge bases begin" if hashes else "no recorded knowledge base begins"
            raise LedgerError(f"{how} with `{shorten(name)}`", ", ".join(hash[:16] for hash in hashes))
        base, problems = open_files(store.files(hashes[0]), f"{hashes[0][:12]}:")
    if problems:
        raise KnowledgeError(problems)
    return base


def _thing(change: Change, bases: list[RuleBase]) -> str:
    thing = change.thing
    return " ".join(part for part in (thing.about, thing.kind, thing.value) if part)


def _diff_json(found: Differences, bases: list[RuleBase]) -> dict[str, object]:
    from expert.case import plain_answers

    def answers(change: Change) -> object:
        owner = next(b for b in reversed(bases) if change.example is None or _fits(change.example, b))
        return change.example and plain_answers(change.example, owner.knowledge)

    return {
        "old": bases[0].knowledge.hash,
        "new": bases[1].knowledge.hash,
        "edits": [{**edit._asdict(), "fields": list(edit.fields)} for edit in found.edits],
        "changes": [
            {**change._asdict(), "thing": change.thing._asdict(), "example": answers(change)}
            for change in found.changes
        ],
        "same": found.same,
        "exhaustive": found.exhaustive,
    }


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
