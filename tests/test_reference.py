"""The reference of the files: current, whole, and with an example that is right.

RESET_TRANSCRIPTS=1 writes the pages anew.
"""

from __future__ import annotations

import importlib.util
import os
import re
from types import ModuleType

import pytest
from support.shell import ROOT

from expert.analysis.expected import load_cases
from expert.io.yaml import Node, parse_yaml
from expert.knowledge.checks import warnings
from expert.knowledge.files import FILES
from expert.knowledge.load import load
from expert.knowledge.shapes import KINDS, File, Kind, Shape, held_by, keys_of, mapping_in
from expert.proof.invariants import load_invariants
from expert.review.approvals import load_reviews, strays

REFERENCE = ROOT / "docs" / "reference"
EXAMPLE = REFERENCE / "plants"


def maker() -> ModuleType:
    """The script that makes the pages."""
    spec = importlib.util.spec_from_file_location("reference_pages", REFERENCE / "pages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_current() -> None:
    made = maker().pages()
    for name, text in made.items():
        if os.environ.get("RESET_TRANSCRIPTS"):
            (REFERENCE / name).write_text(text, "utf-8")
        assert (REFERENCE / name).read_text("utf-8") == text, f"{name}: see `make reset-transcripts`"
    assert {path.name for path in REFERENCE.glob("*.md")} == made.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.kind)
def test_every_key_has_its_line(file: File) -> None:
    page = (REFERENCE / f"{file.kind}.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| (.*) \|$", page, re.M)
    for _, key in keys_of(file.holds):
        assert key.says[0].isupper() or key.says[0] == "`", key.says
        assert key.says.endswith("."), key.says
        assert any(name == key.name and says.startswith(key.says) for name, says in rows), key.name


def used_in(node: Node, holds: Kind | None) -> set[tuple[str, str]]:
    """The declared keys, with their mappings, that a piece of YAML has."""
    found: set[tuple[str, str]] = set()
    for item in node.items or ():
        found |= used_in(item, holds)
    mapping = mapping_in(holds)
    for key, value in node.pairs or ():
        if isinstance(mapping, Shape):
            found.add((mapping.name, key.text or ""))
        found |= used_in(value, held_by(mapping, key.text or ""))
    return found


def test_the_example_has_every_key() -> None:
    found, wanted = set[tuple[str, str]](), set[tuple[str, str]]()
    for file in FILES:
        wanted |= {(shape.name, key.name) for shape, key in keys_of(file.holds)}
        for path in EXAMPLE.glob(file.path):
            node, problems = parse_yaml(path.read_text("utf-8"), path.name)
            assert node and not problems
            found |= used_in(node, file.holds)
    # terms of all kinds have most keys in common, and each need not show all of them
    terms = {key for shape, key in found if shape in KINDS}
    assert {pair for pair in wanted - found if pair[0] not in KINDS or pair[1] not in terms} == set()


def test_the_example_is_right() -> None:
    base = load(EXAMPLE)
    assert warnings(base) == []
    assert load_cases(EXAMPLE, base) and load_invariants(base, EXAMPLE).invariants
    reviews = load_reviews(EXAMPLE)
    assert reviews and strays(base, reviews) == []
