"""How much of a thing the short suite takes, where the long one takes all."""

from __future__ import annotations

from typing import Any

import pytest


def some_or_all(some: Any, all: Any) -> list[Any]:
    """Parameters of a test: a sample, and all of it in the long suite."""
    return [pytest.param(some, id="some"), pytest.param(all, id="all", marks=pytest.mark.long)]


def first(some: int, all: int) -> list[Any]:
    """Numbers to begin with, of which the short suite takes the first."""
    later = [pytest.param(n, marks=pytest.mark.long) for n in range(some, all)]
    return [*range(some), *later]
