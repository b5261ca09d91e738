"""The command `kb rebase`: a knowledge base carried over to another edition of its document."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from expert.authoring.rebase import carried_over
from expert.authoring.skeleton import WORKSHEET
from expert.commands.documents import document_text
from expert.commands.hint import hint
from expert.commands.options import Json, Kb
from expert.commands.shared import directory_of, one_of, open_knowledge, print_json
from expert.commands.showing import emit
from expert.io.files import read_text, written_together
from expert.io.problems import CaseError, shorten
from expert.knowledge.document import sentences
from expert.knowledge.editions import edition
from expert.language.rules import RuleBase
from expert.views.editions import edition_blocks, written_blocks


def rebase(
    document: Annotated[
        Path,
        typer.Option("--document", metavar="FILE", help="The new edition: a text, a line per paragraph."),
    ],
    old: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="The edition before, to know edited sentences better."),
    ] = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="OLD=NEW", help="A claim's place, and where its sentence is now."),
    ] = None,
    name: Annotated[str, typer.Option("--edition", metavar="NAME", help="What the edition is called.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Carry the new places into the files.")] = False,
    json: Json = False,
    kb: Kb = None,
) -> None:
    """Where the claims stand in another edition of the document, and --write: carry that into the files.

    Sentences are found again by fingerprint, edited ones by likeness.

    Example: cicatrix kb rebase --document new.txt
    """
    base, directory, text = open_knowledge(kb), directory_of(kb), document_text(document)
    new = sentences(text)
    if not new:
        raise CaseError(f"`{shorten(str(document))}` holds no sentence", "is it a text file?")
    said = _pairs(pairs or [], base, new)
    new_edition = edition(base, text, _old_sentences(old, directory), said)
    called = _called(name, document, text)
    changed = carried_over(base, directory, new_edition, called) if write else {}
    _write(directory, changed)
    if json:
        named = called if write else None
        print_json({"passages": new_edition.passages, "edition": named, "written": [*changed]})
    else:
        written = written_blocks(new_edition, directory, [*changed], called, write)
        emit(*edition_blocks(new_edition, base), *written)
    if write:
        hint(open_knowledge(kb), kb, text, aside=json)


def _called(name: str, document: Path, text: str) -> str:
    """What the edition is called: by default after the file and what is in it. Raises CaseError."""
    called = name.strip() or f"{document.name}, {sha256(text.encode()).hexdigest()[:8]}"
    if not called.isprintable():
        raise CaseError(f"`{shorten(called)}` cannot be printed, and is no name", "--edition NAME")
    return called


def _pairs(words: list[str], base: RuleBase, new: dict[str, str]) -> dict[str, str]:
    """The places that the author says belong together. Raises CaseError."""
    pairs: dict[str, str] = {}
    for word in words:
        was, _, now = word.partition("=")
        one_of(was, base.knowledge.claims, "claim")
        one_of(now, new, "place in the new text")
        if was in pairs or now in pairs.values():
            raise CaseError(f"`{shorten(word)}`: one of the two is named already")
        pairs[was] = now
    return pairs


def _old_sentences(old: Path | None, directory: Path) -> dict[str, str]:
    """The sentences of the edition before: of its text, or of the author's worksheet, if there is one."""
    if old is not None:
        return sentences(document_text(old))
    path = directory / WORKSHEET
    if not path.is_file():
        return {}
    by_place = {}
    for line in read_text(path, str(path)).split("\n"):
        if place := re.match(r"(p[0-9]+s[0-9]+)  (.+)", line):
            by_place[place[1]] = place[2]
    return by_place


def _write(directory: Path, changed: dict[str, str]) -> None:
    """Write the files that change, all or none, with the line ends that each had."""
    paths = [(directory / name).resolve() for name in changed]
    with written_together(*paths) as parts:
        for path, part, text in zip(paths, parts, changed.values(), strict=True):
            end = "\r\n" if b"\r\n" in path.read_bytes() else "\n"
            part.write_bytes(text.replace("\n", end).encode())
