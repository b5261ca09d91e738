"""Another edition of a document: what moved, was edited, is new and is gone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from expert.knowledge.editions import EDITED, GONE, MOVED, NEW, SAME, Edition, Passage
from expert.language.english import count, listed
from expert.language.model import numbers_of
from expert.language.rules import RuleBase
from expert.views.document import Block, Item, Line, Marked, Paragraph, Section, apart

HANG = 8  # what stands below a passage


def edition_blocks(edition: Edition, base: RuleBase) -> list[Section]:
    """Every claim that is elsewhere or otherwise, every new sentence, and how many there are of each."""
    numbers = {status: len(edition.of(status)) for status in (SAME, MOVED, EDITED, NEW, GONE)}
    told = ", ".join(f"{number} {status}" for status, number in numbers.items())
    blocks: list[Block] = [_moved(run) for run in _runs(edition.of(MOVED))]
    for passage in edition.of(EDITED):
        blocks += _edited(passage, edition, base)
    for passage in edition.of(NEW):
        said = Marked(edition.sentences[passage.now], "quote")
        blocks.append(Item("new     ", (f"{passage.now} ", said), 0))
    for passage in edition.of(GONE):
        blocks += _gone(passage, base)
    claims, sentences = count(len(base.knowledge.claims), "claim"), count(len(edition.sentences), "sentence")
    return [*([apart(*blocks)] if blocks else []), apart(Line(f"{claims}, {sentences}: {told}."))]


def _runs(moved: Sequence[Passage]) -> list[list[Passage]]:
    """Passages one after the other in both editions, all of which went from one paragraph to one."""
    return [list(run) for _, run in groupby(moved, key=_step)]


def _step(passage: Passage) -> tuple[int, int]:
    """By how many paragraphs and sentences a passage moved."""
    (paragraph, sentence), (then, number) = numbers_of(passage.was), numbers_of(passage.now)
    return then - paragraph, number - sentence


def _moved(run: Sequence[Passage]) -> Item:
    first, last = run[0], run[-1]
    was, now = (
        f"{one} to {other}" if one != other else one for one, other in zip(first[1:3], last[1:3], strict=True)
    )
    return Item("moved   ", f"{was} -> {now}", 0)


def _edited(passage: Passage, edition: Edition, base: RuleBase) -> list[Block]:
    head = f"{passage.was} -> {passage.now}" if passage.was != passage.now else passage.was
    alike = f", {passage.likeness:.0%} alike" if passage.likeness < 1 else ""
    return [
        Item("edited  ", f"{head}{alike}{_users(passage)}", 0),
        Paragraph(("is now: ", Marked(edition.sentences[passage.now], "quote")), HANG, 2),
        Paragraph(f"the claim says: {base.knowledge.claims[passage.was].says}", HANG, 2),
    ]


def _gone(passage: Passage, base: RuleBase) -> list[Block]:
    says = base.knowledge.claims[passage.was].says
    return [
        Item("gone    ", f"{passage.was}{_users(passage)}", 0),
        Paragraph(f"the claim says: {says}", HANG, 2),
    ]


def _users(passage: Passage) -> str:
    if not passage.users:
        return ""
    return f": {listed(list(passage.users))} {'rests' if len(passage.users) == 1 else 'rest'} on it"


def written_blocks(
    edition: Edition, directory: Path, changed: Sequence[str], name: str, write: bool
) -> list[Block]:
    """Which files were written, or how that is done; that approvals of what was edited have lapsed."""
    if not write:
        return [Line("Nothing was written; --write carries this into the files.")]
    lines: list[Block] = [Line(f"changed  {directory / path}") for path in changed]
    lines.append(Line(f"The edition is called: {name}"))
    if edition.of(EDITED):
        lines.append(Line("Read the claims of edited sentences again; approvals of them have lapsed."))
    if edition.of(NEW):
        lines.append(Line(f"Still to be written: {count(len(edition.of(NEW)), 'claim')} of new sentences."))
    return lines
