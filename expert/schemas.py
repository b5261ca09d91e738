"""JSON Schemas for the files of a knowledge base, and for a case, made from its vocabulary.

One schema that an editor can be given for every file: it looks at the shape of the file and holds
it to one of the definitions (`document`, `claims`, `vocabulary`, `options`, `rules`, `case`). Draft 7,
which the editors' YAML language server knows best; scalars are read as YAML 1.2 reads them, so
`yes` is a text. The names that rules may use are those that the knowledge base declares. What only
the loader sees (strata, units, uncited claims) is left to `kb lint`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from expert.declarations import RESERVED
from expert.knowledge import TYPES, Knowledge, Term
from expert.rules import BASES, STANCES, STRENGTHS, RuleBase
from expert.scope import ARITHMETIC, COMPARISONS

Schema = dict[str, object]
NAME = "^[a-z][a-z0-9_-]{0,59}$"
TEXT: Schema = {"type": ["string", "number", "boolean"], "pattern": "\\S"}
YES_NO: Schema = {"enum": ["yes", "no"]}
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
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Knowledge files and cases of {k.title} {k.version}",
        "$comment": f"made from the knowledge base {k.hash}",
        "if": {"type": "array"},
        "then": {"items": {"if": {"required": ["case"]}, "then": ref("test"), "else": ref("rule")}},
        "else": dispatch,
        "definitions": {
            "document": document(),
            "claims": claims(),
            "vocabulary": vocabulary(),
            "options": options(k),
            "rules": {"type": "array", "items": ref("rule")},
            "rule": rule(k),
            "condition": condition(k),
            "inner": {**ref_all("condition"), "minProperties": 1, "minItems": 1},
            "quantity": quantity(k),
            "conclusions": one_or_more(ref("conclusion")),
            "conclusion": conclusion(k),
            "case": case(k),
            # only known for what they are: what else they hold, their own readers check
            "test": {"type": "object", "properties": {"given": ref("case")}},
            "invariants": {"type": "object"},
        },
    }


# --- pieces ------------------------------------------------------------------------------


def ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def ref_all(name: str) -> Schema:
    """A reference that other keywords may stand beside (Draft 7 ignores what is beside `$ref`)."""
    return {"allOf": [ref(name)]}


def fields(required: str, optional: dict[str, Schema] | None = None, **properties: Schema) -> Schema:
    """A mapping with these keys; the required ones are texts unless said otherwise."""
    known: Schema = dict.fromkeys(required.split(), TEXT)
    return {
        "type": "object",
        "properties": {**known, **properties, **(optional or {})},
        "required": required.split(),
        "additionalProperties": False,
    }


def entries(of: Schema, reserved: Iterable[str] = (), some: bool = False) -> Schema:
    """A mapping from names to things."""
    names: Schema = {"pattern": NAME}
    if reserved:
        names["not"] = {"enum": list(reserved)}
    found: Schema = {"type": "object", "propertyNames": names, "additionalProperties": of}
    return {**found, "minProperties": 1} if some else found


def one_or_more(item: Schema) -> Schema:
    """One thing, or a list of such."""
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def among(names: Collection[str]) -> Schema:
    """One of some names, as YAML may read them."""
    spelled = [form for name in names for form in (name, *_as_yaml(name))]
    return {"enum": spelled} if spelled else {"not": {}}


def _as_yaml(name: str) -> list[object]:
    """What YAML 1.2 reads where a name stands without quotes, if that is not a text."""
    return [{"true": True, "false": False, "null": None}[name]] if name in ("true", "false", "null") else []


# --- what is declared --------------------------------------------------------------------


def document() -> Schema:
    return fields("id title version disclaimer", source=TEXT)


def claims() -> Schema:
    fingerprint: Schema = {"type": ["string", "number"], "pattern": "^[0-9a-f]{16}$"}
    claim = fields("says hedge fingerprint", context=TEXT, fingerprint=fingerprint)
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


def cited(k: Knowledge) -> Schema:
    return one_or_more(among(k.claims))


def value_of(term: Term) -> Schema:
    """A value that a knowledge file may give to a term."""
    if not term.numeric:
        return among(term.values)
    return number_of(term)


def number_of(term: Term, bounded: bool = True) -> Schema:
    """A number that a term may have, and how it is written as a text.

    Too many decimals are refused in a text only: `multipleOf` works with inexact fractions.
    """
    part = f"(\\.[0-9]{{0,{term.decimals}}}0*)?" if term.decimals else "(\\.0+)?"
    sign = "" if bounded and term.low is not None and term.low >= 0 else "-?"
    found: Schema = {
        "type": ["number" if term.decimals else "integer", "string"],
        "pattern": f"^\\s*{sign}[0-9]{{1,15}}{part}\\s*$",
        "exclusiveMaximum": 10**15,
        "exclusiveMinimum": -(10**15),
    }
    scale = 10**term.decimals
    if bounded and term.low is not None:
        found["minimum"] = term.low / scale if term.low % scale else term.low // scale
    if bounded and term.high is not None:
        found["maximum"] = term.high / scale if term.high % scale else term.high // scale
    return found


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


def terms(k: Knowledge) -> dict[str, Term]:
    """The terms by the names under which conditions mention them."""
    found = dict(k.attributes)
    found |= {f"option.{n}" if t.per_option else n: t for n, t in k.findings.items()}
    return found | {f"option.{n}": t for n, t in k.properties.items()}


def condition(k: Knowledge) -> Schema:
    """A mapping of which every entry holds, or a list of conditions that all hold."""
    inner = ref("inner")
    entry: dict[str, object] = {
        "any": {"type": "array", "items": inner, "minItems": 2},
        "all": inner,
        "unless": {**ref_all("inner"), "description": "there is no evidence that"},
        "not": {**ref_all("inner"), "description": "it is not the case that"},
        "option": one_or_more(among(k.options)),
    }
    entry |= {name: test(term) for name, term in terms(k).items()}
    mapping: Schema = {"type": "object", "properties": entry, "additionalProperties": False}
    return {"anyOf": [mapping, {"type": "array", "items": ref("condition")}]}


def test(term: Term) -> Schema:
    """What a condition may ask of a term."""
    wanted = one_or_more(value_of(term))
    known = ["known", "unknown"] if term.kind == "attribute" else ["known"]
    compared: Schema = {name: ref("quantity") for name in COMPARISONS} if term.numeric else {}
    if term.kind != "finding":
        compared["not"] = wanted
    mapping: Schema = {
        "type": "object",
        "properties": compared,
        "additionalProperties": False,
        "minProperties": 1,
    }
    choices: list[Schema] = [{"enum": known}, wanted, *([mapping] if compared else [])]
    return {"anyOf": choices, "description": term.question or term.label}


def quantity(k: Knowledge) -> Schema:
    numeric = [name for name, term in terms(k).items() if term.numeric]
    number: Schema = {"type": ["number", "string"], "pattern": "^-?[0-9]{1,15}(\\.[0-9]{1,12})?$"}
    operands: Schema = {"type": "array", "items": ref("quantity"), "minItems": 2}
    computed: Schema = {
        "type": "object",
        "properties": {n: {**operands, "maxItems": 2} if n == "minus" else operands for n in ARITHMETIC},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [number, among(numeric), computed]}


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


def answer(term: Term) -> Schema:
    """What may be answered: as the vocabulary spells it, or as JSON and YAML do."""
    about: Schema = {"description": "\n".join(text for text in (term.question, term.help) if text)}
    unknown: list[object] = ["unknown", "null", "~", "", None]
    if term.numeric:
        return {**about, "anyOf": [number_of(term), {"enum": unknown}]}
    truth: list[object] = ["true", "false", True, False] if term.type == "yes-no" else []
    return {**about, "enum": [*term.values, *truth, *unknown]}
