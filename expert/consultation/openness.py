"""What a case leaves open: the arguments that may still be put forward, and the answers they wait for.

`possibility` says what must and what may hold, part by part. Here it is asked of one case, for the
options on which nothing has been put forward; only the instances that these rest on, and that no
answer has ruled out, are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import assert_never

from expert.consultation.case import Case
from expert.language.conclusions import Argue, Conclude, Tally, computed_refs
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
    Ref,
    Unless,
    flat_conjuncts,
    refs,
)
from expert.language.contradictions import Contradictions, LeftOut
from expert.language.grids import Grid
from expert.language.keys import exception_of
from expert.language.meaning import Reading
from expert.language.model import Value
from expert.language.outcome import deciding_arguments
from expert.language.possibility import Bounds, Possibilities
from expert.language.rules import Dependencies, Instance, RuleBase, passes, reads

Open = dict[str, tuple[str, ...]]  # options that are open, and the answers that they may depend on


# what leads to answers: those that are found on it, and what leads on; a chain of findings may be long
Way = Iterator["str | Way"]
KEPT = 10_000  # of how many cases it is kept what they leave open


class Openness:
    """A rule base, prepared for the question."""

    def __init__(self, base: RuleBase) -> None:
        self.knowledge = base.knowledge
        self.dependencies = Dependencies(passes(base.instances))
        self.deciding: dict[str, list[Instance]] = {option: [] for option in base.knowledge.options}
        for instance in base.instances:
            if deciding_arguments(instance, base.knowledge):
                self.deciding[instance.option].append(instance)
        self.on_answers = {i.id: _on_answers(i.when) for i in base.instances}
        self._rest_on: dict[tuple[str, ...], list[str]] = {}
        self._found: dict[tuple[object, ...], Open] = {}

    def open(self, case: Case, silent: tuple[str, ...]) -> Open:
        """Of the options on which nothing that decides was put forward, those on which it still may be."""
        key = silent, *[case.value(name) for name in self.rest_on(silent)]
        open = self._found.get(key)
        if open is None:
            if len(self._found) >= KEPT:  # there is no end to numbers
                self._found.clear()
            left = self.of(case)
            open = {option: left.depends_on(option) for option in silent if left.is_open(option)}
            self._found[key] = open
        return open

    def rest_on(self, options: tuple[str, ...]) -> list[str]:
        """The attributes that the deciding arguments on some options rest on."""
        if options not in self._rest_on:
            self._rest_on[options] = self._attributes(options)
        return self._rest_on[options]

    def _attributes(self, options: Iterable[str]) -> list[str]:
        upstream = self.dependencies.upstream(i for option in options for i in self.deciding[option])
        names = {ref.name: None for i in upstream for ref, _ in reads(i) if ref.kind == "attribute"}
        for contradiction in self.knowledge.contradictions:  # by which an answer may count as none
            names.update(dict.fromkeys(contradiction.attributes))
        return [*names]

    def of(self, case: Case) -> OpenCase:
        """What may still be argued in a case."""
        return OpenCase(self, case)

    def concludable(self, case: Case, refs: Iterable[Ref]) -> dict[str, tuple[str, ...]]:
        """Of findings that nothing concluded, those that something still may, and what that depends on."""
        left = OpenCase(self, case)
        return {ref.key: left.waits_for(ref) for ref in refs if left.may_conclude(ref)}


def _on_answers(condition: Condition) -> list[Condition]:
    """The parts, all of which must hold, that read answers and nothing else."""
    parts = flat_conjuncts(condition)
    return [part for part in parts if all(ref.kind == "attribute" for ref, _ in refs(part))]


class OpenCase:
    """What instances may still do in one case; each is read when it is first asked for."""

    def __init__(self, prepared: Openness, case: Case) -> None:
        self.prepared, self.case = prepared, case
        grid = Grid({name: (value,) for name, value in case.answers.items()})
        self.left_out = LeftOut(Contradictions(prepared.knowledge.contradictions), grid)
        self.reading = Reading(Possibilities(grid, self.left_out))
        self.fired: dict[str, Bounds[int]] = {}  # of what was read and is not ruled out, by id
        self._passed = set[str]()  # what was read or is ruled out
        self._missing: dict[str, bool] = {}  # whether an attribute has no answer that counts

    def _read(self, instances: Iterable[Instance]) -> None:
        """Read some instances, with all that they rest on."""
        found = self.reading.derive(self.prepared.dependencies.upstream(instances, without=self._pass))
        self.fired |= found
        self._passed |= found.keys()

    def _pass(self, instance: Instance) -> bool:
        """Whether an instance was read, or the answers alone say that it cannot fire."""
        id = instance.id
        if id in self._passed:
            return True
        for part in self.prepared.on_answers[id]:
            if not self._may_hold(part):
                self._passed.add(id)
                return True
        return False

    def _may_hold(self, part: Condition) -> bool:
        """Whether a condition on answers may hold yet; of most it is seen at once."""
        if isinstance(part, Is):
            answer = self.case.answers.get(part.ref.name)
            if answer is None or answer in part.values:
                return True
            if not self.prepared.knowledge.contradictions:
                return False
        return bool(self.reading.holds(part).may & 1)

    def arguments(self, option: str) -> list[Argue]:
        """The arguments on topics that decide that may still be put forward."""
        arguments = [deciding_arguments(i, self.prepared.knowledge) for i in self._possible(option)]
        return [*chain.from_iterable(arguments)]

    def is_open(self, option: str) -> bool:
        """Whether there are any of these."""
        return next(self._possible(option), None) is not None

    def depends_on(self, option: str) -> tuple[str, ...]:
        """The attributes not answered that these may depend on, in the vocabulary's order."""
        seen = set[object]()
        ways = (self._instance(instance, seen) for instance in self._possible(option))
        return self._named(ways, self.prepared.rest_on((option,)))

    def may_conclude(self, ref: Ref) -> bool:
        """Whether an instance that concludes a finding may still fire."""
        writers = self.prepared.dependencies.writers.get(ref.key, ())
        self._read(writers)
        return self._may_be_answered(ref) or any(
            self.fired[i.id].may & 1 for i in writers if i.id in self.fired
        )

    def _is_asked(self, ref: Ref) -> bool:
        """Whether a term is a finding that may be answered."""
        term = self.prepared.knowledge.findings.get(ref.name)
        return term is not None and term.asked

    def _may_be_answered(self, ref: Ref) -> bool:
        """Whether a finding is not answered, and may be yet."""
        return self._is_asked(ref) and self.case.value(ref.name) is None

    def waits_for(self, ref: Ref) -> tuple[str, ...]:
        """The attributes not answered that a finding may depend on, in the vocabulary's order."""
        return self._named([self._term(ref, None, set())], self.prepared.knowledge.attributes)

    def _named(self, ways: Iterable[Way], attributes: Iterable[str]) -> tuple[str, ...]:
        """Those of some attributes that are found on ways and those that lead on from them, each in its turn.

        They are looked for until all are found that it may depend on at all.
        """
        missing = {name for name in attributes if self._is_missing(name)}
        names = set[str]()
        for way in ways:
            waiting = [way]
            while waiting:
                for found in waiting.pop():
                    if isinstance(found, str):
                        names.add(found)
                    else:
                        waiting.append(found)
            if names >= missing:
                break
        return tuple(name for name in self.prepared.knowledge.attributes if name in names)

    def _is_missing(self, attribute: str) -> bool:
        """Whether there is no answer that counts."""
        missing = self._missing.get(attribute)
        if missing is None:
            left_out = any(where & 1 for where in self.left_out(attribute))
            missing = self._missing[attribute] = self.case.value(attribute) is None or left_out
        return missing

    def _may_fire(self, instance: Instance) -> bool:
        """Whether an instance that was read may still fire."""
        fires = self.fired.get(instance.id)
        return fires is not None and bool(fires.may & 1)

    def _possible(self, option: str) -> Iterator[Instance]:
        """The instances that may still put forward what decides on an option; the first are soon found."""
        deciding = self.prepared.deciding[option]
        start, size = 0, 4
        while start < len(deciding):
            some = deciding[start : start + size]
            self._read(some)
            yield from (instance for instance in some if self._may_fire(instance))
            start, size = start + size, 2 * size

    def _instance(self, instance: Instance, seen: set[object]) -> Way:
        """The answers that it depends on whether an instance fires."""
        id = instance.id
        fires = self.fired.get(id)
        if fires is not None and _unsettled(fires) and id not in seen:
            seen.add(id)
            yield self._part(instance.when, False, seen)

    def _part(self, condition: Condition, denied: bool, seen: set[object]) -> Way:
        """The answers that it depends on whether a condition holds, or is denied; none if that is settled."""
        if isinstance(condition, Is):
            ref = condition.ref
            if ref.kind == "attribute" and not self._is_missing(ref.name):
                return  # which is so of most, and seen soonest
        if not _unsettled(self.reading.pair(condition)[denied]):
            return
        match condition:
            case AllOf() | AnyOf():
                for part in condition.parts:
                    yield self._part(part, denied, seen)
            case Count():
                for part in condition.parts:
                    yield self._part(part, False, seen)
                    yield self._part(part, True, seen)
            case Not():
                yield self._part(condition.part, not denied, seen)
            case Unless():
                yield self._part(condition.part, False, seen)
            case Is(_, values):
                for ref, _ in refs(condition):
                    yield self._term(ref, None if denied else values, seen)
            case Compare() | Known() | Determined() | OptionIs() | Given():
                for ref, _ in refs(condition):
                    yield self._term(ref, None, seen)
            case _:
                assert_never(condition)

    def _term(self, ref: Ref, wanted: tuple[Value, ...] | None, seen: set[object]) -> Way:
        """The answers that a term depends on; of a finding, as far as one of the values is wanted."""
        if ref.kind == "attribute":
            if self._is_missing(ref.name):
                yield ref.name
            return
        if self._is_asked(ref):
            if self.case.value(ref.name) is not None:
                return  # it is answered, whatever its rules say
            yield ref.name
        key = ref.key
        if (key, wanted) in seen:
            return
        seen.add((key, wanted))
        for writer in self.prepared.dependencies.writers.get(key, ()):
            if exception_of(ref.name):
                yield self._instance(writer, seen)
            for c in writer.then:
                if isinstance(c, Tally) and c.key == key:
                    for row in c.rows:
                        yield self._part(row.when, False, seen)
                        yield self._part(row.when, True, seen)
                    for part in computed_refs(c):
                        yield self._term(part, None, seen)
                if isinstance(c, Conclude) and c.key == key:
                    if isinstance(c.value, str) and wanted is not None and c.value not in wanted:
                        continue
                    yield self._instance(writer, seen)
                    if self._may_fire(writer):
                        for part in computed_refs(c):
                            yield self._term(part, None, seen)


def _unsettled(bounds: Bounds[int]) -> bool:
    return bool(bounds.may & ~bounds.must & 1)
