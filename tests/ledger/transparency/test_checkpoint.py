"""Checkpoints as c2sp.org/tlog-checkpoint has them, and what a witness is sent."""

from __future__ import annotations

import base64

import pytest

from expert.ledger.transparency.checkpoint import Checkpoint, read_checkpoint, witness_request
from expert.ledger.transparency.signed_note import NoNote

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
# the example of the specification, with a signature of the log and one of a witness
WRITTEN = f"""example.com/behind-the-sofa
20852163
{ROOT}

\u2014 example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 \
jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def test_the_example_of_the_specification() -> None:
    checkpoint, note = read_checkpoint(WRITTEN)
    assert checkpoint == Checkpoint("example.com/behind-the-sofa", 20852163, base64.b64decode(ROOT))
    assert checkpoint.text() == note.text and note.written() == WRITTEN
    log, witness = note.signatures
    assert len(log.made) == 64 and len(witness.made) == 72
    assert int.from_bytes(witness.made[:8], "big") == 1679315147  # as tlog-cosignature says of it


def test_other_lines_are_kept_and_a_blank_line_may_be_left_out() -> None:
    checkpoint, note = read_checkpoint(f"a\n0\n{ROOT}\nmore\nand more\n")
    assert checkpoint.others == ("more", "and more") and not note.signatures
    assert checkpoint.text() == f"a\n0\n{ROOT}\nmore\nand more\n"
    assert note.written() == checkpoint.text() + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        f"a\n01\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n\u0661\n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        "a\n1\nAAAA\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NoNote):
        read_checkpoint(text)


def test_what_a_witness_is_sent() -> None:
    _, note = read_checkpoint(WRITTEN)
    assert witness_request(note, 0, []) == f"old 0\n\n{WRITTEN}"
    hashes = [bytes([n]) * 32 for n in (1, 2)]
    lines = "".join(base64.b64encode(hash).decode() + "\n" for hash in hashes)
    assert witness_request(note, 7, hashes) == f"old 7\n{lines}\n{WRITTEN}"
