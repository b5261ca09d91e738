"""The outcome: what a run's firings amount to, as the record of the consultation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from expert import trace
from expert.case import Case, plain_answers
from expert.conditions import All, Condition, Known, refs
from expert.logic import Evaluation, Grid
from expert.memory import Wording, WorkingMemory
from expert.policy import NOW, overall, verdict_of, weigh
from expert.rules import Conclusion, RuleBase
from expert.words import statement


def follow(base: RuleBase, case: Case) -> trace.Consultation:
    """What follows from a case, by firing the first instance that holds until none is left.

    This is `inference.infer` without its engine, to the last byte: for what-if on a record,
    and wherever experta is not at hand.
    """
    memory = WorkingMemory(Wording(base), case)
    waiting = list(base.instances)
    while instance := next((i for i in waiting if memory.reading.test(i.when)), None):
        waiting.remove(instance)
        for kind, key, value in memory.fire(instance):
            if kind == "finding" and value is not None:
                memory.learn(key, value)
    return consultation(memory)


def consultation(memory: WorkingMemory) -> trace.Consultation:
    """The record of a run that has come to its end."""
    k = memory.base.knowledge
    # an instance fires once; of thousands of rules, saying why not takes longer than the run
    not_fired = trace.Later(
        len(memory.base.instances) - len(memory.firings), lambda: tuple(_not_fired(memory))
    )
    return trace.Consultation(
        knowledge=trace.KnowledgeId(k.id, k.title, k.version, k.hash, k.disclaimer),
        answers=plain_answers(memory.case, k),
        findings=_findings(memory),
        recommendations=_recommendations(memory),
        plan=_plan(memory),
        advice=_advice(memory),
        firings=tuple(memory.firings),
        not_fired=cast("tuple[trace.NotFired, ...]", not_fired),
    )


def _findings(memory: WorkingMemory) -> tuple[trace.Finding, ...]:
    found = []
    for (key, value), firings in memory.grounds.items():
        name, _, option = key.partition("@")
        term = memory.base.knowledge.findings[name]
        text = statement(term, (value,))
        found.append(trace.Finding(name, option or None, term.plain(value), text, tuple(firings)))
    return tuple(found)


def _recommendations(memory: WorkingMemory) -> tuple[trace.Recommendation, ...]:
    k = memory.base.knowledge
    decides = {topic.id for topic in k.topics.values() if topic.decides}
    found = []
    for option in k.options.values():
        about = [(c, n) for c, n in memory.concluded if c.option == option.id]
        weighed = weigh([(c, Grid.true) for c, _ in about], decides, Grid.false)
        waits = tuple(step for step in k.steps if any(c.kind == "wait" and c.name == step for c, _ in about))
        flags = tuple(flag for flag in k.flags if any(c.kind == "flag" and c.name == flag for c, _ in about))
        found.append(
            trace.Recommendation(
                option.id,
                option.label,
                verdict_of(overall(weighed, Grid.false)),
                waits[-1] if waits else NOW,
                waits,
                _cost(memory, option.id),
                flags,
                {target: verdict_of(verdicts) for target, verdicts in weighed.items() if target},
                tuple(_argument(memory, c, n) for c, n in about if c.kind == "argument"),
            )
        )
    return tuple(found)


def _argument(memory: WorkingMemory, conclusion: Conclusion, n: int) -> trace.Argument:
    firing = memory.firings[n - 1]
    return trace.Argument(
        str(conclusion.value),
        conclusion.name,
        conclusion.target or None,
        conclusion.strength,
        firing.rule,
        memory.text(conclusion.text, conclusion.option),
        firing.basis,
        firing.claims,
        n,
    )


def _cost(memory: WorkingMemory, option: str) -> trace.Cost | None:
    """The lowest of what was concluded to be the least, the highest of what was to be the most."""
    names = memory.base.knowledge.cost
    if not names:
        return None
    term = memory.base.knowledge.findings[names[0]]
    amounts = [
        [v for key, v in memory.grounds if key == f"{name}@{option}" and isinstance(v, int)] for name in names
    ]
    if not any(amounts):
        return None
    low, high = (
        term.plain(pick(values)) if values else None for pick, values in zip((min, max), amounts, strict=True)
    )
    return trace.Cost(low, high, term.unit)  # type: ignore[arg-type]


def _plan(memory: WorkingMemory) -> tuple[trace.PlanStep, ...]:
    found: list[trace.PlanStep] = []
    for step in memory.base.knowledge.steps.values():
        numbers = [n for c, n in memory.concluded if c.kind == "step" and c.name == step.id]
        if numbers:
            firings = [memory.firings[n - 1] for n in dict.fromkeys(numbers)]
            rules = tuple(dict.fromkeys(firing.rule for firing in firings))
            claims = tuple(dict.fromkeys(claim for firing in firings for claim in firing.claims))
            where = tuple(firing.n for firing in firings)
            found.append(trace.PlanStep(len(found) + 1, step.id, step.label, rules, claims, where))
    return tuple(found)


def _advice(memory: WorkingMemory) -> tuple[trace.Advice, ...]:
    found = []
    for conclusion, n in memory.concluded:
        if conclusion.kind in ("advice", "caution"):
            firing, option = memory.firings[n - 1], conclusion.option
            text = memory.text(conclusion.text, option)
            found.append(
                trace.Advice(
                    conclusion.kind,
                    conclusion.name,
                    option or None,
                    text,
                    firing.rule,
                    firing.basis,
                    firing.claims,
                    n,
                )
            )
    return tuple(found)


def _not_fired(memory: WorkingMemory) -> Iterator[trace.NotFired]:
    fired = {(firing.rule, firing.option or "") for firing in memory.firings}
    for instance in memory.base.instances:
        if (instance.rule.id, instance.option) not in fired:
            reason, failed = _failure(instance.when, memory.reading)
            text, names = memory.wording.said(failed)
            yield trace.NotFired(instance.rule.id, instance.option or None, reason, text, names)


def _failure(condition: Condition, reading: Evaluation) -> tuple[str, Condition]:
    """Why a condition does not hold, and the first part of it that does not."""
    if isinstance(condition, All):
        return _failure(next(part for part in condition.parts if not reading.test(part)), reading)
    if reading.denies(condition):
        return "denied", condition
    inside = [ref for ref, _ in refs(condition)]
    unanswered = any(ref.kind == "attribute" and not reading.test(Known(ref)) for ref in inside)
    return ("unknown" if unanswered else "no-evidence"), condition
