"""`consult`: what it says beside the result, and what stops it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.approving import LINE, approve_all, edit, kb
from support.program import invoked
from support.shell import cicatrix

from expert.review.approvals import FILE, Approval, Pair


def test_a_malformed_file_stops_a_consultation(plant: Path) -> None:
    (plant / FILE).write_text("- {}\n")
    for words in (
        ["consult", "light=dim", "--no-save"],
        ["explain", "how", "fern", "light=dim"],
        ["what-if", "light=dim", "--given", "pots=1"],
    ):
        result = cicatrix(*words, "--kb", str(plant))
        assert (result.code, result.stdout) == (3, "")
        assert "reviews.yaml:1:3: an approval has no `claim`" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["what-if", "last"], "no answer to change is named"),
        (["consult", f"pots={'1' * 19}", "--no-save"], "is too long a number for `pots`"),
        (["consult", f"budget=1.{'1' * 13}", "--no-save"], "is too long a number for `budget`"),
        (["consult", "budget=1.123", "--no-save"], "is not a number with up to 2 decimals for `budget`"),
    ],
)
def test_what_cannot_be_meant_is_refused(plant: Path, words: list[str], says: str) -> None:
    result = cicatrix(*words, "--kb", str(plant))
    assert (result.code, result.stdout) == (2, "") and says in " ".join(result.stderr.split())


def approval(pair: Pair) -> Approval:
    return Approval(*pair[:5], "Ann", "2026-01-31")


def test_a_consultation_says_so(plant: Path, tmp_path: Path) -> None:
    words = ["light=dim", "pots=3", "budget=4", "--kb", str(plant)]
    commands = [
        ["consult", *words, "--brief", "--no-save"],
        ["explain", "how", "fern", *words],
        ["explain", "why-not", "cactus", *words],
        ["what-if", "light=dim", "--given", "pots=3 budget=4", "--kb", str(plant)],
    ]

    def counts() -> set[tuple[str, str] | None]:
        found = [LINE.search(invoked(*command).output) for command in commands]
        return {match and (match[1], match[2]) for match in found}

    assert counts() == {("4", "4")}
    kb("approve", "too-dear", "ferns-like-shade", "a-shady-place", "--by", "Ann", "--kb", plant)
    assert counts() == {("4", "1")}
    approve_all(plant)
    assert counts() == {None}
    edit(plant / "kb/claims.yaml", "wants light", "likes light")
    assert counts() == {("4", "2")}
