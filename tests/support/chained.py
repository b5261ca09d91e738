"""Knowledge bases whose findings rest on each other in one long chain."""

from __future__ import annotations

from functools import cache

from expert.knowledge.load import open_files
from expert.language.rules import RuleBase

HEADS = {
    "kb/document.yaml": "id: chain\ntitle: A chain\nversion: '1'\nsource: none\ndisclaimer: Nothing.\n",
    "kb/claims.yaml": "hedges: {asserts: it says so}\nclaims:\n"
    "  p1s1: {says: So it is., hedge: asserts, fingerprint: '0123456789abcdef'}\n",
    "kb/options.yaml": "options:\n  one: {label: The one}\n",
}
RULE = "- id: {0}\n  claims: p1s1\n  basis: stated\n  when: {{{1}}}\n  then: {{{2}}}\n  because: So it is.\n"


def chain_files(length: int, settled: bool) -> dict[str, str]:
    """f0 follows from `start`, each other finding from the one before; the last argues for an option.

    Where they are `settled`, each is denied where the one before is.
    """
    attribute = "attributes:\n  start: {type: yes-no, label: start, question: 'Does it?'}\n"
    findings = "".join(f"  f{n}: {{type: yes-no, label: finding {n}}}\n" for n in range(length))
    topics = "topics: {effect: {label: effect, decides: yes}}\n"
    rules = []
    for n in range(length):
        when = f"f{n - 1}: yes" if n else "start: yes"
        then = f"settle: f{n}" if settled else f"conclude: {{f{n}: yes}}"
        rules.append(RULE.format(f"r{n}", when, then) + ("  otherwise: It is not so.\n" if settled else ""))
    rules.append(RULE.format("last", f"f{length - 1}: yes, option: one", "argue: {for: effect}"))
    vocabulary = f"{attribute}findings:\n{findings}{topics}"
    return {**HEADS, "kb/vocabulary.yaml": vocabulary, "rules/1.yaml": "".join(rules)}


@cache
def chain(length: int, settled: bool) -> RuleBase:
    """Such a knowledge base."""
    base, problems = open_files(chain_files(length, settled))
    assert not problems
    return base
