"""How much of a thing the short suite takes, where the long one takes all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def one_in(every: int, values: Iterable[Any]) -> list[Any]:
    """Parameters of a test: one in so many in the short suite, and the others before a change lands."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=MORE if n % every else [])
        for n, value in enumerate(values)
    ]


def rest_later(some: int, values: Sequence[Any]) -> list[Any]:
    """Parameters of a test: the first in the short suite, and the others before a change lands."""
    return [*values[:some], *one_in(len(values) + 1, [None, *values[some:]])[1:]]
