"""What a knowledge base declares in `kb/`: claims, terms, options, and the names rules may use."""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

import re
from typing import TYPE_CHECKING, NamedTuple

from expert.io.dates import ANCHOR, FIRST_DAY, LAST_DAY, no_day, read_day, spelled_day
from expert.io.problems import Span, listed, not_among, shorten
from expert.language.words import WORDS, OwnWords

if TYPE_CHECKING:
    from decimal import Decimal

    from expert.language.contradictions import Contradiction

Value = str | int  # a choice's name, "yes"/"no", or a number scaled by its term's decimals
TYPES = ("choice", "yes-no", "count", "number", "money", "date")
NUMERIC = ("count", "number", "money")
CHOICES = "choices"  # the type of an attribute with several answers at once: a yes-no for each value
NONE_OF_THEM = "none"  # what says no to every value of it
DATE = "date"
ORDERED = (*NUMERIC, DATE)  # whose values are compared
TODAY = "today"  # the default of a date: that of the day when a consultation starts
SCORE = "score"  # the role of a number with a low and a high bound in every case
SETTLED = "settled"  # the role of a finding that is yes or no, and open where that is not known
NOWHERE = Span("")
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
EXACT = 400  # digits of a number with decimals: none is ever rounded
DIGITS = 15  # before the point that can be typed (Term.parse)
TYPED = 10**DIGITS


def singular(section: str) -> str:
    """What one thing of a section of `kb/` is called: of `properties`, a property."""
    return "property" if section == "properties" else section.removesuffix("s")


def times_ten_to(number: str | float, power: int) -> "Decimal":
    """A number times a power of ten, exactly; without noughts behind its last digit."""
    from decimal import Context, Decimal  # most bases have whole numbers only

    exact = Context(prec=EXACT)
    return exact.normalize(exact.scaleb(Decimal(number), power))


class BadValue(ValueError):
    """A text or number that a term does not allow: what is wrong, and what would be right."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(f"{message}; {help}" if help else message)
        self.message, self.help = message, help


class Claim(NamedTuple):
    """One sentence of the document: where it stands, what it says in our words, how surely."""

    id: str
    says: str
    hedge: str
    fingerprint: str
    context: str = ""  # why nothing follows from it; empty if rules or options cite it
    span: Span = NOWHERE

    @property
    def paragraph(self) -> int:
        return numbers_of(self.id)[0]

    @property
    def sentence(self) -> int:
        return numbers_of(self.id)[1]


def numbers_of(place: str) -> tuple[int, int]:
    """The numbers of paragraph and sentence in a place: 7 and 1 in `p7s1`."""
    paragraph, _, sentence = place[1:].partition("s")
    return int(paragraph), int(sentence)


class Quote(NamedTuple):
    """What a document at hand has for a claim: its sentence; if not `encoded`, what is to be said of that.

    A claim is lent no other sentence than the one that it was made of.
    """

    text: str
    encoded: bool = True


Quotes = dict[str, Quote]  # by claim; none without a document


class Term(NamedTuple):
    """Something that has values: an attribute of the case, a finding, or an option's property.

    Numbers are integers scaled by 10**decimals, so that no total is ever inexact; a date is YYYYMMDD.
    """

    name: str
    kind: str  # attribute, finding, property
    type: str
    label: str
    says: str = ""
    values: dict[str, str] = {}  # noqa: RUF012 (never changed)
    low: int | None = None
    high: int | None = None
    decimals: int = 0
    unit: str = ""
    unit_one: str = ""  # of one: `scar` beside `scars`
    question: str = ""
    help: str = ""
    fixed: bool = False  # the person cannot change it (their history)
    per_option: bool = False
    per: str = ""  # a price: of one of what, with its article
    basis: str = ""  # a price: typical, at-least, or as it stands
    role: str = ""  # a finding that rules settle: see ROLES
    asked: bool = False  # a finding that may be answered: then no rule's conclusion of it is drawn
    among: str = ""  # an attribute that is a value of one with several answers: that one's name
    default: str = ""  # today: how a date is answered that is not given
    span: Span = NOWHERE

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC

    @property
    def replies(self) -> tuple[str, ...]:
        """Of a finding that may be answered: its values, or the empty name for any number; else none."""
        return ((*self.values,) or ("",)) if self.asked else ()

    def part(self, value: str) -> str:
        """Of several answers: the name of the yes-no attribute that a value is."""
        return f"{self.name}.{value}"

    @property
    def parts(self) -> list[str]:
        """The attributes that an answer is about: of several answers one for each value."""
        return [self.part(value) for value in self.values] if self.type == CHOICES else [self.name]

    @property
    def value(self) -> str:
        """Of an attribute that is a value of one with several answers: that value."""
        return self.name.removeprefix(f"{self.among}.")

    @property
    def is_date(self) -> bool:
        return self.type == DATE

    @property
    def ordered(self) -> bool:
        """Whether its values are whole numbers, which are compared: numbers and dates."""
        return self.type in ORDERED

    def parse(self, text: str) -> Value:
        """The value that `text` spells. Raises BadValue with what is wrong, lowercase."""
        text = text.strip()
        if self.is_date:
            return self._parse_day(text)
        if not self.numeric:
            if text in self.values:
                return text
            problem = not_among(f"value for `{self.name}`", text, self.choices)
            raise BadValue(problem.message, problem.help)
        if text.isascii() and text.isdigit() and len(text) <= DIGITS:
            return self._in_range_if_typed(int(text) * 10**self.decimals)
        # 15 digits and 12 decimals may be typed; what is computed from them may be longer
        digits = "{1,15}" if self.kind != "finding" else "{1,200}"
        spelled = re.fullmatch(rf"-?[0-9]{digits}(\.[0-9]{{1,12}})?", text)
        scaled = times_ten_to(text, self.decimals) if spelled else times_ten_to("0.5", 0)
        if scaled != scaled.to_integral_value():
            if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) and not spelled:
                digits = "15 digits before the point and 12 after it are read"
                raise BadValue(f"`{shorten(text)}` is too long a number for `{self.name}`", digits)
            wanted = f"a number with up to {self.decimals} decimals" if self.decimals else "a whole number"
            raise BadValue(f"`{shorten(text)}` is not {wanted} for `{self.name}`, such as {self.sample}")
        return self._in_range_if_typed(int(scaled))

    def _in_range_if_typed(self, number: int) -> int:
        """`number` itself: what is computed is in no range, as a count may come out below nought."""
        return number if self.kind == "finding" else self.in_range(number)

    def _parse_day(self, text: str) -> int:
        day = read_day(text)
        if day is None:
            raise BadValue(f"`{shorten(text)}` {no_day(text)}", f"for `{self.name}`, such as {self.sample}")
        return self._in_range_if_typed(day)

    def in_range(self, number: int) -> int:
        """`number` itself. Raises BadValue if the term's range excludes it."""
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            raise BadValue(f"`{self.spell(number)}` is out of range for `{self.name}`: {self.range}")
        return number

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest scaled number that can be answered."""
        most = TYPED * int(10**self.decimals) - 1
        if self.is_date:
            return (FIRST_DAY if self.low is None else self.low), (
                LAST_DAY if self.high is None else self.high
            )
        return (-most if self.low is None else self.low), (most if self.high is None else self.high)

    @property
    def choices(self) -> list[str]:
        """The names that may be answered or given."""
        none = [NONE_OF_THEM] if self.type == CHOICES else []
        return [*self.values, *none, *(["unknown"] if self.kind == "attribute" else [])]

    @property
    def sample(self) -> str:
        """A value of this term, as an example."""
        if self.is_date:
            low, high = self.bounds
            return self.spell(min(max(ANCHOR, low), high))
        if not self.numeric:
            return next(iter(self.values), "unknown")
        most = 12 * 10**self.decimals
        return self.spell(self.low or (most if self.high is None else min(self.high, most)))

    @property
    def range(self) -> str:
        parts = [f"at least {self.spell(self.low)}"] if self.low is not None else []
        parts += [f"at most {self.spell(self.high)}"] if self.high is not None else []
        return " and ".join(parts) or ("any date" if self.is_date else "any number")

    @property
    def allowed(self) -> str:
        """The values that may be given, in words."""
        if self.type == CHOICES:
            return f"any number of {listed(self.values)}; or {NONE_OF_THEM}, or unknown"
        if self.is_date:
            bounds = "" if self.low is None and self.high is None else f", {self.range}"
            return f"a date, YYYY-MM-DD{bounds}" + ("; or unknown" if self.kind == "attribute" else "")
        if not self.numeric:
            return listed(self.choices)
        unit = f" ({self.unit})" if self.unit else ""
        return f"a number{unit}, {self.range}" + ("; or unknown" if self.kind == "attribute" else "")

    def spell(self, value: Value) -> str:
        """The value as it is typed and stored: `parse` undoes it."""
        if self.is_date and isinstance(value, int):
            return spelled_day(value)
        if not isinstance(value, int) or self.decimals == 0:
            return str(value)
        whole, rest = divmod(value, 10**self.decimals)
        return f"{times_ten_to(value, -self.decimals):f}" if rest else str(whole)

    def plain(self, value: Value) -> str | int | float:
        """The value for JSON: a name, a date as ISO 8601 writes it, or a number in the term's own unit.

        Where a binary float would not read back as the same number, or is spelled with an
        exponent, which `parse` does not take, its text.
        """
        if not isinstance(value, int) or self.is_date:
            return self.spell(value)
        whole, rest = divmod(value, int(10**self.decimals))
        if rest == 0:
            return whole
        near = float(self.spell(value))
        exact = "e" not in repr(near) and times_ten_to(repr(near), 0) == times_ten_to(value, -self.decimals)
        return near if exact else self.spell(value)

    def scaled(self, plain: str | int | float) -> Value:
        """The value whose `plain` form this is."""
        if self.is_date:
            return self._parse_day(str(plain))
        if not self.numeric:
            return str(plain)
        if isinstance(plain, int):
            return plain * int(10**self.decimals)
        return int(times_ten_to(repr(plain) if isinstance(plain, float) else plain, self.decimals))

    def show(self, value: Value) -> str:
        """The value in words: its label, or a number with its unit."""
        if not isinstance(value, int):
            return self.values.get(value, value)
        if self.is_date:
            return self.spell(value)
        if self.type != "money":
            one = self.unit_one if abs(value) == 10**self.decimals else ""
            return self.spell(value) + (f" {one or self.unit}" if self.unit else "")
        whole, rest = divmod(value, 10**self.decimals)
        amount = f"{times_ten_to(value, -self.decimals):,.{self.decimals}f}" if rest else f"{whole:,}"
        sign = SIGNS.get(self.unit)
        return f"{sign}{amount}" if sign else f"{amount} {self.unit}"


FACTOR = Term("factor", "factor", "number", "")  # what multiplies: of any decimals, and without a unit
DAY = Term("date", "bound", DATE, "the date")  # any date


class Datum(NamedTuple):
    """A value that the document gives to a property of an option, and the claims that say so.

    It is stated, or inferred from what the document says; `says` is then how, as a statement.
    """

    value: Value
    claims: tuple[str, ...]
    basis: str = "stated"
    says: str = ""


class Option(NamedTuple):
    """Something that can be recommended."""

    id: str
    label: str
    properties: dict[str, tuple[Datum, ...]]
    span: Span
    phrase: str = ""  # its name inside a sentence: the punch technique
    plural: bool = False
    firsts: bool = False  # quantities take the first of several values, as of records of format 1

    def quantified(self, name: str) -> tuple[Datum, ...]:
        """The data of a property of which any can be part of a quantity."""
        return self.properties.get(name, ())[: 1 if self.firsts else None]


class Named(NamedTuple):
    """A declared name with its words: a target, topic, step or flag."""

    id: str
    label: str
    decides: bool = False  # topics: whether the deciding policy looks at it


class Ranking(NamedTuple):
    """The numeric finding, one of each option, by which options are shown in their order."""

    finding: str
    least_first: bool = False


class Knowledge(NamedTuple):
    """All that `kb/` declares. `files` are the texts it was made of, `hash` names them.

    `results` are the findings that lead what is shown; of each group in `exclusive` no case has two.
    """

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
    results: tuple[str, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    rank: Ranking | None = None
    words: OwnWords = WORDS
    edition: str = ""  # of the document, that the places of claims are of
    as_of: str = ""  # the attribute by which rules are in force
    contradictions: "tuple[Contradiction, ...]" = ()  # pairs of answers, in their order
    several: dict[str, Term] = {}  # noqa: RUF012 (never changed) attributes with several answers
    source: str = ""  # which document it comes from

    def named(self, name: str) -> Term | None:
        """What a name in a rule stands for; with `option.` before it, for what belongs to each option."""
        scoped, bare = name.startswith("option."), name.removeprefix("option.")
        finding = self.findings.get(bare)
        if finding and finding.per_option == scoped:
            return finding
        return self.properties.get(bare) if scoped else self.several.get(bare) or self.attributes.get(bare)

    def term(self, name: str) -> Term:
        return self.attributes.get(name) or self.findings[name]

    @property
    def answerable(self) -> dict[str, Term]:
        """What can be answered: the attributes, and those with several answers, before their values."""
        terms: dict[str, Term] = {}
        for name, term in self.attributes.items():
            if term.among:
                terms.setdefault(term.among, self.several[term.among])
            terms[name] = term
        return terms

    def question_of(self, name: str) -> Term:
        """What is asked of an attribute: itself, or the question of which it is one answer of several."""
        term = self.attributes[name]
        return self.several[term.among] if term.among else term

    @property
    def questions(self) -> dict[str, Term]:
        """What is asked, in order: of several answers all at once."""
        asked = map(self.question_of, self.attributes)
        return {term.name: term for term in asked}

    @property
    def deciding_topics(self) -> set[str]:
        """The topics on which arguments make the verdict."""
        return {topic.id for topic in self.topics.values() if topic.decides}

    @property
    def numeric_attributes(self) -> list[str]:
        """The attributes that are answered with a number."""
        return [name for name, term in self.attributes.items() if term.numeric]

    @property
    def ordered_attributes(self) -> list[str]:
        """The attributes that are answered with a number or a date."""
        return [name for name, term in self.attributes.items() if term.ordered]


def by_rule_name(terms: dict[str, Term]) -> dict[str, Term]:
    """Terms by the names under which rules mention them: what each option has of its own is `option.NAME`."""
    return {f"option.{n}" if t.per_option or t.kind == "property" else n: t for n, t in terms.items()}
