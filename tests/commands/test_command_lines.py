"""Random command lines end with a documented exit code, and never with a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support.program import invoked
from support.shell import ROOT
from support.sizes import first

import cli

CODES = {0, 1, 2, 3, 4, 5, 130}
WORDS = [
    *("consult", "explain", "how", "why-not", "what-if", "kb", "audit", "show", "list", "verify", "replay"),
    *("test", "prove", "diff", "export", "load-bearing", "coverage", "lint", "rules", "questions", "report"),
    *("scar_depth=deep", "active_acne=no", "scar_count=0", "budget=1e9", "=", "a=b=c", "picking=", "punch"),
    *(
        "laser",
        "preferred",
        "now",
        "last",
        "k7q2x",
        "--json",
        "--brief",
        "--ask",
        "--resume",
        "--kb",
        "--case",
    ),
    *(
        "--to",
        "clips",
        "dot",
        "-o",
        "--head",
        "--since",
        "2026-01-01",
        "--table-format",
        "html",
        "--threshold",
    ),
    *(
        "--document",
        "-",
        ".",
        "/",
        "README.md",
        "kb",
        "nowhere",
        "",
        " ",
        "-1",
        "é☃",
        "\x00",
        "🙂" * 50,
        "x" * 3000,
    ),
]


def lines(seed: int, number: int) -> list[list[str]]:
    choose = random.Random(seed)
    starts = [["consult"], ["explain", "how"], ["explain", "why-not"], ["what-if"], ["audit"], ["kb"], []]
    return [
        [*choose.choice(starts), *(choose.choice(WORDS) for _ in range(choose.randint(0, 6)))]
        for _ in range(number)
    ]


def check(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CICATRIX_LEDGER", str(tmp_path / "ledger.sqlite"))
    result = invoked(*words, typed="deep\nno\n?\nwhy\n\x07\n1\n")
    assert result.exit_code in CODES, (words, result.output[-300:], result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)
    assert "Traceback" not in result.output


@pytest.mark.parametrize("seed", first(1, 6, more=2))
def test_random_command_lines(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in lines(seed, 20):
        check(words, tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_random_command_lines(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in lines(seed, 200):
        check(words, tmp_path, monkeypatch)


def test_the_folder_is_the_project() -> None:
    assert Path(cli.__file__).parent == ROOT
