"""What was checked of the evidence of a record, and whether it holds."""

from __future__ import annotations

from collections.abc import Sequence

from expert.io.quoting import on_one_line
from expert.language.english import count
from expert.ledger.exchange.evidence import OUTSIDE, Check, Evidence
from expert.views.document import Block, Line, Table

ALONE = (
    "For that head there is only the word of the file: hold it against a key (--key), or against what was"
    " kept elsewhere (--head, --checkpoint, --witness)."
)
HOLDS = {True: "holds", False: "FAILS", None: "not checked"}


def evidence_blocks(evidence: Evidence, checked: Sequence[Check]) -> list[Block]:
    """Which record it is, every check in a row, and what came of them together."""
    record = evidence.record
    rows = [[check.check, HOLDS[check.holds], on_one_line(check.says, 500)] for check in checked]
    failed = sum(check.holds is False for check in checked)
    end = "All that was checked holds."
    if failed:
        end = f"{count(failed, 'check')} of {len(checked)} {'fails' if failed == 1 else 'fail'}."
    return [
        Line(f"Evidence of record {on_one_line(record.id, 40)}, number {record.seq}"),
        Line(f"hash {on_one_line(record.hash, 64)}", 2),
        Line(f"knowledge {on_one_line(evidence.knowledge.hash, 64)}", 2),
        Table(["What", "Is it so?", "Because"], rows),
        Line(end),
        *([] if _outside(checked) else [Line(ALONE)]),
    ]


def _outside(checked: Sequence[Check]) -> bool:
    """Whether anything beside the file stands for the head that its path leads to."""
    return any(check.holds for check in checked if check.check in OUTSIDE)
