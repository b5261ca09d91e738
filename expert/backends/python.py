"""The fast evaluator: verdicts, costs and fired rules of one case, in microseconds, with no trace.

The program of a rule base is written out as one Python function of plain assignments and compiled
once. It is for embedding, simulation, and wherever nobody asks why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import compress
from typing import NamedTuple

from expert.backends.program import Lines, Step, StepAmounts, lines, needed
from expert.consultation.case import Case
from expert.io.garbage import collected_later
from expert.language.outcome import cost_amounts
from expert.language.policy import NOW
from expert.language.rules import RuleBase


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


def decider(base: RuleBase) -> Decider:
    """The function that decides cases of a rule base, as `infer` does; making it takes milliseconds."""
    with collected_later():
        return _decider(base)


def _decider(base: RuleBase) -> Decider:
    program = lines(base)
    names: dict[str, object] = {
        "Decision": Decision,
        "compress": compress,
        "FLAGS": tuple(_flags(program)),
        "FINDINGS": tuple(program.findings),
        "FIRED": tuple(program.fired),
    }
    # the text is made of numbered steps, and of names of the knowledge as quoted by repr
    exec(compile(source(base, program), "<decider>", "exec"), names)
    decide: Decider = names["decide"]  # type: ignore[assignment]
    return decide


def source(base: RuleBase, program: Lines) -> str:
    """The function, as Python text."""
    knowledge = base.knowledge
    costs = {option: cost_amounts(knowledge, program.numbers, option) for option in knowledge.options}
    wanted = list(program.steps)
    for sides in costs.values():
        for amounts in sides:
            for pair in amounts:
                wanted += pair
    text = _Text()
    for step, uses in needed(wanted):
        text.take(step, uses)
    name = text.name
    verdicts = _dict({option: _first(name, at) for option, at in program.verdicts.items()})
    timings = _dict({option: _first(name, at, NOW) for option, at in program.timings.items()})
    costs_written = {}
    for option, sides in costs.items():
        if any(sides):
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


DEEPEST = 20  # brackets inside one another: Python's own parser takes no more than some hundred


class _Text:
    """Steps as assignments; a step that is used once stands where it is used, if that is not too deep."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self.depth: dict[int, int] = {}
        self.answers: dict[str, str] = {}

    def name(self, step: Step) -> str:
        """The expression of a step that was taken."""
        return self.names[step.n]

    def take(self, step: Step, uses: int) -> None:
        """Write a step down, those that it follows from being written."""
        written = self._written(step)
        depth = 1 + max((self.depth[part.n] for part in step.inputs), default=0)
        if step.inputs and (uses > 1 or depth > DEEPEST):
            self.lines.append(f"s{step.n} = {written}")
            self.names[step.n] = f"s{step.n}"
            self.depth[step.n] = 0
        else:
            self.depth[step.n] = depth
            self.names[step.n] = f"({written})" if step.inputs else written

    def _written(self, step: Step) -> str:
        inside = [self.names[part.n] for part in step.inputs]
        if step.op in ("true", "false"):
            return step.op.capitalize()
        if step.op == "constant":
            return repr(step.args[0])
        if step.op == "~":
            return f"not {inside[0]}"
        if step.op == "choose":
            return f"{inside[1]} if {inside[0]} else {inside[2]}"
        if step.inputs:
            return f" {PYTHON.get(step.op, step.op)} ".join(inside)
        answer = self._answer(str(step.args[0]))
        if step.op == "number":
            return f"({answer} or 0)"
        return f"({answer} is not None)" if step.op == "known" else f"({answer} == {step.args[1]!r})"

    def _answer(self, attribute: str) -> str:
        if attribute not in self.answers:
            self.answers[attribute] = f"a{len(self.answers)}"
            self.lines.append(f"{self.answers[attribute]} = get({attribute!r})")
        return self.answers[attribute]


PYTHON = {"&": "and", "|": "or"}


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
