"""Cases: answers as they are written and read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.constructs import case_of, opened
from support.shell import ROOT, cicatrix

from expert.consultation.case import case_file_answers, parse_pairs, read_case, spell_answers, started, typed
from expert.consultation.engine import infer
from expert.io.json import plain
from expert.io.problems import CaseError
from expert.knowledge.load import load
from expert.language.rules import RuleBase

GIVEN = ["scar_depth=both", "active_acne=yes", "scar_count=12", "budget=599.99", "picking=unknown"]


def test_json_output_is_a_case_again() -> None:
    first = cicatrix("consult", *GIVEN, "--json")
    again = cicatrix("consult", "--case", "-", "--json", stdin=first.stdout)
    assert again.stdout.split('"record":')[0] == first.stdout.split('"record":')[0]


@pytest.mark.parametrize("budget", ["0.01", "0.10", "599.99", "123456789012345.67", "999999999999999"])
def test_money_is_exact(base: RuleBase, budget: str) -> None:
    """What is written into the record reads back as the amount that was typed."""
    case = parse_pairs([f"budget={budget}"], base.knowledge)
    written = json.loads(json.dumps(plain(infer(base, case))))["answers"]["budget"]
    again = parse_pairs([f"budget={written}"], base.knowledge)
    assert again == case


def test_rows_of_a_population_are_cases(base: RuleBase) -> None:
    """Other columns of such a row are passed over, unless one seems to be an attribute."""
    result = {"row": 7, "patient": "A", "scar_depth": "deep", "budget": None, "x.verdict": "option"}
    assert read_case(json.dumps(result), "", base.knowledge).answers == {"scar_depth": "deep", "budget": None}
    rejected = {
        "row": 1,
        "file": "a",
        "line": 2,
        "reasons": ["?"],
        "cells": {"patient": "A", "picking": "yes"},
    }
    text = json.dumps(rejected)
    assert read_case(text, "", base.knowledge).answers == {"picking": "yes"}
    with pytest.raises(CaseError, match="unknown attribute `Scar_Depth`"):
        read_case(text.replace("patient", "Scar_Depth"), "", base.knowledge)
    with pytest.raises(CaseError, match="unknown attribute `patient`"):
        read_case(json.dumps(rejected["cells"]), "", base.knowledge)


# --- several answers to one question --------------------------------------------------------------
TOMATO = load(ROOT / "tests" / "data" / "tomato").knowledge
ALL_NO = dict.fromkeys(TOMATO.several["signs"].parts, "no")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("signs: [blotches, down]", {**ALL_NO, "signs.blotches": "yes", "signs.down": "yes"}),
        ("signs: rolled", {**ALL_NO, "signs.rolled": "yes"}),
        ("signs: 'rolled, down'", {**ALL_NO, "signs.rolled": "yes", "signs.down": "yes"}),
        ("signs: rolled;down", {**ALL_NO, "signs.rolled": "yes", "signs.down": "yes"}),
        ("signs: none", ALL_NO),
        ("signs: null", dict.fromkeys(ALL_NO)),
        ("signs: {down: yes, rolled: no}", {"signs.down": "yes", "signs.rolled": "no"}),
        ('{"signs.down": true, "signs.yellow": null}', {"signs.down": "yes", "signs.yellow": None}),
    ],
)
def test_several_answers_of_a_file(text: str, answers: dict[str, str | None]) -> None:
    assert read_case(text, "", TOMATO).answers == answers


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("signs: []", "`none` says that none is so"),
        ("signs: {}", "nothing is said"),
        ("signs: [down, none]", "`none` stands alone"),
        ("signs: [[down]]", "must be a single value"),
        ("signs: {dwn: yes}", "did you mean `down`"),
        ("signs: {down: maybe}", "unknown value for `signs.down` `maybe`"),
        ("{signs: down, signs.down: yes}", "`signs.down` is answered twice"),
    ],
)
def test_what_are_no_several_answers(text: str, wrong: str) -> None:
    with pytest.raises(CaseError, match=wrong):
        read_case(text, "", TOMATO)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["signs=down,blotches"], ["signs=blotches,down"]),
        (["signs=none"], ["signs=none"]),
        (["signs=unknown", "weather=dry"], ["weather=dry", "signs=unknown"]),
        (["signs.down=yes", "signs.rolled=unknown"], ["signs.down=yes", "signs.rolled=unknown"]),
        ([f"{name}=no" for name in ALL_NO], ["signs=none"]),
    ],
)
def test_several_answers_are_told_as_they_are_typed(words: list[str], told: list[str]) -> None:
    case = parse_pairs(words, TOMATO)
    assert spell_answers(case, TOMATO) == told and parse_pairs(told, TOMATO) == case
    assert read_case(case_file_answers(case, TOMATO), "", TOMATO) == case


def test_a_case_is_typed_with_what_would_be_today_said_to_be_unknown(tmp_path: Path) -> None:
    day = {"type": "date", "default": "today"}
    base = opened({"attributes": {"day": day}, "rules": [{"id": "r", "then": {"advise": "It."}}]}, tmp_path)
    for given in ({}, {"a": "yes"}, {"day": "2024-02-29"}):
        case = case_of(base, given)
        words = spell_answers(typed(case, base.knowledge), base.knowledge)
        again = started(parse_pairs(words, base.knowledge), base.knowledge)
        assert words and again.value("day") == case.value("day") and again.value("a") == case.value("a")


def test_today_is_no_default_where_it_could_not_be_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the record would hold what no case can say."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # 1970-01-01
    days = {"early": {"max": "1969-12-31"}, "late": {"min": "1970-01-02"}, "that": {"min": "1970-01-01"}}
    attributes = {name: {"type": "date", "default": "today", **range} for name, range in days.items()}
    made = {"attributes": attributes, "rules": [{"id": "r", "then": {"advise": "It."}}]}
    base = opened(made, tmp_path)
    assert started(case_of(base, {}), base.knowledge).answers == {"that": 19700101}
