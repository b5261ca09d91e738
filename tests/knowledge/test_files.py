"""What is declared of the files: one way to call each thing, and every file found by its path."""

from __future__ import annotations

from expert.knowledge.files import FILES, TERMS, file_at
from expert.knowledge.shapes import Text, keys_of


def test_files_are_found_by_their_paths() -> None:
    assert [file.kind for file in FILES if file_at(file.path.replace("*", "some")) is not file] == []
    assert file_at("kb/other.yaml") is None


def test_no_two_mappings_have_one_name() -> None:
    for file in FILES:
        shapes = {shape.name: shape for shape, _ in keys_of(file.holds)}
        assert all(shapes[shape.name] == shape for shape, _ in keys_of(file.holds))


def test_no_key_is_declared_twice() -> None:
    for file in FILES:
        for shape, _ in keys_of(file.holds):
            assert len(set(shape.names)) == len(shape.names)
            assert set(shape.required) | set(shape.optional) == set(shape.names), shape.name
            assert {*shape.one_of, *shape.some_of} <= set(shape.names)


def test_texts_that_must_look_like_something_say_how() -> None:
    for file in FILES:
        for _, key in keys_of(file.holds):
            if isinstance(key.holds, Text) and key.holds.pattern:
                assert key.holds.words != Text().words, key.name


def test_a_question_is_needed_for_an_attribute_alone() -> None:
    assert {name for name, shape in TERMS.items() if "question" in shape.required} == {"attribute"}
    assert all({"type", "label"} <= set(shape.required) for shape in TERMS.values())
