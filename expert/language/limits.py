"""How much may be looked at before it is said that something is not decided."""

from __future__ import annotations

from typing import NamedTuple

NODES = 120_000  # of the diagrams of one case
STEPS = 20_000  # of the search for the cells of linked numbers; about a second


class Limits(NamedTuple):
    """How much may be built before something is not decided (see Completions), and in which order.

    `own_order`: some of the rules have an order of their own looked for; else they have that of all rules.
    """

    steps: int = STEPS
    nodes: int = NODES
    own_order: bool = True


class NotDecided(Exception):
    """What cannot be said exactly; `what` says of which comparison, or of what size."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class TooLarge(NotDecided):
    """More steps than the caller would have."""


class Budget:
    """Steps that are left."""

    def __init__(self, steps: int, what: str) -> None:
        self.left, self.what = steps, what

    def spend(self, steps: int = 1) -> None:
        """Raises TooLarge where there are none left."""
        self.left -= steps
        if self.left < 0:
            raise TooLarge(self.what)
