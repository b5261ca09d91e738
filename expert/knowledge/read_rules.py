"""Rules read from `rules/*.yaml`, spelled out per option, and put into firing order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from expert.io.problems import Problem, listed, not_among, shorten
from expert.io.yaml import Node, Reader
from expert.knowledge.declarations import read_claims, read_value
from expert.knowledge.files import (
    ADVICE_GIVEN,
    ARGUMENT,
    CONCLUSION,
    ID,
    VOCABULARY_PATH,
    WHOLE,
    WRITTEN_RULE,
)
from expert.knowledge.read_conditions import Scope, never_denied
from expert.knowledge.read_contradictions import cautioning, counting, read_contradictions
from expert.language.conclusions import (
    STANCES,
    STRENGTHS,
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Flag,
    Plan,
    Wait,
)
from expert.language.conditions import AllOf
from expert.language.contradictions import Contradictions
from expert.language.model import SETTLED, BadValue, Knowledge
from expert.language.rules import (
    AGREEING,
    BASES,
    PLACEHOLDER,
    Instance,
    Rule,
    RuleBase,
    in_firing_order,
)

SPELLED_LIMIT = 4_000_000  # pieces of YAML in all rules, times the options they may range over


def build_rules(knowledge: Knowledge, nodes: dict[str, Node], reader: Reader) -> RuleBase:
    """The rule base of the rule files; problems are added to the reader's."""
    knowledge = with_roles(knowledge, nodes)
    rule_reader = _RuleReader(knowledge, reader)
    declared = read_contradictions(_contradictions(nodes), rule_reader.scope, reader)
    knowledge = knowledge._replace(contradictions=tuple([each.contradiction for each in declared]))
    of = Contradictions(knowledge.contradictions)
    rules: dict[str, Rule] = {rule.id: rule for rule in cautioning(declared, knowledge)}
    for name, node in sorted(nodes.items()):
        if name.startswith("rules/"):
            for item in _rule_nodes(node, reader):
                rule = counting(rule_reader.rule(item), of, reader)
                if rule.id and rule.id in rules:
                    message, first = f"duplicate rule `{rule.id}`", rules[rule.id].span
                    reader.add(Problem(message, rule.span, f"first given at {first}"))
                rules.setdefault(rule.id, rule)
    size = sum(node.size for name, node in nodes.items() if name.startswith("rules/"))
    if size * len(knowledge.options) > SPELLED_LIMIT:
        message = f"too many rules ({len(rules):,}) for so many options ({len(knowledge.options):,})"
        reader.add(Problem(message, next(iter(knowledge.options.values())).span))
        return RuleBase(knowledge, tuple(rules.values()), ())
    ordered, cycle = in_firing_order(rules.values(), knowledge)
    if cycle:
        message = "a conclusion depends on there being no evidence of itself, or computes or settles itself"
        reader.add(Problem(message, cycle[0].rule.span, "the cycle: " + _cycle_text(cycle)))
    return RuleBase(knowledge, tuple(rules.values()), ordered)


def with_roles(knowledge: Knowledge, nodes: dict[str, Node]) -> Knowledge:
    """The knowledge with what its rules make of findings, which conditions have to know of."""
    findings = dict(knowledge.findings)
    for name in _settled_names(nodes):
        bare = name.removeprefix("option.")
        term = findings.get(bare)
        if term and term.type == "yes-no" and term.per_option == (bare != name):
            findings[bare] = term._replace(role=SETTLED)
    return knowledge._replace(findings=findings)


def _settled_names(nodes: dict[str, Node]) -> Iterator[str]:
    """The names under `settle` in rule files; whatever is wrong with them is said where they are read."""
    nothing = Reader()
    for name, node in sorted(nodes.items()):
        rules = node.items or () if name.startswith("rules/") else ()
        for then in [value for rule in rules for key, value in rule.pairs or () if key.text == "then"]:
            for part in nothing.listing(then):
                yield from (value.text or "" for key, value in part.pairs or () if key.text == "settle")


def _contradictions(nodes: dict[str, Node]) -> Node | None:
    pairs = nodes[VOCABULARY_PATH].pairs if VOCABULARY_PATH in nodes else None
    return next((value for key, value in pairs or () if key.text == "contradictions"), None)


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
        self.settled_by: dict[str, str] = {}  # of each settled finding, the rule

    def rule(self, node: Node) -> Rule:
        reader = self.reader
        fields = WRITTEN_RULE.read(node, reader)
        id = reader.text(fields.get("id"), "`id`")
        if id and not ID.fits(id):
            reader.report(fields["id"], f"`{shorten(id)}` is not a rule id", ID.words)
        basis = reader.pick(fields.get("basis"), "basis", BASES)
        reason = reader.text(fields.get("reason"), "`reason`")
        if basis == "added" and "reason" not in fields:
            message = f"rule `{shorten(id)}` is ours (`added`) and gives no `reason` for being there"
            reader.report(fields["basis"], message)
        salience = reader.text(fields.get("salience"), "`salience`") or "0"
        if not WHOLE.fits(salience):
            reader.report(fields["salience"], f"`{shorten(salience)}` is not {WHOLE.words} for `salience`")
            salience = "0"
        because = self._sentence(fields.get("because"), "`because`")
        rule = Rule(
            id,
            read_claims(fields.get("claims"), self.knowledge.claims, reader),
            basis,
            because,
            reason,
            self.scope.condition(fields["when"]) if "when" in fields else AllOf(()),
            self._conclusions(fields.get("then"), because, id),
            int(salience),
            fields["id"].span if "id" in fields else node.span,
            otherwise=self._sentence(fields.get("otherwise"), "`otherwise`"),
        )
        return self._settling(rule, fields)

    def _settling(self, rule: Rule, fields: dict[str, Node]) -> Rule:
        """The rule with what it settles, if it settles something, as its first conclusion."""
        reader = self.reader
        nodes = _given_in(fields.get("then"), "settle", reader)
        if not nodes:
            if "otherwise" in fields:
                help = "it is the reason of `no` where `then` has `settle: FINDING`"
                reader.report(fields["otherwise"], f"rule `{rule.id}` settles nothing", help)
            return rule
        if len(nodes) > 1 or nodes[0].items is not None:
            place = nodes[-1] if len(nodes) > 1 else nodes[0]
            reader.report(place, "a rule settles one finding", "write a rule for each")
            return rule
        node = nodes[0]
        name = reader.pick(node, "yes-no finding", self._settleable)
        if not name:
            return rule
        ref, _ = self.scope.find(name)
        first = self.settled_by.setdefault(name, rule.id)
        if first != rule.id:
            help = "one rule settles a finding, and nothing else concludes it"
            reader.report(node, f"`{name}` is settled by `{first}` already", help)
        for undeniable in never_denied(rule.when):
            message = f"`{rule.id}` settles `{name}` with `no` where its condition is denied, and"
            help = f"settle `{undeniable.name}` too, or write `unless`"
            reader.report(node, f"{message} the finding `{undeniable.name}` never is", help)
        if rule.ranges and not ref.scoped:
            message = f"`{rule.id}` ranges over options, and `{name}` is not `per-option`"
            reader.report(
                node, message, f"give `{name}` `per-option: yes`, or settle it in a rule of its own"
            )
        return rule._replace(then=(Conclude(ref.name, "yes", ref.scoped), *rule.then), settles=True)

    @property
    def _settleable(self) -> list[str]:
        return [name for name in self.scope.findings if self.scope.find(name)[1].type == "yes-no"]

    def _sentence(self, node: Node | None, what: str) -> str:
        """A text whose {placeholders} all name something."""
        text = self.reader.text(node, what)
        for name in dict.fromkeys(PLACEHOLDER.findall(text)):
            if node and name != "option" and name not in self.scope.names and not AGREEING.fullmatch(name):
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
        conclusions: list[Conclusion] = []
        for part in self.reader.listing(node):
            for kind, body in CONCLUSION.read(part, self.reader).items():
                if kind == "settle":
                    continue  # see _settling
                if body.items == []:
                    self.reader.report(body, f"`{kind}` is given nothing")
                for item in self.reader.listing(body):
                    conclusions += self._conclusion(kind, item, because, id)
        if node.items == [] or node.pairs == []:
            self.reader.report(node, "the rule concludes nothing", f"keys: {', '.join(CONCLUSION.names)}")
        return tuple(conclusions)

    def _conclusion(self, kind: str, node: Node, because: str, id: str) -> list[Conclusion]:
        knowledge, reader = self.knowledge, self.reader
        if kind == "conclude":
            return self._findings(node)
        if kind == "argue":
            return self._argument(node, because)
        if kind in ("advise", "caution"):
            return [self._advice(kind, node, because, id)]
        if kind == "flag":
            return [Flag(reader.pick(node, "flag", knowledge.flags))]
        step = reader.pick(node, "step", knowledge.steps)
        return [Plan(step) if kind == "plan" else Wait(step)]

    def _findings(self, node: Node) -> list[Conclusion]:
        if not node.pairs:
            help = f"findings: {listed(self.scope.findings)}"
            shape = "empty" if node.pairs == [] else node.shape
            self.reader.report(node, f"`conclude` must be a mapping from findings, not {shape}", help)
        findings = []
        for key, value in node.pairs or ():
            name = self.reader.pick(key, "finding", self.scope.findings) if key.text is not None else ""
            if name and self.scope.find(name)[1].role:
                help = "one rule settles a finding, and nothing else concludes it"
                self.reader.report(key, f"`{name}` is settled, and cannot be concluded beside that", help)
            elif name:
                findings.append(self._finding(name, value))
        return findings

    def _finding(self, name: str, value: Node) -> Conclusion:
        ref, term = self.scope.find(name)
        if not term.numeric:
            # where it is none, that is a problem, and the rule is never run
            return Conclude(ref.name, read_value(value, term, self.reader) or "", ref.scoped)
        quantity = self.scope.quantity(value, term)
        if isinstance(quantity, int):
            try:
                term.in_range(quantity)
            except BadValue as error:
                self.reader.report(value, error.message)
        return Conclude(ref.name, quantity, ref.scoped)

    def _argument(self, node: Node, because: str) -> list[Conclusion]:
        knowledge, reader = self.knowledge, self.reader
        fields = ARGUMENT.read(node, reader)
        stances = [stance for stance in STANCES if stance in fields]
        if len(stances) != 1 and node.pairs is not None:
            reader.report(node, "an argument has exactly one of `for`, `against` and `unsure`")
        if len(stances) != 1:
            return []
        topic = reader.pick(fields[stances[0]], "topic", knowledge.topics)
        target = reader.pick(fields.get("target"), "target", knowledge.targets)
        strength = reader.pick(fields.get("strength"), "strength", STRENGTHS) or "plain"
        text = self._sentence(fields.get("says"), "`says`") or because
        return [Argue(topic, stances[0], target, strength, text)]

    def _advice(self, key: str, node: Node, because: str, id: str) -> Advise | Caution:
        """Advice is named by its rule unless it names itself; it is per option if its rule is."""
        kind = Advise if key == "advise" else Caution
        if node.pairs is None:
            return kind(id, self._sentence(node, f"`{kind.kind}`"))
        fields = ADVICE_GIVEN.read(node, self.reader, f"`{kind.kind}`")
        text = self._sentence(fields.get("says"), "`says`") or because
        return kind(self.reader.text(fields.get("id"), "`id`") or id, text)


def _given_in(then: Node | None, kind: str, reader: Reader) -> list[Node]:
    """What stands under a key of `then`, which may be a list of mappings."""
    parts = reader.listing(then) if then else []
    return [value for part in parts for key, value in part.pairs or () if key.text == kind]


def _cycle_text(cycle: list[Instance]) -> str:
    return " needs ".join(f"`{instance.id}` ({instance.rule.span})" for instance in cycle)
