"""`audit verify` of evidence in a file; forged evidence is in tests/ledger/exchange/test_evidence.py."""

from __future__ import annotations

import json
from pathlib import Path

from support.ledger_make import behind, rewritten
from support.records import made, on_stderr, output, run
from support.shell import ROOT

MINIMAL = ("--kb", str(ROOT / "tests/data/minimal"))
LATER = """UPDATE entries SET header = json_set(header, '$.meaning', 99) WHERE seq = 1"""


def test_a_record_of_a_meaning_that_this_program_does_not_have(path: Path, tmp_path: Path) -> None:
    """Its hash is judged, and what followed is not."""
    id, found = made(path, "light=dim", *MINIMAL), tmp_path / "evidence"
    with behind(path) as connection:
        connection.execute(LATER)
        rewritten(connection)
    output(path, "audit", "export", "--id", id, "-o", str(found))
    result = run(path, "audit", "verify", str(found), "--json")
    assert result.code == 4 and "meaning 99" in on_stderr(result)
    checks = {check["check"]: check["holds"] for check in json.loads(result.stdout)["checks"]}
    assert checks == {"hash": True, "knowledge": True, "path": True, "signature": None, "run again": None}


def test_evidence_and_bundles_are_told_apart(path: Path, tmp_path: Path) -> None:
    id, found, bundle = made(path, "light=dim", *MINIMAL), tmp_path / "evidence", tmp_path / "bundle"
    output(path, "audit", "export", "-o", str(bundle))
    assert "the chain is whole" in output(path, "audit", "verify", str(bundle))
    output(path, "audit", "export", "--id", id, "-o", str(found))
    assert output(path, "audit", "verify", str(found)).startswith(f"Evidence of record {id}, number 1")
    pretty = json.dumps(json.loads(found.read_text()), indent=1)
    found.write_text(pretty)
    assert output(path, "audit", "verify", str(found)).startswith("Evidence of record")
    refused = run(path, "audit", "import", str(found), "--ledger", str(tmp_path / "new.sqlite"))
    assert refused.code == 2 and "is not a bundle" in on_stderr(refused)
    (tmp_path / "neither").write_text("{}")
    assert run(path, "audit", "verify", str(tmp_path / "neither")).code == 2
    assert run(path, "audit", "verify", str(tmp_path / "none")).code == 2
