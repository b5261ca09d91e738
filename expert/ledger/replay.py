"""Running recorded answers again: under the rules that were recorded, and under those of today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from expert.consultation.compare import Difference, what_if
from expert.consultation.engine import infer
from expert.consultation.result import Consultation, Firing, name_of
from expert.io.json import canonical, plain
from expert.language.rules import RuleBase
from expert.ledger.records import base_of, case_of, consultation_of
from expert.ledger.store import Entry, Ledger


class Replayed(NamedTuple):
    """A record run again: whether it came out the same, and where it first differs."""

    id: str
    same: bool
    first: str


class Impact(NamedTuple):
    """A record that would come out differently under other rules, and through what."""

    id: str
    differences: tuple[Difference, ...]
    rules: tuple[str, ...]
    claims: tuple[str, ...]


def replay(ledger: Ledger, entries: Iterator[Entry]) -> Iterator[Replayed]:
    """Run recorded answers under the recorded rules; the trace must be the same, byte for byte."""
    bases: dict[str, RuleBase] = {}
    for entry in entries:
        hash = entry.header["knowledge"]
        base = bases[hash] = bases.get(hash) or base_of(ledger, entry)
        before = consultation_of(entry)
        after = infer(base, case_of(before, base))
        same = canonical(plain(after)) == canonical(plain(before))
        yield Replayed(entry.id, same, "" if same else _first_difference(before, after))


def _first_difference(before: Consultation, after: Consultation) -> str:
    for old, new in zip(before.firings, after.firings, strict=False):
        if old != new:
            return f"firing {old.n}: {name_of(old)} is now {name_of(new)}"
    for name in Consultation._fields:
        if getattr(before, name) != getattr(after, name):
            return f"`{name}` differs"
    return "the serialisation differs"


def impact(entries: Iterator[Entry], base: RuleBase) -> Iterator[Impact]:
    """Which records would come out differently under `base`, and through which rules and claims."""
    for entry in entries:
        before = consultation_of(entry)
        after = infer(base, case_of(before, base))
        changed = [d for d in what_if(before, after) if d.kind != "firing"] + _targets(before, after)
        if changed:
            old, new = ({name_of(f): _without_numbers(f) for f in c.firings} for c in (before, after))
            firings = [(old.get(name), new.get(name)) for name in {**old, **new}]
            moved = [f for pair in firings if pair[0] != pair[1] for f in pair if f]
            rules = tuple(dict.fromkeys(f.rule for f in moved))
            claims = tuple(dict.fromkeys(claim for f in moved for claim in f.claims))
            yield Impact(entry.id, tuple(changed), rules, claims)


def _targets(before: Consultation, after: Consultation) -> list[Difference]:
    """The verdicts on an option for one target or another."""
    old, new = (
        {(r.option, t): v for r in c.recommendations for t, v in r.targets.items()} for c in (before, after)
    )
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return [Difference("target", " for ".join(n), old.get(n, ""), new.get(n, "")) for n in names]


def _without_numbers(firing: Firing) -> Firing:
    """A firing as it would be whatever fired before it."""
    matched = tuple(match._replace(firings=()) for match in firing.matched)
    return firing._replace(n=0, matched=matched)
