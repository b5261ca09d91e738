"""What the program is called: as it was typed, so that a command which is advised can be typed again."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from shutil import which

NAME = "cicatrix"

SCRIPT = Path(__file__).parents[2] / "cli.py"


def program_name() -> str:
    """The words with which this process was started, before those of its command line.

    Within a program of somebody else, the name under which ours is installed.
    """
    script = Path(sys.argv[0] if sys.argv else "")
    if script.name == SCRIPT.name and script.absolute() == SCRIPT:
        return shlex.join(sys.orig_argv[: len(sys.orig_argv) - len(sys.argv) + 1])
    if script.stem != NAME:
        return NAME
    found = which(NAME)
    on_path = script.parent == Path() or (found is not None and Path(found).absolute() == script.absolute())
    return NAME if on_path else shlex.quote(str(script))
