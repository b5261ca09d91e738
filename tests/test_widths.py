"""No line of any command is wider than asked, of wide characters too, and colour changes nothing else."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from shutil import copy

import pytest
from support.program import LISTED
from support.shell import ROOT, cicatrix
from support.wide import wide_base
from wcwidth import strip_sequences, wcswidth

from expert.commands.saying import LEAST_WIDTH
from expert.knowledge.load import load
from expert.views.knowledge import rules_blocks
from expert.views.terminal import Look, shown

GIVEN = {
    "built-in": "scar_depth=both active_acne=yes scar_count=12 budget=100 otc_result=did-not-help",
    "wide": "light=bright draught=yes warmth=21 plants=2 budget=20 children=no",
}
OTHER = {"built-in": "scar_depth=deep", "wide": "light=dim"}
OPTION = {"built-in": "punch", "wide": "fern"}
RULE = {"built-in": "clear-the-acne", "wide": "a-fern-burns"}

# a line for every command: {kb} is `--kb DIR` of a copy of the knowledge base, {ledger} has a record of it
LINES = {
    "consult:consult": ["consult {given} {kb} {ledger}", "consult {given} {kb} --no-save --full",
                        "consult {given} {kb} --no-save --table-format grid", "consult nonsense=1 {kb}",
                        "consult {kb} --no-save"],
    "explain:how": ["explain how {option} {given} {kb}", "explain how {rule} last {ledger}"],
    "why_not:why_not": ["explain why-not {option} preferred {given} {kb}"],
    "explain:what_if": ["what-if {other} {kb} {ledger}"],
    "knowledge:show": ["kb show {kb}"],
    "knowledge:claims": ["kb claims {kb}"],
    "knowledge:rules": ["kb rules {kb}", "kb rules nonsense {kb}"],
    "knowledge:options": ["kb options {kb}"],
    "knowledge:questions": ["kb questions {kb}"],
    "knowledge:coverage": ["kb coverage {kb}"],
    "author:new": ["kb new begun --document {text}"],
    "author:lint": ["kb lint {kb}"],
    "author:fmt": ["kb fmt --check {kb}"],
    "trial:test": ["kb test {kb}"],
    "trial:load_bearing": ["kb load-bearing {kb}"],
    "trial:diff": ["kb diff {dir} {dir}", "kb diff {edited} {dir}"],
    "prove:prove": ["kb prove {kb}"],
    "export:export": ["kb export --to nonsense {kb}"],
    "review:review": ["kb review {kb}"],
    "review:approve": ["kb approve --all --by Ann {kb}"],
    "listing:list_records": ["audit list {ledger}", "audit list --sort nonsense {ledger}"],
    "listing:stats": ["audit stats {ledger}", "audit stats --per decade {ledger}"],
    # what they print for other programs is never broken
    "sign:keygen": ["audit keygen clinic.example/ledger -o text.txt"],
    "sign:sign": ["audit sign --key nothing.key {ledger}"],
    "sign:cosign": ["audit cosign nothing {ledger}"],
    "record:show": ["audit show last {ledger}"],
    "entries:note": ["audit note last --by Ann --judgement agree {ledger}"],
    "verify:show_head": ["audit head {ledger}"],
    "rebase:rebase": ["kb rebase --document {text} {kb}"],
    "verify:verify": ["audit verify {ledger}"],
    "replay:replay": ["audit replay --all {ledger}", "audit replay --all --with-current-rules {ledger}"],
    "entries:forget": ["audit forget nothing {ledger}"],
    "entries:drafts": ["audit drafts {ledger}"],
    "carry:export": ["audit export {ledger} -o out.jsonl"],
    "carry:import_bundle": ["audit import nothing.jsonl --ledger copy.sqlite"],
    "record:report": ["audit report last {ledger} -o report.html"],
    "population:run": ["population run {table} -o out.parquet {kb}"],
    "population:explain": ["population explain out.parquet --row 1"],
    "population:summary": ["population summary out.parquet"],
    "population:diff": ["population diff --kb {edited} --kb {dir} {table}"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("base", "widths"),
    [
        ("wide", [60]),
        pytest.param("wide", [40, 79, 80, 100, 120, 200], marks=pytest.mark.long),
        pytest.param("built-in", [40, 60, 79, 80, 100, 120, 200], marks=pytest.mark.long),
    ],
)
def test_no_line_is_wider_than_asked(base: str, widths: list[int], tmp_path: Path) -> None:
    assert LINES.keys() == LISTED.keys()
    told = prepared(base, tmp_path)
    for place, width in enumerate(widths):
        for line in (line for lines in LINES.values() for line in lines):
            words = shlex.split(line.format(**told).replace("out.", f"out{place}."))
            done = cicatrix(*words, "--width", str(width), cwd=tmp_path)
            assert "Traceback" not in done.stderr, line
            for text in (done.stdout + done.stderr).splitlines():
                assert wcswidth(text) <= width or is_one_word(text), (line, text)


def is_one_word(text: str) -> bool:
    """Whether a line that is too long is a path or a name, which nobody could copy if it were broken."""
    return str(Path.cwd().anchor) in text and len(text.split()) == 1


def prepared(base: str, place: Path) -> dict[str, str]:
    """What lines name: a knowledge base, an edited one, a ledger with a record and a table of cases."""
    if base == "wide":
        wide_base(place / "base")
        wide_base(place / "edited")
    else:
        for name in ("base", "edited"):
            for part in ("kb", "rules"):
                (place / name / part).mkdir(parents=True)
                for path in (ROOT / part).rglob("*.yaml"):
                    (place / name / path.relative_to(ROOT)).parent.mkdir(exist_ok=True)
                    copy(path, place / name / path.relative_to(ROOT))
    claims = place / "edited" / "kb" / "claims.yaml"
    claims.write_text(re.sub(r"^(    says: .*)$", r"\1 And more.", claims.read_text(), flags=re.M))
    (place / "text.txt").write_text("One. Two.\n\nThree.\n")
    names = [pair.partition("=")[::2] for pair in GIVEN[base].split()]
    table = [",".join(name for name, _ in names), ",".join(value for _, value in names)]
    (place / "table.csv").write_text("\n".join(table) + "\n")
    told = {
        "given": GIVEN[base],
        "other": OTHER[base],
        "option": OPTION[base],
        "rule": RULE[base],
        "dir": "base",
        "edited": "edited",
        "kb": "--kb base",
        "ledger": "--ledger ledger.sqlite",
        "text": "text.txt",
        "table": "table.csv",
    }
    assert cicatrix("consult", *shlex.split("{given} {kb} {ledger}".format(**told)), cwd=place).code == 0
    return told


def test_the_least_width_holds_what_is_said() -> None:
    done = cicatrix("consult", *GIVEN["built-in"].split(), "--no-save", "--width", str(LEAST_WIDTH))
    assert max(map(len, done.stdout.splitlines())) <= LEAST_WIDTH


@pytest.mark.parametrize("line", ["kb rules", "kb claims", "kb show", "consult scar_depth=both --no-save"])
def test_how_results_look_is_said_before_the_command_or_after_it(line: str) -> None:
    words = line.split()
    assert cicatrix(*words, "--width", "50", "--plain") == cicatrix("--plain", "--width", "50", *words)
    assert cicatrix(words[0], *words[1:], "--width", "50") == cicatrix(*words, CICATRIX_WIDTH="50")
    assert cicatrix(*words, "--width", "60", CICATRIX_WIDTH="50") == cicatrix(*words, "--width", "60")
    if words[0] == "kb":
        assert cicatrix("kb", "--width", "50", *words[1:]) == cicatrix(*words, "--width", "50")
    told = cicatrix(*words[:2], "--width", "19")
    assert (told.code, "19 is not in the range x>=20" in told.stderr) == (2, True)


def test_wide_lines_use_the_room_there_is() -> None:
    words = ["consult", *GIVEN["built-in"].split(), "--no-save", "--full"]
    widest = {width: max(map(len, cicatrix(*words, "--width", str(width)).stdout.splitlines()))
              for width in (80, 120, 160)}  # fmt: skip
    assert widest[80] <= 80 < widest[120] <= 120 < widest[160] <= 160


def test_columns_stay_below_each_other(tmp_path: Path) -> None:
    """The cells of a column begin where its heading does, counted in cells."""
    base = str(wide_base(tmp_path / "base"))
    done = cicatrix("consult", *GIVEN["wide"].split(), "--kb", base, "--no-save", "--full")
    lines = done.stdout.split("\n")
    rule = next(n for n, line in enumerate(lines) if line.startswith("---"))
    starts = [match.start() for match in re.finditer(r"-+", lines[rule])]
    for line in lines[rule + 1 : lines.index("", rule)]:
        for start in starts[1:]:
            before = next(n for n in range(len(line) + 1) if n == len(line) or wcswidth(line[:n]) >= start)
            assert wcswidth(line[:before]) in (start, wcswidth(line)), line
            assert line[before - 1] in " " or before == len(line), line


def test_colour_changes_nothing_else() -> None:
    """Colour tells nothing that is not said without it."""
    base = load(ROOT)
    blocks = rules_blocks(base.rules, base)
    painted = shown(blocks, Look(colour=True))
    assert "\x1b[" in painted and strip_sequences(painted) == shown(blocks, Look())
