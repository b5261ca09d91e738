"""Reading `kb/`: the declarations of a knowledge base, from the YAML of its files.

Nothing is executed. Whatever is wrong is noted with its place, and reading goes on.
"""

from __future__ import annotations

import re

from expert.io.files import content_hash
from expert.io.problems import Problem, shorten
from expert.io.yaml import Node, Reader
from expert.knowledge.files import (
    ASKING,
    CLAIM,
    COST,
    DATUM,
    DECLARING,
    HASH,
    NAMED,
    OPTION,
    PLACE,
    RESERVED,
    TERMS,
    TOPIC,
)
from expert.knowledge.read_results import read_exclusive, read_rank, read_results, read_words
from expert.knowledge.shapes import File, Shape
from expert.language.english import among, in_sentence
from expert.language.model import (
    CHOICES,
    NONE_OF_THEM,
    ORDERED,
    TODAY,
    TYPES,
    BadValue,
    Claim,
    Datum,
    Knowledge,
    Named,
    Option,
    Term,
    Value,
)
from expert.language.rules import AGREEING, DATUM_BASES, PRICE_BASES

DECIMALS = {"money": 2, "number": 1}  # where a term does not say how many it has
PLURALS = {"attribute": "attributes", "finding": "findings", "property": "properties"}


def read_knowledge(files: dict[str, str], nodes: dict[str, Node], reader: Reader) -> Knowledge:
    """What the `kb/` files say; whatever is wrong with them is added to the reader's problems."""
    # what a file that could not be read would have said is not a second problem
    head, body, words, sheet = (_keys(file, nodes, reader) for file in DECLARING)
    about = {
        key: reader.text(node, f"`{key}`") for key, node in head.items() if key not in ("source", "as-of")
    }
    hedges = {}
    for _, name, node in reader.entries(body.get("hedges"), "the hedges", some=True):
        hedges[name] = reader.text(node, f"hedge `{name}`")
    all_claims = _read_claims(body.get("claims"), hedges, reader)
    declared = _read_terms(words.get("attributes"), "attribute", reader)
    findings = _read_terms(words.get("findings"), "finding", reader)
    properties = _read_terms(sheet.get("properties"), "property", reader)
    _check_names(declared, findings, properties, reader)
    attributes = {part.name: part for term in declared.values() for part in spread(term)}
    dates = [name for name, term in attributes.items() if term.is_date]
    attributes |= {name: answerable(term) for name, term in findings.items() if term.asked}
    return Knowledge(
        id=about.get("id", ""),
        title=about.get("title", ""),
        version=about.get("version", ""),
        disclaimer=about.get("disclaimer", ""),
        edition=about.get("edition", ""),
        source=(head["source"].text or "") if "source" in head else "",
        as_of=reader.pick(head.get("as-of") if words else None, "date attribute", dates),
        hedges=hedges,
        claims=all_claims,
        attributes=attributes,
        findings=findings,
        properties=properties,
        options=_read_options(sheet.get("options"), properties, all_claims, reader),
        targets=_read_named(words.get("targets"), "target", reader),
        topics=_read_named(words.get("topics"), "topic", reader),
        steps=_read_named(words.get("steps"), "step", reader),
        flags=_read_named(words.get("flags"), "flag", reader),
        cost=_read_cost(sheet.get("cost") if words else None, findings, reader),
        files=files,
        hash=content_hash(files),
        results=read_results(words.get("results"), findings, reader),
        exclusive=read_exclusive(words.get("exclusive"), findings, reader),
        rank=read_rank(words.get("rank"), findings, reader),
        words=read_words(words.get("words"), reader),
        several={name: term for name, term in declared.items() if term.type == CHOICES},
    )


def _check_names(
    attributes: dict[str, Term], findings: dict[str, Term], properties: dict[str, Term], reader: Reader
) -> None:
    """No name is that of two terms which rules call alike."""
    for name in sorted(attributes.keys() & findings.keys()):
        reader.add(Problem(f"finding `{name}` is an attribute too", findings[name].span))
    for name in sorted(properties.keys() & findings.keys()):
        if findings[name].per_option:
            message = f"property `{name}` is a per-option finding too, so `option.{name}` could be either"
            reader.add(Problem(message, properties[name].span))


def _keys(file: File, nodes: dict[str, Node], reader: Reader) -> dict[str, Node]:
    """What stands under each key of a file; nothing if the file could not be read."""
    assert isinstance(file.holds, Shape)
    return file.holds.read(nodes[file.path], reader) if file.path in nodes else {}


def _read_claims(node: Node | None, hedges: dict[str, str], reader: Reader) -> dict[str, Claim]:
    claims = {}
    for key, id, body in reader.entries(node, "the claims", some=True):
        if not re.fullmatch(PLACE, id):
            help = "such as p7s1: paragraph 7, sentence 1"
            reader.report(key, f"`{id}` is not the place of a sentence", help)
            continue
        fields = CLAIM.read(body, reader, f"claim `{id}`")
        fingerprint = reader.text(fields.get("fingerprint"), f"fingerprint of `{id}`")
        if fingerprint and not HASH.fits(fingerprint):
            message = f"`{shorten(fingerprint)}` is not the fingerprint of `{id}`: {HASH.words}"
            reader.report(fields["fingerprint"], message)
        claims[id] = Claim(
            id,
            reader.text(fields.get("says"), f"`says` of `{id}`"),
            reader.pick(fields.get("hedge") if hedges else None, "hedge", hedges),
            fingerprint,
            reader.text(fields.get("context"), f"`context` of `{id}`"),
            key.span,
        )
    return claims


def _read_terms(node: Node | None, kind: str, reader: Reader) -> dict[str, Term]:
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
    one, several = unit.split("|") if type != "money" and AGREEING.fullmatch(unit) else ("", unit)
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
        fixed=reader.pick(fields.get("fixed"), "`fixed`", ("yes", "no")) == "yes",
        per=reader.text(fields.get("per"), f"`per` of `{name}`"),
        basis=reader.pick(fields.get("basis"), "`basis`", PRICE_BASES),
        per_option=reader.pick(fields.get("per-option"), "`per-option`", ("yes", "no")) == "yes",
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


def _read_named(node: Node | None, what: str, reader: Reader) -> dict[str, Named]:
    named = {}
    for _, id, body in reader.entries(node, f"the {what}s"):
        if body.pairs is None:
            named[id] = Named(id, reader.text(body, f"{what} `{id}`"))
        else:
            shape = TOPIC if what == "topic" else NAMED
            fields = shape.read(body, reader, f"{what} `{id}`")
            decides = reader.pick(fields.get("decides"), "`decides`", ("yes", "no")) == "yes"
            named[id] = Named(id, reader.text(fields.get("label"), f"label of `{id}`"), decides)
    return named


def _read_options(
    node: Node | None, properties: dict[str, Term], claims: dict[str, Claim], reader: Reader
) -> dict[str, Option]:
    options = {}
    for key, id, body in reader.entries(node, "the options"):
        fields = OPTION.read(body, reader, f"option `{id}`")
        data: dict[str, tuple[Datum, ...]] = {}
        entries = reader.entries(fields.get("properties"), f"the properties of `{id}`")
        for name_node, name, values in entries:
            if name not in properties:
                reader.unknown(name_node, "property", properties)
                continue
            if values.items == []:
                reader.report(values, f"no value is given for `{name}`")
            read = [_read_datum(item, properties[name], claims, reader) for item in reader.listing(values)]
            data[name] = tuple(datum for datum in read if datum)
        label = reader.text(fields.get("label"), f"label of `{id}`")
        phrase = reader.text(fields.get("phrase"), f"`phrase` of `{id}`") or in_sentence(label)
        plural = reader.pick(fields.get("plural"), "`plural`", ("yes", "no")) == "yes"
        options[id] = Option(id, label, data, key.span, phrase, plural)
    return options


def _read_datum(node: Node, term: Term, claims: dict[str, Claim], reader: Reader) -> Datum | None:
    fields = DATUM.read(node, reader, f"property `{term.name}`")
    cited = read_claims(fields.get("claims"), claims, reader)
    value = read_value(fields["value"], term, reader) if "value" in fields else None
    basis = reader.pick(fields.get("basis"), "`basis`", DATUM_BASES) or "stated"
    says = reader.text(fields.get("says"), f"`says` of `{term.name}`")
    if basis == "inferred" and not says:
        help = "what the document says, and that the value follows: `several are needed, so at least 2`"
        reader.report(node, f"an inferred value of `{term.name}` has no `says`", help)
    return None if value is None else Datum(value, cited, basis, says)


def read_claims(node: Node | None, claims: dict[str, Claim], reader: Reader) -> tuple[str, ...]:
    """The claims that a list of ids names."""
    if not claims:
        return ()  # that there are none is noted already
    ids = [reader.pick(item, "claim", claims) for item in reader.listing(node)]
    if node is not None and not reader.listing(node):
        reader.report(node, "no claim is given")
    return tuple(id for id in ids if id)


def _read_cost(node: Node | None, findings: dict[str, Term], reader: Reader) -> tuple[str, str] | None:
    if node is None:
        return None
    money = [name for name, term in findings.items() if term.type == "money" and term.per_option]
    fields = COST.read(node, reader)
    low, high = (reader.pick(fields.get(side), "per-option money finding", money) for side in ("low", "high"))
    return (low, high) if low and high else None
