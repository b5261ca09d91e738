"""What a survey writes down of the answers that are open."""

from __future__ import annotations

from itertools import product

import pytest
from support.chained import HEADS
from support.compare import ROOT

from expert.knowledge.load import load, open_files
from expert.language.meaning import Reading
from expert.language.polynomials import Atom, constant, indeterminate, spelled
from expert.language.rules import passes
from expert.language.survey import ALWAYS, DEPENDS, NEVER, Survey, linked


def test_what_depends_is_not_taken_for_anything_else() -> None:
    truths = {ALWAYS: {True}, NEVER: {False}, DEPENDS: {True, False}}
    for one, other in product(truths, repeat=2):
        pairs = [*product(truths[one], truths[other])]
        assert truths[one & other] == {a and b for a, b in pairs}
        assert truths[one | other] == {a or b for a, b in pairs}
        assert truths[~one] == {not a for a in truths[one]}


def test_what_rules_ask_of_open_answers_is_written_down() -> None:
    base = load(ROOT / "examples" / "curb65")
    survey = Survey(base.knowledge.attributes, {"age": 70, "urea": None})
    Reading(survey).derive(passes(base.instances))
    assert survey.named == {"confusion": {"yes"}}
    assert survey.numbers == {"breaths", "systolic", "diastolic"}
    limits = {"breaths > 29", "systolic > 89", "diastolic > 60"}
    assert {spelled(atom) for atom in survey.atoms} == limits


def test_numbers_that_are_compared_with_each_other_are_linked() -> None:
    a, b, c, d = map(indeterminate, "abcd")
    atoms = [Atom(a - b, 0), Atom(b - c, 2), Atom(d, 5)]
    assert linked("dcba", atoms) == [(["d"], atoms[2:]), (["c", "b", "a"], atoms[:2])]


def test_of_fixed_numbers_no_polynomial_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    survey = Survey({}, {})
    expected = {
        (a, b): (survey.positive(constant(a - b)), survey.positive(constant(a - b + 1)))
        for a, b in product(range(-2, 3), repeat=2)
    }
    monkeypatch.setattr(Survey, "positive", None)
    for (a, b), answers in expected.items():
        one, other = survey.constant(a), survey.constant(b)
        assert (one > other, one >= other) == answers


@pytest.mark.parametrize(
    ("asked", "few"), [("{type: yes-no}", True), ("{type: count, min: 0, max: 90}", False)]
)
def test_a_line_of_scores_has_few_intervals_where_no_number_is_open(asked: str, few: bool) -> None:
    rules, findings = [], []
    for n in range(12):
        items = f"{f's{n - 1}, ' if n else ''}{{points: 1, when: {{start: yes}}}}"
        then = f"{{score: {{s{n}: [{items}]}}}}"
        rules.append(f"- {{id: r{n}, claims: p1s1, basis: stated, then: {then}, because: So.}}\n")
        findings.append(f"  s{n}: {{type: count, label: score {n}}}\n")
    vocabulary = (
        "attributes:\n  start: {type: yes-no, label: start, question: 'Does it?'}\n"
        f"  much: {asked[:-1]}, label: much, question: 'How much?'}}\n"
        f"findings:\n{''.join(findings)}topics: {{effect: {{label: effect, decides: yes}}}}\n"
    )
    base, problems = open_files({**HEADS, "kb/vocabulary.yaml": vocabulary, "rules/1.yaml": "".join(rules)})
    assert base is not None, problems
    survey = Survey(base.knowledge.attributes, {})
    reading = Reading(survey)
    reading.derive(passes(base.instances))
    bounds = {ends for _, ends in reading.scores["s11"]}
    ends = [(low.polynomial.constant, high.polynomial.constant) for low, high in bounds]
    assert survey.named == {"start": {"yes"}}
    assert survey.atoms == set()
    assert {(0, 0), (0, 12), (12, 12)} <= {*ends}
    assert (len(ends) == 3) is few
