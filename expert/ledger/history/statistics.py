"""What the records of ledgers amount to over time: verdicts, rules, versions of knowledge, erasures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from expert.io.problems import CaseError, LedgerError
from expert.ledger.chain import GENESIS, check_end
from expert.ledger.history.search import Filter, summaries
from expert.ledger.store import Entry, Ledger, legible

MOST = 24  # periods, beyond which a longer one is chosen
LENGTHS = {"day": 1, "week": 7, "month": 30.5, "year": 365.25}  # in days
PERIODS = tuple(LENGTHS)
MOST_DAYS = {per: 5000 * length for per, length in LENGTHS.items()}  # that can be counted by a period

EVERYTHING = Filter()


class Series(NamedTuple):
    """How often something was recorded: in all, when first and last, and in each period.

    `kind` is one of

    - consultation, note (`value` is the judgement), signature, erasure (`name` is the reason);
    - erased: a record that was erased later, at the time when it was made;
    - verdict (`value`, of the option `name`), result (of the finding `name`: `value` is its text), rule;
    - version (of the knowledge: `value` is its hash), program (that made the record).

    `knowledge` is the id of the knowledge base, where it is of one; `label` is what an option or a result is
    called.
    """

    kind: str
    knowledge: str
    name: str
    value: str
    label: str
    total: int
    first: str
    last: str
    counts: tuple[int, ...]


class Statistics(NamedTuple):
    """The series of some records, by `periods` of one length (`per`) without a gap, in the order of time.

    `ledgers` are the files that were read; `entries` are all that were counted, of whatever kind.
    """

    ledgers: tuple[str, ...]
    entries: int
    per: str
    periods: tuple[str, ...]
    series: tuple[Series, ...]

    def of(self, kind: str) -> list[Series]:
        """The series of a kind, the most frequent first."""
        return sorted((s for s in self.series if s.kind == kind), key=lambda s: -s.total)


Counted = tuple[str, str, str, str]  # kind, knowledge, name, value


class _Gathered:
    """What has been counted: the times of each thing, and what it is called."""

    def __init__(self) -> None:
        self.entries = 0
        self.times: dict[Counted, list[datetime]] = {}
        self.labels: dict[Counted, str] = {}

    def add(self, time: datetime, key: Counted, label: str = "") -> None:
        self.times.setdefault(key, []).append(time)
        self.labels[key] = label

    def take(self, entry: Entry, time: datetime) -> None:
        """Count an entry, and what is in it."""
        self.entries += 1
        header, content = entry.header, entry.content
        kind = header["kind"]
        if kind == "erasure":
            self.add(time, ("erasure", "", str(header.get("reason", "")), ""))
        elif kind == "signature":
            self.add(time, ("signature", "", "", ""))
        elif content is None:
            self.add(time, ("erased", "", kind, ""))
        elif kind == "note":
            self.add(time, ("note", "", "", str(content["judgement"])))
        elif kind == "consultation":
            self._consultation(content, header, time)

    def _consultation(self, content: dict[str, Any], header: dict[str, Any], time: datetime) -> None:
        held = content["consultation"]
        knowledge = held["knowledge"]
        of = str(knowledge["id"])
        self.add(time, ("consultation", "", "", ""))
        self.add(time, ("version", of, str(knowledge["version"]), header["knowledge"]))
        for name, version in header["programs"].items():
            self.add(time, ("program", "", name, str(version)))
        for r in held["recommendations"]:
            self.add(time, ("verdict", of, r["option"], r["verdict"]), r["label"])
        for result in held.get("results", ()):
            if result["values"]:
                self.add(time, ("result", of, result["finding"], result["text"]), result["label"])
        for rule in dict.fromkeys(firing["rule"] for firing in held["firings"]):
            self.add(time, ("rule", of, rule, ""))


def statistics_of(
    ledgers: Sequence[Ledger], wanted: Filter = EVERYTHING, per: str = "", zone: tzinfo = UTC
) -> Statistics:
    """Count what is in the records that are wanted. Raises LedgerError if one is not as its hash says.

    `per` is one of PERIODS, or empty: the shortest of which there are not too many. Periods are those of a
    zone; weeks are those of ISO 8601. Raises CaseError if there are too many of them.
    """
    gathered = _Gathered()
    for ledger in ledgers:
        with ledger.view():
            for entry in _wanted(ledger, wanted):
                with legible(entry.id):
                    gathered.take(entry, datetime.fromisoformat(entry.header["time"]).astimezone(zone))
    times = [time for of_one in gathered.times.values() for time in of_one]
    per = per or _fitting(times)
    periods = _periods(times, per)
    series = []
    for key in sorted(gathered.times):
        of_one = sorted(gathered.times[key])
        counted = Counter(_period(time, per) for time in of_one)
        first, last = (
            time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for time in (of_one[0], of_one[-1])
        )
        counts = tuple(counted[period] for period in periods)
        series.append(Series(*key, gathered.labels[key], len(of_one), first, last, counts))
    names = tuple(str(ledger.path) for ledger in ledgers)
    return Statistics(names, gathered.entries, per, tuple(periods), tuple(series))


def _wanted(ledger: Ledger, wanted: Filter) -> Iterator[Entry]:
    """The entries that are wanted, each held against its hash."""
    everything = wanted == EVERYTHING
    fits = set() if everything else {summary.seq for summary in summaries(ledger, wanted)}
    last = (0, GENESIS)
    for entry in ledger.entries():
        last = entry.seq, entry.hash
        if everything or entry.seq in fits:
            yield entry
    if fault := check_end(*last, ledger.head()):
        where = f"entry {fault.seq}" if fault.seq else "the chain"
        raise LedgerError(f"{where} {fault.message}", "`audit verify` says more")


# --- periods ---------------------------------------------------------------------------------------
def _period(time: datetime, per: str) -> str:
    """The period that a time is in, by its name."""
    if per == "week":
        year, week, _ = time.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return {"day": f"{time:%Y-%m-%d}", "month": f"{time:%Y-%m}", "year": f"{time:%Y}"}[per]


def _periods(times: Sequence[datetime], per: str) -> list[str]:
    """Every period from the first to the last."""
    if not times:
        return []
    if (max(times) - min(times)).days > MOST_DAYS[per]:
        message = f"from {min(times):%Y-%m-%d} to {max(times):%Y-%m-%d} are too many periods of a {per}"
        raise CaseError(message, "a longer --per, or --since and --until")
    day, last = min(times).date(), max(times).date()
    found: dict[str, None] = {}
    while True:
        found[_period(datetime(day.year, day.month, day.day), per)] = None
        if day >= last:
            return [*found]
        day = min(_next(day, per), last)


def _next(day: date, per: str) -> date:
    """A day of the next period; of the last one there is, that day."""
    try:
        if per == "year":
            return date(day.year + 1, 1, 1)
        if per == "month":
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        return day + timedelta(days=7 if per == "week" else 1)
    except (ValueError, OverflowError):
        return date.max


def _fitting(times: Sequence[datetime]) -> str:
    """The shortest period of which there are not too many."""
    if not times:
        return "day"
    days = (max(times).date() - min(times).date()).days + 1
    for per, length in LENGTHS.items():
        if days / length <= MOST:
            return per
    return "year"
