"""A rule base as CLIPS text: what the reference engine of the field loads, runs and agrees with.

Each instance becomes one defrule, whose salience is its place in the firing order; what it counts is
counted by defrules that come before it. A case is a
set of `answer` facts (an attribute without one is unknown); what follows is asserted as facts:

    (finding (name ..) (option ..) (value ..))      and argument, step, wait, flag, advice, caution
    (fired (n 1) (rule ..) (option ..))             every firing, numbered

Numbers are integers, scaled as the shell scales them, so that no total is ever inexact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from pathlib import Path
from typing import NamedTuple, assert_never

from expert.backends.long_numbers import too_long
from expert.io.problems import KnowledgeError
from expert.io.quoting import backslashed
from expert.language.algebra import OPERATORS, amount
from expert.language.conclusions import (
    Addend,
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    First,
    Flag,
    Plan,
    Row,
    Tally,
    Wait,
)
from expert.language.conditions import (
    PRODUCTS,
    ROUNDED,
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
    Several,
    Unless,
    compared,
    conjuncts,
    is_bounded,
    parts_of,
    quantity_refs,
    unrounded,
)
from expert.language.english import Phrases, agreeing, fill, readable
from expert.language.keys import exception_of
from expert.language.model import SCORE, Knowledge, Term, Value
from expert.language.rules import Instance, RuleBase

HIGHEST = 10_000  # CLIPS has the saliences -10000 to 10000, and no more
SPREAD = 100  # CLIPS makes a rule of its own for every way through the `or`s of a rule
LARGEST = 2**63 - 1  # of an integer in CLIPS
COMPARE = {"more-than": ">", "at-least": ">=", "less-than": "<", "at-most": "<="}

TEMPLATES = {
    "answer": "attribute value",
    "finding": "name option value",
    "argument": "topic stance option target strength rule text",
    "step": "name",
    "wait": "name option",
    "flag": "name option",
    "advice": "name option rule text",
    "caution": "name option rule text",
    "fired": "n rule option",
}

COUNTED = ("by", "among", "so")  # of the first so many parts, so many are so

Pattern = str | bool  # conditional elements, or what is the same in every case


def clips_text(base: RuleBase) -> Iterator[str]:
    """The lines of the `.clp` file.

    Raises KnowledgeError if CLIPS has not saliences enough, or numbers long enough to compare.
    """
    if problems := too_long(base):
        raise KnowledgeError(problems)
    if len(base.instances) <= 2 * HIGHEST + 1:
        made = [_Defrule(instance, base.knowledge) for instance in base.instances]
        needed = (
            len(made) + sum(len(each.counts) + bool(each.rows) for each in made) + bool(_answerable(base))
        )
    else:
        made, needed = [], len(base.instances)
    if needed > 2 * HIGHEST + 1:
        message = f"CLIPS has saliences for {2 * HIGHEST + 1:,} rules only, and here are "
        raise KnowledgeError(f"{message}{needed:,}, each option's counted")
    return _lines(base, made)


def _lines(base: RuleBase, made: list[_Defrule]) -> Iterator[str]:
    yield from _head(base.knowledge)
    for name, slots in TEMPLATES.items():
        yield f"(deftemplate {name} {' '.join(f'(slot {slot})' for slot in slots.split())})"
    yield ""
    yield from _file("computing.clp")
    if any(each.instance.rule.exception_to for each in made):
        yield "(deftemplate applies (slot rule) (slot option))"
    if any(each.counts for each in made):
        yield ""
        yield f"(deftemplate counted {' '.join(f'(slot {slot})' for slot in COUNTED)})"
    if any(isinstance(c, Tally) for each in made for c in each.instance.then):
        yield ""
        yield from _file("scoring.clp")
    salience = HIGHEST
    if answerable := _answerable(base):
        yield ""
        for term in answerable:
            yield from _answered(term, salience)
        salience -= 1
    for each in made:
        if each.counts:
            yield ""
            for count in each.counts:  # after those that stand inside it
                yield from count.lines(salience)
                salience -= 1
        if each.rows:
            yield ""
            for n, row in enumerate(each.rows, 1):
                yield from each.row_lines(n, row, salience)
            salience -= 1
        yield ""
        yield from each.lines(salience)
        salience -= 1


def _file(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text("utf-8").splitlines()


def _answerable(base: RuleBase) -> list[Term]:
    """The findings that may be answered."""
    return [term for term in base.knowledge.findings.values() if term.asked]


def _answered(term: Term, salience: int) -> Iterator[str]:
    """The defrule by which a finding has the value that is answered."""
    about = {"name": token(term.name), "option": "nil"}
    facts = [written("finding", {**about, "value": "?v"})]
    if term.role == SCORE:
        facts.append(written("score", {**about, "low": "?v", "high": "?v"}))
    answer = written("answer", {"attribute": token(term.name), "value": "?v"})
    asserted = " ".join(facts)
    yield f"(defrule answered.{term.name} (declare (salience {salience})) {answer} => (assert {asserted}))"


def fact(template: str, **slots: Value) -> str:
    """A fact of constants."""
    return written(template, {slot: token(value) for slot, value in slots.items()})


def written(template: str, slots: dict[str, str]) -> str:
    return f"({template} {' '.join(f'({slot} {text})' for slot, text in slots.items())})"


def token(value: Value) -> str:
    """A constant as CLIPS reads it: a symbol if it can be one, a number, or a string."""
    if isinstance(value, int):
        return str(value) if abs(value) <= LARGEST else f"{float(value)!r}"
    if not value:
        return "nil"
    return value if re.fullmatch("[a-z][a-z0-9_-]*", value) and value != "nil" else backslashed(value)


def _head(knowledge: Knowledge) -> Iterator[str]:
    yield f"; {knowledge.title} (version {knowledge.version}), as rules for CLIPS"
    yield f"; made from the knowledge base {knowledge.hash}"
    yield f"; {knowledge.disclaimer}"
    yield "; A case: (reset) (assert (answer (attribute ..) (value ..)) ...) (run) (facts). Its attributes:"
    for term in knowledge.attributes.values():
        yield f";   {term.name}: {_values(term)}"
    numbers = [term for term in knowledge.findings.values() if term.ordered]
    for term in numbers:
        yield f"; The finding {term.name} is {_values(term)}"
    yield ""


def _values(term: Term) -> str:
    if term.is_date:
        return "a date, as the integer YYYYMMDD"
    if not term.numeric:
        return ", ".join(map(token, term.values))
    unit = f" {term.unit}" if term.unit else ""
    return (
        f"an integer, in 1/{10**term.decimals}{unit}" if term.decimals else f"an integer{unit and ','}{unit}"
    )


def both(parts: Iterable[Pattern]) -> Pattern:
    """Every one of the patterns."""
    patterns = list(parts)
    if False in patterns:
        return False
    return _joined("and", [part for part in patterns if isinstance(part, str)], True)


def either(parts: Iterable[Pattern], spread: bool = True) -> Pattern:
    """At least one of the patterns: an `or`, or if that would multiply the rule, two negations."""
    patterns = list(parts)
    if True in patterns:
        return True
    elements = [part for part in patterns if isinstance(part, str)]
    if len(elements) < 2 or spread:
        return _joined("or", elements, False)
    return negated(both(negated(part) for part in elements))


def _joined(word: str, elements: list[str], empty: bool) -> Pattern:
    """The elements under one word, which a single one does not need; `empty` is what none come to."""
    if not elements:
        return empty
    return elements[0] if len(elements) == 1 else f"({word} {' '.join(elements)})"


def negated(pattern: Pattern) -> Pattern:
    """There is nothing that matches."""
    return not pattern if isinstance(pattern, bool) else f"(not {pattern})"


def ways(condition: Condition) -> int:
    """How many ways there may be to hold or to be denied: what CLIPS spells an `or` out to."""
    match condition:
        case AllOf() | AnyOf() | Not() | Unless():
            inside = [ways(part) for part in parts_of(condition)]
            return max(prod(inside), sum(inside), 1)
        case Is() | Known() | Compare() | Determined() | Given() | OptionIs() | Count():
            return 1
        case _:
            assert_never(condition)


class _Counting(NamedTuple):
    """Defrules that count which of some patterns match, one after the other."""

    name: str
    patterns: list[Pattern]

    def lines(self, salience: int) -> Iterator[str]:
        """Of the first i patterns, n match where n of those before do, or n - 1 and it."""
        by = backslashed(self.name)
        yield f"(deffacts {self.name} {written('counted', {'by': by, 'among': '0', 'so': '0'})})"
        for place, pattern in enumerate(self.patterns, 1):
            before = written("counted", {"by": by, "among": str(place - 1), "so": "?n"})
            same = written("counted", {"by": by, "among": str(place), "so": "?n"})
            more = written("counted", {"by": by, "among": str(place), "so": "(+ ?n 1)"})
            declared = f"(declare (salience {salience}))"
            yield f"(defrule {self.name}.{place} {declared} {before} => (assert {same}))"
            if pattern is not False:
                matched = f"{before} {pattern}" if isinstance(pattern, str) else before
                yield f"(defrule {self.name}.{place}.so {declared} {matched} => (assert {more}))"


class _Defrule:
    """One instance as a defrule."""

    def __init__(self, instance: Instance, knowledge: Knowledge) -> None:
        self.instance, self.knowledge = instance, knowledge
        self.spread = ways(instance.when) <= SPREAD
        self.variables = 0
        self.counts: list[_Counting] = []
        self.rows: list[tuple[Pattern, Pattern]] = []  # of a score: where each counts, and where it does not
        for c in instance.then:
            for row in c.rows if isinstance(c, Tally) else ():
                self.rows.append((self.holds(row.when), self.denied(row.when)))
        when = instance.when
        self.patterns = [self.holds(part) for part in conjuncts(when)]

    def lines(self, salience: int) -> Iterator[str]:
        """The defrule, under a comment that says where it comes from."""
        rule, patterns = self.instance.rule, self.patterns
        yield f"; {rule.span.file.rpartition('rules/')[2]}: {rule.basis}, {' '.join(rule.claims)}"
        if False in patterns:
            yield f"; {self.instance.id} holds in no case"
            return
        yield f"(defrule {self.instance.id} {backslashed(self.because)}"
        yield f"  (declare (salience {salience}))"
        yield f"  (not {fact('fired', rule=rule.id, option=self.instance.option)})"
        yield from (f"  {pattern}" for pattern in patterns if isinstance(pattern, str))
        yield "  =>"
        yield from (f"  {self.draws(conclusion)}" for conclusion in self.instance.then)
        if rule.exception_to:
            yield f"  (assert {fact('applies', rule=rule.id, option=self.instance.option)})"
        yield f"  (fire {token(rule.id)} {token(self.instance.option)}))"

    def row_lines(self, n: int, row: tuple[Pattern, Pattern], salience: int) -> Iterator[str]:
        """The defrules that say how the n-th row of a score stands."""
        name = f"{self.instance.id}.row-{n}"
        for word, pattern in zip(("yes", "no"), row, strict=True):
            if pattern is not False:
                says = written("row", {"by": backslashed(self.instance.id), "n": str(n), "so": word})
                matched = f" {pattern}" if isinstance(pattern, str) else ""
                declared = f"(declare (salience {salience}))"
                yield f"(defrule {name}.{word} {declared}{matched} => (assert {says}))"

    def scores(self, score: Tally) -> str:
        """The actions that add up a score, assert its bounds, and a finding where they meet."""
        actions = []
        for side, of, pick in (("?low", "low-of", "min"), ("?high", "high-of", "max")):
            total, place = "0", 0
            for item in score.items:
                added, place = self.addend(item, score, (of, pick), place)
                total = f"(plus {total} {added})"
            actions.append(f"(bind {side} {total})")
        about = {"name": token(score.name), "option": token(score.option)}
        bounds = written("score", {**about, "low": "?low", "high": "?high"})
        finding = written("finding", {**about, "value": "?low"})
        return f"{' '.join(actions)} (assert {bounds}) (if (= ?low ?high) then (assert {finding}))"

    def addend(self, item: Addend, score: Tally, side: tuple[str, str], place: int) -> tuple[str, int]:
        """One bound of an item, and how many rows there are up to it."""
        match item:
            case Row():
                return self.row_of(item, "0", side[1], place + 1), place + 1
            case First(rows, rest):
                bound = token(rest)
                for n, row in reversed([*enumerate(rows, place + 1)]):
                    bound = self.row_of(row, bound, side[1], n)
                return bound, place + len(rows)
            case int():
                return token(item), place
            case Ref():
                if item.kind == "finding":
                    return f"({side[0]} {token(item.name)} {token(item.option)})", place
                ends = next((low, high) for name, low, high in score.ends if name == item.name)
                return f"(answered {token(item.name)} {token(ends[side[1] == 'max'])})", place
            case _:
                assert_never(item)

    def row_of(self, row: Row, rest: str, pick: str, n: int) -> str:
        """The points of the n-th row where it counts, else the rest; while it is open a bound of both."""
        stands, points = f"(stands {backslashed(self.instance.id)} {n})", token(row.points)
        otherwise = f"(if (eq {stands} no) then {rest} else ({pick} {points} {rest}))"
        return f"(if (eq {stands} yes) then {points} else {otherwise})"

    @property
    def because(self) -> str:
        """The rule's sentence; of what is settled with `no`, without one, what is denied."""
        because = self.instance.rule.because
        return self.text(because) if because else Phrases(self.knowledge).denied(self.instance)

    # --- conditions ---------------------------------------------------------------------

    def holds(self, c: Condition) -> Pattern:
        """The patterns that match where a condition holds."""
        match c:
            case Is():
                return self.term(c.ref, "|".join(token(value) for value in c.values))
            case Known():
                return self.term(c.ref) if c.wanted else negated(self.term(c.ref))
            case Compare():
                return self.compare(c)
            case Determined(quantity):
                names = self.mentioned([*quantity_refs(quantity)])
                patterns = " ".join(self.bound(*each) for each in names)
                low, high = bounds_of(quantity, iter(ends for _, *ends in names))
                return f"(and {patterns} (test (= {low} {high})))"
            case Given():
                return c.truth
            case AllOf():
                return both(self.holds(part) for part in c.parts)
            case AnyOf():
                return either((self.holds(part) for part in c.parts), self.spread)
            case Count():
                return both(self.counted(c.parts, number, denied) for number, denied in c.needed)
            case Not():
                return self.denied(c.part)
            case Unless():
                return negated(self.holds(c.part))
            case OptionIs():
                raise TypeError(f"not grounded: {c!r}")
            case _:
                assert_never(c)

    def denied(self, c: Condition) -> Pattern:
        """The patterns that match where the case says otherwise."""
        match c:
            case Is():
                if c.ref.role == SCORE:
                    return self.beside(c)
                other = "&".join(f"~{token(value)}" for value in c.values)
                if c.ref.replies and not c.ref.role:  # what is concluded denies nothing
                    return written("answer", {"attribute": token(c.ref.name), "value": other})
                return self.term(c.ref, other) if c.ref.deniable else False
            case Compare():
                if is_bounded(c.left) or is_bounded(c.right):
                    known = dict.fromkeys(self.bound(ref, "", "") for ref in compared(c))
                    return both([*known, negated(self.between(c, False))])
                known = dict.fromkeys(self.term(ref) for ref in compared(c))
                return both([*known, negated(self.compare(c))])
            case Unless(_, counts) if counts:
                return False  # where answers disagree, what is asked of them is open
            case Known() | Determined() | Given() | Unless() | OptionIs():
                return negated(self.holds(c))
            case AllOf():
                return either((self.denied(part) for part in c.parts), self.spread)
            case AnyOf():
                return both(self.denied(part) for part in c.parts)
            case Count():
                ways = [self.counted(c.parts, number, denied) for number, denied in c.refuted]
                return either(ways, self.spread)
            case Not():
                return self.holds(c.part)
            case _:
                assert_never(c)

    def counted(self, parts: tuple[Condition, ...], number: int, denied: bool) -> Pattern:
        """The pattern that matches where so many of the parts hold, or are denied."""
        if not 0 < number <= len(parts):
            return number <= 0
        patterns = [self.denied(part) if denied else self.holds(part) for part in parts]
        name = f"{self.instance.id}.count-{len(self.counts) + 1}"
        self.counts.append(_Counting(name, patterns))
        slots = {"by": backslashed(name), "among": str(len(parts)), "so": str(number)}
        return written("counted", slots)

    def term(self, ref: Ref, value: str = "") -> str:
        """The pattern of an answer or a finding."""
        if rule := exception_of(ref.name):
            return written("applies", {"rule": token(rule), "option": token(ref.option)})
        slots = {"value": value} if value else {}
        if ref.kind == "attribute":
            return written("answer", {"attribute": token(ref.name), **slots})
        return written("finding", {"name": token(ref.name), "option": token(ref.option), **slots})

    def compare(self, c: Compare) -> Pattern:
        """The terms compared, each mention matched by itself, and the test of their values."""
        if is_bounded(c.left) or is_bounded(c.right):
            return self.between(c, True)
        names = [(self.variable(), ref) for ref in compared(c)]
        pairs = [*product(spelled_out(c.left), spelled_out(c.right))]
        if not names:
            operator = OPERATORS[c.operator]
            return any(operator(amount(left, {}), amount(right, {})) for left, right in pairs)
        tests = []
        for left, right in pairs:
            values = iter(name for name, _ in names)
            tests.append(f"({COMPARE[c.operator]} {computed(left, values)} {computed(right, values)})")
        patterns = " ".join(self.term(ref, name) for name, ref in names)
        return f"(and {patterns} (test {_joined('or', tests, False)}))"

    # --- bounds -----------------------------------------------------------------------------
    def mentioned(self, refs: list[Ref]) -> list[tuple[Ref, str, str]]:
        """Terms, each mention with the names of its low and its high bound: one of what is no score."""
        mentions = []
        for ref in refs:
            name = self.variable()
            mentions.append((ref, f"{name}l", f"{name}h") if ref.role == SCORE else (ref, name, name))
        return mentions

    def bound(self, ref: Ref, low: str, high: str) -> str:
        """The pattern of a term with its bounds."""
        if ref.role != SCORE:
            return self.term(ref, low)
        ends = {"low": low, "high": high} if low else {}
        return written("score", {"name": token(ref.name), "option": token(ref.option), **ends})

    def between(self, c: Compare, surely: bool) -> str:
        """A comparison that is so of every value between the bounds; or, if not surely, of some."""
        names = self.mentioned(compared(c))
        tests = []
        for left, right in product(spelled_out(c.left), spelled_out(c.right)):
            ends = iter((low, high) for _, low, high in names)
            (low, high), (least, most) = bounds_of(left, ends), bounds_of(right, ends)
            lower = (c.operator in ("more-than", "at-least")) == surely
            one, other = (low, most) if lower else (high, least)
            tests.append(f"({COMPARE[c.operator]} {one} {other})")
        patterns = " ".join(self.bound(*each) for each in names)
        return f"(and {patterns} (test {_joined('or', tests, False)}))"

    def beside(self, c: Is) -> str:
        """That a score can be none of some values."""
        [(ref, low, high)] = self.mentioned([c.ref])
        tests = [f"(or (> {low} {token(value)}) (< {high} {token(value)}))" for value in c.values]
        return f"(and {self.bound(ref, low, high)} (test {_joined('and', tests, True)}))"

    def variable(self) -> str:
        self.variables += 1
        return f"?v{self.variables}"

    # --- conclusions --------------------------------------------------------------------

    def draws(self, c: Conclusion) -> str:
        """The action that asserts a conclusion; of a finding that may be answered, unless it is."""
        if not isinstance(c, (Conclude, Tally)) or not c.replies:
            return self.concludes(c)
        answered = f"(any-factp ((?answer answer)) (eq ?answer:attribute {token(c.name)}))"
        return f"(if (not {answered}) then {self.concludes(c)})"

    def concludes(self, c: Conclusion) -> str:
        """The action that asserts a conclusion."""
        named = {"name": c.name}
        match c:
            case Conclude(_, value):
                if not isinstance(value, (str, int)):
                    return " ".join(self.computes(c, each) for each in spelled_out(value))
                slots: dict[str, Value] = {**named, "option": c.option, "value": value}
            case Tally():
                return self.scores(c)
            case Argue():
                says = {"target": c.target, "strength": c.strength, "rule": self.instance.rule.id}
                about = {"topic": c.name, "stance": c.stance, "option": c.option}
                slots = {**about, **says, "text": self.text(c.text)}
            case Advise() | Caution():
                says = {"rule": self.instance.rule.id, "text": self.text(c.text)}
                slots = {**named, "option": c.option, **says}
            case Plan():
                slots = {**named}
            case Wait() | Flag():
                slots = {**named, "option": c.option}
            case _:
                assert_never(c)
        return f"(assert {fact(c.kind, **slots)})"

    def computes(self, c: Conclude, quantity: Quantity) -> str:
        """The action that asserts every value of a quantity; none if a term of it is not known."""
        names = [(f"?f{n}", ref) for n, ref in enumerate(quantity_refs(quantity), 1)]
        if is_bounded(quantity):
            return self.computes_bounds(c, quantity, names)
        total = computed(quantity, iter(f"{name}:value" for name, _ in names))
        slots = {"name": token(c.name), "option": token(c.option), "value": total}
        action = f"(assert {written('finding', slots)})"
        for name, ref in reversed(names):
            action = f"(delayed-do-for-all-facts {_query(name, ref)} {action})"
        return action

    def computes_bounds(self, c: Conclude, quantity: Quantity, names: list[tuple[str, Ref]]) -> str:
        """The action that asserts the value of a quantity with bounds, where they meet."""
        ends = []
        for name, ref in names:
            ends.append((f"{name}:low", f"{name}:high") if ref.role == SCORE else (f"{name}:value",) * 2)
        exact, by = unrounded(quantity)
        low, high = bounds_of(exact, iter(ends))
        value = _applied(ROUNDED, low, token(by)) if by > 1 else low
        finding = written("finding", {"name": token(c.name), "option": token(c.option), "value": value})
        action = f"(if (= {low} {high}) then (assert {finding}))"
        for name, ref in reversed(names):
            action = f"(delayed-do-for-all-facts {_query(name, ref)} {action})"
        return action

    def text(self, text: str) -> str:
        """A text about this option; what the case fills in is named and not filled."""
        option = self.knowledge.options.get(self.instance.option)

        def of_option(name: str) -> str:
            if "|" in name:
                return agreeing(name, option)
            if option is None or not (name + ".").startswith("option."):
                return "{" + name + "}"
            bare = name.removeprefix("option.")
            shown = [self.knowledge.properties[bare].show(d.value) for d in option.properties.get(bare, ())]
            return option.phrase if name == "option" else " or ".join(shown) or "{" + name + "}"

        return readable(fill(text, of_option), self.knowledge)


def spelled_out(quantity: Quantity) -> list[Quantity]:
    """The quantity with each of the numbers of properties that have several."""
    match quantity:
        case int() | Factor() | Ref():
            return [quantity]
        case Several(values):
            return [*values]
        case Arithmetic(operator, parts):
            return [Arithmetic(operator, chosen) for chosen in product(*map(spelled_out, parts))]
        case _:
            assert_never(quantity)


def computed(quantity: Quantity, values: Iterator[str]) -> str:
    """A quantity as a CLIPS expression over the values of its terms, in the order of `quantity_refs`."""
    match quantity:
        case int() | Factor():
            return token(amount(quantity, {}))
        case Ref():
            return next(values)
        case Several():
            raise TypeError(f"not spelled out: {quantity!r}")
        case Arithmetic():
            first, *rest = [computed(part, values) for part in quantity.parts]
            for more in rest:
                first = _applied(quantity.operator, first, more)
            return first
        case _:
            assert_never(quantity)


def bounds_of(quantity: Quantity, ends: Iterator[Iterable[str]]) -> tuple[str, str]:
    """The bounds of a quantity as expressions over those of its terms, in the order of `quantity_refs`."""
    match quantity:
        case int() | Factor():
            return (token(amount(quantity, {})),) * 2
        case Ref():
            low, high = next(ends)
            return low, high
        case Several():
            raise TypeError(f"not spelled out: {quantity!r}")
        case Arithmetic(operator, parts):
            (low, high), *rest = [bounds_of(part, ends) for part in parts]
            for least, most in rest:
                low, high = _together(operator, (low, high), (least, most))
            return low, high
        case _:
            assert_never(quantity)


def _applied(operator: str, one: str, other: str) -> str:
    return f"({'times' if operator in PRODUCTS else operator} {one} {other})"


def _together(operator: str, one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    if operator == "minus":
        return f"(minus {one[0]} {other[1]})", f"(minus {one[1]} {other[0]})"
    if operator == "years-between":
        return f"(years-between {one[1]} {other[0]})", f"(years-between {one[0]} {other[1]})"
    if operator not in PRODUCTS:
        return f"({operator} {one[0]} {other[0]})", f"({operator} {one[1]} {other[1]})"
    products = " ".join(f"(times {a} {b})" for a in one for b in other)
    return f"(min {products})", f"(max {products})"


def _query(name: str, ref: Ref) -> str:
    """The facts that give a term its values, one at a time in `name`."""
    if ref.kind == "attribute":
        return f"(({name} answer)) (eq {name}:attribute {token(ref.name)})"
    template = "score" if ref.role == SCORE else "finding"
    of_option = f"(eq {name}:option {token(ref.option)})"
    return f"(({name} {template})) (and (eq {name}:name {token(ref.name)}) {of_option})"
