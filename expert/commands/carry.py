"""The commands `audit export` and `audit import`: a ledger, or a record of it, carried elsewhere."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from expert.commands.ledgers import open_ledger
from expert.commands.options import LedgerFile, WitnessFile
from expert.commands.saying import say
from expert.commands.shared import one_of
from expert.commands.showing import emit, emit_file
from expert.commands.sign import kept_checkpoint
from expert.commands.verify import HeadHash, kept_elsewhere
from expert.io.files import write_whole
from expert.io.problems import CaseError, CheckFailed
from expert.language.english import count
from expert.ledger.exchange import bundle as bundles
from expert.ledger.exchange.evidence import evidence_of
from expert.ledger.exchange.prov import provenance
from expert.ledger.notes import notes_on
from expert.ledger.store import Entry, Ledger
from expert.ledger.trust.attested import Attested
from expert.views.verified import verified_blocks


def export(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; standard output if none.")
    ] = None,
    format: Annotated[
        str, typer.Option(help="jsonl (a bundle), evidence (one record), or prov (one, as W3C PROV-JSON).")
    ] = "",
    id: Annotated[
        str, typer.Option(metavar="ID", help="One record alone: as evidence, if no format is named.")
    ] = "",
    notes: Annotated[
        bool, typer.Option("--notes", help="In evidence: with the notes on the record.")
    ] = False,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", metavar="FILE", help="Of evidence: the signed head that it leads to."),
    ] = None,
    ledger: LedgerFile = None,
) -> None:
    """The whole ledger as a bundle of JSON Lines; or one record, as evidence for others or as PROV-JSON.

    Examples: cicatrix audit export -o consultations.jsonl
              cicatrix audit export --id k7q2x -o k7q2x.evidence
    """
    format = one_of(format or ("evidence" if id else "jsonl"), ("jsonl", "evidence", "prov"), "format")
    if format == "jsonl" and id:
        help = "leave out --format for the record alone, or --id for all of them"
        raise CaseError("a bundle holds every record of a ledger", help)
    if format != "evidence" and (notes or checkpoint):
        raise CaseError("`--notes` and `--checkpoint` go with the evidence of a record: --id ID")
    kept = kept_checkpoint(checkpoint) if checkpoint else None
    with open_ledger(ledger) as store:
        if format == "jsonl":
            lines: Iterable[str] = bundles.bundle_lines(store)
        else:
            entry = store.entry(id or "last")
            if format == "evidence":
                lines = [_evidence(store, entry, notes, kept)]
            else:
                lines = [provenance(store, entry)]
        if output is None:
            emit_file(lines)
        else:
            write_whole(output, lines, private=True)


def _evidence(store: Ledger, entry: Entry, notes: bool, kept: Attested | None) -> str:
    """The evidence of a record; what it lacks that it could have is said."""
    found = evidence_of(store, entry, notes, kept)
    left_out = 0 if notes else len(notes_on(store, entry))
    if left_out:
        say(f"Left out: {count(left_out, 'note')} on the record (--notes).")
    if not found.signed:
        say("Nobody has signed a head that covers the record: audit sign --key FILE")
    return found.text


def import_bundle(
    bundle: Annotated[Path, typer.Argument(help="A bundle that `audit export` wrote.")],
    ledger: Annotated[Path, typer.Option("--ledger", metavar="FILE", help="The new ledger to make of it.")],
    head: HeadHash = "",
    witness: WitnessFile = None,
) -> None:
    """Make a ledger of a bundle, after verifying it, to read it with every audit command.

    Example: cicatrix audit import consultations.jsonl --ledger theirs.sqlite
    """
    verified = bundles.import_bundle(bundle, ledger, kept_elsewhere(head, witness))
    emit(*verified_blocks(verified))
    if verified.fault:
        raise CheckFailed
