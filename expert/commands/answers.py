"""The answers that a consultation starts on: typed, from a file, and there by default."""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

import sys
from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import NamedTuple

from expert.consultation.case import Answer, Case, names_in, parse_pairs, read_case, started
from expert.io.files import read_text
from expert.io.problems import CaseError, KnowledgeError, Problem
from expert.language.rules import RuleBase


class Entered(NamedTuple):
    """A case, and how it came about: the attributes as they were given, and as they were asked.

    `in_file` are those that a file gave, `by_default` those that nobody did. What it goes on from, if it
    does: the draft, the questions as they were put then, the answers to which the person had not come again
    after going back, the label, and who held it.
    """

    case: Case
    given: Sequence[str]
    asked: Sequence[str] = ()
    draft: str = ""
    questions: Mapping[str, str] = {}
    later: Mapping[str, Answer] = {}
    label: str = ""
    by: str = ""
    in_file: Collection[str] = ()
    by_default: Collection[str] = ()


def begun(entered: Entered, base: RuleBase) -> Entered:
    """What was entered, as a consultation starts on it: with the answers that are there by default."""
    case = started(entered.case, base.knowledge)
    names = [name for name in case.answers if name not in entered.case.answers]
    given = [*dict.fromkeys([*entered.given, *names])]
    return entered._replace(case=case, given=given, by_default=[*entered.by_default, *names])


TABLES = (".csv", ".tsv", ".parquet", ".xlsx", ".xlsm")  # which `population` reads


def _refuse_table(case_file: str) -> None:
    """Raise CaseError for a file of many cases."""
    if Path(case_file).suffix.lower() in TABLES:
        message = f"`{case_file}` is a table of cases, and `--case` takes one, in YAML or JSON"
        help = "`population run` takes it; of its results, `population explain OUT --row N` shows one"
        raise CaseError(message, help)


def read_answers(base: RuleBase, pairs: list[str] | None, case_file: str | None) -> Entered:
    """The case of a file and of answers given as words, which come on top. Raises CaseError."""
    problems: list[Problem] = []
    names: list[str] = []
    cases = [Case({})]
    try:
        if case_file is not None:
            shown = "standard input" if case_file == "-" else case_file
            _refuse_table(case_file)
            text = sys.stdin.read() if case_file == "-" else read_text(Path(case_file), case_file, piped=True)
            cases.append(read_case(text, shown, base.knowledge))
            names = names_in(text)
    except UnicodeDecodeError:
        problems.append(Problem("standard input is not UTF-8 text"))
    except (CaseError, KnowledgeError) as error:
        problems += error.problems
    try:
        cases.append(parse_pairs(pairs or [], base.knowledge))
    except CaseError as error:
        problems += error.problems
    if problems:
        raise CaseError(problems)
    words = [pair.partition("=")[0] for pair in pairs or []]
    case = reduce(lambda a, b: a.with_answers(b.answers, base.knowledge), cases)
    typed, filed = (answered_in(named, case, base) for named in (words, names))
    return Entered(case, [*dict.fromkeys([*filed, *typed])], in_file={*filed} - {*typed})


def answered_in(names: list[str], case: Case, base: RuleBase) -> list[str]:
    """The attributes that some names answer; of several answers those on the values that are told."""
    answered: dict[str, None] = {}
    for name in names:
        term = base.knowledge.answerable.get(name)
        answered |= dict.fromkeys([part for part in term.parts if part in case.answers] if term else [])
    return [*answered]
