"""Formats of records: what each held, and today's consultations as an earlier format would hold them.

A consultation names the format in which its program wrote it (`result.FORMAT`). What it holds is
*substance* (answers, findings, verdicts, firings and what they rest on), which follows from answers
and rules, and *texts*, which the program puts it in. A record of an earlier format, or of an earlier
program, is compared with what follows today by its substance, as its format knew it; whatever else
is different is the program's, and is listed apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from expert.consultation.outcome import follow
from expert.consultation.result import (
    FORMAT,
    Advice,
    Argument,
    Bound,
    Concluded,
    Consultation,
    Cost,
    Finding,
    Firing,
    KnowledgeId,
    Leading,
    Match,
    NotFired,
    PlanStep,
    Recommendation,
    name_of,
)
from expert.language.conditions import Known, walk
from expert.language.rules import RuleBase
from expert.ledger.records import case_of

# the fields that are words; `names` are the terms that stand in `condition`
TEXTS: dict[type, set[str]] = {
    KnowledgeId: {"title", "disclaimer"},
    Finding: {"text"},
    Recommendation: {"label"},
    Leading: {"label", "text"},
    Argument: {"text"},
    PlanStep: {"text"},
    Advice: {"text"},
    Firing: {"because"},
    Match: {"text"},
    Bound: {"text"},
    Concluded: {"text"},
    NotFired: {"condition", "names"},
}

# what format 1 held of the kinds that have more now, or may have
HELD_1: dict[type, str] = {
    Consultation: "knowledge answers findings recommendations plan advice firings not_fired",
    KnowledgeId: "id title version hash disclaimer",
    Finding: "finding option value text firings",
    Recommendation: "option label verdict timing waits_for cost flags targets arguments",
    Cost: "low high currency",
    Argument: "stance topic target strength rule text basis claims firing",
    PlanStep: "n step text rules claims firings",
    Advice: "kind id option text rule basis claims firing",
    Firing: "n rule option basis because matched concluded claims",
    Match: "kind name option value text claims firings",
    Concluded: "kind name option value text target strength",
    NotFired: "rule option reason condition names",
}

UNDRAWN = "undrawn"  # stands for the reason of a rule that fired in format 1 and concluded nothing


class Deviation(NamedTuple):
    """Something that two consultations say differently: where (a path in the JSON), and how each does."""

    where: str
    before: str
    after: str


class Deviations(NamedTuple):
    """A record and what follows today: what differs of its substance, and what the programs word or call
    differently."""

    substance: tuple[Deviation, ...]
    program: tuple[Deviation, ...]


def compare(before: Consultation, after: Consultation, base: RuleBase) -> Deviations:
    """What a record says and what follows from its answers and rules in today's format."""
    called: list[Deviation] = []
    if before.format == 1:
        before, after, called = _as_in_1(before, after, base)
    held = HELD_1 if before.format == 1 else {}
    changes = [*_changes(before, after, held, "", False)]
    substance = [change for change, is_text in changes if not is_text]
    texts = [change for change, is_text in changes if is_text]
    return Deviations(tuple(substance), (*called, *texts))


def retold(recorded: Consultation, base: RuleBase) -> Consultation:
    """A record of an earlier format in today's, to be shown and explained; any other as it is.

    Sentences are made for what today's consultations hold: `not-addressed` says more now than it did.
    A record from which something else follows today stays as it was written.
    """
    if recorded.format == FORMAT:
        return recorded
    consultation = follow(base, case_of(recorded, base))
    if compare(recorded, consultation, base).substance:
        return recorded
    return consultation._replace(answers=recorded.answers)


# --- side by side ------------------------------------------------------------------------------
def _changes(
    before: Any, after: Any, held: dict[type, str], where: str, is_text: bool
) -> Iterator[tuple[Deviation, bool]]:
    """Everything that differs between two values of a kind, and whether it is a text."""
    kind = type(before)
    if hasattr(before, "_fields"):
        if type(after) is kind:
            for name in held[kind].split() if kind in held else kind._fields:
                if name == "cost_stands" and not before.cost_stands:
                    continue  # of records that were made before it was said
                pair = getattr(before, name), getattr(after, name)
                text = is_text or name in TEXTS.get(kind, ())
                yield from _changes(*pair, held, f"{where}.{name}", text)
            return
    elif isinstance(before, dict):
        for name in {**before, **after}:
            yield from _changes(before.get(name), after.get(name), held, f"{where}.{name}", is_text)
        return
    elif _are_records(before) and _are_records(after):
        for n, pair in enumerate(zip(before, after, strict=False)):
            yield from _changes(*pair, held, f"{where}{_place(pair[0], n)}", is_text)
        if len(before) == len(after):
            return
    if before != after:
        yield Deviation(where.removeprefix("."), _said(before), _said(after)), is_text


def _place(record: Any, n: int) -> str:
    """Which of a list a record is: by its name, where it has one."""
    if isinstance(record, (Firing, NotFired)):
        return f".{name_of(record)}"
    return f".{record.option}" if isinstance(record, Recommendation) else f"[{n}]"


def _are_records(value: Any) -> bool:
    return isinstance(value, Sequence) and all(hasattr(item, "_fields") for item in value)


def _said(value: Any) -> str:
    """A value in few words: several records are named by how many there are."""
    if hasattr(value, "_fields"):
        return " ".join(str(part) for part in value if part is not None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return str(len(value)) if value and _are_records(value) else ", ".join(map(str, value))
    return "" if value is None else str(value)


# --- format 1 ----------------------------------------------------------------------------------
def _as_in_1(
    before: Consultation, after: Consultation, base: RuleBase
) -> tuple[Consultation, Consultation, list[Deviation]]:
    """A record of format 1 and today's consultation as it would have been in it; what is called otherwise.

    Format 1 said `not-addressed` of what is open, nothing of a price whose number is not known, and that
    a rule had fired none of whose conclusions could be drawn; it called an unanswered `known` denied; and
    it did not name as premises the properties that a comparison read.
    """
    called: list[Deviation] = []
    undrawn = {name_of(firing) for firing in before.firings if not firing.concluded}
    before, after = _without_undrawn(before), _without_undrawn(after)
    reasons = {name_of(n): n.reason for n in before.not_fired}
    not_fired = []
    for rule in after.not_fired:
        name = name_of(rule)
        if name in undrawn and rule.reason not in ("denied", UNDRAWN):
            called.append(Deviation(f"not_fired.{name}", "fired", rule.reason))
            rule = rule._replace(reason=UNDRAWN)
        elif reasons.get(name) == "denied" != rule.reason and _asks_if_known(name, base):
            called.append(Deviation(f"not_fired.{name}.reason", "denied", rule.reason))
            rule = rule._replace(reason="denied")
        not_fired.append(rule)
    recommendations = [_recommended_in_1(r, called) for r in after.recommendations]
    firings = _firings_in_1(before.firings, after.firings, called)
    after = after._replace(
        recommendations=tuple(recommendations),
        firings=tuple(firings),
        not_fired=tuple(sorted(not_fired, key=name_of)),
    )
    return before._replace(not_fired=tuple(sorted(before.not_fired, key=name_of))), after, called


def _recommended_in_1(recommendation: Recommendation, called: list[Deviation]) -> Recommendation:
    where = f"recommendations.{recommendation.option}"
    if recommendation.verdict == "open":
        called.append(Deviation(f"{where}.verdict", "not-addressed", "open"))
        recommendation = recommendation._replace(verdict="not-addressed")
    if recommendation.cost and recommendation.cost.low is None and recommendation.cost.high is None:
        called.append(Deviation(f"{where}.cost", "", "a price, and no number of them"))
        recommendation = recommendation._replace(cost=None)
    return recommendation


def _firings_in_1(before: Sequence[Firing], after: Sequence[Firing], called: list[Deviation]) -> list[Firing]:
    """Today's firings without the properties that the recorded ones did not name as premises."""
    firings = list(after)
    for place, (old, new) in enumerate(zip(before, after, strict=False)):
        named = [_datum(match) for match in old.matched]
        kept = [m for m in new.matched if m.kind != "datum" or _datum(m) in named]
        if len(kept) < len(new.matched):
            texts = [match.text for match in new.matched if match not in kept]
            called.append(Deviation(f"firings.{name_of(new)}.matched", "", "; ".join(texts)))
            firings[place] = new._replace(matched=tuple(kept))
    return firings


def _datum(match: Match) -> tuple[object, ...]:
    return match.kind, match.name, match.option, match.value, match.claims


def _asks_if_known(name: str, base: RuleBase) -> bool:
    instances = [instance for instance in base.instances if instance.id == name]
    return any(isinstance(part, Known) for i in instances for part, _ in walk(i.when))


def _without_undrawn(c: Consultation) -> Consultation:
    """A consultation of which the rules that concluded nothing did not fire; no other rests on those."""
    drawn = [firing for firing in c.firings if firing.concluded]
    if len(drawn) == len(c.firings):
        return c
    number = {firing.n: n for n, firing in enumerate(drawn, 1)}
    undrawn = [
        NotFired(firing.rule, firing.option, UNDRAWN, "", ()) for firing in c.firings if not firing.concluded
    ]

    def renumbered(firings: Sequence[int]) -> tuple[int, ...]:
        return tuple(number[n] for n in firings if n in number)

    recommendations = []
    for r in c.recommendations:
        arguments = [argument._replace(firing=number[argument.firing]) for argument in r.arguments]
        recommendations.append(r._replace(arguments=tuple(arguments)))
    firings = []
    for firing in drawn:
        matched = [match._replace(firings=renumbered(match.firings)) for match in firing.matched]
        firings.append(firing._replace(n=number[firing.n], matched=tuple(matched)))
    return c._replace(
        findings=tuple([finding._replace(firings=renumbered(finding.firings)) for finding in c.findings]),
        recommendations=tuple(recommendations),
        plan=tuple([step._replace(firings=renumbered(step.firings)) for step in c.plan]),
        advice=tuple([advice._replace(firing=number[advice.firing]) for advice in c.advice]),
        firings=tuple(firings),
        not_fired=(*c.not_fired, *undrawn),
    )
