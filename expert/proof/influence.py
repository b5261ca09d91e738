"""Where one answer makes a difference to what is shown, by Z3."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from expert.backends.z3 import Formula, FormulaAmounts, Prover, World
from expert.consultation.relevance import Reach
from expert.language.policy import OPEN
from expert.language.prospect import Visible


def differs(prover: Prover, name: str) -> list[Formula]:
    """Facts that hold of two cases that differ in one answer only, and in what they show."""
    if name not in prover.pairs:
        prover.pairs[name] = _differs(prover, name)
    return prover.pairs[name]


def _differs(prover: Prover, name: str) -> list[Formula]:
    reach = Reach(prover.base)
    effects = [effect for effect in reach.effects if name in reach.rests_on(effect)]
    instances = chain.from_iterable(effect.instances for effect in effects)
    keys = chain.from_iterable(effect.visible.findings for effect in effects)
    read = reach.cones.upstream(instances, keys)
    pair = prover.world, World(prover.base, [name], read)
    shown = [difference for effect in effects for difference in shown_apart(effect.visible, *pair)]
    return [*pair[1].algebra.domain(name), prover.world.any(shown)]


def shown_apart(visible: Visible, before: World, after: World) -> Iterator[Formula]:
    """Where an effect is another in one of two worlds, or shows something else."""
    worlds = before, after
    if visible.waiting:
        yield before.outcome.verdicts(visible.waiting)[OPEN] != after.outcome.verdicts(visible.waiting)[OPEN]
        return
    fired = [_seen(visible, world) for world in worlds]
    yield fired[0] != fired[1]
    there = fired[0] & fired[1]
    for key in visible.findings:
        amounts = [world.reading.numbers.get(key, []) for world in worlds]
        yield there & _other_amount(before, *amounts)
        yield there & _other_amount(before, *reversed(amounts))
        named = [world.reading.findings.get(key, {}) for world in worlds]
        for value in sorted(named[0].keys() | named[1].keys()):
            where = [formulas.get(value, before.algebra.false) for formulas in named]
            yield there & (where[0] != where[1])
    for name in visible.answers:
        yield there & _other_answer(name, before, after)


def _seen(visible: Visible, world: World) -> Formula:
    """Where something can be seen."""
    fires = world.fires(visible.instances) if visible.instances else world.algebra.true
    open = [~world.algebra.known(name) for name in visible.unanswered]
    return fires & world.any(open) if open else fires


def _other_amount(world: World, amounts: FormulaAmounts, others: FormulaAmounts) -> Formula:
    """Where one of the amounts is none of the others."""
    unlike = []
    for where, number in amounts:
        same = world.any(there & (number == other) for there, other in others)
        unlike.append(where & ~same)
    return world.any(unlike)


def _other_answer(name: str, before: World, after: World) -> Formula:
    """Where an answer is another, or known in one world only."""
    one, other = before.algebra, after.algebra
    known = one.known(name) & other.known(name)
    if one.knowledge.attributes[name].ordered:
        differs = known & (one.number(name) != other.number(name))
    else:
        values = one.knowledge.attributes[name].values
        differs = before.any(one.equals(name, value) != other.equals(name, value) for value in values)
    return differs | (one.known(name) != other.known(name))
