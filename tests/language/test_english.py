"""The words of options inside sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from support.constructs import files_of
from support.generate import write_files
from support.plants import copy_of, edit
from support.shell import ROOT

from expert.consultation.case import parse_pairs
from expert.consultation.outcome import follow
from expert.io.problems import KnowledgeError
from expert.knowledge.load import load
from expert.language.english import Phrases, agreeing, fill
from expert.views.knowledge import options_blocks

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


def test_an_inferred_value_says_what_it_is_inferred_from() -> None:
    base = load(EXAMPLE)
    shown = dict.fromkeys(text for block in options_blocks(base) for text in [str(block)])
    assert any("price of one: $5 (inferred: one usually costs $5, so $5 is taken)" in text for text in shown)
    found = follow(base, parse_pairs(["light=bright", "plants=2"], base.knowledge))
    texts = [match.text for firing in found.firings for match in firing.matched]
    assert "one usually costs $5, so $5 is taken" in texts


def test_an_inferred_value_needs_its_sentence(tmp_path: Path) -> None:
    copy_of(EXAMPLE, tmp_path / "plants")
    edit(tmp_path / "plants/kb/options.yaml", ', says: "one usually costs $5, so $5 is taken"', "")
    with pytest.raises(KnowledgeError, match="an inferred value of `fee` has no `says`"):
        load(tmp_path / "plants")


def test_days_in_force_are_said_once_where_answers_may_disagree_too(tmp_path: Path) -> None:
    days = {"from": "2024-03-01", "until": "2025-03-01"}
    made = {
        "document": {"as-of": "day"},
        "attributes": {"day": {"type": "date"}},
    }
    made["rules"] = [{"id": "r", "when": {"a": "yes"}, "in-force": days, "then": {"advise": "It."}}]
    files = files_of(made)
    contradiction = {
        "between": {"a": "yes", "b": "yes"},
        "leaves-out": "a",
        "claims": "p1s1",
        "because": "So.",
    }
    vocabulary = yaml.safe_load(files["kb/vocabulary.yaml"]) | {"contradictions": {"both": contradiction}}
    base = load(write_files(files | {"kb/vocabulary.yaml": json.dumps(vocabulary)}, tmp_path))
    said = Phrases(base.knowledge).rule(base.rule("r"))
    assert said[1:3] == ["  in force from 2024-03-01 and before 2025-03-01, by it", "  if   it is yes"]


def test_days_are_before_and_after_others(tmp_path: Path) -> None:
    tests = {"more-than": "2024-03-01", "at-least": "2024-03-02", "less-than": "2025-01-01", "at-most": "due"}
    attributes = {"day": {"type": "date"}, "due": {"type": "date"}}
    made = {
        "attributes": attributes,
        "rules": [{"id": "r", "when": {"day": tests}, "then": {"advise": "It."}}],
    }
    base = load(write_files(files_of(made), tmp_path))
    words = ["after 2024-03-01", "on or after 2024-03-02", "before 2025-01-01", "on or before it"]
    said = Phrases(base.knowledge).rule(base.rule("r"))
    assert said[1] == f"  if   {' and '.join(f'it is {each}' for each in words)}"
    [firing] = follow(base, parse_pairs(["day=2024-05-01", "due=2024-05-01"], base.knowledge)).firings
    assert firing.matched[0].text == f"it is 2024-05-01, {', '.join(words[:3])} and {words[3]} (2024-05-01)"
