"""Populations of random cases, cells of every type, and what each evaluator says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from support.compare import BASES, NUMBERS, summary
from support.deciding import both_ways
from support.generate import DAYS, knowledge_files
from support.oracle import OracleKB, evaluate
from support.size import combinations

from expert.consultation.case import Answer, Case, cell_answer
from expert.consultation.engine import infer
from expert.io.problems import CaseError
from expert.knowledge.load import load, open_files
from expert.language.model import Term
from expert.language.rules import RuleBase
from expert.population import run as population

pl = pytest.importorskip("polars", reason="the population extra is not installed")
SOME, CASES = {"acne": 4_000, "bicycle": 1_000}, {"acne": 100_000, "bicycle": 8_000}
GENERATED, CASES_EACH = range(1000, 1025), 200
ON_SPARK, COMBINATIONS = 2, 300  # of the generated; and what a generated one may need
EXTREMES = {
    "scar_count": "1 2 3 11 12 13 119 120 121 999999999999999",
    "budget": "0 0.01 49.99 50 50.01 99.99 100 100.01 599.99 600 600.01 5999.99 6000 6000.01 "
    + "9" * 15
    + ".99",
    "saved": "0 0.01 10 10.01 35.50 61 90.01 100 100.01 999999999999999.99",
}


class Setting(NamedTuple):
    """A knowledge base, its cases, and what Polars says of them."""

    base: RuleBase
    files: list[str]
    cases: list[Case]
    frame: Any


class Told(NamedTuple):
    """What an evaluator says of one case; None is what it does not tell."""

    verdicts: dict[str, str]
    timing: dict[str, str]
    cost: dict[str, tuple[Any, Any] | None]
    flags: set[tuple[str, str]]
    findings: set[tuple[str, str]]
    fired: set[str]
    targets: dict[str, dict[str, str]] | None = None
    numbers: dict[str, set[Any]] | None = None
    plan: set[str] | None = None


def at(name: str, option: str | None) -> str:
    return f"{name}@{option}" if option else name


def of_summary(found: dict[str, Any], base: RuleBase) -> Told:
    """What the oracle, or a consultation in its terms, says; numbers that are no float are texts there."""
    terms = base.knowledge.findings
    values = [(at(name, option), value, terms[name]) for name, option, value in found["findings"]]
    numbers: dict[str, set[Any]] = {}
    for key, value, term in values:
        if term.ordered:
            numbers.setdefault(key, set()).add(value if isinstance(value, date) else Fraction(value))
    return Told(
        found["verdicts"],
        found["timing"],
        {o: c and tuple(None if n is None else Fraction(n) for n in c) for o, c in found["cost"].items()},
        {(option, flag) for option, flags in found["flags"].items() for flag in flags},
        {(key, value) for key, value, term in values if not term.ordered},
        {at(rule, option) for rule, option in found["fired"]},
        found["targets"],
        numbers,
        set(found["plan"]),
    )


def by_decider(base: RuleBase) -> Callable[[Case], Told]:
    decide, cost = both_ways(base), base.knowledge.cost
    unit = Fraction(1, 10 ** base.knowledge.findings[cost[0]].decimals) if cost else Fraction(1)

    @cache
    def money(amount: int | None) -> Fraction | None:
        return None if amount is None else amount * unit

    def told(case: Case) -> Told:
        d = decide(case)
        costs = {option: (money(low), money(high)) for option, (low, high) in d.costs.items()}
        return Told(d.verdicts, d.timings, costs, set(d.flags), set(d.findings), set(d.fired))

    return told


def by_infer(base: RuleBase) -> Callable[[Case], Told]:
    return lambda case: of_summary(summary(infer(base, case)), base)


def by_oracle(directory: Path, base: RuleBase) -> Callable[[Case], Told]:
    """The oracle, asked once for each distinct case."""
    kb, terms, known = OracleKB(directory), base.knowledge.attributes, {}

    def told(case: Case) -> Told:
        answers = {n: "unknown" if v is None else terms[n].spell(v) for n, v in case.answers.items()}
        key = tuple(answers.items())
        if key not in known:
            known[key] = of_summary(evaluate(kb, answers), base)
        return known[key]

    return told


def compare(frame: Any, told: list[Told], base: RuleBase) -> int:
    """Every column of results says what was told of every row; how many columns were compared."""
    compared, numbers = 0, {}
    for name in frame.columns[1 + len(base.knowledge.attributes) :]:
        first, *rest = name.split(".")
        if first == "finding" and rest[-1] in ("low", "high"):
            continue  # of a score
        if first == "finding" and len(rest) < 3 and base.knowledge.findings[rest[0].split("@")[0]].ordered:
            numbers.setdefault(rest[0], []).append(frame[name].to_list())
            continue
        expected = expected_column(first, rest, told)
        if expected is None:
            continue
        column = frame[name].cast(pl.String) if frame[name].dtype == pl.Enum else frame[name]
        found = column.to_list()
        if found != expected:
            row = next(n for n, (a, b) in enumerate(zip(found, expected, strict=True)) if a != b)
            raise AssertionError(
                f"{name}: {found[row]} and not {expected[row]} in {frame.row(row, named=True)}"
            )
        compared += 1
    if told[0].numbers is not None:
        for key, columns in numbers.items():
            for values, t in zip(zip(*columns, strict=True), told, strict=True):
                assert {v for v in values if v is not None} == (t.numbers or {}).get(key, set()), (key, t)
    return compared


def expected_column(first: str, rest: list[str], told: list[Told]) -> list[Any] | None:
    if first == "fired":
        return [rest[0] in t.fired for t in told]
    if first == "finding":
        return [(rest[0], rest[1]) in t.findings for t in told]
    if first == "plan":
        return None if told[0].plan is None else [rest[0] in (t.plan or ()) for t in told]
    if rest[0] == "timing":
        return [t.timing.get(first, "now") for t in told]
    if rest[0] == "flag":
        return [(first, rest[1]) in t.flags for t in told]
    if rest[0] == "cost":
        return [(t.cost.get(first) or (None, None))[rest[1] == "high"] for t in told]
    assert rest[0] == "verdict"
    if rest[1:]:
        return None if told[0].targets is None else [(t.targets or {})[first].get(rest[1]) for t in told]
    return [t.verdicts[first] for t in told]


def random_columns(base: RuleBase, count: int, random: Random, numbers: dict[str, list[str]]) -> Any:
    """Cases as a frame of many types; a tenth of the answers is not known, one way or another."""
    columns = []
    for n, (name, term) in enumerate(base.knowledge.attributes.items()):
        values = [*numbers.get(name, ()), *map(term.spell, ends(term))] if term.ordered else [*term.values]
        cells = random.choices([*values, None], [9 / len(values)] * len(values) + [1], k=count)
        if term.type == "count" and n % 2:
            columns.append(pl.Series(name, cells, pl.String).cast(pl.Int64))
        elif term.numeric and n % 2:
            columns.append(pl.Series(name, cells, pl.String).cast(pl.Decimal(27, 6)))
        elif term.type == "yes-no" and n % 3 == 0:
            truths = {"yes": True, "no": False, None: None}
            columns.append(pl.Series(name, [truths[cell] for cell in cells], pl.Boolean))
        elif term.is_date and n % 2:
            columns.append(pl.Series(name, cells, pl.String).str.to_date())
        elif not term.ordered and n % 3 == 1:
            columns.append(pl.Series(name, cells, pl.Enum(values)))
        else:
            columns.append(pl.Series(name, [cell or random.choice(UNSAID) for cell in cells], pl.String))
    return pl.DataFrame(columns)


UNSAID = ["unknown", " unknown ", "", "null", "~", None]


def ends(term: Term) -> list[Any]:
    """Numbers small, and as large as they may be; and days."""
    low, high = term.bounds
    if term.is_date:
        return sorted({low, high, *map(term.scaled, DAYS)})
    unit = int(10**term.decimals)
    numbers = (0, 1, *(n * unit for n in (1, 2, 3, 4, 6)), unit + unit // 2, low, high)
    return sorted({number for number in numbers if low <= number <= high})


def setting(base: RuleBase, count: int, seed: int, folder: Path, numbers: dict[str, list[str]]) -> Setting:
    """Random cases in two files, and the results that Polars gives. Raises CaseError."""
    cells = random_columns(base, count, Random(seed), numbers)
    files = [str(folder / f"cases-{n}.parquet") for n in range(2)]
    for file, part in zip(files, (cells[: count // 3], cells[count // 3 :]), strict=True):
        part.write_parquet(file)
    out = folder / "polars.parquet"
    counts = population.run(base, population.Job(files, out, folder / "polars.rejects"))
    assert counts == (count, count, 0)
    answers = []
    for name, term in base.knowledge.attributes.items():
        read = {cell: cell_answer(cell, term) for cell in cells[name].unique().to_list()}
        answers.append([read[cell] for cell in cells[name].to_list()])
    rows = zip(*answers, strict=True)
    cases = [Case(dict(zip(base.knowledge.attributes, row, strict=True))) for row in rows]
    return Setting(base, files, cases, pl.read_parquet(out))


PARAMS = [pytest.param((name, count), id=name) for name, count in SOME.items()]
PARAMS += [
    pytest.param((name, count), id=f"all-{name}", marks=pytest.mark.long) for name, count in CASES.items()
]


@pytest.fixture(scope="session", params=PARAMS)
def cases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Setting:
    name, count = request.param
    texts = {**NUMBERS, **EXTREMES}
    numbers = {attribute: values.split() for attribute, values in texts.items()}
    folder = tmp_path_factory.mktemp(name)
    return setting(load(BASES[name]), count, 12, folder, numbers)


def directory(found: Setting) -> Path:
    return next(path for path in BASES.values() if load(path).knowledge.id == found.base.knowledge.id)


def is_all(found: Setting) -> bool:
    """Whether these are the cases of the long suite."""
    return len(found.cases) == CASES[name_of(found)]


def name_of(found: Setting) -> str:
    return next(name for name, path in BASES.items() if path == directory(found))


def compare_rows(found: Setting, told: Callable[[Case], Told], rows: list[int]) -> int:
    return compare(found.frame[rows], [told(found.cases[row]) for row in rows], found.base)


def generated(seed: int, folder: Path, count: int) -> Setting | None:
    """A generated knowledge base and results of random cases; None if numbers become too many or long."""
    base, problems = open_files(knowledge_files(Random(seed)))
    assert not problems
    if combinations(base) > COMBINATIONS:
        return None
    try:
        return setting(base, count, seed, folder, {})
    except CaseError as error:
        assert "too long to be exact" in str(error.problems[0])
        return None


SPACES = "".join(chr(c) for c in range(0x3001) if chr(c).isspace())
WORDS = """yes|no|YES|true|TRUE|True|false|False| true|tRuE\t|1|0|unknown|UNKNOWN|null|~|| | ~ |Null|none|NaN
inf|deep|shallow|Deep|deep |\0deep
\u2003yes\x1c|\x85 no\xa0|\u200byes|\ufeffno|ｙｅｓ|tru\u0435|e|-|.|+1|-0|-0.0|1.
.5|1e3|1E3|1_000|1,5|0x10|１２|٣|1\u00b2|12\n|12\u2028|--1|1.2.3|007"""
WORDS = [word for line in WORDS.replace("12\n|", "12\r|").split("\n") for word in line.split("|")]
WORDS += ["0" * 15, "0" * 16, "9" * 15, "9" * 16, "-" + "9" * 15]
WORDS += ["0." + digit * many for digit in "09" for many in (12, 13)]
MANY = [0, 1, -1, 2, 12, 99, 100, 101, 127, 128, 255, 256, 32767, 65535, 2147483647, 2147483648]
MANY += [sign * (10**n + d) for n in (2, 14, 15, 16, 18, 19, 37) for d in (-1, 0, 1) for sign in (1, -1)]
MANY += [2**63 - 1, 2**64 - 1, 2**127 - 1, -128, -(2**31), -(2**63)]
FLOATS = [
    float(text)
    for text in """
        0 -0 0.1 0.25 0.5 1 1.1 -1.5 12 49.99 2.675 0.30000000000000004 2e-3 1e-3 1e-4 0.00012
        9.9e-5 1e-5 2e-5 1e-6 1e-7 5e-324 2.2250738585072014e-308 1e7 123456789012345
        562949953421312.125 999999999999999.9 1e14 99999999999999.99 900000000000000.1
        4503599627370497.5 1e15 1e16 1e300 nan inf -inf
    """.split()  # noqa: SIM905
]


def cell_term(
    name: str, type: str, decimals: int = 0, low: int | None = None, high: int | None = None
) -> Term:
    values = {"yes-no": ("yes", "no"), "choice": ("deep", "shallow", "true", "e")}.get(type, ())
    return Term(name, "attribute", type, name, "", dict.fromkeys(values, ""), low, high, decimals)


TERMS = [
    cell_term("choice", "choice"),
    cell_term("yes-no", "yes-no"),
    cell_term("count", "count", 0, 0),
    cell_term("few", "count", 0, 1, 100),
    cell_term("tenths", "number", 1),
    cell_term("fine", "number", 6, -(10**6), 10**21 - 1),
    cell_term("ten-thousandths", "number", 4),
    cell_term("money", "money", 2, 0),
]


def random_text(random: Random) -> str:
    """Something like a number."""
    digits = "".join(random.choices("0123456789", k=random.choice((1, 2, 3, 14, 15, 16))))
    decimals = "".join(random.choices("0005", k=random.choice((1, 2, 3, 6, 7, 12, 13))))
    text = random.choice(("", "", "", "-", "+")) + random.choice(("", "", "00")) + digits
    text += random.choice(("", "." + decimals)) + random.choice(("", "", "", "", "e2", "E-2", "f"))
    return (
        random.choice(("", "", random.choice(SPACES))) + text + random.choice(("", "", random.choice(SPACES)))
    )


def series(random: Random) -> dict[str, Any]:
    """A column of cells of every type."""
    whole = [sign * n for n in (0, 1, 5, 12, 4999, 10**14, 10**15 - 1) for sign in (1, -1)]
    numbers = [Decimal(n).scaleb(-e) for n in whole for e in (0, 1, 2, 6, 8)]
    scales = [(38, 0), (27, 12), (18, 2), (20, 8), (30, 15)]

    def fitting(kind: Any, least: int, most: int) -> Any:
        return pl.Series([n for n in MANY if least <= n <= most], dtype=kind)

    ints = {
        **{
            f"int{n}": fitting(getattr(pl, f"Int{n}"), -(2 ** (n - 1)), 2 ** (n - 1) - 1)
            for n in (8, 16, 32, 64, 128)
        },
        **{f"uint{n}": fitting(getattr(pl, f"UInt{n}"), 0, 2**n - 1) for n in (8, 16, 32, 64)},
    }
    decimals = {
        f"decimal{scale}": pl.Series(
            [
                n
                for n in numbers
                if scale >= -n.normalize().as_tuple().exponent and abs(n) < 10 ** (size - scale)
            ],
            dtype=pl.Decimal(size, scale),
        )
        for size, scale in scales
    }
    times = {
        "dates": pl.Series([date(1, 1, 1), date(2020, 1, 1)]),
        "datetimes": pl.Series([datetime(2020, 1, 1)]),
        "times": pl.Series([time(1)]),
        "durations": pl.Series([timedelta(days=1)]),
    }
    texts = [*WORDS, *(random_text(random) for _ in range(300))]
    return {
        "texts": pl.Series(texts, dtype=pl.String),
        "categories": pl.Series(texts, dtype=pl.Categorical),
        "names": pl.Series(["deep", "unknown", "shallow"], dtype=pl.Enum(["unknown", "shallow", "deep"])),
        "others": pl.Series(["yes", "12", " no"], dtype=pl.Enum(["yes", "12", " no"])),
        "truths": pl.Series([True, False]),
        "floats": pl.Series([*FLOATS, *(random.randint(-(10**9), 10**9) / 10**6 for _ in range(100))]),
        "short": pl.Series(FLOATS, dtype=pl.Float32),
        "nothing": pl.Series([None], dtype=pl.Null),
        "bytes": pl.Series([b"yes", b"12", b"", b"\xff"]),
        "lists": pl.Series([["yes"], []], dtype=pl.List(pl.String)),
        "structs": pl.Series([{"a": 12}]),
        **ints,
        **decimals,
        **times,
    }  # fmt: skip


def by_python(cell: object, term: Term) -> tuple[bool, Answer]:
    """Whether a cell can be read, and as what."""
    # a decimal's exponent is no part of what it says: str(Decimal("0E-8"))
    try:
        return True, cell_answer(f"{cell:f}" if isinstance(cell, Decimal) else cell, term)
    except ValueError:
        return False, None
