"""Places in files, what is wrong there, and YAML read so that both can be told.

YAML is read as text with marks: nothing is constructed, no tag is honoured and no
scalar is guessed at (`no` stays the word "no"; what it means is the vocabulary's to say).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

SIZE_LIMIT = 1_000_000  # bytes in one file
DEPTH_LIMIT = 24  # nested collections
NODE_LIMIT = 100_000  # pieces of YAML in one file
PROBLEM_LIMIT = 1_000  # problems, after which reading stops
NAMES_SHOWN = 100  # allowed names listed in one problem
NULLS = ("~", "null", "Null", "NULL")  # YAML's words for nothing, unless quoted
SPELLINGS = {
    **dict.fromkeys(("true", "on", "y"), "yes"),
    **dict.fromkeys(("false", "off", "n"), "no"),
    **dict.fromkeys(("~", "null", "none"), "unknown"),
}


class Span(NamedTuple):
    """A place in a file; line and column count from one."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(NamedTuple):
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


class LedgerError(KnowledgeError):
    """A ledger, or a record of it, that cannot be used: why, and what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__([Problem(message, None, help)])


class CaseError(KnowledgeError):
    """Answers, or the name of something asked about, that the knowledge base does not allow."""


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

    @property
    def shape(self) -> str:
        """What it is, for a message that wanted something else."""
        if self.text is not None:
            empty = "empty" if not self.text.strip() else "empty: " if self.blank else ""
            return empty if empty == "empty" else f"{empty}`{shorten(self.text)}`"
        return "a list" if self.items is not None else "a mapping"


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that `word` was probably meant to be, or None if none is near."""
    import difflib

    folded = {name.casefold().replace("-", "_"): name for name in islice(allowed, 500)}
    meant = SPELLINGS.get(word.casefold())
    if meant in folded or len(word) > 60:
        return folded.get(meant or "")
    near = difflib.get_close_matches(word.casefold().replace("-", "_"), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else None


def not_among(what: str, word: str, allowed: Iterable[str], span: Span | None = None) -> Problem:
    """The problem of a name that is none of the allowed ones, with the near one if there is one."""
    names = list(allowed)
    near = nearest(word, names)
    hint = f"did you mean `{near}`? " if near else ""
    return Problem(f"unknown {what} `{shorten(word)}`", span, f"{hint}allowed: {listed(names)}")


def listed(names: Collection[str]) -> str:
    """The names with commas; the first of them if they are very many."""
    shown = ", ".join(islice(names, NAMES_SHOWN)) or "none are declared"
    return shown if len(names) <= NAMES_SHOWN else f"{shown} and {len(names) - NAMES_SHOWN:,} more"


def shorten(text: str, most: int = 60) -> str:
    """`text` on one line, printable, and no longer than `most` characters."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def read_text(path: Path, shown: str) -> str:
    """The file's text. Raises KnowledgeError: missing, a directory, too large, not UTF-8."""
    start = Span(shown)
    try:
        if not path.is_file():
            reason = "is not a regular file" if path.exists() or path.is_symlink() else "is missing"
            raise KnowledgeError([Problem(f"file `{shown}` {reason}", start)])
        with path.open("rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        message = f"file `{shown}` cannot be read: {error.strerror or error}"
        raise KnowledgeError([Problem(message, start)]) from None
    if len(data) > SIZE_LIMIT:
        raise KnowledgeError([Problem(f"file `{shown}` is larger than {SIZE_LIMIT:,} bytes", start)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # error.object is what follows a byte order mark, and error.start counts from there
        before = error.object[: error.start].decode("utf-8")
        message = f"byte `0x{error.object[error.start]:02x}` is not UTF-8 text"
        place = _place_after(before, shown)
        raise KnowledgeError([Problem(message, place, "save the file as UTF-8")]) from None


def _place_after(before: str, shown: str) -> Span:
    return Span(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))


def content_hash(files: dict[str, str]) -> str:
    """SHA-256, in hex, over the names and texts of the knowledge files in order of name."""
    import hashlib

    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        data = text.encode("utf-8", "surrogatepass")
        digest.update(f"{name}\n{len(data)}\n".encode("utf-8", "surrogatepass") + data)
    return digest.hexdigest()


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
        return None, [Problem(message, _place_after(text[: odd.start()], shown), "save the file as UTF-8")]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
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

    def fields(self, node: Node, what: str, required: str, optional: str = "") -> dict[str, Node]:
        """The node's fields by key; `required` and `optional` are keys separated by spaces."""
        needed, allowed = required.split(), [*required.split(), *optional.split()]
        if node.pairs is None:
            self.report(node, f"{what} must be a mapping, not {node.shape}", f"keys: {', '.join(allowed)}")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.pairs:
            if key.text in allowed:
                found.setdefault(key.text, value)
            elif key.text is not None:  # else it is noted already: no plain word
                self.unknown(key, f"key in {what}", allowed)
        for name in needed:
            if name not in found:
                self.report(node, f"{what} has no `{name}`", f"keys: {', '.join(allowed)}")
        return found

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
            if key.text is not None and re.fullmatch(r"[a-z][a-z0-9_-]{0,59}", key.text):
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
