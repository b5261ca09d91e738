"""Notes on records, and who held them: appended and chained, erased with the record, told everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.ledger_make import (
    ALL,
    TEXT,
    behind,
    bytes_kept,
    contents_kept,
    head_of,
    packed_contents,
    parts,
    rewritten,
    small,
    verified,
)
from support.ledger_worker import FILES, HEADER, content
from support.records import made, on_stderr, output, run, shown

from expert.io.json import canonical, digest
from expert.io.problems import CaseError, LedgerError
from expert.ledger.notes import note_on, notes_on
from expert.ledger.store import Ledger

SAID = ("--by", "R. Hill", "--judgement", "disagree", "--text", "the depth was guessed")


def noted(path: Path, id: str, *words: str) -> str:
    """The id of a note that is made on a record."""
    return output(path, "audit", "note", id, *(words or SAID)).splitlines()[0].split()[-1]


def layout(path: Path) -> int:
    with Ledger(path) as ledger:
        return ledger.layout()


def test_a_note_changes_no_record(path: Path) -> None:
    id = made(path, "scar_depth=deep", "--by", "Ada King")
    before, head = shown(path, id), head_of(path)
    note = noted(path, id)
    assert head_of(path)[0] == head[0] + 1 and verified(path, head[1]).fault is None
    after = shown(path, id)
    (told,) = after.pop("notes")
    assert after == before and after["content"]["by"] == "Ada King"
    assert told["id"] == note and told["about"] == id and not told["erased"]
    assert [told[name] for name in ("by", "judgement", "text")] == [
        "R. Hill",
        "disagree",
        "the depth was guessed",
    ]
    assert shown(path)["header"]["id"] == id, "`last` is a consultation"


def test_a_record_without_an_author_says_nothing_of_one(path: Path) -> None:
    made(path, "scar_depth=deep")
    assert "by" not in shown(path)["content"] and "notes" not in shown(path)
    assert layout(path) == 2
    made(path, "scar_depth=deep", "--by", "Ada King")
    assert layout(path) == 3, "an earlier program would lose it in silence"


def test_a_note_marks_the_ledger(path: Path) -> None:
    id = small(path)[1]
    assert layout(path) == 2
    with Ledger(path, write=True) as ledger:
        note_on(ledger, id, "R. Hill", "agree", "")
    assert layout(path) == 3 and verified(path).fault is None


def test_the_author_from_the_environment_and_in_a_dialogue(path: Path) -> None:
    output(path, "consult", "scar_depth=deep", CICATRIX_BY="Grace")
    assert shown(path)["content"]["by"] == "Grace"
    stopped = run(path, "consult", "--ask", "scar_depth=deep", "--by", "Ada", stdin="")
    assert stopped.code == 130
    run(path, "consult", "--resume", stdin="unknown\n" * 60)
    assert shown(path)["content"]["by"] == "Ada"


def test_shown_everywhere(path: Path) -> None:
    id = made(path, "scar_depth=deep", "--by", "Ada King")
    other = made(path, "scar_depth=shallow")
    note = noted(path, id)
    listed = json.loads(output(path, "audit", "list", "--json"))
    assert [(s["id"], s["kind"], s["by"]) for s in listed] == [
        (id, "consultation", "Ada King"), (other, "consultation", ""), (note, "note", "R. Hill"),
    ]  # fmt: skip
    assert listed[2]["what"] == f"note on {id}: disagree: the depth was guessed"
    assert [s["id"] for s in json.loads(output(path, "audit", "list", "--by", "ada", "--json"))] == [id]
    assert [s["id"] for s in json.loads(output(path, "audit", "list", "--text", "guessed", "--json"))] == [
        note
    ]
    assert "Ada King" in output(path, "audit", "list") and f"{note}" in output(path, "audit", "list")
    assert output(path, "audit", "list", "--csv").splitlines()[3].endswith(",note,R. Hill,")
    page = output(path, "audit", "show", id, "--brief")
    assert "by Ada King" in page and "R. Hill disagrees: the depth was guessed" in page
    alone = output(path, "audit", "show", note)
    assert (
        alone.startswith(f"Note {note} of ") and f"on record {id}" in alone and "R. Hill disagrees" in alone
    )
    report = path.with_name("report.html")
    output(path, "audit", "report", id, "-o", str(report))
    assert (
        "Ada King" in report.read_text() and "R. Hill disagrees: the depth was guessed" in report.read_text()
    )
    assert "R. Hill" not in output(path, "audit", "show", other)


def test_a_note_is_no_consultation(path: Path) -> None:
    id = made(path, "scar_depth=deep")
    note = noted(path, id)
    assert output(path, "audit", "replay", "--all") == "1 of 1 record came out the same.\n"
    for words in (
        ("explain", "how", "punch", note),
        ("what-if", note, "active_acne=no"),
        ("audit", "replay", note),
        ("audit", "report", note, "-o", str(path.with_name("x.html"))),
        ("audit", "export", "--format", "prov", "--id", note),
    ):
        result = run(path, *words)
        assert result.code == 4 and f"it is a note on `{id}`" in on_stderr(result), words
    result = run(path, "audit", "note", note, *SAID)
    assert result.code == 4 and "is no consultation: nothing can be noted on it" in on_stderr(result)


def test_what_can_be_no_note(path: Path) -> None:
    id = made(path, "scar_depth=deep")
    for words, wrong in (
        (("--text", "x"), "who notes it"),
        (("--by", " ", "--text", "x"), "who notes it"),
        (("--by", "Ada"), "what is to be noted"),
        (("--by", "Ada", "--judgement", "disgree"), "did you mean `disagree`?"),
        (("--by", "Ada", "--text", "a\nb"), "several lines"),
        (("--by", "A\x1b[1mda", "--text", "a"), "no text"),
        (("--by", "Ada", "--text", "x" * 2001), "2,000 at most"),
    ):
        result = run(path, "audit", "note", id, *words)
        assert result.code == 2 and wrong in on_stderr(result), words
    assert run(path, "audit", "note", "zzzz9", *SAID).code == 4
    assert head_of(path)[0] == 1


# --- forgetting --------------------------------------------------------------------------------
def test_what_is_erased_is_erased_with_what_was_noted_on_it(path: Path) -> None:
    kept, id = made(path, "scar_depth=deep"), made(path, "scar_count=481516", "--by", "Ada King")
    noted(path, kept, "--by", "R. Hill", "--text", "of the other")
    note = noted(path, id, "--by", "R. Hill", "--text", "481516 scars, she said")
    asked = run(path, "audit", "forget", id, stdin="no\n")
    assert "and of 1 note on it, for good?" in on_stderr(asked)
    packed = parts(packed_contents(path))
    assert contents_kept(path, packed) == {*packed} >= {id, note}
    told = output(path, "audit", "forget", id, "--yes")
    assert told.startswith(f"Erased {id}, and 1 note on it: record ")
    assert contents_kept(path, packed) == {*packed} - {id, note}
    assert bytes_kept(path, "481516", "she said", "Ada King") == []
    assert verified(path).fault is None
    assert "It was erased at 2" in output(path, "audit", "show", note)
    listed = {s["id"]: s for s in json.loads(output(path, "audit", "list", "--json"))}
    assert listed[note]["what"] == f"note on {id} (erased)" and listed[note]["by"] == ""
    assert len(shown(path, kept)["notes"]) == 1
    result = run(path, "audit", "note", id, *SAID)
    assert result.code == 4 and "was erased: nothing can be noted" in on_stderr(result)
    bundle = path.with_name("all.jsonl")
    output(path, "audit", "export", "-o", str(bundle))
    assert "she said" not in bundle.read_text() and run(path, "audit", "verify", str(bundle)).code == 0


def test_a_note_alone_is_erased(path: Path) -> None:
    id = made(path, "scar_depth=deep")
    first, second = noted(path, id), noted(path, id, "--by", "Ada", "--judgement", "agree")
    packed = parts(packed_contents(path))
    output(path, "audit", "forget", first, "--yes")
    assert [note["id"] for note in shown(path, id)["notes"]] == [second]
    assert verified(path).fault is None and run(path, "audit", "forget", first, "--yes").code == 4
    output(path, "audit", "forget", "--before", "2999-01", "--yes")
    assert run(path, "audit", "verify").code == 0 and not contents_kept(path, packed)


# --- tampering ---------------------------------------------------------------------------------
def in_notes(path: Path) -> tuple[str, str]:
    """A ledger with a note on a record; the ids of both."""
    with Ledger(path, write=True) as ledger:
        id = ledger.append(HEADER, content("first"), FILES).id
        return id, note_on(ledger, id, "R. Hill", "disagree", "the depth was guessed").id


def changed_text(text: str) -> str:
    return text.replace("disagree", "agree")


def header_about(text: str) -> str:
    return canonical({**json.loads(text), "about": "zzzz9"})


def other_judgement(text: str) -> str:
    return canonical({**json.loads(text), "judgement": "perhaps"})


@pytest.mark.parametrize(
    ("column", "change", "sealed", "wrong"),
    [
        ("content", changed_text, False, "has a changed content"),
        ("header", header_about, False, "has been changed"),
        ("header", header_about, True, "which is no record before it"),
        ("content", None, True, "has lost its content"),
    ],
)
def test_a_note_that_was_tampered_with(
    path: Path, column: str, change: Callable[[str], str] | None, sealed: bool, wrong: str
) -> None:
    in_notes(path)
    with behind(path) as connection:
        old = connection.execute(
            f"SELECT {TEXT if column == 'content' else column} FROM entries WHERE seq = 2"
        ).fetchone()[0]
        new = change(old) if change else None
        assert new != old
        connection.execute(f"UPDATE entries SET {column} = ? WHERE seq = 2", (new,))
        if sealed:
            rewritten(connection)
    fault = verified(path).fault
    assert fault and fault.seq == 2 and wrong in fault.message


def test_a_note_kept_behind_an_erasure_is_found(path: Path) -> None:
    id, note = in_notes(path)
    with behind(path) as connection:
        text = connection.execute("SELECT content FROM entries WHERE seq = 2").fetchone()[0]
        with Ledger(path, write=True) as ledger:
            ledger.forget(id, "")
        connection.execute("UPDATE entries SET content = ? WHERE seq = 2", (text,))
    fault = verified(path).fault
    assert fault and f"keeps the note `{note}` on `{id}`" in fault.message


def test_a_bundle_of_notes(path: Path, tmp_path: Path) -> None:
    in_notes(path)
    bundle, target = tmp_path / "all.jsonl", tmp_path / "again.sqlite"
    output(path, "audit", "export", "-o", str(bundle))
    assert bundle.read_text().startswith('{"bundle":3,')
    output(path, "audit", "import", str(bundle), "--ledger", str(target))
    with behind(path) as one, behind(target) as other:
        assert one.execute(ALL).fetchall() == other.execute(ALL).fetchall()
    lines = bundle.read_text().splitlines()
    bundle.write_text("\n".join([lines[0].replace('{"bundle":3', '{"bundle":2'), *lines[1:], ""]))
    result = run(path, "audit", "verify", str(bundle))
    assert result.code == 1 and "of a kind that layout 2 has not" in result.stdout
    entry = json.loads(lines[-1])
    entry["content"] = other_judgement(entry["content"])
    header = {**json.loads(entry["header"]), "content": digest(entry["content"])}
    entry["header"] = canonical(header)
    entry["hash"] = digest(json.loads(lines[-2])["hash"], entry["header"])
    first = {**json.loads(lines[0]), "head": entry["hash"]}
    bundle.write_text("\n".join([canonical(first), *lines[1:-1], canonical(entry), ""]))
    result = run(path, "audit", "verify", str(bundle))
    assert result.code == 1 and "there is no judgement `perhaps`" in " ".join(result.stdout.split())


def test_the_library(path: Path) -> None:
    in_notes(path)
    with Ledger(path, write=True) as ledger:
        entry = ledger.entry("last")
        assert [note.judgement for note in notes_on(ledger, entry)] == ["disagree"]
        for by, judgement, text in (("", "agree", ""), ("Ada", "", ""), ("Ada", "perhaps", "")):
            with pytest.raises(CaseError):
                note_on(ledger, entry.id, by, judgement, text)
        with pytest.raises(LedgerError, match="cannot be recorded"):
            note_on(ledger, entry.id, "Ada", "", "\ud800")
        assert ledger.head()[0] == 2


def test_prov_names_authors_and_notes(path: Path) -> None:
    pytest.importorskip("prov.model", reason="the extra `prov` is not installed")
    id = made(path, "scar_depth=deep", "--by", "Ada King")
    note = noted(path, id)
    data = json.loads(output(path, "audit", "export", "--format", "prov", "--id", id))
    agents = {name: agent["prov:label"] for name, agent in data["agent"].items()}
    assert agents["author"] == "Ada King" and agents[f"author-of-{note}"] == "R. Hill"
    assert data["entity"][f"note-{note}"]["prov:label"] == "the depth was guessed"
    associated = {a["prov:agent"] for a in data["wasAssociatedWith"].values()}
    assert associated == {"cicatrix", "author"}
