"""Graphs of rules."""

from __future__ import annotations

import re
import shutil
import subprocess

from expert.language.rules import RuleBase, reads
from expert.views.graph import dot_lines, mermaid_lines, rule_graph


def test_the_graph_holds_all_that_rules_read_and_conclude(one_base: RuleBase) -> None:
    graph = rule_graph(one_base)
    label = {node.id: (node.kind, node.label) for node in graph.nodes}
    edges = {(label[edge.start], label[edge.end]) for edge in graph.edges}
    k = one_base.knowledge
    for rule in one_base.rules:
        for ref, _ in reads(rule):
            if ref.kind != "property":
                assert ((ref.kind, k.term(ref.name).label), ("rule", rule.id)) in edges
        for conclusion in rule.then:
            if conclusion.kind == "finding":
                assert (("rule", rule.id), ("finding", k.findings[conclusion.name].label)) in edges
    for instance in one_base.instances:
        if any(c.kind == "argument" for c in instance.then):
            assert (("rule", instance.rule.id), ("option", k.options[instance.option].label)) in edges
    assert len(set(graph.edges)) == len(graph.edges)
    assert {node.id for node in graph.nodes} >= {id for edge in graph.edges for id in (edge.start, edge.end)}


def test_what_must_be_absent_is_dashed(base: RuleBase) -> None:
    graph = rule_graph(base)
    ids = {(node.kind, node.label): node.id for node in graph.nodes}
    into = {(e.start, e.end): e.negative for e in graph.edges}
    acne, depth = ids["attribute", "active acne"], ids["attribute", "the depth of the scars"]
    assert into[acne, ids["rule", "find-out-about-acne"]]
    assert not into[depth, ids["rule", "depth-decides"]]  # it fires as well where the answer is left out
    assert into[ids["finding", "the kind of scars"], ids["rule", "clear-the-acne-for-other-scars"]]
    assert not into[acne, ids["rule", "clear-the-acne"]]


def test_dot(one_base: RuleBase) -> None:
    lines, graph = list(dot_lines(one_base)), rule_graph(one_base)
    assert (lines[0], lines[-1]) == ("digraph rules {", "}")
    assert sum(" -> " in line for line in lines) == len(graph.edges)
    assert all(re.fullmatch(r'  [^"]*("([^"\\]|\\.)*"[^"]*)*;', line) for line in lines[1:-1])
    if dot := shutil.which("dot"):
        text = "\n".join(lines)
        svg = subprocess.run([dot, "-Tsvg"], input=text, capture_output=True, text=True, check=True).stdout
        assert svg.count('class="node"') == len(graph.nodes)


def test_mermaid(one_base: RuleBase) -> None:
    lines, graph = list(mermaid_lines(one_base)), rule_graph(one_base)
    body = lines[lines.index("flowchart LR") + 1 :]
    text = r'"[^"<>&]*"'
    node = re.compile(rf"  [a-z]+\d+(\(\[|\[|\{{\{{|\(|\[/|>){text}(\]\)|\]|\}}\}}|\)|/\])")
    edge = re.compile(rf"  [a-z]+\d+ (-->|-\.->)(\|{text}\|)? [a-z]+\d+")
    assert sum(bool(node.fullmatch(line)) for line in body) == len(graph.nodes)
    assert sum(bool(edge.fullmatch(line)) for line in body) == len(graph.edges)
    assert len(body) == len(graph.nodes) + len(graph.edges)


def test_no_label_breaks_out_of_its_quotes(base: RuleBase) -> None:
    k = base.knowledge
    option = k.options["laser-treatment"]._replace(label='a "b" \\ <c> #d; [e] |f|')
    odd = base._replace(knowledge=k._replace(options={**k.options, option.id: option}))
    assert r'[label="a \"b\" \\ <c> #d; [e] |f|", shape=box' in "\n".join(dot_lines(odd))
    shown = "a #34;b#34; #92; #60;c#62; #35;d#59; #91;e#93; #124;f#124;"
    assert f'("{shown}")' in "\n".join(mermaid_lines(odd))
