"""The cases that any reading of the language must satisfy, on every engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.constructs import ENGINES, answers_of, asked, case_of, how_it_stands, opened, wanted
from support.sizes import one_in

from expert.consultation.engine import infer
from expert.language.keys import with_option

CASES = yaml.load((Path(__file__).parent / "cases.yaml").read_text("utf-8"), Loader=yaml.CBaseLoader)


@pytest.mark.parametrize("case", one_in(2, CASES), ids=[case["case"] for case in CASES])
def test_a_case(case: Any, tmp_path: Path) -> None:
    base = opened(case, tmp_path)
    places = {spelled: n for n, (_, spelled) in enumerate(asked(case))}
    for name, engine in ENGINES.items():
        if name in case.get("without", ()):
            continue
        run = engine(base, tmp_path)
        for expected in case["expect"]:
            fired = run(case_of(base, answers_of(expected)))
            said = f"{name}, {expected['given']}"
            for condition, how in wanted(expected):
                found = how_it_stands(places[spelling(condition)], fired)
                assert found == how, f"{said}: {condition}"
            assert fired >= set(expected.get("fired", ())), said
            assert fired.isdisjoint(expected.get("silent", ())), said


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_what_the_record_of_a_case_says(case: Any, tmp_path: Path) -> None:
    base = opened(case, tmp_path)
    for expected in case["expect"]:
        found = infer(base, case_of(base, answers_of(expected)))
        values = {with_option(f.finding, f.option): str(f.value) for f in found.findings}
        for name, value in expected.get("findings", {}).items():
            assert values.get(name, "open") == value, (expected["given"], name)


def spelling(condition: Any) -> str:
    return json.dumps(condition)
