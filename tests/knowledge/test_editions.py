"""Another edition of a document: sentences that moved, were edited, are new or gone."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from support.shell import ROOT

from expert.knowledge.document import coverage, fingerprint, sentences
from expert.knowledge.editions import EDITED, GONE, MOVED, NEW, SAME, Edition, edition
from expert.knowledge.load import load
from expert.language.rules import RuleBase

HEATING = ROOT / "examples" / "heating"


@pytest.fixture(scope="module")
def heating() -> RuleBase:
    return load(HEATING)


@pytest.fixture(scope="module")
def text() -> str:
    return (HEATING / "document.txt").read_text("utf-8")


def counts(found: Edition) -> dict[str, int]:
    return {status: len(found.of(status)) for status in (SAME, MOVED, EDITED, NEW, GONE)}


def test_the_same_text_is_all_the_same(heating: RuleBase, text: str) -> None:
    found = edition(heating, text, {})
    assert counts(found) == {SAME: len(heating.knowledge.claims), MOVED: 0, EDITED: 0, NEW: 0, GONE: 0}
    assert found.places == {id: id for id in heating.knowledge.claims}


def test_one_line_at_the_top_moves_all_the_rest(heating: RuleBase, text: str) -> None:
    found = edition(heating, f"Revised in spring\n\n{text}", {})
    claims = heating.knowledge.claims
    assert counts(found) == {SAME: 0, MOVED: len(claims), EDITED: 0, NEW: 1, GONE: 0}
    for was, now in found.places.items():
        assert now == f"p{claims[was].paragraph + 1}s{claims[was].sentence}"


def test_paragraphs_are_found_wherever_they_went(heating: RuleBase, text: str) -> None:
    paragraphs = [line for line in text.splitlines() if line.strip()]
    for seed in range(5):
        order = list(range(len(paragraphs)))
        Random(seed).shuffle(order)
        found = edition(heating, "\n\n".join(paragraphs[n] for n in order), {})
        assert counts(found)[EDITED] == counts(found)[NEW] == counts(found)[GONE] == 0
        for was, now in found.places.items():
            was_paragraph, sentence = was[1:].split("s")
            assert now == f"p{order.index(int(was_paragraph) - 1) + 1}s{sentence}"


@pytest.mark.parametrize("known", [True, False], ids=["with the old text", "by the claims"])
def test_an_edited_sentence_is_known_by_likeness(heating: RuleBase, text: str, known: bool) -> None:
    old = sentences(text)
    chosen = ["p3s1", "p5s3", "p7s1", "p10s2"]
    changed = text
    for id in chosen:
        words = old[id].rstrip(".").split()
        changed = changed.replace(old[id], " ".join([*words[:-1], "indeed", words[-1]]) + ".")
    found = edition(heating, f"Revised in spring\n\n{changed}", old if known else {})
    assert [passage.was for passage in found.of(EDITED)] == chosen
    assert counts(found)[GONE] == 0 and counts(found)[NEW] == 1
    for passage in found.of(EDITED):
        assert passage.now == f"p{int(passage.was[1:].split('s')[0]) + 1}s{passage.was.split('s')[1]}"
        assert 0.1 < passage.likeness < 1


def test_what_is_quite_another_sentence_is_none_of_the_old(heating: RuleBase, text: str) -> None:
    old = sentences(text)
    changed = text.replace(old["p4s2"], "Bananas ripen in a bowl beside ten apples.")
    found = edition(heating, changed, old)
    assert [p.was for p in found.of(GONE)] == ["p4s2"] and [p.now for p in found.of(NEW)] == ["p4s2"]
    said = edition(heating, changed, old, {"p4s2": "p4s2"})  # but the author may say so
    assert [(p.was, p.now) for p in said.of(EDITED)] == [("p4s2", "p4s2")]


def test_sentences_that_are_alike_keep_their_order(heating: RuleBase, text: str) -> None:
    twice = sentences(text)["p6s1"]
    found = edition(heating, f"{twice}\n\n{text}", {})
    assert found.places["p6s1"] == "p7s1" or found.places["p6s1"] == "p1s1"
    assert counts(found)[NEW] == 1 and counts(found)[GONE] == 0


def test_every_claim_and_every_sentence_is_there_once(heating: RuleBase, text: str) -> None:
    random = Random(7)
    lines = text.splitlines()
    for _ in range(10):
        kept = [line for line in lines if random.random() < 0.8]
        random.shuffle(kept)
        found = edition(heating, "\n".join(kept), {})
        assert sorted(p.was for p in found.passages if p.was) == sorted(heating.knowledge.claims)
        assert [p.now for p in found.passages if p.now] == list(sentences("\n".join(kept)))
        for passage in found.passages:
            if passage.status in (SAME, MOVED):
                claim = heating.knowledge.claims[passage.was]
                assert fingerprint(found.sentences[passage.now]) == claim.fingerprint


def test_the_document_as_it_is_needs_nothing(heating: RuleBase) -> None:
    assert Path(HEATING / "document.txt").is_file()
    assert {place.status for place in coverage(heating)} <= {"encoded", "context"}
