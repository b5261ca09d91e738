"""Files as they come: what is understood, refused and rejected."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from support.tables import pl, ran, why_refused, workbook

from expert.population.tables import ReadAs

ACCEPTED = {
    "trailing comma.csv": b"scar_depth,n,\ndeep,x,\n",
    "index.csv": b",scar_depth\n0,deep\n",
    "said.csv": b"sep=;\nscar_depth;n\ndeep;x\n",
    "tabs said.csv": b"sep=\t\nscar_depth\tn\ndeep\tx\n",
    "semicolons.csv": b"scar_depth;n\ndeep;x\n",
    "tabs.csv": b"scar_depth\tn\ndeep\tx\n",
    "pipes.csv": b"scar_depth|n\ndeep|x\n",
    "tabs.tsv": b"scar_depth\tn\ndeep\tx\n",
    "UPPER.CSV": b"scar_depth,n\r\ndeep,x\r\n",
    "brackets[1] and *.csv": b"scar_depth,n\ndeep,x\n",
    "blank before.csv": b"\n\n,,\nscar_depth,n\n\ndeep,x\n",
    "blank with marks.csv": "\xa0\n\u3000;\n\nscar_depth;n\ndeep;x\n".encode(),
    "marked.csv": b"\xef\xbb\xbfscar_depth,n\ndeep,x\n",
    "old line ends.csv": b"scar_depth,n\rdeep,x\r",
    "array.json": b'[{"scar_depth": "deep"}]',
    "one object.json": b'{"scar_depth":\n"deep"}',
    "lines.json": b'{"scar_depth": "deep"}\n',
    "no name.jsonl": b'{"scar_depth":"deep","":1}\n',
    "marked twice.csv": b"\xef\xbb\xbf\xef\xbb\xbfscar_depth,n\ndeep,x\n",
    "said and marked.csv": b'\xef\xbb\xbf"SEP=;"\r\nscar_depth;n\r\ndeep;x\r\n',
    "said on a wide line.csv": b"sep=;;;\nscar_depth;n;m\ndeep;x;y\n",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_understood(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(ACCEPTED[name])
    counts, _ = ran(tmp_path / name)
    assert counts == (1, 1, 0)
    assert pl.read_csv(tmp_path / "out.csv")["scar_depth"].to_list() == ["deep"]


REFUSED = {
    "none.csv": (b"foo,bar\n1,2\n", "has no column that is an attribute"),
    "near.csv": (b"Scar_Depth,budget \ndeep,5\n", "`Scar_Depth` seems to be `scar_depth`, `budget `"),
    "some near.csv": (b"Scar_Depth,budget\ndeep,5\n", "`Scar_Depth` of"),
    "near.jsonl": (b'{"scar-depth":"deep","budget":5}\n', "seems to be the attribute `scar_depth`"),
    "utf-16.csv": ("scar_depth,n\n".encode("utf-16"), "it looks like UTF-16: `--encoding utf-16`"),
    "utf-32.csv": ("scar_depth,n\n".encode("utf-32"), "it looks like UTF-32: `--encoding utf-32`"),
    "packed.csv": (gzip.compress(b"scar_depth,n\ndeep,x\n"), "it looks like packed data"),
    "workbook.csv": (b"PK\x03\x04\x14\0", "it looks like a workbook, whose name"),
    "table.jsonl": (b"PAR1\x15\x04", "its name has to end in `.parquet`"),
    "arrow.csv": (b"ARROW1\0\0\xff", "it looks like Arrow"),
    "old.csv": (b"\xd0\xcf\x11\xe0\xa1\xb1", "it looks like an old workbook"),
    "old.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old workbook (.xls), or locked"),
    "wide.csv": (b"scar_depth" + b"," * 20_000 + b"\n", "has 20,001 columns, and no more than"),
    "page.csv": (b"%PDF-1.4\n%\xe2\xe3\n", "it looks like a PDF"),
    "no mark.csv": ("scar_depth,n\n".encode("utf-16-le"), "`--encoding` says which"),
    "header.csv": ("scar_depth,né\ndeep,x\n".encode("latin-1"), "has a name that is not text"),
    "commas.csv": (b",,\n,,\n", "has no header"),
    "open header.csv": (b'"scar_depth,n\ndeep,x\n', "line 1: a quote opens here"),
    "half.jsonl": (b'{"scar_depth":"deep","\\ud83d":1}\n', "has a name that is not text"),
    "no rows.jsonl": (b"{oops\n[1]\n", "line 1: not JSON"),
    "deep.json": (b"[" * 100_000, "nested too deeply"),
    "two.json": (b'[{"scar_depth":"deep"} {}]', "is not JSON"),
    "no.xlsx": (b"PK\x03\x04", "is no workbook that can be read"),
    "broken.parquet": (b"PAR1PAR1", "cannot be read"),
    "case.csv": (b"scar_depth,Scar-Depth\ndeep,both\n", "seems to be the attribute `scar_depth` too"),
    "case.jsonl": (b'{"scar_depth":"deep","scar_depth ":1}\n', "seems to be the attribute `scar_depth` too"),
    "two separators.csv": (b"scar_depth;budget,n\ndeep;5,x\n", "column `budget,n` of"),
    "three separators.csv": (b"scar_depth,n;budget\ndeep,x;5\n", "column `n;budget` of"),
    "quoted.csv": (b"'scar_depth','n'\n'deep','x'\n", "`'scar_depth'` seems to be `scar_depth`"),
    "title.csv": (b"My table\n\nscar_depth,n\ndeep,x\n", "its columns: My table; attributes: "),
    "said of none.csv": (b"sep=\\t\nscar_depth\tn\ndeep\tx\n", "is not understood: line 1: `sep=\\t`"),
    "said again.csv": (b'"sep=;",,\nscar_depth;n\ndeep;x\n', "is not understood: line 1"),
    "line ends.csv": ("scar_depth,n\u2028deep,x\u2028".encode(), "has U+2028 in its name"),
    "digits.json": (b"1" * 5_000, "line 1: not a JSON object"),
    "deep row.json": (b'[{"scar_depth":"deep"},{"n":' + b"[" * 100_000, "its row 2 is nested too deeply"),
    "nothing.jsonl": (b"{}\n", "line 1: an object with nothing in it"),
    "a.csv.gz": (gzip.compress(b"scar_depth\ndeep\n"), "unpack it first"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(tmp_path: Path, name: str) -> None:
    data, message = REFUSED[name]
    (tmp_path / name).write_bytes(data)
    assert message in why_refused(tmp_path / name)


REJECTED = {
    "stray.csv": (b'scar_depth,n\ndeep,x\n"both,y\n,z\n,"q\nr"\n,w\n', (5, 4), 3, "a quote opens here"),
    "inside.csv": (b'scar_depth,n\nboth,"a"b\nboth,z\n', (2, 1), 2, "a quote stands inside a cell"),
    "open.csv": (b'scar_depth,n\n"deep,x\n' + b"both,y\n" * 1_000, (1_001, 1_000), 2, "within 1,000 lines"),
    "commas.csv": (b"scar_depth,n\ndeep,x\n , \nboth,\n", (3, 2), 3, "every cell is empty"),
    "long.csv": (b"scar_depth,n\ndeep," + b"x" * 200_000 + b"\nboth,z\n", (2, 1), 2, "a cell is longer than"),
    "latin.csv": ("scar_depth,n\ndeep,é\nboth,x\n".encode("latin-1"), (2, 1), 2, "not text in its encoding"),
    "comma.csv": (b"scar_depth;budget\ndeep;12,5\nboth;1\n", (2, 1), 2, "`--decimal-comma` reads a comma"),
    "near.csv": (b"scar_dept,budget\ndeep,1\n", (1, 0), 2, "`scar_depth`; is `scar_dept` meant to be it?"),
    "half.jsonl": (b'{"budget":1,"n":1}\n\n{"budget":1,"n":"\\ud83d"}\n', (2, 1), 3, "half of a"),
    "deep.jsonl": (b'{"scar_depth":"deep"}\n{"n":' + b"[" * 100_000 + b"\n", (2, 1), 2, "nested too deeply"),
    "first.jsonl": (b'{oops\n{"scar_depth":"deep"}\n', (2, 1), 1, "not JSON"),
    "again.csv": (b"scar_depth,n\ndeep,x\n\xef\xbb\xbfscar_depth,n\n", (2, 1), 3, "header stands here again"),
    "nothing.jsonl": (b'{}\n{"scar_depth":"deep"}\n', (2, 1), 1, "an object with nothing in it"),
    "first.json": (b'[null,{"scar_depth":"deep"}]', (2, 1), 1, "not a JSON object"),
    "unknown first.jsonl": (b'{"answers":{"foo":1}}\n{"answers":{}}\n', (2, 1), 1, "unknown attribute `foo`"),
    "answers.jsonl": (b'{"answers":{}}\n{"answers":{"foo":1}}\n', (2, 1), 2, "unknown attribute `foo`"),
}  # fmt: skip


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_rejected_and_what_is_kept(tmp_path: Path, name: str) -> None:
    data, (read, accepted), line, reason = REJECTED[name]
    (tmp_path / name).write_bytes(data)
    counts, [told] = ran(tmp_path / name, ReadAs(absent=name != "near.csv"))
    assert (counts.read, counts.accepted, told["line"]) == (read, accepted, line)
    assert reason in told["reasons"][0]


def test_below_another_header_no_row_is_understood(tmp_path: Path) -> None:
    """What stands there would be read under the wrong names: tables were put together."""
    rows = [
        ["scar_count", "budget"],
        [1, 2],
        ["budget", "scar_count"],
        [3, 4],
        ["scar_count", "budget"],
        [5, 6],
    ]
    (tmp_path / "a.csv").write_text("".join(f"{one},{other}\n" for one, other in rows))
    for path in (tmp_path / "a.csv", workbook(tmp_path / "a.xlsx", *rows)):
        counts, told = ran(path)
        assert counts == (5, 2, 3)
        assert [(row["line"], row["reasons"]) for row in told] == [
            (3, ["another header stands here"]),
            (4, ["it stands below another header, that of line 3"]),
            (5, ["the header stands here again"]),
        ]
    (tmp_path / "a.csv").write_text("budget,n\n2,x\nbudget,zip\n4,1010\n\n,budget\n")
    assert ran(tmp_path / "a.csv")[0] == (4, 1, 3)
