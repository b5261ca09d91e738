"""What a set of cases exercises, and a case for what it does not.

Counted are *targets*: of each rule, that it fires in some case; of each leaf condition of each
rule, that it holds in some case and that it does not hold in some case. A leaf is a condition
without conditions inside; it is looked at in every option's spelling of its rule. A leaf on the
option alone is decided by the knowledge base, whatever the case, and is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from expert.analysis.expected import Expected
from expert.analysis.shown import Listed, seen_in, shown
from expert.consultation.case import Case, case_file_answers, make_case
from expert.io.quoting import quoted
from expert.language.conclusions import STANCES
from expert.language.conditions import Condition, Given
from expert.language.english import Phrases
from expert.language.keys import written_rule
from expert.language.limits import NotDecided
from expert.language.meaning import Reading
from expert.language.model import Value
from expert.language.prospect import Cones, Prospect
from expert.language.rules import Instance, RuleBase, all_leaves, passes

# what decides whether a condition of an instance holds, or does not, in some case (None: it does not), and
# gives such a case
FindCase = Callable[[Instance, Condition, bool], tuple[bool | None, dict[str, Value] | None]]


class Target(NamedTuple):
    """Something to be seen: a rule fires (leaf -1), or its n-th leaf holds, or does not hold."""

    rule: str
    leaf: int
    holds: bool


class Suggestion(NamedTuple):
    """A target that no case covers, and a case that would; else why there is none."""

    target: Target
    what: str
    case: Case | None
    why: str


class Coverage(NamedTuple):
    """What a set of cases covers: targets in the rules' order, of which some are missed."""

    targets: tuple[Target, ...]
    missed: tuple[Target, ...]

    def share(self, rules: bool) -> tuple[int, int]:
        """How many are covered, of how many: rules, or outcomes of conditions."""
        counted = [t for t in self.targets if (t.leaf < 0) == rules]
        return len(counted) - sum((t.leaf < 0) == rules for t in self.missed), len(counted)


def percent(part: int, whole: int) -> float:
    """Rounded down to a tenth, so that only all is 100."""
    return part * 1000 // whole / 10 if whole else 100.0


def coverage(base: RuleBase, cases: Iterable[Expected]) -> Coverage:
    """What the cases cover."""
    algebra = Listed(case.given for case in cases)
    reading = Reading(algebra)
    fired = reading.derive(passes(base.instances))
    wanted: dict[Target, None] = dict.fromkeys(Target(rule.id, -1, True) for rule in base.rules)
    covered = set()
    for instance in base.instances:
        rule = instance.rule.id
        wanted.setdefault(Target(rule, -1, True))  # of what settles, that it is settled with `no`
        if fired[instance.id] & algebra.full:
            covered.add(Target(rule, -1, True))
        if rule != written_rule(rule):  # its conditions are those of the rule
            continue
        for n, leaf in enumerate(all_leaves(instance)):
            if not isinstance(leaf, Given):
                where = reading.holds(leaf)
                for target, there in ((Target(rule, n, True), where), (Target(rule, n, False), ~where)):
                    wanted.setdefault(target)
                    if there & algebra.full:
                        covered.add(target)
    places = {rule.id: place for place, rule in enumerate(base.rules)}
    ordered = sorted(wanted, key=lambda t: (places[written_rule(t.rule)], t.leaf, t.rule, not t.holds))
    return Coverage(tuple(ordered), tuple(t for t in ordered if t not in covered))


# --- suggestions -----------------------------------------------------------------------------------
def suggest(base: RuleBase, missed: Iterable[Target], further: FindCase | None = None) -> list[Suggestion]:
    """A case for each target that is missed, unless a case suggested before covers it too.

    `further` decides what diagrams do not, if it can.
    """
    asked = [leaf for instance in base.instances for leaf in (instance.when, *all_leaves(instance))]
    prospect, suggestions = Prospect(Cones(base), {}, asked=asked), list[Suggestion]()
    left = list(missed)
    while left:
        target, *left = left
        case, why = _example(prospect, target, further)
        suggestions.append(Suggestion(target, describe(base, target), case, why))
        if case is not None:
            still = set(coverage(base, [Expected("", case, (), base.rule(target.rule).span)]).missed)
            left = [other for other in left if other in still]
    return suggestions


def describe(base: RuleBase, target: Target) -> str:
    """A target in words."""
    if target.leaf < 0:
        return f"{target.rule} fires"
    leaf = all_leaves(base.rule(target.rule))[target.leaf]
    says = "holds" if target.holds else "does not hold"
    return f"{target.rule}: “{Phrases(base.knowledge).condition(leaf)}” {says}"


def _example(prospect: Prospect, target: Target, further: FindCase | None = None) -> tuple[Case | None, str]:
    """The smallest case that reaches a target; else why not."""
    undecided = False
    cases: list[Case] = []
    for instance in prospect.base.instances:
        if instance.rule.id != target.rule:
            continue
        condition = instance.when if target.leaf < 0 else all_leaves(instance)[target.leaf]
        if isinstance(condition, Given):
            continue
        try:
            held = prospect.holds(condition)
            answers = prospect.completions.smallest(held if target.holds else ~held)
        except NotDecided:
            possible, answers = further(instance, condition, target.holds) if further else (None, None)
            undecided |= possible is None
        if answers is not None:
            cases.append(make_case({**answers}, prospect.base.knowledge))
    if cases:
        return min(cases, key=lambda case: len(case.answers)), ""
    return None, "whether a case can do that is not decided" if undecided else "no case can do that"


def _overall_results(base: RuleBase) -> list[str]:
    """The findings that lead the result, without those of which each option has its own."""
    return [name for name in base.knowledge.results if not base.knowledge.findings[name].per_option]


def case_yaml(base: RuleBase, case: Case, name: str, fired: str = "", not_fired: str = "") -> list[str]:
    """A case with all that follows from it now, as lines of a case file."""
    seen = seen_in(shown(base.knowledge, passes(base.instances), Listed([case])), 0)
    given = case_file_answers(case, base.knowledge)
    lines = [f"- case: {quoted(name)}", f"  given: {given}"]
    lines += ["  expect:"] if base.knowledge.options else []
    for option in base.knowledge.options:
        about = [
            f"{key}: {min(seen[key, option])}"
            for key in ("verdict", "timing", "low", "high")
            if (key, option) in seen
        ]
        for key, names in (("flags", base.knowledge.flags), *((s, base.knowledge.topics) for s in STANCES)):
            values = [name for name in names if name in seen.get((key, option), ())]
            about += [f"{key}: [{', '.join(values)}]"] if values else []
        lines.append(f"    {option}: {{{', '.join(about)}}}")
    led = {result: sorted(seen.get(("findings", result), ())) for result in _overall_results(base)}
    if led:
        findings = ", ".join(f"{result}: [{', '.join(values)}]" for result, values in led.items())
        lines.append(f"  findings: {{{findings}}}")
    steps = [step for step in base.knowledge.steps if step in seen.get(("plan", ""), ())]
    lines.append(f"  plan: [{', '.join(steps)}]")
    lines += [f"  advice: [{', '.join(sorted(seen['advice', '']))}]"] if ("advice", "") in seen else []
    lines += [f"  fired: [{fired}]"] if fired else []
    return lines + ([f"  not-fired: [{not_fired}]"] if not_fired else [])
