"""The `kb` commands that try a knowledge base out: `test`, `load-bearing`, `diff`."""

from pathlib import Path
from typing import Annotated

import typer

from expert.analysis.ablation import Load
from expert.analysis.ablation import load_bearing as drop_each
from expert.analysis.coverage import Coverage, Suggestion, coverage, percent, suggest
from expert.analysis.diff import Change, Differences, compare
from expert.analysis.expected import failures, load_cases
from expert.analysis.mutation import Score, Survivor
from expert.analysis.mutation import mutate as try_mutants
from expert.analysis.shown import seen_by
from expert.commands.bases import find_base
from expert.commands.hint import hint
from expert.commands.options import Json, Kb, LedgerFile
from expert.commands.saying import say
from expert.commands.shared import directory_of, open_knowledge, print_json
from expert.commands.showing import emit
from expert.consultation.case import Case, plain_answers
from expert.consultation.engine import infer
from expert.io.problems import CheckFailed
from expert.language.rules import RuleBase
from expert.proof.undecided import difference, solver
from expert.views.trials import (
    CaseResults,
    case_blocks,
    diff_blocks,
    failure_words,
    fits,
    load_blocks,
    score_blocks,
)


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
    base = open_knowledge(kb)
    cases = load_cases(directory_of(kb), base)
    results = []
    for case in cases:
        seen = seen_by(infer(base, case.given), base.knowledge)
        results.append((case, failures(case, seen)))
    failed = not cases or any(wrong for _, wrong in results)
    covered = coverage(base, cases)
    decides = solver(base) if covered.missed else None
    suggestions = suggest(base, covered.missed, decides.case_where if decides else None)
    score = None
    if mutate and not failed:
        score = try_mutants(base, cases, cases_apart)
    shares = [covered.share(rules=True), covered.share(rules=False), *([score.share] if score else [])]
    short = any(percent(*share) < threshold for share in shares)
    if json:
        print_json(_test_json(base, results, covered, suggestions, score))
    else:
        blocks = case_blocks(base, results, covered, suggestions)
        emit(*blocks, *([score_blocks(score, base, kb)] if score else []))
    hint(base, kb, cases=cases, aside=json)
    if mutate and failed:
        say("No mutants were tried: every case has to pass first.")
    if short:
        say(f"Below the threshold of {threshold:g} %.")
    if failed or short:
        raise CheckFailed


def cases_apart(old: RuleBase, new: RuleBase) -> list[Case]:
    """Cases in which two knowledge bases show something differently, by all means there are."""
    return [change.example for change in compare(old, new, difference).changes if change.example]


def _test_json(
    base: RuleBase,
    results: CaseResults,
    covered: Coverage,
    suggestions: list[Suggestion],
    score: Score | None,
) -> dict[str, object]:
    def ratio(share: tuple[int, int]) -> dict[str, object]:
        return {"covered": share[0], "of": share[1], "percent": percent(*share)}

    def answers(case: Case | None) -> object:
        return None if case is None else plain_answers(case, base.knowledge)

    cases = []
    for case, wrong in results:
        words = [failure_words(failure) for failure in wrong]
        cases.append({"case": case.name, "place": str(case.span), "failures": words})
    shown: dict[str, object] = {
        "cases": cases,
        "rules": ratio(covered.share(rules=True)),
        "conditions": ratio(covered.share(rules=False)),
        "missed": [{"what": s.what, "answers": answers(s.case), "why": s.why} for s in suggestions],
    }
    if score:
        mutation: dict[str, object] = {
            **ratio(score.share),
            "survivors": [
                {**_mutant_json(s), "answers": answers(s.case), "equivalent": s.equivalent, "why": s.why}
                for s in score.survivors
            ],
        }
        if score.untried:
            mutation["untried"] = score.untried
        shown["mutation"] = mutation
    return shown


def _mutant_json(survivor: Survivor) -> dict[str, str]:
    mutant = survivor.mutant
    return {"kind": mutant.kind, "name": mutant.name, "what": mutant.what, "place": str(mutant.span)}


# --- kb load-bearing -------------------------------------------------------------------------------
def load_bearing(json: Json = False, kb: Kb = None) -> None:
    """Drop each claim in turn: which verdicts change, are lost, or survive by another route.

    A rule, and a datum of an option, needs every claim that it cites. Example: cicatrix kb load-bearing
    """
    base = open_knowledge(kb)
    cases = load_cases(directory_of(kb), base)
    loads = drop_each(base, cases)
    if json:
        print_json([_load_json(load, base) for load in loads.claims])
    else:
        emit(*load_blocks(loads, base, kb))


def _load_json(load: Load, base: RuleBase) -> dict[str, object]:
    example = load.example
    shown = example and {
        **example._asdict(),
        "case": plain_answers(example.case, base.knowledge),
    }
    return {**load._asdict(), "dropped": list(load.dropped), "example": shown}


# --- kb diff ---------------------------------------------------------------------------------------
Base = Annotated[
    str, typer.Argument(metavar="DIR|HASH|now", help="A directory, a recorded hash (its beginning), or now.")
]


def diff(old: Base, new: Base = "now", json: Json = False, ledger: LedgerFile = None, kb: Kb = None) -> None:
    """What was edited between two knowledge bases, and for which cases it matters.

    Exits with 1 if something differs, or if that is not decided.

    Example: cicatrix kb diff 3f9c1a now
    """
    bases = [find_base(name, ledger, kb) for name in (old, new)]
    differences = compare(bases[0], bases[1], difference)
    if json:
        print_json(_diff_json(differences, bases))
    else:
        emit(*diff_blocks(differences, bases, kb if new == "now" else Path(new)))
    if differences.same is not True:
        raise CheckFailed


def _diff_json(differences: Differences, bases: list[RuleBase]) -> dict[str, object]:
    def answers(change: Change) -> object:
        owner = next(b for b in reversed(bases) if change.example is None or fits(change.example, b))
        return change.example and plain_answers(change.example, owner.knowledge)

    return {
        "old": bases[0].knowledge.hash,
        "new": bases[1].knowledge.hash,
        "edits": differences.edits,
        "changes": [
            {**change._asdict(), "thing": change.thing._asdict(), "example": answers(change)}
            for change in differences.changes
        ],
        "same": differences.same,
    }
