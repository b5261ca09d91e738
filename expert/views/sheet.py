"""The review sheet, in Markdown: every rule in English beside the claims it cites, to read and to sign.

For someone who knows the subject and not the program: no YAML, no names of attributes, and a place
for a verdict, a remark, a name and a date after every rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from expert.language.conclusions import (
    Argue,
    Conclusion,
)
from expert.language.conditions import AllOf, Condition
from expert.language.english import Phrases, count, readable
from expert.language.model import Claim, Knowledge
from expert.language.rules import BASES, Rule, RuleBase

SIGNING = "Verdict: ☐ right ☐ wrong ☐ cannot say · Remark: ____________ · Name: ____________ · Date: ________"


HOW_TO = (
    "Each rule stands on the left as the program follows it, and on the right the sentences that it cites, "
    "in our words, with their place (p7s1 is paragraph 7, sentence 1) and with how surely the document "
    "says them. Please compare the two and mark each rule. *Right* means: whoever reads the document would "
    'conclude this. "There is no evidence that" means that nothing says so; "it is not the case that" '
    "means that the case says otherwise."
)


def review_lines(base: RuleBase) -> Iterator[str]:
    """The lines of the sheet."""
    k = base.knowledge
    yield f"# Review sheet: {plain(k.title)}, version {plain(k.version)}"
    yield ""
    yield f"Knowledge base `{k.hash}`: {_counted(base)}. {plain(k.disclaimer)}"
    yield ""
    yield HOW_TO
    yield ""
    yield "Reviewed as a whole by (name, function): ________________________ Date: ________ Signed: ________"
    phrases, file = Phrases(k), ""
    for number, rule in enumerate(base.rules, 1):
        name = rule.span.file.rpartition("rules/")[2]
        if name != file:
            file = name
            yield from ("", f"## {plain(name.removesuffix('.yaml'))}")
        yield from _rule(number, rule, phrases)
    yield from _options(k)
    yield from _context(k)


def _counted(base: RuleBase) -> str:
    claims = count(len(base.knowledge.claims), "claim")
    return f"{count(len(base.rules), 'rule')}, {claims}, {count(len(base.knowledge.options), 'option')}"


def _rule(number: int, rule: Rule, phrases: Phrases) -> Iterator[str]:
    k = phrases.knowledge
    left = "<br>".join(_statement(rule, phrases))
    yield ""
    yield f"### {number}. {rule.id}"
    yield ""
    yield "| The rule | The document, in our words |"
    yield "|---|---|"
    yield f"| {left} | {_claims(rule.claims, k)} |"
    yield ""
    yield f"Basis: {rule.basis} ({BASES[rule.basis]})." + (f" {plain(rule.reason)}" if rule.reason else "")
    yield ""
    yield SIGNING


def _statement(rule: Rule, phrases: Phrases) -> Iterator[str]:
    """A rule, a line for each clause."""
    if rule.ranges:
        yield "For each option:"
    clauses: tuple[Condition, ...] = rule.when.parts if isinstance(rule.when, AllOf) else (rule.when,)
    for place, clause in enumerate(clauses):
        yield f"{'and' if place else '**if**'} {plain(phrases.condition(clause))}"
    if not clauses:
        yield "in every case"
    for place, conclusion in enumerate(rule.then):
        yield f"{'and' if place else '**then**'} {_conclusion(conclusion, rule, phrases)}"
    yield f"*because* {plain(readable(rule.because, phrases.knowledge))}"


def _conclusion(conclusion: Conclusion, rule: Rule, phrases: Phrases) -> str:
    """What is concluded, with the words of an argument where they are its own."""
    words = plain(readable(phrases.conclusion(conclusion), phrases.knowledge))
    if isinstance(conclusion, Argue) and conclusion.text != rule.because:
        words += f": “{plain(readable(conclusion.text, phrases.knowledge))}”"
    return words


def _claims(ids: tuple[str, ...], k: Knowledge) -> str:
    return "<br>".join(_claim(k.claims[id], k) for id in ids)


def _claim(claim: Claim, k: Knowledge) -> str:
    return f"**{claim.id}** {plain(claim.says)} *[{plain(k.hedges[claim.hedge])}]*"


def _options(k: Knowledge) -> Iterator[str]:
    """What the knowledge base takes the document to say of each option."""
    yield from ("", "## What is said of the options")
    for option in k.options.values():
        yield from ("", f"### {plain(option.label)}", "", "| It holds that | The document, in our words |")
        yield "|---|---|"
        for name, data in option.properties.items():
            for datum in data:
                term = k.properties[name]
                says = f"{plain(term.label)}: {plain(term.show(datum.value))}"
                yield f"| {says} | {_claims(datum.claims, k)} |"
        yield from ("", SIGNING)


def _context(k: Knowledge) -> Iterator[str]:
    """The sentences from which nothing follows."""
    claims = [claim for claim in k.claims.values() if claim.context]
    if not claims:
        return
    yield from ("", "## Sentences from which no rule follows", "")
    yield "| The document, in our words | Why nothing follows |"
    yield "|---|---|"
    for claim in claims:
        yield f"| {_claim(claim, k)} | {plain(claim.context)} |"
    yield from ("", SIGNING)


def plain(text: str) -> str:
    """A text in which nothing is Markdown."""
    return re.sub(r"([\\`*_\[\]<>|#~&$])", r"\\\1", text)
