"""The page about a record: whole, self-contained, escaped, the same each time, and drawable."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html import escape
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import pytest

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.result import Consultation
from expert.io.json import plain
from expert.language.model import Quote, Quotes
from expert.language.rules import RuleBase
from expert.ledger.store import Entry
from expert.views.report import NOTHING, Aside, page

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
CASES = [
    "scar_depth=deep active_acne=yes otc_result=did-not-help scar_count=12 budget=500 wants_easier=yes"
    " picking=yes",
    "scar_depth=unknown",
    "scar_depth=both active_acne=no",
    "scar_depth=shallow budget=1250.50",
    "previous_punch=yes light_scarring=yes",
    "",
]
FLAGS = [
    "--headless",
    "--disable-quic",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def sample(
    base: RuleBase, words: str, quotes: Quotes | None = None, label: str = "<b>&", beside: Aside = NOTHING
) -> tuple[Consultation, str]:
    """A consultation and its page; every second question was asked."""
    found = infer(base, parse_pairs(words.split(), base.knowledge))
    attributes = base.knowledge.attributes
    answers = [
        {"attribute": name, "value": value, "asked": attributes[name].question * (n % 2)}
        for n, (name, value) in enumerate(reversed(found.answers.items()))
    ]
    header = {
        "kind": "consultation",
        "seq": 7,
        "id": "k7f3a",
        "time": "2026-01-31T09:30:00.123Z",
        "knowledge": base.knowledge.hash,
        "programs": {"experta": "1.9.4", "cicatrix": "0.1.0"},
    }
    content = {"label": label, "answers": answers, "consultation": plain(found)}
    entry = Entry(7, "k7f3a", header, content, "ab" * 32)
    return found, page(entry, found, base.knowledge, quotes or {}, beside)


class Reader(HTMLParser):
    """Checks that every element is closed in turn, and keeps ids, links and boxes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.boxes: list[tuple[float, float, float, float]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert len(given) == len(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        if tag == "rect":
            x, y, width, height = (float(given[name]) for name in ("x", "y", "width", "height"))
            self.boxes.append((x, y, x + width, y + height))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.open and self.open[-1] != "style" else ""


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("words", CASES)
def test_it_is_whole(base: RuleBase, words: str) -> None:
    """Elements are balanced, links lead somewhere, and every rule and claim that was used is there."""
    found, text = sample(base, words)
    reader = read(text)
    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)
    for firing in found.firings:
        assert f"<code>{firing.rule}</code>" in text
        assert f'id="firing{firing.n}"' in text
        assert firing.because in reader.text
        assert set(firing.claims) <= set(reader.ids)
    for said in (*found.plan, *found.advice, *(a for r in found.recommendations for a in r.arguments)):
        assert said.text in reader.text
    for hash in ("ab" * 32, found.knowledge.hash):
        assert reader.text.count(hash) == 2
    for told in ("k7f3a", "2026-01-31T09:30:00.123Z", "cicatrix 0.1.0", found.knowledge.disclaimer):
        assert told in reader.text


@pytest.mark.parametrize("words", CASES)
def test_it_needs_nothing_from_outside(base: RuleBase, words: str) -> None:
    _, text = sample(base, words)
    bare = text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|<script|<link|<img|@import|url\(|\bsrc=|\bon[a-z]+=", bare)


@pytest.mark.parametrize("words", CASES)
def test_boxes_do_not_overlap(base: RuleBase, words: str) -> None:
    _, text = sample(base, words)
    boxes = read(text).boxes
    assert len(boxes) >= len(base.knowledge.options)
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart


def test_a_rule_is_drawn_once(base: RuleBase) -> None:
    """One that fired for several options is one box, which says for how many."""
    found, text = sample(base, CASES[0])
    times = [firing.rule for firing in found.firings]
    text = re.sub(r"<desc.*?</desc>", "", text, flags=re.S)  # which says it once more
    drawing = re.sub(r"<[^>]*>", "", text[text.index("<svg") : text.index("</svg")]).replace("\n", "")
    several = [rule for rule in dict.fromkeys(times) if times.count(rule) > 1]
    assert several
    for rule in several:
        shown = f"{rule}({times.count(rule)}options)"
        assert drawing.replace(" ", "").count(shown) == 1


def test_the_order_of_answers_and_the_questions(base: RuleBase) -> None:
    found, text = sample(base, CASES[0])
    recorded = [f"{name} = {value}" for name, value in reversed(found.answers.items())]
    assert re.findall(r"<code>(\w+ = [^<]+)</code>", text) == recorded
    asked = [base.knowledge.attributes[name].question for name in list(found.answers)[::-1][1::2]]
    assert asked and all(escape(question) in text for question in asked)


def test_everything_is_escaped(base: RuleBase) -> None:
    hostile = "</q><script>alert('x')</script>&"
    found, text = sample(base, CASES[0], dict.fromkeys(base.knowledge.claims, Quote(hostile)))
    assert "<b>&<" not in text and "&lt;b&gt;&amp;" in text
    assert "<script" not in text and text.count(escape(hostile)) == len(
        {claim for firing in found.firings for claim in firing.claims}
    )
    assert hostile in read(text).text


@pytest.mark.long
@pytest.mark.more
def test_it_is_the_same_each_time() -> None:
    """Whatever the order of hashes."""
    line = (
        "import test_report as t, expert.knowledge.load as l; print(t.sample(l.load(t.ROOT), t.CASES[0])[1])"
    )
    pages = []
    for seed in ("1", "2"):
        path = os.pathsep.join((str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "views")))
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
        run = subprocess.run([sys.executable, "-c", line], env=env, capture_output=True, check=True)
        pages.append(run.stdout)
    assert pages[0] == pages[1] and len(pages[0]) > 10_000


# --- in a browser --------------------------------------------------------------------------------
IN_A_BROWSER = pytest.mark.parametrize(
    "words", [CASES[0], *(pytest.param(words, marks=pytest.mark.long) for words in CASES[1:3])]
)
WIDTHS = (360, 768, 1280)  # of a phone, a tablet, a desk
MEASURE = """
const frames = [...document.querySelectorAll("iframe")].map(frame => {
  const page = frame.contentDocument, wide = page.documentElement.clientWidth;
  const inside = e => !e.closest("svg") && e.getClientRects().length;
  const cut = [...page.body.querySelectorAll("*")].filter(inside).filter(
    e => e.getBoundingClientRect().right > wide + 1 || (e.scrollWidth > e.clientWidth + 1 &&
      e.clientWidth && e.className != "scroll"));
  const drawn = page.querySelector("svg").getBoundingClientRect();
  return {
    wide, over: page.documentElement.scrollWidth - wide, cut: cut.map(e => e.outerHTML.slice(0, 80)),
    columns: getComputedStyle(page.querySelector(".cards")).columnCount,
    labels: getComputedStyle(page.querySelector(".trace td"), "::before").content,
    letters: 8.8 * drawn.width / page.querySelector("svg").viewBox.baseVal.width,
    narrowest: Math.min(...[...page.querySelectorAll(".trace td")].map(e => e.getBoundingClientRect().width)),
  };
});
document.body.textContent = "measured: " + JSON.stringify(frames) + " .";
"""


def browser(tmp_path: Path, *words: str) -> str:
    """What Chromium prints; the test is skipped where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM} to draw the page: it is a Debian package")
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.mark.long
@pytest.mark.more
@IN_A_BROWSER
def test_it_fits_a_phone_a_tablet_and_a_desk(base: RuleBase, words: str, tmp_path: Path) -> None:
    """Nothing is cut at any width, however long a word; a phone has one column, and a readable drawing."""
    long = dict.fromkeys(base.knowledge.claims, Quote("y" * 200))
    _, text = sample(base, words, long, label="x" * 200)
    framed = tmp_path / "framed.html"
    frames = "".join(
        f'<iframe style="border:0;width:{width}px;height:900px" srcdoc="{escape(text)}"></iframe>'
        for width in WIDTHS
    )
    framed.write_text(f"{frames}<script>onload = () => {{{MEASURE}}}</script>", encoding="utf-8")
    measured = re.search(r"measured: (.*) \.", browser(tmp_path, "--dump-dom", framed.as_uri()))
    assert measured
    phone, tablet, desk = json.loads(measured[1])
    for found, width in zip((phone, tablet, desk), WIDTHS, strict=True):
        assert found["wide"] in range(width - 20, width + 1)  # a scroll bar may take some
        assert (found["over"], found["cut"]) == (0, [])
    assert (phone["columns"], tablet["columns"], desk["columns"]) == ("1", "2", "2")
    assert phone["labels"] == '"Rule"' and tablet["labels"] == "none"
    assert phone["letters"] > 8 and desk["letters"] > 8
    assert phone["narrowest"] > 300 and tablet["narrowest"] > 30


@pytest.mark.long
@pytest.mark.more
@IN_A_BROWSER
def test_every_printed_page_says_of_which_record_it_is(base: RuleBase, words: str, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed, to read the pages")
    source, paper = tmp_path / "page.html", tmp_path / "page.pdf"
    source.write_text(sample(base, words)[1], encoding="utf-8")
    browser(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={paper}", source.as_uri())
    pages = [page.extract_text() for page in pypdf.PdfReader(paper).pages]
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Record k7f3a of 2026-01-31T09:30:00.123Z, number 7" in text
    assert "\nNo." in pages[-1] or "Whose firings these are" in pages[-1]
    printed = " ".join(" ".join(pages).split())
    for step in sample(base, words)[0].plan:
        assert step.text in printed
