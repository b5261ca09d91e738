"""Grids: bit n of a truth value is case n."""

from __future__ import annotations

from itertools import product

from expert.language.grids import Grid

AXES = {"light": ("dim", "bright", None), "pots": (1, 2, None), "pets": ("yes", "no")}


def cases() -> list[dict[str, str | int | None]]:
    """The cases of the grid in its order: the first attribute varies fastest."""
    names = list(AXES)
    return [
        dict(zip(names, reversed(values), strict=True)) for values in product(*(AXES[n] for n in names[::-1]))
    ]


def bits(truth: int, grid: Grid) -> list[bool]:
    return [bool(truth >> place & 1) for place in range(grid.size)]


def test_every_bit_is_what_its_case_says() -> None:
    grid = Grid(AXES)
    assert grid.size == len(cases()) == 18
    for name, values in AXES.items():
        for index, value in enumerate(values):
            assert bits(grid.where(name, index), grid) == [case[name] == value for case in cases()]
            if value is not None:
                assert bits(grid.equals(name, value), grid) == [case[name] == value for case in cases()]
        assert bits(grid.known(name), grid) == [case[name] is not None for case in cases()]


def test_numbers_are_computed_case_by_case() -> None:
    grid = Grid(AXES)
    pots = grid.number("pots")
    numbers = [case["pots"] or 0 for case in cases()]
    assert list(pots.values) == numbers
    assert list((pots * pots + grid.constant(3) - pots).values) == [n * n + 3 - n for n in numbers]  # type: ignore[operator]
    assert bits(pots > grid.constant(1), grid) == [n > 1 for n in numbers]  # type: ignore[operator]
    assert bits(pots >= grid.constant(1), grid) == [n >= 1 for n in numbers]  # type: ignore[operator]


def test_what_varies_with_an_attribute() -> None:
    grid = Grid(AXES)
    dim, several = grid.equals("light", "dim"), grid.number("pots") > grid.constant(1)
    varying = {name for name in AXES if grid.varies(dim & several, name)}
    assert varying == {"light", "pots"}
    assert not any(grid.varies(truth & grid.full, "light") for truth in (grid.true, grid.false, several))


def test_attributes_that_the_grid_has_not_are_unknown() -> None:
    grid = Grid(AXES)
    assert grid.equals("soil", "wet") == 0 == grid.known("soil")
    assert set(grid.number("soil").values) == {0}
