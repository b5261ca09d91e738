"""Old records: reasons from the record alone, and under other rules."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.installed import Installed
from support.ledger_make import REPLACE, behind, rewritten, verified
from support.records import ANSWERS, made, output, run, shown
from support.shell import ROOT

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.language.rules import RuleBase
from expert.ledger.history import replay as replaying
from expert.ledger.recording import Occasion, record
from expert.ledger.store import Ledger


def test_old_reasons_when_the_rules_have_changed(installed: Installed) -> None:
    before = installed.read_all()
    assert {result.code for result in before} == {0}
    now = installed.run("consult", *ANSWERS, "--no-save").stdout
    rule = "several-scars-add-up"
    assert any(rule in result.stdout for result in before)
    installed.without_rule("5-cost.yaml", rule)
    changed = installed.run("consult", *ANSWERS, "--no-save")
    assert changed.code == 0 and changed.stdout != now, "the rules must really be others"
    assert installed.read_all() == before

    same = installed.run("audit", "replay", "--all")
    assert (same.code, same.stdout) == (0, "1 of 1 record came out the same.\n")
    other = installed.run("audit", "replay", "--all", "--with-current-rules", "--json")
    assert other.code == 1
    (impact,) = json.loads(other.stdout)
    assert impact["id"] == json.loads(before[1].stdout)["header"]["id"]
    assert (impact["rules"], impact["claims"]) == ([rule], ["p13s3"]), "that rule, and no other"
    assert [(d["kind"], d["name"]) for d in impact["differences"]] == [
        ("flags", "punch-technique"),
        ("argument", f"{rule}@punch-technique on cost"),
    ]
    told = installed.run("audit", "replay", "last", "--with-current-rules")
    assert told.code == 1 and impact["id"] in told.stdout and rule in told.stdout and "p13s3" in told.stdout

    # and when the knowledge is not there at all
    shutil.rmtree(installed.folder / "rules")
    (installed.folder / "kb" / "claims.yaml").write_text("nonsense: [")
    assert installed.run("consult", *ANSWERS, "--no-save").code == 3
    assert installed.read_all() == before
    assert installed.run("audit", "replay").code == 0
    assert installed.run("audit", "replay", "--with-current-rules").code == 3


@pytest.mark.long
@pytest.mark.more
def test_old_reasons_without_experta(installed: Installed) -> None:
    """Everything that reads is possible; the engine itself is needed to consult and to replay."""
    before = installed.read_all()
    exported = installed.run("audit", "export")
    installed.without_experta()
    for words in (("consult", *ANSWERS, "--no-save"), ("audit", "replay")):
        done = subprocess.run(
            [sys.executable, str(installed.folder / "cli.py"), *words],
            capture_output=True,
            text=True,
            env=installed.environment,
            check=False,
        )
        assert done.returncode and "no experta here" in done.stderr, "the test must really take experta away"
    assert installed.read_all() == before
    assert installed.run("audit", "export") == exported and exported.code == 0
    assert installed.run("audit", "forget", "last", "--yes").code == 0


def test_another_knowledge_base(tmp_path: Path, path: Path) -> None:
    """A record of a copy given with --kb is explained under the copy, whatever becomes of it."""
    copy = tmp_path / "copy"
    for name in ("kb", "rules"):
        shutil.copytree(ROOT / name, copy / name)
    rules = copy / "rules" / "4-treatments.yaml"
    rules.write_text(rules.read_text().replace("most often", "foremost", 1))
    id = made(path, "scar_depth=deep", "--kb", str(copy))
    other = made(path, "scar_depth=deep")
    words = ("explain", "how", "punch-technique")
    before = output(path, *words, id)
    assert "foremost" in before and "foremost" not in output(path, *words, other)
    shutil.rmtree(copy)
    assert output(path, *words, id) == before
    assert output(path, "audit", "replay", "--all") == "2 of 2 records came out the same.\n"
    prefix = shown(path, id)["header"]["knowledge"][:12]
    found = json.loads(output(path, "audit", "list", "--knowledge", prefix, "--json"))
    assert [s["id"] for s in found] == [id]


def test_replay_finds_a_trace_that_does_not_follow(path: Path) -> None:
    """Somebody who writes a whole new chain cannot make wrong reasons follow from the rules."""
    id = made(path, "scar_depth=deep")
    assert made(path, "scar_depth=shallow") != id
    with behind(path) as connection:
        connection.execute(REPLACE, ("recommended most often", "always recommended", 1))
        rewritten(connection)
    assert verified(path).fault is None
    result = run(path, "audit", "replay", "--all")
    assert result.code == 1 and f"Record {id} comes out differently" in result.stdout
    assert "1 of 2 records came out the same." in result.stdout
    assert [r["id"] for r in json.loads(run(path, "audit", "replay", "--all", "--json").stdout)] == [id]


def test_all_are_replayed_in_parts_as_one_after_another(
    base: RuleBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process has a part; one record has been forgotten, and one says what its answers do not give."""
    monkeypatch.setattr(replaying, "PART", 2)
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, write=True) as ledger:
        for n in range(1, 8):
            case = parse_pairs(["scar_depth=deep", f"scar_count={n}"], base.knowledge)
            found = infer(base, case)
            if n == 5:
                first, *others = found.plan
                found = found._replace(plan=(first._replace(step="another"), *others))
            entry = record(ledger, base, found, Occasion([*case.answers]))
            if n == 3:
                ledger.forget(entry.id, "asked to")
        together = list(replaying.replay_all(ledger))
        entries = (entry for entry in ledger.entries() if entry.content is not None)
        assert together == list(replaying.replay(ledger, entries))
        assert [replayed.same for replayed in together] == [True, True, True, False, True, True]
        assert "another" in together[3].first
