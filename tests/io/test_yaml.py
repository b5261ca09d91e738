"""YAML: read with places, or refused with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.loading import MINIMAL, checked, problems_in, texts

from expert.io.yaml import DEPTH_LIMIT, parse_yaml
from expert.knowledge.load import open_files


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "1:1: file is empty"),
        (b"\xef\xbb\xbf", "1:1: file is empty"),
        (b"---\n", "2:1: the document must be a mapping, not empty"),
        (b"id: caf\xe9\n", "1:8: byte `0xe9` is not UTF-8 text"),
        (b"\xef\xbb\xbfid: a\ntitle: \xc3\xa9\xff\n", "2:9: byte `0xff` is not UTF-8 text"),
        (b"id: \xed\xa0\x80\n", "1:5: byte `0xed` is not UTF-8 text"),
        ("id: x\n".encode("utf-16"), "1:1: byte `0xff` is not UTF-8 text"),
        ("id: x\n".encode("utf-16-le"), "1:2: character `U+0000` is not allowed here"),
        (b"id: a\ntitle: b\0c\n", "2:9: character `U+0000` is not allowed here"),
        (b"id: a\ntitle: \x1b[31m\n", "2:8: character `U+001B` is not allowed here"),
        (b"id: " + b"x" * 900_000 + b": y\n", "1:900005: not valid YAML"),
        (b"[" * 900_000, f"1:{DEPTH_LIMIT + 1}: nested deeper than {DEPTH_LIMIT} levels"),
        (b"- " * 400_000, f"1:{2 * DEPTH_LIMIT + 1}: nested deeper than {DEPTH_LIMIT} levels"),
        (b"a: {" * 200_000, f"nested deeper than {DEPTH_LIMIT} levels"),
        (b"%YAML 9.0\n---\nid: a\n", "1:1: not valid YAML: found incompatible YAML document"),
    ],
    ids=range(15),
)
def test_bytes_that_are_no_knowledge(data: bytes, expected: str, copy: Path) -> None:
    (copy / "kb" / "document.yaml").write_bytes(data)
    shown = "\n".join(map(str, problems_in(Path())))
    assert expected in shown and "kb/document.yaml:" in shown and len(shown) < 1_000


def test_texts_that_no_file_could_hold() -> None:
    files = texts(MINIMAL)
    for name in files:
        _, problems = checked({**files, name: "id: \ud800"})
        assert "character `U+D800` is not allowed here" in "\n".join(map(str, problems))
    for gone in files:
        open_files({name: text for name, text in files.items() if name != gone})
    open_files({})
    open_files({"rules/\ud800": "\udfff", "": "", "kb/claims.yaml": "a"})


FUZZ = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def read_or_refused(text: str) -> None:
    node, problems = parse_yaml(text, "f")
    assert node is not None or problems


@settings(FUZZ, max_examples=25)
@given(st.text())
def test_random_text_is_read_or_refused(text: str) -> None:
    read_or_refused(text)


@pytest.mark.long
@settings(FUZZ, max_examples=1000)
@given(st.text())
def test_much_random_text_is_read_or_refused(text: str) -> None:
    read_or_refused(text)
