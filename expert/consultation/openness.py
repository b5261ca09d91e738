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
        if silent not in self._rest_on:
            self._rest_on[silent] = self._attributes(silent)
        key = silent, *[case.value(name) for name in self._rest_on[silent]]
        open = self._found.get(key)
        if open is None:
            if len(self._found) >= KEPT:  # there is no end to numbers
                self._found.clear()
            left = self.of(case, silent)
            open = {option: left.depends_on(option) for option in silent if left.arguments(option)}
            self._found[key] = open
        return open

    def _attributes(self, options: Iterable[str]) -> list[str]:
        """The attributes that the deciding arguments on some options rest on."""
        upstream = self.dependencies.upstream(i for option in options for i in self.deciding[option])
        names = {ref.name: None for i in upstream for ref, _ in reads(i) if ref.kind == "attribute"}
        for contradiction in self.knowledge.contradictions:  # by which an answer may count as none
            names.update(dict.fromkeys(contradiction.attributes))
        return [*names]

    def of(self, case: Case, options: Iterable[str]) -> OpenCase:
        """What may still be argued about some options in a case."""
        return OpenCase(self, case, [i for option in options for i in self.deciding[option]])

    def concludable(self, case: Case, refs: Iterable[Ref]) -> dict[str, tuple[str, ...]]:
        """Of findings that nothing concluded, those that something still may, and what that depends on."""
        open = list(refs)
        writers = [i for ref in open for i in self.dependencies.writers.get(ref.key, ())]
        left = OpenCase(self, case, writers)
        return {ref.key: left.waits_for(ref) for ref in open if left.may_conclude(ref)}


def _on_answers(condition: Condition) -> list[Condition]:
    """The parts, all of which must hold, that read answers and nothing else."""
    parts = flat_conjuncts(condition)
    return [part for part in parts if all(ref.kind == "attribute" for ref, _ in refs(part))]


class OpenCase:
    """What some instances may still do in one case."""

    def __init__(self, prepared: Openness, case: Case, instances: Iterable[Instance]) -> None:
        self.prepared, self.case = prepared, case
        grid = Grid({name: (value,) for name, value in case.answers.items()})
        self.left_out = LeftOut(Contradictions(prepared.knowledge.contradictions), grid)
        self.reading = Reading(Possibilities(grid, self.left_out))
        self.fired = self.reading.derive(prepared.dependencies.upstream(instances, without=self._ruled_out))

    def _ruled_out(self, instance: Instance) -> bool:
        """Whether the answers alone say that an instance cannot fire."""
        parts = self.prepared.on_answers[instance.id]
        return not all(self.reading.holds(part).may & 1 for part in parts)

    def arguments(self, option: str) -> list[Argue]:
        """The arguments on topics that decide that may still be put forward."""
        arguments = [deciding_arguments(i, self.prepared.knowledge) for i in self._possible(option)]
        return [*chain.from_iterable(arguments)]

    def depends_on(self, option: str) -> tuple[str, ...]:
        """The attributes not answered that these may depend on, in the vocabulary's order."""
        seen = set[object]()
        return self._named(self._instance(instance, seen) for instance in self._possible(option))

    def may_conclude(self, ref: Ref) -> bool:
        """Whether an instance that concludes a finding may still fire."""
        if self._may_be_answered(ref):
            return True
        writers = self.prepared.dependencies.writers.get(ref.key, ())
        return any(self.fired[i.id].may & 1 for i in writers if i.id in self.fired)

    def _is_asked(self, ref: Ref) -> bool:
        """Whether a term is a finding that may be answered."""
        term = self.prepared.knowledge.findings.get(ref.name)
        return term is not None and term.asked

    def _may_be_answered(self, ref: Ref) -> bool:
        """Whether a finding is not answered, and may be yet."""
        return self._is_asked(ref) and self.case.value(ref.name) is None

    def waits_for(self, ref: Ref) -> tuple[str, ...]:
        """The attributes not answered that a finding may depend on, in the vocabulary's order."""
        return self._named([self._term(ref, None, set())])

    def _named(self, ways: Iterable[Way]) -> tuple[str, ...]:
        """The attributes that are found on some ways and those that lead on from them, each in its turn."""
        names = set[str]()
        waiting = [*ways]
        while waiting:
            for found in waiting.pop():
                if isinstance(found, str):
                    names.add(found)
                else:
                    waiting.append(found)
        return tuple(name for name in self.prepared.knowledge.attributes if name in names)

    def _possible(self, option: str) -> list[Instance]:
        return [i for i in self.prepared.deciding[option] if i.id in self.fired and self.fired[i.id].may & 1]

    def _instance(self, instance: Instance, seen: set[object]) -> Way:
        """The answers that it depends on whether an instance fires."""
        if instance.id not in seen and instance.id in self.fired and _unsettled(self.fired[instance.id]):
            seen.add(instance.id)
            yield self._part(instance.when, False, seen)

    def _part(self, condition: Condition, denied: bool, seen: set[object]) -> Way:
        """The answers that it depends on whether a condition holds, or is denied; none if that is settled."""
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
            if self.case.value(ref.name) is None or any(where & 1 for where in self.left_out(ref.name)):
                yield ref.name
            return
        if self._is_asked(ref):
            if self.case.value(ref.name) is not None:
                return  # it is answered, whatever its rules say
            yield ref.name
        if (ref.key, wanted) in seen:
            return
        seen.add((ref.key, wanted))
        for writer in self.prepared.dependencies.writers.get(ref.key, ()):
            if exception_of(ref.name):
                yield self._instance(writer, seen)
            for c in writer.then:
                if isinstance(c, Tally) and c.key == ref.key:
                    for row in c.rows:
                        yield self._part(row.when, False, seen)
                        yield self._part(row.when, True, seen)
                    for part in computed_refs(c):
                        yield self._term(part, None, seen)
                if isinstance(c, Conclude) and c.key == ref.key:
                    if isinstance(c.value, str) and wanted is not None and c.value not in wanted:
                        continue
                    yield self._instance(writer, seen)
                    if writer.id in self.fired and self.fired[writer.id].may & 1:
                        for part in computed_refs(c):
                            yield self._term(part, None, seen)


def _unsettled(bounds: Bounds[int]) -> bool:
    return bool(bounds.may & ~bounds.must & 1)
