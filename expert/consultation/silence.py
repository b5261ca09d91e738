"""Why a condition does not hold: what of it fails, and whether the case says otherwise or does not say."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from functools import cached_property
from typing import assert_never

from expert.consultation.alike import Alike, KeyOf
from expert.consultation.result import NotFired
from expert.language.asking import Test, compiled
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
    parts_of,
    refs,
)
from expert.language.keys import exception_of
from expert.language.meaning import Evaluation
from expert.language.rules import Instance


class Silent:
    """An instance, and what was said of why it did not fire, by its key of the cases.

    A contradiction is judged by all answers, also by those that are left out of account.
    """

    def __init__(
        self, instance: Instance, contradicts: bool, disagreeing: Collection[Condition], alike: Alike
    ) -> None:
        self.instance, self.contradicts = instance, contradicts
        self.disagreeing, self.alike = disagreeing, alike
        self.said: dict[Hashable, NotFired | Ref] = {}

    @cached_property
    def key(self) -> KeyOf:
        return self.alike.key(self.instance.when)

    @cached_property
    def silence(self) -> Silence:
        """What has to be asked of a case to say why."""
        return Silence(self.instance.when, self.disagreeing)


class Silence:
    """A condition, with what has to be asked of a case to say why it does not hold.

    `exception` is what applies, if that alone is why. Each test is made when it is first needed: of most
    conditions a consultation asks one of them.
    """

    def __init__(self, condition: Condition, disagreeing: Collection[Condition]) -> None:
        self.condition, self.disagreeing = condition, disagreeing
        self.exception = _exception(condition)
        self.parts: list[Silence] = []
        if isinstance(condition, AllOf):
            self.parts = [Silence(part, disagreeing) for part in condition.parts]

    @cached_property
    def holds(self) -> Test:
        """Whether it holds."""
        return compiled(self.condition)[0]

    @cached_property
    def denied(self) -> Test:
        """Whether the case says otherwise."""
        counts = isinstance(self.condition, Unless) and self.condition.counts
        return (lambda case: True) if counts else _denied(self.condition)

    @cached_property
    def answers(self) -> list[Test]:
        """Whether each answer is known without which it would not be told."""
        needed = dict.fromkeys(ref for ref in _asked(self.condition, self.disagreeing) if ref.deniable)
        return [compiled(Known(ref))[0] for ref in needed]

    def failure(self, case: Evaluation) -> tuple[str, Silence]:
        """Why it does not hold, and the first part of it that does not; an exception comes last."""
        if self.parts:
            failed = [part for part in self.parts if not part.holds(case)]
            return next((part for part in failed if not part.exception), failed[0]).failure(case)
        if self.denied(case):
            return "denied", self
        return ("no-evidence" if all(known(case) for known in self.answers) else "unknown"), self


def _exception(failed: Condition) -> Ref | None:
    """What applies, if that is why a condition does not hold: an exception."""
    if isinstance(failed, Unless) and isinstance(failed.part, Is) and exception_of(failed.part.ref.name):
        return failed.part.ref
    return None


def _asked(condition: Condition, disagreeing: Collection[Condition]) -> Iterator[Ref]:
    """What a condition asks of a case, but for what could leave an answer out of account."""
    if not parts_of(condition):
        yield from (ref for ref, _ in refs(condition))
    elif not isinstance(condition, Unless) or not (condition.counts or condition.part in disagreeing):
        for part in parts_of(condition):
            yield from _asked(part, disagreeing)


def _denied(condition: Condition) -> Test:
    """Whether the case says otherwise; what should be known and is not, it does not speak of."""
    match condition:
        case Known(_, True) | Determined():
            return lambda case: False
        case Unless(_, counts) if counts:
            return lambda case: False
        case Not(Unless(_, counts)) if counts:
            return lambda case: True
        case AllOf(parts):
            some = [_denied(part) for part in parts]
            return lambda case: any(denied(case) for denied in some)
        case AnyOf(parts):
            every = [_denied(part) for part in parts]
            return lambda case: all(denied(case) for denied in every)
        case Is() | Known() | Compare() | OptionIs() | Given() | Not() | Unless() | Count():
            return compiled(condition)[1]
        case _:
            assert_never(condition)
