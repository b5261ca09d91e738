"""Records as W3C PROV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.records import ANSWERS, made, run, shown


def test_prov(path: Path, tmp_path: Path) -> None:
    """W3C PROV-JSON with every firing, what each used and gave."""
    model = pytest.importorskip("prov.model", reason="the extra `prov` is not installed")
    id = made(path, *ANSWERS)
    target = tmp_path / "record.json"
    assert run(path, "audit", "export", "--format", "prov", "--id", id, "-o", str(target)).code == 0
    data = json.loads(target.read_text())
    trace = shown(path, id)["content"]["consultation"]
    for firing in trace["firings"]:
        assert data["activity"][f"firing-{firing['n']}"]["prov:label"] == firing["rule"]
    used = {(u["prov:activity"], u["prov:entity"]) for u in data["used"].values()}
    given = {(g["prov:entity"], g["prov:activity"]) for g in data["wasGeneratedBy"].values()}
    informed = {(i["prov:informed"], i["prov:informant"]) for i in data["wasInformedBy"].values()}
    for firing in trace["firings"]:
        here = f"firing-{firing['n']}"
        assert {(here, f"claim-{claim}") for claim in firing["claims"]} <= used
        for match in firing["matched"]:
            assert {(here, f"claim-{claim}") for claim in match["claims"]} <= used
            assert match["kind"] != "answer" or (here, f"answer-{match['name']}") in used
            assert {(here, f"firing-{n}") for n in match["firings"]} <= informed
        for n in range(1, len(firing["concluded"]) + 1):
            assert (f"conclusion-{firing['n']}-{n}", here) in given
    entities, activities = set(data["entity"]), set(data["activity"])
    assert {entity for _, entity in used} <= entities and {activity for activity, _ in used} <= activities
    document = model.ProvDocument.deserialize(content=target.read_text(), format="json")
    assert len(list(document.get_records(model.ProvActivity))) == len(trace["firings"]) + 1


def test_without_prov(path: Path, tmp_path: Path) -> None:
    made(path, "scar_depth=deep")
    fake = tmp_path / "fake" / "prov"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("raise ImportError('none')\n")
    target = tmp_path / "record.json"
    result = run(path, "audit", "export", "--format", "prov", "-o", str(target), PYTHONPATH=str(fake.parent))
    assert result.code == 5 and "needs the library `prov`" in result.stderr
    assert "pip install" in result.stderr and not target.exists() and not result.stdout
