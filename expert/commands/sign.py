"""The commands `audit keygen`, `audit sign` and `audit cosign`, and the keys that commands are given."""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from expert.commands.ledgers import open_ledger
from expert.commands.options import LedgerFile, WitnessFile
from expert.commands.saying import say
from expert.commands.showing import emit, emit_file
from expert.io.files import read_text, write_whole
from expert.io.problems import CaseError, KnowledgeError, shorten
from expert.ledger.store import Entry, Ledger
from expert.ledger.transparency.keys import Signer, Verifier, new_signer, read_signer, read_verifier
from expert.ledger.transparency.signed_note import NoNote, SignedNote
from expert.ledger.trust.attested import Attested, attested
from expert.ledger.trust.signatures import request_to_witness, sign_head, take_up
from expert.ledger.trust.witness import bear_witness, hold_against

PublicKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--key", metavar="KEY", help="Signed with this public key, or those in a file (may be repeated)."
    ),
]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="A file; standard output if none.")]


# --- what is given -----------------------------------------------------------------------------
def public_keys(words: Sequence[str]) -> list[Verifier]:
    """The public keys that words are, or that the files they name hold, a line each. Raises CaseError."""
    keys: dict[Verifier, None] = {}
    for word in words:
        lines = [word]
        if "+" not in word or Path(word).is_file():
            text = _text_of(Path(word), f"key `{shorten(word)}`")
            lines = [line.strip() for line in text.splitlines()]
            lines = [line for line in lines if line and not line.startswith("#")]
            if not lines:
                raise CaseError(f"the file `{word}` holds no key")
        for line in lines:
            keys[read_verifier(line)] = None
    return [*keys]


def private_key(path: Path) -> Signer:
    """The private key in a file, of which it is said if others can read it. Raises CaseError."""
    signer = read_signer(_text_of(path, f"key `{path}`").strip())
    if path.is_file() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        say(f"Others can read the private key `{path}`: chmod 600 {path}")
    return signer


def kept_checkpoint(path: Path) -> Attested:
    """The checkpoint in a file, which was kept elsewhere than the ledger. Raises CaseError."""
    try:
        return attested(0, "", _text_of(path, f"checkpoint `{path}`"))
    except NoNote as error:
        help = "`audit sign` and `audit head --checkpoint` print one"
        raise CaseError(f"`{path}` is no checkpoint: {error}", help) from None


def _text_of(path: Path, what: str) -> str:
    try:
        return read_text(path, str(path), piped=True)
    except KnowledgeError as error:
        raise CaseError(f"the {what} cannot be read: {error.problems[0].message}") from None


# --- commands ----------------------------------------------------------------------------------
def keygen(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as clinic.example/ledger.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The new file of the private key.")],
) -> None:
    """Make a key that signs a ledger: the private one into a file, the public one is printed.

    Example: cicatrix audit keygen clinic.example/ledger -o ledger.key
    """
    signer = new_signer(name)
    if output.exists() or output.is_symlink():
        message = f"`{output}` is there already, and a key that is written over is lost"
        raise CaseError(message, "name a new file")
    write_whole(output, [signer.text()], private=True)
    emit_file([signer.verifier().text()])


def sign(
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The private key: see `audit keygen`.")],
    output: Output = None,
    origin: Annotated[
        str, typer.Option(metavar="NAME", help="What the ledger is called in it; the key's name if none.")
    ] = "",
    witness: WitnessFile = None,
    ledger: LedgerFile = None,
) -> None:
    """Sign the head of the ledger, append that to it, and print it: a checkpoint, to be kept elsewhere.

    Example: cicatrix audit sign --key ledger.key -o /media/usb/checkpoint
    """
    signer = private_key(key)
    if origin and (origin != origin.strip() or not origin.isprintable() or len(origin) > 200):
        raise CaseError(f"`{shorten(origin)}` is no origin: it is one line of text")
    with open_ledger(ledger, write=True) as store:
        hold_against(store, witness)
        _kept(store, sign_head(store, signer, origin), output, witness)


def cosign(
    answer: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="What the witnesses answered.")
    ] = None,
    key: PublicKeys = None,
    old: Annotated[int, typer.Option(min=0, help="How many entries the witness has seen already.")] = 0,
    output: Output = None,
    witness: WitnessFile = None,
    ledger: LedgerFile = None,
) -> None:
    """What a witness is sent to cosign the newest signed head; or, with its answer, append that.

    The request and the answer are those of c2sp.org/tlog-witness (`add-checkpoint`).

    Examples: cicatrix audit cosign --old 40 -o request
              cicatrix audit cosign answer --key witness.example/w1+1a2b3c4d+BB...
    """
    if answer is None:
        if key:
            raise CaseError("`--key` is the key of a witness whose answer is given", "name its file")
        with open_ledger(ledger) as store:
            lines = request_to_witness(store, old).removesuffix("\n").split("\n")
        _printed(lines, output)
        return
    keys = public_keys(key or [])
    if not keys:
        message = "an answer is taken up only if its signature is that of a key"
        raise CaseError(message, "name the public key of the witness: --key")
    text = _text_of(answer, f"answer `{answer}`")
    with open_ledger(ledger, write=True) as store:
        hold_against(store, witness)
        _kept(store, take_up(store, text, keys), output, witness)


def _kept(store: Ledger, signed: tuple[Entry, SignedNote], output: Path | None, witness: Path | None) -> None:
    """Say what was appended, and print the checkpoint."""
    entry, note = signed
    bear_witness(witness, entry.seq, entry.hash)
    _printed(note.written().removesuffix("\n").split("\n"), output)
    say(f"Record {entry.id}, {entry.hash}")


def _printed(lines: list[str], output: Path | None) -> None:
    if output is None:
        emit_file(lines)
    else:
        write_whole(output, lines)
        emit(f"Wrote {output}")
