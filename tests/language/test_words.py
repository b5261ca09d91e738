"""The words of results: one for every verdict, and none twice."""

from __future__ import annotations

from expert.language.policy import VERDICTS
from expert.language.words import WORDS


def test_every_verdict_has_words_of_its_own() -> None:
    assert tuple(WORDS.verdicts) == tuple(WORDS.clauses) == VERDICTS
    assert len(set(WORDS.verdicts.values())) == len(VERDICTS)
    assert "{option}" in WORDS.silence
