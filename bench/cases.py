"""What every engine of the race is given, and what it must give: cases, and outcomes to be equal."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from expert.consultation.case import Case  # noqa: E402
from expert.knowledge.load import load  # noqa: E402
from expert.language.rules import RuleBase  # noqa: E402

UNKNOWN = 0.25  # of the answers
COUNTS = (1, 1, 2, 3, 5, 12, 40, 120)
AMOUNTS = (0, 4_999, 5_000, 5_001, 10_000, 60_000, 600_000, 600_001)  # cents: what the rules compare


class Outcome(NamedTuple):
    """What follows from a case, in the form in which engines are compared.

    verdicts, timings and costs are by option (a cost that is not known: None, None); costs are cents.
    flags are (option, flag), findings (name, value), fired the ids of rule instances.
    """

    verdicts: dict[str, str]
    timings: dict[str, str]
    costs: dict[str, tuple[int | None, int | None]]
    flags: frozenset[tuple[str, str]]
    findings: frozenset[tuple[str, str]]
    fired: frozenset[str]


class Differs(Exception):
    """An engine says something else than the others: nothing is timed."""


def built_in() -> RuleBase:
    """The rule base that is raced."""
    return load(ROOT)


def canonical(base: RuleBase, found: Any) -> Outcome:
    """An engine's answer, whose collections may be of any kind, as an outcome.

    That an option is `open` the shell tells from its rules; to other engines it is not addressed.
    """
    verdicts, timings, costs, flags, findings, fired = found
    options = base.knowledge.options
    return Outcome(
        {option: "not-addressed" if verdict == "open" else verdict for option, verdict in verdicts.items()},
        dict(timings),
        {option: tuple(costs.get(option) or (None, None)) for option in options},
        frozenset(map(tuple, flags)),
        frozenset(map(tuple, findings)),
        frozenset(fired),
    )


def random_cases(base: RuleBase, size: int, seed: int = 1) -> list[Case]:
    """Cases of independent answers, a quarter of them unknown; numbers are scaled (cents)."""
    random = Random(seed)
    return [
        Case({name: _answer(random, name, term) for name, term in base.knowledge.attributes.items()})
        for _ in range(size)
    ]


def _answer(random: Random, name: str, term: Any) -> Any:
    if random.random() < UNKNOWN:
        return None
    if not term.numeric:
        return random.choice(list(term.values))
    if term.decimals == 0:
        return random.choice(COUNTS)
    return random.choice((*AMOUNTS, random.randrange(1_000_000)))


def same(base: RuleBase, name: str, found: Any, expected: Outcome, case: Case) -> None:
    """Raises Differs, with the first difference, unless an engine's answer is the expected one."""
    outcome = canonical(base, found)
    for part, ours, theirs in zip(Outcome._fields, expected, outcome, strict=True):
        if ours != theirs:
            raise Differs(f"{name}, {part}: {theirs!r} instead of {ours!r} for {case.answers}")
