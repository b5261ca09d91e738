"""A budget of steps, which is spent."""

from __future__ import annotations

import pytest

from expert.language.limits import Budget, TooLarge


def test_what_is_spent_is_spent() -> None:
    budget = Budget(3, "the numbers x, y")
    budget.spend()
    budget.spend(2)
    with pytest.raises(TooLarge, match="the numbers x, y"):
        budget.spend()
