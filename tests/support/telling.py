"""Answers that tell cases apart, to make cases of: every choice, and numbers at and beside thresholds."""

from __future__ import annotations

from expert.consultation.case import Answer
from expert.io.dates import is_date, spelled_day
from expert.language.completions import Cells
from expert.language.prospect import Cones, Prospect
from expert.language.rules import RuleBase

# of the bases asked for last, which are kept so that no other has their place in memory
_TOLD: dict[int, tuple[RuleBase, dict[str, list[Answer]]]] = {}
KEPT = 8


def telling(base: RuleBase) -> dict[str, list[Answer]]:
    """Of each attribute some answers, without `unknown`."""
    if id(base) not in _TOLD:
        if len(_TOLD) == KEPT:
            _TOLD.clear()
        _TOLD[id(base)] = base, _telling(base)
    return _TOLD[id(base)][1]


def _telling(base: RuleBase) -> dict[str, list[Answer]]:
    completions = Prospect(Cones(base), {}).completions
    found: dict[str, list[Answer]] = {}
    for name, term in base.knowledge.attributes.items():
        found[name] = [*term.values]
        if term.ordered:
            low, high = term.bounds
            near = [n for n in sorted({low, high, *_beside(completions.variables, name)}) if low <= n <= high]
            found[name] = [n for n in near if not term.is_date or is_date(spelled_day(n))]
    return found


def _beside(variables: list[object], name: str) -> set[int]:
    numbers: set[int] = set()
    for variable in variables:
        if isinstance(variable, Cells) and name in variable.names:
            for cell in variable.group.cells:
                value = cell.values[name]
                if value is not None:
                    numbers |= {value - 1, value, value + 1}
    return numbers
