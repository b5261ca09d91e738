"""YAML read so that what is wrong can be told with its place.

It is read as text with marks: nothing is constructed, no tag is honoured and no
scalar is guessed at (`no` stays the word "no"; what it means is the vocabulary's to say).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from expert.io.files import place_after, read_text
from expert.io.problems import KnowledgeError, Problem, Span, listed, not_among, shorten

DEPTH_LIMIT = 24  # nested collections
NODE_LIMIT = 100_000  # pieces of YAML in one file
PROBLEM_LIMIT = 1_000  # problems, after which reading stops
NAME = "[a-z][a-z0-9_-]{0,59}"  # of what an author declares
NULLS = ("~", "null", "Null", "NULL")  # YAML's words for nothing, unless quoted


class Node:
    """A piece of YAML: exactly one of `text`, `items` and `pairs` is not None."""

    __slots__ = ("items", "pairs", "plain", "span", "text")

    def __init__(
        self,
        span: Span,
        text: str | None = None,
        items: list[Node] | None = None,
        pairs: list[tuple[Node, Node]] | None = None,
        plain: bool = False,  # a text without quotes
    ) -> None:
        self.span, self.text, self.items, self.pairs, self.plain = span, text, items, pairs, plain

    @property
    def size(self) -> int:
        """How many pieces it is made of."""
        total = 1 + sum(item.size for item in self.items or ())
        for key, value in self.pairs or ():
            total += key.size + value.size
        return total

    @property
    def blank(self) -> bool:
        """Whether it is a text that says nothing: empty, or YAML's null."""
        return self.text is not None and (not self.text.strip() or (self.plain and self.text in NULLS))

    def under(self, key: str) -> list[Node]:
        """What stands under a key: of this mapping, or of each mapping in this list."""
        mappings = [self] if self.items is None else self.items
        return [value for mapping in mappings for name, value in mapping.pairs or () if name.text == key]

    @property
    def shape(self) -> str:
        """What it is, for a message that wanted something else."""
        if self.text is not None:
            if not self.text.strip():
                return "empty"
            return f"{'empty: ' if self.blank else ''}`{shorten(self.text)}`"
        return "a list" if self.items is not None else "a mapping"


# a knowledge base that is kept is opened without PyYAML
def loader() -> Any:
    """PyYAML's loader: libyaml's, where it is built with that."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _unprintable(text: str) -> re.Match[str] | None:
    import yaml

    return yaml.reader.Reader.NON_PRINTABLE.search(text)


def parse_yaml(text: str, shown: str) -> tuple[Node | None, list[Problem]]:
    """The one YAML document in `text`, and what is wrong with it.

    Aliases, anchors and tags are refused: knowledge files need none, and they are how
    YAML explodes or runs code. Built from the event stream, so depth cannot overflow a stack.
    """
    import yaml

    problems: list[Problem] = []
    open_nodes: list[Node] = []
    roots: list[Node] = []
    count = 0
    # what YAML does not allow in a file, and no screen should be sent
    if odd := _unprintable(text):
        message = f"character `U+{ord(odd[0]):04X}` is not allowed here"
        return None, [Problem(message, place_after(text[: odd.start()], shown), "save the file as UTF-8")]
    try:
        for event in yaml.parse(text, Loader=loader()):
            span = _place_of(event.start_mark, shown)
            if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                _check_keys(open_nodes.pop(), problems)
            elif isinstance(event, yaml.NodeEvent):
                node = _node_of(event, span, problems)
                _place(node, open_nodes, roots)
                if node.text is None:
                    open_nodes.append(node)
                count += 1
                if beyond := _beyond_limits(len(open_nodes), count, len(problems)):
                    return None, [*problems, Problem(beyond, span)]
    except yaml.YAMLError as error:
        return None, [*problems, _yaml_problem(error, text, shown)]
    except (ValueError, OverflowError) as error:  # libyaml refuses some characters this way
        return None, [*problems, Problem(f"not readable as YAML: {shorten(str(error))}", Span(shown))]
    if not roots:
        return None, [*problems, Problem("file is empty", Span(shown))]
    if len(roots) > 1:
        help = "keep one; `---` starts a new one"
        problems.append(Problem("more than one YAML document in the file", roots[1].span, help))
    return roots[0], problems


def _place_of(mark: object, shown: str) -> Span:
    return Span(shown, getattr(mark, "line", 0) + 1, getattr(mark, "column", 0) + 1)


def _beyond_limits(depth: int, count: int, problems: int) -> str:
    if depth > DEPTH_LIMIT:
        return f"nested deeper than {DEPTH_LIMIT} levels"
    if count > NODE_LIMIT:
        return f"more than {NODE_LIMIT:,} keys and values in the file"
    return "too many problems in the file; reading stops here" if problems > PROBLEM_LIMIT else ""


def _node_of(event: object, span: Span, problems: list[Problem]) -> Node:
    anchor, tag, kind = getattr(event, "anchor", None), getattr(event, "tag", None), type(event).__name__
    if kind == "AliasEvent":
        alias = f"*{shorten(anchor or '')}"
        problems.append(Problem(f"alias `{alias}` is not allowed here", span))
        return Node(span, text=alias)
    if anchor:
        problems.append(Problem(f"anchor `&{shorten(anchor)}` is not allowed here", span))
    if tag:
        written = shorten(tag.replace("tag:yaml.org,2002:", "!!", 1))
        problems.append(Problem(f"tag `{written}` is not allowed here", span))
    if kind == "ScalarEvent":
        return Node(span, text=getattr(event, "value", ""), plain=not getattr(event, "style", None))
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


def _yaml_problem(error: Exception, text: str, shown: str) -> Problem:
    began, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    mark = mark or began
    if not mark:
        return Problem(f"not valid YAML: {shorten(str(error), 120)}", Span(shown))
    reason = shorten(str(getattr(error, "problem", None) or error), 120)
    lines = text.split("\n", mark.line + 1)
    line = shorten(lines[mark.line].strip()) if mark.line < len(lines) else ""
    context = getattr(error, "context", None)
    help = f"{context}, begun at line {began.line + 1}" if context and began else str(context or "")
    message = f"not valid YAML: {reason}" + (f", in `{line}`" if line else "")
    return Problem(message, _place_of(mark, shown), help)


class Reader:
    """Reads Nodes into values; whatever is wrong is added to `problems` and reading goes on.

    Past PROBLEM_LIMIT it stops with a KnowledgeError of them all.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def file(self, path: Path, shown: str) -> Node | None:
        """The file's YAML, or None with the problems noted."""
        try:
            node, problems = parse_yaml(read_text(path, shown), shown)
        except KnowledgeError as error:
            node, problems = None, list(error.problems)
        self.add(*problems)
        return node

    def add(self, *problems: Problem) -> None:
        """Note problems. Raises KnowledgeError when there are too many to go on."""
        self.problems += problems
        if len(self.problems) > PROBLEM_LIMIT:
            last = Problem("too many problems; reading stops here", self.problems[PROBLEM_LIMIT].span)
            raise KnowledgeError([*self.problems[:PROBLEM_LIMIT], last])

    def report(self, node: Node, message: str, help: str = "") -> None:
        """Note what is wrong with a node."""
        self.add(Problem(message, node.span, help))

    def unknown(self, node: Node, what: str, allowed: Iterable[str]) -> None:
        """Note that a node's text is none of the allowed names."""
        self.add(not_among(what, node.text or "", allowed, node.span))

    def fields(
        self, node: Node, what: str, required: Iterable[str], optional: Iterable[str] = ()
    ) -> dict[str, Node]:
        """The node's fields by key: all of `required` are needed, and `optional` ones allowed besides."""
        needed = list(required)
        allowed = [*needed, *optional]
        if node.pairs is None:
            self.report(node, f"{what} must be a mapping, not {node.shape}", f"keys: {', '.join(allowed)}")
            return {}
        fields: dict[str, Node] = {}
        for key, value in node.pairs:
            if key.text in allowed:
                fields.setdefault(key.text, value)
            elif key.text is not None:  # else it is noted already: no plain word
                self.unknown(key, f"key in {what}", allowed)
        for name in needed:
            if name not in fields:
                self.report(node, f"{what} has no `{name}`", f"keys: {', '.join(allowed)}")
        return fields

    def entries(self, node: Node | None, what: str, some: bool = False) -> list[tuple[Node, str, Node]]:
        """(key node, key, value) of a mapping from names to things; of at least one if `some`."""
        if node is None:
            return []
        if node.pairs is None:
            help = "such as `name: ...`, a line for each"
            self.report(node, f"{what} must be a mapping from names, not {node.shape}", help)
            return []
        if some and not node.pairs:
            self.report(node, f"{what} are empty", "at least one is needed")
        good: dict[str, tuple[Node, str, Node]] = {}
        for key, value in node.pairs:
            if key.text is not None and re.fullmatch(NAME, key.text):
                good.setdefault(key.text, (key, key.text, value))
            elif key.text is not None:
                help = "a name is up to 60 lowercase letters, digits, `-` and `_`, and starts with a letter"
                self.report(key, f"`{shorten(key.text)}` is not a name for {what}", help)
        return list(good.values())

    def text(self, node: Node | None, what: str) -> str:
        """The node's text, or "" with a problem noted (None: the missing key is noted already)."""
        if node is None:
            return ""
        if node.text is None or node.blank:
            quote = "put it in quotes if you mean that word" if node.text else ""
            help = quote if node.text is not None else "quote a text that starts with `{` or `[`"
            self.report(node, f"{what} must be a text, not {node.shape}", help)
            return ""
        if odd := _unprintable(node.text):
            self.report(node, f"{what} holds the character `U+{ord(odd[0]):04X}`", "it cannot be printed")
        return " ".join(node.text.split())

    def listing(self, node: Node | None) -> list[Node]:
        """The node's items; one thing alone is a list of one."""
        if node is None:
            return []
        return node.items if node.items is not None else [node]

    def pick(self, node: Node | None, what: str, allowed: Collection[str]) -> str:
        """The node's text if it is one of the allowed names, else "" with a problem noted."""
        if node is None:
            return ""
        if not node.text:
            help = f"allowed: {listed(allowed)}"
            self.report(node, f"{what} must be a single name, not {node.shape}", help)
            return ""
        if node.text in allowed:
            return node.text
        self.unknown(node, what, allowed)
        return ""

    def yes(self, node: Node | None, what: str) -> bool:
        """Whether the node's text is `yes`; it may be `no`, or not be there."""
        return self.pick(node, what, ("yes", "no")) == "yes"
