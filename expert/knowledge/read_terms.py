"""Terms read from `kb/`: attributes, findings and properties, their bounds and values; and values of them."""

from __future__ import annotations

import re

from expert.io.problems import shorten
from expert.io.yaml import Node, Reader
from expert.knowledge.files import ASKING, RESERVED, TERMS
from expert.language.english import among
from expert.language.model import CHOICES, NONE_OF_THEM, ORDERED, TODAY, TYPES, BadValue, Term, Value
from expert.language.rules import AGREEING, PRICE_BASES

DECIMALS = {"money": 2, "number": 1}  # where a term does not say how many it has
PLURALS = {"attribute": "attributes", "finding": "findings", "property": "properties"}


def read_terms(node: Node | None, kind: str, reader: Reader) -> dict[str, Term]:
    terms = {}
    for key, name, body in reader.entries(node, f"the {PLURALS[kind]}"):
        if name in RESERVED:
            reader.report(key, f"`{name}` is a word of the rule language and no name for the {PLURALS[kind]}")
        fields = TERMS[kind].read(body, reader, f"{kind} `{name}`")
        terms[name] = _read_term(key, name, kind, fields, reader)
    return terms


def _read_term(key: Node, name: str, kind: str, fields: dict[str, Node], reader: Reader) -> Term:
    types = (*TYPES, CHOICES) if kind == "attribute" else TYPES
    type = reader.pick(fields.get("type"), f"type of `{name}`", types)
    decimals = _read_decimals(fields.get("decimals"), name, type, reader)
    if type == "money" and "currency" not in fields:
        reader.report(key, f"{kind} `{name}` is money and has no `currency`", "such as USD")
    low, high = (_bound(fields.get(side), name, type, decimals, reader) for side in ("min", "max"))
    unit = reader.text(fields.get("currency" if type == "money" else "unit"), f"unit of `{name}`")
    one, several = unit.split("|") if type != "money" and re.fullmatch(AGREEING, unit) else ("", unit)
    term = Term(
        name,
        kind,
        type,
        reader.text(fields.get("label"), f"label of `{name}`"),
        reader.text(fields.get("says"), f"`says` of `{name}`"),
        _read_values(key, name, kind, type, fields.get("values"), reader),
        low=0 if type == "count" and low is None else low,
        high=high,
        decimals=decimals,
        unit=several.strip(),
        unit_one=one.strip(),
        question=reader.text(fields.get("question"), f"question of `{name}`"),
        help=reader.text(fields.get("help"), f"help of `{name}`"),
        fixed=reader.yes(fields.get("fixed"), "`fixed`"),
        per=reader.text(fields.get("per"), f"`per` of `{name}`"),
        basis=reader.pick(fields.get("basis"), "`basis`", PRICE_BASES),
        per_option=reader.yes(fields.get("per-option"), "`per-option`"),
        default=reader.pick(fields.get("default"), "`default`", (TODAY,)),
        asked=reader.pick(fields.get("ask"), "`ask`", ASKING) == "first",
        span=key.span,
    )
    _check_term(term, fields, reader)
    return term if kind == "finding" and not term.per_option else term._replace(asked=False)


def _read_decimals(node: Node | None, name: str, type: str, reader: Reader) -> int:
    if node is not None:
        if type in DECIMALS and re.fullmatch("[0-6]", node.text or ""):
            return int(node.text or "")
        help = "0 to 6, and for a number or money only"
        reader.report(node, f"`decimals` of `{name}` is {node.shape}", help)
    return DECIMALS.get(type, 0)


def _check_term(term: Term, fields: dict[str, Node], reader: Reader) -> None:
    """What is said of the term fits its kind and type."""
    for key in TERMS[term.kind].keys:
        # of `decimals` and `values` it is said where they are read
        if key.name in fields and key.name not in ("decimals", "values") and term.type and not key.fits(term):
            message = f"`{key.name}` is for {key.whose}, and `{term.name}` is a {term.type} {term.kind}"
            reader.report(fields[key.name], message)
    if term.default and term.kind == "attribute" and term.type and not term.is_date:
        message = f"`default` is for a date, and `{term.name}` is a {term.type} attribute"
        reader.report(fields["default"], message)
    for name in ("per", "basis"):
        if name in fields and term.kind == "property" and term.type and term.type != "money":
            reader.report(fields[name], f"`{name}` is for money, and `{term.name}` is a {term.type} property")
    if term.asked and term.kind == "finding" and term.per_option:
        help = "only what is so of the case can be answered"
        reader.report(fields["ask"], f"`{term.name}` is `per-option`, and cannot be asked", help)
    elif term.asked and term.kind == "finding" and "question" not in fields:
        reader.report(fields["ask"], f"finding `{term.name}` is asked, and has no `question`")
    if term.low is not None and term.high is not None and term.low > term.high:
        low, high = term.spell(term.low), term.spell(term.high)
        reader.report(fields["max"], f"`max` of `{term.name}`, `{high}`, is less than its `min`, `{low}`")
    for word in re.findall(r"\{[^{}]*\}|[{}]", term.says):
        if word != "{value}" or term.type == "yes-no":
            message = f"unknown placeholder `{shorten(word)}` in `says` of `{term.name}`"
            help = "allowed: {value}, and not for yes-no, whose `says` is a whole statement"
            reader.report(fields["says"], message, help)


def _read_values(
    key: Node, name: str, kind: str, type: str, node: Node | None, reader: Reader
) -> dict[str, str]:
    """The values of a choice or yes-no with their labels."""
    what = f"the values of `{name}`"
    entries = reader.entries(node, what, some=type in ("choice", CHOICES))
    values = {value: reader.text(label, f"value `{value}`") for _, value, label in entries}
    if type in ("choice", CHOICES) and node is None:
        what = "is a choice" if type == "choice" else f"has the type {CHOICES}"
        reader.report(key, f"{kind} `{name}` {what} and has no `values`")
    elif type in ORDERED and node is not None:
        reader.report(node, f"{kind} `{name}` is a {type} and cannot have `values`")
    for place, value, _ in entries:
        if value in ("known", "unknown"):
            reader.report(place, f"`{value}` is a word of the rule language and cannot be a value")
        elif type == CHOICES and value == NONE_OF_THEM:
            help = f"`{name}: {value}` says no to every value"
            reader.report(place, f"`{value}` cannot be a value of several answers", help)
        elif type == "yes-no" and value not in ("yes", "no"):
            reader.unknown(place, f"value in {what}", ("yes", "no"))
    if type == "yes-no":
        return {"yes": values.get("yes", "yes"), "no": values.get("no", "no")}
    return values


def _bound(node: Node | None, name: str, type: str, decimals: int, reader: Reader) -> int | None:
    if node is None or type not in ORDERED:
        return None
    return read_number(node, Term(name, "bound", type, "", decimals=decimals), reader)


def read_value(node: Node, term: Term, reader: Reader) -> Value | None:
    """The value that the node spells, or None with a problem noted."""
    if not term.ordered and not term.values:
        return None  # that its type or values are missing is noted already
    if not node.text or not node.text.strip():
        help = f"allowed: {term.allowed}"
        reader.report(node, f"a value of `{term.name}` must be a single value, not {node.shape}", help)
        return None
    try:
        return term.parse(node.text)
    except BadValue as error:
        reader.report(node, error.message, error.help)
        return None


def read_number(node: Node, term: Term, reader: Reader) -> int | None:
    """The node's number in the term's scale, or None with a problem noted."""
    value = read_value(node, term, reader)
    return value if isinstance(value, int) else None


def answerable(finding: Term) -> Term:
    """The attribute that a finding is which may be answered."""
    return finding._replace(kind="attribute", role="", asked=False)


def spread(term: Term) -> list[Term]:
    """The attributes that a declared one is: itself, or of several answers a yes-no for each value."""
    if term.type != CHOICES:
        return [term]
    parts = []
    for value, label in term.values.items():
        says = among(term, label)
        question = f"{term.question} ({label})"
        part = term._replace(name=term.part(value), type="yes-no", says=says, question=question)
        yes_no = {"yes": "yes", "no": "no"}
        parts.append(part._replace(label=f"{term.label}: {label}", values=yes_no, among=term.name))
    return parts
