"""Records as JSON texts, and back: the object that is read is the one that was written, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints, overload

from expert.io.problems import CaseError, Problem, shorten


def canonical(data: Any) -> str:
    """The one JSON text of some data (RFC 8785)."""
    import rfc8785

    return rfc8785.dumps(data).decode()


def digest(*texts: str) -> str:
    """SHA-256, in hex, over texts; what is no text any more (lone surrogates) has one too."""
    return sha256("".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


T = TypeVar("T")


NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", NoneType: "null"}


def to_json(record: object) -> str:
    """A record (or a list of some) as one JSON text in ASCII; docs/json.md says what it holds.

    >>> from expert import Tree
    >>> to_json([Tree("claim", "p1s1 It is so.")])
    '[{"kind":"claim","text":"p1s1 It is so.","parts":[]}]'
    """
    return json.dumps(_plain(record), separators=(",", ":"))


def _plain(record: object) -> Any:
    if isinstance(record, dict):
        return {name: _plain(value) for name, value in record.items()}
    if names := getattr(record, "_fields", ()):
        return {name: _plain(getattr(record, name)) for name in names}
    return [_plain(item) for item in record] if isinstance(record, (list, tuple, Later)) else record


def from_json(text: str | bytes, kind: Any) -> Any:
    """The record of a kind that a JSON text holds. Raises CaseError if it holds none, and says where."""
    try:
        data = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise CaseError([Problem(f"not JSON: {shorten(str(error))}")]) from None
    try:
        return _restored(kind, data, "")
    except _Wrong as wrong:
        raise CaseError([Problem(*wrong.args)]) from None
    except RecursionError:
        raise CaseError([Problem("the JSON is nested too deeply to be a record")]) from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


class _Wrong(Exception):
    """What is wrong, and nothing of where: the message says it."""


def _restored(kind: Any, data: Any, where: str) -> Any:
    if hasattr(kind, "_fields"):
        return _record(kind, data, where)
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(inside, data, where)
    if origin in (tuple, list):
        return origin(_items(origin, inside, data, where))
    if origin is dict:
        _expect(dict, "an object", data, where)
        return {name: _restored(inside[1], value, f"{where}.{name}") for name, value in data.items()}
    fits = isinstance(data, kind) and not (isinstance(data, bool) and kind is not bool)
    if not fits and not (kind is float and type(data) is int):
        raise _mismatch(NAMES[kind], data, where)
    return data


def _record(kind: Any, data: Any, where: str) -> Any:
    _expect(dict, f"the object of a {kind.__name__}", data, where)
    hints, values = _hints(kind), {}
    for name in kind._fields:
        if name in data:
            values[name] = _restored(hints[name], data[name], f"{where}.{name}")
        elif name not in kind._field_defaults:
            message = f"{_named(where)} has no `{name}`"
            raise _Wrong(message, None, f"a {kind.__name__} has {', '.join(kind._fields)}")
    return kind(**values)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _items(origin: type, inside: tuple[Any, ...], data: Any, where: str) -> list[Any]:
    _expect(list, "a list", data, where)
    fixed = origin is tuple and inside[-1] is not Ellipsis
    if fixed and len(data) != len(inside):
        raise _mismatch(f"a list of {len(inside)}", data, where)
    pairs = zip(inside if fixed else [inside[0]] * len(data), data, strict=True)
    return [_restored(kind, item, f"{where}[{n}]") for n, (kind, item) in enumerate(pairs)]


def _one_of(kinds: tuple[Any, ...], data: Any, where: str) -> Any:
    """The first of the kinds that fits; of one kind or nothing, what is wrong with the one."""
    some = [kind for kind in kinds if kind is not NoneType]
    if data is None and len(some) < len(kinds):
        return None
    if len(some) == 1:
        return _restored(some[0], data, where)
    for kind in some:
        try:
            return _restored(kind, data, where)
        except _Wrong:
            continue
    raise _mismatch(" or ".join(NAMES.get(kind, kind.__name__) for kind in kinds), data, where)


def _expect(kind: type, what: str, data: Any, where: str) -> None:
    if not isinstance(data, kind):
        raise _mismatch(what, data, where)


def _mismatch(wanted: str, data: Any, where: str) -> _Wrong:
    return _Wrong(f"{_named(where)} must be {wanted}, not {shorten(json.dumps(data))}")


def _named(where: str) -> str:
    return f"`{where.removeprefix('.')}`" if where else "the JSON"


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


def plain(record: object) -> Any:
    """The record as JSON data: records become objects, tuples lists."""
    if isinstance(record, (tuple, Later)):
        names = getattr(record, "_fields", None)
        if names is None:
            return [plain(item) for item in record]
        return {name: plain(value) for name, value in zip(names, record, strict=True)}
    return record


def restore(kind: Any, data: Any) -> Any:
    """The record of type `kind` whose `plain` form is `data`. Raises KeyError or TypeError."""
    from types import UnionType
    from typing import Union, get_args, get_origin, get_type_hints

    if hasattr(kind, "_fields"):
        hints = get_type_hints(kind)
        return kind(**{name: restore(hints[name], data[name]) for name in kind._fields})
    if get_origin(kind) is tuple:
        return tuple(restore(get_args(kind)[0], item) for item in data)
    if get_origin(kind) in (Union, UnionType) and data is not None:
        inner = [part for part in get_args(kind) if hasattr(part, "_fields")]
        return restore(inner[0], data) if inner else data
    return data
