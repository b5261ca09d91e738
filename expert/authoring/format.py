"""One order and one layout for the files of a knowledge base; their meaning and comments stay.

Fields of the same kind of mapping stand in the order in which they are declared (in
`expert/knowledge/files.py`), claims by place. What is declared in an
order that means something (attributes, options, steps, rules, conditions, conclusions) stays in it.
The lines of a file are put in order first, with the comments above them; ruamel.yaml, which keeps
comments and quotes, then lays them out: two spaces a level, double quotes, and on several lines
only what does not fit on one. What was written on one line is never broken.

Nothing is written here. A file is given back only if the knowledge base that is loaded from it is
the same, and no comment is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

import yaml

from expert.analysis.expected import load_cases, read_cases
from expert.io.files import read_text
from expert.io.problems import CaseError, Problem, Span, not_installed
from expert.io.yaml import Reader, loader, parse_yaml
from expert.knowledge.directories import case_files
from expert.knowledge.files import file_at
from expert.knowledge.load import load, open_files
from expert.knowledge.shapes import Entries, Kind, Mapping, Shape, Text, held_by, mapping_in
from expert.language.rules import RuleBase
from expert.proof.invariants import FILE as INVARIANTS
from expert.proof.invariants import load_invariants, read_invariants

try:
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer
    from ruamel.yaml.emitter import RoundTripEmitter
    from ruamel.yaml.events import SequenceEndEvent
    from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
    from ruamel.yaml.resolver import VersionedResolver
except ImportError:
    raise not_installed("kb fmt", "ruamel.yaml", "author") from None

WIDTH = 100


class Formatted(NamedTuple):
    """The files that would change, with their new texts; how many there are; the hashes."""

    changed: dict[str, str]
    files: int
    before: str
    after: str


def formatted(directory: Path) -> Formatted:
    """The files of a knowledge base in order. Raises KnowledgeError, or CaseError if it cannot be done."""
    base = load(directory)
    load_cases(directory, base)
    load_invariants(base, directory)
    names = [*base.knowledge.files, *(INVARIANTS,) * (directory / INVARIANTS).exists()]
    names += [f"kb/cases/{path.name}" for path in case_files(directory)]
    old = {name: read_text(directory / name, str(directory / name)) for name in names}
    new = {name: laid_out(text.replace("\r\n", "\n"), name) for name, text in old.items()}
    for name, text in new.items():
        if comments(text) != comments(old[name].replace("\r\n", "\n")):
            raise CaseError([_refused(directory / name, "a comment would be lost or changed")])
    after = _opened(new, base, directory)
    if meaning(after, new) != meaning(base, old):
        raise CaseError([_refused(directory, "what is loaded would not be the same")])
    changed = {name: text for name, text in new.items() if text != old[name]}
    return Formatted(changed, len(names), base.knowledge.hash, after.knowledge.hash)


def _opened(files: dict[str, str], base: RuleBase, directory: Path) -> RuleBase:
    after, problems = open_files({name: files[name] for name in base.knowledge.files})
    if problems:
        raise CaseError([_refused(directory, str(problems[0]))])
    return after


def _refused(path: Path, why: str) -> Problem:
    return Problem(f"`{path}` is left as it is: {why}", None, "this is a fault of ours: please report it")


def laid_out(text: str, name: str) -> str:
    """The text of a file of a knowledge base, in order and laid out."""
    file = file_at(name)
    holds = file.holds if file else None
    text = _lifted(text if text.endswith("\n") else text + "\n")
    root = _composed(text)
    lines = text.splitlines(keepends=True)
    text = "".join(FileLines(lines).arranged(root, holds, 0, len(lines)))
    writer = _yaml()
    root = writer.compose(text)
    _style(root, holds)
    stream = StringIO()
    writer.serialize(root, stream)
    realigned = _realigned(text, stream.getvalue())
    return "\n".join(line.rstrip() for line in realigned.split("\n")).strip("\n") + "\n"


# --- ruamel.yaml, set up ---------------------------------------------------------------------
class PlainWords(VersionedResolver):
    """Takes no word for a number or a truth value."""

    @property
    def versioned_resolver(self) -> Any:
        return {}


class Parts(Composer):
    """Keeps the comments above braces or brackets also where there is one behind them."""

    def compose_sequence_node(self, anchor: Any) -> Any:
        return self._composed(super().compose_sequence_node, anchor)

    def compose_mapping_node(self, anchor: Any) -> Any:
        return self._composed(super().compose_mapping_node, anchor)

    def _composed(self, compose: Callable[[Any], Any], anchor: Any) -> Any:
        event = self.parser.peek_event()
        above = event.comment if event.flow_style else None
        if above:
            event.comment = None
        node = compose(anchor)
        if above:
            node.comment = [(node.comment or above)[0], above[1], *(node.comment or ())[2:]]
        return node


class Writer(RoundTripEmitter):
    """Indents the lists in mappings, but not one in a list, nor one that is the whole file."""

    offsets: tuple[int, ...] = ()  # of the dashes of the open lists

    def expect_block_sequence(self) -> None:
        offset = 2 if self.mapping_context else 0
        super().expect_block_sequence()
        self.offsets = (*self.offsets, offset)

    def expect_block_sequence_item(self, first: bool = False) -> None:
        self._set_indents()
        if not first and isinstance(self.event, SequenceEndEvent):
            self.offsets = self.offsets[:-1]
        elif not first:
            self.no_newline = False  # which a comment behind the item before would leave set
        super().expect_block_sequence_item(first)

    def _set_indents(self) -> None:
        self.sequence_dash_offset = self.offsets[-1]
        self.best_sequence_indent = self.offsets[-1] + 2


def _yaml() -> Any:
    yaml: Any = YAML()  # its attributes are not typed
    yaml.Resolver, yaml.Composer, yaml.Emitter = PlainWords, Parts, Writer
    yaml.width = 10**9
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _composed(text: str) -> yaml.Node:
    """The nodes of a text with their places: quickly, and without its comments."""
    node = yaml.compose(text, Loader=loader())
    assert node is not None
    return node


# --- order -----------------------------------------------------------------------------------
def place_in(mapping: Mapping | None, key: str, number: int) -> tuple[int, ...]:
    """Where a key belongs, which now is the `number`th."""
    if isinstance(mapping, Entries) and mapping.by_place:
        place = re.fullmatch(r"p([0-9]+)s([0-9]+)", key)
        return (int(place[1]), int(place[2])) if place else (0, number)
    if isinstance(mapping, Shape) and not mapping.own_order:
        names = mapping.names
        return names.index(key) if key in names else len(names), number
    return 0, number


def _sorted(mapping: Mapping | None, keys: list[str]) -> list[int]:
    """The numbers of the keys, in the order in which they belong."""
    return sorted(range(len(keys)), key=lambda n: place_in(mapping, keys[n], n))


class FileLines:
    """The lines of a file, of which those of a mapping's entries can change places."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def arranged(self, node: yaml.Node, holds: Kind | None, low: int, high: int) -> list[str]:
        """The lines from `low` to `high`, which hold a node, in order."""
        if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
            return self._items(node, holds, low, high)
        if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
            return self._entries(node, holds, low, high)
        return self.lines[low:high]

    def _items(self, node: yaml.SequenceNode, holds: Kind | None, low: int, high: int) -> list[str]:
        starts = [item.start_mark.line for item in node.value]
        if any("-" not in self._before(item) for item in node.value):  # the dash stands on another line
            return self.lines[low:high]
        arranged = self.lines[low : starts[0]]
        for item, start, end in zip(node.value, starts, [*starts[1:], high], strict=True):
            arranged += self.arranged(item, holds, start, end)
        return arranged

    def _before(self, node: yaml.Node) -> str:
        """What stands before a node on its line."""
        line: str = self.lines[node.start_mark.line]
        return line[: int(node.start_mark.column)]

    def _entries(self, node: yaml.MappingNode, holds: Kind | None, low: int, high: int) -> list[str]:
        keys = [key for key, _ in node.value]
        column = keys[0].start_mark.column
        if any(self._before(key).strip() for key in keys[1:]) or "?" in self._before(keys[0]):
            return self.lines[low:high]
        starts = [key.start_mark.line for key in keys]
        ends = [
            self._end(line, column, limit) for line, limit in zip(starts, [*starts[1:], high], strict=True)
        ]
        # comments above a key belong to it, but at the head of a file to the file
        leads = [self._lead(start, end) for start, end in zip(starts, [starts[0], *ends[:-1]], strict=True)]
        if low and not self._before(keys[0]).strip():
            leads[0] = low
        mapping = mapping_in(holds)
        order = _sorted(mapping, [key.value for key in keys])
        bodies = []
        for n, (key, value) in enumerate(node.value):
            inner = self.arranged(value, held_by(mapping, key.value), starts[n] + 1, ends[n])
            bodies.append([self.lines[starts[n]][column:], *inner])
        arranged: list[str] = []
        for slot, n in enumerate(order):
            gap = self.lines[ends[slot - 1] : leads[slot]] if slot else self.lines[low : leads[0]]
            indent = self._before(keys[0]) if slot == 0 else " " * column
            arranged += [*gap, *self.lines[leads[n] : starts[n]], indent + bodies[n][0], *bodies[n][1:]]
        return arranged + self.lines[ends[-1] : high]

    def _end(self, start: int, column: int, limit: int) -> int:
        """Where an entry ends: before the blank lines, and comments no deeper than it, that follow."""
        end = limit
        while end > start + 1:
            line = self.lines[end - 1]
            text = line.strip()
            if text and not (text.startswith("#") and line.index("#") <= column):
                break
            end -= 1
        return end

    def _lead(self, start: int, end: int) -> int:
        """Where the comments above a key begin: after the first blank lines."""
        while end < start and not self.lines[end].strip():
            end += 1
        return end


# --- layout ----------------------------------------------------------------------------------
def _style(node: Node, holds: Kind | None) -> None:
    """Set the styles of a node and of what is in it; order what stands in braces."""
    several = node.start_mark.line != node.end_mark.line
    if isinstance(node, ScalarNode):
        _style_text(node, several, isinstance(holds, Text) and holds.quoted)
        return
    assert isinstance(node, (SequenceNode, MappingNode))
    if node.flow_style and several:
        node.flow_style = node.start_mark.column + len(_flat(node)) <= WIDTH
    if isinstance(node, SequenceNode):
        for item in node.value:
            _style(item, holds)
        return
    mapping = mapping_in(holds)
    if node.flow_style:
        order = _sorted(mapping, [name.value for name, _ in node.value])
        node.value = [node.value[n] for n in order]
    for name, value in node.value:
        _style(name, None)
        _style(value, held_by(mapping, name.value))


def _style_text(node: ScalarNode, several: bool, quoted: bool) -> None:
    if node.style == "'" or (quoted and not node.style):
        node.style = '"'
    too_long = node.start_mark.column + len(_flat(node)) > WIDTH
    if several and too_long and node.style in (None, "", '"'):
        node.style, node.value = ">", _folded(node.value)


def _folded(text: str) -> str:
    """The text with marks where ruamel.yaml is to begin another line."""
    return "\a ".join(
        wrap(" ".join(text.split()), WIDTH - 10, break_long_words=False, break_on_hyphens=False)
    )


def _flat(node: Node) -> str:
    """The node on one line, as it would be written."""
    if isinstance(node, ScalarNode):
        return f'"{node.value}"' if node.style else str(node.value)
    if isinstance(node, SequenceNode):
        return f"[{', '.join(map(_flat, node.value))}]"
    return f"{{{', '.join(f'{_flat(key)}: {_flat(value)}' for key, value in node.value)}}}"


def _lifted(text: str) -> str:
    """The text with the comments that stand inside braces and brackets moved above these."""
    lines, blind = text.split("\n"), masked(text)
    for first, (last, end) in reversed(_broken(_composed(text))):
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


def _comment_lines(text: str) -> tuple[list[str], list[int]]:
    """The lines of a text, and the numbers of those that are comments and nothing else."""
    lines = text.split("\n")
    inside = {n for first, last in scalars(text) for n in range(first[0] + 1, last[0] + 1) if n != last[0]}
    return lines, [n for n, line in enumerate(lines) if line.strip().startswith("#") and n not in inside]


def _realigned(before: str, after: str) -> str:
    """The comments of `after` beside what they stood beside in `before`, where the indents changed."""
    (old, there), (new, here) = _comment_lines(before), _comment_lines(after)
    if len(there) == len(here):
        for was, n in zip(there, here, strict=True):
            if _indent(old[was]) == _indent(_following(old, was)):
                new[n] = " " * _indent(_following(new, n)) + new[n].strip()
    return "\n".join(new)


def _following(lines: list[str], n: int) -> str:
    rest = (line for line in lines[n + 1 :] if line.strip() and not line.strip().startswith("#"))
    return next(rest, lines[n])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def scalars(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the texts of a file begin and end, in lines and columns."""
    tokens = [t for t in yaml.scan(text, Loader=loader()) if isinstance(t, yaml.ScalarToken)]
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
    comment = re.search(r"(?:^|\s)#", line)
    return comment.end() - 1 if comment else -1


def comments(text: str) -> list[str]:
    """The comments of a file, in order of the alphabet."""
    places = zip(text.split("\n"), map(comment_at, masked(text)), strict=True)
    return sorted(line[column + 1 :].strip() for line, column in places if column >= 0)


def meaning(base: RuleBase, files: dict[str, str]) -> object:
    """All that is loaded, with the order in which it is declared, without the places in the files."""
    knowledge = base.knowledge._replace(files={}, hash="", claims=dict(sorted(base.knowledge.claims.items())))
    reader = Reader()
    nodes = {name: parse_yaml(text, name)[0] for name, text in files.items() if name.startswith("kb/cases/")}
    cases = [case for node in nodes.values() if node for case in read_cases(node, base, reader)]
    checks = [(case.name, case.given, sorted(map(repr, map(_placeless, case.checks)))) for case in cases]
    held = read_invariants(base, files[INVARIANTS]) if INVARIANTS in files else ()
    return _placeless((knowledge, base.rules, base.instances, checks, reader.problems, held))


def _placeless(thing: object) -> object:
    """A value without the places in it, in which the order of mappings counts."""
    if isinstance(thing, Span):
        return None
    if isinstance(thing, dict):
        return [(key, _placeless(value)) for key, value in thing.items()]
    if isinstance(thing, (tuple, list)):
        return [type(thing), *(_placeless(each) for each in thing)]
    return thing
