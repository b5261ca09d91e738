"""What an instance waits for, against the meaning of its condition; and the tuple that waits itself."""

from __future__ import annotations

import pytest
from support.generate import generated_cases
from support.sizes import some_or_all

from expert.consultation import wording
from expert.consultation.case import Case, make_case
from expert.consultation.engine import Candidate, Engine, Indexed, Start, infer, prepare
from expert.language.conditions import AllOf, Is, Ref
from expert.language.model import Term
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
    monkeypatch.setattr(wording, "KEPT", 2)
    assert [infer(base, case) for base, case in generated_cases(bases)] == expected


def test_a_rule_base_is_prepared_once(base: RuleBase) -> None:
    again = base._replace()
    assert prepare(base) is prepare(base)
    assert again == base
    assert prepare(again) is not prepare(base)
    assert prepare(base)(Case({})) == infer(again, Case({}))


@pytest.mark.parametrize("bases", some_or_all(5, 40, more=12))
def test_needs_and_the_rest_say_what_the_condition_says(bases: int) -> None:
    """Whatever has been said so far: after each firing, of every instance, also of those not looked at."""
    found = set()
    for base, case in generated_cases(bases):
        engine = Engine(prepare(base), case)
        engine.reset()
        engine.tell()
        for _ in range(len(base.instances) + 1):
            engine.strategy.update_agenda(engine.agenda, *engine.get_activations())
            for candidate in candidates(base):
                held = engine.memory.reading.test(candidate.instance.when)
                assert held == (candidate in engine.matcher.active), candidate.instance
                found.add((held, bool(candidate.needs), bool(candidate.rest)))
            engine.run(1)
    assert len(found) == 7  # with neither needs nor a rest, it holds always


def candidates(base: RuleBase) -> set[Candidate]:
    found = {each for waiting in prepare(base).network.waiting.values() for each in waiting}
    assert len(found) == len(base.instances)
    return found


def copies(base: RuleBase, number: int) -> RuleBase:
    """Copies of every rule, of which an answer lets one apply."""
    k, ref = base.knowledge, Ref("attribute", "copy")
    names = {str(n): f"copy {n}" for n in range(number)}
    term = Term("copy", "attribute", "choice", "the copy", values=names)
    instances = [
        i._replace(rule=i.rule._replace(id=f"{i.rule.id}-{n}"), when=AllOf((i.when, Is(ref, (n,)))))
        for i in base.instances
        for n in names
    ]
    knowledge = k._replace(attributes={**k.attributes, "copy": term})
    return RuleBase(knowledge, base.rules, tuple(instances))


@pytest.mark.parametrize("numbers", some_or_all([150], [150, 220], more=[150, 220]))
def test_rules_about_something_else_are_not_looked_at(
    base: RuleBase, numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From where the rules of one copy are fewer than those that share any other need."""
    looked_at, original = [], Indexed._holds

    def holds(self: Indexed, candidate: Candidate) -> bool:
        looked_at.append(candidate.instance.id)
        return original(self, candidate)

    monkeypatch.setattr(Indexed, "_holds", holds)
    counts = []
    for number in numbers:
        many = copies(base, number)
        answers = {"scar_depth": "deep", "active_acne": "no", "scar_count": 12, "copy": "2"}
        record = infer(many, make_case(answers, many.knowledge))
        assert len(record.firings) > 15
        assert len(record.not_fired) + len(record.firings) == number * len(base.instances)
        counts.append(len(looked_at))
        looked_at.clear()
    assert counts[0] == counts[-1] < 2 * len(base.instances)
