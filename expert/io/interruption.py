"""Ctrl-C while the threads of an engine work: it waits until it is listened for, and is never lost.

Polars listens for itself: it ends its threads wherever they are, which then tell on stderr that they have
"panicked", and forgets about it in between. What Python raises may come in the middle of a callback of an
engine, which drops it, or of clearing up, which then is not done.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread


@contextmanager
def interruptions_wait() -> Iterator[None]:
    """In the block an interruption is held back, in this thread and all that begin in it, for `listen`.

    To be entered before an engine is imported, which begins threads. After the block a command has nothing
    left to be interrupted but its last words: interruptions are ignored from then on.
    """
    if current_thread() is not main_thread() or signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # which drops one that waits
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def listen() -> None:
    """Raise KeyboardInterrupt if an interruption waits."""
    if signal.SIGINT in signal.sigpending():
        raise KeyboardInterrupt
