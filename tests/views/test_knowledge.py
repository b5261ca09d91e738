"""A knowledge base as blocks, and what an author's commands did."""

from pathlib import Path

from expert.io.problems import Problem
from expert.knowledge.document import Place
from expert.knowledge.load import load
from expert.language.rules import RuleBase, cited
from expert.views.document import Line
from expert.views.knowledge import (
    begun_blocks,
    changed_file,
    changes_heading,
    claims_blocks,
    coverage_blocks,
    hash_line,
    knowledge_blocks,
    nothing_to_change,
    options_blocks,
    questions_blocks,
    rules_blocks,
    warnings_blocks,
)
from expert.views.terminal import Look, shown

LOOK = Look()


def test_everything_declared_is_shown(base: RuleBase) -> None:
    k = base.knowledge
    text = shown(knowledge_blocks(base), LOOK)
    assert k.hash in text and k.disclaimer in text and ", ".join(k.options) in " ".join(text.split())
    claims = shown(claims_blocks(base, cited(base)), LOOK).split("\n")
    assert [line.split()[0] for line in claims if line[0] != " "] == list(k.claims)
    assert len(rules_blocks(base.rules, base)) == len(base.rules)
    assert len(questions_blocks(base)) == len(k.attributes)
    options = shown(options_blocks(base), LOOK)
    assert all(f"{option.id}  {option.label}" in options for option in k.options.values())


def test_what_is_not_accounted_for_is_named() -> None:
    places = [Place("p1s1", 1, "encoded", ("r",)), Place("p1s2", 1, "gone", ("r", "s"))]
    text = shown(coverage_blocks(places, document=True), LOOK)
    assert text.endswith(
        "\n\np1s2 is gone: r, s rest on it\n1 of 2 sentences accounted for (50.0 %), fingerprints checked."
    )
    assert "todo" not in text
    todo = shown(coverage_blocks([Place("p2s1", 2, "todo", ())], document=False), LOOK)
    assert "todo" in todo and "p2s1 is still to be written\n0 of 1" in todo


def test_what_an_authors_commands_did(base: RuleBase) -> None:
    warning, size = warnings_blocks(base, [Problem("odd")])
    assert warning == Line("warning: odd") and "no errors, 1 warning." in str(size.words)
    begun = shown(begun_blocks(base, Path("d"), ["kb/claims.yaml", ".schemas/a"], "cicatrix kb lint"), LOOK)
    assert begun.split("\n")[1:] == ["  kb/claims.yaml", "Look at it again with: cicatrix kb lint"]
    assert changes_heading(["a", "b"]) == Line("--- a, b ---")
    assert [changed_file(Path("a"), check).words for check in (True, False)] == [
        "would change  a",
        "changed  a",
    ]
    assert nothing_to_change(3) == Line("3 files: nothing to change.")
    assert hash_line("a" * 20, "a" * 20) == Line(f"knowledge hash {'a' * 12} (the same)")
    assert hash_line("a" * 20, "b" * 20) == Line(f"knowledge hash {'a' * 12} -> {'b' * 12}")


def test_a_question_says_that_today_is_its_answer_where_none_is_given() -> None:
    benefit = load(Path(__file__).parents[2] / "examples" / "benefit")
    text = shown(questions_blocks(benefit, ["decided", "born"]), LOOK).split("\n")
    assert text[0] == "decided  (date) (today's, where it is not given and today is allowed)"
    assert "born  (date)" in text
