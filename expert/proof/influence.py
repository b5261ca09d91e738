"""Where one answer makes a difference to what is shown, by Z3."""

from __future__ import annotations

from expert.backends.z3 import Formula, FormulaAmounts, Prover, World
from expert.consultation.relevance import Reach
from expert.language.keys import with_option


def differs(prover: Prover, name: str) -> list[Formula]:
    """Facts that hold of two cases that differ in one answer only, and in what they show."""
    if name not in prover.pairs:
        prover.pairs[name] = _differs(prover, name)
    return prover.pairs[name]


def _differs(prover: Prover, name: str) -> list[Formula]:
    reach = Reach(prover.base)
    effects = [effect for effect in reach.effects if name in reach.support(effect.instances)]
    upstream = reach.upstream(i for effect in effects for i in effect.instances)
    world = World(prover.base, [name], upstream)
    facts = world.algebra.domain(name)
    shown = []
    for effect in effects:
        if effect.kind == "finding":
            key = with_option(effect.name, effect.option)
            amounts = [w.reading.numbers.get(key, []) for w in (prover.world, world)]
            shown += [_other_amount(prover, *amounts), _other_amount(prover, *reversed(amounts))]
        else:
            before, after = (w.any(w.fired[i.id] for i in effect.instances) for w in (prover.world, world))
            shown.append(before != after)
    return [*facts, prover.world.any(shown)]


def _other_amount(prover: Prover, amounts: FormulaAmounts, others: FormulaAmounts) -> Formula:
    """Where one of the amounts is none of the others."""
    any_of = prover.world.any
    return any_of(where & ~any_of(there & (n == m) for there, m in others) for where, n in amounts)
