"""Layout: meaning and comments are kept, and it is the same again."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from support.generate import knowledge_files
from support.plants import BICYCLE, copy_of, edit, kb
from support.shell import ROOT
from support.sizes import MORE, first, some_or_all

from expert.authoring.comments import comments
from expert.authoring.format import laid_out, meaning
from expert.knowledge.files import file_at
from expert.knowledge.load import load, open_files
from expert.knowledge.shapes import Kind, Shape, held_by, mapping_in


def held_in(name: str) -> Kind:
    """What is declared of a file."""
    found = file_at(name)
    assert found, name
    return found.holds


def shuffled(thing: Any, holds: Kind | None, random: Random) -> Any:
    """The same knowledge with the fields of its mappings in any order."""
    if isinstance(thing, list):
        return [shuffled(item, holds, random) for item in thing]
    if not isinstance(thing, dict):
        return thing
    mapping = mapping_in(holds)
    items = [(key, shuffled(value, held_by(mapping, key), random)) for key, value in thing.items()]
    if (isinstance(mapping, Shape) and not mapping.own_order) or getattr(mapping, "by_place", False):
        random.shuffle(items)
    return dict(items)


def commented(text: str, random: Random) -> str:
    """The text with comments and blank lines wherever YAML allows them."""
    tokens = [t for t in yaml.scan(text, Loader=yaml.CSafeLoader) if isinstance(t, yaml.ScalarToken)]
    inside = {n for t in tokens for n in range(t.start_mark.line + 1, t.end_mark.line + 1)}
    found: list[str] = []
    for n, line in enumerate(text.split("\n")):
        indent = len(line) - len(line.lstrip())
        if n not in inside and line.strip() and not line.strip().startswith(("}", "]", ",")):
            if random.random() < 0.15:
                blank = [""] * (random.random() < 0.4), [""] * (random.random() < 0.2)
                comment = f"{' ' * random.choice([indent, indent, 0])}# comment {n}"
                found += [*blank[0], comment, *blank[1]]
            if random.random() < 0.1 and n + 1 not in inside:
                line += f"  # behind {n}"
        found.append(line)
    return "\n".join(found)


def written_anyhow(files: dict[str, str], random: Random) -> dict[str, str]:
    """The same knowledge, in some other order and style, with comments."""
    found = {}
    for name, text in files.items():
        content = shuffled(yaml.load(text, Loader=yaml.CBaseLoader), held_in(name), random)
        style: dict[str, Any] = {
            "default_flow_style": random.choice([None, False, False]),
            "width": random.choice([40, 80, 200]),
            "indent": random.choice([2, 3, 4, 8]),
            "default_style": random.choice([None, None, "'", '"']),
        }
        found[name] = commented(yaml.safe_dump(content, sort_keys=False, **style), random)
    return found


@pytest.mark.parametrize("seed", first(2, 25, more=10))
def test_layout_keeps_meaning_and_comments_and_is_the_same_again(seed: int) -> None:
    random = Random(seed)
    files = written_anyhow(knowledge_files(random), random)
    base, problems = open_files(files)
    assert not problems
    again = {name: laid_out(text, name) for name, text in files.items()}
    after, problems = open_files(again)
    assert not problems
    assert meaning(after, again) == meaning(base, files)
    for name, text in again.items():
        assert comments(text) == comments(files[name])
        assert laid_out(text, name) == text


@pytest.mark.parametrize("count", some_or_all(1, 6))
def test_order_and_layout_do_not_depend_on_how_it_was_written(count: int) -> None:
    for seed in range(count):
        files = knowledge_files(Random(seed))
        once = {name: laid_out(text, name) for name, text in files.items()}
        for name, text in files.items():
            content = shuffled(yaml.load(text, Loader=yaml.CBaseLoader), held_in(name), Random(seed))
            wide = yaml.safe_dump(content, sort_keys=False, width=200, indent=5)
            assert laid_out(wide, name).replace('"', "") == once[name].replace('"', "")


@pytest.mark.parametrize(
    "directory",
    [
        pytest.param(ROOT / "docs/reference/plants", id="plants"),
        pytest.param(ROOT, id="built-in", marks=pytest.mark.long),
        pytest.param(BICYCLE, id="bicycle", marks=pytest.mark.long),
        pytest.param(ROOT / "examples" / "heating", id="heating", marks=pytest.mark.long),
    ],
)
def test_knowledge_written_by_hand_hardly_changes(directory: Path, tmp_path: Path) -> None:
    copy = copy_of(directory, tmp_path / "copy")
    before = {path: path.read_text() for path in copy.rglob("*.yaml")}
    hash, checked = load(copy).knowledge.hash, kb("fmt", "--check", "--kb", copy)
    assert {path: path.read_text() for path in copy.rglob("*.yaml")} == before
    result = kb("fmt", "--kb", copy)
    assert result.exit_code == 0, result.output
    lines = [
        line
        for path, text in before.items()
        for line in set(path.read_text().split("\n")) - set(text.split("\n"))
    ]
    assert len(lines) <= (40 if directory.name == "heating" else 5), lines
    changed = {str(path) for path, text in before.items() if path.read_text() != text}
    assert set(re.findall(r"would change  (.*)", checked.stdout)) == changed
    assert checked.exit_code == bool(changed)
    if load(copy).knowledge.hash != hash:
        assert f"knowledge hash {hash[:12]} -> {load(copy).knowledge.hash[:12]}" in result.stdout
    assert kb("fmt", "--check", "--kb", copy).exit_code == 0


OWN = {"built-in": ROOT, "heating": ROOT / "examples" / "heating", "bicycle": BICYCLE}


@pytest.mark.parametrize(
    "directory", [pytest.param(OWN[n], id=n, marks=[] if n == "built-in" else MORE) for n in OWN]
)
def test_our_own_files_are_in_order(directory: Path) -> None:
    result = kb("fmt", "--check", "--kb", directory)
    assert result.exit_code == 0, result.output


def test_what_is_out_of_order_is_named(tmp_path: Path) -> None:
    in_order = copy_of(ROOT / "docs/reference/plants", tmp_path / "plants")
    assert kb("fmt", "--kb", in_order).exit_code == 0
    copy, vocabulary = copy_of(in_order, tmp_path / "copy"), "kb/vocabulary.yaml"
    edit(
        copy / vocabulary,
        "    unit: plant|plants\n    min: 1\n",
        "    min: 1\n    unit: plant|plants\n",
    )
    before = load(copy).knowledge.hash[:12]
    checked = kb("fmt", "--check", "--kb", copy)
    assert checked.exit_code == 1
    assert re.findall(r"would change\s+(.*)", checked.stdout) == [str(copy / vocabulary)]
    after = load(in_order).knowledge.hash[:12]
    assert f"knowledge hash {before} -> {after}" in kb("fmt", "--kb", copy).stdout
    assert (copy / vocabulary).read_text() == (in_order / vocabulary).read_text()


BEFORE = """\
# About the file.
# More about it.
claims:
    # about the second
    p1s2:
        fingerprint: 0123456789abcdef   # beside it
        says: 'it''s "so"'

        hedge: asserts
    # about the first
    p1s1: {fingerprint: '0123456789abcde0', # inside
      hedge: asserts, says: One.}


# about hedges
hedges:
    asserts: >-
        # no comment
        but a text
    may:
        {"a": 1}
# at the end
"""
AFTER = """\
# About the file.
# More about it.
# about hedges
hedges:
  asserts: >-
    # no comment
    but a text
  may: {"a": 1}


claims:
  # about the first
  # inside
  p1s1: {says: One., hedge: asserts, fingerprint: "0123456789abcde0"}
  # about the second
  p1s2:
    says: "it's \\"so\\""
    hedge: asserts

    fingerprint: "0123456789abcdef"     # beside it
# at the end
"""


def test_comments_go_with_what_they_are_about() -> None:
    assert laid_out(BEFORE, "kb/claims.yaml") == AFTER
    assert laid_out(AFTER, "kb/claims.yaml") == AFTER
    assert laid_out(BEFORE.rstrip("\n"), "kb/claims.yaml") == AFTER


def test_what_was_on_several_lines_is_joined_or_broken_at_the_width() -> None:
    some, many = "[a,\n    b]", "[" + ",\n    ".join(f"name-number-{n}" for n in range(20)) + "]"
    text = "one\n    two" + "\n    and more of these words" * 8
    found = laid_out(
        f"- case: x\n  given: {{}}\n  plan: {some}\n  fired: {many}\n  advice: {text}\n", "kb/cases/x.yaml"
    )
    assert "  plan: [a, b]\n" in found
    assert "  fired:\n    - name-number-0\n    - name-number-1\n" in found
    assert "  advice: >-\n    one two and more" in found
    assert max(map(len, found.split("\n"))) <= 100
    long = f"- case: {'long ' * 40}\n  given: {{{', '.join(f'a{n}: b' for n in range(40))}}}\n"
    assert laid_out(long, "kb/cases/x.yaml") == long.replace("long \n", "long\n")


def test_files_with_mistakes_and_other_line_ends(plants: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = plants / "kb" / "claims.yaml"
    claims.write_bytes(claims.read_bytes().replace(b"\n", b"\r\n"))
    assert "would change  plants/kb/claims.yaml" in kb("fmt", "--check", "--kb", plants).stdout
    result = kb("fmt", "--kb", plants)
    assert b"\r" not in claims.read_bytes() and "(the same)" in result.stdout
    edit(claims, "hedges:", "hedges: {")
    result = kb("fmt", "--kb", plants)
    assert result.exit_code == 3 and "kb/claims.yaml" in result.stderr
    edit(claims, "hedges: {", "hedges:")
    edit(plants / "rules" / "1-first.yaml", "basis: stated #", "basis: 'stated' #")
    monkeypatch.setattr("expert.authoring.format.meaning", lambda base, files: object())
    before = (plants / "rules" / "1-first.yaml").read_text()
    result = kb("fmt", "--kb", plants)
    assert result.exit_code == 2 and "is left as it is" in result.stderr
    assert (plants / "rules" / "1-first.yaml").read_text() == before
