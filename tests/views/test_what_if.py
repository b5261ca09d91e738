"""What-if in words."""

from __future__ import annotations

import pytest

from expert.consultation.case import parse_pairs
from expert.consultation.compare import what_if
from expert.consultation.engine import infer
from expert.consultation.result import Consultation
from expert.language.rules import RuleBase
from expert.views.document import Line, Paragraph, Table, apart
from expert.views.terminal import flat
from expert.views.what_if import WHAT_DIFFERS, footer_of_changed, what_if_blocks


@pytest.fixture(scope="module")
def found(base: RuleBase) -> Consultation:
    return infer(base, parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge))


def test_what_if_leads_with_verdicts_and_counts_firings(base: RuleBase, found: Consultation) -> None:
    after = infer(base, parse_pairs(["scar_depth=deep", "active_acne=no"], base.knowledge))
    k, differences = base.knowledge, what_if(found, after)
    nothing, whole = what_if_blocks(differences, found, after, k)
    assert nothing == apart(Line("No verdict changes."))
    table = whole.blocks[0]
    # of an option that is not recommended, or uncertain, no time is printed
    refused = {r.option for r in found.recommendations if r.verdict in ("not-advised", "uncertain")}
    printed = [d for d in differences if d.kind != "timing" or d.name not in refused]
    assert isinstance(table, Table)
    assert len(table.rows) == len(printed) - 1  # one row for the two options that need not wait
    assert table.rows[0][:2] == ["timing", "Punch technique, injectable fillers"]
    words = [str(cell) for row in table.rows if row[0] != "firing" for cell in row[1:]]
    assert not {"punch-technique", "active_acne", "clear-acne"} & set(words)
    assert ["plan", k.steps["clear-acne"].label, "planned", "-"] in table.rows
    short = what_if_blocks(differences, found, after, k, full=False)
    firings, advice = (sum(d.kind == kind for d in differences) for kind in ("firing", "advice"))
    said = f"Different too: {advice} of what is advised and {firings} firings (--full)."
    assert short[-1] == apart(Line(said))
    assert isinstance(short[1].blocks[0], Table)
    assert short[1].blocks[0].rows == [row for row in table.rows if row[0] not in ("firing", "advice")]
    count = footer_of_changed(after, None).blocks[0]
    assert isinstance(count, Paragraph) and flat(count.words).startswith("In the changed case: ")
    assert what_if_blocks([], found, found, k) == [apart(Line("Nothing would be different."))]


def test_what_if_verdicts_change(base: RuleBase, found: Consultation) -> None:
    after = infer(base, parse_pairs(["scar_depth=shallow", "active_acne=no"], base.knowledge))
    first = what_if_blocks(what_if(found, after), found, after, base.knowledge)[0].blocks[0]
    assert isinstance(first, Table)
    kinds = [row[0] for row in first.rows]
    assert kinds[0] == "verdict" and kinds == sorted(kinds, key=WHAT_DIFFERS.index)
    assert ["verdict", "Dermabrasion, chemical peel", "not advised", "option"] in first.rows


def test_advice_that_another_rule_gives_in_the_same_words_is_no_difference(base: RuleBase) -> None:
    before = infer(base, parse_pairs(["active_acne=yes"], base.knowledge))
    after = infer(base, parse_pairs(["active_acne=yes", "picking=yes"], base.knowledge))
    differences = what_if(before, after)
    assert {d.name for d in differences if d.kind == "advice"} == {
        "prevention-is-best", "prevention-is-best-with-active-acne", "prevent-by-not-picking",
    }  # fmt: skip
    [*_, table] = what_if_blocks(differences, before, after, base.knowledge)[1].blocks
    assert isinstance(table, Table)
    [advice] = [row for row in table.rows if row[0] == "advice"]
    assert "leaving pimples alone" in str(advice[-1])
