"""What a declaration of a file's shape is made of."""

from __future__ import annotations

from expert.io.yaml import Reader, parse_yaml
from expert.knowledge.shapes import (
    Either,
    Entries,
    Key,
    Listing,
    Shape,
    Text,
    held_by,
    keys_of,
    mapping_in,
    required,
)
from expert.language.model import Term

LEAF = Shape("leaf", "a leaf", (required("colour", Text(), "Its colour."),))
PLANT = Shape(
    "plant",
    "a plant",
    (
        Key("note", Text(), "A note."),
        required("label", Text(), "Its name."),
        Key("leaves", Entries(Listing(Either(Text(), LEAF))), "Its leaves."),
    ),
)


def test_what_a_key_holds_is_found_through_lists_and_names() -> None:
    leaves = held_by(PLANT, "leaves")
    assert mapping_in(held_by(mapping_in(leaves), "whatever")) is LEAF
    assert held_by(PLANT, "roots") is None and mapping_in(Text()) is None
    assert [(shape.name, key.name) for shape, key in keys_of(PLANT)] == [
        ("plant", "note"),
        ("plant", "label"),
        ("plant", "leaves"),
        ("leaf", "colour"),
    ]


def test_keys_are_checked_required_ones_first() -> None:
    reader = Reader()
    node, _ = parse_yaml("{note: x, leafs: {}}", "x.yaml")
    assert node and [*PLANT.read(node, reader)] == ["note"]
    assert [str(problem) for problem in reader.problems] == [
        "x.yaml:1:11: unknown key in a plant `leafs`\n"
        "  help: did you mean `leaves`? allowed: label, note, leaves",
        "x.yaml:1:1: a plant has no `label`\n  help: keys: label, note, leaves",
    ]


def test_which_terms_a_key_is_for() -> None:
    key = Key("unit", Text(), "What is counted.", only=("count", "number"))
    assert key.whose == "a count or a number"
    assert key.fits(Term("x", "finding", "count", "")) and not key.fits(Term("x", "finding", "money", ""))
    assert Key("min", Text(), "The least.", only=("attribute", "count", "money")).whose == (
        "an attribute, a count or money"
    )
