"""Signed notes as c2sp.org/signed-note has them: what is one, and what is refused."""

from __future__ import annotations

import pytest

from expert.ledger.transparency.signed_note import NoNote, Signature, name_fault, read_note

LINE = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6"
    "RyyBwJnAM=\n"
)
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"


def test_a_note_is_read_and_written() -> None:
    note = read_note(f"{TEXT}\n{LINE}")
    assert note.text == TEXT and note.written() == f"{TEXT}\n{LINE}"
    (signature,) = note.signatures
    assert (
        signature.name == "PeterNeumann"
        and signature.key_id.hex() == "c74f20a3"
        and len(signature.made) == 64
    )


def test_the_last_blank_line_ends_the_text() -> None:
    note = read_note(f"one\n\ntwo\n\n{LINE}{LINE}")
    assert note.text == "one\n\ntwo\n" and len(note.signatures) == 2
    assert read_note("one\n\n").signatures == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "no blank line"),
        (TEXT + LINE, "no blank line"),
        (f"{TEXT}\n{LINE[:-1]}", "no end of a line"),
        (f"{TEXT}\n- a bbbbbbbb\n", "no line of a signature"),
        (f"{TEXT}\n\u2014 a+b {LINE.split()[2]}\n", "no line of a signature"),
        (f"{TEXT}\n\u2014 a\n", "too short"),
        (f"{TEXT}\n\u2014 a b b\n", "no base64"),
        (f"{TEXT}\n\u2014 a x08=\n", "too short"),
        (f"{TEXT}\n\u2014 a x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZIn=\n", "no base64"),
        (f"{TEXT}\n\u2014 a x09=\n", "as it is written"),
        (f"{TEXT}\r\n\n{LINE}", "control characters"),
        (f"\x1b{TEXT}\n{LINE}", "control characters"),
        (f"\ud800{TEXT}\n{LINE}", "control characters"),
        (f"{TEXT}\n{LINE * 65}", "more than 64"),
        ("a" * 100_001, "longer than"),
    ],
)
def test_what_is_no_note(text: str, wrong: str) -> None:
    with pytest.raises(NoNote, match=wrong):
        read_note(text)


def test_names_of_keys() -> None:
    assert not name_fault("clinic.example/ledger")
    for name in ("", "a b", "a+b", "a\u00a0b", "a\nb", "a\x1bb", "a\u2028b", "x" * 201):
        assert name_fault(name), name


def test_a_signature_is_written_with_its_key() -> None:
    assert Signature("a", b"\0\1\2\3", b"xyz").line() == "\u2014 a AAECA3h5eg==\n"
