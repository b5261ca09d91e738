"""The outcome: what a run's firings amount to, as the record of the consultation."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from heapq import heappop, heappush
from typing import cast

from expert.consultation import result as trace
from expert.consultation.alike import Aspects
from expert.consultation.case import Case, plain_answers
from expert.consultation.leading import places_of, results
from expert.consultation.memory import WorkingMemory
from expert.consultation.silence import Silent
from expert.consultation.wording import Standing, Wording
from expert.io.json import Later
from expert.language.conclusions import Argue, Conclusion, Flag, Wait
from expert.language.conditions import Is, Ref, Unless, parts_of
from expert.language.grids import Grid
from expert.language.keys import exception_of, name_and_option
from expert.language.meaning import Evaluation
from expert.language.model import Option
from expert.language.outcome import Outcome
from expert.language.policy import NOW, first, overall, weigh
from expert.language.rules import Instance, RuleBase, reads


def follow(base: RuleBase, case: Case) -> trace.Consultation:
    """What follows from a case, by firing the first instance that holds until none is left.

    This is `inference.infer` without its engine, to the last byte: for what-if on a record,
    and wherever experta is not at hand.
    """
    memory = WorkingMemory(Wording(base), case)
    instances, readers = base.instances, _readers(base.instances)
    fired: set[int] = set()
    waiting = [*range(len(instances))]  # a heap; those that are not in it do not hold, or have fired
    queued = {*waiting}
    while waiting:
        place = heappop(waiting)
        queued.discard(place)
        if not memory.reading.test(instances[place].when):
            continue
        fired.add(place)
        for key, _ in memory.fire(instances[place]):
            for reader in readers.get(key, ()):
                if reader not in fired and reader not in queued:
                    queued.add(reader)
                    heappush(waiting, reader)
    return consultation(memory)


def _readers(instances: Iterable[Instance]) -> dict[str, list[int]]:
    """Which instances, by their places, read a finding, by its key."""
    readers: dict[str, list[int]] = {}
    for place, instance in enumerate(instances):
        for key in dict.fromkeys(ref.key for ref, _ in reads(instance)):
            readers.setdefault(key, []).append(place)
    return readers


def consultation(memory: WorkingMemory) -> trace.Consultation:
    """The record of a run that has come to its end."""
    # of thousands of rules, saying why not takes longer than the run
    not_fired = Later(len(memory.wording.may_be_silent) - len(memory.heard()), lambda: _not_fired(memory))
    return trace.Consultation(
        knowledge=memory.wording.knowledge_id,
        answers=plain_answers(memory.case, memory.base.knowledge),
        findings=_findings(memory),
        recommendations=_recommendations(memory),
        plan=_plan(memory),
        advice=_advice(memory),
        firings=tuple(memory.firings),
        not_fired=cast("tuple[trace.NotFired, ...]", not_fired),
        format=trace.FORMAT,
        scores=tuple(memory.scores.values()),
        results=results(memory),
        disagreements=_disagreements(memory),
    )


def _disagreements(memory: WorkingMemory) -> tuple[trace.Disagreement, ...]:
    declared = memory.wording.contradictions
    disagreements = []
    for firing in memory.firings if declared else ():
        if c := declared.get(firing.rule):
            disagreements.append(trace.Disagreement(c.id, c.attributes, c.leaves_out, firing.n))
    return tuple(disagreements)


def _findings(memory: WorkingMemory) -> tuple[trace.Finding, ...]:
    findings = []
    for (key, value), firings in memory.grounds.items():
        name, option = name_and_option(key)
        said = memory.wording.value(memory.base.knowledge.findings[name], value)
        findings.append(trace.Finding(name, option or None, *said, tuple(firings)))
    return tuple(findings)


class AboutOption:
    """What was put forward about an option: arguments, and the names of what it waits for and of flags."""

    def __init__(self) -> None:
        self.arguments: list[trace.Argument] = []
        self.waits: list[str] = []
        self.flags: list[str] = []


def _put_forward(memory: WorkingMemory) -> dict[str, AboutOption]:
    """What was put forward about each option."""
    about = {option: AboutOption() for option in memory.base.knowledge.options}
    for n, entry in enumerate(memory.entries.values(), 1):
        for said in entry.arguments:
            about[said.option].arguments.append(trace.Argument._make(said.record(memory, n)))
        for wait in entry.waits:
            about[wait.option].waits.append(wait.name)
        for flag in entry.flags:
            about[flag.option].flags.append(flag.name)
    return about


def _recommendations(memory: WorkingMemory) -> tuple[trace.Recommendation, ...]:
    about = _put_forward(memory)
    options = memory.base.knowledge.options.values()
    recommendations = [_recommendation(memory, option, about[option.id]) for option in options]
    silent = tuple([r.option for r in recommendations if r.verdict == "not-addressed"])
    open = memory.wording.openness.open(memory.case, silent) if silent else {}
    places = places_of(memory)
    open_costs = _open_costs(memory, [r.option for r in recommendations if r.cost is None])
    for n, r in enumerate(recommendations):
        if r.option in open or r.option in places or r.option in open_costs:
            recommendations[n] = r._replace(
                verdict="open" if r.option in open else r.verdict,
                depends_on=open.get(r.option, ()),
                place=places.get(r.option),
                cost_depends_on=open_costs.get(r.option, ()),
                cost_stands="open" if r.option in open_costs else r.cost_stands,
            )
    return tuple(recommendations)


def _open_costs(memory: WorkingMemory, options: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Of options without a cost, those that may have one yet, and the answers that it may depend on."""
    costs = memory.wording.concluded_costs
    waiting = [ref for option in options for ref in costs.get(option, ())]
    concludable = memory.wording.openness.concludable(memory.case, waiting) if waiting else {}
    answers_of: dict[str, set[str]] = {}
    for ref in waiting:
        if names := concludable.get(ref.key):
            answers_of.setdefault(ref.option, set()).update(names)
    open_costs = {}
    for option, names_of_option in answers_of.items():
        open_costs[option] = tuple([a for a in memory.base.knowledge.attributes if a in names_of_option])
    return open_costs


def _recommendation(memory: WorkingMemory, option: Option, about: AboutOption) -> trace.Recommendation:
    decides = memory.wording.decides
    said = [(a.target or "", a.stance, a.strength) for a in about.arguments if a.topic in decides]
    verdict, targets = verdicts(tuple(dict.fromkeys(said)))
    timing, waits, flags = _standing(memory.wording, option.id, about)
    cost = _cost(memory, option.id)
    return trace.Recommendation(
        option.id,
        option.label,
        verdict,
        timing,
        waits,
        cost,
        flags,
        dict(targets),
        tuple(about.arguments),
        cost_stands="concluded" if cost else _without_cost(memory.wording, option.id),
    )


def _without_cost(wording: Wording, option: str) -> str:
    """How the cost stands of an option that has none in a case, if nothing that is open may give it one."""
    return "not-concluded" if wording.concluded_costs.get(option) else "not-stated"


def _standing(wording: Wording, option: str, about: AboutOption) -> Standing:
    """How an option stands by what was put forward about it, as in all cases where that is the same."""
    key = option, tuple(about.waits), tuple(about.flags)
    standing = wording.standing.get(key)
    if standing is None:
        said: list[tuple[Conclusion, int]] = [(Wait(name, option), Grid.true) for name in about.waits]
        said += [(Flag(name, option), Grid.true) for name in about.flags]
        outcome = Outcome(wording.base.knowledge, said, Grid.false)
        timing = first(outcome.timings(option), NOW)
        found = timing, tuple(outcome.waits(option)), tuple(outcome.flags(option))
        standing = wording.standings.keep(wording.standing, key, found)
    return standing


@lru_cache(4096)
def verdicts(said: tuple[tuple[str, str, str], ...]) -> tuple[str, dict[str, str]]:
    """The verdict of arguments (target, stance, strength), and that on each target: there are few."""
    arguments = [(Argue("", stance, target, strength), Grid.true) for target, stance, strength in said]
    weighed = weigh(arguments, (), Grid.false)
    targets = {target: first(verdicts) for target, verdicts in weighed.items() if target}
    return first(overall(weighed, Grid.false)), targets


def _cost(memory: WorkingMemory, option: str) -> trace.Cost | None:
    """The lowest of what was concluded to be the least, the highest of what was to be the most."""
    knowledge, wording = memory.base.knowledge, memory.wording
    if not knowledge.cost:
        return None
    term, bounds = knowledge.findings[knowledge.cost[0]], list[int | None]()
    for key, pick in wording.cost_sides[option]:
        numbers = [value for value in memory.values.get(key, ()) if isinstance(value, int)]
        bounds.append(pick(numbers) if numbers else None)
    prices = _prices(memory, option)
    if bounds == [None, None] and not prices:
        return None
    low, high = (None if number is None else wording.value(term, number)[0] for number in bounds)
    basis = ""
    if prices:
        used = {p.property for p in wording.priced(option) if (p.rule, option) in memory.entries}
        basis = next((price.basis for price in prices if price.basis and price.property in used), "")
    return trace.Cost(low, high, term.unit, basis, prices)  # type: ignore[arg-type]


def _prices(memory: WorkingMemory, option: str) -> tuple[trace.Price, ...]:
    """What the document asks for one of what the option takes, and which answers would tell how many.

    They are named only where they would: where nothing else keeps the cost from being computed.
    """
    stated = memory.wording.prices(option)
    if not stated:
        return ()
    factors: dict[str, dict[str, None]] = {}
    for priced in memory.wording.priced(option):
        computed = all(so(memory.reading) for so in priced.apart)
        unanswered = [name for name in priced.attributes if computed and memory.case.value(name) is None]
        factors.setdefault(priced.property, {}).update(dict.fromkeys(unanswered))
    prices = []
    for price in stated:
        missing = tuple(factors.get(price.property, ()))
        prices.append(price._replace(missing=missing) if missing else price)
    return tuple(prices)


def _plan(memory: WorkingMemory) -> tuple[trace.PlanStep, ...]:
    numbers: dict[str, dict[int, None]] = {}
    for n, entry in enumerate(memory.entries.values(), 1):
        for name in entry.steps:
            numbers.setdefault(name, {})[n] = None
    steps: list[trace.PlanStep] = []
    for step in memory.base.knowledge.steps.values() if numbers else ():
        if where := numbers.get(step.id):
            firings = [memory.firings[n - 1] for n in where]
            rules = tuple(dict.fromkeys([firing.rule for firing in firings]))
            claims = tuple(dict.fromkeys([claim for firing in firings for claim in firing.claims]))
            steps.append(trace.PlanStep(len(steps) + 1, step.id, step.label, rules, claims, tuple(where)))
    return tuple(steps)


def _advice(memory: WorkingMemory) -> tuple[trace.Advice, ...]:
    advice = []
    for n, entry in enumerate(memory.entries.values(), 1):
        for said in entry.advice:
            advice.append(trace.Advice._make(said.record(memory, n)))
    return tuple(advice)


def _not_fired(memory: WorkingMemory) -> tuple[trace.NotFired, ...]:
    """Why each instance has not that has not fired; one that settles has where either half has."""
    said: list[trace.NotFired] = []
    heard, wording = memory.heard(), memory.wording
    reading, judging = memory.reading, memory.counting
    whole = Aspects(reading)
    counting = whole if judging is reading else Aspects(judging)
    for place, silent in enumerate(wording.silent):
        if place in heard:
            continue
        case = whole if silent.contradicts else counting
        why = None if memory.alone else silent.said.get(silent.key(case))
        if why is None:
            why = _why_not(wording, silent, case.reading)
            if not memory.alone:
                wording.reasons.keep(silent.said, silent.key(case), why)
        said.append(why if isinstance(why, trace.NotFired) else _excepted(silent.instance, why, memory))
    return tuple(said)


def _why_not(wording: Wording, silent: Silent, case: Evaluation) -> trace.NotFired | Ref:
    """Why an instance has not fired; of an exception that applies, what says that it does."""
    instance = silent.instance
    reason, failed = silent.silence.failure(case)
    if failed.exception:
        return failed.exception
    text, names = wording.said(failed.condition)
    states = wording.states(failed.condition)._replace(stands=reason)
    told, in_force = reason, instance.rule.in_force
    if in_force and reason == "denied" and failed.condition in (in_force, *parts_of(in_force)):
        told, text = "not-in-force", wording.phrases.in_force(in_force)
    return trace.NotFired(instance.rule.id, instance.option or None, told, text, names, states)


def _excepted(instance: Instance, ref: Ref, memory: WorkingMemory) -> trace.NotFired:
    """That an instance did not fire since an exception did, which is named with its firing."""
    rule, option = exception_of(ref.name), ref.option or None
    fired = [f.n for f in memory.firings if f.rule == rule and f.option == option]
    numbers = " ".join(f"#{n}" for n in fired)
    text = f"the exception `{rule}` ({numbers}) does not apply"
    states = memory.wording.states(Unless(Is(ref, ("yes",))))._replace(stands="denied")
    return trace.NotFired(instance.rule.id, instance.option or None, "exception", text, (rule,), states)
