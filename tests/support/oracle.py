"""A second, naive evaluator of knowledge bases, written from `semantics.md` and the policy alone.

It shares no code with the shell: it reads the YAML itself, keeps conditions as the YAML they were
written in, computes with fractions, and looks through the rules from the start after every firing,
passing over those that did not hold and read nothing that was concluded since.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import yaml

NUMERIC = ("count", "number", "money")
ORDERED = (*NUMERIC, "date")
STANCES = ("for", "against", "unsure")
RANKING = ("preferred", "option", "uncertain", "open", "not-advised", "not-addressed")
COMPARE = {
    "more-than": lambda a, b: a > b,
    "at-least": lambda a, b: a >= b,
    "less-than": lambda a, b: a < b,
    "at-most": lambda a, b: a <= b,
}
Value = str | Fraction | date
Key = tuple[str, str | None]  # a finding, and the option that it is about
Atom = tuple[str, Any]  # one entry of a condition


def listing(node: Any) -> list[Any]:
    return node if isinstance(node, list) else [node]


def words(node: Any) -> list[str]:
    """Every scalar in a piece of YAML, keys included."""
    if isinstance(node, dict):
        return [*node, *words(list(node.values()))]
    return [word for part in node for word in words(part)] if isinstance(node, list) else [node]


def of_several(name: str, test: Any, values: list[str]) -> Any:
    """A test of an attribute with several answers, as one of the yes-no attributes that its values are."""
    each = [f"{name}.{value}" for value in values]
    if isinstance(test, dict):
        parts: list[Any] = []
        for operator, operand in test.items():
            if operator == "not":
                parts.append({"not": of_several(name, operand, values)})
            else:
                parts.append({operator: operand, "of": [{part: "yes"} for part in each]})
        return parts
    if test == "none":
        return [{part: "no"} for part in each]
    if test in ("known", "unknown"):
        parts = [{part: test} for part in each]
        return parts if test == "known" else {"any": parts}
    return {"any": [{f"{name}.{value}": "yes"} for value in listing(test)]}


def spread(node: Any, several: dict[str, list[str]]) -> Any:
    """A condition in which attributes with several answers are spelled out."""
    if isinstance(node, list):
        return [spread(part, several) for part in node]
    if not isinstance(node, dict) or not several:
        return node
    parts: list[Any] = []
    for name, test in node.items():
        if name in several:
            parts.append(of_several(name, test, several[name]))
        elif name in ("any", "all", "not", "unless", "of"):
            parts.append({name: spread(test, several)})
        else:
            parts.append({name: test})
    if "of" in node:
        return {**node, "of": spread(node["of"], several)}
    return parts


def spread_then(then: Any, several: dict[str, list[str]]) -> Any:
    """Conclusions, with the conditions of points spelled out."""
    if isinstance(then, list):
        return [spread_then(part, several) for part in then]
    if not isinstance(then, dict):
        return then
    return {k: spread(v, several) if k == "when" else spread_then(v, several) for k, v in then.items()}


def atoms(node: Any) -> Iterator[Atom]:
    """A condition as one flat conjunction, in the order in which it is written."""
    if isinstance(node, list):
        for part in node:
            yield from atoms(part)
        return
    if "of" in node:
        for operator, number in node.items():
            if operator != "of":
                yield "of", {operator: number, "of": node["of"]}
        return
    for name, test in node.items():
        if name == "all":
            yield from atoms(test)
        elif isinstance(test, dict) and name not in ("not", "unless", "of", "counts"):
            for operator, operand in test.items():
                yield ("not", {name: operand}) if operator == "not" else (name, {operator: operand})
        else:
            yield name, test


@cache
def number(text: str) -> Any:
    """A number, or a date."""
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else Fraction(text)


def excepts(test: Any) -> bool:
    """Whether an `unless` is over an exception."""
    return isinstance(test, dict) and any(name.startswith("!") for name in test)


def about_option(node: Any) -> bool:
    return any(word == "option" or word.startswith("option.") for word in words(node))


def entries(then: Any) -> list[Atom]:
    """Conclusions one by one: their kind and what follows it."""
    return [(kind, item) for part in listing(then) for kind, body in part.items() for item in listing(body)]


def counted(test: Any, held: int, denied: int) -> tuple[bool, bool]:
    """Whether a count holds and whether it is denied, by how many parts hold and how many are denied."""
    [operator] = test.keys() - {"of"}
    number, parts = int(test[operator]), len(listing(test["of"]))
    undenied = parts - denied
    if operator == "exactly":
        return held >= number >= undenied, undenied < number or held > number
    if operator in ("at-least", "more-than"):
        return COMPARE[operator](held, number), not COMPARE[operator](undenied, number)
    return COMPARE[operator](undenied, number), not COMPARE[operator](held, number)


Ends = tuple[Fraction, Fraction]


def spread_of(operator: str, one: Ends, other: Ends) -> Ends:
    """The bounds of two numbers together."""
    if operator == "minus":
        return one[0] - other[1], one[1] - other[0]
    if operator == "plus":
        return one[0] + other[0], one[1] + other[1]
    if operator in ("min", "max"):
        pick = min if operator == "min" else max
        return pick(one[0], other[0]), pick(one[1], other[1])
    if operator == "years-between":
        years = completed_years(one[0], other[0])  # type: ignore[arg-type]
        return years, years
    products = [a * b / (100 if operator == "percent" else 1) for a in one for b in other]
    return min(products), max(products)


def completed_years(start: date, end: date) -> Fraction:
    """The difference of the years, less one if month and day come earlier in the end."""
    earlier = (end.month, end.day) < (start.month, start.day)
    return Fraction(end.year - start.year - earlier)


def rounded(value: Any, decimals: int) -> Any:
    """To so many decimals, halves away from nought; a date as it is."""
    if isinstance(value, date):
        return value
    scaled = abs(value) * 10**decimals
    whole = math.floor(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def compared(operator: str, one: Ends, other: Ends) -> tuple[bool, bool]:
    """Whether a comparison is so for all that the numbers may be, and whether it is for none."""
    results = [COMPARE[operator](a, b) for a in one for b in other]
    return all(results), not any(results)


def among(value: Fraction, low: Fraction, high: Fraction) -> tuple[bool, bool]:
    """Whether a number between two bounds is a value, and whether it can not be."""
    return low == value == high, not low <= value <= high


@dataclass(frozen=True)
class Instance:
    rule: str
    option: str | None
    when: tuple[Atom, ...]
    then: tuple[Atom, ...]
    salience: int

    @cached_property
    def key(self) -> Key:
        return self.rule, self.option

    @cached_property
    def scored(self) -> list[Atom]:
        """The names of scores and their items."""
        return [pair for kind, body in self.then if kind == "score" for pair in body.items()]

    @cached_property
    def concluded(self) -> list[Atom]:
        """The names of findings and what they are concluded to be."""
        return [pair for kind, body in self.then if kind == "conclude" for pair in body.items()]


class OracleKB:
    """The YAML files of one knowledge base.

    An answer that is left out of account is dropped before anything else is looked at. Only `ahead`, where
    answers are to come that may leave out others, has written into its conditions that they count.
    """

    def __init__(self, directory: Path, ahead: bool = False) -> None:
        self.directory, self.looks_ahead = directory, ahead

        def load(path: Path) -> Any:
            return yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)

        self.as_of = load(directory / "kb/document.yaml").get("as-of", "")
        self.limited: dict[str, int] = {}  # of rules in force at times: how many tests come first for that
        vocabulary, sheet = load(directory / "kb/vocabulary.yaml"), load(directory / "kb/options.yaml")
        self.claims = set(load(directory / "kb/claims.yaml")["claims"])
        self.attributes, self.findings = {}, vocabulary.get("findings", {})
        several: dict[str, list[str]] = {}
        for name, term in vocabulary["attributes"].items():
            if term["type"] == "choices":
                several[name] = [*term["values"]]
                self.attributes |= {f"{name}.{value}": {"type": "yes-no"} for value in term["values"]}
            else:
                self.attributes[name] = term
        self.asked = {name for name, term in self.findings.items() if term.get("ask") == "first"}
        self.answerable = self.attributes | {name: self.findings[name] for name in self.asked}
        per_option = {name for name, term in self.findings.items() if term.get("per-option") == "yes"}
        self.spelled = {f"option.{n}" if n in per_option else n: n for n in self.findings}
        self.steps, self.flags = list(vocabulary.get("steps", {})), list(vocabulary.get("flags", {}))
        topics = vocabulary["topics"].items()
        self.decides = {t for t, body in topics if isinstance(body, dict) and body.get("decides") == "yes"}
        self.properties, self.cost = sheet.get("properties", {}), sheet.get("cost")
        self.options = {
            option: {
                name: [self.parse(self.properties[name], datum["value"]) for datum in listing(data)]
                for name, data in body.get("properties", {}).items()
            }
            for option, body in sheet["options"].items()
        }
        self.contradictions = [*vocabulary.get("contradictions", {}).items()]
        self.cautions = {id for id, _ in self.contradictions}
        rules = [self.caution(n) for n in range(len(self.contradictions))]
        for path in sorted((directory / "rules").glob("*.yaml")):
            for rule in load(path):
                rule = rule | {"when": spread(rule.get("when", {}), several)}
                rule |= {"then": spread_then(rule["then"], several)} if "then" in rule else {}
                rule = self.in_force(rule)
                rules.append({**rule, "when": self.counting(rule)})
        self.ranging = {rule["id"] for rule in rules if self.ranges(rule)}
        exceptions = [(name, rule["id"]) for rule in rules for name in listing(rule.get("exception-to", []))]
        for n, rule in enumerate(rules):
            names = [f"!{id}" for name, id in exceptions if name == rule["id"]]
            unless = [{"unless": {name: "yes"}} for name in names]
            rules[n] = {**rule, "when": [*listing(rule["when"]), *unless]} if unless else rule
        settled = [name for rule in rules for kind, name in entries(rule.get("then", [])) if kind == "settle"]
        self.settled = {name.removeprefix("option.") for name in settled}
        scored = [
            name
            for rule in rules
            for k, body in entries(rule.get("then", []))
            if k == "score"
            for name in body
        ]
        self.scored = {name.removeprefix("option.") for name in scored}
        instances = [instance for rule in rules for instance in self.instances(rule)]
        strata = self.stratify(instances)
        self.order = sorted(instances, key=lambda i: (strata[i.key], -i.salience))
        self.strata = [[i for i in instances if strata[i.key] == n] for n in sorted({*strata.values()})]
        self.readers: dict[Key | None, set[Key]] = {}  # of each finding: the instances that read it
        for i in instances:
            computed = [word for _, quantity in i.concluded for word in words(quantity)]
            for name in [*(name for name, _ in self.reads(i.when, i.option)), *computed, *self.scores(i)]:
                self.readers.setdefault(self.finding(name, i.option), set()).add(i.key)

    def scores(self, instance: Instance) -> list[str]:
        """The names that the items of an instance's score read."""
        read: list[str] = []
        for _, items in instance.scored:
            for item in items:
                rows = item.get("first", [item]) if isinstance(item, dict) else []
                for row in rows:
                    if isinstance(row, dict):
                        read += [name for name, _ in self.reads(atoms(row["when"]), instance.option)]
                read += [item] if isinstance(item, str) and item[0] not in "-+.0123456789" else []
        return read

    def in_force(self, rule: dict[str, Any]) -> dict[str, Any]:
        """A rule that is in force at times, with the test of the date first in its condition."""
        if "in-force" not in rule:
            return rule
        days = {{"from": "at-least", "until": "less-than"}[name]: d for name, d in rule["in-force"].items()}
        self.limited[rule["id"]] = len(days)
        return {**rule, "when": [{self.as_of: days}, *listing(rule.get("when", []))]}

    # --- contradictions: an answer that is left out of account is none --------------------------
    @cached_property
    def ahead(self) -> OracleKB:
        """The same, with what is still to be answered in mind."""
        return OracleKB(self.directory, ahead=True) if self.contradictions else self

    def caution(self, n: int) -> dict[str, Any]:
        id = self.contradictions[n][0]
        return {"id": id, "when": self.disagree(n), "then": {"caution": ""}, "basis": "added"}

    def disagree(self, n: int, but: str = "") -> list[Any]:
        """Where the n-th contradiction is one; the test of `but` is known to be met."""
        between = self.contradictions[n][1]["between"]
        found: list[Any] = [{name: test} for name, test in between.items() if name != but]
        for m, (_, earlier) in enumerate(self.contradictions[:n]):
            if (out := earlier["leaves-out"]) in between:
                found += self.counts(m, out, between[out])
        return found

    def counts(self, n: int, name: str, test: Any) -> list[Any]:
        """That the n-th contradiction leaves an answer in, which meets a test."""
        out = self.contradictions[n][1]["between"][name]
        if out == "known":  # as whatever meets a test is
            return [{"counts": self.disagree(n, name)}]
        if test == "known":
            return [{"counts": self.disagree(n)}]
        if isinstance(out, dict) or isinstance(test, dict):
            return [{"counts": self.disagree(n, name if out == test else "")}]
        left_out, asked = {*listing(out)}, {*listing(test)}
        return [{"counts": self.disagree(n, name if asked <= left_out else "")}] if left_out & asked else []

    def out(self, names: Iterable[str]) -> list[Any]:
        """Where contradictions leave out the answer to one of some attributes."""
        wanted = {*names}
        return [self.disagree(n) for n, (_, c) in enumerate(self.contradictions) if c["leaves-out"] in wanted]

    def counting(self, rule: dict[str, Any]) -> Any:
        """A rule's condition, to which such an answer is none."""
        if not self.contradictions or not self.looks_ahead:
            return rule.get("when", {})
        computed = [
            w for k, b in entries(rule.get("then", [])) if k == "conclude" for w in words(list(b.values()))
        ]
        return [*self.counted(rule.get("when", {})), *({"counts": out} for out in self.out(computed))]

    def counted(self, node: Any) -> list[Any]:
        return [part for name, test in atoms(node) for part in self.counted_atom(name, test)]

    def counted_atom(self, name: str, test: Any) -> list[Any]:
        if name in ("any", "of"):
            parts = listing(test["of"] if name == "of" else test)
            read = [self.counted(part) for part in parts]
            return [{**test, "of": read}] if name == "of" else [{"any": read}]
        if name in ("unless", "not"):
            return [{name: self.counted(test)}]
        if name in self.attributes and test in ("known", "unknown"):
            out = self.out([name])
            if test == "known":
                return [{name: test}, *({"unless": one} for one in out)]
            return [{"any": [{name: test}, *out]}] if out else [{name: test}]
        return self.tested(name, test)

    def tested(self, name: str, test: Any) -> list[Any]:
        """A test that is open where an answer which it is about is left out."""
        held: list[Any] = [{name: test}]
        opened = []
        lacking = [
            {w: "known"} for w in words({name: test}) if w.startswith("option.") and not self.finding(w)
        ]
        for read in dict.fromkeys([name, *(words(test) if isinstance(test, dict) else ())]):
            for n, (_, body) in enumerate(self.contradictions):
                if body["leaves-out"] == read:
                    held += self.counts(n, read, test if read == name else {})
                    opened.append([{"not": {"counts": self.disagree(n)}}, *lacking])
        return [{"any": [held, *opened]}] if opened else held

    def parse(self, term: dict[str, Any], text: str) -> Value:
        return number(text) if term["type"] in ORDERED else text

    def decimals(self, name: str) -> int:
        term = self.term(name)
        return int(term.get("decimals", {"money": 2, "number": 1}.get(term["type"], 0)))

    def term(self, name: str) -> Any:
        bare = name.removeprefix("option.")
        if name in self.attributes:
            return self.attributes[name]
        return self.findings[bare] if self.finding(name) else self.properties[bare]

    def finding(self, name: str, option: str | None = None) -> Key | None:
        """The key of the finding that a name stands for, if it stands for one."""
        bare = self.spelled.get(name)
        return (bare, option if bare != name else None) if bare else None

    def ranges(self, rule: dict[str, Any]) -> bool:
        """Whether a rule is spelled out for each option."""
        about = ("argue", "wait", "flag")
        then = entries(rule.get("then", []))
        if any(k in about or (k in ("conclude", "score", "settle") and about_option([b])) for k, b in then):
            return True
        return about_option([dict([a]) for a in atoms(rule.get("when", {}))])

    def excepted(self, name: str, option: str | None) -> Key:
        """The instance whose firing a name `!rule` is about."""
        rule = name.removeprefix("!")
        return rule, option if rule in self.ranging else None

    def instances(self, rule: dict[str, Any]) -> Iterator[Instance]:
        """The rule, or the rule for each option for which it can hold."""
        when, written = tuple(atoms(rule.get("when", {}))), entries(rule.get("then", []))
        [settled] = [name for kind, name in written if kind == "settle"] or [None]
        then = tuple(entry for entry in written if entry[0] != "settle")
        then = (*([("conclude", {settled: "yes"})] if settled else []), *then)
        scoped = rule["id"] in self.ranging
        salience = int(rule.get("salience", "0"))
        for option in self.options if scoped else [None]:
            drawn = tuple(
                e for e in then if e[0] != "conclude" or all(self.stated(q, option) for q in e[1].values())
            )
            found = Instance(rule["id"], option, when, drawn, salience)
            if (option is None or self.constant(when, option) is not False) and (drawn == then or settled):
                yield found
            if settled:
                no = (("not", rule.get("when", {})),)
                if option is None or self.constant(no, option) is not False:
                    concluded = (("conclude", {settled: "no"}),)
                    yield Instance(rule["id"] + "/no", option, no, concluded, salience)

    def stated(self, quantity: Any, option: str | None) -> bool:
        """Whether the option has every property that a quantity mentions."""
        scoped = (w for w in words(quantity) if w.startswith("option.") and not self.finding(w))
        return all(name.removeprefix("option.") in self.options[option or ""] for name in scoped)

    def constant(self, conjunction: Iterable[Atom], option: str | None) -> bool | None:
        """What a condition is in every case, if that is the same for this option."""
        parts = [self.constant_atom(name, test, option) for name, test in conjunction]
        return False if False in parts else None if None in parts else True

    def constant_atom(self, name: str, test: Any, option: str | None) -> bool | None:
        if name == "any":
            parts = [self.constant(atoms(part), option) for part in test]
            return True if True in parts else None if None in parts else False
        if name in ("not", "unless", "counts"):
            part = self.constant(atoms(test), option)
            return None if part is None else not part
        if name == "of":
            parts = [self.constant(atoms(part), option) for part in listing(test["of"])]
            held, denied = counted(test, parts.count(True), parts.count(False))
            return True if held else False if denied else None
        if isinstance(test, dict):
            return None if self.stated({name: test}, option) else False
        if name == "option" or (name.startswith("option.") and not self.finding(name)):
            return Evaluation(self, {}).atom(name, test, option)[0]
        return None

    def reads(
        self, conjunction: Iterable[Atom], option: str | None, strict: bool = False
    ) -> Iterator[tuple[str, bool]]:
        """The names a condition reads, and whether they must be settled before."""
        for name, test in conjunction:
            if name == "of":
                below = strict or ("at-least" not in test and "more-than" not in test)
                for part in listing(test["of"]):
                    yield from self.reads(atoms(part), option, below)
            elif name in ("not", "unless", "counts", "any"):
                yield from self.reads(atoms(listing(test)), option, strict or name != "any")
            elif not isinstance(test, dict):
                yield name, strict
            elif self.stated({name: test}, option):
                yield from ((word, True) for word in words({name: test}))

    def silent(self, instance: Instance, fired: Any) -> bool:
        """Whether an instance is listed as not fired: of what settles, once, where neither half has."""
        rule, option = instance.key
        halves = [(rule, option), (rule + "/no", option)]
        return not rule.endswith("/no") and fired.keys().isdisjoint(halves)

    def stratify(self, instances: list[Instance]) -> dict[Key, int]:
        writers: dict[Key | None, list[Key]] = {}
        for i in instances:
            for name, _ in [*i.concluded, *i.scored]:
                writers.setdefault(self.finding(name, i.option), []).append(i.key)
        links = []
        for i in instances:
            computed = [(word, True) for _, quantity in i.concluded for word in words(quantity)]
            settles = bool({name.removeprefix("option.") for name, _ in i.concluded} & self.settled)
            computed += [(name, True) for name in self.scores(i)]
            for name, strict in [*self.reads(i.when, i.option), *computed]:
                if name.startswith("!"):
                    links.append((i.key, self.excepted(name, i.option), True))
                if key := self.finding(name, i.option):
                    strict = strict or settles or key[0] in self.settled | self.scored
                    links += [(i.key, writer, strict) for writer in writers.get(key, ())]
        strata, before = dict.fromkeys((i.key for i in instances), 0), None
        while strata != before:
            before = dict(strata)
            for reader, writer, strict in links:
                if writer not in strata:  # an exception that is spelled out for other options
                    continue
                strata[reader] = max(strata[reader], strata[writer] + strict)
        return strata


class Evaluation:
    """The answers of one case, and what has been concluded from them."""

    def __init__(self, kb: OracleKB, answers: dict[str, str]) -> None:
        self.kb = kb
        said = {n: v for n, v in answers.items() if v != "unknown"}
        self.given = {n: kb.parse(kb.attributes[n], v) for n, v in said.items() if n not in kb.asked}
        # of findings: they have that value, whatever rules say
        self.told = {n: kb.parse(kb.findings[n], v) for n, v in said.items() if n in kb.asked}
        self.answers = self.given
        self.left_out = self.disagreeing()
        self.answers = {n: v for n, v in self.given.items() if n not in self.left_out}
        self.findings: dict[Key, set[Value]] = {(n, None): {value} for n, value in self.told.items()}
        self.bounds: dict[Key, tuple[Fraction, Fraction]] = {}
        self.fired: dict[Key, Instance] = {}
        self.failed: set[Key] = set()  # instances that did not hold, and read nothing concluded since

    def disagreeing(self) -> set[str]:
        """The attributes whose answers are left out of account: of each contradiction that is one."""
        out: set[str] = set()
        for _, body in self.kb.contradictions:
            between = body["between"]
            if out.isdisjoint(between) and self.all(between.items(), None)[0]:
                out.add(body["leaves-out"])
        return out

    def judging(self, instance: Instance) -> Evaluation:
        """What an instance is judged by: a caution that answers disagree by all that are given."""
        if instance.rule not in self.kb.cautions:
            return self
        whole = copy(self)
        whole.answers = self.given
        return whole

    def run(self) -> None:
        """Fire, until none is left, the first instance that can and has not."""
        ready = self.ready()
        while instance := next(ready, None):
            self.fired[instance.key] = instance
            for name, items in instance.scored:
                self.add_up(instance, name, items)
                ready = self.ready()
            if sum(self.conclude(instance, name, node) for name, node in instance.concluded):
                ready = self.ready()  # from the start

    def ready(self) -> Iterator[Instance]:
        for i in self.kb.order:
            if i.key not in self.fired and i.key not in self.failed:
                if self.judging(i).all(i.when, i.option)[0] and self.draws(i):
                    yield i
                else:
                    self.failed.add(i.key)

    def draws(self, instance: Instance) -> bool:
        """Whether any of the instance's conclusions is drawn: not those of which a quantity is unknown."""
        return not instance.then or any(
            kind != "conclude" or any(self.drawn(instance, *pair) for pair in body.items())
            for kind, body in instance.then
        )

    def drawn(self, instance: Instance, name: str, node: Any) -> bool:
        return self.kb.term(name)["type"] not in ORDERED or bool(self.quantity(node, instance.option))

    def conclude(self, instance: Instance, name: str, node: Any) -> bool:
        """Take a finding into account; whether it says anything new."""
        key = self.kb.finding(name, instance.option) or (name, None)
        if key[0] in self.told:
            return False
        numeric = self.kb.term(name)["type"] in ORDERED
        if not numeric:
            values: set[Any] = {node}
        else:
            places = self.kb.decimals(name)
            values = {rounded(value, places) for value in self.quantity(node, instance.option)}
        new = values - self.findings.setdefault(key, set())
        self.findings[key] |= new
        if new:
            self.failed -= self.kb.readers.get(key, set())
        return bool(new)

    def add_up(self, instance: Instance, name: str, items: list[Any]) -> None:
        """Add up a score."""
        option = instance.option
        ends = [self.item(item, option) for item in items]
        low, high = (sum((end[side] for end in ends), Fraction()) for side in (0, 1))
        key = self.kb.finding(name, option) or (name, None)
        if key[0] in self.told:
            low = high = Fraction(self.told[key[0]])
        self.bounds[key] = low, high
        if low == high:
            self.findings[key] = {low}
        self.failed -= self.kb.readers.get(key, set())

    def item(self, item: Any, option: str | None) -> tuple[Fraction, Fraction]:
        """The bounds of an item of a score."""
        if not isinstance(item, dict):
            if item in self.kb.attributes and item not in self.answers:
                term = self.kb.attributes[item]
                return Fraction(term.get("min", 0)), Fraction(term["max"])
            [ends] = self.spread(item, option)
            return ends
        rows = list(item.get("first", [item]))
        low = high = Fraction(0 if isinstance(rows[-1], dict) else rows.pop())
        for row in reversed(rows):
            points = Fraction(row["points"])
            held, denied = self.sure(row["when"], option)
            if held:
                low = high = points
            elif not denied:
                low, high = min(low, points), max(high, points)
        return low, high

    def sure(self, when: Any, option: str | None) -> tuple[bool, bool]:
        """Whether points count, and whether they do not."""
        return self.all(atoms(when), option)

    def spread(self, node: Any, option: str | None) -> list[tuple[Fraction, Fraction]]:
        """The bounds of a quantity: of each of its values; none if it is not known."""
        if isinstance(node, str):
            key = self.kb.finding(node, option)
            if key and key[0] in self.kb.scored:
                return [self.bounds[key]] if key in self.bounds else []
            return [(value, value) for value in self.quantity(node, option)]
        [(operator, operands)] = node.items()
        first, *rest = [self.spread(operand, option) for operand in operands]
        for more in rest:
            first = [spread_of(operator, one, other) for one in first for other in more]
        return first

    def values(self, name: str, option: str | None) -> list[Value]:
        """All the values that a term has."""
        if name in self.kb.attributes:
            return [self.answers[name]] if name in self.answers else []
        if key := self.kb.finding(name, option):
            return list(self.findings.get(key, ()))
        return self.kb.options[option or ""].get(name.removeprefix("option."), [])

    def quantity(self, node: Any, option: str | None) -> list[Any]:
        """All the values that a quantity has; none if it is not known."""
        if isinstance(node, str):
            return [number(node)] if node[0] in "-+.0123456789" else self.values(node, option)
        return [low for low, high in self.spread(node, option) if low == high]

    def all(self, conjunction: Iterable[Atom], option: str | None) -> tuple[bool, bool]:
        """Whether a condition holds, and whether it is denied."""
        pairs = [self.atom(name, test, option) for name, test in conjunction]
        return all(held for held, _ in pairs), any(denied for _, denied in pairs)

    def atom(self, name: str, test: Any, option: str | None) -> tuple[bool, bool]:
        if name == "any":
            pairs = [self.all(atoms(part), option) for part in test]
            return any(held for held, _ in pairs), all(denied for _, denied in pairs)
        if name in ("not", "unless", "counts"):
            held, denied = self.all(atoms(test), option)
            return (denied, held) if name == "not" else (not held, held and name == "unless")
        if name == "of":
            pairs = [self.all(atoms(part), option) for part in listing(test["of"])]
            return counted(test, sum(held for held, _ in pairs), sum(denied for _, denied in pairs))
        if name.startswith("!"):
            held = self.kb.excepted(name, option) in self.fired
            return held, not held
        if name == "option":
            return option in listing(test), option not in listing(test)
        values = self.values(name, option)
        if isinstance(test, dict):
            return self.comparison(name, test, option)
        key = self.kb.finding(name, option)
        if key and key[0] in self.kb.scored and test not in ("known", "unknown"):
            ends = self.bounds.get(key)
            each = [among(Fraction(text), *ends) for text in listing(test)] if ends else []
            return any(held for held, _ in each), bool(ends) and all(denied for _, denied in each)
        if test in ("known", "unknown"):
            return bool(values) == (test == "known"), bool(values) != (test == "known")
        held = bool({self.kb.parse(self.kb.term(name), text) for text in listing(test)} & set(values))
        if key and key[0] in self.kb.asked - self.kb.settled:
            return held, not held and key[0] in self.told
        return held, not held and self.deniable(name) and (not self.kb.finding(name) or bool(values))

    def deniable(self, name: str) -> bool:
        """Whether the case may say otherwise of a term: not without an answer, nor of an ordinary finding."""
        if key := self.kb.finding(name):
            return key[0] in self.kb.settled | self.kb.scored
        return name in self.answers or name not in self.kb.attributes

    def comparison(self, name: str, test: dict[str, Any], option: str | None) -> tuple[bool, bool]:
        if not self.kb.stated({name: test}, option):
            return False, True
        [(operator, operand)] = test.items()
        rights = self.spread(operand, option)
        results = [compared(operator, a, b) for a in self.spread(name, option) for b in rights]
        return any(held for held, _ in results), bool(results) and all(denied for _, denied in results)

    def failure(self, instance: Instance) -> str:
        """Why an instance does not hold: what is the matter with its first part that does not."""
        failed = [a for a in instance.when if not self.atom(*a, instance.option)[0]]
        if not failed:
            return self.undrawn(instance)
        others = [(name, test) for name, test in failed if name != "unless" or not excepts(test)]
        if not others:
            return "exception" if not instance.concluded or self.draws(instance) else self.undrawn(instance)
        name, test = others[0]
        limits = instance.when[: self.kb.limited.get(instance.rule, 0)]
        if (name, test) in limits and self.says_otherwise(name, test, instance.option):
            return "not-in-force"
        if self.says_otherwise(name, test, instance.option):
            return "denied"
        names = {word for word, _ in self.kb.reads([(name, test)], instance.option)}
        return "unknown" if any(map(partial(self.is_open, option=instance.option), names)) else "no-evidence"

    def is_open(self, name: str, option: str | None) -> bool:
        """Whether something has no value that could be denied one."""
        key = self.kb.finding(name, option)
        deniable = self.kb.settled | self.kb.scored | self.kb.asked
        if key is not None and key[0] in self.kb.asked:
            return key[0] not in self.told  # it may be answered, whatever is inferred
        asked = name in self.kb.attributes or (key is not None and key[0] in deniable)
        return asked and not self.values(name, option)

    def says_otherwise(self, name: str, test: Any, option: str | None) -> bool:
        """Whether the case denies it; where something is not known that should be, it says nothing."""
        if name == "any":
            return all(any(self.says_otherwise(*a, option) for a in atoms(part)) for part in test)
        if name == "counts" or (name == "not" and "counts" in listing(test)[0]):
            return name == "not" or self.all(atoms(test), option)[0]
        if test == "known" and (name in self.kb.attributes or self.kb.finding(name)):
            return False
        return self.atom(name, test, option)[1]

    def undrawn(self, instance: Instance) -> str:
        """Why none of an instance's conclusions is drawn: the first quantity's first term without a value,
        or, with several quantities, an answer of any of them."""
        quantities = list(dict.fromkeys(str(words(node)) for _, node in instance.concluded))
        terms = [
            [w for w in words(node) if w in self.kb.attributes or self.kb.finding(w)]
            for _, node in instance.concluded
        ]
        opened = [name for name in terms[0] if self.is_open(name, instance.option)]
        if len(quantities) == 1 and any(name.removeprefix("option.") in self.kb.scored for name in terms[0]):
            return "unknown" if opened else "no-evidence"
        if len(quantities) == 1:
            lacking = next(name for name in terms[0] if not self.values(name, instance.option))
            return (
                "unknown" if lacking in self.kb.attributes or self.is_open(lacking, None) else "no-evidence"
            )
        read = {
            name
            for names in terms
            for name in names
            if name in self.kb.attributes | dict.fromkeys(self.kb.asked)
        }
        return "unknown" if read - {*self.answers, *self.told} else "no-evidence"


def ends_of(number: Any) -> Ends:
    return number if isinstance(number, tuple) else (number, number)


Sides = tuple[bool, bool]  # whether something must be so, and whether it may be
OPEN, NO = (False, True), (False, False)
HUGE = Fraction(10**30)


def turned(sides: Sides) -> Sides:
    return not sides[1], not sides[0]


def joined(parts: Iterable[Sides], join: Any) -> Sides:
    pairs = parts if isinstance(parts, list) else [*parts]
    return join([must for must, _ in pairs]), join([may for _, may in pairs])


class Outlook:
    """What must and what may follow, whatever those answers turn out to be that are not given."""

    def __init__(self, kb: OracleKB, answers: dict[str, str]) -> None:
        self.kb, self.case = kb, Evaluation(kb, answers)
        self.told = self.case.told
        # values (None: some number), which of them must be; what may be answered may be anything
        self.findings: dict[Key, dict[Any, bool]] = {
            (n, None): {value: True} for n, value in self.told.items()
        }
        for name in kb.asked - self.told.keys() - kb.scored:
            values = kb.findings[name].get("values", ("yes", "no"))
            numeric = kb.findings[name]["type"] in ORDERED
            self.findings[name, None] = {None: False} if numeric else dict.fromkeys(values, False)
        self.bounds: dict[Key, Ends] = {}
        self.fired: dict[Key, bool] = {}  # the instances that may fire, and whether they must
        for stratum in kb.strata:
            while sum([self.fire(i) for i in stratum]):
                pass

    def fire(self, instance: Instance) -> bool:
        """Note whether an instance may or must fire; whether that is anything new."""
        (must, may), _ = self.all(instance.when, instance.option)
        if not may or self.fired.get(instance.key) == must:
            return False
        self.fired[instance.key] = must
        for name, items in instance.scored:
            ends = [self.item(item, instance.option) for item in items]
            key = self.kb.finding(name, instance.option) or (name, None)
            self.bounds[key] = (
                sum((low for low, _ in ends), Fraction()),
                sum((high for _, high in ends), Fraction()),
            )
            if key[0] in self.told:
                self.bounds[key] = ends_of(self.told[key[0]])
            elif key[0] in self.kb.asked:  # it may be any number
                self.bounds[key] = -HUGE, HUGE
        for name, node in instance.concluded:
            key = self.kb.finding(name, instance.option) or (name, None)
            if key[0] in self.told:
                continue
            must = must and key[0] not in self.kb.asked  # another value may be answered
            numeric = self.kb.term(name)["type"] in ORDERED
            values = self.quantity(node, instance.option) if numeric else [(node, True)]
            values = [
                (v if not isinstance(v, tuple) else v[0] if v[0] == v[1] else None, t) for v, t in values
            ]
            if numeric:
                places = self.kb.decimals(name)
                values = [(v if v is None else rounded(v, places), t) for v, t in values]
            known = self.findings.setdefault(key, {})
            known.update({value: known.get(value, False) or (there and must) for value, there in values})
        return True

    def values(self, name: str, option: str | None) -> list[tuple[Any, bool]]:
        """The values that a term may have (None: a number that is not known), and which it must have."""
        if name in self.kb.attributes and name not in self.case.answers:
            return [(None, False)]
        if key := self.kb.finding(name, option):
            return [*self.findings.get(key, {}).items()]
        return [(value, True) for value in self.case.values(name, option)]

    def item(self, item: Any, option: str | None) -> Ends:
        """The bounds that an item of a score keeps: what must count does, and what must not does not."""
        case = Evaluation(self.kb, {})
        case.answers, case.bounds = self.case.answers, self.bounds
        case.sure = lambda when, about: tuple(must for must, _ in self.all(atoms(when), about))  # type: ignore
        return case.item(item, option)

    def quantity(self, node: Any, option: str | None) -> list[tuple[Any, bool]]:
        """What a quantity may be: a number, None (any), or two bounds; and whether it must have it."""
        if isinstance(node, str):
            key = self.kb.finding(node, option)
            if key and key[0] in self.kb.scored:
                if key[0] in self.kb.asked - self.told.keys():  # it may be answered with any number
                    return [(None, False)]
                return [(self.bounds[key], True)] if key in self.bounds else []
            literal = node[0] in "-+.0123456789"
            return [(number(node), True)] if literal else self.values(node, option)
        [(operator, operands)] = node.items()
        first, *rest = [self.quantity(operand, option) for operand in operands]
        for more in rest:
            first = [
                (None if None in (a, b) else spread_of(operator, ends_of(a), ends_of(b)), there and too)
                for a, there in first
                for b, too in more
            ]
        return first

    def all(self, conjunction: Iterable[Atom], option: str | None) -> tuple[Sides, Sides]:
        """Whether a condition must or may hold, and whether it must or may be denied."""
        pairs = [self.atom(name, test, option) for name, test in conjunction]
        return joined((held for held, _ in pairs), all), joined((denied for _, denied in pairs), any)

    def atom(self, name: str, test: Any, option: str | None) -> tuple[Sides, Sides]:
        if name == "any":
            pairs = [self.all(atoms(part), option) for part in test]
            return joined((held for held, _ in pairs), any), joined((denied for _, denied in pairs), all)
        if name in ("not", "unless", "counts"):
            held, denied = self.all(atoms(test), option)
            return (denied, held) if name == "not" else (turned(held), held if name == "unless" else NO)
        if name.startswith("!"):
            key = self.kb.excepted(name, option)
            held = self.fired.get(key, False), key in self.fired
            return held, turned(held)
        if name == "of":
            both = [self.all(atoms(part), option) for part in listing(test["of"])]
            # what must be so, and what may be: each is counted by itself
            sides = [
                counted(test, sum(held[n] for held, _ in both), sum(denied[n] for _, denied in both))
                for n in (0, 1)
            ]
            return (sides[0][0], sides[1][0]), (sides[0][1], sides[1][1])
        if isinstance(test, dict):
            return self.comparison(name, test, option)
        if name in self.kb.attributes and name not in self.case.answers:
            return OPEN, OPEN
        key = self.kb.finding(name, option)
        if key and key[0] in self.kb.scored:
            return self.scored(key, test)
        if key:
            values = self.findings.get(key, {})
            if test in ("known", "unknown"):
                found = joined([(must, True) for must in values.values()], any)
                return (found, turned(found)) if test == "known" else (turned(found), found)
            wanted = {self.kb.parse(self.kb.term(name), text) for text in listing(test)}
            fitting = [(must, True) for value, must in values.items() if value is None or value in wanted]
            if key[0] in self.kb.asked - self.kb.settled:
                told = key[0] in self.told
                so = told and self.told[key[0]] in wanted
                return joined(fitting, any), ((not so, not so) if told else OPEN)
            if key[0] not in self.kb.settled:
                return joined(fitting, any), NO
            others = [(must, True) for value, must in values.items() if value not in wanted]
            return joined(fitting, any), joined(others, any)
        held_now, denied_now = self.case.atom(name, test, option)
        return (held_now, held_now), (denied_now, denied_now)

    def scored(self, key: Key, test: Any) -> tuple[Sides, Sides]:
        if key not in self.bounds:
            return (NO, (True, True)) if test == "known" else (NO, NO)
        low, high = self.bounds[key]
        if test in ("known", "unknown"):
            found = low == high, True
            return (found, turned(found)) if test == "known" else (turned(found), found)
        each = [among(Fraction(text), low, high) for text in listing(test)]
        held = joined(((so, not no) for so, no in each), any)
        return held, joined(((no, not so) for so, no in each), all)

    def comparison(self, name: str, test: dict[str, Any], option: str | None) -> tuple[Sides, Sides]:
        if not self.kb.stated({name: test}, option):
            return NO, (True, True)
        [(operator, operand)] = test.items()
        so, not_so = [], []
        for a, there in self.quantity(name, option):
            for b, too in self.quantity(operand, option):
                results = (False, False) if None in (a, b) else compared(operator, ends_of(a), ends_of(b))
                so.append((there and too and results[0], not results[1]))
                not_so.append((there and too and results[1], not results[0]))
        held, unmet = joined(so, any), joined(not_so, any)
        return held, joined([unmet, turned(held)], all)


def weigh(arguments: list[dict[str, str]], decides: set[str]) -> tuple[str, dict[str, str]]:
    """The best verdict over the targets, and each target's."""
    deciding = [(stance, a) for a in arguments for stance in STANCES if a.get(stance) in decides]
    by_target = {}
    for target in {a.get("target", "") for _, a in deciding} - {""} or {""}:
        about = [(stance, a) for stance, a in deciding if a.get("target", target) == target]
        stances = {stance for stance, _ in about}
        strong = any(stance == "for" and a.get("strength") == "strong" for stance, a in about)
        if len(stances) == 1 and stances != {"unsure"}:
            favoured = "preferred" if strong else "option"
            by_target[target] = favoured if stances == {"for"} else "not-advised"
        else:
            by_target[target] = "uncertain" if stances else "not-addressed"
    return min(by_target.values(), key=RANKING.index), {t: v for t, v in by_target.items() if t}


def fires(kb: OracleKB, answers: dict[str, str]) -> set[Key]:
    """The instances that fire, and nothing else."""
    case = Evaluation(kb, answers)
    case.run()
    return set(case.fired)


def evaluate(kb: OracleKB, answers: dict[str, str]) -> dict[str, Any]:
    """Everything that follows from the answers."""
    case = Evaluation(kb, answers)
    case.run()
    done = [(i, kind, body) for i in case.fired.values() for kind, body in i.then]

    def about(option: str, kind: str) -> list[Any]:
        return [body for i, k, body in done if k == kind and i.option == option]

    def bound(side: str, pick: Any, option: str) -> Fraction | None:
        values = case.findings.get((kb.cost[side], option)) if kb.cost else None
        return pick(values) if values else None

    costs = {o: (bound("low", min, o), bound("high", max, o)) for o in kb.options}
    verdicts = {o: weigh(about(o, "argue"), kb.decides) for o in kb.options}
    outlook = Outlook(kb.ahead, answers)
    may_argue = {
        i.option
        for i in kb.ahead.order
        if i.key in outlook.fired
        for kind, body in i.then
        if kind == "argue" and any(body.get(stance) in kb.decides for stance in STANCES)
    }
    for option in may_argue:
        if option is not None and verdicts[option][0] == "not-addressed":
            verdicts[option] = ("open", verdicts[option][1])
    waits = {o: [step for step in kb.steps if step in about(o, "wait")] for o in kb.options}
    advice = [(i, {"advise": "advice"}.get(k, k), b) for i, k, b in done if k in ("advise", "caution")]
    return {
        "fired": list(case.fired),
        "findings": {(name, option, v) for (name, option), values in case.findings.items() for v in values},
        "bounds": {(name, option): ends for (name, option), ends in case.bounds.items()},
        "verdicts": {o: v for o, (v, _) in verdicts.items()},
        "targets": {o: t for o, (_, t) in verdicts.items()},
        "waits": waits,
        "timing": {o: ["now", *steps][-1] for o, steps in waits.items()},
        "flags": {o: [flag for flag in kb.flags if flag in about(o, "flag")] for o in kb.options},
        "cost": {o: None if c == (None, None) else c for o, c in costs.items()},
        "plan": [step for step in kb.steps if any(k == "plan" and b == step for _, k, b in done)],
        "advice": {
            (kind, b.get("id", i.rule) if isinstance(b, dict) else i.rule, i.option) for i, kind, b in advice
        },
        "not_fired": {i.key: case.judging(i).failure(i) for i in kb.order if kb.silent(i, case.fired)},
    }
