"""What the shell offers while a command is typed: answers, names of conclusions, records.

Nothing here complains: where the knowledge base or the ledger cannot be read, nothing is offered.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import typer

from expert.consultation.case import SEPARATOR
from expert.knowledge.cache import cache_place, load_cached
from expert.knowledge.directories import built_in
from expert.language.model import CHOICES, Knowledge, Term
from expert.language.policy import NOW, VERDICTS
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
    if ctx.params.get("resume") and incomplete not in ("", *knowledge.answerable):
        waiting = drafts(ctx, args, incomplete)
        if waiting:
            return waiting
    words = [*(ctx.params.get("pairs") or []), *args]
    if words and words[-1] in knowledge.answerable:  # and `=` typed, which click takes away
        return _values(words[-1], incomplete, knowledge)
    if words[-1:] == ["="] and len(words) > 1:
        return _values(words[-2], incomplete, knowledge)
    name, equals, begun = incomplete.partition("=")
    if equals:
        return [f"{name}={value}" for value in _values(name, begun, knowledge)]
    given: set[str] = set()
    for word in words:
        term = knowledge.answerable.get(word.partition("=")[0])
        given.update(term.parts if term else ())
    offered = []
    for attribute, term in knowledge.answerable.items():
        # of several answers each by itself where one has begun to name them
        named = not term.among or "." in name
        if named and attribute.startswith(name) and given.isdisjoint(term.parts):
            offered.append(f"{attribute}=")
    return offered


def _values(name: str, begun: str, knowledge: Knowledge) -> list[str]:
    term = knowledge.answerable.get(name)
    if term is None:
        return []
    if term.type == CHOICES and SEPARATOR in begun:
        return _further(term, begun)
    values = [term.sample, "unknown"] if term.ordered else term.choices
    return [value for value in values if value.startswith(begun)]


def _further(term: Term, begun: str) -> list[str]:
    """One more of several answers, behind those that are typed already."""
    before, _, last = begun.rpartition(SEPARATOR)
    others = [value for value in term.values if value not in before.split(SEPARATOR)]
    return [f"{before}{SEPARATOR}{value}" for value in others if value.startswith(last)]


def _offering(names: Callable[[RuleBase], Iterable[str]]) -> Callable[..., list[str]]:
    """What offers those of some names of the knowledge base that are begun."""

    def offered(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
        try:
            return [name for name in names(_base(ctx)) if name.startswith(incomplete)]
        except Exception:
            return []

    return offered


def _subjects(base: RuleBase) -> Iterable[str]:
    declared = base.knowledge
    named = [*declared.options, *declared.findings, *declared.answerable]
    named += [*declared.targets, *declared.steps, *declared.flags]
    return dict.fromkeys([*named, *(rule.id for rule in base.rules), *declared.claims])


subjects = _offering(_subjects)
claims = _offering(lambda base: base.knowledge.claims)
rules = _offering(lambda base: [rule.id for rule in base.rules])
options = _offering(lambda base: base.knowledge.options)
attributes = _offering(lambda base: base.knowledge.questions)


def rules_or_claims(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """The rules, and the claims."""
    return [*rules(ctx, args, incomplete), *claims(ctx, args, incomplete)]


def table_formats(incomplete: str) -> list[str]:
    """The formats of tables."""
    from expert.views.terminal import table_formats  # a consultation without a table needs none

    return [name for name in table_formats() if name.startswith(incomplete)]


def records(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """The newest records of the ledger."""
    try:
        return [id for id in ["last", *_ids(ctx)] if id.startswith(incomplete)]
    except Exception:
        return []


def records_or_answers(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """What may follow the name of a conclusion."""
    return [*records(ctx, args, incomplete), *answers(ctx, args, incomplete)]


def verdicts_records_or_answers(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """What may follow the name of an option of which it is asked why it is not so."""
    said = ctx.params.get("rest") or args
    verdicts = [] if said else [word for word in (*VERDICTS, NOW) if word.startswith(incomplete)]
    return [*verdicts, *records_or_answers(ctx, args, incomplete)]


def drafts(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """The interrupted dialogues."""
    from expert.ledger.drafts import waiting  # as the ledger is, below
    from expert.ledger.store import Ledger

    try:
        with Ledger(_ledgers(ctx)[0]) as store:
            return [one.id for one in waiting(store) if one.id.startswith(incomplete)]
    except Exception:
        return []


def _base(ctx: typer.Context) -> RuleBase:
    without = ctx.find_root().params.get("no_cache")
    return load_cached(_directory(ctx), None if without else cache_place())


def _directory(ctx: typer.Context) -> Path:
    """Where the knowledge base that was named is; bash makes three words of `--kb=DIR`."""
    named = ctx.params.get("kb")
    if str(named) == "=":
        typed = re.search(r"--kb\s*=\s*(\S+)", os.environ.get("COMP_WORDS", ""))
        named = typed[1] if typed else None
    return Path(named or built_in())


def _ids(ctx: typer.Context) -> Iterator[str]:
    from expert.ledger.store import Ledger  # a consultation that keeps no record needs none

    for path in _ledgers(ctx):
        with Ledger(path) as store:
            newest = deque((id for _, id, *_ in store.rows()), MANY)
        yield from reversed(newest)


def _ledgers(ctx: typer.Context) -> list[Path]:
    """The ledgers that were named, if any were: some commands take several."""
    from expert.ledger.store import default_path

    named = ctx.params.get("ledger") or default_path()
    return [Path(path) for path in (named if isinstance(named, (list, tuple)) else [named])]
