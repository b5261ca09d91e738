"""The answers that a consultation starts on."""

from __future__ import annotations

from pathlib import Path

from support.loading import MINIMAL
from support.shell import cicatrix

from expert.commands.answers import read_answers
from expert.knowledge.load import load


def test_a_table_is_no_case(tmp_path: Path) -> None:
    (tmp_path / "list.CSV").write_text("scar_depth\ndeep\n")
    result = cicatrix("consult", "--case", str(tmp_path / "list.CSV"), "--no-save")
    assert result.code == 2 and "is a table of cases" in " ".join(result.stderr.split())


def test_what_is_typed_comes_on_top_of_a_file(tmp_path: Path) -> None:
    base, file = load(MINIMAL), tmp_path / "case.yaml"
    file.write_text("pots: 3\nlight: dim\n")
    entered = read_answers(base, ["light=bright", "pets=yes"], str(file))
    assert entered.case.answers == {"light": "bright", "pets": "yes", "pots": 3}
    assert (entered.given, entered.in_file) == (["pots", "light", "pets"], {"pots"})
