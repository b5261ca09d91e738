"""The straight line: a rule base as one list of small steps, for any engine to follow.

`lines` puts the rule base and the deciding policy into a program (`language/steps.py`); engines (plain
Python in `python`, tables in memory in `series`, others in `columns`) follow it without knowing about rules.
"""

from __future__ import annotations

from typing import NamedTuple

from expert.language.keys import exception_of
from expert.language.meaning import Reading
from expert.language.outcome import outcome_of
from expert.language.rules import Dependencies, RuleBase
from expert.language.steps import Program, Step

StepAmounts = list[tuple[Step, Step]]  # numbers concluded, each with where it is


class Lines(NamedTuple):
    """What is to be known of a case, each with the step that gives it."""

    program: Program
    fired: dict[str, Step]  # by instance
    verdicts: dict[str, dict[str, Step]]  # by option, where each verdict holds
    targets: dict[str, dict[str, dict[str, Step]]]  # by option, the same for each target argued about
    timings: dict[str, dict[str, Step]]  # by option; the first that holds, or now
    flags: dict[str, dict[str, Step]]  # by option
    plan: dict[str, Step]
    findings: dict[tuple[str, str], Step]  # by key and value
    numbers: dict[str, StepAmounts]  # by key
    bounds: dict[str, tuple[Step, Step]]  # of scores, by key: low and high

    @property
    def steps(self) -> list[Step]:
        """Every truth that is to be known."""
        by_target = [verdicts for targets in self.targets.values() for verdicts in targets.values()]
        about = [*self.verdicts.values(), *by_target, *self.timings.values(), *self.flags.values()]
        named = [self.fired, self.plan, *about]
        ends = [end for both in self.bounds.values() for end in both]
        return [*ends, *self.findings.values(), *(step for steps in named for step in steps.values())]


def lines(base: RuleBase) -> Lines:
    """The program of a rule base: every conclusion of every case, as one straight line."""
    knowledge = base.knowledge
    program = Program(knowledge)
    reading: Reading[Step, Step] = Reading(program)
    dependencies = Dependencies.of(base.instances)
    fired = reading.derive(dependencies.ordered)
    outcome = outcome_of(knowledge, reading, base.instances, fired, dependencies)
    targets = {}
    for option in knowledge.options:
        argued = outcome.targets(option)
        targets[option] = {target: argued[target] for target in knowledge.targets if target in argued}
    findings: dict[tuple[str, str], Step] = {}
    for key, values in reading.findings.items():
        if not exception_of(key):
            findings |= {(key, str(value)): at for value, at in values.items()}
    return Lines(
        program=program,
        fired={i.id: fired[i.id] for i in base.instances},
        verdicts={option: outcome.verdicts(option) for option in knowledge.options},
        targets=targets,
        timings={option: _some(outcome.timings(option)) for option in knowledge.options},
        flags={option: _some(outcome.flags(option)) for option in knowledge.options},
        plan=_some(outcome.plan()),
        findings=findings,
        numbers=reading.numbers,
        bounds={key: interval for key, [(_, interval)] in reading.scores.items()},
    )


def _some(steps: dict[str, Step]) -> dict[str, Step]:
    return {name: step for name, step in steps.items() if step.op != "false"}
