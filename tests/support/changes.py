"""What answers can do, by Z3: which questions matter, and the smallest changes to a goal.

`Reach` and `changes_to` answer the same by diagrams, with no need of Z3: they are held together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from expert.backends.z3 import YES, Formula, Prover, answers_of
from expert.consultation.case import Answer, Case
from expert.language.policy import NOW
from expert.proof.influence import differs


def matters(prover: Prover, case: Case, of: Collection[str] = ()) -> list[str]:
    """The open answers (`of` those named) that can change what is shown, by Z3: compare Reach.matters."""
    names = [name for name in prover.base.knowledge.attributes if not of or name in of]
    still_open = [name for name in names if name not in case.answers]
    given = [prover.algebra.given(name, value) for name, value in case.answers.items()]
    return [name for name in still_open if prover.exists(*given, *differs(prover, name)) == YES]


def smallest_changes(
    prover: Prover, case: Case, option: str, goals: tuple[str, ...], most: int = 3
) -> list[dict[str, Answer]]:
    """All smallest sets of changed answers after which the option has every goal, by Z3.

    As changes_to has it: what is `fixed` and given stays, nothing becomes unknown, and of the
    sets that differ only in numbers there is one, nearest to the numbers given.
    """
    algebra, attributes = prover.algebra, prover.base.knowledge.attributes
    outcome = prover.world.outcome
    masks = {**outcome.verdicts(option), NOW: outcome.timing(option)[NOW]}
    pinned, changed = [masks[goal] for goal in goals], {}
    for name, term in attributes.items():
        same = algebra.given(name, case.value(name))
        if term.fixed and case.value(name) is not None:
            pinned.append(same)
        else:
            changed[name] = ~same
            pinned.append(same | algebra.known(name))
    for size in range(1, most + 1):
        count = prover.z3.PbEq([(where, 1) for where in changed.values()], size)
        found = list(_models(prover, case, [*pinned, count], changed))
        if found:
            return found
    return []


def _models(
    prover: Prover, case: Case, facts: list[Formula], changed: dict[str, Formula]
) -> Iterator[dict[str, Answer]]:
    """Each set of changed answers that meets the facts, numbers as near as can be."""
    algebra, attributes = prover.algebra, prover.base.knowledge.attributes
    while True:
        nearest = prover.z3.Optimize()
        for name in attributes:
            nearest.add(*algebra.domain(name))
        nearest.add(*facts)
        moved = []
        for name in changed:
            if attributes[name].ordered:
                number, old = algebra.number(name), case.value(name)
                far = prover.z3.Abs(number - old) if isinstance(old, int) else number
                moved.append(prover.z3.If(changed[name], far, 0))
        nearest.minimize(prover.z3.Sum(moved))
        if nearest.check() != prover.z3.sat:
            return
        model = nearest.model()
        answers = answers_of(algebra, model)
        change = {n: answers[n] for n, w in changed.items() if prover.z3.is_true(model.eval(w, True))}
        yield change
        same = [w for name, w in changed.items() if name in change]
        same += [algebra.equals(n, v) for n, v in change.items() if v is not None and isinstance(v, str)]
        facts = [*facts, ~prover.z3.And(same)]
