"""What is offered while a command is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.program import offered
from support.shell import cicatrix


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manners") / "ledger.sqlite"
    cicatrix("consult", "scar_depth=deep", CICATRIX_LEDGER=str(path))
    return path


OFFERED = {
    "cicatrix consult scar_": ["scar_depth=", "scar_count="],
    "cicatrix consult scar_depth=s": ["scar_depth=shallow"],
    "cicatrix consult scar_depth=deep scar_": ["scar_count="],
    "cicatrix consult active_acne=": ["active_acne=yes", "active_acne=no", "active_acne=unknown"],
    "cicatrix explain how punch-t": ["punch-technique"],
    "cicatrix explain why-not laser": ["laser-treatment", "laser-may-or-may-not-work"],
    "cicatrix audit show l": ["last"],
    "cicatrix kb rules clear-the-acne then-a": ["then-a-dermatologist"],
    "cicatrix kb claims p5": ["p5s1", "p5s2", "p5s3"],
    "cicatrix consult --table-format gr": ["grid"],
    "cicatrix kb export --to m": ["mermaid", "markdown"],
    "cicatrix what-if last scar_depth=de": ["scar_depth=deep"],
    "cicatrix kb options --kb=docs/reference/plants f": ["fern"],
    "cicatrix explain why-not punch-technique not-": ["not-advised", "not-addressed"],
    "cicatrix consult --kb tests/data/tomato si": ["signs="],
    "cicatrix consult --kb tests/data/tomato signs.d": ["signs.down="],
    "cicatrix consult --kb tests/data/tomato signs=down,r": ["signs=down,rolled"],
    "cicatrix consult --kb tests/data/tomato signs=down signs.": [],
    "cicatrix kb questions --kb tests/data/tomato s": ["signs"],
    "cicatrix consult nothing_": [],
    "cicatrix consult --kb /nowhere scar_": [],
}


@pytest.mark.parametrize("line", OFFERED)
def test_completion(line: str, ledger: Path) -> None:
    assert offered(line, ledger) == OFFERED[line]


def test_completion_of_records(ledger: Path) -> None:
    last, id = offered("cicatrix audit show ", ledger)
    assert last == "last"
    assert id in cicatrix("audit", "list", CICATRIX_LEDGER=str(ledger)).stdout
    assert id in offered("cicatrix explain how punch-technique ", ledger)
    assert id in offered(f"cicatrix audit show --ledger {ledger} ", ledger.with_name("none"))


@pytest.mark.parametrize(
    ("words", "at", "expected"),
    [
        ("cicatrix consult scar_depth = s", "4", ["shallow"]),
        ("cicatrix consult active_acne =", "3", ["yes", "no", "unknown"]),
        ("cicatrix consult --kb = docs/reference/plants lig", "5", ["light="]),
    ],
)
def test_completion_in_bash_which_ends_words_at_the_sign(
    words: str, at: str, expected: list[str], ledger: Path
) -> None:
    assert offered("", ledger, COMP_WORDS=words, COMP_CWORD=at) == expected
