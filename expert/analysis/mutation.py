"""Mutation: the knowledge with one small change, and whether some case notices.

A case notices if one of its checks no longer comes out. A change that no case could ever
notice is no gap in the cases: each survivor is compared with the original over all completions of
the case without answers (see language/prospect), for a case that shows something different or for
the certainty that none does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import NamedTuple, assert_never

from expert.analysis.expected import Expected, failures
from expert.analysis.mutants import Mutant, mutants, written_rules
from expert.analysis.shown import Listed, concluded, difference, rebuilt, seen_in, shown
from expert.analysis.variants import Trial, Variants
from expert.consultation.case import Case
from expert.knowledge.read_contradictions import caution_text
from expert.language.conclusions import (
    FINDING,
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Flag,
    Plan,
    Tally,
    Wait,
)
from expert.language.contradictions import Contradiction, Contradictions
from expert.language.diagrams import Diagram
from expert.language.guards import counting, excepting, uncountable
from expert.language.limits import Budget, NotDecided, TooLarge
from expert.language.model import Knowledge
from expert.language.prospect import Cones, Deferred, Prospect
from expert.language.rules import Instance, Rule, RuleBase, SpelledOut, findings_read, passes, reads, writes
from expert.language.two_bases import Compared

KINDS = {
    "rule": "a rule dropped",
    "condition": "a condition dropped",
    "negation": "a condition negated",
    "constant": "a constant shifted by one",
    "value": "a value or comparison changed",
    "conclusion": "a conclusion dropped",
}


class Survivor(NamedTuple):
    """A mutant that no case notices.

    `case` shows something different under it; without one it is `equivalent`, and `why` says what for, or
    undecided.
    """

    mutant: Mutant
    case: Case | None
    equivalent: bool
    why: str = ""


class Score(NamedTuple):
    """What became of the mutants. `invalid` would not have been loaded.

    `untried` are those that would have to be tried one by one, for which that was too much; they are counted
    in `tried`, as not noticed.
    """

    noticed: dict[str, int]  # by kind
    tried: dict[str, int]
    invalid: int
    survivors: tuple[Survivor, ...]
    untried: int = 0

    @property
    def share(self) -> tuple[int, int]:
        """How many were noticed, of those that could be."""
        equivalent = sum(survivor.equivalent for survivor in self.survivors)
        return sum(self.noticed.values()), sum(self.tried.values()) - equivalent


# --- trying them ------------------------------------------------------------------------------------
def changed_base(base: RuleBase, mutant: Mutant, known: SpelledOut | None = None) -> RuleBase | None:
    """The knowledge base with the change, or None if no such base would be loaded.

    `known` are the instances of the base.
    """
    knowledge, written = base.knowledge, base.written
    rules = {rule.id: rule for rule in base.rules}
    if mutant.option is not None:
        options = {**knowledge.options, mutant.option.id: mutant.option}
        return rebuilt(knowledge._replace(options=options), base.rules, written)
    if mutant.contradictions is not None:
        knowledge = knowledge._replace(contradictions=mutant.contradictions)
        of = Contradictions(mutant.contradictions)
        cautions = {c.id: _cautioning(rules[c.id], c, of, knowledge) for c in of.declared}
        gone = {c.id for c in base.knowledge.contradictions}
        written = (*cautions.values(), *(rule for rule in written if rule.id not in gone))
        touched = {rule.id for rule in written_rules(base)}
        rules = {rule.id: cautions.get(rule.id, rule) for rule in written}
    else:
        of = Contradictions(knowledge.contradictions)
        pairs = [(rule, mutant.rule if rule.id == mutant.name else rule) for rule in written]
        written = tuple(new for _, new in pairs if new is not None)
        changed = [rule for pair in pairs if pair[0] is not pair[1] for rule in pair if rule is not None]
        touched = {name for rule in changed for name in (rule.id, *rule.exception_to)}
    if any([*uncountable(rule, of)] for rule in written if rule.id in touched):
        return None
    made = []
    for rule in written:
        if rule.id in touched:
            exceptions = [counting(other, of) for other in written if rule.id in other.exception_to]
            made.append(excepting(counting(rule, of), exceptions))
        else:
            made.append(rules[rule.id])
    return rebuilt(knowledge, made, written, known)


def _cautioning(rule: Rule, c: Contradiction, of: Contradictions, knowledge: Knowledge) -> Rule:
    """What says that answers disagree, of a contradiction that was changed."""
    return rule._replace(when=of.where(c), then=(Caution(c.id, caution_text(c, knowledge)),))


READINGS = 100_000  # of an instance, for mutants that are tried or told apart one by one
TRIES = 20  # to tell survivors apart by other means, that came to nothing
# cases that may show how two bases differ, where diagrams leave that undecided
Tell = Callable[[RuleBase, RuleBase], Iterable[Case]]


def mutate(base: RuleBase, cases: list[Expected], further: Tell | None = None) -> Score:
    """Try every mutant on cases that all come out on the base itself.

    `further` looks for a case that tells a survivor apart, where diagrams do not decide whether there is one.
    What a base of many rules has no READINGS left for is not tried, or not told apart.
    """
    known, cones, every, left = SpelledOut(base), Cones(base), list(mutants(base)), TRIES
    variants = Variants(base, cases, known)
    together = [variant for mutant in every if (variant := variants.variant(mutant))]
    trials = {id(mutant): trial for mutant, trial in variants.tried(together)}
    algebra = Listed(case.given for case in cases)
    noticed, tried = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    survivors, invalid, untried = [], 0, 0
    readings = Budget(READINGS, "mutants")
    for mutant in every:
        trial, changed = trials.get(id(mutant)), None
        if trial is None:
            if not _affords(readings, base):
                untried += 1
                tried[mutant.kind] += 1
                continue
            changed = changed_base(base, mutant, known)
            if changed is None:
                invalid += 1
                continue
            trial = Trial(_noticed(changed, cases, algebra), False)
        tried[mutant.kind] += 1
        if trial.noticed:
            noticed[mutant.kind] += 1
        elif trial.shows_unanswered:
            survivors.append(Survivor(mutant, Case({}), False))
        elif not _affords(readings, base):
            survivors.append(Survivor(mutant, None, False))
        else:
            changed = changed or changed_base(base, mutant, known)
            assert changed is not None
            case, equivalent = tell_apart(base, changed, cones)
            if case is None and not equivalent and further is not None and left:
                case = _telling(base, changed, further)
                if case is None:
                    left -= 1
            why = why_equivalent(base, mutant) if equivalent else ""
            survivors.append(Survivor(mutant, case, equivalent, why))
    return Score(noticed, tried, invalid, tuple(survivors), untried)


def _affords(readings: Budget, base: RuleBase) -> bool:
    """Whether there are readings left for one more reading of all rules; they are spent."""
    with suppress(TooLarge):
        readings.spend(len(base.instances))
        return True
    return False


def _noticed(changed: RuleBase, cases: list[Expected], algebra: Listed) -> bool:
    """Whether some case does not come out on a changed base."""
    table = shown(changed.knowledge, passes(changed.instances), algebra)
    return any(failures(case, seen_in(table, n)) for n, case in enumerate(cases))


def _telling(old: RuleBase, new: RuleBase, further: Tell) -> Case | None:
    """A case that shows the two otherwise, of those that are thought to; None if none does."""
    for case in further(old, new):
        one = Listed([case])
        before, after = (shown(base.knowledge, passes(base.instances), one) for base in (old, new))
        if difference(before, after):
            return case
    return None


# --- telling two bases apart --------------------------------------------------------------------------
def tell_apart(old: RuleBase, new: RuleBase, cones: Cones | None = None) -> tuple[Case | None, bool]:
    """A smallest case that shows a difference; without one, whether it is certain that there is none.

    `cones` are those of the old one.
    """
    before = {instance.id: instance for instance in old.instances}
    after = {instance.id: instance for instance in new.instances}
    differing = {i for i in {**before, **after} if _bare(before.get(i)) != _bare(after.get(i))}
    differing |= {i.id for base in (old, new) for i in base.instances if _read_otherwise(i, old, new)}
    near = _near((old, new), differing)
    only = _picked(old, near), _picked(new, near)
    keys = dict.fromkeys(key for instance in chain(*only) for key in writes(instance))
    pair = Compared(cones or Cones(old), Cones(new), {}, only, numbers=keys)
    made, decided = [], True
    for deferred in _differences(pair, only, keys):
        try:
            made.append(deferred())
        except NotDecided:
            decided = False
    try:
        where = pair.completions.diagrams.any(made)
        answers = pair.completions.smallest(where)
    except NotDecided:
        return None, False
    return (None, decided) if answers is None else (Case({**answers}), False)


Sides = tuple[list[Instance], list[Instance]]


def _differences(pair: Compared, only: Sides, keys: Iterable[str]) -> Iterator[Callable[[], Diagram]]:
    """Where each thing that is shown differs; made when it is called for, which may raise TooLarge."""
    fired: dict[str, Sides] = {}
    for n, some in enumerate(only):
        for instance in some:
            fired.setdefault(instance.rule.id, ([], []))[n].append(instance)
    for rule in fired.values():
        yield partial(_fires_apart, pair, rule)
    outcomes = pair.old.outcome(only[0]), pair.new.outcome(only[1])
    tables: list[dict[tuple[str, str, str], Deferred]] = []
    for outcome in outcomes:
        shown: dict[tuple[str, str, str], Deferred] = {}
        for kind, about, values in concluded(outcome):
            shown.update({(kind, about, value): where for value, where in values.items()})
        tables.append(shown)
    for thing in {**tables[0], **tables[1]}:
        yield partial(_shown_apart, pair, tables[0].get(thing), tables[1].get(thing))
    for key in keys:
        yield partial(pair.unlike, key)


def _fires_apart(pair: Compared, rule: Sides) -> Diagram:
    return pair.old.fired(rule[0]) ^ pair.new.fired(rule[1])


def _shown_apart(pair: Compared, old: Deferred | None, new: Deferred | None) -> Diagram:
    false = pair.completions.false
    return (old.get() if old else false) ^ (new.get() if new else false)


def _picked(base: RuleBase, ids: set[str]) -> list[Instance]:
    return [instance for instance in base.instances if instance.id in ids]


def _read_otherwise(instance: Instance, old: RuleBase, new: RuleBase) -> bool:
    """Whether an answer that it reads is left out of account elsewhere in one base."""
    declared = {*old.knowledge.contradictions} ^ {*new.knowledge.contradictions}
    names = {contradiction.leaves_out for contradiction in declared}
    return any(ref.kind == "attribute" and ref.name in names for ref, _ in reads(instance))


def why_equivalent(base: RuleBase, mutant: Mutant) -> str:
    """What a change that no case could notice comes to: the same rules fire, and the same is shown."""
    if mutant.contradictions is not None or mutant.option is not None:
        return "every rule fires for the same cases"
    rule = next(rule for rule in base.written if rule.id == mutant.name)
    if mutant.rule is None:
        return "it fires in no case"
    if mutant.rule.then == rule.then:
        return "it fires for the same cases: its other conditions, or what it computes, ask for no less"
    there, gone = [*map(_said, mutant.rule.then)], [*map(_said, rule.then)]
    if there == gone:
        return "the strength of an argument counts on a topic that decides only"
    others = _also_concluded(base, rule.id, {*there} ^ {*gone})
    if others:
        some = "" if len(others) == 1 else "one of "
        return f"wherever it fires, the same is concluded by {some}{', '.join(others)}"
    return "nothing that is shown depends on it"


def _said(c: Conclusion) -> tuple[object, ...]:
    """What a conclusion says, whatever option it is about; of an argument, on what and for whom."""
    left_out = {"option", "text", "strength"} if isinstance(c, Argue) else {"option"}
    return c.kind, *(value for name, value in zip(c._fields, c, strict=True) if name not in left_out)


def _also_concluded(base: RuleBase, rule: str, conclusions: set[tuple[object, ...]]) -> list[str]:
    """The rules that draw some conclusions of a rule; none, unless one of them fires wherever it does."""
    others: dict[str, list[Instance]] = {}  # of each option that the rule is about
    mine = [instance for instance in base.instances if instance.rule.id == rule]
    for instance in (i for i in base.instances if i.rule.id != rule):
        if any(_said(c) in conclusions for c in instance.then):
            others.setdefault(instance.option, []).append(instance)
    beside = [instance for i in mine for instance in others.get(i.option, ())]
    prospect = Prospect(Cones(base), {}, [*mine, *beside])
    rules = list(dict.fromkeys(instance.rule.id for instance in beside))
    for some in [*([rule] for rule in rules), rules]:  # one that is enough, or all
        with suppress(NotDecided):
            lost = []
            for instance in mine:
                drawing = [other for other in others.get(instance.option, ()) if other.rule.id in some]
                lost.append(prospect.fired([instance]) & ~prospect.fired(drawing))
            if all(where.never for where in lost):
                return some
    return []


def _bare(instance: Instance | None) -> object:
    return instance and (instance.when, instance.then)


def _groups(instance: Instance, decides: set[str]) -> set[tuple[str, ...]]:
    """What an instance has a part in showing; instances that share none do not interfere."""
    groups: set[tuple[str, ...]] = {("fired", instance.rule.id)}
    for c in instance.then:
        match c:
            case Argue():
                groups.add(("verdict", c.option) if c.name in decides else ("argument", c.option, c.name))
            case Wait():
                groups.add((c.kind, c.option))
            case Tally():
                groups.add((FINDING, c.name, c.option))
            case Conclude() | Plan() | Flag() | Advise() | Caution():
                groups.add((c.kind, c.name, c.option))
            case _:
                assert_never(c)
    return groups


def _near(bases: tuple[RuleBase, RuleBase], differing: set[str]) -> set[str]:
    """The instances that differ, all that rest on them, and all that show the same kinds of things."""
    instances = [instance for base in bases for instance in base.instances]
    decides = bases[0].knowledge.deciding_topics | bases[1].knowledge.deciding_topics
    readers: dict[str, list[Instance]] = {}
    for instance in instances:
        for key in findings_read(instance):
            readers.setdefault(key, []).append(instance)
    resting = [instance for instance in instances if instance.id in differing]
    near, keys = set(differing), set[str]()
    for instance in resting:  # which grows
        for c in instance.then:
            if isinstance(c, (Conclude, Tally)) and c.key not in keys:
                keys.add(c.key)
                resting += readers.get(c.key, ())
        near.add(instance.id)
    groups = {group for i in resting for group in _groups(i, decides)}
    return near | {i.id for i in instances if _groups(i, decides) & groups}
