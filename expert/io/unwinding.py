"""Recursion without Python's stack: what rests on what may go thousands of steps deep."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")
Unfolding = Generator[Any, Any, T]  # yields the Unfoldings that it waits for, and is sent their results


def unwound(task: Unfolding[T]) -> T:
    """What a task comes to, and all that it waits for, however deep."""
    waiting: list[Unfolding[Any]] = [task]
    result: Any = None
    while waiting:
        try:
            part = waiting[-1].send(result)
        except StopIteration as end:
            waiting.pop()
            result = end.value
        else:
            waiting.append(part)
            result = None
    value: T = result
    return value
