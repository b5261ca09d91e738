"""The trace: an entry a firing, those that decided marked, several options in one entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.constructs import case_of, opened

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.result import Consultation
from expert.language.rules import RuleBase
from expert.views.document import Cited, Item, Marked, pieces
from expert.views.firings import deciding, firings_counted, long_trace, reference_explained, short_trace
from expert.views.terminal import Look, shown


@pytest.fixture(scope="module")
def found(base: RuleBase) -> Consultation:
    pairs = ["scar_depth=deep", "active_acne=yes", "scar_count=12"]
    return infer(base, parse_pairs(pairs, base.knowledge))


def entries(found: Consultation, base: RuleBase) -> list[Item]:
    return [block for block in short_trace(found, base.knowledge).blocks if isinstance(block, Item)]


def test_every_firing_is_in_one_entry(base: RuleBase, found: Consultation) -> None:
    numbers: list[int] = []
    for entry in entries(found, base):
        first, _, last = entry.mark.strip("* ").partition("-")
        numbers += range(int(first), int(last or first) + 1)
        firing = found.firings[int(first) - 1]
        words = pieces(entry.words)
        assert isinstance(words[0], Marked) and words[0].text.split("@")[0] == firing.rule
        cited = [id for piece in words if isinstance(piece, Cited) for id in piece.ids]
        assert cited == list(firing.claims)
        text = " ".join(str(piece) for piece in words)
        for other in found.firings[int(first) - 1 : int(last or first)]:
            assert other.rule == firing.rule and (other.option or "") in text
            assert all(concluded.text.removesuffix(".") in text for concluded in other.concluded)
    assert numbers == [firing.n for firing in found.firings]


def test_marked_are_the_firings_whose_arguments_decide(base: RuleBase, found: Consultation) -> None:
    decided = deciding(found, base.knowledge)
    arguments = [a for r in found.recommendations for a in r.arguments]
    assert decided == {a.firing for a in arguments if base.knowledge.topics[a.topic].decides}
    assert decided and decided != {a.firing for a in arguments}
    for entry in entries(found, base):
        first = int(entry.mark.strip("* ").split("-")[0])
        assert entry.mark.startswith("*") == (first in decided)


def test_what_matched_is_said_in_short(base: RuleBase, found: Consultation) -> None:
    text = " ".join(shown([short_trace(found, base.knowledge)], Look()).split())
    claims = " ".join(found.firings[0].claims)
    said = f"deep-scars-present (inferred): scar_depth = deep -> {found.firings[0].concluded[0].text}"
    assert f"{said} [{claims}]" in text
    assert "scar_count = 12, more than 1, price_per_scar = 50" in text
    assert re.search(r"@punch-technique, injectable-fillers, .*?: active_acne = yes, #1 -> wait for:", text)
    assert text.endswith(firings_counted(found))


def test_the_first_reference_is_explained(base: RuleBase, found: Consultation) -> None:
    assert reference_explained([[], ["p5s2", "p1s1"]]) == "[p5s2] is paragraph 5, sentence 2: kb claims p5s2"
    assert reference_explained([]) == ""
    for trace in (short_trace(found, base.knowledge), long_trace(found)):
        heading, _, rest = shown([trace], Look()).partition("\n")
        first = re.search(r"\[(p[0-9]+s[0-9]+)", rest)
        assert first and f"[{first[1]}] is paragraph" in heading


def test_an_exception_is_told_in_words(tmp_path: Path) -> None:
    """And not by the name under which it is read."""
    rules = [
        {"id": "go", "when": {"a": "yes"}, "then": {"advise": "It."}},
        {"id": "stop", "when": {"b": "yes"}, "exception-to": "go"},
    ]
    base = opened({"rules": rules}, tmp_path)
    text = shown([short_trace(infer(base, case_of(base, {"a": "yes"})), base.knowledge)], Look())
    assert "a = yes, there is no evidence that the exception `stop` applies" in " ".join(text.split())
