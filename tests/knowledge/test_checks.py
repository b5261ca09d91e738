"""Warnings, in the order of the work."""

from __future__ import annotations

import re
from pathlib import Path

from support.plants import kb

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
