"""`audit forget`: what is erased is nowhere any more, and every command says so."""

from __future__ import annotations

import re
from pathlib import Path

from support.ledger_make import bytes_kept, contents_kept, head_of, packed_contents, parts, verified
from support.records import made, on_stderr, output, run, shown


def test_forget(path: Path) -> None:
    """The answers are in no file any more, the chain is whole, and every command says what is gone."""
    kept = made(path, "scar_depth=deep", "--label", "Grace")
    id = made(path, "scar_depth=shallow", "scar_count=481516", "--label", "Ada Lovelace")
    packed = parts(packed_contents(path))
    assert contents_kept(path, packed) == {kept, id}, "the search must be able to find them"
    assert run(path, "audit", "forget", id, stdin="no\n").code == 130
    assert run(path, "audit", "forget", id, stdin="").code == 130
    assert contents_kept(path, packed) == {kept, id}
    done = run(path, "audit", "forget", id, "--reason", "asked to", stdin="yes\n")
    assert done.code == 0
    erasure, head = re.search(r"record (\w{5})\nHead (\w{64})", done.stdout).groups()  # type: ignore[union-attr]
    assert head_of(path) == (3, head)
    assert contents_kept(path, packed) == {kept}
    assert bytes_kept(path, "481516", "Ada Lovelace") == []

    verify = output(path, "audit", "verify", "--head", head)
    assert "3 records, of them 1 erasure: the chain is whole" in verify
    assert re.search(rf"{id} was erased at \d{{4}}-\d\d-\d\dT[0-9:.]+Z: asked to", verify)
    for words in (
        ("audit", "show", id),
        ("explain", "how", "punch-technique", id),
        ("explain", "why-not", "punch-technique", id),
        ("what-if", id, "active_acne=no"),
        ("audit", "replay", id),
        ("audit", "export", "--format", "prov", "--id", id),
    ):
        result = run(path, *words)
        assert result.code == 4 and f"record `{id}` was erased at 2" in on_stderr(result), words
        assert words[1] == "replay" or "asked to" in on_stderr(result)
        assert not result.stdout
    told = run(path, "audit", "show", erasure)
    assert told.code == 4 and f"it erased `{id}` at" in told.stderr
    assert shown(path, erasure)["header"]["reason"] == "asked to"
    assert shown(path, id)["content"] is None
    again = run(path, "audit", "forget", id, "--yes")
    assert again.code == 4 and "nothing left to forget" in again.stderr
    assert run(path, "audit", "forget", erasure, "--yes").code == 4
    lines = output(path, "--width", "120", "audit", "list").splitlines()
    assert any(id in line and "(erased)" in line for line in lines)
    assert any(erasure in line and f"erased {id}: asked to" in line for line in lines)
    assert output(path, "audit", "replay", "--all") == "1 of 1 record came out the same.\n"
    assert shown(path)["header"]["id"] == kept
    assert verified(path).entries == 3


def test_an_empty_id_erases_nothing(path: Path) -> None:
    made(path, "scar_depth=deep")
    result = run(path, "audit", "forget", "", "--yes")
    assert result.code == 4 and "no record" in on_stderr(result)
    assert verified(path).erased == 0


def test_forget_several(path: Path) -> None:
    """Those from before a time, or with words in their labels; which they are is shown first."""
    names = ("Ada", "Grace", "Alan")
    ids = [made(path, "scar_depth=deep", "--label", f"{name}, first visit") for name in names]
    kept = made(path, "scar_depth=deep")
    asked = run(path, "audit", "forget", "--label", "FIRST visit", stdin="no\n")
    assert asked.code == 130 and all(id in asked.stderr for id in ids) and kept not in asked.stderr
    assert "these 3 records" in asked.stderr and verified(path).erased == 0
    assert "Erased" in output(path, "audit", "forget", "--label", "Ada", "--yes")
    assert output(path, "audit", "forget", "--before", "2020-01", "--yes").startswith("No record fits")
    assert "not a time for --before" in run(path, "audit", "forget", "--before", "long ago").stderr
    done = output(
        path,
        "audit",
        "forget",
        "--before",
        "2999-01",
        "--label",
        "visit",
        "--yes",
        "--reason",
        "kept too long",
    )
    assert done.count("Erased ") == 2 and verified(path).erased == 3
    assert bytes_kept(path, "Ada", "Grace", "Alan") == []
    assert shown(path)["header"]["id"] == kept
    for words in ((), ("last", "--label", "x"), ("--before", "yesterday")):
        assert run(path, "audit", "forget", *words, "--yes").code == 2, words
