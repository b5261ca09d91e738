"""Text in other encodings, and what cannot be one."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tables import pl, ran, why_refused

from expert.io.problems import CaseError
from expert.population.encodings import text_lines
from expert.population.tables import ReadAs


def test_what_is_said_of_how_to_read(tmp_path: Path) -> None:
    text = "scar_depth;budget;n\ndeep;12,5;é\nboth;1.234;x\nboth;1.234,5;x\ndeep;12,567;x\n"
    for encoding in ("latin-1", "utf-16", "utf-16-le"):
        (tmp_path / "cases.csv").write_bytes(text.encode(encoding))
        counts, told = ran(tmp_path / "cases.csv", ReadAs(True, encoding, decimal_comma=True))
        assert counts == (4, 1, 3)
        assert told[2]["cells"]["budget"] == "12,567"  # as it stands there
        assert told[2]["reasons"][0].startswith("`12,567` is not a number")
        result = pl.read_csv(tmp_path / "out.csv")
        assert result.select("budget", "n").rows() == [(12.5, "é")]
    assert "is not utf-16 text" in why_refused(tmp_path / "cases.csv", ReadAs(True, "utf-16"))
    assert "unknown encoding `rot13`" in why_refused(tmp_path / "cases.csv", ReadAs(encoding="rot13"))
    assert "separates no cells" in why_refused(tmp_path / "cases.csv", ReadAs(separator="::"))
    assert "is not idna text" in why_refused(tmp_path / "cases.csv", ReadAs(True, "idna"))
    assert "is about none of these files" in why_refused(tmp_path / "cases.csv", ReadAs(sheet="One"))


def test_marks_and_lost_bytes(tmp_path: Path) -> None:
    text = "scar_depth,n\ndeep,x\nboth,y\n"
    path = tmp_path / "cases.csv"
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
        path.write_bytes(f"\ufeff{text}".encode(encoding))
        assert ran(path, ReadAs(True, encoding))[0] == (2, 2, 0)
        assert f"it begins as {encoding[:6].rstrip('-')} does" in why_refused(path, ReadAs(True, "cp1252"))
    path.write_bytes(text.replace("x", "\ud83d").encode("utf-16", "surrogatepass"))
    counts, [told] = ran(path, ReadAs(True, "utf-16"))
    assert (counts, told["line"], told["reasons"][0][:11]) == ((2, 1, 1), 2, "not text in")


def test_lines_have_an_end(tmp_path: Path) -> None:
    (tmp_path / "cases.json").write_text("[1, 2, 3]")
    assert [*text_lines(tmp_path / "cases.json", "", longest=-1)] == ["[1, 2, 3]"]  # an array is read whole
    with pytest.raises(CaseError, match="a line of more than 5 characters: line 1"):
        list(text_lines(tmp_path / "cases.json", "", longest=5))
