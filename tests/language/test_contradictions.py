"""An answer that is left out of account is none: the same follows as if it had not been given."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.compare import summary
from support.contradicting import contradicting
from support.generate import knowledge_files, random_answers, write_files
from support.oracle import Evaluation, OracleKB, evaluate
from support.sizes import some_or_all

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.result import Consultation
from expert.knowledge.load import load
from expert.language.conditions import AllOf, AnyOf, Is, Known, Not, Ref, Unless
from expert.language.contradictions import Contradiction, Contradictions
from expert.language.rules import RuleBase

SMALL, LEFT_OUT = Ref("attribute", "a"), Ref("attribute", "b")


def counted(kb: OracleKB, answers: dict[str, str]) -> dict[str, str]:
    """The answers without those that are left out of account."""
    out = Evaluation(kb, answers).left_out
    return {name: value for name, value in answers.items() if name not in out}


def followed(found: Consultation) -> object:
    """What follows: all that is neither words nor the record of it.

    Whether more may follow is left open: a contradiction may yet come up by further answers.
    """
    silent = {"open": "not-addressed"}
    options = [
        (r.option, silent.get(r.verdict, r.verdict), r.timing, r.waits_for, r.flags, r.targets)
        for r in found.recommendations
    ]
    costs = [(r.cost.low, r.cost.high) if r.cost else None for r in found.recommendations]
    findings = {(f.finding, f.option, f.value) for f in found.findings}
    cautions = {d.id for d in found.disagreements}
    fired = [(f.rule, f.option) for f in found.firings if f.rule not in cautions]
    return options, costs, findings, [step.step for step in found.plan], fired


@pytest.mark.parametrize("bases", some_or_all(4, 500, more=8))
def test_the_same_follows_as_without_the_answer(bases: int, tmp_path: Path) -> None:
    left_out = 0
    for seed in range(bases):
        random = Random(seed)
        plain = knowledge_files(random)
        directory = write_files(contradicting(plain, random), tmp_path / str(seed))
        base, kb = load(directory), OracleKB(directory)
        without = load(write_files(plain, tmp_path / f"{seed}-without"))
        for _ in range(6):
            answers = random_answers(base, random)
            kept = counted(kb, answers)
            found, bare = (consulted(b, a) for b, a in ((base, answers), (without, kept)))
            assert followed(found) == followed(bare), (seed, answers, kept)
            assert {d.left_out for d in found.disagreements} == answers.keys() - kept.keys()
            said, expected = summary(found), evaluate(kb, answers)
            assert {part: said[part] for part in expected} == expected, (seed, answers, kept)
            left_out += len(found.disagreements)
    assert left_out >= bases // 2


def consulted(base: Any, answers: dict[str, str]) -> Consultation:
    return infer(base, parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge))


def test_conditions_read_the_answer_as_none() -> None:
    """A test that the answer meets needs that it counts; one that another answer meets does not."""
    small, out = Is(SMALL, ("yes",)), Is(LEFT_OUT, ("v", "w"))
    of = Contradictions([Contradiction("c", ("b", "a"), (out, small), "b")])
    assert of.read(Is(LEFT_OUT, ("x",))) == Is(LEFT_OUT, ("x",))
    assert of.read(Is(LEFT_OUT, ("v",))) == AllOf((Is(LEFT_OUT, ("v",)), Unless(small, "b")))
    disagree = AllOf((out, small))
    assert of.read(Not(Is(LEFT_OUT, ("x",)))) == Not(
        AnyOf((Is(LEFT_OUT, ("x",)), Not(Unless(disagree, "b"))))
    )
    assert of.read(Known(LEFT_OUT, False)) == AnyOf((Known(LEFT_OUT, False), Not(Unless(disagree))))


def test_what_is_left_out_leaves_open_what_it_decides(base: RuleBase) -> None:
    found = consulted(base, {"scar_depth": "light-only", "previous_punch": "no", "active_acne": "no"})
    assert {(r.verdict, r.depends_on) for r in found.recommendations} == {("open", ("scar_depth",))}
