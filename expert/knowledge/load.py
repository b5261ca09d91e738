"""Loading a knowledge base: its directory, or its files as a record keeps them. Nothing in it is executed.

A knowledge base is a directory with `kb/` and `rules/`, or the same files as texts, so that a ledger can
open the very knowledge that made an old record.
"""

from __future__ import annotations

from pathlib import Path

from expert.io.garbage import collected_later
from expert.io.problems import KnowledgeError, Problem, place_in_files
from expert.io.yaml import Node, Reader, parse_yaml
from expert.knowledge.checks import ERRORS, NEW_ERRORS
from expert.knowledge.declarations import read_knowledge
from expert.knowledge.directories import read_files
from expert.knowledge.read_rules import build_rules
from expert.language.rules import RuleBase

# without these nothing can be said of the rules: every name in them would be unknown
SECTIONS = {"kb/claims.yaml": "claims", "kb/vocabulary.yaml": "attributes", "kb/options.yaml": "options"}


def load(directory: Path) -> RuleBase:
    """The knowledge base in `directory`. Raises KnowledgeError with every problem found."""
    return open_read(directory, *read_files(directory))


def open_read(directory: Path, files: dict[str, str], before: list[Problem]) -> RuleBase:
    """The knowledge base of what `read_files` gave of a directory. Raises KnowledgeError."""
    prefix = str(directory / "_")[:-1]
    base, problems = _open(files, prefix, before)
    if not problems:
        new = [problem for check in NEW_ERRORS for problem in check(base)]
        problems = [p._replace(span=p.span and p.span._replace(file=prefix + p.span.file)) for p in new]
    if problems:
        raise KnowledgeError(problems)
    return base


def open_files(
    files: dict[str, str], prefix: str = "", firsts: bool = False
) -> tuple[RuleBase, list[Problem]]:
    """The knowledge base that the texts make up, and what is wrong with it; runs nothing.

    With `firsts`, quantities take the first of several values of a property, as in records of format 1.
    """
    return _open(files, prefix, [], firsts)


def _open(
    files: dict[str, str], prefix: str, before: list[Problem], firsts: bool = False
) -> tuple[RuleBase, list[Problem]]:
    """The same, with the problems there were `before`, in getting at the texts."""
    with collected_later():
        return _checked(files, prefix, before, firsts)


def _checked(
    files: dict[str, str], prefix: str, before: list[Problem], firsts: bool
) -> tuple[RuleBase, list[Problem]]:
    reader = Reader()
    try:
        base = _read(files, prefix, reader, firsts)
    except KnowledgeError as error:  # too many problems to go on
        nothing, problems = Reader(), {*before, *error.problems}
        return build_rules(read_knowledge({}, {}, nothing), {}, nothing), sorted(problems, key=place_in_files)
    problems = {*before, *reader.problems}
    # what follows from another problem is not reported: a check waits for its files to be right
    wrong = {problem.span.file.removeprefix(prefix) for problem in problems if problem.span}
    for check, needed in ERRORS.items():
        if not any(name.startswith(needed) for name in wrong) and set(SECTIONS) <= files.keys():
            problems.update(check(base))
    return base, sorted(problems, key=place_in_files)


def _read(files: dict[str, str], prefix: str, reader: Reader, firsts: bool) -> RuleBase:
    nodes = {}
    for name, text in files.items():
        node, problems = parse_yaml(text, prefix + name)
        reader.add(*problems)
        if node is not None:
            nodes[name] = node
    knowledge = read_knowledge(files, nodes, reader)
    if firsts:
        options = {id: option._replace(firsts=True) for id, option in knowledge.options.items()}
        knowledge = knowledge._replace(options=options)
    complete = all(_declares(nodes.get(name), section) for name, section in SECTIONS.items())
    return build_rules(knowledge, nodes if complete else {}, reader)


def _declares(node: Node | None, section: str) -> bool:
    return node is not None and any(value.pairs is not None for value in node.under(section))
