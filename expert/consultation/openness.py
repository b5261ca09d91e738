"""What a case leaves open: the arguments that may still be put forward, and the answers they wait for.

`possibility` says what must and what may hold, part by part. Here it is asked of one case, for the
options on which nothing has been put forward; only the instances that these rest on, and that no
answer has ruled out, are read. Where thousands of rules are open that takes long, and who asks of many
cases has it written down for all of them (`open_cases`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, assert_never

from expert.consultation.case import Case
from expert.consultation.ways import Computes, Fires, Has, Holds, Turn, behind, inside
from expert.language.conclusions import Argue
from expert.language.conditions import Condition, Is, Ref, flat_conjuncts, refs
from expert.language.contradictions import Contradictions, LeftOut
from expert.language.grids import Grid
from expert.language.meaning import Reading
from expert.language.outcome import deciding_arguments
from expert.language.possibility import Bounds, Possibilities
from expert.language.rules import Dependencies, Instance, RuleBase, reads

if TYPE_CHECKING:
    from expert.consultation.open_cases import OpenOptions

Open = dict[str, tuple[str, ...]]  # options that are open, and the answers that they may depend on

KEPT = 10_000  # of how many cases it is kept what they leave open, and of how many attributes their names
# cases of which it is looked for what they leave open; then it is written down for all, which takes as long
LOOKED_FOR = 16


class Openness:
    """A rule base, prepared for the question."""

    def __init__(self, base: RuleBase) -> None:
        self.knowledge = base.knowledge
        self.dependencies = Dependencies.of(base.instances)
        self.deciding: dict[str, list[Instance]] = {option: [] for option in base.knowledge.options}
        for instance in base.instances:
            if deciding_arguments(instance, base.knowledge):
                self.deciding[instance.option].append(instance)
        self.on_answers = {i.id: _on_answers(i.when) for i in base.instances}
        self._rest_on: dict[tuple[str, ...], list[str]] = {}
        self._found: dict[tuple[object, ...], Open] = {}
        self._looked_for = 0  # cases of which that was not found so
        self._of_options: OpenOptions | None = None  # for all cases, once it is written down
        self._places = {option: place for place, option in enumerate(base.knowledge.options)}
        self._names: dict[int, tuple[str, ...]] = {}  # of attributes, by their bits

    def open(self, case: Case, silent: tuple[str, ...]) -> Open:
        """Of the options on which nothing that decides was put forward, those on which it still may be."""
        if self._of_options is not None:
            of_options = self._of_options(case)
            told = {option: of_options[self._places[option]] for option in silent}
            return {option: self._named(one.depends_on) for option, one in told.items() if one.is_open}
        key = silent, *[case.value(name) for name in self.rest_on(silent)]
        open = self._found.get(key)
        if open is None:
            if len(self._found) >= KEPT:  # there is no end to numbers
                self._found.clear()
            left = self.of(case)
            open = {option: left.depends_on(option) for option in silent if left.is_open(option)}
            self._found[key] = open
            self._looked_for += 1
            if self._looked_for == LOOKED_FOR:
                self._write_down()
        return open

    def _write_down(self) -> None:
        """Have a function that tells it of all cases, unless there would be too much to write."""
        from expert.consultation.open_cases import open_options  # most programs ask of one case

        self._of_options = open_options(self.knowledge, self.deciding, self.dependencies)

    def _named(self, attributes: int) -> tuple[str, ...]:
        """The names of attributes, in their order."""
        names = self._names.get(attributes)
        if names is None:
            if len(self._names) >= KEPT:
                self._names.clear()
            named = [name for place, name in enumerate(self.knowledge.attributes) if attributes >> place & 1]
            names = self._names[attributes] = tuple(named)
        return names

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

    def is_asked(self, ref: Ref) -> bool:
        """Whether a term is a finding that may be answered."""
        term = self.knowledge.findings.get(ref.name)
        return term is not None and term.asked

    def of(self, case: Case) -> OpenCase:
        """What may still be argued in a case."""
        return OpenCase(self, case)

    def still_firing(
        self, case: Case, instances: Sequence[Instance]
    ) -> tuple[tuple[Instance, ...], tuple[str, ...]]:
        """Of instances that did not fire, those that still may, and what that may depend on."""
        left = OpenCase(self, case)
        firing = left.still_firing(instances)
        return firing, left.named(firing)

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
        ways = map(Fires, self._possible(option))
        return self._named(ways, self.prepared.rest_on((option,)))

    def still_firing(self, instances: Sequence[Instance]) -> tuple[Instance, ...]:
        """Those of some instances that may still fire."""
        self._read(instances)
        return tuple([instance for instance in instances if self._may_fire(instance)])

    def named(self, instances: Iterable[Instance]) -> tuple[str, ...]:
        """The attributes not answered that these may depend on, in the vocabulary's order."""
        return self._named(map(Fires, instances), self.prepared.knowledge.attributes)

    def may_conclude(self, ref: Ref) -> bool:
        """Whether an instance that concludes a finding may still fire."""
        writers = self.prepared.dependencies.writers.get(ref.key, ())
        self._read(writers)
        return self._may_be_answered(ref) or any(
            self.fired[i.id].may & 1 for i in writers if i.id in self.fired
        )

    def _may_be_answered(self, ref: Ref) -> bool:
        """Whether a finding is not answered, and may be yet."""
        return self.prepared.is_asked(ref) and self.case.value(ref.name) is None

    def waits_for(self, ref: Ref) -> tuple[str, ...]:
        """The attributes not answered that a finding may depend on, in the vocabulary's order."""
        return self._named([Has(ref, None)], self.prepared.knowledge.attributes)

    def _named(self, ways: Iterable[Turn], attributes: Iterable[str]) -> tuple[str, ...]:
        """Those of some attributes that some ways lead to, each way in its turn.

        They are looked for until all are found that it may depend on at all.
        """
        missing = {name for name in attributes if self._is_missing(name)}
        names, seen = set[str](), set[object]()
        for way in ways:
            waiting: list[Turn] = [way]
            while waiting:
                waiting += self._led_on(waiting.pop(), names, seen)
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

    def _led_on(self, turn: Turn, names: set[str], seen: set[object]) -> Iterable[Turn]:
        """Where a way leads on from a turn in this case, that was not seen before; answers are named."""
        match turn:
            case Fires(instance):
                fires = self.fired.get(instance.id)
                if fires is None or not fires.unsettled & 1 or instance.id in seen:
                    return ()
                seen.add(instance.id)
                return [Holds(instance.when, False)]
            case Holds(condition, denied):
                return inside(condition, denied) if self._is_open(condition, denied) else ()
            case Has(ref):
                if self._is_named(ref):
                    names.add(ref.name)
                key = ref.key, turn.wanted
                if key in seen or not self._is_inferred(ref):
                    return ()
                seen.add(key)
                return behind(turn, self.prepared.dependencies.writers)
            case Computes(instance, ref):
                return [Has(ref, None)] if self._may_fire(instance) else ()
            case _:
                assert_never(turn)

    def _is_open(self, condition: Condition, denied: bool) -> bool:
        """Whether it is not settled if a condition holds, or is denied."""
        if isinstance(condition, Is):
            ref = condition.ref
            if ref.kind == "attribute" and not self._is_missing(ref.name):
                return False  # which is so of most, and seen soonest
        return bool(self.reading.pair(condition)[denied].unsettled & 1)

    def _is_named(self, ref: Ref) -> bool:
        """Whether a term has no answer that counts, and may be answered."""
        if ref.kind == "attribute":
            return self._is_missing(ref.name)
        return self._may_be_answered(ref)

    def _is_inferred(self, ref: Ref) -> bool:
        """Whether a term is what rules conclude of it: if it is answered, they do not count."""
        return ref.kind != "attribute" and (self._may_be_answered(ref) or not self.prepared.is_asked(ref))
