"""How large a program a knowledge base gives."""

from __future__ import annotations

from math import prod
from typing import Any

from expert.language.conclusions import Conclude
from expert.language.conditions import (
    Arithmetic,
    Compare,
    Ref,
    Several,
)
from expert.language.rules import Instance, RuleBase, all_leaves, passes


def combinations(base: RuleBase) -> int:
    """How many combinations of numbers the rules compute and compare.

    A number has one place in a program for each way to conclude it; a sum of such, one for each
    combination. Where rules build on each other that way, no program can be written down.
    """
    places: dict[str, int] = {}

    def size(quantity: Any) -> int:
        if isinstance(quantity, Arithmetic):
            return prod(map(size, quantity.parts))
        if isinstance(quantity, Several):
            return len(quantity.values)
        finding = isinstance(quantity, Ref) and quantity.kind == "finding"
        return places.get(quantity.key, 0) if finding else 1

    def compared(instance: Instance) -> int:
        found = [leaf for leaf in all_leaves(instance) if isinstance(leaf, Compare)]
        return sum(size(leaf.left) * size(leaf.right) for leaf in found)

    found = 0
    for instance in passes(base.instances):
        found += compared(instance)
        for c in instance.then:
            if isinstance(c, Conclude) and not isinstance(c.value, str):
                places[c.key] = places.get(c.key, 0) + size(c.value)
        if max(found, *places.values(), 0) > 10**6:
            break
    return max(found, *places.values(), 0)
