"""`kb review` and `kb approve`, and what consultations say of both."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from support.approving import approve_all, edit, kb, waiting
from support.shell import ROOT
from support.sizes import first

from expert.knowledge.load import load
from expert.review.approvals import FILE, Approval, Pair, load_reviews, standing

CODES = {0, 1, 2, 3}


# --- approving ---------------------------------------------------------------------------------


def test_from_nothing_to_all_approved(plant: Path) -> None:
    first = kb("review", "--kb", plant)
    assert first.exit_code == 1
    assert "8 pairs never approved, 0 lapsed" in " ".join(first.output.split())
    result = kb(
        "approve", "ferns-like-shade", "fern.likes", "--by", "Ann  B.", "--on", "2026-01-31", "--kb", plant
    )
    assert result.exit_code == 0, result.output
    assert "3 approvals appended to kb/reviews.yaml; 5 of 8 pairs still wait." in result.output
    assert ("fern.likes", "p1s1") not in waiting(plant) and ("fern.fee", "p1s2") in waiting(plant)
    approve_all(plant)
    last = kb("review", "--kb", plant)
    assert (last.exit_code, last.output) == (0, "Nothing waits for review: 8 pairs, all approved.\n")
    again = kb("approve", "--all", "--by", "Ann", "--kb", plant)
    assert again.exit_code == 0 and again.output.startswith("Nothing was approved")


def test_one_claim_and_a_second_person(plant: Path) -> None:
    assert kb("approve", "fern.likes", "--claim", "p1s2", "--by", "Ann", "--kb", plant).exit_code == 0
    assert [(a.claim, a.by) for a in load_reviews(plant)] == [("p1s2", "Ann")]
    assert kb("approve", "fern.likes", "--by", "Bob", "--kb", plant).exit_code == 0
    assert [(a.claim, a.by) for a in load_reviews(plant)[1:]] == [("p1s1", "Bob"), ("p1s2", "Bob")]
    kb("approve", "--all", "--claim", "p1s1", "--by", "Cleo", "--kb", plant)
    assert {a.claim for a in load_reviews(plant)[3:]} == {"p1s1"}
    assert not any(claim == "p1s1" for _, claim in waiting(plant))


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (["--by", "A"], ["no rule is named, nor --all"]),
        (["--all", "too-dear", "--by", "A"], ["--all and the names of rules exclude each other"]),
        (["--all"], ["nobody approves"]),
        (["--all", "--by", " "], ["nobody approves"]),
        (
            ["too-deer", "fern.fe", "--by", "A"],
            ["unknown rule `too-deer`", "did you mean `too-dear`", "`fern.fe`"],
        ),
        (
            ["too-dear", "--claim", "p1s1", "--by", "A"],
            ["claim `p1s1` is cited by none of `too-dear`", "cite p1s2"],
        ),
        (["too-dear", "--claim", "p9s9", "--by", "A"], ["unknown claim `p9s9`"]),
        (["--all", "--by", "A\x07"], ["cannot be printed", "--by"]),
        (
            ["--all", "--by", "A", "--note", "\ud800", "--on", "2026-02-30"],
            ["--note", "is not a date for --on"],
        ),
    ],
)
def test_what_approve_refuses(plant: Path, words: list[str], messages: list[str]) -> None:
    result = kb("approve", *words, "--kb", plant)
    assert result.exit_code == 2
    assert all(message in result.output for message in messages), result.output
    assert not (plant / FILE).exists()


def approval(pair: Pair) -> Approval:
    return Approval(*pair[:5], "Ann", "2026-01-31")


def test_as_json(plant: Path) -> None:
    approve_all(plant)
    edit(plant / "kb/options.yaml", "value: 5", "value: 6")
    result = kb("review", "--json", "--kb", plant)
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert (found["pairs"], len(found["waiting"]), found["warnings"]) == (8, 1, [])
    pair = found["waiting"][0]
    assert pair["kind"] == "data" and pair["citing"] == "fern.fee" and pair["claim"] == "p1s2"
    assert pair["status"] == "lapsed" and pair["changed"] == ["data"]
    assert pair["approval"]["by"] == "Ann" and pair["claim_says"] == "A fern costs 5 dollars. [it may be]"
    documented = (ROOT / "docs" / "review.md").read_text()
    assert all(f"`{name}`" in documented for name in [*found, *pair, *pair["approval"]])


# --- whatever is typed, whatever is in the file ------------------------------------------------


@pytest.mark.parametrize("seed", first(1, 4))
def test_random_command_lines(seed: int, plant: Path) -> None:
    choose = random.Random(seed)
    words = [
        "too-dear",
        "fern.fee",
        "p1s1",
        "p2s1",
        "--all",
        "--by",
        "Ann",
        "--claim",
        "--note",
        "--on",
        "--json",
    ]
    words += [
        "2026-01-31",
        "",
        " ",
        "x" * 3000,
        "\x00",
        "é☃",
        "🙂",
        "--document",
        str(plant / "kb/claims.yaml"),
        "-",
    ]
    for _ in range(40):
        line = [choose.choice(words) for _ in range(choose.randint(0, 6))]
        result = kb(choose.choice(["review", "approve"]), *line, "--kb", plant)
        assert result.exit_code in CODES, (line, result.output, result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit), (line, result.exception)
        standing(load(plant), load_reviews(plant))


def test_as_a_user_runs_it(plant: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "kb", "review", "too-dear", "--kb", str(plant)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "never approved" in done.stdout and not done.stderr
