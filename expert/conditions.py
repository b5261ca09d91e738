"""Conditions and quantities: the premises of rules, as data.

A condition has two readings, kept apart everywhere: it *holds*, or it is *denied* (the case
says otherwise). Neither means that it is not known. `not` turns the two round, so it needs
a denial; `unless` holds wherever its part does not hold: there is no evidence that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from expert.declarations import read_number, read_value
from expert.knowledge import Datum, Knowledge, Option, Term, Value
from expert.source import Node, Reader

COMPARISONS = ("more-than", "at-least", "less-than", "at-most")
ARITHMETIC = ("times", "plus", "minus")
QUANTITIES = "a quantity is a number, a term with numbers, or times, plus or minus of such"


@dataclass(frozen=True, slots=True)
class Ref:
    """A mention of an attribute, a finding or (until grounded) a property of the option."""

    kind: str  # attribute, finding, property
    name: str
    scoped: bool = False  # belongs to the option that the rule ranges over
    option: str = ""  # that option, once grounded

    @property
    def key(self) -> str:
        """The name under which working memory holds it."""
        return f"{self.name}@{self.option}" if self.option else self.name


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """times, plus or minus over quantities."""

    operator: str
    parts: tuple[Quantity, ...]


Quantity = int | Ref | Arithmetic  # an int is scaled like the term that it is used with


@dataclass(frozen=True, slots=True)
class Is:
    """The term has one of the values."""

    ref: Ref
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two quantities compared; both must be known."""

    left: Quantity
    operator: str
    right: Quantity


@dataclass(frozen=True, slots=True)
class Known:
    """The term has a value (or, if not wanted, has none)."""

    ref: Ref
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class OptionIs:
    """The rule ranges over these options only."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A condition on the option alone, already decided at grounding, and the data it rests on."""

    truth: bool
    property: str = ""
    option: str = ""
    data: tuple[Datum, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    """Every part."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is denied."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Unless:
    """There is no evidence that the part holds."""

    part: Condition


Condition = Is | Compare | Known | OptionIs | Given | All | Any | Not | Unless


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside a condition."""
    if isinstance(condition, (All, Any)):
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


# --- reading ---------------------------------------------------------------------------


class Scope:
    """The names that conditions may use, and the reading of conditions written with them."""

    def __init__(self, knowledge: Knowledge, reader: Reader) -> None:
        self.knowledge, self.reader = knowledge, reader
        names = [*knowledge.attributes]
        names += [f"option.{n}" if t.per_option else n for n, t in knowledge.findings.items()]
        self.names = dict.fromkeys([*names, *(f"option.{name}" for name in knowledge.properties)])
        self.findings = [n for n in names if self.find(n)[0].kind == "finding"]

    def find(self, name: str) -> tuple[Ref, Term]:
        """The term that one of `names` stands for."""
        scoped, bare = name.startswith("option."), name.removeprefix("option.")
        k = self.knowledge
        if bare in k.findings and k.findings[bare].per_option == scoped:
            return Ref("finding", bare, scoped), k.findings[bare]
        if scoped:
            return Ref("property", bare, True), k.properties[bare]
        return Ref("attribute", bare), k.attributes[bare]

    def ref(self, name: str, node: Node) -> tuple[Ref, Term] | None:
        """The term a name stands for, or None with a problem noted."""
        if name not in self.names:
            self.reader.unknown(node, "attribute or finding", self.names)
            return None
        return self.find(name)

    def condition(self, node: Node) -> Condition:
        """A mapping (all of its entries) or a list (all of its conditions)."""
        if node.items is not None:
            return All(tuple(self.condition(item) for item in node.items))
        if node.pairs is None:
            help = "such as `attribute: value`"
            self.reader.report(node, f"a condition must be a mapping or a list, not {node.shape}", help)
            return All(())
        return All(tuple(self._entry(key, value) for key, value in node.pairs if key.text is not None))

    def _inner(self, node: Node, what: str) -> Condition:
        """A condition inside another, which must say something."""
        if node.pairs == [] or node.items == []:
            self.reader.report(node, f"{what} is given no condition")
        return self.condition(node)

    def _entry(self, key: Node, value: Node) -> Condition:
        name = key.text or ""
        if name == "any":
            parts = tuple(self._inner(item, "`any`") for item in self.reader.listing(value))
            if len(parts) < 2:
                self.reader.report(value, "`any` needs a list of two or more conditions")
            return Any(parts)
        if name == "all":
            return self._inner(value, "`all`")
        if name == "unless":
            return Unless(self._inner(value, "`unless`"))
        if name == "not":
            return self._negated(self._inner(value, "`not`"), key)
        if name == "option":
            return self._option(value)
        if name not in self.names:
            words = [*self.names, "any", "all", "not", "unless", "option"]
            self.reader.unknown(key, "attribute or finding", words)
            return All(())
        return self._test(*self.find(name), value)

    def _option(self, value: Node) -> Condition:
        if value.items == []:
            self.reader.report(value, "no option is given")
        options = self.knowledge.options
        ids = [self.reader.pick(item, "option", options) for item in self.reader.listing(value)]
        return OptionIs(tuple(id for id in ids if id))

    def _test(self, ref: Ref, term: Term, value: Node) -> Condition:
        if value.text == "known":
            return Known(ref)
        if value.text == "unknown":
            if ref.kind != "attribute":
                help = "write `unless: {" + term.name + ": known}`: a finding is concluded or it is not"
                self.reader.report(value, f"`{term.name}` is a {ref.kind} and is never unknown", help)
            return Known(ref, False)
        if value.pairs is None:
            return Is(ref, self._values(value, term))
        parts = [self._comparison(ref, term, key, operand) for key, operand in value.pairs]
        if not parts:
            self.reader.report(value, f"the test of `{term.name}` is empty")
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _comparison(self, ref: Ref, term: Term, key: Node, operand: Node) -> Condition:
        if key.text == "not":
            return self._negated(Is(ref, self._values(operand, term)), key)
        operator = self.reader.pick(key, "comparison", [*COMPARISONS, "not"])
        if operator and term.numeric:
            return Compare(ref, operator, self.quantity(operand, term))
        if operator and term.type:
            self.reader.report(key, f"`{term.name}` is a {term.type} and cannot be compared by size")
        return All(())

    def _negated(self, part: Condition, key: Node) -> Condition:
        for ref, _ in refs(part):
            if ref.kind == "finding":
                help = "write `unless`: a finding that no rule concluded is not denied, there is no evidence"
                self.reader.report(key, f"`not` over the finding `{ref.name}`", help)
        return Not(part)

    def _values(self, node: Node, term: Term) -> tuple[Value, ...]:
        items = self.reader.listing(node)
        if not items:
            self.reader.report(node, f"no value is given for `{term.name}`", f"allowed: {term.allowed}")
        values = [self._value(item, term) for item in items]
        return tuple(value for value in values if value is not None)

    def _value(self, item: Node, term: Term) -> Value | None:
        if item.text in ("known", "unknown"):
            help = f"write `any: [{{{term.name}: {item.text}}}, ...]`"
            self.reader.report(item, f"`{item.text}` stands alone: it is not a value of `{term.name}`", help)
            return None
        return read_value(item, term, self.reader)

    def quantity(self, node: Node, term: Term) -> Quantity:
        """A number, the name of a numeric term, or times / plus / minus of such, scaled as `term`."""
        text = node.text or ""
        if node.pairs is not None:
            return self._arithmetic(node, term)
        if node.blank or node.items is not None:
            self.reader.report(node, f"a quantity must not be {node.shape}", QUANTITIES)
            return 0
        if text[0] in "0123456789-.+":
            number = read_number(node, replace(term, low=None, high=None), self.reader)
            return number if number is not None else 0
        found = self.ref(text, node)
        if not found:
            return 0
        ref, other = found
        if not other.numeric:
            if other.type:
                self.reader.report(node, f"`{text}` is a {other.type}, not a number", QUANTITIES)
        elif term.kind == "factor":
            if other.type == "money" or other.decimals:  # a count of anything multiplies
                message = f"`{text}` ({_measure(other)}) is not a count, as all factors but one must be"
                self.reader.report(node, message)
        elif (other.decimals, other.unit) != (term.decimals, term.unit):
            message = f"`{text}` ({_measure(other)}) is not measured as `{term.name}` ({_measure(term)})"
            self.reader.report(node, message)
        return ref

    def _arithmetic(self, node: Node, term: Term) -> Quantity:
        pairs = node.pairs or []
        operator = self.reader.pick(pairs[0][0], "operator", ARITHMETIC) if len(pairs) == 1 else ""
        if not operator:
            if len(pairs) != 1:
                self.reader.report(node, "a computed quantity has one key", f"keys: {', '.join(ARITHMETIC)}")
            return 0
        operands = self.reader.listing(pairs[0][1])
        if len(operands) < 2 or (operator == "minus" and len(operands) > 2):
            many = "two operands" if operator == "minus" else "a list of two or more operands"
            self.reader.report(pairs[0][1], f"`{operator}` needs {many}")
        if operator != "times":
            return Arithmetic(operator, tuple(self.quantity(item, term) for item in operands))
        return Arithmetic("times", self._factors(operands, term, node))

    def _factors(self, operands: list[Node], term: Term, node: Node) -> tuple[Quantity, ...]:
        """One factor is measured as the product is, the others are plain counts."""
        count = Term("factor", "factor", "count", "")
        measured = [item for item in operands if self._is_measured(item, term)]
        if (term.decimals or term.unit) and len(measured) != 1:
            message = f"one factor must be measured as `{term.name}` ({_measure(term)}), and only one"
            self.reader.report(node, message)
        return tuple(self.quantity(item, term if item in measured[:1] else count) for item in operands)

    def _is_measured(self, node: Node, term: Term) -> bool:
        if node.text not in self.names:
            return node.pairs is not None or "." in (node.text or "")
        other = self.find(node.text)[1]
        return (other.decimals, other.unit) == (term.decimals, term.unit) and bool(term.decimals or term.unit)


def _measure(term: Term) -> str:
    places = f", {term.decimals} decimals" if term.type == "number" else ""
    return f"{term.type}{' of ' + term.unit if term.unit else ''}{places}"


# --- grounding -------------------------------------------------------------------------


def ground(condition: Condition, option: Option | None) -> Condition:
    """The condition spelled out for one option; what is said of the option itself is decided."""
    if isinstance(condition, (All, Any)):
        return replace(condition, parts=tuple(ground(part, option) for part in condition.parts))
    if isinstance(condition, (Not, Unless)):
        return replace(condition, part=ground(condition.part, option))
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
    return next(r.name for r in refs if r.kind == "property" and not option.properties.get(r.name))


def _ground_test(condition: Condition, option: Option) -> Condition:
    if not isinstance(condition, (Is, Known)) or not condition.ref.scoped:
        return condition
    if condition.ref.kind == "finding":
        return replace(condition, ref=replace(condition.ref, option=option.id))
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
            return replace(quantity, option=option.id)
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
    if isinstance(condition, All):
        return False if False in inside else (None if None in inside else True)
    if isinstance(condition, Any):
        return True if True in inside else (None if None in inside else False)
    if isinstance(condition, (Not, Unless)) and inside[0] is not None:
        return not inside[0]
    return None
