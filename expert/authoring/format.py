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

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

from expert.analysis.expected import load_cases, read_cases
from expert.authoring.arrange import FileLines, in_order
from expert.authoring.comments import comments, composed, lifted, realigned
from expert.io.files import read_text
from expert.io.problems import CaseError, Problem, Span, not_installed
from expert.io.yaml import Reader, parse_yaml
from expert.knowledge.directories import case_files
from expert.knowledge.files import file_at
from expert.knowledge.load import load, open_files
from expert.knowledge.shapes import Kind, Text, held_by, mapping_in
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
    text = lifted(text if text.endswith("\n") else text + "\n")
    root = composed(text)
    before = text.splitlines(keepends=True)
    text = "".join(FileLines(before).arranged(root, holds, 0, len(before)))
    writer = _yaml()
    root = writer.compose(text)
    _style(root, holds)
    stream = StringIO()
    writer.serialize(root, stream)
    lines = realigned(text, stream.getvalue()).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


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
        order = in_order(mapping, [name.value for name, _ in node.value])
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
