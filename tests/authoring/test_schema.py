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
from support.compare import BASES
from support.generate import knowledge_files
from support.plants import BICYCLE, edit, files_of, held, kb
from support.schemas import LOADERS, validator
from support.shell import ROOT
from support.yaml12 import Core

from expert.authoring.schema import DRAFT, file_schemas, schema
from expert.authoring.skeleton import kind_of as schema_of
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase


@pytest.mark.parametrize(
    "directory", [ROOT, BICYCLE, ROOT / "examples" / "heating"], ids=lambda path: path.name
)
@pytest.mark.parametrize("loader", [Core, yaml.BaseLoader])
def test_every_file_fits_the_schema_of_its_kind(directory: Path, loader: Any) -> None:
    base = load(directory)
    whole = jsonschema.Draft7Validator(schema(base))
    for path in files_of(directory):
        kind = schema_of(path.relative_to(directory).as_posix())
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


@pytest.mark.parametrize("loader", LOADERS.values(), ids=LOADERS)
def test_the_files_of_a_knowledge_base_fit_its_schema(one_base: RuleBase, loader: Any) -> None:
    for name, text in one_base.knowledge.files.items():
        content = yaml.load(text, Loader=loader)
        for one in (validator(one_base), validator(one_base, kind_of(name))):
            assert not [(name, e.message) for e in one.iter_errors(content)]


def test_generated_files_fit_their_schema() -> None:
    for seed in range(GENERATED):
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
