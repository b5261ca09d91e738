"""What leads a result: the findings that are declared to, and the places of options that a number ranks."""

from __future__ import annotations

from typing import NamedTuple

from expert.consultation.memory import WorkingMemory
from expert.consultation.result import Leading, Plain, Rank
from expert.language.conditions import Ref
from expert.language.english import listed
from expert.language.keys import with_option
from expert.language.model import Knowledge, Term, Value


class Interval(NamedTuple):
    """The least and the most that a number can be, in its term's scale."""

    low: int
    high: int


def bounds_of(memory: WorkingMemory, key: str) -> Interval | None:
    """The bounds of a numeric finding in a case: of several values the least and the greatest."""
    if key in memory.bounds:
        return Interval(*memory.bounds[key])
    numbers = [value for value in memory.values.get(key, ()) if isinstance(value, int)]
    return Interval(min(numbers), max(numbers)) if numbers else None


# --- rank ------------------------------------------------------------------------------------
def places_of(memory: WorkingMemory) -> dict[str, Rank]:
    """The places of the options that the ranking finding has a number for.

    An option's place is from 1 + the others that surely stand before it, to 1 + those that may.
    """
    knowledge = memory.base.knowledge
    if knowledge.rank is None:
        return {}
    term, sign = knowledge.findings[knowledge.rank.finding], -1 if knowledge.rank.least_first else 1
    intervals: dict[str, Interval] = {}
    for option in knowledge.options:
        if bounds := bounds_of(memory, with_option(term.name, option)):
            intervals[option] = bounds
    places = {}
    for option, (low, high) in intervals.items():
        others = [bounds for other, bounds in intervals.items() if other != option]
        if sign < 0:  # the mirror image
            surely = sum(1 for other in others if other.high < low)
            perhaps = sum(1 for other in others if other.low < high)
        else:
            surely = sum(1 for other in others if other.low > high)
            perhaps = sum(1 for other in others if other.high > low)
        places[option] = Rank(term.plain(low), term.plain(high), 1 + surely, 1 + perhaps)
    return places


# --- results ---------------------------------------------------------------------------------
def results(memory: WorkingMemory) -> tuple[Leading, ...]:
    """How the findings stand that are declared to be results, each for every option if they have one each."""
    knowledge, refs = memory.base.knowledge, list[Ref]()
    for name in knowledge.results:
        refs += refs_of(name, knowledge)
    waiting = [ref for ref in refs if ref.key not in memory.values]
    open = memory.wording.openness.concludable(memory.case, waiting) if waiting else {}
    return tuple([_result(memory, ref, open) for ref in refs])


def refs_of(finding: str, knowledge: Knowledge) -> list[Ref]:
    """A finding, for every option if they have one each."""
    options = list(knowledge.options) if knowledge.findings[finding].per_option else [""]
    return [Ref("finding", finding, option=option) for option in options]


def _result(memory: WorkingMemory, ref: Ref, open: dict[str, tuple[str, ...]]) -> Leading:
    term = memory.base.knowledge.findings[ref.name]
    values = sorted(memory.values.get(ref.key, ()), key=lambda value: _order(term, value))
    bounds = bounds_of(memory, ref.key)
    score = memory.scores.get(ref.key)
    is_open = ref.key in open or score is not None
    stands = "concluded" if values else "open" if is_open else "not-concluded"
    firings = sorted({n for value in values for n in memory.grounds[ref.key, value]})
    low, high = (term.plain(bounds.low), term.plain(bounds.high)) if bounds else (None, None)
    plain: tuple[Plain, ...] = tuple([term.plain(value) for value in values])
    text = listed([term.show(value) for value in values]) if values else stands.replace("-", " ")
    if score and bounds and not values:
        text, firings = f"{term.spell(bounds.low)} to {term.show(bounds.high)}", [score.firing]
    depends = () if values else open.get(ref.key, ())
    return Leading(
        ref.name, ref.option or None, term.label, stands, plain, low, high, text, tuple(firings), depends
    )


def _order(term: Term, value: Value) -> int:
    return value if isinstance(value, int) else list(term.values).index(value)
