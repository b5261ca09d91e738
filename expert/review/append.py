"""Writing approvals: entries appended to a knowledge base's reviews, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from expert.io.files import SIZE_LIMIT, write_whole
from expert.io.problems import CaseError, KnowledgeError, Problem, Span
from expert.io.quoting import quoted
from expert.io.yaml import parse_yaml
from expert.review.approvals import FILE, Approval, Reviews, load_reviews
from expert.review.read_approvals import read_reviews

HEAD = (
    "# Approvals: who has held a rule against a claim that it cites, in the state that the hashes name.\n"
    "# `kb approve` appends to this list; delete an entry to withdraw it.\n\n"
)

PATIENCE = 5.0  # seconds to wait for another program that is approving
STALE = "if no other program is approving, one was killed in the middle of it: delete the file"


def append(directory: Path, approvals: list[Approval]) -> None:
    """Append approvals to `kb/reviews.yaml`; nothing that is there is touched.

    Raises KnowledgeError if what is there cannot be read or appended to, CaseError if it cannot be
    written.
    """
    shown, path = str(directory / FILE), (directory / FILE).resolve()
    try:
        with _alone(path):
            before = load_reviews(directory)
            data = path.read_bytes() if path.exists() else HEAD.encode()
            longer = data + _appended(data, approvals)
            _check(longer, (*before, *approvals), shown)
            write_whole(path, longer)
    except OSError as error:
        raise CaseError(f"`{shown}` cannot be written: {error.strerror or error}") from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other programs that approve out, by a file beside the reviews that only one can make."""
    lock = path.with_name(path.name + ".part")
    until = time.monotonic() + PATIENCE
    while True:
        try:
            lock.open("xb").close()
            break
        except FileExistsError:
            if time.monotonic() > until:
                raise CaseError(f"`{lock}` is there, so nothing was written", STALE) from None
            time.sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _appended(data: bytes, approvals: list[Approval]) -> bytes:
    """The text of the approvals, indented like the list that is there, with the file's line ends."""
    there = parse_yaml(data.decode("utf-8-sig"), FILE)[0]
    indent = " " * (there.span.column - 1) if there else ""
    end = "\r\n" if b"\r\n" in data else "\n"
    lines = [indent + line for approval in approvals for line in _lines(approval)]
    first = "" if not data or data.endswith(b"\n") else end
    return (first + "".join(line + end for line in lines)).encode()


def _lines(a: Approval) -> Iterator[str]:
    yield f"- {a.kind}: {a.citing}"
    yield f"  claim: {a.claim}"
    yield f"  {a.kind}-hash: {quoted(a.citing_hash)}"
    yield f"  claim-hash: {quoted(a.claim_hash)}"
    yield f"  by: {quoted(a.by)}"
    yield f"  on: {a.on}"
    if a.note:
        yield f"  note: {quoted(a.note)}"


def _check(data: bytes, wanted: Reviews, shown: str) -> None:
    """Nothing is written that would not be read back as what was there and what is new."""
    reason = f"it would be larger than {SIZE_LIMIT:,} bytes" if len(data) > SIZE_LIMIT else ""
    if not reason:
        try:
            read_back = read_reviews(data.decode("utf-8-sig"), shown)
            if [a[:-1] for a in read_back] == [a[:-1] for a in wanted]:
                return
        except KnowledgeError as error:
            reason = error.problems[0].message
    help = "the list must be written with a `- ` for each entry, and nothing after it"
    message = "nothing can be appended to these reviews" + (f": {reason}" if reason else "")
    raise KnowledgeError([Problem(message, Span(shown), help)])
