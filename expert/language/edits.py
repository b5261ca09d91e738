"""What was edited between two knowledge bases, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from expert.language.model import singular
from expert.language.rules import Rule, RuleBase

PARTS = ("claims", "attributes", "findings", "properties", "options", "targets", "topics", "steps", "flags")
NOWHERE = ("span", "stratum")


class Edit(NamedTuple):
    """Something declared that was added, removed or edited, and then in which of its fields."""

    kind: str  # rule, claim, option, attribute, ...
    id: str
    change: str
    fields: tuple[str, ...] = ()


# --- what was edited -----------------------------------------------------------------------------
def edits(old: RuleBase, new: RuleBase) -> Iterator[Edit]:
    """What was added, removed and edited; where it stands in the files does not count."""
    yield from _edits("rule", _rules(old), _rules(new))
    for part in PARTS:
        kind = singular(part)
        yield from _edits(kind, getattr(old.knowledge, part), getattr(new.knowledge, part))
    for name in ("edition", "cost", "results", "exclusive", "rank", "words"):
        if getattr(old.knowledge, name) != getattr(new.knowledge, name):
            yield Edit(name, name, "edited")
    kept = _rules(old).keys() & _rules(new).keys()
    if [id for id in _rules(old) if id in kept] != [id for id in _rules(new) if id in kept]:
        yield Edit("order", "rules", "edited")


def _rules(base: RuleBase) -> dict[str, Rule]:
    return {rule.id: rule for rule in base.rules}


def _edits(kind: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Edit]:
    for id in dict.fromkeys([*old, *new]):
        before, after = old.get(id), new.get(id)
        if before is None or after is None:
            yield Edit(kind, id, "added" if before is None else "removed")
            continue
        names = [name for name in getattr(before, "_fields", ()) if name not in NOWHERE]
        fields = [name for name in names if not _same(getattr(before, name), getattr(after, name))]
        if fields:
            yield Edit(kind, id, "edited", tuple(fields))


def _same(before: object, after: object) -> bool:
    """Whether two fields are equal; the order of what they declare counts."""
    ordered = isinstance(before, dict) and isinstance(after, dict)
    return before == after and (not ordered or [*before] == [*after])  # type: ignore[misc]
