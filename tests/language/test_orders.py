"""The order in which diagrams ask."""

from __future__ import annotations

from random import Random

from expert.language.orders import good_order


def span(order: list[str], together: list[tuple[str, ...]]) -> int:
    places = {name: n for n, name in enumerate(order)}
    return sum(max(places[n] for n in some) - min(places[n] for n in some) for some in together)


def test_what_belongs_together_stands_together() -> None:
    """Pairs that were shuffled find each other; what belongs to nothing stays."""
    names = [f"{letter}{n}" for letter in "abcdefgh" for n in (1, 2)]
    together = [(f"{letter}1", f"{letter}2") for letter in "abcdefgh"]
    shuffled = Random(1).sample([*names, "alone"], 17)
    order = good_order(shuffled, together)
    assert sorted(order) == sorted(shuffled)
    assert span(order, together) == 8 < span(shuffled, together)
    assert good_order(shuffled, []) == shuffled
