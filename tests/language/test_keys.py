"""`name@option`: made and taken apart in one way."""

from __future__ import annotations

import pytest

from expert.language.keys import name_and_option, with_option


@pytest.mark.parametrize(("name", "option", "key"), [("fee", "fern", "fee@fern"), ("dark", "", "dark")])
def test_one_undoes_the_other(name: str, option: str, key: str) -> None:
    assert with_option(name, option) == key
    assert name_and_option(key) == (name, option)


def test_no_option_is_none() -> None:
    assert with_option("dark", None) == with_option("dark", "") == "dark"
