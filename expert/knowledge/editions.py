"""Another edition of a document: where each claim's sentence stands in it, if it still does.

A sentence is found again by its fingerprint, wherever it went; one that was edited, by likeness: of its
text, where the old one is at hand, or else of what the claim says. The library that compares is difflib.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from expert.knowledge.document import fingerprint, sentences
from expert.language.model import Claim
from expert.language.rules import RuleBase, cited

SAME, MOVED, EDITED, NEW, GONE = "same", "moved", "edited", "new", "gone"
STEM = 5  # letters of a word that count, as words are inflected at their end
LIKE_TEXT = 0.5  # from which likeness on a sentence is an edited one, of its text
LIKE_CLAIM = 0.34  # and of what a claim says, which is in other words
BETWEEN = 0.15  # how much less is enough between the neighbours that it had
COMMON = 200  # sentences that may have a word which tells one from another
MOST = 12  # candidates that are compared word by word


class Passage(NamedTuple):
    """A claim and its sentence in another edition: same, moved, edited, new (no claim) or gone (no sentence).

    `was` and `now` are places, "" where there is none; `likeness` (0 to 1) is how alike an edited one is.
    """

    status: str
    was: str
    now: str
    likeness: float
    users: tuple[str, ...]


class Edition(NamedTuple):
    """Every claim and every sentence of another edition, in the order of the new text, the gone last."""

    passages: tuple[Passage, ...]
    sentences: dict[str, str]  # of the new text, by place

    @property
    def places(self) -> dict[str, str]:
        """The new places of the claims that have one, by the old."""
        return {p.was: p.now for p in self.passages if p.was and p.now}

    def of(self, status: str) -> list[Passage]:
        return [passage for passage in self.passages if passage.status == status]


def edition(
    base: RuleBase, document: str, old: Mapping[str, str], pairs: Mapping[str, str] | None = None
) -> Edition:
    """Where the claims of a knowledge base stand in a text. `old` are sentences of the text they came from.

    `pairs` are places that the author says belong together. What stands in both is trusted over all else.
    """
    claims, texts = base.knowledge.claims, sentences(document)
    known = {id: text for id, text in old.items() if id in claims and _is(text, claims[id])}
    places = dict(pairs or {})
    places |= _same(claims, texts, places)
    likeness = dict.fromkeys(places, 1.0)
    for was, now, alike in _alike(claims, texts, places, known):
        places[was], likeness[was] = now, alike
    users = cited(base)
    passages = []
    by_place = {now: was for was, now in places.items()}
    for now in texts:
        was = by_place.get(now, "")
        if not was:
            passages.append(Passage(NEW, "", now, 0.0, ()))
            continue
        status = SAME if was == now else MOVED
        if not _is(texts[now], claims[was]):
            status, likeness[was] = EDITED, likeness[was] if was not in (pairs or {}) else 1.0
        passages.append(Passage(status, was, now, likeness[was], tuple(dict.fromkeys(users[was]))))
    gone = []
    for id in in_order(claims):
        if id not in places:
            gone.append(Passage(GONE, id, "", 0.0, tuple(dict.fromkeys(users[id]))))
    return Edition((*passages, *gone), texts)


def in_order(claims: Mapping[str, Claim]) -> list[str]:
    """The places of claims, as they stand in the document."""
    return sorted(claims, key=lambda id: (claims[id].paragraph, claims[id].sentence))


def _is(text: str, claim: Claim) -> bool:
    return fingerprint(text) == claim.fingerprint


# --- by fingerprint ----------------------------------------------------------------------------
def _same(claims: Mapping[str, Claim], texts: Mapping[str, str], taken: Mapping[str, str]) -> dict[str, str]:
    """The claims whose very sentence is there, with its place; of several alike, in their order."""
    free: dict[str, list[str]] = {}
    for place, text in texts.items():
        if place not in taken.values():
            free.setdefault(fingerprint(text), []).append(place)
    places_of = {}
    waiting = [id for id in in_order(claims) if id not in taken]
    for id in waiting:  # first those that did not move
        if id in free.get(claims[id].fingerprint, ()):
            free[claims[id].fingerprint].remove(id)
            places_of[id] = id
    for id in waiting:
        places = free.get(claims[id].fingerprint)
        if id not in places_of and places:
            places_of[id] = places.pop(0)
    return places_of


# --- by likeness -------------------------------------------------------------------------------
def _alike(
    claims: Mapping[str, Claim],
    texts: Mapping[str, str],
    places_of: Mapping[str, str],
    known: Mapping[str, str],
) -> list[tuple[str, str, float]]:
    """Of claims and sentences that are left, those that are alike, the most alike first."""
    left = [id for id in in_order(claims) if id not in places_of]
    free = [place for place in texts if place not in places_of.values()]
    stems = {place: _stems(texts[place]) for place in free}
    index = _index(stems)
    gaps = _gaps(in_order(claims), list(texts), places_of)
    scored = []
    for number, id in enumerate(left):
        least = LIKE_TEXT if id in known else LIKE_CLAIM
        words = _stems(known.get(id) or claims[id].says)
        for place in _candidates(words, index):
            alike = _likeness(words, stems[place], in_order=id in known)
            nearer = BETWEEN if gaps.between(id, place) else 0.0
            if alike + nearer >= least and alike > 0:
                scored.append((-(alike + nearer), number, free.index(place), alike))
    pairs: dict[int, tuple[int, float]] = {}  # the numbers of a claim and of its sentence
    taken = set[int]()
    for _, number, nth, alike in sorted(scored):
        if number not in pairs and nth not in taken:
            pairs[number] = nth, alike
            taken.add(nth)
    return [(left[number], free[nth], alike) for number, (nth, alike) in pairs.items()]


def _stems(text: str) -> list[str]:
    """The beginnings of the words of a text, without the shortest."""
    words = "".join(c.casefold() if c.isalnum() else " " for c in text).split()
    return [word[:STEM] for word in words if len(word) > 2 or word.isdigit()]


def _index(stems: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The sentences that have each word; a word of very many tells none from the others."""
    index: dict[str, list[str]] = {}
    for place, words in stems.items():
        for word in dict.fromkeys(words):
            index.setdefault(word, []).append(place)
    return {word: places for word, places in index.items() if len(places) <= COMMON}


def _candidates(words: Iterable[str], index: Mapping[str, list[str]]) -> list[str]:
    """The sentences that share most words with some, which are worth a closer look."""
    shared: Counter[str] = Counter()
    for word in dict.fromkeys(words):
        shared.update(index.get(word, ()))
    return [place for place, _ in shared.most_common(MOST)]


def _likeness(one: list[str], other: list[str], in_order: bool) -> float:
    """How alike two texts are, 0 to 1; in other words their order says little."""
    pair = (one, other) if in_order else (sorted(one), sorted(other))
    return SequenceMatcher(None, *pair, autojunk=False).ratio()


class _Gaps(NamedTuple):
    """The neighbours of each claim that were found again, and each sentence, as numbers in the new text."""

    of_claims: dict[str, tuple[int, int]]
    numbers: dict[str, int]

    def between(self, id: str, place: str) -> bool:
        """Whether a sentence stands between the neighbours that a claim's sentence had."""
        before, after = self.of_claims[id]
        return before < self.numbers[place] < after


def _gaps(ids: list[str], places: list[str], places_of: Mapping[str, str]) -> _Gaps:
    numbers = {place: n for n, place in enumerate(places)}
    before, of_claims, waiting = -1, dict[str, tuple[int, int]](), list[str]()
    for known, run in groupby(ids, key=lambda id: id in places_of):
        run_ids = list(run)
        if not known:
            waiting = run_ids
            continue
        after = numbers[places_of[run_ids[0]]]
        of_claims |= dict.fromkeys(waiting, (before, after))
        before, waiting = numbers[places_of[run_ids[-1]]], []
    return _Gaps(of_claims | dict.fromkeys(waiting, (before, len(places))), numbers)
