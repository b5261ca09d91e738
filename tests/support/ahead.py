"""What other answers would lead to, by going through them with the naive evaluator of `oracle.py` alone.

Statements that are about more than one case are held to this: what a change of answers leads to, and what
answers that are not given can still come to. Nothing of what makes those statements is used.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from itertools import combinations, product
from math import prod
from random import Random
from typing import Any

from support.oracle import ORDERED, OracleKB, evaluate

Answers = dict[str, str]
Result = dict[str, Any]
UNKNOWN = "unknown"
MOST = 150  # completions of a case


class Evaluated:
    """A knowledge base, and what followed from the cases that were looked at."""

    def __init__(self, kb: OracleKB) -> None:
        self.kb = kb
        self.found: dict[Hashable, Result] = {}

    def __call__(self, answers: Answers) -> Result:
        """All that follows from some answers."""
        key = tuple(answers.get(name, UNKNOWN) for name in self.kb.answerable)
        if key not in self.found:
            self.found[key] = evaluate(self.kb, answers)
        return self.found[key]

    def priced(self, option: str) -> bool:
        """Whether an option has a price for one of something, which is said where no number is known."""
        prices = [name for name, term in self.kb.properties.items() if "per" in term or "basis" in term]
        return any(name in self.kb.options[option] for name in prices)

    # --- answers ----------------------------------------------------------------------------------
    def values(self, name: str) -> list[str] | None:
        """Every answer to a question, if there are few."""
        term = self.kb.answerable[name]
        if term["type"] not in ORDERED:
            return [*term.get("values", ("yes", "no"))]
        if term["type"] == "count" and "max" in term:
            return [str(n) for n in range(int(term.get("min", 0)), int(term["max"]) + 1)]
        return None

    def tried(self, name: str) -> list[str]:
        """Every answer, or numbers of which rules may tell some apart."""
        if self.kb.answerable[name]["type"] == "date":
            return ["2004-02-29", "2020-03-01", "2022-02-28", "2022-03-01"]
        return self.values(name) or ["0", "1", "2", "3", "7"]

    # --- completions ------------------------------------------------------------------------------
    def partial(self, answers: Answers, random: Random) -> Answers:
        """The case with answers left out, so that few completions are left: all can be gone through."""
        kept = {name: answers.get(name, UNKNOWN) for name in self.kb.answerable}
        names = [name for name in kept if self.values(name)]
        many = 1
        for name in random.sample(names, len(names)):
            size = len(self.values(name) or ()) + 1
            if many * size <= MOST:
                many *= size
                del kept[name]
        return kept

    def completions(self, answers: Answers) -> list[Answers]:
        """Every one; `unknown` is an answer, too."""
        names = [name for name in self.kb.answerable if name not in answers]
        axes = [[*(self.values(name) or ()), UNKNOWN] for name in names]
        assert prod(map(len, axes)) <= MOST
        return [{**answers, **dict(zip(names, values, strict=True))} for values in product(*axes)]

    # --- changes ----------------------------------------------------------------------------------
    def changes(self, answers: Answers, size: int) -> Iterator[Answers]:
        """Changes of so many answers: what is fixed and given stays, nothing becomes unknown."""
        given = {name: value for name, value in answers.items() if value != UNKNOWN}
        terms = self.kb.answerable
        names = [name for name in terms if not (name in given and terms[name].get("fixed") == "yes")]
        for chosen in combinations(names, size):
            for values in product(*map(self.tried, chosen)):
                change = dict(zip(chosen, values, strict=True))
                if not any(same(given.get(name), value) for name, value in change.items()):
                    yield change


def same(one: str | None, other: str) -> bool:
    """Whether two answers are the same, however a number is spelled."""
    if one is None or one == other:
        return one == other
    try:
        return Fraction(one) == Fraction(other)
    except ValueError:
        return False


def in_play(result: Result) -> set[str]:
    """The targets that something is argued about."""
    return {target for targets in result["targets"].values() for target in targets}


def reached(result: Result, option: str, goals: tuple[str, ...], targets: tuple[str, ...]) -> bool:
    """Whether an option has one of some goals; for one of the targets, if there are some."""
    if targets:
        return any(result["targets"][option].get(target) in goals for target in targets)
    return result["verdicts"][option] in goals or ("now" in goals and result["timing"][option] == "now")


# --- contradictions -----------------------------------------------------------------------------------
def contradicted(kb: OracleKB, result: Result) -> dict[str, tuple[set[str], str]]:
    """The contradictions that a case has: between which attributes, and which is left out of account."""
    fired = {rule for rule, _ in result["fired"]}
    return {id: ({*body["between"]}, body["leaves-out"]) for id, body in kb.contradictions if id in fired}


# --- differences ----------------------------------------------------------------------------------------
def differences(before: Result, after: Result) -> set[tuple[str, str]]:
    """What two consultations differ in: the kind, and of what; but for words that print another value."""
    found = set()
    for option in before["verdicts"]:
        for kind, key in (
            ("verdict", "verdicts"),
            ("timing", "timing"),
            ("flags", "flags"),
            ("cost", "cost"),
        ):
            if before[key][option] != after[key][option]:
                found.add((kind, option))
        for target in {**before["targets"][option], **after["targets"][option]}:
            one, other = (result["targets"][option].get(target) for result in (before, after))
            if one != other:
                found.add(("target", f"{option} for {target}"))
    found |= {("plan", step) for step in {*before["plan"]} ^ {*after["plan"]}}
    for kind, key in (("firing", "fired"), ("advice", "advice")):
        named = [{_named(*parts[-2:]) for parts in result[key]} for result in (before, after)]
        found |= {(kind, name) for name in named[0] ^ named[1]}
    return found


def _named(name: str, option: str | None) -> str:
    return f"{name}@{option}" if option else name
