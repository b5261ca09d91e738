"""What an instance waits for, against the meaning of its condition; and the tuple that waits itself."""

from __future__ import annotations

import pytest
from support.generate import generated_cases
from support.sizes import some_or_all

from expert.consultation import memory
from expert.consultation.case import Case
from expert.consultation.engine import Engine, Start, infer, prepare
from expert.language.rules import RuleBase

BASES_TRIED = some_or_all(8, 40, more=12)


@pytest.mark.parametrize("bases", BASES_TRIED)
def test_an_activation_is_taken_back(bases: int) -> None:
    """Some instances hold until a finding that they need no evidence of is concluded."""
    blocked = 0
    for base, case in generated_cases(bases):
        engine = Engine(prepare(base), case)
        engine.reset()
        engine.tell()
        started = {activation.rule.salience for activation in engine.agenda.activations}
        engine.run()
        blocked += len(started) > len(started & {-rank for rank in ranks_fired(engine)})
    assert blocked


def ranks_fired(engine: Engine) -> set[int]:
    fired = {(firing.rule, firing.option or "") for firing in engine.memory.firings}
    instances = enumerate(engine.memory.base.instances)
    return {rank for rank, i in instances if (i.rule.id, i.option) in fired}


@pytest.mark.parametrize("bases", BASES_TRIED)
def test_facts_are_the_premises_each_declared_once(bases: int) -> None:
    """The initial fact, every attribute in its order, and the findings as they were concluded."""
    again = 0
    for base, case in generated_cases(bases):
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
        # of what is answered the answer is the fact
        found = [("finding", *finding) for finding, behind in engine.memory.grounds.items() if behind]
        said = [(fact["kind"], fact["key"], fact["value"]) for fact in told]
        # beside them, that an exception applies, and that a score has bounds which do not meet
        beside = [
            fact for fact in said if fact[1].startswith("!") or (fact[0] == "finding" and fact[2] is None)
        ]
        assert [fact for fact in said if fact not in beside] == asked + found
        again += any(len(firings) > 1 for firings in engine.memory.grounds.values())
    assert again >= bases // 6


@pytest.mark.parametrize("bases", BASES_TRIED)
def test_words_that_are_not_kept_are_the_same(bases: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [infer(base, case) for base, case in generated_cases(bases)]
    monkeypatch.setattr(memory, "KEPT", 2)
    assert [infer(base, case) for base, case in generated_cases(bases)] == expected


def test_a_rule_base_is_prepared_once(base: RuleBase) -> None:
    again = base._replace()
    assert prepare(base) is prepare(base)
    assert again == base
    assert prepare(again) is not prepare(base)
    assert prepare(base)(Case({})) == infer(again, Case({}))
