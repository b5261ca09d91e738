"""`kb export`: schemas that take what the loader takes, graphs, the review sheet, the command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
import typer
import yaml
from markdown_it import MarkdownIt
from support.compare import BASES, choices
from support.generate import knowledge_files
from support.oracle import OracleKB
from support.yaml12 import Core
from typer.testing import CliRunner

from expert.authoring.schema import schema
from expert.backends import clips as clips_text
from expert.commands.export import export, writers
from expert.consultation.case import read_case
from expert.io.problems import KnowledgeError
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase, reads
from expert.views.graph import dot_lines, mermaid_lines, rule_graph
from expert.views.sheet import SIGNING, plain, review_lines

GENERATED = 20
app = typer.Typer()
app.command("export")(export)


LOADERS = {"texts": yaml.BaseLoader, "as an editor reads it": Core}


@pytest.fixture(scope="module", params=BASES)
def one_base(request: pytest.FixtureRequest) -> RuleBase:
    return load(BASES[request.param])


MADE: dict[tuple[str, str], Any] = {}  # validators, by the hash of the knowledge and the definition


def validator(base: RuleBase, definition: str = "") -> Any:
    key = base.knowledge.hash, definition
    if key not in MADE:
        found = schema(base)
        if definition:
            found = {"$ref": f"#/definitions/{definition}", "definitions": found["definitions"]}
        jsonschema.Draft7Validator.check_schema(found)
        MADE[key] = jsonschema.Draft7Validator(found)
    return MADE[key]


# --- JSON Schema -----------------------------------------------------------------------------


def kind_of(name: str) -> str:
    return "rules" if name.startswith("rules/") else Path(name).stem


@pytest.mark.parametrize("loader", LOADERS.values(), ids=LOADERS)
def test_the_files_of_a_knowledge_base_fit_its_schema(one_base: RuleBase, loader: Any) -> None:
    for name, text in one_base.knowledge.files.items():
        content = yaml.load(text, Loader=loader)
        for held in (validator(one_base), validator(one_base, kind_of(name))):
            assert not [(name, e.message) for e in held.iter_errors(content)]


def test_generated_files_fit_their_schema() -> None:
    for seed in range(GENERATED):
        files = knowledge_files(Random(seed))
        held = validator(open_files(files)[0])
        for name, text in files.items():
            for loader in LOADERS.values():
                found = [e.message for e in held.iter_errors(yaml.load(text, Loader=loader))]
                assert not found, f"{name} with seed {seed}"


def test_other_files_of_the_directory_are_not_taken_for_what_they_are_not(base: RuleBase) -> None:
    held = validator(base)
    for path in [*(BASES["acne"] / "kb" / "cases").glob("*.yaml"), BASES["acne"] / "kb" / "invariants.yaml"]:
        if path.exists():
            assert held.is_valid(yaml.load(path.read_text(), Loader=Core)), path
    assert not held.is_valid([{"case": "x", "given": {"scar_depth": "deeper"}}])


MISTAKES = [  # file, what stands there, what is written instead
    ("kb/document.yaml", "title:", "titel:"),
    ("kb/document.yaml", 'version: "1.0"', "version: []"),
    ("kb/claims.yaml", "p1s1:", "p1.1:"),
    ("kb/claims.yaml", "hedge: asserts", "hedges: asserts"),
    ("kb/claims.yaml", 'fingerprint: "f1dd', 'fingerprint: "F1DD'),
    ("kb/vocabulary.yaml", "type: choice", "type: chioce"),
    ("kb/vocabulary.yaml", "type: yes-no", "type: choice"),
    ("kb/vocabulary.yaml", "type: yes-no", "type: yes-or-no"),
    ("kb/vocabulary.yaml", "    currency: USD\n", ""),
    ("kb/vocabulary.yaml", "    currency: USD\n", "    currency: USD\n    unit: scars\n"),
    ("kb/vocabulary.yaml", "fixed: yes", "fixed: true"),
    ("kb/vocabulary.yaml", "fixed: yes", "per-option: yes"),
    ("kb/vocabulary.yaml", "decides: yes", "decides: maybe"),
    ("kb/vocabulary.yaml", "  budget:", "  any:"),
    ("kb/vocabulary.yaml", "      deep: deep\n", "      unknown: deep\n"),
    ("kb/vocabulary.yaml", "    question: How deep are the scars you want treated?\n", ""),
    ("kb/options.yaml", "value: excision", "value: excison"),
    ("kb/options.yaml", "claims: p9s2", "claims: p99s2"),
    ("kb/options.yaml", "{value: 50, claims: p13s2}", "{value: fifty, claims: p13s2}"),
    ("kb/options.yaml", "{value: 2, claims: p8s2}", "{value: 2.5, claims: p8s2}"),
    ("kb/options.yaml", "{value: 2, claims: p8s2}", "{value: -2, claims: p8s2}"),
    ("kb/options.yaml", "low: least_cost", "low: scar_kind"),
    ("kb/options.yaml", "response: {value", "respnse: {value"),
    ("rules/1-depth.yaml", "- id: deep-scars-present", "- id: Deep scars"),
    ("rules/1-depth.yaml", "basis: inferred", "basis: guessed"),
    ("rules/1-depth.yaml", "basis: inferred", "basis: added"),
    ("rules/1-depth.yaml", "[deep, both]", "[deep, bth]"),
    ("rules/1-depth.yaml", "[deep, both]", "[]"),
    ("rules/1-depth.yaml", "scar_depth: unknown", "scar_dpth: unknown"),
    ("rules/1-depth.yaml", "[deep, both]", "[deep, unknown]"),
    ("rules/1-depth.yaml", "[deep, both]", "{more-than: 2}"),
    ("rules/1-depth.yaml", "when: {scar_depth: [deep, both]}", "when: deep"),
    ("rules/1-depth.yaml", "when: {scar_depth: [deep, both]}", "if: {scar_depth: deep}"),
    ("rules/1-depth.yaml", "unless: {previous_punch: no}", "unless: {}"),
    ("rules/1-depth.yaml", "{conclude: {scar_kind: deep}}", "{conclude: {scar_kind: both}}"),
    ("rules/1-depth.yaml", "{conclude: {scar_kind: deep}}", "{conclude: {scar_depth: deep}}"),
    ("rules/1-depth.yaml", "{conclude: {scar_kind: deep}}", "{conclude: {}}"),
    ("rules/1-depth.yaml", "{conclude: {scar_kind: deep}}", "{}"),
    ("rules/1-depth.yaml", "plan: establish-depth", "plan: establish-dept"),
    ("rules/1-depth.yaml", "against: readiness", "against: readyness"),
    ("rules/1-depth.yaml", "{against: readiness}", "{against: readiness, for: cost}"),
    ("rules/1-depth.yaml", "{against: readiness}", "{strength: strong}"),
    ("rules/2-acne.yaml", "      - otc_result: not-tried\n      - otc_result: unknown\n", "      []\n"),
    ("rules/4-treatments.yaml", "option: laser-treatment", "option: laser"),
    ("rules/4-treatments.yaml", "option.works_by", "option.work_by"),
    ("rules/4-treatments.yaml", "strength: strong", "strength: very"),
    ("rules/5-cost.yaml", "{more-than: 1}", "{more: 1}"),
    ("rules/5-cost.yaml", "{more-than: 1}", "{more-than: one}"),
    ("rules/5-cost.yaml", "{more-than: budget}", "{more-than: scar_depth}"),
    ("rules/5-cost.yaml", "{times: [scar_count, option.price_per_scar]}", "{times: [scar_count]}"),
    ("rules/5-cost.yaml", "flag: adds-up", "flag: add-up"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), MISTAKES)
def test_what_the_loader_refuses_the_schema_refuses(
    base: RuleBase, name: str, right: str, wrong: str
) -> None:
    files = base.knowledge.files
    assert right in files[name]
    text = files[name].replace(right, wrong, 1)
    assert open_files(files | {name: text})[1]
    held = validator(base)
    for loader in LOADERS.values():
        assert not held.is_valid(yaml.load(text, Loader=loader))


def test_a_schema_names_what_a_rule_may_say(base: RuleBase) -> None:
    found = json.dumps(schema(base)["definitions"])
    k = base.knowledge
    for name in (*k.attributes, *k.options, *k.topics, *k.steps, *k.flags, *k.claims, "option.least_cost"):
        assert f'"{name}"' in found


# --- a case ----------------------------------------------------------------------------------


def accepted(base: RuleBase, text: str) -> bool:
    try:
        read_case(text, "case", base.knowledge)
    except KnowledgeError:
        return False
    return True


@pytest.mark.parametrize("loader", LOADERS.values(), ids=LOADERS)
def test_whatever_may_be_answered_fits_the_schema_of_a_case(one_base: RuleBase, loader: Any) -> None:
    directory = next(path for path in BASES.values() if load(path).knowledge.id == one_base.knowledge.id)
    options, random, held = choices(OracleKB(directory)), Random(1), validator(one_base, "case")
    for _ in range(300):
        answers = {n: random.choice([*v, "unknown"]) for n, v in options.items() if random.random() < 0.6}
        lines = "".join(f"{name}: {value}\n" for name, value in answers.items()) or "{}"
        assert accepted(one_base, lines)
        for text in (lines, json.dumps(answers), json.dumps({"answers": answers, "findings": []})):
            assert not [e.message for e in held.iter_errors(yaml.load(text, Loader=loader))], text


GOOD_CASES = """
    {}; {scar_depth: deep}; {scar_depth: unknown}; {scar_depth: null}; {scar_depth: ~}; {active_acne: true};
    {active_acne: "no"}; {scar_count: 12}; {scar_count: "12"}; {scar_count: 12.0}; {budget: 0};
    {budget: 12.5}; {budget: "12.50"}; {budget: 12.500}; {answers: {scar_depth: deep}};
    {answers: {}, other: [1]}
"""
BAD_CASES = """
    []; {scar_depth: deeper}; {scar_dpth: deep}; {scar_depth: [deep]}; {scar_depth: true}; {active_acne: 1};
    {active_acne: maybe}; {scar_count: 0}; {scar_count: -12}; {scar_count: 1.5}; {scar_count: many};
    {scar_count: "-1"}; {scar_count: yes}; {budget: -1}; {budget: -0.01}; {budget: "1.234"}; {budget: 1e3x};
    {budget: {more-than: 1}}; {budget: 1000000000000000}; {answers: {scar_depth: deeper}}; {answers: deep}
"""


@pytest.mark.parametrize("text", [text.strip() for text in GOOD_CASES.split(";")])
def test_a_good_case(base: RuleBase, text: str) -> None:
    assert accepted(base, text)
    assert validator(base, "case").is_valid(yaml.load(text, Loader=Core))
    assert validator(base).is_valid(yaml.load(text, Loader=Core))


@pytest.mark.parametrize("text", [text.strip() for text in BAD_CASES.split(";")])
def test_a_bad_case(base: RuleBase, text: str) -> None:
    assert not accepted(base, text)
    assert not validator(base, "case").is_valid(yaml.load(text, Loader=Core))


# --- graphs ----------------------------------------------------------------------------------


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
    assert into[acne, ids["rule", "find-out-about-acne"]] and into[depth, ids["rule", "depth-decides"]]
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


# --- the review sheet --------------------------------------------------------------------------


def test_the_review_sheet_has_every_rule_beside_its_claims_and_a_place_to_sign(one_base: RuleBase) -> None:
    lines, k = list(review_lines(one_base)), one_base.knowledge
    starts = [lines.index(f"### {n}. {rule.id}") for n, rule in enumerate(one_base.rules, 1)]
    assert starts == sorted(starts)
    for rule, start in zip(one_base.rules, starts, strict=True):
        block = "\n".join(lines[start : lines.index(SIGNING, start) + 1])
        assert block.count(SIGNING) == 1 and f"Basis: {rule.basis}" in block
        for id in rule.claims:
            assert f"**{id}** {plain(k.claims[id].says)} *[{plain(k.hedges[k.claims[id].hedge])}]*" in block
    context = any(claim.context for claim in k.claims.values())
    assert lines.count(SIGNING) == len(one_base.rules) + len(k.options) + context
    assert all(f"**{id}**" in "\n".join(lines) for id in k.claims)


def test_the_review_sheet_is_markdown_with_two_columns(one_base: RuleBase) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(review_lines(one_base)))
    rows = "".join("r" if t.type == "tr_open" else "c" for t in tokens if t.type in ("tr_open", "td_open"))
    assert set(rows[1:].split("r")) <= {"", "cc"}
    tables = sum(token.type == "table_open" for token in tokens)
    assert tables >= len(one_base.rules) + len(one_base.knowledge.options)


@pytest.mark.parametrize("text", ["a | b", "*a* _b_ `c`", "<b> &amp; [x](y)", "a \\ b", "~~a~~ # b", "$x$"])
def test_no_text_is_markup(text: str) -> None:
    (inline,) = [t for t in MarkdownIt("commonmark").parse("A " + plain(text)) if t.type == "inline"]
    assert "".join(token.content for token in inline.children or ()) == "A " + text


# --- the command -----------------------------------------------------------------------------


def run(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("format", ["clips", "json-schema", "dot", "mermaid", "markdown"])
@pytest.mark.parametrize("name", BASES)
def test_a_format_is_printed_or_written_and_the_same_every_time(
    format: str, name: str, tmp_path: Path
) -> None:
    where = ["--kb", str(BASES[name]), "--to", format]
    printed, file = run(*where), tmp_path / "out"
    assert printed.exit_code == 0 and printed.stdout.endswith("\n") and not printed.stderr
    assert run(*where).stdout == printed.stdout
    written = run(*where, "-o", str(file))
    assert (written.exit_code, written.output) == (0, "")
    assert file.read_bytes().decode() == printed.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_schema_is_json() -> None:
    printed = run("--kb", str(BASES["acne"]), "--to", "json-schema").stdout
    assert json.loads(printed) == json.loads(json.dumps(schema(load(BASES["acne"]))))


def test_an_unknown_format_is_refused_with_the_near_one(tmp_path: Path) -> None:
    found = run("--to", "markdwn", "-o", str(tmp_path / "out"), "--kb", str(BASES["acne"]))
    assert found.exit_code == 2 and not found.stdout and not list(tmp_path.iterdir())
    assert "unknown format `markdwn`" in found.stderr and "did you mean `markdown`?" in found.stderr
    assert all(name in found.stderr for name in writers())


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    found = run("--to", "dot", "-o", str(tmp_path / "no" / "out"), "--kb", str(BASES["acne"]))
    assert found.exit_code == 2 and "cannot be written" in found.stderr
    assert not list(tmp_path.iterdir())


def test_a_knowledge_base_with_problems_leaves_an_old_file_as_it_was(tmp_path: Path) -> None:
    old = tmp_path / "out"
    old.write_text("old")
    assert run("--to", "dot", "-o", str(old), "--kb", str(tmp_path)).exit_code == 3
    assert old.read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_too_many_rules_for_clips_leave_an_old_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips_text, "HIGHEST", 10)
    old = tmp_path / "out"
    old.write_text("old")
    found = run("--to", "clips", "-o", str(old), "--kb", str(BASES["acne"]))
    assert found.exit_code == 3 and "saliences for 21 rules only" in found.stderr
    assert old.read_text() == "old" and len(list(tmp_path.iterdir())) == 1
