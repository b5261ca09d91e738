"""Which cases an edit makes different."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.shell import cicatrix
from support.text import joined
from support.trying import ROOT, edit, kb

from expert.analysis.diff import Change, compare
from expert.consultation.outcome import follow
from expert.knowledge.load import load

EXACT = Path(__file__).parents[1] / "data" / "exact"


def test_the_smallest_case_with_another_verdict_can_be_run(copy: Path) -> None:
    edit(copy / "rules/4-treatments.yaml", "{unsure: effectiveness, target: deep}",
         "{against: effectiveness, target: deep}")  # fmt: skip
    result = kb("diff", ROOT, copy)
    assert result.exit_code == 1
    edits = " ".join(result.stdout.split())
    assert "edited rule laser-may-or-may-not-work (then.argue.unsure: effectiveness → nothing, " in edits
    assert "laser-treatment verdict: differs in 18 of 45 cases" in result.stdout
    line = f"cicatrix consult scar_depth=deep --no-save --kb {copy}"
    assert line in joined(result.stdout)
    said = json.loads(cicatrix(*line.split()[1:], "--json").stdout)
    assert {r["option"]: r["verdict"] for r in said["recommendations"]}["laser-treatment"] == "not-advised"


def test_a_number_between_thresholds_is_found(copy: Path) -> None:
    edit(
        copy / "rules/5-cost.yaml",
        "scar_count: {more-than: 1}, option",
        "scar_count: {more-than: 17}, option",
    )
    flags = [c for c in compare(load(ROOT), load(copy)).changes if c.thing.kind == "flags"]
    assert [c.thing.about for c in flags] == ["punch-technique"]
    assert flags[0].example and flags[0].example.answers["scar_count"] == 2
    edit(copy / "rules/5-cost.yaml", "scar_count: {more-than: 17}, option", "scar_count: 17, option")
    flags = [c for c in compare(load(ROOT), load(copy)).changes if c.thing.kind == "flags"]
    assert flags and flags[0].cases


def differing(old: Path, new: Path) -> dict[str, Change]:
    """What differs, or may, by its name."""
    found = compare(load(old), load(new)).changes
    return {" ".join(filter(None, change.thing)): change for change in found if change.same is not True}


def test_a_changed_number_beyond_what_grids_could_hold() -> None:
    """The age from which a pill fits, 18 or 12, beside nine questions of four answers."""
    result = kb("diff", EXACT / "pillA", EXACT / "pillB", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["same"]) == (1, False)
    assert [change["thing"]["kind"] for change in found["changes"] if change["same"] is False] == [
        "verdict",
        "for",
    ]
    argument = differing(EXACT / "pillA", EXACT / "pillB")["for pill fit"]
    assert (argument.cases, argument.answers) == (4**9 - 3**9, 6 * (4**9 - 3**9))
    assert argument.example and argument.example.answers == {"a8": "p", "age": 12}


@pytest.mark.long
@pytest.mark.more
def test_a_changed_number_that_findings_are_computed_with(tmp_path: Path) -> None:
    """Of linked numbers: what is missing of the flow, from which the pump is doubted."""
    heating, edited = ROOT / "examples" / "heating", tmp_path / "heating"
    shutil.copytree(heating, edited)
    edit(edited / "rules/6-flow.yaml", "flow_missing: {more-than: 5}", "flow_missing: {more-than: 7}")
    found = compare(load(heating), load(edited))
    assert found.same is False
    for change in found.changes:
        if change.same is False and change.thing.kind == "verdict":
            assert change.example
            after = [
                follow(load(directory), change.example).recommendation(change.thing.about).verdict
                for directory in (heating, edited)
            ]
            assert after == [change.before, change.after] and after[0] != after[1]


def test_steps_in_another_order(tmp_path: Path) -> None:
    """Nobody changed a rule; but what an option waits for is the last of its steps in the plan."""
    old = small(tmp_path / "old", "{sand: {label: Sand it}, dry: {label: Dry it}}")
    new = small(tmp_path / "new", "{dry: {label: Dry it}, sand: {label: Sand it}}")
    found = differing(old, new)
    assert found.keys() == {"timing paint", "order plan"}
    assert (found["timing paint"].before, found["timing paint"].after) == ("dry", "sand")
    assert (found["order plan"].before, found["order plan"].after) == ("sand, dry", "dry, sand")
    assert found["order plan"].example and found["order plan"].example.answers == {"wet": "yes"}


def test_other_decimals_are_not_decided(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(EXACT / "twonums", old)
    shutil.copytree(EXACT / "twonums", new)
    vocabulary = new / "kb" / "vocabulary.yaml"
    vocabulary.write_text(vocabulary.read_text().replace("type: count", "type: number, decimals: 1"))
    assert compare(load(old), load(new)).same is None
    result = kb("diff", old, new)
    assert result.exit_code == 1
    assert "ship verdict: whether it differs is not decided" in result.stdout
    assert json.loads(kb("diff", old, new, "--json").stdout)["same"] is None


def small(directory: Path, steps: str) -> Path:
    """A knowledge base of one question and one option, which waits for two steps."""
    vocabulary = (
        "attributes:\n  wet: {type: choice, label: wet, question: Wet?, values: {yes: yes, no: no}}\n"
        f"steps: {steps}\ntopics: {{fit: {{label: fit, decides: yes}}}}\n"
    )
    rule = (
        "- id: wet-paint\n  claims: [p1s1, p1s2]\n  basis: stated\n  when: {wet: yes, option: paint}\n"
        "  then: [{plan: sand}, {plan: dry}, {wait: sand}, {wait: dry}]\n  because: So.\n"
    )
    claims = (EXACT / "ph" / "kb" / "claims.yaml").read_text()
    document = (EXACT / "ph" / "kb" / "document.yaml").read_text()
    texts = {"kb/claims.yaml": claims, "kb/document.yaml": document, "kb/vocabulary.yaml": vocabulary}
    texts |= {"kb/options.yaml": "options:\n  paint: {label: Paint}\n", "rules/1.yaml": rule}
    for name, text in texts.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


@pytest.mark.parametrize(
    ("quantity", "seen"),
    [
        ("{plus: [weight, weight]}", None),
        ("{times: [3, weight]}", ({"burned": "yes", "weight": 1}, "dose: 2", "dose: 3")),
        ("{plus: [weight, 2]}", ({"burned": "yes", "weight": 0}, "dose: 0", "dose: 2")),
    ],
)
def test_what_texts_fill_in_is_compared(tmp_path: Path, quantity: str, seen: object) -> None:
    """The same dose by another formula is no difference; another is, from the first kilogram on."""
    copy = Path(shutil.copytree(EXACT / "ph", tmp_path / "ph"))
    edit(copy / "rules" / "1.yaml", "{times: [2, weight]}", quantity)
    found = compare(load(EXACT / "ph"), load(copy))
    assert found.same == (seen is None)
    changes = [change for change in found.changes if change.same is not True]
    advice = [
        (change.example and dict(change.example.answers), change.before, change.after) for change in changes
    ]
    assert advice == ([seen] if seen else [])
