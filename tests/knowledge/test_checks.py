"""Warnings, in the order of the work."""

from __future__ import annotations

import re
from pathlib import Path

from support.loading import checked, texts
from support.plants import kb
from support.shell import ROOT

from expert.knowledge.checks import warnings
from expert.knowledge.load import load


def test_lint_warns_in_the_order_of_the_work(plants: Path) -> None:
    found = kb("lint", "--kb", plants).stdout
    places = re.findall(r"^warning: plants/((?:kb|rules)/[\w-]+\.yaml):\d+:\d+: ", found, re.M)
    assert list(dict.fromkeys(places)) == [
        *("kb/claims.yaml", "kb/options.yaml", "kb/vocabulary.yaml", "rules/1-first.yaml"),
    ]
    found = " ".join(found.split())
    assert found.index("`p4s1` has no hedge") < found.index("`p1s1` is neither cited nor explained")
    for problem in warnings(load(plants)):
        assert problem.span and problem.help
        line = Path(problem.span.file).read_text().splitlines()[problem.span.line - 1]
        assert line[problem.span.column - 1 :].lower().startswith("todo")


def test_a_value_of_several_answers_that_nothing_reads(tmp_path: Path) -> None:
    """Where nothing reads any of them, it is the question."""
    files = texts(ROOT / "tests" / "data" / "tomato")
    marks = "  marks: {type: choices, label: marks, question: Which?, values: {a: a, b: b, null: c, d: a}}\n"
    files["kb/vocabulary.yaml"] = files["kb/vocabulary.yaml"].replace("findings:\n", f"{marks}findings:\n")
    said = {problem.message for problem in warnings(checked(files)[0])}
    assert said == {
        "attribute `marks` is read by no rule",
        "`marks`: value `d` has the label of `a`: a",
        "`null` is a value of `marks`, and in case files and tables it means no answer",
    }
    files["rules/blight.yaml"] = files["rules/blight.yaml"].replace("{signs: none}", "{marks: [a, b]}")
    said = {problem.message for problem in warnings(checked(files)[0])}
    assert said >= {f"attribute `marks.{value}` is read by no rule" for value in ("null", "d")}
