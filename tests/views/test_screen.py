"""A consultation on a terminal: every result fits one of 24 lines, and says where its rest is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from support.generate import tried
from support.shell import cicatrix
from support.sizes import some_or_all

from expert.analysis.expected import load_cases
from expert.consultation.case import UNKNOWN, Case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.explain import how
from expert.consultation.result import Consultation
from expert.consultation.subjects import find_subject
from expert.language.policy import RECOMMENDED
from expert.language.rules import RuleBase
from expert.language.words import VERDICT_WORDS
from expert.views.document import Section
from expert.views.screen import Below, Extent, consultation_blocks
from expert.views.terminal import Look, shown

ROOT = Path(__file__).parents[2]
RECORD = f"Record abc23, {'0' * 64}"
COUNTS = ["1", "2", "12", "120", "6000"]
AMOUNTS = ["0", "49.99", "600", "6000.00"]


def cases(base: RuleBase, number: int) -> Iterator[Case]:
    """The cases of the knowledge base, and random ones, in which few, most or all questions are answered."""
    for expected in load_cases(ROOT, base):
        yield expected.given
    random = Random(24)
    for _ in range(number):
        share, pairs = random.choice((0.2, 0.5, 0.8, 1)), []
        for name, term in base.knowledge.attributes.items():
            numbers = COUNTS if term.type == "count" else AMOUNTS
            values = tried(term, numbers)
            if random.random() < share:
                pairs.append(f"{name}={random.choice([*values, *values, UNKNOWN])}")
        yield parse_pairs(pairs, base.knowledge)


def blocks(base: RuleBase, found: Consultation, asked: Extent) -> list[Section]:
    fired = tuple(dict.fromkeys(firing.rule for firing in found.firings))
    return consultation_blocks(found, base.knowledge, asked, Below("consult", "last", fired, RECORD))


@pytest.mark.parametrize("number", some_or_all(8, 20_000, more=60))
def test_every_result_fits_a_terminal_below_its_trace(base: RuleBase, number: int) -> None:
    for case in [*cases(base, number)][:: 4 if number < 60 else 1]:
        found = infer(base, case)
        trace, *result = blocks(base, found, Extent())
        lines = shown([trace], Look()).split("\n"), shown(result, Look()).split("\n")
        assert len(lines[1]) < 24 and lines[1][-1] == RECORD
        assert max(len(line) for part in lines for line in part) <= 80
        alone = shown(blocks(base, found, Extent(brief=True)), Look()).split("\n")
        assert len(alone) < 24 and max(map(len, alone)) <= 80
        text = "\n".join(lines[1])
        whole = shown(blocks(base, found, Extent(full=True)), Look())
        assert "More: audit show last --full, " in text
        assert all(
            f"{firing.n}" in lines[0][0] or firing.rule in "\n".join(lines[0]) for firing in found.firings
        )
        assert_nothing_lost(base, found, text, whole)
        if named := re.search(r"explain how (\S+) last", text):
            assert how(found, base, find_subject(base, named[1], ("option",)))


def assert_nothing_lost(base: RuleBase, found: Consultation, text: str, whole: str) -> None:
    """What the result leaves out it counts, cautions last of all, and `--full` has it."""
    says = " ".join(text.split())
    all_of_it = " ".join(whole.split())
    steps = [step for step in found.plan if f"{step.n} {step.text}" in says]
    cautions = [a for a in found.advice if a.kind == "caution"]
    kept = [a for a in cautions if a.text in says]
    for step in found.plan:
        assert f"{step.n} {step.text}" in all_of_it
    for a in found.advice:
        assert a.text in all_of_it
    for r in found.recommendations:
        assert r.label in all_of_it
        assert r.label in text or base.knowledge.options[r.option].phrase in says
        assert VERDICT_WORDS[r.verdict] in says.lower()
        assert r.verdict != "open" or "Open: " in text
    if len(steps) < len(found.plan):
        assert f"\n  {len(found.plan) - len(steps)} more: --full\n" in text
    if len(kept) < len(cautions):
        left = len(cautions) - len(kept)
        counted = f"\n  {left} more: --full\n" in text or re.search(rf"{left} cautions? \(--full\)", says)
        assert counted and len(steps) <= 1  # all else is folded


def test_narrow_plain_and_wide_say_the_same(base: RuleBase) -> None:
    pairs = ["scar_depth=both", "active_acne=yes", "scar_count=12"]
    found = infer(base, parse_pairs(pairs, base.knowledge))
    result = blocks(base, found, Extent(trace=False))
    words = {"".join(shown(result, Look(width)).split("Cautions")[1].split()) for width in (60, 80, 120)}
    assert len(words) == 1
    assert any(r.verdict in RECOMMENDED for r in found.recommendations)


def test_what_is_not_recorded_is_asked_for_again(base: RuleBase) -> None:
    found = infer(base, parse_pairs(["scar_depth=deep"], base.knowledge))
    text = shown(consultation_blocks(found, base.knowledge, Extent(), Below()), Look())
    assert "\nMore: consult --full\n" in text and "last" not in text
    whole = shown(consultation_blocks(found, base.knowledge, Extent(full=True), Below()), Look())
    assert "More: " not in whole  # there is none


def test_the_commands_named_below_a_result_work(tmp_path: Path) -> None:
    ledger = tmp_path / "a ledger.sqlite"
    words = ["consult", "scar_depth=deep", "active_acne=yes", "--ledger", str(ledger)]
    done = cicatrix(*words, cwd=tmp_path)
    more = re.search(r"^More: (.*?)^Of the", done.stdout, re.MULTILINE | re.DOTALL)
    assert more
    for command in " ".join(more[1].split()).split(", "):
        ran = cicatrix(*shlex.split(command), cwd=tmp_path)
        assert (ran.code, ran.stderr) == (0, ""), command
        if command.startswith("audit show"):
            full = cicatrix(*words, "--full", "--no-save").stdout
            assert full[: full.index("Of the ")] in ran.stdout
    assert len(list(tmp_path.glob("*.html"))) == 1


def test_a_record_is_shown_as_it_was_printed(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    printed = cicatrix("consult", "scar_depth=deep", CICATRIX_LEDGER=str(ledger)).stdout
    read = cicatrix("audit", "show", "last", CICATRIX_LEDGER=str(ledger)).stdout
    assert printed[: printed.index("More: ")] in read
