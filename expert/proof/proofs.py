"""What holds for every case: the invariants, each proved or refuted by a case.

Each question is put to Z3 as "is there a case such that it fails"; a case found is run through
the engine before it is shown. Everything returned is data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, assert_never

from expert.backends.z3 import NO, YES, Formula, FormulaAmounts, Prover, World
from expert.consultation.case import Case, command_line, parse_pairs, spell_answers, typed
from expert.consultation.engine import infer
from expert.consultation.result import Consultation, Firing
from expert.io.problems import CaseError
from expert.language.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Count,
    Determined,
    Given,
    Is,
    Known,
    Not,
    OptionIs,
    Ref,
    Unless,
    ground,
    parts_of,
    with_parts,
)
from expert.language.model import Option
from expert.language.policy import NOT_ADDRESSED, OPEN
from expert.language.rules import RuleBase
from expert.proof.by_diagrams import ByDiagrams
from expert.proof.invariants import Invariant, observed, options_of, read_finding

EXCLUSIVE = "exclusive"  # how the proof of a group is called, which has no name of its own
AGREE, DISAGREE = "agree", "disagree"
PROVED, COUNTEREXAMPLE, HOLDS, FOUND = "proved", "counterexample", "holds", "found"
Seen = Callable[[list[Consultation]], bool]  # whether running the cases shows what was said of them


class Witness(NamedTuple):
    """A case that shows something: the line that runs it, and what fires there.

    `confirmed` says that the engine was run on it and shows what the proof said.
    """

    command: str
    confirmed: bool
    firings: tuple[Firing, ...]


class Proof(NamedTuple):
    """An invariant, and whether it is proved, has a counterexample, or is `unknown` or at `timeout`."""

    invariant: str
    says: str
    status: str
    claims: tuple[str, ...]
    option: str = ""  # the option for which it does not hold, or that is not decided
    witnesses: tuple[Witness, ...] = ()  # two where two cases are compared
    open_instead: bool = False  # whether it would hold in that case if `open` counted as not-addressed
    diagrams: str = ""  # whether decision diagrams AGREE or DISAGREE with that; "": they do not decide it


class Found(NamedTuple):
    """Something that a structural check found, and why it is meant to be so if it is."""

    about: tuple[str, ...]
    says: str
    claims: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    intended: str = ""


class StructuralCheck(NamedTuple):
    """A structural check: `holds`, or what it `found`, or `unknown` or `timeout` if some is undecided."""

    check: str
    says: str
    status: str
    found: tuple[Found, ...]


class Report(NamedTuple):
    """All that was asked of a knowledge base."""

    knowledge: str
    hash: str
    proofs: tuple[Proof, ...]
    checks: tuple[StructuralCheck, ...]
    questions: int

    @property
    def holds(self) -> bool:
        """Whether everything is proved, and nothing was found that is not intended."""
        proved = all(proof.status == PROVED and proof.diagrams != DISAGREE for proof in self.proofs)
        return proved and all(check.status == HOLDS for check in self.checks)


class Proofs:
    """Invariants, proved with one prover."""

    def __init__(self, prover: Prover, where: str = "", invariants: Iterable[Invariant] = ()) -> None:
        self.prover, self.base, self.where = prover, prover.base, where
        self.by_diagrams = ByDiagrams(prover.base, invariants)
        self.reading = prover.world.terms()
        self.others: dict[str, World] = {}

    def other(self, attribute: str) -> World:
        """The world in which one answer is another one."""
        if attribute not in self.others:
            self.others[attribute] = World(self.base, [attribute])
            self.others[attribute].terms()
        return self.others[attribute]

    def invariant(self, invariant: Invariant) -> Proof:
        """Whether an invariant holds in every case, for every option."""
        status, at, agreed = PROVED, "", [AGREE]
        for option in options_of(self.base, invariant):
            facts = self.violation(invariant, option)
            answered = self.prover.find(*facts, primed=invariant.more)
            id = option.id if option else ""
            agreed.append(self._second(invariant, option, answered.status))
            if answered.status == YES:
                seen = _violated(self.base, invariant, option, answered.cases)
                shown = tuple(self.witnesses(answered.cases, seen))
                open = _open_instead(self.base, invariant, option, answered.cases)
                said = invariant.id, invariant.says, COUNTEREXAMPLE, invariant.claims
                return Proof(*said, id, shown, open, _together(agreed[1:]))
            if answered.status != NO and status == PROVED:
                status, at = answered.status, id
        second = _together(agreed)
        return Proof(invariant.id, invariant.says, status, invariant.claims, at, diagrams=second)

    def _second(self, invariant: Invariant, option: Option | None, status: str) -> str:
        """Whether diagrams say the same of an invariant and an option; "": they say nothing."""
        if invariant.more:  # that is about pairs of cases
            return ""
        when, condition = ground(invariant.when, option), ground(invariant.condition, option)
        if invariant.sense == "always":
            broken = self.by_diagrams.possible(when, condition)
        else:
            broken = self.by_diagrams.possible(AllOf((when, condition)))
        return _same(broken, status)

    def exclusive(self, group: tuple[str, ...]) -> Proof:
        """Whether no case has two of what is declared to exclude each other."""
        of_each = [name for name in group if self.base.knowledge.findings[name].per_option]
        names = [f"option.{name}" if name in of_each else name for name in group]
        says = f"No case has two of these: {', '.join(names)}."
        choices, agreed = alternatives(self.base, group), [AGREE]
        for n, choice in enumerate(choices[:-1]):
            others = [self.reading.holds(other) for other in choices[n + 1 :]]
            answered = self.prover.find(self.reading.holds(choice), self.prover.world.any(others))
            both = self.by_diagrams.possible(AllOf((choice, AnyOf(tuple(choices[n + 1 :])))))
            agreed.append(_same(both, answered.status))
            if answered.status == YES:
                shown = tuple(self.witnesses(answered.cases, _has_two(self.base, choices, answered.cases)))
                second = _together(agreed[1:])
                return Proof(EXCLUSIVE, says, COUNTEREXAMPLE, (), "", shown, diagrams=second)
            if answered.status != NO:
                return Proof(EXCLUSIVE, says, answered.status, ())
        return Proof(EXCLUSIVE, says, PROVED, (), diagrams=_together(agreed))

    def meets(self, invariant: Invariant, option: Option | None) -> list[Formula]:
        """Where the invariant says something."""
        when = ground(invariant.when, option)
        facts = [self.reading.holds(when)]
        if invariant.more:
            algebra, other = self.prover.algebra, self.other(invariant.more)
            for each in (algebra, other.algebra):
                facts.append(each.known(invariant.more))
            facts.append(algebra.number(invariant.more) < other.algebra.number(invariant.more))
            facts += [*other.algebra.domain(invariant.more), other.reading.holds(when)]
        return facts

    def violation(self, invariant: Invariant, option: Option | None) -> list[Formula]:
        """Where it does not hold."""
        facts = self.meets(invariant, option)
        if not invariant.more:
            holds = self.reading.holds(ground(invariant.condition, option))
            return [*facts, ~holds if invariant.sense == "always" else holds]
        more = self.other(invariant.more).reading
        lower = []
        for ref in invariant.of:
            key = ref.of(option).key
            before, after = self.reading.numbers.get(key, []), more.numbers.get(key, [])
            if invariant.sense == "never-more":
                before, after = after, before
            lower.append(self._lower(before, after))
        return [*facts, self.prover.world.any(lower)]

    def _lower(self, before: FormulaAmounts, after: FormulaAmounts) -> Formula:
        """Where the least or the most of `after` is below that of `before`, both having some."""
        any_of = self.prover.world.any
        lower, higher = [], []
        for where, amount in after:
            lower.append(where & ~any_of(there & (amount >= other) for there, other in before))
        for there, other in before:
            higher.append(there & ~any_of(where & (amount >= other) for where, amount in after))
        both = any_of(where for where, _ in after) & any_of(there for there, _ in before)
        return both & (any_of(lower) | any_of(higher))

    def witnesses(self, cases: Iterable[Case], seen: Seen, complete: bool = False) -> Iterator[Witness]:
        """The cases, each with the line that runs it and with its trace."""
        run, words = [], []
        for case in cases:
            answers = dict.fromkeys(self.base.knowledge.attributes) if complete else {}
            full = case.with_answers({**answers, **case.answers}, self.base.knowledge)
            full = typed(full, self.base.knowledge)
            words.append(spell_answers(full, self.base.knowledge))
            run.append(infer(self.base, full))
        confirmed = all(map(self._typed, words)) and seen(run)
        for line, consultation in zip(words, run, strict=True):
            command = command_line("consult", *line, kb=self.where)
            yield Witness(command, confirmed, consultation.firings)

    def _typed(self, words: list[str]) -> bool:
        """Whether the words can be typed: a number may be too long."""
        try:
            parse_pairs(words, self.base.knowledge)
        except CaseError:
            return False
        return True


def _same(possible: bool | None, status: str) -> str:
    """Whether diagrams say of a case whether there is one what Z3 says; "": one of them does not say."""
    if possible is None or status not in (YES, NO):
        return ""
    return AGREE if possible == (status == YES) else DISAGREE


def _together(agreed: list[str]) -> str:
    """What diagrams say of an invariant, where they were asked of each option."""
    return DISAGREE if DISAGREE in agreed else "" if "" in agreed else AGREE


def alternatives(base: RuleBase, group: tuple[str, ...]) -> list[Condition]:
    """What excludes each other: that yes-no findings are so, every value of a choice, each of each option."""
    choices: list[Condition] = []
    for name in group:
        term = base.knowledge.findings[name]
        values = ["yes"] if term.type == "yes-no" else list(term.values)
        for option in base.knowledge.options if term.per_option else ("",):
            choices += [Is(Ref("finding", name, option=option), (value,)) for value in values]
    return choices


def _has_two(base: RuleBase, choices: list[Condition], cases: tuple[Case, ...]) -> Seen:
    """Whether the consultation of a case, by its record alone, has two of what excludes each other."""

    def seen(run: list[Consultation]) -> bool:
        reading = observed(base, cases[0], run[0])
        return sum(1 for choice in choices if reading.test(choice)) > 1

    return seen


def _open_instead(
    base: RuleBase, invariant: Invariant, option: Option | None, cases: tuple[Case, ...]
) -> bool:
    """Whether an invariant that names `not-addressed` fails in a case for a verdict that is open."""
    wider = open_too(invariant.condition)
    if wider == invariant.condition:
        return False
    full = typed(cases[0], base.knowledge)
    reading = observed(base, full, infer(base, full))
    return reading.test(ground(wider, option)) == (invariant.sense == "always")


def open_too(condition: Condition) -> Condition:
    """The condition, met by a verdict that is open wherever it is met by `not-addressed`."""
    match condition:
        case Is(ref, values):
            of_verdict = ref.name == "verdict" or ref.name.startswith("verdict-for.")
            met = of_verdict and NOT_ADDRESSED in values and OPEN not in values
            return Is(ref, (*values, OPEN)) if met else condition
        case AllOf() | AnyOf() | Not() | Unless() | Count():
            return with_parts(condition, tuple(map(open_too, parts_of(condition))))
        case Compare() | Known() | Determined() | OptionIs() | Given():
            return condition
        case _:
            assert_never(condition)


def _violated(base: RuleBase, invariant: Invariant, option: Option | None, cases: tuple[Case, ...]) -> Seen:
    """Whether consultations of the cases, by their records alone, break the invariant."""

    def seen(run: list[Consultation]) -> bool:
        met = [observed(base, case, consultation) for case, consultation in zip(cases, run, strict=True)]
        if not all(reading.test(ground(invariant.when, option)) for reading in met):
            return False
        if not invariant.more:
            return met[0].test(ground(invariant.condition, option)) != (invariant.sense == "always")
        for ref in invariant.of:
            before, after = (read_finding(reading, ref.of(option)) for reading in met)
            if invariant.sense == "never-more":
                before, after = after, before
            if before and after and (after[0] < before[0] or after[-1] < before[-1]):
                return True
        return False

    return seen
