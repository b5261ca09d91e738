"""Small random knowledge bases of numbers that are compared with each other, and a naive reading of them.

What `generate` leaves out: comparisons of answers with answers, products (an answer with itself, too),
findings with several numeric values, computed through several findings, negative constants, six
decimals, and ranges small enough that every case can be gone through. The reading shares no code with
the shell: rules are nested tuples here, and are read as `semantics.md` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from operator import ge, gt, le, lt
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from expert.consultation.case import Case, make_case
from expert.knowledge.load import load
from expert.language.rules import RuleBase

Yaml = Any
Quantity = Any  # a number, the name of a term, or (operator, quantities)
Condition = Any  # (kind, ...)
COMPARE = {"more-than": gt, "at-least": ge, "less-than": lt, "at-most": le}
OPERATORS = tuple(COMPARE)
STANCES = ("for", "for", "against", "unsure")


class Linked:
    """One knowledge base: attributes with all their values, and rules in the order to read them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.decimals = random.choice((0, 0, 0, 6))
        many = random.choice((2, 2, 3))
        low, high = {2: (0, random.choice((24, 40))), 3: (random.choice((0, -4)), 7)}[many]
        self.numbers = {f"n{n}": range(low, high + 1) for n in range(many)}
        if random.random() < 0.2:
            self.numbers["n0"] = range(-high, high // 2)
        self.choices = {f"c{n}": ("p", "q", "r") for n in range(random.choice((0, 1, 1)))}
        self.findings = [f"f{n}" for n in range(random.randint(0, 3))]
        self.rules: list[tuple[str, Condition, tuple[str, Any]]] = []
        for level, name in enumerate(self.findings):
            for _ in range(random.choice((1, 1, 2))):
                self.rule(level, ("conclude", name, self.quantity(level, 2)))
        for _ in range(random.randint(1, 4)):
            self.rule(
                len(self.findings), ("argue", random.choice(STANCES), random.choice(("plain", "strong")))
            )
        if random.random() < 0.5:
            self.rule(len(self.findings), ("advise",))

    # --- making --------------------------------------------------------------------------------
    def rule(self, level: int, then: tuple[Any, ...]) -> None:
        parts = [self.condition(level, 2) for _ in range(self.random.choice((1, 2, 2, 3)))]
        self.rules.append((f"r{len(self.rules)}", ("all", parts), then))

    def constant(self) -> int:
        return self.random.choice((0, 1, 2, 3, 5, 8, 13, 21, -1, -2, -7))

    def quantity(self, level: int, depth: int) -> Quantity:
        terms = [*self.numbers, *self.numbers, *self.findings[:level]]
        kind = self.random.choice(("constant", "term", "term", "plus", "minus", "times"))
        if kind == "constant":
            return self.constant()
        if kind == "times" and depth:
            factor = self.random.choice((2, 3, -1, 7))
            factors = [factor, self.random.choice(terms)]
            if not self.decimals and self.random.random() < 0.4:
                factors = [self.random.choice(terms), self.random.choice(terms)]
            return "times", factors
        if kind == "term" or not depth:
            return self.random.choice(terms)
        many = 2 if kind == "minus" else self.random.choice((2, 3))
        return kind, [self.quantity(level, depth - 1) for _ in range(many)]

    def condition(self, level: int, depth: int) -> Condition:
        terms = [*self.numbers, *self.findings[:level]]
        kind = self.random.choice(("compare",) * 6 + ("is", "known", "any", "unless", "not", "number"))
        if kind in ("any", "unless", "not") and depth:
            many = 2 if kind == "any" else 1
            inside = 0 if kind == "not" else level  # a finding is never denied
            return kind, [self.condition(inside, depth - 1) for _ in range(many)]
        if kind == "is" and self.choices:
            name = self.random.choice(list(self.choices))
            return "is", name, self.random.choice(self.choices[name])
        if kind == "known":
            return "known", self.random.choice(terms)
        if kind == "number":
            name = self.random.choice(terms)
            return "is", name, self.random.choice(self.numbers.get(name, (-2, 3, 12, 30)))
        left, right = self.random.choice(terms), self.quantity(level, 2)
        if isinstance(right, int) and left in self.numbers:
            right = self.random.choice(self.numbers[left])
        return "compare", left, self.random.choice(OPERATORS), right

    # --- as files --------------------------------------------------------------------------------
    def files(self) -> dict[str, str]:
        """The files of the knowledge base."""
        kind: dict[str, Yaml] = {"type": "number", "decimals": "6"} if self.decimals else {"type": "count"}
        attributes: dict[str, Yaml] = {}
        for name, values in self.numbers.items():
            ends = {"min": self.spell(values[0]), "max": self.spell(values[-1])}
            attributes[name] = {**kind, **ends, "label": f"the {name}", "question": "How many?"}
        for name, some in self.choices.items():
            attributes[name] = {
                "type": "choice",
                "label": name,
                "question": "Which?",
                "values": {v: v for v in some},
            }
        vocabulary = {"attributes": attributes, "topics": {"fit": {"label": "fit", "decides": "yes"}}}
        if self.findings:
            wide = {**kind, "min": "-1000000", "max": "1000000"}
            vocabulary["findings"] = {name: {**wide, "label": f"the {name}"} for name in self.findings}
        claims = {
            f"p1s{n + 1}": {"says": f"Sentence {n}.", "hedge": "asserts", "fingerprint": f"{n:016x}"}
            for n in range(len(self.rules))
        }
        parts: dict[str, Yaml] = {
            "kb/document.yaml": {"id": "linked", "title": "L", "version": "1", "disclaimer": "D."},
            "kb/claims.yaml": {"hedges": {"asserts": "it says so"}, "claims": claims},
            "kb/vocabulary.yaml": vocabulary,
            "kb/options.yaml": {"options": {"go": {"label": "Go"}}},
            "rules/1.yaml": [self.rule_yaml(n, *rule) for n, rule in enumerate(self.rules)],
        }
        return {
            name: yaml.dump(part, Dumper=yaml.CSafeDumper, sort_keys=False) for name, part in parts.items()
        }

    def write(self, directory: Path) -> Path:
        """The knowledge base as a directory."""
        for name, text in self.files().items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return directory

    def rule_yaml(self, n: int, id: str, when: Condition, then: tuple[Any, ...]) -> Yaml:
        parts = [self.yaml(part) for part in when[1]]
        if then[0] == "conclude":
            does: Yaml = {"conclude": {then[1]: self.quantity_yaml(then[2])}}
        elif then[0] == "argue":
            parts = [*parts, {"option": "go"}]
            does = {"argue": {then[1]: "fit", "strength": then[2]}}
        else:
            does = {"advise": "Do it."}
        claims = f"p1s{n + 1}"
        return {"id": id, "claims": claims, "basis": "stated", "when": parts, "then": does, "because": "So."}

    def yaml(self, condition: Condition) -> Yaml:
        kind, *rest = condition
        if kind == "any":
            return {"any": [self.yaml(part) for part in rest[0]]}
        if kind in ("unless", "not"):
            return {kind: self.yaml(rest[0][0])}
        if kind == "compare":
            return {rest[0]: {rest[1]: self.quantity_yaml(rest[2])}}
        if kind == "known":
            return {rest[0]: "known"}
        return {rest[0]: self.spell(rest[1]) if isinstance(rest[1], int) else rest[1]}

    def quantity_yaml(self, quantity: Quantity) -> Yaml:
        if isinstance(quantity, int):
            return self.spell(quantity)
        if isinstance(quantity, str):
            return quantity
        operator, parts = quantity
        if operator == "times" and isinstance(parts[0], int):
            return {operator: [str(parts[0]), *map(self.quantity_yaml, parts[1:])]}  # a factor has no unit
        return {operator: [self.quantity_yaml(part) for part in parts]}

    def spell(self, number: int) -> str:
        if not self.decimals:
            return str(number)
        sign, digits = "-" * (number < 0), f"{abs(number):07d}"
        return f"{sign}{digits[:-6]}.{digits[-6:]}"

    # --- a naive reading ---------------------------------------------------------------------------
    def cases(self, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Every completion of a case (None: unknown)."""
        axes = []
        for name, values in {**self.numbers, **self.choices}.items():
            axes.append([given[name]] if name in given else [None, *values])
        for values in product(*axes):
            yield dict(zip([*self.numbers, *self.choices], values, strict=True))

    def follow(self, case: Mapping[str, Any]) -> tuple[frozenset[str], str, dict[str, frozenset[int]]]:
        """The rules that fire in a case, the verdict, and what findings come to."""
        values: dict[str, list[Any]] = {n: [v] for n, v in case.items() if v is not None}
        fired, said = [], set()
        for id, when, then in self.rules:
            if not self.holds(when, values)[0]:
                continue
            if then[0] == "conclude":
                numbers = self.amounts(then[2], values)
                if not numbers:
                    continue  # what draws no conclusion has not fired
                values.setdefault(then[1], []).extend(numbers)
            elif then[0] == "argue":
                said.add(then[1:])
            fired.append(id)
        found = {name: frozenset(values.get(name, ())) for name in self.findings}
        word = verdict(said)
        return frozenset(fired), "open" if word == "not-addressed" and self.may_argue(case) else word, found

    def amounts(self, quantity: Quantity, values: Mapping[str, list[Any]]) -> list[int]:
        if isinstance(quantity, int):
            return [quantity]
        if isinstance(quantity, str):
            return values.get(quantity, [])
        operator, parts = quantity
        first, *rest = [self.amounts(part, values) for part in parts]
        for more in rest:
            if operator == "times":
                first = [a * b for a in first for b in more]
            else:
                sign = 1 if operator == "plus" else -1
                first = [a + sign * b for a in first for b in more]
        return first

    def holds(self, condition: Condition, values: Mapping[str, list[Any]]) -> tuple[bool, bool]:
        kind, *rest = condition
        if kind in ("all", "any"):
            pairs = [self.holds(part, values) for part in rest[0]]
            both = all if kind == "all" else any
            other = any if kind == "all" else all
            return both(held for held, _ in pairs), other(denied for _, denied in pairs)
        if kind in ("not", "unless"):
            held, denied = self.holds(rest[0][0], values)
            return (denied, held) if kind == "not" else (not held, held)
        some = values.get(rest[0], [])
        if kind == "known":
            return bool(some), not some
        if kind == "is":
            held = rest[1] in some
            return held, bool(some) and not held and rest[0] not in self.findings
        results = [compare(a, rest[1], b) for a in some for b in self.amounts(rest[2], values)]
        return any(results), bool(results) and not any(results)

    # --- what may still follow ---------------------------------------------------------------------
    def may_argue(self, case: Mapping[str, Any]) -> bool:
        """Whether a rule that argues may fire, whatever those answers are that the case does not give."""
        # the values that each term may have (None: not known which), and whether it must
        values: dict[str, list[tuple[Any, bool]]] = {n: [(v, v is not None)] for n, v in case.items()}
        for _, when, then in self.rules:
            (must, may), _ = self.sides(when, values)
            if may and then[0] == "argue":
                return True
            if may and then[0] == "conclude":
                found = [(value, there and must) for value, there in self.possible(then[2], values)]
                values.setdefault(then[1], []).extend(found)
        return False

    def possible(self, quantity: Quantity, values: Mapping[str, list[tuple[Any, bool]]]) -> Any:
        if not isinstance(quantity, tuple):
            return [(quantity, True)] if isinstance(quantity, int) else values.get(quantity, [])
        found = []
        for terms in product(*(self.possible(part, values) for part in quantity[1])):
            numbers = {f"t{n}": [] if number is None else [number] for n, (number, _) in enumerate(terms)}
            known = self.amounts((quantity[0], [*numbers]), numbers)
            found.append((known[0] if known else None, all(there for _, there in terms)))
        return found

    def sides(self, condition: Condition, values: Mapping[str, list[tuple[Any, bool]]]) -> Any:
        """Whether a condition must hold and whether it may; the same of its being denied."""
        kind, *rest = condition
        if kind in ("all", "any"):
            parts = [self.sides(part, values) for part in rest[0]]
            both, other = (all, any) if kind == "all" else (any, all)
            return tuple(
                tuple(join(part[side][n] for part in parts) for n in (0, 1))
                for side, join in ((0, both), (1, other))
            )
        if kind in ("not", "unless"):
            held, denied = self.sides(rest[0][0], values)
            return (denied, held) if kind == "not" else ((not held[1], not held[0]), held)
        some = values.get(rest[0], [])
        if kind == "known":
            must, may = any(there for _, there in some), bool(some)
            return (must, may), (not may, not must)
        others = [(rest[1], True)] if kind == "is" else self.possible(rest[2], values)
        operator = rest[1] if kind == "compare" else "is"
        met, unmet = [False, False], [False, False]
        for (a, there), (b, too) in product(some, others):
            so = None if a is None or b is None else a == b if operator == "is" else compare(a, operator, b)
            met = [met[0] or (there and too and so is True), met[1] or so is not False]
            unmet = [unmet[0] or (there and too and so is False), unmet[1] or so is not True]
        if kind == "is" and rest[0] in self.findings:
            return tuple(met), (False, False)
        return tuple(met), (unmet[0] and not met[1], unmet[1] and not met[0])


def linked_base(random: Random, directory: Path) -> tuple[Linked, RuleBase]:
    """A knowledge base, naively and as it is loaded."""
    linked = Linked(random)
    return linked, load(linked.write(directory))


SMALL = (13, 20)  # bases of few cases


def small_first(all: int) -> list[Any]:
    """Numbers to begin with, of which the short suite takes a few."""
    later = [pytest.param(n, marks=pytest.mark.long) for n in range(all) if n not in SMALL]
    return [*SMALL, *later]


def every_case(linked: Linked, base: RuleBase) -> list[Case]:
    """All of its cases."""
    return [make_case(case, base.knowledge) for case in linked.cases({})]


def compare(a: int, operator: str, b: int) -> bool:
    """Whether a comparison holds."""
    return COMPARE[operator](a, b)


def verdict(said: set[tuple[str, str]]) -> str:
    """The policy, of stances with their strengths."""
    stances = {stance for stance, _ in said}
    if not stances:
        return "not-addressed"
    if stances == {"for"}:
        return "preferred" if ("for", "strong") in said else "option"
    return "not-advised" if stances == {"against"} else "uncertain"
