"""Every node of every explanation is so: how, why-not, what-if's cases, trace and what did not fire.

Each is evaluated again by `support.soundness`, over the naive evaluator, which shares nothing with
what makes explanations; and the words beside a fact have its value and its limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.generate import knowledge_files, random_answers, write_files
from support.oracle import OracleKB
from support.shell import ROOT
from support.sizes import MORE, some_or_all
from support.soundness import Judge

from expert.consultation import explain
from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.consultation.result import Consultation, Statement
from expert.consultation.subjects import subjects
from expert.consultation.why_not import why_not
from expert.io.json import plain
from expert.knowledge.load import load
from expert.language.rules import RuleBase

BASES = {
    "built-in": ROOT,
    "bicycle": ROOT / "tests/data/bicycle",
    "minimal": ROOT / "tests/data/minimal",
    "heating": ROOT / "examples/heating",
    "plants": ROOT / "docs/reference/plants",
}
Said = tuple[Any, str, str | None]  # a statement as JSON, its words, and the option of the rule it is about


def in_tree(tree: explain.Tree, about: str | None = None) -> Iterator[Said]:
    states = tree.states
    if states:
        yield plain(states), tree.text, about
        about = states.option if states.kind == "rule" else about
    for part in tree.parts:
        yield from in_tree(part, about)


def in_trace(found: Consultation) -> Iterator[Said]:
    for firing in found.firings:
        for match in firing.matched:
            yield plain(explain.stated(match)), match.text, firing.option
        for c in firing.concluded:
            if c.kind == "argument":
                states = Statement("argument", c.name, c.option, "is", (str(c.value),), stands="concluded")
            elif c.kind == "finding":
                states = Statement("finding", c.name, c.option, "is", (c.value or 0,), stands="concluded")
            else:
                states = Statement(c.kind, c.name, c.option, stands="concluded")
            yield plain(states), c.text, firing.option
    for rule in found.not_fired:
        assert rule.states is not None
        yield plain(rule.states), rule.condition, rule.option


def explained(base: RuleBase, case: Case, found: Consultation, options: bool) -> Iterator[Said]:
    """Every node of every explanation; of options why not too, which takes longer."""
    yield from in_trace(found)
    reach = Reach(base)
    for subject in subjects(base):
        for tree in explain.how(found, base, subject):
            yield from in_tree(tree)
        if subject.kind != "option" or options:
            for failed in why_not(reach, case, found, subject).failed:
                assert failed.states is not None
                yield plain(failed.states), failed.condition, failed.option
                for tree in failed.stands:
                    yield from in_tree(tree, failed.option)


def hold(base: RuleBase, kb: OracleKB, answers: dict[str, str], options: bool = False) -> int:
    """Every node of a case's explanations holds; how many there are."""
    judge = Judge(kb, answers)
    case = parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge)
    for states, text, about in explained(base, case, infer(base, case), options):
        judge.about = about
        assert judge.true(states), (answers, text, states)
        assert judge.worded(states, text), (answers, text, states)
    return judge.held


def allowed_answers(base: RuleBase, random: Random) -> dict[str, str]:
    """Random answers, without the numbers that are out of range."""
    found = random_answers(base, random)
    return {name: value for name, value in found.items() if allowed(base, name, value)}


def allowed(base: RuleBase, name: str, value: str) -> bool:
    try:
        return value == "unknown" or base.knowledge.attributes[name].parse(value) is not None
    except ValueError:
        return False


@pytest.mark.parametrize("count", some_or_all(1, 300, more=2))
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=MORE if name == "heating" else []) for name in BASES]
)
def test_every_node_holds(name: str, count: int, record_property: Any) -> None:
    base, kb, random = load(BASES[name]), OracleKB(BASES[name]), Random(name)
    nodes = sum(hold(base, kb, allowed_answers(base, random), n < 2) for n in range(count))
    record_property("nodes", nodes)
    print(f"{name}: {nodes} nodes of {count} cases hold")
    assert nodes > 10 * count


@pytest.mark.parametrize("count", some_or_all(2, 600, more=5))
def test_every_node_holds_in_generated_knowledge(count: int, tmp_path: Path, record_property: Any) -> None:
    nodes = 0
    for seed in range(count):
        random = Random(seed)
        directory = write_files(knowledge_files(random), tmp_path / str(seed))
        base, kb = load(directory), OracleKB(directory)
        nodes += sum(hold(base, kb, random_answers(base, random)) for _ in range(4))
    record_property("nodes", nodes)
    print(f"generated: {nodes} nodes of {4 * count} cases hold")
    assert nodes > 10 * count
