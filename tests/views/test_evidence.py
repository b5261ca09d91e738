"""Every check of evidence in a row, and what comes of them together."""

from __future__ import annotations

from expert.ledger.exchange.evidence import LAYOUT, Check, Evidence, Files, Last, Proven
from expert.views.evidence import evidence_blocks
from expert.views.terminal import Look, shown

RECORD = Proven(2, "abc12", "{}", "{}", "0" * 64, "1" * 64, "")
EVIDENCE = Evidence(LAYOUT, RECORD, (), Last("1" * 64, ""), Files("2" * 64, "{}"))
GOOD, BAD = Check("hash", True, "it is so"), Check("path", False, "it \x1b[31mleads nowhere")


def told(*checked: Check) -> str:
    return " ".join(shown(evidence_blocks(EVIDENCE, checked), Look()).split())


def test_what_holds() -> None:
    page = told(GOOD, Check("signature", True, "of its key"))
    assert "Evidence of record abc12, number 2" in page and "1" * 64 in page and "2" * 64 in page
    assert "hash holds it is so" in page and page.endswith("All that was checked holds.")


def test_what_fails() -> None:
    page = told(GOOD, BAD, Check("signature", True, "of its key"))
    assert "path FAILS" in page and "\x1b" not in page and page.endswith("1 check of 3 fails.")
    assert "2 checks of 3 fail." in told(GOOD, BAD, BAD)


def test_a_head_that_nobody_stands_for() -> None:
    alone = told(GOOD, Check("signature", None, "nobody signed it"))
    assert "signature not checked nobody signed it" in alone and "only the word of the file" in alone
    for check in ("kept head", "witness", "kept checkpoint"):
        assert "only the word of the file" not in told(GOOD, Check(check, True, "it is"))
        assert "only the word of the file" in told(GOOD, Check(check, False, "it is not"))
