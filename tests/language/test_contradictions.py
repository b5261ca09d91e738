"""An answer that is left out of account is none: the same follows as if it had not been given."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from support.generate import knowledge_files, random_answers, write_files
from support.oracle import Evaluation, OracleKB, atoms, entries, words
from support.sizes import some_or_all

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.result import Consultation
from expert.knowledge.load import load
from expert.language.conditions import AllOf, AnyOf, Is, Known, Not, Ref, Unless
from expert.language.contradictions import Contradiction, Contradictions
from expert.language.rules import RuleBase

VOCABULARY = "kb/vocabulary.yaml"
SMALL, LEFT_OUT = Ref("attribute", "a"), Ref("attribute", "b")


def contradicting(files: dict[str, str], random: Random) -> dict[str, str]:
    """The files of a knowledge base, with contradictions between some answers."""
    vocabulary = yaml.load(files[VOCABULARY], Loader=yaml.BaseLoader)
    rules = [rule for name, text in files.items() if name.startswith("rules/") for rule in read(text)]
    computed = [
        body for rule in rules for kind, body in entries(rule["then"]) if kind in ("conclude", "score")
    ]
    computing = {word for body in computed for word in words(list(body.values()))}
    free = [name for name in vocabulary["attributes"] if name not in computing]
    declared = {}
    for n in range(random.randint(1, 3)):
        if not free or len(vocabulary["attributes"]) < 2:
            break
        out = random.choice(free)
        other = random.choice([name for name in vocabulary["attributes"] if name != out])
        between = {name: some_test(vocabulary["attributes"][name], random) for name in (out, other)}
        declared[f"c{n}"] = {"between": between, "leaves-out": out, "claims": "p1s1", "because": "It is so."}
    return {**files, VOCABULARY: yaml.safe_dump({**vocabulary, "contradictions": declared}, sort_keys=False)}


def read(text: str) -> Any:
    return yaml.load(text, Loader=yaml.BaseLoader)


def some_test(term: dict[str, Any], random: Random) -> Any:
    """A test of an attribute; half of the time one that most answers meet."""
    if term["type"] in ("count", "number", "money"):
        return random.choice(["known", {random.choice(["at-most", "at-least"]): "2"}, "1"])
    values = [*term.get("values", ("yes", "no"))]
    some = random.sample(values, random.randint(1, len(values)))
    return random.choice(["known", random.choice(values), some])


def counted(kb: OracleKB, answers: dict[str, str]) -> dict[str, str]:
    """The answers without those that are left out of account."""
    case = Evaluation(kb, answers)
    out = set()
    for n, (_, body) in enumerate(kb.contradictions):
        if case.all([*atoms(kb.disagree(n))], None)[0]:
            out.add(body["leaves-out"])
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


@pytest.mark.parametrize("bases", some_or_all(15, 500))
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
            left_out += len(found.disagreements)
    assert left_out > bases


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
    assert of.read(Known(LEFT_OUT, False)) == AnyOf((Known(LEFT_OUT, False), disagree))


def test_what_is_left_out_leaves_open_what_it_decides(base: RuleBase) -> None:
    found = consulted(base, {"scar_depth": "light-only", "previous_punch": "no", "active_acne": "no"})
    assert {(r.verdict, r.depends_on) for r in found.recommendations} == {("open", ("scar_depth",))}
