"""Scores read from rules: what adds up, the conditions on points, and between what bounds it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from expert.io.yaml import Node
from expert.knowledge.declarations import read_claims
from expert.knowledge.files import ITEM, ROW
from expert.knowledge.read_conditions import Scope, misfit, never_denied
from expert.knowledge.read_terms import read_number
from expert.language.conclusions import Addend, First, Row, Tally
from expert.language.conditions import AllOf, Condition, Ref
from expert.language.model import SCORE, Term
from expert.language.rules import Rule

UNCONDITIONAL = {  # what a rule that scores does not have, and what stands in its place
    "in-force": "write a condition on the date beside the points",
    "when": "what the points depend on stands beside them, as `{points: ..., when: ...}`",
}


class ScoreReader:
    """Reads what rules add up: the score of a finding is one rule's."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.knowledge, self.reader = scope, scope.knowledge, scope.reader
        self.scored_by: dict[str, str] = {}  # of each scored finding, the rule
        self.scores: dict[str, Tally] = {}
        self.places: dict[str, Node] = {}

    def scoring(self, rule: Rule, fields: dict[str, Node]) -> Rule:
        """The rule with the score that it adds up, if it does, as its first conclusion."""
        reader, nodes = self.reader, fields["then"].under("score") if "then" in fields else []
        if not nodes:
            return rule
        if len(nodes) > 1 or not nodes[0].pairs or len(nodes[0].pairs) > 1:
            help = "such as `score: {points: [{points: 1, when: ..., claims: ...}, ...]}`"
            reader.report(nodes[-1], "`score` is a mapping from one finding to its items", help)
            return rule
        [(key, node)] = nodes[0].pairs
        name = reader.pick(key, "numeric finding", self.scope.numeric)
        if not name:
            return rule
        ref, term = self.scope.find(name)
        first = self.scored_by.setdefault(ref.name, rule.id)
        if first != rule.id:
            reader.report(key, f"`{name}` is scored by `{first}` already", "one rule scores a finding")
        for condition, help in UNCONDITIONAL.items():
            if condition in fields:
                message = f"`{rule.id}` scores `{name}` in every case and has no `{condition}`"
                reader.report(fields[condition], message, help)
        if node.items is None:
            reader.report(node, f"the items of `{name}` must be a list, not {node.shape}")
        items = [addend for item in node.items or () for addend in self._item(item, term)]
        score = Tally(ref.name, tuple(items), ref.scoped, ends=self._ends(items), replies=ref.replies)
        scoring = rule._replace(then=(score, *rule.then))
        if scoring.ranges and not ref.scoped:
            message = f"`{rule.id}` ranges over options, and `{name}` is not `per-option`"
            reader.report(key, message, f"give `{name}` `per-option: yes`")
        self.places[ref.name] = key
        self.scores[ref.name] = score
        return scoring

    def _ends(self, items: list[Addend]) -> tuple[tuple[str, int, int], ...]:
        """Of each attribute among some items, the least and the most that may be answered."""
        names = [item.name for item in items if isinstance(item, Ref) and item.kind == "attribute"]
        return tuple((name, *self.knowledge.attributes[name].bounds) for name in dict.fromkeys(names))

    def _item(self, node: Node, term: Term) -> list[Addend]:
        """An item of a score: a row, rows of which the first counts, a number, or the name of one."""
        if node.pairs is not None:
            fields = ITEM.read(node, self.reader)
            if ("first" in fields) == ("points" in fields):
                self.reader.report(node, "an item has either `points` with `when`, or `first`")
                return []
            return [self._first(fields["first"], term)] if "first" in fields else [self._row(node, term)]
        text = node.text or ""
        if text[:1] in "0123456789-+." or not text:
            return [self._points(node, term)]
        read = self.scope.ref(text, node)
        if not read:
            return []
        ref, other = read
        if ref.kind == "finding" and ref.role != SCORE:
            help = "an item is a score, an attribute, a number, or points with `when`"
            self.reader.report(node, f"`{text}` is a finding that no rule scores", help)
        elif ref.kind == "property":
            self.reader.report(node, f"`{text}` is a property, and no item of a score")
        elif why := misfit(other, term):
            self.reader.report(node, f"`{text}` {why}")
        elif ref.kind == "attribute" and (other.low is None or other.high is None):
            help = f"give `{text}` its `min` and `max`, between which it is while it is not answered"
            self.reader.report(node, f"`{text}` has no bounds", help)
        else:
            return [ref]
        return []

    def _points(self, node: Node, term: Term) -> int:
        return read_number(node, term._replace(low=None, high=None), self.reader) or 0

    def _row(self, node: Node, term: Term) -> Row:
        fields = ROW.read(node, self.reader)
        points = self._points(fields["points"], term) if "points" in fields else 0
        when: Condition = self.scope.condition(fields["when"]) if "when" in fields else AllOf(())
        for ref in never_denied(when):
            help = f"`settle` `{ref.name}`, or write `unless`"
            message = (
                f"points do not count where their condition is denied, and the finding `{ref.name}` never is"
            )
            self.reader.report(fields["when"], message, help)
        cited = (
            read_claims(fields["claims"], self.knowledge.claims, self.reader) if "claims" in fields else ()
        )
        return Row(points, when, cited)

    def _first(self, node: Node, term: Term) -> First:
        rows: list[Row] = []
        rest = 0
        for n, item in enumerate(self.reader.listing(node), 1):
            if item.pairs is not None:
                rows.append(self._row(item, term))
            elif n == len(node.items or ()):
                rest = self._points(item, term)
            else:
                self.reader.report(item, "a number for the rest stands last in `first`")
        if not rows:
            self.reader.report(node, "`first` needs a list of rows", "such as `{points: 2, when: ...}`")
        return First(tuple(rows), rest)

    def check_ranges(self) -> None:
        """That no score can exceed what its finding declares."""
        ranges = self._ranges()
        for name in self.scores:
            term, ends = self.knowledge.findings[name], ranges[name]
            for declared, end, so in ((term.low, ends[0], "less"), (term.high, ends[1], "more")):
                if declared is not None and (end < declared if so == "less" else end > declared):
                    limit = "min" if so == "less" else "max"
                    message = (
                        f"the items of `{name}` can add up to {term.spell(end)}, {so} than its `{limit}`"
                    )
                    self.reader.report(self.places[name], f"{message}, {term.spell(declared)}")

    def _ranges(self) -> dict[str, tuple[int, int]]:
        """Between what each score can lie at all; of those that add up each other in a circle, anything."""
        ranges: dict[str, tuple[int, int]] = {}
        begun: set[str] = set()
        waiting = [*self.scores]
        while waiting:
            name = waiting[-1]
            added = [item.name for item in self.scores[name].items if isinstance(item, Ref)]
            first = [other for other in added if other in self.scores and other not in begun]
            if name not in begun and first:
                waiting += first
            elif name not in ranges:
                each = [self._item_range(item, self.scores[name], ranges) for item in self.scores[name].items]
                ranges[name] = sum(low for low, _ in each), sum(high for _, high in each)
            else:
                waiting.pop()
            begun.add(name)
        return ranges

    def _item_range(
        self, item: Addend, score: Tally, ranges: Mapping[str, tuple[int, int]]
    ) -> tuple[int, int]:
        match item:
            case Row(points):
                return min(points, 0), max(points, 0)
            case First(rows, rest):
                points_each = [rest, *(row.points for row in rows)]
                return min(points_each), max(points_each)
            case int():
                return item, item
            case Ref():
                if item.kind == "finding":
                    return ranges.get(item.name, (0, 0))
                return next((low, high) for name, low, high in score.ends if name == item.name)
            case _:
                assert_never(item)
