"""The lines of a file, in the order of what is declared of it."""

from __future__ import annotations

from expert.authoring.arrange import FileLines, in_order, place_in
from expert.authoring.comments import composed
from expert.knowledge.files import CLAIMS, CONCLUSION, DOCUMENT
from expert.knowledge.shapes import Entries, held_by

TEXT = """\
# of the file

title: Plants
# which one
id: plants
other: x
"""


def test_entries_change_places_with_the_comments_above_them() -> None:
    lines = TEXT.splitlines(keepends=True)
    arranged = "".join(FileLines(lines).arranged(composed(TEXT), DOCUMENT, 0, len(lines)))
    assert arranged == "# of the file\n\n# which one\nid: plants\ntitle: Plants\nother: x\n"


def test_the_order_of_keys() -> None:
    assert in_order(DOCUMENT, ["version", "no-key", "id"]) == [2, 0, 1]
    assert in_order(CONCLUSION, ["wait", "plan"]) == [0, 1]  # where the author's order means something
    claims = held_by(CLAIMS, "claims")
    assert isinstance(claims, Entries)
    assert in_order(claims, ["p2s1", "p1s10", "p1s9"]) == [2, 1, 0]
    assert place_in(None, "anything", 3) == (0, 3)
