"""Bundles: a ledger as JSON Lines to carry elsewhere.

A bundle's lines are objects: first `{"bundle": 2, "head": ..., "entries": n}`, then one
`{"knowledge": hash, "files": text}` for each knowledge base, then one entry a line with the
very texts that were hashed, so that the chain verifies on another machine as it does here.
The number is the layout of the ledger that was written: a program refuses one that it does not know. How a
ledger packs its contents is no part of a bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from expert.io.json import canonical, strict
from expert.io.problems import CaseError, KnowledgeError, LedgerError, shorten
from expert.knowledge.cache import open_cached
from expert.language.rules import RuleBase
from expert.ledger.chain import Row
from expert.ledger.shape import content_fault, header_fault
from expert.ledger.store import VERSION, WITH_NOTES, Ledger
from expert.ledger.trust.verification import NOTHING, Kept, Verified, verify_rows

KINDS = ("consultation", "erasure")  # that every layout has
LONGEST = 50_000_000  # characters of a line


class Bundle(NamedTuple):
    """An open bundle: what its first lines say, and its entries as they are read."""

    head: tuple[int, str]
    knowledge: dict[str, str]
    rows: Iterator[Row]
    layout: int


def bundle_lines(ledger: Ledger) -> Iterator[str]:
    """The ledger, line by line, as it was when the first line was taken."""
    with ledger.view():
        count, head = ledger.head()
        yield canonical({"bundle": ledger.layout(), "entries": count, "head": head})
        for hash, files in ledger.knowledge_rows():
            yield canonical({"knowledge": hash, "files": files})
        for seq, id, header, content, hash in ledger.rows():
            try:
                yield canonical({"seq": seq, "id": id, "header": header, "content": content, "hash": hash})
            except ValueError:  # bytes that are no text
                raise LedgerError(f"record `{id}` is damaged", "`audit verify` says more") from None


def read_bundle(path: Path) -> Bundle:
    """Open a bundle and read up to its entries. Raises CaseError if it is none, then or later."""
    lines = _objects(path)
    first = next(lines, {})
    layout = first.get("bundle")
    if type(layout) is not int or layout < 1:
        raise _no_bundle(path, "it does not begin as a bundle does")
    if layout > VERSION:
        raise _no_bundle(path, "a newer version wrote it")
    head = _taken(first, {"entries": int, "head": str}, path)
    knowledge: dict[str, str] = {}
    for line in lines:
        if "files" not in line:
            lines = chain([line], lines)
            break
        hash, files = _taken(line, {"knowledge": str, "files": str}, path)
        knowledge[hash] = files
    kinds = {"seq": int, "id": str, "header": str, "content": str | None, "hash": str}
    rows: Iterator[Row] = (_taken(line, kinds, path) for line in lines)
    return Bundle(head, knowledge, rows, layout)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, line by line."""
    try:
        with path.open(encoding="utf-8", newline="\n") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(LONGEST), ""), 1):
                if len(line) == LONGEST:
                    raise _no_bundle(path, f"line {number} is longer than {LONGEST:,} characters")
                try:
                    data = strict(line)
                except (ValueError, RecursionError):
                    raise _no_bundle(path, f"line {number} is no JSON") from None
                if not isinstance(data, dict):
                    raise _no_bundle(path, f"line {number} is no object")
                yield data
    except UnicodeDecodeError:
        raise _no_bundle(path, "it is not UTF-8 text") from None
    except OSError as error:
        raise _no_bundle(path, str(error.strerror)) from None


def _taken(data: dict[str, Any], kinds: dict[str, Any], path: Path) -> Any:
    """The members of a line, which must be of the kinds named."""
    for name, kind in kinds.items():
        if name not in data or not isinstance(data[name], kind):
            raise _no_bundle(path, f"a line has no `{name}`, or one that cannot be: {shorten(str(data))}")
    return tuple(data[name] for name in kinds)


def _no_bundle(path: Path, why: str) -> CaseError:
    return CaseError(f"`{path}` is not a bundle: {why}", "`audit export` writes one")


def verify_bundle(path: Path, kept: Kept = NOTHING) -> Verified:
    """Compute a bundle's chain again, and whether each entry is one; `kept` is what was kept elsewhere."""
    bundle = read_bundle(path)
    judge = _Shapes(bundle.knowledge, bundle.layout)
    return verify_rows(bundle.rows, bundle.knowledge, bundle.head, kept, judge.fault)


class _Shapes:
    """What is wrong with entries that rest on some knowledge, in a bundle of some layout."""

    def __init__(self, knowledge: dict[str, str], layout: int) -> None:
        self.knowledge, self.layout = knowledge, layout
        self.opened: dict[str, RuleBase | None] = {}

    def fault(self, header: dict[str, Any], content: str | None) -> str:
        wrong = header_fault(header)
        if not wrong and header["kind"] not in KINDS and self.layout < WITH_NOTES:
            wrong = f"is of a kind that layout {self.layout} has not"
        if wrong or content is None:
            return wrong
        try:
            base = self._base(header["knowledge"]) if "knowledge" in header else None
            return content_fault(header, strict(content), base)
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            return f"has a content that is no record's: {shorten(str(error))}"

    def _base(self, hash: str) -> RuleBase | None:
        """The knowledge base with a hash; None if this program cannot open it."""
        if hash not in self.opened:
            self.opened[hash] = None
            with suppress(LookupError, TypeError, AttributeError, ValueError, RecursionError, KnowledgeError):
                files = strict(self.knowledge.get(hash, "{}"))
                self.opened[hash] = open_cached(files, firsts=False, place=None)
        return self.opened[hash]


def import_bundle(path: Path, target: Path, kept: Kept = NOTHING) -> Verified:
    """Make a ledger of a bundle that verifies. Raises LedgerError if the target has entries."""
    verified = verify_bundle(path, kept)
    if verified.fault is None:
        bundle = read_bundle(path)
        with Ledger(target, write=True) as ledger:
            ledger.take(bundle.rows, bundle.knowledge, bundle.head, bundle.layout)
    return verified
