"""The drawing of how conclusions follow."""

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.language.rules import RuleBase
from expert.views.drawing import Drawing, drawing


def test_an_edge_bends_in_every_column_that_it_passes() -> None:
    graph = Drawing(3)
    graph.add("a", 0, "answer", "A")
    graph.add("z", 3, "verdict", "Z")
    graph.join("a", "z")
    assert list(graph.edges) == [("a", "a 1"), ("a 1", "a 2"), ("a 2", "z")]
    assert [graph.boxes[key].lines for key in ("a", "a 1", "a 2", "z")] == [["A"], [], [], ["Z"]]
    assert graph.svg("<t>").startswith("<svg") and "<title>&lt;t&gt;</title>" in graph.svg("<t>")


def test_every_answer_and_every_conclusion_has_its_box(base: RuleBase) -> None:
    found = infer(base, parse_pairs(["scar_depth=deep", "budget=100"], base.knowledge))
    boxes = drawing(found, ["budget", "scar_depth"], base.knowledge).boxes
    assert {"answer budget", "answer scar_depth"} <= set(boxes)
    assert boxes["answer budget"].column == 0
    for option in base.knowledge.options:
        assert boxes[f"option {option}"].kind == "verdict"
    assert {f"step {step.step}" for step in found.plan} <= set(boxes)
