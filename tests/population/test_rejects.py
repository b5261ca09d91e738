"""Rows that are no cases are kept with the reasons."""

from __future__ import annotations

import json
from pathlib import Path

from support.tables import NAMES, pl, population, ran, random_rows, write_csv


def test_rejected_rows_are_kept_with_reasons(tmp_path: Path) -> None:
    good, bad, worse, odd = random_rows(4)
    bad |= {"scar_depth": "deeep", "scar_count": "0"}
    worse |= {"budget": "1.234", "active_acne": "perhaps"}
    write_csv(tmp_path / "cases.csv", [good, bad, worse, odd])
    with (tmp_path / "cases.csv").open("ab") as stream:
        stream.write(b"deep,yes\n\n" + b"\xff" + b"," * (len(NAMES) - 1) + b"\n")
    said = population("run", "cases.csv", "-o", "out.csv", cwd=tmp_path, code=1)
    assert said.splitlines()[0] == "6 read, 2 accepted, 4 rejected"
    rejects = [json.loads(line) for line in (tmp_path / "out.csv.rejects.jsonl").read_text().splitlines()]
    assert [reject["row"] for reject in rejects] == [2, 3, 5, 6]
    assert rejects[0]["file"] == "cases.csv"
    assert rejects[0]["reasons"] == [
        "unknown value for `scar_depth` `deeep`; did you mean `deep`? allowed: deep, shallow, both, light-only, unknown",  # noqa: E501
        "`0` is out of range for `scar_count`: at least 1",
    ]
    assert rejects[0]["cells"]["scar_depth"] == "deeep"
    assert [reason.split("`")[1] for reason in rejects[1]["reasons"]] == ["active_acne", "1.234"]
    assert rejects[2]["reasons"] == [f"2 cells, and the header has {len(NAMES)}"]
    assert rejects[3]["reasons"] == ["not text in its encoding (UTF-8, if `--encoding` does not say which)"]
    assert pl.read_csv(tmp_path / "out.csv")["row"].to_list() == [1, 4]
    assert "rejects file" in population("explain", "out.csv", "--row", "2", cwd=tmp_path, code=2)
    assert "help" not in population("explain", "out.csv", "--row", "99", cwd=tmp_path, code=2)


def test_what_is_no_number_is_said_in_json(tmp_path: Path) -> None:
    odd = pl.Series([{"a": [float("nan"), 1.0]}])
    pl.DataFrame({"scar_depth": ["bad"], "budget": [float("inf")], "n": odd}).write_parquet(
        tmp_path / "c.parquet"
    )
    _, [told] = ran(tmp_path / "c.parquet", out="out.parquet")
    assert (told["cells"]["budget"], told["cells"]["n"]) == ("inf", {"a": ["nan", 1.0]})
