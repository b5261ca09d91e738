"""Ways from what is open to the answers that it depends on, as the rules have them, whatever the case.

A way leads from whether an instance fires to the parts of its condition, from these to terms, and from
findings to the instances that conclude them. `openness` follows ways in one case; `open_cases` writes down
for all cases at once where they lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, assert_never

from expert.language.conclusions import Conclude, Tally, computed_refs
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
    refs,
)
from expert.language.keys import exception_of
from expert.language.model import Value
from expert.language.rules import Instance


class Fires(NamedTuple):
    """Whether an instance fires."""

    instance: Instance


class Holds(NamedTuple):
    """Whether a condition holds, or is denied."""

    condition: Condition
    denied: bool


class Has(NamedTuple):
    """What a term is: of a finding, as far as one of the values is wanted."""

    ref: Ref
    wanted: tuple[Value, ...] | None


class Computes(NamedTuple):
    """What an instance that may fire computes with."""

    instance: Instance
    ref: Ref


Turn = Fires | Holds | Has | Computes


def inside(condition: Condition, denied: bool) -> Iterator[Holds | Has]:
    """What it depends on whether a condition holds, or is denied."""
    match condition:
        case AllOf() | AnyOf():
            for part in condition.parts:
                yield Holds(part, denied)
        case Count():
            for part in condition.parts:
                yield Holds(part, False)
                yield Holds(part, True)
        case Not():
            yield Holds(condition.part, not denied)
        case Unless():
            yield Holds(condition.part, False)
        case Is(_, values):
            for ref, _ in refs(condition):
                yield Has(ref, None if denied else values)
        case Compare() | Known() | Determined() | OptionIs() | Given():
            for ref, _ in refs(condition):
                yield Has(ref, None)
        case _:
            assert_never(condition)


def behind(finding: Has, writers: Mapping[str, Iterable[Instance]]) -> Iterator[Turn]:
    """What a finding depends on; `writers` are the instances that conclude findings, by key."""
    ref, wanted = finding
    key = ref.key
    for writer in writers.get(key, ()):
        if exception_of(ref.name):
            yield Fires(writer)
        for c in writer.then:
            if isinstance(c, Tally) and c.key == key:
                for row in c.rows:
                    yield Holds(row.when, False)
                    yield Holds(row.when, True)
                for part in computed_refs(c):
                    yield Has(part, None)
            if isinstance(c, Conclude) and c.key == key:
                if isinstance(c.value, str) and wanted is not None and c.value not in wanted:
                    continue
                yield Fires(writer)
                for part in computed_refs(c):
                    yield Computes(writer, part)
