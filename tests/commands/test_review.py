"""Sign-off: what waits, what an approval is of, when it lapses, and what consultations say."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from support.shell import PROGRAM, ROOT, cicatrix
from typer.testing import CliRunner, Result

import cli
from expert.commands import review as review_command
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.json import canonical, digest
from expert.io.problems import CaseError, KnowledgeError
from expert.knowledge.load import load
from expert.language.rules import RuleBase, cited
from expert.ledger.records import consultation_of, record, unreviewed_in
from expert.ledger.replay import replay
from expert.ledger.store import Ledger
from expert.review import append as signing
from expert.review.approvals import (
    FILE,
    Approval,
    Hashes,
    Pair,
    load_reviews,
    pairs,
    read_reviews,
    standing,
    strays,
    unreviewed,
)

MINIMAL = ROOT / "tests" / "data" / "minimal"
CODES = {0, 1, 2, 3}

app = typer.Typer()
app.command("review")(review_command.review)
app.command("approve")(review_command.approve)


def kb(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def run(*words: object) -> Result:
    """The whole program, in this process."""
    if not cli.app.registered_groups:
        cli.add_groups()
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A copy of a small knowledge base, to approve."""
    return Path(shutil.copytree(MINIMAL, tmp_path / "plant"))


def edit(place: Path, old: str, new: str) -> None:
    """Replace a text where it stands last."""
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text[::-1].replace(old[::-1], new[::-1], 1)[::-1], encoding="utf-8")


def approve_all(directory: Path, by: str = "Ann") -> None:
    result = kb("approve", "--all", "--by", by, "--kb", directory)
    assert result.exit_code == 0, result.output


def waiting(directory: Path) -> dict[tuple[str, str], Pair]:
    found = standing(load(directory), load_reviews(directory))
    return {(pair.citing, pair.claim): pair for pair in found if pair.waits}


# --- what is to be reviewed --------------------------------------------------------------------


@pytest.mark.parametrize("directory", [ROOT, MINIMAL], ids=["built-in", "minimal"])
def test_every_citation_is_a_pair(directory: Path) -> None:
    base = load(directory)
    found = {(name, claim) for _, name, claim in pairs(base)}
    assert found == {(name, claim) for claim, names in cited(base).items() for name in names}
    assert {kind for kind, _, _ in pairs(base)} == {"rule", "data"}


def test_nobody_has_reviewed_the_built_in_knowledge(base: RuleBase) -> None:
    assert not (ROOT / FILE).exists()
    assert all(pair.status == "never" for pair in standing(base, load_reviews(ROOT)))


# --- approving ---------------------------------------------------------------------------------


def test_from_nothing_to_all_approved(plant: Path) -> None:
    first = kb("review", "--kb", plant)
    assert first.exit_code == 1
    assert "8 pairs never approved, 0 lapsed" in " ".join(first.output.split())
    result = kb(
        "approve", "ferns-like-shade", "fern.likes", "--by", "Ann  B.", "--on", "2026-01-31", "--kb", plant
    )
    assert result.exit_code == 0, result.output
    assert "3 approvals appended to kb/reviews.yaml; 5 of 8 pairs still wait." in result.output
    assert ("fern.likes", "p1s1") not in waiting(plant) and ("fern.fee", "p1s2") in waiting(plant)
    approve_all(plant)
    last = kb("review", "--kb", plant)
    assert (last.exit_code, last.output) == (0, "Nothing waits for review: 8 pairs, all approved.\n")
    again = kb("approve", "--all", "--by", "Ann", "--kb", plant)
    assert again.exit_code == 0 and again.output.startswith("Nothing was approved")


def test_the_file_is_written_as_documented(plant: Path) -> None:
    kb(
        "approve",
        "fern.fee",
        "too-dear",
        "--by",
        'A: "B"',
        "--note",
        "# seen",
        "--on",
        "2026-01-31",
        "--kb",
        plant,
    )
    base, text = load(plant), (plant / FILE).read_text(encoding="utf-8")
    hashes = Hashes(base)
    assert text == signing.HEAD + (
        "- rule: too-dear\n"
        "  claim: p1s2\n"
        f'  rule-hash: "{hashes.citing("rule", "too-dear")}"\n'
        f'  claim-hash: "{hashes.claim("p1s2")}"\n'
        '  by: "A: \\"B\\""\n'
        "  on: 2026-01-31\n"
        '  note: "# seen"\n'
        "- data: fern.fee\n"
        "  claim: p1s2\n"
        f'  data-hash: "{hashes.citing("data", "fern.fee")}"\n'
        f'  claim-hash: "{hashes.claim("p1s2")}"\n'
        '  by: "A: \\"B\\""\n'
        "  on: 2026-01-31\n"
        '  note: "# seen"\n'
    )
    assert {a.by for a in load_reviews(plant)} == {'A: "B"'}


def test_hashes_as_documented() -> None:
    """docs/review.md says enough to compute them without this program."""
    hashes = Hashes(load(MINIMAL))
    rule = {
        "id": "a-shady-place",
        "claims": "p1s1",
        "basis": "inferred",
        "when": {"light": ["dim"]},
        "then": {"conclude": {"place": "shady"}},
        "because": "The light is dim.",
    }
    assert hashes.citing("rule", "a-shady-place") == digest(canonical(rule))[:16]
    data = {"option": "fern", "property": "likes", "data": [["shade", "p1s1", "p1s2"]]}
    assert hashes.citing("data", "fern.likes") == digest(canonical(data))[:16]
    claim = {
        "id": "p1s2",
        "says": "A fern costs 5 dollars.",
        "fingerprint": "0123456789abcde0",
        "context": "",
        "hedge": ["may", "it may be"],
    }
    assert hashes.claim("p1s2") == digest(canonical(claim))[:16]


def test_one_claim_and_a_second_person(plant: Path) -> None:
    assert kb("approve", "fern.likes", "--claim", "p1s2", "--by", "Ann", "--kb", plant).exit_code == 0
    assert [(a.claim, a.by) for a in load_reviews(plant)] == [("p1s2", "Ann")]
    assert kb("approve", "fern.likes", "--by", "Bob", "--kb", plant).exit_code == 0
    assert [(a.claim, a.by) for a in load_reviews(plant)[1:]] == [("p1s1", "Bob"), ("p1s2", "Bob")]
    kb("approve", "--all", "--claim", "p1s1", "--by", "Cleo", "--kb", plant)
    assert {a.claim for a in load_reviews(plant)[3:]} == {"p1s1"}
    assert not any(claim == "p1s1" for _, claim in waiting(plant))


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (["--by", "A"], ["no rule is named, nor --all"]),
        (["--all", "too-dear", "--by", "A"], ["--all and the names of rules exclude each other"]),
        (["--all"], ["nobody approves"]),
        (["--all", "--by", " "], ["nobody approves"]),
        (
            ["too-deer", "fern.fe", "--by", "A"],
            ["unknown rule `too-deer`", "did you mean `too-dear`", "`fern.fe`"],
        ),
        (
            ["too-dear", "--claim", "p1s1", "--by", "A"],
            ["claim `p1s1` is cited by none of `too-dear`", "cite p1s2"],
        ),
        (["too-dear", "--claim", "p9s9", "--by", "A"], ["unknown claim `p9s9`"]),
        (["--all", "--by", "A\x07"], ["cannot be printed", "--by"]),
        (
            ["--all", "--by", "A", "--note", "\ud800", "--on", "2026-02-30"],
            ["--note", "is not a date for --on"],
        ),
    ],
)
def test_what_approve_refuses(plant: Path, words: list[str], messages: list[str]) -> None:
    result = kb("approve", *words, "--kb", plant)
    assert result.exit_code == 2
    assert all(message in result.output for message in messages), result.output
    assert not (plant / FILE).exists()


# --- the file ----------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["# mine\r\n", "\ufeff# mine\n", "---\n# mine\n"])
@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("end", ["\n", "", "\n# the end\n", "  # the end"])
def test_what_is_there_is_not_touched(plant: Path, start: str, indent: str, end: str) -> None:
    """Comments, order, quotes, line ends and the byte order mark stay, to the byte."""
    kb("approve", "too-dear", "--by", "Ann", "--kb", plant)
    entries = [indent + line for line in (plant / FILE).read_text().splitlines() if line[:1] in "- "]
    entries[1] += "   # why"
    line_end = "\r\n" if "\r" in start + end else "\n"
    data = (start + (line_end if start[-1:] == "#" else "") + line_end.join(entries) + end).encode()
    (plant / FILE).write_bytes(data)
    (plant / FILE).chmod(0o640)
    approve_all(plant, "Bob")
    after = (plant / FILE).read_bytes()
    assert after.startswith(data)
    assert (b"\r\n" in after) == (b"\r\n" in data)
    assert [a.by for a in load_reviews(plant)] == ["Ann"] + ["Bob"] * 7
    assert not waiting(plant)
    assert (plant / FILE).stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (plant / "kb").glob("reviews*")] == ["reviews.yaml"]


@pytest.mark.parametrize("text", ["", "# nothing any more\n\n", "   \n"])
def test_an_empty_list_is_no_approval(plant: Path, text: str) -> None:
    (plant / FILE).write_text(text)
    assert load_reviews(plant) == ()
    approve_all(plant)
    assert (plant / FILE).read_text().startswith(text) and not waiting(plant)


@pytest.mark.parametrize("text", ["[]\n", "--- \n[]\n...\n"])
def test_what_cannot_be_appended_to_stays_as_it_is(plant: Path, text: str) -> None:
    (plant / FILE).write_text(text)
    result = kb("approve", "--all", "--by", "Ann", "--kb", plant)
    assert result.exit_code == 3
    assert "reviews.yaml:1:1: nothing can be appended to these reviews" in result.output
    assert (plant / FILE).read_text() == text


def test_not_larger_than_can_be_read(plant: Path) -> None:
    kb("approve", "too-dear", "--by", "Ann", "--kb", plant)
    text = (plant / FILE).read_text()
    (plant / FILE).write_text(text + "#" * (999_900 - len(text)) + "\n")
    result = kb("approve", "--all", "--by", "Ann", "--kb", plant)
    assert result.exit_code == 3 and "larger than 1,000,000 bytes" in result.output
    assert len(load_reviews(plant)) == 1


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


def test_a_malformed_file_stops_a_consultation(plant: Path) -> None:
    (plant / FILE).write_text("- {}\n")
    for words in (
        ["consult", "light=dim", "--no-save"],
        ["explain", "how", "fern", "light=dim"],
        ["what-if", "light=dim", "--given", "pots=1"],
    ):
        result = cicatrix(*words, "--kb", str(plant))
        assert (result.code, result.stdout) == (3, "")
        assert "reviews.yaml:1:3: an approval has no `claim`" in result.stderr


@pytest.mark.parametrize(
    "make", [Path.mkdir, lambda path: path.symlink_to("nowhere"), lambda path: os.mkfifo(path)]
)
def test_no_file_at_all(plant: Path, make: object) -> None:
    make(plant / FILE)  # type: ignore[operator]
    assert kb("review", "--kb", plant).exit_code == 3
    assert kb("approve", "--all", "--by", "A", "--kb", plant).exit_code == 3


def test_a_link_stays_a_link(plant: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("# here\n")
    (plant / FILE).symlink_to(tmp_path / "elsewhere.yaml")
    approve_all(plant)
    assert (plant / FILE).is_symlink() and not waiting(plant)


# --- writing at the same time, and being stopped -----------------------------------------------


def test_many_at_the_same_time(plant: Path) -> None:
    """None is lost, whoever comes first."""
    names = [f"Reviewer {n}" for n in range(6)]
    started = [
        subprocess.Popen(
            [*PROGRAM, "kb", "approve", "too-dear", "fern.likes", "--by", name, "--kb", str(plant)]
        )
        for name in names
    ]
    assert [process.wait() for process in started] == [0] * 6
    found = load_reviews(plant)
    assert sorted({a.by for a in found}) == names and len(found) == 18
    assert [path.name for path in (plant / "kb").glob("reviews*")] == ["reviews.yaml"]


def test_stopped_in_the_middle(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is the old one or the new one."""
    kb("approve", "too-dear", "--by", "Ann", "--kb", plant)
    before = (plant / FILE).read_bytes()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, stop)
            with pytest.raises(KeyboardInterrupt):
                signing.append(plant, [approval(waiting(plant)["fern.fee", "p1s2"])])
        assert (plant / FILE).read_bytes() == before
        assert [path.name for path in (plant / "kb").glob("reviews*")] == ["reviews.yaml"]


def approval(pair: Pair) -> Approval:
    return Approval(*pair[:5], "Ann", "2026-01-31")


def test_left_over_from_one_that_was_killed(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "PATIENCE", 0.05)
    part = plant / "kb" / "reviews.yaml.part"
    part.write_text("half")
    with pytest.raises(CaseError, match="is there, so nothing was written") as error:
        signing.append(plant, [])
    assert "delete the file" in error.value.problems[0].help
    assert part.read_text() == "half" and not (plant / FILE).exists()


def test_where_nothing_can_be_written(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CaseError, match=r"reviews\.yaml` cannot be written: Permission denied"):
        signing.append(plant, [])


# --- lapsing -----------------------------------------------------------------------------------

CHANGES = {
    "because": ("rules/1-place.yaml", "The light is dim.", "The light is dim!", {"a-shady-place": "rule"}),
    "when": ("rules/1-place.yaml", "[dim]", "[dim, bright]", {"a-shady-place": "rule"}),
    "basis": ("rules/1-place.yaml", "basis: inferred", "basis: stated", {"a-shady-place": "rule"}),
    "reason": ("rules/2-options.yaml", "To have", "To show", {"ferns-like-shade": "rule"}),
    "salience": ("rules/2-options.yaml", "salience: 5", "salience: 6", {"what-it-costs": "rule"}),
    "unless": ("rules/2-options.yaml", "- not:", "- unless:", {"too-dear": "rule"}),
    "then": ("rules/2-options.yaml", "flag: dear, plan", "plan", {"too-dear": "rule"}),
    "says": ("kb/claims.yaml", "wants light", "likes light", dict.fromkeys(
        ("a-sunny-place", "a-shady-place", "ferns-like-shade", "fern.likes"), "claim")),
    "hedge": ("kb/claims.yaml", "hedge: may", "hedge: asserts", dict.fromkeys(
        ("what-it-costs", "too-dear", "fern.fee", "fern.likes"), "claim")),
    "hedge words": ("kb/claims.yaml", "it may be", "perhaps", dict.fromkeys(
        ("what-it-costs", "too-dear", "fern.fee", "fern.likes"), "claim")),
    "fingerprint": ("kb/claims.yaml", "9abcde0", "9abcde9", dict.fromkeys(
        ("what-it-costs", "too-dear", "fern.fee", "fern.likes"), "claim")),
    "value": ("kb/options.yaml", "value: 5", "value: 6", {"fern.fee": "data"}),
    "more claims": ("kb/options.yaml", "[p1s1, p1s2]", "[p1s1]", {"fern.likes": "data"}),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_lapses_and_nothing_else(plant: Path, change: str) -> None:
    place, old, new, lapsed = CHANGES[change]
    approve_all(plant)
    edit(plant / place, old, new)
    found = waiting(plant)
    assert {name: pair.changed for (name, _), pair in found.items()} == {n: (w,) for n, w in lapsed.items()}
    assert {pair.status for pair in found.values()} == {"lapsed"}
    result = kb("review", "--kb", plant)
    assert result.exit_code == 1
    assert "after Ann approved it on" in " ".join(result.output.split())
    changed = (plant / place).read_text()
    shutil.copy(MINIMAL / place, plant / place)
    assert not waiting(plant)  # changed back, it holds again
    (plant / place).write_text(changed)
    approve_all(plant, "Bob")
    assert not waiting(plant)


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("rules/1-place.yaml", "- id: a-shady-place", "# a remark\n\n- id: a-shady-place"),
        ("rules/1-place.yaml", "because: The light is dim.", "because: >-\n    The light\n    is dim."),
        ("rules/1-place.yaml", "when: {light: [dim]}", "when:\n    light:\n      - dim"),
        ("rules/1-place.yaml", "  basis: inferred\n", ""),
        ("kb/claims.yaml", "says: A plant wants light.", "says: 'A plant   wants light.'"),
        ("kb/vocabulary.yaml", "question: How light is it?", "question: Is it light?"),
        ("kb/document.yaml", 'version: "1"', 'version: "2"'),
    ],
)
def test_layout_changes_nothing(plant: Path, place: str, old: str, new: str) -> None:
    approve_all(plant)
    edit(plant / place, old, new)
    if not new:  # elsewhere in the rule
        edit(plant / place, "because: The light is dim.", "because: The light is dim.\n  basis: inferred")
    assert not waiting(plant)


def test_both_changed(plant: Path) -> None:
    approve_all(plant)
    edit(plant / "rules/1-place.yaml", "The light is dim.", "It is dim.")
    edit(plant / "kb/claims.yaml", "wants light", "likes light")
    assert waiting(plant)["a-shady-place", "p1s1"].changed == ("claim", "rule")
    result = kb("review", "a-shady-place", "--kb", plant)
    shown = " ".join(line[41:].strip() for line in result.output.splitlines())
    assert "lapsed: the claim and the rule changed after Ann approved it" in shown


def test_what_is_left_over_is_a_warning(plant: Path) -> None:
    approve_all(plant)
    edit(plant / "rules/1-place.yaml", "id: a-shady-place", "id: a-shadow-place")
    edit(plant / "kb/options.yaml", "[p1s1, p1s2]", "[p1s2]")
    text = (plant / FILE).read_text()
    (plant / FILE).write_text(text + text[text.index("- rule") :].split("\n-")[0].replace("p1s1", "p7s7"))
    found = strays(load(plant), load_reviews(plant))
    assert [problem.message for problem in found] == [
        "approval of the rule `a-shady-place`, which there is not",
        "approval of `fern.likes` for claim `p1s1`, which it does not cite",
        "approval of the claim `p7s7`, which there is not",
    ]
    assert found[0].help == "did you mean `a-shadow-place`?"
    result = kb("review", "--kb", plant)
    assert result.exit_code == 1 and result.output.count("warning: ") == 3
    assert cicatrix("consult", "light=dim", "--no-save", "--kb", str(plant)).code == 0
    approve_all(plant)
    assert kb("review", "--kb", plant).exit_code == 0


# --- listing -----------------------------------------------------------------------------------


def test_side_by_side_with_the_document(plant: Path, tmp_path: Path) -> None:
    (tmp_path / "document.txt").write_text("A plant needs the light. It costs five.\nThat is all.\n")
    result = kb("review", "ferns-like-shade", "--kb", plant, "--document", tmp_path / "document.txt")
    lines = result.output.splitlines()
    assert lines[0] == "ferns-like-shade  (added: ours, to close a gap)"
    left, right = (" ".join(" ".join(part).split()) for part in (
        [line[:39] for line in lines[1:-2]], [line[39:] for line in lines[1:-2]]))  # fmt: skip
    assert left.startswith("For each option: if the place is a shady place and liking is shade then a strong")
    assert "added by us: To have an example." in left
    assert right == "p1s1 A plant wants light. [it says so] “A plant needs the light.” -> never approved"
    assert max(map(len, lines)) <= 80


def test_nothing_side_by_side_for_who_asks_so(plant: Path) -> None:
    """Plain output is read in order: the rule, then the claims."""
    shown = cicatrix("--plain", "kb", "review", "fern.likes", "--kb", str(plant)).stdout
    assert shown.splitlines()[1:3] == [
        "  Fern: liking: shade [p1s1 p1s2]",
        "p1s1   A plant wants light. [it says so]",
    ]


def test_names(plant: Path) -> None:
    assert "no-such" not in kb("review", "p1s2", "--kb", plant).output
    context = kb("review", "p2s1", "--kb", plant)
    assert (context.exit_code, context.output) == (0, "Nothing cites it, so there is nothing to review.\n")
    unknown = kb("review", "too-deer", "--kb", plant)
    assert unknown.exit_code == 2 and "did you mean `too-dear`?" in unknown.output
    kb(
        "approve",
        "fern.likes",
        "--claim",
        "p1s1",
        "--by",
        "Ann",
        "--on",
        "2026-01-31",
        "--note",
        "ok",
        "--kb",
        plant,
    )
    shown = kb("review", "fern.likes", "--kb", plant)
    assert shown.exit_code == 1 and "approved by Ann on 2026-01-31" in shown.output
    assert kb("review", "p1s1", "--kb", plant).exit_code == 1


def test_as_json(plant: Path) -> None:
    approve_all(plant)
    edit(plant / "kb/options.yaml", "value: 5", "value: 6")
    result = kb("review", "--json", "--kb", plant)
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert (found["pairs"], len(found["waiting"]), found["warnings"]) == (8, 1, [])
    pair = found["waiting"][0]
    assert pair["kind"] == "data" and pair["citing"] == "fern.fee" and pair["claim"] == "p1s2"
    assert pair["status"] == "lapsed" and pair["changed"] == ["data"]
    assert pair["approval"]["by"] == "Ann" and pair["claim_says"] == "A fern costs 5 dollars. [it may be]"
    documented = (ROOT / "docs" / "review.md").read_text()
    assert all(f"`{name}`" in documented for name in [*found, *pair, *pair["approval"]])


def test_all_that_a_rule_says_is_shown(base: RuleBase) -> None:
    """A reviewer sees what is hashed: argued texts, reasons, salience."""
    for pair in standing(base, ()):
        if pair.kind == "rule":
            from expert.language.english import Phrases, readable

            phrases, rule = Phrases(base.knowledge), base.rule(pair.citing)
            said = "\n".join(review_command.english(pair, base, phrases))
            for text in (rule.because, rule.reason, *(c.text for c in rule.then)):
                assert readable(text, base.knowledge) in said


# --- what a consultation says ------------------------------------------------------------------

FIRED = ["what-it-costs", "a-shady-place", "ferns-like-shade"]  # where the light is dim
LINE = re.compile(
    r"^Of the (\d+) rules? that fired, (\d+) ha(?:s|ve) not been reviewed: see `kb review`\.$", re.M
)


def test_a_consultation_says_so(plant: Path, tmp_path: Path) -> None:
    words = ["light=dim", "pots=3", "budget=4", "--kb", str(plant)]
    commands = [
        ["consult", *words, "--brief", "--no-save"],
        ["explain", "how", "fern", *words],
        ["explain", "why-not", "cactus", *words],
        ["what-if", "light=dim", "--given", "pots=3 budget=4", "--kb", str(plant)],
    ]

    def counts() -> set[tuple[str, str] | None]:
        found = [LINE.search(run(*command).output) for command in commands]
        return {match and (match[1], match[2]) for match in found}

    assert counts() == {("4", "4")}
    kb("approve", "too-dear", "ferns-like-shade", "a-shady-place", "--by", "Ann", "--kb", plant)
    assert counts() == {("4", "1")}
    approve_all(plant)
    assert counts() == {None}
    edit(plant / "kb/claims.yaml", "wants light", "likes light")
    assert counts() == {("4", "2")}


def test_unreviewed_agrees_with_standing(plant: Path) -> None:
    """The short way that a consultation takes, against the long one of `kb review`."""
    base, dice = load(plant), random.Random(4)
    everything = [Approval(*pair[:5], "Ann", "2026-01-31") for pair in standing(base, ())]
    everything += [a._replace(citing_hash="0" * 16) for a in everything]
    found = infer(base, parse_pairs(["light=dim", "pots=3", "budget=4"], base.knowledge))
    fired = {firing.rule for firing in found.firings}
    for _ in range(200):
        reviews = tuple(dice.sample(everything, dice.randint(0, len(everything))))
        open_ = {pair.citing for pair in standing(base, reviews) if pair.waits}
        assert set(unreviewed(base, reviews, found)) == fired & open_


def test_the_hash_of_the_knowledge_stays(plant: Path) -> None:
    before = load(plant).knowledge.hash
    approve_all(plant)
    assert load(plant).knowledge.hash == before


def test_a_record_keeps_what_was_so(plant: Path, tmp_path: Path) -> None:
    ledger = ["--ledger", str(tmp_path / "ledger.sqlite")]
    first = run("consult", "light=dim", "--json", "--kb", str(plant), *ledger)
    assert json.loads(first.output)["unreviewed"] == FIRED
    approve_all(plant)
    second = run("consult", "light=dim", "--json", "--kb", str(plant), *ledger)
    assert json.loads(second.output)["unreviewed"] == []
    with Ledger(tmp_path / "ledger.sqlite") as store:
        ids = [entry.id for entry in store.entries()]
        assert [unreviewed_in(entry) for entry in store.entries()] == [tuple(FIRED), ()]
    said = "3 had not been reviewed when this was recorded."
    for words in (
        ["explain", "how", "fern", ids[0]],
        ["explain", "why-not", "cactus", ids[0]],
    ):
        assert said in run(*words, *ledger).output
    assert LINE.search(run("audit", "show", ids[0], *ledger).output)  # as it was printed
    for words in (
        ["audit", "show", ids[1]],
        ["explain", "how", "fern", ids[1]],
        ["what-if", ids[0], "pots=1"],
    ):
        assert "reviewed" not in run(*words, *ledger).output
    for id, there in zip(ids, (True, False), strict=True):
        run("audit", "report", id, "-o", str(tmp_path / "page.html"), *ledger)
        assert (said in (tmp_path / "page.html").read_text()) == there
    assert run("audit", "replay", "--all", *ledger).exit_code == 0
    assert run("audit", "verify", *ledger).exit_code == 0
    same = run("audit", "replay", "--all", "--with-current-rules", "--kb", str(plant), *ledger)
    assert same.exit_code == 0, same.output


def test_records_older_than_reviews(plant: Path, tmp_path: Path) -> None:
    """A record without the field verifies, shows, replays, and says nothing of reviews."""
    base, path = load(plant), tmp_path / "ledger.sqlite"
    found = infer(base, parse_pairs(["light=dim"], base.knowledge))
    with Ledger(path, write=True) as store:
        old = record(store, base, found, ["light"], [], "old")
        new = record(store, base, found, ["light"], [], "new", unreviewed(base, (), found))
        entries = list(store.entries())
        assert "unreviewed" not in json.dumps(entries[0].content)
        assert [unreviewed_in(entry) for entry in entries] == [None, tuple(FIRED)]
        assert [consultation_of(entry) for entry in entries] == [found, found]
        assert [r.same for r in replay(store, iter(entries))] == [True, True]
        assert store.verify().fault is None
    ledger = ["--ledger", str(path)]
    assert "reviewed" not in run("audit", "show", old.id, *ledger).output
    assert "reviewed" in run("audit", "show", new.id, *ledger).output
    assert run("audit", "report", old.id, "-o", str(tmp_path / "page.html"), *ledger).exit_code == 0
    assert "reviewed" not in (tmp_path / "page.html").read_text()
    listed = json.loads(run("audit", "list", "--json", *ledger).output)
    assert [row["label"] for row in listed] == ["old", "new"]
    assert run("audit", "replay", "--all", *ledger).exit_code == 0


# --- whatever is typed, whatever is in the file ------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_random_command_lines(seed: int, plant: Path) -> None:
    choose = random.Random(seed)
    words = [
        "too-dear",
        "fern.fee",
        "p1s1",
        "p2s1",
        "--all",
        "--by",
        "Ann",
        "--claim",
        "--note",
        "--on",
        "--json",
    ]
    words += [
        "2026-01-31",
        "",
        " ",
        "x" * 3000,
        "\x00",
        "é☃",
        "🙂",
        "--document",
        str(plant / "kb/claims.yaml"),
        "-",
    ]
    for _ in range(40):
        line = [choose.choice(words) for _ in range(choose.randint(0, 6))]
        result = kb(choose.choice(["review", "approve"]), *line, "--kb", plant)
        assert result.exit_code in CODES, (line, result.output, result.exception)
        assert result.exception is None or isinstance(result.exception, SystemExit), (line, result.exception)
        standing(load(plant), load_reviews(plant))


@pytest.mark.parametrize("seed", range(4))
def test_random_files(seed: int, plant: Path) -> None:
    """A file with a few letters changed is read, or refused with places; approving never loses any of it."""
    approve_all(plant)
    whole, choose = (plant / FILE).read_text(), random.Random(seed)
    for _ in range(60):
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


def test_as_a_user_runs_it(plant: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "kb", "review", "too-dear", "--kb", str(plant)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "never approved" in done.stdout and not done.stderr
