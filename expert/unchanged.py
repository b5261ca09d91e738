"""What laying out the files of a knowledge base must not change: their comments, and what is loaded."""

from __future__ import annotations

import re

from expert.cases import read_cases
from expert.invariants import FILE as INVARIANTS
from expert.invariants import read_invariants
from expert.rules import RuleBase
from expert.source import Reader, Span, parse_yaml


def scalars(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the texts of a file begin and end, in lines and columns."""
    import yaml

    tokens = [t for t in yaml.scan(text, Loader=yaml.SafeLoader) if isinstance(t, yaml.ScalarToken)]
    marks = [(token.start_mark, token.end_mark) for token in tokens]
    return [((start.line, start.column), (end.line, end.column)) for start, end in marks]


def masked(text: str) -> list[str]:
    """The lines of a file with an `x` for everything that is text, so that any # begins a comment."""
    lines = [list(line) for line in text.split("\n")]
    for (line, column), (last, end) in scalars(text):
        for n in range(line, last + 1):
            stop = end if n == last else len(lines[n])
            begin = column if n == line else 0
            lines[n][begin:stop] = "x" * (stop - begin)
    return ["".join(line) for line in lines]


def comment_at(line: str) -> int:
    """Where in a masked line a comment begins; -1 if there is none."""
    found = re.search(r"(?:^|\s)#", line)
    return found.end() - 1 if found else -1


def comments(text: str) -> list[str]:
    """The comments of a file, in order of the alphabet."""
    found = zip(text.split("\n"), map(comment_at, masked(text)), strict=True)
    return sorted(line[column + 1 :].strip() for line, column in found if column >= 0)


def meaning(base: RuleBase, files: dict[str, str]) -> object:
    """All that is loaded, with the order in which it is declared, without the places in the files."""
    k = base.knowledge._replace(files={}, hash="", claims=dict(sorted(base.knowledge.claims.items())))
    reader = Reader()
    nodes = {name: parse_yaml(text, name)[0] for name, text in files.items() if name.startswith("kb/cases/")}
    cases = [case for node in nodes.values() if node for case in read_cases(node, base, reader)]
    checks = [(case.name, case.given, sorted(map(repr, map(_placeless, case.checks)))) for case in cases]
    held = read_invariants(base, files[INVARIANTS]) if INVARIANTS in files else ()
    return _placeless((k, base.rules, base.instances, checks, reader.problems, held))


def _placeless(thing: object) -> object:
    """A value without the places in it, in which the order of mappings counts."""
    if isinstance(thing, Span):
        return None
    if isinstance(thing, dict):
        return [(key, _placeless(value)) for key, value in thing.items()]
    if isinstance(thing, (tuple, list)):
        return type(thing).__name__, [_placeless(each) for each in thing]
    return thing
