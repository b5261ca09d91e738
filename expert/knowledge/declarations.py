"""Reading `kb/`: the declarations of a knowledge base, from the YAML of its files.

Nothing is executed. Whatever is wrong is noted with its place, and reading goes on.
"""

from __future__ import annotations

import re

from expert.io.files import content_hash
from expert.io.problems import Problem, shorten
from expert.io.yaml import Node, Reader
from expert.knowledge.files import CLAIM, COST, DATUM, DECLARING, HASH, NAMED, OPTION, PLACE, TOPIC
from expert.knowledge.read_results import read_exclusive, read_rank, read_results, read_words
from expert.knowledge.read_terms import answerable, read_terms, read_value, spread
from expert.knowledge.shapes import File, Shape
from expert.language.english import in_sentence
from expert.language.model import CHOICES, Claim, Datum, Knowledge, Named, Option, Term
from expert.language.rules import DATUM_BASES


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
    declared = read_terms(words.get("attributes"), "attribute", reader)
    findings = read_terms(words.get("findings"), "finding", reader)
    properties = read_terms(sheet.get("properties"), "property", reader)
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


def _read_named(node: Node | None, what: str, reader: Reader) -> dict[str, Named]:
    named = {}
    for _, id, body in reader.entries(node, f"the {what}s"):
        if body.pairs is None:
            named[id] = Named(id, reader.text(body, f"{what} `{id}`"))
        else:
            shape = TOPIC if what == "topic" else NAMED
            fields = shape.read(body, reader, f"{what} `{id}`")
            decides = reader.yes(fields.get("decides"), "`decides`")
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
        plural = reader.yes(fields.get("plural"), "`plural`")
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
