"""What of a knowledge base was edited."""

from __future__ import annotations

from pathlib import Path

from support.trying import ROOT, edit, kb

from expert.analysis.diff import compare
from expert.knowledge.load import load


def test_the_same_knowledge_is_the_same_for_every_case(copy: Path) -> None:
    edit(copy / "rules/6-wishes.yaml", "# People", "\n\n# Persons")
    result = kb("diff", ROOT, copy)
    assert result.exit_code == 0
    assert "Nothing declared was edited." in result.stdout
    assert "Verdicts and timings: the same for every case" in result.stdout


def test_an_edit_that_cannot_matter_is_the_same_for_every_case(copy: Path) -> None:
    edit(copy / "rules/1-depth.yaml", "  when: {scar_depth: [deep, both]}\n",
         "  when: {any: [{scar_depth: deep}, {scar_depth: both}]}\n")  # fmt: skip
    found = compare(load(ROOT), load(copy))
    assert [(e.kind, e.id, e.fields) for e in found.edits] == [("rule", "deep-scars-present", ("when",))]
    assert not any(change.cases for change in found.changes if change.thing.kind in ("verdict", "timing"))
    result = kb("diff", ROOT, copy)
    assert result.exit_code == 0 and "Verdicts and timings: the same for every case" in result.stdout
