"""`kb test`, `kb load-bearing` and `kb diff`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.sizes import MORE, some_or_all
from support.trying import ROOT, edit, kb, only_case

# --- kb test -------------------------------------------------------------------------------------


def test_the_built_in_cases_pass_and_cover_everything() -> None:
    result = kb("test", "--kb", ROOT, "--threshold", 100)
    assert result.exit_code == 0, result.output
    assert "72 of 72 (100.0 %)" in result.stdout
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
    assert said in " ".join(result.stdout.split()) and result.stdout.count("FAIL") == 1
    assert f"{file}:" in result.stdout


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param(
            "rules/4-treatments.yaml",
            "{unsure: effectiveness, target: deep}",
            "{for: effectiveness, target: deep}",
            marks=MORE,
        ),
        pytest.param(
            "rules/5-cost.yaml",
            "scar_count: {more-than: 1}, option",
            "scar_count: {more-than: 2}, option",
            marks=MORE,
        ),
        ("rules/5-cost.yaml", "option.most_cost: {at-most: budget}", "option.most_cost: {less-than: budget}"),
        pytest.param(
            "rules/1-depth.yaml",
            "- scar_depth: light-only\n      - light_scarring: yes",
            "- scar_depth: light-only\n      - light_scarring: no",
            marks=MORE,
        ),
        ("kb/options.yaml", "{value: 50, claims: p13s2}", "{value: 51, claims: p13s2}"),
    ],
)
def test_a_changed_rule_is_noticed(copy: Path, file: str, old: str, new: str) -> None:
    edit(copy / file, old, new)
    assert kb("test", "--kb", copy).exit_code == 1


def test_a_missed_threshold_fails_and_the_suggested_cases_mend_it(copy: Path) -> None:
    only_case(
        copy,
        "- case: nothing\n  given: {}\n"
        "  plan: [establish-depth, check-for-acne, clear-any-acne, consult-again]\n",
    )
    assert kb("test", "--kb", copy).exit_code == 0
    result = kb("test", "--kb", copy, "--threshold", 50)
    assert result.exit_code == 1 and "Below the threshold of 50 %" in result.output
    # what is printed can be pasted as it is
    suggested = result.stdout.split("\nNext:")[0]
    pasted = [line for line in suggested.splitlines() if line.startswith(("#", "- ", "  "))]
    (copy / "kb/cases/pasted.yaml").write_text("\n".join(line for line in pasted if line) + "\n")
    assert kb("test", "--kb", copy, "--threshold", 100).exit_code == 0


def test_no_case_at_all_is_no_success(copy: Path) -> None:
    shutil.rmtree(copy / "kb" / "cases")
    result = kb("test", "--kb", copy)
    assert (
        result.exit_code == 1 and "0 cases" in result.stdout and "deep-scars-present fires" in result.stdout
    )


HASHED = [
    "'test', '--kb', ROOT, '--json'",
    "'load-bearing', '--kb', BICYCLE",
    "'diff', ROOT, ROOT / 'tests/data/minimal'",
    "'test', '--kb', BICYCLE",
    "'load-bearing', '--kb', ROOT",
    "'diff', ROOT, BICYCLE",
]


@pytest.mark.parametrize("commands", some_or_all(HASHED[2:3], HASHED))
def test_nothing_depends_on_the_order_of_hashes(commands: list[str]) -> None:
    script = (
        "import sys; sys.path[:0] = ['tests']\n"
        "from support.trying import ROOT, BICYCLE, kb\n"
        f"print({', '.join(f'kb({words}).output' for words in commands)})"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert outputs[0] == outputs[1] and len(outputs[0]) > 1000
