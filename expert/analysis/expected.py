"""Cases with what must follow from them: `kb/cases/*.yaml`, read, and held against what is seen.

What a run shows is a table: for a kind of thing and what it is about (`verdict` of an option,
`plan`, `fired`, ...) the values seen. A case expects some of these; `shown` gives them for a
whole list of cases at once.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from expert.consultation.case import Answer, Case, answered_twice, make_case, read_answer
from expert.io.problems import KnowledgeError, Problem, Span, shorten
from expert.io.yaml import Node, Reader
from expert.knowledge.files import CASE, EXPECTED, NO_COST, option_findings, overall_findings
from expert.knowledge.shapes import Listing, Name, Shape, Word
from expert.language.keys import with_option
from expert.language.model import BadValue, Term
from expert.language.policy import VERDICTS
from expert.language.rules import RuleBase


class Requirement(NamedTuple):
    """One thing that a case expects: the values that a kind of thing must have been seen with.

    Of `fired` these at least, of `not-fired` none of these, of all other kinds exactly these.
    """

    kind: str
    about: str
    wanted: frozenset[str]
    span: Span

    def fits(self, seen: Collection[str]) -> bool:
        if self.kind == "fired":
            return self.wanted <= set(seen)
        return not self.wanted & set(seen) if self.kind == "not-fired" else self.wanted == set(seen)

    @property
    def key(self) -> tuple[str, str]:
        return "fired" if self.kind == "not-fired" else self.kind, self.about


class Expected(NamedTuple):
    """A case of the case files: its answers, and what must follow."""

    name: str
    given: Case
    checks: tuple[Requirement, ...]
    span: Span


class Failure(NamedTuple):
    """A check that did not come out, and the values that were seen."""

    check: Requirement
    seen: tuple[str, ...]


# --- reading -----------------------------------------------------------------------------------
def load_cases(directory: Path, base: RuleBase) -> list[Expected]:
    """The cases beside a knowledge base, by file name. Raises KnowledgeError with every problem."""
    reader, folder = Reader(), directory / "kb" / "cases"
    cases: list[Expected] = []
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise KnowledgeError(f"`{folder}` cannot be read: {error.strerror}") from None
    for path in paths:
        if path.name.startswith("."):  # an editor's
            continue
        if path.suffix == ".yaml":
            node = reader.file(path, str(path))
            cases += read_cases(node, base, reader) if node else []
        elif path.suffix.lower() in (".yml", ".yaml"):
            shown = shorten(path.name)
            reader.add(Problem(f"case file `{shown}` would be ignored", Span(str(path)), "name it .yaml"))
    names: dict[str, Span] = {}
    for case in cases:
        first = names.setdefault(case.name, case.span)
        if case.name and first is not case.span:
            reader.add(
                Problem(f"duplicate case `{shorten(case.name)}`", case.span, f"first given at {first}")
            )
    if reader.problems:
        raise KnowledgeError(reader.problems)
    return cases


def read_cases(node: Node, base: RuleBase, reader: Reader) -> list[Expected]:
    """The cases of a file; problems are added to the reader's."""
    if node.items is None:
        reader.report(node, f"a case file must be a list of cases, not {node.shape}", "such as `- case: ...`")
        return []
    return [_CaseReader(base, reader).case(item) for item in node.items]


class _CaseReader:
    """Reads cases."""

    def __init__(self, base: RuleBase, reader: Reader) -> None:
        self.base, self.knowledge, self.reader = base, base.knowledge, reader
        self.names = {**_names_listed(CASE, base), **_names_listed(EXPECTED, base)}
        self.words = _words_allowed(EXPECTED, base)

    def case(self, node: Node) -> Expected:
        fields = CASE.read(node, self.reader)
        expecting = [key for key in CASE.some_of if key in fields]
        checks = [check for key in expecting for check in self._checks(key, fields)]
        if node.pairs and not expecting:
            self.reader.report(node, "the case expects nothing", f"keys: {', '.join(CASE.some_of)}")
        name = self.reader.text(fields.get("case"), "`case`")
        return Expected(name, self._given(fields.get("given")), tuple(checks), node.span)

    def _given(self, node: Node | None) -> Case:
        answers: dict[str, Answer] = {}
        answerable, problems, said = self.knowledge.answerable, list[Problem](), set[str]()
        for key, value in self._pairs(node, "`given`", "a mapping from attributes to values"):
            name = self.reader.pick(key, "attribute", answerable)
            twice = [p for p in answerable[name].parts if p in answers] if name and name not in said else []
            said.add(name)
            if twice:
                problems.append(answered_twice(twice[0], key.span))
            elif name:
                answers |= read_answer(value, answerable[name], self.knowledge, problems)
        for problem in problems:
            self.reader.add(problem)
        return make_case(answers, self.knowledge)

    def _pairs(self, node: Node | None, what: str, help: str) -> list[tuple[Node, Node]]:
        if node is not None and node.pairs is None:
            self.reader.report(node, f"{what} must be a mapping, not {node.shape}", help)
        return [(key, value) for key, value in (node.pairs or () if node else ()) if key.text is not None]

    def _checks(self, key: str, fields: dict[str, Node]) -> list[Requirement]:
        node = fields[key]
        if key == "expect":
            pairs = self._pairs(node, "`expect`", "a mapping from options to what is expected of them")
            checks = []
            for name, body in pairs:
                if id := self.reader.pick(name, "option", self.knowledge.options):
                    checks += self._option(id, body)
            return checks
        return self._findings(node, "") if key == "findings" else [self._listed(key, "", node)]

    def _listed(self, key: str, about: str, node: Node) -> Requirement:
        what, allowed = self.names[key]
        names = [self.reader.pick(item, what, allowed) for item in self.reader.listing(node)]
        for name in sorted({name for name in names if name and names.count(name) > 1}):
            self.reader.report(node, f"`{name}` is given twice in `{key}`")
        if key == "plan" and all(names) and sorted(names, key=allowed.index) != names:
            self.reader.report(node, "`plan` is not in the order of the steps", ", ".join(allowed))
        return Requirement(key, about, frozenset(names), node.span)

    def _option(self, option: str, node: Node) -> list[Requirement]:
        checks = []
        for key, body in EXPECTED.read(node, self.reader, f"`{option}`").items():
            if key in self.names:
                checks.append(self._listed(key, option, body))
            elif key == "findings":
                checks += self._findings(body, option)
            elif key == "targets":
                for target, verdict in self._pairs(body, "`targets`", "a mapping from targets to verdicts"):
                    kind = f"target {self.reader.pick(target, 'target', self.knowledge.targets)}"
                    checks.append(self._single(kind, option, verdict, "verdict", VERDICTS))
            elif key in ("low", "high"):
                checks.append(self._cost(key, option, body))
            else:
                checks.append(self._single(key, option, body, key, self.words[key]))
        return checks

    def _single(self, kind: str, about: str, node: Node, what: str, allowed: Collection[str]) -> Requirement:
        return Requirement(kind, about, frozenset([self.reader.pick(node, what, allowed)]), node.span)

    def _cost(self, key: str, option: str, node: Node) -> Requirement:
        if self.knowledge.cost is None:
            self.reader.report(node, f"`{key}` is a cost, and this knowledge base computes none")
        elif node.text != NO_COST:
            term = self.knowledge.findings[self.knowledge.cost[0]]
            return Requirement(key, option, self._values([node], term), node.span)
        return Requirement(key, option, frozenset(), node.span)

    def _findings(self, node: Node, option: str) -> list[Requirement]:
        terms = option_findings(self.base) if option else overall_findings(self.base)
        checks = []
        for key, value in self._pairs(node, "`findings`", "a mapping from findings to lists of values"):
            if name := self.reader.pick(key, "finding", terms):
                about = with_option(name, option)
                values = self._values(self.reader.listing(value), terms[name])
                checks.append(Requirement("findings", about, values, value.span))
        return checks

    def _values(self, nodes: list[Node], term: Term) -> frozenset[str]:
        values = set()
        for node in nodes:
            try:
                values.add(term.spell(term.parse(self.reader.text(node, f"`{term.name}`") or "?")))
            except BadValue as error:
                if node.text and not node.blank:
                    self.reader.report(node, error.message, error.help)
        return frozenset(values)


def _names_listed(shape: Shape, base: RuleBase) -> dict[str, tuple[str, list[str]]]:
    """The keys that hold names that the knowledge base gives: what these are of, and all that there are."""
    names = {}
    for key in shape.keys:
        if isinstance(key.holds, Listing) and isinstance(key.holds.item, Name):
            names[key.name] = key.holds.item.what, list(key.holds.item.among(base))
    return names


def _words_allowed(shape: Shape, base: RuleBase) -> dict[str, Collection[str]]:
    """The keys that hold a single word or name, with all that are allowed."""
    words: dict[str, Collection[str]] = {}
    for key in shape.keys:
        if isinstance(key.holds, Word):
            words[key.name] = key.holds.allowed
        elif isinstance(key.holds, Name):
            words[key.name] = key.holds.among(base)
    return words


def failures(expected: Expected, seen: dict[tuple[str, str], set[str]]) -> list[Failure]:
    """The checks of a case that did not come out."""
    checked = [(check, seen.get(check.key, set())) for check in expected.checks]
    return [Failure(check, tuple(sorted(values))) for check, values in checked if not check.fits(values)]
