"""What was edited between two knowledge bases, in the words of their files: keys of what, and their values.

Whether something differs is asked of what was read, as two texts may say the same; which of its keys do, of
the texts, as what was read has other names, and some of it follows from other keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from functools import cached_property
from operator import eq
from typing import Any, NamedTuple

from expert.io.yaml import Node, parse_yaml
from expert.knowledge.directories import CLAIMS_PATH, DOCUMENT_PATH, OPTIONS_PATH, VOCABULARY_PATH
from expert.knowledge.files import DOCUMENT
from expert.language.model import Knowledge, singular
from expert.language.rules import Rule, RuleBase

RULES = "rules/*.yaml"
ENTRIES = {  # by the section of a file: where what it declares stands, and what was read of it
    "claims": CLAIMS_PATH,
    "attributes": VOCABULARY_PATH,
    "findings": VOCABULARY_PATH,
    "targets": VOCABULARY_PATH,
    "topics": VOCABULARY_PATH,
    "steps": VOCABULARY_PATH,
    "flags": VOCABULARY_PATH,
    "properties": OPTIONS_PATH,
    "options": OPTIONS_PATH,
}
IN_ORDER = [section for section in ENTRIES if section != "claims"]  # whose order is shown, or asked in
WHOLE = {"cost": OPTIONS_PATH}  # what is declared once
WHOLE |= dict.fromkeys(("results", "exclusive", "rank", "words"), VOCABULARY_PATH)
NOT_WRITTEN = ("span", "stratum", "role", "name", "kind")  # of what was read
EDITED, ADDED, REMOVED = "edited", "added", "removed"
AFFECTED = "affected"  # by what was edited elsewhere

Normal = str | tuple[Any, ...]  # a piece of YAML, however it is written
Both = tuple[dict[str, Normal] | None, dict[str, Normal] | None]  # what is declared in either, by its keys


class KeyValue(NamedTuple):
    """What a key has, before and after: empty where there is none, or what is no text nor a list of texts.

    `key` has those before it that it stands under: `in-force.until`; none where a thing is a value itself.
    """

    key: str
    before: str
    after: str


Differing = tuple[tuple[str, ...], tuple[KeyValue, ...]]


class Edited(NamedTuple):
    """Something declared that was added, removed or edited, and then in which of its keys, with their values.

    `affected` is a rule of which nothing was edited, and which other edits have a part in: an exception to
    it, a contradiction, what says when it is in force.
    """

    kind: str  # rule, claim, option, attribute, ...; what is declared once has its own name for both
    id: str
    change: str
    fields: tuple[str, ...] = ()
    values: tuple[KeyValue, ...] = ()


def edited(old: RuleBase, new: RuleBase) -> list[Edited]:
    """What was added, removed and edited; where it stands in the files does not count."""
    return [*_Comparison(old, new).all()]


class _Texts:
    """The texts of a knowledge base that another has not, and what they declare."""

    def __init__(self, knowledge: Knowledge, other: Knowledge) -> None:
        self.nodes: dict[str, Node] = {}
        for path, text in knowledge.files.items():
            if other.files.get(path) != text:
                node, _ = parse_yaml(text, path)
                if node is not None:
                    self.nodes[path] = node

    def under(self, path: str, key: str) -> Node | None:
        """What stands under a key of a file."""
        return next(iter(self.nodes[path].under(key)), None) if path in self.nodes else None

    def keys(self, path: str, section: str, id: str) -> dict[str, Normal] | None:
        """What is declared under a name, by its keys; None if its file was not read."""
        return _keys(_named(self.under(path, section), id))

    @cached_property
    def rules(self) -> dict[str, dict[str, Normal]]:
        """The rules, by their ids, of the files that were read."""
        rules: dict[str, dict[str, Normal]] = {}
        for path, node in self.nodes.items():
            for item in node.items or () if fnmatch(path, RULES) else ():
                keys = _keys(item) or {}
                rules[str(keys.get("id", ""))] = keys
        return rules


def _named(node: Node | None, id: str) -> Node | None:
    """What a mapping has under a name."""
    for key, value in (node.pairs or ()) if node else ():
        if key.text == id:
            return value
    return None


def _keys(node: Node | None) -> dict[str, Normal] | None:
    """A mapping by its keys; what is written as a text alone is its label."""
    if node is None:
        return None
    if node.pairs is None:
        return {"label": normal(node)}
    return {key.text or "": normal(value) for key, value in node.pairs}


def normal(node: Node) -> Normal:
    """A piece of YAML, in which one thing and a list of it are the same."""
    if node.items is not None:
        items = tuple(normal(item) for item in node.items)
        return items[0] if len(items) == 1 else ("list", *items)
    if node.pairs is not None:
        return ("mapping", *((key.text or "", normal(value)) for key, value in node.pairs))
    return node.text or ""


def spelled(value: Normal | None) -> str:
    """A value in one line: a text, or a list of texts; nothing where it is none, or anything else."""
    if value is None or isinstance(value, str):
        return " ".join((value or "").split())
    if value[0] == "list" and all(isinstance(item, str) for item in value[1:]):
        return f"[{', '.join(value[1:])}]"
    return ""


class _Comparison:
    """Two knowledge bases, as they were read and as they are written."""

    def __init__(self, old: RuleBase, new: RuleBase) -> None:
        self.bases = old, new
        self.knowledge = old.knowledge, new.knowledge
        self.texts = _Texts(*self.knowledge), _Texts(*reversed(self.knowledge))

    def all(self) -> Iterator[Edited]:
        """Every edit: rules, what is declared by name, what is declared once, and in which order."""
        yield from self._rules()
        for section, path in ENTRIES.items():
            before, after = (_declared(knowledge, section) for knowledge in self.knowledge)
            written = self._written(path, section)
            yield from _entries(singular(section), before, after, written, _same)
        yield from self._contradictions()
        old, new = (knowledge.hedges for knowledge in self.knowledge)
        yield from _entries("hedge", old, new, lambda id: (_label(old, id), _label(new, id)), eq)
        yield from self._once()
        yield from self._orders()

    def _written(self, path: str, section: str) -> Callable[[str], Both]:
        return lambda id: (self.texts[0].keys(path, section, id), self.texts[1].keys(path, section, id))

    # --- rules --------------------------------------------------------------------------------
    def _rules(self) -> Iterator[Edited]:
        """The rules as they are written, and those that are not edited and are others by what is added."""
        before, after = map(_as_written, self.bases)
        effective = [{rule.id: rule for rule in base.rules} for base in self.bases]

        def written(id: str) -> Both:
            return self.texts[0].rules.get(id), self.texts[1].rules.get(id)

        for id in dict.fromkeys([*before, *after]):
            if (id in before) != (id in after):
                yield Edited("rule", id, REMOVED if id in before else ADDED)
                continue
            changed = not _same(before[id], after[id])
            fields, values = _differing(*written(id)) if changed else ((), ())
            if fields:
                yield Edited("rule", id, EDITED, fields, values)
            elif changed or not _same(effective[0][id], effective[1][id]):
                yield Edited("rule", id, AFFECTED)

    def _contradictions(self) -> Iterator[Edited]:
        declared = [{c.id: base.rule(c.id) for c in base.knowledge.contradictions} for base in self.bases]
        written = self._written(VOCABULARY_PATH, "contradictions")
        yield from _entries("contradiction", declared[0], declared[1], written, lambda a, b: False)

    # --- what is declared once -------------------------------------------------------------------
    def _once(self) -> Iterator[Edited]:
        """The document, and keys of the other files under which there is one thing."""
        texts = [_keys(texts.nodes.get(DOCUMENT_PATH)) for texts in self.texts]
        fields, values = _differing(texts[0], texts[1])
        if fields:
            yield Edited(DOCUMENT.name, DOCUMENT.name, EDITED, fields, values)
        for name, path in WHOLE.items():
            if getattr(self.knowledge[0], name) == getattr(self.knowledge[1], name):
                continue
            nodes = [texts.under(path, name) for texts in self.texts]
            if all(node is None or node.pairs is None for node in nodes):
                value = KeyValue("", _spelled_node(nodes[0]), _spelled_node(nodes[1]))
                yield Edited(name, name, EDITED, (), (value,))
            else:
                yield Edited(name, name, EDITED, *_differing(_keys(nodes[0]) or {}, _keys(nodes[1]) or {}))

    def _orders(self) -> Iterator[Edited]:
        """In which other order rules and declarations stand that both have."""
        orders = {"rules": [list(_as_written(base)) for base in self.bases]}
        for section in IN_ORDER:
            orders[section] = [list(_declared(knowledge, section)) for knowledge in self.knowledge]
        orders["contradictions"] = [[c.id for c in k.contradictions] for k in self.knowledge]
        for name, (before, after) in orders.items():
            if [id for id in before if id in after] != [id for id in after if id in before]:
                yield Edited("order", name, EDITED)


def _entries(
    kind: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    written: Callable[[str], Both],
    same: Callable[[object, object], bool],
) -> Iterator[Edited]:
    """What was declared by name."""
    for id in dict.fromkeys([*before, *after]):
        if (id in before) != (id in after):
            yield Edited(kind, id, REMOVED if id in before else ADDED)
        elif not same(before[id], after[id]):
            fields, values = _differing(*written(id))
            if fields:
                yield Edited(kind, id, EDITED, fields, values)


def _differing(before: dict[str, Normal] | None, after: dict[str, Normal] | None) -> Differing:
    """The keys of which two mappings have other values, and these."""
    before, after = before or {}, after or {}
    keys = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    values = [value for key in keys for value in _values(key, before.get(key), after.get(key))]
    return tuple(keys), tuple(values)


def _values(key: str, before: Normal | None, after: Normal | None) -> Iterator[KeyValue]:
    """What differs of a key; of one that is a mapping in both, of those under it."""
    if before == after:
        return
    one, other = _mapping(before), _mapping(after)
    if one is None or other is None:
        yield KeyValue(key, spelled(before), spelled(after))
        return
    for name in dict.fromkeys([*one, *other]):
        yield from _values(f"{key}.{name}", one.get(name), other.get(name))
    if one == other:  # in another order
        yield KeyValue(key, "", "")


def _mapping(value: Normal | None) -> dict[str, Normal] | None:
    """What is a mapping, as one; nothing of what is none."""
    return dict(value[1:]) if isinstance(value, tuple) and value[0] == "mapping" else None


def _declared(knowledge: Knowledge, section: str) -> dict[str, object]:
    """What a section declares; findings that are asked are attributes too, and declared once."""
    declared: dict[str, object] = getattr(knowledge, section)
    if section != "attributes":
        return declared
    return {name: term for name, term in declared.items() if name not in knowledge.findings}


def _spelled_node(node: Node | None) -> str:
    return "" if node is None else spelled(normal(node))


def _label(hedges: Mapping[str, str], id: str) -> dict[str, Normal]:
    return {"label": hedges.get(id, "")}


def _as_written(base: RuleBase) -> dict[str, Rule]:
    """The rules of the files, without what is added to them."""
    declared = {c.id for c in base.knowledge.contradictions}
    return {rule.id: rule for rule in base.written or base.rules if rule.id not in declared}


def _same(before: Any, after: Any) -> bool:
    """Whether what was read is equal; the order of what it declares counts."""
    for name in getattr(before, "_fields", ()):
        one, other = getattr(before, name), getattr(after, name)
        if name in NOT_WRITTEN:
            continue
        if one != other or (isinstance(one, dict) and [*one] != [*other]):
            return False
    return True
