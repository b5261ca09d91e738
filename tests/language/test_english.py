"""The words of options inside sentences."""

from __future__ import annotations

from support.shell import ROOT

from expert.consultation.case import parse_pairs
from expert.consultation.outcome import follow
from expert.knowledge.load import load
from expert.language.english import agreeing, fill

EXAMPLE = ROOT / "docs" / "reference" / "plants"


def test_every_sentence_starts_with_a_capital() -> None:
    assert (
        fill("{a} is left. {a}? So {a}.", lambda _: "the fern") == "The fern is left. The fern? So the fern."
    )


def test_an_option_has_its_phrase_and_its_verbs() -> None:
    base = load(EXAMPLE)
    fern, cactus = base.knowledge.options["fern"], base.knowledge.options["cactus"]
    assert (fern.phrase, cactus.phrase) == ("ferns", "a cactus")
    assert [agreeing("wants|want", option) for option in (cactus, fern, None)] == ["wants", "want", "wants"]
    found = follow(base, parse_pairs(["light=dim"], base.knowledge))
    assert found.recommendation("fern").arguments[0].text == "Ferns want shade, and the light is dim."
    found = follow(base, parse_pairs(["light=bright"], base.knowledge))
    assert (
        found.recommendation("cactus").arguments[0].text == "A cactus wants light, and the light is bright."
    )
