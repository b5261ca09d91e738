"""Interrupted consultations: kept, taken up, forgotten."""

from __future__ import annotations

import json
from pathlib import Path

from support.ledger_make import bytes_kept, verified
from support.records import output, run, shown


def drafted(path: Path) -> None:
    stopped = run(path, "consult", "scar_depth=deep", "--ask", stdin="no\nyes\n")
    assert stopped.code == 130 and "consult --resume" in stopped.stderr and not stopped.stdout
    assert json.loads(output(path, "audit", "list", "--json")) == []


def test_an_interrupted_dialogue_is_taken_up(path: Path) -> None:
    drafted(path)
    done = run(path, "consult", "--resume", "--brief", stdin="unknown\n" * 60)
    assert done.code == 0
    answers = shown(path)["content"]["answers"]
    assert [a["attribute"] for a in answers][:2] == ["scar_depth", "active_acne"]
    assert [a["value"] for a in answers][:2] == ["deep", "no"]
    assert answers[2]["value"] == "yes" and len(answers) > 3
    assert "How deep" not in done.stderr and "currently have acne" not in done.stderr
    for answer in answers[3:]:
        assert answer["asked"] and answer["asked"] in " ".join(done.stderr.split())
    again = run(path, "consult", "--resume", stdin="unknown\n" * 60)
    assert again.code == 4 and "no interrupted consultation to resume" in again.stderr
    assert verified(path).entries == 1


def test_what_was_asked_before_the_interruption_is_recorded(path: Path) -> None:
    drafted(path)
    assert run(path, "consult", "--resume", "--brief", stdin="unknown\n" * 60).code == 0
    answers = shown(path)["content"]["answers"]
    assert answers[0]["asked"] == ""
    assert all(answer["asked"] for answer in answers[1:])


def test_a_draft_survives_what_is_not_saved_and_a_second_interruption(path: Path) -> None:
    drafted(path)
    assert run(path, "consult", "--resume", "--no-save", stdin="unknown\n" * 60).code == 0
    assert run(path, "consult", "--resume", stdin="unknown\n").code == 130
    done = run(path, "consult", "--resume", "--brief", stdin="unknown\n" * 60)
    assert done.code == 0
    values = {a["attribute"]: a["value"] for a in shown(path)["content"]["answers"]}
    assert (values["scar_depth"], values["active_acne"]) == ("deep", "no")
    assert run(path, "consult", "--resume").code == 4
    other = run(path.with_name("none.sqlite"), "consult", "--resume")
    assert other.code == 4 and not path.with_name("none.sqlite").exists()


def test_forget_reaches_what_was_a_draft(path: Path) -> None:
    """A consultation that was interrupted and taken up leaves no copy of its answers behind."""
    assert run(path, "consult", "scar_count=481516", "--ask", stdin="deep\n").code == 130
    assert bytes_kept(path, "481516") == ["481516"]
    assert run(path, "consult", "--resume", stdin="unknown\n" * 60).code == 0
    assert run(path, "audit", "forget", "last", "--yes").code == 0
    assert bytes_kept(path, "481516") == []
