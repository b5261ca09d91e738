"""Knowledge bases that were read before, kept in the user's cache: opened without reading YAML again.

What is kept is data, never code: records of the language, as values that name earlier ones by number. It is
named by what it was made of: the files' texts and place, this program, and how the program makes it. What is
damaged or foreign is passed over, and all of it may be deleted at any time: the same comes of the files.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

import expert.language
from expert.io.garbage import collected_later
from expert.io.json import digest
from expert.io.problems import KnowledgeError, Problem, Span
from expert.io.version import __version__
from expert.knowledge.directories import read_files
from expert.language.rules import RuleBase

MOST_CACHED = 20  # knowledge bases
SCALARS = (str, int, bool, type(None))
CLOSED = os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
Maker = Callable[[list[Any]], Any]


def load_cached(directory: Path, place: Path | None) -> RuleBase:
    """The knowledge base in a directory, as `load` gives it; kept in a place, if there is one.

    Raises KnowledgeError.
    """
    files, problems = read_files(directory)
    if problems:
        return _read(directory, files, problems)
    return _cached(place, files, str(directory), lambda: _read(directory, files, []))


def open_cached(files: dict[str, str], firsts: bool, place: Path | None) -> RuleBase:
    """The knowledge base that recorded texts make up, as `open_files` gives it: kept as a directory's is.

    Raises KnowledgeError.
    """
    return _cached(place, files, "recorded, firsts" if firsts else "recorded", lambda: _open(files, firsts))


def _cached(place: Path | None, files: dict[str, str], how: str, read: Callable[[], RuleBase]) -> RuleBase:
    """What texts make up, read in some way: if it is kept already, it is not read again."""
    if place is None:
        return read()
    name = digest(_made_by(), how, json.dumps(files, sort_keys=True))
    kept = _found(place / name, name)
    if kept is not None:
        return kept._replace(knowledge=kept.knowledge._replace(files=files))
    base = read()
    with suppress(OSError, TypeError):  # what cannot be kept is read again
        _put_into_cache(place, name, base._replace(knowledge=base.knowledge._replace(files={})))
    return base


def _read(directory: Path, files: dict[str, str], problems: list[Problem]) -> RuleBase:
    from expert.knowledge.load import open_read  # what is kept is opened without reading rules

    return open_read(directory, files, problems)


def _open(files: dict[str, str], firsts: bool) -> RuleBase:
    from expert.knowledge.load import open_files

    base, problems = open_files(files, firsts=firsts)
    if problems:
        raise KnowledgeError(problems)
    return base


def cache_place() -> Path | None:
    """Where knowledge bases are kept: CICATRIX_CACHE, or the place for a user's caches; None: nowhere."""
    given = os.environ.get("CICATRIX_CACHE", "")
    if given in ("no", "off", "0"):
        return None
    return Path(given) if given else Path(user_cache_dir("cicatrix", appauthor=False)) / "knowledge"


@cache
def _made_by() -> str:
    """This program, and the modules that make a knowledge base: one that is edited makes another."""
    sizes = []
    for package in (Path(expert.language.__file__ or "").parent, Path(__file__).parent):
        with os.scandir(package) as entries:
            modules = sorted((entry.name, entry.stat()) for entry in entries if entry.name.endswith(".py"))
        sizes += [f"{name} {status.st_size} {status.st_mtime_ns}" for name, status in modules]
    return "\n".join([__version__, *sizes])


# --- files ---------------------------------------------------------------------------------------
def _found(path: Path, name: str) -> RuleBase | None:
    """What is kept under a name, if it is ours and whole."""
    try:
        if not _is_private(path.parent):
            return None
        opened = os.open(path, os.O_RDONLY | CLOSED)
        with os.fdopen(opened, encoding="utf-8", errors="surrogatepass") as stream:
            status = os.fstat(opened)
            if not stat.S_ISREG(status.st_mode) or not _is_ours(status):
                return None
            sum, _, text = stream.read().partition("\n")
        if sum != digest(name, text):
            return None
        with collected_later():
            base = _restored(json.loads(text))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return base if isinstance(base, RuleBase) else None


def _put_into_cache(place: Path, name: str, base: RuleBase) -> None:
    """Keep a knowledge base, in the place of the oldest if there are many. Raises OSError, TypeError."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_private(place):
        return
    text = json.dumps(_flat(base), separators=(",", ":"))
    part = place / f"{name}.{os.urandom(8).hex()}.part"
    try:
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | CLOSED, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as stream:
            stream.write(f"{digest(name, text)}\n{text}")
        part.replace(place / name)
    finally:
        part.unlink(missing_ok=True)
    kept = sorted(place.iterdir(), key=lambda path: path.lstat().st_mtime, reverse=True)
    for path in kept[MOST_CACHED:]:
        path.unlink()


def _is_private(place: Path) -> bool:
    """Whether a directory is one, no link to one, and nobody else's to write in."""
    status = place.lstat()
    return stat.S_ISDIR(status.st_mode) and _is_ours(status)


def _is_ours(status: os.stat_result) -> bool:
    return (not hasattr(os, "getuid") or status.st_uid == os.getuid()) and not status.st_mode & 0o022


# --- data ----------------------------------------------------------------------------------------
def _flat(base: RuleBase) -> list[Any]:
    """A knowledge base as values, each once: scalars, or a kind and the numbers of the values it is made of.

    The kinds of records come first, by name. Raises TypeError if it holds anything else.
    """
    values: list[Any] = []
    numbers: dict[Any, int] = {}
    tags: dict[type, int] = {tuple: 0, dict: 1}

    def number(value: Any) -> int:
        kind = type(value)
        if kind in SCALARS:
            flat: Any = value
            key: Any = kind, value
        else:
            if kind not in tags:
                _kind_named(*_name_of(kind))  # no other can be read again
                tags[kind] = len(tags)
            parts = chain.from_iterable(value.items()) if kind is dict else value
            flat = [tags[kind], *map(number, parts)]
            key = tuple(flat)
        if key not in numbers:
            numbers[key] = len(values)
            values.append(flat)
        return numbers[key]

    number(base)
    return [[_name_of(kind) for kind in tags if kind not in (tuple, dict)], values]


def _name_of(kind: type) -> tuple[str, str]:
    return kind.__module__, kind.__name__


def _kind_named(module: str, name: str) -> Any:
    """A kind of record of the language, or a place in a file. Raises TypeError if there is none."""
    if module.startswith("expert.language.") or (module, name) == _name_of(Span):
        kind = getattr(import_module(module), name, None)
        if isinstance(kind, type) and hasattr(kind, "_make"):
            return kind
    raise TypeError(f"{module}.{name} cannot be kept")


def _restored(flat: list[Any]) -> Any:
    """What `_flat` was made of. Raises LookupError, TypeError, ValueError if it was made of nothing."""
    names, values = flat
    makers: list[Maker] = [tuple, _dict_of, *(_kind_named(*name)._make for name in names)]
    made: list[Any] = []
    for value in values:
        if type(value) is list:
            made.append(makers[value[0]]([made[part] for part in value[1:]]))
        else:
            made.append(value)
    return made[-1]


def _dict_of(parts: list[Any]) -> dict[Any, Any]:
    return dict(zip(parts[::2], parts[1::2], strict=True))
