"""The deciding policy: how arguments become a verdict, a timing, a cost and flags.

Only arguments on topics that decide (`decides: yes`) make the verdict. They are weighed for
each target that is argued about, arguments without a target counting for every one:

    strong for, nothing unsure or against    preferred
    for, nothing unsure or against           option
    unsure, or both for and against          uncertain
    against only                             not-advised
    nothing                                  not-addressed: the document says nothing

An option's verdict is its best over the targets. It waits for the last, in the plan's order,
of the steps that rules make it wait for; with none it may be done now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from expert.language.conclusions import Argue, Conclusion
from expert.language.meaning import T

VERDICTS = ("preferred", "option", "uncertain", "not-advised", "not-addressed")


RECOMMENDED = VERDICTS[:3]  # what a person may still choose


NOW = "now"


def weigh(arguments: Iterable[tuple[Conclusion, T]], decides: set[str], false: T) -> dict[str, dict[str, T]]:
    """For each target, where each verdict holds; a target has one only where it is argued about.

    The target "" is the case as a whole, and has a verdict where no other target has one.
    """
    deciding = [(c, where) for c, where in arguments if isinstance(c, Argue) and c.name in decides]
    found: dict[str, dict[str, T]] = {}
    anywhere = false
    for target in dict.fromkeys(c.target for c, _ in deciding if c.target):
        argued = false
        for argument, where in deciding:
            argued = argued | where if argument.target == target else argued
        anywhere = anywhere | argued
        verdicts = _weighed([(c, where) for c, where in deciding if c.target in (target, "")], false)
        found[target] = {verdict: where & argued for verdict, where in verdicts.items()}
    verdicts = _weighed([(c, where) for c, where in deciding if not c.target], false)
    found[""] = {verdict: where & ~anywhere for verdict, where in verdicts.items()}
    return found


def _weighed(arguments: Iterable[tuple[Argue, T]], false: T) -> dict[str, T]:
    """Where each verdict holds of arguments about one target."""
    strong = plain = against = unsure = false
    for argument, where in arguments:
        if argument.stance == "for" and argument.strength == "strong":
            strong = strong | where
        elif argument.stance == "for":
            plain = plain | where
        elif argument.stance == "against":
            against = against | where
        else:
            unsure = unsure | where
    favoured, doubted = strong | plain, unsure | against
    return {
        "preferred": strong & ~doubted,
        "option": plain & ~strong & ~doubted,
        "uncertain": unsure | (favoured & against),
        "not-advised": against & ~favoured & ~unsure,
        "not-addressed": ~(favoured | doubted),
    }


def overall(by_target: dict[str, dict[str, T]], false: T) -> dict[str, T]:
    """Where an option has each verdict: the best of its targets'."""
    found: dict[str, T] = {}
    better = false
    for verdict in VERDICTS:
        anywhere = false
        for verdicts in by_target.values():
            anywhere = anywhere | verdicts[verdict]
        found[verdict] = anywhere & ~better
        better = better | anywhere
    return found


def verdict_of(verdicts: Mapping[str, int]) -> str:
    """The verdict that holds, of plain truth values."""
    return next(verdict for verdict in VERDICTS if verdicts[verdict])
