"""What can be seen of a consultation, in many cases at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from expert.consultation.case import Case
from expert.consultation.result import Consultation
from expert.language.algebra import T, union
from expert.language.conclusions import STANCES
from expert.language.grids import CaseNumbers
from expert.language.keys import exception_of, name_and_option, with_option
from expert.language.meaning import Reading
from expert.language.model import Knowledge, Term
from expert.language.outcome import Outcome, cost_sides, outcome_of
from expert.language.rules import Instance, Rule, RuleBase, SpelledOut, in_firing_order
from expert.language.samples import CaseList
from expert.language.two_bases import unlike_values

Shown = dict[tuple[str, str], dict[str, int]]  # (kind, about) -> value -> in which cases


# --- running -----------------------------------------------------------------------------------
class Listed(CaseList):
    """The algebra of a list of cases."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.cases = list(cases)
        super().__init__([case.answers for case in self.cases])


def shown(knowledge: Knowledge, ordered: Iterable[Instance], algebra: Listed) -> Shown:
    """What a run shows in each case, of instances in an order from `rules.passes`."""
    ordered = list(ordered)
    reading = Reading(algebra)
    fired = reading.derive(ordered)
    instances = {instance.id: instance for instance in ordered}.values()
    table: Shown = {}

    def add(kind: str, about: str, value: str, where: int) -> None:
        values = table.setdefault((kind, about), {})
        values[value] = values.get(value, 0) | (where & algebra.full)

    for instance in instances:
        add("fired", "", instance.rule.id, fired[instance.id])
    outcome = outcome_of(knowledge, reading, instances, fired)
    for kind, about, values in concluded(outcome):
        for value, where in values.items():
            add(kind, about, value, where)
    for kind, about, value, where in _found(knowledge, reading, algebra):
        add(kind, about, value, where)
    return table


def concluded(outcome: Outcome[T]) -> Iterator[tuple[str, str, dict[str, T]]]:
    """What is concluded, but for findings: its kind, the option that it is about, which and where."""
    yield "plan", "", outcome.plan()
    yield "advice", "", outcome.advice
    yield "advice", "", outcome.cautions
    for option in outcome.knowledge.options:
        yield "verdict", option, outcome.verdicts(option)
        yield "timing", option, outcome.timing(option)
        yield "flags", option, outcome.flags(option)
        for stance in STANCES:
            yield stance, option, outcome.topics(option, stance)
        for target, verdicts in outcome.targets(option).items():
            if target:
                yield f"target {target}", option, verdicts


def _found(
    knowledge: Knowledge, reading: Reading[int, CaseNumbers], algebra: Listed
) -> Iterator[tuple[str, str, str, int]]:
    """The findings, and the costs that are made of them: kind, key or option, value, where."""
    for key, values in reading.findings.items():
        if exception_of(key):
            continue
        yield from (("findings", key, str(value), where) for value, where in values.items())
    for key, amounts in reading.numbers.items():
        name, option = name_and_option(key)
        sides = [(side, pick) for side, cost, pick in cost_sides(knowledge) if cost == name and option]
        for n in range(algebra.size):
            numbers = {row.values[n] for guard, row in amounts if guard >> n & 1}
            yield from (
                ("findings", key, knowledge.findings[name].spell(number), 1 << n) for number in numbers
            )
            for side, pick in sides if numbers else ():
                yield (
                    side,
                    option,
                    knowledge.findings[(knowledge.cost or ("",))[0]].spell(pick(numbers)),
                    1 << n,
                )


def seen_in(table: Shown, n: int) -> dict[tuple[str, str], set[str]]:
    """What is shown in case n."""
    seen = {}
    for key, values in table.items():
        there = {value for value, where in values.items() if where >> n & 1}
        if there:
            seen[key] = there
    return seen


def seen_by(consultation: Consultation, knowledge: Knowledge) -> dict[tuple[str, str], set[str]]:
    """The same of a consultation, as the engine made it."""
    seen: dict[tuple[str, str], set[str]] = {("plan", ""): {step.step for step in consultation.plan}}
    seen["advice", ""] = {with_option(a.id, a.option) for a in consultation.advice}
    seen["fired", ""] = {firing.rule for firing in consultation.firings}
    for f in consultation.findings:
        about = with_option(f.finding, f.option)
        seen.setdefault(("findings", about), set()).add(_spelled(f.value, knowledge.findings[f.finding]))
    for r in consultation.recommendations:
        seen["verdict", r.option], seen["timing", r.option] = {r.verdict}, {r.timing}
        seen["flags", r.option] = set(r.flags)
        for side in ("low", "high"):
            amount = getattr(r.cost, side, None)
            if amount is not None and knowledge.cost:
                seen[side, r.option] = {_spelled(amount, knowledge.findings[knowledge.cost[0]])}
        for argument in r.arguments:
            seen.setdefault((argument.stance, r.option), set()).add(argument.topic)
        for target, verdict in r.targets.items():
            seen[f"target {target}", r.option] = {verdict}
    return {key: values for key, values in seen.items() if values}


def _spelled(value: str | int | float, term: Term) -> str:
    return value if isinstance(value, str) else term.spell(term.scaled(value))


def rebuilt(
    knowledge: Knowledge,
    rules: Iterable[Rule],
    written: Iterable[Rule] = (),
    known: SpelledOut | None = None,
) -> RuleBase | None:
    """A base of other rules or options, spelled out; None if its rules cannot be ordered.

    `known` are instances under the same options.
    """
    kept = tuple(rules)
    ordered, cycle = in_firing_order(kept, knowledge, known)
    return None if cycle else RuleBase(knowledge, kept, ordered, tuple(written))


def difference(old: Shown, new: Shown) -> int:
    """Where two tables differ."""
    where: int = 0
    for key in {**old, **new}:
        where |= union(0, unlike_values(old.get(key, {}), new.get(key, {}), 0))
    return where
