"""The claims against the document itself; skipped where the document is not at hand."""

from __future__ import annotations

import json
from pathlib import Path

from support.shell import cicatrix
from support.text import runs

from expert.knowledge.document import coverage, fingerprint, quotes, sentences, split
from expert.knowledge.load import load
from expert.language.rules import RuleBase

ROOT = Path(__file__).parents[2]


def test_all_forty_sentences_are_accounted_for(document: Path) -> None:
    result = cicatrix("kb", "coverage", "--document", str(document))
    assert result.code == 0
    assert "40 of 40 sentences accounted for (100 %), fingerprints checked." in result.stdout


def test_an_edited_sentence_names_its_rules(document: Path, tmp_path: Path) -> None:
    copy = tmp_path / "edited.txt"
    copy.write_text(document.read_text().replace("$50 per scar", "$80 per scar"))
    result = cicatrix("kb", "coverage", "--document", str(copy), "--json")
    assert result.code == 1
    changed = [place for place in json.loads(result.stdout) if place["status"] == "changed"]
    assert [place["id"] for place in changed] == ["p13s2"]
    assert {"cost-by-the-scar", "within-the-budget", "over-the-budget-by-the-scar"} <= set(
        changed[0]["users"]
    )
    shown = cicatrix("kb", "coverage", "--document", str(copy))
    assert "p13s2 is changed: cost-by-the-scar" in shown.stdout


def test_an_added_and_a_lost_sentence(document: Path, tmp_path: Path, base: RuleBase) -> None:
    text = document.read_text().rstrip("\n")
    added = coverage(base, text + " One more sentence.\n")
    assert [(p.id, p.status) for p in added if p.status == "missing"] == [("p14s3", "missing")]
    lost = coverage(base, text.rsplit(". ", 1)[0] + ".")
    assert [(p.id, p.status) for p in lost if p.status == "gone"] == [("p14s2", "gone")]


def test_each_edit_of_a_sentence_is_noticed(document: Path, base: RuleBase) -> None:
    """Any sentence of the forty, with one letter changed, is reported, and it alone."""
    text = document.read_text()
    for place, sentence in sentences(text).items():
        edited = text.replace(sentence, sentence[:-2] + "x" + sentence[-1])
        assert [p.id for p in coverage(base, edited) if p.status == "changed"] == [place]


def test_no_sentence_is_copied(document: Path) -> None:
    """No committed text holds eight words in a row of the document."""
    known = {run for sentence in sentences(document.read_text()).values() for run in runs(sentence)}
    for folder in ("kb", "rules", "expert", "docs", "tests"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".yaml", ".py", ".md", ".txt"):
                assert not runs(path.read_text()) & known, path


def test_typography_is_no_change() -> None:
    assert fingerprint("It’s  “here”.") == fingerprint('it\'s "here".')
    assert fingerprint("It is here.") != fingerprint("It is hers.")


def test_sentences_are_split_where_they_end() -> None:
    paragraph = 'Dr. Low said e.g. this. "Is it?" Yes! At 3.5 mm. 12 scars (or so.) Then the end'
    assert split(paragraph) == [
        "Dr. Low said e.g. this.",
        '"Is it?"',
        "Yes!",
        "At 3.5 mm.",
        "12 scars (or so.)",
        "Then the end",
    ]


def test_no_claim_is_lent_a_text_that_it_does_not_carry() -> None:
    base = load(ROOT / "examples" / "heating")
    claims = base.knowledge.claims
    text = (ROOT / "examples" / "heating" / "document.txt").read_text("utf-8")
    assert all(quote.encoded for quote in quotes(claims, text).values())
    paragraphs = text.split("\n\n")
    elsewhere = quotes(claims, "\n\n".join(reversed(paragraphs)))
    assert elsewhere == quotes(claims, text)  # the very sentences, wherever they stand
    forged = quotes(claims, text.replace(" not ", " surely "))
    for id, quote in forged.items():
        said = sentences(text)[id]
        assert quote.encoded == (" not " not in said)
        assert " surely " not in quote.text or " surely " in said
        assert quote.encoded or quote.text.startswith("the text given has another sentence")
    short = quotes(claims, paragraphs[0])
    assert short["p11s4"].text == "the text given does not have the sentence that was encoded"
