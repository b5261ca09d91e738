"""The file of approvals: what is refused of it, with its place."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from support.approving import approve_all, kb, waiting
from support.sizes import some_or_all

from expert.io.problems import KnowledgeError
from expert.knowledge.load import load
from expert.review.approvals import FILE, load_reviews, strays
from expert.review.read_approvals import read_reviews


@pytest.mark.parametrize("text", ["", "# nothing any more\n\n", "   \n"])
def test_an_empty_list_is_no_approval(plant: Path, text: str) -> None:
    (plant / FILE).write_text(text)
    assert load_reviews(plant) == ()
    approve_all(plant)
    assert (plant / FILE).read_text().startswith(text) and not waiting(plant)


GOOD = (
    "- {rule: r, claim: p1s1, rule-hash: 0123456789abcdef, claim-hash: 0123456789abcdef, "
    "by: A, on: 2026-01-31}\n"
)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("rule: r", "1:1", "reviews must be a list of approvals, not a mapping"),
        ("- r", "1:3", "an approval must be a mapping, not `r`"),
        (GOOD + "- {}", "2:3", "an approval has no `claim`"),
        (GOOD.replace("rule: r, ", ""), "1:3", "the approval has no `rule`"),
        (GOOD.replace("rule-hash: 0123456789abcdef, ", ""), "1:3", "the approval has no `rule-hash`"),
        (GOOD.replace("rule: r", "rule: r, data: a.b"), "1:3", "exactly one of `rule` and `data`"),
        (
            GOOD.replace("{rule: r, claim: p1s1, rule-hash: 0123456789abcdef, ", "{claim: p1s1, "),
            "1:3",
            "exactly one",
        ),
        (GOOD.replace("by: A", "buy: A"), "1:85", "unknown key in an approval `buy`"),
        (GOOD.replace("2026-01-31", "31.1.2026"), "1:96", "`31.1.2026` is not a date for `on`"),
        (GOOD.replace("2026-01-31", "2026-02-30"), "1:96", "`2026-02-30` is not a date for `on`"),
        (
            GOOD.replace("rule-hash: 0", "rule-hash: g"),
            "1:37",
            "`g123456789abcdef` is not a hash for `rule-hash`",
        ),
        (GOOD.replace("by: A", "by: [A]"), "1:89", "`by` must be a text, not a list"),
        (GOOD.replace("by: A", "by: !!python/object:os.system A"), "1:89", "is not allowed here"),
        (GOOD.replace("by: A", "by: &a A"), "1:89", "anchor `&a` is not allowed here"),
        (GOOD + "---\n" + GOOD, "3:1", "more than one YAML document"),
        ("- {", "2:1", "not valid YAML"),
    ],
)
def test_a_malformed_file(plant: Path, text: str, place: str, message: str) -> None:
    (plant / FILE).write_text(text)
    with pytest.raises(KnowledgeError) as error:
        load_reviews(plant)
    assert any(
        message in p.message and str(p.span).endswith(f"reviews.yaml:{place}") for p in error.value.problems
    ), str(error.value)
    for words in (["review"], ["approve", "--all", "--by", "A"]):
        result = kb(*words, "--kb", plant)
        assert result.exit_code == 3 and message in result.output
    assert (plant / FILE).read_text() == text


@pytest.mark.parametrize(
    "make", [Path.mkdir, lambda path: path.symlink_to("nowhere"), lambda path: os.mkfifo(path)]
)
def test_no_file_at_all(plant: Path, make: object) -> None:
    make(plant / FILE)  # type: ignore[operator]
    assert kb("review", "--kb", plant).exit_code == 3
    assert kb("approve", "--all", "--by", "A", "--kb", plant).exit_code == 3


@pytest.mark.parametrize("files", some_or_all(15, 240, more=60))
def test_random_files(files: int, plant: Path) -> None:
    """A file with a few letters changed is read, or refused with places; approving never loses any of it."""
    approve_all(plant)
    whole, choose = (plant / FILE).read_text(), random.Random(files)
    for _ in range(files):
        text = list(whole)
        for _ in range(choose.randint(1, 3)):
            at = choose.randrange(len(text))
            text[at : at + choose.randint(0, 8)] = choose.choice(
                ["", "-", ":", "\n", "  ", "{", "é", "#", "null"]
            )
        (plant / FILE).write_text("".join(text))
        before = (plant / FILE).read_bytes()
        try:
            reviews = read_reviews("".join(text))
        except KnowledgeError as error:
            assert all(problem.span and problem.span.line >= 1 for problem in error.problems)
        else:
            assert set(strays(load(plant), reviews)) >= set()
        result = kb("approve", "--all", "--by", "Bob", "--kb", plant)
        assert result.exit_code in (0, 3), result.output
        assert (plant / FILE).read_bytes().startswith(before)
