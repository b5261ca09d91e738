"""Whether a ledger is whole, and how far somebody has signed it."""

from __future__ import annotations

from expert.io.quoting import on_one_line
from expert.language.english import count, listed
from expert.ledger.trust.attested import SignedUpTo
from expert.ledger.trust.verification import Verified
from expert.views.document import Line
from expert.views.records import because


def checked_words(verified: Verified) -> str:
    """That a record was held against its hash, and the ledger that it is in against its head."""
    start = "the record is as its hash says, "
    if verified.fault:
        return f"{start}but its ledger is not whole. {_verified(verified)}"
    entries = "entry" if verified.entries == 1 else "entries"
    return f"{start}and its ledger of {verified.entries} {entries} is whole up to the head {verified.head}."


def signed_words(signed: SignedUpTo, entries: int) -> str:
    """How far somebody has signed, of so many entries."""
    name, up_to = on_one_line(signed.name), f"up to entry {signed.entries} of {entries}"
    if not signed.checked:
        return f"It says that {name} signed it {up_to}: not checked, as no key was given (--key)."
    at = f" at {signed.time}" if signed.time else ""
    return f"Signed by {name}{at}, {up_to}."


def verified_blocks(verified: Verified) -> list[Line]:
    """What a verification found, and what was erased."""
    head = (
        [] if verified.fault else [Line(f"Head {verified.head}")]
    )  # a line that can be kept elsewhere as it is
    return [
        Line(_verified(verified)),
        *head,
        *(Line(signed_words(signed, verified.entries)) for signed in verified.signed if not verified.fault),
        *(
            Line(on_one_line(f"{e.id} was erased at {e.time}{because(e.reason)}"), 2)
            for e in verified.erasures
        ),
        *(
            Line(on_one_line(f"{b.id} is dated {b.time}, before the one before it: {b.after}"), 2)
            for b in verified.backwards
        ),
    ]


def _verified(verified: Verified) -> str:
    if verified.fault:
        seq, id, message = verified.fault
        where, number = "The chain" if not seq else f"Record number {seq}", ""
        if id:
            where, number = f"Record {on_one_line(id, 40)}", f" (number {seq})" if seq else ""
        read = (
            f"{min(verified.entries, seq - 1)} before it are whole"
            if seq
            else f"{verified.entries} were read"
        )
        return f"{where}{number} {on_one_line(message)}. {read}."
    kept = f" {count(verified.witnessed, 'witnessed head')} in it." if verified.witnessed else ""
    return f"{count(verified.entries, 'record')}{_of_them(verified)}: the chain is whole.{kept}"


def _of_them(verified: Verified) -> str:
    """How many of the entries are no consultations, of each kind."""
    others = {"erasure": verified.erased, "note": verified.notes, "signed head": verified.signatures}
    counted = [count(number, kind) for kind, number in others.items() if number]
    return f", of them {listed(counted)}" if counted else ""
