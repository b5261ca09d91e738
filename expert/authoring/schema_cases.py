"""Schemas for what is expected of a knowledge base: the cases of `kb/cases`, and `kb/invariants.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from expert.authoring.schema_parts import (
    TEXT,
    Schema,
    among,
    answer,
    cited,
    conditions,
    fields,
    number_of,
    one_or_more,
    ref,
    terms,
    value_of,
)
from expert.knowledge.files import CHECKS, NONE, SENSES, TEST
from expert.language.model import Knowledge, Term
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import STANCES, RuleBase
from expert.proof.invariants import outcome_terms

ID: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,99}$"}


def definitions(base: RuleBase) -> dict[str, Schema]:
    """The definitions for both kinds of file."""
    k = base.knowledge
    wider = k._replace(findings={**k.findings, **outcome_terms(base)})
    return {
        "cases": {"type": "array", "items": ref("test")},
        "test": test(base),
        "invariants": invariants(base),
        "invariant": invariant(k),
        # conditions of invariants may speak of the outcome too
        **conditions(wider, "outcome"),
    }


# --- cases -------------------------------------------------------------------------------
def test(base: RuleBase) -> Schema:
    """A case with what must follow from it."""
    k, rules = base.knowledge, some(rule.id for rule in base.rules)
    said = {c.key: None for i in base.instances for c in i.then if c.kind in ("advice", "caution")}
    answers = {name: given(term) for name, term in k.attributes.items()}
    found = fields(
        "case given",
        {"fired": rules, "not-fired": rules},
        given=mapping(answers),
        expect=mapping({option: expected(k) for option in k.options}),
        plan=some(k.steps),
        findings=findings(k, False),
        advice=some(said),
    )
    return {**found, "anyOf": [{"required": [key]} for key in TEST.some_of]}


def given(term: Term) -> Schema:
    """An answer as it is spelled in a case file: not, as elsewhere, in the ways of JSON."""
    found = answer(term)
    if term.numeric:
        return {**found, "anyOf": [number_of(term), {"enum": ["unknown"]}]}
    return {**found, **among([*term.values, "unknown"])}


def expected(k: Knowledge) -> Schema:
    """What is expected of an option."""
    costs = (number_of(k.findings[name]) for name in k.cost or ())
    cost: Schema = {"anyOf": [{"enum": [NONE]}, *costs]} if k.cost else {"not": {}}
    verdict: Schema = {"enum": list(VERDICTS)}
    return mapping(
        {
            "verdict": verdict,
            "timing": {"enum": [NOW, *k.steps]},
            "low": cost,
            "high": cost,
            "flags": some(k.flags),
            **{stance: some(k.topics) for stance in STANCES},
            "targets": mapping(dict.fromkeys(k.targets, verdict)),
            "findings": findings(k, True),
        }
    )


def findings(k: Knowledge, per_option: bool) -> Schema:
    """The values that findings must have."""
    asked = {name: term for name, term in k.findings.items() if term.per_option == per_option}
    return mapping({name: listing(value_of(term)) for name, term in asked.items()})


def some(names: Iterable[str]) -> Schema:
    """Any number of names, each once."""
    return listing(among(list(names)), uniqueItems=True)


def listing(item: Schema, **more: object) -> Schema:
    """One thing, or a list of any number of such."""
    return {"anyOf": [item, {"type": "array", "items": item, **more}]}


def mapping(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


# --- invariants --------------------------------------------------------------------------
def invariants(base: RuleBase) -> Schema:
    """The whole file: what must hold, and which findings of `kb prove` are meant to be so."""
    rules: Schema = {
        "type": "array",
        "items": among([r.id for r in base.rules]),
        "minItems": 2,
        "maxItems": 2,
    }
    tension = fields("rules intended", rules=rules)
    parts = {"invariants": ref("invariant"), "tensions": tension, "intended": mark(base)}
    return mapping({name: listing(part) for name, part in parts.items()})


def invariant(k: Knowledge) -> Schema:
    """One thing that must hold, in exactly one of its senses."""
    compared = listing(among([n for n, t in terms(k).items() if t.kind == "finding" and t.numeric]))
    senses = {sense: compared if sense in SENSES[2:] else ref("outcome-inside") for sense in SENSES}
    more = among([name for name, term in k.attributes.items() if term.numeric])
    found = fields("id says", senses, id=ID, claims=cited(k), when=ref("outcome-inside"), more=more)
    comparing: Schema = {"anyOf": [{"required": [sense]} for sense in SENSES[2:]]}
    return {
        **found,
        "oneOf": [{"required": [sense]} for sense in SENSES],
        "if": {"required": ["more"]},
        "then": comparing,
        "else": {"not": comparing},
    }


def mark(base: RuleBase) -> Schema:
    """Something that a check finds and that is meant to be so."""
    k, rules = base.knowledge, [rule.id for rule in base.rules]
    about: dict[str, Collection[str]] = {
        "unread": k.findings,
        "never-recommended": k.options,
        "never-matters": k.attributes,
        "dead-end": ["every-case"],
    }
    checks = [check for check in CHECKS if check != "tension"]
    held: list[Schema] = [
        {
            "if": {"properties": {"check": {"const": check}}, "required": ["check"]},
            "then": {"properties": {"about": one_or_more(among(about.get(check, rules)))}},
        }
        for check in checks
        if check != "vacuous"  # is about invariants, which stand in the same file
    ]
    return {**fields("check about reason", check={"enum": checks}, about=one_or_more(TEXT)), "allOf": held}
