"""What is proved for every case: unknown, timeout and proved are three things."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.proving import HERE, ROOT, RULE, check_of, copy_of, edit, proof_of, report_of

from expert.language.rules import RuleBase
from expert.proof.invariants import load_invariants
from expert.proof.structure import prove_all
from expert.views.proofs import report_blocks
from expert.views.terminal import Look, shown

# --- the built-in knowledge --------------------------------------------------------------


def test_everything_is_proved_of_the_built_in_knowledge(base: RuleBase) -> None:
    report = report_of(ROOT)
    assert {proof.invariant: proof.status for proof in report.proofs if proof.status != "proved"} == {}
    assert {check.check: check.found for check in report.checks if check.status != "holds"} == {}
    assert report.holds
    assert len(report.proofs) >= 8


# --- unknown, timeout and proved are three things ---------------------------------------------


CUBE = "{{times: [{0}, {0}, {0}]}}"
FERMAT = f"""
- id: fermat
  claims: p1s1
  basis: stated
  when: {{pots: {{at-least: 1}}, sum: {{at-least: {CUBE.format("c")}, at-most: {CUBE.format("c")}}}}}
  then: {{plan: move}}
  because: So.
- id: cubes
  claims: p1s1
  basis: stated
  then: {{conclude: {{sum: {{plus: [{CUBE.format("a")}, {CUBE.format("b")}]}}}}}}
  because: So.
"""


def fermat(tmp_path: Path) -> Path:
    """A knowledge base that asks whether the sum of two cubes is a cube: true, and hard to prove."""
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    terms = "".join(f"  {n}: {{type: count, min: 1, label: {n}, question: How many?}}\n" for n in "abc")
    edit(directory, "kb/vocabulary.yaml", "attributes:\n", f"attributes:\n{terms}")
    edit(directory, "kb/vocabulary.yaml", "findings:\n", "findings:\n  sum: {type: count, label: the sum}\n")
    (directory / "rules/3.yaml").write_text(FERMAT)
    (directory / "kb/invariants.yaml").write_text(
        "invariants:\n- {id: last-theorem, says: No., never: {rule: fermat}}\n"
        "- {id: easy, says: Yes., when: {light: bright}, always: {place: sunny}}\n"
    )
    return directory


def test_a_timeout_is_no_proof(tmp_path: Path) -> None:
    report = report_of(fermat(tmp_path), 0.1)
    assert proof_of(report, "last-theorem").status == "timeout"
    assert proof_of(report, "easy").status == "proved"
    assert check_of(report, "never-fires").status == "timeout"
    assert not report.holds


def test_not_knowing_is_no_proof(base: RuleBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Z3 gives up, for whatever reason but time, the result is `unknown`."""
    import z3

    monkeypatch.setattr(z3.Solver, "check", lambda *_: z3.unknown)
    monkeypatch.setattr(z3.Solver, "reason_unknown", lambda *_: "(incomplete (theory arithmetic))")
    report = prove_all(base, load_invariants(base, ROOT))
    assert {proof.status for proof in report.proofs} == {"unknown"}
    assert {c.status for c in report.checks} == {"unknown", "holds"}
    assert not report.holds


# --- what excludes each other -----------------------------------------------------------------


def excluding(tmp_path: Path, groups: str, rule: str = "") -> Path:
    directory = copy_of(HERE / "data" / "minimal", tmp_path)
    with (directory / "kb" / "vocabulary.yaml").open("a") as file:
        file.write(f"exclusive: {groups}\n")
    with (directory / "rules" / "1-place.yaml").open("a") as file:
        file.write(rule)
    return directory


def test_what_excludes_each_other_is_proved(tmp_path: Path) -> None:
    proof = proof_of(report_of(excluding(tmp_path, "[place]")), "exclusive")
    assert (proof.status, proof.says) == ("proved", "No case has two of these: place.")


def test_what_does_not_exclude_each_other_is_shown_by_a_case(tmp_path: Path) -> None:
    rule = RULE.format("two-places", "{pets: yes}", "{conclude: {place: shady}}")
    proof = proof_of(report_of(excluding(tmp_path, "[place]", rule)), "exclusive")
    assert proof.status == "counterexample"
    [witness] = proof.witnesses
    assert witness.confirmed and "light=bright pets=yes" in witness.command
    assert {firing.rule for firing in witness.firings} >= {"two-places", "a-sunny-place"}


def test_of_a_finding_that_each_option_has_no_two_options_may_have_it(tmp_path: Path) -> None:
    rule = RULE.format("fits", "{option.likes: known}", "{conclude: {option.fits: yes}}")
    directory = excluding(tmp_path, "[option.fits]", rule)
    edit(
        directory,
        "kb/vocabulary.yaml",
        "targets:",
        "  fits: {type: yes-no, per-option: yes, label: fit}\ntargets:",
    )
    assert proof_of(report_of(directory), "exclusive").status == "proved"  # of the fern alone it is said
    edit(
        directory,
        "kb/options.yaml",
        "    label: Cactus\n",
        "    label: Cactus\n    properties: {likes: {value: sun, claims: p1s1}}\n",
    )
    proof = proof_of(report_of(directory), "exclusive")
    assert proof.status == "counterexample" and proof.witnesses[0].confirmed


@pytest.mark.long
@pytest.mark.more
def test_where_not_addressed_is_expected_of_what_is_open(tmp_path: Path) -> None:
    """An invariant from before there was a verdict `open` fails for it, and is told so; another is not."""
    directory = copy_of(ROOT, tmp_path / "copy")
    edit(directory, "kb/invariants.yaml", "invariants:\n", f"invariants:{FROM_BEFORE}")
    report = report_of(directory)
    silent, never, other = (proof_of(report, f"from-before-{n}") for n in (1, 2, 3))
    assert {silent.status, never.status, other.status} == {"counterexample"}
    assert (silent.open_instead, never.open_instead, other.open_instead) == (True, True, False)
    lines = " ".join(shown(report_blocks(report), Look()).split())
    assert lines.count("its verdict there is `open`: an answer that the case does not give decides") == 2


FROM_BEFORE = """
  - id: from-before-1
    says: Without a depth the punch technique is not addressed.
    when: {option: punch-technique, scar_depth: unknown}
    always: {option.verdict: not-addressed}
  - id: from-before-2
    says: Without a depth no treatment says anything.
    when: {scar_depth: unknown, light_scarring: unknown}
    never: {unless: {option.verdict: not-addressed}}
  - id: from-before-3
    says: The punch technique is never addressed.
    when: {option: punch-technique, scar_depth: deep}
    always: {option.verdict: not-addressed}
"""
