"""What rests on a claim."""

from __future__ import annotations

import json
from pathlib import Path

from support.trying import ROOT, kb

from expert.analysis.ablation import load_bearing
from expert.analysis.diff import compare
from expert.analysis.expected import load_cases
from expert.knowledge.load import load
from expert.language.rules import RuleBase


def test_dropping_a_claim_is_what_deleting_its_rules_is(copy: Path, base: RuleBase) -> None:
    loads = {load.claim: load for load in load_bearing(base, load_cases(ROOT, base)).claims}
    assert loads["p9s1"].dropped == ("punch-is-most-often-recommended",)
    assert (loads["p9s1"].lost, loads["p9s1"].changed) == (81, 0)
    example = loads["p9s1"].example
    assert example and (example.before, example.after) == ("preferred", "not-addressed")
    assert loads["p13s2"].lost == loads["p13s2"].timings == 0 and loads["p13s2"].files == 38
    path = copy / "rules/4-treatments.yaml"
    head, rest = path.read_text().split("- id: punch-is-most-often-recommended", 1)
    path.write_text(head + "- id" + rest.split("\n- id", 1)[1])
    claims = copy / "kb/claims.yaml"
    body = claims.read_text().split("  p9s1:\n", 1)
    claims.write_text(body[0] + "  p9s1:\n    context: dropped\n" + body[1])
    verdicts = [c for c in compare(base, load(copy)).changes if c.thing.kind == "verdict" and c.cases]
    assert [(c.thing.about, c.cases * 3) for c in verdicts] == [("punch-technique", 81)]


def test_load_bearing_ranks_the_claims() -> None:
    result = kb("load-bearing", "--kb", ROOT)
    assert result.exit_code == 0
    found = json.loads(kb("load-bearing", "--kb", ROOT, "--json").stdout)
    weights = [load["lost"] + load["changed"] for load in found]
    assert weights == sorted(weights, reverse=True) and weights[0] > 0
    assert result.stdout.splitlines()[2].split()[0] == found[0]["claim"]
    assert len(found) == sum(not claim.context for claim in load(ROOT).knowledge.claims.values())
