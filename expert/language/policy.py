"""The deciding policy: how arguments become a verdict, a timing, a cost and flags.

Only arguments on topics that decide (`decides: yes`) make the verdict. They are weighed for
each target that is argued about, arguments without a target counting for every one:

    strong for, nothing unsure or against    preferred
    for, nothing unsure or against           option
    unsure, or both for and against          uncertain
    against only                             not-advised
    nothing yet                              open: an answer that is not known decides
    nothing                                  not-addressed: the document says nothing

It is *open* where no argument has been put forward and one may still be, whatever is known: see
`possibility`. With everything answered nothing is open. What is open is neither recommended nor refused.

An option's verdict is its best over the targets. It waits for the last, in the plan's order,
of the steps that rules make it wait for; with none it may be done now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from expert.language.algebra import T, union
from expert.language.conclusions import Argue

VERDICTS = ("preferred", "option", "uncertain", "open", "not-advised", "not-addressed")
RECOMMENDED = VERDICTS[:3]  # what a person may still choose
OPEN = VERDICTS[3]  # nothing was put forward, and an answer that is not known may change that
NOT_ADDRESSED = VERDICTS[5]
NOW = "now"


def weigh(
    deciding: Sequence[tuple[Argue, T]], possible: Iterable[tuple[Argue, T]], false: T
) -> dict[str, dict[str, T]]:
    """For each target, where each verdict holds; a target has one only where it is argued about.

    The target "" is the case as a whole, and has a verdict where no other target has one.
    `possible` are the arguments that may still be put forward, and where.
    """
    weighed: dict[str, dict[str, T]] = {}
    anywhere = false
    for target in dict.fromkeys(c.target for c, _ in deciding if c.target):
        argued = union(false, [where for c, where in deciding if c.target == target])
        anywhere = anywhere | argued
        verdicts = weigh_for(target, deciding, false, false)
        weighed[target] = {verdict: where & argued for verdict, where in verdicts.items()}
    verdicts = weigh_for("", deciding, union(false, [where for _, where in possible]), false)
    weighed[""] = {verdict: where & ~anywhere for verdict, where in verdicts.items()}
    return weighed


def weigh_for(target: str, deciding: Iterable[tuple[Argue, T]], possible: T, false: T) -> dict[str, T]:
    """Where each verdict holds of the arguments about one target, or about every target.

    `possible` is where such an argument may still be put forward.
    """
    strong = plain = against = unsure = false
    for argument, where in deciding:
        if argument.target not in (target, ""):
            continue
        if argument.stance == "for" and argument.strength == "strong":
            strong = strong | where
        elif argument.stance == "for":
            plain = plain | where
        elif argument.stance == "against":
            against = against | where
        else:
            unsure = unsure | where
    favoured, doubted = strong | plain, unsure | against
    silent = ~(favoured | doubted)
    return {
        "preferred": strong & ~doubted,
        "option": plain & ~strong & ~doubted,
        "uncertain": unsure | (favoured & against),
        "open": silent & possible,
        "not-advised": against & ~favoured & ~unsure,
        "not-addressed": silent & ~possible,
    }


def overall(by_target: Mapping[str, Mapping[str, T]], false: T) -> dict[str, T]:
    """Where an option has each verdict: the best of its targets'."""
    best: dict[str, T] = {}
    for verdict in VERDICTS:
        best[verdict] = union(false, [verdicts[verdict] for verdicts in by_target.values()])
    return firsts(best, false)


# --- choices --------------------------------------------------------------------------------
def firsts(choices: Mapping[str, T], false: T, otherwise: str = "") -> dict[str, T]:
    """Where each of some choices is the first that holds, and where none does, if that has a name."""
    chosen: dict[str, T] = {}
    before = false
    for name, where in choices.items():
        chosen[name] = where & ~before
        before = before | where
    return {**chosen, otherwise: ~before} if otherwise else chosen


def first(choices: Mapping[str, int], otherwise: str = "") -> str:
    """The first choice that holds, of plain truth values."""
    return next((name for name, holds in choices.items() if holds), otherwise)
