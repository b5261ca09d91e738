"""What is still to be written."""

from __future__ import annotations

import re
from pathlib import Path

from support.plants import edit, kb

from expert.knowledge.checks import warnings
from expert.knowledge.load import load


def test_lint_warns_in_the_order_of_the_work(plants: Path) -> None:
    found = kb("lint", "--kb", plants).stdout
    places = re.findall(r"^warning: plants/((?:kb|rules)/[\w-]+\.yaml):\d+:\d+: ", found, re.M)
    assert list(dict.fromkeys(places)) == [
        *("kb/claims.yaml", "kb/options.yaml", "kb/vocabulary.yaml", "rules/1-first.yaml"),
    ]
    assert found.index("`p4s1` has no hedge") < found.index("`p1s1` is neither cited nor explained")
    for problem in warnings(load(plants)):
        assert problem.span and problem.help
        line = Path(problem.span.file).read_text().splitlines()[problem.span.line - 1]
        assert line[problem.span.column - 1 :].lower().startswith("todo")


def test_a_claim_cited_and_still_marked_loads_and_one_explained_does_not(plants: Path) -> None:
    edit(plants / "rules/1-first.yaml", "claims: p2s1 #", "claims: [p2s1, p2s2] #")
    assert "claim `p2s2` is cited by `first-rule`" in kb("lint", "--kb", plants).stdout
    text = (plants / "kb/claims.yaml").read_text()
    (plants / "kb/claims.yaml").write_text(text.replace("context: TODO", "context: no matter"))
    assert kb("lint", "--kb", plants).exit_code == 3
