"""The outcome of a run as findings, over any algebra: what invariants speak of beside findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from expert.language.algebra import T
from expert.language.conclusions import STANCES, Advise, Caution
from expert.language.keys import with_option
from expert.language.outcome import Outcome, deciding_arguments
from expert.language.rules import Instance, RuleBase


def outcome_findings(
    base: RuleBase, read: Sequence[Instance], fired: Mapping[str, T], outcome: Outcome[T], false: T
) -> dict[str, dict[str, T]]:
    """Where each term of an outcome has which value, of instances that were read, by key."""
    findings: dict[str, dict[str, T]] = {}
    for option in base.knowledge.options:
        for name, values in _of_option(base, read, fired, outcome, option, false).items():
            findings[with_option(name, option)] = values
    said = [(c, fired[i.id]) for i in read for c in i.then]
    findings["plan"] = outcome.plan()
    findings["rule"] = _gathered(((i.rule.id, fired[i.id]) for i in read), false)
    for name, kind in (("advice", Advise), ("caution", Caution)):
        findings[name] = _gathered(((c.name, where) for c, where in said if isinstance(c, kind)), false)
    return findings


def _of_option(
    base: RuleBase,
    read: Iterable[Instance],
    fired: Mapping[str, T],
    outcome: Outcome[T],
    option: str,
    false: T,
) -> dict[str, dict[str, T]]:
    """Where the outcome's terms have which values, for one option."""
    deciding = outcome.deciding(option)
    leading = []
    for instance in read:
        for c in deciding_arguments(instance, base.knowledge):
            if c.option == option and c.stance != "against":
                leading.append((instance.rule, fired[instance.id]))
    stated = [(rule, where) for rule, where in leading if rule.basis != "added"]
    terms: dict[str, dict[str, T]] = {
        "verdict": outcome.verdicts(option),
        "timing": outcome.timing(option),
        "wait": outcome.waits(option),
        "flag": outcome.flags(option),
        "stance": _gathered(((c.stance, where) for c, where in deciding), false),
        "basis": _gathered(((rule.basis, where) for rule, where in leading), false),
        "claim": _gathered(((claim, where) for rule, where in stated for claim in rule.claims), false),
    }
    for stance in STANCES:
        terms[stance] = outcome.topics(option, stance)
    for target in base.knowledge.targets:
        about = [(c.stance, where) for c, where in deciding if c.target in (target, "")]
        terms[f"verdict-for.{target}"] = outcome.verdicts_for(option, target)
        terms[f"stance-for.{target}"] = _gathered(about, false)
    return terms


def _gathered(pairs: Iterable[tuple[str, T]], false: T) -> dict[str, T]:
    """Where there is each of some values."""
    gathered: dict[str, T] = {}
    for value, where in pairs:
        gathered[value] = gathered.get(value, false) | where
    return gathered
