"""Proofs of knowledge bases, and ways to break them."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.program import invoked
from support.telling import telling

from expert.backends.z3 import Prover
from expert.consultation.case import Answer, Case, make_case, parse_pairs
from expert.knowledge.load import load
from expert.language.rules import RuleBase
from expert.proof.invariants import load_invariants
from expert.proof.proofs import Found, Proof, Report, StructuralCheck
from expert.proof.structure import prove_all

HERE = Path(__file__).parents[1]
ROOT = HERE.parent
DIRECTORIES = {"acne": ROOT, "bicycle": HERE / "data" / "bicycle"}

# every kind of mistake in a file of invariants
BAD = """\
invariants:
  - id: one
    says: It waits.
    when: {scar_dpth: deep}
    never: {option.timng: now}
  - id: one
    says: It is preferred.
    claims: p99s1
    always: {option.verdict: prefered}
    never: {plan: treat-scars}
  - id: two
    says: More is less.
    more: scar_kind
    never-less: option.leest_cost
  - id: three
    says: ~
    always: {not: {option.verdict: preferred}}
    more: budget
tensions: [{rules: [laser-may-or-may-not-wrk], intended: so}]
intended: [{check: masket, about: x, reason: so}]
"""


def report_of(directory: Path, timeout: float = 60.0) -> Report:
    base = load(directory)
    return prove_all(base, load_invariants(base, directory), timeout, str(directory))


def proof_of(report: Report, invariant: str) -> Proof:
    return next(proof for proof in report.proofs if proof.invariant == invariant)


def found_by(report: Report, check: str) -> tuple[Found, ...]:
    return check_of(report, check).found


def check_of(report: Report, check: str) -> StructuralCheck:
    return next(each for each in report.checks if each.check == check)


def copy_of(directory: Path, to: Path) -> Path:
    for folder in ("kb", "rules"):
        shutil.copytree(directory / folder, to / folder)
    return to


def edit(directory: Path, file: str, old: str, new: str) -> None:
    text = (directory / file).read_text()
    assert text.count(old) == 1, (file, old)
    (directory / file).write_text(text.replace(old, new))


def drop(directory: Path, file: str, rule: str) -> None:
    rules = (directory / file).read_text().split("\n- id: ")
    kept = [text for text in rules if text.split("\n")[0] != rule]
    assert len(kept) == len(rules) - 1
    (directory / file).write_text("\n- id: ".join(kept))


def command(*words: str) -> Any:
    return invoked("kb", "prove", *words)


RULE = "\n- {{id: {}, claims: p1s1, basis: stated, when: {}, then: {}, because: So.}}\n"


@pytest.fixture(scope="module", params=DIRECTORIES)
def prover(request: pytest.FixtureRequest) -> Prover:
    return Prover(load(DIRECTORIES[request.param]), 60)


def some_case(base: RuleBase, choose: random.Random, share: float, most: int = 10**12) -> Case:
    """A random case; numbers at and around what they are compared with."""
    values, answers = telling(base), {}
    for name in base.knowledge.attributes:
        if choose.random() < share:
            told = [v for v in values[name] if not isinstance(v, int) or v <= most]
            answers[name] = choose.choice([*told, None])
    return make_case(answers, base.knowledge)


def bicycle(answers: str) -> tuple[Prover, Case]:
    prover = Prover(load(DIRECTORIES["bicycle"]), 60)
    return prover, parse_pairs(answers.split(), prover.base.knowledge)


def kept(change: dict[str, Answer]) -> tuple[tuple[str, str], ...]:
    """A set of changes, but for which number it is."""
    return tuple(sorted((name, v if isinstance(v, str) else "number") for name, v in change.items()))
