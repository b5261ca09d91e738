"""How much of a thing the short suite takes, where the long one takes all."""

from __future__ import annotations

from typing import Any

import pytest

LONG = [pytest.mark.long]
MORE = [*LONG, pytest.mark.more]


def some_or_all(some: Any, all: Any, more: Any = None) -> list[Any]:
    """Parameters of a test: a sample, and all of it in the long suite.

    `more` is what lies between: of the long suite, what is run before a change lands.
    """
    between = [pytest.param(more, id="more", marks=MORE)] if more is not None else []
    return [pytest.param(some, id="some"), *between, pytest.param(all, id="all", marks=LONG)]


def first(some: int, all: int, more: int = 0) -> list[Any]:
    """Numbers to begin with: the first in the short suite, up to `more` before a change lands."""
    between = [pytest.param(n, marks=MORE) for n in range(some, more)]
    later = [pytest.param(n, marks=LONG) for n in range(max(some, more), all)]
    return [*range(some), *between, *later]
