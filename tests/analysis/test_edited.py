"""What was edited, in the words of the files.

tests/data/edits.txt holds edits of docs/reference/plants, which has every key, each with what is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.loading import texts
from support.shell import ROOT
from support.sizes import one_in

from expert.analysis.edited import edited
from expert.knowledge.files import DECLARING, FILES
from expert.knowledge.load import open_files
from expert.knowledge.shapes import keys_of
from expert.language.rules import RuleBase
from expert.views.terminal import flat
from expert.views.trials import edit_lines

PLANTS = ROOT / "docs" / "reference" / "plants"
TERMS = ("attribute", "finding", "property")  # which have most keys in common


def edits() -> Iterator[tuple[str, str]]:
    text = (ROOT / "tests" / "data" / "edits.txt").read_text("utf-8")
    for block in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, body = block.partition("\n")
        yield name, body


def after(files: dict[str, str], body: str) -> list[str]:
    """Make the edits of a block: `@` names a file, `-` is what stands there once and `+` what it becomes."""
    said = [line for line in body.strip("\n").split("\n") if line[:2] not in ("@ ", "- ", "+ ")]
    for piece in re.split(r"^@ ", body, flags=re.MULTILINE)[1:]:
        path, *lines = piece.strip("\n").split("\n")
        old, new = ("\n".join(line[2:] for line in lines if line[:2] == mark) for mark in ("- ", "+ "))
        assert files[path].count(old) == 1, old
        files[path] = files[path].replace(old, new)
    return said


def opened(files: dict[str, str]) -> RuleBase:
    base, problems = open_files(files)
    assert not problems and base is not None, problems
    return base


@pytest.mark.parametrize(("name", "body"), one_in(2, edits()), ids=[name for name, _ in edits()])
def test_an_edit_is_said_in_the_words_of_the_file(name: str, body: str) -> None:
    files = texts(PLANTS)
    old = opened({**files})
    said = after(files, body)
    assert [flat(line.words) for line in edit_lines(edited(old, opened(files)))] == list(filter(None, said))


def test_every_key_is_edited_once() -> None:
    """So that none has another name than its author's; and what is written otherwise is no edit."""
    named = {(pair.partition(".")[::2]) for name, _ in edits() for pair in name.split(", ")}
    terms = {key for shape, key in named if shape in TERMS}
    rules = next(file for file in FILES if file.kind == "rules")
    wanted = {(shape.name, key.name) for file in (*DECLARING, rules) for shape, key in keys_of(file.holds)}
    assert {pair for pair in wanted - named if pair[0] not in TERMS or pair[1] not in terms} == set()
    for name, body in edits():
        if name.endswith(("another-way", "nothing")):
            assert after(texts(PLANTS), body) == [""] or not any(after(texts(PLANTS), body))
