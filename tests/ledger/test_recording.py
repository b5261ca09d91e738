"""Recording: what a record holds, and what older ones do not."""

from __future__ import annotations

import json
from pathlib import Path

from support.approving import FIRED
from support.program import invoked

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.ledger.history.replay import replay
from expert.ledger.recording import Occasion, record
from expert.ledger.records import consultation_of, unreviewed_in
from expert.ledger.store import Ledger
from expert.ledger.trust.verification import verify
from expert.review.approvals import unreviewed


def test_records_older_than_reviews(plant: Path, tmp_path: Path) -> None:
    """A record without the field verifies, shows, replays, and says nothing of reviews."""
    base, path = load(plant), tmp_path / "ledger.sqlite"
    found = infer(base, parse_pairs(["light=dim"], base.knowledge))
    with Ledger(path, write=True) as store:
        old = record(store, base, found, Occasion(["light"], label="old"))
        new = record(store, base, found, Occasion(["light"], (), "new", unreviewed(base, (), found)))
        entries = list(store.entries())
        assert "unreviewed" not in json.dumps(entries[0].content)
        assert [unreviewed_in(entry) for entry in entries] == [None, tuple(FIRED)]
        assert [consultation_of(entry) for entry in entries] == [found, found]
        assert [r.same for r in replay(store, iter(entries))] == [True, True]
        assert verify(store).fault is None
    ledger = ["--ledger", str(path)]
    assert "reviewed" not in invoked("audit", "show", old.id, *ledger).output
    assert "reviewed" in invoked("audit", "show", new.id, *ledger).output
    assert invoked("audit", "report", old.id, "-o", str(tmp_path / "page.html"), *ledger).exit_code == 0
    assert "reviewed" not in (tmp_path / "page.html").read_text()
    listed = json.loads(invoked("audit", "list", "--json", *ledger).output)
    assert [row["label"] for row in listed] == ["old", "new"]
    assert invoked("audit", "replay", "--all", *ledger).exit_code == 0
