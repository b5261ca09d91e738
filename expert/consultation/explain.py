"""How something was concluded: trees made of the records of a consultation, never of the engine's memory.

The leaves are of two kinds: an answer (given, or not given), or a claim of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from expert.consultation.case import UNKNOWN
from expert.consultation.result import (
    Argument,
    Consultation,
    Finding,
    Match,
    NotFired,
    Plain,
    Recommendation,
    Statement,
    name_of,
)
from expert.consultation.standing import (
    by_target,
    item_text,
    nothing_said,
    ranked,
    step_words,
    when_words,
)
from expert.consultation.statements import lies_between
from expert.consultation.subjects import Subject
from expert.io.unwinding import Unfolding, unwound
from expert.language.conclusions import Conclude, Conclusion, Tally
from expert.language.english import REASONS, basis_mark, datum_statement, known, statement
from expert.language.model import Knowledge, Quotes
from expert.language.rules import Instance, RuleBase

Concerned = tuple[str, str | None]  # a finding, and the option that it is about


class Tree(NamedTuple):
    """A statement and what it rests on. kind: conclusion, firing, not-fired, answer, claim, note.

    `states` is the statement as data; nothing where it only heads what follows.
    """

    kind: str
    text: str
    parts: tuple[Tree, ...] = ()
    states: Statement | None = None

    def leaves(self) -> list[Tree]:
        """The statements that rest on nothing further."""
        return [node for node in self.nodes() if not node.parts]

    def nodes(self) -> Iterator[Tree]:
        """This statement, and all that it rests on, each before what it rests on."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.parts)


# --- how -----------------------------------------------------------------------------------
class How:
    """Unfolds the firings of a consultation; what was shown before is `justified above`.

    Unless `full`, of an argument that does not decide it is only said which firing put it forward.
    """

    def __init__(self, consultation: Consultation, base: RuleBase, quotes: Quotes, full: bool = True) -> None:
        self.full = full
        self.consultation, self.base, self.quotes = consultation, base, quotes
        self.knowledge = base.knowledge
        self.shown: set[int] = set()
        self.lacking: set[tuple[str, str | None]] = set()

    def firing(self, n: int) -> Tree:
        """The n-th firing, down to answers and claims."""
        return unwound(self._firing(n))

    def _firing(self, n: int) -> Unfolding[Tree]:
        firing = self.consultation.firings[n - 1]
        states = Statement("rule", firing.rule, firing.option, values=(n,), stands="fired")
        if n in self.shown:
            return Tree("note", f"#{n} {name_of(firing)}: justified above", (), states)
        self.shown.add(n)
        head = f"#{n} {name_of(firing)} ({firing.basis}): {firing.because}"
        items = tuple(Tree("note", item_text(item)) for item in firing.items)
        items += tuple(Tree("note", each.text) for each in firing.undrawn)
        matched: list[Tree] = []
        for match in firing.matched:
            matched += yield self._match(match)
        return Tree("firing", head, (*items, *matched, *map(self.claim, firing.claims)), states)

    def _firings(self, numbers: Iterable[int]) -> Unfolding[tuple[Tree, ...]]:
        trees = []
        for n in numbers:
            trees.append((yield self._firing(n)))
        return tuple(trees)

    def _match(self, match: Match) -> Unfolding[list[Tree]]:
        states = stated(match)
        if match.kind == "finding":
            firings = yield self._firings(match.firings)
            return [Tree("conclusion", match.text, firings, states)]
        if match.kind == "score":
            firings = yield self._firings(match.firings)
            return [Tree("conclusion", match.text, firings, match.states)]
        if match.kind == "datum":
            return [Tree("conclusion", match.text, tuple(map(self.claim, match.claims)), states)]
        if match.kind == "answer":
            return [Tree("answer", f"{match.text} ({self._given(match.name, match.value)})", (), states)]
        if match.kind == "unknown":
            return [Tree("answer", f"{match.text} ({self._missing(match.name)})", (), states)]
        parts = yield self._needed(match.states)
        return [Tree("conclusion" if parts else "note", match.text, tuple(parts), match.states)]

    def claim(self, id: str) -> Tree:
        """A claim as a leaf; with the document at hand, the sentence itself beside it."""
        claim = self.knowledge.claims[id]
        quote = self.quotes.get(id)
        sentence = "" if quote is None else f" “{quote.text}”" if quote.encoded else f" ({quote.text})"
        text = f"{id} {claim.says} [{self.knowledge.hedges[claim.hedge]}]{sentence}"
        return Tree("claim", text, (), Statement("claim", id, stands="claim"))

    # --- how things stand that a rule would have needed ---------------------------------------
    def _standing(self, leaf: Statement) -> Unfolding[list[Tree]]:
        """What the case, the findings or the option's data say of the term that a test is about."""
        if leaf.kind == "attribute":
            return [self.answer(leaf.name)]
        if leaf.kind == "property":
            return self._data(leaf.name, leaf.option or "")
        if not self.knowledge.findings[leaf.name].per_option:
            leaf = leaf._replace(option=None)  # which is that of what it is compared with
        findings: list[Tree] = yield self._findings(leaf)
        return findings

    def answer(self, name: str) -> Tree:
        """The answer to an attribute, or that there is none, as a leaf."""
        term = self.knowledge.attributes[name]
        value = self.consultation.answers.get(name, UNKNOWN)
        if value == UNKNOWN:
            states = Statement("attribute", name, None, "unknown", stands="not-answered")
            return Tree("answer", f"{known(term, False)} ({self._missing(name)})", (), states)
        states = Statement("attribute", name, None, "is", (value,), stands="given")
        text = statement(term, (term.scaled(value),))
        left_out = any(disagreement.left_out == name for disagreement in self.consultation.disagreements)
        counts = ", which counts as not answered" if left_out else ""
        return Tree("answer", f"{text} ({self._given(name, value)}{counts})", (), states)

    def _given(self, name: str, value: Plain | None) -> str:
        """That it is an answer; of a day that may be there by default, not whose."""
        whose = "answer" if self.knowledge.attributes[name].default else "your answer"
        return f"{whose}: {name} = {value}"

    def _missing(self, name: str) -> str:
        """Whether `unknown` was the answer, or there was none."""
        return f"your answer: {UNKNOWN}" if name in self.consultation.answers else f"no answer: {name}"

    def _data(self, name: str, option: str) -> list[Tree]:
        term = self.knowledge.properties[name]
        conclusions = []
        for datum in self.knowledge.options[option].properties.get(name, ()):
            text = about(datum_statement(term, datum), option, self.base)
            states = Statement("property", name, option, "is", (term.plain(datum.value),), stands="datum")
            conclusions.append(Tree("conclusion", text, tuple(map(self.claim, datum.claims)), states))
        return conclusions

    def _findings(self, leaf: Statement) -> Unfolding[list[Tree]]:
        """The values that a finding has; if it has none of those wanted, the rules that could say so."""
        term = self.knowledge.findings[leaf.name]
        if is_answered(leaf.name, self.consultation, self.knowledge):
            return [self.answer(leaf.name)]
        conclusions, values = [], []
        concerned = leaf.name, leaf.option
        for finding in self._concluded.get(concerned, ()):
            text = about(finding.text, finding.option, self.base)
            firings = yield self._firings(finding.firings)
            conclusions.append(Tree("conclusion", text, firings, concluded(finding)))
            values.append(finding.value)
        for score in self.consultation.scores:
            if (score.finding, score.option) == concerned and score.low != score.high:
                text = about(score.text, score.option, self.base)
                firings = yield self._firings([score.firing])
                return [Tree("conclusion", text, firings, lies_between(score))]
        if leaf.operator == "is" and set(leaf.values) & set(values):
            return conclusions
        if leaf.operator != "is" and values:
            return conclusions
        wanted = leaf.values if leaf.operator == "is" else ()
        rules = []
        for rule, then in self._silent.get(concerned, ()):
            if any(_fits(c, leaf, wanted, self.knowledge) for c in then):
                rules.append((yield self._not_fired(rule)))
        said = statement(term, tuple(map(term.scaled, wanted))) if wanted else known(term, True)
        said = about(said, leaf.option, self.base)
        states = Statement(
            "finding", leaf.name, leaf.option, "is" if wanted else "known", wanted, stands="not-concluded"
        )
        if not rules and conclusions and term.role:
            return conclusions  # it is settled otherwise
        if not rules:
            return [*conclusions, Tree("note", f"no rule here concludes that {said}", (), states)]
        return [*conclusions, Tree("conclusion", f"nothing concludes that {said}", tuple(rules), states)]

    @cached_property
    def _concluded(self) -> dict[Concerned, list[Finding]]:
        """What was concluded, by the finding."""
        findings: dict[Concerned, list[Finding]] = {}
        for finding in self.consultation.findings:
            findings.setdefault((finding.finding, finding.option), []).append(finding)
        return findings

    @cached_property
    def _silent(self) -> dict[Concerned, list[tuple[NotFired, tuple[Conclusion, ...]]]]:
        """The rules that did not fire, with their conclusions, by each finding that is among these."""
        instances: dict[tuple[str, str | None], Instance] = {}
        for instance in self.base.instances:
            instances.setdefault((instance.rule.id, instance.option or None), instance)
        silent: dict[Concerned, list[tuple[NotFired, tuple[Conclusion, ...]]]] = {}
        for rule in self.consultation.not_fired:
            silent_one = instances.get((rule.rule, rule.option))
            then = silent_one.then if silent_one else ()
            named = [(c.name, c.option or None) for c in then if isinstance(c, (Conclude, Tally))]
            for concerned in dict.fromkeys(named):
                silent.setdefault(concerned, []).append((rule, then))
        return silent

    def _not_fired(self, rule: NotFired) -> Unfolding[Tree]:
        """A rule that did not fire: what it needs, and how what that is about stands."""
        states = Statement("rule", rule.rule, rule.option, rule.reason, stands="not-fired")
        if (rule.rule, rule.option) in self.lacking:
            return Tree("note", f"{name_of(rule)} did not fire: see above", (), states)
        self.lacking.add((rule.rule, rule.option))
        text = f"{name_of(rule)} did not fire: it needs: {rule.condition}; {REASONS[rule.reason]}"
        parts = yield self._needed(rule.states)
        if rule.reason == "exception":
            option = rule.states.parts[0].option if rule.states else None
            fired = [f for f in self.consultation.firings if f.rule in rule.names and f.option == option]
            parts = yield self._firings(f.n for f in fired)
        return Tree("not-fired", text, tuple(parts), states)

    def needed(self, condition: Statement | None) -> list[Tree]:
        """How each term that a condition is about stands."""
        return unwound(self._needed(condition))

    def _needed(self, condition: Statement | None) -> Unfolding[list[Tree]]:
        parts: list[Tree] = []
        for leaf in _terms(condition, self.knowledge) if condition else ():
            parts += yield self._standing(leaf)
        return parts


def _fits(c: Conclusion, leaf: Statement, wanted: tuple[Plain, ...], knowledge: Knowledge) -> bool:
    """Whether a conclusion is, or may be, the finding with one of the values wanted."""
    if isinstance(c, Tally):
        return (c.name, c.option or None) == (leaf.name, leaf.option)
    if not isinstance(c, Conclude) or (c.name, c.option or None) != (leaf.name, leaf.option):
        return False
    if not wanted or not isinstance(c.value, (str, int)):
        return True
    return knowledge.findings[c.name].plain(c.value) in wanted


def _terms(condition: Statement, knowledge: Knowledge) -> list[Statement]:
    """The tests of terms in a condition, each once; a comparison names the terms of its limit too."""
    if condition.kind in ("attribute", "finding", "property"):
        named = _of_limit(condition, knowledge) if condition.of else []
        return list(dict.fromkeys([condition, *named]))
    leaves = [leaf for part in condition.parts for leaf in _terms(part, knowledge)]
    return list(dict.fromkeys(leaves))


def _of_limit(condition: Statement, knowledge: Knowledge) -> list[Statement]:
    """The terms of what is compared with: each has to be known."""
    limits = []
    for name in re.findall(r"[A-Za-z_][\w.-]*", condition.of or ""):
        bare = name.removeprefix("option.")
        if name in knowledge.attributes and name not in knowledge.findings:
            limits.append(Statement("attribute", name, None, "known"))
        elif bare in knowledge.findings:
            option = condition.option if bare != name else None
            limits.append(Statement("finding", bare, option, "known"))
        elif bare != name and bare in knowledge.properties:
            limits.append(Statement("property", bare, condition.option, "known"))
    return limits


def stated(match: Match) -> Statement | None:
    """What a match states, as data."""
    kinds = {"answer": "attribute", "unknown": "attribute", "datum": "property", "finding": "finding"}
    stands = {"answer": "given", "unknown": "not-answered", "datum": "datum", "finding": "concluded"}
    if match.kind not in kinds:
        return match.states
    values = () if match.value is None else (match.value,)
    operator = "unknown" if match.kind == "unknown" else "is"
    return Statement(
        kinds[match.kind],
        match.name,
        match.option,
        operator,
        values,
        bounds=match.bounds,
        stands=stands[match.kind],
    )


def how(
    consultation: Consultation,
    base: RuleBase,
    subject: Subject,
    quotes: Quotes | None = None,
    full: bool = True,
) -> list[Tree]:
    """How what was concluded about a subject was reached; empty if nothing was concluded.

    Of a claim: the firings that rest on it. Unless `full`, arguments that do not decide are not unfolded.
    """
    tree = How(consultation, base, quotes or {}, full)
    match subject.kind:
        case "option":
            return [_how_option(consultation.recommendation(subject.id), tree)]
        case "finding":
            return _how_finding(subject.id, tree)
        case "attribute":
            return _how_answered(subject.id, tree)
        case "target":
            return _how_target(subject.id, tree)
        case "rule":
            return [tree.firing(f.n) for f in consultation.firings if f.rule == subject.id]
        case "claim":
            return [tree.firing(f.n) for f in consultation.firings if subject.id in f.rests_on]
        case "advice":
            return _how_named(("advice", "caution"), subject.id, tree)
        case kind:
            return _how_named((kind,), subject.id, tree)


def _how_finding(name: str, tree: How) -> list[Tree]:
    consultation, base = tree.consultation, tree.base
    if is_answered(name, consultation, base.knowledge):
        return [tree.answer(name)]
    trees = []
    for f in consultation.findings:
        if f.finding == name:
            firings = tuple(map(tree.firing, f.firings))
            trees.append(Tree("conclusion", about(f.text, f.option, base), firings, concluded(f)))
    for s in consultation.scores:
        if s.finding == name and s.low != s.high:
            text = about(s.text, s.option, base)
            trees.append(Tree("conclusion", text, (tree.firing(s.firing),), lies_between(s)))
    return trees


def _how_answered(name: str, tree: How) -> list[Tree]:
    """The answer, or that there is none; and what says so if it counts as none."""
    several = tree.knowledge.several.get(name)
    parts = several.parts if several else [name]
    left_out = [d.firing for d in tree.consultation.disagreements if d.left_out in parts]
    return [*map(tree.answer, parts), *map(tree.firing, left_out)]


def _how_target(target: str, tree: How) -> list[Tree]:
    """How each option stands for a target, with the arguments that count for it."""
    trees = []
    label, verdicts = tree.knowledge.targets[target].label, tree.knowledge.words.verdicts
    for r in ranked(tree.consultation, tree.knowledge):
        verdict = r.targets.get(target) if r.targets else r.verdict
        if verdict and verdict not in ("open", "not-addressed"):
            counted = [a for a in r.arguments if a.target in (None, target)]
            text = f"{r.label}: {verdicts[verdict]} for {label}"
            trees.append(Tree("conclusion", text, tuple(_how_argument(a, tree) for a in counted)))
    return trees


def _how_named(kinds: tuple[str, ...], name: str, tree: How) -> list[Tree]:
    """Each conclusion of these kinds and that name, with the firing that drew it."""
    trees = []
    for firing in tree.consultation.firings:
        for c in firing.concluded:
            if c.kind in kinds and c.name == name:
                states = Statement(c.kind, c.name, c.option, stands="concluded")
                text = about(c.text, c.option, tree.base)
                trees.append(Tree("conclusion", text, (tree.firing(firing.n),), states))
    return trees


def concluded(finding: Finding) -> Statement:
    """That a finding was concluded, as data."""
    return Statement("finding", finding.finding, finding.option, "is", (finding.value,), stands="concluded")


def is_answered(name: str, consultation: Consultation, knowledge: Knowledge) -> bool:
    """Whether a finding that may be answered is."""
    return knowledge.findings[name].asked and consultation.answers.get(name, UNKNOWN) != UNKNOWN


def about(text: str, option: str | None, base: RuleBase) -> str:
    """A text, with the option that it is about."""
    return f"{text} (for {base.knowledge.options[option].phrase})" if option else text


STANCE_TITLES = {"for": "arguments for", "unsure": "undecided", "against": "arguments against"}


def _how_option(option: Recommendation, tree: How) -> Tree:
    consultation, knowledge = tree.consultation, tree.knowledge
    groups: list[Tree] = []
    for stance, title in STANCE_TITLES.items():
        arguments = [_how_argument(a, tree) for a in option.arguments if a.stance == stance]
        if arguments:
            groups.append(Tree("conclusion", title, tuple(arguments)))
    groups += _how_it_waits(option, tree)
    for f in consultation.findings:
        if f.option == option.option:
            groups.append(Tree("conclusion", f.text, tuple(map(tree.firing, f.firings)), concluded(f)))
    if note := nothing_said(option, consultation, knowledge):
        groups.insert(0, Tree("note", note))
    best, *others = by_target(option, consultation, knowledge) or [knowledge.words.verdicts[option.verdict]]
    when = when_words(option.verdict, option.timing, knowledge)
    stands = "; ".join([f"{best}, {when}" if when else best, *others])
    values = option.verdict, option.timing
    states = Statement("verdict", "", option.option, "is", values, stands="concluded")
    return Tree("conclusion", f"{option.label}: {stands}", tuple(groups), states)


def _how_it_waits(option: Recommendation, tree: How) -> list[Tree]:
    """What an option waits for, with the firings that say so; nothing if for nothing."""
    waits = []
    for firing in tree.consultation.firings:
        named = [c for c in firing.concluded if c.kind == "wait" and c.option == option.option]
        waits += [tree.firing(firing.n) for _ in named]
    if not waits:
        return []
    states = Statement("timing", "", option.option, "waits-for", option.waits_for, stands="concluded")
    text = f"it waits for: {step_words(option.waits_for, tree.knowledge)}"
    return [Tree("conclusion", text, tuple(waits), states)]


def _how_argument(argument: Argument, tree: How) -> Tree:
    option = tree.consultation.firings[argument.firing - 1].option
    states = Statement("argument", argument.topic, option, "is", (argument.stance,), stands="concluded")
    text = f"{argument.text} ({argument.topic})"
    if tree.full or tree.knowledge.topics[argument.topic].decides:
        return Tree("conclusion", text, (tree.firing(argument.firing),), states)
    claims = f" [{' '.join(argument.claims)}]" if argument.claims else ""
    rests_on = f"{basis_mark(argument.basis)}{claims}"
    return Tree("conclusion", f"{text} #{argument.firing}{rests_on}", (), states)
