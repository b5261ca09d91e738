"""What is different between two consultations: what-if, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from expert.consultation.result import Consultation, Cost, name_of
from expert.consultation.standing import cost_text
from expert.language.keys import with_option


# --- what-if ---------------------------------------------------------------------------------
class Difference(NamedTuple):
    """One thing that differs: what, in one consultation and in the other ("" where absent)."""

    # answer, result, verdict, target (`option for target`), timing, cost, flags, plan, advice, firing
    kind: str
    name: str
    before: str
    after: str


def what_if(before: Consultation, after: Consultation) -> list[Difference]:
    """How two consultations of the same knowledge differ."""
    differences = [
        Difference("answer", name, str(before.answers.get(name, "")), str(after.answers.get(name, "")))
        for name in dict.fromkeys([*before.answers, *after.answers])
        if before.answers.get(name) != after.answers.get(name)
    ]
    differences += _changed("result", _results_of(before), _results_of(after))
    olds, news = ({r.option: r for r in c.recommendations} for c in (before, after))
    for option in dict.fromkeys([*olds, *news]):
        old, new = olds.get(option), news.get(option)
        if old is None or new is None:
            differences.append(
                Difference("verdict", option, old.verdict if old else "", new.verdict if new else "")
            )
            continue
        pairs = [("verdict", old.verdict, new.verdict)]
        differences += [Difference(kind, old.option, a, b) for kind, a, b in pairs if a != b]
        for target in dict.fromkeys([*old.targets, *new.targets]):
            one, other = old.targets.get(target, ""), new.targets.get(target, "")
            if one != other:
                differences.append(Difference("target", f"{option} for {target}", one, other))
        pairs = [("timing", old.timing, new.timing)]
        pairs += [("cost", _cost(old.cost), _cost(new.cost))]
        pairs += [("flags", ", ".join(old.flags), ", ".join(new.flags))]
        differences += [Difference(kind, old.option, a, b) for kind, a, b in pairs if a != b]
    differences += _changed(
        "plan", {s.step: s.step for s in before.plan}, {s.step: s.step for s in after.plan}
    )
    differences += _changed("advice", _advice_of(before), _advice_of(after))
    differences += _changed("firing", _firings_of(before), _firings_of(after))
    return differences


def _cost(cost: Cost | None) -> str:
    return cost_text(cost) if cost else ""


def _advice_of(c: Consultation) -> dict[str, str]:
    return {with_option(a.id, a.option): a.text for a in c.advice}


def _results_of(c: Consultation) -> dict[str, str]:
    return {with_option(result.finding, result.option): result.text for result in c.results}


def _firings_of(c: Consultation) -> dict[str, str]:
    return {name_of(f): "fired" for f in c.firings}


def _changed(kind: str, before: dict[str, str], after: dict[str, str]) -> Iterable[Difference]:
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Difference(kind, name, before.get(name, ""), after.get(name, ""))
