"""Small knowledge bases all of whose cases can be gone through, with every construct of the language.

Questions have few values, numbers among them; rules settle, count, score, have exceptions, compute, and
conclude findings from each other in circles. Answers may contradict each other.
"""

from __future__ import annotations

from functools import cached_property
from itertools import product
from math import prod
from pathlib import Path
from random import Random
from typing import Any

from support.ahead import UNKNOWN
from support.contradicting import contradicting
from support.generate import Generator, write_files
from support.oracle import OracleKB, evaluate

from expert.knowledge.load import open_files
from expert.language.rules import RuleBase

Answers = dict[str, str]
Result = dict[str, Any]
TYPES = ("yes-no", "yes-no", "choice", "choice", "choices", "count")
MOST = 400  # cases


class Finite(Generator):
    """One such knowledge base in the making."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        for n, name in enumerate([*self.attributes]):
            if n > 3:
                del self.attributes[name]
                continue
            type = random.choice(TYPES)
            self.attributes[name] = {"type": type, "label": f"the {name}", "question": "Well?"}
            if type in ("choice", "choices"):
                self.attributes[name]["values"] = {word: word for word in ("amber", "basil")}
            if type == "count":
                self.attributes[name] |= {"min": "0", "max": "4"}
        self.dates = []

    def terms(self, level: int, scoped: bool, strict: bool) -> dict[str, dict[str, Any]]:
        """As ever; and what is only asked to hold may rest on what rests on it, through several findings."""
        found = super().terms(level, scoped, strict)
        for name, term in self.findings.items():
            named = "per-option" in term, name not in self.settled and term["type"] in ("choice", "yes-no")
            if not strict and named == (False, True):
                found[name] = term
        return found


class Whole:
    """A knowledge base of which every case was evaluated, by the naive evaluator."""

    def __init__(self, base: RuleBase, directory: Path) -> None:
        self.base, self.kb = base, OracleKB(directory)

    @property
    def axes(self) -> dict[str, list[str]]:
        """The answers to every question, `unknown` among them."""
        axes = {}
        for name, term in self.base.knowledge.attributes.items():
            numbers = range(term.low or 0, (term.high or 0) + 1)
            axes[name] = [*(term.values or map(str, numbers)), UNKNOWN]
        return axes

    @cached_property
    def cases(self) -> list[Answers]:
        return [dict(zip(self.axes, row, strict=True)) for row in product(*self.axes.values())]

    @cached_property
    def followed(self) -> list[Result]:
        return [evaluate(self.kb, self.given(case)) for case in self.cases]

    @staticmethod
    def given(case: Answers) -> Answers:
        """Without what is not known."""
        return {name: value for name, value in case.items() if value != UNKNOWN}


def finite(seed: int, directory: Path) -> Whole | None:
    """The knowledge base of a seed; None if it is none, or has too many cases."""
    files = Finite(Random(seed)).files()
    if seed % 3 == 0:
        files = contradicting(files, Random(seed))
    base, problems = open_files(files)
    if problems:
        return None
    whole = Whole(base, write_files(files, directory))
    return whole if prod(map(len, whole.axes.values())) <= MOST else None
