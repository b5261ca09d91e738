"""Rules as data: read from `rules/*.yaml`, spelled out per option, ordered by strata.

Nothing is evaluated here. The order in which rules fire is fixed by this module alone:
stratum, then salience (higher first), then place in the files (by name, then by line), then
the options in their declared order.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from expert.conditions import (
    All,
    Arithmetic,
    Condition,
    Quantity,
    Ref,
    ground,
    ground_quantity,
    mentions_option,
    quantity_refs,
    refs,
    settled,
)
from expert.declarations import read_claims, read_value
from expert.knowledge import BadValue, Datum, Knowledge, Option, Value
from expert.scope import Scope
from expert.source import Node, Problem, Reader, Span, listed, not_among, shorten
from expert.strata import Needs, strata_of

BASES = {
    "stated": "the document says it",
    "inferred": "it follows from several claims of the document",
    "added": "ours, to close a gap",
}
STANCES = ("for", "against", "unsure")
STRENGTHS = ("plain", "strong")
KINDS = "conclude argue plan wait flag advise caution"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
SPELLED_LIMIT = 4_000_000  # pieces of YAML in all rules, times the options they may range over


class Conclusion(NamedTuple):
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


class Rule(NamedTuple):
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
        about = mentions_option(self.when) or any(conclusion.scoped for conclusion in self.then)
        return about or any(ref.scoped for ref, _ in reads(self))  # computes with a property of it


class Instance(NamedTuple):
    """A rule spelled out for one option (or for none): what the engines run."""

    rule: Rule
    option: str
    when: Condition
    then: tuple[Conclusion, ...]
    stratum: int = 0

    @property
    def id(self) -> str:
        return f"{self.rule.id}@{self.option}" if self.option else self.rule.id


class RuleBase(NamedTuple):
    """A knowledge base, whole: what it declares, its rules, and their instances in firing order."""

    knowledge: Knowledge
    rules: tuple[Rule, ...]
    instances: tuple[Instance, ...]

    def rule(self, id: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == id)


def build_rules(knowledge: Knowledge, nodes: dict[str, Node], reader: Reader) -> RuleBase:
    """The rule base of the rule files; problems are added to the reader's."""
    rules: dict[str, Rule] = {}
    rule_reader = _RuleReader(knowledge, reader)
    for name, node in sorted(nodes.items()):
        if name.startswith("rules/"):
            for item in _rule_nodes(node, reader):
                rule = rule_reader.rule(item)
                if rule.id and rule.id in rules:
                    message, first = f"duplicate rule `{rule.id}`", rules[rule.id].span
                    reader.add(Problem(message, rule.span, f"first given at {first}"))
                rules.setdefault(rule.id, rule)
    size = sum(node.size for name, node in nodes.items() if name.startswith("rules/"))
    if size * len(knowledge.options) > SPELLED_LIMIT:
        message = f"too many rules ({len(rules):,}) for so many options ({len(knowledge.options):,})"
        reader.add(Problem(message, next(iter(knowledge.options.values())).span))
        return RuleBase(knowledge, tuple(rules.values()), ())
    spelled_out = [instance for rule in rules.values() for instance in instances_of(rule, knowledge)]
    strata, cycle = stratify(spelled_out)
    if cycle:
        message = "a conclusion depends on there being no evidence of itself, or computes itself"
        reader.add(Problem(message, cycle[0].rule.span, "the cycle: " + _cycle_text(cycle)))
    numbered = [instance._replace(stratum=strata[instance.id]) for instance in spelled_out]
    # sorted() is stable: within a stratum and salience, place in the files decides
    ordered = sorted(numbered, key=lambda instance: (instance.stratum, -instance.rule.salience))
    return RuleBase(knowledge, tuple(rules.values()), tuple(ordered))


def _rule_nodes(node: Node, reader: Reader) -> list[Node]:
    if node.text is not None:
        reader.report(node, f"a rule file must be a list of rules, not {node.shape}", "such as `- id: ...`")
        return []
    return reader.listing(node)


class _RuleReader:
    """Reads rules."""

    def __init__(self, knowledge: Knowledge, reader: Reader) -> None:
        self.knowledge, self.reader = knowledge, reader
        self.scope = Scope(knowledge, reader)

    def rule(self, node: Node) -> Rule:
        reader = self.reader
        found = reader.fields(node, "a rule", "id claims basis then because", "when reason salience")
        id = reader.text(found.get("id"), "`id`")
        if id and not re.fullmatch(r"[a-z][a-z0-9-]{0,99}", id):
            help = "up to 100 lowercase letters, digits and `-`, of which the first is a letter"
            reader.report(found["id"], f"`{shorten(id)}` is not a rule id", help)
        basis = reader.pick(found.get("basis"), "basis", BASES)
        reason = reader.text(found.get("reason"), "`reason`")
        if basis == "added" and "reason" not in found:
            message = f"rule `{shorten(id)}` is ours (`added`) and gives no `reason` for being there"
            reader.report(found["basis"], message)
        salience = reader.text(found.get("salience"), "`salience`") or "0"
        if not re.fullmatch(r"-?[0-9]{1,6}", salience):
            reader.report(found["salience"], f"`{shorten(salience)}` is not a whole number for `salience`")
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
        for name in dict.fromkeys(PLACEHOLDER.findall(text)):
            if node and name != "option" and name not in self.scope.names:
                names = ["option", *self.scope.names]
                self.reader.add(not_among(f"placeholder in {what}", name, names, node.span))
        stray = re.search("[{}]", PLACEHOLDER.sub("", text))
        if node and stray:
            help = "a placeholder is a name in braces, such as {option}"
            self.reader.report(node, f"`{stray[0]}` stands alone in {what}", help)
        return text

    def _conclusions(self, node: Node | None, because: str, id: str) -> tuple[Conclusion, ...]:
        if node is None:
            return ()
        found: list[Conclusion] = []
        for part in self.reader.listing(node):
            for kind, body in self.reader.fields(part, "`then`", "", KINDS).items():
                if body.items == []:
                    self.reader.report(body, f"`{kind}` is given nothing")
                for item in self.reader.listing(body):
                    found += self._conclusion(kind, item, because, id)
        if node.items == [] or node.pairs == []:
            self.reader.report(node, "the rule concludes nothing", f"keys: {', '.join(KINDS.split())}")
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
        if not node.pairs:
            help = f"findings: {listed(self.scope.findings)}"
            shape = "empty" if node.pairs == [] else node.shape
            self.reader.report(node, f"`conclude` must be a mapping from findings, not {shape}", help)
        found = []
        for key, value in node.pairs or ():
            name = self.reader.pick(key, "finding", self.scope.findings) if key.text is not None else ""
            if name:
                found.append(self._finding(name, value))
        return found

    def _finding(self, name: str, value: Node) -> Conclusion:
        ref, term = self.scope.find(name)
        if not term.numeric:
            return Conclusion("finding", ref.name, read_value(value, term, self.reader), ref.scoped)
        quantity = self.scope.quantity(value, term)
        if isinstance(quantity, int):
            try:
                term.in_range(quantity)
            except BadValue as error:
                self.reader.report(value, error.message)
        return Conclusion("finding", ref.name, quantity, ref.scoped)

    def _argument(self, node: Node, because: str) -> list[Conclusion]:
        k, reader = self.knowledge, self.reader
        found = reader.fields(node, "an argument", "", " ".join([*STANCES, "target", "strength", "says"]))
        stances = [stance for stance in STANCES if stance in found]
        if len(stances) != 1 and node.pairs is not None:
            reader.report(node, "an argument has exactly one of `for`, `against` and `unsure`")
        if len(stances) != 1:
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
    return conclusion._replace(value=value, option=option.id if about else "")


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
    by_id = {instance.id: instance for instance in instances}
    needs: Needs = {id: [] for id in by_id}
    # a finding stands between its readers and its writers; no instance is named with a `?`
    for instance in instances:
        for key in writes(instance):
            needs.setdefault("?" + key, []).append((instance.id, False))
    for instance in instances:
        keys = [(f"?{ref.key}", strict) for ref, strict in reads(instance) if ref.kind == "finding"]
        needs[instance.id] += [(key, strict) for key, strict in dict.fromkeys(keys) if key in needs]
    strata, cycle = strata_of(needs)
    return {id: strata[id] for id in by_id}, [by_id[step] for step in cycle if step in by_id]


def _cycle_text(cycle: list[Instance]) -> str:
    return " needs ".join(f"`{instance.id}` ({instance.rule.span})" for instance in cycle)
