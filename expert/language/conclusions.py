"""Conclusions: what a rule adds to working memory when it fires, as data.

`kind` is what records and other engines call a conclusion of the class.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from collections.abc import Callable, Iterable
from typing import NamedTuple, assert_never

from expert.language.conditions import (
    Condition,
    Quantity,
    Ref,
    by_kind,
    ground,
    ground_quantity,
    quantity_refs,
)
from expert.language.keys import with_option
from expert.language.model import Option, Value

# what each class is called, in records and by other engines
FINDING, SCORE, ARGUMENT, ADVICE, CAUTION = "finding", "score", "argument", "advice", "caution"

STANCES = ("for", "against", "unsure")
STRENGTHS = ("plain", "strong")


@by_kind
class Conclude(NamedTuple):
    """A finding has a value, or that of a quantity to compute."""

    name: str
    value: Value | Quantity
    scoped: bool = False  # about the option that the rule ranges over
    option: str = ""  # that option, once grounded
    replies: tuple[str, ...] = ()  # of a finding that may be answered: see Term.replies

    @property
    def key(self) -> str:
        """The name under which working memory holds it."""
        return with_option(self.name, self.option)

    @property
    def kind(self) -> str:
        return FINDING


@by_kind
class Row(NamedTuple):
    """Points that count where a condition holds, and the claims that give them."""

    points: int
    when: Condition
    claims: tuple[str, ...] = ()

    def reading(self, read: Callable[[Condition], Condition]) -> "Row":
        """The same with its condition read in another way."""
        return self._replace(when=read(self.when))


@by_kind
class First(NamedTuple):
    """Of rows, the first that does not fail; `rest` where all do."""

    rows: tuple[Row, ...]
    rest: int = 0


# what adds up to a score; a Ref is another score, or a number that is answered
Addend = Row | First | int | Ref


@by_kind
class Tally(NamedTuple):
    """A number has the sum of some items for its bounds; `ends` are those of items that are answers."""

    name: str
    items: tuple[Addend, ...]
    scoped: bool = False
    option: str = ""
    ends: tuple[tuple[str, int, int], ...] = ()  # of each attribute among the items, the least and the most
    replies: tuple[str, ...] = ()  # of a finding that may be answered: see Term.replies

    @property
    def key(self) -> str:
        """The name under which working memory holds it."""
        return with_option(self.name, self.option)

    @property
    def rows(self) -> list[Row]:
        """Its rows, in order."""
        rows: list[Row] = []
        for item in self.items:
            match item:
                case Row():
                    rows.append(item)
                case First():
                    rows += item.rows
                case int() | Ref():
                    pass
                case _:
                    assert_never(item)
        return rows

    def reading(self, read: Callable[[Condition], Condition]) -> "Tally":
        """The same with the condition of each row read in another way."""
        items: list[Addend] = []
        for item in self.items:
            match item:
                case Row():
                    items.append(item.reading(read))
                case First():
                    items.append(item._replace(rows=tuple(row.reading(read) for row in item.rows)))
                case int() | Ref():
                    items.append(item)
                case _:
                    assert_never(item)
        return self._replace(items=tuple(items))

    def without(self, claim: str) -> "Tally":
        """The same without the rows that a claim gives."""
        items: list[Addend] = []
        for item in self.items:
            match item:
                case Row():
                    items += [] if claim in item.claims else [item]
                case First():
                    rows = tuple(row for row in item.rows if claim not in row.claims)
                    items.append(item._replace(rows=rows))
                case int() | Ref():
                    items.append(item)
                case _:
                    assert_never(item)
        return self._replace(items=tuple(items))

    @property
    def kind(self) -> str:
        return SCORE


@by_kind
class Argue(NamedTuple):
    """An argument on a topic, for or against the option or unsure of it; perhaps for one target."""

    name: str  # the topic
    stance: str
    target: str = ""
    strength: str = "plain"
    text: str = ""
    option: str = ""

    @property
    def kind(self) -> str:
        return ARGUMENT


@by_kind
class Plan(NamedTuple):
    """A step of the plan."""

    name: str

    @property
    def kind(self) -> str:
        return "step"

    @property
    def option(self) -> str:
        return ""


@by_kind
class Wait(NamedTuple):
    """The option waits for a step of the plan."""

    name: str
    option: str = ""

    @property
    def kind(self) -> str:
        return "wait"


@by_kind
class Flag(NamedTuple):
    """The option has a flag."""

    name: str
    option: str = ""

    @property
    def kind(self) -> str:
        return "flag"


@by_kind
class Advise(NamedTuple):
    """A piece of advice; about an option if its rule ranges over options."""

    name: str
    text: str
    option: str = ""

    @property
    def key(self) -> str:
        """The name by which it is told from the same advice about another option."""
        return with_option(self.name, self.option)

    @property
    def kind(self) -> str:
        return ADVICE


@by_kind
class Caution(NamedTuple):
    """Something to be careful about, as advice is given."""

    name: str
    text: str
    option: str = ""

    @property
    def key(self) -> str:
        """The name by which it is told from the same caution about another option."""
        return with_option(self.name, self.option)

    @property
    def kind(self) -> str:
        return CAUTION


Conclusion = Conclude | Tally | Argue | Plan | Wait | Flag | Advise | Caution


def makes_range(conclusion: Conclusion) -> bool:
    """Whether a conclusion makes its rule range over the options."""
    match conclusion:
        case Conclude() | Tally():
            return conclusion.scoped
        case Argue() | Wait() | Flag():
            return True
        case Plan() | Advise() | Caution():
            return False
        case _:
            assert_never(conclusion)


def ground_conclusion(conclusion: Conclusion, option: Option) -> Conclusion | None:
    """The conclusion for one option; None if it computes with a property the option lacks."""
    match conclusion:
        case Conclude(_, value, scoped):
            about = option.id if scoped else ""
            if isinstance(value, str):
                return conclusion._replace(option=about)
            quantity = ground_quantity(value, option)
            return None if quantity is None else conclusion._replace(value=quantity, option=about)
        case Tally():
            read = conclusion.reading(lambda when: ground(when, option))
            items = tuple(item.of(option) if isinstance(item, Ref) else item for item in read.items)
            return read._replace(items=items, option=option.id if conclusion.scoped else "")
        case Argue() | Wait() | Flag() | Advise() | Caution():
            return conclusion._replace(option=option.id)
        case Plan():
            return conclusion
        case _:
            assert_never(conclusion)


def conditions_in(conclusions: Iterable[Conclusion]) -> list[Condition]:
    """The conditions that conclusions have of their own: those of the rows of a score."""
    return [row.when for c in conclusions if isinstance(c, Tally) for row in c.rows]


def computed_refs(conclusion: Conclusion) -> list[Ref]:
    """The terms that a conclusion computes with, in order."""
    match conclusion:
        case Conclude():
            return [] if isinstance(conclusion.value, str) else list(quantity_refs(conclusion.value))
        case Tally():
            return [item for item in conclusion.items if isinstance(item, Ref)]
        case Argue() | Plan() | Wait() | Flag() | Advise() | Caution():
            return []
        case _:
            assert_never(conclusion)


def text_of(conclusion: Conclusion) -> str:
    """The words that a conclusion has of its own."""
    match conclusion:
        case Argue() | Advise() | Caution():
            return conclusion.text
        case Conclude() | Tally() | Plan() | Wait() | Flag():
            return ""
        case _:
            assert_never(conclusion)
