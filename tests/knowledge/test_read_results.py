"""How results are shown, as the vocabulary declares it; tests/data/loader.txt has what can be wrong."""

from __future__ import annotations

from support.loading import MINIMAL, checked, texts

from expert.language.model import Knowledge, Ranking
from expert.language.words import WORDS

OWN = """\
results: [place, option.cost]
exclusive: [place]
rank: {by: option.cost, order: least-first}
words:
  verdicts: {preferred: best, option: {label: fits, clause: a good one}}
  headings: {cost: Allowance}
  silence: "{option} is not in the book."
"""


def declared(more: str) -> Knowledge:
    files = texts(MINIMAL)
    files["kb/vocabulary.yaml"] += more
    base, problems = checked(files)
    assert problems == []
    return base.knowledge


def test_what_is_declared_is_read() -> None:
    k = declared(OWN)
    assert k.results == ("place", "cost") and k.exclusive == (("place",),)
    assert k.rank == Ranking("cost", least_first=True)
    assert k.words.verdicts == WORDS.verdicts | {"preferred": "best", "option": "fits"}
    assert k.words.clauses["preferred"] == "best" and k.words.clauses["option"] == "a good one"
    assert k.words.headings == WORDS.headings | {"cost": "Allowance"}
    assert k.words.silence == "{option} is not in the book."
    assert list(k.words.verdicts) == list(WORDS.verdicts)  # the best first, whatever they are called


def test_what_is_not_declared_is_as_it_was() -> None:
    k = declared("")
    assert (k.results, k.exclusive, k.rank, k.words) == ((), (), None, WORDS)
    assert declared("rank: {by: option.cost}\n").rank == Ranking("cost")
