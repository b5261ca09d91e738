"""Many mutants in one run of the rules: every case is there once for each, and says which it is of.

What a mutant changes of a rule is a rule beside it: the one takes part in the cases of that mutant alone, the
other in all others. So one reading of all rules, whose truths have a bit for each case of each mutant, does
for hundreds of mutants what would take a reading each. (Circuits are tested so: parallel fault simulation.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from expert.analysis.expected import Expected, failures
from expert.analysis.mutants import Mutant
from expert.analysis.shown import Listed, Shown, seen_in, shown
from expert.consultation.case import Case
from expert.language.conclusions import Tally
from expert.language.conditions import AllOf, Condition, Is, Not, Ref
from expert.language.contradictions import Contradictions
from expert.language.grids import CaseNumbers
from expert.language.guards import counting, uncountable
from expert.language.keys import DENIAL
from expert.language.model import Value
from expert.language.rules import Instance, Rule, RuleBase, SpelledOut, passes, reads, stratify, writes

MUTANT = Ref("attribute", "mutant!")  # no attribute is called so
MARK = "!"  # between the name of a rule and the number of its mutant
BITS = 1_000  # of a truth


class Variant(NamedTuple):
    """A mutant that is one rule, changed or left out (None)."""

    mutant: Mutant
    rule: Rule | None


class Trial(NamedTuple):
    """What became of a mutant: whether some case noticed it, and whether it shows without any answer."""

    noticed: bool
    shows_unanswered: bool


class ManyTimes(Listed):
    """The algebra of a list of cases that is there so many times, once for each mutant."""

    def __init__(self, cases: Sequence[Case], times: int) -> None:
        super().__init__(cases)
        self.once, self.times = Listed(cases), times
        self.size = self.once.size * times
        self.full = (1 << self.size) - 1
        self.each = self.full // self.once.full  # the first case of each time

    def equals(self, attribute: str, value: Value) -> int:
        if attribute == MUTANT.name:
            return self.once.full << self.once.size * int(value)
        return (self.once.equals(attribute, value) & self.once.full) * self.each

    def known(self, attribute: str) -> int:
        return self.full if attribute == MUTANT.name else self.once.known(attribute) * self.each

    def number(self, attribute: str) -> CaseNumbers:
        return CaseNumbers(self.once.number(attribute).values * self.times)


class Variants:
    """A base and its cases, to try mutants on, many at a time."""

    def __init__(self, base: RuleBase, cases: Sequence[Expected], known: SpelledOut) -> None:
        self.base, self.cases, self.known = base, cases, known
        self.given = [*(case.given for case in cases), Case({})]
        self.of = Contradictions(base.knowledge.contradictions)
        self._rules = {rule.id: rule for rule in base.rules}
        excepted = {name for rule in base.rules for name in rule.exception_to}
        self._alone = {rule.id for rule in base.rules if _is_alone(rule) and rule.id not in excepted}

    def variant(self, mutant: Mutant) -> Variant | None:
        """The mutant as a rule beside the others; None if it is more than that, or would not be loaded."""
        if mutant.option is not None or mutant.contradictions is not None or mutant.name not in self._alone:
            return None
        if mutant.rule is None:
            return Variant(mutant, None)
        if not _is_alone(mutant.rule) or any(uncountable(mutant.rule, self.of)):
            return None
        return Variant(mutant, counting(mutant.rule, self.of))

    def tried(self, variants: Sequence[Variant]) -> Iterator[tuple[Mutant, Trial]]:
        """What became of each; of those that no order of the rules is found for, nothing is said.

        What asks for no more than its rule did stands in any order that its rule stands in.
        """
        most = max(1, BITS // len(self.given) - 1)
        asks_more = [variant for variant in variants if self._asks_more(variant)]
        others = {id(variant) for variant in asks_more}
        for some in ([variant for variant in variants if id(variant) not in others], asks_more):
            for first in range(0, len(some), most):
                yield from self._tried(some[first : first + most])

    def _asks_more(self, variant: Variant) -> bool:
        """Whether it reads or concludes what its rule does not, or reads it so that it has to be settled."""
        rule = variant.rule
        return rule is not None and not self._links_of(rule) <= self._links_of(self._rules[rule.id])

    def _links_of(self, rule: Rule) -> set[object]:
        return _links(self.known.of(rule))

    def _tried(self, variants: Sequence[Variant]) -> Iterator[tuple[Mutant, Trial]]:
        instances = self._beside_each_other(variants)
        strata, cycle = stratify(instances)
        if cycle:  # one of them has none, or two of them cannot stand beside each other
            return
        ordered = passes(instance._replace(stratum=strata[instance.id]) for instance in instances)
        algebra = ManyTimes(self.given, len(variants) + 1)
        table = _named_as_written(shown(self.base.knowledge, ordered, algebra))
        apart = _unlike_the_first(table, algebra)
        for n, variant in enumerate(variants, 1):
            first = n * len(self.given)
            noticed = any(_fails(case, table, first + place) for place, case in enumerate(self.cases))
            shows = bool(apart >> (first + len(self.cases)) & 1)
            yield variant.mutant, Trial(noticed, shows)

    def _beside_each_other(self, variants: Sequence[Variant]) -> list[Instance]:
        """The rules, each but in the cases of its mutants, and the mutants, each in its own cases."""
        changed: dict[str, list[str]] = {}
        for n, variant in enumerate(variants, 1):
            changed.setdefault(variant.mutant.name, []).append(str(n))
        instances: list[Instance] = []
        for rule in self.base.rules:
            if rule.id in changed:
                elsewhere = Not(Is(MUTANT, tuple(changed[rule.id])))
                instances += _where(elsewhere, self.known.of(rule))
            else:
                instances += self.known.of(rule)
        for n, variant in enumerate(variants, 1):
            if variant.rule is not None:
                named = variant.rule._replace(id=f"{variant.rule.id}{MARK}{n}")
                instances += _where(Is(MUTANT, (str(n),)), self.known.of(named))
        return instances


def _is_alone(rule: Rule) -> bool:
    """Whether two of it can stand beside each other: what adds up a score, or is an exception, is one."""
    return not rule.exception_to and not any(isinstance(c, Tally) for c in rule.then)


def _links(instances: Iterable[Instance]) -> set[object]:
    """What decides the order of instances: the findings that each reads, how, and those that it concludes."""
    links: set[object] = set()
    for instance in instances:
        side = instance.option, instance.rule.denies
        links |= {(*side, ref.key, strict) for ref, strict in reads(instance) if ref.kind == "finding"}
        links |= {(*side, key) for key in writes(instance)}
    return links


def _where(condition: Condition, instances: Iterable[Instance]) -> Iterator[Instance]:
    for instance in instances:
        yield instance._replace(when=AllOf((condition, instance.when)))


def _named_as_written(table: Shown) -> Shown:
    """The table, in which mutants of a rule fired under its name."""
    fired: dict[str, int] = {}
    for id, where in table.get(("fired", ""), {}).items():
        rule, _, rest = id.partition(MARK)
        name = rule + DENIAL if rest.endswith(DENIAL) else rule
        fired[name] = fired.get(name, 0) | where
    return {**table, ("fired", ""): fired}


def _unlike_the_first(table: Shown, algebra: ManyTimes) -> int:
    """In which cases something is shown that the same case of the first time does not show, or not."""
    apart = 0
    for values in table.values():
        for where in values.values():
            apart |= where ^ (where & algebra.once.full) * algebra.each
    return apart


def _fails(case: Expected, table: Shown, n: int) -> bool:
    asked = {check.key: table.get(check.key, {}) for check in case.checks}
    return bool(failures(case, seen_in(asked, n)))
