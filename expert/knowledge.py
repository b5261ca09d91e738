"""What a knowledge base declares in `kb/`: claims, terms, options, and the names rules may use.

A knowledge base is a directory with `kb/` and `rules/`, or the same files as texts (so that
a ledger can open the very knowledge that made an old record). Loading executes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from expert.source import KnowledgeError, Node, Problem, Reader, Span, not_among, read_text

Value = str | int  # a choice's name, "yes"/"no", or a number scaled by its term's decimals

FILES = ("document", "claims", "vocabulary", "options")
TYPES = ("choice", "yes-no", "count", "number", "money")
NUMERIC = ("count", "number", "money")
RESERVED = ("known", "unknown", "any", "all", "not", "unless", "option")
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the document: where it stands, what it says in our words, how surely."""

    id: str
    says: str
    hedge: str
    fingerprint: str
    context: str = ""  # why nothing follows from it; empty if rules or options cite it
    span: Span = Span("")

    @property
    def paragraph(self) -> int:
        return int(self.id[1:].split("s")[0])


@dataclass(frozen=True, slots=True)
class Term:
    """Something that has values: an attribute of the case, a finding, or an option's property.

    Numbers are integers scaled by 10**decimals, so that no total is ever inexact.
    """

    name: str
    kind: str  # attribute, finding, property
    type: str
    label: str
    says: str = ""
    values: dict[str, str] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    decimals: int = 0
    unit: str = ""
    question: str = ""
    help: str = ""
    fixed: bool = False  # the person cannot change it (their history)
    per_option: bool = False
    span: Span = Span("")

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC

    def parse(self, text: str) -> Value:
        """The value that `text` spells. Raises ValueError with what is wrong, lowercase."""
        text = text.strip()
        if not self.numeric:
            if text in self.values:
                return text
            problem = not_among(f"value for `{self.name}`", text, self.choices)
            raise ValueError(f"{problem.message}; {problem.help}")
        wanted = "a whole number" if self.decimals == 0 else f"a number with up to {self.decimals} decimals"
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]+)?", text, re.ASCII):
            raise ValueError(f"`{text[:60]}` is not {wanted} for `{self.name}`, such as {self.sample}")
        scaled = Decimal(text).scaleb(self.decimals)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"`{text[:60]}` is not {wanted} for `{self.name}`, such as {self.sample}")
        return self.in_range(int(scaled))

    def in_range(self, number: int) -> int:
        """`number` itself. Raises ValueError if the term's range excludes it."""
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            raise ValueError(f"`{self.spell(number)}` is out of range for `{self.name}`: {self.range}")
        return number

    @property
    def choices(self) -> list[str]:
        """The names that may be answered or given."""
        return [*self.values, *(["unknown"] if self.kind == "attribute" else [])]

    @property
    def sample(self) -> str:
        """A value of this term, as an example."""
        return self.spell(self.low or 12 * 10**self.decimals) if self.numeric else next(iter(self.values))

    @property
    def range(self) -> str:
        parts = [f"at least {self.spell(self.low)}"] if self.low is not None else []
        parts += [f"at most {self.spell(self.high)}"] if self.high is not None else []
        return " and ".join(parts) or "any number"

    @property
    def allowed(self) -> str:
        """The values that may be given, in words."""
        if not self.numeric:
            return ", ".join(self.choices)
        unit = f" ({self.unit})" if self.unit else ""
        return f"a number{unit}, {self.range}; or unknown"

    def spell(self, value: Value) -> str:
        """The value as it is typed and stored: `parse` undoes it."""
        if not isinstance(value, int) or self.decimals == 0:
            return str(value)
        return f"{Decimal(value).scaleb(-self.decimals).normalize():f}"

    def plain(self, value: Value) -> str | int | float:
        """The value for JSON: a name, or a number in the term's own unit."""
        if not isinstance(value, int):
            return value
        whole, rest = divmod(value, 10**self.decimals)
        return whole if rest == 0 else float(Decimal(value).scaleb(-self.decimals))

    def show(self, value: Value) -> str:
        """The value in words: its label, or a number with its unit."""
        if not isinstance(value, int):
            return self.values.get(value, value)
        if self.type != "money":
            return self.spell(value) + (f" {self.unit}" if self.unit else "")
        amount = Decimal(value).scaleb(-self.decimals)
        digits = 0 if amount == amount.to_integral_value() else self.decimals
        sign = SIGNS.get(self.unit)
        return f"{sign}{amount:,.{digits}f}" if sign else f"{amount:,.{digits}f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Datum:
    """A value that the document gives to a property of an option, and the claims that say so."""

    value: Value
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be recommended."""

    id: str
    label: str
    properties: dict[str, tuple[Datum, ...]]
    span: Span


@dataclass(frozen=True, slots=True)
class Named:
    """A declared name with its words: a target, topic, step or flag."""

    id: str
    label: str
    decides: bool = False  # topics: whether the deciding policy looks at it


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that `kb/` declares. `files` are the texts it was made of, `hash` names them."""

    id: str
    title: str
    version: str
    disclaimer: str
    hedges: dict[str, str]
    claims: dict[str, Claim]
    attributes: dict[str, Term]
    findings: dict[str, Term]
    properties: dict[str, Term]
    options: dict[str, Option]
    targets: dict[str, Named]
    topics: dict[str, Named]
    steps: dict[str, Named]
    flags: dict[str, Named]
    cost: tuple[str, str] | None  # the findings that are an option's lowest and highest cost
    files: dict[str, str]
    hash: str

    def term(self, name: str) -> Term:
        return self.attributes.get(name) or self.findings[name]


def read_files(directory: Path) -> tuple[dict[str, str], list[Problem]]:
    """The knowledge files of a directory, by their path in it, with `\\n` line ends; and problems."""
    if not (directory / "kb").is_dir() or not (directory / "rules").is_dir():
        help = "a knowledge base is a directory that holds `kb/` and `rules/`"
        return {}, [Problem(f"`{directory}` is not a knowledge base", None, help)]
    names = [f"kb/{name}.yaml" for name in FILES]
    names += sorted(f"rules/{path.name}" for path in (directory / "rules").glob("*.yaml"))
    files, problems = {}, []
    if len(names) == len(FILES):
        problems.append(Problem(f"`{directory / 'rules'}` holds no .yaml file"))
    for name in names:
        try:
            text = read_text(directory / name, str(directory / name) if directory != Path() else name)
            files[name] = text.replace("\r\n", "\n")
        except KnowledgeError as error:
            problems += error.problems
    return files, problems


def content_hash(files: dict[str, str]) -> str:
    """SHA-256, in hex, over the names and texts of the knowledge files in order of name."""
    import hashlib

    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        data = text.encode()
        digest.update(f"{name}\n{len(data)}\n".encode() + data)
    return digest.hexdigest()


def read_knowledge(files: dict[str, str], nodes: dict[str, Node], reader: Reader) -> Knowledge:
    """What the `kb/` files say; whatever is wrong with them is added to the reader's problems."""
    empty = {name: Node(Span(f"kb/{name}.yaml"), pairs=[]) for name in FILES}
    document, claims, vocabulary, options = (nodes.get(f"kb/{n}.yaml", empty[n]) for n in FILES)
    # what a file that could not be read would have said is not a second problem
    unread = [not nodes.get(f"kb/{name}.yaml") for name in FILES]
    head = reader.fields(document, "the document", "" if unread[0] else "id title version disclaimer", "source")
    about = {key: reader.text(node, f"`{key}`") for key, node in head.items() if key != "source"}
    body = reader.fields(claims, "the claims file", "" if unread[1] else "hedges claims")
    hedges = {n: reader.text(v, f"hedge `{n}`") for _, n, v in reader.entries(body.get("hedges"), "hedges")}
    all_claims = _read_claims(body.get("claims"), hedges, reader)
    words = reader.fields(
        vocabulary,
        "the vocabulary",
        "" if unread[2] else "attributes topics",
        "findings targets steps flags",
    )
    attributes = _read_terms(words.get("attributes"), "attribute", reader)
    findings = _read_terms(words.get("findings"), "finding", reader)
    for name in sorted(attributes.keys() & findings.keys()):
        reader.problems.append(Problem(f"finding `{name}` is an attribute too", findings[name].span))
    sheet = reader.fields(options, "the options file", "" if unread[3] else "options", "properties cost")
    properties = _read_terms(sheet.get("properties"), "property", reader)
    return Knowledge(
        id=about.get("id", ""),
        title=about.get("title", ""),
        version=about.get("version", ""),
        disclaimer=about.get("disclaimer", ""),
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
        cost=_read_cost(sheet.get("cost"), findings, reader),
        files=files,
        hash=content_hash(files),
    )


def _read_claims(node: Node | None, hedges: dict[str, str], reader: Reader) -> dict[str, Claim]:
    claims = {}
    for key, id, body in reader.entries(node, "claims"):
        if not re.fullmatch(r"p[1-9][0-9]*s[1-9][0-9]*", id):
            reader.report(key, f"`{id}` is not the place of a sentence", "such as p7s1: paragraph 7, sentence 1")
            continue
        found = reader.fields(body, f"claim `{id}`", "says hedge fingerprint", "context")
        fingerprint = reader.text(found.get("fingerprint"), f"fingerprint of `{id}`")
        if fingerprint and not re.fullmatch(r"[0-9a-f]{16}", fingerprint):
            reader.report(found["fingerprint"], f"fingerprint of `{id}` must be 16 hexadecimal digits")
        claims[id] = Claim(
            id,
            reader.text(found.get("says"), f"`says` of `{id}`"),
            reader.pick(found.get("hedge"), "hedge", hedges),
            fingerprint,
            reader.text(found.get("context"), f"`context` of `{id}`"),
            key.span,
        )
    return claims


def _read_terms(node: Node | None, kind: str, reader: Reader) -> dict[str, Term]:
    optional = "says values min max decimals unit currency question help fixed per-option"
    terms = {}
    for key, name, body in reader.entries(node, f"{kind}s"):
        if name in RESERVED:
            reader.report(key, f"`{name}` is a word of the rule language and cannot name a {kind}")
        required = "type label question" if kind == "attribute" else "type label"
        found = reader.fields(body, f"{kind} `{name}`", required, optional)
        terms[name] = _read_term(key, name, kind, found, reader)
    return terms


def _read_term(key: Node, name: str, kind: str, found: dict[str, Node], reader: Reader) -> Term:
    type = reader.pick(found.get("type"), f"type of `{name}`", TYPES)
    decimals = {"money": 2, "number": 1}.get(type, 0)
    if "decimals" in found:
        given = reader.text(found["decimals"], f"decimals of `{name}`")
        decimals = int(given) if re.fullmatch("[0-6]", given) else 0
        if not re.fullmatch("[0-6]", given) or type not in ("number", "money"):
            reader.report(found["decimals"], "`decimals` is 0 to 6, and for a number or money only")
    values = {n: reader.text(v, f"value `{n}`") for _, n, v in reader.entries(found.get("values"), "values")}
    if type == "yes-no":
        values = {"yes": values.get("yes", "yes"), "no": values.get("no", "no")}
    elif type == "choice" and not values:
        reader.report(key, f"{kind} `{name}` is a choice and has no `values`")
    elif type in NUMERIC and values:
        reader.report(found["values"], f"{kind} `{name}` is a {type} and cannot have `values`")
    for word in ("known", "unknown"):
        if word in values:
            reader.report(found["values"], f"`{word}` is a word of the rule language and cannot be a value")
    if type == "money" and "currency" not in found:
        reader.report(key, f"{kind} `{name}` is money and has no `currency`", "such as USD")
    unit = reader.text(found.get("currency" if type == "money" else "unit"), "unit")
    bounds = [_bound(found.get(side), type, decimals, reader) for side in ("min", "max")]
    return Term(
        name,
        kind,
        type,
        reader.text(found.get("label"), f"label of `{name}`"),
        reader.text(found.get("says"), f"`says` of `{name}`"),
        values,
        low=0 if type == "count" and bounds[0] is None else bounds[0],
        high=bounds[1],
        decimals=decimals,
        unit=unit,
        question=reader.text(found.get("question"), f"question of `{name}`"),
        help=reader.text(found.get("help"), f"help of `{name}`"),
        fixed=reader.pick(found.get("fixed"), "`fixed`", ("yes", "no")) == "yes",
        per_option=reader.pick(found.get("per-option"), "`per-option`", ("yes", "no")) == "yes",
        span=key.span,
    )


def _bound(node: Node | None, type: str, decimals: int, reader: Reader) -> int | None:
    if node is None:
        return None
    if type not in NUMERIC:
        reader.report(node, "only a count, a number or money has `min` and `max`")
        return None
    return read_number(node, Term("min or max", "bound", type, "", decimals=decimals), reader)


def read_number(node: Node, term: Term, reader: Reader) -> int | None:
    """The node's number in the term's scale, or None with a problem noted."""
    try:
        value = term.parse(node.text or "")
        return value if isinstance(value, int) else None
    except ValueError as error:
        reader.report(node, str(error))
        return None


def _read_named(node: Node | None, what: str, reader: Reader) -> dict[str, Named]:
    named = {}
    for _, id, body in reader.entries(node, f"{what}s"):
        if body.pairs is None:
            named[id] = Named(id, reader.text(body, f"{what} `{id}`"))
        else:
            found = reader.fields(body, f"{what} `{id}`", "label", "decides" if what == "topic" else "")
            decides = reader.pick(found.get("decides"), "`decides`", ("yes", "no")) == "yes"
            named[id] = Named(id, reader.text(found.get("label"), f"label of `{id}`"), decides)
    return named


def _read_options(
    node: Node | None, properties: dict[str, Term], claims: dict[str, Claim], reader: Reader
) -> dict[str, Option]:
    options = {}
    for key, id, body in reader.entries(node, "options"):
        found = reader.fields(body, f"option `{id}`", "label", "properties")
        data: dict[str, tuple[Datum, ...]] = {}
        for name_node, name, values in reader.entries(found.get("properties"), "properties"):
            if name not in properties:
                reader.problems.append(not_among("property", name, properties, name_node.span))
                continue
            read = [_read_datum(item, properties[name], claims, reader) for item in reader.listing(values)]
            data[name] = tuple(datum for datum in read if datum)
        options[id] = Option(id, reader.text(found.get("label"), f"label of `{id}`"), data, key.span)
    return options


def _read_datum(node: Node, term: Term, claims: dict[str, Claim], reader: Reader) -> Datum | None:
    found = reader.fields(node, f"property `{term.name}`", "value claims")
    cited = read_claims(found.get("claims"), claims, reader)
    if "value" not in found:
        return None
    try:
        return Datum(term.parse(found["value"].text or ""), cited)
    except ValueError as error:
        reader.report(found["value"], str(error))
        return None


def read_claims(node: Node | None, claims: dict[str, Claim], reader: Reader) -> tuple[str, ...]:
    """The claims that a list of ids names."""
    ids = [reader.pick(item, "claim", claims) for item in reader.listing(node)]
    if node is not None and not reader.listing(node):
        reader.report(node, "no claim is given")
    return tuple(id for id in ids if id)


def _read_cost(node: Node | None, findings: dict[str, Term], reader: Reader) -> tuple[str, str] | None:
    if node is None:
        return None
    money = [name for name, term in findings.items() if term.type == "money" and term.per_option]
    found = reader.fields(node, "`cost`", "low high")
    low, high = (reader.pick(found.get(side), "per-option money finding", money) for side in ("low", "high"))
    return (low, high) if low and high else None
