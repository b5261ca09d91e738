"""JSON Schemas for the files of a knowledge base, and for a case, made from its vocabulary.

One schema that an editor can be given for every file: it looks at the shape of the file and holds
it to one of the definitions (those of `KINDS`, and `case`, the answers to consult on); and one for
each kind of file alone. Draft 7, which the editors' YAML language server knows best; scalars are
read as YAML 1.2 reads them, so `yes` is a text. The names that rules may use are those that the
knowledge base declares. What only the loader sees (strata, units, uncited claims) is left to
`kb lint`.
"""

from __future__ import annotations

import re

from expert.authoring import schema_cases as expectations
from expert.authoring.schema_parts import (
    TEXT,
    YES_NO,
    Schema,
    among,
    answer,
    cited,
    conditions,
    entries,
    fields,
    one_or_more,
    quantity,
    ref,
    terms,
    value_of,
)
from expert.knowledge.files import RESERVED
from expert.language.model import TYPES, Knowledge
from expert.language.rules import BASES, STANCES, STRENGTHS, RuleBase

DRAFT = "http://json-schema.org/draft-07/schema#"


KINDS = ("document", "claims", "vocabulary", "options", "rules", "cases", "invariants")


SHAPES = (  # which definition a mapping is held to: the first of whose keys it has one
    ("claims", ("claims", "hedges")),
    ("vocabulary", ("attributes", "topics")),
    ("options", ("options", "properties")),
    ("document", ("title", "disclaimer")),
    ("invariants", ("invariants", "intended")),
)


def schema(base: RuleBase) -> Schema:
    """The schema of all files, with a definition for each kind."""
    k = base.knowledge
    dispatch: Schema = ref("case")
    for name, keys in reversed(SHAPES):
        telling = [{"required": [key]} for key in keys if key not in k.attributes]
        dispatch = {"if": {"anyOf": telling}, "then": ref(name), "else": dispatch} if telling else dispatch
    return {
        "$schema": DRAFT,
        "title": f"Knowledge files and cases of {k.title} {k.version}",
        "$comment": f"made from the knowledge base {k.hash}",
        "if": {"type": "array"},
        "then": {"items": {"if": {"required": ["case"]}, "then": ref("test"), "else": ref("rule")}},
        "else": dispatch,
        "definitions": definitions(base),
    }


def file_schemas(base: RuleBase) -> dict[str, Schema]:
    """A schema for each kind of file alone, which editors complete better from."""
    every = definitions(base)
    return {
        kind: {
            "$schema": DRAFT,
            "title": f"{base.knowledge.title}: {kind}",
            "allOf": [ref(kind)],
            "definitions": {name: every[name] for name in sorted(_reached(kind, every, set()))},
        }
        for kind in KINDS
    }


def _reached(name: str, every: dict[str, Schema], seen: set[str]) -> set[str]:
    """The definitions that one refers to, itself among them."""
    seen.add(name)
    for other in re.findall(r"#/definitions/([a-z-]+)", repr(every[name])):
        if other not in seen:
            _reached(other, every, seen)
    return seen


def definitions(base: RuleBase) -> dict[str, Schema]:
    """A definition for each kind of file, and for what they are made of."""
    k = base.knowledge
    return {
        "document": document(),
        "claims": claims(k),
        "vocabulary": vocabulary(),
        "options": options(k),
        "rules": {"type": "array", "items": ref("rule")},
        "rule": rule(k),
        **conditions(k, "condition"),
        "quantity": quantity(k),
        "conclusions": one_or_more(ref("conclusion")),
        "conclusion": conclusion(k),
        "case": case(k),
        **expectations.definitions(base),
    }


# --- what is declared --------------------------------------------------------------------
def document() -> Schema:
    return fields("id title version disclaimer", source=TEXT)


def claims(k: Knowledge) -> Schema:
    fingerprint: Schema = {"type": ["string", "number"], "pattern": "^[0-9a-f]{16}$"}
    claim = fields("says hedge fingerprint", hedge=among(k.hedges), context=TEXT, fingerprint=fingerprint)
    places: Schema = {"pattern": "^p[1-9][0-9]{0,3}s[1-9][0-9]{0,3}$"}
    listed: Schema = {
        "type": "object",
        "propertyNames": places,
        "additionalProperties": claim,
        "minProperties": 1,
    }
    return fields("hedges claims", hedges=entries(TEXT, some=True), claims=listed)


def vocabulary() -> Schema:
    named: Schema = {"anyOf": [TEXT, fields("label")]}
    topic: Schema = {"anyOf": [TEXT, fields("label", decides=YES_NO)]}
    return fields(
        "attributes topics",
        attributes=entries(term("attribute"), RESERVED),
        findings=entries(term("finding"), RESERVED),
        topics=entries(topic),
        targets=entries(named),
        steps=entries(named),
        flags=entries(named),
    )


def term(kind: str) -> Schema:
    """The declaration of an attribute, a finding or a property; what fits which type."""
    number: Schema = {"type": ["number", "string"]}
    own: dict[str, Schema] = {"attribute": {"fixed": YES_NO}, "finding": {"per-option": YES_NO}}.get(kind, {})
    found = fields(
        "type label question" if kind == "attribute" else "type label",
        own,
        type={"enum": list(TYPES)},
        says=TEXT,
        question=TEXT,
        help=TEXT,
        values=entries(TEXT, ("known", "unknown")),
        min=number,
        max=number,
        decimals={"enum": [*range(7), *map(str, range(7))]},
        unit=TEXT,
        currency=TEXT,
    )
    return {**found, "allOf": [_fitting(type) for type in TYPES]}


def _fitting(type: str) -> Schema:
    """What a term of a type must have and must not have."""
    allowed = {
        "choice": ["values"],
        "yes-no": ["values"],
        "count": ["min", "max", "unit"],
        "number": ["min", "max", "unit", "decimals"],
        "money": ["min", "max", "decimals", "currency"],
    }
    needed = {"choice": ["values"], "money": ["currency"]}.get(type, [])
    foreign = {name for names in allowed.values() for name in names} - set(allowed[type])
    values: dict[str, Schema] = {"choice": {"values": {"minProperties": 1}}, "yes-no": {"values": _yes_no()}}
    barred: Schema = {name: {"not": {}} for name in sorted(foreign)}
    return {
        "if": {"properties": {"type": {"const": type}}, "required": ["type"]},
        "then": {"required": needed, "properties": {**barred, **values.get(type, {})}},
    }


def _yes_no() -> Schema:
    return {"propertyNames": {"enum": ["yes", "no"]}}


def options(k: Knowledge) -> Schema:
    data: Schema = {
        name: {**one_or_more(fields("value claims", value=value_of(term), claims=cited(k)))}
        for name, term in k.properties.items()
    }
    properties: Schema = {"type": "object", "properties": data, "additionalProperties": False}
    money = [name for name, term in k.findings.items() if term.type == "money" and term.per_option]
    return fields(
        "options",
        options=entries(fields("label", properties=properties)),
        properties=entries(term("property"), RESERVED),
        cost=fields("low high", low=among(money), high=among(money)),
    )


# --- rules -------------------------------------------------------------------------------
def rule(k: Knowledge) -> Schema:
    found = fields(
        "id claims basis then because",
        id={"type": "string", "pattern": "^[a-z][a-z0-9-]{0,99}$"},
        claims=cited(k),
        basis={"enum": list(BASES), "description": "; ".join(f"{b}: {says}" for b, says in BASES.items())},
        reason=TEXT,
        when=ref("condition"),
        then=ref("conclusions"),
        salience={"type": ["integer", "string"], "pattern": "^-?[0-9]{1,6}$"},
    )
    ours: Schema = {"properties": {"basis": {"const": "added"}}, "required": ["basis"]}
    return {**found, "if": ours, "then": {"required": ["reason"]}}


def conclusion(k: Knowledge) -> Schema:
    findings = {n: t for n, t in terms(k).items() if t.kind == "finding"}
    concluded: Schema = {n: ref("quantity") if t.numeric else value_of(t) for n, t in findings.items()}
    finding: Schema = {
        "type": "object",
        "properties": concluded,
        "additionalProperties": False,
        "minProperties": 1,
    }
    advice: Schema = {"anyOf": [TEXT, fields("", says=TEXT, id=TEXT)]}
    kinds: Schema = {
        "conclude": one_or_more(finding),
        "argue": one_or_more(argument(k)),
        "plan": one_or_more(among(k.steps)),
        "wait": one_or_more(among(k.steps)),
        "flag": one_or_more(among(k.flags)),
        "advise": one_or_more(advice),
        "caution": one_or_more(advice),
    }
    return {"type": "object", "properties": kinds, "additionalProperties": False, "minProperties": 1}


def argument(k: Knowledge) -> Schema:
    stances: dict[str, Schema] = {stance: among(k.topics) for stance in STANCES}
    rest: dict[str, Schema] = {
        "target": among(k.targets),
        "strength": {"enum": list(STRENGTHS)},
        "says": TEXT,
    }
    return {**fields("", {**stances, **rest}), "oneOf": [{"required": [stance]} for stance in STANCES]}


# --- cases -------------------------------------------------------------------------------
def case(k: Knowledge) -> Schema:
    """The answers, or (what `--json` prints) a mapping with `answers`; null is `unknown`."""
    answers: Schema = {name: answer(term) for name, term in k.attributes.items()}
    plain: Schema = {"type": "object", "properties": answers, "additionalProperties": False}
    printed: Schema = {
        "type": "object",
        "properties": {"answers": {"type": "object"}},
        "required": ["answers"],
    }
    return {"if": printed, "then": {"properties": {"answers": plain}}, "else": plain}
