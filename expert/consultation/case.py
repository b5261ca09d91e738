"""A case: the answers given, checked against the vocabulary.

An attribute with no answer, and one answered `unknown`, are the same to the rules; only the
record keeps that the second was said.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from expert.io.problems import CaseError, Problem, Span, nearest, not_among, shorten
from expert.io.program import program_name
from expert.io.yaml import Node, parse_yaml
from expert.language.model import BadValue, Knowledge, Term, Value

UNKNOWN = "unknown"
ROW = "row"  # the column of a result of a table that has its row's number
ANSWERS, CELLS = "answers", "cells"
REJECTED = {ROW, "file", "reasons", CELLS}  # what is said of a row of a table that is no case

Answer = Value | None  # None: answered "unknown"


class Case(NamedTuple):
    """Answers by attribute, in the vocabulary's order whatever order they were given in."""

    answers: dict[str, Answer]

    def value(self, name: str) -> Answer:
        return self.answers.get(name)

    def with_answers(self, changes: dict[str, Answer], knowledge: Knowledge) -> Case:
        """This case with some answers changed."""
        return make_case({**self.answers, **changes}, knowledge)


def make_case(answers: dict[str, Answer], knowledge: Knowledge) -> Case:
    """A case of answers that are already checked."""
    return Case({name: answers[name] for name in knowledge.attributes if name in answers})


def parse_answer(text: str, term: Term) -> Answer:
    """The answer that `text` spells. Raises ValueError."""
    return None if text.strip() == UNKNOWN else term.parse(text)


def parse_pairs(pairs: list[str], knowledge: Knowledge) -> Case:
    """The case of `attribute=value` words. Raises CaseError with every problem."""
    problems: list[Problem] = []
    answers: dict[str, Answer] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            help = "write attribute=value, such as " + _example(knowledge)
            problems.append(Problem(f"`{shorten(pair)}` is not an answer", None, help))
        elif name not in knowledge.attributes:
            problems.append(not_among("attribute", name, knowledge.attributes))
        elif name in answers:
            problems.append(Problem(f"`{name}` is answered twice", None, "give each attribute once"))
        else:
            answers[name] = _checked(text, knowledge.attributes[name], None, problems)
    if problems:
        raise CaseError(problems)
    return make_case(answers, knowledge)


def read_case(text: str, shown: str, knowledge: Knowledge) -> Case:
    """The case of a YAML or JSON mapping from attributes to values. Raises CaseError.

    What `consult --json` prints, and a row of what `population run` gives, are read for their answers;
    null is `unknown`.
    """
    node, problems = parse_yaml(text, shown)
    answers: dict[str, Answer] = {}
    pairs, table = _pairs(node, problems)
    missing = knowledge.attributes.keys() - {key.text for key, _ in pairs}
    for key, value in pairs:
        name = key.text or ""
        if name not in knowledge.attributes:
            if not table or nearest(name, missing):
                problems.append(not_among("attribute", name, knowledge.attributes, key.span))
        elif value.text is None:
            problems.append(Problem(f"`{name}` must be a single value, not {value.shape}", value.span))
        else:
            spelled = _spelled(value.text, knowledge.attributes[name])
            answers[name] = _checked(spelled, knowledge.attributes[name], value.span, problems)
    if problems:
        raise CaseError(problems)
    return make_case(answers, knowledge)


def names_in(text: str) -> list[str]:
    """The attributes of a case file, in the order in which they stand in it."""
    return [key.text or "" for key, _ in _pairs(parse_yaml(text, "")[0], [])[0]]


def _pairs(node: Node | None, problems: list[Problem]) -> tuple[list[tuple[Node, Node]], bool]:
    """The answers of a case file, and whether it is a row of a table, which has other columns too."""
    if node is None:
        return [], False
    if node.pairs is None:
        help = "a mapping from attributes to values"
        problems.append(Problem(f"a case must be a mapping, not {node.shape}", node.span, help))
        return [], False
    names = [key.text or "" for key, _ in node.pairs]
    wanted = holder(names)
    for key, value in node.pairs:
        if wanted and key.text == wanted and value.pairs is not None:
            return value.pairs, wanted == CELLS
    return node.pairs, is_result(names)


def holder(names: Collection[str]) -> str:
    """Where a mapping with these names holds its answers, if not in itself: what `consult --json` prints
    does, and what `population run` says of a rejected row."""
    if ANSWERS in names:
        return ANSWERS
    return CELLS if REJECTED.issubset(names) else ""


def is_result(names: Collection[str]) -> bool:
    """Whether these are the columns of a result of `population run`."""
    return ROW in names and any(name.endswith(".verdict") for name in names)


def cell_answer(cell: object, term: Term) -> Answer:
    """The answer of a table's cell, whatever its type. Raises ValueError."""
    if cell is None:
        return None
    text = str(cell).strip() if not isinstance(cell, bool) else str(cell).lower()
    return parse_answer(_spelled(text, term), term)


def _spelled(text: str, term: Term) -> str:
    """What JSON and YAML write for yes, no and nothing, as the vocabulary writes it."""
    if text in ("null", "~", ""):
        return UNKNOWN
    truth = {"true": "yes", "false": "no"}.get(text.lower())
    return truth if truth and term.type == "yes-no" else text


def _checked(text: str, term: Term, span: Span | None, problems: list[Problem]) -> Answer:
    try:
        return parse_answer(text, term)
    except BadValue as error:
        problems.append(Problem(error.message, span, error.help))
        return None


def _example(knowledge: Knowledge) -> str:
    examples = [f"{term.name}={term.sample}" for term in knowledge.attributes.values()]
    return next(iter(examples), "(this knowledge base asks for nothing)")


def spell_answers(case: Case, knowledge: Knowledge) -> list[str]:
    """The answers as `attribute=value` words, which `parse_pairs` reads back."""
    terms = knowledge.attributes
    return [
        f"{name}={UNKNOWN if value is None else terms[name].spell(value)}"
        for name, value in case.answers.items()
    ]


def case_file_answers(case: Case, knowledge: Knowledge) -> str:
    """The answers as a case file writes them on one line, which `read_case` reads back."""
    pairs = [pair.replace("=", ": ", 1) for pair in spell_answers(case, knowledge)]
    return f"{{{', '.join(pairs)}}}"


def plain_answers(case: Case, knowledge: Knowledge) -> dict[str, str | int | float]:
    """The answers for JSON."""
    terms = knowledge.attributes
    return {n: UNKNOWN if v is None else terms[n].plain(v) for n, v in case.answers.items()}


def typed(case: Case, knowledge: Knowledge) -> Case:
    """The case as it is typed: with no answer at all `consult` would ask, so one is said to be unknown."""
    return case if case.answers else Case(dict.fromkeys(list(knowledge.attributes)[:1]))


def command_line(*words: str, kb: Path | str | None = None) -> str:
    """A command as a shell reads it, on the knowledge base in a directory or on the built-in one."""
    place = ["--kb", str(kb)] if kb else []
    return f"{program_name()} {shlex.join([*words, *place])}"


def consult_line(case: Case, knowledge: Knowledge, kb: Path | None) -> str:
    """The command that shows a case."""
    answers = spell_answers(typed(case, knowledge), knowledge)
    return command_line("consult", *answers, "--no-save", kb=kb)
