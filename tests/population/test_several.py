"""Several answers in one column of a table: as in the columns for each value, or refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.shell import ROOT, cicatrix

from expert.knowledge.load import load
from expert.language.model import BadValue
from expert.population.results import open_results
from expert.population.several import cell_answers

TOMATO = ROOT / "tests" / "data" / "tomato"
SIGNS = load(TOMATO).knowledge.several["signs"]
YES_TO = {"blotches": "yes", "down": "no", "rolled": "yes", "yellow": "no"}


@pytest.mark.parametrize(
    "cell",
    [
        "blotches,rolled",
        " blotches ; rolled",
        "rolled|blotches",
        ["rolled", "blotches"],
        '["blotches", "rolled"]',
    ],
)
def test_what_is_named_is_yes_and_all_else_no(cell: Any) -> None:
    assert cell_answers(cell, SIGNS) == {f"signs.{value}": answer for value, answer in YES_TO.items()}


def test_what_is_said_of_each_and_nothing() -> None:
    told = cell_answers({"down": True, "rolled": "no", "yellow": None}, SIGNS)
    assert {*told.items()} >= {("signs.down", "yes"), ("signs.rolled", "no"), ("signs.blotches", None)}
    for nothing in (None, "", "unknown", "null"):
        assert {*cell_answers(nothing, SIGNS).values()} == {None}
    assert {*cell_answers("none", SIGNS).values()} == {"no"}


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("blotch", "did you mean `blotches`"),
        ("down,none", "`none` stands alone"),
        ("down;down", "given twice"),
        ([], "no value is given"),
        ("[]", "no value is given"),
        ({"dwn": "yes"}, "unknown value for `signs` `dwn`"),
        ({"down": "maybe"}, "`maybe` is no answer"),
        ([["down"]], "unknown value"),
        (3, "unknown value"),
        ("[" * 100_000, "unknown value"),
        ('{"down": true, "down": false}', "unknown value"),
        ("[" + "1" * 5_000 + "]", "unknown value"),
    ],
)
def test_what_is_no_answer(cell: Any, wrong: str) -> None:
    with pytest.raises(BadValue, match=wrong):
        cell_answers(cell, SIGNS)


def test_a_column_for_all_and_one_for_each_say_the_same(tmp_path: Path) -> None:
    rows = ["wet,blotches|down,x", "dry,none,x", "wet,unknown,x", "wet,blotch,x", "dry,,x"]
    (tmp_path / "one.csv").write_text("\n".join(["weather,signs,note", *rows]) + "\n")
    result = cicatrix("population", "run", "one.csv", "--kb", str(TOMATO), "-o", "one.parquet", cwd=tmp_path)
    assert result.code == 1 and "5 read, 4 accepted, 1 rejected" in result.stderr + result.stdout
    [refused] = (tmp_path / "one.parquet.rejects.jsonl").read_text().splitlines()
    assert json.loads(refused)["cells"] == {"weather": "wet", "signs": "blotch", "note": "x"}
    # a result is a table of cases too
    cicatrix("population", "run", "one.parquet", "--kb", str(TOMATO), "-o", "two.parquet", cwd=tmp_path)
    one, two = (pl.read_parquet(tmp_path / f"{name}.parquet").drop("row") for name in ("one", "two"))
    assert one.equals(two) and one["signs.down"].to_list() == ["yes", "no", None, None]
    assert open_results(tmp_path / "two.parquet").base.knowledge.several.keys() == {"signs"}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("weather", "there is no column `signs`"),
        ("weather,signs.down", "there is no column `signs.yellow`"),
        ("weather,signs,signs.down", "columns `signs` and `signs.down` both answer `signs`"),
    ],
)
def test_columns_that_are_not_there_or_twice(header: str, said: str, tmp_path: Path) -> None:
    row = ",".join(["dry", *["down"] * header.count("s.")][: header.count(",") + 1])
    row += "," * (header.count(",") - row.count(","))
    (tmp_path / "t.csv").write_text(f"{header}\n{row}\n")
    result = cicatrix("population", "run", "t.csv", "--kb", str(TOMATO), "-o", "o.parquet", cwd=tmp_path)
    rejects = tmp_path / "o.parquet.rejects.jsonl"
    assert said in result.stderr + (rejects.read_text() if rejects.exists() else "")


def test_rows_of_json_may_tell_them_together_or_apart(tmp_path: Path) -> None:
    rows = [
        {"signs": "down"},
        {"signs.down": True},
        {"signs": ["down"], "signs.down": "yes"},
        {"signs.down": 1},
    ]
    for first in (rows, [rows[1], rows[0], *rows[2:]]):
        (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in first))
        words = ["run", "c.jsonl", "-o", "out.jsonl", "--absent-unknown", "--kb", str(TOMATO)]
        done = cicatrix("population", *words, cwd=tmp_path)
        assert "4 read, 2 accepted, 2 rejected" in done.stdout
        results = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
        assert [row["signs.down"] for row in results] == ["yes", "yes"]
        rejects = [
            json.loads(line) for line in (tmp_path / "out.jsonl.rejects.jsonl").read_text().splitlines()
        ]
        assert "both answer `signs`" in rejects[0]["reasons"][0]
        assert "unknown value for `signs.down` `1`" in rejects[1]["reasons"][0]
