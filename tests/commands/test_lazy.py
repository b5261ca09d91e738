"""Commands are listed without being imported, and imported when they are called."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from support.program import LISTED, invoked, offered
from support.shell import ROOT
from support.sizes import rest_later

import cli

SHOWN = "import sys, cli; sys.argv[0] = 'cicatrix'\ntry: cli.main()\nfinally: print(sorted(sys.modules))"


ALWAYS = ("lazy", "saying", "streams")
SHARED = (*ALWAYS, "shared", "options", "answers", "completion")


def imported(*words: str, of: str = "expert.commands.") -> set[str]:
    """The modules of a package, if not of all, that a command line has imported at its end."""
    command = [sys.executable, "-c", SHOWN, *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    modules = done.stdout.splitlines()[-1]
    return {name for name in modules.split("'") if name.startswith(of)}


@pytest.mark.parametrize("place", LISTED)
def test_the_table_says_of_a_command_what_its_function_says(place: str) -> None:
    module, name = place.split(":")
    function = getattr(import_module(f"expert.commands.{module}"), name)
    assert (inspect.getdoc(function) or "").splitlines()[0] == LISTED[place].help
    command = LISTED[place].imported()
    assert command.name == LISTED[place].name
    assert command.help is not None
    told = command.help.replace("\b\n", "")  # which keeps examples one a line
    told = re.sub(r" \\\n +", " ", told)  # as a shell joins a long one
    assert told == f"{inspect.getdoc(function)}\n\n{LISTED[place].example}".rstrip()


ALWAYS_IMPORTED = {f"expert.commands.{name}" for name in ALWAYS}


@pytest.mark.parametrize("line", rest_later(1, ["kb --help", "--help", "population"]))
def test_help_imports_no_command(line: str) -> None:
    """Nor anything that knows of knowledge."""
    modules = imported(*line.split(), of="expert.")
    assert {name for name in modules if name.startswith("expert.commands.")} == ALWAYS_IMPORTED
    assert not {name for name in modules if name.startswith(("expert.knowledge", "expert.language"))}


def test_help_of_a_command_imports_that_one() -> None:
    called = {f"expert.commands.{name}" for name in ("export", "showing", "shared", "options", "completion")}
    assert imported("kb", "export", "--help") == ALWAYS_IMPORTED | called


def test_a_consultation_imports_what_it_needs() -> None:
    """No dialogue without questions, no ledger without a record, no text beside JSON."""
    words = ("consult", "scar_depth=deep", "--no-save", "--json")
    assert imported(*words) == {f"expert.commands.{name}" for name in (*SHARED, "consult")}


def test_a_record_and_a_text_import_what_they_need(tmp_path: Path) -> None:
    """Nothing that reads records or, for tabulate's version, mail."""
    words = ("consult", "scar_depth=deep", "--ledger", str(tmp_path / "ledger.sqlite"))
    modules = imported(*words, of="")
    commands = {name.removeprefix("expert.commands.") for name in modules if "commands." in name}
    assert commands == {*SHARED, "consult", "ledgers", "recording", "showing"}
    assert "expert.ledger.store" in modules and "expert.ledger.records" not in modules
    assert not {name for name in modules if name.startswith("email.")}


FROZEN = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0)); import cli"


def test_the_end_looks_for_no_garbage() -> None:
    """What is registered first is called last."""
    command = [sys.executable, "-c", FROZEN]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout == b"True\n"


def test_commands_are_offered_without_being_imported(tmp_path: Path) -> None:
    group = next(command for command in cli.COMMANDS if command.name == "kb")
    assert isinstance(group, click.Group)
    assert offered("cicatrix kb ", tmp_path / "ledger.sqlite") == [*group.commands]
    assert offered("cicatrix ", tmp_path / "ledger.sqlite") == [command.name for command in cli.COMMANDS]


WITHOUT = """
import sys
for name in ("polars", "narwhals", "matplotlib", "z3", "ruamel", "watchfiles", "prov", "pyspark"):
    sys.modules[name] = None
from support.program import LISTED
print(all(command.imported().help for command in LISTED.values()))
"""


def test_help_of_a_command_needs_no_optional_library() -> None:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-c", WITHOUT]
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "True\n", done.stderr


def test_what_stops_a_command_is_said_with_its_code() -> None:
    done = invoked("kb", "rules", "nothing")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: unknown rule `nothing`\n  help: ")


def test_a_list_of_commands_cuts_no_line_of_help() -> None:
    said = " ".join(invoked("audit", "--help").stdout.split())
    assert all(command.help and command.help in said for command in cli.AUDIT)
