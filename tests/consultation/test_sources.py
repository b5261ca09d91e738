"""What premises rest on, against a second reading with nothing of it prepared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.constructs import Yaml, case_of, opened
from support.generate import generated_cases
from support.sizes import some_or_all

from expert.consultation import result as trace
from expert.consultation.case import Case
from expert.consultation.engine import infer
from expert.consultation.result import Plain
from expert.language.conclusions import First, Row, Tally, computed_refs
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Count,
    Given,
    Is,
    Known,
    Not,
    Ref,
    Unless,
    compared,
    refs,
    walk,
)
from expert.language.english import Phrases
from expert.language.grids import Grid
from expert.language.meaning import Evaluation
from expert.language.model import Value
from expert.language.rules import Instance, RuleBase, computed_data

Ground = tuple[str, str, Plain | None, tuple[int, ...]]


class Grounds:
    """What the conditions of one case rest on, with nothing of it prepared: kind, name, value, firings."""

    def __init__(self, base: RuleBase, case: Case) -> None:
        self.knowledge, self.phrases, self.case = base.knowledge, Phrases(base.knowledge), case
        self.reading = Evaluation(case.answers)
        self.found: dict[tuple[str, Plain], tuple[int, ...]] = {}
        self.open: dict[str, int] = {}  # scores whose bounds do not meet, and which firing added them up

    def take(self, instance: Instance, firing: trace.Firing) -> None:
        """Take in what a firing concluded."""
        for said in firing.concluded:
            if said.kind == "score" and said.value is None:
                self.open[f"{said.name}@{said.option}" if said.option else said.name] = firing.n
            if said.kind in ("finding", "score") and said.value is not None:
                key = f"{said.name}@{said.option}" if said.option else said.name, said.value
                self.found[key] = (*self.found.get(key, ()), firing.n)
        for conclusion in instance.then:
            self.reading.conclude(conclusion, Grid.true)

    def term(self, ref: Ref, wanted: tuple[Value, ...] | None = None) -> Iterator[Ground]:
        value, term = self.case.value(ref.name), self.knowledge.term(ref.name)
        if ref.replies and value is not None:
            if wanted is None or value in wanted:
                yield "answer", ref.name, term.plain(value), ()
            return
        if ref.kind == "attribute" and value is None:
            yield "unknown", ref.name, None, ()
        elif ref.kind == "attribute" and value is not None:
            yield "answer", ref.name, term.plain(value), ()
        elif ref.key in self.open:
            yield "score", ref.key, None, (self.open[ref.key],)
        for (key, plain_value), firings in self.found.items():
            if key == ref.key and (wanted is None or plain_value in [term.plain(v) for v in wanted]):
                yield "finding", key, plain_value, firings

    def of(self, condition: Condition) -> Iterator[Ground]:
        if isinstance(condition, AllOf):
            yield from (ground for part in condition.parts for ground in self.of(part))
        elif isinstance(condition, AnyOf):
            yield from self.of(next(part for part in condition.parts if self.reading.test(part)))
        elif isinstance(condition, Given):
            term = self.knowledge.properties.get(condition.property)
            yield from [
                ("datum", condition.property, term.plain(d.value), ()) for d in condition.data if term
            ]
        elif isinstance(condition, Unless):
            yield "no-evidence", self.phrases.condition(condition), None, ()
        elif isinstance(condition, Count):
            yield from self.many(condition.parts, condition.needed, len(condition.needed))
        elif isinstance(condition, Known) and not condition.wanted and condition.ref.kind == "finding":
            yield "no-evidence", self.phrases.condition(condition), None, ()
        elif isinstance(condition, Not) and is_exact(condition.part):
            yield from self.denials(condition.part)
        else:
            yield from self.plainly(condition)

    def plainly(self, condition: Condition) -> Iterator[Ground]:
        """What the terms of a condition rest on, in their order."""
        inside = condition.part if isinstance(condition, Not) else condition
        # a finding that may be answered is named as an attribute too
        named = [
            r for r, _ in refs(condition) if r.kind != "attribute" or r.name not in self.knowledge.findings
        ]
        if isinstance(inside, Compare):
            named = compared(inside.written or inside)  # a property's number has its name there
        for ref in named:
            if ref.kind == "property":
                for value in self.given(ref, condition):
                    yield "datum", ref.name, self.knowledge.properties[ref.name].plain(value), ()
            elif (
                not isinstance(condition, Not)
                or ref.kind == "finding"
                or self.case.value(ref.name) is not None
            ):
                yield from self.term(ref, condition.values if isinstance(condition, Is) else None)

    def denials(self, condition: Condition) -> Iterator[Ground]:
        """What a condition that is denied rests on."""
        if isinstance(condition, AllOf):
            yield from self.denials(next(p for p in condition.parts if self.reading.denies(p)))
        elif isinstance(condition, AnyOf):
            yield from (ground for part in condition.parts for ground in self.denials(part))
        elif isinstance(condition, Count):
            yield from self.many(condition.parts, condition.refuted, 1)
        elif isinstance(condition, (Not, Unless)):
            yield from self.of(condition.part)
        elif isinstance(condition, Given):
            properties = self.knowledge.options[condition.option].properties
            yield from self.of(condition._replace(data=properties.get(condition.property, ())))
        elif isinstance(condition, Known) and condition.wanted and condition.ref.kind == "finding":
            yield "no-evidence", self.phrases.condition(Known(condition.ref, False)), None, ()
        elif isinstance(condition, Compare):
            yield from self.plainly(Not(condition))
        else:
            assert isinstance(condition, (Is, Known))
            yield from self.term(condition.ref)

    def items(self, score: Tally) -> Iterator[Ground]:
        """What the points of a score rest on."""
        for item in score.items:
            for row in item.rows if isinstance(item, First) else (item,):
                if not isinstance(row, Row):
                    continue
                if self.reading.test(row.when):
                    yield from self.of(row.when)
                    if isinstance(item, First):
                        break
                elif self.reading.denies(row.when):
                    yield from self.denials(row.when)
                else:
                    names = dict.fromkeys(r.name for r, _ in refs(row.when) if r.kind == "attribute")
                    yield from (("unknown", n, None, ()) for n in names if self.case.value(n) is None)

    def many(
        self, parts: tuple[Condition, ...], sides: list[tuple[int, bool]], wanted: int
    ) -> Iterator[Ground]:
        """The first parts that are so many; of as many sides as are wanted."""
        for number, no in sides:
            so = [p for p in parts if (self.reading.denies(p) if no else self.reading.test(p))]
            if len(so) >= number and wanted:
                wanted -= 1
                for part in so[: max(number, 0)]:
                    yield from self.denials(part) if no else self.of(part)

    def given(self, ref: Ref, condition: Condition) -> list[Value]:
        """The values of a property; of what is compared, those with which the condition holds."""
        values = [datum.value for datum in self.knowledge.options[ref.option].properties[ref.name]]
        inside = condition.part if isinstance(condition, Not) else condition
        if not isinstance(inside, Compare) or (inside.written or inside).left != ref:
            return values
        holding = []
        for value in values:
            alone: Condition = inside._replace(left=value)
            if self.reading.test(Not(alone) if isinstance(condition, Not) else alone):
                holding.append(value)
        return holding

    def behind(self, instance: Instance) -> list[Ground]:
        """What an instance rests on: its condition, then what else it computes with; each once."""
        data = [Given(True, n, instance.option, (d,)) for n, d in computed_data(instance, self.knowledge)]
        computing = [ref for c in instance.then for ref in computed_refs(c)]
        terms = [ground for ref in computing for ground in self.term(ref)]
        terms += [ground for c in instance.then if isinstance(c, Tally) for ground in self.items(c)]
        computed = [ground for given in data for ground in self.of(given)]
        when = instance.when
        no = isinstance(when, Not) and instance.rule.denies
        rests = self.denials(when.part) if no and isinstance(when, Not) else self.of(instance.written)
        return list(dict.fromkeys([*rests, *computed, *terms]))


def is_exact(condition: Condition) -> bool:
    return any(isinstance(part, Count) for part, _ in walk(condition)) or any(
        ref.kind == "finding" for ref, _ in refs(condition)
    )


def ground(match: trace.Match) -> Ground:
    if match.kind == "no-evidence":
        return match.kind, match.text, None, ()
    finding = match.kind in ("finding", "score") and match.option
    return match.kind, f"{match.name}@{match.option}" if finding else match.name, match.value, match.firings


@pytest.mark.parametrize("bases", some_or_all(12, 40))
def test_every_firing_matched_what_its_instance_rests_on(bases: int) -> None:
    """On what was concluded until then, in the order in which it is written."""
    kinds: set[str] = set()
    again = 0
    for base, case in generated_cases(bases):
        record, grounds = infer(base, case), Grounds(base, case)
        by_id = {(instance.rule.id, instance.option): instance for instance in base.instances}
        for firing in record.firings:
            instance = by_id[firing.rule, firing.option or ""]
            assert [ground(match) for match in firing.matched] == grounds.behind(instance), instance
            grounds.take(instance, firing)
            kinds |= {match.kind for match in firing.matched}
            again += any(len(match.firings) > 1 for match in firing.matched)
        steps = [
            (n, c.name) for n, f in enumerate(record.firings, 1) for c in f.concluded if c.kind == "step"
        ]
        for step in record.plan:
            assert step.firings == tuple(dict.fromkeys(n for n, name in steps if name == step.step))
    assert kinds == {"answer", "unknown", "datum", "finding", "score", "no-evidence"}
    assert again >= bases // 6


def test_a_firing_names_what_it_computes_with_though_its_condition_holds_by_something_else(
    tmp_path: Path,
) -> None:
    rule: Yaml = {"id": "r", "when": {"any": [{"a": "yes"}, {"x": {"at-least": 5}}]}}
    rule["then"] = {"conclude": {"twice": {"times": [2, "x"]}}}
    made = {"findings": {"twice": {"type": "number", "decimals": "0"}}, "rules": [rule]}
    base = opened(made, tmp_path)
    [firing] = infer(base, case_of(base, {"a": "yes", "x": "1"})).firings
    assert [match.name for match in firing.matched] == ["a", "x"]
