"""Schemas of knowledge bases, prepared once."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml
from support.compare import BASES
from support.yaml12 import Core

from expert.authoring.schema import schema
from expert.knowledge.load import load
from expert.language.rules import RuleBase

LOADERS = {"texts": yaml.CBaseLoader, "as an editor reads it": Core}


@pytest.fixture(scope="module", params=BASES)
def one_base(request: pytest.FixtureRequest) -> RuleBase:
    return load(BASES[request.param])


MADE: dict[tuple[str, str], Any] = {}  # validators, by the hash of the knowledge and the definition


def validator(base: RuleBase, definition: str = "") -> Any:
    key = base.knowledge.hash, definition
    if key not in MADE:
        found = schema(base)
        if definition:
            found = {"$ref": f"#/definitions/{definition}", "definitions": found["definitions"]}
        jsonschema.Draft7Validator.check_schema(found)
        MADE[key] = jsonschema.Draft7Validator(found)
    return MADE[key]
