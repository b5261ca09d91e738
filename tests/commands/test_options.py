"""Options that several commands have."""

from __future__ import annotations

from typing import Any, get_args

from expert.commands import options


def test_each_says_what_it_is() -> None:
    declared: list[Any] = [thing for thing in vars(options).values() if hasattr(thing, "__metadata__")]
    assert len(declared) > 10
    for option in declared:
        _, how = get_args(option)
        assert how.help and how.help.endswith((".", ")")), how
