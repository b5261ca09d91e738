"""Polynomials, against their values; and comparisons of them, brought to one form."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from expert.language.limits import NotDecided
from expert.language.polynomials import Polynomial, constant, divided, indeterminate, positive, spelled

X, Y = indeterminate("x"), indeterminate("y")
CASES = [{"x": x, "y": y} for x, y in product(range(-4, 5), repeat=2)]


def random_polynomial(random: Random) -> Polynomial:
    total = constant(random.randint(-9, 9))
    for part in (X, Y, X * Y, X * X):
        total += constant(random.randint(-3, 3)) * part
    return total


@pytest.mark.parametrize("seed", range(10))
def test_what_is_computed_of_polynomials_is_what_is_computed_of_their_values(seed: int) -> None:
    random = Random(seed)
    one, other, divisor = random_polynomial(random), random_polynomial(random), random.randint(1, 6)
    for case in CASES:
        a, b = one.value(case), other.value(case)
        assert (one + other).value(case) == a + b
        assert (one - other).value(case) == a - b
        assert (one * other).value(case) == a * b
        assert divided(one, divisor).value(case) == a // divisor
        assert one.at({"x": case["x"]}).value({"y": case["y"]}) == a
        low, high = one.within({"x": (-4, 4), "y": (-4, 4)})
        assert low <= a <= high


@pytest.mark.parametrize("seed", range(10))
def test_a_comparison_holds_where_its_polynomial_is_above_nought(seed: int) -> None:
    random = Random(seed)
    for polynomial in (random_polynomial(random), divided(random_polynomial(random), 3) + X):
        comparison = positive(polynomial)
        for case in CASES:
            so = polynomial.value(case) > 0
            if isinstance(comparison, bool):
                assert comparison == so
            else:
                (form, limit), holds = comparison
                assert (form.value(case) > limit) == (so == holds)


def test_equal_comparisons_are_one() -> None:
    """Whatever they are multiplied by, and from whichever side they are written."""
    apart = positive(X - Y - constant(3))
    assert not isinstance(apart, bool)
    assert positive(constant(5) * (X - Y - constant(3))) == apart
    denied = positive(Y - X + constant(4))
    assert not isinstance(denied, bool) and denied.atom == apart.atom and denied.holds != apart.holds
    assert spelled(apart.atom) == "x + -1 * y > 3"


def test_a_number_in_a_quotient_has_no_powers() -> None:
    assert (X * X + Y).powers("x") == [Y, constant(0), constant(1)]
    with pytest.raises(NotDecided, match="a quotient of x"):
        divided(X, 3).powers("x")
