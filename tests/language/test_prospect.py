"""What is said of all completions, against going through every one of them (`linked` reads rules naively)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support import sizes
from support.compare import ROOT
from support.generate import knowledge_files, random_answers, write_files
from support.linked import OPERATORS, Linked
from support.oracle import OracleKB, evaluate

from expert.consultation.case import parse_pairs
from expert.knowledge.load import load
from expert.language.diagrams import Diagram
from expert.language.limits import NotDecided
from expert.language.meaning import Evaluation
from expert.language.model import Value
from expert.language.policy import VERDICTS
from expert.language.prospect import Cones, Prospect, Visible
from expert.language.rules import passes
from expert.language.two_bases import Compared

Case = dict[str, Any]
# knowledge bases, by the seed that they are made from: in the short suite those with few completions
SOME, MORE, ALL = (4, 5, 13, 15), (0, 2, 7, 8), range(400)
SEEDS = [pytest.param(n, marks=[] if n in SOME else sizes.MORE if n in MORE else sizes.LONG) for n in ALL]


class Gone:
    """Every completion of a case gone through."""

    def __init__(self, linked: Linked, given: Case) -> None:
        self.linked, self.given = linked, given
        self.open = [name for name in (*linked.numbers, *linked.choices) if name not in given]
        self.followed = [(case, linked.follow(case)) for case in linked.cases(given)]

    def changing(self, seen: Callable[[Any], Any]) -> set[str]:
        """The open answers that change what is seen of some case."""
        found = set()
        for name in self.open:
            by_others: dict[tuple[Any, ...], set[Any]] = {}
            for case, outcome in self.followed:
                others = tuple(value for other, value in case.items() if other != name)
                by_others.setdefault(others, set()).add(seen(outcome))
            if any(len(some) > 1 for some in by_others.values()):
                found.add(name)
        return found

    def where(self, so: Callable[[Any], bool]) -> list[Case]:
        return [case for case, outcome in self.followed if so(outcome)]


def some_case(linked: Linked, random: Random, share: float) -> Case:
    """Answers to some of the questions."""
    given: Case = {}
    for name, values in {**linked.numbers, **linked.choices}.items():
        if random.random() < share:
            given[name] = random.choice([None, *values, *values])
    return given


def truths(prospect: Prospect) -> list[tuple[Diagram, Callable[[Any], bool]]]:
    """Truths, each with what it is of a case that was followed."""
    found: list[tuple[Diagram, Callable[[Any], bool]]] = []
    for verdict, where in prospect.verdicts("go").items():
        found.append((where.get(), lambda outcome, verdict=verdict: outcome[1] == verdict))
    for instance in prospect.base.instances:
        rule = instance.rule.id
        found.append((prospect.fired([instance]), lambda outcome, rule=rule: rule in outcome[0]))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_against_every_case(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    linked = Linked(random)
    base = load(linked.write(tmp_path))
    cones = Cones(base)
    for share in (0.0, 0.4):
        given = some_case(linked, random, share)
        gone, prospect = Gone(linked, given), Prospect(cones, given)
        for instance in base.instances:
            rule = instance.rule.id
            really = gone.changing(lambda outcome, rule=rule: rule in outcome[0])
            said = prospect.changing(Visible((instance,)))
            assert {name for name, sure in said.items() if sure} <= really <= said.keys(), (given, rule)
        for name in linked.findings:
            really = gone.changing(lambda outcome, name=name: outcome[2][name])
            said = prospect.changing(Visible((), (name,)))
            assert {n for n, sure in said.items() if sure} <= really <= said.keys(), (given, name)
        for truth, so in truths(prospect):
            check(prospect, truth, gone, so)


def check(prospect: Prospect, truth: Diagram, gone: Gone, so: Callable[[Any], bool]) -> None:
    """One truth: whether it can be, in how many cases, the smallest, and the smallest changes to it."""
    completions, where = prospect.completions, gone.where(so)
    possible = completions.possible(truth)
    assert possible in (None, bool(where))
    if not completions.is_decided(truth):
        return
    assert possible is not None
    for case, outcome in gone.followed[:: len(gone.followed) // 200 + 1]:
        assert completions.at(truth, case) == so(outcome)
    try:
        total = completions.count(completions.true)
        assert completions.count(truth) * len(gone.followed) == len(where) * total
    except NotDecided:
        pass
    smallest, first = completions.smallest(truth), first_of(where, gone)
    assert (smallest is None) == (first is None)
    if smallest is not None and first is not None:
        assert len(smallest) == len(first)
        case = {**dict.fromkeys(gone.open), **gone.given, **smallest}
        assert so(gone.linked.follow(case))
        if not linked_numbers(prospect):
            assert smallest == first


def linked_numbers(prospect: Prospect) -> bool:
    return any(len(found.names) > 1 for found in prospect.completions.variables)


def first_of(where: list[Case], gone: Gone) -> Case | None:
    """The smallest case, by its definition."""

    def rank(case: Case) -> tuple[Any, ...]:
        answered = [name for name in gone.open if case[name] is not None]
        order = []
        for name in gone.open:
            value = case[name]
            if isinstance(value, int):
                order.append((1, abs(value), value < 0))
            else:
                values = gone.linked.choices.get(name, ())
                order.append((0, 0, False) if value is None else (1, values.index(value), False))
        return len(answered), order

    if not where:
        return None
    best = min(where, key=rank)
    return {name: value for name, value in best.items() if value is not None and name not in gone.given}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_smallest_change(seed: int, tmp_path: Path) -> None:
    """All smallest sets of changes that lead to a verdict, of any number of answers."""
    random = Random(seed)
    linked = Linked(random)
    cones = Cones(load(linked.write(tmp_path)))
    everything = Gone(linked, {})
    for _ in range(3):
        case = some_case(linked, random, 0.7)
        fixed = [name for name, value in case.items() if value is not None and random.random() < 0.2]
        prospect = Prospect(cones, {name: case[name] for name in fixed})
        verdict = random.choice(VERDICTS)
        truth = prospect.verdicts("go")[verdict].get()
        try:
            found = prospect.completions.changes(truth, case)
        except NotDecided:
            continue
        wanted = changes_of(everything, case, fixed, verdict)
        assert {kept(change) for change in found} == wanted.keys()
        assert len(found) == len(wanted)
        for change in found:
            assert (
                everything.linked.follow({**dict.fromkeys(everything.open), **case, **change})[1] == verdict
            )
            if len(change) == 1:
                assert distance(change, case) == wanted[kept(change)]


def kept(change: Case) -> tuple[tuple[str, Value | None], ...]:
    """A set of changes, but for which number it is."""
    return tuple(sorted((name, v if isinstance(v, str) else None) for name, v in change.items()))


def distance(change: Case, case: Case) -> int:
    return sum(abs(v - (case.get(name) or 0)) for name, v in change.items() if isinstance(v, int))


def changes_of(gone: Gone, case: Case, fixed: list[str], verdict: str) -> dict[Any, int]:
    """The smallest sets of changes, with how far their numbers are at least."""
    changes = []
    for other, outcome in gone.followed:
        change = {name: value for name, value in other.items() if value != case.get(name)}
        if outcome[1] == verdict and None not in change.values() and not set(fixed) & change.keys():
            changes.append(change)
    fewest = min(map(len, changes), default=0)
    found: dict[Any, int] = {}
    for change in changes:
        if len(change) == fewest:
            far = distance(change, case)
            found[kept(change)] = min(far, found.get(kept(change), far))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_where_two_bases_differ(seed: int, tmp_path: Path) -> None:
    """A base and the same with a number changed: in how many cases the verdict is another."""
    random = Random(seed)
    linked = Linked(random)
    old = load(linked.write(tmp_path / "old"))
    before = Gone(linked, {})
    changed = random.randrange(len(linked.rules))
    id, when, then = linked.rules[changed]
    linked.rules[changed] = id, shifted(when, random), then
    new = load(linked.write(tmp_path / "new"))
    after = Gone(linked, {})
    pair = Compared(Cones(old), Cones(new), {})
    apart = [case for (case, a), (_, b) in zip(before.followed, after.followed, strict=True) if a[1] != b[1]]
    verdicts = pair.old.verdicts("go"), pair.new.verdicts("go")
    truth = pair.completions.diagrams.any(verdicts[0][v].get() ^ verdicts[1][v].get() for v in VERDICTS)
    if not pair.completions.is_decided(truth):
        assert not (apart and pair.completions.possible(truth) is False)
        return
    assert truth.never == (not apart)
    try:
        total = pair.completions.count(pair.completions.true)
        assert pair.completions.count(truth) * len(before.followed) == len(apart) * total
    except NotDecided:
        pass


def shifted(condition: Any, random: Random) -> Any:
    """A condition with another operator or number somewhere."""
    kind, *rest = condition
    if kind in ("all", "any", "not", "unless"):
        n = random.randrange(len(rest[0]))
        return kind, [shifted(part, random) if i == n else part for i, part in enumerate(rest[0])]
    if kind == "compare":
        others = [operator for operator in OPERATORS if operator != rest[1]]
        return kind, rest[0], random.choice(others), rest[2]
    return condition


# --- the whole language ----------------------------------------------------------------------------
@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_language(seed: int, tmp_path: Path) -> None:
    """Of any knowledge base: every completion that is tried comes out as the naive evaluator has it."""
    random = Random(seed)
    directory = write_files(knowledge_files(random), tmp_path)
    base, oracle = load(directory), OracleKB(directory)
    cones = Cones(base)
    for share in (0.0, 0.5):
        given = {n: v for n, v in random_answers(base, random).items() if random.random() < share}
        prospect = Prospect(cones, parse_pairs(pairs(given), base.knowledge).answers)
        fired = {i.id: prospect.fired([i]) for i in base.instances}
        verdicts = {option: prospect.verdicts(option) for option in base.knowledge.options}
        for _ in range(6):
            answers = {**random_answers(base, random), **given}
            case = parse_pairs(pairs(answers), base.knowledge)
            followed = evaluate(oracle, answers)
            really = {f"{rule}@{option}" if option else rule for rule, option in followed["fired"]}
            assert {
                id for id, truth in fired.items() if prospect.completions.at(truth, case.answers)
            } == really
            for option, truths_of in verdicts.items():
                [verdict] = [
                    v for v, t in truths_of.items() if prospect.completions.at(t.get(), case.answers)
                ]
                assert verdict == followed["verdicts"][option]


def pairs(answers: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in answers.items()]


# --- scores ----------------------------------------------------------------------------------------
def test_the_bounds_of_a_score_are_those_of_each_case() -> None:
    base = load(ROOT / "examples" / "curb65")
    prospect, ordered = Prospect(Cones(base), {}), passes(base.instances)
    lows, highs = prospect.bounds("curb65")
    for answers in ([], ["confusion=yes"], ["confusion=no", "urea=8.5", "age=70"], ["systolic=80", "age=20"]):
        case = parse_pairs(answers, base.knowledge)
        read = Evaluation(case.answers)
        read.derive(ordered)
        [(_, (low, high))] = read.scores["curb65"]
        for amounts, end in ((lows, low), (highs, high)):
            there = [amount for where, amount in amounts if prospect.completions.at(where, case.answers)]
            assert [amount.polynomial.constant for amount in there] == [end.values[0]]
    assert prospect.bounds("low-risk") == []


def test_what_a_printed_score_can_change_with() -> None:
    base = load(ROOT / "examples" / "curb65")
    case = parse_pairs(["confusion=yes", "age=70"], base.knowledge)
    changing = Prospect(Cones(base), case.answers).changing(Visible((), ("crb65",)))
    assert changing == dict.fromkeys(("breaths", "systolic", "diastolic"), True)
