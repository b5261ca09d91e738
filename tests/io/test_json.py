"""The JSON of docs/json.md: its keys, its types, and that nothing is lost on the way."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rfc8785

from expert.consultation import result as trace
from expert.io.json import Later, canonical, plain
from expert.language.rules import RuleBase

DOC = (Path(__file__).parents[2] / "docs" / "json.md").read_text()


@pytest.mark.parametrize(
    "record",
    [
        *(trace.Consultation, trace.Recommendation, trace.Argument, trace.Firing, trace.Match),
        *(trace.Concluded, trace.NotFired, trace.PlanStep, trace.Advice, trace.Finding, trace.Cost),
        trace.KnowledgeId,
    ],
)
def test_every_key_is_documented(record: Any) -> None:
    for name in record._fields:
        assert f"`{name}`" in DOC, name


TEXTS = ["", 'a "b" \\\\ \n\r\t\b\f\x01\x1f\x7f/', "é – 深い \u2028", "\U0001f34e", "\ue000", "\ufb33"]
NUMBERS = [0, -1, 2**53 - 1, 1 - 2**53, 1.0, -0.0, 0.1, 1e-7, 1e21, 123456789012345680000.0, True, None]


def some_data(random: Random, depth: int = 0) -> Any:
    """Data of any shape, with what the two writers of canonical JSON could write otherwise."""
    kind = random.randrange(3 if depth < 4 else 1)
    size = random.randrange(4)
    if kind == 0:
        return random.choice(random.choice([TEXTS, NUMBERS]))
    if kind == 1:
        return [some_data(random, depth + 1) for _ in range(size)]
    return {random.choice([*TEXTS, "b", "a", "Z"]): some_data(random, depth + 1) for _ in range(size)}


def test_canonical_is_what_the_library_writes() -> None:
    random = Random(5)
    for _ in range(1_000):
        data = some_data(random)
        assert canonical(data) == rfc8785.dumps(data).decode(), data


@pytest.mark.parametrize("data", [2**53, -(2**53), float("nan"), "\ud800", {"\udfff": 1}, {1: 2}, {1, 2}])
def test_what_has_no_canonical_text_is_refused_as_the_library_refuses_it(data: object) -> None:
    for nested in (data, [data], ({"a": data},)):
        with pytest.raises(ValueError):
            canonical(nested)


def later(*items: int) -> Later[int]:
    return Later(len(items), lambda: items)


def test_later_stands_for_its_tuple() -> None:
    assert later(1, 2, 3) == (1, 2, 3) == later(1, 2, 3)
    assert (1, 2) != later(1, 2, 3) != [1, 2, 3]
    assert {later(1, 2): "found"}[1, 2] == "found"  # type: ignore[index]
    assert repr(later(1)) == str(later(1)) == "(1,)"
    assert list(later(1, 2)) == [1, 2]
    assert not later()
    assert (later(1, 2, 3)[-1], later(1, 2, 3)[1:], later(4, 5).index(5), 3 in later(3)) == (
        3,
        (2, 3),
        1,
        True,
    )
    assert plain(later(1, 2)) == [1, 2]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_of_later_is_the_tuple(copied: object) -> None:
    found = copied(later(1, 2))  # type: ignore[operator]
    assert type(found) is tuple
    assert found == (1, 2)


def test_later_is_made_once_and_counted_without(base: RuleBase) -> None:
    made = []

    def make() -> tuple[int, ...]:
        made.append(True)
        return (1, 2)

    found = Later(2, make)
    assert (len(found), bool(found), made) == (2, True, [])
    assert [*found, *found] == [1, 2, 1, 2]
    assert made == [True]
