"""Small random knowledge bases within the whole rule language, and cases for them.

`knowledge_files(random)` gives the texts of a valid knowledge base by file name; the same `random`
gives the same texts. Findings are numbered, and a rule that concludes one reads only those before it
(or itself and those before, where nothing is negated or computed), so that strata always exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import yaml

from expert.consultation.case import Case, parse_pairs
from expert.knowledge.load import open_files
from expert.language.model import Term
from expert.language.rules import RuleBase

Yaml = Any  # texts, lists and mappings of texts
NUMERIC = ("count", "number", "money")
DAYS = ("2004-02-29", "2022-02-28", "2022-03-01", "2024-02-29", "2020-03-01", "2020-03-02", "1999-12-31")
ORDERED = (*NUMERIC, "date")
OPERATORS = ("more-than", "at-least", "less-than", "at-most")
WORDS = ("amber", "basil", "coral", "delta")
LEVELS = 100  # above every finding


def knowledge_files(random: Random) -> dict[str, str]:
    """The files of a knowledge base."""
    return Generator(random).files()


def write_files(files: dict[str, str], directory: Path) -> Path:
    """Put the files into a directory, for what reads directories."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return directory


def generated_cases(bases: int) -> Iterator[tuple[RuleBase, Case]]:
    """Random cases of as many random knowledge bases."""
    for seed in range(bases):
        random = Random(seed)
        base, problems = open_files(knowledge_files(random))
        assert not problems
        for _ in range(6):
            pairs = [f"{name}={value}" for name, value in random_answers(base, random).items()]
            yield base, parse_pairs(pairs, base.knowledge)


def random_answers(base: RuleBase, random: Random) -> dict[str, str]:
    """Answers to some of the questions of a knowledge base that was made here."""
    answers = {}
    for name, term in base.knowledge.attributes.items():
        if random.random() < 0.8:
            numbers = [number(random, term.type, term.decimals) for _ in range(3)]
            known = numbers if term.ordered else list(term.values)
            answers[name] = random.choice([*known, *known, "unknown"])
    return answers


def tried(term: Term, numbers: list[str]) -> list[str]:
    """Answers to try: dates, some numbers, or the values that there are."""
    return [*DAYS] if term.is_date else numbers if term.numeric else list(term.values)


def number(random: Random, type: str, decimals: int) -> str:
    """A small number as the type writes it; with decimals if it has them. Or a date."""
    if type == "date":
        return random.choice(DAYS)
    whole = random.choice((0, 1, 1, 2, 3, 4, 6))
    part = random.choice(("0", "5")) if decimals == 1 else random.choice(("00", "50", "01"))
    return f"{whole}.{part}" if type != "count" and decimals else str(whole)


class Generator:
    """One knowledge base in the making."""

    def __init__(self, random: Random) -> None:
        self.random = random
        counts = [random.randint(*ends) for ends in ((2, 6), (1, 6), (0, 4), (1, 4))]
        attributes, findings, properties, options = counts
        self.attributes = {f"a{n}": self.term(f"a{n}", question="Well?") for n in range(attributes)}
        for term in self.attributes.values():
            if term["type"] == "choice" and random.random() < 0.3:
                term["type"] = "choices"
        self.findings = {f"f{n}": self.term(f"f{n}") for n in range(findings)}
        for term in self.findings.values():
            if random.random() < 0.4:
                term["per-option"] = "yes"
        yes_no = [name for name, term in self.findings.items() if term["type"] == "yes-no"]
        self.settled = {name for name in yes_no if random.random() < 0.8}
        numeric = [name for name, term in self.findings.items() if term["type"] in NUMERIC]
        self.scored = {name for name in numeric if random.random() < 0.3}
        self.asked = {n for n, t in self.findings.items() if "per-option" not in t and random.random() < 0.2}
        for name in sorted(self.asked):
            self.findings[name] |= {"ask": "first", "question": "Well?"}
        for term in self.attributes.values():
            if term["type"] in NUMERIC and random.random() < 0.4:
                term |= {"min": "0", "max": "9"}
        self.dates = [name for name, term in self.attributes.items() if term["type"] == "date"]
        self.properties = {f"q{n}": self.term(f"q{n}") for n in range(properties)}
        self.options = {f"o{n}": self.option(n) for n in range(options)}
        self.steps, self.flags = self.named("s", 3), self.named("g", 2)
        self.targets, self.topics = self.named("t", random.randint(0, 2)), self.named("c", 3)
        self.topics["c0"] = {"label": "decisive", "decides": "yes"}
        self.waited: set[str] = set()

    # --- declarations -----------------------------------------------------------------------

    def named(self, letter: str, count: int) -> dict[str, Yaml]:
        return {f"{letter}{n}": f"{letter} number {n}" for n in range(count)}

    def term(self, name: str, **fields: str) -> dict[str, Yaml]:
        type = self.random.choice(("choice", "choice", "yes-no", *NUMERIC, "date"))
        found: dict[str, Yaml] = {"type": type, "label": f"term {name}", **fields}
        if type == "choice":
            found["values"] = {word: f"{word} it is" for word in WORDS[: self.random.randint(1, 4)]}
        if type == "number" and self.random.random() < 0.4:
            found["decimals"] = self.random.choice("012")
        if type == "money":
            found["currency"] = "EUR"
        if type == "count" and self.random.random() < 0.3:
            found["unit"] = "pieces"
        return found

    def option(self, n: int) -> dict[str, Yaml]:
        data = {}
        for name, term in self.properties.items():
            if self.random.random() < 0.7:
                many = self.random.choice((1, 1, 2)) if term["type"] in ORDERED else self.random.randint(1, 2)
                values = dict.fromkeys(self.value(term) for _ in range(many))
                found = [{"value": value, "claims": "p1s1"} for value in values]
                data[name] = found if len(found) > 1 else found[0]
        return {"label": f"Option {n}", **({"properties": data} if data else {})}

    # --- values and quantities --------------------------------------------------------------

    def value(self, term: dict[str, Yaml]) -> str:
        if term["type"] in ORDERED:
            return number(self.random, term["type"], self.decimals(term))
        return self.random.choice([*term.get("values", ("yes", "no"))])

    def decimals(self, term: dict[str, Yaml]) -> int:
        return int(term.get("decimals", {"money": 2, "number": 1}.get(term["type"], 0)))

    def measure(self, term: dict[str, Yaml]) -> tuple[int, str]:
        return self.decimals(term), term.get("currency", term.get("unit", ""))

    def values(self, term: dict[str, Yaml]) -> Yaml:
        some = list(dict.fromkeys(self.value(term) for _ in range(self.random.randint(1, 3))))
        return some if len(some) > 1 or self.random.random() < 0.2 else some[0]

    def terms(self, level: int, scoped: bool, strict: bool) -> dict[str, dict[str, Yaml]]:
        """What a rule may read that concludes finding number `level`, by the name it is read under."""
        found = dict(self.attributes)
        for n, (name, term) in enumerate(self.findings.items()):
            at_all = strict or name in self.settled | self.scored
            if n < level + (not at_all) and (scoped or "per-option" not in term):
                found["option." * ("per-option" in term) + name] = term
        return found | ({f"option.{n}": t for n, t in self.properties.items()} if scoped else {})

    def quantity(self, term: dict[str, Yaml], level: int, scoped: bool, depth: int = 2) -> Yaml:
        """A quantity measured as a term is."""
        readable = self.terms(level, scoped, True)
        dates = [n for n, t in readable.items() if t["type"] == "date"]
        if term["type"] == "date":
            return self.moment(dates, depth)
        numeric = {n: t for n, t in readable.items() if t["type"] in NUMERIC}
        same = [n for n, t in numeric.items() if self.measure(t) == self.measure(term)]
        kind = self.random.choice(("number", "name", "name", "sum", "times", "extreme", "share", "years"))
        if kind == "name" and same:
            return self.random.choice(same)
        if depth and kind == "sum":
            operator = self.random.choice(("plus", "minus"))
            many = 2 if operator == "minus" else self.random.randint(2, 3)
            return {operator: [self.quantity(term, level, scoped, depth - 1) for _ in range(many)]}
        if depth and kind == "extreme":
            parts = [self.quantity(term, level, scoped, depth - 1) for _ in range(self.random.randint(2, 3))]
            return {self.random.choice(("min", "max")): parts}
        if depth and kind == "years" and term["type"] != "money":
            return {"years-between": [self.moment(dates, 1) for _ in range(2)]}
        if kind == "share" and same:
            share = self.random.choice(("25", "12.5", "150", "-50"))
            if self.random.random() < 0.5:
                return {"percent": [share, self.random.choice(same)]}
            return {
                "times": self.random.sample(
                    [self.random.choice(same), share if "." in share else share + ".5"], 2
                )
            }
        factors = self.factors(term, numeric, same) if depth and kind == "times" else []
        return {"times": factors} if factors else self.value(term)

    def moment(self, dates: list[str], depth: int) -> Yaml:
        """A date, the name of one, or the first or last of such."""
        if depth and self.random.random() < 0.2:
            return {self.random.choice(("min", "max")): [self.moment(dates, depth - 1) for _ in range(2)]}
        return self.random.choice(dates) if dates and self.random.random() < 0.7 else self.random.choice(DAYS)

    def factors(self, term: dict[str, Yaml], numeric: dict[str, Yaml], same: list[str]) -> list[str]:
        """Factors of which one is measured as the term is, unless it is a plain count; none if none fits."""
        measured = any(self.measure(term))
        plain = [n for n, t in numeric.items() if t["type"] != "money" and not self.decimals(t)]
        counts = [n for n in plain if not (measured and n in same)] + ["2", "3"]
        if not measured:
            return self.random.choices(counts, k=self.random.randint(2, 3))
        fits = [*same, *([self.value(term)] if self.decimals(term) else [])]
        found = [self.random.choice(counts), self.random.choice(fits)] if fits else []
        return self.random.sample(found, len(found))

    # --- conditions -------------------------------------------------------------------------

    def condition(self, level: int, scoped: bool, depth: int, mode: str = "") -> Yaml:
        """A mapping, or a list of conditions where a mapping would not do."""
        entries = [self.entry(level, scoped, depth, mode) for _ in range(self.random.choice((1, 1, 2, 2, 3)))]
        keys = [key for key, _ in entries]
        if len(set(keys)) == len(keys) and self.random.random() < 0.9:
            return dict(entries)
        return [{key: value} for key, value in entries]

    def entry(self, level: int, scoped: bool, depth: int, mode: str) -> tuple[str, Yaml]:
        """One entry. `mode`: under `unless` findings have to be settled, under `not` there are none."""
        kind = self.random.choice(("test", "test", "test", "any", "all", "unless", "not", "option", "of"))
        if kind == "option" and scoped:
            ids = self.random.sample(list(self.options), self.random.randint(1, len(self.options)))
            return "option", ids if len(ids) > 1 else ids[0]
        if kind in ("test", "option") or not depth:
            return self.test(level, scoped, mode)
        if kind == "any":
            many = self.random.randint(2, 3)
            return "any", [self.condition(level, scoped, depth - 1, mode) for _ in range(many)]
        if kind == "of":
            return "all", self.count(level, scoped, depth, mode)
        inner = mode if kind == "all" or (mode == "not" and kind == "not") else kind
        return kind, self.condition(level, scoped, depth - 1, inner)

    def count(self, level: int, scoped: bool, depth: int, mode: str) -> dict[str, Yaml]:
        """How many of some conditions hold; where that is bounded above, they can be denied."""
        many = self.random.randint(1, 4)
        operators = self.random.sample((*OPERATORS, "exactly"), self.random.choice((1, 1, 1, 2)))
        upper = {"less-than", "at-most", "exactly"} & {*operators}
        inner = "not" if upper else mode
        parts = [self.condition(level, scoped, depth - 1, inner) for _ in range(many)]
        return {o: str(self.random.randint(0, many)) for o in operators} | {"of": parts}

    def test(self, level: int, scoped: bool, mode: str) -> tuple[str, Yaml]:
        terms = self.terms(level, scoped, bool(mode))
        if mode == "not":
            ordinary = self.findings.keys() - self.settled - self.scored - self.asked
            terms = {n: t for n, t in terms.items() if n.removeprefix("option.") not in ordinary}
        name = self.random.choice(list(terms))
        term, about = terms[name], self.random.random()
        if term["type"] == "choices":
            return self.of_several(name, term)
        finding = name.removeprefix("option.") in self.findings
        settled = not finding or int(name.removeprefix("option.")[1:]) < level
        if about < 0.15:
            return name, "known"
        deniable = not finding or name.removeprefix("option.") in self.settled | self.scored
        deniable = deniable or (name in self.asked and settled)
        if about < 0.25 and deniable and not name.startswith("option.q"):
            return name, "unknown"
        if about < 0.4 and deniable:
            return name, {"not": self.values(term)}
        if about < 0.8 and term["type"] in ORDERED and settled:
            operators = self.random.sample(OPERATORS, self.random.choice((1, 1, 1, 2)))
            return name, {o: self.operand(term, level, scoped, mode) for o in operators}
        return name, self.values(term)

    def of_several(self, name: str, term: dict[str, Yaml]) -> tuple[str, Yaml]:
        """A test of an attribute with several answers, or of the yes-no that one of its values is."""
        kind = self.random.choice(
            ("known", "unknown", "none", "not", "count", "count", "part", "some", "some")
        )
        if kind in ("known", "unknown", "none"):
            return name, kind
        if kind == "not":
            return name, {"not": self.random.choice((self.values(term), self.values(term), "none"))}
        if kind == "part":
            return f"{name}.{self.value(term)}", self.random.choice(("yes", "no", "known", ["yes", "no"]))
        if kind == "some":
            return name, self.values(term)
        operators = self.random.sample((*OPERATORS, "exactly"), self.random.choice((1, 1, 2)))
        return name, {o: str(self.random.randint(0, len(term["values"]))) for o in operators}

    def operand(self, term: dict[str, Yaml], level: int, scoped: bool, mode: str) -> Yaml:
        """What a term is compared with; under `not`, no finding."""
        found = self.quantity(term, level, scoped)
        if mode == "not" and any(f"f{n}" in str(found) for n in range(len(self.findings))):
            return self.value(term)
        return found

    # --- rules ------------------------------------------------------------------------------

    def rule(self, n: int) -> dict[str, Yaml]:
        scoped, names = self.random.random() < 0.6, list(self.findings)
        ordinary = [name for name in names if name not in self.settled | self.scored]
        usable = [name for name in ordinary if scoped or "per-option" not in self.findings[name]]
        concluded = self.random.sample(usable, min(len(usable), self.random.choice((0, 0, 1, 1, 1, 2))))
        level = min((names.index(name) for name in concluded), default=LEVELS)
        then: list[Yaml] = [{"conclude": self.conclude(concluded, level, scoped)}] if concluded else []
        then += [self.conclusion(scoped) for _ in range(self.random.choice((0, 1, 2)) or not concluded)]
        return self.written(n, self.condition(level, scoped, 3), then, scoped)

    def settling(self, n: int, name: str) -> dict[str, Yaml]:
        """The rule that settles a finding: a condition that can be denied, and perhaps more that follows."""
        scoped, level = "per-option" in self.findings[name], [*self.findings].index(name)
        then: list[Yaml] = [{"settle": "option." * scoped + name}]
        then += [self.conclusion(scoped) for _ in range(self.random.choice((0, 0, 1)))]
        # a rule that mentions the option settles only what is the option's
        rule = self.written(n, self.condition(level, scoped, 3, "not"), then, scoped)
        return rule | ({"otherwise": self.because(scoped)} if self.random.random() < 0.5 else {})

    def exception(self, n: int, rules: list[dict[str, Yaml]]) -> dict[str, Yaml]:
        """An exception to rules: it reads answers and may conclude something."""
        named = self.random.sample(rules, min(len(rules), self.random.choice((1, 1, 2))))
        condition: Yaml = {}
        while not condition or "option" in str(condition):
            condition = self.condition(-1, False, 1)
        rule = self.written(len(rules) + 40 + n, condition, [self.conclusion(False)], False)
        if self.random.random() < 0.5:
            del rule["then"]
        rule |= {"id": f"e{n}", "claims": "p1s1"}
        ids = [each["id"] for each in named]
        return rule | {"exception-to": ids if len(ids) > 1 else ids[0]}

    def scoring(self, n: int, name: str) -> dict[str, Yaml]:
        """The rule that adds up a score."""
        term, level = self.findings[name], [*self.findings].index(name)
        scoped = "per-option" in term
        items = [self.item(term, level, scoped) for _ in range(self.random.randint(1, 4))]
        then: list[Yaml] = [{"score": {"option." * scoped + name: items}}]
        then += [self.conclusion(scoped) for _ in range(self.random.choice((0, 0, 1)))]
        rule = self.written(n, {}, then, scoped)
        rule.pop("when", None)
        rule.pop("in-force", None)
        return rule

    def item(self, term: dict[str, Yaml], level: int, scoped: bool) -> Yaml:
        kind = self.random.choice(("row", "row", "row", "first", "number", "name"))
        readable = self.terms(level, scoped, True)
        names = [
            n for n, t in readable.items() if t["type"] in NUMERIC and self.measure(t) == self.measure(term)
        ]
        fits = [n for n in names if n.removeprefix("option.") in self.scored or "max" in readable[n]]
        if kind == "name" and fits:
            return self.random.choice(fits)
        if kind == "number":
            return self.points(term)
        if kind != "first":
            return self.row(term, level, scoped)
        rows: list[Yaml] = [self.row(term, level, scoped) for _ in range(self.random.randint(1, 3))]
        return {"first": [*rows, *([self.points(term)] if self.random.random() < 0.5 else [])]}

    def row(self, term: dict[str, Yaml], level: int, scoped: bool) -> dict[str, Yaml]:
        row: dict[str, Yaml] = {"points": self.points(term), "when": self.condition(level, scoped, 2, "not")}
        return row | ({"claims": "p1s1"} if self.random.random() < 0.5 else {})

    def concluding(self, n: int, name: str) -> dict[str, Yaml]:
        """A rule that concludes a finding of answers alone."""
        rule = self.written(n, {}, [{"conclude": {name: self.value(self.findings[name])}}], False)
        return rule | {"when": self.condition(-1, False, 1)}

    def points(self, term: dict[str, Yaml]) -> str:
        """A number of points; below 0 where the term may be."""
        below = term["type"] != "count" and self.random.random() < 0.3
        return "-" * below + self.value(term)

    def written(self, n: int, when: Yaml, then: list[Yaml], scoped: bool) -> dict[str, Yaml]:
        rule: dict[str, Yaml] = {"id": f"r{n}", "claims": f"p1s{n + 1}"}
        rule["basis"] = self.random.choice(("stated", "inferred", "added"))
        if rule["basis"] == "added":
            rule["reason"] = "It was missing."
        if self.random.random() < 0.95:
            rule["when"] = when
        if self.dates and self.random.random() < 0.3:
            rule["in-force"] = self.in_force()
        rule["then"] = then
        rule["because"] = self.because(scoped)
        if self.random.random() < 0.3:
            rule["salience"] = str(self.random.randint(-2, 2))
        return rule

    def in_force(self) -> dict[str, Yaml]:
        """Days between which a rule is in force, or one of them."""
        start, end = sorted(self.random.sample(DAYS, 2))
        return self.random.choice(({"from": start, "until": end}, {"from": start}, {"until": end}))

    def because(self, scoped: bool) -> str:
        names = list(self.terms(LEVELS, scoped, True)) + ["option"] * scoped
        return "So says {" + self.random.choice(names) + '}, and so says "it".'

    def conclude(self, names: list[str], level: int, scoped: bool) -> dict[str, Yaml]:
        found = {}
        for name in names:
            term = self.findings[name]
            numeric = term["type"] in ORDERED
            value = self.quantity(term, level, scoped) if numeric else self.value(term)
            found["option." * ("per-option" in term) + name] = value
        return found

    def conclusion(self, scoped: bool) -> Yaml:
        kind = self.random.choice(("argue", "argue", "argue", "plan", "wait", "flag", "advise", "caution"))
        if not scoped and kind in ("argue", "wait", "flag"):
            kind = "plan"
        if kind == "argue":
            return {"argue": self.argument()}
        if kind in ("advise", "caution"):
            plain = self.random.random() < 0.5
            return {kind: "Do it." if plain else {"says": self.because(scoped), "id": 'the "same" one'}}
        name = self.random.choice(list(self.flags if kind == "flag" else self.steps))
        if kind == "wait":
            self.waited.add(name)
        return {kind: name}

    def argument(self) -> dict[str, Yaml]:
        stance = self.random.choice(("for", "for", "against", "unsure"))
        found = {stance: self.random.choice(list(self.topics))}
        if self.targets and self.random.random() < 0.6:
            found["target"] = self.random.choice(list(self.targets))
        if self.random.random() < 0.3:
            found["strength"] = self.random.choice(("plain", "strong"))
        if self.random.random() < 0.3:
            found["says"] = "{option} would do."
        return found

    # --- files ------------------------------------------------------------------------------

    def files(self) -> dict[str, str]:
        rules = [self.rule(n) for n in range(self.random.randint(3, 12))]
        exceptions = [self.exception(n, rules) for n in range(self.random.choice((0, 0, 1, 2)))]
        rules += [rule for rule in exceptions if rule]
        for name in sorted(self.scored):
            rules.insert(self.random.randint(0, len(rules)), self.scoring(len(rules), name))
        for name in sorted(self.settled):
            rules.insert(self.random.randint(0, len(rules)), self.settling(len(rules), name))
        for name in sorted(self.asked - self.settled - self.scored):
            rules.append(self.concluding(len(rules), name))  # what can be answered is concluded too
        rules.append(
            {
                "id": "all-steps",
                "claims": f"p1s{len(rules) + 1}",
                "basis": "stated",
                "when": {"a0": "known"},
                "then": {"plan": [*sorted(self.waited), "s0"]},
                "because": "What is waited for has to be planned.",
            }
        )
        claims = {
            f"p1s{n + 1}": {"says": f"Sentence {n}.", "hedge": "asserts", "fingerprint": f"{n:016x}"}
            for n in range(len(rules))
        }
        vocabulary = {"attributes": self.attributes, "findings": self.findings, "topics": self.topics}
        vocabulary |= {"steps": self.steps, "flags": self.flags}
        sheet: dict[str, Yaml] = {"properties": self.properties, "options": self.options}
        costs = [n for n, t in self.findings.items() if t["type"] == "money" and "per-option" in t]
        if costs:
            sheet["cost"] = {"low": costs[0], "high": costs[-1]}
        cut = self.random.randint(1, len(rules) - 1)
        document = {"id": "made-up", "title": "Made up", "version": "1", "disclaimer": "Made up."}
        if self.dates:
            document["as-of"] = self.dates[0]
        made = {
            "kb/document.yaml": document,
            "kb/claims.yaml": {"hedges": {"asserts": "it says so"}, "claims": claims},
            "kb/vocabulary.yaml": vocabulary | ({"targets": self.targets} if self.targets else {}),
            "kb/options.yaml": sheet,
            "rules/1.yaml": rules[:cut],
            "rules/2.yaml": rules[cut:],
        }
        return {name: written(part) for name, part in made.items()}


def written(part: Yaml) -> str:
    return str(yaml.dump(part, Dumper=yaml.CSafeDumper, sort_keys=False, width=200))
