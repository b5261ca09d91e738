"""Rules as data: read from `rules/*.yaml`, spelled out per option, ordered by strata.

Nothing is evaluated here. The order in which rules fire is fixed by this module alone:
stratum, then salience (higher first), then place in the files (by name, then by line), then
the options in their declared order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from expert.conditions import (
    All,
    Arithmetic,
    Condition,
    Quantity,
    Ref,
    Scope,
    ground,
    ground_quantity,
    mentions_option,
    quantity_refs,
    refs,
    settled,
)
from expert.knowledge import Datum, Knowledge, Option, Value, read_claims
from expert.source import Node, Problem, Reader, Span, not_among

BASES = {
    "stated": "the document says it",
    "inferred": "it follows from several claims of the document",
    "added": "ours, to close a gap",
}
STANCES = ("for", "against", "unsure")
STRENGTHS = ("plain", "strong")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a rule adds to working memory when it fires.

    kind      name             value
    finding   the finding      its value, or the quantity to compute
    argument  the topic        the stance: for, against, unsure
    step      the plan step    -
    wait      the plan step that the option waits for
    flag      the option's flag
    advice    its id           -   (also: caution)
    """

    kind: str
    name: str
    value: Value | Quantity | None = None
    scoped: bool = False  # about the option that the rule ranges over
    option: str = ""  # that option, once grounded
    target: str = ""
    strength: str = ""
    text: str = ""

    @property
    def key(self) -> str:
        """The name under which working memory holds it."""
        return f"{self.name}@{self.option}" if self.option else self.name


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as its author wrote it."""

    id: str
    claims: tuple[str, ...]
    basis: str
    because: str
    reason: str  # why we added it (basis added)
    when: Condition
    then: tuple[Conclusion, ...]
    salience: int
    span: Span

    @property
    def ranges(self) -> bool:
        """Whether it is spelled out for each option."""
        return mentions_option(self.when) or any(conclusion.scoped for conclusion in self.then)


@dataclass(frozen=True, slots=True)
class Instance:
    """A rule spelled out for one option (or for none): what the engines run."""

    rule: Rule
    option: str
    when: Condition
    then: tuple[Conclusion, ...]
    stratum: int = 0

    @property
    def id(self) -> str:
        return f"{self.rule.id}@{self.option}" if self.option else self.rule.id


@dataclass(frozen=True, slots=True)
class RuleBase:
    """A knowledge base, whole: what it declares, its rules, and their instances in firing order."""

    knowledge: Knowledge
    rules: tuple[Rule, ...]
    instances: tuple[Instance, ...]

    def rule(self, id: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == id)


def build_rules(knowledge: Knowledge, nodes: dict[str, Node], reader: Reader) -> RuleBase:
    """The rule base of the rule files; problems are added to the reader's."""
    rules: dict[str, Rule] = {}
    for name, node in sorted(nodes.items()):
        if not name.startswith("rules/"):
            continue
        for item in reader.listing(node):
            rule = _RuleReader(knowledge, reader).rule(item)
            if rule.id in rules:
                first = rules[rule.id].span
                reader.report(item, f"duplicate rule `{rule.id}`", f"first given at {first}")
            rules.setdefault(rule.id, rule)
    spelled_out = [instance for rule in rules.values() for instance in instances_of(rule, knowledge)]
    strata, cycle = stratify(spelled_out)
    if cycle:
        message = "a conclusion depends on there being no evidence of itself, or computes itself"
        reader.problems.append(Problem(message, cycle[0].rule.span, "the cycle: " + _cycle_text(cycle)))
    numbered = [replace(instance, stratum=strata[instance.id]) for instance in spelled_out]
    # sorted() is stable: within a stratum and salience, place in the files decides
    ordered = sorted(numbered, key=lambda instance: (instance.stratum, -instance.rule.salience))
    return RuleBase(knowledge, tuple(rules.values()), tuple(ordered))


class _RuleReader:
    """Reads one rule."""

    def __init__(self, knowledge: Knowledge, reader: Reader) -> None:
        self.knowledge, self.reader = knowledge, reader
        self.scope = Scope(knowledge, reader)

    def rule(self, node: Node) -> Rule:
        reader = self.reader
        found = reader.fields(node, "a rule", "id claims basis then because", "when reason salience")
        id = reader.text(found.get("id"), "`id`")
        if id and not re.fullmatch(r"[a-z][a-z0-9-]*", id):
            reader.report(found["id"], f"`{id}` is not a rule id", "lowercase letters, digits and `-`")
        basis = reader.pick(found.get("basis"), "basis", BASES)
        reason = reader.text(found.get("reason"), "`reason`")
        if basis == "added" and "reason" not in found:
            reader.report(found["basis"], f"rule `{id}` is ours and gives no `reason` for being there")
        salience = reader.text(found.get("salience"), "`salience`") or "0"
        if not re.fullmatch(r"-?[0-9]{1,6}", salience):
            reader.report(found["salience"], f"`{salience}` is not a whole number for `salience`")
            salience = "0"
        because = self._sentence(found.get("because"), "`because`")
        return Rule(
            id,
            read_claims(found.get("claims"), self.knowledge.claims, reader),
            basis,
            because,
            reason,
            self.scope.condition(found["when"]) if "when" in found else All(()),
            self._conclusions(found.get("then"), because, id),
            int(salience),
            found["id"].span if "id" in found else node.span,
        )

    def _sentence(self, node: Node | None, what: str) -> str:
        """A text whose {placeholders} all name something."""
        text = self.reader.text(node, what)
        for name in PLACEHOLDER.findall(text):
            names = ["option", *self.scope.names]
            if name not in names and node is not None:
                self.reader.problems.append(not_among(f"placeholder in {what}", name, names, node.span))
        return text

    def _conclusions(self, node: Node | None, because: str, id: str) -> tuple[Conclusion, ...]:
        if node is None:
            return ()
        kinds = "conclude argue plan wait flag advise caution"
        found: list[Conclusion] = []
        for part in self.reader.listing(node):
            for kind, body in self.reader.fields(part, "`then`", "", kinds).items():
                for item in self.reader.listing(body):
                    found += self._conclusion(kind, item, because, id)
        if not found:
            self.reader.report(node, "the rule concludes nothing", f"keys: {', '.join(kinds.split())}")
        return tuple(found)

    def _conclusion(self, kind: str, node: Node, because: str, id: str) -> list[Conclusion]:
        k, reader = self.knowledge, self.reader
        if kind == "conclude":
            return self._findings(node)
        if kind == "argue":
            return self._argument(node, because)
        if kind in ("advise", "caution"):
            return self._advice("advice" if kind == "advise" else "caution", node, because, id)
        if kind == "flag":
            return [Conclusion("flag", reader.pick(node, "flag", k.flags), scoped=True)]
        step = reader.pick(node, "step", k.steps)
        return [Conclusion("step" if kind == "plan" else "wait", step, scoped=kind == "wait")]

    def _findings(self, node: Node) -> list[Conclusion]:
        if node.pairs is None:
            self.reader.report(node, f"`conclude` must be a mapping from findings, not {node.shape}")
            return []
        found = []
        for key, value in node.pairs:
            names = [name for name in self.scope.names if self._is_finding(name)]
            name = self.reader.pick(key, "finding", names)
            resolved = self.scope.ref(name, key) if name else None
            if not resolved:
                continue
            ref, term = resolved
            if term.numeric:
                quantity = self.scope.quantity(value, term)
                found.append(Conclusion("finding", ref.name, quantity, ref.scoped))
            else:
                picked = self.reader.pick(value, f"value of `{name}`", term.values)
                found.append(Conclusion("finding", ref.name, picked, ref.scoped))
        return found

    def _is_finding(self, name: str) -> bool:
        term = self.knowledge.findings.get(name.removeprefix("option."))
        return term is not None and term.per_option == name.startswith("option.")

    def _argument(self, node: Node, because: str) -> list[Conclusion]:
        k, reader = self.knowledge, self.reader
        found = reader.fields(node, "an argument", "", " ".join([*STANCES, "target", "strength", "says"]))
        stances = [stance for stance in STANCES if stance in found]
        if len(stances) != 1:
            reader.report(node, "an argument has exactly one of `for`, `against` and `unsure`")
            return []
        topic = reader.pick(found[stances[0]], "topic", k.topics)
        target = reader.pick(found.get("target"), "target", k.targets)
        strength = reader.pick(found.get("strength"), "strength", STRENGTHS) or "plain"
        text = self._sentence(found.get("says"), "`says`") or because
        return [Conclusion("argument", topic, stances[0], True, "", target, strength, text)]

    def _advice(self, kind: str, node: Node, because: str, id: str) -> list[Conclusion]:
        """Advice is named by its rule unless it names itself; it is per option if its rule is."""
        if node.pairs is None:
            return [Conclusion(kind, id, text=self._sentence(node, f"`{kind}`"))]
        found = self.reader.fields(node, f"`{kind}`", "says", "id")
        text = self._sentence(found.get("says"), "`says`") or because
        return [Conclusion(kind, self.reader.text(found.get("id"), "`id`") or id, text=text)]


# --- instances and strata --------------------------------------------------------------


def instances_of(rule: Rule, knowledge: Knowledge) -> list[Instance]:
    """The rule, once, or once for each option for which it can hold at all."""
    if not rule.ranges:
        return [Instance(rule, "", rule.when, rule.then)]
    found = []
    for option in knowledge.options.values():
        when = ground(rule.when, option)
        then = [_ground_conclusion(conclusion, option) for conclusion in rule.then]
        complete = tuple(conclusion for conclusion in then if conclusion)
        if settled(when) is not False and len(complete) == len(then):
            found.append(Instance(rule, option.id, when, complete))
    return found


def _ground_conclusion(conclusion: Conclusion, option: Option) -> Conclusion | None:
    """The conclusion for one option; None if it computes with a property the option lacks."""
    value = conclusion.value
    if isinstance(value, (Ref, Arithmetic)):
        value = ground_quantity(value, option)
        if value is None:
            return None
    about = conclusion.scoped or conclusion.kind in ("advice", "caution")
    return replace(conclusion, value=value, option=option.id if about else "")


def computed_data(instance: Instance, knowledge: Knowledge) -> list[tuple[str, Datum]]:
    """The option's data that an instance computes with, by property: the leaves of a cost."""
    if not instance.option:
        return []
    properties = knowledge.options[instance.option].properties
    found = []
    for conclusion in instance.rule.then:
        if isinstance(conclusion.value, (Ref, Arithmetic)):
            for ref in quantity_refs(conclusion.value):
                if ref.kind == "property":
                    found += [(ref.name, datum) for datum in properties.get(ref.name, ())[:1]]
    return found


def reads(rule: Rule | Instance) -> list[tuple[Ref, bool]]:
    """Every term a rule reads, and whether it must be settled before the rule fires."""
    found = list(refs(rule.when))
    for conclusion in rule.then:
        if isinstance(conclusion.value, (Ref, Arithmetic)):
            found += [(ref, True) for ref in quantity_refs(conclusion.value)]
    return found


def writes(instance: Instance) -> set[str]:
    """The keys of the findings that an instance concludes."""
    return {conclusion.key for conclusion in instance.then if conclusion.kind == "finding"}


def stratify(instances: list[Instance]) -> tuple[dict[str, int], list[Instance]]:
    """The stratum of each instance by id, and, if there can be none, the offending cycle.

    A rule stands no lower than the rules that conclude what it reads, and higher than those
    that conclude what it negates or computes with (the standard stratification of Datalog).
    """
    writers: dict[str, list[Instance]] = {}
    for instance in instances:
        for key in writes(instance):
            writers.setdefault(key, []).append(instance)
    needs = {
        instance.id: [
            (writer, strict)
            for ref, strict in reads(instance)
            if ref.kind == "finding"
            for writer in writers.get(ref.key, ())
        ]
        for instance in instances
    }
    by_id = {instance.id: instance for instance in instances}
    strata = dict.fromkeys(by_id, 0)
    for _ in range(len(instances) + 1):
        settled_now = True
        for id, needed in needs.items():
            lowest = max((strata[w.id] + strict for w, strict in needed), default=0)
            if lowest > strata[id]:
                strata[id], settled_now = lowest, False
        if settled_now:
            return strata, []
    return strata, _cycle(by_id, needs)


def _cycle(by_id: dict[str, Instance], needs: dict[str, list[tuple[Instance, bool]]]) -> list[Instance]:
    """A shortest chain of instances that leads from a strict need back to its start."""
    for id, needed in needs.items():
        for writer, strict in needed:
            path = _path(writer.id, id, needs) if strict else None
            if path is not None:
                return [by_id[step] for step in [id, *path]]
    return []


def _path(start: str, goal: str, needs: dict[str, list[tuple[Instance, bool]]]) -> list[str] | None:
    paths, seen = [[start]], {start}
    while paths:
        path = paths.pop(0)
        if path[-1] == goal:
            return path
        for writer, _ in needs[path[-1]]:
            if writer.id not in seen:
                seen.add(writer.id)
                paths.append([*path, writer.id])
    return None


def _cycle_text(cycle: list[Instance]) -> str:
    return " needs ".join(f"`{instance.id}` ({instance.rule.span})" for instance in cycle)
