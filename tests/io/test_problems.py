"""Problems: the nearest name."""

from __future__ import annotations

import pytest

from expert.io.problems import nearest


@pytest.mark.parametrize(
    ("word", "near"),
    [("scar_dept", "scar_depth"), ("Scar-Depth", "scar_depth"), ("TRUE", "yes"), ("off", "no"),
     ("~", "unknown"), ("zebra", None), ("", None), ("s" * 10_000, None)],
)  # fmt: skip
def test_the_near_name(word: str, near: str | None) -> None:
    assert nearest(word, ["scar_depth", "yes", "no", "unknown"]) == near


def test_only_allowed_names_are_near() -> None:
    assert nearest("true", ["light"]) is None
