"""Schemas for editors, which take what the loader takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
import yaml
from support.compare import BASES, choices
from support.generate import knowledge_files
from support.oracle import OracleKB
from support.plants import BICYCLE, copy_of, edit, files_of, held, kb
from support.schemas import LOADERS, validator
from support.shell import ROOT
from support.sizes import MORE, some_or_all
from support.yaml12 import Core

from expert.authoring.schema import DRAFT, definitions, file_schemas, schema
from expert.consultation.case import read_case
from expert.io.problems import CaseError
from expert.knowledge.files import FILES, file_at
from expert.knowledge.load import load, open_files
from expert.knowledge.shapes import keys_of
from expert.language.rules import RuleBase

TOMATO = BICYCLE.parent / "tomato"


@pytest.mark.parametrize(
    "directory",
    [
        pytest.param(ROOT, id="built-in", marks=MORE),
        pytest.param(BICYCLE, id="bicycle"),
        pytest.param(TOMATO, id="tomato"),
        pytest.param(ROOT / "examples" / "heating", id="heating", marks=MORE),
    ],
)
@pytest.mark.parametrize("loader", [Core, pytest.param(yaml.CBaseLoader, marks=pytest.mark.long)])
def test_every_file_fits_the_schema_of_its_kind(directory: Path, loader: Any) -> None:
    base = load(directory)
    whole = jsonschema.Draft7Validator(schema(base))
    for path in files_of(directory):
        file = file_at(path.relative_to(directory).as_posix())
        kind = file.kind if file else ""
        if kind in file_schemas(base):
            content = yaml.load(path.read_text(), Loader=loader)
            for validator in (held(kind, directory), whole):
                assert [f"{path}: {e.json_path}: {e.message}" for e in validator.iter_errors(content)] == []


def test_the_files_of_a_new_one_name_schemas_that_they_fit(plants: Path) -> None:
    for path in files_of(plants):
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", path.read_text().split("\n")[0])
        assert named, path
        found = json.loads((path.parent / named[1]).read_text())
        assert found["$schema"] == DRAFT
        content = yaml.load(path.read_text(), Loader=Core)
        assert [e.message for e in jsonschema.Draft7Validator(found).iter_errors(content)] == [], path


def test_lint_brings_the_schemas_up_to_date(plants: Path) -> None:
    path = plants / ".schemas" / "rules.json"
    before = path.read_text()
    edit(plants / "kb" / "vocabulary.yaml", "\ntopics:\n", "\ntopics:\n  price: price\n")
    assert kb("lint", "--kb", plants).exit_code == 0
    assert path.read_text() != before and '"price"' in path.read_text()
    times = path.stat().st_mtime_ns
    kb("lint", "--kb", plants)
    assert path.stat().st_mtime_ns == times


GENERATED = 20


def kind_of(name: str) -> str:
    return "rules" if name.startswith("rules/") else Path(name).stem


@pytest.mark.parametrize("one_base", ["acne", pytest.param("bicycle", marks=MORE)], indirect=True)
@pytest.mark.parametrize(
    "loader", [pytest.param(one, id=n, marks=[] if n == "texts" else MORE) for n, one in LOADERS.items()]
)
def test_the_files_of_a_knowledge_base_fit_its_schema(one_base: RuleBase, loader: Any) -> None:
    for name, text in one_base.knowledge.files.items():
        content = yaml.load(text, Loader=loader)
        for one in (validator(one_base), validator(one_base, kind_of(name))):
            assert not [(name, e.message) for e in one.iter_errors(content)]


@pytest.mark.parametrize("count", some_or_all(2, GENERATED, more=6))
def test_generated_files_fit_their_schema(count: int) -> None:
    for seed in range(count):
        files = knowledge_files(Random(seed))
        held = validator(open_files(files)[0])
        for name, text in files.items():
            for loader in LOADERS.values():
                found = [e.message for e in held.iter_errors(yaml.load(text, Loader=loader))]
                assert not found, f"{name} with seed {seed}"


def test_other_files_of_the_directory_are_not_taken_for_what_they_are_not(base: RuleBase) -> None:
    held = validator(base)
    for path in [*(BASES["acne"] / "kb" / "cases").glob("*.yaml"), BASES["acne"] / "kb" / "invariants.yaml"]:
        if path.exists():
            assert held.is_valid(yaml.load(path.read_text(), Loader=Core)), path
    assert not held.is_valid([{"case": "x", "given": {"scar_depth": "deeper"}}])


def test_every_key_is_described(base: RuleBase) -> None:
    """Editors show what a key means: all that is declared, and nothing that is not."""
    for file in FILES:
        if file.kind != "reviews":
            described = re.findall(r'"description": "([^"]*)"', json.dumps(file_schemas(base)[file.kind]))
            for _, key in keys_of(file.holds):
                assert any(key.says in text for text in described), (file.kind, key.name)


# --- cases and invariants ----------------------------------------------------------------------
MISTAKES = [  # kind of file, what stands there, what is written instead
    ("cases", "verdict: preferred", "verdict: prefered"),
    ("cases", "timing: clear-acne", "timing: later"),
    ("cases", "low: 600", "low: much"),
    ("cases", "targets: {deep:", "targets: {dep:"),
    ("cases", "  plan: [try-over-the-counter", "  plan: [try-it"),
    ("cases", "  fired: [then-a-dermatologist,", "  fired: [then-dermatologist,"),
    ("cases", "  not-fired:\n", "  notfired:\n"),
    ("cases", "scar_count: 12}", "scar_count: twelve}"),
    ("cases", "against: [effectiveness", "against: [effect"),
    ("cases", "- case: active acne with nothing tried yet\n", "- name: x\n"),
    ("invariants", "never: {option.timing: now}", "never: {option.timing: soon}"),
    ("invariants", "never: {option.timing: now}", "never: {option.time: now}"),
    ("invariants", "never: {option.timing: now}", "nver: {option.timing: now}"),
    ("invariants", "never: {option.timing: now}", "never: {option.timing: now}\n    always: {plan: known}"),
    ("invariants", "always: {plan: [clear-acne", "always: {plan: [clear"),
    ("invariants", "claims: [p4s1,", "claims: [p4s9,"),
    ("invariants", "    says: Nothing is to be done now on a scar while acne is active.\n", ""),
    ("invariants", "- id: nothing-now-while-acne-is-active", "- id: Nothing now"),
    ("invariants", "more: scar_count", "more: scar_depth"),
    ("invariants", "    more: scar_count\n", ""),
]


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [pytest.param(*m, marks=MORE if n % 4 else []) for n, m in enumerate(MISTAKES)],
)
def test_what_is_refused_in_cases_and_invariants_the_schemas_refuse(
    kind: str, right: str, wrong: str, tmp_path: Path
) -> None:
    name = {"cases": "kb/cases/acne.yaml", "invariants": "kb/invariants.yaml"}[kind]
    copy = copy_of(ROOT, tmp_path / "copy")
    text = (copy / name).read_text()
    assert right in text
    (copy / name).write_text(text.replace(right, wrong, 1))
    assert kb("test" if kind == "cases" else "prove", "--kb", copy).exit_code == 3
    content = yaml.load((copy / name).read_text(), Loader=Core)
    assert not held(kind, ROOT).is_valid(content)
    assert jsonschema.Draft7Validator(schema(load(ROOT))).is_valid(content) in (False, "- name" in wrong)


def test_marks_fit_and_wrong_marks_do_not(base: RuleBase) -> None:
    validator = held("invariants", ROOT)
    rules = [rule.id for rule in base.rules[:3]]
    for fits, content in (
        (True, {"tensions": [{"rules": rules[:2], "intended": "so"}]}),
        (False, {"tensions": [{"rules": rules, "intended": "so"}]}),
        (True, {"intended": {"check": "masked", "about": rules[0], "reason": "so"}}),
        (True, {"intended": [{"check": "dead-end", "about": ["every-case"], "reason": "so"}]}),
        (False, {"intended": [{"check": "dead-end", "about": rules[0], "reason": "so"}]}),
        (False, {"intended": [{"check": "tension", "about": rules[0], "reason": "so"}]}),
    ):
        assert validator.is_valid(content) == fits, content
    assert {"test", "invariant", "outcome"} <= definitions(base).keys()


def accepted(base: RuleBase, text: str) -> bool:
    try:
        read_case(text, "case", base.knowledge)
    except CaseError:
        return False
    return True


@pytest.mark.parametrize("count", some_or_all(40, 300, more=300))
@pytest.mark.parametrize("loader", LOADERS.values(), ids=LOADERS)
def test_whatever_may_be_answered_fits_the_schema_of_a_case(
    one_base: RuleBase, loader: Any, count: int
) -> None:
    directory = next(path for path in BASES.values() if load(path).knowledge.id == one_base.knowledge.id)
    options, random, held = choices(OracleKB(directory)), Random(1), validator(one_base, "case")
    for _ in range(count):
        answers = {n: random.choice([*v, "unknown"]) for n, v in options.items() if random.random() < 0.6}
        lines = "".join(f"{name}: {value}\n" for name, value in answers.items()) or "{}"
        assert accepted(one_base, lines)
        for text in (lines, json.dumps(answers), json.dumps({"answers": answers, "findings": []})):
            assert not [e.message for e in held.iter_errors(yaml.load(text, Loader=loader))], text


GOOD_CASES = """
    {}; {scar_depth: deep}; {scar_depth: unknown}; {scar_depth: null}; {scar_depth: ~}; {active_acne: true};
    {active_acne: "no"}; {scar_count: 12}; {scar_count: "12"}; {scar_count: 12.0}; {budget: 0};
    {budget: 12.5}; {budget: "12.50"}; {budget: 12.500}; {answers: {scar_depth: deep}};
    {answers: {}, other: [1]}
"""

BAD_CASES = """
    []; {scar_depth: deeper}; {scar_dpth: deep}; {scar_depth: [deep]}; {scar_depth: true}; {active_acne: 1};
    {active_acne: maybe}; {scar_count: 0}; {scar_count: -12}; {scar_count: 1.5}; {scar_count: many};
    {scar_count: "-1"}; {scar_count: yes}; {budget: -1}; {budget: -0.01}; {budget: "1.234"}; {budget: 1e3x};
    {budget: {more-than: 1}}; {budget: 1000000000000000}; {answers: {scar_depth: deeper}}; {answers: deep}
"""


@pytest.mark.parametrize("text", [text.strip() for text in GOOD_CASES.split(";")])
def test_a_good_case(base: RuleBase, text: str) -> None:
    assert accepted(base, text)
    assert validator(base, "case").is_valid(yaml.load(text, Loader=Core))
    assert validator(base).is_valid(yaml.load(text, Loader=Core))


@pytest.mark.parametrize("text", [text.strip() for text in BAD_CASES.split(";")])
def test_a_bad_case(base: RuleBase, text: str) -> None:
    assert not accepted(base, text)
    assert not validator(base, "case").is_valid(yaml.load(text, Loader=Core))


@pytest.mark.parametrize(
    ("kind", "text", "fits"),
    [
        ("case", "signs: [down, rolled]", True),
        ("case", "signs: 'down, rolled'", True),
        ("case", "signs: {down: yes, rolled: false}", True),
        ("case", "signs.down: yes", True),
        ("case", "signs: [down, down]", False),
        ("case", "signs: []", False),
        ("case", "signs: [none]", False),
        ("case", "signs: dawn", False),
        ("case", "signs: {dawn: yes}", False),
        ("condition", "signs: [down, rolled]", True),
        ("condition", "signs: {at-least: 2, not: down}", True),
        ("condition", "signs: {not: none}", True),
        ("condition", "signs: none", True),
        ("condition", "signs.down: {not: yes}", True),
        ("condition", "signs: {at-least: 5}", False),
        ("condition", "signs: [none]", False),
        ("condition", "signs: {is: 2}", False),
    ],
)
def test_several_answers_fit_as_the_loader_takes_them(kind: str, text: str, fits: bool) -> None:
    base = load(TOMATO)
    held_to = jsonschema.Draft7Validator({"$ref": f"#/definitions/{kind}", "definitions": definitions(base)})
    assert held_to.is_valid(yaml.load(text, Loader=Core)) == fits
    if kind == "case":
        try:
            assert bool(read_case(text, "", base.knowledge)) == fits
        except CaseError:
            assert not fits
