"""Cases that are alike for a condition: of each is said what would be said if there were no other."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from support.chained import HEADS, RULE
from support.generate import generated_cases
from support.sizes import some_or_all

from expert.consultation.alike import Alike, Aspects, Remembered
from expert.consultation.case import make_case
from expert.consultation.engine import Prepared
from expert.consultation.memory import WorkingMemory
from expert.consultation.outcome import follow
from expert.consultation.wording import Wording
from expert.knowledge.load import open_files
from expert.language.conditions import Compare, Is, Known, Ref
from expert.language.meaning import Evaluation
from expert.language.rules import RuleBase


@pytest.mark.parametrize("bases", some_or_all(2, 60, more=12))
def test_what_was_said_of_another_case_is_so_of_this(bases: int) -> None:
    """Whatever cases came before, and however little of what was said is kept."""
    last: RuleBase | None = None
    runs: list[Prepared] = []
    again = Counter[str]()
    for base, case in generated_cases(bases):
        if base is not last:
            last, runs = base, [Prepared(base), Prepared(base)]
            for kept in remembered(runs[1].wording).values():
                kept.most = 3
        alone = follow(base, case)
        before = {name: kept.count for name, kept in remembered(runs[0].wording).items()}
        for run in runs:
            assert run(case) == alone
        for name, kept in remembered(runs[0].wording).items():
            assert sum(map(len, kept.shelves)) == kept.count
            again[name] += len(alone.not_fired if name == "reasons" else alone.firings)
            again[name] -= kept.count - before[name]
        assert all(kept.count <= 3 for kept in remembered(runs[1].wording).values())
    assert again["reasons"] > 3 * bases and again["firings"] > 3 * bases


def remembered(wording: Wording) -> dict[str, Remembered[Any]]:
    return {name: kept for name, kept in vars(wording).items() if isinstance(kept, Remembered)}


def test_one_case_alone_prepares_for_no_other(base: RuleBase) -> None:
    """Most programs ask of one case, and are started anew for the next."""
    run, case = Prepared(base), make_case({"scar_depth": "deep", "active_acne": "no"}, base.knowledge)
    counts, runs = [], []
    for _ in range(3):
        runs.append(run(case))
        assert runs[-1].not_fired == runs[0].not_fired
        counts.append((run.wording.firings.count, run.wording.reasons.count))
    assert runs[0] == runs[1] == runs[2]
    assert counts[0] == (0, 0) < counts[1] == counts[2] == (len(runs[0].firings), len(runs[0].not_fired))


def test_what_rests_on_other_firings_is_said_once() -> None:
    """A record that was said of another case names the firings of this one."""
    files = {
        **HEADS,
        "kb/vocabulary.yaml": "attributes:\n"
        + "".join(f"  {a}: {{type: yes-no, label: {a}, question: 'Does it?'}}\n" for a in "abc")
        + "findings:\n  f: {type: choice, label: f, values: {x: x, y: y}}\n"
        "topics: {effect: {label: effect, decides: yes}}\n",
        "rules/1.yaml": "".join(
            [
                RULE.format("r1", "a: yes", "conclude: {f: x}"),
                RULE.format("r2", "b: yes", "conclude: {f: x}"),
                RULE.format("r3", "c: yes", "conclude: {f: y}"),
                RULE.format("r4", "f: x, option: one", "argue: {for: effect}"),
            ]
        ),
    }
    base, problems = open_files(files)
    assert not problems
    run = Prepared(base)
    grounds, kept = [], []
    for a, b, c in (("no", "no", "no"), ("yes", "no", "no"), ("no", "yes", "yes"), ("yes", "yes", "no")):
        case = make_case({"a": a, "b": b, "c": c}, base.knowledge)
        found = run(case)
        assert found == follow(base, case)
        grounds += [firing.matched[0].firings for firing in found.firings if firing.rule == "r4"]
        entry = run.wording._entries.get(("r4", "one"))
        kept.append(len(entry.firings) if entry else 0)
    assert grounds == [(1,), (1,), (1, 2)]
    assert kept == [0, 1, 1, 1]


def test_what_is_kept_is_bounded() -> None:
    kept = Remembered[str](2)
    one, other = kept.shelf(), kept.shelf()
    assert [kept.keep(one, n, f"said {n}") for n in range(2)] == ["said 0", "said 1"]
    assert kept.keep(other, 2, "said 2") == "said 2"
    assert (one, other, kept.count) == ({}, {2: "said 2"}, 1)


def test_numbers_are_alike_that_are_on_one_side(base: RuleBase) -> None:
    """There is no end to numbers, but a comparison has few results; an answer in words is its value."""
    alike, count = Alike(base.knowledge), Ref("attribute", "scar_count")
    key = alike.key(Compare(count, "more-than", 10))

    def of(answer: int | None) -> object:
        return key(Aspects(Evaluation({"scar_count": answer})))

    assert of(11) == of(12_000) != of(10) == of(3) != of(None) != of(11)
    depth = alike.key(Is(Ref("attribute", "scar_depth"), ("deep",)))
    assert depth(Aspects(Evaluation({"scar_depth": "deep"}))) == "deep"
    assert depth(Aspects(Evaluation({}))) is None
    known = alike.key(Known(count))
    assert {known(Aspects(Evaluation({"scar_count": n}))) for n in (1, 2, 3)} == {(True, True)}


def test_a_finding_is_what_was_concluded_of_it(base: RuleBase) -> None:
    finding = next(name for name, term in base.knowledge.findings.items() if term.values and not term.role)
    value = next(iter(base.knowledge.findings[finding].values))
    key = Alike(base.knowledge).key(Is(Ref("finding", finding), (value,)))
    memory = WorkingMemory(Wording(base), make_case({}, base.knowledge))
    assert key(Aspects(memory.reading)) == ()
    memory.reading.findings[finding] = {value: -1}
    assert key(Aspects(memory.reading)) == (value,)
