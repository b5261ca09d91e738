"""What the program is called, and how more of it is installed: in words that can be typed again.

It was started from a checkout or as an installed command, and installed by pip, pipx or uv.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
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
    installed = which(NAME)
    on_path = script.parent == Path() or (
        installed is not None and Path(installed).absolute() == script.absolute()
    )
    return NAME if on_path else shlex.quote(str(script))


def install_words(extra: str) -> str:
    """The command that brings the libraries of an extra to where this program runs.

    It names the libraries themselves: the program may have been installed from anywhere.
    """
    libraries = shlex.join(libraries_of(extra, extras()))
    prefix = Path(sys.prefix)
    if prefix.parts[-3:-1] == ("pipx", "venvs"):
        return f"pipx inject {prefix.name} {libraries}"
    if prefix.parts[-3:-1] != ("uv", "tools") and importlib.util.find_spec("pip") is not None:
        return f"{_python()} -m pip install {libraries}"
    return f"uv pip install --python {_python()} {libraries}"


def _python() -> str:
    """The interpreter as it was typed, if it was."""
    typed = sys.orig_argv[0] if sys.argv and Path(sys.argv[0]).name == SCRIPT.name else sys.executable
    return shlex.quote(typed)


def extras() -> Mapping[str, list[str]]:
    """The libraries that each extra needs: of the checkout, or of the package that is installed."""
    project = SCRIPT.with_name("pyproject.toml")
    if project.is_file():
        import tomllib  # as below: needed where something is missing, and not at every start

        declared: Mapping[str, list[str]] = tomllib.loads(project.read_text(encoding="utf-8"))["project"][
            "optional-dependencies"
        ]
        return declared
    from importlib.metadata import PackageNotFoundError, requires

    try:
        return _by_extra(requires(NAME) or ())
    except PackageNotFoundError:
        return {}


def _by_extra(required: Iterable[str]) -> dict[str, list[str]]:
    libraries: dict[str, list[str]] = {}
    for line in required:
        library, _, condition = line.partition(";")
        if named := re.search(r"extra == ['\"](.+?)['\"]", condition):
            libraries.setdefault(named[1], []).append(library.strip())
    return libraries


def libraries_of(extra: str, extras: Mapping[str, list[str]]) -> Iterator[str]:
    """The libraries of an extra, and of those that it includes; without a list, the extra itself."""
    for library in extras.get(extra, ()):
        if included := re.fullmatch(rf"{NAME}\[(.+)\]", library):
            yield from libraries_of(included[1], extras)
        else:
            yield library
    if extra not in extras:
        yield f"{NAME}[{extra}]"
