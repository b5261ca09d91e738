"""Text in cells: wide characters, marks and colour, and lines of at most so many."""

from __future__ import annotations

import random
import shlex
import sys
import textwrap
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from wcwidth import wcswidth

from expert.io.cells import cells, continued, lazily, lightly, narrow, padded, wrapped

SIGNS = ["a", "bc", "é", "é", "深い", "傷跡", "👨‍👩‍👧", "❤️", "“", "–", " ", " ", "  "]


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("é–“”…", 5),
        ("深い", 4),
        ("e\u0301", 1),
        ("👨‍👩‍👧", 2),
        ("\x1b[1;32mab\x1b[0m", 2),
        ("", 0),
    ],
)
def test_cells_are_counted_as_a_terminal_shows_them(text: str, width: int) -> None:
    assert cells(text) == width
    assert padded(text, 6) == text + " " * (6 - width)


def test_texts_that_are_not_looked_up_are_as_wide_as_long() -> None:
    """Every character that is taken for narrow takes one cell, as the library has it."""
    plain = [chr(n) for n in range(0x3000) if narrow(chr(n))]
    assert len(plain) > 600
    assert {wcswidth(sign) for sign in plain} == {1}


def test_lines_are_never_wider_than_asked_and_lose_nothing() -> None:
    random.seed(3)
    for _ in range(300):
        text = "".join(random.choice(SIGNS) for _ in range(40))
        first, rest = random.choice([("", ""), ("  * ", None), ("10-14  ", "   "), (" " * 30, " " * 40)])
        width = random.randint(12, 50)
        lines = wrapped(text, width, first, rest)
        assert max(map(cells, lines)) <= width
        assert "".join("".join(lines).split()) == "".join((first + text).split())


def test_narrow_texts_break_as_python_breaks_them() -> None:
    text = "A sentence (with some) words and a-hyphen, which is not very long. " * 3
    for width in range(16, 70):
        asked = {"initial_indent": "  * ", "subsequent_indent": "    ", "break_on_hyphens": False}
        assert wrapped(text, width, "  * ") == textwrap.wrap(text, width, **asked)


def test_a_word_that_is_too_long_is_broken_and_a_path_left_whole() -> None:
    path = "/a/rather/long/path/of/a/file.yaml"
    assert wrapped(f"in {path}: no", 20) == [f"in {path}:", "no"]
    assert max(map(len, wrapped(f"in {path.replace('/', '-')}: no", 20))) == 20
    assert max(map(cells, wrapped("深い傷跡" * 9, 20))) == 20


def test_a_command_in_lines_is_the_same_command() -> None:
    line = shlex.join(
        ["cicatrix", "consult", "--label", "a 'b' c", "scar_depth=deep", "--kb", "/some/where/x y"]
    )
    for width in range(10, 100):
        lines = continued(line, width, "  ")
        assert shlex.split("\n".join(lines).replace("\\\n", "")) == shlex.split(line)
        assert all(text.endswith(" \\") for text in lines[:-1]) and all(
            text.startswith("  ") for text in lines
        )
        assert all(cells(text) <= width or len(shlex.split(text.removesuffix("\\"))) == 1 for text in lines)


def test_a_module_is_loaded_when_something_of_it_is_used() -> None:
    assert lazily("shlex") is shlex
    with pytest.raises(ModuleNotFoundError):
        lazily("no_such_module")


def test_a_library_is_loaded_with_others_that_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    stand_in = ModuleType("zipfile")
    for asked in ("__name__", "ZipFile"):  # what stands in has no such thing as the latter
        name = f"asking_{asked.strip('_').lower()}"
        (tmp_path / f"{name}.py").write_text(f"from zipfile import {asked} as found\nimport zipfile\n")
        library = lightly(name, {"zipfile": stand_in})
        assert library is lightly(name, {"zipfile": None}) is sys.modules.pop(name)
        assert (library.zipfile is stand_in) == (asked == "__name__")
        assert sys.modules["zipfile"] is zipfile
