"""Columns of tables in which several answers stand together: as texts with separators, or as lists.

Each becomes a column of answers for each value, as it is in results. A cell that is no such answer becomes
one that no reader takes, so that its row is rejected.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from expert.backends.frames import pl
from expert.consultation.case import ANSWER_SEPARATORS, UNKNOWN, Answer, chosen
from expert.io.json import strict
from expert.io.problems import CaseError, Problem
from expert.language.model import NONE_OF_THEM, BadValue, Knowledge, Term
from expert.population.tables import cells_of

REFUSED = "?"  # no answer


def cell_answers(cell: object, term: Term) -> dict[str, Answer]:
    """The answers of a cell that may hold several. Raises BadValue."""
    if isinstance(cell, str) and cell.strip()[:1] in ("[", "{"):
        cell = _from_json(cell)
    if isinstance(cell, dict):
        return _each(cell, term)
    if isinstance(cell, (list, tuple)):
        return _of_list([None if item is None else str(item).strip() for item in cell], term)
    text = "" if cell is None else str(cell).strip()
    if text in ("", "null", "~", UNKNOWN):
        return dict.fromkeys(term.parts)
    if text == NONE_OF_THEM:
        return dict.fromkeys(term.parts, "no")
    return _of_list([value.strip() for value in ANSWER_SEPARATORS.split(text)], term)


def _from_json(text: str) -> object:
    """What a text holds in JSON, or else the text; what says two things is no answer."""
    try:
        return strict(text)
    except (ValueError, RecursionError):
        return text


def _of_list(values: list[str | None], term: Term) -> dict[str, Answer]:
    problems: list[Problem] = []
    answers = chosen([(value, None) for value in values], None, term, problems)
    if problems:
        raise BadValue(problems[0].message, problems[0].help)
    return answers


def _each(said: dict[str, Any], term: Term) -> dict[str, Answer]:
    """The answers of a structure that says of each value whether it is so."""
    truths: dict[object, Answer] = {True: "yes", False: "no", None: None}
    truths |= {"yes": "yes", "no": "no", UNKNOWN: None}
    answers: dict[str, Answer] = dict.fromkeys(term.parts)
    for value, so in said.items():
        if value not in term.values:
            raise BadValue(f"unknown value for `{term.name}` `{value}`", f"allowed: {term.allowed}")
        if not isinstance(so, (str, bool, type(None))) or so not in truths:
            raise BadValue(f"`{so}` is no answer to `{term.part(value)}`", "allowed: yes, no, unknown")
        answers[term.part(value)] = truths[so]
    return answers


def spread(batch: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """A batch with a column for each value in place of one in which several answers stand together."""
    for name, term in knowledge.several.items():
        if name in batch.columns:
            batch = batch.drop(name).with_columns(_columns(batch[name], term))
    return batch


def told_apart(cell: object, term: Term) -> dict[str, Answer]:
    """The answers of a cell, or what no reader takes for one."""
    try:
        return cell_answers(cell, term)
    except BadValue:
        return {**dict.fromkeys(term.parts, REFUSED)}


def _columns(column: pl.Series, term: Term) -> list[pl.Series]:
    read: dict[str, dict[str, Answer]] = {}  # most tables have few different cells
    rows = []
    for cell in cells_of(column):
        key = repr(cell)
        if key not in read:
            read[key] = told_apart(cell, term)
        rows.append(read[key])
    return [pl.Series(part, [row[part] for row in rows], pl.String) for part in term.parts]


def check_together(columns: Collection[str], knowledge: Knowledge) -> None:
    """Raises CaseError if several answers have a column together, and columns for values of them too."""
    problems = []
    for name, term in knowledge.several.items():
        parts = [part for part in term.parts if part in columns]
        if name in columns and parts:
            message = f"columns `{name}` and `{parts[0]}` both answer `{name}`"
            problems.append(Problem(message, None, "leave out the one or the other"))
    if problems:
        raise CaseError(problems)
