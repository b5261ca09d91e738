"""What answers can still do: which questions matter, and which verdicts are still possible.

Everything is decided by reading the rules over all completions of a case (see language/prospect): for
each thing that a reader of a consultation can see, which of the open answers it depends on. An answer
matters if it can change one of them; where that is not decided, it *may* matter, and is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Protocol, assert_never

from expert.consultation.case import Answer, Case
from expert.consultation.openness import Openness
from expert.language.changes import Changes, changes_to
from expert.language.conclusions import (
    ADVICE,
    ARGUMENT,
    CAUTION,
    FINDING,
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Flag,
    Plan,
    Tally,
    Wait,
)
from expert.language.keys import with_option
from expert.language.limits import NotDecided
from expert.language.outcome import Part, parts_shown, shown_findings
from expert.language.policy import VERDICTS
from expert.language.prospect import Cones, Prospect, Visible, changing_alone, deciding
from expert.language.rules import Instance, RuleBase
from expert.language.survey import CaseAnswers

KEPT = 8  # cases of which it is kept what can still come of them
LOOKED_AT = 16  # instances of which it is found, one by one, whether they may still fire
FEW = 8  # effects that are looked at alone, before all rules are read together

BY_RULE = (ARGUMENT, ADVICE, CAUTION)  # what a rule says in words of its own
REASON, VERDICT = "reason", "verdict"


class Effect:
    """One thing that a reader of a consultation can see, and what brings it about."""

    __slots__ = ("kind", "name", "option", "visible")

    def __init__(self, kind: str, name: str, option: str, visible: Visible) -> None:
        self.kind, self.name, self.option, self.visible = kind, name, option, visible

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The instances that bring it about."""
        return self.visible.instances or self.visible.by


def _all_answerable(instance: Instance) -> tuple[str, ...]:
    """The findings that may be answered, if an instance concludes no others."""
    findings = [c for c in instance.then if isinstance(c, (Conclude, Tally))]
    answerable = tuple(dict.fromkeys(c.name for c in findings if c.replies))
    return answerable if len(findings) == len(instance.then) and all(c.replies for c in findings) else ()


class Further(Protocol):
    """What may decide what diagrams leave undecided: True, False, or None (see proof/undecided)."""

    def changes(self, effect: Visible, name: str, answers: CaseAnswers, /) -> bool | None:
        """Whether an open answer can change an effect."""

    def has(self, option: str, verdict: str, answers: CaseAnswers, /) -> bool | None:
        """Whether an option can still have a verdict."""

    def changes_to(
        self, answers: CaseAnswers, option: str, goal: str, targets: Collection[str], /
    ) -> Changes:
        """The smallest changes to a goal. Raises NotDecided."""


class Ahead:
    """What can still come of a case, found when it is asked for."""

    def __init__(self, cones: Cones, case: Case) -> None:
        self.cones, self.case = cones, case
        self.changing: dict[Effect, dict[str, bool]] = {}
        self._options: dict[str, Prospect | None] = {}

    @cached_property
    def whole(self) -> Prospect | None:
        """All rules over all completions; None if that is too large."""
        return self._prospect(None)

    def option(self, option: str) -> Prospect | None:
        """The rules behind an option's verdict over all completions; None if that is too large."""
        if option not in self._options:
            self._options[option] = self._prospect(deciding(self.cones.base, option))
        return self._options[option]

    def _prospect(self, only: Sequence[Instance] | None) -> Prospect | None:
        try:
            return Prospect(self.cones, self.case.answers, only)
        except NotDecided:
            return None

    def change(self, effect: Effect, alone: bool) -> dict[str, bool]:
        """The open answers that can change an effect; `alone`, without what all rules need together."""
        if effect not in self.changing:
            whole = None if alone or effect.visible.waiting else self.whole
            if whole is not None:
                self.changing[effect] = whole.changing(effect.visible)
            else:
                self.changing[effect] = changing_alone(self.cones, self.case.answers, effect.visible)
        return self.changing[effect]


class Reach:
    """A rule base, prepared for such questions; `further` makes what decides what diagrams do not."""

    def __init__(self, base: RuleBase, further: Callable[[RuleBase], Further | None] | None = None) -> None:
        self.base, self.cones = base, Cones(base)
        self._make_further = further
        self._ahead: dict[tuple[tuple[str, Answer], ...], Ahead] = {}
        self._supports: dict[Effect, list[str]] = {}

    @cached_property
    def further(self) -> Further | None:
        """What decides what diagrams leave undecided, if there is something."""
        return self._make_further(self.base) if self._make_further else None

    @cached_property
    def openness(self) -> Openness:
        """What asks of a case what may still be put forward or concluded."""
        return Openness(self.base)

    @cached_property
    def effects(self) -> list[Effect]:
        """Everything that can be seen: arguments, advice and reasons by rule, the rest by what it says."""
        instances_of: dict[tuple[str, ...], dict[str, Instance]] = {}
        # nothing is asked to find answers that disagree
        contradictions = {c.id for c in self.base.knowledge.contradictions}
        for instance in (i for i in self.base.instances if i.rule.id not in contradictions):
            keys = [key for c in instance.then if (key := self._effect(c, instance))]
            if keys and all(key[0] not in BY_RULE for key in keys) and any(self.cones.printed(instance)):
                keys.append((REASON, instance.rule.id, instance.option))
            for key in keys:
                instances_of.setdefault(key, {})[instance.id] = instance
        effects = []
        for key, some in instances_of.items():
            kind, name, option, *_ = key
            visible = self._visible(kind, name, option, tuple(some.values()))
            effects.append(Effect(kind, name, option, visible))
        for option in self.base.knowledge.options:
            if behind := deciding(self.base, option):
                effects.append(Effect(VERDICT, option, option, Visible(tuple(behind), waiting=option)))
        return effects

    def _effect(self, c: Conclusion, instance: Instance) -> tuple[str, ...]:
        """What a conclusion shows: its kind, name and option, and what else it is told apart by."""
        match c:
            case Conclude() | Tally():  # nothing else is shown of a finding but by the texts that name it
                return (FINDING, c.name, c.option) if c.name in shown_findings(self.base.knowledge) else ()
            case Argue() | Advise() | Caution():
                return c.kind, instance.rule.id, c.option
            case Plan():  # a step cites the claims of the rules that plan it
                return c.kind, c.name, c.option, *instance.rule.claims
            case Wait() | Flag():
                return c.kind, c.name, c.option
            case _:
                assert_never(c)

    def _visible(self, kind: str, name: str, option: str, some: tuple[Instance, ...]) -> Visible:
        if kind == "finding" and self.base.knowledge.findings[name].asked:
            return Visible((), (name,), by=some)  # where it is answered no firing matters
        if kind == "finding":
            return Visible(some, (with_option(name, option),))
        if kind == REASON:
            return Visible(some, *self.cones.printed(some[0]), unanswered=_all_answerable(some[0]))
        if kind in BY_RULE:  # of one rule and one option there is one instance
            return Visible(some, *self.cones.printed(some[0]))
        return Visible(some)

    @cached_property
    def behind(self) -> dict[Part, list[Instance]]:
        """Everything that an outcome can show, and the instances that bring it about."""
        behind: dict[Part, list[Instance]] = {}
        for instance in self.base.instances:
            for conclusion in instance.then:
                for part in parts_shown(conclusion, self.base.knowledge):
                    behind.setdefault(part, []).append(instance)
        return behind

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
            self._ahead[key] = Ahead(self.cones, case)
        return self._ahead[key]

    def changing(self, effect: Effect, case: Case, alone: bool = False) -> dict[str, bool]:
        """The open answers that can still change an effect, and whether that is certain.

        What is not there can not, whatever the other answers are. A few effects are sooner looked at
        `alone`.
        """
        if all(name in case.answers for name in self.rests_on(effect)):
            return {}
        ahead = self.ahead(case)
        new = effect not in ahead.changing
        changing = ahead.change(effect, alone)
        if new and False in changing.values() and (further := self.further):
            _decide(changing, lambda name: further.changes(effect.visible, name, case.answers))
        return changing

    def still_firing(
        self, case: Case, instances: Sequence[Instance]
    ) -> tuple[tuple[Instance, ...], tuple[str, ...]]:
        """Of instances that did not fire, those that still may, and the attributes that this may depend on.

        An answer `unknown` is none. What the parts of conditions leave open, and all of them together rule
        out, is found where there are few.
        """
        may, depends_on = self.openness.still_firing(case, instances)
        if len(may) > LOOKED_AT:
            return may, depends_on
        known = {name: answer for name, answer in case.answers.items() if answer is not None}
        firing, names = [], set[str]()
        for instance in may:
            if changing := changing_alone(self.cones, known, Visible((instance,))):
                firing.append(instance)
                names |= changing.keys()
        return tuple(firing), tuple(name for name in self.base.knowledge.attributes if name in names)

    def rests_on(self, effect: Effect) -> list[str]:
        """The attributes that an effect depends on."""
        names = self._supports.get(effect)
        if names is None:
            visible = effect.visible
            support = self.cones.support(visible.instances, visible.findings)
            names = self._supports[effect] = [*support, *visible.answers]
        return names

    def may_change(self, name: str, case: Case) -> bool:
        """Whether an open answer can still change something, for all that can be told."""
        concerned = (effect for effect in self.effects if name in self.rests_on(effect))
        return any(name in self.changing(effect, case, n < FEW) for n, effect in enumerate(concerned))

    def matters(self, case: Case) -> dict[str, dict[Effect, bool]]:
        """For each open answer that can still change something, what it can change, and whether surely."""
        effects_of: dict[str, dict[Effect, bool]] = {}
        for effect in self.effects:
            for name, sure in self.changing(effect, case).items():
                effects_of.setdefault(name, {})[effect] = sure
        return {name: effects_of[name] for name in self.open(case) if name in effects_of}

    def changing_verdicts(self, case: Case) -> dict[str, bool]:
        """The open answers that can still change some verdict, and whether that is certain."""
        sure: dict[str, bool] = {}
        for option in self.base.knowledge.options:
            for name, certain in self._changing_verdict(option, case).items():
                sure[name] = sure.get(name, False) or certain
        return {name: sure[name] for name in self.open(case) if name in sure}

    def _changing_verdict(self, option: str, case: Case) -> dict[str, bool]:
        prospect = self.ahead(case).option(option)
        if prospect is not None:
            with suppress(NotDecided):
                return prospect.changing_verdict(option)
        support = self.cones.support(deciding(self.base, option))
        return {name: False for name in support if name not in case.answers}

    def verdicts(self, option: str, case: Case) -> dict[str, bool]:
        """The verdicts that an option can still have, and whether that is certain."""
        prospect = self.ahead(case).option(option)
        possible = prospect.possible_verdicts(option) if prospect else dict.fromkeys(VERDICTS, False)
        if False in possible.values() and (further := self.further):
            _decide(possible, lambda verdict: further.has(option, verdict, case.answers))
        return possible

    def changes_to(self, case: Case, option: str, goal: str, targets: Collection[str]) -> Changes:
        """The smallest changes after which an option has a goal (see language/changes). Raises NotDecided."""
        try:
            changes = changes_to(self.cones, case.answers, option, (goal,), targets)
            if changes.found or changes.up_to is None or self.further is None:
                return changes
        except NotDecided:
            if self.further is None:
                raise
            changes = Changes([], 0)
        try:
            return self.further.changes_to(case.answers, option, goal, targets)
        except NotDecided:
            return changes


def _decide(perhaps: dict[str, bool], decide: Callable[[str], bool | None]) -> None:
    """Have what is not certain yet decided, as far as it can be; what is not so is taken out."""
    for name in [name for name, sure in perhaps.items() if not sure]:
        so = decide(name)
        if so is False:
            del perhaps[name]
        else:
            perhaps[name] = so is True
