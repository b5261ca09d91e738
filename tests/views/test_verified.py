"""Whether a ledger is whole, in words."""

from expert.ledger.chain import Fault
from expert.ledger.trust.verification import Erased, Verified
from expert.views.document import Line
from expert.views.verified import verified_blocks


def test_what_a_verification_found() -> None:
    whole = Verified(2, 1, "ff", None, (Erased("abc12", "2026"),))
    assert verified_blocks(whole) == [
        Line("2 records, of them 1 erasure: the chain is whole."),
        Line("Head ff"),
        Line("abc12 was erased at 2026", 2),
    ]
    broken = Verified(2, 0, "ff", Fault(3, "abc12", "was altered"))
    assert verified_blocks(broken) == [Line("Record abc12 (number 3) was altered. 2 before it are whole.")]
    assert verified_blocks(broken._replace(fault=Fault(0, "", "is short"))) == [
        Line("The chain is short. 2 were read.")
    ]
