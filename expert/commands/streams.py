"""The standard streams: closed ones are opened on nothing, a full one ends the program with a reason."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from expert.io.problems import OutputLost

# what a stream says that takes no more; of a file, the error would have a name
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
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in NOT_WRITTEN or error.filename is not None:
            raise
        for stream in (sys.stdout, sys.stderr):
            _flush_or_drop(stream)
        if isinstance(error, BrokenPipeError):
            sys.exit(1)
        with suppress(OSError):
            sys.stderr.write(f"error: the result cannot be written: {error.strerror}\n")
            sys.stderr.flush()
        sys.exit(OutputLost.exit_code)


def _flush_or_drop(stream: TextIO) -> None:
    """Write what is left, or else nowhere: Python would try again at its end."""
    try:
        stream.flush()
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
