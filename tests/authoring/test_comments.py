"""Where comments are, and that they stay beside what they are about."""

from __future__ import annotations

from expert.authoring.comments import comment_at, comments, lifted, masked, realigned

TEXT = """\
# a head
a: 'no # comment'  # behind
b: >
  # a text
  goes on
"""


def test_what_is_a_comment() -> None:
    assert comments(TEXT) == ["a head", "behind"]
    assert [comment_at(line) for line in masked(TEXT)][:2] == [0, 19]


def test_comments_inside_braces_are_moved_above_them() -> None:
    assert lifted("a: {b: c,  # one\n    d: e}  # two\n") == "# one\na: {b: c,\n    d: e}  # two\n"


def test_comments_keep_to_what_follows() -> None:
    before, after = "a:\n  # about b\n  b: c\n", "a:\n  # about b\n    b: c\n"
    assert realigned(before, after) == "a:\n    # about b\n    b: c\n"
