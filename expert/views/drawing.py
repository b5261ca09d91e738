"""How the conclusions of a consultation follow, drawn: from the answers through the rules to the conclusions.

There is a column for the answers, one for each depth of rule firings, and one for the conclusions; an edge
that skips columns bends in each of them, so that it passes between boxes.
"""

from __future__ import annotations

import textwrap
from html import escape
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from expert.consultation.result import Concluded, Consultation, Firing, Match
from expert.io.quoting import safe
from expert.language.english import known, statement
from expert.language.model import Knowledge
from expert.views.html import element

# in units of the drawing
WIDTH, WIDER = 124, 164  # of a box, and of one in the last column
LETTER, LINE = 5, 10.5  # how wide a letter is taken to be, and how high a line
GAP, MARGIN = 46, 5  # between columns, and between boxes of one
TOP = 18  # for the heads of the columns
TURNS, MOVED = 40, 400_000  # how often boxes are moved, and how many at most in all


class Box(NamedTuple):
    """A box of the graph. Without lines it is a bend: the place where a long edge passes."""

    kind: str
    column: int
    height: float
    lines: list[str]
    title: str
    text: str


class Drawing:
    """Boxes in columns, of which `last` is the last, counted from 0.

    `joined` are the pairs of boxes that an edge leads between, and `edges` their pieces, from each column
    to the next, with the kind of box that they come from. `middle` is how far down a box is.
    """

    def __init__(self, last: int) -> None:
        self.last = last
        self.boxes: dict[str, Box] = {}
        self.edges: dict[tuple[str, str], str] = {}
        self.joined: dict[tuple[str, str], None] = {}
        self.middle: dict[str, float] = {}

    def add(self, key: str, column: int, kind: str, text: str = "", title: str = "") -> None:
        """A box, if there is none with that key."""
        letters = self._width(column) // LETTER
        lines = textwrap.wrap(text, letters, max_lines=4 - (column > 0), placeholder=" …")
        height = len(lines) * LINE + 7 if lines else 2
        self.boxes.setdefault(key, Box(kind, column, height, lines, title, text))

    def _width(self, column: int) -> int:
        return WIDER if column == self.last else WIDTH

    def join(self, start: str, end: str) -> None:
        """An edge, with a bend in every column between; edges from one box share their bends."""
        self.joined[start, end] = None
        first, way = self.boxes[start], [start]
        for column in range(first.column + 1, self.boxes[end].column):
            way.append(f"{start} {column}")
            self.add(way[-1], column, first.kind)
        self.edges |= dict.fromkeys(pairwise([*way, end]), first.kind)

    def arrange(self) -> float:
        """Move boxes level with what they are joined to, back and forth; the height in all.

        The boxes of a long chain are moved less often.
        """
        beside: dict[str, list[str]] = {key: [] for key in self.boxes}
        for start, end in self.edges:
            beside[start].append(end)
            beside[end].append(start)
        columns: list[list[str]] = [[] for _ in range(self.last + 1)]
        heights = [0.0] * (self.last + 1)
        for key, box in self.boxes.items():
            columns[box.column].append(key)
            heights[box.column] += box.height + MARGIN
        for turn in range(min(TURNS, max(2, MOVED // max(1, len(self.boxes))))):
            for column in columns[:: -1 if turn % 2 else 1]:
                wish = {key: self._level(key, beside[key]) for key in column}
                self.spread(sorted(column, key=wish.__getitem__), wish, max(heights))
        return max(heights)

    def _level(self, key: str, beside: list[str]) -> float:
        """How far down a box would be, level with what is beside it: what has a place already.

        Added up exactly: what `sum` gives of the same floats is not the same in every version of Python.
        """
        placed = [self.middle[other] for other in beside if other in self.middle]
        return fsum(placed) / len(placed) if placed else self.middle.get(key, 0)

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
        height = self.arrange() + TOP + 4
        left = [2 + column * (WIDTH + GAP) for column in range(self.last + 1)]
        width = left[-1] + WIDER + 2
        parts = [element("title", escape(safe(title)), id="graph-title")]
        parts.append(element("desc", escape(safe(self.told())), id="graph-told"))
        heads = ["Answers", *(f"Rules, depth {n}" for n in range(1, self.last)), "Conclusions"]
        for head, x in zip(heads, left, strict=True):
            parts.append(element("text", head, class_="head", x=str(x), y="10"))
        parts += [self._curve(start, end, left) for start, end in self.edges]
        parts += [self._box(key, left) for key, box in self.boxes.items() if box.lines]
        view = f"0 0 {width} {height:.0f}"
        named = {"aria_labelledby": "graph-title", "aria_describedby": "graph-told"}
        return element("svg", *parts, role="img", viewBox=view, width=f"{width * 1.2:.0f}", **named)

    def told(self) -> str:
        """What the drawing shows, in sentences: on what each rule fired, and what it led to."""
        before: dict[str, list[str]] = {key: [] for key in self.boxes}
        after: dict[str, list[str]] = {key: [] for key in self.boxes}
        for start, end in self.joined:
            after[start].append(self.boxes[end].text)
            before[end].append(self.boxes[start].text)
        sentences = []
        for key, box in self.boxes.items():
            if 0 < box.column < self.last and box.lines:
                on = f" on: {'; '.join(before[key])}" if before[key] else ""
                led = f"led to: {'; '.join(after[key])}" if after[key] else "led to nothing shown here"
                sentences.append(f"{box.text} fired{on}, and {led}.")
        idle = [box.text for key, box in self.boxes.items() if box.column == self.last and not before[key]]
        if idle:
            sentences.append(f"No rule led to: {'; '.join(idle)}.")
        return " ".join(sentences)

    def _curve(self, start: str, end: str, left: list[int]) -> str:
        """An edge from one column to the next; it runs straight through a bend."""
        box, y, to = self.boxes[start], self.middle[start] + TOP, self.middle[end] + TOP
        x = left[box.column]
        right, half = x + WIDTH, x + WIDTH + GAP // 2
        curve = f"C{half} {y:.1f} {half} {to:.1f} {right + GAP} {to:.1f}"
        way = f"M{right if box.lines else x} {y:.1f}H{right}{curve}"
        return element("path", class_=self.edges[start, end], d=way)

    def _box(self, key: str, left: list[int]) -> str:
        box = self.boxes[key]
        x, y, size = left[box.column], self.middle[key] + TOP - box.height / 2, f"{box.height:.1f}"
        wide = str(self._width(box.column))
        rect = element("rect", class_=box.kind, x=str(x), y=f"{y:.1f}", width=wide, height=size, rx="2")
        lines = []
        for n, line in enumerate(box.lines, 1):
            lines.append(element("tspan", escape(safe(line)), x=str(x + 6), y=f"{y + n * LINE + 0.5:.1f}"))
        return element("g", element("title", escape(safe(box.title))), rect, element("text", *lines))


def drawing(consultation: Consultation, answers: list[str], knowledge: Knowledge) -> Drawing:
    """From answers through firings (those of one rule at one depth together) to conclusions."""
    depth = _depths(consultation)
    graph = Drawing(max(depth.values(), default=0) + 1)
    _add_answers(graph, consultation, answers, knowledge)
    _add_conclusions(graph, consultation, knowledge)
    together: dict[tuple[str, int], list[Firing]] = {}
    for firing in consultation.firings:
        together.setdefault((firing.rule, depth[firing.n]), []).append(firing)
    for firing in consultation.firings:
        alike = together[firing.rule, depth[firing.n]]
        many = f"{len(alike)} options" if len(alike) > 1 else firing.option
        title = "\n".join(f"#{f.n} {f.because}" for f in alike)
        key = f"rule {firing.rule} {depth[firing.n]}"
        text = f"{firing.rule} ({many})" if many else firing.rule
        graph.add(key, depth[firing.n], firing.basis, text, title)
        for start in _starts(firing, consultation, depth, knowledge):
            graph.join(start, key)
        for concluded in firing.concluded:
            end = _end(concluded, knowledge)
            if end in graph.boxes:
                graph.join(key, end)
    return graph


def _depths(consultation: Consultation) -> dict[int, int]:
    """How deep each firing is: 1 where it rests on answers alone."""
    depth: dict[int, int] = {}
    for firing in consultation.firings:
        earlier = [n for match in firing.matched for n in match.firings if n < firing.n]
        depth[firing.n] = 1 + max((depth[n] for n in earlier), default=0)
    return depth


def _add_answers(
    graph: Drawing, consultation: Consultation, answers: list[str], knowledge: Knowledge
) -> None:
    """A box for each answer, and for each attribute without one that a rule has looked at."""
    matches = [match for firing in consultation.firings for match in firing.matched]
    named = [match.name for match in matches if _on_answer(match, knowledge)]
    for name in dict.fromkeys([*answers, *named]):
        term, value = knowledge.attributes[name], str(consultation.answers.get(name, "unknown"))
        words = known(term, False) if value == "unknown" else statement(term, (term.parse(value),))
        title = f"{name} = {value}" if name in consultation.answers else f"{name}: no answer"
        graph.add(f"answer {name}", 0, "answer" if name in consultation.answers else "silent", words, title)


def _add_conclusions(graph: Drawing, consultation: Consultation, knowledge: Knowledge) -> None:
    for r in consultation.recommendations:
        words = f"{r.label}: {knowledge.words.verdicts[r.verdict]}"
        graph.add(f"option {r.option}", graph.last, "verdict", words, r.label)
    for result in consultation.results:
        if result.option is None:
            words = f"{result.label}: {result.text}"
            graph.add(f"finding {result.finding}", graph.last, "verdict", words, result.label)
    for s in consultation.plan:
        graph.add(f"step {s.step}", graph.last, consultation.basis(s.firings), f"{s.n}. {s.text}", s.text)
    for a in consultation.advice:
        graph.add(f"{a.kind} {a.id}", graph.last, a.basis, f"{a.kind.title()}: {a.text}", a.text)


def _on_answer(match: Match, knowledge: Knowledge) -> bool:
    """Whether a premise rests on an answer or on there being none; a finding may be answered too."""
    return match.name in knowledge.attributes and match.kind not in ("finding", "score")


def _starts(
    firing: Firing, consultation: Consultation, depth: dict[int, int], knowledge: Knowledge
) -> list[str]:
    """The boxes that a firing rests on."""
    starts = []
    for match in firing.matched:
        if _on_answer(match, knowledge):
            starts.append(f"answer {match.name}")
        else:
            earlier = [n for n in match.firings if n < firing.n]
            starts += [f"rule {consultation.firings[n - 1].rule} {depth[n]}" for n in earlier]
    return starts


def _end(concluded: Concluded, knowledge: Knowledge) -> str:
    """The box that a conclusion is about, if there is one."""
    about_option = concluded.kind in ("argument", "wait", "flag") or concluded.name in (knowledge.cost or ())
    if concluded.kind == "score" and not about_option:
        return f"finding {concluded.name}"
    return f"option {concluded.option}" if about_option else f"{concluded.kind} {concluded.name}"
