"""What the shell offers while a command is typed: answers, names of conclusions, records.

Nothing here complains: where the knowledge base or the ledger cannot be read, nothing is offered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import typer

from expert.knowledge.load import built_in, load
from expert.language.model import Knowledge
from expert.language.rules import RuleBase

MANY = 30  # records


def answers(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """Attributes that are not answered yet, and the values of the one that is being answered.

    bash ends a word at `=`: there the attribute and the sign are words of their own.
    """
    try:
        knowledge = _base(ctx).knowledge
    except Exception:
        return []
    words = [*(ctx.params.get("pairs") or []), *args]
    if words and words[-1] in knowledge.attributes:  # and `=` typed, which click takes away
        return _values(words[-1], incomplete, knowledge)
    if words[-1:] == ["="] and len(words) > 1:
        return _values(words[-2], incomplete, knowledge)
    name, equals, begun = incomplete.partition("=")
    if equals:
        return [f"{name}={value}" for value in _values(name, begun, knowledge)]
    given = {word.partition("=")[0] for word in words}
    return [
        f"{attribute}="
        for attribute in knowledge.attributes
        if attribute.startswith(name) and attribute not in given
    ]


def _values(name: str, begun: str, knowledge: Knowledge) -> list[str]:
    term = knowledge.attributes.get(name)
    if term is None:
        return []
    values = [term.sample, "unknown"] if term.numeric else term.choices
    return [value for value in values if value.startswith(begun)]


def subjects(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """What can be asked about: options, findings, steps and rules."""
    try:
        base = _base(ctx)
    except Exception:
        return []
    knowledge = base.knowledge
    names = dict.fromkeys(
        [*knowledge.options, *knowledge.findings, *knowledge.steps, *(rule.id for rule in base.rules)]
    )
    return [name for name in names if name.startswith(incomplete)]


def records(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """The newest records of the ledger."""
    try:
        return [id for id in ["last", *_ids(ctx)] if id.startswith(incomplete)]
    except Exception:
        return []


def records_or_answers(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """What may follow the name of a conclusion."""
    return [*records(ctx, args, incomplete), *answers(ctx, args, incomplete)]


def _base(ctx: typer.Context) -> RuleBase:
    return load(Path(ctx.params.get("kb") or built_in()))


def _ids(ctx: typer.Context) -> Iterator[str]:
    from expert.ledger.store import Ledger, default_path  # a consultation that keeps no record needs none

    with Ledger(Path(ctx.params.get("ledger") or default_path())) as store:
        newest = deque((id for _, id, *_ in store.rows()), MANY)
    yield from reversed(newest)
