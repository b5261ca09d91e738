"""Conditions and quantities: the premises of rules, as data.

A condition has two readings, kept apart everywhere: it *holds*, or it is *denied* (the case
says otherwise). Neither means that it is not known. `not` turns the two round, so it needs
a denial; `unless` holds wherever its part does not hold: there is no evidence that.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from collections.abc import Iterator
from typing import NamedTuple, TypeVar, assert_never

from expert.language.keys import with_option
from expert.language.model import SCORE, Datum, Option, Value

C = TypeVar("C", bound=type)


def by_kind(kind: C) -> C:
    """A named tuple that is equal to none of another class: `Not(c)` is not `Unless(c)`.

    They take an eighth of the time of dataclasses to define, at every start.
    """
    kind.__eq__ = _equal  # type: ignore[assignment, method-assign]
    kind.__ne__ = _unequal  # type: ignore[assignment, method-assign]
    kind.__hash__ = _hash  # type: ignore[assignment, method-assign]
    return kind


def _equal(one: tuple[object, ...], other: object) -> bool:
    return type(one) is type(other) and tuple.__eq__(one, other)


def _unequal(one: tuple[object, ...], other: object) -> bool:
    return not _equal(one, other)


def _hash(one: tuple[object, ...]) -> int:
    return hash((type(one).__name__, *one))


@by_kind
class Ref(NamedTuple):
    """A mention of an attribute, a finding or (until grounded) a property of the option."""

    kind: str  # attribute, finding, property
    name: str
    scoped: bool = False  # belongs to the option that the rule ranges over
    option: str = ""  # that option, once grounded
    role: str = ""  # of a finding that can be denied: see Term
    replies: tuple[str, ...] = ()  # of a finding that may be answered: see Term.replies

    @property
    def key(self) -> str:
        """The name under which working memory holds it."""
        return with_option(self.name, self.option)

    @property
    def deniable(self) -> bool:
        """Whether a case can say otherwise; of an ordinary finding it never does."""
        return self.kind != "finding" or bool(self.role or self.replies)

    def of(self, option: Option | None) -> "Ref":
        """The same for one option, if it belongs to one."""
        return self._replace(option=option.id) if self.scoped and option else self


@by_kind
class Arithmetic(NamedTuple):
    """Quantities put together: see COMPUTED, and the two that no author writes.

    `scaled` and `rounded` have a quantity and a power of ten: what is compared or added is of one scale,
    and what is concluded has the decimals of its finding.
    """

    operator: str
    parts: "tuple[Quantity, ...]"


COMPUTED = ("times", "plus", "minus", "min", "max", "percent", "years-between")  # as authors write them
PRODUCTS = ("times", "percent", "scaled")
SCALED, ROUNDED = "scaled", "rounded"


@by_kind
class Factor(NamedTuple):
    """A number with decimals of its own, which multiplies: 0.25 is 25 with 2 decimals."""

    value: int
    decimals: int


@by_kind
class Several(NamedTuple):
    """The numbers of a property that has several; any of them is the quantity."""

    values: tuple[int, ...]


# an int is scaled like the term that it is used with
Quantity = int | Factor | Ref | Arithmetic | Several


@by_kind
class Is(NamedTuple):
    """The term has one of the values."""

    ref: Ref
    values: tuple[Value, ...]


@by_kind
class Compare(NamedTuple):
    """Two quantities compared; both must be known.

    Grounding puts the option's numbers in: `written` is the same with its properties still named.
    """

    left: Quantity
    operator: str
    right: Quantity
    written: "Compare | None" = None


@by_kind
class Known(NamedTuple):
    """The term has a value (or, if not wanted, has none)."""

    ref: Ref
    wanted: bool = True


@by_kind
class Determined(NamedTuple):
    """A quantity has one value: its terms are known, and of scores in it the bounds meet.

    No author writes it: it is what has to be so for a conclusion to be drawn.
    """

    quantity: Quantity


@by_kind
class OptionIs(NamedTuple):
    """The rule ranges over these options only."""

    ids: tuple[str, ...]


@by_kind
class Given(NamedTuple):
    """A condition on the option alone, already decided at grounding, and the data it rests on.

    `written` is the condition that was decided.
    """

    truth: bool
    property: str = ""
    option: str = ""
    data: tuple[Datum, ...] = ()
    written: Is | Compare | Known | OptionIs | None = None


@by_kind
class AllOf(NamedTuple):
    """Every part."""

    parts: "tuple[Condition, ...]"


@by_kind
class AnyOf(NamedTuple):
    """At least one part."""

    parts: "tuple[Condition, ...]"


@by_kind
class Not(NamedTuple):
    """The part is denied."""

    part: "Condition"


@by_kind
class Unless(NamedTuple):
    """There is no evidence that the part holds.

    `counts` is an attribute whose answer is then not left out of account: the part is where answers
    disagree, and there what is asked of it is open.
    """

    part: "Condition"
    counts: str = ""


@by_kind
class Count(NamedTuple):
    """So many of the parts: at-least, more-than, at-most, less-than or exactly a number."""

    operator: str
    number: int
    parts: "tuple[Condition, ...]"

    @property
    def least(self) -> int | None:
        """How many have to hold; None if none has to."""
        extra = {"at-least": 0, "more-than": 1, "exactly": 0}.get(self.operator)
        return None if extra is None else self.number + extra

    @property
    def most(self) -> int | None:
        """How many may hold, so that all others have to be denied; None if all may."""
        extra = {"at-most": 0, "less-than": -1, "exactly": 0}.get(self.operator)
        return None if extra is None else self.number + extra

    @property
    def needed(self) -> list[tuple[int, bool]]:
        """Of how many parts what has to be so for it to hold: that they hold, or (True) are denied."""
        least, most = self.least, self.most
        held = [] if least is None else [(least, False)]
        return [*held, *([] if most is None else [(len(self.parts) - most, True)])]

    @property
    def refuted(self) -> list[tuple[int, bool]]:
        """The same for it to be denied; one of these is enough."""
        least, most = self.least, self.most
        too_few = [] if least is None else [(len(self.parts) - least + 1, True)]
        return [*too_few, *([] if most is None else [(most + 1, False)])]


Leaf = Is | Compare | Known | Determined | OptionIs | Given  # has no condition inside
Compound = AllOf | AnyOf | Not | Unless | Count

# Whoever tells the kinds apart ends in assert_never: mypy then names every place that a new one has
# to reach.
Condition = Leaf | Compound


# --- going through ----------------------------------------------------------------------
def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside a condition."""
    match condition:
        case AllOf() | AnyOf() | Count():
            return condition.parts
        case Not() | Unless():
            return (condition.part,)
        case Is() | Compare() | Known() | Determined() | OptionIs() | Given():
            return ()
        case _:
            assert_never(condition)


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """The parts that must all hold for a condition to hold."""
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def flat_conjuncts(condition: Condition) -> Iterator[Condition]:
    """The same, none of them made of parts that must all hold."""
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from flat_conjuncts(part)
    else:
        yield condition


def with_parts(condition: Compound, parts: tuple[Condition, ...]) -> Compound:
    """The same kind of condition over other parts, as many as it takes."""
    match condition:
        case AllOf():
            return AllOf(parts)
        case AnyOf():
            return AnyOf(parts)
        case Not():
            return Not(*parts)
        case Unless():
            return condition._replace(part=parts[0])
        case Count():
            return condition._replace(parts=parts)
        case _:
            assert_never(condition)


def walk(condition: Condition, negations: int = 0) -> Iterator[tuple[Condition, int]]:
    """A condition and all inside, in the order written, each with how many negations it stands under."""
    waiting = [(condition, negations)]
    while waiting:
        turn = waiting.pop()
        yield turn
        part, negations = turn
        match part:
            case Is() | Compare() | Known() | Determined() | OptionIs() | Given():
                continue
            case AllOf() | AnyOf():
                pass
            case Count():
                negations += part.most is not None
            case Not() | Unless():
                negations += 1
            case _:
                assert_never(part)
        waiting += [(inside, negations) for inside in reversed(parts_of(part))]


def leaves(condition: Condition) -> list[Leaf]:
    """The conditions with none inside, in the order written; grounding keeps their places."""
    return [part for part, _ in walk(condition) if isinstance(part, Leaf)]


def quantity_refs(quantity: Quantity) -> Iterator[Ref]:
    """Every term that a quantity mentions, in order."""
    match quantity:
        case Ref():
            yield quantity
        case Arithmetic(_, parts):
            for part in parts:
                yield from quantity_refs(part)
        case int() | Factor() | Several():
            pass
        case _:
            assert_never(quantity)


def unscaled(quantity: Quantity) -> tuple[Quantity, int]:
    """A quantity without what brings it to a finer scale, and by how much that multiplies it."""
    if isinstance(quantity, Arithmetic) and quantity.operator == SCALED:
        part, by = quantity.parts
        return part, by if isinstance(by, int) else 1
    return quantity, 1


def unrounded(quantity: Quantity) -> tuple[Quantity, int]:
    """What is concluded before it is rounded, and by what it is divided then."""
    if isinstance(quantity, Arithmetic) and quantity.operator == ROUNDED:
        part, by = quantity.parts
        return part, by if isinstance(by, int) else 1
    return quantity, 1


def is_bounded(quantity: Quantity) -> bool:
    """Whether a quantity has a score in it, so that it has bounds and perhaps no value."""
    return any(ref.role == SCORE for ref in quantity_refs(quantity))


def compared(condition: Compare) -> list[Ref]:
    """Every term that a comparison mentions, in order."""
    return [*quantity_refs(condition.left), *quantity_refs(condition.right)]


def refs(condition: Condition) -> Iterator[tuple[Ref, bool]]:
    """Every term a condition mentions, and whether it must be settled before: negated, computed, settled."""
    for part, negations in walk(condition):
        match part:
            case Is():
                yield from answering(part.ref, negations > 0 or bool(part.ref.role))
            case Known():
                yield from answering(part.ref, negations > 0 or not part.wanted or bool(part.ref.role))
            case Compare():
                for ref in compared(part):
                    yield from answering(ref, True)
            case Determined():
                for ref in quantity_refs(part.quantity):
                    yield from answering(ref, True)
            case OptionIs() | Given() | AllOf() | AnyOf() | Not() | Unless() | Count():
                pass
            case _:
                assert_never(part)


def answering(ref: Ref, strict: bool) -> list[tuple[Ref, bool]]:
    """A term; and, of a finding that may be answered, the answer to it."""
    return [(ref, strict), (Ref("attribute", ref.name), strict)] if ref.replies else [(ref, strict)]


def mentions_option(condition: Condition) -> bool:
    """Whether a condition makes its rule range over the options."""
    named = any(isinstance(part, OptionIs) for part, _ in walk(condition))
    return named or any(ref.scoped for ref, _ in refs(condition))


# --- grounding -------------------------------------------------------------------------
def ground(condition: Condition, option: Option | None) -> Condition:
    """The condition spelled out for one option; what is said of the option itself is decided."""
    match condition:
        case AllOf() | AnyOf() | Not() | Unless() | Count():
            return with_parts(condition, tuple([ground(part, option) for part in parts_of(condition)]))
        case OptionIs() if option:
            return Given(option.id in condition.ids, option=option.id, written=condition)
        case Compare() if option:
            return _ground_comparison(condition, option)
        case Is() | Known() if option and condition.ref.scoped:
            return _ground_test(condition, option)
        case Is() | Compare() | Known() | Determined() | OptionIs() | Given():
            return condition  # what is determined is made of what is grounded
        case _:
            assert_never(condition)


def _ground_comparison(condition: Compare, option: Option) -> Compare | Given:
    left, right = (ground_quantity(q, option) for q in (condition.left, condition.right))
    written = Compare(_named(condition.left, option), condition.operator, _named(condition.right, option))
    if left is None or right is None:
        mentioned = [ref.name for ref in compared(condition) if ref.kind == "property"]
        lacking = next((name for name in mentioned if not option.properties.get(name)), "")
        return Given(False, lacking, option.id, (), written)
    named = any(ref.kind == "property" for ref in compared(written))
    return Compare(left, condition.operator, right, written if named else None)


def _named(quantity: Quantity, option: Option) -> Quantity:
    """The quantity about one option, whose properties stay names."""
    match quantity:
        case Ref():
            return quantity.of(option)
        case Arithmetic(operator, parts):
            return Arithmetic(operator, tuple(_named(part, option) for part in parts))
        case int() | Factor() | Several():
            return quantity
        case _:
            assert_never(quantity)


def _ground_test(condition: Is | Known, option: Option) -> Condition:
    name, ref = condition.ref.name, condition.ref
    data = option.properties.get(name, ())
    match condition:
        case Is(_, values):
            if ref.kind == "finding":
                return Is(ref.of(option), values)
            fitting = tuple(datum for datum in data if datum.value in values)
            return Given(bool(fitting), name, option.id, fitting, Is(ref.of(option), values))
        case Known(_, wanted):
            if ref.kind == "finding":
                return Known(ref.of(option), wanted)
            return Given(bool(data) == wanted, name, option.id, data, Known(ref.of(option), wanted))
        case _:
            assert_never(condition)


def ground_quantity(quantity: Quantity, option: Option | None) -> Quantity | None:
    """The quantity for one option, or None if it needs a property that the option does not have."""
    match quantity:
        case Ref() if quantity.kind == "property" and option:
            numbers = [d.value for d in option.quantified(quantity.name) if isinstance(d.value, int)]
            return Several(tuple(numbers)) if len(numbers) > 1 else numbers[0] if numbers else None
        case Ref():
            return quantity.of(option)
        case Arithmetic(operator, parts):
            grounded = [ground_quantity(part, option) for part in parts]
            known = tuple(part for part in grounded if part is not None)
            return Arithmetic(operator, known) if len(known) == len(parts) else None
        case int() | Factor() | Several():
            return quantity
        case _:
            assert_never(quantity)


def settled(condition: Condition) -> bool | None:
    """Whether a grounded condition is the same in every case: True, False, or None if it depends."""
    match condition:
        case Is() | Compare() | Known() | Determined() | OptionIs():
            return None
        case Given():
            return condition.truth
        case AllOf():
            inside = [settled(part) for part in condition.parts]
            return False if False in inside else (None if None in inside else True)
        case AnyOf():
            inside = [settled(part) for part in condition.parts]
            return True if True in inside else (None if None in inside else False)
        case Not() | Unless():
            held = settled(condition.part)
            return None if held is None else not held
        case Count():
            inside = [settled(part) for part in condition.parts]
            if all(_many(inside, number, not denied) for number, denied in condition.needed):
                return True
            refuted = any(_many(inside, number, not denied) for number, denied in condition.refuted)
            return False if refuted else None
        case _:
            assert_never(condition)


def _many(inside: list[bool | None], number: int, wanted: bool) -> bool:
    """Whether so many are what is wanted."""
    return inside.count(wanted) >= number
