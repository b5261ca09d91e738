"""What a name means that is asked about."""

from __future__ import annotations

import pytest

from expert.consultation.subjects import find_subject
from expert.io.problems import CaseError
from expert.language.rules import RuleBase


@pytest.mark.parametrize(
    ("name", "kind", "id"),
    [
        ("punch", "option", "punch-technique"),
        ("Injectable fillers", "option", "injectable-fillers"),
        ("fillers", "option", "injectable-fillers"),
        ("PEEL", "option", "chemical-peel"),
        ("scar_kind", "finding", "scar_kind"),
        ("a possible cause of deep scars", "finding", "deep_scar_cause"),
        ("clear-acne", "step", "clear-acne"),
        ("do-not-overcorrect", "advice", "do-not-overcorrect"),
        ("cost-by-the-scar", "rule", "cost-by-the-scar"),
    ],
)
def test_subjects_by_id_label_and_beginning(base: RuleBase, name: str, kind: str, id: str) -> None:
    assert (find_subject(base, name).kind, find_subject(base, name).id) == (kind, id)


@pytest.mark.parametrize("name", ["", "zzz", "prevent"])
def test_subjects_that_are_none(base: RuleBase, name: str) -> None:
    with pytest.raises(CaseError):
        find_subject(base, name)
