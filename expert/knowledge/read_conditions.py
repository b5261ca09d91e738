"""Reading conditions and quantities: which names they may use, and what fits with what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, assert_never

from expert.io.problems import shorten
from expert.io.yaml import Node, Reader
from expert.knowledge.read_terms import read_number, read_value
from expert.language.conditions import (
    COMPUTED,
    ROUNDED,
    SCALED,
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Count,
    Determined,
    Factor,
    Given,
    Is,
    Known,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Unless,
    parts_of,
)
from expert.language.english import listed
from expert.language.model import CHOICES, DAY, FACTOR, NONE_OF_THEM, Knowledge, Term, Value, by_rule_name

COMPARISONS = ("more-than", "at-least", "less-than", "at-most")
COUNTING = (*COMPARISONS, "exactly")
OF = "of"
QUANTITIES = f"a quantity is a number, a term with numbers, or {listed([*COMPUTED[:-1]], 'or')} of such"
DATES = "a date is written YYYY-MM-DD, or it is a term with dates, or min or max of such"


class Measured(NamedTuple):
    """A quantity, and of how many decimals the whole number is that it comes to."""

    quantity: Quantity
    decimals: int

    def to(self, decimals: int) -> Quantity:
        """The same with more decimals."""
        if decimals == self.decimals:
            return self.quantity
        return Arithmetic(SCALED, (self.quantity, 10 ** (decimals - self.decimals)))


class Scope:
    """The names that conditions may use, and the reading of conditions written with them."""

    def __init__(self, knowledge: Knowledge, reader: Reader) -> None:
        self.knowledge, self.reader = knowledge, reader
        names = [*knowledge.answerable, *by_rule_name(knowledge.findings)]
        self.names = dict.fromkeys([*names, *by_rule_name(knowledge.properties)])
        terms = {name: self.find(name) for name in dict.fromkeys(names)}
        self.findings = {name: term for name, (ref, term) in terms.items() if ref.kind == "finding"}
        self.numeric = [name for name, term in self.findings.items() if term.numeric]

    def find(self, name: str) -> tuple[Ref, Term]:
        """The term that one of `names` stands for."""
        scoped, bare = name.startswith("option."), name.removeprefix("option.")
        knowledge = self.knowledge
        if bare in knowledge.findings and knowledge.findings[bare].per_option == scoped:
            term = knowledge.findings[bare]
            return Ref("finding", bare, scoped, role=term.role, replies=term.replies), term
        if scoped:
            return Ref("property", bare, True), knowledge.properties[bare]
        return Ref("attribute", bare), knowledge.several.get(bare) or knowledge.attributes[bare]

    def ref(self, name: str, node: Node) -> tuple[Ref, Term] | None:
        """The term a name stands for, or None with a problem noted."""
        if name not in self.names:
            self.reader.unknown(node, "attribute or finding", self.names)
            return None
        return self.find(name)

    def condition(self, node: Node) -> Condition:
        """A mapping (all of its entries) or a list (all of its conditions)."""
        if node.items is not None:
            return AllOf(tuple(self.condition(item) for item in node.items))
        if node.pairs is None:
            help = "such as `attribute: value`"
            self.reader.report(node, f"a condition must be a mapping or a list, not {node.shape}", help)
            return AllOf(())
        if counted := self._counted(node.pairs):
            return self._count(node.pairs, counted)
        return AllOf(tuple(self._entry(key, value) for key, value in node.pairs if key.text is not None))

    def _counted(self, pairs: list[tuple[Node, Node]]) -> Node | None:
        """The list of what is counted, if a mapping counts; a term may be called `of`."""
        if OF in self.names:
            return None
        return next((value for key, value in pairs if key.text == OF), None)

    def _count(self, pairs: list[tuple[Node, Node]], counted: Node) -> Condition:
        """How many of some conditions hold; of two comparisons, both are so."""
        parts = tuple(self._inner(item, "`of`") for item in self.reader.listing(counted))
        if not parts:
            self.reader.report(counted, "`of` needs a list of conditions")
        counts: list[Condition] = []
        for key, value in pairs:
            operator = "" if key.text == OF else self.reader.pick(key, "comparison beside `of`", COUNTING)
            if not operator:
                continue
            number = self._number_of(value, parts, "conditions")
            if number is None:
                continue
            count = Count(operator, number, parts)
            if count.most is not None:
                self._deniable(key, parts, operator)
            counts.append(count)
        if len(pairs) < 2:
            self.reader.report(pairs[0][0], "`of` is counted by nothing", f"beside it: {', '.join(COUNTING)}")
        return counts[0] if len(counts) == 1 else AllOf(tuple(counts))

    def _number_of(self, node: Node, parts: tuple[Condition, ...], what: str) -> int | None:
        """How many of some parts a node says, or None with a problem noted."""
        number = node.text or ""
        if number.isascii() and number.isdigit() and len(number) < 7 and int(number) <= len(parts):
            return int(number)
        shown = f"`{shorten(number)}`" if number else node.shape
        help = f"a whole number from 0 to {len(parts)}, as many as there are {what}"
        self.reader.report(node, f"{shown} is no number of them", help)
        return None

    def _deniable(self, key: Node, parts: tuple[Condition, ...], operator: str) -> None:
        """That what is counted up to a most can be denied."""
        for part in parts:
            for ref in never_denied(part):
                help = f"`settle` `{ref.name}`, or write `unless`"
                self.reader.report(
                    key, f"`{operator}` counts what is denied, and the finding `{ref.name}` never is", help
                )

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
            return AnyOf(parts)
        if name == "all":
            return self._inner(value, "`all`")
        if name == "unless":
            return Unless(self._inner(value, "`unless`"))
        if name == "not":
            return self._negated(self._inner(value, "`not`"), key)
        if name == "option":
            return self._option(value)
        if name not in self.names:
            words = [*self.names, "any", "all", "not", "unless", "option", OF]
            self.reader.unknown(key, "attribute or finding", words)
            return AllOf(())
        return self._test(*self.find(name), value)

    def test(self, name: str, value: Node) -> Condition:
        """What is asked of the term that one of `names` stands for."""
        return self._test(*self.find(name), value)

    def _option(self, value: Node) -> Condition:
        options, items = self.knowledge.options, self.reader.listing(value)
        if not items:
            self.reader.report(value, "no option is given")
        ids = [self.reader.pick(item, "option", options) for item in items]
        return OptionIs(tuple(id for id in ids if id))

    def _test(self, ref: Ref, term: Term, value: Node) -> Condition:
        if term.type == CHOICES:
            return self._of_several(term, value)
        if value.text == "known":
            return Known(ref)
        if value.text == "unknown":
            if ref.kind != "attribute" and not (ref.role or ref.replies):
                help = "write `unless: {" + term.name + ": known}`: a finding is concluded or it is not"
                self.reader.report(value, f"`{term.name}` is a {ref.kind} and is never unknown", help)
            return Known(ref, False)
        if value.pairs is None:
            return Is(ref, self._values(value, term))
        parts = [self._comparison(ref, term, key, operand) for key, operand in value.pairs]
        if not parts:
            self.reader.report(value, f"the test of `{term.name}` is empty")
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    # --- several answers: a test of the yes-no attributes that their values are --------------------
    def _of_several(self, term: Term, value: Node) -> Condition:
        """What is asked of an attribute with several answers."""
        parts = [Ref("attribute", name) for name in term.parts]
        if value.text == "known":
            return AllOf(tuple(Known(part) for part in parts))
        if value.text == "unknown":
            return AnyOf(tuple(Known(part, False) for part in parts))
        if value.text == NONE_OF_THEM:
            return AllOf(tuple(Is(part, ("no",)) for part in parts))
        if value.pairs is None:
            return self._some_of(term, value)
        tests = [self._compared_several(term, key, operand) for key, operand in value.pairs]
        if not tests:
            self.reader.report(value, f"the test of `{term.name}` is empty")
        return tests[0] if len(tests) == 1 else AllOf(tuple(tests))

    def _some_of(self, term: Term, node: Node) -> Condition:
        """That one of some values is among the answers."""
        tests: list[Condition] = []
        for value in self._values(node, term):
            tests.append(Is(Ref("attribute", term.part(str(value))), ("yes",)))
        return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))

    def _compared_several(self, term: Term, key: Node, operand: Node) -> Condition:
        """That none of some values is among the answers, or how many of all values are."""
        if key.text == "not":
            none = operand.text == NONE_OF_THEM
            return Not(self._of_several(term, operand) if none else self._some_of(term, operand))
        operator = self.reader.pick(key, "comparison", [*COUNTING, "not"])
        parts = tuple(Is(Ref("attribute", name), ("yes",)) for name in term.parts)
        number = self._number_of(operand, parts, "values") if operator else None
        return AllOf(()) if number is None else Count(operator, number, parts)

    def _comparison(self, ref: Ref, term: Term, key: Node, operand: Node) -> Condition:
        if key.text == "not":
            return self._negated(Is(ref, self._values(operand, term)), key)
        operator = self.reader.pick(key, "comparison", [*COMPARISONS, "not"])
        if operator and term.ordered:
            measured = self.measured(operand, term)
            decimals = max(term.decimals, measured.decimals)
            left = Measured(ref, term.decimals).to(decimals)
            return Compare(left, operator, measured.to(decimals))
        if operator and term.type:
            self.reader.report(key, f"`{term.name}` is a {term.type} and cannot be compared by size")
        return AllOf(())

    def _negated(self, part: Condition, key: Node) -> Condition:
        for ref in never_denied(part):
            help = "write `unless`: a finding that no rule concluded is not denied, there is no evidence"
            self.reader.report(key, f"`not` over the finding `{ref.name}`", f"{help}; or `settle` it")
        return Not(part)

    def _values(self, node: Node, term: Term) -> tuple[Value, ...]:
        items = self.reader.listing(node)
        if not items:
            self.reader.report(node, f"no value is given for `{term.name}`", f"allowed: {term.allowed}")
        values = [self._value(item, term) for item in items]
        return tuple(value for value in values if value is not None)

    def _value(self, item: Node, term: Term) -> Value | None:
        if item.text in ("known", "unknown") or (term.type == CHOICES and item.text == NONE_OF_THEM):
            help = f"write `any: [{{{term.name}: {item.text}}}, ...]`"
            self.reader.report(item, f"`{item.text}` stands alone: it is not a value of `{term.name}`", help)
            return None
        return read_value(item, term, self.reader)

    def concluded(self, node: Node, term: Term) -> Quantity:
        """A quantity as a finding is concluded to be it: rounded where it has more decimals."""
        measured = self.measured(node, term)
        if measured.decimals <= term.decimals:
            return measured.to(term.decimals)
        return Arithmetic(ROUNDED, (measured.quantity, 10 ** (measured.decimals - term.decimals)))

    def measured(self, node: Node, term: Term) -> Measured:
        """A number, the name of a term that is compared, or what is computed of such, measured as `term`."""
        text = node.text or ""
        none = Measured(0, term.decimals)
        if node.pairs is not None:
            return self._arithmetic(node, term)
        if node.blank or node.items is not None:
            self.reader.report(node, f"a quantity must not be {node.shape}", self._quantities(term))
            return none
        if text[0] in "0123456789-.+":
            return self._literal(node, term)
        known = self.ref(text, node)
        if not known:
            return none
        ref, other = known
        if why := misfit(other, term):
            self.reader.report(node, f"`{text}` {why}", "" if other.numeric else self._quantities(term))
        return Measured(ref, other.decimals)

    def _quantities(self, term: Term) -> str:
        return DATES if term.is_date else QUANTITIES

    def _literal(self, node: Node, term: Term) -> Measured:
        """A number in the term's own decimals; a factor has those that it is written with."""
        if term.kind != FACTOR.kind:
            return Measured(
                read_number(node, term._replace(low=None, high=None), self.reader) or 0, term.decimals
            )
        places = len((node.text or "").strip().partition(".")[2].rstrip("0"))
        value = read_number(node, FACTOR._replace(decimals=min(places, 12)), self.reader) or 0
        return Measured(Factor(value, places) if places else value, places)

    def _arithmetic(self, node: Node, term: Term) -> Measured:
        pairs, none = node.pairs or [], Measured(0, term.decimals)
        if len(pairs) != 1:
            self.reader.report(node, "a computed quantity has one key", f"keys: {', '.join(COMPUTED)}")
        operator = self.reader.pick(pairs[0][0], "operator", COMPUTED) if len(pairs) == 1 else ""
        if not operator:
            return none
        key, value = pairs[0]
        if term.is_date and operator not in ("min", "max"):
            self.reader.report(key, f"`{operator}` is no date, and `{term.name}` is one", DATES)
            return none
        operands = self.reader.listing(value)
        if len(operands) < 2 or (operator in ("minus", "percent", "years-between") and len(operands) > 2):
            two = operator in ("minus", "percent", "years-between")
            many = "two operands" if two else "a list of two or more operands"
            self.reader.report(value, f"`{operator}` needs {many}")
            return none
        if operator == "years-between":
            return self._years(node, operands, term)
        if operator in ("times", "percent"):
            return self._product(operator, operands, term, node)
        parts = [self.measured(item, term) for item in operands]
        decimals = max(part.decimals for part in parts)
        return Measured(Arithmetic(operator, tuple(part.to(decimals) for part in parts)), decimals)

    def _years(self, node: Node, operands: list[Node], term: Term) -> Measured:
        """The completed years between two dates: a count."""
        if term.type == "money":
            message = f"`years-between` counts years, and `{term.name}` is {_measure(term)}"
            self.reader.report(node, message, "multiply it with what is paid for a year")
        parts = tuple(self.measured(item, DAY).quantity for item in operands)
        return Measured(Arithmetic("years-between", parts), 0)

    def _product(self, operator: str, operands: list[Node], term: Term, node: Node) -> Measured:
        """A product: one factor at most has a unit, that of the product; the others are plain numbers."""
        alike = [item for item in operands if self._has_unit(item, term, term.decimals)]
        if len(alike) > 1:
            message = f"`{operator}` has two factors with a unit ({_measure(term)}), and may have one"
            self.reader.report(node, message)
        of_unit = alike or [item for item in operands if self._has_unit(item, term)]
        measured, several = of_unit[:1], False
        if not of_unit and term.unit and operator == "times":
            # a number that is written can be of any unit, and what is made of such
            written = [item for item in operands if _is_number(item)]
            fractions = [item for item in written if "." in (item.text or "")]
            several = len(fractions) > 1  # each keeps its own decimals
            measured = (fractions or written or [item for item in operands if item.pairs is not None])[:1]
            if not measured and all(item.text in self.names for item in operands):
                message = f"one factor must be measured as `{term.name}` ({_measure(term)}), and only one"
                self.reader.report(node, message)
        parts = [self._factor(item, term, item in measured and not several) for item in operands]
        decimals = sum(part.decimals for part in parts) + (2 if operator == "percent" else 0)
        return Measured(Arithmetic(operator, tuple(part.quantity for part in parts)), decimals)

    def _factor(self, node: Node, term: Term, is_measured: bool) -> Measured:
        """A factor, which has the unit of the product, or is a plain number."""
        if not is_measured:
            return self.measured(node, FACTOR)
        if _is_number(node):
            decimals = len((node.text or "").strip().partition(".")[2].rstrip("0"))
            return self.measured(node, term if decimals <= term.decimals else FACTOR)
        if node.text in self.names:
            return self.measured(node, term._replace(decimals=self.find(node.text)[1].decimals))
        return self.measured(node, term)

    def _has_unit(self, node: Node, term: Term, decimals: int | None = None) -> bool:
        """Whether a factor has the unit of a term, and as many decimals if so many are wanted."""
        if not term.unit:
            return False
        if node.pairs is not None:
            inside = [item for _, value in node.pairs for item in self.reader.listing(value)]
            return any(self._has_unit(item, term, decimals) for item in inside)
        if node.text not in self.names:
            return False
        other = self.find(node.text)[1]
        return other.unit == term.unit and decimals in (None, other.decimals)


def _is_number(node: Node) -> bool:
    return re.fullmatch(r"[-+.]?[0-9].*", (node.text or "").strip()) is not None


def never_denied(condition: Condition) -> Iterator[Ref]:
    """The findings of which a condition asks for a value and which no case denies, where denial is read."""
    match condition:
        case Is(ref, _):
            if not ref.deniable:
                yield ref
        case Unless() | Not():
            return  # the one reads what holds, of the other's part it has been said
        case AllOf() | AnyOf() | Count():
            for part in parts_of(condition):
                yield from never_denied(part)
        case Compare() | Known() | Determined() | OptionIs() | Given():
            return
        case _:
            assert_never(condition)


def misfit(other: Term, term: Term) -> str:
    """Why a term cannot be a quantity that is measured as another one, if it cannot."""
    if other.type == CHOICES:
        return "has several answers, and is no number"
    if not other.type or (other.is_date and term.is_date):
        return ""
    if term.is_date:
        return f"is {_a(other)}, not a date"
    if not other.numeric:
        return f"is {_a(other)}, not a number"
    if term.kind == FACTOR.kind:  # a count of anything multiplies
        plain = other.type != "money" and not (other.decimals and other.unit)
        return "" if plain else f"({_measure(other)}) has a unit, which only one factor may have"
    same = (other.decimals, other.unit) == (term.decimals, term.unit)
    return "" if same else f"({_measure(other)}) is not measured as `{term.name}` ({_measure(term)})"


def _a(term: Term) -> str:
    return term.type if term.type == "money" else f"a {term.type}"


def _measure(term: Term) -> str:
    places = f", {term.decimals} decimals" if term.type == "number" else ""
    return f"{term.type}{' of ' + term.unit if term.unit else ''}{places}"
