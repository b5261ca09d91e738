"""What the records of firings say in every case, held against records of cases."""

from __future__ import annotations

from support.compare import ROOT

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.templates import item_templates
from expert.consultation.wording import Wording
from expert.knowledge.load import load
from expert.language.conclusions import Tally


def test_the_items_of_a_score_are_its_rows_in_their_order() -> None:
    base = load(ROOT / "examples" / "curb65")
    wording = Wording(base)
    record = infer(base, parse_pairs(["confusion=yes", "age=20"], base.knowledge))
    for instance in base.instances:
        for score in instance.then:
            if isinstance(score, Tally):
                items = list(item_templates(score, wording))
                shown = next(f.items for f in record.firings if f.rule == instance.rule.id)
                assert [item.text for item in items] == [item.text for item in shown]


def test_what_a_template_has_for_every_case_is_what_records_say() -> None:
    base = load(ROOT)
    wording = Wording(base)
    by_id = {(i.rule.id, i.option or None): i for i in base.instances}
    fixed = 0
    for answers in (["scar_depth=deep", "active_acne=yes"], ["scar_depth=both", "scar_count=3"]):
        for firing in infer(base, parse_pairs(answers, base.knowledge)).firings:
            template = wording.entry(by_id[firing.rule, firing.option])
            assert template.claims == firing.claims
            if template.concluded is not None:
                fixed += 1
                assert template.concluded == firing.concluded
            assert template.because in (None, firing.because)
    assert fixed > 10
