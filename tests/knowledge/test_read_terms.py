"""Terms as they are read, and values of them."""

from __future__ import annotations

import pytest
from support.loading import node_of

from expert.io.yaml import Reader
from expert.knowledge.read_terms import read_number, read_value
from expert.language.model import Knowledge, Term, Value


def test_terms_have_the_bounds_and_the_scale_of_their_type(knowledge: Knowledge) -> None:
    terms = knowledge.attributes
    assert [*terms] == ["light", "pets", "pots", "budget", "warmth"]
    read = {name: (term.type, term.decimals, term.low, term.high, term.unit) for name, term in terms.items()}
    assert read == {
        "light": ("choice", 0, None, None, ""),
        "pets": ("yes-no", 0, None, None, ""),
        "pots": ("count", 0, 1, 20, "pots"),
        "budget": ("money", 2, 0, None, "USD"),
        "warmth": ("number", 1, None, None, ""),
    }
    assert terms["light"].values == {"bright": "bright", "dim": "dim"}
    assert terms["pets"].values == {"yes": "yes", "no": "no"}  # which need not be declared
    assert terms["pots"].span.line == 15


COUNT = Term("pots", "attribute", "count", "", low=1, high=20)
CHOICE = Term("light", "attribute", "choice", "", values={"dim": "", "bright": ""})
MONEY = Term("budget", "attribute", "money", "", decimals=2)


@pytest.mark.parametrize(
    ("term", "text", "value"),
    [(COUNT, "12", 12), (CHOICE, "dim", "dim"), (MONEY, "12.5", 1250), (MONEY, "'0.05'", 5)],
)
def test_a_value_is_read_in_the_scale_of_its_term(term: Term, text: str, value: Value) -> None:
    reader = Reader()
    assert read_value(node_of(text), term, reader) == value and not reader.problems
    assert read_number(node_of(text), term, Reader()) == (value if isinstance(value, int) else None)


@pytest.mark.parametrize(
    ("term", "text", "told"),
    [
        (COUNT, "0", "out of range"),
        (COUNT, "many", "not a whole number"),
        (CHOICE, "dimm", "unknown value"),
        (CHOICE, "[dim, bright]", "must be a single value, not a list"),
        (MONEY, "1.234", "not a number with up to 2 decimals"),
        (MONEY, "''", "must be a single value, not empty"),
    ],
)
def test_what_is_no_value_is_told_with_its_place(term: Term, text: str, told: str) -> None:
    reader = Reader()
    assert read_value(node_of(text), term, reader) is None
    [problem] = reader.problems
    assert told in problem.message and problem.span


def test_a_value_of_a_term_without_values_is_no_second_problem() -> None:
    reader = Reader()
    assert read_value(node_of("dim"), CHOICE._replace(values={}), reader) is None
    assert not reader.problems
