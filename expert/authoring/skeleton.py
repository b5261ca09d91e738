"""A new knowledge base for a document: files that load, with `TODO` for all that is to be written.

Of the document they hold the places and fingerprints of its sentences only. The sentences
themselves stand in `worksheet.txt`, which is for the author, and is kept out of version control.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from expert.io.problems import CaseError, shorten
from expert.io.quoting import quoted
from expert.knowledge.directories import DECLARED
from expert.knowledge.document import fingerprint, sentences
from expert.knowledge.files import file_at
from expert.knowledge.load import open_files
from expert.language.english import count
from expert.language.rules import RuleBase

SCHEMAS = ".schemas"
WORKSHEET = "worksheet.txt"
# the files that a knowledge base begins as; `$` stands before what is filled in
TEMPLATES = Path(__file__).with_name("new")
KNOWLEDGE = (*DECLARED, "rules/1-first.yaml")  # what is loaded of them
BESIDE = ("kb/invariants.yaml", "kb/cases/first.yaml")  # what is read only where it is used
MOST_SENTENCES = 5_000  # so that the claims, once they are written, still make a file that loads

FIRST_CLAIM = """\
  {id}:
    says: TODO # what the sentence says, short and in your own words
    hedge: todo # one of the hedges above
    fingerprint: "{fingerprint}" # of the sentence: it shows when the document changes; leave it
    context: TODO # why nothing follows from it; delete the line if a rule or an option cites it
"""

CLAIM = """\
  {id}:
    says: TODO
    hedge: todo
    fingerprint: "{fingerprint}"
    context: TODO
"""


def skeleton(document: str, name: str, title: str) -> tuple[dict[str, str], RuleBase]:
    """The files of a new knowledge base for a document, by path, and the knowledge base they make.

    `name` is the document's file. Raises CaseError if it cannot be made.
    """
    by_place = sentences(document)
    if not by_place:
        raise CaseError(f"`{shorten(name)}` holds no sentence", "is it a text file?")
    if len(by_place) > MOST_SENTENCES:
        help = "make a knowledge base of each of its parts"
        raise CaseError(f"`{shorten(name)}` is too long: {len(by_place):,} sentences", help)
    # what the first rule cites: a sentence that ends as one does, for the first may be a heading
    cited = next(
        (id for id, text in by_place.items() if text.endswith((".", "!", "?"))), next(iter(by_place))
    )
    paragraphs = len({id.split("s")[0] for id in by_place})
    filled = {
        "id": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "knowledge",
        "title": quoted(title),
        "source": quoted(
            f"{shorten(name)}, {count(paragraphs, 'paragraph')}, {count(len(by_place), 'sentence')}"
        ),
        "cited": cited,
        "entries": _claims(by_place),
    }
    files = {file: _filled(file, filled) for file in KNOWLEDGE}
    base, problems = open_files(files)
    if problems:
        raise CaseError(problems)
    files |= {file: _filled(file, filled) for file in BESIDE}
    return files | {WORKSHEET: worksheet(by_place), ".gitignore": f"/{WORKSHEET}\n"}, base


def _claims(by_place: dict[str, str]) -> str:
    """An entry for each sentence; the first explains the fields."""
    entries = [CLAIM if n else FIRST_CLAIM for n in range(len(by_place))]
    pairs = zip(entries, by_place.items(), strict=True)
    return "".join(entry.format(id=id, fingerprint=fingerprint(text)) for entry, (id, text) in pairs)


def _filled(file: str, filled: dict[str, str]) -> str:
    """A file of a new knowledge base, with the line that leads an editor to its schema."""
    text = Template((TEMPLATES / file).read_text("utf-8")).substitute(filled)
    declared = file_at(file)
    assert declared is not None
    return f"# yaml-language-server: $schema={'../' * file.count('/')}{SCHEMAS}/{declared.kind}.json\n{text}"


def worksheet(by_place: dict[str, str]) -> str:
    """The sentences with their places, a blank line between paragraphs."""
    lines = ("\n" * id.endswith("s1") + f"{id}  {text}\n" for id, text in by_place.items())
    return "".join(lines).lstrip("\n")


def title_from(name: str) -> str:
    """A title for a document of which only the file's name is known."""
    words = " ".join(re.split(r"[\W_]+", name)).strip()
    return words[:1].upper() + words[1:] or "Knowledge"
