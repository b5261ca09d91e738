"""Two rule bases over the same completions: where what they say differs."""

from __future__ import annotations

from support.compare import ROOT

from expert.analysis.shown import rebuilt
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.language.model import Term
from expert.language.prospect import Cones
from expert.language.two_bases import Compared, both_terms, unlike_values


def test_values_are_unlike_where_one_side_alone_has_them() -> None:
    assert unlike_values({"a": 0b1100, "b": 1}, {"a": 0b1010, "c": 4}, 0) == [0b0110, 1, 4]
    assert unlike_values({}, {}, 0) == []


def test_an_attribute_of_two_bases_has_the_values_of_both() -> None:
    old = Term("n", "attribute", "count", "N", low=0, high=5)
    choice = Term("c", "attribute", "choice", "C", values={"a": "A"})
    new = {"n": old._replace(low=2, high=9), "c": choice._replace(values={"b": "B"})}
    both = both_terms({"n": old, "c": choice}, new)
    assert (both["n"].low, both["n"].high) == (0, 9)
    assert both["c"].values.keys() == {"a", "b"}


def test_a_score_is_unlike_exactly_where_consultations_have_it_otherwise() -> None:
    """Of a base, and the same without one row of a score."""
    old = load(ROOT / "examples" / "curb65")
    rules = [rule.without("p2s6") or rule for rule in old.rules]
    new = rebuilt(old.knowledge, rules)
    assert new is not None
    pair = Compared(Cones(old), Cones(new), {}, numbers=["curb65"])
    unlike = pair.unlike("curb65")
    given = ["confusion=yes", "breaths=20", "systolic=120", "diastolic=80", "urea=5"]
    for age in (20, 64, 65, 80):
        case = parse_pairs([*given, f"age={age}"], old.knowledge)
        scores = [(f.finding, f.value) for base in (old, new) for f in infer(base, case).findings]
        apart = len({score for score in scores if score[0] == "curb65"}) > 1
        assert pair.completions.at(unlike, case.answers) == apart == (age >= 65)
