"""`explain` and `what-if`: the command says what the functions under it say."""

from __future__ import annotations

import json

import pytest
from support.program import invoked

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.explain import find_subject, how
from expert.io.json import plain
from expert.language.rules import RuleBase

ANSWERS = ["scar_depth=deep", "active_acne=yes", "scar_count=12"]


@pytest.mark.parametrize("option", ["punch-technique", "laser-treatment", "chemical-peel"])
def test_how_as_json_is_what_is_explained(base: RuleBase, option: str) -> None:
    found = infer(base, parse_pairs(ANSWERS, base.knowledge))
    trees = how(found, base, find_subject(base, option), {})
    told = json.loads(invoked("explain", "how", option, *ANSWERS, "--json").stdout)
    assert told == plain(tuple(trees)) and told


def test_nothing_changes_where_nothing_is_changed() -> None:
    given = ["--given", " ".join(ANSWERS)]
    assert json.loads(invoked("what-if", "scar_count=12", *given, "--json").stdout) == []
    assert json.loads(invoked("what-if", "active_acne=no", *given, "--json").stdout) != []


@pytest.mark.parametrize("words", [["how"], ["why-not"]])
def test_subjects_that_are_none(words: list[str]) -> None:
    result = invoked("explain", *words, "punch-techniqe", *ANSWERS)
    assert result.exit_code == 2 and "punch-technique" in result.stderr and not result.stdout
