"""What is still to be written."""

from __future__ import annotations

from pathlib import Path

from support.plants import edit, kb


def test_a_claim_cited_and_still_marked_loads_and_one_explained_does_not(plants: Path) -> None:
    edit(plants / "rules/1-first.yaml", "claims: p2s1 #", "claims: [p2s1, p2s2] #")
    assert "claim `p2s2` is cited by `first-rule`" in kb("lint", "--kb", plants).stdout
    text = (plants / "kb/claims.yaml").read_text()
    (plants / "kb/claims.yaml").write_text(text.replace("context: TODO", "context: no matter"))
    assert kb("lint", "--kb", plants).exit_code == 3
