"""What answers can still do: which questions matter, and which verdicts are still possible.

Everything is decided by reading the rules over all completions of a case (see language/prospect): for
each thing that a reader of a consultation can see, which of the open answers it depends on. An answer
matters if it can change one of them; where that is not decided, it *may* matter, and is asked for.

The grids at the end are those of tables of cases: numbers are represented there by the values at and
beside every threshold that they are compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple, assert_never

from expert.consultation.case import Answer, Case
from expert.language.cells import NotDecided
from expert.language.conclusions import (
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Flag,
    Plan,
    Wait,
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
from expert.language.grids import Grid
from expert.language.keys import with_option
from expert.language.meaning import (
    Reading,
    amount,
)
from expert.language.model import Term
from expert.language.outcome import (
    Part,
    outcome_of,
    parts_shown,
)
from expert.language.policy import NOW, VERDICTS
from expert.language.prospect import Cones, Prospect, Visible
from expert.language.rules import Instance, RuleBase

GRID_LIMIT = 1 << 16  # cases in one grid


KEPT = 8  # cases of which it is kept what can still come of them


BY_RULE = (Argue.kind, Advise.kind, Caution.kind)  # what a rule says in words of its own
REASON, VERDICT = "reason", "verdict"


FAR = 10**16  # beyond what can be typed; stands for "as large as you like" where there is no bound


@dataclass(frozen=True, eq=False, slots=True)
class Effect:
    """One thing that a reader of a consultation can see, and what brings it about."""

    kind: str
    name: str
    option: str
    visible: Visible

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The instances that bring it about."""
        return self.visible.instances


class Ahead(NamedTuple):
    """A case, with what was found out of what is still to come. `prospect`: None if it is too large."""

    prospect: Prospect | None
    changing: dict[Effect, dict[str, bool]]


class Reach:
    """A rule base, prepared for such questions."""

    def __init__(self, base: RuleBase) -> None:
        self.base, self.cones = base, Cones(base)
        self._ahead: dict[tuple[tuple[str, Answer], ...], Ahead] = {}
        self._supports: dict[Effect, list[str]] = {}

    @cached_property
    def effects(self) -> list[Effect]:
        """Everything that can be seen: arguments, advice and reasons by rule, the rest by what it says."""
        found: dict[tuple[str, ...], dict[str, Instance]] = {}
        for instance in self.base.instances:
            keys = [key for c in instance.then if (key := self._effect(c, instance))]
            if keys and all(key[0] not in BY_RULE for key in keys) and any(self.cones.printed(instance)):
                keys.append((REASON, instance.rule.id, instance.option))
            for key in keys:
                found.setdefault(key, {})[instance.id] = instance
        effects = []
        for key, some in found.items():
            kind, name, option, *_ = key
            visible = self._visible(kind, name, option, tuple(some.values()))
            effects.append(Effect(kind, name, option, visible))
        for option in self.base.knowledge.options:
            if deciding := self.deciding(option):
                effects.append(Effect(VERDICT, option, option, Visible(tuple(deciding), waiting=option)))
        return effects

    def _effect(self, c: Conclusion, instance: Instance) -> tuple[str, ...]:
        """What a conclusion shows: its kind, name and option, and what else it is told apart by."""
        match c:
            case Conclude():  # nothing else is shown of a finding but by the texts that name it
                return (c.kind, c.name, c.option) if c.name in (self.base.knowledge.cost or ()) else ()
            case Argue() | Advise() | Caution():
                return c.kind, instance.rule.id, c.option
            case Plan():  # a step cites the claims of the rules that plan it
                return c.kind, c.name, c.option, *instance.rule.claims
            case Wait() | Flag():
                return c.kind, c.name, c.option
            case _:
                assert_never(c)

    def _visible(self, kind: str, name: str, option: str, some: tuple[Instance, ...]) -> Visible:
        if kind == "finding":
            return Visible(some, (with_option(name, option),))
        if kind in (*BY_RULE, REASON):  # of one rule and one option there is one instance
            return Visible(some, *self.cones.printed(some[0]))
        return Visible(some)

    @cached_property
    def behind(self) -> dict[Part, list[Instance]]:
        """Everything that an outcome can show, and the instances that bring it about."""
        found: dict[Part, list[Instance]] = {}
        for instance in self.base.instances:
            for conclusion in instance.then:
                for part in parts_shown(conclusion, self.base.knowledge):
                    found.setdefault(part, []).append(instance)
        return found

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
                for i in self.cones.writers.get(quantity.key, ())
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

    def ahead(self, case: Case) -> Ahead:
        """What can still come of a case; that of the last few is kept."""
        key = tuple(case.answers.items())
        if key not in self._ahead:
            while len(self._ahead) >= KEPT:
                del self._ahead[next(iter(self._ahead))]
            try:
                self._ahead[key] = Ahead(Prospect(self.cones, case.answers), {})
            except NotDecided:
                self._ahead[key] = Ahead(None, {})
        return self._ahead[key]

    def changing(self, effect: Effect, case: Case) -> dict[str, bool]:
        """The open answers that can still change an effect, and whether that is certain.

        What is not there can not, whatever the other answers are.
        """
        if all(name in case.answers for name in self.rests_on(effect)):
            return {}
        ahead = self.ahead(case)
        if effect not in ahead.changing:
            prospect = ahead.prospect or self._alone(effect, case)
            unsure = dict.fromkeys((n for n in self.rests_on(effect) if n not in case.answers), False)
            ahead.changing[effect] = prospect.changing(effect.visible) if prospect else unsure
        return ahead.changing[effect]

    def _alone(self, effect: Effect, case: Case) -> Prospect | None:
        """The case, as far as an effect alone is concerned; None if that is too much as well."""
        behind = [*effect.instances, *self.cones.upstream((), effect.visible.findings)]
        try:
            return Prospect(self.cones, case.answers, behind)
        except NotDecided:
            return None

    def rests_on(self, effect: Effect) -> list[str]:
        """The attributes that an effect depends on."""
        found = self._supports.get(effect)
        if found is None:
            visible = effect.visible
            support = self.cones.support(visible.instances, visible.findings)
            found = self._supports[effect] = [*support, *visible.answers]
        return found

    def may_change(self, name: str, case: Case) -> bool:
        """Whether an open answer can still change something, for all that can be told."""
        concerned = (effect for effect in self.effects if name in self.rests_on(effect))
        return any(name in self.changing(effect, case) for effect in concerned)

    def matters(self, case: Case) -> dict[str, dict[Effect, bool]]:
        """For each open answer that can still change something, what it can change, and whether surely."""
        found: dict[str, dict[Effect, bool]] = {}
        for effect in self.effects:
            for name, sure in self.changing(effect, case).items():
                found.setdefault(name, {})[effect] = sure
        return {name: found[name] for name in self.open(case) if name in found}

    def verdicts(self, option: str, case: Case) -> dict[str, bool]:
        """The verdicts that an option can still have, and whether that is certain."""
        prospect = self.ahead(case).prospect
        return prospect.possible_verdicts(option) if prospect else dict.fromkeys(VERDICTS, False)

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
        fired = reading.derive(self.cones.upstream(instances))
        outcome = outcome_of(self.base.knowledge, reading, instances, fired)
        return {**outcome.verdicts(option), NOW: outcome.timing(option)[NOW]}


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
