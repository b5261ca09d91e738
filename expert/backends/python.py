"""The fast evaluator: verdicts, costs and fired rules of one case, in microseconds, with no trace.

The program of a rule base is written out as one Python function of plain assignments and compiled
once. It is for embedding, simulation, and wherever nobody asks why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import compress, count
from typing import NamedTuple

from expert.backends.program import Lines, StepAmounts, lines
from expert.consultation.case import Case
from expert.io.garbage import collected_later
from expert.language.assignments import Assignments
from expert.language.outcome import cost_amounts
from expert.language.policy import NOW, first
from expert.language.rules import RuleBase
from expert.language.steps import Step, needed


class Decision(NamedTuple):
    """What follows from a case, without why; numbers are scaled by their terms' decimals.

    verdicts, timings and costs (least and most; None where nothing was concluded) are by option,
    as in a recommendation. The rest are names: (option, flag), (finding's key, value), instance.
    """

    verdicts: dict[str, str]
    timings: dict[str, str]
    costs: dict[str, tuple[int | None, int | None]]
    flags: tuple[tuple[str, str], ...]
    findings: tuple[tuple[str, str], ...]
    fired: tuple[str, ...]


Decider = Callable[[Case], Decision]


FIRST = 8  # cases; to compile the function takes as long as to follow its steps for some ten or twenty


def decider(base: RuleBase) -> Decider:
    """The function that decides cases of a rule base, as `infer` does; making it takes milliseconds.

    Its first cases it decides step by step: who has only these does not wait until it is compiled.
    """
    with collected_later():
        steps = Stepwise(base)
    cases, place = count(), list[Decider]()

    def first_cases(case: Case) -> Decision:
        if next(cases) < FIRST:
            return steps(case)
        with collected_later():
            place[0] = steps.compiled()  # from here on nothing holds the steps
        return place[0](case)

    place.append(first_cases)
    return lambda case: place[0](case)


class Stepwise:
    """The steps of a rule base, followed one after another for a case."""

    def __init__(self, base: RuleBase) -> None:
        self.lines = lines(base)
        self.costs = costs_of(base, self.lines)
        self.steps = self.lines.program.steps  # which stay here when the program lets go of them

    def compiled(self) -> Decider:
        """The same as one function."""
        names: dict[str, object] = {
            "Decision": Decision,
            "compress": compress,
            "FLAGS": tuple(_flags(self.lines)),
            "FINDINGS": tuple(self.lines.findings),
            "FIRED": tuple(self.lines.fired),
        }
        # the text is made of numbered steps, and of names of the knowledge as quoted by repr
        text = source(self.lines, self.costs)
        self.lines.program.forget()
        exec(compile(text, "<decider>", "exec"), names)
        decide: Decider = names["decide"]  # type: ignore[assignment]
        return decide

    def __call__(self, case: Case) -> Decision:
        results, program = self._results(case), self.lines

        def chosen(choices: dict[str, Step], otherwise: str = "") -> str:
            return first({name: results[at.n] for name, at in choices.items()}, otherwise)

        costs: dict[str, tuple[int | None, int | None]] = {}
        for option, sides in self.costs.items():
            least, most = [_numbers(side, results) for side in sides]
            costs[option] = min(least, default=None), max(most, default=None)
        return Decision(
            {option: chosen(choices) for option, choices in program.verdicts.items()},
            {option: chosen(choices, NOW) for option, choices in program.timings.items()},
            costs,
            tuple([about for about, at in _flags(program).items() if results[at.n]]),
            tuple([about for about, at in program.findings.items() if results[at.n]]),
            tuple([id for id, at in program.fired.items() if results[at.n]]),
        )

    def _results(self, case: Case) -> list[int]:
        """What each step gives in a case, by its number."""
        results: list[int] = []
        for step in self.steps:
            if step.inputs:
                inside = [results[part.n] for part in step.inputs]
                results.append(STEPS[step.op](*inside))
            elif step.op in ("true", "false"):
                results.append(step.op == "true")
            elif step.op == "constant":
                results.append(step.low)
            else:
                answer = case.answers.get(str(step.args[0]))
                if step.op == "known":
                    results.append(answer is not None)
                elif step.op == "equals":
                    results.append(answer == step.args[1])
                else:
                    results.append(answer if isinstance(answer, int) else 0)
        return results


STEPS: dict[str, Callable[..., int]] = {
    "&": lambda a, b: a and b,
    "|": lambda a, b: a or b,
    "~": lambda a: not a,
    ">": lambda a, b: a > b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "choose": lambda where, one, other: one if where else other,
}

Costs = dict[str, list[StepAmounts]]


def costs_of(base: RuleBase, program: Lines) -> Costs:
    """By option, the numbers concluded to be its least cost and its most; of those that may have some."""
    knowledge = base.knowledge
    costs = {option: cost_amounts(knowledge, program.numbers, option) for option in knowledge.options}
    return {option: sides for option, sides in costs.items() if any(sides)}


def source(program: Lines, costs: Costs) -> str:
    """The function, as Python text."""
    wanted = list(program.steps)
    for sides in costs.values():
        for amounts in sides:
            for pair in amounts:
                wanted += pair
    text = Assignments()
    for step, uses in needed(wanted):
        text.take(step, uses)
    name = text.name
    verdicts = _dict({option: _first(name, at) for option, at in program.verdicts.items()})
    timings = _dict({option: _first(name, at, NOW) for option, at in program.timings.items()})
    costs_written = {}
    for option, sides in costs.items():
        least, most = sides
        costs_written[option] = f"({_best('min', name, least)}, {_best('max', name, most)})"
    flags = _chosen("FLAGS", name, _flags(program).values())
    findings = _chosen("FINDINGS", name, program.findings.values())
    fired = _chosen("FIRED", name, program.fired.values())
    result = ", ".join([verdicts, timings, _dict(costs_written), flags, findings, fired])
    return "\n    ".join(
        ["def decide(case):", "get = case.answers.get", *text.lines, f"return Decision({result})\n"]
    )


def _flags(program: Lines) -> dict[tuple[str, str], Step]:
    return {(option, flag): at for option, flags in program.flags.items() for flag, at in flags.items()}


def _numbers(amounts: StepAmounts, results: list[int]) -> list[int]:
    """The numbers that are concluded, of what every step comes to."""
    return [results[number.n] for where, number in amounts if results[where.n]]


def _dict(items: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key!r}: {written}" for key, written in items.items()) + "}"


def _chosen(names: str, name: Callable[[Step], str], truths: Iterable[Step]) -> str:
    """Those of a tuple's names whose truths hold."""
    return f"tuple(compress({names}, ({''.join(name(at) + ', ' for at in truths)})))"


def _first(name: Callable[[Step], str], choices: dict[str, Step], otherwise: str = "") -> str:
    """The first choice that holds."""
    tests = [f"{choice!r} if {name(at)} else " for choice, at in choices.items() if at.op != "false"]
    return "".join(tests) + repr(otherwise)


def _best(pick: str, name: Callable[[Step], str], amounts: StepAmounts) -> str:
    """The least or the most of the numbers that are concluded."""
    if not amounts:
        return "None"
    if len(amounts) == 1:
        where, number = amounts[0]
        return f"({name(number)} if {name(where)} else None)"
    listed = ", ".join(f"*(({name(number)},) if {name(where)} else ())" for where, number in amounts)
    return f"{pick}(({listed}), default=None)"
