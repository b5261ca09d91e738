"""Explanations end in answers and claims; every flip shown is a smallest one and works."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from support.shell import cicatrix
from support.sizes import first

from expert.consultation.case import UNKNOWN, Case, make_case, parse_answer, parse_pairs
from expert.consultation.compare import what_if
from expert.consultation.engine import infer
from expert.consultation.explain import find_subject, how, subjects, why_not
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.io.problems import CaseError
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase


def random_case(base: RuleBase, seed: int) -> Case:
    choose = random.Random(seed)
    answers: dict[str, str | int | None] = {}
    for name, term in base.knowledge.attributes.items():
        if choose.random() < 0.7:
            numbers = [1, 2, 12, 120, 60_000]
            answers[name] = choose.choice([*(term.values or numbers), None])
    return make_case(answers, base.knowledge)


@pytest.mark.parametrize("seed", range(8))
def test_leaves_are_answers_and_claims(base: RuleBase, seed: int) -> None:
    found = infer(base, random_case(base, seed))
    for subject in subjects(base):
        for tree in how(found, base, subject):
            for leaf in tree.leaves():
                assert (
                    leaf.kind in ("answer", "claim")
                    or "justified above" in leaf.text
                    or (leaf.kind in ("note", "conclusion") and subject.kind == "option")
                ), (subject, leaf)


def naive_flips(base: RuleBase, case: Case, option: str, goal: str) -> list[dict[str, object]]:
    """The smallest changes by trying every change of one answer, then of two, by running them."""
    numbers = {"scar_count": [1, 2, 120], "budget": [0, 10_000, 10**9]}
    names = [
        name
        for name, term in base.knowledge.attributes.items()
        if not (term.fixed and case.value(name) is not None) and name not in numbers
    ]
    for size in (1, 2):
        found: list[dict[str, object]] = []
        for chosen in itertools.combinations(names, size):
            for values in itertools.product(*(base.knowledge.attributes[n].values for n in chosen)):
                change = dict(zip(chosen, values, strict=True))
                if all(case.value(name) != value for name, value in change.items()):
                    result = infer(base, case.with_answers({**change}, base.knowledge)).recommendation(option)
                    if goal in (result.verdict, result.timing):
                        found.append({**change})
        if found:
            return found
    return []


@pytest.mark.parametrize("seed", first(2, 4))
def test_flips_are_all_the_smallest(base: RuleBase, seed: int) -> None:
    reach, case = Reach(base), random_case(base, seed)
    found = infer(base, case)
    for option in ("punch-technique", "chemical-peel"):
        for goal in ("preferred", "option", NOW):
            result = found.recommendation(option)
            if goal in (result.verdict, result.timing):
                continue
            expected = naive_flips(base, case, option, goal)
            flips = why_not(reach, case, found, find_subject(base, option), goal).flips or ()
            if expected:
                assert [flip.changes for flip in flips] == expected
            for flip in flips:
                terms = base.knowledge.attributes
                changes = {n: parse_answer(v, terms[n]) for n, v in flip.changes.items()}
                assert UNKNOWN not in flip.changes.values()
                again = infer(base, case.with_answers(changes, base.knowledge)).recommendation(option)
                assert goal in (again.verdict, again.timing)


def test_history_is_left_alone(base: RuleBase) -> None:
    """An answer about the past that was given is not among the changes."""
    case = parse_pairs(["scar_depth=deep", "active_acne=no", "previous_punch=no"], base.knowledge)
    flips = why_not(Reach(base), case, infer(base, case), find_subject(base, "peel"), "option").flips or ()
    assert [flip.changes for flip in flips] == [{"scar_depth": "shallow"}, {"scar_depth": "both"}]


def test_no_verdict_is_explained_that_cannot_be(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    found = infer(base, case)
    for verdict in VERDICTS:
        reason = why_not(Reach(base), case, found, find_subject(base, "laser"), verdict)
        assert reason.possible == (verdict in ("uncertain", "not-addressed"))


@pytest.mark.parametrize(
    ("name", "kind", "id"),
    [
        ("punch", "option", "punch-technique"),
        ("Injectable fillers", "option", "injectable-fillers"),
        ("fillers", "option", "injectable-fillers"),
        ("PEEL", "option", "chemical-peel"),
        ("scar_kind", "finding", "scar_kind"),
        ("a possible cause of deep scars", "finding", "deep_scar_cause"),
        ("clear-acne", "step", "clear-acne"),
        ("do-not-overcorrect", "advice", "do-not-overcorrect"),
        ("cost-by-the-scar", "rule", "cost-by-the-scar"),
    ],
)
def test_subjects_by_id_label_and_beginning(base: RuleBase, name: str, kind: str, id: str) -> None:
    assert (find_subject(base, name).kind, find_subject(base, name).id) == (kind, id)


@pytest.mark.parametrize("name", ["", "zzz", "prevent"])
def test_subjects_that_are_none(base: RuleBase, name: str) -> None:
    with pytest.raises(CaseError):
        find_subject(base, name)


def test_what_if_is_empty_only_for_equals(base: RuleBase) -> None:
    one = infer(base, parse_pairs(["scar_depth=deep"], base.knowledge))
    assert what_if(one, one) == []
    other = infer(base, parse_pairs(["scar_depth=shallow"], base.knowledge))
    kinds = {difference.kind for difference in what_if(one, other)}
    assert {"answer", "verdict", "firing", "plan", "advice"} <= kinds


def test_the_sentence_itself_beside_the_claim(document: Path) -> None:
    shown = cicatrix("explain", "how", "punch", "scar_depth=deep", "--document", str(document)).stdout
    assert "A typical fee is" not in cicatrix("explain", "how", "punch", "scar_depth=deep").stdout
    assert "“A typical fee is" in " ".join(shown.split())


@pytest.mark.parametrize("seed", range(60))
def test_following_is_inferring_without_the_engine(base: RuleBase, seed: int) -> None:
    case = random_case(base, seed)
    assert follow(base, case) == infer(base, case)
