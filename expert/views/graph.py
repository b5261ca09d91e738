"""The rules as a graph, for Graphviz and for Mermaid: what is asked, what follows, for which option.

Attributes -> rules -> findings -> rules -> options (and plan steps, and advice). A rule stands
for all of its instances. What is read through `not`, `unless` or as unknown is a dashed arrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from expert.io.quoting import backslashed, quoted
from expert.language.conclusions import Advise, Argue, Caution, Conclude, Conclusion, Flag, Plan, Tally, Wait
from expert.language.conditions import Condition, Known, Leaf, refs, walk
from expert.language.keys import exception_of
from expert.language.model import Knowledge
from expert.language.rules import Rule, RuleBase, reads

DOT_SHAPES = {
    "attribute": "shape=ellipse, fillcolor=lightyellow",
    "rule": "shape=box, fillcolor=white",
    "finding": "shape=hexagon, fillcolor=lightblue",
    "option": 'shape=box, style="filled,rounded", fillcolor=palegreen',
    "step": "shape=cds, fillcolor=lavender",
    "advice": "shape=note, fillcolor=whitesmoke",
}

MERMAID_SHAPES = {
    "attribute": ("([", "])"),
    "rule": ("[", "]"),
    "finding": ("{{", "}}"),
    "option": ("(", ")"),
    "step": ("[/", "/]"),
    "advice": (">", "]"),
}

LABELS = {"wait": "waits", "flag": "noted"}  # of arrows to options


class GraphNode(NamedTuple):
    """One thing of the graph; `id` is letters and digits."""

    id: str
    kind: str
    label: str


class Edge(NamedTuple):
    """One arrow, from node id to node id."""

    start: str
    end: str
    label: str = ""
    negative: bool = False  # it holds where there is no such thing


class Graph(NamedTuple):
    """A rule base as nodes and edges, in the order of the files."""

    title: str
    nodes: tuple[GraphNode, ...]
    edges: tuple[Edge, ...]


def rule_graph(base: RuleBase) -> Graph:
    """The graph of a rule base: everything that a rule reads or concludes."""
    knowledge = base.knowledge
    declared = [
        *(("attribute", term.name, term.label) for term in knowledge.questions.values()),
        *(("rule", rule.id, rule.id) for rule in base.rules),
        *(("finding", term.name, term.label) for term in knowledge.findings.values()),
        *(("option", option.id, option.label) for option in knowledge.options.values()),
        *(("step", step.id, step.label) for step in knowledge.steps.values()),
        ("advice", "advice", "advice"),
        ("advice", "caution", "caution"),
    ]
    ids = {(kind, name): f"{kind}{n}" for n, (kind, name, _) in enumerate(declared, 1)}
    edges = [
        Edge(ids[start], ids[end], label, negative)
        for rule in base.rules
        for start, end, label, negative in _arrows(rule, base)
    ]
    ends = {id for edge in edges for id in (edge.start, edge.end)}
    nodes = [GraphNode(ids[kind, name], kind, label) for kind, name, label in declared]
    kept = tuple(node for node in nodes if node.id in ends or node.kind == "rule")
    return Graph(f"{knowledge.title} {knowledge.version}", kept, tuple(dict.fromkeys(edges)))


NodeName = tuple[str, str]  # kind, and name among its kind


def _arrows(rule: Rule, base: RuleBase) -> Iterator[tuple[NodeName, NodeName, str, bool]]:
    """The arrows into a rule and out of it."""
    itself, knowledge = ("rule", rule.id), base.knowledge
    signs = {(_asked(name, knowledge), absent) for name, absent in _signs(rule.when)}
    for kind, name in dict.fromkeys((ref.kind, _asked(ref.name, knowledge)) for ref, _ in reads(rule)):
        if exception_of(name):
            yield ("rule", exception_of(name)), itself, "exception", False
        elif kind != "property":
            yield (kind, name), itself, "", (name, True) in signs and (name, False) not in signs
    options = [i.option for i in base.instances if i.rule.id == rule.id and i.option]
    for conclusion in rule.then:
        yield from _concluded(itself, conclusion, options)


def _asked(name: str, knowledge: Knowledge) -> str:
    """What is drawn for a name: of several answers to one question that question."""
    return knowledge.question_of(name).name if name in knowledge.attributes else name


def _concluded(
    rule: NodeName, c: Conclusion, options: list[str]
) -> Iterator[tuple[NodeName, NodeName, str, bool]]:
    match c:
        case Argue() | Wait() | Flag():
            label = c.stance if isinstance(c, Argue) else LABELS[c.kind]
            yield from ((rule, ("option", option), label, False) for option in options)
        case Advise() | Caution():
            yield rule, ("advice", c.kind), "", False
        case Tally():
            yield rule, ("finding", c.name), "", False
        case Conclude() | Plan():
            yield rule, (c.kind, c.name), "", False
        case _:
            assert_never(c)


def _signs(condition: Condition) -> Iterator[tuple[str, bool]]:
    """The names that a condition reads, each with whether it holds where there is no such thing."""
    for part, negations in walk(condition):
        if isinstance(part, Leaf):
            absent = isinstance(part, Known) and not part.wanted
            yield from ((ref.name, (negations % 2 == 1) != absent) for ref, _ in refs(part))


def dot_lines(base: RuleBase) -> Iterator[str]:
    """The graph in Graphviz's language."""
    graph = rule_graph(base)
    yield "digraph rules {"
    yield f"  label={backslashed(graph.title)};"
    yield "  rankdir=LR;"
    yield '  node [style=filled, fontname="sans-serif"];'
    for node in graph.nodes:
        yield f"  {node.id} [label={backslashed(node.label)}, {DOT_SHAPES[node.kind]}];"
    for edge in graph.edges:
        features = [f"label={backslashed(edge.label)}"] if edge.label else []
        features += ["style=dashed"] if edge.negative else []
        yield f"  {edge.start} -> {edge.end}" + (f" [{', '.join(features)}];" if features else ";")
    yield "}"


def mermaid_lines(base: RuleBase) -> Iterator[str]:
    """The graph in Mermaid's language."""
    graph = rule_graph(base)
    yield "---"
    yield f"title: {quoted(graph.title)}"
    yield "---"
    yield "flowchart LR"
    for node in graph.nodes:
        opening, closing = MERMAID_SHAPES[node.kind]
        yield f"  {node.id}{opening}{_mermaid_text(node.label)}{closing}"
    for edge in graph.edges:
        arrow = "-.->" if edge.negative else "-->"
        yield f"  {edge.start} {arrow}{f'|{_mermaid_text(edge.label)}|' if edge.label else ''} {edge.end}"


def _mermaid_text(text: str) -> str:
    """A text in quotes; what Mermaid or HTML would read as markup is written as a numbered entity."""
    safe = "".join(c if c.isalnum() or c in " -_.,:()'/" else f"#{ord(c)};" for c in text)
    return f'"{safe}"'
