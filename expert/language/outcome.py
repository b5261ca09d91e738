"""The outcome of a run, once, over any algebra: where each thing that it shows is so.

A run is its conclusions, each with where it is drawn (see `meaning`): of one case or of a grid of
them, as steps of a program, as terms of Z3. Every engine, proof and comparison reads it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Generic, assert_never

from expert.language.algebra import Algebra, N, T, union
from expert.language.conclusions import Advise, Argue, Caution, Conclude, Conclusion, Flag, Plan, Tally, Wait
from expert.language.contradictions import Contradictions, LeftOut
from expert.language.keys import with_option
from expert.language.meaning import Reading
from expert.language.model import Knowledge
from expert.language.policy import NOW, firsts, overall, weigh, weigh_for
from expert.language.rules import Dependencies, Instance

Said = Iterable[tuple[Conclusion, T]]
Possible = Callable[[], Iterable[tuple[Argue, T]]]  # arguments that may still be put forward, and where
Pick = Callable[[Iterable[int]], int]


class Outcome(Generic[T]):
    """What conclusions amount to. Names that nothing concludes are left out."""

    def __init__(self, knowledge: Knowledge, said: Said[T], false: T, possible: Possible[T] = tuple) -> None:
        self.knowledge, self.false = knowledge, false
        self._find_possible = possible  # called when a verdict is first asked for
        self.advice: dict[str, T] = {}  # by key
        self.cautions: dict[str, T] = {}
        self.arguments: dict[str, list[tuple[Argue, T]]] = {}  # by option
        self._plan: dict[str, T] = {}
        self._waits: dict[str, dict[str, T]] = {}
        self._flags: dict[str, dict[str, T]] = {}
        self._weighed: dict[str, dict[str, dict[str, T]]] = {}
        for conclusion, where in said:
            self._take(conclusion, where)

    def _take(self, c: Conclusion, where: T) -> None:
        match c:
            case Argue():
                self.arguments.setdefault(c.option, []).append((c, where))
            case Wait():
                self._add(self._waits.setdefault(c.option, {}), c.name, where)
            case Flag():
                self._add(self._flags.setdefault(c.option, {}), c.name, where)
            case Plan():
                self._add(self._plan, c.name, where)
            case Advise():
                self._add(self.advice, c.key, where)
            case Caution():
                self._add(self.cautions, c.key, where)
            case Conclude() | Tally():
                pass  # a premise of other rules: the reading has it
            case _:
                assert_never(c)

    def _add(self, values: dict[str, T], value: str, where: T) -> None:
        values[value] = values[value] | where if value in values else where

    def deciding(self, option: str) -> list[tuple[Argue, T]]:
        """The arguments about an option on topics that decide."""
        topics = self.knowledge.topics
        return [(c, where) for c, where in self.arguments.get(option, ()) if topics[c.name].decides]

    @cached_property
    def _possible(self) -> dict[str, list[tuple[Argue, T]]]:
        arguments: dict[str, list[tuple[Argue, T]]] = {}
        for argument, where in self._find_possible():
            arguments.setdefault(argument.option, []).append((argument, where))
        return arguments

    def targets(self, option: str) -> dict[str, dict[str, T]]:
        """For each target argued about, and "" for the case as a whole, where each verdict holds."""
        if option not in self._weighed:
            self._weighed[option] = weigh(self.deciding(option), self._possible.get(option, ()), self.false)
        return self._weighed[option]

    def verdicts(self, option: str) -> dict[str, T]:
        """Where the option has each verdict."""
        return overall(self.targets(option), self.false)

    def verdicts_for(self, option: str, target: str) -> dict[str, T]:
        """Where each verdict holds of what is argued about a target, if only for every target."""
        about = [where for c, where in self._possible.get(option, ()) if c.target in (target, "")]
        return weigh_for(target, self.deciding(option), union(self.false, about), self.false)

    def topics(self, option: str, stance: str) -> dict[str, T]:
        """The topics of the arguments that take a stance."""
        topics: dict[str, T] = {}
        for c, where in self.arguments.get(option, ()):
            if c.stance == stance:
                self._add(topics, c.name, where)
        return topics

    def waits(self, option: str) -> dict[str, T]:
        """The steps that the option waits for, in the plan's order."""
        return _ordered(self.knowledge.steps, self._waits.get(option))

    def timings(self, option: str) -> dict[str, T]:
        """Of these steps, last first: the option's timing is the first that it waits for, or now."""
        return dict(reversed(self.waits(option).items()))

    def timing(self, option: str) -> dict[str, T]:
        """Where the option has each timing."""
        return firsts(self.timings(option), self.false, NOW)

    def flags(self, option: str) -> dict[str, T]:
        """The option's flags, in their declared order."""
        return _ordered(self.knowledge.flags, self._flags.get(option))

    def plan(self) -> dict[str, T]:
        """The steps of the plan, in order."""
        return _ordered(self.knowledge.steps, self._plan)


def _ordered(names: Iterable[str], values: dict[str, T] | None) -> dict[str, T]:
    return {name: values[name] for name in names if name in values} if values else {}


def outcome_of(
    knowledge: Knowledge,
    reading: Reading[T, N],
    instances: Iterable[Instance],
    fired: Mapping[str, T],
    dependencies: Dependencies | None = None,
) -> Outcome[T]:
    """The outcome of instances that were read; `dependencies` are theirs, where they are known already."""
    said = [(c, fired[i.id]) for i in instances for c in i.then]
    possible = partial(possible_arguments, knowledge, reading.algebra, dependencies or reading.derived)
    return Outcome(knowledge, said, reading.algebra.false, possible)


def possible_arguments(
    knowledge: Knowledge, algebra: Algebra[T, N], ordered: Iterable[Instance] | Dependencies
) -> list[tuple[Argue, T]]:
    """The deciding arguments of instances in an order from `passes`, and where they may be put forward."""
    from expert.language.possibility import Possibilities  # most cases leave no argument open

    dependencies = ordered if isinstance(ordered, Dependencies) else Dependencies(ordered)
    deciding = {i.id: i for i in dependencies.ordered if deciding_arguments(i, knowledge)}.values()
    left_out = LeftOut(Contradictions(knowledge.contradictions), algebra)
    bounds = Reading(Possibilities(algebra, left_out)).derive(dependencies.upstream(deciding))
    return [(c, bounds[i.id].may) for i in deciding for c in deciding_arguments(i, knowledge)]


def deciding_arguments(instance: Instance, knowledge: Knowledge) -> list[Argue]:
    """The arguments that an instance puts forward on topics that decide."""
    return [c for c in instance.then if isinstance(c, Argue) and knowledge.topics[c.name].decides]


def cost_sides(knowledge: Knowledge) -> Iterator[tuple[str, str, Pick]]:
    """low and high: the side, the finding that bounds an option's cost, which of its numbers counts."""
    for name, side, pick in zip(knowledge.cost or (), ("low", "high"), (min, max), strict=False):
        yield side, name, pick


def cost_amounts(
    knowledge: Knowledge, numbers: Mapping[str, list[tuple[T, N]]], option: str
) -> list[list[tuple[T, N]]]:
    """The numbers concluded to be the option's least cost, and its most."""
    return [numbers.get(with_option(name, option), []) for _, name, _ in cost_sides(knowledge)]


def shown_findings(knowledge: Knowledge) -> set[str]:
    """The findings that are shown whatever reads them: costs, results, and what ranks the options."""
    ranks = [knowledge.rank.finding] if knowledge.rank else []
    return {*(knowledge.cost or ()), *knowledge.results, *ranks}


# --- what a conclusion has a part in -------------------------------------------------------
RESULT = "result"
Part = tuple[str, str, str]  # what is shown, of which option ("": of none), and which of it ("": all)


def parts_shown(c: Conclusion, knowledge: Knowledge) -> Iterator[Part]:
    """What an outcome shows that a conclusion has a part in."""
    match c:
        case Argue():
            yield c.stance, c.option, c.name
            if knowledge.topics[c.name].decides:
                yield "verdict", c.option, ""
        case Wait():
            yield "timing", c.option, ""
        case Flag():
            yield "flags", c.option, ""
        case Conclude() | Tally():
            yield from ((side, c.option, "") for side, name, _ in cost_sides(knowledge) if name == c.name)
            if c.name in shown_findings(knowledge) - {*(knowledge.cost or ())}:
                yield RESULT, c.option, c.name
        case Plan():
            yield "plan", "", c.name
        case Advise() | Caution():
            yield "advice", "", c.key
        case _:
            assert_never(c)
