"""Evidence of one record: what is in it, what it shows to somebody without a ledger, and forgeries of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from support.ledger_make import behind, head_of
from support.records import made, on_stderr, output, run
from support.records import shown as recorded
from support.shell import ROOT
from support.signing import KEEPER, OTHER, cosignature, witness_key

from expert.commands.evidence import all_checks
from expert.io.json import canonical, digest
from expert.io.problems import CaseError
from expert.ledger.exchange.evidence import read_evidence
from expert.ledger.store import Ledger
from expert.ledger.transparency.checkpoint import Checkpoint
from expert.ledger.transparency.inclusion import Inclusion, read_inclusion
from expert.ledger.transparency.keys import Verifier, read_verifier, sign
from expert.ledger.transparency.merkle import root_of
from expert.ledger.transparency.signed_note import SignedNote
from expert.ledger.trust.attested import attested, leaf_of
from expert.ledger.trust.signatures import sign_head, take_up
from expert.ledger.trust.verification import Kept
from expert.views.evidence import evidence_blocks
from expert.views.terminal import Look, shown

KEY, WITNESS = KEEPER.verifier(), read_verifier(witness_key())
OTHERS = ("Lovelace", "481516", "another author")  # of the other records


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of four records and a note on the second, whose head is signed."""
    path = tmp_path_factory.mktemp("signed") / "ledger.sqlite"
    consulted(path, "light=bright", "budget=481516", "--label", "Lovelace", "--by", "another author")
    id = consulted(path, "light=dim", "pots=3", "--by", "Ada King")
    consulted(path, "light=bright")
    consulted(path, "light=dim", "--label", "Lovelace")
    output(path, "audit", "note", id, "--by", "R. Hill", "--judgement", "disagree", "--text", "guessed")
    with Ledger(path, write=True) as ledger:
        sign_head(ledger, KEEPER)
    output(path, "audit", "export", "--id", id, "-o", str(path.with_name("evidence")))
    return path


def consulted(path: Path, *words: str) -> str:
    """The id of a record on the smallest knowledge base."""
    return made(path, *words, "--kb", str(ROOT / "tests/data/minimal"))


@pytest.fixture
def path(signed: Path, tmp_path: Path) -> Path:
    """A copy of that ledger."""
    with behind(signed) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(shutil.copy(signed, tmp_path / "ledger.sqlite"))


@pytest.fixture
def written(signed: Path, tmp_path: Path) -> Path:
    """The evidence of its second record."""
    return Path(shutil.copy(signed.with_name("evidence"), tmp_path / "evidence"))


def verified(file: Path, *keys: Verifier, **kept: Any) -> dict[str, bool | None]:
    """What each check of a file finds, with some keys and what was kept elsewhere."""
    checked, refused = all_checks(read_evidence(file), Kept(keys=keys, **kept))
    assert not refused
    return {check.check: check.holds for check in checked}


HOLDS = {"hash": True, "knowledge": True, "path": True, "signature": True, "run again": True}


def test_evidence_holds_on_another_machine(written: Path) -> None:
    nowhere = written.with_name("no-ledger.sqlite")
    assert verified(written, KEY) == HOLDS and verified(written) == {**HOLDS, "signature": None}
    told = output(nowhere, "audit", "verify", str(written), "--key", KEY.text())
    assert "it is as its hash says, which the record names" in told
    assert "All that was checked holds." in told and "only the word of the file" not in told
    alone = output(nowhere, "audit", "verify", str(written))
    assert "only the word of the file" in " ".join(alone.split())
    assert not nowhere.exists() and written.stat().st_mode & 0o777 == 0o600
    data = json.loads(output(nowhere, "audit", "verify", str(written), "--json"))
    assert {check["check"]: check["holds"] for check in data["checks"]} == {**HOLDS, "signature": None}
    refused = run(nowhere, "audit", "verify", str(written), "--key", OTHER.verifier().text())
    assert refused.code == 1 and "1 check of 5 fails." in refused.stdout


def test_nobody_elses_data_is_in_it(written: Path, path: Path) -> None:
    text = written.read_text()
    assert "Ada King" in text and "R. Hill" not in text
    for others in OTHERS:
        assert others not in text
    data = json.loads(text)
    assert json.loads(data["record"]["content"]) == recorded(path, data["record"]["id"])["content"]
    assert [*data] == ["evidence", "head", "knowledge", "notes", "record"]
    assert [*data["head"]] == ["hash", "proof"] and not data["notes"]


def test_notes_if_they_are_wanted(written: Path, path: Path, tmp_path: Path) -> None:
    id, noted = json.loads(written.read_text())["record"]["id"], tmp_path / "noted"
    told = run(path, "audit", "export", "--id", id, "-o", str(tmp_path / "without"))
    assert "Left out: 1 note on the record (--notes)." in told.stderr
    output(path, "audit", "export", "--id", id, "--notes", "-o", str(noted))
    (note,) = json.loads(noted.read_text())["notes"]
    assert json.loads(note["content"])["text"] == "guessed"
    assert verified(noted, KEY) == HOLDS
    output(
        path, "audit", "note", id, "--by", "R. Hill", "--judgement", "agree"
    )  # which no signed head covers
    told = run(path, "audit", "export", "--id", id, "--notes", "-o", str(tmp_path / "later"))
    assert "Nobody has signed" in told.stderr
    assert verified(tmp_path / "later") == {**HOLDS, "signature": None}
    page = output(path, "audit", "verify", str(noted), "--show")
    assert "R. Hill disagrees: guessed" in page and "Fern" in page and "All that was" in page
    data = json.loads(noted.read_text())
    data["notes"][0]["content"] = data["notes"][0]["content"].replace("disagree", "agree")
    noted.write_text(canonical(data))
    checks = verified(noted, KEY)
    assert checks["hash"] is False and checks["run again"] is None


def test_the_proof_is_what_the_standard_says(written: Path, path: Path) -> None:
    """The path leads from the entry's hash to the signed root, over the hashes of all entries."""
    record = json.loads(written.read_text())["record"]
    proof = read_inclusion(record["proof"])
    assert proof.place == 1 and proof.checkpoint().size == 5
    assert record["hash"] == digest(record["previous"], record["header"])
    assert proof.holds(leaf_of(record["hash"]))


def test_what_was_kept(written: Path, tmp_path: Path) -> None:
    data = json.loads(written.read_text())
    record, text = data["record"]["hash"], data["record"]["proof"].partition("\n\n")[2]
    head, renamed = (attested(0, "", words) for words in (text, text.replace("/ledger\n", "/other\n")))
    for check, holds, kept in (
        ("kept head", True, {"head": record}),
        ("kept head", True, {"head": data["head"]["hash"][:32]}),
        ("kept head", False, {"head": "0" * 64}),
        ("witness", True, {"heads": {2: record, 3: "1" * 64}}),
        ("witness", False, {"heads": {2: "0" * 64}}),
        ("witness", False, {"heads": {3: "1" * 64}}),
        ("witness", False, {"heads": {2: record, 5: "1" * 64}}),
        ("kept checkpoint", True, {"signed": [head]}),
        ("kept checkpoint", False, {"signed": [renamed]}),
    ):
        assert verified(written, KEY, **kept) == {**HOLDS, check: holds}, kept  # type: ignore[arg-type]
    (tmp_path / "kept").write_text(text)
    (tmp_path / "witness").write_text(f"2 {record}\n")
    words = ("--checkpoint", str(tmp_path / "kept"), "--witness", str(tmp_path / "witness"), "--head", record)
    told = output(written, "audit", "verify", str(written), *words)
    assert told.count("holds") == 8 and "it is the head that the path leads to" in told
    (tmp_path / "kept").write_text(renamed.note.written())
    told = run(written, "audit", "verify", str(written), *words).stdout
    assert "it is another head, of clinic.example/other at entry 5" in " ".join(told.split())


def test_a_cosigned_head(written: Path, path: Path, tmp_path: Path) -> None:
    id = json.loads(written.read_text())["record"]["id"]
    with Ledger(path, write=True) as ledger:
        text = json.loads(written.read_text())["head"]["proof"].partition("\n\n")[2]
        take_up(ledger, cosignature(text.partition("\n\n")[0] + "\n"), [WITNESS])
        ledger_head = ledger.head()
    found = tmp_path / "cosigned"
    output(path, "audit", "export", "--id", id, "-o", str(found))
    assert verified(found, KEY, WITNESS) == HOLDS
    assert verified(written, WITNESS) == {**HOLDS, "signature": False}
    assert head_of(path) == ledger_head


def test_a_path_to_a_head_that_was_kept(written: Path, path: Path, tmp_path: Path) -> None:
    id, kept, found = json.loads(written.read_text())["record"]["id"], tmp_path / "kept", tmp_path / "found"
    kept.write_text(output(path, "audit", "head", "--checkpoint"))
    last = consulted(path, "light=dim")
    told = run(path, "audit", "export", "--id", id, "--checkpoint", str(kept), "-o", str(found))
    assert told.code == 0 and "Nobody has signed" in told.stderr
    head = attested(0, "", kept.read_text())
    assert verified(found, signed=[head]) == {**HOLDS, "signature": None, "kept checkpoint": True}
    told = run(path, "audit", "export", "--id", last, "--checkpoint", str(kept))
    assert told.code == 2 and "does not cover number 7" in on_stderr(told)
    kept.write_text(kept.read_text().replace("\n6\n", "\n5\n"))
    told = run(path, "audit", "export", "--id", id, "--checkpoint", str(kept))
    assert told.code == 2 and "another head at entry 5" in on_stderr(told)
    told = run(path, "audit", "export", "--id", last, "-o", str(found))
    assert "Nobody has signed a head that covers the record" in told.stderr
    assert verified(found)["path"] is True


# --- forgeries ---------------------------------------------------------------------------------
Forgery = Callable[[dict[str, Any]], None]


def other_verdict(record: dict[str, Any]) -> None:
    content = json.loads(record["content"])
    content["verdicts"]["fern"] = "not-advised"
    for recommended in content["consultation"]["recommendations"]:
        if recommended["option"] == "fern":
            recommended["verdict"] = "not-advised"
            recommended["targets"] = dict.fromkeys(recommended["targets"], "not-advised")
    record["content"] = canonical(content)


def other_time(record: dict[str, Any]) -> None:
    record["header"] = canonical({**json.loads(record["header"]), "time": "2020-01-01T00:00:00.000Z"})


def sealed(record: dict[str, Any]) -> None:
    """Compute the record's hashes anew."""
    record["header"] = canonical({**json.loads(record["header"]), "content": digest(record["content"])})
    record["hash"] = digest(record["previous"], record["header"])


def led(data: dict[str, Any], signer: Any = None) -> None:
    """Make a tree of one's own in which the record is, with a head that somebody else signs, or nobody."""
    leaf = leaf_of(data["record"]["hash"])
    data["record"]["seq"] = 1
    data["record"]["header"] = canonical({**json.loads(data["record"]["header"]), "seq": 1})
    sealed(data["record"])
    leaf = leaf_of(data["record"]["hash"])
    text = Checkpoint("clinic.example/ledger", 1, leaf).text()
    note = SignedNote(text, (sign(text, signer),) if signer else ())
    data["record"]["proof"] = Inclusion(0, (), note).written()
    data["head"] = {"hash": data["record"]["hash"], "proof": data["record"]["proof"]}


def forged(written: Path, forge: Forgery) -> dict[str, bool | None]:
    """What each check finds of a file that was forged; it must fail."""
    data = json.loads(written.read_text())
    forge(data)
    file = written.with_name("forged")
    file.write_text(canonical(data))
    checks = verified(file, KEY)
    assert False in checks.values()
    return checks


def test_a_changed_record(written: Path) -> None:
    for change in (other_verdict, other_time):
        checks = forged(written, lambda data, change=change: change(data["record"]))  # type: ignore[misc]
        assert checks["hash"] is False and checks["run again"] is None


def test_a_record_forged_and_sealed_anew(written: Path) -> None:
    """It passes the first check, and fails the last: from its answers something else follows."""

    def forge(data: dict[str, Any]) -> None:
        other_verdict(data["record"])
        sealed(data["record"])

    checks = forged(written, forge)
    assert checks == {**HOLDS, "path": False, "run again": False}


def test_what_is_none_under_hashes_that_are_right(written: Path, path: Path, tmp_path: Path) -> None:
    """A record without its parts, and a note with a judgement that there is none of."""
    noted = tmp_path / "noted"
    output(
        path,
        "audit",
        "export",
        "--id",
        json.loads(written.read_text())["record"]["id"],
        "--notes",
        "-o",
        str(noted),
    )

    def without(data: dict[str, Any]) -> None:
        content = json.loads(data["record"]["content"])
        del content["consultation"]["firings"]
        data["record"]["content"] = canonical(content)
        sealed(data["record"])

    def judged(data: dict[str, Any]) -> None:
        note = data["notes"][0]
        note["content"] = note["content"].replace('"disagree"', '"perhaps"')
        sealed(note)

    def elsewhere(data: dict[str, Any]) -> None:
        note = data["notes"][0]
        note["header"] = canonical({**json.loads(note["header"]), "about": "zzzz9"})
        sealed(note)

    def twice(data: dict[str, Any]) -> None:
        data["notes"] = [data["record"]]

    for change in (without, judged, elsewhere, twice):
        checks = forged(noted, change)
        assert checks["hash"] is False and checks["run again"] is None, change


def test_what_no_check_is_about(written: Path, path: Path, tmp_path: Path) -> None:
    """Keys beside those of evidence, other layouts, another text of the same files, a note twice."""
    noted = tmp_path / "noted"
    id = json.loads(written.read_text())["record"]["id"]
    output(path, "audit", "export", "--id", id, "--notes", "-o", str(noted))
    data = json.loads(noted.read_text())
    file = tmp_path / "other"
    for at in ("", "record", "head", "knowledge"):
        changed = json.loads(noted.read_text())
        (changed[at] if at else changed)["approved"] = "yes"
        file.write_text(canonical(changed))
        with pytest.raises(CaseError, match="it holds more than evidence does"):
            read_evidence(file)
    for layout, why in ((0, "there is no layout 0"), (2, "a newer version wrote it"), ("1", "evidence")):
        file.write_text(canonical({**data, "evidence": layout}))
        with pytest.raises(CaseError, match=f"is no evidence: .*{why}"):
            read_evidence(file)
    file.write_text(canonical({"evidence": 1}))
    with pytest.raises(CaseError, match="the JSON has no `record`"):
        read_evidence(file)

    def spaced(data: dict[str, Any]) -> None:
        data["knowledge"]["files"] += " "

    def again(data: dict[str, Any]) -> None:
        data["notes"] *= 2

    assert forged(noted, spaced)["knowledge"] is False
    assert forged(noted, again)["hash"] is False
    (hash, *_) = all_checks(read_evidence(noted), Kept(keys=[KEY]))[0]
    assert hash.says == "the record is as its hash says, and so is 1 note on it"


def test_a_record_forged_with_a_tree_of_its_own(written: Path) -> None:
    for signer, holds in ((None, False), (OTHER, False), (KEEPER, True)):

        def forge(data: dict[str, Any], signer: Any = signer) -> None:
            other_verdict(data["record"])
            led(data, signer)

        # whoever has the key can sign anything: what followed can still not be forged
        assert forged(written, forge) == {**HOLDS, "signature": holds, "run again": False}


def test_a_record_that_was_never_in_the_ledger(written: Path) -> None:
    """Whose verdicts follow: only the path and the signature speak against it."""

    def forge(data: dict[str, Any]) -> None:
        other_time(data["record"])
        sealed(data["record"])

    assert forged(written, forge) == {**HOLDS, "path": False}
    assert forged(written, led) == {**HOLDS, "signature": False}


def test_the_path_of_another_tree(written: Path, path: Path, tmp_path: Path) -> None:
    """Of another record, and of another ledger whose keeper has the same key."""
    elsewhere, other = tmp_path / "elsewhere.sqlite", tmp_path / "other"
    for light in ("dim", "bright", "dim"):
        consulted(elsewhere, f"light={light}")
    with Ledger(elsewhere, write=True) as ledger:
        sign_head(ledger, KEEPER)
        theirs = ledger.entry("last").id
    ids = [json.loads(output(path, "audit", "list", "--json"))[0]["id"], theirs]
    for ledger_file, id in zip((path, elsewhere), ids, strict=True):
        output(ledger_file, "audit", "export", "--id", id, "-o", str(other))
        proof = json.loads(other.read_text())["record"]["proof"]
        checks = forged(written, lambda data, proof=proof: data["record"].update(proof=proof))  # type: ignore[misc]
        assert checks["path"] is False


def stripped(data: dict[str, Any]) -> None:
    for part in (data["record"], data["head"]):
        part["proof"] = "\n".join(part["proof"].split("\n")[:-2]) + "\n"


def renamed(data: dict[str, Any]) -> None:
    for part in (data["record"], data["head"]):
        part["proof"] = part["proof"].replace("clinic.example/ledger\n", "other.example/ledger\n")


def other_knowledge(data: dict[str, Any]) -> None:
    files = data["knowledge"]["files"].replace("bright", "brigth")
    assert files != data["knowledge"]["files"]
    data["knowledge"]["files"] = files


def test_a_stripped_signature_another_origin_other_knowledge(written: Path) -> None:
    assert forged(written, stripped) == {**HOLDS, "signature": False}
    assert forged(written, renamed) == {**HOLDS, "signature": False}
    assert forged(written, other_knowledge) == {**HOLDS, "knowledge": False, "run again": None}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda data: data.update(evidence=2), "a newer version wrote it"),
        (lambda data: data.update(evidence="1"), "must be a whole number"),
        (lambda data: data.pop("record"), "record"),
        (lambda data: data["record"].update(seq="2"), "seq"),
        (lambda data: data["record"].update(header="{"), "damaged"),
        (lambda data: data["record"].update(content="[" * 100_000), "damaged"),
        (lambda data: data["head"].pop("proof"), "proof"),
    ],
)
def test_what_is_no_evidence(written: Path, change: Forgery, wrong: str) -> None:
    data = json.loads(written.read_text())
    change(data)
    written.write_text(canonical(data))
    with pytest.raises(CaseError, match=f"is no evidence.*{wrong}"):
        read_evidence(written)


def test_evidence_that_is_cut_off_or_hostile(written: Path) -> None:
    text = written.read_text()
    for cut in (20, len(text) // 2, len(text) - 2):
        written.write_text(text[:cut])
        with pytest.raises(CaseError, match="is no evidence: it is damaged, or cut off"):
            read_evidence(written)
    for change in (
        lambda data: data["record"].update(id="\x1b[31m"),
        lambda data: data["record"].update(hash="\x1b[31m" * 200),
        lambda data: data["record"].update(proof="\x1b[31m"),
        lambda data: data["record"].update(header="{}"),
        lambda data: data["record"].update(header='{"kind":"note"}'),
        lambda data: data["record"].update(header="[]"),
        lambda data: data["record"].update(content="{}"),
        lambda data: data["record"].update(content="5"),
        lambda data: data["record"].update(seq=-(10**30)),
        lambda data: data["head"].update(hash="x"),
        lambda data: data["knowledge"].update(files="[]"),
        lambda data: data["knowledge"].update(hash="\x1b[31m"),
    ):
        data = json.loads(text)
        change(data)  # type: ignore[no-untyped-call]
        written.write_text(json.dumps(data))
        try:
            evidence = read_evidence(written)
        except CaseError as error:
            assert "\x1b" not in str(error)
            continue
        checked, _ = all_checks(evidence, Kept(keys=[KEY]))
        assert any(check.holds is False for check in checked)
        assert "\x1b" not in shown(evidence_blocks(evidence, checked), Look())
    result = run(written, "audit", "verify", str(written), "--show")
    assert result.code == 1 and "FAILS" in result.stdout and "Answers" not in result.stdout


# --- what is not handed over -------------------------------------------------------------------
def test_what_there_is_no_evidence_of(path: Path) -> None:
    entries = {s["kind"]: s["id"] for s in json.loads(output(path, "audit", "list", "--json"))}
    id, note = entries["consultation"], entries["note"]
    assert run(path, "audit", "export", "--id", note).code == 4
    output(path, "audit", "forget", id, "--yes")
    result = run(path, "audit", "export", "--id", id)
    assert result.code == 4 and f"record `{id}` was erased" in result.stderr
    for words, wrong in (
        (("--id", id, "--format", "jsonl"), "a bundle holds every record"),
        (("--notes",), "go with the evidence of a record"),
        (("--format", "evidance"), "did you mean `evidence`?"),
    ):
        result = run(path, "audit", "export", *words)
        assert result.code == 2 and wrong in on_stderr(result)
    result = run(path, "audit", "verify", "--show")
    assert result.code == 2 and "`--show` goes with the evidence" in on_stderr(result)


def test_evidence_of_an_earlier_version(tmp_path: Path) -> None:
    """A ledger of 0.1.0 has a tree as well; the record is shown in the words of today."""
    old = Path(shutil.copy(ROOT / "tests/data/version-0.1.0/ledger.sqlite", tmp_path / "old.sqlite"))
    found = tmp_path / "evidence"
    told = run(old, "audit", "export", "--format", "evidence", "-o", str(found))
    assert told.code == 0 and "Nobody has signed" in told.stderr
    assert verified(found) == {**HOLDS, "signature": None}
    assert "written in format 1" in output(old, "audit", "verify", str(found), "--show")


def test_a_kept_head_that_covers_the_record_and_no_note(written: Path, path: Path, tmp_path: Path) -> None:
    id, kept = json.loads(written.read_text())["record"]["id"], tmp_path / "kept"
    with Ledger(path) as ledger:
        hashes = ledger.hashes()[:4]
    kept.write_text(Checkpoint("clinic.example/ledger", 4, root_of(map(leaf_of, hashes))).text())
    words = ("audit", "export", "--id", id, "--checkpoint", str(kept), "-o", str(tmp_path / "found"))
    assert run(path, *words).code == 0
    told = run(path, *words, "--notes")
    assert told.code == 2 and "is a head at entry 4, and does not cover number 5" in on_stderr(told)


def test_a_kept_head_of_another_origin_is_not_led_to(written: Path, path: Path, tmp_path: Path) -> None:
    id, kept = json.loads(written.read_text())["record"]["id"], tmp_path / "kept"
    text = output(path, "audit", "head", "--checkpoint")
    kept.write_text("other.example/log" + text[text.index("\n") :])
    told = run(path, "audit", "export", "--id", id, "--checkpoint", str(kept))
    assert told.code == 2 and "names the origin `other.example/log`" in on_stderr(told)


def test_a_bundle_is_verified_from_a_pipe(path: Path, tmp_path: Path) -> None:
    """Of which nothing is read twice."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines = output(path, "audit", "export")
    writer = Thread(target=pipe.write_text, args=(lines,))
    writer.start()
    assert "the chain is whole" in output(path, "audit", "verify", str(pipe))
    writer.join()
