"""Rules spelled out per option and ordered, as the naive evaluator does it."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from support.compare import BASES
from support.generate import knowledge_files
from support.oracle import OracleKB
from support.sizes import first

from expert.knowledge.load import load, open_files
from expert.language import rules
from expert.language.conclusions import Conclude
from expert.language.conditions import Is, Ref
from expert.language.rules import Instance, RuleBase, findings_read, passes, reads, writes

Bases = tuple[RuleBase, OracleKB]


@pytest.fixture(scope="module", params=BASES)
def bases(request: pytest.FixtureRequest) -> Bases:
    directory = BASES[request.param]
    return load(directory), OracleKB(directory)


def test_strata_and_instances_agree(bases: Bases) -> None:
    """Both spell out the same instances, and would fire them in the same order."""
    base, kb = bases
    assert [(i.rule.id, i.option or None) for i in base.instances] == [i.key for i in kb.order]


@pytest.mark.parametrize("name", BASES)
def test_in_the_order_of_passes_nothing_is_read_before_it_is_settled(name: str) -> None:
    instances = load(BASES[name]).instances
    ordered = passes(instances)
    assert {i.id for i in ordered} == {i.id for i in instances}
    last = {i.id: place for place, i in enumerate(ordered)}
    writers: dict[str, list[int]] = {}
    for i in instances:
        for key in writes(i):
            writers.setdefault(key, []).append(last[i.id])
    circular = {i.id for i in instances if sum(other.id == i.id for other in ordered) > 1}
    for i in instances:
        keys = [ref.key for ref, _ in reads(i) if ref.kind == "finding"]
        if i.id not in circular:
            assert all(place < last[i.id] for key in keys for place in writers.get(key, [])), i.id


def in_rounds(instances: Iterable[Instance]) -> list[str]:
    """The order of `passes`, as it is defined: round by round what reads nothing that waits concludes."""
    strata: dict[int, list[Instance]] = {}
    for instance in instances:
        strata.setdefault(instance.stratum, []).append(instance)
    ordered: list[Instance] = []
    for _, waiting in sorted(strata.items()):
        while waiting:
            unsettled = {key for i in waiting for key in writes(i)}
            ready = [i for i in waiting if unsettled.isdisjoint(findings_read(i))]
            ordered += ready or waiting * len(waiting)
            waiting = [i for i in waiting if i not in ready] if ready else []
    return [i.id for i in ordered]


@pytest.mark.parametrize("seed", first(3, 100))
def test_the_order_of_passes_is_that_of_rounds(seed: int) -> None:
    base, _ = open_files(knowledge_files(Random(seed)))
    assert [i.id for i in passes(base.instances)] == in_rounds(base.instances)
    turned = [i._replace(stratum=0) for i in reversed(base.instances)]  # with circles where strata had none
    assert [i.id for i in passes(turned)] == in_rounds(turned)


def test_a_chain_is_ordered_in_time_linear_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def link(n: int) -> Instance:
        reads_from = Is(Ref("finding", f"f{n}"), ("yes",))
        return Instance(rule._replace(id=f"r{n}"), "", reads_from, (Conclude(f"f{n + 1}", "yes"),))

    def counted(instance: Instance) -> set[str]:
        looked.append(instance.id)
        return writes(instance)

    looked: list[str] = []
    monkeypatch.setattr(rules, "writes", counted)
    rule = load(BASES["acne"]).rules[0]._replace(exception_to=())
    chain = [link(n) for n in reversed(range(100))]
    assert passes(chain) == chain[::-1]
    assert len(looked) <= 2 * len(chain)
