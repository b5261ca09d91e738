"""Whether what a node of an explanation states is so, by the naive evaluator of `oracle.py` alone.

Nothing of what makes explanations is used: a statement is put back into the rule language, and
evaluated there over the answers of the case and all that follows from them.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from support.oracle import COMPARE, Evaluation, OracleKB, atoms, evaluate

GROUPS = ("all", "any", "not", "unless")
Node = dict[str, Any]  # a Statement, as JSON has it


class Judge:
    """One case of a knowledge base, and what is so in it."""

    def __init__(self, kb: OracleKB, answers: dict[str, str]) -> None:
        self.kb = kb
        self.case = Evaluation(kb, answers)
        self.case.run()
        self.result = evaluate(kb, answers)
        self.fired = list(self.case.fired)
        self.held = 0  # statements found true

    def true(self, node: Node) -> bool:
        """Whether a statement is so, as it says that it stands."""
        self.held += 1
        kind, stands = node["kind"], node["stands"]
        if kind in (*GROUPS, "count", "option"):
            return self.condition(node)
        if kind in ("attribute", "finding", "property"):
            plainly = stands in ("given", "not-answered", "datum", "concluded", "not-concluded")
            return self.fact(node) if plainly else self.condition(node)
        return self.of_result(node)

    # --- terms ------------------------------------------------------------------------------
    def fact(self, node: Node) -> bool:
        """What is said of a value, or of there being none, and the tests that it met."""
        found = self.case.values(self.name(node), node["option"])
        if node["kind"] == "attribute" and node["stands"] == "given" and node["name"] in self.case.left_out:
            found = [self.case.given[node["name"]]]  # of such an answer its caution says that it was given
        values = [self.value(node, value) for value in node["values"]]
        if node["stands"] == "not-answered":
            return not found and node["operator"] == "unknown" and node["kind"] == "attribute"
        if node["stands"] == "not-concluded":
            return not set(values) & set(found) if values else not found
        [value] = values
        return value in found and all(self.met(node, value, bound) for bound in node["bounds"])

    def met(self, node: Node, value: Any, bound: Node) -> bool:
        limit = self.value(node, bound["limit"])
        if bound["operator"] == "is-not":
            return bool(value != limit)
        limits = self.case.quantity(quantity(bound["of"]), node["option"] or self.about)
        return limit in limits and COMPARE[bound["operator"]](value, limit)

    about: str | None = None  # the option of the rule whose premise is looked at

    def name(self, node: Node) -> str:
        """A term's name as rules write it."""
        scoped = node["kind"] == "property" or f"option.{node['name']}" in self.kb.spelled
        return f"option.{node['name']}" if scoped and node["kind"] != "attribute" else str(node["name"])

    def value(self, node: Node, value: Any) -> Any:
        return self.kb.parse(self.kb.term(self.name(node)), str(value))

    # --- conditions -------------------------------------------------------------------------
    def condition(self, node: Node) -> bool:
        option = self.option(node) or self.about
        parts = list(atoms(self.written(node)))
        held, denied = self.case.all(parts, option)
        if node["stands"] == "holds":
            return held
        if node["stands"] == "denied":
            return not held and denied
        return not held and node["stands"] in ("unknown", "no-evidence")

    def option(self, node: Node) -> str | None:
        inside = (self.option(part) for part in node["parts"])
        return node["option"] or next((option for option in inside if option), None)

    def written(self, node: Node) -> Any:
        """A condition in the rule language."""
        kind = node["kind"]
        if kind in GROUPS:
            parts = [self.written(part) for part in node["parts"]]
            return {kind: parts if kind in ("all", "any") else parts[0]}
        if kind == "count":
            return {node["operator"]: str(node["values"][0]), "of": [self.written(p) for p in node["parts"]]}
        if kind == "rule":
            return {f"!{node['name']}": "yes"}
        if kind == "option":
            return {"option": list(node["values"])}
        if node["operator"] == "is":
            return {self.name(node): [str(value) for value in node["values"]]}
        if node["operator"] in ("known", "unknown"):
            return {self.name(node): node["operator"]}
        return {self.name(node): {node["operator"]: quantity(node["of"])}}

    # --- rules and results ------------------------------------------------------------------
    def of_result(self, node: Node) -> bool:
        name, option, values, result = node["name"], node["option"], node["values"], self.result
        match node["kind"]:
            case "rule" if node["stands"] == "fired":
                return self.fired[values[0] - 1] == (name, option)
            case "rule":
                return bool(result["not_fired"].get((name, option)) == node["operator"])
            case "claim":
                return name in self.kb.claims
            case "verdict":
                return [result["verdicts"][option], result["timing"][option]] == list(values)
            case "timing":
                return bool(result["waits"][option] == list(values))
            case "score":
                return (name, option) in result["bounds"]
            case "argument":
                return any(
                    kind == "argue" and instance.option == option and body.get(values[0]) == name
                    for instance in self.case.fired.values()
                    for kind, body in instance.then
                )
            case "step":
                return name in result["plan"]
            case "flag":
                return name in result["flags"][option]
            case "wait":
                return name in result["waits"][option]
            case "advice" | "caution":
                return (node["kind"], name, option) in result["advice"]
        return False

    # --- words ------------------------------------------------------------------------------
    def worded(self, node: Node, text: str) -> bool:
        """Whether the words beside a fact have its value and limits, and no other sense of yes and no."""
        if node["kind"] not in ("attribute", "finding", "property") or node["operator"] != "is":
            return True
        if node["stands"] not in ("given", "datum", "concluded"):
            return True
        term = self.kb.term(self.name(node))
        limits = [bound["limit"] for bound in node["bounds"]]
        return all(self.shown(term, value, text) for value in (*node["values"], *limits))

    def shown(self, term: Node, value: Any, text: str) -> bool:
        if term["type"] == "yes-no":
            return "says" not in term or ("it is not the case that" in text) == (value == "no")
        if term["type"] == "choice":
            return term["values"][value] in text
        if term["type"] == "date":
            return str(value) in text
        spelled = Fraction(str(value))
        return any(
            Fraction(word) == spelled
            for word in "".join(c if c.isdigit() or c in "-." else " " for c in text.replace(",", "")).split()
            if word.strip("-.").replace(".", "", 1).isdigit() and word[-1] not in "-."
        ) or f"{value}" in text.replace(",", "")


def quantity(of: str) -> Any:
    """A quantity as a statement has it: what the rule language writes, JSON where it is computed."""
    return json.loads(of) if of.startswith("{") else of
