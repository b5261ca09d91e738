"""Which past consultations other knowledge would change: of all that was shown, and through what."""

from __future__ import annotations

from pathlib import Path

import pytest

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.knowledge.load import load, open_files
from expert.ledger.history.impact import Impact, impact
from expert.ledger.recording import Occasion, record
from expert.ledger.store import Ledger

BASE = load(Path(__file__).parents[3])
CASE = ("scar_depth=deep", "active_acne=yes", "scar_count=12")


def of_edit(path: Path, file: str, before: str, after: str) -> list[Impact]:
    """What an edit of a file changes for one record."""
    found = infer(BASE, parse_pairs(list(CASE), BASE.knowledge))
    text = BASE.knowledge.files[file]
    assert before in text
    base, problems = open_files({**BASE.knowledge.files, file: text.replace(before, after)})
    assert not problems
    with Ledger(path, write=True) as ledger:
        entry = record(ledger, BASE, found, Occasion([*found.answers]))
        return [*impact(ledger, iter([entry]), base)]


@pytest.mark.parametrize(
    ("file", "before", "after", "kind", "said", "through"),
    [
        ("kb/vocabulary.yaml", "Clear up the acne before", "Deal with the acne before", "plan", "Deal with",
         ((), ("step clear-acne",))),
        ("kb/options.yaml", "value: 50", "value: 70", "cost", "$840",
         ((), ("price_per_scar of punch-technique",))),
        ("rules/5-cost.yaml", "can cost a good deal, as", "may be dear, as", "argument", "may be dear",
         (("a-fee-per-scar-is-costly",), ())),
        ("rules/5-cost.yaml", "usually charged one by one", "charged one by one", "reason", "charged",
         (("cost-by-the-scar",), ())),
        ("rules/5-cost.yaml", "argue: {against: cost}", "argue: {for: cost}", "argument", "for:",
         (("a-fee-per-scar-is-costly", "several-scars-add-up"), ())),
        ("rules/5-cost.yaml", "claims: p13s3\n  basis: stated", "claims: p13s3\n  basis: inferred", "source",
         "inferred p13s3", (("several-scars-add-up",), ())),
        ("kb/document.yaml", "disclaimer: ", "disclaimer: New. ", "notice", "New.", None),
    ],
)  # fmt: skip
def test_everything_that_was_shown_is_compared(
    path: Path,
    file: str,
    before: str,
    after: str,
    kind: str,
    said: str,
    through: tuple[tuple[str, ...], tuple[str, ...]] | None,
) -> None:
    (found,) = of_edit(path, file, before, after)
    assert any(d.kind == kind and said in d.after for d in found.differences), found.differences
    assert found.rules or found.data, "something is always named"
    if through is not None:
        assert (found.rules, found.data) == through


def test_a_price_cites_its_claims_and_blames_no_rule(path: Path) -> None:
    (found,) = of_edit(path, "kb/options.yaml", "value: 50", "value: 70")
    assert found.rules == () and "p13s2" in found.claims


def test_what_nobody_was_shown_is_no_difference(path: Path) -> None:
    assert of_edit(path, "kb/claims.yaml", "claims:", "# a remark\nclaims:") == []


def test_a_time_is_said_of_what_is_recommended_only(path: Path) -> None:
    """What is not recommended waits as well, which nobody was told."""
    (found,) = of_edit(path, "rules/2-acne.yaml", "wait: clear-acne", "plan: clear-acne")
    then = infer(BASE, parse_pairs(list(CASE), BASE.knowledge))
    recommended = {r.option for r in then.recommendations if r.verdict in ("preferred", "option")}
    assert recommended < {r.option for r in then.recommendations if r.timing == "clear-acne"}
    assert {d.name for d in found.differences if d.kind == "timing"} == recommended
    assert ("clear-acne", "now") in {d[2:] for d in found.differences if d.kind == "timing"}
