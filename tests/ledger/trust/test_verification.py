"""What a chain as a whole shows: its end, heads that were kept, erasures. Signed heads are beside it."""

from __future__ import annotations

from pathlib import Path

from support.ledger_make import REPLACE, behind, head_of, rewritten, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.shell import cicatrix

from expert.ledger.store import Ledger
from expert.ledger.trust.verification import verify


def test_an_end_cut_off_with_its_head_is_found_by_the_head_kept(path: Path) -> None:
    small(path)
    _, kept = head_of(path)
    with behind(path) as connection:
        connection.execute("DELETE FROM entries WHERE seq = 4")
        connection.execute("UPDATE entries SET content = '{}' WHERE seq = 1")
        connection.execute("DELETE FROM entries WHERE seq = 3")
        connection.execute("DELETE FROM entries WHERE seq = 1")
        rewritten(connection)
    assert verified(path).fault is None
    fault = verified(path, kept).fault
    assert fault is not None and kept[:16] in fault.message


def test_a_history_rewritten_is_found_by_a_head_kept(path: Path) -> None:
    small(path)
    with Ledger(path) as ledger:
        heads = [row[4] for row in ledger.rows()]
    with behind(path) as connection:
        connection.execute(REPLACE, ("third", "THIRD", 3))
        assert verified(path).fault is not None
        rewritten(connection)
    assert verified(path).fault is None
    # the records before the change are the same: a head kept then says nothing of what came later
    assert [verified(path, head).fault is None for head in heads] == [True, True, False, False]
    for given, code in (
        (heads[3], 1),
        (heads[3][:32], 1),
        (heads[1].upper(), 0),
        (heads[1][:31], 2),
        ("beef", 2),
        ("x" * 64, 2),
    ):
        result = cicatrix("audit", "verify", "--ledger", str(path), "--head", given)
        assert (result.code, "Traceback" in result.stderr) == (code, False), given


def test_the_erasure_must_be_of_something_erased(path: Path) -> None:
    with Ledger(path, write=True) as ledger:
        id = ledger.append(HEADER, content("back again"), FILES).id
        kept = next(ledger.rows())[3]
        erasure = ledger.forget(id, "")
        ledger.connection.execute("UPDATE main.entries SET content = ? WHERE id = ?", (kept, id))
        fault = verify(ledger).fault
    assert fault is not None and fault.id == erasure.id


def test_the_head_of_no_entries_is_found_in_no_other_ledger(path: Path) -> None:
    """All begin with it, and so it shows nothing of any."""
    nothing = "0" * 64
    small(path)
    for head in (nothing, nothing[:32]):
        result = cicatrix("audit", "verify", "--ledger", str(path), "--head", head)
        assert result.code == 1 and "that of an empty ledger" in result.stdout
    empty = path.with_name("empty.sqlite")
    Ledger(empty, write=True).connection.close()
    assert verified(empty, nothing).fault is None
    assert verified(empty, "1" * 64).fault is not None
