"""Approvals written down: nothing that is there is touched, and none is lost."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from support.approving import approve_all, kb, waiting
from support.shell import PROGRAM
from support.sizes import some_or_all

from expert.io.problems import CaseError
from expert.knowledge.load import load
from expert.review import append as signing
from expert.review.approvals import FILE, Approval, Hashes, Pair, load_reviews


def test_the_file_is_written_as_documented(plant: Path) -> None:
    kb(
        "approve",
        "fern.fee",
        "too-dear",
        "--by",
        'A: "B"',
        "--note",
        "# seen",
        "--on",
        "2026-01-31",
        "--kb",
        plant,
    )
    base, text = load(plant), (plant / FILE).read_text(encoding="utf-8")
    hashes = Hashes(base)
    assert text == signing.HEAD + (
        "- rule: too-dear\n"
        "  claim: p1s2\n"
        f'  rule-hash: "{hashes.citing("rule", "too-dear")}"\n'
        f'  claim-hash: "{hashes.claim("p1s2")}"\n'
        '  by: "A: \\"B\\""\n'
        "  on: 2026-01-31\n"
        '  note: "# seen"\n'
        "- data: fern.fee\n"
        "  claim: p1s2\n"
        f'  data-hash: "{hashes.citing("data", "fern.fee")}"\n'
        f'  claim-hash: "{hashes.claim("p1s2")}"\n'
        '  by: "A: \\"B\\""\n'
        "  on: 2026-01-31\n"
        '  note: "# seen"\n'
    )
    assert {a.by for a in load_reviews(plant)} == {'A: "B"'}


@pytest.mark.parametrize("start", ["# mine\r\n", "\ufeff# mine\n", "---\n# mine\n"])
@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("end", ["\n", "", "\n# the end\n", "  # the end"])
def test_what_is_there_is_not_touched(plant: Path, start: str, indent: str, end: str) -> None:
    """Comments, order, quotes, line ends and the byte order mark stay, to the byte."""
    kb("approve", "too-dear", "--by", "Ann", "--kb", plant)
    entries = [indent + line for line in (plant / FILE).read_text().splitlines() if line[:1] in "- "]
    entries[1] += "   # why"
    line_end = "\r\n" if "\r" in start + end else "\n"
    data = (start + (line_end if start[-1:] == "#" else "") + line_end.join(entries) + end).encode()
    (plant / FILE).write_bytes(data)
    (plant / FILE).chmod(0o640)
    approve_all(plant, "Bob")
    after = (plant / FILE).read_bytes()
    assert after.startswith(data)
    assert (b"\r\n" in after) == (b"\r\n" in data)
    assert [a.by for a in load_reviews(plant)] == ["Ann"] + ["Bob"] * 7
    assert not waiting(plant)
    assert (plant / FILE).stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (plant / "kb").glob("reviews*")] == ["reviews.yaml"]


@pytest.mark.parametrize("text", ["[]\n", "--- \n[]\n...\n"])
def test_what_cannot_be_appended_to_stays_as_it_is(plant: Path, text: str) -> None:
    (plant / FILE).write_text(text)
    result = kb("approve", "--all", "--by", "Ann", "--kb", plant)
    assert result.exit_code == 3
    assert "reviews.yaml:1:1: nothing can be appended to these reviews" in " ".join(result.output.split())
    assert (plant / FILE).read_text() == text


def test_not_larger_than_can_be_read(plant: Path) -> None:
    kb("approve", "too-dear", "--by", "Ann", "--kb", plant)
    text = (plant / FILE).read_text()
    (plant / FILE).write_text(text + "#" * (999_900 - len(text)) + "\n")
    result = kb("approve", "--all", "--by", "Ann", "--kb", plant)
    assert result.exit_code == 3 and "larger than 1,000,000 bytes" in " ".join(result.output.split())
    assert len(load_reviews(plant)) == 1


def test_a_link_stays_a_link(plant: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("# here\n")
    (plant / FILE).symlink_to(tmp_path / "elsewhere.yaml")
    approve_all(plant)
    assert (plant / FILE).is_symlink() and not waiting(plant)


@pytest.mark.parametrize("reviewers", some_or_all(3, 9, more=6))
def test_many_at_the_same_time(plant: Path, reviewers: int) -> None:
    """None is lost, whoever comes first."""
    names = [f"Reviewer {n}" for n in range(reviewers)]
    started = [
        subprocess.Popen(
            [*PROGRAM, "kb", "approve", "too-dear", "fern.likes", "--by", name, "--kb", str(plant)]
        )
        for name in names
    ]
    assert [process.wait() for process in started] == [0] * reviewers
    found = load_reviews(plant)
    assert sorted({a.by for a in found}) == names and len(found) == 3 * reviewers
    assert [path.name for path in (plant / "kb").glob("reviews*")] == ["reviews.yaml"]


def test_stopped_in_the_middle(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is the old one or the new one."""
    kb("approve", "too-dear", "--by", "Ann", "--kb", plant)
    before = (plant / FILE).read_bytes()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, stop)
            with pytest.raises(KeyboardInterrupt):
                signing.append(plant, [approval(waiting(plant)["fern.fee", "p1s2"])])
        assert (plant / FILE).read_bytes() == before
        assert [path.name for path in (plant / "kb").glob("reviews*")] == ["reviews.yaml"]


def approval(pair: Pair) -> Approval:
    return Approval(*pair[:5], "Ann", "2026-01-31")


def test_left_over_from_one_that_was_killed(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "PATIENCE", 0.05)
    part = plant / "kb" / "reviews.yaml.part"
    part.write_text("half")
    with pytest.raises(CaseError, match="is there, so nothing was written") as error:
        signing.append(plant, [])
    assert "delete the file" in error.value.problems[0].help
    assert part.read_text() == "half" and not (plant / FILE).exists()


def test_where_nothing_can_be_written(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CaseError, match=r"reviews\.yaml` cannot be written: Permission denied"):
        signing.append(plant, [])
