"""`kb test`, `kb load-bearing` and `kb diff`: what they notice, and what they must not miss."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from support.shell import cicatrix
from typer.testing import CliRunner, Result

from expert.analysis.ablation import load_bearing
from expert.analysis.coverage import coverage
from expert.analysis.diff import compare
from expert.analysis.expected import load_cases
from expert.analysis.mutation import changed_base, mutants, tell_apart
from expert.analysis.shown import Listed, seen_by, seen_in, shown
from expert.commands import trial as test_commands
from expert.consultation.case import Case, make_case
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.knowledge.load import load
from expert.language.meaning import passes
from expert.language.rules import RuleBase

ROOT = Path(__file__).parents[2]
BICYCLE = ROOT / "tests" / "data" / "bicycle"

app = typer.Typer()
for name in ("test", "load_bearing", "diff"):
    app.command(name.replace("_", "-"))(getattr(test_commands, name))


def kb(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the built-in knowledge, to spoil."""
    for room in ("kb", "rules"):
        shutil.copytree(ROOT / room, tmp_path / "copy" / room)
    return tmp_path / "copy"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new))


def only_case(copy: Path, text: str) -> None:
    """Leave this case file only."""
    shutil.rmtree(copy / "kb" / "cases")
    (copy / "kb" / "cases").mkdir()
    (copy / "kb" / "cases" / "one.yaml").write_text(text)


# --- kb test -------------------------------------------------------------------------------------


def test_the_built_in_cases_pass_and_cover_everything() -> None:
    result = kb("test", "--kb", ROOT, "--threshold", 100)
    assert result.exit_code == 0, result.output
    assert "55 of 55 (100.0 %)" in result.stdout
    assert "FAIL" not in result.stdout and "not covered" not in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{scar_depth: deep, active_acne: no, scar_count: 1, budget: 50}", None, "over-budget"),
        ("verdict: uncertain, timing: clear-acne", None, "expected preferred, seen uncertain"),
    ],
)
def test_a_case_that_must_fail_fails(copy: Path, old: str, new: str | None, said: str) -> None:
    file = copy / "kb/cases" / ("deep.yaml" if "budget" in old else "acne.yaml")
    changed = old.replace("budget: 50", "budget: 49").replace("uncertain", "preferred")
    file.write_text(file.read_text().replace(old, changed, 1))
    result = kb("test", "--kb", copy)
    assert result.exit_code == 1
    assert said in result.stdout and result.stdout.count("FAIL") == 1
    assert f"{file}:" in result.stdout


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "rules/4-treatments.yaml",
            "{unsure: effectiveness, target: deep}",
            "{for: effectiveness, target: deep}",
        ),
        ("rules/5-cost.yaml", "scar_count: {more-than: 1}", "scar_count: {more-than: 2}"),
        ("rules/5-cost.yaml", "option.most_cost: {at-most: budget}", "option.most_cost: {less-than: budget}"),
        ("rules/1-depth.yaml", "unless: {previous_punch: no}", "previous_punch: yes"),
        ("kb/options.yaml", "{value: 50, claims: p13s2}", "{value: 51, claims: p13s2}"),
    ],
)
def test_a_changed_rule_is_noticed(copy: Path, file: str, old: str, new: str) -> None:
    edit(copy / file, old, new)
    assert kb("test", "--kb", copy).exit_code == 1


def test_a_missed_threshold_fails_and_the_suggested_cases_mend_it(copy: Path) -> None:
    only_case(copy, "- case: nothing\n  given: {}\n  plan: [establish-depth, check-for-acne]\n")
    assert kb("test", "--kb", copy).exit_code == 0
    result = kb("test", "--kb", copy, "--threshold", 50)
    assert result.exit_code == 1 and "Below the threshold of 50 %" in result.output
    # what is printed can be pasted as it is
    pasted = [line for line in result.stdout.splitlines() if line.startswith(("#", "- ", "  "))]
    (copy / "kb/cases/pasted.yaml").write_text("\n".join(line for line in pasted if line) + "\n")
    assert kb("test", "--kb", copy, "--threshold", 100).exit_code == 0


def test_no_case_at_all_is_no_success(copy: Path) -> None:
    shutil.rmtree(copy / "kb" / "cases")
    result = kb("test", "--kb", copy)
    assert (
        result.exit_code == 1 and "0 cases" in result.stdout and "deep-scars-present fires" in result.stdout
    )


def test_every_problem_of_the_case_files_at_once(copy: Path) -> None:
    text = """- case: one
  given: {scar_dept: deep, active_acne: perhaps, scar_count: 0, budget: [1]}
  expect:
    punch: {verdict: prefered}
    laser-treatment: {verdict: prefered, timing: later, low: many, flags: [over-budge], for: [costs]}
    dermabrasion: {targets: {deap: option}, findings: {least_cos: 3}, cost: 1}
  plan: [treat-scars, establish-depth, establish-depth]
  findings: {deep_scar_cause: [sever-acne]}
  fired: [deep-scar-present]
- case: one
  given: {}
- given: {}
  plan: []
- nothing
"""
    only_case(copy, text)
    (copy / "kb/cases/two.yaml").write_text("case: x\n")
    (copy / "kb/cases/three.yml").write_text("")
    (copy / "kb/cases/four.yaml").write_text("- case: [\n")
    result = kb("test", "--kb", copy)
    assert result.exit_code == 3 and not result.stdout
    shown_problems = result.stderr
    for said in (
        "one.yaml:2:11: unknown attribute `scar_dept`", "did you mean `scar_depth`?",
        "one.yaml:2:41: unknown value for `active_acne` `perhaps`", "`0` is out of range",
        "`budget` must be a", "unknown option `punch`", "unknown verdict `prefered`",
        "did you mean `preferred`?", "unknown timing `later`", "`many` is not a number",
        "unknown flag `over-budge`", "unknown topic `costs`", "unknown target `deap`",
        "unknown finding `least_cos`", "unknown key in `dermabrasion` `cost`",
        "`establish-depth` is given twice", "not in the order of the steps",
        "unknown value for `deep_scar_cause` `sever-acne`", "unknown rule `deep-scar-present`",
        "did you mean `deep-scars-present`?", "duplicate case `one`", "the case expects nothing",
        "a case has no `case`", "a case must be a mapping, not `nothing`",
        "two.yaml:1:1: a case file must be a list", "three.yml", "four.yaml:2:1: not valid YAML",
    ):  # fmt: skip
        assert said in shown_problems, said


def test_mutants_are_only_tried_on_cases_that_pass(copy: Path) -> None:
    edit(copy / "rules/5-cost.yaml", "scar_count: {more-than: 1}", "scar_count: {more-than: 2}")
    result = kb("test", "--kb", copy, "--mutate")
    assert result.exit_code == 1 and "No mutants were tried" in result.output


def test_a_survivor_comes_with_a_case_that_would_notice_it(copy: Path) -> None:
    edit(copy / "kb/cases/deep.yaml", "scar_count: 2, budget: 100}", "scar_count: 3, budget: 150}")
    edit(copy / "kb/cases/deep.yaml", "{verdict: preferred, low: 100, high: 100, ", "{verdict: preferred, ")
    result = kb("test", "--kb", copy, "--mutate", "--threshold", 100, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["mutation"]
    lost = [survivor for survivor in found["survivors"] if not survivor["equivalent"]]
    assert [survivor["what"] for survivor in lost] == ["a constant is raised by one"]
    assert lost[0]["answers"] == {"scar_depth": "deep", "scar_count": 2}
    assert found["of"] - found["covered"] == 1


def test_survivors_are_told_apart_by_the_engine(base: RuleBase) -> None:
    """The case found for a mutant shows a difference when the engine runs it; equivalents show none."""
    cases = load_cases(ROOT, base)
    for mutant in list(mutants(base))[::19]:
        changed = changed_base(base, mutant)
        assert changed is not None
        case, equivalent = tell_apart(base, changed)
        for given in [case] if case else [c.given for c in cases]:
            seen = [seen_by(infer(b, given), b.knowledge) for b in (base, changed)]
            assert (seen[0] != seen[1]) == (case is not None), mutant
        assert equivalent == (case is None)


@pytest.mark.parametrize("where", [ROOT, BICYCLE], ids=["built-in", "bicycle"])
def test_many_cases_at_once_are_the_engine_case_by_case(where: Path) -> None:
    base, dice = load(where), random.Random(4)
    reach = Reach(base)
    cases = []
    for _ in range(60):
        values = {n: [*reach.candidates(n, Case({})), None] for n in base.knowledge.attributes}
        cases.append(make_case({n: dice.choice(v) for n, v in values.items()}, base.knowledge))
    table = shown(base.knowledge, passes(base.instances), Listed(cases))
    for n, case in enumerate(cases):
        assert seen_in(table, n) == seen_by(infer(base, case), base.knowledge), case


def test_coverage_counts_what_it_says(base: RuleBase) -> None:
    none, all_cases = coverage(base, []), coverage(base, load_cases(ROOT, base))
    assert none.missed == none.targets == all_cases.targets
    one = coverage(base, [c for c in load_cases(ROOT, base) if not c.given.answers])
    fired = {f.rule for f in infer(base, Case({})).firings}
    assert {t.rule for t in one.targets if t.leaf < 0} - {t.rule for t in one.missed if t.leaf < 0} == fired


# --- kb load-bearing -------------------------------------------------------------------------------


def test_dropping_a_claim_is_what_deleting_its_rules_is(copy: Path, base: RuleBase) -> None:
    loads = {load.claim: load for load in load_bearing(base, load_cases(ROOT, base)).claims}
    assert loads["p9s1"].dropped == ("punch-is-most-often-recommended",)
    assert (loads["p9s1"].lost, loads["p9s1"].changed) == (54, 0)
    example = loads["p9s1"].example
    assert example and (example.before, example.after) == ("preferred", "not-addressed")
    assert loads["p13s2"].lost == loads["p13s2"].timings == 0 and loads["p13s2"].files == 28
    path = copy / "rules/4-treatments.yaml"
    head, rest = path.read_text().split("- id: punch-is-most-often-recommended", 1)
    path.write_text(head + "- id" + rest.split("\n- id", 1)[1])
    claims = copy / "kb/claims.yaml"
    body = claims.read_text().split("  p9s1:\n", 1)
    claims.write_text(body[0] + "  p9s1:\n    context: dropped\n" + body[1])
    verdicts = [c for c in compare(base, load(copy)).changes if c.thing.kind == "verdict" and c.cases]
    assert [(c.thing.about, c.cases * 3) for c in verdicts] == [("punch-technique", 54)]


def test_load_bearing_ranks_the_claims() -> None:
    result = kb("load-bearing", "--kb", ROOT)
    assert result.exit_code == 0
    found = json.loads(kb("load-bearing", "--kb", ROOT, "--json").stdout)
    weights = [load["lost"] + load["changed"] for load in found]
    assert weights == sorted(weights, reverse=True) and weights[0] > 0
    assert result.stdout.splitlines()[2].split()[0] == found[0]["claim"]
    assert len(found) == sum(not claim.context for claim in load(ROOT).knowledge.claims.values())


# --- kb diff ---------------------------------------------------------------------------------------


def test_the_same_knowledge_is_the_same_for_every_case(copy: Path) -> None:
    edit(copy / "rules/6-wishes.yaml", "# People", "\n\n# Persons")
    result = kb("diff", ROOT, copy)
    assert result.exit_code == 0
    assert "Nothing declared was edited." in result.stdout
    assert "Verdicts and timings: the same for every case" in result.stdout


def test_an_edit_that_cannot_matter_is_the_same_for_every_case(copy: Path) -> None:
    edit(copy / "rules/1-depth.yaml", "  when: {scar_depth: [deep, both]}\n",
         "  when: {any: [{scar_depth: deep}, {scar_depth: both}]}\n")  # fmt: skip
    found = compare(load(ROOT), load(copy))
    assert [(e.kind, e.id, e.fields) for e in found.edits] == [("rule", "deep-scars-present", ("when",))]
    assert not any(change.cases for change in found.changes if change.thing.kind in ("verdict", "timing"))
    result = kb("diff", ROOT, copy)
    assert result.exit_code == 0 and "Verdicts and timings: the same for every case" in result.stdout


def test_the_smallest_case_with_another_verdict_can_be_run(copy: Path) -> None:
    edit(copy / "rules/4-treatments.yaml", "{unsure: effectiveness, target: deep}",
         "{against: effectiveness, target: deep}")  # fmt: skip
    result = kb("diff", ROOT, copy)
    assert result.exit_code == 1
    assert "edited   rule laser-may-or-may-not-work (then)" in result.stdout
    assert "laser-treatment verdict: differs in 18 of 36 cases" in result.stdout
    line = f"cicatrix consult scar_depth=deep --no-save --kb {copy}"
    assert line in result.stdout
    said = json.loads(cicatrix(*line.split()[1:], "--json").stdout)
    assert {r["option"]: r["verdict"] for r in said["recommendations"]}["laser-treatment"] == "not-advised"


def test_a_number_between_thresholds_is_found(copy: Path) -> None:
    edit(copy / "rules/5-cost.yaml", "scar_count: {more-than: 1}", "scar_count: {more-than: 17}")
    flags = [c for c in compare(load(ROOT), load(copy)).changes if c.thing.kind == "flags"]
    assert [c.thing.about for c in flags] == ["punch-technique"]
    assert flags[0].example and flags[0].example.answers["scar_count"] == 2
    edit(copy / "rules/5-cost.yaml", "scar_count: {more-than: 17}", "scar_count: 17")
    flags = [c for c in compare(load(ROOT), load(copy)).changes if c.thing.kind == "flags"]
    assert flags and flags[0].cases


def test_a_recorded_knowledge_base_against_now(copy: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    done = cicatrix("consult", "scar_depth=deep", "--kb", str(copy), "--ledger", str(ledger), "--json")
    hash = json.loads(done.stdout)["knowledge"]["hash"]
    edit(copy / "kb/options.yaml", "{value: 50, claims: p13s2}", "{value: 75, claims: p13s2}")
    result = kb("diff", hash[:8], "--ledger", ledger, "--kb", copy, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1 and found["old"] == hash and found["new"] == load(copy).knowledge.hash
    low = next(c for c in found["changes"] if c["thing"]["kind"] == "low")
    assert (low["before"], low["after"]) == ("50", "75")
    assert kb("diff", "0000", "--ledger", ledger, "--kb", copy).exit_code == 4
    assert kb("diff", "nowhere", "--kb", copy).exit_code == 2


def test_nothing_depends_on_the_order_of_hashes() -> None:
    script = (
        "import sys; sys.path[:0] = ['tests', 'tests/commands']\n"
        "from test_trial import ROOT, BICYCLE, kb\n"
        "print(kb('load-bearing', '--kb', ROOT).output, kb('diff', ROOT, BICYCLE).output, "
        "kb('test', '--kb', BICYCLE).output)"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert outputs[0] == outputs[1] and len(outputs[0]) > 1000
