"""`kb rebase`: what it is asked, and what it says of that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.program import invoked
from support.shell import ROOT

HEATING = ROOT / "examples" / "heating"


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    new = tmp_path / "new.txt"
    new.write_text("A line more\n\n" + (HEATING / "document.txt").read_text("utf-8"), "utf-8")
    return ["kb", "rebase", "--document", str(new), "--kb", str(HEATING)]


def test_runs_that_moved_together_are_one_line(words: list[str]) -> None:
    result = invoked(*words)
    assert result.exit_code == 0
    assert result.stdout.startswith("moved   p1s1 to p11s4 -> p2s1 to p12s4\nnew     p1s1 “A line more”\n")
    assert "0 same, 42 moved, 0 edited, 1 new, 0 gone" in result.stdout


def test_json_has_every_passage(words: list[str]) -> None:
    told = json.loads(invoked(*words, "--json").stdout)
    assert (told["edition"], told["written"], len(told["passages"])) == (None, [], 43)
    assert told["passages"][1] == {
        "status": "moved",
        "was": "p1s1",
        "now": "p2s1",
        "likeness": 1,
        "users": [],
    }


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--as", "p99s1=p1s1"], "claim `p99s1`"),
        (["--as", "p1s1=p99s1"], "place in the new text `p99s1`"),
        (["--as", "p1s1"], "place in the new text"),
        (["--as", "p1s1=p1s1", "--as", "p2s1=p1s1"], "named already"),
        (["--edition", "a\tb"], "cannot be printed"),
    ],
)
def test_mistakes(words: list[str], more: list[str], said: str) -> None:
    result = invoked(*words, *more)
    assert result.exit_code == 2 and said in result.stderr and not result.stdout


def test_coverage_says_that_the_text_may_be_another_edition(words: list[str]) -> None:
    result = invoked("kb", "coverage", *words[2:])
    assert result.exit_code == 1
    assert "42 sentences stand elsewhere in this text: is it another edition?" in result.stdout
