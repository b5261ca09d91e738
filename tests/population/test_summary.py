"""Counts over a population."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.linked import Linked, linked_base, small_first
from support.shell import ROOT
from support.tables import BASE, COUNT, NAMES, pl, population
from support.telling import telling

from expert.consultation.case import UNKNOWN, Answer, Case, make_case
from expert.consultation.relevance import Reach
from expert.knowledge.load import load
from expert.language.policy import NOW, VERDICTS
from expert.language.prospect import deciding
from expert.population.results import Results
from expert.population.summary import _told, undecided_in

REACH = Reach(BASE)
BEHIND = {n for option in BASE.knowledge.options for n in REACH.cones.support(deciding(BASE, option))}


def settled(case: Case) -> bool:
    return settled_by(tuple((name, value) for name, value in case.answers.items() if name in BEHIND))


@cache
def settled_by(answers: tuple[tuple[str, Answer], ...]) -> bool:
    case = make_case(dict(answers), BASE.knowledge)
    return all(len(REACH.verdicts(option, case)) == 1 for option in BASE.knowledge.options)


def test_summary_counts_what_is_there(folder: Path, rows: list[dict[str, str]]) -> None:
    """Verdicts counted by hand, and undecided cases by looking at every completion (see reach)."""
    found = json.loads(population("summary", "to.parquet", "--json", cwd=folder))
    results = pl.read_parquet(folder / "to.parquet")
    counted = {(s["name"], s["value"]): s["cases"] for s in found["verdicts"]}
    for option in BASE.knowledge.options:
        for verdict in VERDICTS:
            count = int((results[f"{option}.verdict"].cast(pl.String) == verdict).sum())
            assert counted.get((option, verdict), 0) == count
    now = {s["name"]: s["cases"] for s in found["now"]}
    targets = {(t["option"], t["target"], t["verdict"]): t["cases"] for t in found["targets"]}
    for option in BASE.knowledge.options:
        there = results.select(pl.col(f"{option}.verdict", f"{option}.timing").cast(pl.String)).rows()
        assert now[option] == sum(v in ("preferred", "option") and t == NOW for v, t in there)
        for target in BASE.knowledge.targets:
            said = (
                results[f"{option}.verdict.{target}"].cast(pl.String).to_list()
                if (f"{option}.verdict.{target}" in results.columns)
                else []
            )
            for verdict in VERDICTS:
                assert targets.get((option, target, verdict), 0) == said.count(verdict)
    assert {s["cases"] for s in found["timings"] if s["value"] == NOW} <= set(range(COUNT + 1))
    values = telling(BASE)
    attributes = BASE.knowledge.attributes
    undecided_cases, settles = 0, dict.fromkeys(NAMES, 0)
    for row in rows:
        answers = {n: attributes[n].parse(c) for n, c in row.items() if c not in ("", UNKNOWN)}
        case = make_case(dict(answers), BASE.knowledge)
        if settled(case):
            continue
        undecided_cases += 1
        for name in set(NAMES) - set(answers):
            tries = [case.with_answers({name: v}, BASE.knowledge) for v in values[name]]
            settles[name] += all(settled(tried) for tried in tries)
    assert found["undecided_cases"] == undecided_cases > 0
    assert {q["attribute"]: q["settles"] for q in found["questions"]} == settles
    assert {q["attribute"]: q["unknown"] for q in found["questions"]} == {
        name: sum(row[name] in ("", UNKNOWN) for row in rows) for name in NAMES
    }
    cost = next(c for c in found["costs"] if c["option"] == "punch-technique" and c["side"] == "low")
    amounts = sorted(a for a in results["punch-technique.cost.low"].to_list() if a is not None)
    assert (cost["cases"], float(cost["total"])) == (len(amounts), float(sum(amounts)))
    assert [float(q) for q in cost["quarters"]] == [
        float(amounts[(len(amounts) - 1) * n // 4]) for n in range(5)
    ]


def test_summary_is_the_same_for_every_kind_of_file(folder: Path) -> None:
    texts = {population("summary", f"to.{kind}", cwd=folder) for kind in ("csv", "jsonl", "parquet")}
    assert len(texts) == 1


@pytest.mark.parametrize("seed", small_first(60))
def test_undecided_cases_of_linked_numbers(seed: int, tmp_path: Path) -> None:
    """Every case there is as a population; what it can still come to is gone through."""
    linked, base = linked_base(Random(seed), tmp_path)
    rows = [{name: spelled(linked, value) for name, value in case.items()} for case in linked.cases({})]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    found = undecided_in(Results(tmp_path, base, {}, frame.lazy(), {}))
    if not found.uncounted:
        settles = {name: cases for name, cases in found.settles.items() if cases}
        assert (found.cases, settles) == Completed(linked).counted()


def spelled(linked: Linked, value: Any) -> str | None:
    return linked.spell(value) if isinstance(value, int) else value


class Completed:
    """The verdicts that cases can still come to, by going through their completions."""

    def __init__(self, linked: Linked) -> None:
        self.axes = {**linked.numbers, **linked.choices}
        self.names = [*self.axes]
        self.verdicts = {tuple(case.values()): linked.follow(case)[1] for case in linked.cases({})}
        self.possible: dict[tuple[Any, ...], set[str]] = {}

    def answered(self, case: tuple[Any, ...], place: int) -> list[tuple[Any, ...]]:
        """The case with each answer to a question."""
        return [(*case[:place], value, *case[place + 1 :]) for value in self.axes[self.names[place]]]

    def can_be(self, case: tuple[Any, ...]) -> set[str]:
        if case not in self.possible:
            found = {self.verdicts[case]}
            for place, value in enumerate(case):
                if value is None:
                    for other in self.answered(case, place):
                        found |= self.can_be(other)
            self.possible[case] = found
        return self.possible[case]

    def counted(self) -> tuple[int, dict[str, int]]:
        """How many cases are undecided, and how many each question settles."""
        undecided = [case for case in self.verdicts if len(self.can_be(case)) > 1]
        settles: dict[str, int] = {}
        for case in undecided:
            for place, value in enumerate(case):
                settled = [len(self.can_be(other)) == 1 for other in self.answered(case, place)]
                if value is None and all(settled):
                    settles[self.names[place]] = settles.get(self.names[place], 0) + 1
        return len(undecided), settles


@pytest.mark.parametrize(("seed", "count"), [(3, 12), pytest.param(4, 150, marks=pytest.mark.long)])
def test_every_option_is_counted_where_numbers_are_multiplied(seed: int, count: int, tmp_path: Path) -> None:
    """Heating: a flow, what is set, and one and a half times the temperature outside, by all completions."""
    base, random = load(ROOT / "examples" / "heating"), Random(seed)
    reach, option = Reach(base), "cool-setting"
    names = reach.cones.support(deciding(base, option))
    given: dict[str, list[Any]] = {"minutes": [30, 90], "outside": [-40, -20, -3, 0, 4, 9, 20]}
    given |= {"flow_temperature": [150, 400, 449, 450, 500, 700], "set_temperature": [0, 499, 500, 550, 900]}
    rows = []
    for _ in range(count):
        row = {}
        for name in names:
            some = given.get(name) or [*base.knowledge.attributes[name].values]
            row[name] = random.choice([*some[:3], *some, None])
        rows.append(row)

    def decided(row: dict[str, Any]) -> bool:
        answers = {name: value for name, value in row.items() if value is not None}
        return len(reach.verdicts(option, make_case(answers, base.knowledge))) == 1

    text = [
        {n: v if v is None else base.knowledge.attributes[n].spell(v) for n, v in r.items()} for r in rows
    ]
    others = dict.fromkeys(set(base.knowledge.attributes) - set(names))
    frame = pl.DataFrame(
        [{**others, **row} for row in text], schema=dict.fromkeys([*others, *names], pl.String)
    )
    found = undecided_in(Results(tmp_path, base, {}, frame.lazy(), {}))
    assert found.uncounted == []
    undecided = [row for row in rows if not decided(row)]
    counts = {share.name: share.cases for share in found.shares}
    assert counts[option] == len(undecided)
    told = _told(reach.cones, option, names)
    for row in [row for row in undecided if row["outside"] is None][:4]:
        settles = all(decided({**row, "outside": value}) for value in range(-40, 21))
        assert told.completions.at(told.settled["outside"], row) == settles
