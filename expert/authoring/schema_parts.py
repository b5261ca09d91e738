"""Schemas for the parts of the rule language: names, values, answers, conditions, quantities."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from expert.knowledge.files import NO_COST
from expert.knowledge.read_conditions import COMPARISONS, COUNTING, OF
from expert.language.conditions import COMPUTED
from expert.language.model import CHOICES, NONE_OF_THEM, Knowledge, Term, by_rule_name
from expert.language.rules import RuleBase

Schema = dict[str, object]
WHOLE = "^[0-9]{1,6}$"

DAY_WRITTEN: Schema = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def ref_all(name: str) -> Schema:
    """A reference that other keywords may stand beside (Draft 7 ignores what is beside `$ref`)."""
    return {"allOf": [ref(name)]}


def mapping(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def one_or_more(item: Schema) -> Schema:
    """One thing, or a list of such."""
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def among(names: Collection[str]) -> Schema:
    """One of some names, as YAML may read them."""
    spelled = [form for name in names for form in (name, *_as_yaml(name))]
    return {"enum": spelled} if spelled else {"not": {}}


def _as_yaml(name: str) -> list[object]:
    """What YAML 1.2 reads where a name stands without quotes, if that is not a text."""
    if name.isdigit():
        return [int(name)]
    return [{"true": True, "false": False, "null": None}[name]] if name in ("true", "false", "null") else []


# --- values ------------------------------------------------------------------------------
def part(name: str, base: RuleBase, term: Term | None) -> Schema:
    """The schema of a part of the rule language; `term` is the one under whose name it stands."""
    if name == "cost":
        return cost(base.knowledge)
    if term is None:
        return ref(name)
    if name == "given":
        return given(term)
    if name == "test":
        return test(term)
    if name == "concluded" and term.ordered:
        return ref("moment" if term.is_date else "quantity")
    return value_of(term)


def value_of(term: Term) -> Schema:
    """A value that a knowledge file may give to a term."""
    if term.is_date:
        return DAY_WRITTEN
    if not term.numeric:
        return among(term.values)
    return number_of(term)


def number_of(term: Term, bounded: bool = True) -> Schema:
    """A number that a term may have, and how it is written as a text.

    Too many decimals are refused in a text only: `multipleOf` works with inexact fractions.
    """
    part = f"(\\.[0-9]{{0,{term.decimals}}}0*)?" if term.decimals else "(\\.0+)?"
    sign = "" if bounded and term.low is not None and term.low >= 0 else "-?"
    schema: Schema = {
        "type": ["number" if term.decimals else "integer", "string"],
        "pattern": f"^\\s*{sign}[0-9]{{1,15}}{part}\\s*$",
        "exclusiveMaximum": 10**15,
        "exclusiveMinimum": -(10**15),
    }
    scale = 10**term.decimals
    if bounded and term.low is not None:
        schema["minimum"] = term.low / scale if term.low % scale else term.low // scale
    if bounded and term.high is not None:
        schema["maximum"] = term.high / scale if term.high % scale else term.high // scale
    return schema


def answer(term: Term) -> Schema:
    """What may be answered: as the vocabulary spells it, or as JSON and YAML do."""
    about: Schema = {"description": "\n".join(text for text in (term.question, term.help) if text)}
    unknown: list[object] = ["unknown", "null", "~", "", None]
    if term.type == CHOICES:
        # a text may hold several, with commas between them
        texts: Schema = {"type": "string", "pattern": _several_in_a_text(term)}
        return {
            **about,
            "anyOf": [{"enum": unknown}, texts, *several(term, ["yes", "no", True, False, *unknown])],
        }
    if term.ordered:
        return {**about, "anyOf": [value_of(term), {"enum": unknown}]}
    truth: list[object] = ["true", "false", True, False] if term.type == "yes-no" else []
    return {**about, "enum": [*term.values, *truth, *unknown]}


def given(term: Term) -> Schema:
    """An answer as it is spelled in a case file: not, as elsewhere, in the ways of JSON."""
    schema = answer(term)
    if term.type == CHOICES:
        told = among([*term.values, NONE_OF_THEM, "unknown"])
        return {**schema, "anyOf": [told, *several(term, ["yes", "no", "unknown"])]}
    if term.ordered:
        return {**schema, "anyOf": [value_of(term), {"enum": ["unknown"]}]}
    return {**schema, **among([*term.values, "unknown"])}


def several(term: Term, said: list[object]) -> list[Schema]:
    """Several answers as a list of values, or as what is said of each."""
    listed: Schema = {"type": "array", "items": among(term.values), "minItems": 1, "uniqueItems": True}
    each: dict[str, Schema] = {value: {"enum": said} for value in term.values}
    return [listed, {**mapping(each), "minProperties": 1}]


def _several_in_a_text(term: Term) -> str:
    value = f"\\s*({'|'.join(term.values)})\\s*"
    return f"^({value}(,{value})*|\\s*({NONE_OF_THEM}|unknown)\\s*)$"


def cost(knowledge: Knowledge) -> Schema:
    """A cost that is expected."""
    costs = [number_of(knowledge.findings[name]) for name in knowledge.cost or ()]
    return {"anyOf": [{"enum": [NO_COST]}, *costs]} if costs else {"not": {}}


def case(knowledge: Knowledge) -> Schema:
    """The answers, or (what `--json` prints) a mapping with `answers`; null is `unknown`."""
    printed: Schema = {
        "type": "object",
        "properties": {"answers": {"type": "object"}},
        "required": ["answers"],
    }
    plain = mapping({name: answer(term) for name, term in knowledge.answerable.items()})
    return {"if": printed, "then": {"properties": {"answers": plain}}, "else": plain}


# --- conditions --------------------------------------------------------------------------
def terms(knowledge: Knowledge) -> dict[str, Term]:
    """The terms by the names under which conditions mention them."""
    return knowledge.answerable | by_rule_name(knowledge.findings) | by_rule_name(knowledge.properties)


def conditions(knowledge: Knowledge, name: str) -> dict[str, Schema]:
    """Two definitions: a condition, and one inside it, which must say something."""
    part = f"{name}-inside"
    return {
        name: condition(knowledge, name, part),
        part: {**ref_all(name), "minProperties": 1, "minItems": 1},
    }


def condition(knowledge: Knowledge, whole: str, part: str) -> Schema:
    """A mapping of which every entry holds, or a list of conditions that all hold.

    `whole` and `part` are the names of the definitions of such, and of those inside it.
    """
    inner = ref(part)
    entry: dict[str, Schema] = {
        "any": {"type": "array", "items": inner, "minItems": 2},
        "all": inner,
        "unless": {**ref_all(part), "description": "there is no evidence that"},
        "not": {**ref_all(part), "description": "it is not the case that"},
        "option": one_or_more(among(knowledge.options)),
    }
    entry |= {name: test(term) for name, term in terms(knowledge).items()}
    number: Schema = {"type": ["integer", "string"], "minimum": 0, "pattern": WHOLE}
    counted = dict.fromkeys(COUNTING, number) | {OF: one_or_more(inner)}
    counting: Schema = {**mapping(counted), "required": [OF], "minProperties": 2}
    kinds: list[Schema] = [mapping(entry), *([] if OF in entry else [counting])]
    return {"anyOf": [*kinds, {"type": "array", "items": ref(whole)}]}


def test(term: Term) -> Schema:
    """What a condition may ask of a term."""
    if term.type == CHOICES:
        return _test_of_several(term)
    wanted = one_or_more(value_of(term))
    deniable = term.kind == "attribute" or bool(term.role) or term.asked
    known = ["known", "unknown"] if deniable else ["known"]
    with_what = ref("moment" if term.is_date else "quantity")
    compared = dict.fromkeys(COMPARISONS, with_what) if term.ordered else dict[str, Schema]()
    if term.kind != "finding" or deniable:
        compared["not"] = wanted
    comparison: Schema = {**mapping(compared), "minProperties": 1}
    choices: list[Schema] = [{"enum": known}, wanted, *([comparison] if compared else [])]
    return {"anyOf": choices, "description": term.question or term.label}


def _test_of_several(term: Term) -> Schema:
    """What a condition may ask of an attribute with several answers."""
    wanted = one_or_more(among(term.values))
    number: Schema = {
        "type": ["integer", "string"],
        "minimum": 0,
        "maximum": len(term.values),
        "pattern": WHOLE,
    }
    compared: dict[str, Schema] = dict.fromkeys(COUNTING, number)
    compared["not"] = {"anyOf": [among([NONE_OF_THEM]), wanted]}
    comparison: Schema = {**mapping(compared), "minProperties": 1}
    alone = among(["known", "unknown", NONE_OF_THEM])
    return {"anyOf": [alone, wanted, comparison], "description": term.question}


def quantity(knowledge: Knowledge) -> Schema:
    """A number, the name of one, or what is computed of such."""
    numeric = [name for name, term in terms(knowledge).items() if term.numeric]
    number: Schema = {"type": ["number", "string"], "pattern": "^-?[0-9]{1,15}(\\.[0-9]{1,12})?$"}
    operands: Schema = {"type": "array", "items": ref("quantity"), "minItems": 2}
    operators: dict[str, Schema] = dict.fromkeys(COMPUTED, operands)
    operators |= {name: {**operands, "maxItems": 2} for name in ("minus", "percent")}
    operators["years-between"] = {**operands, "items": ref("moment"), "maxItems": 2}
    computed: Schema = {**mapping(operators), "minProperties": 1, "maxProperties": 1}
    return {"anyOf": [number, among(numeric), computed]}


def moment(knowledge: Knowledge) -> Schema:
    """A date, the name of one, or the least or greatest of such."""
    dates = [name for name, term in terms(knowledge).items() if term.is_date]
    operands: Schema = {"type": "array", "items": ref("moment"), "minItems": 2}
    computed: Schema = {
        **mapping(dict.fromkeys(("min", "max"), operands)),
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [DAY_WRITTEN, among(dates), computed]}
