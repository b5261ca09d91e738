"""The standard streams: closed ones are opened on nothing, a full one ends the program with a reason."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from expert.io.files import take_away_left_by
from expert.io.problems import OutputLost

# what a stream says that takes no more; of a file, the error would have a name
ENDED = b"\0ended\0"  # what no engine writes
NOT_WRITTEN = {errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT, errno.EBADF}


def open_streams() -> None:
    """Make ready what the caller has left of the standard streams.

    A closed one reads as empty and takes whatever is written; else the next file that is opened, such as
    the ledger, would get its number, and what is printed. What a terminal cannot show is spelled out.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def all_written() -> Iterator[None]:
    """End the program with a reason if not all that is printed in the block can be written.

    If nobody reads it any more, that is no fault, and nothing is said.
    """
    try:
        try:
            yield
        finally:
            _flush_or_drop(sys.stderr)  # of a terminal that is gone: Python would end with a code of its own
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in NOT_WRITTEN or error.filename is not None:
            raise
        _flush_or_drop(sys.stdout)
        if isinstance(error, BrokenPipeError):
            sys.exit(1)
        with suppress(OSError):
            sys.stderr.write(f"error: the result cannot be written: {error.strerror}\n")
            sys.stderr.flush()
        _flush_or_drop(sys.stderr)
        sys.exit(OutputLost.exit_code)


@contextmanager
def engine_silenced(*directories: Path) -> Iterator[None]:
    """Keep off stderr what an engine's own threads write there, by its number, of a file that breaks them.

    What is wrong is said by us, on Python's stderr, which goes where it went. Where an engine ends the whole
    program, which nothing in it can prevent, a process that looks after it tells what the engine said last,
    and takes away what was half written to some directories.
    """
    try:
        theirs = sys.stderr.fileno()
    except (OSError, ValueError):  # no file, as in tests
        yield
        return
    shown, kept = sys.stderr, os.dup(theirs)
    with open(kept, "w", encoding=shown.encoding, errors="backslashreplace", buffering=1) as ours:
        shown.flush()
        reader, writer = os.pipe()
        watcher = _watcher(reader, writer, kept, directories) if hasattr(os, "fork") else 0
        os.dup2(writer if watcher else os.open(os.devnull, os.O_WRONLY), theirs)
        sys.stderr = ours
        try:
            yield
        finally:
            os.write(writer, ENDED)
            os.close(writer)
            os.close(reader)
            os.dup2(kept, theirs)
            sys.stderr = shown
            if watcher:
                os.waitpid(watcher, 0)


def _watcher(reader: int, writer: int, stderr: int, directories: tuple[Path, ...]) -> int:
    """A process that reads what an engine writes, and tells it if that was the end of the program."""
    watched = os.getpid()
    watcher = os.fork()
    if watcher:
        return watcher
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # it ends with the other
            signal.signal(number, signal.SIG_IGN)
        os.close(writer)
        said = b""
        while part := os.read(reader, 1 << 16):
            said = (said + part)[-(1 << 16) :]
        if said.endswith(ENDED):
            return 0
        last = said.decode("utf-8", "replace").strip().splitlines()
        if last:
            told = next((line for line in last if "failed" in line or "panicked" in line), last[-1])
            os.write(stderr, f"error: a broken file has ended the program: {told}\n".encode())
        _take_away_left_by(watched, directories)
    finally:
        os._exit(0)


def _take_away_left_by(process: int, directories: tuple[Path, ...]) -> None:
    """What a process left that has just ended; as long as it has its children, it may hold it yet."""
    patience = time.monotonic() + 5
    while os.getppid() == process and time.monotonic() < patience:
        time.sleep(0.01)
    for directory in directories:
        take_away_left_by(process, directory)


def _flush_or_drop(stream: TextIO) -> None:
    """Write what is left, or else nowhere: Python would try again at its end."""
    try:
        stream.flush()
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
