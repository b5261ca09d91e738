"""Knowledge bases that commands are given by a word, recorded ones among them."""

from __future__ import annotations

import json
from pathlib import Path

from support.shell import cicatrix
from support.trying import edit, kb

from expert.knowledge.load import load


def test_a_recorded_knowledge_base_against_now(copy: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    done = cicatrix("consult", "scar_depth=deep", "--kb", str(copy), "--ledger", str(ledger), "--json")
    hash = json.loads(done.stdout)["knowledge"]["hash"]
    edit(copy / "kb/options.yaml", "{value: 50, claims: p13s2}", "{value: 75, claims: p13s2}")
    result = kb("diff", hash[:8], "--ledger", ledger, "--kb", copy, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1 and found["old"] == hash and found["new"] == load(copy).knowledge.hash
    low = next(c for c in found["changes"] if c["thing"]["kind"] == "low")
    assert (low["before"], low["after"]) == ("50", "75")
    assert kb("diff", "0000", "--ledger", ledger, "--kb", copy).exit_code == 4
    assert kb("diff", "nowhere", "--kb", copy).exit_code == 2
