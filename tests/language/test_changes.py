"""The smallest changes that lead to a standing: each of them leads there, and no smaller one does."""

from __future__ import annotations

import pytest
from support.compare import ROOT

from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.language.changes import changes_to
from expert.language.prospect import Cones


@pytest.mark.parametrize(
    ("option", "goals", "size"),
    [
        ("dermabrasion", ["option"], 0),
        ("punch-technique", ["preferred"], 1),
        ("injectable-fillers", ["option", "now"], 2),
    ],
)
def test_each_change_leads_there_and_no_smaller_one_does(option: str, goals: list[str], size: int) -> None:
    base = load(ROOT)
    given = parse_pairs(["scar_depth=shallow", "active_acne=yes"], base.knowledge).answers
    changes = changes_to(Cones(base), given, option, goals)

    def leads_there(case: Case) -> bool:
        standing = next(r for r in infer(base, case).recommendations if r.option == option)
        return {standing.verdict, standing.timing} >= {*goals}

    assert changes.found and all(len(change) == size for change in changes.found)
    assert all(leads_there(Case({**given, **change})) for change in changes.found)
    assert leads_there(Case(given)) == (size == 0)
    if size == 2:
        for name, term in base.knowledge.attributes.items():
            assert not any(leads_there(Case({**given, name: value})) for value in term.values)


def test_what_nothing_leads_to_is_said_of_any_number_of_changes() -> None:
    base = load(ROOT)
    assert changes_to(Cones(base), {}, "laser-treatment", ["preferred"]) == ([], None)
