"""The difference between two knowledge bases: what was edited, and for which cases it matters.

Each thing that a consultation shows (an option's verdict, its timing, its costs, each step of the plan
and their order, ...) is read in both bases over all completions of the case without answers (see
language/prospect). It differs where one value is shown in one of them only: an exclusive or, of which it
is said whether there is such a case, how many there are, and which is the smallest. Numbers are compared
with each other, whatever computes them. Where diagrams are too large, a case that shows a difference is
looked for among samples. What is not decided is said to be so, and is no sameness: attributes that have other
decimals, and what would take too long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain, combinations
from typing import Any, NamedTuple

from expert.analysis.edited import Edited, edited
from expert.consultation.case import Case
from expert.consultation.relevance import Reach
from expert.language.algebra import T, union
from expert.language.conclusions import STANCES, Plan
from expert.language.diagrams import Diagram
from expert.language.grids import CaseNumbers
from expert.language.keys import name_and_option, with_option
from expert.language.limits import NotDecided
from expert.language.meaning import Reading
from expert.language.model import Knowledge, Term, Value
from expert.language.outcome import RESULT, Outcome, cost_sides, outcome_of
from expert.language.prospect import DiagramAmounts, Prospect, computes
from expert.language.rules import Instance, RuleBase
from expert.language.samples import CaseList, Samples
from expert.language.two_bases import Compared, most, unlike_amounts, unlike_values

ORDER = "order"


class Thing(NamedTuple):
    """Something shown: of an option (of an argument, its topic), a step, advice, or the plan's order."""

    kind: str
    about: str
    value: str


class Change(NamedTuple):
    """Whether a thing is shown differently in some case (None: not decided), and the smallest of them.

    `cases` of `of` differ, of the cases that the rules tell apart; `answers` of `of_answers`, of all sets of
    answers. None: not counted.
    """

    thing: Thing
    same: bool | None
    cases: int | None
    of: int | None
    answers: int | None
    of_answers: int | None
    example: Case | None
    before: str
    after: str


class Differences(NamedTuple):
    """All differences; verdicts and timings of every option are there, other things if they may differ."""

    edits: tuple[Edited, ...]
    changes: tuple[Change, ...]

    @property
    def same(self) -> bool | None:
        """Whether everything is shown alike in every case; None: not decided of something."""
        outcomes = {change.same for change in self.changes}
        return False if False in outcomes else None if None in outcomes else True


class SaidOfAll(NamedTuple):
    """Whether something is shown alike in every case (None: not decided), and else a case where not."""

    same: bool | None
    case: dict[str, Value]


ShownValues = Callable[[Outcome[Any]], Mapping[str, Any]]  # where each value of a thing is shown
Decide = Callable[[tuple[RuleBase, RuleBase], tuple[list[Instance], list[Instance]], ShownValues], SaidOfAll]


# --- for which cases it matters --------------------------------------------------------------------
def compare(old: RuleBase, new: RuleBase, further: Decide | None = None) -> Differences:
    """All differences between two knowledge bases; `further` decides what diagrams do not, if it can."""
    reaches = Reach(old), Reach(new)
    behind = [_behind(reach) for reach in reaches]
    options = dict.fromkeys([*old.knowledge.options, *new.knowledge.options])
    always = [Thing(kind, option, "") for option in options for kind in ("verdict", "timing")]
    changes = []
    for thing in dict.fromkeys([*always, *behind[0], *behind[1]]):
        instances = behind[0].get(thing, []), behind[1].get(thing, [])
        change = _change(thing, reaches, instances)
        if change.same is None and not _rescaled_any(reaches, instances):
            change = _otherwise(change, reaches, instances, further)
        if change.same is not True or thing in always:
            changes.append(change)
    return Differences(tuple(edited(old, new)), tuple(changes))


def _behind(reach: Reach) -> dict[Thing, list[Instance]]:
    """The instances behind each thing that is shown."""
    behind = {Thing(*part): instances for part, instances in reach.behind.items()}
    planning = [i for i in reach.base.instances if any(isinstance(c, Plan) for c in i.then)]
    return {**behind, Thing(ORDER, "plan", ""): planning} if planning else behind


Reaches = tuple[Reach, Reach]
Behind = tuple[list[Instance], list[Instance]]


def _change(thing: Thing, reaches: Reaches, behind: Behind) -> Change:
    told = [_told(reach, part, True) for reach, part in zip(reaches, behind, strict=True)]
    if told[0] == told[1]:  # the same rules say the same
        return Change(thing, True, 0, None, 0, None, None, "", "")
    undecided = Change(thing, None, None, None, None, None, None, "", "")
    if _rescaled_any(reaches, behind):
        return undecided
    alone = [_told(reach, part, False) for reach, part in zip(reaches, behind, strict=True)]
    printed = _printed(reaches, behind) if told[0] - alone[0] != told[1] - alone[1] else []
    try:
        return _compared(thing, reaches, behind, printed)
    except NotDecided:
        return undecided


def _printed(reaches: Reaches, behind: Behind) -> list[str]:
    """The findings, by key, that texts fill in."""
    keys: dict[str, None] = {}
    for reach, part in zip(reaches, behind, strict=True):
        for instance in part:
            keys.update(dict.fromkeys(reach.cones.printed(instance).findings))
    return [*keys]


def _told(reach: Reach, instances: Iterable[Instance], printed: bool) -> Counter[object]:
    """What is said by instances and all that they rest on (and, `printed`, what their texts fill in)."""
    some = list(instances)
    keys = [key for i in some for key in reach.cones.printed(i).findings] if printed else []
    told: Counter[object] = Counter((i.id, i.when, i.then) for i in reach.cones.upstream(some, keys))
    knowledge = reach.base.knowledge
    named = {c.name for i in some for c in i.then}
    for place, name in enumerate(name for name in (*knowledge.steps, *knowledge.flags) if name in named):
        told[place, name] += 1
    return told


def _support(reaches: Reaches, behind: Behind) -> set[str]:
    pairs = zip(reaches, behind, strict=True)
    return {name for reach, part in pairs for name in reach.cones.support(part)}


def _rescaled_any(reaches: Reaches, behind: Behind) -> bool:
    return any(_rescaled(reaches, name) for name in _support(reaches, behind))


def _rescaled(reaches: Reaches, name: str) -> bool:
    """Whether an attribute's answers are other numbers, or none, in the other base."""
    old, new = (reach.base.knowledge.attributes.get(name) for reach in reaches)
    if not old or not new:
        return False
    return (old.ordered, old.is_date, old.decimals) != (new.ordered, new.is_date, new.decimals)


def _compared(thing: Thing, reaches: Reaches, behind: Behind, printed: list[str]) -> Change:
    """What differs, of something of which rules say something else. Raises NotDecided."""
    keys = [*printed, *(key for reach in reaches if (key := _number(thing, reach.base.knowledge)))]
    read = _with_writers(behind[0], keys, reaches[0]), _with_writers(behind[1], keys, reaches[1])
    pair = Compared(reaches[0].cones, reaches[1].cones, {}, read, numbers=dict.fromkeys(keys))
    sides = _side(thing, pair.old, behind[0]), _side(thing, pair.new, behind[1])
    old, new = sides
    where = pair.completions.diagrams.any(
        [
            *(_apart(old, new, pair.completions.false) if thing.kind != ORDER else ()),
            *(_swapped(old, new) if thing.kind in (ORDER, "flags") else ()),
            *_otherwise_filled(pair, behind, printed),
        ]
    )
    same = pair.completions.possible(where)
    if same is False:
        return Change(thing, True, 0, None, 0, None, None, "", "")
    answers = pair.completions.smallest(where) or {}
    attributes = {**pair.old.base.knowledge.attributes, **pair.new.base.knowledge.attributes}
    case = Case({name: answers[name] for name in attributes if name in answers})
    before, after = old.at(answers, pair.old), new.at(answers, pair.new)
    if before == after:  # of the same words, what is filled in differs
        before, after = (_filled(prospect, printed, answers) for prospect in (pair.old, pair.new))
    change = Change(thing, False, None, None, None, None, case, before, after)
    if not pair.completions.is_decided(where):
        return change
    count, true = pair.completions.count, pair.completions.true
    change = change._replace(cases=count(where, told_apart=True), of=count(true, told_apart=True))
    with suppress(NotDecided):  # of dates compared with each other it is not known of how many answers
        change = change._replace(answers=count(where), of_answers=count(true))
    return change


def _with_writers(instances: list[Instance], keys: Iterable[str], reach: Reach) -> list[Instance]:
    """Some instances, and those that conclude some findings."""
    return [*instances, *chain.from_iterable(reach.cones.writers.get(key, ()) for key in keys)]


# --- what diagrams are too large for ---------------------------------------------------------------
def _otherwise(change: Change, reaches: Reaches, behind: Behind, further: Decide | None) -> Change:
    """A change that is not decided, by a case that shows it; else by what may decide it."""
    thing = change.thing
    if thing.kind in ("low", "high", RESULT, ORDER, "flags", "advice") or _printed(reaches, behind):
        return change  # more is shown than names
    read = reaches[0].cones.upstream(behind[0]), reaches[1].cones.upstream(behind[1])
    case = _sampled(thing, reaches, behind, read)
    if case is None and further is not None:
        same, case = further((reaches[0].base, reaches[1].base), read, lambda outcome: _named(thing, outcome))
        if same is not False:
            return change._replace(same=same, cases=0, answers=0) if same else change
    if case is None:
        return change
    before, after = _shown_in(thing, reaches, read, case)
    return change._replace(same=False, example=Case({**case}), before=before, after=after)


def _sampled(thing: Thing, reaches: Reaches, behind: Behind, read: Behind) -> dict[str, Value] | None:
    """A case that shows a thing differently, with no answer more than that takes; None if none was found."""
    if any(computes(instance) for some in read for instance in some):
        return None
    tried = Compared(reaches[0].cones, reaches[1].cones, {}, behind).old.tried()
    edited = _not_among(read[0], read[1]) + _not_among(read[1], read[0])
    samples = Samples({}, tried, edited, tried)
    samples.take(samples.names)
    where = _apart_in(thing, reaches, read, samples)
    if not where:
        return None
    case = dict(samples.listed[(where & -where).bit_length() - 1])
    for name in [name for name, value in case.items() if value is not None]:
        fewer = {**case, name: None}
        if _apart_in(thing, reaches, read, CaseList([fewer])):
            case = fewer
    return {name: value for name, value in case.items() if value is not None}


def _not_among(instances: list[Instance], others: list[Instance]) -> list[Instance]:
    """The instances that say something that none of some others does."""
    said = {(other.id, other.when, other.then) for other in others}
    by_said = {(i.id, i.when, i.then): i for i in instances}
    return [instance for key, instance in by_said.items() if key not in said]


def _apart_in(thing: Thing, reaches: Reaches, read: Behind, cases: CaseList) -> int:
    """In which cases a thing is shown differently."""
    old, new = (_shown_by(thing, reach, some, cases) for reach, some in zip(reaches, read, strict=True))
    return union(0, unlike_values(old, new, 0)) & cases.full


def _shown_by(thing: Thing, reach: Reach, read: list[Instance], cases: CaseList) -> Mapping[str, int]:
    reading: Reading[int, CaseNumbers] = Reading(cases)
    outcome = outcome_of(reach.base.knowledge, reading, read, reading.derive(read))
    return _named(thing, outcome)


def _shown_in(thing: Thing, reaches: Reaches, read: Behind, case: dict[str, Value]) -> tuple[str, str]:
    """What is shown of a thing in a case, before and after."""
    shown = []
    for reach, some in zip(reaches, read, strict=True):
        values = _shown_by(thing, reach, some, CaseList([case]))
        shown.append(", ".join(value for value, where in values.items() if where & 1))
    before, after = shown
    return before, after


def _number(thing: Thing, knowledge: Knowledge) -> str:
    """The key of the finding whose number is shown; "" where none is."""
    if thing.kind == RESULT and thing.value in knowledge.findings:
        return with_option(thing.value, thing.about) if knowledge.findings[thing.value].ordered else ""
    names = [name for side, name, _ in cost_sides(knowledge) if side == thing.kind]
    return with_option(names[0], thing.about) if names else ""


def _otherwise_filled(pair: Compared, behind: Behind, printed: list[str]) -> Iterator[Diagram]:
    """Where a text is there in both, and says something else of a finding."""
    new = {instance.id: instance for instance in behind[1]}
    for key in printed:
        showing = [i for i in behind[0] if i.id in new and key in pair.old.cones.printed(i).findings]
        for instance in showing:
            both = pair.old.fired([instance]) & pair.new.fired([new[instance.id]])
            yield both & pair.unlike(key)


def _filled(prospect: Prospect, printed: list[str], case: dict[str, Value]) -> str:
    """What findings that texts fill in are in a case."""
    shown = []
    for key in printed:
        term = prospect.base.knowledge.findings.get(name_and_option(key)[0])
        if term is not None:
            values = [
                value
                for value, where in prospect.reading.findings.get(key, {}).items()
                if prospect.completions.at(where, case)
            ]
            values += map(term.spell, _numbers_at(prospect.numbers(key), prospect, case))
            shown.append(f"{key}: {' and '.join(values) or 'nothing'}")
    return ", ".join(shown)


def _numbers_at(amounts: DiagramAmounts, prospect: Prospect, case: dict[str, Value]) -> list[int]:
    """What amounts come to in a case, from the least up."""
    numbers = {name: value for name, value in case.items() if isinstance(value, int)}
    there = [amount for where, amount in amounts if prospect.completions.at(where, case)]
    return sorted({amount.polynomial.value(numbers) for amount in there})


class Side(NamedTuple):
    """Where each value of a thing is shown, in one base; of numbers, each amount with where it is shown."""

    values: dict[str, Diagram]
    amounts: DiagramAmounts
    term: Term | None

    def at(self, case: dict[str, Value], prospect: Prospect) -> str:
        """What is shown in a case."""
        shown = [value for value, where in self.values.items() if prospect.completions.at(where, case)]
        if self.term is not None:
            shown += map(self.term.spell, _numbers_at(self.amounts, prospect, case))
        return ", ".join(shown)


def _side(thing: Thing, prospect: Prospect, instances: list[Instance]) -> Side:
    if thing.kind in ("low", "high"):
        return _cost(thing, prospect)
    if thing.kind == RESULT:
        return _result(thing, prospect)
    made = {v: where.get() for v, where in _named(thing, prospect.outcome(instances)).items()}
    return Side(made, [], None)


def _named(thing: Thing, outcome: Outcome[T]) -> dict[str, T]:
    """Where what a thing is about is shown, by what is shown."""
    return {v: where for v, where in _values(thing, outcome).items() if thing.value in ("", v)}


def _values(thing: Thing, outcome: Outcome[T]) -> dict[str, T]:
    """Where each value of a thing is shown, by what is shown."""
    if thing.kind in STANCES:
        return outcome.topics(thing.about, thing.kind)
    match thing.kind:
        case "verdict":
            values = outcome.verdicts(thing.about)
            targets = outcome.targets(thing.about)
            some = {f"{t}: {v}": where for t in targets if t for v, where in targets[t].items()}
            return {**values, **some}
        case "timing":
            return outcome.timing(thing.about)
        case "flags":
            return outcome.flags(thing.about)
        case "advice":
            return {**outcome.advice, **outcome.cautions}
        case _:
            return outcome.plan()


def _cost(thing: Thing, prospect: Prospect) -> Side:
    """Where each amount is the option's least cost, or its most."""
    knowledge = prospect.base.knowledge
    for side, name, pick in cost_sides(knowledge):
        if side == thing.kind:
            amounts = prospect.numbers(with_option(name, thing.about))
            return Side({}, most(amounts, least=pick is min), knowledge.findings[name])
    return Side({}, [], None)


def _result(thing: Thing, prospect: Prospect) -> Side:
    """Where each value of a finding is concluded that is shown as a result."""
    term, key = prospect.base.knowledge.findings.get(thing.value), with_option(thing.value, thing.about)
    if term is None or not term.ordered:
        prospect.derive((), [key])
        return Side(dict(prospect.reading.findings.get(key, {})), [], None)
    return Side({}, prospect.numbers(key), term)


def _apart(old: Side, new: Side, false: Diagram) -> Iterator[Diagram]:
    """Where each value, or amount, is shown in one base only."""
    yield from unlike_values(old.values, new.values, false)
    yield unlike_amounts([old.amounts, new.amounts], false)


def _swapped(old: Side, new: Side) -> Iterator[Diagram]:
    """Where two values are shown in both, in another order."""
    places = {value: place for place, value in enumerate(new.values)}
    for one, other in combinations([value for value in old.values if value in places], 2):
        if places[other] < places[one]:
            yield old.values[one] & old.values[other] & new.values[one] & new.values[other]
