"""What commands open: records, and recorded knowledge."""

from __future__ import annotations

import json
from pathlib import Path

from support.records import made, run
from support.shell import cicatrix
from support.trying import edit, kb

from expert.knowledge.load import load


def test_records_that_are_not_there(path: Path) -> None:
    id = made(path, "scar_depth=deep")
    for words in (
        ("audit", "show", "zzzz9"),
        ("explain", "how", "punch-technique", "zzzz9"),
        ("explain", "why-not", "punch-technique", "zzzz9"),
        ("what-if", "zzzz9", "active_acne=no"),
        ("audit", "replay", "zzzz9"),
        ("audit", "replay", id, "zzzz9"),
        ("audit", "forget", "zzzz9", "--yes"),
        ("audit", "export", "--format", "prov", "--id", "zzzz9"),
    ):
        result = run(path, *words)
        assert result.code == 4 and "no record `zzzz9`" in result.stderr, words
    assert run(path, "audit", "export", "--format", "xml").code == 2


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
