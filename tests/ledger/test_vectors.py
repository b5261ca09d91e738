"""The canonical vectors of docs/ledger.md: this program makes them, and so does other code.

That is `support/reproduce.py`, which shares nothing with the program.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from support import reproduce
from support.shell import ROOT, cicatrix
from support.signing import KEEPER

from expert.io.files import content_hash
from expert.io.json import canonical, digest
from expert.io.problems import LedgerError
from expert.ledger import store
from expert.ledger.exchange.evidence import evidence_of
from expert.ledger.notes import note_on
from expert.ledger.store import Ledger
from expert.ledger.transparency.merkle import consistency_proof, path_to, root_of
from expert.ledger.trust.attested import leaf_of
from expert.ledger.trust.signatures import sign_head
from expert.ledger.trust.verification import Kept, verify

FOLDER = ROOT / "tests/data/vectors"
BUNDLE = FOLDER / "bundle.jsonl"
VECTORS: dict[str, Any] = json.loads((FOLDER / "vectors.json").read_text("utf-8"))
ENTRIES: list[dict[str, Any]] = VECTORS["entries"]
MEANING: list[dict[str, Any]] = json.loads((FOLDER / "meaning.json").read_text("utf-8"))["entries"]
FILES: dict[str, str] = VECTORS["knowledge"]["files"]


def test_the_vectors_hold_what_they_should() -> None:
    assert [entry["header"]["kind"] for entry in ENTRIES] == ["consultation"] * 3 + ["erasure"]
    assert not ENTRIES[1]["content_text"].isascii() and not VECTORS["knowledge"]["text"].isascii()
    assert {type(answer["value"]) for answer in ENTRIES[2]["content"]["answers"]} == {int, float}
    assert ENTRIES[3]["header"]["erases"] == ENTRIES[0]["header"]["id"]
    assert len({entry["hash"] for entry in ENTRIES}) == 4 and len(VECTORS["values"]) > 5


@pytest.mark.parametrize("vector", VECTORS["values"], ids=lambda vector: vector["about"])
def test_values(vector: dict[str, Any]) -> None:
    for text in (canonical(vector["data"]), reproduce.canonical(vector["data"])):
        assert text == vector["text"]
    for hash in (digest(vector["text"]), reproduce.digest(vector["text"])):
        assert hash == vector["sha256"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["about"])
def test_what_has_no_text(vector: dict[str, Any], path: Path) -> None:
    for make in (canonical, reproduce.canonical):
        with pytest.raises(ValueError):
            make(vector["data"])
    header = {"knowledge": VECTORS["knowledge"]["hash"], "programs": {}}
    with Ledger(path, write=True) as ledger, pytest.raises(LedgerError, match="cannot be recorded"):
        ledger.append(header, {"label": vector["data"]}, FILES)


@pytest.mark.parametrize("entries", [ENTRIES, MEANING], ids=["chain", "meaning"])
def test_this_program_writes_the_chain(
    entries: list[dict[str, Any]], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger that is given what the vectors hold, salts, ids and times too, has their bytes."""
    with Ledger(path, write=True) as ledger:
        for entry in entries:
            header, content = dict(entry["header"]), dict(entry["content"] or {})
            salt = content.pop("salt", "")
            monkeypatch.setattr(store, "utc_now", lambda time=header["time"]: time)
            monkeypatch.setattr(Ledger, "_new_id", lambda _, id=header["id"]: id)
            monkeypatch.setattr(store, "new_salt", lambda salt=salt: salt)
            if header["kind"] == "erasure":
                ledger.forget(header["erases"], header["reason"])
                continue
            given = {name: header[name] for name in ("knowledge", "programs", "meaning") if name in header}
            ledger.append(given, content, FILES)
            assert [*ledger.rows()][-1] == row_of(entry)
        rows = [*map(row_of, entries)]
        if "erases" in entries[-1]["header"]:
            rows[0] = (*rows[0][:3], None, rows[0][4])
        assert [*ledger.rows()] == rows
        assert ledger.knowledge_rows() == [(VECTORS["knowledge"]["hash"], VECTORS["knowledge"]["text"])]
        assert verify(ledger, Kept(entries[-1]["hash"])).fault is None
    assert content_hash(FILES) == VECTORS["knowledge"]["hash"]


def row_of(entry: dict[str, Any]) -> tuple[Any, ...]:
    """An entry as a ledger stores it, before any erasure."""
    header = entry["header"]
    return header["seq"], header["id"], entry["header_text"], entry["content_text"], entry["hash"]


@pytest.mark.parametrize("entries", [ENTRIES, MEANING], ids=["chain", "meaning"])
def test_other_code_reproduces_the_chain(entries: list[dict[str, Any]]) -> None:
    """From the data alone, as docs/ledger.md says."""
    previous = "0" * 64
    for entry in entries:
        header, content = entry["header"], entry["content"]
        if content is not None:
            assert reproduce.canonical(content) == entry["content_text"]
            assert reproduce.digest(entry["content_text"]) == header["content"]
        assert reproduce.canonical(header) == entry["header_text"]
        assert entry["previous"] == previous
        previous = reproduce.digest(previous, entry["header_text"])
        assert entry["hash"] == previous


def test_other_code_reproduces_the_knowledge_and_the_bundle() -> None:
    assert reproduce.knowledge_hash(FILES) == VECTORS["knowledge"]["hash"]
    assert reproduce.canonical(FILES) == VECTORS["knowledge"]["text"]
    assert reproduce.bundle(VECTORS).encode() == BUNDLE.read_bytes()


def test_the_other_code_shares_nothing_with_this_program() -> None:
    tree = ast.parse(Path(reproduce.__file__).read_text("utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    named = {getattr(node, "module", None) or node.names[0].name for node in imported}
    assert named == {"__future__", "base64", "json", "math", "hashlib", "typing"}


def test_the_bundle_is_read_and_written_as_it_is(tmp_path: Path) -> None:
    """Whatever layout this program writes today, it takes this one in, and gives it back byte by byte."""
    ledger, again = str(tmp_path / "ledger.sqlite"), tmp_path / "again.jsonl"
    verified = cicatrix("audit", "verify", str(BUNDLE), "--head", ENTRIES[-1]["hash"])
    assert (verified.code, verified.stderr) == (0, "") and ENTRIES[-1]["hash"] in verified.stdout
    assert cicatrix("audit", "import", str(BUNDLE), "--ledger", ledger).code == 0
    assert cicatrix("audit", "export", "--ledger", ledger, "-o", str(again)).code == 0
    assert again.read_bytes() == BUNDLE.read_bytes()


@pytest.mark.parametrize("part", ["header", "content", "hash"])
def test_a_vector_with_one_letter_otherwise_fails(part: str, tmp_path: Path) -> None:
    lines = BUNDLE.read_text("utf-8").split("\n")  # U+2028 ends no line
    entry = json.loads(lines[3])  # the second record
    entry[part] = entry[part].replace("a", "b", 1)
    lines[3] = canonical(entry)
    changed = tmp_path / "changed.jsonl"
    changed.write_text("\n".join(lines), "utf-8")
    assert cicatrix("audit", "verify", str(changed)).code == 1


# --- layout 3: authors, notes, signed heads, and the tree over the entries ----------------------
LAYOUT_3: dict[str, Any] = json.loads((FOLDER / "layout-3.json").read_text("utf-8"))


def test_other_code_reproduces_layout_3() -> None:
    """Chain, bundle, trees and evidence: from the data alone, as docs/ledger.md says."""
    entries, previous = LAYOUT_3["entries"], "0" * 64
    kinds = ["consultation", "consultation", "note", "signature", "erasure"]
    assert [entry["header"]["kind"] for entry in entries] == kinds and entries[0]["content"]["by"]
    for entry in entries:
        if entry["content"] is not None:
            assert reproduce.canonical(entry["content"]) == entry["content_text"]
            assert reproduce.digest(entry["content_text"]) == entry["header"]["content"]
        assert reproduce.canonical(entry["header"]) == entry["header_text"] and entry["previous"] == previous
        previous = reproduce.digest(previous, entry["header_text"])
        assert entry["hash"] == previous
    assert reproduce.bundle(LAYOUT_3) == (FOLDER / "layout-3.jsonl").read_text("utf-8")
    assert reproduce.evidence(LAYOUT_3, 1) + "\n" == (FOLDER / "evidence.json").read_text("utf-8")
    hashes = [entry["hash"] for entry in entries]
    for tree in LAYOUT_3["trees"]:
        some = hashes[: tree["entries"]]
        assert reproduce.root(some).hex() == tree["root"]
        for n, path in enumerate(tree["paths"]):
            assert [one.hex() for one in reproduce.path(n, some)] == path
        for old, proof in enumerate(tree["consistency"]):
            assert [one.hex() for one in reproduce.consistency(old, some)] == proof
    assert LAYOUT_3["signed"]["text"] == reproduce.checkpoint("clinic.example/ledger", hashes[:3])


def test_this_program_has_the_same_trees_and_keys() -> None:
    leaves = [leaf_of(entry["hash"]) for entry in LAYOUT_3["entries"]]
    for tree in LAYOUT_3["trees"]:
        some = leaves[: tree["entries"]]
        assert root_of(some).hex() == tree["root"]
        for n, path in enumerate(tree["paths"]):
            assert [one.hex() for one in path_to(n, some)] == path
        for old, proof in enumerate(tree["consistency"]):
            assert [one.hex() for one in consistency_proof(old, some)] == proof
    assert KEEPER.text() == LAYOUT_3["keys"]["private"]
    assert KEEPER.verifier().text() == LAYOUT_3["keys"]["public"]


def test_this_program_writes_layout_3(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given salts, ids, times and the key of the vectors: the same entries, bundle and evidence."""
    with Ledger(path, write=True) as ledger:
        for entry in LAYOUT_3["entries"]:
            header, content = dict(entry["header"]), dict(entry["content"] or {})
            salt = content.pop("salt", "")
            monkeypatch.setattr(store, "utc_now", lambda time=header["time"]: time)
            monkeypatch.setattr(Ledger, "_new_id", lambda _, id=header["id"]: id)
            monkeypatch.setattr(store, "new_salt", lambda salt=salt: salt)
            if header["kind"] == "consultation":
                given = {name: header[name] for name in ("knowledge", "programs", "meaning")}
                ledger.append(given, content, FILES)
            elif header["kind"] == "note":
                note_on(ledger, header["about"], **content)
            elif header["kind"] == "signature":
                assert sign_head(ledger, KEEPER)[1].written() == LAYOUT_3["signed"]["note"]
            else:
                ledger.forget(header["erases"], header["reason"])
            header_text, hash = [*ledger.rows()][-1][2], [*ledger.rows()][-1][4]
            assert (header_text, hash) == (entry["header_text"], entry["hash"])
        assert evidence_of(ledger, ledger.entry("bbbb3"), True).text + "\n" == (
            FOLDER / "evidence.json"
        ).read_text("utf-8")
    again = tmp_path / "again.jsonl"
    assert cicatrix("audit", "export", "--ledger", str(path), "-o", str(again)).code == 0
    assert again.read_bytes() == (FOLDER / "layout-3.jsonl").read_bytes()
    key = LAYOUT_3["keys"]["public"]
    assert cicatrix("audit", "verify", str(FOLDER / "layout-3.jsonl"), "--key", key).code == 0
