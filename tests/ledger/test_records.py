"""Records: what is kept of a consultation."""

from __future__ import annotations

import json
from pathlib import Path

from support.approving import FIRED, approve_all
from support.program import invoked
from support.records import run, shown
from support.shell import ROOT
from support.text import joined

from expert.ledger.records import unreviewed_in
from expert.ledger.store import Ledger


def test_a_record_keeps_what_was_so(plant: Path, tmp_path: Path) -> None:
    ledger = ["--ledger", str(tmp_path / "ledger.sqlite")]
    first = invoked("consult", "light=dim", "--json", "--kb", str(plant), *ledger)
    assert json.loads(first.output)["unreviewed"] == FIRED
    approve_all(plant)
    second = invoked("consult", "light=dim", "--json", "--kb", str(plant), *ledger)
    assert json.loads(second.output)["unreviewed"] == []
    with Ledger(tmp_path / "ledger.sqlite") as store:
        ids = [entry.id for entry in store.entries()]
        assert [unreviewed_in(entry) for entry in store.entries()] == [tuple(FIRED), ()]
    said = "2 had not been reviewed when this was recorded."
    for words in (
        ["explain", "how", "fern", ids[0]],
        ["explain", "why-not", "cactus", ids[0]],
    ):
        assert said in invoked(*words, *ledger).output
    assert said in joined(invoked("audit", "show", ids[0], *ledger).output)
    for words in (
        ["audit", "show", ids[1]],
        ["explain", "how", "fern", ids[1]],
        ["what-if", ids[0], "pots=1"],
    ):
        assert "reviewed" not in invoked(*words, *ledger).output
    for id, there in zip(ids, (True, False), strict=True):
        invoked("audit", "report", id, "-o", str(tmp_path / "page.html"), *ledger)
        assert (said in (tmp_path / "page.html").read_text()) == there
    assert invoked("audit", "replay", "--all", *ledger).exit_code == 0
    assert invoked("audit", "verify", *ledger).exit_code == 0
    same = invoked("audit", "replay", "--all", "--with-current-rules", "--kb", str(plant), *ledger)
    assert same.exit_code == 0, same.output


def test_what_was_asked_is_recorded(path: Path) -> None:
    done = run(path, "consult", "--ask", "active_acne=no", "--brief", stdin="deep\n" + "unknown\n" * 60)
    assert done.code == 0, done.stderr
    answers = shown(path)["content"]["answers"]
    assert (answers[0]["attribute"], answers[0]["asked"]) == ("active_acne", "")
    assert (answers[1]["attribute"], answers[1]["value"]) == ("scar_depth", "deep")
    assert len(answers) > 4
    screen = " ".join(done.stderr.split())
    for answer in answers[1:]:
        assert answer["asked"].endswith("?") and answer["asked"] in screen
    order = [screen.index(answer["asked"]) for answer in answers[1:]]
    assert order == sorted(order)


def test_a_rule_that_fired_by_its_other_half_was_not_reviewed_either(tmp_path: Path) -> None:
    """What settles a finding with no fires as `rule/no`, and is one rule with its author's name."""
    path, sirs = tmp_path / "ledger.sqlite", ROOT / "examples" / "sirs"
    answers = ["infection=no", "organ_failure=yes", "temperature=38.1", "pulse=91"]
    done = run(path, "consult", *answers, "--json", "--kb", str(sirs))
    said = json.loads(done.stdout)
    fired = {firing["rule"] for firing in said["firings"]}
    assert {rule for rule in fired if rule.endswith("/no")}
    assert {*said["unreviewed"]} == {rule.removesuffix("/no") for rule in fired}
    count = len(said["unreviewed"])
    assert f"Of the {count} rules that fired, {count} had not" in run(path, "audit", "show", "last").stdout
