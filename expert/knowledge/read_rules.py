"""Rules read from `rules/*.yaml`, spelled out per option, and put into firing order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from expert.io.problems import Problem, listed, not_among, shorten
from expert.io.yaml import Node, Reader
from expert.knowledge.declarations import read_claims
from expert.knowledge.directories import VOCABULARY_PATH
from expert.knowledge.files import ADVICE_GIVEN, ARGUMENT, CONCLUSION, ID, IN_FORCE, RULE, WHOLE
from expert.knowledge.read_conditions import Scope, never_denied
from expert.knowledge.read_contradictions import cautioning, counting, read_contradictions
from expert.knowledge.read_scores import ScoreReader
from expert.knowledge.read_terms import read_number, read_value
from expert.language.conclusions import (
    ADVICE,
    CAUTION,
    STANCES,
    STRENGTHS,
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    Flag,
    Plan,
    Tally,
    Wait,
)
from expert.language.conditions import AllOf, Compare, Ref, conjuncts
from expert.language.contradictions import Contradictions
from expert.language.guards import excepting
from expert.language.model import DAY, SCORE, SETTLED, BadValue, Knowledge, Term
from expert.language.rules import (
    AGREEING,
    BASES,
    PLACEHOLDER,
    Dependencies,
    Instance,
    Rule,
    RuleBase,
    in_firing_order,
    reads,
)

SPELLED_LIMIT = 4_000_000  # pieces of YAML in all rules, times the options they may range over


def build_rules(knowledge: Knowledge, nodes: dict[str, Node], reader: Reader) -> RuleBase:
    """The rule base of the rule files; problems are added to the reader's."""
    knowledge = with_roles(knowledge, nodes)
    rule_reader = _RuleReader(knowledge, reader)
    sections = nodes[VOCABULARY_PATH].under("contradictions") if VOCABULARY_PATH in nodes else []
    declared = read_contradictions(next(iter(sections), None), rule_reader.scope, reader)
    knowledge = knowledge._replace(contradictions=tuple([each.contradiction for each in declared]))
    of = Contradictions(knowledge.contradictions)
    rules: dict[str, Rule] = {rule.id: rule for rule in cautioning(declared, knowledge)}
    written = dict(rules)
    for name, node in sorted(nodes.items()):
        if name.startswith("rules/"):
            for item in _rule_nodes(node, reader):
                as_written = rule_reader.rule(item)
                rule = counting(as_written, of, reader)
                if rule.id and rule.id in rules:
                    message, first = f"duplicate rule `{rule.id}`", rules[rule.id].span
                    reader.add(Problem(message, rule.span, f"first given at {first}"))
                rules.setdefault(rule.id, rule)
                written.setdefault(rule.id, as_written)
    rules = rule_reader.with_exceptions(rules)
    rule_reader.scores.check_ranges()
    size = sum(node.size for name, node in nodes.items() if name.startswith("rules/"))
    if size * len(knowledge.options) > SPELLED_LIMIT:
        message = f"too many rules ({len(rules):,}) for so many options ({len(knowledge.options):,})"
        reader.add(Problem(message, next(iter(knowledge.options.values())).span))
        return RuleBase(knowledge, tuple(rules.values()), ())
    ordered, cycle = in_firing_order(rules.values(), knowledge)
    if cycle:
        message = "a conclusion depends on there being no evidence of itself, or computes or settles itself"
        through = " needs ".join(f"`{instance.id}` ({instance.rule.span})" for instance in cycle)
        reader.add(Problem(message, cycle[0].rule.span, f"the cycle: {through}"))
    knowledge = asked_first(knowledge, ordered, reader)
    return RuleBase(knowledge, tuple(rules.values()), ordered, tuple(written.values()))


def asked_first(knowledge: Knowledge, instances: Iterable[Instance], reader: Reader) -> Knowledge:
    """The knowledge, in which a finding that may be answered is asked before what its rules read."""
    asked = [name for name, term in knowledge.findings.items() if term.asked]
    if not asked:
        return knowledge
    dependencies = Dependencies(instances)
    read: dict[str, set[str]] = {}
    for name in asked:
        writers = dependencies.writers.get(name, [])
        cone = dependencies.upstream(writers)
        read[name] = {ref.name for i in cone for ref, _ in reads(i) if ref.kind == "attribute"} - {name}
        if not writers:
            help = "what only a person can say is an attribute"
            span = knowledge.findings[name].span
            reader.add(Problem(f"finding `{name}` has `ask: first`, and no rule concludes it", span, help))
    order = [name for name in knowledge.attributes if name not in asked]
    for name in sorted(asked, key=lambda name: len(read[name])):  # those that others read come first
        places = [place for place, other in enumerate(order) if other in read[name]]
        order.insert(min(places, default=len(order)), name)
    return knowledge._replace(attributes={name: knowledge.attributes[name] for name in order})


def with_roles(knowledge: Knowledge, nodes: dict[str, Node]) -> Knowledge:
    """The knowledge with what its rules make of findings, which conditions have to know of."""
    findings = dict(knowledge.findings)
    for name, role in _roles(nodes):
        bare = name.removeprefix("option.")
        term = findings.get(bare)
        if term and term.per_option == (bare != name) and _fits(term, role):
            findings[bare] = term._replace(role=role)
    return knowledge._replace(findings=findings)


def _fits(term: Term, role: str) -> bool:
    return term.numeric if role == SCORE else term.type == "yes-no"


def _roles(nodes: dict[str, Node]) -> Iterator[tuple[str, str]]:
    """The names under `settle` and `score` in rule files; they are checked where they are read."""
    for name, node in sorted(nodes.items()):
        for then in node.under("then") if name.startswith("rules/") else ():
            for settled in then.under("settle"):
                yield settled.text or "", SETTLED
            for scored in then.under("score"):
                yield from ((key.text or "", SCORE) for key, _ in scored.pairs or ())


def _rule_nodes(node: Node, reader: Reader) -> list[Node]:
    if node.text is not None:
        reader.report(node, f"a rule file must be a list of rules, not {node.shape}", "such as `- id: ...`")
        return []
    return reader.listing(node)


EXCEPTION = RULE._replace(
    keys=tuple(key._replace(required=key.required and key.name != "then") for key in RULE.keys),
)


class _RuleReader:
    """Reads rules."""

    def __init__(self, knowledge: Knowledge, reader: Reader) -> None:
        self.knowledge, self.reader = knowledge, reader
        self.scope = Scope(knowledge, reader)
        self.scores = ScoreReader(self.scope)
        findings = self.scope.findings
        self.settleable = {name: None for name, term in findings.items() if term.type == "yes-no"}
        self.settled_by: dict[str, str] = {}  # of each settled finding, the rule
        self.excepted: list[tuple[str, Node]] = []  # rules that have exceptions, and where that is said

    def rule(self, node: Node) -> Rule:
        reader = self.reader
        fields = (EXCEPTION if node.under("exception-to") else RULE).read(node, reader)
        id = reader.text(fields.get("id"), "`id`")
        if id and not ID.fits(id):
            reader.report(fields["id"], f"`{shorten(id)}` is not a rule id", ID.words)
        basis = reader.pick(fields.get("basis"), "basis", BASES)
        reason = reader.text(fields.get("reason"), "`reason`")
        if basis == "added" and "reason" not in fields:
            message = f"rule `{shorten(id)}` is `added` and gives no `reason` for being there"
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
            exception_to=self._excepted(fields.get("exception-to")),
        )
        if "in-force" in fields:
            rule = self._in_force(rule, fields["in-force"])
        return self.scores.scoring(self._settling(rule, fields), fields)

    def _in_force(self, rule: Rule, node: Node) -> Rule:
        """The rule with the days between which it is in force as the first part of its condition."""
        reader, fields = self.reader, IN_FORCE.read(node, self.reader)
        days = {name: read_number(day, DAY._replace(name=name), reader) for name, day in fields.items()}
        start, end = days.get("from"), days.get("until")
        if node.pairs is not None and not fields:
            reader.report(node, f"`in-force` of `{rule.id}` has neither `from` nor `until`")
        if start and end and start >= end:
            message = f"`{rule.id}` is in force on no day: `until` is the first on which it is not any more"
            reader.report(fields["until"], message, "a later day than `from`")
        as_of = self.knowledge.as_of
        if not as_of:
            help = "`as-of: ATTRIBUTE` in kb/document.yaml names the date by which it is decided"
            reader.report(node, f"`{rule.id}` is in force at times, and no attribute says when it is", help)
            return rule
        ref = Ref("attribute", as_of)
        bounds = [("at-least", start)] if start else []
        bounds += [("less-than", end)] if end else []
        parts = tuple(Compare(ref, operator, day) for operator, day in bounds)
        in_force = parts[0] if len(parts) == 1 else AllOf(parts)
        return rule._replace(when=AllOf((in_force, *conjuncts(rule.when))), in_force=in_force)

    def _excepted(self, node: Node | None) -> tuple[str, ...]:
        """The names of rules that a rule is an exception to; whether there are such is seen at the end."""
        named = [(self.reader.text(item, "`exception-to`"), item) for item in self.reader.listing(node)]
        if node is not None and not named:
            self.reader.report(node, "`exception-to` names no rule")
        self.excepted += [(name, item) for name, item in named if name]
        return tuple(dict.fromkeys(name for name, _ in named if name))

    def with_exceptions(self, rules: dict[str, Rule]) -> dict[str, Rule]:
        """The rules, each with the condition that none of its exceptions applies as its last."""
        for name, item in self.excepted:
            if name not in rules:
                self.reader.add(not_among("rule in `exception-to`", name, [*rules], item.span))
        excepted = dict(rules)
        for exception in rules.values():
            for name in exception.exception_to:
                if name in excepted:
                    excepted[name] = self._excepting(excepted[name], exception)
        return excepted

    def _excepting(self, rule: Rule, exception: Rule) -> Rule:
        place = next((item for name, item in self.excepted if name == rule.id), None)
        if place and any(isinstance(c, Tally) for c in rule.then):
            self.reader.report(place, f"`{rule.id}` scores in every case and has no exception")
        if place and exception.ranges and not rule.ranges:
            message = f"`{exception.id}` is an exception for each option, and `{rule.id}` is about none"
            self.reader.report(place, message)
            return rule
        return excepting(rule, [exception])

    def _settling(self, rule: Rule, fields: dict[str, Node]) -> Rule:
        """The rule with what it settles, if it settles something, as its first conclusion."""
        reader = self.reader
        nodes = fields["then"].under("settle") if "then" in fields else []
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
        name = reader.pick(node, "yes-no finding", self.settleable)
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
        yes = Conclude(ref.name, "yes", ref.scoped, replies=ref.replies)
        return rule._replace(then=(yes, *rule.then), settles=True)

    def _sentence(self, node: Node | None, what: str) -> str:
        """A text whose {placeholders} all name something."""
        text = self.reader.text(node, what)
        for name in dict.fromkeys(PLACEHOLDER.findall(text)):
            names = ["option", *self.scope.names]
            if node and name not in names and not re.fullmatch(AGREEING, name):
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
                if kind in ("settle", "score"):
                    continue  # see _settling and ScoreReader
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
                role = self.scope.find(name)[1].role
                is_so, verb = ("settled", "settles") if role == SETTLED else ("scored", "scores")
                help = f"one rule {verb} a finding, and nothing else concludes it"
                self.reader.report(key, f"`{name}` is {is_so}, and cannot be concluded beside that", help)
            elif name:
                findings.append(self._finding(name, value))
        return findings

    def _finding(self, name: str, value: Node) -> Conclusion:
        ref, term = self.scope.find(name)
        if not term.ordered:
            # where it is none, that is a problem, and the rule is never run
            read = read_value(value, term, self.reader) or ""
            return Conclude(ref.name, read, ref.scoped, replies=ref.replies)
        quantity = self.scope.concluded(value, term)
        if isinstance(quantity, int):
            try:
                term.in_range(quantity)
            except BadValue as error:
                self.reader.report(value, error.message)
        return Conclude(ref.name, quantity, ref.scoped, replies=ref.replies)

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
        kind, what = (Advise, ADVICE) if key == "advise" else (Caution, CAUTION)
        if node.pairs is None:
            return kind(id, self._sentence(node, f"`{what}`"))
        fields = ADVICE_GIVEN.read(node, self.reader, f"`{what}`")
        text = self._sentence(fields.get("says"), "`says`") or because
        return kind(self.reader.text(fields.get("id"), "`id`") or id, text)
