"""The firings of a consultation: a short entry each, or all that is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from expert.consultation.result import Concluded, Consultation, Firing, Match, name_of
from expert.consultation.standing import item_text
from expert.language.english import STANCE_WORDS, count
from expert.language.keys import exception_of
from expert.language.model import Knowledge
from expert.views.document import Block, Item, Line, Marked, Paragraph, Piece, Section, citing, on, titled

CLAIM = re.compile(r"p([0-9]+)s([0-9]+)")


# --- all that is known -----------------------------------------------------------------------
def long_trace(consultation: Consultation, place: str | None = "") -> Section:
    """The firing trace: number, rule, basis, what matched, what was concluded, claims."""
    blocks: list[Block] = []
    for firing in consultation.firings:
        blocks += _firing(firing)
    blocks.append(Line(f"({count(len(consultation.not_fired), 'instance')} of rules did not fire)", 2))
    explained = reference_explained((firing.claims for firing in consultation.firings), place)
    return Section(titled("Trace", explained), tuple(blocks))


def _firing(firing: Firing) -> list[Block]:
    head = f"#{firing.n:<3} ", Marked(name_of(firing), "name"), "  ", Marked(firing.basis, "basis")
    blocks: list[Block] = [Line(citing(head, firing.claims), 2)]
    for match in firing.matched:
        source = match.claims or [f"firing{n}" for n in match.firings]
        blocks.append(Item("if  ", citing(match.text, source), 9))
    blocks += [Item("of  ", citing(item_text(item), item.claims), 9) for item in firing.items]
    if not firing.matched and not firing.items:
        blocks.append(Line("in every case", 9))
    blocks += [Item("->  ", concluded.text, 9) for concluded in firing.concluded]
    blocks += [Item("->  ", undrawn.text, 9) for undrawn in firing.undrawn]
    if all(concluded.text != firing.because for concluded in firing.concluded):
        blocks.append(Item("because ", firing.because, 9, 13))
    return blocks


# --- a short entry each ----------------------------------------------------------------------
def short_trace(consultation: Consultation, knowledge: Knowledge, place: str | None = "") -> Section:
    """The firing trace, an entry for each firing; those that decided a verdict are marked.

    Firings of a rule that say the same of several options, one after the other, are one entry.
    """
    decided = deciding(consultation, knowledge)
    entries = []
    for _, firings in groupby(consultation.firings, lambda firing: _same_entry(firing, decided)):
        entries.append(list(firings))
    widest = max((len(_numbers(firings)) for firings in entries), default=0)
    blocks = [_entry(firings, decided, widest) for firings in entries]
    said = ["* decided a verdict"] if decided else []
    if explained := reference_explained((firing.rests_on for firing in consultation.firings), place):
        said.append(explained)
    return Section(titled("Trace", "; ".join(said)), (*blocks, Paragraph(firings_counted(consultation))))


def firings_counted(consultation: Consultation) -> str:
    """How many firings there are, of how many rules, and on what they rest."""
    by = consultation.counts()
    rules = consultation.rules()
    firings = f"{count(len(consultation.firings), 'firing')} of {count(len(rules), 'rule')}"
    return (
        f"{firings}: {by['stated']} stated by the document, {by['inferred']} inferred from it, "
        f"{by['added']} added."
    )


def deciding(consultation: Consultation, knowledge: Knowledge) -> set[int]:
    """The numbers of the firings that put forward the arguments which decided the verdicts."""
    numbers = set()
    for r in consultation.recommendations:
        for argument in r.arguments:
            if knowledge.topics[argument.topic].decides:
                numbers.add(argument.firing)
    return numbers


def reference_explained(cited: Iterable[Sequence[str]], place: str | None = "") -> str:
    """What the first reference means, in words; nothing where there is none.

    `place` are the words by which a command is about this knowledge base, where it is not the built-in one;
    None if there are none, as for what is only in a record.
    """
    first = next((id for ids in cited for id in ids), "")
    words = place_words(first)
    looked_up = "" if place is None else f": {on(f'kb claims {first}', place)}"
    return f"[{first}] is {words}{looked_up}" if words else ""


def place_words(claim: str) -> str:
    """Where in the document a claim stands, if its id is its place."""
    place = CLAIM.fullmatch(claim)
    return f"paragraph {place[1]}, sentence {place[2]}" if place else ""


def _follows(firing: Firing) -> list[str]:
    """What a firing concluded, and what it did not as that is answered."""
    return [*map(_concluded, firing.concluded), *(undrawn.text for undrawn in firing.undrawn)]


def _same_entry(firing: Firing, decided: set[int]) -> tuple[object, ...]:
    """What two firings have in common that are one entry."""
    said = _follows(firing)
    return firing.rule, firing.basis, firing.claims, _conditions(firing), said, firing.n in decided


def _entry(firings: Sequence[Firing], decided: set[int], widest: int) -> Item:
    """Firings of one rule that say the same: numbers, rule and options, what matched, what follows."""
    first = firings[0]
    mark = f"{'*' if first.n in decided else ' '} {_numbers(firings):>{widest}}  "
    others = "".join(f", {firing.option}" for firing in firings[1:])
    words: list[Piece] = [Marked(name_of(first), "name"), others]
    if first.basis != "stated":  # most are, so the others are said
        words += [" ", Marked(first.basis, "basis")]
    *before, last = _follows(first) or ["nothing"]
    concluded = "; ".join([*(text.removesuffix(".") for text in before), last])
    words.append(f": {_conditions(first)} -> {concluded}")
    return Item(mark, citing(words, first.claims), 0)


def _numbers(firings: Sequence[Firing]) -> str:
    return f"{firings[0].n}-{firings[-1].n}" if len(firings) > 1 else f"{firings[0].n}"


def _conditions(firing: Firing) -> str:
    matched = dict.fromkeys(_matched(match) for match in firing.matched)
    if firing.items:
        counted = [item for item in firing.items if item.stands != "does-not"]
        return "; ".join(map(item_text, counted)) or "no item counts"
    return ", ".join(matched) or "in every case"


def _matched(match: Match) -> str:
    """What matched in short: an answer or a datum with its value, firings by their numbers."""
    match match.kind:
        case "finding" if match.firings:
            return " ".join(f"#{n}" for n in match.firings)
        case "score":
            return match.text
        case "unknown":
            return f"{match.name} is not known"
        case "no-evidence" if exception_of(match.name):
            return match.text
        case "no-evidence":
            return f"no evidence of {match.name}"
    bounds = "".join(f", {bound.text}" for bound in match.bounds)
    source = f" [{' '.join(match.claims)}]" if match.claims else ""
    return f"{match.name} = {match.value}{bounds}{source}"


def _concluded(concluded: Concluded) -> str:
    if concluded.kind == "argument":
        return f"{STANCE_WORDS[str(concluded.value)]}: {concluded.text}"
    return concluded.text
