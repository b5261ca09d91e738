"""Records, in a list and one by one."""

from expert.ledger.history.search import Summary
from expert.views.records import record_blocks, records_table
from expert.views.terminal import Look, shown

LOOK = Look()


def test_labels_have_a_column_where_there_are_any() -> None:
    plain = Summary(1, "abc12", "2026", "", "plants 1", "fern: option", {}, "ff")
    assert records_table([plain]).headers == ["Record", "Time", "Knowledge", "What"]
    both = records_table([plain, plain._replace(label="mine")])
    assert [row[2] for row in both.rows] == ["", "mine"] and both.headers[2] == "Label"


def test_the_head_of_a_record() -> None:
    header = {"id": "abc12", "time": "2026", "seq": 3, "knowledge": "ff", "programs": {"a": "1", "b": "2"}}
    answers = [
        {"attribute": "light", "value": "shade", "asked": "What light?"},
        {"attribute": "pot", "value": "big", "asked": ""},
    ]
    text = shown([record_blocks(header, {"label": "mine", "answers": answers}, "ee")], LOOK)
    assert text.split("\n") == [
        "Record abc12 of 2026, mine",
        "  number 3, hash ee",
        "  knowledge ff",
        "  a 1, b 2",
        "   1  light = shade  (asked: What light?)",
        "   2  pot = big",
    ]
