"""The files of a knowledge base: missing, misplaced, too many, none at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.loading import problems_in

from expert.io.files import SIZE_LIMIT
from expert.knowledge.directories import FILE_LIMIT
from expert.knowledge.load import load

VOCABULARY, OPTIONS, CLAIMS, RULES = "kb/vocabulary.yaml", "kb/options.yaml", "kb/claims.yaml", "rules/3.yaml"


def spoil(path: Path, how: str) -> None:
    """Put something in the place of a file."""
    path.unlink()
    if how == "directory":
        path.mkdir()
    elif how == "FIFO":
        os.mkfifo(path)
    elif how == "loop":
        path.symlink_to(path)
    elif how == "dangling":
        path.symlink_to("nowhere")
    elif how == "device":
        path.symlink_to("/dev/zero")
    elif how == "enormous":
        with path.open("wb") as stream:
            stream.truncate(10**12)
    elif how != "missing":
        raise AssertionError(how)


@pytest.mark.parametrize("name", [VOCABULARY, "rules/1-place.yaml"])
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("directory", "is not a regular file"),
        ("FIFO", "is not a regular file"),
        ("loop", "is not a regular file"),
        ("dangling", "is not a regular file"),
        ("device", "is not a regular file"),
        ("enormous", f"is larger than {SIZE_LIMIT:,} bytes"),
    ],
)
def test_files_that_are_none(name: str, how: str, words: str, copy: Path) -> None:
    spoil(copy / name, how)
    (problem,) = problems_in(Path())
    assert str(problem) == f"{name}:1:1: file `{name}` {words}"


def test_a_missing_file(copy: Path) -> None:
    (copy / "kb" / "claims.yaml").unlink()
    (copy / "kb" / "document.yaml").unlink()
    assert list(map(str, problems_in(Path()))) == [
        f"kb/{name}.yaml:1:1: file `kb/{name}.yaml` is missing" for name in ("claims", "document")
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read(copy: Path) -> None:
    (copy / "kb" / "claims.yaml").chmod(0)
    assert "cannot be read: Permission denied" in str(problems_in(Path())[0])
    copy.chmod(0)
    try:
        assert "cannot be read: Permission denied" in str(problems_in(copy)[0])
    finally:
        copy.chmod(0o700)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(copy: Path) -> None:
    before = load(copy)
    for path in [*(copy / "kb").iterdir(), *(copy / "rules").iterdir()]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    after = load(copy)
    assert after.knowledge.hash == before.knowledge.hash and after.rules == before.rules


def test_directories_that_are_no_knowledge_base(copy: Path) -> None:
    long, odd = Path("a" * 5_000), Path("a\0b\nc")
    for path in (copy / "nowhere", copy / "kb", copy / "kb" / "claims.yaml", long, odd):
        (problem, *others) = problems_in(path)
        assert "is not a knowledge base" in problem.message or "cannot be read" in problem.message
        assert not others and len(str(problem)) < 300 and "\0" not in str(problem)


def test_rule_files_are_not_overlooked(copy: Path) -> None:
    (copy / "rules" / "3-more.yml").write_text("- id: x\n")
    (copy / "rules" / "README.md").write_text("not a rule\n")
    assert list(map(str, problems_in(Path()))) == [
        "rules/3-more.yml:1:1: rule file `3-more.yml` would be ignored\n  help: name it .yaml"
    ]


def test_a_directory_without_rules(copy: Path) -> None:
    for path in (copy / "rules").iterdir():
        path.unlink()
    assert "`rules` holds no .yaml file" in map(str, problems_in(Path()))


def test_file_names_that_cannot_be_printed(copy: Path) -> None:
    for name in (b"a\nb.yaml", b"\xff.yaml"):
        Path(os.fsdecode(os.fsencode(copy / "rules") + b"/" + name)).write_text("[]\n")
    found = problems_in(Path())
    shown = [f"file name `{name}.yaml` cannot be printed" for name in ("a\ufffdb", "\ufffd")]
    assert [problem.message for problem in found] == shown
    "\n".join(map(str, found)).encode()


def test_too_many_files(copy: Path) -> None:
    for number in range(FILE_LIMIT):
        (copy / "rules" / f"more-{number}.yaml").write_text("[]\n")
    assert "holds more than" in str(problems_in(Path())[0])


def test_too_large_together(copy: Path) -> None:
    for number in range(6):
        (copy / "rules" / f"more-{number}.yaml").write_text("#" * (SIZE_LIMIT - 1))
    assert any("larger than" in problem.message for problem in problems_in(Path()))
