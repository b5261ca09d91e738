"""What is different between two consultations: what-if, side by side."""

from __future__ import annotations

from typing import NamedTuple

from expert.consultation.result import Consultation, Recommendation, name_of
from expert.consultation.standing import WITHOUT_COST, cost_of
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
    differences = _changed("answer", _answers_of(before), _answers_of(after))
    differences += _changed("result", _results_of(before), _results_of(after))
    olds, news = _options_of(before), _options_of(after)
    for option in dict.fromkeys([*olds, *news]):
        differences += _of_option(option, olds.get(option), news.get(option))
    differences += _changed("plan", _steps_of(before), _steps_of(after))
    differences += _changed("advice", _advice_of(before), _advice_of(after))
    differences += _changed("firing", _firings_of(before), _firings_of(after))
    return differences


def _of_option(option: str, old: Recommendation | None, new: Recommendation | None) -> list[Difference]:
    """What differs of an option; of one that is in one of them only, that it has a verdict there."""
    if old is None or new is None:
        return [Difference("verdict", option, old.verdict if old else "", new.verdict if new else "")]
    pairs = [("verdict", option, old.verdict, new.verdict)]
    for target in dict.fromkeys([*old.targets, *new.targets]):
        verdicts = old.targets.get(target, ""), new.targets.get(target, "")
        pairs.append(("target", f"{option} for {target}", *verdicts))
    pairs.append(("timing", option, old.timing, new.timing))
    pairs.append(("cost", option, _cost(old), _cost(new)))
    pairs.append(("flags", option, ", ".join(old.flags), ", ".join(new.flags)))
    return [Difference(*pair) for pair in pairs if pair[2] != pair[3]]


def _cost(r: Recommendation) -> str:
    """What it costs, or why that is not said; nothing where it only has no cost in this case."""
    said = r.cost is not None or r.cost_depends_on or r.cost_stands in WITHOUT_COST
    return cost_of(r) if said else ""


def _answers_of(c: Consultation) -> dict[str, str]:
    return {name: str(value) for name, value in c.answers.items()}


def _options_of(c: Consultation) -> dict[str, Recommendation]:
    return {recommendation.option: recommendation for recommendation in c.recommendations}


def _steps_of(c: Consultation) -> dict[str, str]:
    return {step.step: step.step for step in c.plan}


def _advice_of(c: Consultation) -> dict[str, str]:
    return {with_option(a.id, a.option): a.text for a in c.advice}


def _results_of(c: Consultation) -> dict[str, str]:
    return {with_option(result.finding, result.option): result.text for result in c.results}


def _firings_of(c: Consultation) -> dict[str, str]:
    return {name_of(f): "fired" for f in c.firings}


def _changed(kind: str, before: dict[str, str], after: dict[str, str]) -> list[Difference]:
    differences = []
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            differences.append(Difference(kind, name, before.get(name, ""), after.get(name, "")))
    return differences
