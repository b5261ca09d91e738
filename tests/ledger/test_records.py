"""Records: what is kept of a consultation."""

from __future__ import annotations

import json
import re
from pathlib import Path

from support.approving import FIRED, LINE, approve_all
from support.ledger_make import head_of
from support.program import invoked
from support.records import ANSWERS, made, output, run, shown
from support.shell import ROOT

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.ledger.recording import Occasion, record
from expert.ledger.records import consultation_of, unreviewed_in
from expert.ledger.replay import replay
from expert.ledger.store import Ledger
from expert.review.approvals import (
    unreviewed,
)


def test_a_record_keeps_what_was_so(plant: Path, tmp_path: Path) -> None:
    ledger = ["--ledger", str(tmp_path / "ledger.sqlite")]
    first = invoked("consult", "light=dim", "--json", "--kb", str(plant), *ledger)
    assert json.loads(first.output)["unreviewed"] == FIRED
    approve_all(plant)
    second = invoked("consult", "light=dim", "--json", "--kb", str(plant), *ledger)
    assert json.loads(second.output)["unreviewed"] == []
    with Ledger(tmp_path / "ledger.sqlite") as store:
        ids = [entry.id for entry in store.entries()]
        assert [unreviewed_in(entry) for entry in store.entries()] == [tuple(FIRED), ()]
    said = "3 had not been reviewed when this was recorded."
    for words in (
        ["explain", "how", "fern", ids[0]],
        ["explain", "why-not", "cactus", ids[0]],
    ):
        assert said in invoked(*words, *ledger).output
    assert LINE.search(invoked("audit", "show", ids[0], *ledger).output)  # as it was printed
    for words in (
        ["audit", "show", ids[1]],
        ["explain", "how", "fern", ids[1]],
        ["what-if", ids[0], "pots=1"],
    ):
        assert "reviewed" not in invoked(*words, *ledger).output
    for id, there in zip(ids, (True, False), strict=True):
        invoked("audit", "report", id, "-o", str(tmp_path / "page.html"), *ledger)
        assert (said in (tmp_path / "page.html").read_text()) == there
    assert invoked("audit", "replay", "--all", *ledger).exit_code == 0
    assert invoked("audit", "verify", *ledger).exit_code == 0
    same = invoked("audit", "replay", "--all", "--with-current-rules", "--kb", str(plant), *ledger)
    assert same.exit_code == 0, same.output


def test_records_older_than_reviews(plant: Path, tmp_path: Path) -> None:
    """A record without the field verifies, shows, replays, and says nothing of reviews."""
    base, path = load(plant), tmp_path / "ledger.sqlite"
    found = infer(base, parse_pairs(["light=dim"], base.knowledge))
    with Ledger(path, write=True) as store:
        old = record(store, base, found, Occasion(["light"], label="old"))
        new = record(store, base, found, Occasion(["light"], (), "new", unreviewed(base, (), found)))
        entries = list(store.entries())
        assert "unreviewed" not in json.dumps(entries[0].content)
        assert [unreviewed_in(entry) for entry in entries] == [None, tuple(FIRED)]
        assert [consultation_of(entry) for entry in entries] == [found, found]
        assert [r.same for r in replay(store, iter(entries))] == [True, True]
        assert store.verify().fault is None
    ledger = ["--ledger", str(path)]
    assert "reviewed" not in invoked("audit", "show", old.id, *ledger).output
    assert "reviewed" in invoked("audit", "show", new.id, *ledger).output
    assert invoked("audit", "report", old.id, "-o", str(tmp_path / "page.html"), *ledger).exit_code == 0
    assert "reviewed" not in (tmp_path / "page.html").read_text()
    listed = json.loads(invoked("audit", "list", "--json", *ledger).output)
    assert [row["label"] for row in listed] == ["old", "new"]
    assert invoked("audit", "replay", "--all", *ledger).exit_code == 0


def test_the_record_is_the_consultation(path: Path) -> None:
    """All of what was printed, from the record; and its head hash is the one printed."""
    printed = output(path, "consult", *ANSWERS, "--label", "Ada, left cheek")
    body, last = printed.removesuffix("\n").rsplit("\n", 1)
    id, head = re.fullmatch(r"Record (\w{5}), head (\w{64})", last).groups()  # type: ignore[union-attr]
    assert head_of(path) == (1, head)
    again = output(path, "audit", "show", id)
    assert again.endswith("\n" + body + "\n")
    assert f"Record {id} of " in again and "Ada, left cheek" in again and head in again
    as_json = output(path, "consult", *ANSWERS, "--json")
    record = shown(path)
    assert record["content"]["consultation"] == json.loads(as_json)
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


def test_what_was_asked_is_recorded(path: Path) -> None:
    done = run(path, "consult", "--ask", "active_acne=no", "--brief", stdin="deep\n" + "unknown\n" * 60)
    assert done.code == 0, done.stderr
    answers = shown(path)["content"]["answers"]
    assert (answers[0]["attribute"], answers[0]["asked"]) == ("active_acne", "")
    assert (answers[1]["attribute"], answers[1]["value"]) == ("scar_depth", "deep")
    assert len(answers) > 4
    screen = " ".join(done.stderr.split())
    for answer in answers[1:]:
        assert answer["asked"].endswith("?") and answer["asked"] in screen
    order = [screen.index(answer["asked"]) for answer in answers[1:]]
    assert order == sorted(order)
