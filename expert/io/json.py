"""Records as JSON, and back: what is read is the record that was written, or it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import repeat
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints, overload

from expert.io.problems import CaseError, shorten
from expert.io.unwinding import Unfolding, unwound

T = TypeVar("T")
NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", NoneType: "null"}
EXACT = 1 << 53  # a whole number below it is one for every reader of JSON


def canonical(data: Any) -> str:
    """The one JSON text of some data (RFC 8785). Raises ValueError for what has none.

    Python's own writer is several times faster than the library, and used where both write the same.
    """
    if _is_plainly_written(data):
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        with suppress(UnicodeEncodeError):  # the library says what is wrong
            text.encode()
            return text
    import rfc8785

    return rfc8785.dumps(data).decode()


def _is_plainly_written(data: Any) -> bool:
    """Whether RFC 8785 leaves nothing to say of some data but that keys are in order and no space between.

    It has a form of its own for fractions, refuses great numbers, and orders keys by UTF-16.
    """
    found = [data]
    for item in found:  # and what is in it comes behind it: a call for each would take most of the time
        kind = type(item)
        if kind is str:
            continue
        if kind is dict:
            if not _are_plain_names(item):
                return False
            found += item.values()
        elif kind in (list, tuple):
            found += item
        elif kind not in (bool, NoneType) and not (kind is int and -EXACT < item < EXACT):
            return False
    return True


def _are_plain_names(names: Iterable[Any]) -> bool:
    """Whether all are texts in ASCII."""
    try:
        return "".join(names).isascii()
    except TypeError:
        return False


def digest(*texts: str) -> str:
    """SHA-256, in hex, over texts; what is no text any more (lone surrogates) has one too."""
    return sha256("".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def strict(text: str | bytes) -> Any:
    """The data of a JSON text that says one thing only. Raises ValueError, for a name given twice too."""
    return json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name is given twice")
    return members


# --- writing -----------------------------------------------------------------------------------
def to_json(record: object) -> str:
    """A record (or a list of some) as one JSON text in ASCII; docs/json.md says what it holds.

    >>> from expert import Tree
    >>> to_json([Tree("claim", "p1s1 It is so.")])
    '[{"kind":"claim","text":"p1s1 It is so.","parts":[],"states":null}]'
    """
    try:
        return json.dumps(plain(record), separators=(",", ":"))
    except RecursionError:  # what is too deep for Python's stack is written piece by piece
        written: list[str] = []
        unwound(_pieces(record, written))
        return "".join(written)


def _pieces(record: object, written: list[str]) -> Unfolding[None]:
    """Add the text of a record to what is written."""
    names = getattr(record, "_fields", None)
    if names is not None or isinstance(record, dict):
        members = record.items() if isinstance(record, dict) else zip(names, record, strict=True)  # type: ignore
        before = "{"
        for name, value in members:
            written += [before, json.dumps(name), ":"]
            before = ","
            yield _pieces(value, written)
        written.append("{}" if before == "{" else "}")
    elif isinstance(record, (tuple, list, Later)):
        before = "["
        for value in record:
            written.append(before)
            before = ","
            yield _pieces(value, written)
        written.append("[]" if before == "[" else "]")
    else:
        written.append(json.dumps(record))


def plain(record: object) -> Any:
    """A record, or a collection of some, as JSON data: records become objects, tuples lists."""
    kind = type(record)
    if kind in NAMES:
        return record
    if isinstance(record, dict):
        return {name: value if type(value) in NAMES else plain(value) for name, value in record.items()}
    if isinstance(record, (tuple, list, Later)):
        names = getattr(kind, "_fields", None)
        # most values are texts, numbers or empty: a call for each of them would take most of the time
        values: list[Any] = []
        for item in record:
            if type(item) in NAMES:
                values.append(item)
            elif type(item) is tuple and not item:
                values.append([])
            else:
                values.append(plain(item))
        return values if names is None else dict(zip(names, values, strict=True))
    return record


# --- reading -----------------------------------------------------------------------------------
Read = Callable[[Any], Any]  # what makes a value of some kind from JSON data. Raises NotRestored


class NotRestored(ValueError):
    """Data that is no record of the kind wanted: what is wrong, and where in the data."""

    def __init__(self, wrong: str, help: str = "") -> None:
        super().__init__(wrong)
        self.wrong, self.help = wrong, help
        self.where = ""  # filled in on the way out: what is read does not carry its place along

    def inside(self, place: str) -> NotRestored:
        self.where = place + self.where
        return self

    def __str__(self) -> str:
        where = f"`{self.where.removeprefix('.')}`" if self.where else "the JSON"
        return f"{where} {self.wrong}"


def from_json(text: str | bytes, kind: Any) -> Any:
    """The record of a kind that a JSON text holds. Raises CaseError if it holds none, and says where."""
    try:
        data = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise CaseError(f"not JSON: {shorten(str(error))}") from None
    try:
        return restore(kind, data)
    except NotRestored as error:
        raise CaseError(str(error), error.help) from None
    except RecursionError:
        raise CaseError("the JSON is nested too deeply to be a record") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def restore(kind: Any, data: Any) -> Any:
    """The record of a kind whose `plain` form is `data`; keys that it has not are passed over.

    Raises NotRestored.
    """
    return _reader(kind)(data)


@cache
def _reader(kind: Any) -> Read:
    """What reads a kind: its hints are taken apart once, and not for every record."""
    if hasattr(kind, "_fields"):
        return lambda data: _record(kind, data)
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union_reader(inside)
    if origin is dict:
        read = _reader(inside[1])
        return lambda data: _object(read, data)
    if origin is tuple and inside[-1] is not Ellipsis:
        reads = [_reader(part) for part in inside]
        return lambda data: tuple(_items(reads, data, len(reads)))
    if origin in (tuple, list):
        make, item = origin, _reader(inside[0])
        return lambda data: make(_items(repeat(item), data))
    return lambda data: _scalar(kind, data)


@cache
def _fields(kind: Any) -> list[tuple[str, Read]]:
    hints = get_type_hints(kind)
    return [(name, _reader(hints[name])) for name in kind._fields]


def _record(kind: Any, data: Any) -> Any:
    if not isinstance(data, dict):
        raise _mismatch("an object", data)
    values = {}
    name = ""
    try:
        for name, read in _fields(kind):
            if name in data:
                values[name] = read(data[name])
            elif name not in kind._field_defaults:
                break
        else:
            return kind(**values)
    except NotRestored as error:
        raise error.inside(f".{name}") from None
    raise NotRestored(f"has no `{name}`", f"such an object has {', '.join(kind._fields)}")


def _object(read: Read, data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _mismatch("an object", data)
    name = ""
    values = {}
    try:
        for name, value in data.items():
            values[name] = read(value)
    except NotRestored as error:
        raise error.inside(f".{name}") from None
    return values


def _items(reads: Iterable[Read], data: Any, length: int | None = None) -> list[Any]:
    if not isinstance(data, list):
        raise _mismatch("a list", data)
    if length not in (None, len(data)):
        raise _mismatch(f"a list of {length}", data)
    values: list[Any] = []
    try:
        for read, value in zip(reads, data, strict=False):
            values.append(read(value))
    except NotRestored as error:
        raise error.inside(f"[{len(values)}]") from None
    return values


def _union_reader(kinds: tuple[Any, ...]) -> Read:
    """The first of the kinds that fits; of one kind or nothing, what is wrong with the one."""
    some = [kind for kind in kinds if kind is not NoneType]
    reads = [_reader(kind) for kind in some]

    def read(data: Any) -> Any:
        if data is None and len(some) < len(kinds):
            return None
        if len(reads) == 1:
            return reads[0](data)
        for one in reads:
            try:
                return one(data)
            except NotRestored:
                continue
        raise _mismatch(" or ".join(NAMES.get(kind, kind.__name__) for kind in kinds), data)

    return read


def _scalar(kind: Any, data: Any) -> Any:
    fits = isinstance(data, kind) and not (isinstance(data, bool) and kind is not bool)
    if not fits and not (kind is float and type(data) is int):
        raise _mismatch(NAMES[kind], data)
    return data


def _mismatch(wanted: str, data: Any) -> NotRestored:
    return NotRestored(f"must be {wanted}, not {shorten(json.dumps(data))}")


# --- values made later ---------------------------------------------------------------------------
class Later(Sequence[T]):
    """A tuple whose items are made when they are first looked at; how many is known before.

    It equals that tuple and stands for it anywhere; a copy of it is that tuple.
    """

    __slots__ = ("_items", "_make", "_size")

    def __init__(self, size: int, make: Callable[[], tuple[T, ...]]) -> None:
        self._size = size
        self._items: tuple[T, ...] = ()
        self._make: Callable[[], tuple[T, ...]] | None = make

    def _tuple(self) -> tuple[T, ...]:
        make = self._make
        if make is not None:
            self._items = make()
            self._make = None  # and with it goes all that the items are made from
        return self._items

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._tuple()[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._tuple())

    def __eq__(self, other: object) -> bool:
        return self._tuple() == (other._tuple() if isinstance(other, Later) else other)

    def __hash__(self) -> int:
        return hash(self._tuple())

    def __repr__(self) -> str:
        return repr(self._tuple())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._tuple(),)
