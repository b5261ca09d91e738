"""Mutation: the knowledge with one small change, and whether some case notices.

A case notices if one of its checks no longer comes out. A change that no case could ever
notice is no gap in the cases: each survivor is compared with the original over all completions of
the case without answers (see language/prospect), for a case that shows something different or for
the certainty that none does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import NamedTuple, assert_never

from expert.analysis.expected import Expected, failures
from expert.analysis.shown import Listed, concluded, rebuilt, seen_in, shown
from expert.consultation.case import Case
from expert.io.dates import day_after
from expert.io.problems import Span
from expert.knowledge.read_contradictions import caution_text
from expert.language.conclusions import (
    FINDING,
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
from expert.language.contradictions import Contradiction, Contradictions
from expert.language.diagrams import Diagram
from expert.language.english import Phrases
from expert.language.guards import counting, excepting, uncountable
from expert.language.limits import NotDecided
from expert.language.model import DAY, FACTOR, Knowledge, Option, Term, Value
from expert.language.prospect import Cones, Deferred, Prospect
from expert.language.rules import Instance, Rule, RuleBase, passes, reads, writes
from expert.language.two_bases import Compared

KINDS = {
    "rule": "a rule dropped",
    "condition": "a condition dropped",
    "negation": "a condition negated",
    "constant": "a constant shifted by one",
    "value": "a value or comparison changed",
    "conclusion": "a conclusion dropped",
}

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


class Survivor(NamedTuple):
    """A mutant that no case notices.

    `case` shows something different under it; without one it is `equivalent`, and `why` says what for, or
    undecided.
    """

    mutant: Mutant
    case: Case | None
    equivalent: bool
    why: str = ""


class Score(NamedTuple):
    """What became of the mutants. `invalid` would not have been loaded."""

    noticed: dict[str, int]  # by kind
    tried: dict[str, int]
    invalid: int
    survivors: tuple[Survivor, ...]

    @property
    def share(self) -> tuple[int, int]:
        """How many were noticed, of those that could be."""
        equivalent = sum(survivor.equivalent for survivor in self.survivors)
        return sum(self.noticed.values()), sum(self.tried.values()) - equivalent


# --- making mutants --------------------------------------------------------------------------------
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
    for rule in _written(base):
        yield Mutant("rule", rule.id, "the rule is dropped", rule.span)
        seen = {rule}
        for kind, what, changed in maker.rules(rule):
            if changed not in seen:
                seen.add(changed)
                yield Mutant(kind, rule.id, what, rule.span, changed)
    for option in base.knowledge.options.values():
        for kind, name, what, other in maker.options(option):
            yield Mutant(kind, f"{option.id}.{name}", what, option.span, None, other)


def _written(base: RuleBase) -> list[Rule]:
    """The rules that authors wrote as such."""
    declared = {contradiction.id for contradiction in base.knowledge.contradictions}
    return [rule for rule in base.written if rule.id not in declared]


class _Maker:
    """Makes the small changes."""

    def __init__(self, base: RuleBase) -> None:
        self.k, self.phrases = base.knowledge, Phrases(base.knowledge)

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
            for other in _next(id, [option for option in self.k.options if option not in leaf.ids]):
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
        names: dict[type, Iterable[str]]
        names = {Argue: self.k.topics, Flag: self.k.flags, Plan: self.k.steps, Wait: self.k.steps}
        if isinstance(c, Conclude):
            yield from self.found(c)
        elif isinstance(c, Tally):
            yield from self.scores(c)
        elif isinstance(c, Argue):
            yield from self.arguments(c)
        for name in _next(c.name, names.get(type(c), ())):
            yield "value", f"{c.kind} {c.name} → {name}", c._replace(name=name)

    def found(self, c: Conclude) -> Iterator[tuple[str, str, Conclude]]:
        if isinstance(c.value, str):
            for value in _next(c.value, self.k.findings[c.name].values):
                yield "value", f"{c.name}: {c.value} → {value}", c._replace(value=value)
        else:
            for what, quantity in _shifted(c.value, self.k.findings[c.name]):
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
        for target in _next(c.target, self.k.targets) if c.target else ():
            yield "value", f"{what}{c.target} → {target}", c._replace(target=target)

    def options(self, option: Option) -> Iterator[tuple[str, str, str, Option]]:
        for name, data in option.properties.items():
            term = self.k.properties[name]
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


# --- trying them ------------------------------------------------------------------------------------
def changed_base(base: RuleBase, mutant: Mutant) -> RuleBase | None:
    """The knowledge base with the change, or None if no such base would be loaded."""
    knowledge, written = base.knowledge, base.written
    rules = {rule.id: rule for rule in base.rules}
    if mutant.option is not None:
        options = {**knowledge.options, mutant.option.id: mutant.option}
        return rebuilt(knowledge._replace(options=options), base.rules, written)
    if mutant.contradictions is not None:
        knowledge = knowledge._replace(contradictions=mutant.contradictions)
        of = Contradictions(mutant.contradictions)
        cautions = {c.id: _cautioning(rules[c.id], c, of, knowledge) for c in of.declared}
        gone = {c.id for c in base.knowledge.contradictions}
        written = (*cautions.values(), *(rule for rule in written if rule.id not in gone))
        touched = {rule.id for rule in _written(base)}
        rules = {rule.id: cautions.get(rule.id, rule) for rule in written}
    else:
        of = Contradictions(knowledge.contradictions)
        pairs = [(rule, mutant.rule if rule.id == mutant.name else rule) for rule in written]
        written = tuple(new for _, new in pairs if new is not None)
        changed = [rule for pair in pairs if pair[0] is not pair[1] for rule in pair if rule is not None]
        touched = {name for rule in changed for name in (rule.id, *rule.exception_to)}
    if any(True for rule in written if rule.id in touched for _ in uncountable(rule, of)):
        return None
    made = []
    for rule in written:
        if rule.id in touched:
            exceptions = [counting(other, of) for other in written if rule.id in other.exception_to]
            made.append(excepting(counting(rule, of), exceptions))
        else:
            made.append(rules[rule.id])
    return rebuilt(knowledge, made, written)


def _cautioning(rule: Rule, c: Contradiction, of: Contradictions, knowledge: Knowledge) -> Rule:
    """What says that answers disagree, of a contradiction that was changed."""
    return rule._replace(when=of.where(c), then=(Caution(c.id, caution_text(c, knowledge)),))


def mutate(base: RuleBase, cases: list[Expected]) -> Score:
    """Try every mutant on cases that all come out on the base itself."""
    algebra = Listed(case.given for case in cases)
    noticed, tried = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    survivors, invalid = [], 0
    for mutant in mutants(base):
        changed = changed_base(base, mutant)
        if changed is None:
            invalid += 1
            continue
        tried[mutant.kind] += 1
        table = shown(changed.knowledge, passes(changed.instances), algebra)
        if any(failures(case, seen_in(table, n)) for n, case in enumerate(cases)):
            noticed[mutant.kind] += 1
        else:
            case, equivalent = tell_apart(base, changed)
            why = why_equivalent(base, mutant) if equivalent else ""
            survivors.append(Survivor(mutant, case, equivalent, why))
    return Score(noticed, tried, invalid, tuple(survivors))


# --- telling two bases apart --------------------------------------------------------------------------
def tell_apart(old: RuleBase, new: RuleBase) -> tuple[Case | None, bool]:
    """A smallest case that shows a difference; without one, whether it is certain that there is none."""
    before = {instance.id: instance for instance in old.instances}
    after = {instance.id: instance for instance in new.instances}
    differing = {i for i in {**before, **after} if _bare(before.get(i)) != _bare(after.get(i))}
    differing |= {i.id for base in (old, new) for i in base.instances if _read_otherwise(i, old, new)}
    near = _near((old, new), differing)
    only = _picked(old, near), _picked(new, near)
    keys = dict.fromkeys(key for some in only for instance in some for key in writes(instance))
    pair = Compared(Cones(old), Cones(new), {}, only, numbers=keys)
    made, decided = [], True
    for deferred in _differences(pair, only, keys):
        try:
            made.append(deferred())
        except NotDecided:
            decided = False
    try:
        where = pair.completions.diagrams.any(made)
        answers = pair.completions.smallest(where)
    except NotDecided:
        return None, False
    return (None, decided) if answers is None else (Case({**answers}), False)


Sides = tuple[list[Instance], list[Instance]]


def _differences(pair: Compared, only: Sides, keys: Iterable[str]) -> Iterator[Callable[[], Diagram]]:
    """Where each thing that is shown differs; made when it is called for, which may raise TooLarge."""
    fired: dict[str, Sides] = {}
    for n, some in enumerate(only):
        for instance in some:
            fired.setdefault(instance.rule.id, ([], []))[n].append(instance)
    for rule in fired.values():
        yield partial(_fires_apart, pair, rule)
    outcomes = pair.old.outcome(only[0]), pair.new.outcome(only[1])
    tables: list[dict[tuple[str, str, str], Deferred]] = []
    for outcome in outcomes:
        shown: dict[tuple[str, str, str], Deferred] = {}
        for kind, about, values in concluded(outcome):
            shown.update({(kind, about, value): where for value, where in values.items()})
        tables.append(shown)
    for thing in {**tables[0], **tables[1]}:
        yield partial(_shown_apart, pair, tables[0].get(thing), tables[1].get(thing))
    for key in keys:
        yield partial(pair.unlike, key)


def _fires_apart(pair: Compared, rule: Sides) -> Diagram:
    return pair.old.fired(rule[0]) ^ pair.new.fired(rule[1])


def _shown_apart(pair: Compared, old: Deferred | None, new: Deferred | None) -> Diagram:
    false = pair.completions.false
    return (old.get() if old else false) ^ (new.get() if new else false)


def _picked(base: RuleBase, ids: set[str]) -> list[Instance]:
    return [instance for instance in base.instances if instance.id in ids]


def _read_otherwise(instance: Instance, old: RuleBase, new: RuleBase) -> bool:
    """Whether an answer that it reads is left out of account elsewhere in one base."""
    declared = {*old.knowledge.contradictions} ^ {*new.knowledge.contradictions}
    names = {contradiction.leaves_out for contradiction in declared}
    return any(ref.kind == "attribute" and ref.name in names for ref, _ in reads(instance))


def why_equivalent(base: RuleBase, mutant: Mutant) -> str:
    """What a change that no case could notice comes to: the same rules fire, and the same is shown."""
    if mutant.contradictions is not None or mutant.option is not None:
        return "every rule fires for the same cases"
    rule = next(rule for rule in base.written if rule.id == mutant.name)
    if mutant.rule is None:
        return "it fires in no case"
    if mutant.rule.then == rule.then:
        return "it fires for the same cases: its other conditions, or what it computes, ask for no less"
    there, gone = ([_said(c) for c in some.then] for some in (mutant.rule, rule))
    if there == gone:
        return "the strength of an argument counts on a topic that decides only"
    others = _also_concluded(base, rule.id, {*there} ^ {*gone})
    if others:
        some = "" if len(others) == 1 else "one of "
        return f"wherever it fires, the same is concluded by {some}{', '.join(others)}"
    return "nothing that is shown depends on it"


def _said(c: Conclusion) -> tuple[object, ...]:
    """What a conclusion says, whatever option it is about; of an argument, on what and for whom."""
    left_out = {"option", "text", "strength"} if isinstance(c, Argue) else {"option"}
    return c.kind, *(value for name, value in zip(c._fields, c, strict=True) if name not in left_out)


def _also_concluded(base: RuleBase, rule: str, conclusions: set[tuple[object, ...]]) -> list[str]:
    """The rules that draw some conclusions of a rule; none, unless one of them fires wherever it does."""
    others: dict[str, list[Instance]] = {}  # of each option that the rule is about
    mine = [instance for instance in base.instances if instance.rule.id == rule]
    for instance in (i for i in base.instances if i.rule.id != rule):
        if any(_said(c) in conclusions for c in instance.then):
            others.setdefault(instance.option, []).append(instance)
    beside = [instance for i in mine for instance in others.get(i.option, ())]
    prospect = Prospect(Cones(base), {}, [*mine, *beside])
    rules = list(dict.fromkeys(instance.rule.id for instance in beside))
    for some in [*([rule] for rule in rules), rules]:  # one that is enough, or all
        drawing = {o: [i for i in there if i.rule.id in some] for o, there in others.items()}
        with suppress(NotDecided):
            lost = [prospect.fired([i]) & ~prospect.fired(drawing.get(i.option, ())) for i in mine]
            if all(where.never for where in lost):
                return some
    return []


def _bare(instance: Instance | None) -> object:
    return instance and (instance.when, instance.then)


def _groups(instance: Instance, decides: set[str]) -> set[tuple[str, ...]]:
    """What an instance has a part in showing; instances that share none do not interfere."""
    groups: set[tuple[str, ...]] = {("fired", instance.rule.id)}
    for c in instance.then:
        match c:
            case Argue():
                groups.add(("verdict", c.option) if c.name in decides else ("argument", c.option, c.name))
            case Wait():
                groups.add((c.kind, c.option))
            case Tally():
                groups.add((FINDING, c.name, c.option))
            case Conclude() | Plan() | Flag() | Advise() | Caution():
                groups.add((c.kind, c.name, c.option))
            case _:
                assert_never(c)
    return groups


def _near(bases: tuple[RuleBase, RuleBase], differing: set[str]) -> set[str]:
    """The instances that differ, all that rest on them, and all that show the same kinds of things."""
    near, keys = set(differing), set[str]()
    instances = [instance for base in bases for instance in base.instances]
    decides = bases[0].knowledge.deciding_topics | bases[1].knowledge.deciding_topics
    while True:
        resting = [i for i in instances if i.id in near or not keys.isdisjoint(_read(i))]
        more = {c.key for i in resting for c in i.then if isinstance(c, (Conclude, Tally))}
        near |= {i.id for i in resting}
        if more <= keys:
            break
        keys |= more
    groups = {group for i in resting for group in _groups(i, decides)}
    return near | {i.id for i in instances if _groups(i, decides) & groups}


def _read(instance: Instance) -> set[str]:
    """The keys of the findings that an instance reads."""
    return {ref.key for ref, _ in reads(instance) if ref.kind == "finding"}
