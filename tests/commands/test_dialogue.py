"""Interrupted consultations: kept, taken up, forgotten."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.ledger_make import bytes_kept, verified
from support.records import output, run, shown
from support.shell import PROGRAM
from support.sizes import rest_later


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


# --- whose they are, and what they keep --------------------------------------------------------------
def drafts(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(output(path, "audit", "drafts", "--json"))
    return found


def test_a_draft_belongs_to_its_knowledge_base(path: Path, plant: Path) -> None:
    drafted(path)
    assert run(path, "consult", "--kb", str(plant), stdin="1\n").code == 130
    newest, older = drafts(path)
    assert older["draft"]["knowledge"] == "deep-acne-scars" != newest["draft"]["knowledge"]
    done = run(path, "consult", "--resume", "--brief", stdin="unknown\n" * 60)
    assert done.code == 0 and f"Going on with {older['id']} of" in done.stderr
    assert [one["id"] for one in drafts(path)] == [newest["id"]]
    again = run(path, "consult", "--resume")
    assert again.code == 4 and "of other knowledge bases" in again.stderr
    named = run(path, "consult", "--resume", newest["id"])
    assert named.code == 4 and f"`{newest['draft']['knowledge']}`" in named.stderr
    assert run(path, "consult", "--kb", str(plant), "--resume", stdin="unknown\n" * 60).code == 0
    assert drafts(path) == []


def test_it_keeps_label_questions_and_hash(path: Path, plant: Path) -> None:
    kb = ("--kb", str(plant))
    assert run(path, "consult", *kb, "--label", "mine", stdin="1\n").code == 130
    (kept,) = drafts(path)
    vocabulary = plant / "kb" / "vocabulary.yaml"
    ((name, question),) = kept["draft"]["asked"].items()
    vocabulary.write_text(vocabulary.read_text("utf-8").replace(question, "In other words?"), "utf-8")
    done = run(path, "consult", *kb, "--resume", stdin="unknown\n" * 60)
    assert done.code == 0 and "The knowledge has changed since" in done.stderr, done.stderr
    content = shown(path)["content"]
    assert content["label"] == "mine"
    assert content["answers"][0]["attribute"] == name and content["answers"][0]["asked"] == question


def test_a_resumed_dialogue_shows_its_answers_and_goes_back(path: Path) -> None:
    drafted(path)
    replies = "back\nback\nyes\nback\nno\n" + "unknown\n" * 60
    done = run(path, "consult", "--resume", "--brief", stdin=replies)
    assert done.code == 0
    for line in ("  scar_depth: deep", "  active_acne: no", "Your answer was: no  (Enter keeps it)"):
        assert line in done.stderr.splitlines()
    assert "This is the first question." not in done.stderr
    values = {a["attribute"]: a["value"] for a in shown(path)["content"]["answers"]}
    assert (values["scar_depth"], values["active_acne"]) == ("deep", "no")


def test_an_answer_on_the_command_line_is_not_asked(path: Path) -> None:
    drafted(path)
    assert run(path, "consult", "--resume", "active_acne=yes", stdin="unknown\n" * 60).code == 0
    answers = {a["attribute"]: a for a in shown(path)["content"]["answers"]}
    assert answers["active_acne"]["value"] == "yes" and answers["active_acne"]["asked"] == ""
    assert answers["previous_punch"]["asked"] != ""


def test_answers_beyond_a_return_are_kept(path: Path) -> None:
    assert run(path, "consult", stdin="deep\nno\nyes\nback\nback\n").code == 130
    (kept,) = drafts(path)
    assert kept["draft"]["answers"] == ["scar_depth=deep"]
    third, second = kept["draft"]["later"]  # the last that was gone back from comes first
    name, _, value = third.partition("=")
    assert (second, value) == ("active_acne=no", "yes")
    done = run(path, "consult", "--resume", stdin="\n\n" + "unknown\n" * 60)
    assert done.code == 0
    values = {a["attribute"]: a["value"] for a in shown(path)["content"]["answers"]}
    assert (values["active_acne"], values[name]) == ("no", "yes")


def test_drafts_are_listed_resumed_by_id_and_deleted(path: Path) -> None:
    assert run(path, "consult", "scar_count=481516", "--ask", stdin="deep\n").code == 130
    assert run(path, "consult", stdin="shallow\n").code == 130
    newest, oldest = (one["id"] for one in drafts(path))
    listed = output(path, "audit", "drafts")
    assert "scar_count=481516" in listed and newest in listed
    assert run(path, "consult", f"--resume={oldest}", "--brief", stdin="quit\n").code == 130
    again, kept = drafts(path)  # the same answers, stopped anew
    assert kept["id"] == newest and "scar_count=481516" in again["draft"]["answers"]
    assert run(path, "audit", "drafts", "--delete", "nope7").code == 2
    assert output(path, "audit", "drafts", "--delete", again["id"]) == f"Deleted {again['id']}\n"
    assert bytes_kept(path, "481516") == []
    for words in (["--resume", again["id"]], [f"--resume={again['id']}"]):
        gone = run(path, "consult", *words)
        assert gone.code == 4 and again["id"] in gone.stderr, gone.stderr
    output(path, "audit", "drafts", "--delete", "all")
    assert "No interrupted dialogue" in output(path, "audit", "drafts")


def test_an_answer_that_is_none_any_more_is_left_out(path: Path) -> None:
    drafted(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE drafts SET body = replace(body, 'scar_depth=deep', 'scar_depth=gone')")
    connection.close()
    done = run(path, "consult", "--resume", stdin="quit\n")
    assert done.code == 130 and "no such answer any more: scar_depth=gone" in done.stderr
    assert "How deep are the scars" in done.stderr


@pytest.mark.parametrize("number", rest_later(1, [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]))
def test_a_signal_leaves_a_draft(path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "CICATRIX_LEDGER": str(path)}
    with subprocess.Popen(
        [*PROGRAM, "consult", "scar_depth=deep", "--ask"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as running:
        assert running.stdin and running.stderr
        running.stdin.write("no\n")
        running.stdin.flush()
        said = ""
        while "Question 2" not in said:
            said += running.stderr.readline()
        running.send_signal(number)
        assert running.wait(60) == 130
        assert "Traceback" not in running.stderr.read()
    assert drafts(path)[0]["draft"]["answers"] == ["scar_depth=deep", "active_acne=no"]


def test_a_terminal_that_goes_away_leaves_a_draft(path: Path) -> None:
    """The end of the input and the signal come together."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(PROGRAM[0], [*PROGRAM, "consult"], {**os.environ, "CICATRIX_LEDGER": str(path)})
    shown = b""
    while b"Question 2" not in shown:
        shown += os.read(terminal, 1000)
        if shown.endswith(b"> ") and b"= deep" not in shown:
            os.write(terminal, b"deep\n")
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
    assert drafts(path)[0]["draft"]["answers"] == ["scar_depth=deep"]


def test_several_answers_are_taken_up_as_far_as_they_were_given(path: Path) -> None:
    tomato = ("--kb", "tests/data/tomato")
    stopped = run(path, "consult", "--ask", "signs.rolled=yes", *tomato, stdin="wet\n")
    assert stopped.code == 130 and "consult --ask weather=wet signs.rolled=yes" in stopped.stderr
    done = run(path, "consult", "--resume", "--brief", *tomato, stdin="back\nwet\nbrown\n")
    assert "  weather: wet\n  signs: rolled edges (yes)\n" in done.stderr
    assert done.code == 0 and "Late blight: yes" in done.stdout
    answers = {answer["attribute"]: answer["value"] for answer in shown(path)["content"]["answers"]}
    assert answers == {
        "signs.rolled": "yes",
        "weather": "wet",
        "signs.blotches": "yes",
        "signs.down": "no",
        "signs.yellow": "no",
    }
