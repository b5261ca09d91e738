"""A small knowledge base to approve, and the commands of its reviewers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from support.program import invoked
from support.shell import ROOT
from typer.testing import Result

from expert.knowledge.load import load
from expert.review.approvals import (
    Pair,
    load_reviews,
    standing,
)

MINIMAL = ROOT / "tests" / "data" / "minimal"


def kb(*words: object) -> Result:
    return invoked("kb", *words)


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A copy of a small knowledge base, to approve."""
    return Path(shutil.copytree(MINIMAL, tmp_path / "plant"))


def edit(place: Path, old: str, new: str) -> None:
    """Replace a text where it stands last."""
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text[::-1].replace(old[::-1], new[::-1], 1)[::-1], encoding="utf-8")


def approve_all(directory: Path, by: str = "Ann") -> None:
    result = kb("approve", "--all", "--by", by, "--kb", directory)
    assert result.exit_code == 0, result.output


def waiting(directory: Path) -> dict[tuple[str, str], Pair]:
    found = standing(load(directory), load_reviews(directory))
    return {(pair.citing, pair.claim): pair for pair in found if pair.waits}


FIRED = ["a-shady-place", "ferns-like-shade"]  # where the light is dim, and the pots are not counted
LINE = re.compile(
    r"^Of the (\d+) rules? that fired, (\d+) ha(?:s|ve) not been reviewed: "
    r"see `kb review(?:\s+--kb\s[^`]*)?`\.$",
    re.M,
)
