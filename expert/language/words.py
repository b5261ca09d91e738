"""The words of results: what verdicts, headings and silence are called, where a knowledge base has none."""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from typing import NamedTuple

VERDICT_WORDS = {
    "preferred": "preferred",
    "option": "option",
    "uncertain": "uncertain",
    "open": "open",
    "not-advised": "not advised",
    "not-addressed": "not addressed",
}

CLAUSES = {**VERDICT_WORDS, "option": "an option"}  # after `is` or `are`

HEADINGS = {
    "results": "Result",
    "plan": "Plan",
    "options": "Recommendation",
    "option": "Option",
    "verdict": "Verdict",
    "when": "When",
    "cost": "Cost",
    "notes": "Notes",
    "for": "For",
    "arguments": "Arguments",
    "advice": "Advice",
    "cautions": "Cautions",
}

SILENCE = "The document does not speak of {option} {about}."


class OwnWords(NamedTuple):
    """What verdicts are called (in a table, and after `is`), what headings, and how silence is said.

    `silence` has places for `{option}` and, if it wants to, for `{about}`: `in this case`, or which targets.
    """

    verdicts: dict[str, str]
    clauses: dict[str, str]
    headings: dict[str, str]
    silence: str


WORDS = OwnWords(VERDICT_WORDS, CLAUSES, HEADINGS, SILENCE)
