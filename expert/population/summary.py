"""What a population amounts to: verdicts, rules, costs, and the questions that would settle most.

A case is *undecided* where answers that are not known could still change the verdict on some option,
whatever the others are; a question *settles* it where every answer to it, alone, would leave no
verdict undecided. Both are diagrams over all completions of a case (see language/prospect), which the
rows follow in groups of those that the rules do not tell apart.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from expert.backends.columns import COST, FIRED, TIMING, VERDICT, option_column
from expert.backends.frames import pl
from expert.consultation.standing import TIMED
from expert.io.problems import CaseError, listed
from expert.language.completions import Cells, Choice, Completions, Variable, allow_for_one_answer
from expert.language.diagrams import TRUE, Diagram
from expert.language.limits import Limits, NotDecided
from expert.language.model import Knowledge, Term
from expert.language.policy import NOW, VERDICTS
from expert.language.polynomials import Polynomial, Quotient
from expert.language.prospect import Cones, Prospect, deciding, look_through
from expert.language.survey import Survey, allow_for_answers
from expert.population.results import Results, reading

CASES = "cases"  # the column that counts them
DOUBT = "doubt."  # starts the names of columns that say whether another holds what it should not
WIDEST = 1 << 120  # of numbers of 128 bits, and of their sums


class Share(NamedTuple):
    """Of how many cases something is so."""

    name: str
    value: str
    cases: int


class ForTarget(NamedTuple):
    """Of how many cases an option has a verdict for a target, of those in which it is argued about."""

    option: str
    target: str
    verdict: str
    cases: int


class Question(NamedTuple):
    """Of how many cases an answer is not known, and how many undecided ones it settles (None: not told)."""

    attribute: str
    unknown: int
    settles: int | None


class Spread(NamedTuple):
    """An option's least or greatest cost: of how many cases, in all, and by quarters of the cases.

    Amounts are texts of exact decimal numbers.
    """

    option: str
    side: str
    cases: int
    total: str
    quarters: tuple[str, ...]


class PopulationSummary(NamedTuple):
    """A population in numbers.

    `uncounted` are options of which it was not decided in which cases they are undecided; what is said of
    undecided cases, and of what settles them, is said of the others. None: there are no others.
    """

    cases: int
    verdicts: tuple[Share, ...]
    timings: tuple[Share, ...]
    fired: tuple[Share, ...]
    undecided: tuple[Share, ...]
    undecided_cases: int | None
    questions: tuple[Question, ...]
    costs: tuple[Spread, ...]
    uncounted: tuple[str, ...]
    targets: tuple[ForTarget, ...] = ()  # a verdict is the best over these
    now: tuple[Share, ...] = ()  # of how many cases an option is recommended, and waits for nothing


def summarize(results: Results) -> PopulationSummary:
    """The summary of an output of `population run`. Raises CaseError if it cannot be read, or was changed."""
    with reading(results.path):
        return _summarized(results)


def _summarized(results: Results) -> PopulationSummary:
    frame, base = results.frame, results.base
    knowledge = base.knowledge
    columns = frame.collect_schema().names()
    unknown = [pl.col(name).is_null().sum().alias(f"unknown.{name}") for name in knowledge.attributes]
    instances: dict[str, list[str]] = {}
    for instance in base.instances:
        instances.setdefault(instance.rule.id, []).append(FIRED + instance.id)
    rules = [pl.any_horizontal(ids).sum().alias(FIRED + rule) for rule, ids in instances.items()]
    doubts = [doubt.any().alias(DOUBT + name) for name, doubt in results.doubts.items()]
    totals = frame.select(pl.len().alias("cases"), *unknown, *rules, *doubts).collect(engine="streaming")
    counted = totals.row(0, named=True)
    _check(results, counted)
    undecided = undecided_in(results)
    nothing = None if undecided.cases is None else 0
    questions = []
    for name in knowledge.attributes:
        settles = undecided.settles.get(name, nothing)
        questions.append(Question(name, counted[f"unknown.{name}"], settles))
    costs = [(option, side) for option in knowledge.options for side in ("low", "high")]
    return PopulationSummary(
        cases=counted["cases"],
        verdicts=tuple(_shares(frame, knowledge.options, VERDICT, VERDICTS)),
        timings=tuple(_shares(frame, knowledge.options, TIMING, (NOW, *knowledge.steps))),
        fired=tuple(Share(n.removeprefix(FIRED), "", c) for n, c in counted.items() if n.startswith(FIRED)),
        undecided=tuple(undecided.shares),
        undecided_cases=undecided.cases,
        questions=tuple(sorted(questions, key=lambda q: -(q.settles or 0))),
        costs=tuple(s for cost in costs if (s := _spread(frame, columns, *cost))),
        uncounted=tuple(undecided.uncounted),
        targets=tuple(_for_targets(frame, columns, knowledge)),
        now=tuple(_recommended_now(frame, knowledge.options)),
    )


def _check(results: Results, counted: dict[str, int]) -> None:
    """Raises CaseError if an output is not as it was written."""
    cases, accepted = counted["cases"], results.legend["accepted"]
    odd = [name for name in results.doubts if counted[DOUBT + name]]
    if odd:
        raise CaseError(f"`{results.path}` was changed: no output has what is in its columns {listed(odd)}")
    if cases != accepted:
        raise CaseError(f"`{results.path}` was changed: it has {cases} rows, and its legend says {accepted}")


def _shares(frame: pl.LazyFrame, options: Iterable[str], what: str, order: Iterable[str]) -> Iterator[Share]:
    for option in options:
        column = pl.col(option_column(option, what)).alias(what)
        lengths = frame.group_by(column).len().collect(engine="streaming")
        counts = dict(lengths.iter_rows())
        yield from (Share(option, value, counts[value]) for value in order if value in counts)


def _recommended_now(frame: pl.LazyFrame, options: Iterable[str]) -> Iterator[Share]:
    """Of what is not recommended, or is uncertain, no time is said."""
    for option in options:
        verdict, timing = (pl.col(option_column(option, what)) for what in (VERDICT, TIMING))
        there = frame.filter(verdict.cast(pl.String).is_in(TIMED) & (timing.cast(pl.String) == NOW))
        yield Share(option, NOW, there.select(pl.len()).collect(engine="streaming").item())


def _for_targets(frame: pl.LazyFrame, columns: Container[str], knowledge: Knowledge) -> Iterator[ForTarget]:
    for option in knowledge.options:
        for target in knowledge.targets:
            name = option_column(option, VERDICT, target)
            if name not in columns:
                continue
            lengths = frame.group_by(pl.col(name)).len().collect(engine="streaming")
            counts = dict(lengths.iter_rows())
            for verdict in VERDICTS:
                if verdict in counts:
                    yield ForTarget(option, target, verdict, counts[verdict])


def _spread(frame: pl.LazyFrame, columns: Container[str], option: str, side: str) -> Spread | None:
    """Exact: of decimal numbers in their order, none made between two of them."""
    name = option_column(option, COST, side)
    if name not in columns:
        return None
    amounts = frame.select(pl.col(name).cast(pl.Decimal(38, 6)).alias(COST)).drop_nulls()
    # counted first: of many cases few amounts differ
    counted = amounts.group_by(COST).agg(pl.len().alias(CASES)).collect(engine="streaming").sort(COST)
    if counted.is_empty():
        return None
    cases, so_far = counted[CASES].cast(pl.Int64), counted[CASES].cast(pl.Int64).cum_sum()
    last = so_far[-1] - 1
    quarters = tuple(_plain(counted[COST][so_far.search_sorted(last * n // 4, "right")]) for n in range(5))
    total = (counted[COST] * cases.cast(pl.Decimal(38, 0))).sum()
    return Spread(option, side, last + 1, _plain(total), quarters)


def _plain(amount: object) -> str:
    """Without decimals that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- which questions settle most -------------------------------------------------------------------
class Undecided(NamedTuple):
    """Undecided cases by option and in all, the cases that each question settles, options not counted.

    `cases` and `settles` are of the options that are counted; without any, there are none.
    """

    shares: list[Share]
    cases: int | None
    settles: dict[str, int]
    uncounted: list[str]


class _Told(NamedTuple):
    """Of an option, where its verdict is undecided; and of each attribute, where an answer settles it."""

    completions: Completions
    undecided: Diagram
    settled: dict[str, Diagram]


def undecided_in(results: Results) -> Undecided:
    """Undecided cases, counted in the groups that the rules behind verdicts tell apart."""
    cones = Cones(results.base)
    support = {o: cones.support(deciding(results.base, o)) for o in results.base.knowledge.options}
    rested = [option for option, names in support.items() if names]
    told: dict[str, _Told] = {}
    for option in rested:
        with suppress(NotDecided):
            told[option] = _told(cones, option, support[option])
    uncounted = [option for option in rested if option not in told]
    if not told:
        return Undecided([], None if uncounted else 0, {}, uncounted)
    groups = _grouped(results, told)
    undecided = {option: _where(groups, option, t, t.undecided) for option, t in told.items()}
    shares = [Share(option, "undecided", _count(groups, where)) for option, where in undecided.items()]
    anywhere = _any(undecided.values())
    settles = {}
    for name in dict.fromkeys(name for option in told for name in support[option]):
        settled = anywhere
        for option, t in told.items():
            there = ~undecided[option]
            if name in t.settled:
                there = there | _where(groups, option, t, t.settled[name])
            settled = settled & there
        settles[name] = _count(groups, settled)
    return Undecided(shares, _count(groups, anywhere), settles, uncounted)


def _told(cones: Cones, option: str, support: Iterable[str]) -> _Told:
    """Raises NotDecided."""
    survey = Survey(cones.base.knowledge.attributes, {})
    look_through(survey, cones, cones.upstream(deciding(cones.base, option)))
    allow_for_answers(survey)
    completions, undecided = _undecided(cones, option, survey)
    before = len(survey.atoms)
    allow_for_one_answer(survey, completions, undecided)
    if len(survey.atoms) > before:
        completions, undecided = _undecided(cones, option, survey)
    if any(_too_wide(completions, level) for level in completions.diagrams.support(undecided)):
        raise NotDecided(option)
    settled = {}
    for name in support:
        if name in completions.level:
            settled[name] = undecided & completions.denied_by_any(undecided, name)
    return _Told(completions, undecided, settled)


def _undecided(cones: Cones, option: str, survey: Survey) -> tuple[Completions, Diagram]:
    """Where an option can still have more than one verdict. Raises NotDecided."""
    completions = Completions(survey, cones.order, cones.groups)
    prospect = Prospect(cones, {}, (), Limits(), completions)
    once = twice = completions.false
    for where in prospect.verdicts(option).values():
        if not completions.is_decided(where.get()):
            raise NotDecided(option)
        possible = completions.still(where.get())
        once, twice = once | possible, twice | (once & possible)
    return completions, twice


def _too_wide(completions: Completions, level: int) -> bool:
    """Whether what linked numbers are compared by may be longer than a table's numbers."""
    variable = completions.variables[level]
    if not isinstance(variable, Cells):
        return False
    bounds = [end for form in variable.group.limits for end in form.within(completions.ranges)]
    return max(map(abs, bounds), default=0) >= WIDEST


def _grouped(results: Results, told: Mapping[str, _Told]) -> pl.DataFrame:
    """The groups of cases that are told apart: the branches that they take, and how many they are."""
    asked: dict[str, Variable] = {}
    for option, t in told.items():
        for truth in (t.undecided, *t.settled.values()):
            for level in t.completions.diagrams.support(truth):
                asked[_column(option, level)] = t.completions.variables[level]
    terms = results.base.knowledge.attributes
    branches = [_branch(variable, terms).alias(column) for column, variable in asked.items()]
    if not branches:
        return results.frame.select(pl.len().alias(CASES)).collect(engine="streaming")
    grouped = results.frame.select(branches).group_by([*asked]).agg(pl.len().alias(CASES))
    groups = grouped.collect(engine="streaming")
    numbered = []
    for column, variable in asked.items():
        if isinstance(variable, Cells) and len(variable.names) > 1:
            numbered.append(pl.col(column).replace_strict(_cells(variable), return_dtype=pl.Int64))
    return groups.with_columns(numbered)


def _branch(variable: Variable, terms: Mapping[str, Term]) -> pl.Expr:
    """Which branch of a variable each case takes; of linked numbers, how their cell is spelled.

    Nothing for which Polars has to have all cases at once, as it does to look values up.
    """
    if isinstance(variable, Choice):
        [name] = variable.names
        branch = pl.lit(variable.size - 1, pl.Int64)
        for n, values in enumerate(variable.branches[:-1]):  # the last is that of no answer
            branch = (
                pl.when(pl.col(name).is_in([value for value in values if value]))
                .then(pl.lit(n, pl.Int64))
                .otherwise(branch)
            )
        return branch
    assert isinstance(variable, Cells)
    numbers = {name: _whole(terms[name]) for name in variable.names}
    group = variable.group
    if len(numbers) == 1:
        [number] = numbers.values()
        starts = [pl.lit(cell.piece[0], pl.Int128) for cell in group.cells if cell.piece]
        passed = [(number >= start).cast(pl.Int64) for start in starts[1:]]
        piece = pl.sum_horizontal(pl.lit(0, pl.Int64), *passed)
        return pl.when(number.is_null()).then(variable.size - 1).otherwise(piece)
    parts = []
    for form, limits in group.limits.items():
        amount = _amount(form, numbers)
        passed = [(amount > pl.lit(limit, pl.Int128)).cast(pl.Int64) for limit in limits]
        parts.append(pl.when(amount.is_null()).then(-1).otherwise(pl.sum_horizontal(passed)))
    parts += [number.is_not_null().cast(pl.Int64) for number in numbers.values()]
    return pl.concat_str(parts, separator=" ")


def _cells(variable: Cells) -> dict[str, int]:
    """The cells of linked numbers by how they are spelled."""
    cells = {}
    for (places, known), cell in variable.group.numbered.items():
        cells[_spelled((*places, *(int(name in known) for name in variable.names)))] = cell
    return cells


def _spelled(places: Iterable[int]) -> str:
    return " ".join(map(str, places))


def _whole(term: Term) -> pl.Expr:
    """An answer as a whole number, as rules have it."""
    if term.is_date:
        written = pl.col(term.name).cast(pl.String).str.replace_all("-", "", literal=True)
        return written.cast(pl.Int128)
    scaled: pl.Expr = pl.col(term.name).cast(pl.Decimal(38, 6)) * 10**term.decimals
    return scaled.cast(pl.Int128)


def _amount(form: Polynomial, numbers: Mapping[str, pl.Expr]) -> pl.Expr:
    """The value of a polynomial; null where a number is not known."""
    total = pl.lit(0, pl.Int128)
    for monomial, factor in form.terms:
        product = pl.lit(factor, pl.Int128)
        for name in monomial:
            if isinstance(name, Quotient):
                product = product * (_amount(name.amount, numbers) // name.divisor)
            else:
                product = product * numbers[name]
        total = total + product
    return total


def _column(option: str, level: int) -> str:
    """Where the branches are that cases take of one of an option's variables."""
    return f"{option} {level}"


def _where(groups: pl.DataFrame, option: str, told: _Told, truth: Diagram) -> pl.Series:
    """In which groups a truth is so: all of them follow the diagram at once."""
    edges = pl.Series([truth.edge], dtype=pl.Int64).new_from_index(0, len(groups))
    for level, along in told.completions.diagrams.steps(truth):
        size = told.completions.variables[level].size
        taken = edges * size + groups[_column(option, level)]
        old = [edge * size + branch for edge, branch in along]
        further = taken.replace_strict(old, list(along.values()), default=None, return_dtype=pl.Int64)
        edges = further.fill_null(edges)
    return edges == TRUE


def _any(truths: Iterable[pl.Series]) -> pl.Series:
    first, *rest = truths
    for truth in rest:
        first = first | truth
    return first


def _count(groups: pl.DataFrame, where: pl.Series) -> int:
    return int(groups[CASES].filter(where).sum())
