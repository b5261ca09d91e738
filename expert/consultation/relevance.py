"""What answers can still do: which questions matter, and the smallest changes that flip a verdict.

Everything is decided by reading the rules over grids of cases (see language/grids): for each thing
that a consultation can show, the grid of every combination of the open answers it depends on.
Numbers are represented by the values at and beside every threshold they are compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import combinations, product
from math import prod
from typing import NamedTuple

from expert.consultation.case import Answer, Case
from expert.language.conclusions import (
    Advise,
    Argue,
    Caution,
    Conclude,
)
from expert.language.conditions import (
    Arithmetic,
    Compare,
    Condition,
    Is,
    Quantity,
    Ref,
    leaves,
    quantity_refs,
)
from expert.language.grids import Grid, Row
from expert.language.keys import with_option
from expert.language.meaning import (
    Reading,
    amount,
    passes,
    union,
)
from expert.language.model import Term
from expert.language.outcome import (
    Part,
    outcome_of,
    parts_shown,
)
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import Instance, RuleBase, Upstream, reads

GRID_LIMIT = 1 << 16  # cases in one grid; beyond it an answer is taken to matter


FAR = 10**16  # beyond what can be typed; stands for "as large as you like" where there is no bound


class Effect(NamedTuple):
    """One thing that a consultation can show, and the instances that bring it about."""

    kind: str
    name: str
    option: str
    instances: tuple[Instance, ...]


class Reach:
    """A rule base, prepared for such questions."""

    def __init__(self, base: RuleBase) -> None:
        self.base = base
        self.ordered = passes(base.instances)
        self._upstream = Upstream(self.ordered)
        self.writers = self._upstream.writers

    @cached_property
    def effects(self) -> list[Effect]:
        """Everything that can be shown: arguments and advice by rule, the rest by what it says."""
        found: dict[tuple[str, str, str], list[Instance]] = {}
        for instance in self.base.instances:
            for c in instance.then:
                if isinstance(c, Conclude) and c.name not in (self.base.knowledge.cost or ()):
                    continue
                name = instance.rule.id if isinstance(c, (Argue, Advise, Caution)) else c.name
                instances = found.setdefault((c.kind, name, c.option), [])
                if instance not in instances:
                    instances.append(instance)
        return [Effect(*key, tuple(instances)) for key, instances in found.items()]

    @cached_property
    def behind(self) -> dict[Part, list[Instance]]:
        """Everything that an outcome can show, and the instances that bring it about."""
        found: dict[Part, list[Instance]] = {}
        for instance in self.base.instances:
            for conclusion in instance.then:
                for part in parts_shown(conclusion, self.base.knowledge):
                    found.setdefault(part, []).append(instance)
        return found

    def upstream(self, instances: Iterable[Instance]) -> list[Instance]:
        """The instances and all that they rest on, in the order in which to read them."""
        return self._upstream.of(instances)

    def support(self, instances: Iterable[Instance]) -> list[str]:
        """The attributes that the instances depend on, in the vocabulary's order."""
        read = {r.name for i in self.upstream(instances) for r, _ in reads(i) if r.kind == "attribute"}
        return [name for name in self.base.knowledge.attributes if name in read]

    def grid(self, case: Case, free: Iterable[str], unknown: bool = True) -> dict[str, tuple[Answer, ...]]:
        """Axes for a grid around the case in which some answers are free."""
        axes: dict[str, tuple[Answer, ...]] = {n: (v,) for n, v in case.answers.items()}
        for name in free:
            axes[name] = (*self.candidates(name, case), *((None,) if unknown else ()))
        return axes

    # --- numbers: the values that stand for all others -------------------------------------

    def candidates(self, name: str, case: Case) -> tuple[Answer, ...]:
        """Values of an attribute that tell apart all cases around this one."""
        term = self.base.knowledge.attributes[name]
        if not term.numeric:
            return tuple(term.values)
        found = {_lowest(term), _highest(term)}
        for left, right in self._comparisons:
            if any(ref.name == name for side in (left, right) for ref in quantity_refs(side)):
                found |= self._thresholds(term, left, right, case)
        inside = [v for v in found if _lowest(term) <= v <= _highest(term)]
        return tuple(sorted(inside))

    @cached_property
    def _comparisons(self) -> list[tuple[Quantity, Quantity]]:
        compared = [c for i in self.base.instances for c in _compares(i.when)]  # and equalities
        pairs = [pair for c in compared for pair in product(self._unfolded(c.left), self._unfolded(c.right))]
        return list(dict.fromkeys(pairs))

    def _unfolded(self, quantity: Quantity, seen: tuple[str, ...] = ()) -> list[Quantity]:
        """The quantity in terms of attributes only, for each way its findings are computed."""
        if isinstance(quantity, Ref) and quantity.kind == "finding":
            if quantity.key in seen:
                return []
            defined = [
                c.value
                for i in self.writers.get(quantity.key, ())
                for c in i.then
                if isinstance(c, Conclude) and c.key == quantity.key and not isinstance(c.value, str)
            ]
            return [u for value in defined for u in self._unfolded(value, (*seen, quantity.key))]
        if isinstance(quantity, Arithmetic):
            parts = [self._unfolded(part, seen) for part in quantity.parts]
            return [Arithmetic(quantity.operator, chosen) for chosen in product(*parts)]
        return [quantity]

    def _thresholds(self, term: Term, left: Quantity, right: Quantity, case: Case) -> set[int]:
        """Where the comparison turns as this attribute grows, the others being known or extreme."""
        others = {r.name for side in (left, right) for r in quantity_refs(side)} - {term.name}
        choices = [self._ends(other, case) for other in sorted(others)]
        found: set[int] = set()
        for chosen in product(*choices):
            values = dict(zip(sorted(others), chosen, strict=True))

            def side(n: int, values: dict[str, int] = values) -> int:
                at = {**values, term.name: n}
                return amount(left, at) - amount(right, at)

            turn = _crossing(side, _lowest(term), _highest(term))
            found |= set() if turn is None else {turn - 1, turn, turn + 1, turn + 2}
        return found

    def _ends(self, name: str, case: Case) -> list[int]:
        value, term = case.value(name), self.base.knowledge.attributes[name]
        return [value] if isinstance(value, int) else [_lowest(term), _highest(term)]

    # --- which open answers matter -----------------------------------------------------------

    def open(self, case: Case) -> list[str]:
        """The attributes that are not answered, not even with `unknown`."""
        return [name for name in self.base.knowledge.attributes if name not in case.answers]

    def depends(self, effect: Effect, case: Case) -> list[str]:
        """The open answers that can change an effect, whatever the others are."""
        free = [name for name in self.support(effect.instances) if name not in case.answers]
        if not free:
            return []
        axes = self.grid(case, free)
        if prod(map(len, axes.values())) > GRID_LIMIT:
            return free
        grid = Grid(axes)
        reading = Reading(grid)
        fired = reading.derive(self.upstream(effect.instances))
        shown = union(0, [fired[instance.id] for instance in effect.instances]) & grid.full
        layers = [shown]
        if effect.kind == "finding":
            layers = list(_layers(reading.numbers.get(with_option(effect.name, effect.option), []), grid))
        return [name for name in free if any(grid.varies(layer, name) for layer in layers)]

    def matters(self, case: Case) -> dict[str, list[Effect]]:
        """For each open answer that can still change something, what it can change."""
        found: dict[str, list[Effect]] = {}
        for effect in self.effects:
            for name in self.depends(effect, case):
                found.setdefault(name, []).append(effect)
        return {name: found[name] for name in self.open(case) if name in found}

    def verdicts(self, option: str, case: Case) -> list[str]:
        """The verdicts that an option can still have, whatever the open answers are."""
        free = [name for name in self.support(self.deciding(option)) if name not in case.answers]
        axes = self.grid(case, free)
        if prod(map(len, axes.values())) > GRID_LIMIT:
            return list(VERDICTS)
        grid = Grid(axes)
        holds = self.verdict_masks(option, grid)
        return [verdict for verdict in VERDICTS if holds[verdict] & grid.full]

    @cached_property
    def decides(self) -> set[str]:
        """The topics that the deciding policy looks at."""
        return {topic.id for topic in self.base.knowledge.topics.values() if topic.decides}

    def deciding(self, option: str, waits: bool = False) -> list[Instance]:
        """The instances behind an option's verdict, and behind its timing if `waits`."""
        found = self.behind.get(("verdict", option, ""), [])
        found = [*found, *self.behind.get(("timing", option, ""), [])] if waits else found
        ids = {instance.id for instance in found}
        return [instance for instance in self.base.instances if instance.id in ids]

    def verdict_masks(self, option: str, grid: Grid, waits: bool = False) -> dict[str, int]:
        instances = self.deciding(option, waits)
        reading = Reading(grid)
        fired = reading.derive(self.upstream(instances))
        outcome = outcome_of(self.base.knowledge, reading, instances, fired)
        return {**outcome.verdicts(option), NOW: outcome.timing(option)[NOW]}

    # --- smallest changes ----------------------------------------------------------------------

    def flips(
        self, case: Case, option: str, goals: tuple[str, ...], most: int = 3
    ) -> list[dict[str, Answer]]:
        """All smallest sets of changed answers after which the option has every goal.

        A goal is a verdict or `now`. Answers that the person cannot change (`fixed`) are left
        alone if they were given; an answer is never changed to `unknown`. At most `most` change.
        """
        attributes = self.base.knowledge.attributes
        free = [
            name
            for name in self.support(self.deciding(option, NOW in goals))
            if not (attributes[name].fixed and case.value(name) is not None)
        ]
        for size in range(1, most + 1):
            found = [
                change
                for names in combinations(free, size)
                for change in self._changes(case, option, goals, names)
            ]
            if found:
                return found
        return []

    def _changes(
        self, case: Case, option: str, goals: tuple[str, ...], names: tuple[str, ...]
    ) -> Iterator[dict[str, Answer]]:
        grid = Grid(self.grid(case, names, unknown=False))
        masks = self.verdict_masks(option, grid, NOW in goals)
        wanted = grid.full
        for goal in goals:
            wanted &= masks[goal]
        nearest: dict[tuple[Answer, ...], dict[str, Answer]] = {}
        for place in range(grid.size):
            if wanted >> place & 1:
                change = {n: grid.axes[n][place // grid.strides[n] % len(grid.axes[n])] for n in names}
                if all(change[name] != case.value(name) for name in names):
                    # of numbers that do the same, the one nearest to the answer given
                    kept = tuple(v if isinstance(v, str) else None for v in change.values())
                    best = nearest.get(kept)
                    if best is None or _distance(change, case) < _distance(best, case):
                        nearest[kept] = change
        yield from nearest.values()


def _compares(condition: Condition) -> Iterator[Compare]:
    """The comparisons in a condition; that a number equals another is one."""
    for leaf in leaves(condition):
        if isinstance(leaf, Compare):
            yield leaf
        elif isinstance(leaf, Is):
            yield from (Compare(leaf.ref, "at-least", v) for v in leaf.values if isinstance(v, int))


def _lowest(term: Term) -> int:
    return term.low if term.low is not None else -FAR * int(10**term.decimals)


def _highest(term: Term) -> int:
    return term.high if term.high is not None else FAR * int(10**term.decimals)


def _crossing(side: object, low: int, high: int) -> int | None:
    """The last number at which `side` has the sign that it has at `low`, if it changes sign."""
    assert callable(side)
    start = side(low) > 0
    if (side(high) > 0) == start and side(high) != 0 and side(low) != 0:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if (side(middle) > 0) == start else (low, middle)
    return low


def _layers(amounts: list[tuple[int, Row]], grid: Grid) -> Iterator[int]:
    """A number over a grid as truth values: one for each value that it takes."""
    where: dict[int, int] = {}
    for guard, row in amounts:
        for place in range(grid.size):
            if guard >> place & 1:
                where[row.values[place]] = where.get(row.values[place], 0) | 1 << place
    yield from where.values()


def _distance(change: dict[str, Answer], case: Case) -> int:
    pairs = [(new, case.value(name)) for name, new in change.items()]
    return sum(abs(a - b) if isinstance(b, int) else a for a, b in pairs if isinstance(a, int))
