"""A consultation is a value."""

from __future__ import annotations

import copy
import json
import pickle

from expert.consultation import result as trace
from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import infer
from expert.io.json import plain, restore
from expert.language.rules import RuleBase


def test_a_consultation_can_be_copied_compared_and_restored(base: RuleBase) -> None:
    found, other = infer(base, Case({})), infer(base, Case({}))
    restored = restore(trace.Consultation, json.loads(json.dumps(plain(found))))
    assert type(restored.not_fired) is tuple
    assert restored == found == other == pickle.loads(pickle.dumps(found)) == copy.deepcopy(found)
    assert repr(restored) == repr(found)


GIVEN = ["scar_depth=both", "active_acne=yes", "scar_count=12", "budget=599.99", "picking=unknown"]


def test_restored_from_json(base: RuleBase) -> None:
    found = infer(base, parse_pairs(GIVEN, base.knowledge))
    text = json.dumps(plain(found))
    assert restore(trace.Consultation, json.loads(text)) == found


def test_no_fact_without_a_justification(base: RuleBase) -> None:
    """Every finding that a firing matched was concluded by an earlier firing."""
    found = infer(base, parse_pairs(GIVEN, base.knowledge))
    for firing in found.firings:
        for match in firing.matched:
            assert match.kind in ("answer", "unknown", "datum", "finding", "no-evidence")
            assert all(n < firing.n for n in match.firings)
            assert match.firings or match.kind != "finding"
            assert match.claims or match.kind != "datum"
    assert all(firing.claims for firing in found.firings)
