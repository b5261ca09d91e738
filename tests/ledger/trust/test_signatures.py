"""Signing a ledger, having it cosigned, and what no longer verifies then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.ledger_make import ALL, behind, copied, head_of, rewritten, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.records import on_stderr, output, run
from support.signing import KEEPER, OTHER, cosignature, witness_key

from expert.io.problems import CaseError, LedgerError
from expert.ledger.notes import note_on
from expert.ledger.store import Ledger
from expert.ledger.transparency.checkpoint import read_checkpoint
from expert.ledger.transparency.keys import read_verifier
from expert.ledger.trust.signatures import (
    checkpoint_of,
    newest_signed,
    request_to_witness,
    sign_head,
    signed_heads,
    take_up,
)
from expert.ledger.trust.verification import Kept, verify

KEY = KEEPER.verifier()
# of the third record, whose content is packed
CHANGED = "UPDATE entries SET content = replace(unpacked(header, content), 'third', 'thord') WHERE seq = 3"


def signed(path: Path) -> str:
    """A ledger of four entries, the fifth of which signs them; what was printed."""
    small(path)
    with Ledger(path, write=True) as ledger:
        return sign_head(ledger, KEEPER)[1].written()


def checked(path: Path, *keys: object, kept: str = "") -> str:
    """What is wrong with a ledger of which keys, or a checkpoint, were kept; empty if nothing is."""
    from expert.ledger.trust.attested import attested

    heads = [attested(0, "", kept)] if kept else []
    with Ledger(path) as ledger:
        fault = verify(ledger, Kept(signed=heads, keys=keys)).fault  # type: ignore[arg-type]
    return fault.message if fault else ""


def test_a_signed_head(path: Path) -> None:
    text = signed(path)
    checkpoint, _ = read_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("clinic.example/ledger", 4)
    assert head_of(path)[0] == 5 and checked(path, KEY) == "" == checked(path, KEY, kept=text)
    with Ledger(path, write=True) as ledger:
        ledger.append(HEADER, content("after it"), FILES)
        assert [head.checkpoint for head in signed_heads(ledger)] == [checkpoint]
        verified = verify(ledger, Kept(keys=[KEY]))
        assert verified.signed == ((KEY.name, 4, True, ""),)
        assert ledger.layout() == 3 and ledger.entry("last").content
        sign_head(ledger, KEEPER)
        assert newest_signed(ledger).checkpoint.size == 6
        assert verify(ledger, Kept(keys=[KEY])).signed[0].entries == 6


def test_what_is_not_signed(path: Path) -> None:
    with Ledger(path, write=True) as ledger:
        with pytest.raises(LedgerError, match="nothing to be signed"):
            sign_head(ledger, KEEPER)
        with pytest.raises(LedgerError, match="no head of the ledger is signed"):
            newest_signed(ledger)
        assert checkpoint_of(ledger).origin == "cicatrix-ledger"
    small(path)
    with Ledger(path, write=True) as ledger:
        first = ledger.hash_of(1)
        assert checkpoint_of(ledger).origin == f"cicatrix-ledger/{first[:32]}"
        sign_head(ledger, KEEPER, "clinic.example/2026")
        with pytest.raises(CaseError, match="which cannot be another now"):
            sign_head(ledger, KEEPER, "clinic.example/2027")
        assert sign_head(ledger, OTHER)[1].text.startswith("clinic.example/2026\n")
    assert checked(path, KEY, OTHER.verifier()) == ""
    with behind(path) as connection:
        connection.execute(CHANGED)
    with Ledger(path, write=True) as ledger, pytest.raises(LedgerError, match="is not whole"):
        sign_head(ledger, KEEPER)
    assert head_of(path)[0] == 6


# --- attacks -----------------------------------------------------------------------------------
def test_a_history_written_anew_is_signed_by_nobody(path: Path) -> None:
    text = signed(path)
    with behind(path) as connection:
        connection.execute(CHANGED)
        rewritten(connection)
    assert "another head at entry 4" in checked(path), "what was signed stands in it still"
    assert "another head at entry 4" in checked(path, KEY, kept=text)
    with behind(path) as connection:  # without the signed head
        connection.execute("DELETE FROM entries WHERE seq = 5")
        rewritten(connection)
    assert checked(path) == "", "a chain alone cannot show it"
    assert "no head that the key of" in checked(path, KEY)
    assert "the checkpoint that was kept, which is another head at entry 4" in checked(path, kept=text)


def test_a_signature_stripped_or_of_another_key(path: Path) -> None:
    text = signed(path)
    body = text.partition("\n\n")[0] + "\n\n"
    with Ledger(path, write=True) as ledger:
        other = sign_head(ledger, OTHER)[1].written()
    for line in ("", other.partition("\n\n")[2]):
        with behind(path) as connection:
            for seq, header in connection.execute("SELECT seq, header FROM entries WHERE seq > 4").fetchall():
                fields = json.loads(header)
                fields["checkpoint"] = fields["checkpoint"].partition("\n\n")[0] + "\n\n" + line
                connection.execute("UPDATE entries SET header = ? WHERE seq = ?", (json.dumps(fields), seq))
            connection.execute("DELETE FROM entries WHERE seq = 6")
            rewritten(connection)
        assert "no head that the key of" in checked(path, KEY)
        assert checked(path, kept=body) == "" and "no head" in checked(path, KEY, kept=body)
        assert checked(path, KEY, kept=text) == "", "a signed checkpoint that was kept says the same"


def test_an_end_cut_off(path: Path) -> None:
    signed(path)
    with Ledger(path, write=True) as ledger:
        text = sign_head(ledger, KEEPER)[1].written()
    with behind(path) as connection:
        connection.execute("DELETE FROM entries WHERE seq > 4")
        connection.execute("UPDATE head SET seq = 4, hash = (SELECT hash FROM entries WHERE seq = 4)")
    assert checked(path) == "" and "and the last is 4: the history was cut off" in checked(path, kept=text)


def test_the_checkpoint_of_another_ledger(path: Path) -> None:
    signed(path)
    elsewhere = path.with_name("elsewhere.sqlite")
    theirs = signed(elsewhere)
    assert "another head at entry 4" in checked(path, kept=theirs)
    ours = output(path, "audit", "head", "--checkpoint")
    assert checked(path, kept=ours) == ""
    renamed = "other.example/log" + ours[ours.index("\n") :]
    assert "names the origin `other.example/log`" in checked(path, kept=renamed)


def test_a_bundle_of_signed_heads(path: Path, tmp_path: Path) -> None:
    text = signed(path)
    bundle, target = tmp_path / "all.jsonl", tmp_path / "again.sqlite"
    (tmp_path / "checkpoint").write_text(text)
    output(path, "audit", "export", "-o", str(bundle))
    words = (
        "audit",
        "verify",
        str(bundle),
        "--key",
        KEY.text(),
        "--checkpoint",
        str(tmp_path / "checkpoint"),
    )
    assert "Signed by clinic.example/ledger, up to entry 4 of 5." in output(path, *words)
    assert run(path, "audit", "verify", str(bundle), "--key", OTHER.verifier().text()).code == 1
    output(path, "audit", "import", str(bundle), "--ledger", str(target))
    with behind(path) as one, behind(target) as other:
        assert one.execute(ALL).fetchall() == other.execute(ALL).fetchall()


def test_what_is_no_signed_head(path: Path) -> None:
    signed(path)
    with behind(path) as connection:
        (header,) = connection.execute("SELECT header FROM entries WHERE seq = 5").fetchone()
        connection.execute(
            "UPDATE entries SET header = ? WHERE seq = 5", (header.replace("\\n4\\n", "\\nx\\n"),)
        )
        rewritten(connection)
    assert "holds no signed head: `x` is no size" in checked(path)
    assert "holds no signed head" in output(path, "audit", "list", "--csv")
    result = run(path, "audit", "head", "--checkpoint")
    assert result.code == 4 and "holds no signed head" in on_stderr(result)


# --- witnesses ---------------------------------------------------------------------------------
def test_a_witness(path: Path) -> None:
    text = signed(path)
    witness = read_verifier(witness_key())
    with Ledger(path, write=True) as ledger:
        assert request_to_witness(ledger, 0) == f"old 0\n\n{text}"
        assert request_to_witness(ledger, 4) == f"old 4\n\n{text}", "what it has seen already, once more"
        request = request_to_witness(ledger, 3)
        assert request.startswith("old 3\n") and request.endswith(f"\n\n{text}")
        with pytest.raises(CaseError, match="is at entry 4, and the witness is to have seen 5"):
            request_to_witness(ledger, 5)
        note, _ = text.split("\n\n")
        answer = cosignature(note + "\n")
        entry, both = take_up(ledger, answer, [witness])
        assert both.written() == text + answer and entry.seq == 6
        for given in (text + answer, answer):  # the whole note, too
            assert take_up(ledger, given, [witness])[1] == both
        assert verify(ledger, Kept(keys=[KEY, witness])).signed == (
            (KEY.name, 4, True, ""),
            (witness.name, 4, True, "2023-03-20T12:25:47Z"),
        )


def test_answers_that_are_not_taken_up(path: Path) -> None:
    text = signed(path)
    witness, entries = read_verifier(witness_key()), head_of(path)
    body = text.partition("\n\n")[0] + "\n"
    for answer, wrong in (
        (cosignature("another\n"), "is not that of its key"),
        (text, "is not in the answer"),
        ("\u2014 x\n", "is no signed head"),
        ("", "is no signed head"),
        (body.replace("\n4\n", "\n3\n") + "\n" + cosignature(body), "about another head"),
    ):
        with Ledger(path, write=True) as ledger, pytest.raises(CaseError, match=wrong):
            take_up(ledger, answer, [witness])
    assert head_of(path) == entries and verified(path).fault is None
    assert copied(path, "copy.sqlite").exists()


def test_what_the_entries_are(path: Path) -> None:
    signed(path)
    assert "5 records, of them 1 erasure and 1 signed head: the chain is whole." in output(
        path, "audit", "verify"
    )
    with Ledger(path, write=True) as ledger:
        note_on(ledger, ledger.entry("last").id, "R. Hill", "agree", "")
    told = output(path, "audit", "verify")
    assert "6 records, of them 1 erasure, 1 note and 1 signed head: the chain is whole." in " ".join(
        told.split()
    )
    found = json.loads(output(path, "audit", "verify", "--json"))
    assert (found["entries"], found["erased"], found["notes"], found["signatures"]) == (6, 1, 1, 1)
