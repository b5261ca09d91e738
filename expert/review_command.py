"""The commands `kb review` and `kb approve`: what waits for a reviewer, and the reviewer's word."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from expert.terminal import (
    BUILT_IN,
    CHECK_FAILED,
    Document,
    Json,
    Kb,
    emit,
    open_knowledge,
    open_reviews,
    print_json,
    problems_shown,
    read_document,
)

if TYPE_CHECKING:
    from expert.review import Approval, Pair, Reviews
    from expert.rules import Rule, RuleBase
    from expert.source import Problem
    from expert.words import Phrases

Fold = Callable[[str, str, str], list[str]]
COLUMN = 39  # characters of each of the two that stand side by side

# --- kb review -----------------------------------------------------------------------------------


def review(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[RULE | CLAIM]",
            help="Only this rule (or OPTION.PROPERTY), or claim.",
            show_default=False,
        ),
    ] = None,
    document: Document = None,
    json: Json = False,
    kb: Kb = None,
) -> None:
    """What waits for review: each rule beside the claims that it cites; exits with 1 if anything does.

    Example: cicatrix kb review p7s1
    """
    from expert.review import standing, strays

    with problems_shown():
        base, reviews = open_knowledge(kb), open_reviews(kb)
        sentences = read_document(document)
        found = about(base, standing(base, reviews), name)
    left = strays(base, reviews) if name is None else []
    if json:
        print_json(_json(base, found, left, sentences))
    else:
        emit("\n".join(_lines(base, found, left, sentences)))
    if any(pair.waits for pair in found):
        raise typer.Exit(CHECK_FAILED)


def about(base: RuleBase, found: list[Pair], name: str | None) -> list[Pair]:
    """The pairs that a name is about: those of a rule, of a property of an option, or of a claim."""
    from expert.source import CaseError, not_among

    citing = list(dict.fromkeys(pair.citing for pair in found))
    if name is None or name in citing:
        return [pair for pair in found if name in (None, pair.citing)]
    if name not in base.knowledge.claims:
        raise CaseError([not_among("rule or claim", name, [*citing, *base.knowledge.claims])])
    return [pair for pair in found if pair.claim == name]


def _json(base: RuleBase, found: list[Pair], left: list[Problem], sentences: dict[str, str]) -> object:
    from expert.words import Phrases

    phrases = Phrases(base.knowledge)
    waiting = []
    for pair in (pair for pair in found if pair.waits):
        approval = pair.approval
        waiting.append(
            {
                **pair._asdict(),
                "changed": list(pair.changed),
                "approval": approval and {"by": approval.by, "on": approval.on, "note": approval.note},
                "says": english(pair, base, phrases),
                "claim_says": _claim_text(pair.claim, base),
                "sentence": sentences.get(pair.claim),
            }
        )
    return {"waiting": waiting, "pairs": len(found), "warnings": [str(problem) for problem in left]}


# --- side by side --------------------------------------------------------------------------------


def _lines(
    base: RuleBase, found: list[Pair], left: list[Problem], sentences: dict[str, str]
) -> Iterator[str]:
    from expert.words import Phrases

    phrases = Phrases(base.knowledge)
    by_citing: dict[str, list[Pair]] = {}
    for pair in found:
        by_citing.setdefault(pair.citing, []).append(pair)
    for pairs in by_citing.values():
        if any(pair.waits for pair in pairs):
            yield from _block(pairs, base, phrases, sentences)
            yield ""
    for problem in left:
        yield f"warning: {problem}"
    yield _summary(found)


def _block(pairs: list[Pair], base: RuleBase, phrases: Phrases, sentences: dict[str, str]) -> Iterator[str]:
    """A rule on the left, the claims that it cites on the right, each with how its review stands."""
    from expert.tables import is_plain, wrapped

    first, *rest = english(pairs[0], base, phrases)
    yield first
    fold: Fold = wrapped if is_plain() else _folded
    left = [line for clause in rest for line in fold(clause, "  ", " " * 7)]
    right: list[str] = []
    for pair in pairs:
        quoted = [f"“{sentences[pair.claim]}”"] if pair.claim in sentences else []
        for n, text in enumerate([_claim_text(pair.claim, base), *quoted, _status(pair)]):
            right += fold(text, " " * 7 if n else f"{pair.claim:6} ", " " * 7)
    if is_plain():
        yield from (*left, *right)
        return
    for rule, claim in zip_longest(left, right, fillvalue=""):
        yield f"{rule:{COLUMN}}  {claim}".rstrip()


def english(pair: Pair, base: RuleBase, phrases: Phrases) -> list[str]:
    """What cites the claim, in English, a clause a line; first its name."""
    if pair.kind == "rule":
        return list(_rule_words(base.rule(pair.citing), phrases))
    k, (option, _, property) = base.knowledge, pair.citing.partition(".")
    term, data = k.properties[property], k.options[option].properties[property]
    label = k.options[option].label
    said = [f"{label}: {term.label}: {term.show(d.value)} [{' '.join(d.claims)}]" for d in data]
    return [f"{pair.citing}  (what is said of an option)", *said]


def _rule_words(rule: Rule, phrases: Phrases) -> Iterator[str]:
    """All of a rule that a reviewer's word is about."""
    from expert.words import readable

    k = phrases.knowledge
    head, *clauses = phrases.rule(rule)[: -len(rule.claims)]
    yield head
    yield from (readable(" ".join(clause.split()), k) for clause in clauses)
    for c in rule.then:
        if c.kind == "argument" and c.text != rule.because:
            yield f"argued as: {readable(c.text, k)}"
    if rule.salience:
        yield f"salience {rule.salience}"


def _claim_text(id: str, base: RuleBase) -> str:
    claim = base.knowledge.claims[id]
    return f"{claim.says} [{base.knowledge.hedges[claim.hedge]}]"


def _folded(text: str, first: str, later: str) -> list[str]:
    """The text in lines that fit a column."""
    return textwrap.wrap(text, COLUMN, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)


def _status(pair: Pair) -> str:
    if pair.approval is None:
        return "-> never approved"
    a = pair.approval
    note = f" ({a.note})" if a.note else ""
    if not pair.waits:
        return f"approved by {a.by} on {a.on}{note}"
    names = {"claim": "the claim", "rule": "the rule", "data": "what is said of the option"}
    changed = " and ".join(names[name] for name in pair.changed)
    return f"-> lapsed: {changed} changed after {a.by} approved it on {a.on}{note}"


def _summary(found: list[Pair]) -> str:
    from expert.tables import wrapped
    from expert.words import count

    lapsed = sum(pair.status == "lapsed" for pair in found)
    waiting = sum(pair.waits for pair in found)
    if not found:
        return "Nothing cites it, so there is nothing to review."
    if not waiting:
        return f"Nothing waits for review: {count(len(found), 'pair')}, all approved."
    shares = []
    for kind, what in (("rule", "rules"), ("data", "properties of options")):
        citing = {pair.citing for pair in found if pair.kind == kind}
        open_ = {pair.citing for pair in found if pair.kind == kind and pair.waits}
        shares += [f"{len(open_)} of {len(citing)} {what}"] if citing else []
    pairs = f"{count(waiting - lapsed, 'pair')} never approved, {lapsed} lapsed"
    return "\n".join(wrapped(f"Waiting for review: {', '.join(shares)}; {pairs}."))


# --- kb approve ----------------------------------------------------------------------------------


def approve(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="RULE...", help="Rules (or OPTION.PROPERTY).", show_default=False),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves.", show_default=False)] = "",
    claim: Annotated[
        list[str] | None,
        typer.Option("--claim", metavar="CLAIM", help="Against this claim only (may be repeated)."),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="A remark to keep.")] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="The day, such as 2026-01-31; today if none.")
    ] = "",
    all: Annotated[bool, typer.Option("--all", help="Everything that waits.")] = False,
    kb: Kb = None,
) -> None:
    """Record that rules say what the claims they cite say; what has changed since has to be seen again.

    Example: cicatrix kb approve over-the-budget --by "A. Reviewer"
    """
    from expert.review import standing
    from expert.signing import append

    with problems_shown():
        base, reviews = open_knowledge(kb), open_reviews(kb)
        by, note, on = signature(by, note, on)
        found = standing(base, reviews)
        chosen = [p for p in choose(base, found, names, claim, all) if _new(p, by, reviews)]
        approvals = [_approval(pair, by, on, note) for pair in chosen]
        if approvals:
            append(BUILT_IN[0] if kb is None else kb, approvals)
    emit("\n".join(_approved_lines(approvals, found, by, on)))


def signature(by: str, note: str, on: str) -> tuple[str, str, str]:
    """Who, remark and date, as they are kept. Raises CaseError."""
    from datetime import date

    from expert.review import is_date
    from expert.source import CaseError, Problem, shorten

    by, note = " ".join(by.split()), " ".join(note.split())
    problems = [] if by else [Problem("nobody approves", None, "say who with --by NAME")]
    for name, text in (("--by", by), ("--note", note)):
        if not text.isprintable():
            problems.append(Problem(f"`{shorten(text)}` cannot be printed, so it is nothing for {name}"))
    if on and not is_date(on):
        problems.append(Problem(f"`{shorten(on)}` is not a date for --on", None, "such as 2026-01-31"))
    if problems:
        raise CaseError(problems)
    return by, note, on or date.today().isoformat()


def choose(
    base: RuleBase, found: list[Pair], names: list[str] | None, claims: list[str] | None, all: bool
) -> list[Pair]:
    """The pairs that are meant: all that wait, or those of some rules. Raises CaseError."""
    from expert.source import CaseError, Problem, not_among

    if bool(names) == all:
        help = "`kb review` lists what waits"
        message = "--all and the names of rules exclude each other" if all else "no rule is named, nor --all"
        raise CaseError([Problem(message, None, help)])
    citing = list(dict.fromkeys(pair.citing for pair in found))
    problems = [not_among("rule", name, citing) for name in names or () if name not in citing]
    chosen = [pair for pair in found if pair.citing in (names or ()) or (all and pair.waits)]
    cited = list(dict.fromkeys(pair.claim for pair in (found if all else chosen)))
    for id in claims or ():
        if id not in base.knowledge.claims:
            problems.append(not_among("claim", id, cited))
        elif id not in cited and not problems:
            message = f"claim `{id}` is cited by none of `{', '.join(names or ['all'])}`"
            problems.append(Problem(message, None, f"they cite {', '.join(cited)}"))
    if problems:
        raise CaseError(problems)
    return [pair for pair in chosen if not claims or pair.claim in claims]


def _new(pair: Pair, by: str, reviews: Reviews) -> bool:
    """Whether nobody of that name has approved the pair as it is now."""
    return not any(a[:5] == pair[:5] and a.by == by for a in reviews)


def _approval(pair: Pair, by: str, on: str, note: str) -> Approval:
    from expert.review import Approval

    return Approval(*pair[:5], by, on, note)


def _approved_lines(approvals: list[Approval], found: list[Pair], by: str, on: str) -> Iterator[str]:
    from expert.review import FILE
    from expert.words import count

    if not approvals:
        yield f"Nothing was approved: {by} has approved it already, or nothing waits."
        return
    claims: dict[str, list[str]] = {}
    for approval in approvals:
        claims.setdefault(approval.citing, []).append(approval.claim)
    yield f"Approved by {by} on {on}:"
    yield from (f"  {name}  {' '.join(ids)}" for name, ids in claims.items())
    yield f"{count(len(approvals), 'approval')} appended to {FILE}; {_still_waiting(approvals, found)}"


def _still_waiting(approvals: Iterable[Approval], found: list[Pair]) -> str:
    now = {approval[:3] for approval in approvals}
    waiting = sum(pair.waits and pair[:3] not in now for pair in found)
    return f"{waiting} of {len(found)} pairs still wait." if waiting else "nothing waits any more."
