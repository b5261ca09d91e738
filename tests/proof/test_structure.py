"""The checks of the rules themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.constructs import opened
from support.proving import HERE, ROOT, RULE, check_of, copy_of, edit, found_by, report_of

from expert.language.rules import RuleBase
from expert.proof.invariants import read_invariants
from expert.proof.proofs import Report
from expert.proof.structure import prove_all


@pytest.mark.long
@pytest.mark.more
def test_an_argument_that_opposes_another_is_a_tension(tmp_path: Path) -> None:
    directory = copy_of(ROOT, tmp_path / "copy")
    edit(
        directory,
        "rules/4-treatments.yaml",
        "    - flag: response-varies\n    - argue: {against: risk}",
        "    - flag: response-varies\n    - argue: {against: effectiveness}",
    )
    [tension] = found_by(report_of(directory), "tension")
    assert tension.about == ("fillers-are-another-treatment", "response-varies")
    assert {"p12s1", "p12s4"} <= set(tension.claims)
    assert tension.witnesses[0].confirmed
    assert "consult scar_depth=deep --kb" in tension.witnesses[0].command
    mark = "tensions: [{rules: [response-varies, fillers-are-another-treatment], intended: so it says}]\n"
    with (directory / "kb/invariants.yaml").open("a") as stream:
        stream.write(mark)
    check = check_of(report_of(directory), "tension")
    assert (check.status, check.found[0].intended) == ("holds", "so it says")


def test_a_mark_that_marks_nothing_is_found(base: RuleBase) -> None:
    text = "intended: [{check: never-matters, about: budget, reason: none}]"
    [found] = found_by(prove_all(base, read_invariants(base, text)), "never-matters")
    assert (found.about, found.says) == (("budget",), "is marked as intended, and does not occur")


def defective(tmp_path: Path, *rules: tuple[str, str, str], invariants: str = "") -> Report:
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    (directory / "rules/3.yaml").write_text("".join(RULE.format(*rule) for rule in rules))
    if invariants:
        (directory / "kb/invariants.yaml").write_text(invariants)
    return report_of(directory)


def test_rules_that_never_fire(tmp_path: Path) -> None:
    report = defective(
        tmp_path,
        ("two-lights", "[{light: dim}, {light: bright}]", "{plan: move}"),
        ("too-many", "{pots: {more-than: 20}}", "{plan: move}"),
        ("between", "{budget: {more-than: 0.01, less-than: 0.02}}", "{plan: move}"),
        ("never-so", "{option.likes: sun}", "{flag: dear}"),
        ("can-fire", "{pots: {at-least: 20}}", "{plan: move}"),
    )
    about = {found.about[0]: found.says for found in found_by(report, "never-fires")}
    assert about.pop("never-so") == "can hold for no option"
    assert about == dict.fromkeys(["two-lights", "too-many", "between"], "can fire in no case")


def test_masked_and_identical_rules(tmp_path: Path) -> None:
    report = defective(
        tmp_path,
        ("whenever-bright", "{light: bright}", "{plan: move}"),
        ("bright-with-pets", "{light: bright, pets: yes}", "{plan: move}"),
        ("not-dim", "{light: known, unless: {light: dim}}", "{plan: move}"),
        ("weaker", "{place: shady, option: fern}", "{argue: {for: growth, target: health}}"),
        ("by-two", "{light: known}", "{conclude: {place: sunny}}"),
        ("other-words", "{light: bright}", "{advise: Other words.}"),
    )
    masked = {found.about for found in found_by(report, "masked")}
    assert ("bright-with-pets", "whenever-bright") in masked
    assert ("weaker", "ferns-like-shade") in masked
    assert ("a-sunny-place", "by-two") in masked
    assert len(masked) == 3
    assert [f.about for f in found_by(report, "identical")] == [("whenever-bright", "not-dim")]


def test_exceptions_without_conclusions_do_something_of_their_own(tmp_path: Path) -> None:
    """They are no more the same than what they keep from firing, and where."""
    conditions = {"g": "a", "e": "b", "same": "b", "within": {"b": "yes", "c": "yes"}, "other": "c"}
    excepted = {"e": "g", "same": "g", "within": "g", "other": "e"}
    rules = [
        {"id": id, "when": when if isinstance(when, dict) else {when: "yes"}}
        | ({"exception-to": excepted[id]} if id in excepted else {"then": {"advise": "It."}})
        for id, when in conditions.items()
    ]
    base = opened({"rules": rules}, tmp_path)
    report = prove_all(base, read_invariants(base, "{}"))
    assert [f.about for f in found_by(report, "identical")] == []
    masked = [f.about for f in found_by(report, "masked")]
    assert masked == [("e", "same"), ("same",), ("within", "same")]


def test_a_rule_is_not_masked_by_what_it_brings_about(tmp_path: Path) -> None:
    """Two rules that support each other would vanish together with what started them."""
    vocabulary = "kb/vocabulary.yaml"
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    edit(
        directory,
        vocabulary,
        "      shady: a shady place\n",
        "      shady: a shady place\n      cool: a cool place\n",
    )
    rules = [
        ("a-cool-place", "{pets: yes}", "{conclude: {place: cool}}"),
        ("cool-is-shady", "{place: cool}", "{conclude: {place: shady}}"),
        ("shady-is-cool", "{place: shady}", "{conclude: {place: cool}}"),
    ]
    (directory / "rules/3.yaml").write_text("".join(RULE.format(*rule) for rule in rules))
    assert found_by(report_of(directory), "masked") == ()


def test_what_nothing_reads_and_what_never_comes(tmp_path: Path) -> None:
    """The minimal knowledge base itself: a cactus is never recommended, warmth never matters."""
    when = "when: {pots: {more-than: 20}}, never: {plan: move}"
    fine = ("can-fire", "{pots: {at-least: 20}}", "{plan: move}")
    report = defective(tmp_path, fine, invariants=f"invariants: [{{id: never, says: No., {when}}}]")
    assert [f.about for f in found_by(report, "never-recommended")] == [("cactus",)]
    assert [f.about for f in found_by(report, "never-matters")] == [("warmth",)]
    assert [f.about for f in found_by(report, "vacuous")] == [("never",)]
    [silent] = found_by(report, "dead-end")
    assert silent.witnesses[0].confirmed
    line = silent.witnesses[0].command
    assert all(f"{name}=" in line for name in ("light", "pets", "pots", "budget", "warmth"))


def test_a_finding_that_nothing_reads(tmp_path: Path) -> None:
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    edit(directory, "rules/2-options.yaml", "    unless: {place: sunny}\n", "")
    [unread] = found_by(report_of(directory), "unread")
    assert (unread.about, unread.says) == (("place",), "nothing reads that it is sunny")
    edit(directory, "rules/2-options.yaml", "place: shady, ", "")
    [unread] = found_by(report_of(directory), "unread")
    assert unread.says == "nothing reads the place"


def test_a_dead_end_with_every_answer_comes_first_and_one_case_can_be_marked(tmp_path: Path) -> None:
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    [found] = found_by(report_of(directory), "dead-end")
    assert found.says.endswith("with every answer given") and "=unknown" not in found.witnesses[0].command
    mark = "- {check: dead-end, about: every-case, when: {%s}, reason: So it is.}"

    def marked(*whens: str) -> list[tuple[str, str]]:
        lines = "\n".join(mark % when for when in whens)
        (directory / "kb" / "invariants.yaml").write_text(f"intended:\n{lines}\n")
        return [(each.says, each.intended) for each in found_by(report_of(directory), "dead-end")]

    said = "nothing is said in this case"
    assert marked("light: bright") == [(said, "So it is."), (said, "")]
    assert marked("light: known", "light: unknown") == [(said, "So it is.")] * 2
    both = marked("light: known", "light: unknown", "pots: {more-than: 20}")
    assert both[:2] == [(said, "So it is.")] * 2 and "does not occur" in both[2][0]


def test_a_question_with_several_answers_matters_if_one_of_them_does(tmp_path: Path) -> None:
    directory = copy_of(HERE / "data" / "tomato", tmp_path / "copy")
    marks = "  marks: {type: choices, label: marks, question: Which?, values: {a: a, b: b}}\nfindings:\n"
    edit(directory, "kb/vocabulary.yaml", "findings:\n", marks)
    assert [f.about for f in found_by(report_of(directory), "never-matters")] == [("marks",)]
    edit(directory, "rules/blight.yaml", "when: {signs: none}", "when: {signs: none, marks: a}")
    assert [f.about for f in found_by(report_of(directory), "never-matters")] == [("marks.b",)]
    mark = "intended: [{check: never-matters, about: marks.b, reason: for the record}]\n"
    with (directory / "kb/invariants.yaml").open("a") as stream:
        stream.write(mark)
    assert check_of(report_of(directory), "never-matters").status == "holds"
