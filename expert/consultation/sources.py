"""What premises rest on: of each condition that holds, or is denied, where in a case that is found.

A `Source` is a function of working memory, made once for a rule base; it does not hold the wording that holds
it, which goes as soon as nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, assert_never

from expert.consultation.result import Bound, Match
from expert.consultation.statements import spelled
from expert.language.algebra import OPERATORS
from expert.language.asking import compiled
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Count,
    Determined,
    Given,
    Is,
    Known,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Unless,
    quantity_refs,
    refs,
    unscaled,
    walk,
)
from expert.language.english import NEGATED, bounded, comparison_words, datum_statement
from expert.language.model import SCORE, Term, Value

if TYPE_CHECKING:
    from expert.consultation.memory import WorkingMemory
    from expert.consultation.wording import Wording

Source = Callable[["WorkingMemory"], Sequence[Match]]  # of what a premise rests on


def sources_of(condition: Condition, wording: Wording) -> Iterator[Source]:
    """What a condition that holds rests on, in the order in which it is written."""
    match condition:
        case Is():
            yield resting_on(condition.ref, condition.values)
        case AllOf():
            for part in condition.parts:
                yield from sources_of(part, wording)
        case Given():
            yield from data_of(condition, wording)
        case Known(ref, wanted):
            missing = not wanted and ref.kind != "attribute"
            yield _without(Known(ref), wording) if missing else resting_on(ref)
        case Compare():
            yield from _compared(condition, False, wording)
        case Determined():
            for ref in quantity_refs(condition.quantity):
                yield resting_on(ref)
        case AnyOf():
            yield _first([(part, [*sources_of(part, wording)]) for part in condition.parts])
        case Not(Compare() as part):
            yield from _compared(part, True, wording)
        case Count(_, _, parts):
            for number, denied in condition.needed:
                yield _some(parts, number, denied, wording)
        case Not(part) if _is_exact(part):
            yield from denials_of(part, wording)
        case Not(Is(ref, values)) if ref.kind == "attribute":
            yield _other_than(ref, values)
        case Unless(_, counts) if counts:
            pass  # of answers that disagree a caution tells
        case Not():
            for ref, _ in refs(condition):
                if ref.kind == "attribute":
                    yield _if_answered(ref.name)
        case Unless():
            yield _without(condition.part, wording)
        case OptionIs():
            raise TypeError(f"not grounded: {condition!r}")
        case _:
            assert_never(condition)


def denials_of(condition: Condition, wording: Wording) -> Iterator[Source]:
    """What rests a denial: of an `all`, the first part that is denied; of an `any`, every part."""
    match condition:
        case Is(ref, values):
            yield _other_than(ref, values) if ref.kind == "attribute" else resting_on(ref)
        case Compare():
            yield from _compared(condition, True, wording)
        case Known(ref, wanted):
            known = wanted and ref.kind != "attribute"
            yield _without(Known(ref), wording) if known else resting_on(ref)
        case Determined():
            for ref in quantity_refs(condition.quantity):
                yield resting_on(ref)
        case AllOf():
            yield _first([(Not(part), [*denials_of(part, wording)]) for part in condition.parts])
        case AnyOf():
            for part in condition.parts:
                yield from denials_of(part, wording)
        case Not() | Unless():
            yield from sources_of(condition.part, wording)
        case Count(_, _, parts):
            sources = [_some(parts, number, denied, wording) for number, denied in condition.refuted]
            yield sources[0] if len(sources) == 1 else _either(sources)
        case Given():
            data = wording.base.knowledge.options[condition.option].properties.get(condition.property, ())
            yield from data_of(condition._replace(data=data), wording)
        case OptionIs():
            raise TypeError(f"not grounded: {condition!r}")
        case _:
            assert_never(condition)


def _some(parts: tuple[Condition, ...], number: int, denied: bool, wording: Wording) -> Source:
    """What it rests on that so many of the parts hold, or are denied: the first of those that are so."""
    tests = [Not(part) if denied else part for part in parts]
    rests = [[*(denials_of(part, wording) if denied else sources_of(part, wording))] for part in parts]
    return _first([*zip(tests, rests, strict=True)], number)


def _without(condition: Condition, wording: Wording) -> Source:
    """That there is no evidence of a condition."""
    text, names = wording.said(Unless(condition))
    states = wording.states(Unless(condition))._replace(stands="holds")
    return _always(Match("no-evidence", ", ".join(names), None, None, text, states=states))


def _compared(condition: Compare, negated: bool, wording: Wording) -> Iterator[Source]:
    """What a comparison rests on: what is compared, with its limit, then what the limit is made of."""
    written = condition.written or condition
    left, by = unscaled(written.left)
    if isinstance(left, Ref):
        term = wording.phrases.term(left)
        operator = NEGATED[condition.operator] if negated else condition.operator
        of = spelled(written.right, wording.phrases, term)
        bare = isinstance(unscaled(written.right)[0], int)
        limit = "" if bare else wording.phrases.quantity(written.right, term)
        test = Comparing(left, term, operator, condition.right, of, limit, by)
        for source in _term(left, negated, wording):
            yield _meeting(source, test)
    for ref in quantity_refs(written.right):
        yield from _term(ref, negated, wording)


def _term(ref: Ref, if_any: bool, wording: Wording) -> Iterator[Source]:
    """What a premise on a term rests on; of an answer that there may not be, if there is one."""
    if ref.kind == "property":
        data = wording.base.knowledge.options[ref.option].quantified(ref.name)
        yield from data_of(Given(True, ref.name, ref.option, data), wording)
    elif if_any and ref.kind == "attribute":
        yield _if_answered(ref.name)
    else:
        yield resting_on(ref)


def data_of(given: Given, wording: Wording) -> Iterator[Source]:
    """What a condition on the option alone rests on."""
    if given.property:
        term = wording.base.knowledge.properties[given.property]
        for datum in given.data:
            said = term.plain(datum.value), datum_statement(term, datum)
            yield _always(Match("datum", given.property, given.option, *said, datum.claims))


def finer(term: Term, by: int) -> Term:
    """The term with as many decimals more as a power of ten has."""
    return term._replace(decimals=term.decimals + len(str(by)) - 1)


def _always(match: Match) -> Source:
    matches = (match,)
    return lambda memory: matches


def resting_on(ref: Ref, wanted: tuple[Value, ...] | None = None) -> Source:
    """What a premise on a term rests on: its answer, or its findings (of the values wanted, if given)."""
    if ref.replies:
        inferred = resting_on(ref._replace(replies=()), wanted)
        return lambda memory: _answer_among(memory, ref.name, wanted) or inferred(memory)
    name, key = ref.name, ref.key
    if ref.kind == "attribute":
        return lambda memory: memory.wording.answer(name, memory.case.value(name))
    if ref.role == SCORE:
        return lambda memory: memory.score_match(ref)
    return lambda memory: [
        memory.match(ref, key, value)
        for value in memory.values.get(key, ())
        if wanted is None or value in wanted
    ]


def _answer_among(memory: WorkingMemory, name: str, wanted: tuple[Value, ...] | None) -> Sequence[Match]:
    """The answer to a finding, if there is one, and if it is one of those wanted."""
    value = memory.answered.get(name)
    if value is None or (wanted is not None and value not in wanted):
        return ()
    return memory.wording.answer(name, value)


class Comparing(NamedTuple):
    """A comparison of a term: with what, in the rule language and (if no bare number) in words."""

    ref: Ref
    term: Term
    operator: str
    right: Quantity
    of: str
    words: str
    by: int = 1  # what is compared is so many times the value, of which the limit is then too

    def bound(self, limit: int) -> Bound:
        """That the limit is met."""
        term = finer(self.term, self.by)
        # beside a value that is shown with its unit
        shown = term.show(limit) if term.type == "money" else term.spell(limit)
        words = comparison_words(self.operator, self.term)
        text = f"{words} {f'{self.words} ({shown})' if self.words else shown}"
        return Bound(self.operator, term.plain(limit), self.of, text)


def _meeting(source: Source, test: Comparing) -> Source:
    """What is compared, with the limit that it meets; several values of a finding may meet none."""

    def matches_in(memory: WorkingMemory) -> Sequence[Match]:
        amounts = memory.reading.amounts(test.right)
        limits = [row.values[0] for guard, row in amounts if guard & 1]
        matches = []
        for match in source(memory):
            value = None if match.value is None else test.term.scaled(match.value)
            value = value * test.by if isinstance(value, int) else value
            met = [limit for limit in limits if value is not None and OPERATORS[test.operator](value, limit)]
            if met:
                matches.append(match._replace(bounds=(test.bound(met[0]),)))
            elif match.kind != "datum":  # of several values that an option has, the others are no reason
                matches.append(match)
        return matches

    return matches_in


def _other_than(ref: Ref, values: tuple[Value, ...]) -> Source:
    """The answer, and what it is not."""
    answered = _if_answered(ref.name)

    def matches_in(memory: WorkingMemory) -> Sequence[Match]:
        term = memory.base.knowledge.attributes[ref.name]
        bounds = []
        for value in values if term.type != "yes-no" else ():  # of two answers the one says what the other is
            bounds.append(Bound("is-not", term.plain(value), term.spell(value), f"not {term.show(value)}"))
        return [match._replace(bounds=tuple(bounds)) for match in answered(memory)]

    return matches_in


def _if_answered(name: str) -> Source:
    def matches_in(memory: WorkingMemory) -> Sequence[Match]:
        value = memory.case.value(name)
        return () if value is None else memory.wording.answer(name, value)

    return matches_in


def _first(parts: list[tuple[Condition, list[Source]]], number: int = 1) -> Source:
    """What the first parts that hold rest on, so many of them; nothing if fewer do."""
    tests = [(compiled(part)[0], sources) for part, sources in parts]

    def matches_in(memory: WorkingMemory) -> Sequence[Match]:
        rests: list[list[Source]] = []
        for holds, sources in tests:
            if len(rests) < number and holds(memory.reading):
                rests.append(sources)
        if len(rests) < number:
            return ()
        return [match for source in chain.from_iterable(rests) for match in source(memory)]

    return matches_in


def _either(sources: list[Source]) -> Source:
    """What the first of them finds."""

    def matches_in(memory: WorkingMemory) -> Sequence[Match]:
        return next((matches for source in sources if (matches := source(memory))), ())

    return matches_in


def _is_exact(condition: Condition) -> bool:
    """Whether what denies a condition is told part by part; of the oldest records it is not."""
    counted = any(isinstance(part, Count) for part, _ in walk(condition))
    return counted or any(ref.kind == "finding" for ref, _ in refs(condition))


def together_once(matches: Sequence[Match]) -> tuple[Match, ...]:
    """Each thing that a rule rests on once, with all tests that it met."""
    if not any(match.bounds for match in matches):  # which is so of nearly all
        once: list[Match] = []
        for match in matches:
            if match not in once:
                once.append(match)
        return tuple(once)
    bounds_of: dict[Match, tuple[Bound, ...]] = {}
    for match in matches:
        bare = match._replace(bounds=()) if match.bounds else match
        bounds_of[bare] = tuple(dict.fromkeys((*bounds_of.get(bare, ()), *match.bounds)))
    matched = []
    for match, bounds in bounds_of.items():
        text = bounded(match.text, [bound.text for bound in bounds]) if bounds else match.text
        matched.append(match._replace(text=text, bounds=bounds))
    return tuple(matched)
