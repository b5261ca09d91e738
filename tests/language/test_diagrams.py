"""Decision diagrams against tables of truths: every operation, of random truths over a few variables."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from expert.language.diagrams import Diagram, Diagrams
from expert.language.limits import TooLarge

SIZES = (2, 3, 2, 4)
CASES = list(product(*map(range, SIZES)))
Table = frozenset[tuple[int, ...]]  # the cases in which a truth is so


def random_truth(diagrams: Diagrams, random: Random, depth: int = 4) -> tuple[Diagram, Table]:
    """A truth, and where it is so."""
    if not depth or random.random() < 0.1:
        level = random.randrange(len(SIZES))
        chosen = [random.random() < 0.5 for _ in range(SIZES[level])]
        return diagrams.among(level, chosen), frozenset(case for case in CASES if chosen[case[level]])
    (a, in_a), (b, in_b) = (random_truth(diagrams, random, depth - 1) for _ in range(2))
    kind = random.choice("&|^~")
    if kind == "&":
        return a & b, in_a & in_b
    if kind == "|":
        return a | b, in_a | in_b
    return (a ^ b, in_a ^ in_b) if kind == "^" else (~a, frozenset(CASES) - in_a)


@pytest.mark.parametrize("seed", range(60))
def test_operations(seed: int) -> None:
    random, diagrams = Random(seed), Diagrams(SIZES, 10_000, "a test")
    truth, table = random_truth(diagrams, random)
    other, others = random_truth(diagrams, random)
    assert {case for case in CASES if diagrams.at(truth, case)} == table
    assert (truth == other) == (table == others)
    assert (truth.never, truth.always) == (not table, len(table) == len(CASES))
    assert diagrams.any([truth, other, ~truth]).always
    # a variable is asked for exactly if the truth depends on it
    for level in range(len(SIZES)):
        cofactors = [diagrams.restrict(truth, {level: branch}) for branch in range(SIZES[level])]
        assert (level in diagrams.support(truth)) == (len({cofactor.edge for cofactor in cofactors}) > 1)
        some = sorted(random.sample(range(SIZES[level]), 2))
        assert diagrams.varies(truth, level, [some]) == (cofactors[some[0]] != cofactors[some[1]])
        assert diagrams.somewhere(truth, level) == diagrams.any(cofactors)
        for branch, cofactor in enumerate(cofactors):
            moved = {(*case[:level], branch, *case[level + 1 :]) for case in CASES}
            assert all(diagrams.at(cofactor, case) == (case in table) for case in moved)
    weights = [[random.randint(1, 10**20) for _ in range(size)] for size in SIZES]
    sizes = {case: weigh(case, weights) for case in CASES}
    assert diagrams.count(truth, weights) == sum(sizes[case] for case in table)


def weigh(case: tuple[int, ...], weights: list[list[int]]) -> int:
    total = 1
    for level, branch in enumerate(case):
        total *= weights[level][branch]
    return total


@pytest.mark.parametrize("seed", range(60))
def test_cheapest_ways(seed: int) -> None:
    """Every cheapest way, and nothing else; within a budget, the same of the cases that it allows."""
    random, diagrams = Random(seed), Diagrams(SIZES, 10_000, "a test")
    truth, table = random_truth(diagrams, random)
    costs: list[list[int | None]] = []
    for size in SIZES:
        row: list[int | None] = [random.choice((1, 1, 2, None)) for _ in range(size)]
        row[random.randrange(size)] = 0
        costs.append(row)
    prices = {}
    for case in table:
        paid = [costs[level][branch] for level, branch in enumerate(case)]
        if None not in paid:
            prices[case] = sum(cost for cost in paid if cost is not None)
    least = min(prices.values(), default=None)
    wanted = {tuple(moved(case, costs).items()) for case, price in prices.items() if price == least}
    ways = [tuple(way.items()) for way in diagrams.ways(truth, costs)]
    assert set(ways) == wanted
    assert len(ways) == len(wanted)
    for most in range(4):
        near = Diagrams(SIZES, 10_000, "a test")
        near.care_for(near.costing(costs, most))
        again, _ = random_truth(near, Random(seed))
        allowed = {case for case in CASES if costing(case, costs, most)}
        assert {case for case in CASES if near.at(again, case)} == table & allowed


def moved(case: tuple[int, ...], costs: list[list[int | None]]) -> dict[int, int]:
    return {level: branch for level, branch in enumerate(case) if costs[level][branch]}


def costing(case: tuple[int, ...], costs: list[list[int | None]], most: int) -> bool:
    paid = [costs[level][branch] for level, branch in enumerate(case)]
    return None not in paid and sum(cost for cost in paid if cost is not None) <= most


def test_paths_cover_exactly_the_truth() -> None:
    for seed in range(30):
        diagrams = Diagrams(SIZES, 10_000, "a test")
        truth, table = random_truth(diagrams, Random(seed))
        covered: list[tuple[int, ...]] = []
        for path in diagrams.paths(truth):
            covered += product(*(path.get(level, range(size)) for level, size in enumerate(SIZES)))
        assert len(covered) == len(set(covered))
        assert set(covered) == table


def test_what_is_too_large_says_so() -> None:
    diagrams = Diagrams([2] * 40, 100, "the verdict of a thing")
    truth = diagrams.false
    with pytest.raises(TooLarge, match="the verdict of a thing"):
        for level in range(20):
            truth = truth | (diagrams.among(level, [True, False]) & diagrams.among(level + 20, [True, False]))


def test_many_variables() -> None:
    """As deep as there are variables, and no deeper."""
    with pytest.raises(TooLarge):
        Diagrams([2] * 2_501, 100, "a test")
    many = 2_500
    diagrams = Diagrams([2] * many, 10**6, "a test")
    every, parity = diagrams.true, diagrams.false
    for level in reversed(range(many)):
        every = every & diagrams.among(level, [True, False])
        parity = parity ^ diagrams.among(level, [True, False])
    assert diagrams.count(every, [[1, 1]] * many) == 1
    assert diagrams.count(parity, [[1, 1]] * many) == 2 ** (many - 1)
    assert (every & parity).never
    assert not (every | parity).always
