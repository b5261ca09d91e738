"""What an instance waits for, against the meaning of its condition; and the tuple that waits itself."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from support.generate import knowledge_files, random_answers

from expert.consultation import memory
from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import Engine, Start, infer, prepare
from expert.knowledge.load import open_files
from expert.language.rules import RuleBase

GENERATED, CASES_EACH = 40, 6


def generated() -> Iterator[tuple[RuleBase, Case]]:
    """Cases of random knowledge bases."""
    for seed in range(GENERATED):
        random = Random(seed)
        base, problems = open_files(knowledge_files(random))
        assert not problems
        for _ in range(CASES_EACH):
            pairs = [f"{name}={value}" for name, value in random_answers(base, random).items()]
            yield base, parse_pairs(pairs, base.knowledge)


def test_an_activation_is_taken_back() -> None:
    """Some instances hold until a finding that they need no evidence of is concluded."""
    blocked = 0
    for base, case in generated():
        engine = Engine(prepare(base), case)
        engine.reset()
        engine.tell()
        started = {activation.rule.salience for activation in engine.agenda.activations}
        engine.run()
        blocked += len(started) > len(started & {-rank for rank in ranks_fired(engine)})
    assert blocked > 10


def ranks_fired(engine: Engine) -> set[int]:
    fired = {(firing.rule, firing.option or "") for firing in engine.memory.firings}
    instances = enumerate(engine.memory.base.instances)
    return {rank for rank, i in instances if (i.rule.id, i.option) in fired}


def test_facts_are_the_premises_each_declared_once() -> None:
    """The initial fact, every attribute in its order, and the findings as they were concluded."""
    again = 0
    for base, case in generated():
        engine = Engine(prepare(base), case)
        engine.reset()
        engine.tell()
        engine.run()
        start, *told = engine.facts.values()
        assert isinstance(start, Start)
        assert [fact["__factid__"] for fact in engine.facts.values()] == list(range(len(told) + 1))
        asked = [
            ("unknown" if case.value(n) is None else "answer", n, case.value(n))
            for n in base.knowledge.attributes
        ]
        found = [("finding", *finding) for finding in engine.memory.grounds]
        assert [(fact["kind"], fact["key"], fact["value"]) for fact in told] == asked + found
        again += any(len(firings) > 1 for firings in engine.memory.grounds.values())
    assert again > 10


def test_words_that_are_not_kept_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [infer(base, case) for base, case in generated()]
    monkeypatch.setattr(memory, "KEPT", 2)
    assert [infer(base, case) for base, case in generated()] == expected


def test_a_rule_base_is_prepared_once(base: RuleBase) -> None:
    again = base._replace()
    assert prepare(base) is prepare(base)
    assert again == base
    assert prepare(again) is not prepare(base)
    assert prepare(base)(Case({})) == infer(again, Case({}))
