"""The sheet on which a reviewer reads a rule beside its claims, and what stands approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from expert.io.problems import Problem
from expert.language.conclusions import Argue
from expert.language.english import Phrases, count, datum_words, readable
from expert.language.model import Quotes
from expert.language.rules import Rule, RuleBase
from expert.review.approvals import FILE, Approval, Pair
from expert.views.document import Beside, Block, Item, Line, Paragraph, Section, Words, apart, quoted
from expert.views.knowledge import claim_words

HANG = 7  # characters to the text of a claim, and of a clause that goes on


# --- side by side --------------------------------------------------------------------------------
def review_blocks(
    base: RuleBase, standing: Sequence[Pair], left: Sequence[Problem], quotes: Quotes
) -> list[Section]:
    """What waits, each rule beside its claims; approvals that are about nothing; and how much waits."""
    phrases = Phrases(base.knowledge)
    by_citing: dict[str, list[Pair]] = {}
    for pair in standing:
        by_citing.setdefault(pair.citing, []).append(pair)
    sections = []
    for pairs in by_citing.values():
        if any(pair.waits for pair in pairs):
            sections.append(_rule_and_claims(pairs, base, phrases, quotes))
    return [
        *sections,
        apart(*(Line(f"warning: {problem}") for problem in left), Paragraph(_summary(standing))),
    ]


def _rule_and_claims(pairs: Sequence[Pair], base: RuleBase, phrases: Phrases, quotes: Quotes) -> Section:
    """A rule on the left, the claims that it cites on the right, each with how its review stands."""
    first, *rest = english(pairs[0], base, phrases)
    left = [Paragraph(clause, 2, HANG - 2) for clause in rest]
    right: list[Block] = []
    for pair in pairs:
        claim = base.knowledge.claims[pair.claim]
        right.append(Item(f"{pair.claim:6} ", claim_words(claim, base.knowledge), 0, HANG))
        said: list[Words] = [quoted(quotes[pair.claim])] if pair.claim in quotes else []
        right += [Paragraph(words, HANG) for words in (*said, _status(pair))]
    return apart(Line(first), Beside(tuple(left), tuple(right)))


def english(pair: Pair, base: RuleBase, phrases: Phrases) -> list[str]:
    """What cites the claim, in English, a clause a line; first its name."""
    if pair.kind == "rule":
        return list(_rule_words(base.rule(pair.citing), phrases))
    knowledge, (option, _, property) = base.knowledge, pair.citing.partition(".")
    term, data = knowledge.properties[property], knowledge.options[option].properties[property]
    label = knowledge.options[option].label
    said = [f"{label}: {datum_words(term, d)} [{' '.join(d.claims)}]" for d in data]
    return [f"{pair.citing}  (what is said of an option)", *said]


def _rule_words(rule: Rule, phrases: Phrases) -> Iterator[str]:
    """All of a rule that a reviewer's word is about."""
    knowledge = phrases.knowledge
    head, *clauses = phrases.rule(rule)[: -len(rule.cites)]
    yield head
    yield from (readable(" ".join(clause.split()), knowledge) for clause in clauses)
    for c in rule.then:
        if isinstance(c, Argue) and c.text != rule.because:
            yield f"argued as: {readable(c.text, knowledge)}"
    if rule.salience:
        yield f"salience {rule.salience}"


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


def _summary(standing: Sequence[Pair]) -> str:
    lapsed = sum(pair.status == "lapsed" for pair in standing)
    waiting = sum(pair.waits for pair in standing)
    if not standing:
        return "Nothing cites it, so there is nothing to review."
    if not waiting:
        return f"Nothing waits for review: {count(len(standing), 'pair')}, all approved."
    shares = []
    for kind, what in (("rule", "rules"), ("data", "properties of options")):
        citing = {pair.citing for pair in standing if pair.kind == kind}
        open_ = {pair.citing for pair in standing if pair.kind == kind and pair.waits}
        shares += [f"{len(open_)} of {len(citing)} {what}"] if citing else []
    pairs = f"{count(waiting - lapsed, 'pair')} never approved, {lapsed} lapsed"
    return f"Waiting for review: {', '.join(shares)}; {pairs}."


def approved_blocks(approvals: Sequence[Approval], pairs: Sequence[Pair], by: str, on: str) -> list[Line]:
    """What was approved, by whom, and how much still waits."""
    if not approvals:
        return [Line(f"Nothing was approved: {by} has approved it already, or nothing waits.")]
    claims: dict[str, list[str]] = {}
    for approval in approvals:
        claims.setdefault(approval.citing, []).append(approval.claim)
    appended = f"{count(len(approvals), 'approval')} appended to {FILE}"
    return [
        Line(f"Approved by {by} on {on}:"),
        *(Line(f"{name}  {' '.join(ids)}", 2) for name, ids in claims.items()),
        Line(f"{appended}; {_still_waiting(approvals, pairs)}"),
    ]


def _still_waiting(approvals: Iterable[Approval], pairs: Sequence[Pair]) -> str:
    now = {approval[:3] for approval in approvals}
    waiting = sum(pair.waits and pair[:3] not in now for pair in pairs)
    return f"{waiting} of {len(pairs)} pairs still wait." if waiting else "nothing waits any more."
