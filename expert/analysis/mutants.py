"""Mutants: the knowledge with one small change, in every way that is tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from expert.io.dates import day_after
from expert.io.problems import Span
from expert.language.conclusions import (
    STANCES,
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
    Leaf,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Several,
    Unless,
    unscaled,
    with_parts,
)
from expert.language.contradictions import Contradiction
from expert.language.english import Phrases
from expert.language.model import DAY, FACTOR, Option, Term, Value
from expert.language.rules import Rule, RuleBase

OTHER = {"more-than": "at-least", "at-least": "more-than", "less-than": "at-most", "at-most": "less-than"}


class Mutant(NamedTuple):
    """One small change: a rule replaced (by nothing, if dropped), an option, or a contradiction.

    Rules are changed as their authors wrote them: what contradictions and exceptions add to their
    conditions is added afterwards.
    """

    kind: str
    name: str  # the rule, the contradiction, or option.property
    what: str
    span: Span
    rule: Rule | None = None
    option: Option | None = None
    contradictions: tuple[Contradiction, ...] | None = None  # all that are declared then


def mutants(base: RuleBase) -> Iterator[Mutant]:
    """Every mutant of a knowledge base, in the order of its rules and then its options."""
    maker = _Maker(base)
    declared = base.knowledge.contradictions
    spans = {rule.id: rule.span for rule in base.rules}
    for n, contradiction in enumerate(declared):
        id, before, after = contradiction.id, declared[:n], declared[n + 1 :]
        yield Mutant("rule", id, "the contradiction is dropped", spans[id], contradictions=before + after)
        for kind, what, other_pair in maker.contradictions(contradiction):
            yield Mutant(kind, id, what, spans[id], contradictions=(*before, other_pair, *after))
    for rule in written_rules(base):
        yield Mutant("rule", rule.id, "the rule is dropped", rule.span)
        seen = {rule}
        for kind, what, changed in maker.rules(rule):
            if changed not in seen:
                seen.add(changed)
                yield Mutant(kind, rule.id, what, rule.span, changed)
    for option in base.knowledge.options.values():
        for kind, name, what, other in maker.options(option):
            yield Mutant(kind, f"{option.id}.{name}", what, option.span, None, other)


def written_rules(base: RuleBase) -> list[Rule]:
    """The rules that authors wrote as such."""
    declared = {contradiction.id for contradiction in base.knowledge.contradictions}
    return [rule for rule in base.written if rule.id not in declared]


class _Maker:
    """Makes the small changes."""

    def __init__(self, base: RuleBase) -> None:
        self.knowledge, self.phrases = base.knowledge, Phrases(base.knowledge)

    def rules(self, rule: Rule) -> Iterator[tuple[str, str, Rule]]:
        for kind, what, when in self.conditions(rule.when):
            yield kind, what, rule._replace(when=when)
        for n, name in enumerate(rule.exception_to):
            others = rule.exception_to[:n] + rule.exception_to[n + 1 :]
            if others or rule.then:
                yield "condition", f"it is no exception to {name}", rule._replace(exception_to=others)
        for n, conclusion in enumerate(rule.then):
            if n == 0 and rule.settles:
                continue  # what follows where the condition is denied would have to change with it
            before, after = rule.then[:n], rule.then[n + 1 :]
            dropped = f"“{self.named(conclusion)}” is no longer concluded"
            yield "conclusion", dropped, rule._replace(then=before + after)
            for kind, what, other in self.conclusions(conclusion):
                yield kind, what, rule._replace(then=(*before, other, *after))

    def contradictions(self, c: Contradiction) -> Iterator[tuple[str, str, Contradiction]]:
        """Each test changed, and the other answer left out of account."""
        for n, test in enumerate(c.tests):
            for kind, what, other in self.tests(test) if isinstance(test, Leaf) else ():
                yield kind, what, c._replace(tests=(c.tests[0], other) if n else (other, c.tests[1]))
        other_name = c.other(c.leaves_out)
        what = f"leaves-out: {c.leaves_out} → {other_name}"
        yield "value", what, c._replace(leaves_out=other_name)

    def named(self, c: Conclusion) -> str:
        """A conclusion in a few words."""
        words = [c.kind, c.name]
        if isinstance(c, Argue):
            words += [c.stance, c.strength, c.target]
        elif isinstance(c, Conclude) and isinstance(c.value, str):
            words += [c.value]
        return " ".join(word for word in words if word)

    def conditions(self, condition: Condition) -> Iterator[tuple[str, str, Condition]]:
        match condition:
            case AllOf() | AnyOf():
                yield from self.parts(condition)
            case Count():
                yield from self.counts(condition)
            case Not() | Unless():
                for kind, what, other in self.conditions(condition.part):
                    yield kind, what, with_parts(condition, (other,))
            case Determined():
                pass  # no author wrote it
            case Is() | Known() | Compare() | OptionIs() | Given():
                yield "negation", f"“{self.phrases.condition(condition)}” is negated", Unless(condition)
                yield from self.tests(condition)
            case _:
                assert_never(condition)

    def counts(self, count: Count) -> Iterator[tuple[str, str, Condition]]:
        """Another number, the other comparison, each part left out, and each change of a part."""
        for other in (count.number + 1, count.number - 1):
            if 0 <= other <= len(count.parts):
                yield "constant", f"{count.number} of them → {other}", count._replace(number=other)
        if other_operator := OTHER.get(count.operator):
            what = f"{count.operator} → {other_operator}"
            yield "value", what, count._replace(operator=other_operator)
        for n, part in enumerate(count.parts):
            before, after = count.parts[:n], count.parts[n + 1 :]
            if count.number <= len(before) + len(after) > 0:
                what = f"“{self.phrases.condition(part)}” is dropped"
                yield "condition", what, with_parts(count, before + after)
            for kind, what, changed in self.conditions(part):
                yield kind, what, with_parts(count, (*before, changed, *after))

    def parts(self, condition: AllOf | AnyOf) -> Iterator[tuple[str, str, Condition]]:
        """Each part left out, and each change of a part."""
        parts = condition.parts
        for n, part in enumerate(parts):
            before, after = parts[:n], parts[n + 1 :]
            if before or after or isinstance(condition, AllOf):
                what = f"“{self.phrases.condition(part)}” is dropped"
                yield "condition", what, with_parts(condition, before + after)
            for kind, what, other in self.conditions(part):
                yield kind, what, with_parts(condition, (*before, other, *after))

    def tests(self, leaf: Leaf) -> Iterator[tuple[str, str, Condition]]:
        match leaf:
            case Is():
                term = self.phrases.term(leaf.ref)
                for values, kind, what in self.values(leaf.values, term):
                    yield kind, f"{leaf.ref.name}: {what}", Is(leaf.ref, values)
            case OptionIs():
                yield from self.other_options(leaf)
            case Compare():
                other = OTHER[leaf.operator]
                yield "value", f"{leaf.operator} → {other}", leaf._replace(operator=other)
                left, _ = unscaled(leaf.left)
                term = self.phrases.term(left) if isinstance(left, Ref) else FACTOR
                for what, right in _shifted(leaf.right, term):
                    yield "constant", what, leaf._replace(right=right)
            case Known() | Determined() | Given():
                pass
            case _:
                assert_never(leaf)

    def other_options(self, leaf: OptionIs) -> Iterator[tuple[str, str, Condition]]:
        for n, id in enumerate(leaf.ids):
            for other in _next(id, [option for option in self.knowledge.options if option not in leaf.ids]):
                ids = (*leaf.ids[:n], other, *leaf.ids[n + 1 :])
                yield "value", f"option: {id} → {other}", OptionIs(ids)

    def values(self, values: tuple[Value, ...], term: Term) -> Iterator[tuple[tuple[Value, ...], str, str]]:
        """Each value changed to the next that is not there, and left out if there are several."""
        for n, value in enumerate(values):
            before, after = values[:n], values[n + 1 :]
            if before or after:
                yield before + after, "value", f"{term.spell(value)} is left out"
            if isinstance(value, int):
                for other in _next_to(value, term):
                    yield (*before, other, *after), "constant", f"{term.spell(value)} → {term.spell(other)}"
            else:
                for name in _next(value, [v for v in term.values if v not in values]):
                    yield (*before, name, *after), "value", f"{value} → {name}"

    def conclusions(self, c: Conclusion) -> Iterator[tuple[str, str, Conclusion]]:
        match c:
            case Conclude():
                yield from self.findings(c)
            case Tally():
                yield from self.scores(c)
            case Argue():
                yield from self.arguments(c)
                yield from self.renamed(c, self.knowledge.topics)
            case Plan() | Wait():
                yield from self.renamed(c, self.knowledge.steps)
            case Flag():
                yield from self.renamed(c, self.knowledge.flags)
            case Advise() | Caution():
                pass  # its words are its own
            case _:
                assert_never(c)

    def renamed(self, c: Conclusion, names: Iterable[str]) -> Iterator[tuple[str, str, Conclusion]]:
        for name in _next(c.name, names):
            yield "value", f"{c.kind} {c.name} → {name}", c._replace(name=name)

    def findings(self, c: Conclude) -> Iterator[tuple[str, str, Conclude]]:
        if isinstance(c.value, str):
            for value in _next(c.value, self.knowledge.findings[c.name].values):
                yield "value", f"{c.name}: {c.value} → {value}", c._replace(value=value)
        else:
            for what, quantity in _shifted(c.value, self.knowledge.findings[c.name]):
                yield "constant", f"{c.name}: {what}", c._replace(value=quantity)

    def scores(self, c: Tally) -> Iterator[tuple[str, str, Tally]]:
        """Each item left out and changed."""
        for n, item in enumerate(c.items):
            before, after = c.items[:n], c.items[n + 1 :]
            if before or after:
                yield "conclusion", f"{c.name}: item {n + 1} is left out", c._replace(items=before + after)
            for kind, what, other in self.items(item):
                yield kind, f"{c.name}: {what}", c._replace(items=(*before, other, *after))

    def items(self, item: Addend) -> Iterator[tuple[str, str, Addend]]:
        match item:
            case Row():
                yield from self.rows(item)
            case First(rows, rest):
                for n, row in enumerate(rows):
                    before, after = rows[:n], rows[n + 1 :]
                    if before or after:
                        yield "condition", f"row {n + 1} is left out", item._replace(rows=before + after)
                    for kind, what, other in self.rows(row):
                        yield kind, what, item._replace(rows=(*before, other, *after))
                for what, other_rest in _shifted(rest, FACTOR):
                    assert isinstance(other_rest, int)
                    yield "constant", what, item._replace(rest=other_rest)
            case int():
                for what, other_number in _shifted(item, FACTOR):
                    assert isinstance(other_number, int)
                    yield "constant", what, other_number
            case Ref():
                pass
            case _:
                assert_never(item)

    def rows(self, row: Row) -> Iterator[tuple[str, str, Row]]:
        for what, points in _shifted(row.points, FACTOR):
            assert isinstance(points, int)
            yield "constant", f"points: {what}", row._replace(points=points)
        for kind, what, when in self.conditions(row.when):
            yield kind, what, row._replace(when=when)

    def arguments(self, c: Argue) -> Iterator[tuple[str, str, Argue]]:
        what = f"argument on {c.name}: "
        for stance in _next(c.stance, STANCES):
            yield "value", f"{what}{c.stance} → {stance}", c._replace(stance=stance)
        if c.stance == "for":
            strength = "plain" if c.strength == "strong" else "strong"
            yield "value", f"{what}{c.strength} → {strength}", c._replace(strength=strength)
        for target in _next(c.target, self.knowledge.targets) if c.target else ():
            yield "value", f"{what}{c.target} → {target}", c._replace(target=target)

    def options(self, option: Option) -> Iterator[tuple[str, str, str, Option]]:
        for name, data in option.properties.items():
            term = self.knowledge.properties[name]
            for n, datum in enumerate(data):
                for (value,), kind, what in self.values((datum.value,), term):
                    changed = (*data[:n], datum._replace(value=value), *data[n + 1 :])
                    properties = {**option.properties, name: changed}
                    if value not in [other.value for other in data]:
                        yield kind, name, what, option._replace(properties=properties)


def _next_to(value: int, term: Term) -> list[int]:
    """The values before and after one, of a number or of a date."""
    if term.is_date:
        return [day for days in (1, -1) if (day := day_after(value, days)) is not None]
    return [value + 1, value - 1]


def _next(name: str, names: Iterable[str]) -> Iterator[str]:
    """The name after this one, round the end; none if there is no other."""
    names = list(names)
    others = [other for other in names if other != name]
    if others:
        place = names.index(name) + 1 if name in names else 0
        yield names[place] if place < len(names) else others[0]


def _shifted(quantity: Quantity, term: Term) -> Iterator[tuple[str, Quantity]]:
    """The quantity with one of its constants one more, or one less, in the term's smallest unit."""
    match quantity:
        case int() if term.is_date:
            for days, what in ((1, "a date is a day later"), (-1, "a date is a day earlier")):
                if (day := day_after(quantity, days)) is not None:
                    yield what, day
        case int():
            yield "a constant is raised by one", quantity + 1
            yield "a constant is lowered by one", quantity - 1
        case Factor(value, decimals):
            yield "a factor is raised in its last decimal", Factor(value + 1, decimals)
            yield "a factor is lowered in its last decimal", Factor(value - 1, decimals)
        case Ref() | Several():
            pass
        case Arithmetic(operator, parts):
            term = DAY if operator == "years-between" else term
            for n, part in enumerate(parts[:1] if operator in (SCALED, ROUNDED) else parts):
                for what, other in _shifted(part, term):
                    yield what, Arithmetic(operator, (*parts[:n], other, *parts[n + 1 :]))
        case _:
            assert_never(quantity)
