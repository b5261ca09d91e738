"""Counts over a population."""

from __future__ import annotations

import json
from pathlib import Path

from support.tables import BASE, COUNT, NAMES, pl, population

from expert.consultation.case import UNKNOWN, Case, make_case
from expert.consultation.relevance import Reach
from expert.language.policy import NOW, VERDICTS


def settled(case: Case, reach: Reach) -> bool:
    return all(len(reach.verdicts(option, case)) == 1 for option in BASE.knowledge.options)


def test_summary_counts_what_is_there(folder: Path, rows: list[dict[str, str]]) -> None:
    """Verdicts counted by hand, and undecided cases by looking at every completion (see reach)."""
    found = json.loads(population("summary", "to.parquet", "--json", cwd=folder))
    results = pl.read_parquet(folder / "to.parquet")
    counted = {(s["name"], s["value"]): s["cases"] for s in found["verdicts"]}
    for option in BASE.knowledge.options:
        for verdict in VERDICTS:
            count = int((results[f"{option}.verdict"].cast(pl.String) == verdict).sum())
            assert counted.get((option, verdict), 0) == count
    assert {s["cases"] for s in found["timings"] if s["value"] == NOW} <= set(range(COUNT + 1))
    reach = Reach(BASE)
    attributes = BASE.knowledge.attributes
    undecided_cases, settles = 0, dict.fromkeys(NAMES, 0)
    for row in rows:
        answers = {n: attributes[n].parse(c) for n, c in row.items() if c not in ("", UNKNOWN)}
        case = make_case(dict(answers), BASE.knowledge)
        if settled(case, reach):
            continue
        undecided_cases += 1
        for name in set(NAMES) - set(answers):
            tries = [case.with_answers({name: v}, BASE.knowledge) for v in reach.candidates(name, case)]
            settles[name] += all(settled(tried, reach) for tried in tries)
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
