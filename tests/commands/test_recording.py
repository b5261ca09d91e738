"""What a consultation leaves in the ledger."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.ledger_make import head_of
from support.records import ANSWERS, made, output, run, shown
from support.shell import ROOT

import expert
from expert.ledger.store import Ledger


def test_the_record_is_the_consultation(path: Path) -> None:
    """All of what was printed, from the record; and its head hash is the one printed."""
    printed = output(path, "consult", *ANSWERS, "--label", "Ada, left cheek")
    body, last = printed.removesuffix("\n").rsplit("\n", 1)
    id, head = re.fullmatch(r"Record (\w{5}), (\w{64})", last).groups()  # type: ignore[union-attr]
    assert head_of(path) == (1, head)
    again = output(path, "audit", "show", id)
    now, then = "have not been reviewed: see `kb review`.", "had not been reviewed when this was recorded."
    as_then = " ".join(body.replace(" last", f" {id}").split()).replace(now, then)
    assert " ".join(again.split()).endswith(as_then)
    assert f"Record {id} of " in again and "Ada, left cheek" in again and head in again
    as_json = output(path, "consult", *ANSWERS, "--json")
    record, data = shown(path), json.loads(as_json)
    assert data.pop("record") == {"id": record["header"]["id"], "hash": head_of(path)[1]}
    assert record["content"]["consultation"] == data
    assert record["content"]["verdicts"] == {
        r["option"]: r["verdict"] for r in json.loads(as_json)["recommendations"]
    }
    header = record["header"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", header["time"])
    assert header["knowledge"] == json.loads(as_json)["knowledge"]["hash"]
    assert set(header["programs"]) == {"cicatrix", "experta"}
    with Ledger(path) as ledger:
        kept = ledger.files(header["knowledge"])
        assert len(ledger.knowledge_rows()) == 1  # once, for both
    files = {
        f"{p.parent.name}/{p.name}": p.read_text() for d in ("kb", "rules") for p in (ROOT / d).glob("*.yaml")
    }
    assert kept.items() <= files.items() and len(kept) > 4
    assert record["content"]["consultation"]["not_fired"]


def test_answers_are_in_the_order_given(path: Path) -> None:
    made(path, "scar_count=7", "active_acne=no", "scar_depth=deep")
    answers = shown(path)["content"]["answers"]
    assert [a["attribute"] for a in answers] == ["scar_count", "active_acne", "scar_depth"]
    assert {a["asked"] for a in answers} == {""}


def test_how_an_answer_was_given(path: Path, tmp_path: Path) -> None:
    """On the command line, in a file, asked for, or by a program; the report says which."""
    case, page = tmp_path / "case.yaml", tmp_path / "page.html"
    case.write_text("scar_depth: deep\nactive_acne: no\n", "utf-8")
    replies = "unknown\n" * 20
    made_by = run(path, "consult", "active_acne=yes", "--case", str(case), "--ask", "--brief", stdin=replies)
    assert made_by.code == 0, made_by
    answers = shown(path)["content"]["answers"]
    given = {answer["attribute"]: answer.get("given") for answer in answers}
    assert (given["scar_depth"], given["active_acne"]) == ("file", "command-line")
    assert {answer.get("given") for answer in answers if answer["asked"]} == {None}
    output(path, "audit", "report", "last", "-o", str(page))
    text = page.read_text("utf-8")
    assert "given in a file: " in text and "given on the command line: " in text
    with expert.open_ledger(path) as ledger:
        base = expert.load()
        ledger.save(base, expert.consult(base, {"scar_depth": "deep"}))
    assert [answer["given"] for answer in shown(path)["content"]["answers"]] == ["program"]


LAW = str(ROOT / "examples" / "benefit")


def test_the_day_of_a_consultation_is_an_answer_that_is_recorded(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay, and every explanation, takes the day from the record, whatever day it is then."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1646006400")  # 28 February 2022
    made(path, "born=2004-02-29", "--kb", LAW)
    answers = {a["attribute"]: a for a in shown(path)["content"]["answers"]}
    assert answers["decided"]["value"] == "2022-02-28" and answers["decided"]["given"] == "default"
    assert answers["born"]["given"] == "command-line"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1646092800")  # a day later
    assert "1 of 1 record came out the same" in output(path, "audit", "replay", "--all")
    told = " ".join(output(path, "explain", "why-not", "basic-income", "option", "last").split())
    assert "Smallest change: decided=2022-03-01" in told
    made(path, "born=2004-02-29", "--kb", LAW)
    assert "decided = 2022-03-01 (the day on which it was held)" in " ".join(
        output(path, "audit", "show", "last").split()
    )
    made(path, "born=2004-02-29", "decided=unknown", "--kb", LAW)
    assert "decided = unknown" in output(path, "audit", "show", "last")


def test_a_rule_out_of_force_is_recorded_with_its_days(path: Path) -> None:
    made(path, "born=1990-01-01", "decided=2015-11-30", "salary=0", "--kb", LAW)
    not_fired = {n["rule"]: n for n in shown(path)["content"]["consultation"]["not_fired"]}
    found = not_fired["basic-income-without-salary"]
    assert found["reason"] == "not-in-force"
    days = "in force from 2015-12-01 and before 2016-12-01, by the day of the decision"
    assert found["condition"] == days and found["states"]["stands"] == "denied"
    assert not_fired["parenting-allowance"]["reason"] == "unknown"
