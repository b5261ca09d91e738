"""A record as a page: one HTML file, drawn and printable, that needs nothing from outside.

The graph has a column for the answers, one for each depth of rule firings, and one for the
conclusions; an edge that skips columns bends in each of them, so that it passes between boxes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from html import escape
from itertools import chain, pairwise
from typing import Any, NamedTuple

from expert.consultation.result import Advice, Argument, Consultation, KnowledgeId, Recommendation
from expert.language.english import STANCE_WORDS, VERDICT_WORDS, count, known, statement
from expert.language.model import Knowledge
from expert.ledger.records import unreviewed_in
from expert.ledger.store import Entry
from expert.views.consultations import MARKS, _notes_on, _when, cost_words, last_words

MEANS = {"stated": "stated by the document", "inferred": "inferred from it", "added": "ours, to close a gap"}


BLOCKS = ("section", "header", "footer", "h1", "h2", "h3", "p", "dd", "li", "tr", "table", "path", "g")


WIDTH, LAST, GAP, LINE, MARGIN = 124, 164, 46, 10.5, 5  # a box, a conclusion, between columns, ...


STYLE = """<style>
*{box-sizing:border-box;print-color-adjust:exact}body{
font:13px/1.4 Arial,Helvetica,"Liberation Sans",sans-serif;color:#1f2933;background:#fff;max-width:1000px;
margin:0 auto;padding:22px 26px}h1{font-size:23px;margin:0}h3{font-size:13px;margin:0 0 3px}h2{
font-size:15.5px;margin:22px 0 6px;padding-bottom:3px;border-bottom:1.5px solid}h2,h3,.soft{break-after:avoid}
h3 span{font-weight:normal}p,ul,ol{margin:4px 0}ol{padding-left:20px}ul{list-style:none;padding:0}li{
margin:2px 0}li,tr{break-inside:avoid}table{border-collapse:collapse;width:100%}caption{break-after:avoid;
text-align:left;padding-bottom:3px}th,td{text-align:left;vertical-align:top;padding:3px 12px 3px 0;
border-bottom:1px solid #d5dbe1}code,.refs{font:.87em "Liberation Mono",Menlo,monospace}a{color:#2b5c8a;
text-decoration:none}dl{display:grid;grid-template-columns:max-content 1fr;gap:1px 14px;margin:10px 0}
dt,caption,figcaption,footer,q,.soft,h3 span{color:#56616e}dd code{word-break:break-all}.note{
border-left:3px solid #56616e;padding:2px 0 2px 9px;margin:8px 0}.cards{columns:2;column-gap:28px}.card{
margin:0 0 11px}.card ul li{padding-left:17px;text-indent:-17px}.mark,.basis{display:inline-block;
text-indent:0}.mark{width:17px;font-weight:bold}.fine{font-size:11.5px}.fine ul,.fine li{margin:0}
.trace td:nth-child(2){min-width:150px}.trace td:nth-child(5){width:36%}.sources td:nth-child(2){
white-space:nowrap}.sources td:nth-child(n+4){width:13%}footer{margin-top:24px;border-top:1px solid #d5dbe1;
font-size:11px}dd,figure{margin:0}figcaption{margin-bottom:8px}.stated{--c:#46719c;--f:#e6eff8}.inferred{
--c:#94701a;--f:#f8efd8;--dash:5 2.5}.silent,.verdict{--f:#fff}.added{--c:#a33a4c;--f:#f6dfe3;--dash:1.5 2}
.answer{--f:#eef0f2}.answer,.silent{--c:#5b6775;rx:7px}.basis{font-size:.84em;line-height:1.25;padding:0 5px;
border:1.3px solid var(--c);border-radius:3px;background:var(--f)}.basis.inferred{border-style:dashed}
.basis.added{border:1.6px dotted var(--c)}svg{display:block;max-width:100%;height:auto;
font:8.8px Arial,Helvetica,"Liberation Sans",sans-serif}rect,path{stroke:var(--c,#1f2933);
stroke-dasharray:var(--dash,none)}rect{fill:var(--f)}path{fill:none;opacity:.6}.added,rect.verdict{
stroke-width:1.5}text{fill:#1f2933}.head,.verdict+text{font-weight:bold}@media print{body{font-size:8.8pt;
padding:0;max-width:none}h1{font-size:17pt}h2{font-size:11.5pt}h3{font-size:9pt}.fine,footer{font-size:7.6pt}
a{color:inherit}.graph{break-inside:avoid}svg{max-height:236mm}}@page{size:A4;margin:13mm 13mm 15mm;
@bottom-right{content:counter(page) " / " counter(pages);font:8pt Arial}}</style></head><body>
"""


def page(entry: Entry, found: Consultation, knowledge: Knowledge, sentences: dict[str, str]) -> str:
    """The page about a recorded consultation; `sentences` are the document's, where it is at hand."""
    content: dict[str, Any] = entry.content or {"answers": [], "label": ""}
    ranked = sorted(found.recommendations, key=lambda r: list(VERDICT_WORDS).index(r.verdict))
    end = " ".join(last_words(found, unreviewed_in(entry), recorded=True))
    steps = [_e("li", escape(s.text), " ", _code(s.step), " ", _refs(s.claims)) for s in found.plan]
    parts = {
        "Answers": _answers(content["answers"], knowledge),
        "Recommendation": _recommendation(ranked, knowledge),
        "Plan": _e("ol", *steps) if steps else _e("p", "Nothing follows from what is known."),
        "Arguments": _arguments(ranked, knowledge),
        "Advice and cautions": _advice(found, knowledge),
        "How it follows": _figure(found, content["answers"], knowledge),
        "Trace": _trace(found),
        "Claims used": _claims_used(found, knowledge, sentences),
        "Whose steps these are": _e("p", escape(" ".join(end.split())), class_="note"),
    }
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(found.knowledge.title)}: record {escape(entry.id)}</title>\n{STYLE}"
        + _head(entry, found.knowledge, content["label"])
        + "".join(_e("section", _e("h2", name), body) for name, body in parts.items())
        + _e("footer", _e("p", "Record ", _code(entry.hash), "<br>Knowledge ", _code(found.knowledge.hash)))
        + "</body>\n</html>\n"
    )


def _e(tag: str, *parts: str, **attributes: str) -> str:
    """An element. Its parts are HTML already; its attributes are text, with `class_` for `class`."""
    written = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>{''.join(parts)}</{tag}>" + "\n" * (tag in BLOCKS)


def _code(text: str, **attributes: str) -> str:
    return _e("code", escape(text), **attributes)


def _table(caption: str, heads: list[str], rows: Iterable[list[str]], kind: str = "wide") -> str:
    """A table of cells that are HTML already; a row's first cell is its heading."""
    head = _e("tr", *(_e("th", name, scope="col") for name in heads))
    body = (_e("tr", _e("th", row[0], scope="row"), *(_e("td", cell) for cell in row[1:])) for row in rows)
    return _e("table", _e("caption", caption), _e("thead", head), _e("tbody", *body), class_=kind)


def _refs(ids: Iterable[str]) -> str:
    """Links to claims, or to steps as #1."""
    links = " ".join(_e("a", escape(id.replace("step", "#")), href=f"#{id}") for id in ids)
    return _e("span", links, class_="refs")


def _basis(basis: str) -> str:
    return _e("span", escape(basis), class_=f"basis {basis}")


def _said(about: str, a: Argument | Advice) -> str:
    return _e("li", f"{about}{escape(a.text)} {_refs(a.claims)} {_basis(a.basis)}")


def _head(entry: Entry, k: KnowledgeId, label: str) -> str:
    programs = ", ".join(f"{name} {version}" for name, version in sorted(entry.header["programs"].items()))
    rows = {"Record": f"{entry.id}, number {entry.header['seq']}", "Label": label or "none"}
    rows |= {"Time": entry.header["time"], "Made by": programs, "Knowledge": f"{k.id} {k.version}"}
    rows |= {"Knowledge hash": entry.header["knowledge"], "Record hash": entry.hash}
    items = (_e("dt", n) + _e("dd", _code(t) if "hash" in n else escape(t)) for n, t in rows.items())
    about = _e("h1", escape(k.title)), _e("p", escape(k.disclaimer), class_="note")
    return _e("header", *about, _e("dl", *items))


def _answers(answers: list[dict[str, Any]], knowledge: Knowledge) -> str:
    rows = []
    for n, answer in enumerate(answers, 1):
        name, value = answer["attribute"], str(answer["value"])
        term = knowledge.attributes[name]
        asked = escape(answer["asked"]) or _e("span", escape(f"not asked: {term.label}"), class_="soft")
        shown = "not known" if value == "unknown" else term.show(term.parse(value))
        rows.append([str(n), asked, _e("b", escape(shown)), _code(f"{name} = {value}")])
    return _table(
        "In the order in which they were given.", ["No.", "Question", "Answer", "Recorded as"], rows
    )


def _recommendation(ranked: list[Recommendation], knowledge: Knowledge) -> str:
    rows = []
    for r in ranked:
        row = [
            r.label,
            VERDICT_WORDS[r.verdict],
            _when(r),
            cost_words(r.cost),
            _notes_on(r, knowledge) or "-",
        ]
        rows.append([escape(cell) for cell in row])
    return _table("The best verdict first.", ["Option", "Verdict", "When", "Cost", "Notes"], rows)


def _arguments(ranked: list[Recommendation], knowledge: Knowledge) -> str:
    cards = []
    for r in ranked:
        head = _e("h3", escape(r.label), ": ", _e("span", escape(VERDICT_WORDS[r.verdict])))
        items = []
        for a in sorted(r.arguments, key=lambda a: list(MARKS).index(a.stance)):
            about = knowledge.topics[a.topic].label
            about += f", {knowledge.targets[a.target].label}" if a.target else ""
            about += " (strong)" if a.strength == "strong" else ""
            mark = _e("span", MARKS[a.stance], class_="mark")
            items.append(_said(f"{mark}{_e('b', escape(about))}: ", a))
        body = _e("ul", *items) if items else _e("p", "The document says nothing of it in this case.")
        cards.append(_e("div", head, body, class_="card"))
    marks = ", ".join(f"{mark} {STANCE_WORDS[stance]}" for stance, mark in MARKS.items())
    return _e("p", marks, class_="soft") + _e("div", *cards, class_="cards")


def _advice(found: Consultation, knowledge: Knowledge) -> str:
    cards = []
    for kind, title in (("advice", "Advice"), ("caution", "Cautions")):
        items = []
        for a in (a for a in found.advice if a.kind == kind):
            about = _e("b", escape(knowledge.options[a.option].label)) + ": " if a.option else ""
            items.append(_said(about, a))
        cards += [_e("div", _e("h3", title), _e("ol", *items), class_="card")] if items else []
    return _e("div", *cards, class_="cards") if cards else _e("p", "None in this case.")


def _figure(found: Consultation, answers: list[dict[str, Any]], knowledge: Knowledge) -> str:
    legend = ", ".join(f"{_basis(basis)} {means}" for basis, means in MEANS.items())
    note = "From left to right. A rule that fired for several options is drawn once; the trace has each. "
    drawing = _graph(found, [a["attribute"] for a in answers], knowledge).svg("How the conclusions follow")
    return _e("figure", _e("figcaption", note, legend, "."), drawing, class_="graph")


def _trace(found: Consultation) -> str:
    rows = []
    for f in found.firings:
        seen = [(m.text, m.claims or [f"step{n}" for n in m.firings]) for m in f.matched]
        matched = [f"{escape(text)} {_refs(ids)}" for text, ids in seen]
        texts = [escape(concluded.text) for concluded in f.concluded]
        texts += [] if escape(f.because) in texts else [f"because: {escape(f.because)}"]
        cells = [_e("ul", *(_e("li", t) for t in part)) for part in (matched or ["in every case"], texts)]
        name = _code(f.rule) + (f"<br>for {_code(f.option)}" if f.option else "")
        rows.append([_e("span", str(f.n), id=f"step{f.n}"), name, _basis(f.basis), *cells, _refs(f.claims)])
    caption = f"The steps in order. {count(len(found.not_fired), 'rule')} did not fire."
    return _table(caption, ["No.", "Rule", "Basis", "Matched", "Concluded", "Claims"], rows, "fine trace")


def _claims_used(found: Consultation, knowledge: Knowledge, sentences: dict[str, str]) -> str:
    users: dict[str, list[str]] = {}
    for f in found.firings:
        for id in dict.fromkeys(chain(f.claims, *(match.claims for match in f.matched))):
            users.setdefault(id, []).append(f"step{f.n}")
    rows = []
    for claim in sorted((knowledge.claims[id] for id in users), key=lambda c: (c.paragraph, c.sentence)):
        quote = f"<br>{_e('q', escape(sentences[claim.id]))}" if claim.id in sentences else ""
        place = f"paragraph {claim.paragraph}, sentence {claim.sentence}"
        says, hedge = escape(claim.says) + quote, escape(knowledge.hedges[claim.hedge])
        rows.append([_code(claim.id, id=claim.id), place, says, hedge, _refs(users[claim.id])])
    heads = ["Claim", "Place in the document", "What it says, in our words", "How surely", "Steps"]
    return _table("The sentences of the document that the steps rest on.", heads, rows, "fine sources")


# --- the graph -----------------------------------------------------------------------------
class Box(NamedTuple):
    """A box of the graph. Without lines it is a bend: the place where a long edge passes."""

    kind: str
    column: int
    height: float
    lines: list[str]
    title: str


class Drawing:
    """Boxes in columns, and edges from each column to the next. `middle` is how far down a box is."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.boxes: dict[str, Box] = {}
        self.edges: dict[tuple[str, str], str] = {}
        self.middle: dict[str, float] = {}

    def add(self, key: str, column: int, kind: str, text: str = "", title: str = "") -> None:
        """A box, if there is none with that key."""
        letters = (LAST if column == self.last else WIDTH) // 5
        lines = textwrap.wrap(text, letters, max_lines=4 - (column > 0), placeholder=" …")
        height = len(lines) * LINE + 7 if lines else 2
        self.boxes.setdefault(key, Box(kind, column, height, lines, title))

    def join(self, start: str, end: str) -> None:
        """An edge, with a bend in every column between; edges from one box share their bends."""
        first, way = self.boxes[start], [start]
        for column in range(first.column + 1, self.boxes[end].column):
            way.append(f"{start} {column}")
            self.add(way[-1], column, first.kind)
        self.edges |= dict.fromkeys(pairwise([*way, end]), first.kind)

    def arrange(self) -> float:
        """Move boxes level with what they are joined to, back and forth; the height in all."""
        beside = {k: [o for edge in self.edges if k in edge for o in edge if o != k] for k in self.boxes}
        columns = [[k for k, box in self.boxes.items() if box.column == n] for n in range(self.last + 1)]
        heights = [sum(self.boxes[key].height + MARGIN for key in column) for column in columns]
        for turn in range(40):
            for column in columns[:: -1 if turn % 2 else 1]:
                wish = {k: [self.middle[o] for o in beside[k] if o in self.middle] for k in column}
                mean = {k: sum(w) / len(w) if w else self.middle.get(k, 0) for k, w in wish.items()}
                self.spread(sorted(column, key=mean.__getitem__), mean, max(heights))
        return max(heights)

    def spread(self, column: list[str], wish: dict[str, float], height: float) -> None:
        """Put boxes where they come nearest to their wishes without overlapping, inside the height."""
        below = 0.0
        runs: list[tuple[float, list[tuple[str, float]]]] = []  # boxes that touch: their start, and each
        for key in column:
            size = self.boxes[key].height + MARGIN
            start, run = wish[key] - below - size / 2, [(key, below + size / 2)]
            while runs and runs[-1][0] > start:
                other, before = runs.pop()
                start = (start * len(run) + other * len(before)) / (len(run) + len(before))
                run = before + run
            runs.append((start, run))
            below += size
        for start, run in runs:
            self.middle |= {key: min(max(start, 0), height - below) + offset for key, offset in run}

    def svg(self, title: str) -> str:
        """The drawing."""
        height, parts = self.arrange() + 22, [_e("title", escape(title))]
        left = [2 + column * (WIDTH + GAP) for column in range(self.last + 1)]
        heads = ["Answers", *(f"Rules, depth {n}" for n in range(1, self.last)), "Conclusions"]
        parts += [_e("text", h, class_="head", x=str(x), y="10") for h, x in zip(heads, left, strict=True)]
        for (start, end), kind in self.edges.items():
            x, y, to = left[self.boxes[start].column], self.middle[start] + 18, self.middle[end] + 18
            right, half = x + WIDTH, x + WIDTH + GAP // 2
            curve = f"C{half} {y:.1f} {half} {to:.1f} {right + GAP} {to:.1f}"
            d = f"M{right if self.boxes[start].lines else x} {y:.1f}H{right}{curve}"
            parts.append(_e("path", class_=kind, d=d))
        for key, box in self.boxes.items():
            x, y, size = left[box.column], self.middle[key] + 18 - box.height / 2, f"{box.height:.1f}"
            wide = str(LAST if box.column == self.last else WIDTH)
            rect = _e("rect", class_=box.kind, x=str(x), y=f"{y:.1f}", width=wide, height=size, rx="2")
            lines = ((escape(line), f"{y + n * LINE + 0.5:.1f}") for n, line in enumerate(box.lines, 1))
            text = _e("text", *(_e("tspan", line, x=str(x + 6), y=level) for line, level in lines))
            parts += [_e("g", _e("title", escape(box.title)), rect, text)] if box.lines else []
        width = left[-1] + LAST + 2
        return _e("svg", *parts, role="img", viewBox=f"0 0 {width} {height:.0f}", width=f"{width * 1.2:.0f}")


def _graph(found: Consultation, answers: list[str], knowledge: Knowledge) -> Drawing:
    """From answers through firings (those of one rule at one depth together) to conclusions."""
    depth: dict[int, int] = {}
    for f in found.firings:
        depth[f.n] = 1 + max((depth[n] for m in f.matched for n in m.firings if n < f.n), default=0)
    graph = Drawing(last := max(depth.values(), default=0) + 1)
    named = [m.name for f in found.firings for m in f.matched if m.name in knowledge.attributes]
    for name in dict.fromkeys([*answers, *named]):
        term, value = knowledge.attributes[name], str(found.answers.get(name, "unknown"))
        words = known(term, False) if value == "unknown" else statement(term, (term.parse(value),))
        title = f"{name} = {value}" if name in found.answers else f"{name}: no answer"
        graph.add(f"answer {name}", 0, "answer" if name in found.answers else "silent", words, title)
    for r in found.recommendations:
        graph.add(f"option {r.option}", last, "verdict", f"{r.label}: {VERDICT_WORDS[r.verdict]}", r.label)
    for s in found.plan:
        basis = min((found.firings[n - 1].basis for n in s.firings), key=list(MEANS).index)
        graph.add(f"step {s.step}", last, basis, f"{s.n}. {s.text}", s.text)
    for a in found.advice:
        graph.add(f"{a.kind} {a.id}", last, a.basis, f"{a.kind.title()}: {a.text}", a.text)
    for f in found.firings:
        alike = [g for g in found.firings if (g.rule, depth[g.n]) == (f.rule, depth[f.n])]
        many = f"{len(alike)} options" if len(alike) > 1 else f.option
        title = "\n".join(f"#{g.n} {g.because}" for g in alike)
        key = f"rule {f.rule} {depth[f.n]}"
        graph.add(key, depth[f.n], f.basis, f"{f.rule} ({many})" if many else f.rule, title)
        for m in f.matched:
            starts = [f"rule {found.firings[n - 1].rule} {depth[n]}" for n in m.firings if n < f.n]
            for start in [f"answer {m.name}"] if m.name in knowledge.attributes else starts:
                graph.join(start, key)
        for c in f.concluded:
            about = c.kind in ("argument", "wait", "flag") or c.name in (knowledge.cost or ())
            end = f"option {c.option}" if about else f"{c.kind} {c.name}"
            if end in graph.boxes:
                graph.join(key, end)
    return graph
