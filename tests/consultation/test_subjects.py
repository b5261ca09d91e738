"""What a name means that is asked about."""

from __future__ import annotations

import pytest

from expert.consultation.subjects import KINDS, also_meant, find_subject, spelled, subjects
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
        ("light", "target", "light"),  # and the beginning of rules, and of a question
        ("light_", "attribute", "light_scarring"),
        ("the deep scars", "target", "deep"),
        ("scar", "finding", "scar_kind"),  # before questions
        ("over-budget", "flag", "over-budget"),
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


def test_what_else_a_name_could_mean(base: RuleBase) -> None:
    scar = find_subject(base, "scar")
    assert {other.id for other in also_meant(base, "scar", scar)} == {"scar_depth", "scar_count"}
    assert also_meant(base, "scar_kind", scar) == []  # whose whole name it is


def test_every_kind_has_its_place_and_a_name_of_its_own(base: RuleBase) -> None:
    kinds = [subject.kind for subject in subjects(base)]
    assert [*dict.fromkeys(kinds)] == [*KINDS] == sorted({*kinds}, key=[*KINDS].index)
    assert kinds == sorted(kinds, key=[*KINDS].index)
    for subject in subjects(base):
        assert find_subject(base, spelled(subject)) == subject
        found = find_subject(base, subject.id)
        assert found.id == subject.id and [*KINDS].index(found.kind) <= [*KINDS].index(subject.kind)
