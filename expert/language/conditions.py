"""Conditions and quantities: the premises of rules, as data.

A condition has two readings, kept apart everywhere: it *holds*, or it is *denied* (the case
says otherwise). Neither means that it is not known. `not` turns the two round, so it needs
a denial; `unless` holds wherever its part does not hold: there is no evidence that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from expert.language.keys import with_option
from expert.language.model import Datum, Option, Value


class Ref(NamedTuple):
    """A mention of an attribute, a finding or (until grounded) a property of the option."""

    kind: str  # attribute, finding, property
    name: str
    scoped: bool = False  # belongs to the option that the rule ranges over
    option: str = ""  # that option, once grounded

    @property
    def key(self) -> str:
        """The name under which working memory holds it."""
        return with_option(self.name, self.option)


class Arithmetic(NamedTuple):
    """times, plus or minus over quantities."""

    operator: str
    parts: tuple[Quantity, ...]


Quantity = int | Ref | Arithmetic  # an int is scaled like the term that it is used with


class Is(NamedTuple):
    """The term has one of the values."""

    ref: Ref
    values: tuple[Value, ...]


class Compare(NamedTuple):
    """Two quantities compared; both must be known."""

    left: Quantity
    operator: str
    right: Quantity


class Known(NamedTuple):
    """The term has a value (or, if not wanted, has none)."""

    ref: Ref
    wanted: bool = True


class OptionIs(NamedTuple):
    """The rule ranges over these options only."""

    ids: tuple[str, ...]


class Given(NamedTuple):
    """A condition on the option alone, already decided at grounding, and the data it rests on."""

    truth: bool
    property: str = ""
    option: str = ""
    data: tuple[Datum, ...] = ()


class AllOf(NamedTuple):
    """Every part."""

    parts: tuple[Condition, ...]


class AnyOf(NamedTuple):
    """At least one part."""

    parts: tuple[Condition, ...]


class Not(NamedTuple):
    """The part is denied."""

    part: Condition


class Unless(NamedTuple):
    """There is no evidence that the part holds."""

    part: Condition


Condition = Is | Compare | Known | OptionIs | Given | AllOf | AnyOf | Not | Unless


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside a condition."""
    if isinstance(condition, (AllOf, AnyOf)):
        return condition.parts
    return (condition.part,) if isinstance(condition, (Not, Unless)) else ()


def quantity_refs(quantity: Quantity) -> Iterator[Ref]:
    """Every term that a quantity mentions, in order."""
    if isinstance(quantity, Ref):
        yield quantity
    elif isinstance(quantity, Arithmetic):
        for part in quantity.parts:
            yield from quantity_refs(part)


def refs(condition: Condition, strict: bool = False) -> Iterator[tuple[Ref, bool]]:
    """Every term a condition mentions, and whether it must be settled before (negated, computed)."""
    if isinstance(condition, (Is, Known)):
        yield condition.ref, strict
    elif isinstance(condition, Compare):
        for side in (condition.left, condition.right):
            yield from ((ref, True) for ref in quantity_refs(side))
    for part in parts_of(condition):
        yield from refs(part, strict or isinstance(condition, (Not, Unless)))


def mentions_option(condition: Condition) -> bool:
    """Whether a condition makes its rule range over the options."""
    scoped = any(ref.scoped for ref, _ in refs(condition))
    return scoped or isinstance(condition, OptionIs) or any(map(mentions_option, parts_of(condition)))


# --- grounding -------------------------------------------------------------------------
def ground(condition: Condition, option: Option | None) -> Condition:
    """The condition spelled out for one option; what is said of the option itself is decided."""
    if isinstance(condition, (AllOf, AnyOf)):
        return condition._replace(parts=tuple(ground(part, option) for part in condition.parts))
    if isinstance(condition, (Not, Unless)):
        return condition._replace(part=ground(condition.part, option))
    if option is None:
        return condition
    if isinstance(condition, OptionIs):
        return Given(option.id in condition.ids, option=option.id)
    if isinstance(condition, Compare):
        left, right = (ground_quantity(q, option) for q in (condition.left, condition.right))
        if left is None or right is None:
            return Given(False, _missing(condition, option), option.id)
        return Compare(left, condition.operator, right)
    return _ground_test(condition, option)


def _missing(condition: Compare, option: Option) -> str:
    """The first property in a comparison that the option does not have."""
    refs = [*quantity_refs(condition.left), *quantity_refs(condition.right)]
    lacking = (ref.name for ref in refs if ref.kind == "property" and not option.properties.get(ref.name))
    return next(lacking, "")


def _ground_test(condition: Condition, option: Option) -> Condition:
    if not isinstance(condition, (Is, Known)) or not condition.ref.scoped:
        return condition
    if condition.ref.kind == "finding":
        return condition._replace(ref=condition.ref._replace(option=option.id))
    name = condition.ref.name
    data = option.properties.get(name, ())
    if isinstance(condition, Known):
        return Given(bool(data) == condition.wanted, name, option.id, data)
    fitting = tuple(datum for datum in data if datum.value in condition.values)
    return Given(bool(fitting), name, option.id, fitting)


def ground_quantity(quantity: Quantity, option: Option | None) -> Quantity | None:
    """The quantity for one option, or None if it needs a property that the option does not have."""
    if isinstance(quantity, Ref) and quantity.scoped and option is not None:
        if quantity.kind == "finding":
            return quantity._replace(option=option.id)
        data = option.properties.get(quantity.name, ())
        return data[0].value if data and isinstance(data[0].value, int) else None
    if isinstance(quantity, Arithmetic):
        parts = [ground_quantity(part, option) for part in quantity.parts]
        known = tuple(part for part in parts if part is not None)
        return Arithmetic(quantity.operator, known) if len(known) == len(parts) else None
    return quantity


def settled(condition: Condition) -> bool | None:
    """Whether a grounded condition is the same in every case: True, False, or None if it depends."""
    if isinstance(condition, Given):
        return condition.truth
    inside = [settled(part) for part in parts_of(condition)]
    if isinstance(condition, AllOf):
        return False if False in inside else (None if None in inside else True)
    if isinstance(condition, AnyOf):
        return True if True in inside else (None if None in inside else False)
    if isinstance(condition, (Not, Unless)) and inside[0] is not None:
        return not inside[0]
    return None
