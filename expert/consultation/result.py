"""The record of a consultation: frozen values that everything later reads.

They are named tuples, which cost a sixth of a dataclass to define, at every start.

Explanations, the ledger and `--json` see only these records, never the engine's memory. All
of it is plain data (text, numbers, tuples): `plain` gives the JSON form and `restore` takes
it back.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from expert.language.keys import with_option, written_rule
from expert.language.rules import BASES


def name_of(record: "Firing | NotFired") -> str:
    """rule, or rule@option."""
    return with_option(record.rule, record.option)


# which fields, values and meanings a consultation has. It rises when one is added or means something
# else; docs/json.md lists what each changed, and ledger/formats.py says today's in those before
FORMAT = 2


# the meanings of the rule language, and of what a run amounts to, that this program has, the newest last. A
# new one is due when the same rules and answers give something else than before; what is added to the
# language is none, as a program without it cannot open knowledge that uses it
MEANINGS = (1,)
Plain = str | int | float  # a value in its term's own unit
T = TypeVar("T")


class Bound(NamedTuple):
    """A test that a value met: more-than, at-least, less-than, at-most, or is-not.

    `limit` is in the term's own unit; `of` is the quantity that it is, as the rule language writes it.
    """

    operator: str
    limit: Plain
    of: str
    text: str


class Statement(NamedTuple):
    """What a node of an explanation states, as data; its words are made beside it.

    Of a term (kind attribute, finding, property): that it `is` one of some values, is `known` or
    `unknown`, or is more-than, at-least, less-than or at-most the quantity `of`, as the rule language
    writes it; `bounds` are tests that the value met. Of the option: that it is one of some ids.
    Of several: all, any, not, unless, over `parts`; count, that at-least, more-than, at-most, less-than or
    exactly so many (`values`) of them are so.
    Of rules and results: rule, claim, verdict, timing, argument, step, advice, caution, flag.

    stands: given (an answer), not-answered, datum, concluded, not-concluded, denied, unknown (an answer is
    missing), no-evidence, fired, not-fired, claim, holds.
    """

    kind: str
    name: str = ""
    option: str | None = None
    operator: str = ""
    values: tuple[Plain, ...] = ()
    of: str | None = None
    bounds: tuple[Bound, ...] = ()
    stands: str = ""
    parts: "tuple[Statement, ...]" = ()


class Match(NamedTuple):
    """Something that a premise rested on when its rule fired.

    kind: answer, unknown (the answer is not known), datum (an option's property, with its
    claims), finding (with the numbers of the firings that concluded it), score (between what it lies,
    as `states` says), or no-evidence (of what
    `states` says). `bounds` are the tests that the value met.
    """

    kind: str
    name: str
    option: str | None
    value: Plain | None
    text: str
    claims: tuple[str, ...] = ()
    firings: tuple[int, ...] = ()
    bounds: tuple[Bound, ...] = ()
    states: Statement | None = None


class Concluded(NamedTuple):
    """What a firing added to working memory (kinds: see language/conclusions)."""

    kind: str
    name: str
    option: str | None
    value: Plain | None
    text: str
    target: str | None = None
    strength: str | None = None


class ScoreItem(NamedTuple):
    """An item of a score in a case: it counts, does-not, or is open; and between what it lies."""

    text: str
    stands: str
    low: Plain
    high: Plain
    claims: tuple[str, ...]


class Undrawn(NamedTuple):
    """That a firing did not conclude a finding, as it is answered, in words; and if the answer differs."""

    finding: str
    text: str
    answer: Plain
    differs: bool


class Firing(NamedTuple):
    """A rule that fired: the n-th of its consultation, counting from one."""

    n: int
    rule: str
    option: str | None
    basis: str
    because: str
    matched: tuple[Match, ...]
    concluded: tuple[Concluded, ...]
    claims: tuple[str, ...]
    items: tuple[ScoreItem, ...] = ()  # of the score that it adds up
    undrawn: tuple[Undrawn, ...] = ()  # of findings that are answered

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The claims of the rule, and those behind the option's data that it used."""
        claims = list(self.claims)
        for match in self.matched:
            claims += match.claims
        return tuple(dict.fromkeys(claims))


class NotFired(NamedTuple):
    """A rule that did not fire, and its first condition that failed.

    reason: denied (the case says otherwise), unknown (there is no answer), no-evidence (no
    rule concluded it), exception (all else holds, and an exception fired), not-in-force (on the day that the
    case gives; `condition` says when it is). `states` is the condition as data.
    """

    rule: str
    option: str | None
    reason: str
    condition: str
    names: tuple[str, ...]
    states: Statement | None = None


class Finding(NamedTuple):
    """A derived finding, and the firings that concluded it."""

    finding: str
    option: str | None
    value: Plain
    text: str
    firings: tuple[int, ...]


class ScoreBounds(NamedTuple):
    """Between what a score lies, and the firing that added it up; where both are one it is a finding too."""

    finding: str
    option: str | None
    low: Plain
    high: Plain
    text: str
    firing: int


class Argument(NamedTuple):
    """An argument for or against an option."""

    stance: str
    topic: str
    target: str | None
    strength: str
    rule: str
    text: str
    basis: str
    claims: tuple[str, ...]
    firing: int


class Price(NamedTuple):
    """What the document asks for one of something.

    `basis` is typical, at-least or empty; `missing` are the attributes whose answers would tell how many.
    """

    property: str
    amount: int | float
    per: str
    basis: str
    claims: tuple[str, ...]
    missing: tuple[str, ...]


class Cost(NamedTuple):
    """What an option costs, in the currency's unit; high is null where there is no upper bound.

    Both are null where nothing could be computed, and `prices` are then all that is known. `basis` is that of
    the prices which it was computed from.
    """

    low: int | float | None
    high: int | float | None
    currency: str
    basis: str = ""
    prices: tuple[Price, ...] = ()


class Rank(NamedTuple):
    """Where an option stands by the number that ranks: its bounds, and the places that it may have.

    The first place is 1.
    """

    low: Plain
    high: Plain
    first: int
    last: int


class Recommendation(NamedTuple):
    """The verdict on one option: see policy.

    `timing` is `now`, or the id of the plan step that the option waits for (the last of
    `waits_for`, which are in the plan's order). `depends_on` are the attributes not answered that an
    open verdict may depend on, in the vocabulary's order; `cost_depends_on` are those of a cost
    that is null and may be known yet. `place` is null where nothing ranks the option.
    `cost_stands`: concluded (`cost` has what is known), open (answers may still conclude it),
    not-concluded (a rule says what it costs, and not in this case), not-stated (none does in any case);
    empty in records that were made before it was said.
    """

    option: str
    label: str
    verdict: str
    timing: str
    waits_for: tuple[str, ...]
    cost: Cost | None
    flags: tuple[str, ...]
    targets: dict[str, str]
    arguments: tuple[Argument, ...]
    depends_on: tuple[str, ...] = ()
    place: Rank | None = None
    cost_depends_on: tuple[str, ...] = ()
    cost_stands: str = ""


class Leading(NamedTuple):
    """How a finding stands that the knowledge base declares to be a result.

    stands: concluded (with its `values`), open (answers may still conclude it, those in `depends_on`) or
    not-concluded. `low` and `high` bound a number; both are null where nothing does.
    """

    finding: str
    option: str | None
    label: str
    stands: str
    values: tuple[Plain, ...]
    low: Plain | None
    high: Plain | None
    text: str
    firings: tuple[int, ...]
    depends_on: tuple[str, ...] = ()


class PlanStep(NamedTuple):
    """A step of the plan, numbered from one in order."""

    n: int
    step: str
    text: str
    rules: tuple[str, ...]
    claims: tuple[str, ...]
    firings: tuple[int, ...]


class Advice(NamedTuple):
    """A piece of advice, or (kind `caution`) something to be careful about."""

    kind: str
    id: str
    option: str | None
    text: str
    rule: str
    basis: str
    claims: tuple[str, ...]
    firing: int


class Disagreement(NamedTuple):
    """Two answers that contradict each other (the attributes), and the one that counts as not answered."""

    id: str
    answers: tuple[str, ...]
    left_out: str
    firing: int


class KnowledgeId(NamedTuple):
    """Which knowledge base: `hash` is the SHA-256 of its content."""

    id: str
    title: str
    version: str
    hash: str
    disclaimer: str


class Consultation(NamedTuple):
    """Everything that followed from one case, and why. A value: it can be compared and stored.

    `format` is the format of the program that made it (see FORMAT): 1 where none is named.
    """

    knowledge: KnowledgeId
    answers: dict[str, Plain]
    findings: tuple[Finding, ...]
    recommendations: tuple[Recommendation, ...]
    plan: tuple[PlanStep, ...]
    advice: tuple[Advice, ...]
    firings: tuple[Firing, ...]
    not_fired: tuple[NotFired, ...]
    format: int = 1
    results: tuple[Leading, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    scores: tuple[ScoreBounds, ...] = ()

    def recommendation(self, option: str) -> Recommendation:
        return next(r for r in self.recommendations if r.option == option)

    def rules(self) -> tuple[str, ...]:
        """The rules that fired, as their authors named them, in the order in which they first did."""
        return tuple(dict.fromkeys(written_rule(firing.rule) for firing in self.firings))

    def rests_on(self) -> tuple[str, ...]:
        """The claims that the firings rest on, in the order in which they first do."""
        return tuple(dict.fromkeys(claim for firing in self.firings for claim in firing.rests_on))

    def basis(self, firings: Sequence[int]) -> str:
        """The firmest basis that some firings, by number, rest on."""
        return min((self.firings[n - 1].basis for n in firings), key=list(BASES).index)

    def counts(self) -> dict[str, int]:
        """How many firings rest on each basis."""
        counts = dict.fromkeys(BASES, 0)
        for firing in self.firings:
            counts[firing.basis] += 1
        return counts
