"""Blocks say what things are."""

from expert.views.document import Cited, Line, Marked, Section, apart, citing, pieces


def test_words_are_pieces() -> None:
    assert pieces("a") == ("a",)
    assert pieces(Marked("a", "verdict")) == (Marked("a", "verdict"),)
    assert pieces(["a", Cited(("p1s1",))]) == ["a", Cited(("p1s1",))]


def test_what_rests_on_nothing_cites_nothing() -> None:
    assert citing("a", ()) == "a"
    assert citing(("a", "b"), ["p1s1"]) == ("a", "b", "  ", Cited(("p1s1",)))


def test_what_stands_apart_has_no_heading() -> None:
    assert apart(Line("a"), Line("b")) == Section("", (Line("a"), Line("b")))
