"""The review sheet."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from expert.language.rules import RuleBase
from expert.views.markdown import plain
from expert.views.sheet import SIGNING, review_lines


def test_the_review_sheet_has_every_rule_beside_its_claims_and_a_place_to_sign(one_base: RuleBase) -> None:
    lines, k = list(review_lines(one_base)), one_base.knowledge
    starts = [lines.index(f"### {n}. {rule.id}") for n, rule in enumerate(one_base.rules, 1)]
    assert starts == sorted(starts)
    for rule, start in zip(one_base.rules, starts, strict=True):
        block = "\n".join(lines[start : lines.index(SIGNING, start) + 1])
        assert block.count(SIGNING) == 1 and f"Basis: {rule.basis}" in block
        for id in rule.claims:
            assert f"**{id}** {plain(k.claims[id].says)} *[{plain(k.hedges[k.claims[id].hedge])}]*" in block
    context = any(claim.context for claim in k.claims.values())
    assert lines.count(SIGNING) == len(one_base.rules) + len(k.options) + context
    assert all(f"**{id}**" in "\n".join(lines) for id in k.claims)


def test_the_review_sheet_is_markdown_with_two_columns(one_base: RuleBase) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(review_lines(one_base)))
    rows = "".join("r" if t.type == "tr_open" else "c" for t in tokens if t.type in ("tr_open", "td_open"))
    assert set(rows[1:].split("r")) <= {"", "cc"}
    tables = sum(token.type == "table_open" for token in tokens)
    assert tables >= len(one_base.rules) + len(one_base.knowledge.options)


@pytest.mark.parametrize("text", ["a | b", "*a* _b_ `c`", "<b> &amp; [x](y)", "a \\ b", "~~a~~ # b", "$x$"])
def test_no_text_is_markup(text: str) -> None:
    (inline,) = [t for t in MarkdownIt("commonmark").parse("A " + plain(text)) if t.type == "inline"]
    assert "".join(token.content for token in inline.children or ()) == "A " + text
