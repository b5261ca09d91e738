"""What an instance waits for, against the meaning of its condition; and the tuple that waits itself."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from random import Random

import pytest
from generate import knowledge_files, random_answers

from expert import inference, trace
from expert.case import Case, make_case, parse_pairs
from expert.conditions import All, Given, Is, Known, Ref, Unless
from expert.inference import Engine, Indexed, infer, prepare
from expert.knowledge import Term
from expert.lint import open_files
from expert.outcome import follow
from expert.rules import RuleBase
from expert.trace import Later, plain

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


def test_needs_and_the_rest_say_what_the_condition_says() -> None:
    """Whatever has been said so far: after each firing, of every instance, also of those not looked at."""
    found = set()
    for base, case in generated():
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


def candidates(base: RuleBase) -> set[inference.Candidate]:
    found = {each for waiting in prepare(base).network.waiting.values() for each in waiting}
    assert len(found) == len(base.instances)
    return found


def test_generated_cases_followed_without_the_engine_give_the_same_record() -> None:
    for base, case in generated():
        record = infer(base, case)
        assert json.dumps(plain(record)) == json.dumps(plain(follow(base, case)))
        assert len(record.not_fired) == len(list(record.not_fired))


def test_conditions_that_no_file_spells_so(base: RuleBase) -> None:
    """A bare `unless`, parts that are always so, and nothing at all."""
    depth = Ref("attribute", "scar_depth")
    for when in (
        Unless(Is(depth, ("deep",))),
        Unless(Known(depth)),
        Given(True),
        All((All(()), Given(True))),
    ):
        one = base._replace(instances=(base.instances[0]._replace(when=when),))
        assert len(infer(one, Case({})).firings) == 1
        answered = infer(one, Case({"scar_depth": "deep"}))
        assert len(answered.firings) == (not isinstance(when, Unless)) == 1 - len(answered.not_fired)


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


def copies(base: RuleBase, number: int) -> RuleBase:
    """Copies of every rule, of which an answer lets one apply."""
    k, ref = base.knowledge, Ref("attribute", "copy")
    names = {str(n): f"copy {n}" for n in range(number)}
    term = Term("copy", "attribute", "choice", "the copy", values=names)
    instances = [
        i._replace(rule=i.rule._replace(id=f"{i.rule.id}-{n}"), when=All((i.when, Is(ref, (n,)))))
        for i in base.instances
        for n in names
    ]
    knowledge = k._replace(attributes={**k.attributes, "copy": term})
    return RuleBase(knowledge, base.rules, tuple(instances))


def test_rules_about_something_else_are_not_looked_at(
    base: RuleBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From where the rules of one copy are fewer than those that share any other need."""
    looked_at, original = [], Indexed._holds

    def holds(self: Indexed, candidate: inference.Candidate) -> bool:
        looked_at.append(candidate.instance.id)
        return original(self, candidate)

    monkeypatch.setattr(Indexed, "_holds", holds)
    counts = []
    for number in (100, 200):
        many = copies(base, number)
        answers = {"scar_depth": "deep", "active_acne": "no", "scar_count": 12, "copy": "2"}
        record = infer(many, make_case(answers, many.knowledge))
        assert len(record.firings) > 15
        assert len(record.not_fired) + len(record.firings) == number * len(base.instances)
        counts.append(len(looked_at))
        looked_at.clear()
    assert counts[0] == counts[1] < 2 * len(base.instances)


def test_a_rule_base_is_prepared_once(base: RuleBase) -> None:
    again = base._replace()
    assert prepare(base) is prepare(base)
    assert again == base
    assert prepare(again) is not prepare(base)
    assert prepare(base)(Case({})) == infer(again, Case({}))


# --- the tuple whose items are made later ----------------------------------------------------


def later(*items: int) -> Later[int]:
    return Later(len(items), lambda: items)


def test_later_stands_for_its_tuple() -> None:
    assert later(1, 2, 3) == (1, 2, 3) == later(1, 2, 3)
    assert (1, 2) != later(1, 2, 3) != [1, 2, 3]
    assert {later(1, 2): "found"}[1, 2] == "found"  # type: ignore[index]
    assert repr(later(1)) == str(later(1)) == "(1,)"
    assert list(later(1, 2)) == [1, 2]
    assert not later()
    assert (later(1, 2, 3)[-1], later(1, 2, 3)[1:], later(4, 5).index(5), 3 in later(3)) == (
        3,
        (2, 3),
        1,
        True,
    )
    assert plain(later(1, 2)) == [1, 2]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_of_later_is_the_tuple(copied: object) -> None:
    found = copied(later(1, 2))  # type: ignore[operator]
    assert type(found) is tuple
    assert found == (1, 2)


def test_later_is_made_once_and_counted_without(base: RuleBase) -> None:
    made = []

    def make() -> tuple[int, ...]:
        made.append(True)
        return (1, 2)

    found = Later(2, make)
    assert (len(found), bool(found), made) == (2, True, [])
    assert [*found, *found] == [1, 2, 1, 2]
    assert made == [True]


def test_a_consultation_can_be_copied_compared_and_restored(base: RuleBase) -> None:
    found, other = infer(base, Case({})), infer(base, Case({}))
    restored = trace.restore(trace.Consultation, json.loads(json.dumps(plain(found))))
    assert type(restored.not_fired) is tuple
    assert restored == found == other == pickle.loads(pickle.dumps(found)) == copy.deepcopy(found)
    assert repr(restored) == repr(found)
