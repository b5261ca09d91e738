"""Reading how results are shown: which findings lead, what excludes each other, rank, and own words."""

from __future__ import annotations

import re

from expert.io.problems import shorten
from expert.io.yaml import Node, Reader
from expert.knowledge.files import CALLED, HEADINGS_CALLED, ORDERS, OWN_WORDS, RANK, VERDICTS_CALLED
from expert.language.model import Ranking, Term, by_rule_name
from expert.language.words import WORDS, OwnWords

SILENT_ABOUT = ("{option}", "{about}")


def read_results(node: Node | None, findings: dict[str, Term], reader: Reader) -> tuple[str, ...]:
    """The findings that lead what is shown."""
    names = by_rule_name(findings)
    results = []
    for item in reader.listing(node):
        name = reader.pick(item, "finding", names)
        if name and names[name].name in results:
            reader.report(item, f"`{name}` is a result already")
        elif name:
            results.append(names[name].name)
    return tuple(results)


def read_exclusive(
    node: Node | None, findings: dict[str, Term], reader: Reader
) -> tuple[tuple[str, ...], ...]:
    """The groups of findings of which no case has two."""
    if node is not None and node.items is None:
        reader.report(node, f"`exclusive` must be a list, not {node.shape}", "such as `- [mild, severe]`")
        return ()
    groups = []
    for item in node.items or () if node else ():
        group = _group(item, findings, reader)
        if len(group) == 1 and group[0].type == "yes-no" and not group[0].per_option:
            help = "name two or more findings, a choice, or one that each option has"
            reader.report(item, f"`{group[0].name}` alone excludes nothing", help)
        elif group:
            groups.append(tuple(term.name for term in group))
    return tuple(groups)


def _group(node: Node, findings: dict[str, Term], reader: Reader) -> list[Term]:
    names = {name: term for name, term in by_rule_name(findings).items() if not term.ordered}
    terms: list[Term] = []
    for item in reader.listing(node):
        name = reader.pick(item, "yes-no or choice finding", names)
        if name and names[name] in terms:
            reader.report(item, f"`{name}` is named twice")
        elif name:
            terms.append(names[name])
    if node.items == []:
        reader.report(node, "no finding is given")
    return terms


def read_rank(node: Node | None, findings: dict[str, Term], reader: Reader) -> Ranking | None:
    """The number by which options are shown in their order."""
    if node is None:
        return None
    fields = RANK.read(node, reader)
    names = {name: term for name, term in by_rule_name(findings).items() if term.numeric and term.per_option}
    name = reader.pick(fields.get("by"), "per-option numeric finding", names)
    order = reader.pick(fields.get("order"), "order", ORDERS)
    return Ranking(names[name].name, order == "least-first") if name else None


def read_words(node: Node | None, reader: Reader) -> OwnWords:
    """What results are called, where the knowledge base says so."""
    if node is None:
        return WORDS
    fields = OWN_WORDS.read(node, reader)
    verdicts, clauses = dict(WORDS.verdicts), dict(WORDS.clauses)
    given = VERDICTS_CALLED.read(fields["verdicts"], reader) if "verdicts" in fields else {}
    for name, body in given.items():
        verdicts[name], clauses[name] = _called(name, body, reader)
    _check_different(given, verdicts, reader)
    headings = dict(WORDS.headings)
    read = HEADINGS_CALLED.read(fields["headings"], reader) if "headings" in fields else {}
    headings |= {name: reader.text(body, f"heading `{name}`") for name, body in read.items()}
    return OwnWords(verdicts, clauses, headings, _silence(fields.get("silence"), reader))


def _called(name: str, node: Node, reader: Reader) -> tuple[str, str]:
    """What a verdict is called, and how it reads after `is`."""
    if node.pairs is None:
        label = reader.text(node, f"verdict `{name}`")
        return label, label
    fields = CALLED.read(node, reader)
    label = reader.text(fields.get("label"), f"label of `{name}`")
    return label, reader.text(fields.get("clause"), f"`clause` of `{name}`") or label


def _check_different(given: dict[str, Node], verdicts: dict[str, str], reader: Reader) -> None:
    """No two verdicts are called the same: nobody could tell them apart."""
    for name, body in given.items():
        same = [other for other, words in verdicts.items() if other != name and words == verdicts[name]]
        if same and verdicts[name]:
            reader.report(body, f"verdict `{name}` is called as `{same[0]}` is: {shorten(verdicts[name])}")
            return


def _silence(node: Node | None, reader: Reader) -> str:
    text = reader.text(node, "`silence`")
    if node is None or not text:
        return WORDS.silence
    for word in re.findall(r"\{[^{}]*\}|[{}]", text):
        if word not in SILENT_ABOUT:
            reader.report(
                node, f"unknown placeholder `{shorten(word)}` in `silence`", "allowed: {option}, {about}"
            )
    return text
