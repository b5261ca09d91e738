"""A case: the answers given, checked against the vocabulary.

An attribute with no answer, and one answered `unknown`, are the same to the rules; only the
record keeps that the second was said.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from datetime import datetime, time
from pathlib import Path
from typing import NamedTuple

from expert.io.dates import spelled_day, today
from expert.io.problems import CaseError, Problem, Span, nearest, not_among, shorten
from expert.io.program import program_name
from expert.io.yaml import Node, parse_yaml
from expert.language.model import CHOICES, NONE_OF_THEM, TODAY, BadValue, Knowledge, Term, Value

UNKNOWN = "unknown"
SEPARATOR = ","  # between several answers in a text
ANSWER_SEPARATORS = re.compile("[,;|]")  # what stands there in a table
ROW = "row"  # the column of a result of a table that has its row's number
ANSWERS, CELLS = "answers", "cells"
REJECTED = {ROW, "file", "reasons", CELLS}  # what is said of a row of a table that is no case

# how an answer was given that was not asked for, as records say it
COMMAND_LINE, CASE_FILE, PROGRAM, DEFAULT = "command-line", "file", "program", "default"

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


def started(case: Case, knowledge: Knowledge) -> Case:
    """The case as a consultation starts on it: dates that are today's by default, and are not given, are.

    Where today is no day that could be answered, the date is not known.
    """
    day = today()
    dates = []
    for name, term in knowledge.attributes.items():
        least, most = term.bounds
        if term.default == TODAY and name not in case.answers and least <= day <= most:
            dates.append(name)
    return case.with_answers(dict.fromkeys(dates, day), knowledge) if dates else case


def typed(case: Case, knowledge: Knowledge) -> Case:
    """The case as it is typed.

    A date that is today's by default is said to be unknown where it is not given; with no answer at all
    `consult` would ask, so one is.
    """
    defaults = [n for n, term in knowledge.attributes.items() if term.default and n not in case.answers]
    case = case.with_answers(dict.fromkeys(defaults), knowledge) if defaults else case
    first = next(iter(knowledge.questions.values()), None)
    return case if case.answers or first is None else Case(dict.fromkeys(first.parts))


# --- read ----------------------------------------------------------------------------------
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
        elif name not in knowledge.answerable:
            problems.append(not_among("attribute", name, knowledge.answerable))
        elif twice := [n for n in knowledge.answerable[name].parts if n in answers]:
            whole = len(twice) == len(knowledge.answerable[name].parts)
            problems.append(answered_twice(name if whole else twice[0]))
        else:
            term = knowledge.answerable[name]
            is_today = term.is_date and text.strip() == TODAY
            spelled = spelled_day(today()) if is_today else text
            answers |= answer_of_text(spelled, term, knowledge, None, problems)
    if problems:
        raise CaseError(problems)
    return make_case(answers, knowledge)


def answered_twice(name: str, span: Span | None = None) -> Problem:
    """The problem of an attribute that is answered in two places."""
    return Problem(f"`{name}` is answered twice", span, "give each attribute once")


def read_case(text: str, shown: str, knowledge: Knowledge) -> Case:
    """The case of a YAML or JSON mapping from attributes to values. Raises CaseError.

    What `consult --json` prints, and a row of what `population run` gives, are read for their answers;
    null is `unknown`.
    """
    node, problems = parse_yaml(text, shown)
    answers: dict[str, Answer] = {}
    pairs, table = _pairs(node, problems)
    answerable, said = knowledge.answerable, set[str]()
    missing = answerable.keys() - {key.text for key, _ in pairs}
    for key, value in pairs:
        name = key.text or ""
        if name not in answerable:
            if not table or nearest(name, missing):
                problems.append(not_among("attribute", name, answerable, key.span))
        elif twice := [n for n in answerable[name].parts if n in answers and name not in said]:
            problems.append(answered_twice(twice[0], key.span))
        else:
            said.add(name)  # of a key that is given twice the reader has told
            answers |= read_answer(value, answerable[name], knowledge, problems, lenient=True)
    if problems:
        raise CaseError(problems)
    return make_case(answers, knowledge)


def read_answer(
    node: Node, term: Term, knowledge: Knowledge, problems: list[Problem], lenient: bool = False
) -> dict[str, Answer]:
    """The answer that a node of a file gives to an attribute, or several answers: a list says yes of its
    values and no of all others, a mapping what it names.

    `lenient`: what JSON and YAML write for yes, no and nothing is taken for these, a text for a list.
    """
    if term.type == CHOICES and node.items is not None:
        return chosen([(item.text, item.span) for item in node.items], node.span, term, problems)
    if term.type == CHOICES and node.pairs is not None:
        return _told_apart(node, term, knowledge, problems, lenient)
    if node.text is None:
        problems.append(Problem(f"`{term.name}` must be a single value, not {node.shape}", node.span))
        return {}
    text = _spelled(node.text, term) if lenient else node.text
    if lenient and term.type == CHOICES:  # as tables have them
        text = ANSWER_SEPARATORS.sub(SEPARATOR, text)
    if lenient or term.type != CHOICES or text in (UNKNOWN, NONE_OF_THEM):
        return answer_of_text(text, term, knowledge, node.span, problems)
    return chosen([(text, node.span)], node.span, term, problems)


def _told_apart(
    node: Node, term: Term, knowledge: Knowledge, problems: list[Problem], lenient: bool
) -> dict[str, Answer]:
    """The answers of a mapping that says of each value which it names whether it is so."""
    answers: dict[str, Answer] = {}
    if not node.pairs:
        problems.append(Problem(f"nothing is said of the values of `{term.name}`", node.span, term.allowed))
    for key, value in node.pairs or ():
        if key.text not in term.values:
            problems.append(not_among(f"value for `{term.name}`", key.text or "", term.values, key.span))
        else:
            part = knowledge.attributes[term.part(key.text)]
            answers |= read_answer(value, part, knowledge, problems, lenient)
    return answers


def chosen(
    items: list[tuple[str | None, Span | None]], place: Span | None, term: Term, problems: list[Problem]
) -> dict[str, Answer]:
    """The answers of a list of values: yes of each, no of all others."""
    seen: dict[str, Answer] = {}
    for text, span in items:
        problem = wrong_among(text, term, seen, span)
        if problem:
            problems.append(problem)
        else:
            seen[term.part(text or "")] = "yes"
    if not items:
        help = f"`{NONE_OF_THEM}` says that none is so, `{UNKNOWN}` that nothing is known"
        problems.append(Problem(f"no value is given for `{term.name}`", place, help))
    return {**dict.fromkeys(term.parts, "no"), **seen}


def wrong_among(
    text: str | None, term: Term, seen: Collection[str], span: Span | None = None
) -> Problem | None:
    """What is wrong with one of several answers, of which some were seen already."""
    if text is None:
        return Problem(f"a value of `{term.name}` must be a single value", span, f"allowed: {term.allowed}")
    if text in (NONE_OF_THEM, UNKNOWN):
        help = "write it instead of the values, not among them"
        return Problem(f"`{text}` stands alone: it is not a value of `{term.name}`", span, help)
    if text not in term.values:
        return not_among(f"value for `{term.name}`", text, term.choices, span)
    if term.part(text) in seen:
        return Problem(f"`{text}` is given twice for `{term.name}`", span)
    return None


def answer_of_text(
    text: str, term: Term, knowledge: Knowledge, span: Span | None, problems: list[Problem]
) -> dict[str, Answer]:
    """The answer that a text spells, or several answers: values with commas between them."""
    if term.type != CHOICES:
        return {term.name: _checked(text, term, span, problems)}
    if text.strip() in (NONE_OF_THEM, UNKNOWN):
        return dict.fromkeys(term.parts, None if text.strip() == UNKNOWN else "no")
    items: list[tuple[str | None, Span | None]] = []
    for value in text.split(SEPARATOR) if text.strip() else ():
        items.append((value.strip(), span))
    return chosen(items, span, term, problems)


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
    if term.is_date and isinstance(cell, datetime) and cell.time() == time() and cell.tzinfo is None:
        text = str(cell.date())
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
    examples = [f"{term.name}={term.sample}" for term in knowledge.questions.values()]
    return next(iter(examples), "(this knowledge base asks for nothing)")


# --- written -------------------------------------------------------------------------------
def spell_answers(case: Case, knowledge: Knowledge) -> list[str]:
    """The answers as `attribute=value` words, which `parse_pairs` reads back.

    Several answers are one word where they can be.
    """
    words: list[str] = []
    for name, spelled in told_together(case, knowledge).items():
        words.append(f"{name}={spelled}")
    return words


def told_together(case: Case, knowledge: Knowledge) -> dict[str, str]:
    """The answers as they are typed; several answers together, if they can be said in one word."""
    told: dict[str, str] = {}
    for name, value in case.answers.items():
        term = knowledge.question_of(name)
        if term.name in told:
            continue
        together = _spelled_together(case, term) if term.type == CHOICES else ""
        if together:
            told[term.name] = together
        else:
            told[name] = UNKNOWN if value is None else knowledge.attributes[name].spell(value)
    return told


def _spelled_together(case: Case, term: Term) -> str:
    """All answers on the values of a question in one word; empty if they are not all known, or unknown."""
    given = [case.answers[name] for name in term.parts if name in case.answers]
    if len(given) < len(term.values):
        return ""
    if None in given:
        return UNKNOWN if set(given) == {None} else ""
    so = [value for value, answer in zip(term.values, given, strict=True) if answer == "yes"]
    return SEPARATOR.join(so) or NONE_OF_THEM


def case_file_answers(case: Case, knowledge: Knowledge) -> str:
    """The answers as a case file writes them on one line, which `read_case` reads back."""
    pairs: list[str] = []
    for name, spelled in told_together(case, knowledge).items():
        values = spelled.split(SEPARATOR)
        listed = f"[{', '.join(values)}]" if len(values) > 1 else spelled
        pairs.append(f"{name}: {listed}")
    return f"{{{', '.join(pairs)}}}"


def plain_answers(case: Case, knowledge: Knowledge) -> dict[str, str | int | float]:
    """The answers for JSON."""
    terms = knowledge.attributes
    return {n: UNKNOWN if v is None else terms[n].plain(v) for n, v in case.answers.items()}


def command_line(*words: str, kb: Path | str | None = None) -> str:
    """A command as a shell reads it, on the knowledge base in a directory or on the built-in one."""
    place = ["--kb", str(kb)] if kb else []
    return f"{program_name()} {shlex.join([*words, *place])}"


def consult_line(case: Case, knowledge: Knowledge, kb: Path | None) -> str:
    """The command that shows a case."""
    answers = spell_answers(typed(case, knowledge), knowledge)
    return command_line("consult", *answers, "--no-save", kb=kb)
