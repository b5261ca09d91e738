"""What `kb/` declares, as it is read."""

from __future__ import annotations

from support.loading import node_of

from expert.io.yaml import Reader
from expert.knowledge.declarations import read_claims
from expert.language.model import Claim, Datum, Knowledge


def test_findings_topics_and_cost(knowledge: Knowledge) -> None:
    assert {name: term.per_option for name, term in knowledge.findings.items()} == {
        "place": False,
        "cost": True,
    }
    assert {name: topic.decides for name, topic in knowledge.topics.items()} == {
        "growth": True,
        "price": False,
    }
    assert knowledge.topics["price"].label == "price" and knowledge.cost == ("cost", "cost")


def test_options_have_data_with_their_claims(knowledge: Knowledge) -> None:
    fern = knowledge.options["fern"]
    assert fern.properties["fee"] == (Datum(500, ("p1s2",)),)
    assert fern.properties["likes"] == (Datum("shade", ("p1s1", "p1s2")),)
    assert (fern.label, fern.phrase, fern.plural) == ("Fern", "fern", False)


def test_claims_are_those_that_there_are() -> None:
    claims, reader = {"p1s1": Claim("p1s1", "", "", "", "", None)}, Reader()
    assert read_claims(node_of("[p1s1, p1s9]"), claims, reader) == ("p1s1",)
    assert ["claim" in problem.message for problem in reader.problems] == [True]
    assert read_claims(node_of("p1s1"), claims, Reader()) == ("p1s1",)
    assert read_claims(node_of("p1s9"), {}, Reader()) == ()  # that there are none is told already
    empty = Reader()
    assert read_claims(node_of("[]"), claims, empty) == () and empty.problems
