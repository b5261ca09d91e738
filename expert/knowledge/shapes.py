"""What a declaration of a file's shape is made of: keys, and the kinds of value that they hold.

The declarations are in `expert/knowledge/files.py`. From them come the reader's check of keys, the
schemas for editors, the order of `kb fmt`, and the reference pages of the documentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from expert.io.yaml import NAME, Node, Reader
from expert.language.model import Term
from expert.language.rules import RuleBase


# --- kinds of value ----------------------------------------------------------------------
class Text(NamedTuple):
    """A text, all of which matches `pattern`, if there is one; `words` say so.

    `types` are those of JSON that YAML 1.2 may read it as where it stands without quotes; `quoted`
    says that it is written with them, lest it be read as a number.
    """

    words: str = "a text"
    pattern: str = ""
    types: tuple[str, ...] = ("string", "number", "boolean")
    quoted: bool = False

    def fits(self, text: str) -> bool:
        return re.fullmatch(self.pattern, text) is not None


class Word(NamedTuple):
    """One of some words; a mapping says what each means."""

    allowed: Collection[str]


class Name(NamedTuple):
    """A name that the knowledge base gives to `what`."""

    what: str
    among: Callable[[RuleBase], Collection[str]]


class RulePart(NamedTuple):
    """A part of the rule language: a condition, a quantity, a value of the term at hand."""

    name: str
    words: str


class Listing(NamedTuple):
    """A list; where it may stand `alone`, one thing without one."""

    item: Kind
    least: int = 1
    most: int | None = None
    distinct: bool = False
    alone: bool = True


class Entries(NamedTuple):
    """A mapping from names that the author gives to things."""

    item: Kind
    names: str = NAME
    reserved: tuple[str, ...] = ()
    least: int = 0
    by_place: bool = False  # its order is that of the document; else the author's means something


class ByName(NamedTuple):
    """A mapping from names that the knowledge base gives to things."""

    name: Name
    item: Kind


class ByTerm(NamedTuple):
    """A mapping from terms of the vocabulary to what is said of each."""

    what: str
    terms: Callable[[RuleBase], dict[str, Term]]
    item: Kind
    least: int = 0


class Either(NamedTuple):
    """A text, or a mapping that says more."""

    text: Text
    shape: Shape


KINDS = ("attribute", "finding", "property")  # of terms
_ARTICLES = {"attribute": "an attribute", "money": "money", "choices": "choices"}


class Key(NamedTuple):
    """A key of a mapping: what it holds, and a sentence that says what it means.

    A key of a term may be for some kinds or types of term only, and needed for some types.
    """

    name: str
    holds: Kind
    says: str
    required: bool = False
    only: tuple[str, ...] = ()
    needed_for: tuple[str, ...] = ()

    @property
    def whose(self) -> str:
        """Which kinds or types of term may have it, in words."""
        phrases = [_ARTICLES.get(name, f"a {name}") for name in self.only]
        return " or ".join([part for part in (", ".join(phrases[:-1]), phrases[-1]) if part])

    def fits(self, term: Term) -> bool:
        """Whether a term of this kind and type may have it."""
        return not self.only or term.kind in self.only or term.type in self.only


class Shape(NamedTuple):
    """A mapping with these keys, in the order in which they stand in a file.

    Exactly one is there of `one_of`, and of `some_of` at least one.
    """

    name: str
    what: str  # as messages call it
    keys: tuple[Key, ...]
    one_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()
    own_order: bool = False  # the author's order of the keys means something

    @property
    def required(self) -> list[str]:
        return [key.name for key in self.keys if key.required]

    @property
    def optional(self) -> list[str]:
        return [key.name for key in self.keys if not key.required]

    @property
    def names(self) -> list[str]:
        return [key.name for key in self.keys]

    @property
    def usable(self) -> list[Key]:
        """The keys, without those for terms of another kind: they are read, and refused in better words."""
        return [key for key in self.keys if not set(key.only) & set(KINDS) or self.name in key.only]

    def key(self, name: str) -> Key | None:
        return next((key for key in self.keys if key.name == name), None)

    def read(self, node: Node, reader: Reader, what: str = "") -> dict[str, Node]:
        """The node's fields by key; what is missing or unknown is added to the reader's problems."""
        return reader.fields(node, what or self.what, self.required, self.optional)


Kind = Text | Word | Name | RulePart | Listing | Entries | ByName | ByTerm | Either | Shape


class File(NamedTuple):
    """A file of a knowledge base, or all files in a folder."""

    kind: str
    path: str
    says: str
    holds: Shape | Listing


def required(name: str, holds: Kind, says: str) -> Key:
    return Key(name, holds, says, required=True)


# --- what stands where ---------------------------------------------------------------------
Mapping = Shape | Entries | ByName | ByTerm


def mapping_in(value: Kind | None) -> Mapping | None:
    """The mapping that a value is, or that its items are."""
    if isinstance(value, Listing):
        return mapping_in(value.item)
    if isinstance(value, Either):
        return value.shape
    return value if isinstance(value, Mapping) else None


def held_by(mapping: Mapping | None, key: str) -> Kind | None:
    """What a key of a mapping holds; None if it has no such key."""
    if isinstance(mapping, Shape):
        named = mapping.key(key)
        return named.holds if named else None
    return mapping.item if mapping else None


def keys_of(value: Kind) -> list[tuple[Shape, Key]]:
    """Every key of a kind of value and of all that it holds, each after the one that holds it."""
    mapping = mapping_in(value)
    if not isinstance(mapping, Shape):
        return keys_of(mapping.item) if mapping else []
    keys: list[tuple[Shape, Key]] = []
    for key in mapping.usable:
        keys += [(mapping, key), *keys_of(key.holds)]
    return keys
