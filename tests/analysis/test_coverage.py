"""What the cases of a knowledge base cover."""

from __future__ import annotations

from pathlib import Path

from support.chained import HEADS
from support.trying import ROOT

from expert.analysis.coverage import case_yaml, coverage, suggest
from expert.analysis.expected import Expected, failures, load_cases, read_cases
from expert.analysis.shown import seen_by
from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import infer
from expert.io.yaml import Reader, parse_yaml
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase


def test_coverage_counts_what_it_says(base: RuleBase) -> None:
    none, all_cases = coverage(base, []), coverage(base, load_cases(ROOT, base))
    assert none.missed == none.targets == all_cases.targets
    one = coverage(base, [c for c in load_cases(ROOT, base) if not c.given.answers])
    fired = {f.rule for f in infer(base, Case({})).firings}
    assert {t.rule for t in one.targets if t.leaf < 0} - {t.rule for t in one.missed if t.leaf < 0} == fired


def test_a_case_for_every_condition_of_linked_numbers() -> None:
    """Numbers that are compared with each other: what can be reached is, by cases that can be followed."""
    base = load(ROOT / "tests" / "data" / "exact" / "twonums")
    for suggestion in suggest(base, coverage(base, []).missed):
        assert suggestion.case is not None, suggestion
        seen = coverage(base, [Expected("", suggestion.case, (), base.rules[0].span)])
        assert suggestion.target not in seen.missed


def test_a_case_for_a_condition_on_what_its_rule_concludes_too() -> None:
    """What the rule makes of an answer is among the numbers that its own condition is asked of."""
    vocabulary = (
        "attributes:\n  pots: {type: count, label: pots, question: 'How many?', max: 9}\n"
        "findings:\n  total: {type: count, label: total}\n"
        "topics: {effect: {label: effect, decides: yes}}\n"
    )
    head = "  claims: p1s1\n  basis: stated\n  because: So it is.\n"
    rules = (
        f"- id: one\n{head}  when: {{pots: known}}\n  then: {{conclude: {{total: 3}}}}\n"
        f"- id: more\n{head}  when: {{total: [2, 4]}}\n  then: {{conclude: {{total: pots}}}}\n"
    )
    base, problems = open_files({**HEADS, "kb/vocabulary.yaml": vocabulary, "rules/1.yaml": rules})
    assert not problems
    suggestions = suggest(base, coverage(base, []).missed)
    assert [s.why for s in suggestions if s.what == "more fires"] == ["no case can do that"]


def test_a_case_of_results_alone_can_be_kept_as_it_is_printed(tmp_path: Path) -> None:
    directory = Path(__file__).parents[2] / "examples" / "sirs"
    base = load(directory)
    lines = case_yaml(base, parse_pairs(["pulse=120", "temperature=39"], base.knowledge), "printed")
    assert "  findings: {sirs: [yes], sepsis: [], severe: []}" in lines and "  expect:" not in lines
    node, problems = parse_yaml("\n".join(lines) + "\n", "printed.yaml")
    reader = Reader()
    [case] = read_cases(node, base, reader) if node else []
    assert not problems and not reader.problems
    assert failures(case, seen_by(infer(base, case.given), base.knowledge)) == []
