"""What the loader refuses the schemas refuse."""

from __future__ import annotations

import json

import pytest
import yaml
from support.schemas import LOADERS, validator
from support.sizes import one_in

from expert.authoring.schema import schema
from expert.knowledge.load import open_files
from expert.language.rules import RuleBase

MISTAKES = [  # file, what stands there, what is written instead
    ("kb/document.yaml", "title:", "titel:"),
    ("kb/document.yaml", 'version: "1.0"', "version: []"),
    ("kb/claims.yaml", "p1s1:", "p1.1:"),
    ("kb/claims.yaml", "hedge: asserts", "hedges: asserts"),
    ("kb/claims.yaml", 'fingerprint: "f1dd', 'fingerprint: "F1DD'),
    ("kb/vocabulary.yaml", "type: choice", "type: chioce"),
    ("kb/vocabulary.yaml", "type: yes-no", "type: choice"),
    ("kb/vocabulary.yaml", "type: yes-no", "type: yes-or-no"),
    ("kb/vocabulary.yaml", "    currency: USD\n", ""),
    ("kb/vocabulary.yaml", "    currency: USD\n", "    currency: USD\n    unit: scars\n"),
    ("kb/vocabulary.yaml", "fixed: yes", "fixed: true"),
    ("kb/vocabulary.yaml", "fixed: yes", "per-option: yes"),
    ("kb/vocabulary.yaml", "decides: yes", "decides: maybe"),
    ("kb/vocabulary.yaml", "  budget:", "  any:"),
    ("kb/vocabulary.yaml", "      deep: deep\n", "      unknown: deep\n"),
    ("kb/vocabulary.yaml", "    question: How deep are the scars you want treated?\n", ""),
    ("kb/options.yaml", "value: excision", "value: excison"),
    ("kb/options.yaml", "claims: p9s2", "claims: p99s2"),
    ("kb/options.yaml", "{value: 50, claims: p13s2}", "{value: fifty, claims: p13s2}"),
    ("kb/options.yaml", "{value: 2, claims: p8s2,", "{value: 2.5, claims: p8s2,"),
    ("kb/options.yaml", "{value: 2, claims: p8s2,", "{value: -2, claims: p8s2,"),
    ("kb/options.yaml", "low: least_cost", "low: scar_kind"),
    ("kb/options.yaml", "response: {value", "respnse: {value"),
    ("rules/1-depth.yaml", "- id: deep-scars-present", "- id: Deep scars"),
    ("rules/1-depth.yaml", "basis: inferred", "basis: guessed"),
    ("rules/1-depth.yaml", "basis: inferred", "basis: added"),
    ("rules/1-depth.yaml", "[deep, both]", "[deep, bth]"),
    ("rules/1-depth.yaml", "[deep, both]", "[]"),
    ("rules/1-depth.yaml", "scar_depth: unknown", "scar_dpth: unknown"),
    ("rules/1-depth.yaml", "[deep, both]", "[deep, unknown]"),
    ("rules/1-depth.yaml", "[deep, both]", "{more-than: 2}"),
    ("rules/1-depth.yaml", "when: {scar_depth: [deep, both]}", "when: deep"),
    ("rules/1-depth.yaml", "when: {scar_depth: [deep, both]}", "if: {scar_depth: deep}"),
    ("rules/1-depth.yaml", "unless: {scar_kind: light}", "unless: {}"),
    ("rules/1-depth.yaml", "{conclude: {scar_kind: deep}}", "{conclude: {scar_kind: both}}"),
    ("rules/1-depth.yaml", "{conclude: {scar_kind: deep}}", "{conclude: {scar_depth: deep}}"),
    ("rules/1-depth.yaml", "{conclude: {scar_kind: deep}}", "{conclude: {}}"),
    ("rules/1-depth.yaml", "{conclude: {scar_kind: deep}}", "{}"),
    ("rules/1-depth.yaml", "plan: establish-depth", "plan: establish-dept"),
    ("rules/1-depth.yaml", "against: readiness", "against: readyness"),
    ("rules/1-depth.yaml", "{against: readiness}", "{against: readiness, for: cost}"),
    ("rules/1-depth.yaml", "{against: readiness}", "{strength: strong}"),
    ("rules/2-acne.yaml", "        - otc_result: not-tried\n        - otc_result: unknown\n", "        []\n"),
    ("rules/4-treatments.yaml", "option: laser-treatment", "option: laser"),
    ("rules/4-treatments.yaml", "option.works_by", "option.work_by"),
    ("rules/4-treatments.yaml", "strength: strong", "strength: very"),
    ("rules/5-cost.yaml", "{more-than: 1}", "{more: 1}"),
    ("rules/5-cost.yaml", "{more-than: 1}", "{more-than: one}"),
    ("rules/5-cost.yaml", "{more-than: budget}", "{more-than: scar_depth}"),
    ("rules/5-cost.yaml", "{times: [scar_count, option.price_per_scar]}", "{times: [scar_count]}"),
    ("rules/5-cost.yaml", "flag: adds-up", "flag: add-up"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), one_in(3, MISTAKES))
def test_what_the_loader_refuses_the_schema_refuses(
    base: RuleBase, name: str, right: str, wrong: str
) -> None:
    files = base.knowledge.files
    assert right in files[name]
    text = files[name].replace(right, wrong, 1)
    assert open_files(files | {name: text})[1]
    held = validator(base)
    for loader in LOADERS.values():
        assert not held.is_valid(yaml.load(text, Loader=loader))


def test_a_schema_names_what_a_rule_may_say(base: RuleBase) -> None:
    found = json.dumps(schema(base)["definitions"])
    k = base.knowledge
    for name in (*k.attributes, *k.options, *k.topics, *k.steps, *k.flags, *k.claims, "option.least_cost"):
        assert f'"{name}"' in found
