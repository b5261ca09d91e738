"""The drawing of how conclusions follow."""

import pytest
from support.shell import ROOT

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.knowledge.load import load
from expert.language.rules import RuleBase
from expert.views.drawing import Drawing, drawing


def test_an_edge_bends_in_every_column_that_it_passes() -> None:
    graph = Drawing(3)
    graph.add("a", 0, "answer", "A")
    graph.add("z", 3, "verdict", "Z")
    graph.join("a", "z")
    assert list(graph.edges) == [("a", "a 1"), ("a 1", "a 2"), ("a 2", "z")]
    assert [graph.boxes[key].lines for key in ("a", "a 1", "a 2", "z")] == [["A"], [], [], ["Z"]]
    assert graph.svg("<t>").startswith("<svg") and ">&lt;t&gt;</title>" in graph.svg("<t>")


def test_what_it_shows_is_told(base: RuleBase) -> None:
    """Every rule that fired, on what, and what it led to; and what nothing led to."""
    found = infer(base, parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge))
    graph = drawing(found, ["scar_depth", "active_acne"], base.knowledge)
    told = graph.told()
    assert all(f"{firing.rule}" in told for firing in found.firings)
    assert "deep-scars-present fired on: the scars are deep, and led to:" in told
    assert "Punch technique: preferred" in told and "; " in told
    lone = Drawing(1)
    lone.add("a", 0, "answer", "A & <b>")
    lone.add("z", 1, "verdict", "Z: open")
    assert lone.told() == "No rule led to: Z: open."
    assert 'aria-describedby="graph-told"' in lone.svg("t") and "Z: open.</desc>" in lone.svg("t")


def test_every_answer_and_every_conclusion_has_its_box(base: RuleBase) -> None:
    found = infer(base, parse_pairs(["scar_depth=deep", "budget=100"], base.knowledge))
    boxes = drawing(found, ["budget", "scar_depth"], base.knowledge).boxes
    assert {"answer budget", "answer scar_depth"} <= set(boxes)
    assert boxes["answer budget"].column == 0
    for option in base.knowledge.options:
        assert boxes[f"option {option}"].kind == "verdict"
    assert {f"step {step.step}" for step in found.plan} <= set(boxes)


def test_a_result_is_a_conclusion() -> None:
    """A score has no option: it is drawn beside them, with the rule that counted it."""
    base = load(ROOT / "examples" / "curb65")
    found = infer(base, parse_pairs(["age=70", "breaths=20"], base.knowledge))
    graph = drawing(found, ["age", "breaths"], base.knowledge)
    assert graph.boxes["finding curb65"].text.startswith("CURB-65: ")
    assert any(end == "finding curb65" for _, end in graph.joined)


def test_a_large_drawing_is_moved_less_often_and_is_whole(
    base: RuleBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = infer(base, parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge))
    monkeypatch.setattr("expert.views.drawing.MOVED", 1)
    graph = drawing(found, ["scar_depth"], base.knowledge)
    height = graph.arrange()
    assert graph.middle.keys() == graph.boxes.keys()
    for key, box in graph.boxes.items():
        assert box.height / 2 <= graph.middle[key] <= height - box.height / 2
