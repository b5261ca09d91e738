"""The commands `audit verify` and `audit head`: whether a ledger is whole, and its head to be kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from expert.commands.ledgers import each_once, open_ledger
from expert.commands.options import Json, LedgerFile, LedgerFiles, WitnessFile
from expert.commands.saying import say_problems
from expert.commands.shared import print_json
from expert.commands.showing import emit, emit_file
from expert.commands.sign import PublicKeys, kept_checkpoint, public_keys
from expert.io.json import plain
from expert.io.problems import CaseError, CheckFailed, LedgerError
from expert.language.english import count
from expert.ledger.exchange import bundle as bundles
from expert.ledger.exchange.evidence import is_evidence
from expert.ledger.trust.signatures import checkpoint_of
from expert.ledger.trust.verification import Kept, Verified, checked_head
from expert.ledger.trust.verification import verify as verify_ledger
from expert.ledger.trust.witness import bear_witness, hold_against, witnessed
from expert.views.document import Section
from expert.views.verified import verified_blocks

HeadHash = Annotated[
    str, typer.Option(metavar="HASH", help="A head hash kept elsewhere, or its first 32 digits or more.")
]


def verify(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="A bundle, or the evidence of a record, instead of the ledger."
        ),
    ] = None,
    head: HeadHash = "",
    key: PublicKeys = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A checkpoint kept elsewhere (may be repeated)."),
    ] = None,
    witness: WitnessFile = None,
    show: Annotated[bool, typer.Option("--show", help="Of evidence: print the record as well.")] = False,
    json: Json = False,
    ledger: LedgerFiles = None,
) -> None:
    """Compute the whole chain again; exits with 1 and names the first record at fault.

    Of the evidence of a record, every check is told, and the record is run again. Of several ledgers, each.

    Examples: cicatrix audit verify --witness /media/usb/heads
              cicatrix audit verify k7q2x.evidence --key clinic.example/ledger+9aec4ce1+AZP7...
    """
    kept = kept_elsewhere(head, witness)._replace(
        signed=[kept_checkpoint(path) for path in checkpoint or []], keys=public_keys(key or [])
    )
    if file and is_evidence(file):
        from expert.commands.evidence import verify_evidence

        verify_evidence(file, kept, show, json)
        return
    if show:
        help = "`audit show` prints a record of the ledger"
        raise CaseError("`--show` goes with the evidence of a record", help)
    paths = each_once(ledger)
    if file or len(paths) == 1:
        verified = bundles.verify_bundle(file, kept) if file else _verified(paths[0], kept)
        if json:
            print_json(verified)
        else:
            emit(*verified_blocks(verified))
        if verified.fault:
            raise CheckFailed
    else:
        _verify_each([path for path in paths if path], kept, json)


def _verified(path: Path | None, kept: Kept) -> Verified:
    with open_ledger(path) as store:
        return verify_ledger(store, kept)


def _verify_each(paths: Sequence[Path], kept: Kept, json: bool) -> None:
    """Verify several ledgers, each by itself; of those that cannot be read it is said after the others."""
    if kept.head or kept.heads or kept.signed:
        message = f"what was kept elsewhere is of one ledger, and {len(paths)} are named"
        raise CaseError(message, "verify that one by itself; `--key` goes with several")
    found: list[tuple[Path, Verified]] = []
    unreadable: list[LedgerError] = []
    for path in paths:
        try:
            found.append((path, _verified(path, kept)))
        except LedgerError as error:
            unreadable.append(error)
    if json:
        print_json([{"ledger": str(path), **plain(verified)} for path, verified in found])
    else:
        emit(*(Section(str(path), tuple(verified_blocks(verified))) for path, verified in found))
    for refused in unreadable:
        say_problems(refused)
    if unreadable:
        raise typer.Exit(LedgerError.exit_code)
    if any(verified.fault for _, verified in found):
        raise CheckFailed


def kept_elsewhere(head: str, witness: Path | None) -> Kept:
    """What was kept elsewhere. Raises CaseError."""
    return Kept(checked_head(head) if head else "", witnessed(witness) if witness else {})


def show_head(
    witness: WitnessFile = None,
    checkpoint: Annotated[
        bool, typer.Option("--checkpoint", help="As the checkpoint of a log, which nobody has signed.")
    ] = False,
    json: Json = False,
    ledger: LedgerFile = None,
) -> None:
    """The head hash, to be kept elsewhere: with a witness, it is appended to that.

    Example: cicatrix audit head --witness /media/usb/heads
    """
    with open_ledger(ledger) as store:
        hold_against(store, witness)
        with store.view():
            seq, head = store.head()
            text = checkpoint_of(store).text() if checkpoint else ""
    if seq:
        bear_witness(witness, seq, head)
    if json:
        found = {"entries": seq, "head": head}
        print_json({**found, "checkpoint": text} if checkpoint else found)
    elif checkpoint:
        emit_file(text.splitlines())
    else:
        emit(count(seq, "record"), f"Head {head}")
