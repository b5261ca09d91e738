"""How contents are stored: small, and read as the very text that was hashed, whatever was done to them."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest
from support.ledger_make import behind, packed_contents, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.records import made, on_stderr, output, run

from expert.io.json import digest
from expert.ledger import packing
from expert.ledger.store import Ledger
from expert.ledger.trust.verification import verify

ANSWERS = ("scar_depth=deep", "active_acne=yes", "otc_result=did-not-help", "scar_count=12", "budget=600")


def test_a_record_is_small(path: Path) -> None:
    """Of the built-in base, with its whole trace."""
    made(path, *ANSWERS)
    with Ledger(path) as ledger:
        text = next(ledger.rows())[3]
    assert text is not None and len(text) > 40_000
    (stored,) = packed_contents(path).values()
    assert isinstance(stored, bytes) and len(stored) < 6_000


@pytest.mark.parametrize(
    "more", ["", "x" * 100_000, "\u00e9\u20ac\U0001f600" * 1000, "\x00\x01", *packing.PHRASES]
)
def test_a_content_is_read_as_it_was_hashed(path: Path, more: str) -> None:
    """Phrases within texts are escaped, and so no phrases; signs that stand for phrases are escaped too."""
    with Ledger(path, write=True) as ledger:
        appended = ledger.append(HEADER, content("one", more=more), FILES)
    with Ledger(path) as ledger:
        assert ledger.entry("last") == appended
        assert verify(ledger).fault is None


def test_the_phrases_are_those_of_the_mark() -> None:
    """What was packed by them is unpacked by them for ever: others would need another mark."""
    assert digest(*packing.PHRASES) == "7428949162984b8a1323d7f987b4075d0c97bc0a423db30df975ddca3053dc3f"
    assert packing.MARK == b"\x01" and len(packing.PHRASES) == 31


def test_a_content_that_is_too_long_to_unpack_is_kept_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST", 2_000)
    with Ledger(path, write=True) as ledger:
        short, long = (ledger.append(HEADER, content("one", more="x" * n), FILES) for n in (9, 9_000))
        assert [ledger.entry(entry.id) for entry in (short, long)] == [short, long]
    kinds = [type(stored) for stored in packed_contents(path).values()]
    assert kinds == [bytes, str] and verified(path).fault is None


BAD = {
    "nothing": b"",
    "no compression": b"\x01\x02\x03",
    "cut off": None,
    "more behind it": None,
    "without its mark": zlib.compress(b"{}"),
    "by no words": packing.MARK + zlib.compress(b"{}"),
    "what unfolds without end": packing.MARK + zlib.compress(b"\0" * 300_000, 1),
    "what phrases unfold without end": packing.MARK + zlib.compress(b"\1" * 9_000, 1),
    "no text": packing.MARK + zlib.compress(b"\xff\xfe"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_unpacked_is_said_to_be_so(
    path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST", 200_000)
    ids = small(path)
    stored = packed_contents(path)[ids[1]]
    bad = BAD[kind]
    if bad is None:
        bad = stored[:-1] if kind == "cut off" else stored + b"\0"
    with behind(path) as connection:
        connection.execute("UPDATE entries SET content = ? WHERE seq = 2", (bad,))
    fault = verified(path).fault
    said = "has a changed content" if kind == "by no words" else "has a content that cannot be unpacked"
    assert fault is not None and fault.seq == 2 and fault.message.startswith(said)
    result = run(path, "audit", "show", ids[1])
    assert result.code == 4 and said in on_stderr(result)
    listed = run(path, "audit", "list", "--json", "--verdict", "not-advised")
    assert listed.code == 1 and said in json.loads(listed.stdout)[0]["fault"]


def test_filters_read_what_is_packed(path: Path) -> None:
    deep, shallow = made(path, *ANSWERS), made(path, "scar_depth=shallow", "--label", "Ada")
    for words, id in (
        (("--text", "over-the-counter products did not"), deep),
        (("--label", "ada"), shallow),
        (("--rule", "shallow-scars-present"), shallow),
        (("--claim", "p9s1"), deep),
    ):
        assert [found["id"] for found in json.loads(output(path, "audit", "list", "--json", *words))] == [id]


def test_a_ledger_of_before_is_read_and_what_is_added_is_packed(path: Path) -> None:
    made(path, "scar_depth=deep")
    with behind(path) as connection:
        connection.execute("UPDATE entries SET content = unpacked(CAST(header AS BLOB), content)")
        connection.execute("PRAGMA user_version = 2")
    head = verified(path).head
    made(path, "scar_depth=shallow")
    assert [type(stored) for stored in packed_contents(path).values()] == [str, bytes]
    assert verified(path, head).fault is None
    with behind(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (12,)


def test_an_imported_ledger_is_packed(path: Path, tmp_path: Path) -> None:
    made(path, "scar_depth=deep")
    bundle, other = tmp_path / "bundle.jsonl", tmp_path / "other.sqlite"
    output(path, "audit", "export", "-o", str(bundle))
    output(path, "audit", "import", str(bundle), "--ledger", str(other))
    assert packed_contents(other) == packed_contents(path)
