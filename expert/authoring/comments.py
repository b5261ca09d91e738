"""The comments of a knowledge file: where they are, and that they stay beside what they are about."""

from __future__ import annotations

import re

import yaml

from expert.io.yaml import loader


def comments(text: str) -> list[str]:
    """The comments of a file, in order of the alphabet."""
    places = zip(text.split("\n"), map(comment_at, masked(text)), strict=True)
    return sorted(line[column + 1 :].strip() for line, column in places if column >= 0)


def comment_at(line: str) -> int:
    """Where in a masked line a comment begins; -1 if there is none."""
    comment = re.search(r"(?:^|\s)#", line)
    return comment.end() - 1 if comment else -1


def masked(text: str) -> list[str]:
    """The lines of a file with an `x` for everything that is text, so that any # begins a comment."""
    lines = [list(line) for line in text.split("\n")]
    for (line, column), (last, end) in scalars(text):
        for n in range(line, last + 1):
            stop = end if n == last else len(lines[n])
            begin = column if n == line else 0
            lines[n][begin:stop] = "x" * (stop - begin)
    return ["".join(line) for line in lines]


def scalars(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the texts of a file begin and end, in lines and columns."""
    tokens = [t for t in yaml.scan(text, Loader=loader()) if isinstance(t, yaml.ScalarToken)]
    marks = [(token.start_mark, token.end_mark) for token in tokens]
    return [((start.line, start.column), (end.line, end.column)) for start, end in marks]


def lifted(text: str) -> str:
    """The text with the comments that stand inside braces and brackets moved above these."""
    lines, blind = text.split("\n"), masked(text)
    for first, (last, end) in reversed(_broken(composed(text))):
        lifted = []
        for n in range(first, last + 1):
            column = comment_at(blind[n])
            if column >= 0 and (n < last or column < end):
                lifted.append(lines[n][column:].rstrip())
                lines[n] = lines[n][:column].rstrip()
        if lifted:
            body = [line for line in lines[first : last + 1] if line.strip()]
            indent = " " * _indent(body[0])
            lines[first : last + 1] = [*(indent + line for line in lifted), *body]
    return "\n".join(lines)


def _broken(node: yaml.Node) -> list[tuple[int, tuple[int, int]]]:
    """The braces and brackets over several lines: the line they begin on, and where they end."""
    if isinstance(node, yaml.ScalarNode):
        return []
    assert isinstance(node, (yaml.SequenceNode, yaml.MappingNode))
    if node.flow_style:
        first, end = node.start_mark.line, node.end_mark
        return [(first, (end.line, end.column))] if end.line > first else []
    parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    return [place for part in parts for place in _broken(part)]


def realigned(before: str, after: str) -> str:
    """The comments of `after` beside what they stood beside in `before`, where the indents changed."""
    (old, there), (new, here) = _comment_lines(before), _comment_lines(after)
    if len(there) == len(here):
        for was, n in zip(there, here, strict=True):
            if _indent(old[was]) == _indent(_following(old, was)):
                new[n] = " " * _indent(_following(new, n)) + new[n].strip()
    return "\n".join(new)


def _comment_lines(text: str) -> tuple[list[str], list[int]]:
    """The lines of a text, and the numbers of those that are comments and nothing else."""
    lines = text.split("\n")
    inside = {n for first, last in scalars(text) for n in range(first[0] + 1, last[0] + 1) if n != last[0]}
    return lines, [n for n, line in enumerate(lines) if line.strip().startswith("#") and n not in inside]


def _following(lines: list[str], n: int) -> str:
    rest = (line for line in lines[n + 1 :] if line.strip() and not line.strip().startswith("#"))
    return next(rest, lines[n])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def composed(text: str) -> yaml.Node:
    """The nodes of a text with their places: quickly, and without its comments."""
    node = yaml.compose(text, Loader=loader())
    assert node is not None
    return node
