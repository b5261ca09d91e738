"""Terms: values as they are typed, kept and told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from expert.language.model import BadValue, Term

MONEY = Term("fee", "attribute", "money", "fee", low=0, high=10_000, decimals=2)
COUNT = Term("pots", "attribute", "count", "pots", low=1)
LIGHT = Term("light", "attribute", "choice", "light", "", {"dim": "dim", "bright": "bright"})


@pytest.mark.parametrize("number", [0, 1, 10, 50, 99, 100, 101, 9_999, 10_000])
def test_what_is_spelled_is_read_as_it_was(number: int) -> None:
    assert MONEY.parse(MONEY.spell(number)) == number
    assert Decimal(str(MONEY.plain(number))) * 100 == number


@pytest.mark.parametrize("text", ["5", " 5 ", "5.0", "5.00", "005"])
def test_one_number_typed_in_many_ways(text: str) -> None:
    assert MONEY.parse(text) == 500 and MONEY.spell(500) == "5"


@pytest.mark.parametrize(
    ("term", "text", "words"),
    [
        (MONEY, "1.005", "is not a number with up to 2 decimals"),
        (MONEY, "-0.01", "out of range for `fee`: at least 0 and at most 100"),
        (MONEY, "100.01", "out of range"),
        (MONEY, "1e2", "is not a number"),
        (MONEY, "5 $", "is not a number"),
        (COUNT, "1.5", "is not a whole number"),
        (COUNT, "0", "out of range for `pots`: at least 1"),
        (COUNT, "1" * 16, "is too long a number"),
        (LIGHT, "Dim", "unknown value for `light`"),
        (LIGHT, "", "unknown value for `light`"),
    ],
)
def test_what_no_value_is(term: Term, text: str, words: str) -> None:
    with pytest.raises(BadValue) as told:
        term.parse(text)
    assert words in told.value.message


@pytest.mark.parametrize("term", [MONEY, COUNT, LIGHT])
def test_the_sample_is_a_value(term: Term) -> None:
    term.parse(term.sample)


def test_numbers_that_no_float_says_are_told_as_texts() -> None:
    fine = Term("share", "finding", "number", "share", decimals=12)
    assert MONEY.plain(1050) == 10.5 and MONEY.plain(1000) == 10
    assert fine.plain(1) == "0.000000000001"  # a float would be spelled with an exponent
    assert fine.parse(str(fine.plain(1))) == 1


@pytest.mark.parametrize(
    ("number", "spelled", "shown"),
    [
        (0, "0", "$0"),
        (120_000, "1200", "$1,200"),
        (123_450, "1234.5", "$1,234.50"),
        (-5, "-0.05", "$-0.05"),
        (-100, "-1", "$-1"),
        (10**20 + 1, "1000000000000000000.01", "$1,000,000,000,000,000,000.01"),
    ],
)
def test_amounts_are_spelled_and_shown_exactly(number: int, spelled: str, shown: str) -> None:
    term = MONEY._replace(kind="finding", unit="USD")
    assert (term.spell(number), term.show(number)) == (spelled, shown)
    assert term.parse(spelled) == term.scaled(term.plain(number)) == number
