"""Blocks as HTML: every text escaped, roles as elements, references as links."""

from __future__ import annotations

import pytest

from expert.views.document import (
    Beside,
    Block,
    Cards,
    Cited,
    Details,
    Figure,
    Heading,
    Item,
    Items,
    Line,
    Marked,
    Note,
    Outline,
    Paragraph,
    Section,
    Table,
    Words,
)
from expert.views.html import element, html, inline


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("<b> & \n", "&lt;b&gt; &amp; <br>"),
        (Marked("<a>", "code", "p1s1"), '<code id="p1s1">&lt;a&gt;</code>'),
        (Marked("1", "", "firing1"), '<span id="firing1">1</span>'),
        (Marked("added", "basis"), '<span class="basis added">added</span>'),
        (Marked("preferred", "verdict"), '<span class="verdict">preferred</span>'),
        (("a", Marked("b", "strong"), Marked("c", "quote")), "a<b>b</b><q>c</q>"),
        (
            Cited(("p1s1", "firing2")),
            '<span class="refs"><a href="#p1s1">p1s1</a> <a href="#firing2">#2</a></span>',
        ),
    ],
)
def test_words(words: Words, written: str) -> None:
    assert inline(words) == written


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (Section("<a>", (Line("b"),)), "<section><h2>&lt;a&gt;</h2><p>b</p></section>"),
        (Section("", (Line("b"),)), "<section><p>b</p></section>"),
        (Heading("a", 1), "<h1>a</h1>"),
        (Paragraph("a", role="soft"), '<p class="soft">a</p>'),
        (Note("a"), '<p class="note">a</p>'),
        (Item("* ", "a"), "<ul><li>a</li></ul>"),
        (Items((Item("1 ", "a"),), ordered=True), "<ol><li>a</li></ol>"),
        (Outline("a", (Outline("b"),)), "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        (Details([("a", "b")]), "<dl><dt>a</dt><dd>b</dd></dl>"),
        (Beside((Line("a"),), (Line("b"),)), "<div><p>a</p></div><div><p>b</p></div>"),
        (
            Figure("a", "<svg></svg>"),
            '<figure class="graph"><figcaption>a</figcaption><div class="scroll" tabindex="0" role="group"'
            ' aria-label="Drawing"><svg></svg></div></figure>',
        ),
        (
            Cards((Section("a", (Line("b"),)),)),
            '<div class="cards"><div class="card"><h3>a</h3><p>b</p></div></div>',
        ),
        (
            Table(["A", "B", "C"], [["a", "", Items((Item("", "c"),))]], caption="<t>", kind="fine"),
            '<table class="fine"><caption>&lt;t&gt;</caption><thead><tr><th scope="col">A</th>'
            '<th scope="col">B</th><th scope="col">C</th></tr></thead><tbody><tr><th scope="row">a</th>'
            '<td data-label="B">-</td><td data-label="C"><ul><li>c</li></ul></td></tr></tbody></table>',
        ),
    ],
)
def test_blocks(block: Block, written: str) -> None:
    assert html([block]).replace("\n", "") == written


def test_an_element_escapes_its_attributes() -> None:
    assert element("a", "x", class_='"<') == '<a class="&quot;&lt;">x</a>'
