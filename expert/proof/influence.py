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
            here, there = prover.world.reading.numbers.get(key, []), world.reading.numbers.get(key, [])
            shown += [_other_amount(prover, here, there), _other_amount(prover, there, here)]
        else:
            shown.append(prover.world.fires(effect.instances) != world.fires(effect.instances))
    return [*facts, prover.world.any(shown)]


def _other_amount(prover: Prover, amounts: FormulaAmounts, others: FormulaAmounts) -> Formula:
    """Where one of the amounts is none of the others."""
    alone = []
    for where, amount in amounts:
        same = [there & (amount == other) for there, other in others]
        alone.append(where & ~prover.world.any(same))
    return prover.world.any(alone)
