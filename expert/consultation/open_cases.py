"""What cases leave open, as one function of their answers: for who asks of many cases.

`openness` reads of each case the rules that are open in it, and follows their ways. Here the same rules are
read once, into steps (`language/steps.py`), and the answers that their ways lead to are steps, too: sets of
attributes, a bit for each. Where a way does not lead on in a case, its set is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, assert_never

from expert.consultation.case import Case
from expert.consultation.ways import Computes, Fires, Has, Holds, Turn, behind, inside
from expert.io.garbage import collected_later
from expert.language.algebra import union
from expert.language.assignments import Assignments
from expert.language.conclusions import computed_refs, conditions_in
from expert.language.conditions import Is, refs
from expert.language.contradictions import Contradictions, LeftOut
from expert.language.meaning import Reading
from expert.language.model import Knowledge, Value
from expert.language.possibility import Bounds, Possibilities
from expert.language.rules import Dependencies, Instance, writes
from expert.language.steps import Program, Step, needed

MOST = 100  # steps for each instance: of rules that compute much there would be too many to write down


class OpenOption(NamedTuple):
    """Of an option on which nothing that decides was put forward: whether it still may be, and what that
    depends on, as bits of the attributes in their order.
    """

    is_open: bool
    depends_on: int


OpenOptions = Callable[[Case], tuple[OpenOption, ...]]


def open_options(
    knowledge: Knowledge, deciding: dict[str, list[Instance]], dependencies: Dependencies
) -> OpenOptions | None:
    """The function that tells of each option what `OpenCase` does; `deciding` are the instances by option.

    None where there would be too much to write down.
    """
    with collected_later():
        instances = dependencies.upstream(i for some in deciding.values() for i in some)
        program = Bounded(knowledge, MOST * (len(instances) + len(knowledge.attributes)))
        written = WrittenDown(program, dependencies)
        try:
            for instance in instances:
                written.read(instance)
            for instance in instances:
                written.follow(instance)
        except TooLong:
            program.forget()
            return None
        return written.function(deciding)


class TooLong(Exception):
    """A program has more steps than it may have."""


class Bounded(Program):
    """A program of so many steps at most."""

    def __init__(self, knowledge: Knowledge, most: int) -> None:
        self.most = most
        super().__init__(knowledge)

    def added(self, key: object, step: Step) -> Step:
        """The step, which is new. Raises TooLong."""
        if len(self.steps) >= self.most:
            raise TooLong
        return super().added(key, step)


class WrittenDown:
    """The program of what instances may still do, and of the answers that it depends on."""

    def __init__(self, program: Program, dependencies: Dependencies) -> None:
        self.program, self.knowledge, self.writers = program, program.knowledge, dependencies.writers
        self.nothing = self.program.constant(0)
        left_out = LeftOut(Contradictions(self.knowledge.contradictions), self.program)
        self.possible = Possibilities(self.program, left_out)
        self.reading = Reading(self.possible)
        self.bits = {name: self.program.constant(1 << n) for n, name in enumerate(self.knowledge.attributes)}
        self.fired: dict[str, Bounds[Step]] = {}  # of the instances that were read, by id
        self._fires: dict[str, Step] = {}  # on which answers that depends
        self._has: dict[str, dict[tuple[Value, ...] | None, Step]] = {}  # of findings, by key

    def read(self, instance: Instance) -> None:
        """Read an instance, those that it rests on being read."""
        self.fired |= self.reading.derive([instance])

    def follow(self, instance: Instance) -> None:
        """Find on which answers it depends whether an instance fires; those that it rests on come first."""
        for turn in _computed_with(instance):
            self._led_to(turn)  # once, before it is asked for: a chain of sums may be long
        where = self.fired[instance.id].unsettled
        self._fires[instance.id] = self._on(where, inside(instance.when, False))
        for key in writes(instance):
            self._has.pop(key, None)  # it is there already if rules rest on each other in a circle

    def _on(self, where: Step, turns: Iterable[Turn]) -> Step:
        """The answers that turns lead to, where something is so."""
        if where is self.program.false:
            return self.nothing
        names = self.nothing
        for turn in turns:
            names = self.program.union(names, self._led_to(turn))
        return self.program.choose(where, names, self.nothing)

    def _led_to(self, turn: Turn) -> Step:
        """The answers that a turn leads to."""
        match turn:
            case Fires(instance):
                return self._fires.get(instance.id, self.nothing)
            case Holds(Is(ref), _) if ref.kind == "attribute":
                return self._missing(ref.name)
            case Holds(condition, denied):
                where = self.reading.pair(condition)[denied].unsettled
                return self._on(where, inside(condition, denied))
            case Has(ref) if ref.kind == "attribute":
                return self._missing(ref.name)
            case Has(ref, wanted):
                has = self._has.setdefault(ref.key, {})
                if wanted not in has:
                    has[wanted] = self._of_finding(turn)
                return has[wanted]
            case Computes(instance, ref):
                fires = self.fired.get(instance.id, self.possible.false)
                return self._on(fires.may, [Has(ref, None)])
            case _:
                assert_never(turn)

    def _missing(self, attribute: str) -> Step:
        """The attribute, where it has no answer that counts."""
        return self.program.choose(self.possible.counts(attribute), self.nothing, self.bits[attribute])

    def _of_finding(self, finding: Has) -> Step:
        """The answers that a finding depends on; where it may be answered and is, none."""
        name = finding.ref.name
        turns = behind(finding, self.writers)
        if name not in self.knowledge.attributes:
            return self._on(self.program.true, turns)
        unanswered = ~self.program.known(name)
        asked = self.program.choose(unanswered, self.bits[name], self.nothing)
        return self.program.union(asked, self._on(unanswered, turns))

    def function(self, deciding: dict[str, list[Instance]]) -> OpenOptions:
        """The function of a case that gives, for the options in their order, what is open."""
        false, ends = self.program.false, list[tuple[Step, Step]]()
        for instances in deciding.values():
            is_open = union(false, [self.fired[i.id].may for i in instances])
            ends.append((is_open, self._on(self.program.true, map(Fires, instances))))
        text = Assignments()
        for step, uses in needed(end for pair in ends for end in pair):
            text.take(step, uses)
        self.program.forget()
        found = "".join(f"OpenOption(bool({text.name(one)}), {text.name(other)}), " for one, other in ends)
        lines = ["def found(case):", "get = case.answers.get", *text.lines, f"return ({found})\n"]
        names: dict[str, object] = {"OpenOption": OpenOption}
        # the text is made of numbered steps, and of names of the knowledge as quoted by repr
        exec(compile("\n    ".join(lines), "<open options>", "exec"), names)
        function: OpenOptions = names["found"]  # type: ignore[assignment]
        return function


def _computed_with(instance: Instance) -> Iterator[Has]:
    """What an instance computes its conclusions with."""
    for conclusion in instance.then:
        for ref in computed_refs(conclusion):
            yield Has(ref, None)
    for condition in conditions_in(instance.then):
        for ref, _ in refs(condition):
            yield Has(ref, None)
