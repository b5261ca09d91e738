"""Tasks that wait for others, deeper than Python's stack."""

from __future__ import annotations

import pytest

from expert.io.unwinding import Unfolding, unwound


def added(n: int) -> Unfolding[int]:
    return n + (yield added(n - 1)) if n else 0


def test_results_come_back_from_any_depth() -> None:
    assert unwound(added(50_000)) == sum(range(50_001))


def test_what_goes_wrong_inside_is_raised() -> None:
    def broken(n: int) -> Unfolding[int]:
        return (yield broken(n - 1)) if n else 1 // 0

    with pytest.raises(ZeroDivisionError):
        unwound(broken(3))
