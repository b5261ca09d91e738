"""`explain` and `what-if`: the command says what the functions under it say."""

from __future__ import annotations

import json
import shlex

import pytest
from support.program import invoked

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.explain import how
from expert.consultation.subjects import find_subject
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


SCORE = ["--kb", "examples/curb65"]


@pytest.mark.parametrize("subject", ["intensive-care", "p3s4"])
def test_what_is_advised_where_nothing_was_concluded_is_about_the_same_case(subject: str) -> None:
    said = invoked("explain", "how", subject, "age=70", *SCORE).stdout
    command = shlex.split(" ".join(said.split("`")[1].split()))
    assert command[-2:] == SCORE and invoked(*command).exit_code == 0


def test_what_is_advised_about_a_record_is_about_that_record() -> None:
    made = json.loads(invoked("consult", "age=70", *SCORE, "--json").stdout)["record"]["id"]
    said = invoked("explain", "how", "intensive-care", made).stdout
    command = shlex.split(" ".join(said.split("`")[1].split()))
    assert made in command and invoked(*command).exit_code == 0
    # of a change, the record may be named before it or after it
    before, after = (invoked("what-if", *words) for words in ((made, "age=20"), ("age=20", made)))
    assert before.stdout == after.stdout and "CURB-65" in after.stdout
    assert "`high` is not an answer" in invoked("what-if", "age=20", "high", *SCORE).stderr


def test_a_name_that_is_none_is_answered_in_a_few_lines() -> None:
    said = " ".join(invoked("explain", "how", "nothing-like-it", *ANSWERS).stderr.split())
    assert "punch-technique" in said and "over-the-budget" not in said and "ids of rules" in said
    assert "did you mean `over-the-budget`?" in invoked("explain", "how", "over-teh-budget", *ANSWERS).stderr


def test_what_is_advised_of_another_knowledge_base_is_about_that_one() -> None:
    for words in (["consult", "--brief"], ["consult", "--full"], ["explain", "how", "crb65"]):
        said = " ".join(invoked(*words, "age=70", *SCORE).stdout.split())
        assert "kb review --kb examples/curb65`" in said
        assert said.count("kb claims p2s1") == said.count("kb claims p2s1 --kb examples/curb65")
    assert "kb claims p2s1 --kb examples/curb65" in invoked("consult", "age=70", *SCORE).stdout
    shown = invoked("kb", "show", "--kb", "examples/car").stdout
    assert "options" not in shown and "per option" not in shown
