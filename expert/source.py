"""Places in files, what is wrong there, and YAML read so that both can be told.

YAML is read as text with marks: nothing is constructed, no tag is honoured and no
scalar is guessed at (`no` stays the word "no"; what it means is the vocabulary's to say).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SIZE_LIMIT = 1_000_000  # bytes in one file
DEPTH_LIMIT = 24  # nested collections


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file; line and column count from one."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: lowercase message, where, and what would be right."""

    message: str
    span: Span | None = None
    help: str = ""

    def __str__(self) -> str:
        where = f"{self.span}: " if self.span else ""
        return f"{where}{self.message}" + (f"\n  help: {self.help}" if self.help else "")


class KnowledgeError(Exception):
    """A knowledge base that cannot be used; `problems` holds every reason found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class CaseError(KnowledgeError):
    """Answers, or the name of something asked about, that the knowledge base does not allow."""


@dataclass(slots=True)
class Node:
    """A piece of YAML: exactly one of `text`, `items` and `pairs` is not None."""

    span: Span
    text: str | None = None
    items: list[Node] | None = None
    pairs: list[tuple[Node, Node]] | None = None

    @property
    def shape(self) -> str:
        if self.text is not None:
            return "a value" if self.text else "empty"
        return "a list" if self.items is not None else "a mapping"


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that `word` was probably meant to be, or None if none is near."""
    import difflib

    folded = {name.casefold().replace("-", "_"): name for name in allowed}
    near = difflib.get_close_matches(word.casefold().replace("-", "_"), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else None


def not_among(what: str, word: str, allowed: Iterable[str], span: Span | None = None) -> Problem:
    """The problem of a name that is none of the allowed ones, with the near one if there is one."""
    names = list(allowed)
    near = nearest(word, names)
    hint = f"did you mean `{near}`? " if near else ""
    listed = ", ".join(names) if names else "none are declared"
    return Problem(f"unknown {what} `{shorten(word)}`", span, f"{hint}allowed: {listed}")


def shorten(text: str, most: int = 60) -> str:
    """`text` on one line, printable, and no longer than `most` characters."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def read_text(path: Path, shown: str) -> str:
    """The file's text. Raises KnowledgeError: missing, a directory, too large, not UTF-8."""
    start = Span(shown)
    try:
        if not path.is_file():
            reason = "is not a regular file" if path.exists() else "is missing"
            raise KnowledgeError([Problem(f"file `{shown}` {reason}", start)])
        with path.open("rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        message = f"file `{shown}` cannot be read: {error.strerror or error}"
        raise KnowledgeError([Problem(message, start)]) from None
    if len(data) > SIZE_LIMIT:
        raise KnowledgeError([Problem(f"file is larger than {SIZE_LIMIT:,} bytes", start)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8 text"
        raise KnowledgeError([Problem(message, Span(shown, line, column))]) from None


def parse_yaml(text: str, shown: str) -> tuple[Node | None, list[Problem]]:
    """The one YAML document in `text`, and what is wrong with it.

    Aliases, anchors and tags are refused: knowledge files need none, and they are how
    YAML explodes or runs code. Built from the event stream, so depth cannot overflow a stack.
    """
    import yaml

    problems: list[Problem] = []
    open_nodes: list[Node] = []
    roots: list[Node] = []
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            mark = event.start_mark
            span = Span(shown, mark.line + 1, mark.column + 1)
            if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                _check_keys(open_nodes.pop(), problems)
            elif isinstance(event, yaml.AliasEvent):
                problems.append(Problem(f"alias `*{event.anchor}` is not allowed here", span))
                _place(Node(span, text=""), open_nodes, roots)
            elif isinstance(event, yaml.NodeEvent):
                node = _node_of(event, span, problems, yaml)
                _place(node, open_nodes, roots)
                if node.text is None:
                    open_nodes.append(node)
                if len(open_nodes) > DEPTH_LIMIT:
                    problems.append(Problem(f"nested deeper than {DEPTH_LIMIT} levels", span))
                    return None, problems
    except yaml.YAMLError as error:
        problems.append(_yaml_problem(error, shown))
        return None, problems
    except (ValueError, OverflowError) as error:  # libyaml refuses some characters this way
        return None, [*problems, Problem(f"not readable as YAML: {shorten(str(error))}", Span(shown))]
    if not roots:
        return None, [*problems, Problem("file is empty", Span(shown))]
    if len(roots) > 1:
        problems.append(Problem("more than one YAML document in the file", roots[1].span))
    return roots[0], problems


def _node_of(event: object, span: Span, problems: list[Problem], yaml: object) -> Node:
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor:
        problems.append(Problem(f"anchor `&{shorten(anchor)}` is not allowed here", span))
    if tag:
        problems.append(Problem(f"tag `{shorten(tag)}` is not allowed here", span))
    kind = type(event).__name__
    if kind == "ScalarEvent":
        return Node(span, text=getattr(event, "value", ""))
    return Node(span, items=[]) if kind == "SequenceStartEvent" else Node(span, pairs=[])


def _place(node: Node, open_nodes: list[Node], roots: list[Node]) -> None:
    """Put `node` where it belongs; a mapping's key waits in a pair with itself for its value."""
    if not open_nodes:
        roots.append(node)
        return
    parent = open_nodes[-1]
    if parent.items is not None:
        parent.items.append(node)
    elif parent.pairs is not None:
        if parent.pairs and parent.pairs[-1][0] is parent.pairs[-1][1]:
            parent.pairs[-1] = (parent.pairs[-1][0], node)
        else:
            parent.pairs.append((node, node))


def _check_keys(node: Node, problems: list[Problem]) -> None:
    seen: dict[str, Span] = {}
    for key, _ in node.pairs or ():
        if key.text is None:
            problems.append(Problem("a key must be a plain word", key.span))
        elif key.text in seen:
            first = seen[key.text]
            message = f"duplicate key `{shorten(key.text)}`"
            problems.append(Problem(message, key.span, f"first given at line {first.line}"))
        else:
            seen[key.text] = key.span


def _yaml_problem(error: Exception, shown: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    span = Span(shown, mark.line + 1, mark.column + 1) if mark else Span(shown)
    context = getattr(error, "context", None)
    return Problem(f"not valid YAML: {shorten(str(reason), 120)}", span, str(context or ""))


class Reader:
    """Reads Nodes into values; whatever is wrong is added to `problems` and reading goes on."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def file(self, path: Path, shown: str) -> Node | None:
        """The file's YAML, or None with the problems noted."""
        try:
            node, problems = parse_yaml(read_text(path, shown), shown)
        except KnowledgeError as error:
            node, problems = None, list(error.problems)
        self.problems += problems
        return node

    def report(self, node: Node, message: str, help: str = "") -> None:
        self.problems.append(Problem(message, node.span, help))

    def fields(self, node: Node, what: str, required: str, optional: str = "") -> dict[str, Node]:
        """The node's fields by key; `required` and `optional` are keys separated by spaces."""
        needed, allowed = required.split(), [*required.split(), *optional.split()]
        if node.pairs is None:
            self.report(node, f"{what} must be a mapping, not {node.shape}", f"keys: {', '.join(allowed)}")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.pairs:
            name = key.text or ""
            if name not in allowed:
                self.problems.append(not_among(f"key in {what}", name, allowed, key.span))
            else:
                found.setdefault(name, value)
        for name in needed:
            if name not in found:
                self.report(node, f"{what} has no `{name}`", f"keys: {', '.join(allowed)}")
        return found

    def entries(self, node: Node | None, what: str) -> list[tuple[Node, str, Node]]:
        """(key node, key, value) of a mapping from names to things."""
        if node is None:
            return []
        if node.pairs is None:
            self.report(node, f"{what} must be a mapping from names, not {node.shape}")
            return []
        good = []
        for key, value in node.pairs:
            if key.text and re.fullmatch(r"[a-z][a-z0-9_-]*", key.text):
                good.append((key, key.text, value))
            else:
                help = "a name is lowercase letters, digits, `-` and `_`, and starts with a letter"
                self.report(key, f"`{shorten(key.text or '')}` is not a name for {what}", help)
        return good

    def text(self, node: Node | None, what: str) -> str:
        """The node's text, or "" with a problem noted (None: the missing key is noted already)."""
        if node is None:
            return ""
        if not node.text or not node.text.strip():
            self.report(node, f"{what} must be a text, not {node.shape}")
            return ""
        return " ".join(node.text.split())

    def listing(self, node: Node | None) -> list[Node]:
        """The node's items; one thing alone is a list of one."""
        if node is None:
            return []
        return node.items if node.items is not None else [node]

    def pick(self, node: Node | None, what: str, allowed: Iterable[str]) -> str:
        """The node's text if it is one of the allowed names, else "" with a problem noted."""
        if node is None:
            return ""
        names = list(allowed)
        if node.text is None or not node.text:
            help = f"allowed: {', '.join(names)}"
            self.report(node, f"{what} must be a single name, not {node.shape}", help)
            return ""
        if node.text in names:
            return node.text
        self.problems.append(not_among(what, node.text, names, node.span))
        return ""
