"""Checks of the rule base itself, over all cases: rules, findings, options and questions.

A rule that can never fire, a question that never matters or two arguments that oppose each other
are findings about the knowledge, or about its document; what is meant to be so can be marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain, product

from expert.backends.z3 import NO, TIMEOUT, UNKNOWN, YES, Formula, Prover, World
from expert.consultation.result import Consultation
from expert.knowledge.files import CHECKS
from expert.language.conclusions import (
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Plan,
    Tally,
    computed_refs,
    conditions_in,
    text_of,
)
from expert.language.conditions import AllOf, Condition, Is, Known, Ref, leaves, refs
from expert.language.keys import with_option, written_rule
from expert.language.model import Value
from expert.language.outcome import deciding_arguments, shown_findings
from expert.language.policy import RECOMMENDED
from expert.language.rules import PLACEHOLDER, Instance, Rule, RuleBase, passes, writes
from expert.proof.influence import differs
from expert.proof.invariants import Intended, Invariants, options_of
from expert.proof.proofs import FOUND, HOLDS, Found, Proofs, Report, Seen, StructuralCheck


def prove_all(base: RuleBase, invariants: Invariants, timeout: float = 10.0, where: str = "") -> Report:
    """Every invariant and every structural check. Raises MissingLibrary without Z3.

    `where` is the knowledge base's directory if the lines that run a case have to name it.
    """
    room = Proofs(Prover(base, timeout), where, invariants.invariants)
    proofs = tuple(room.exclusive(group) for group in base.knowledge.exclusive)
    proofs += tuple(room.invariant(invariant) for invariant in invariants.invariants)
    checks = Structure(room, invariants).checks()
    return Report(base.knowledge.id, base.knowledge.hash, proofs, checks, room.prover.asked)


class Structure:
    """Checks of the rule base itself."""

    def __init__(self, room: Proofs, invariants: Invariants) -> None:
        self.room, self.prover, self.base = room, room.prover, room.base
        self.fired, self.invariants = room.prover.world.fired, invariants
        self.undecided: list[str] = []
        self.alive: set[str] = set()  # instances that can fire

    def checks(self) -> tuple[StructuralCheck, ...]:
        """All of them."""
        ways: dict[str, Callable[[], Iterable[Found]]] = {
            "never-fires": self.never_fires,
            "masked": lambda: self.redundant[0],
            "identical": lambda: self.redundant[1],
            "unread": self.unread,
            "never-recommended": self.never_recommended,
            "never-matters": self.never_matters,
            "dead-end": self.dead_ends,
            "tension": self.tensions,
            "vacuous": self.vacuous,
        }
        checks = []
        for name, way in ways.items():
            self.undecided = []
            checks.append(self._check(name, list(way())))
        return tuple(checks)

    def _check(self, name: str, occurring: list[Found]) -> StructuralCheck:
        marks = [mark for mark in self.invariants.intended if mark.check == name and mark.when is None]
        marked = [each._replace(intended=each.intended or _reason(each, marks)) for each in occurring]
        for mark in marks:
            if not any(set(each.about) <= mark.about for each in occurring):
                about = tuple(sorted(mark.about))
                marked.append(Found(about, "is marked as intended, and does not occur"))
        status = HOLDS
        if self.undecided:
            status = TIMEOUT if TIMEOUT in self.undecided else UNKNOWN
        if any(not each.intended for each in marked):
            status = FOUND
        return StructuralCheck(name, CHECKS[name], status, tuple(marked))

    def never(self, *facts: Formula) -> bool:
        """Whether no case meets the facts; what is not decided is noted, and is not never."""
        status = self.prover.exists(*facts)
        if status not in (YES, NO):
            self.undecided.append(status)
        return status == NO

    def never_fires(self) -> Iterator[Found]:
        self.alive = {i.id for i in self.base.instances if not self.never(self.fired[i.id])}
        for rule in self.base.rules:
            instances = self._instances(rule.id)
            dead = [i for i in instances if i.id not in self.alive]
            if len(dead) == len(instances):
                says = "can fire in no case" if instances else "can hold for no option"
                yield Found((rule.id,), says, rule.claims)

    def _instances(self, rule: str) -> list[Instance]:
        return [instance for instance in self.base.instances if instance.rule.id == rule]

    @cached_property
    def redundant(self) -> tuple[list[Found], list[Found]]:
        """Rules whose conclusions others draw anyway, and rules that are the same."""
        by_one: dict[str, list[str]] = {}
        masked, identical = [], []
        for rule in self.base.rules:
            if not any(i.id in self.alive for i in self._instances(rule.id)):
                continue
            others = {r.id for r in self.base.rules} - {rule.id}
            if self._covered(rule.id, others):
                ones = [other.id for other in self.base.rules if other is not rule]
                by_one[rule.id] = [one for one in ones if self._covered(rule.id, {one})]
        for id, ones in by_one.items():
            same = [one for one in ones if id in by_one.get(one, ())]
            claims = self.base.rule(id).claims
            if not same:
                by = f"`{ones[0]}` concludes" if ones else "other rules together conclude"
                masked.append(Found((id, *ones[:1]), f"whenever it fires, {by} the same", claims))
            for one in same:
                if list(by_one).index(id) < list(by_one).index(one):
                    both = (*claims, *self.base.rule(one).claims)
                    identical.append(Found((id, one), "conclude the same in the same cases", both))
        return masked, identical

    def _covered(self, rule: str, others: set[str]) -> bool:
        """Whether in every case the others conclude all that the rule does, without its help."""
        alive = [i for i in self._instances(rule) if i.id in self.alive]
        goals = [(i, self._same(c, others)) for i in alive for c in i.then]
        goals += [(i, self._excepting(i, id, others)) for i in alive for id in i.rule.exception_to]
        if not all(ids for _, ids in goals) or not self._lost(goals, self.prover.world):
            return False
        if not any(map(writes, alive)):
            return True
        # what it concludes may be what makes the others fire
        rest = passes(i for i in self.base.instances if written_rule(i.rule.id) != rule)
        return self._lost(goals, World(self.base, instances=rest))

    def _lost(self, goals: list[tuple[Instance, list[str]]], world: World) -> bool:
        """Whether nothing is ever lost of what instances do, each of which some others do too."""
        lost = []
        for instance, ids in goals:
            others = world.any(world.fired[id] for id in ids)
            lost.append(self.fired[instance.id] & ~others)
        return self.never(world.any(lost))

    def _excepting(self, instance: Instance, excepted: str, rules: set[str]) -> list[str]:
        """The instances of some rules that are an exception to the same rule, for the same option."""
        others = [other for other in self.base.instances if other.rule.id in rules]
        same = [other for other in others if excepted in other.rule.exception_to]
        return [other.id for other in same if other.option in ("", instance.option)]

    def _same(self, conclusion: Conclusion, rules: set[str]) -> list[str]:
        """The instances of some rules that conclude the same, or more strongly."""
        wanted = self._meaning(conclusion)
        strong = {wanted, wanted._replace(strength="strong") if isinstance(wanted, Argue) else wanted}
        instances = [instance for instance in self.base.instances if instance.rule.id in rules]
        return [i.id for i in instances if not strong.isdisjoint(map(self._meaning, i.then))]

    def _meaning(self, c: Conclusion) -> Conclusion:
        """What a conclusion comes to; the words of an argument count where it decides nothing."""
        if isinstance(c, Argue) and self.base.knowledge.topics[c.name].decides:
            return c._replace(text="")
        return c

    def unread(self) -> Iterator[Found]:
        knowledge, read = self.base.knowledge, self._read()
        for name, term in knowledge.findings.items():
            said = [(rule, c) for rule in self.base.rules for c in rule.then]
            own = [(rule, c) for rule, c in said if isinstance(c, (Conclude, Tally)) and c.name == name]
            concluded = [(rule, c) for rule, c in own if isinstance(c, Conclude)]
            if name not in {known for known, _ in read}:
                yield Found((name,), f"nothing reads {term.label}", _cited([rule for rule, _ in own]))
            elif (name, None) not in read and not term.ordered:
                for value in dict.fromkeys(c.value for _, c in concluded):
                    if (name, value) not in read:
                        rules = [rule for rule, c in concluded if c.value == value]
                        yield Found((name,), f"nothing reads that it is {value}", _cited(rules))

    def _read(self) -> set[tuple[str, Value | None]]:
        """The findings that something reads, with the values read (None: whatever it is)."""
        rules, invariants = self.base.rules, self.invariants.invariants
        read: set[tuple[str, Value | None]] = {(name, None) for name in shown_findings(self.base.knowledge)}
        read |= {(name, None) for group in self.base.knowledge.exclusive for name in group}
        conditions = [part for rule in rules for part in (rule.when, *conditions_in(rule.then))]
        for invariant in invariants:
            conditions += [invariant.when, invariant.condition]
        for condition in conditions:
            read |= set(_values_read(condition))
        read |= {(ref.name, None) for invariant in invariants for ref in invariant.of}
        for rule in rules:
            read |= {(ref.name, None) for c in rule.then for ref in computed_refs(c)}
            texts = [rule.because, rule.otherwise, *(text_of(c) for c in rule.then)]
            shown = [name for text in texts for name in PLACEHOLDER.findall(text)]
            terms = [self.base.knowledge.named(name) for name in shown]
            read |= {(term.name, None) for term in terms if term and term.kind == "finding"}
        return read

    def never_recommended(self) -> Iterator[Found]:
        if not self.base.knowledge.deciding_topics:  # options are ranked by a number
            return
        for option in self.base.knowledge.options.values():
            verdicts = self.room.reading.findings[with_option("verdict", option.id)]
            if self.never(self.prover.world.any(verdicts[verdict] for verdict in RECOMMENDED)):
                yield Found((option.id,), "is recommended in no case")

    def never_matters(self) -> Iterator[Found]:
        never = "no answer to it changes anything that is shown, in any case"
        for question in self.base.knowledge.questions.values():
            idle = [name for name in question.parts if self.never(*differs(self.prover, name))]
            for name in [question.name] if len(idle) == len(question.parts) else idle:
                yield Found((name,), never)

    def dead_ends(self) -> Iterator[Found]:
        shown = (Plan, Advise, Caution)
        facts = []
        for instance in self.base.instances:
            if any(isinstance(conclusion, shown) for conclusion in instance.then):
                facts.append(~self.fired[instance.id])
        for id in self.base.knowledge.options:
            verdicts = self.room.reading.findings[with_option("verdict", id)]
            facts += [~verdicts[verdict] for verdict in RECOMMENDED]
        facts += [~self._is_concluded(name) for name in self.base.knowledge.results]
        about, says = ("every-case",), "nothing is said in this case"
        for mark in self.invariants.intended:
            if mark.check == "dead-end" and mark.when is not None:
                here = self.room.reading.holds(mark.when)
                for dead_end in self._witnessed(about, says, (), [*facts, here], _silent):
                    yield dead_end._replace(intended=mark.reason)
                if self.never(*facts, here):
                    yield Found(about, f"{mark.reason}: is marked as intended, and does not occur")
                facts.append(~here)
        attributes = self.base.knowledge.attributes
        answered = [self.prover.algebra.known(name) for name in attributes]
        if self.never(*facts, *answered):
            yield from self._witnessed(about, says, (), facts, _silent)
        else:
            yield from self._witnessed(
                about, f"{says}, with every answer given", (), [*facts, *answered], _silent
            )

    def _is_concluded(self, name: str) -> Formula:
        """Where a result is concluded, of some option if each has one."""
        per_option = self.base.knowledge.findings[name].per_option
        options = self.base.knowledge.options if per_option else ("",)
        known = [self.room.reading.holds(Known(Ref("finding", name, option=option))) for option in options]
        return self.prover.world.any(known)

    def _witnessed(
        self, about: tuple[str, ...], says: str, claims: tuple[str, ...], facts: list[Formula], seen: Seen
    ) -> Iterator[Found]:
        """What is found if a case meets the facts, with that case."""
        answered = self.prover.find(*facts)
        if answered.status == YES:
            # with every answer given, or given as unknown, nothing is left to ask
            shown = self.room.witnesses(answered.cases, seen, complete=seen is _silent)
            yield Found(about, says, claims, tuple(shown))
        elif answered.status != NO:
            self.undecided.append(answered.status)

    def tensions(self) -> Iterator[Found]:
        deciding: list[tuple[Instance, Argue]] = []
        for instance in self.base.instances:
            deciding += [(instance, c) for c in deciding_arguments(instance, self.base.knowledge)]
        shown: set[tuple[str, str]] = set()
        for (one, pro), (other, con) in product(deciding, repeat=2):
            pair = one.rule.id, other.rule.id
            if _opposed(pro, con) and pair not in shown:
                says = f"argue for and against {pro.option}"
                claims = _cited([one.rule, other.rule])
                facts = [self.fired[one.id], self.fired[other.id]]
                witnessed = list(self._witnessed(pair, says, claims, facts, _fires(one, other)))
                yield from witnessed
                shown |= {pair} if witnessed else set()

    def vacuous(self) -> Iterator[Found]:
        for invariant in self.invariants.invariants:
            if invariant.when == AllOf(()) and not invariant.more:
                continue
            world = self.prover.world
            met = [world.all(self.room.meets(invariant, o)) for o in options_of(self.base, invariant)]
            if self.never(world.any(met)):
                yield Found((invariant.id,), "no case meets its `when`", invariant.claims)


def _opposed(pro: Argue, con: Argue) -> bool:
    """Whether two arguments are for and against the same option, and perhaps the same target."""
    opposed = pro.stance == "for" and con.stance == "against" and pro.option == con.option
    return opposed and (pro.target == con.target or not (pro.target and con.target))


def _cited(rules: list[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim for rule in rules for claim in rule.claims))


def _values_read(condition: Condition) -> Iterator[tuple[str, Value | None]]:
    for leaf in leaves(condition):
        if isinstance(leaf, Is) and not leaf.ref.role:
            yield from ((leaf.ref.name, value) for value in leaf.values)
        else:
            yield from ((ref.name, None) for ref, _ in refs(leaf))


def _reason(finding: Found, marks: list[Intended]) -> str:
    return next((mark.reason for mark in marks if set(finding.about) <= mark.about), "")


def _silent(run: list[Consultation]) -> bool:
    spoken = any(r.verdict in RECOMMENDED for consultation in run for r in consultation.recommendations)
    led = any(result.values for consultation in run for result in consultation.results)
    return not (spoken or led) and not any(consultation.plan or consultation.advice for consultation in run)


def _fires(*instances: Instance) -> Seen:
    def seen(run: list[Consultation]) -> bool:
        firings = chain.from_iterable(consultation.firings for consultation in run)
        fired = {(firing.rule, firing.option or "") for firing in firings}
        return all((i.rule.id, i.option) in fired for i in instances)

    return seen
