"""JSON Schemas for the files of a knowledge base, and for a case, made from its vocabulary.

One schema that an editor can be given for every file: it looks at the shape of the file and holds
it to one of the definitions (those of `KINDS`, and `case`, the answers to consult on); and one for
each kind of file alone. Draft 7, which the editors' YAML language server knows best; scalars are
read as YAML 1.2 reads them, so `yes` is a text. The keys, and what they hold, are those that
`expert/knowledge/files.py` declares; the names that rules may use, those that the knowledge base
declares. What only the loader sees (strata, units, uncited claims) is left to `kb lint`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from expert.authoring.schema_parts import (
    Schema,
    among,
    case,
    conditions,
    mapping,
    moment,
    part,
    quantity,
    ref,
)
from expert.knowledge.files import CASE, CHECKS, COMPARING, CONCLUSION, FILES, INVARIANT, RULE, TERMS
from expert.knowledge.shapes import (
    ByName,
    ByTerm,
    Either,
    Entries,
    Key,
    Kind,
    Listing,
    Name,
    RulePart,
    Shape,
    Text,
    Word,
)
from expert.language.model import CHOICES, NONE_OF_THEM, TYPES, Term
from expert.language.rules import RuleBase
from expert.proof.invariants import outcome_terms

DRAFT = "http://json-schema.org/draft-07/schema#"
KINDS = tuple(file.kind for file in FILES if file.kind != "reviews")  # which the program writes
DEFINED = (RULE, CONCLUSION, CASE, INVARIANT)  # the others stand where they are used

TELLING = (  # which definition a mapping is held to: the first of whose keys it has one
    ("claims", ("claims", "hedges")),
    ("vocabulary", ("attributes", "topics")),
    ("options", ("options", "properties")),
    ("document", ("title", "disclaimer")),
    ("invariants", ("invariants", "intended")),
)


def schema(base: RuleBase) -> Schema:
    """The schema of all files, with a definition for each kind."""
    knowledge = base.knowledge
    dispatch: Schema = ref("case")
    for name, keys in reversed(TELLING):
        telling = [{"required": [key]} for key in keys if key not in knowledge.answerable]
        dispatch = {"if": {"anyOf": telling}, "then": ref(name), "else": dispatch} if telling else dispatch
    return {
        "$schema": DRAFT,
        "title": f"Knowledge files and cases of {knowledge.title} {knowledge.version}",
        "$comment": f"made from the knowledge base {knowledge.hash}",
        "if": {"type": "array"},
        "then": {"items": {"if": {"required": ["case"]}, "then": ref("test"), "else": ref("rule")}},
        "else": dispatch,
        "definitions": definitions(base),
    }


def file_schemas(base: RuleBase) -> dict[str, Schema]:
    """A schema for each kind of file alone, which editors complete better from."""
    every = definitions(base)
    schemas: dict[str, Schema] = {}
    for kind in KINDS:
        schemas[kind] = {
            "$schema": DRAFT,
            "title": f"{base.knowledge.title}: {kind}",
            "allOf": [ref(kind)],
            "definitions": {name: every[name] for name in sorted(_reached(kind, every, set()))},
        }
    return schemas


def _reached(name: str, every: dict[str, Schema], seen: set[str]) -> set[str]:
    """The definitions that one refers to, itself among them."""
    seen.add(name)
    for other in re.findall(r"#/definitions/([a-z-]+)", repr(every[name])):
        if other not in seen:
            _reached(other, every, seen)
    return seen


def definitions(base: RuleBase) -> dict[str, Schema]:
    """A definition for each kind of file, and for what they are made of."""
    knowledge, schemas = base.knowledge, dict[str, Schema]()
    for file in FILES:
        if file.kind in KINDS:
            schemas[file.kind] = _schema_of(file.holds, base)
    for shape in DEFINED:
        schemas[shape.name] = _mapping_of(shape, base)
    # conditions of invariants may speak of the outcome too
    wider = knowledge._replace(findings={**knowledge.findings, **outcome_terms(base)})
    return {
        **schemas,
        **conditions(knowledge, "condition"),
        **conditions(wider, "outcome"),
        "quantity": quantity(knowledge),
        "moment": moment(knowledge),
        "case": case(knowledge),
    }


# --- from what is declared -----------------------------------------------------------------
def _schema_of(value: Kind, base: RuleBase, term: Term | None = None) -> Schema:
    """The schema of a kind of value; `term` is the one under whose name it stands."""
    match value:
        case Text():
            types = list(value.types) if len(value.types) > 1 else value.types[0]
            return {"type": types, "pattern": f"^{value.pattern}$" if value.pattern else "\\S"}
        case Word():
            return among(value.allowed)
        case Name():
            return among(value.among(base))
        case RulePart():
            return part(value.name, base, term)
        case Listing():
            return _listing(value, _schema_of(value.item, base, term))
        case Entries():
            return _entries(value, _schema_of(value.item, base))
        case ByName():
            item = _schema_of(value.item, base)
            return mapping(dict.fromkeys(value.name.among(base), item))
        case ByTerm():
            terms = value.terms(base)
            schema = mapping({name: _schema_of(value.item, base, each) for name, each in terms.items()})
            return {**schema, "minProperties": 1} if value.least else schema
        case Either():
            return {"anyOf": [_schema_of(value.text, base), _schema_of(value.shape, base)]}
        case Shape():
            return ref(value.name) if value in DEFINED else _mapping_of(value, base, term)


def _listing(listing: Listing, item: Schema) -> Schema:
    items: Schema = {"type": "array", "items": item}
    if listing.least:
        items["minItems"] = listing.least
    if listing.most:
        items["maxItems"] = listing.most
    if listing.distinct:
        items["uniqueItems"] = True
    return {"anyOf": [item, items]} if listing.alone else items


def _entries(entries: Entries, item: Schema) -> Schema:
    names: Schema = {"pattern": f"^{entries.names}$"}
    if entries.reserved:
        names["not"] = {"enum": list(entries.reserved)}
    schema: Schema = {"type": "object", "propertyNames": names, "additionalProperties": item}
    return {**schema, "minProperties": 1} if entries.least else schema


def _mapping_of(shape: Shape, base: RuleBase, term: Term | None = None) -> Schema:
    """The schema of a mapping with the keys of a shape."""
    schema = mapping({key.name: _described(key, _schema_of(key.holds, base, term)) for key in shape.usable})
    schema["required"] = shape.required
    if shape.one_of:
        schema["oneOf"] = [{"required": [name]} for name in shape.one_of]
    if [*shape.some_of] == shape.names:
        schema["minProperties"] = 1
    elif shape.some_of:
        schema["anyOf"] = [{"required": [name]} for name in shape.some_of]
    return {**schema, **_further(shape, base)}


def _described(key: Key, schema: Schema) -> Schema:
    """The schema of what a key holds, with what the key means, which editors show."""
    says = [key.says]
    if isinstance(key.holds, Word) and isinstance(key.holds.allowed, dict):
        says += [f"{word}: {meaning}" for word, meaning in key.holds.allowed.items()]
    # Draft 7 ignores what is beside `$ref`
    return {"description": "\n".join(says), **({"allOf": [schema]} if "$ref" in schema else schema)}


# --- what keys have to do with each other ----------------------------------------------------
def _further(shape: Shape, base: RuleBase) -> Schema:
    """What a mapping must be like besides: keys that need or exclude each other."""
    if shape.name in TERMS:
        types = [*TYPES, *([CHOICES] if shape.name == "attribute" else [])]
        return {"allOf": [_fitting(type, shape) for type in types]}
    if shape.name == "rule":
        ours: Schema = {"properties": {"basis": {"const": "added"}}, "required": ["basis"]}
        says: list[Schema] = [{"required": ["then"]}, {"required": ["exception-to"]}]
        needed = [name for name in shape.required if name != "then"]
        return {"required": needed, "anyOf": says, "if": ours, "then": {"required": ["reason"]}}
    if shape.name == "invariant":
        comparing: Schema = {"anyOf": [{"required": [sense]} for sense in COMPARING]}
        return {"if": {"required": ["more"]}, "then": comparing, "else": {"not": comparing}}
    return {"allOf": _marked(base)} if shape.name == "mark" else {}


def _fitting(type: str, shape: Shape) -> Schema:
    """What a term of a type must have and must not have."""
    foreign = [key.name for key in shape.keys if set(key.only) & set(TYPES) and type not in key.only]
    needed = [key.name for key in shape.keys if type in key.needed_for]
    none: Schema = {"not": {"enum": [NONE_OF_THEM]}}
    values: dict[str, Schema] = {
        "choice": {"values": {"minProperties": 1}},
        CHOICES: {"values": {"minProperties": 1, "propertyNames": none}},
        "yes-no": {"values": {"propertyNames": {"enum": ["yes", "no"]}}},
    }
    barred: Schema = {name: {"not": {}} for name in sorted(foreign)}
    return {
        "if": {"properties": {"type": {"const": type}}, "required": ["type"]},
        "then": {"required": needed, "properties": {**barred, **values.get(type, {})}},
    }


def _marked(base: RuleBase) -> list[Schema]:
    """What the marks of each check can be about."""
    knowledge, rules = base.knowledge, [rule.id for rule in base.rules]
    about: dict[str, Collection[str]] = {
        "unread": knowledge.findings,
        "never-recommended": knowledge.options,
        "never-matters": knowledge.answerable,
        "dead-end": ["every-case"],
    }
    schemas: list[Schema] = []
    for check in CHECKS:
        if check not in ("tension", "vacuous"):  # the second is about invariants, in the same file
            names = _listing(Listing(Text()), among(about.get(check, rules)))
            schemas.append(
                {
                    "if": {"properties": {"check": {"const": check}}, "required": ["check"]},
                    "then": {"properties": {"about": names}},
                }
            )
    return schemas
