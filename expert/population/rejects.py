"""Rows that are no cases: why not, and what is told of them, a line of JSON for each."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

from expert.consultation.case import cell_answer
from expert.language.model import CHOICES, BadValue, Knowledge
from expert.population.several import cell_answers

COMMA = re.compile(r"-?[0-9]+,[0-9]+")
COMMA_HINT = "; in .csv and .tsv, `--decimal-comma` reads a comma as a point"


def reasons_against(cells: dict[str, Any], knowledge: Knowledge, missing: list[str]) -> list[str]:
    """Why cells are no case: what is missing, and what `consult` would say of them."""
    reasons = list(missing)
    for name, term in knowledge.answerable.items():
        cell = cells.get(name)
        try:
            cell_answers(cell, term) if term.type == CHOICES else cell_answer(cell, term)
        except BadValue as error:
            comma = term.numeric and isinstance(cell, str) and COMMA.fullmatch(cell.strip())
            reasons.append(str(error) + (COMMA_HINT if comma else ""))
    return reasons or ["a cell cannot be read as it is written"]


def rejection(number: int, file: str, line: int, reasons: list[str], cells: Any) -> str:
    """What is told of a rejected row, in a line of JSON."""
    record = {"row": number, "file": file, "line": line, "reasons": reasons, "cells": cells}
    try:
        return json.dumps(record, default=str, allow_nan=False) + "\n"
    except (ValueError, TypeError):
        return json.dumps(_as_json(record), default=str) + "\n"


def _as_json(cell: Any) -> Any:
    """A cell as JSON can say it: what is no finite number as a text, names as texts."""
    if isinstance(cell, dict):
        return {name if isinstance(name, str) else str(name): _as_json(part) for name, part in cell.items()}
    if isinstance(cell, (list, tuple)):
        return [_as_json(part) for part in cell]
    return str(cell) if isinstance(cell, float) and not isfinite(cell) else cell


def with_commas(
    cells: dict[str, Any], reasons: list[str], knowledge: Knowledge
) -> tuple[dict[str, Any], list[str]]:
    """The cells, and what is said of them, as they stand in a file whose numbers are written with commas."""
    shown, told = dict(cells), list(reasons)
    for name in knowledge.numeric_attributes:
        cell = shown.get(name)
        if isinstance(cell, str) and "." in cell:
            shown[name] = cell.replace(".", ",")
            told = [reason.replace(f"`{cell.strip()}`", f"`{shown[name].strip()}`") for reason in told]
    return shown, told
