"""The sheet on which a reviewer reads a rule beside its claims, and what stands approved."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expert.io.problems import Problem
    from expert.language.english import Phrases
    from expert.language.rules import Rule, RuleBase
    from expert.review.approvals import Approval, Pair


Fold = Callable[[str, str, str], list[str]]


COLUMN = 39  # characters of each of the two that stand side by side


# --- side by side --------------------------------------------------------------------------------
def _lines(
    base: RuleBase, found: list[Pair], left: list[Problem], sentences: dict[str, str]
) -> Iterator[str]:
    from expert.language.english import Phrases

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
    from expert.views.terminal import is_plain, wrapped

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
    from expert.language.english import readable

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
    from expert.language.english import count
    from expert.views.terminal import wrapped

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


def _approved_lines(approvals: list[Approval], found: list[Pair], by: str, on: str) -> Iterator[str]:
    from expert.language.english import count
    from expert.review.approvals import FILE

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
