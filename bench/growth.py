"""Growth with the number of rules: copies of one block of forty rules, 40 to 4,000 of them.

Sparse: each copy has a guard, an answer that lets one copy apply; what fires stays constant. Dense: no
guard, so that every copy applies, and facts and firings grow with the rules. Both as YAML texts, which
the shell's own loader reads; and the same rules for plain experta, written to its best advantage.
"""

from __future__ import annotations

from random import Random
from typing import Any

import by_hand_experta  # noqa: F401  (first: it makes experta importable)
from by_hand_experta import Case as ExpertaCase

# isort: split
from experta import NOT, Fact, KnowledgeEngine, Rule

BLOCK = 40
ATTRIBUTES, VALUES, OPTIONS = 10, 4, 4


def shapes(copy: int) -> list[tuple[str, dict[str, Any]]]:
    """The forty rules of a copy: kind, and what the kind needs."""
    random = Random(7)  # the same for every copy
    rules: list[tuple[str, dict[str, Any]]] = []
    for n in range(16):
        asked = (f"a{n % ATTRIBUTES}", *(f"v{value}" for value in random.sample(range(VALUES), 2)))
        rules.append(("kind", {"asked": asked, "value": f"w{n % 8}"}))
    for n in range(10):
        pair = random.sample(range(VALUES), 2)
        asked = (f"a{random.randrange(ATTRIBUTES)}", f"v{pair[0]}", f"v{pair[1]}")
        rules.append(("cause", {"kind": f"w{n % 8}", "asked": asked, "value": f"u{n % 5}"}))
    for n in range(4):
        rules.append(("flag", {"cause": f"u{n}", "no": f"w{random.randrange(8)}", "option": f"o{n}"}))
    for n in range(10):
        stance = random.choice(("for", "against", "unsure"))
        rules.append(("argue", {"cause": f"u{n % 5}", "stance": stance, "option": f"o{n % OPTIONS}"}))
    return [(kind, {"id": f"r{copy}-{n}", **found}) for n, (kind, found) in enumerate(rules)]


def texts(size: int, sparse: bool) -> dict[str, str]:
    """The files of a knowledge base of `size` rules."""
    copies = size // BLOCK
    values = ", ".join(f"v{n}: it is {n}" for n in range(VALUES))
    attributes = [
        f"  a{n}: {{type: choice, label: item {n}, question: 'Which?', values: {{{values}}}}}"
        for n in range(ATTRIBUTES)
    ]
    guards = ", ".join(f"t{n}: subject {n}" for n in range(copies))
    if sparse:
        attributes.append(
            f"  subject: {{type: choice, label: subject, question: 'Which?', values: {{{guards}}}}}"
        )
    findings = []
    for copy in range(copies):
        for letter, value, count in (("k", "w", 8), ("c", "u", 5)):
            names = ", ".join(f"{value}{n}: found {n}" for n in range(count))
            findings.append(
                f"  {letter}{copy}: {{type: choice, label: {letter} {copy}, values: {{{names}}}}}"
            )
    vocabulary = ["attributes:", *attributes, "findings:", *findings]
    vocabulary.append("topics: {effect: {label: effect, decides: yes}}")
    vocabulary.append(f"flags: {{{', '.join(f'g{n}: flag {n}' for n in range(4))}}}")
    options = ["options:", *(f"  o{n}: {{label: Option {n}}}" for n in range(OPTIONS))]
    return {
        "kb/document.yaml": "id: grown\ntitle: Grown\nversion: '1.0'\nsource: none\ndisclaimer: Nothing.\n",
        "kb/claims.yaml": "hedges: {asserts: it says so}\nclaims:\n"
        "  p1s1: {says: So it is., hedge: asserts, fingerprint: '0123456789abcdef'}\n",
        "kb/vocabulary.yaml": "\n".join(vocabulary) + "\n",
        "kb/options.yaml": "\n".join(options) + "\n",
        **{
            f"rules/{copy:04}.yaml": "".join(_yaml(kind, rule, copy, sparse) for kind, rule in shapes(copy))
            for copy in range(copies)
        },
    }


def _yaml(kind: str, rule: dict[str, Any], copy: int, sparse: bool) -> str:
    when = [f"subject: t{copy}"] if sparse else []
    if kind in ("kind", "cause"):
        name, *values = rule["asked"]
        when.append(f"{name}: [{', '.join(values)}]")
    if kind == "cause":
        when.append(f"k{copy}: {rule['kind']}")
    if kind in ("flag", "argue"):
        when += [f"option: {rule['option']}", f"c{copy}: {rule['cause']}"]
    if kind == "flag":
        when.append(f"unless: {{k{copy}: {rule['no']}}}")
    then = {
        "kind": f"conclude: {{k{copy}: {rule.get('value')}}}",
        "cause": f"conclude: {{c{copy}: {rule.get('value')}}}",
        "flag": f"flag: g{rule.get('option', 'o0')[1:]}",
        "argue": f"argue: {{{rule.get('stance')}: effect}}",
    }[kind]
    return (
        f"- id: {rule['id']}\n  claims: p1s1\n  basis: stated\n  when: {{{', '.join(when)}}}\n"
        f"  then: {{{then}}}\n  because: So says rule {rule['id'][1:].replace('-', ' of ')}.\n"
    )


class Kind(Fact):  # type: ignore[misc]
    """What a first rule concludes, of a copy."""


class Cause(Fact):  # type: ignore[misc]
    """What a second rule concludes, of a copy."""


class Settled(Fact):  # type: ignore[misc]
    """Rules that read what is not there may fire."""


class Grown(KnowledgeEngine):  # type: ignore[misc]
    """The same rules on plain experta."""

    def __init__(self, size: int, sparse: bool) -> None:
        self.made = [Rule(salience=-1)(lambda engine: engine.declare(Settled()))]
        for copy in range(size // BLOCK):
            self.made += [self._rule(kind, rule, copy, sparse) for kind, rule in shapes(copy)]
        super().__init__()

    def get_rules(self) -> list[Rule]:
        return list(self.made)

    def _rule(self, kind: str, rule: dict[str, Any], copy: int, sparse: bool) -> Rule:
        from experta import L

        case = {"subject": f"t{copy}"} if sparse else {}
        if "asked" in rule:
            name, first, *rest = rule["asked"]
            value = L(first)
            for other in rest:
                value = value | L(other)
            case[name] = value
        patterns: list[Any] = [ExpertaCase(**case)] if case else []
        if kind == "cause":
            patterns.append(Kind(copy=copy, value=rule["kind"]))
        if kind in ("flag", "argue"):
            patterns.append(Cause(copy=copy, value=rule["cause"]))
        if kind == "flag":
            patterns += [Settled(), NOT(Kind(copy=copy, value=rule["no"]))]

        def fire(engine: Grown) -> None:
            id = f"{rule['id']}@{rule['option']}" if "option" in rule else rule["id"]
            engine.fired.append(id)
            if kind == "kind":
                engine.declare(Kind(copy=copy, value=rule["value"]))
            elif kind == "cause":
                engine.declare(Cause(copy=copy, value=rule["value"]))

        return Rule(*patterns)(fire)

    def consult(self, answers: dict[str, Any]) -> set[str]:
        """The rules that fire."""
        self.fired: list[str] = []
        self.reset()
        self.declare(ExpertaCase(**{name: value or "unknown" for name, value in answers.items()}))
        self.run()
        return set(self.fired)
