"""The documents: every console block runs and prints what is shown, commands exist, and the site builds.

RESET_TRANSCRIPTS=1 writes what the commands print into the documents. Ids of records and heads of chains,
which are new each time, are shown as ID and HASH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import typer.main
from shell import PROGRAM, ROOT

from expert import terminal

DOCS = sorted((ROOT / "docs").glob("*.md"))
PIECES = re.compile(
    r"<!-- file: (?P<name>\S+) -->\n```yaml\n(?P<text>.*?)```|```console\n(?P<console>.*?)```", re.S
)
TOLD = [
    (re.compile(r"Record [0-9a-z]{5}, head [0-9a-f]{64}"), "Record ID, head HASH"),
    (re.compile(r"Head [0-9a-f]{64}"), "Head HASH"),
]


def run(line: str, folder: Path) -> str:
    """What a line of a console block prints: stdout, stderr with `! `, and the exit code if it is not 0."""
    shim = folder / ".bin/cicatrix"
    if not shim.exists():
        shim.parent.mkdir()
        shim.write_text("#!/bin/sh\nexec " + " ".join(PROGRAM) + ' "$@"\n')
        shim.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{shim.parent}:{os.environ['PATH']}",
        "COLUMNS": "80",
        "CICATRIX_LEDGER": str(folder / ".ledger.sqlite"),
    }
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, env=environment, check=False
    )
    text = done.stdout + "".join(f"! {error}\n" for error in done.stderr.splitlines())
    for pattern, shown in TOLD:
        text = pattern.sub(shown, text)
    return text + (f"[exit {done.returncode}]\n" if done.returncode else "")


@pytest.mark.parametrize(
    "path", [p for p in DOCS if "```console" in p.read_text("utf-8")], ids=lambda p: p.stem
)
def test_console_blocks(path: Path, tmp_path: Path) -> None:
    """In a folder of its own, with the project's knowledge in it, one document after the other."""
    for name in ("kb", "rules", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name)  # a document may change them

    def shown(match: re.Match[str]) -> str:
        if match["name"]:
            (tmp_path / match["name"]).write_text(match["text"])
            return match[0]
        lines = re.findall(r"^\$ (.+)$", match["console"], re.M)
        return "```console\n" + "\n".join(f"$ {line}\n{run(line, tmp_path)}" for line in lines) + "```"

    text = path.read_text("utf-8")
    rendered = PIECES.sub(shown, text)
    if os.environ.get("RESET_TRANSCRIPTS"):
        path.write_text(rendered, "utf-8")
    else:
        assert rendered == text


def tree() -> click.Group:
    sys.path.insert(0, str(ROOT))
    import cli

    if "kb" not in [group.name for group in cli.app.registered_groups]:
        cli.add_groups()
    found = typer.main.get_command(cli.app)
    assert isinstance(found, click.Group)
    return found


def mentioned() -> list[tuple[str, str]]:
    """Commands in backticks or indented lines of the documents and the README, with where they stand."""
    found = []
    for path in [*DOCS, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples/README.md"]:
        text = path.read_text("utf-8")
        lines = [
            " ".join(code.split())
            for code in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
        ]
        lines += re.findall(r"^    (cicatrix .+)$", text, re.M)
        found += [(path.name, line.removeprefix("cicatrix ")) for line in lines]
    return found


def test_commands_that_are_mentioned_exist() -> None:
    root, wrong, seen = tree(), [], 0
    for where, line in mentioned():
        words = line.split()
        if words[0] not in root.commands:
            continue
        command: click.Command = root.commands[words[0]]
        rest = words[1:]
        if isinstance(command, click.Group):
            if not rest or not re.fullmatch("[a-z-]+", rest[0]):
                continue
            if rest[0] not in command.commands:
                wrong.append((where, line))
                continue
            command, rest = command.commands[rest[0]], rest[1:]
        seen += 1
        options = {
            name for parameter in command.params for name in [*parameter.opts, *parameter.secondary_opts]
        }
        given = {word.strip("[]().,").split("=")[0] for word in rest if word.strip("[(").startswith("-")}
        wrong += [(where, line)] if given - options - {"-", "--help"} else []
    assert wrong == []
    assert seen > 60


def test_the_exit_codes_are_those_of_the_shell() -> None:
    codes = {
        value
        for name, value in vars(terminal).items()
        if name in ("CHECK_FAILED", "BAD_INPUT", "BAD_KNOWLEDGE", "BAD_LEDGER", "NO_LIBRARY", "INTERRUPTED")
    }
    for path in (ROOT / "docs/exit-codes.md", ROOT / "README.md"):
        rows = re.findall(r"^\| ([0-9]+) \|", path.read_text("utf-8"), re.M)
        assert {int(row) for row in rows} == {0, *codes}


def test_rules_of_the_language_page_load(tmp_path: Path) -> None:
    from expert.lint import load

    files = {
        "kb/document.yaml": 'id: plants\ntitle: Plants\nversion: "1"\ndisclaimer: None.\n',
        "kb/claims.yaml": "hedges: {stated: it says so}\nclaims:\n"
        + "".join(
            f"  p1s{n}: {{says: Something., hedge: stated, fingerprint: {'0' * 16}}}\n" for n in (1, 2, 3)
        ),
        "kb/vocabulary.yaml": "attributes:\n"
        "  soil: {type: choice, label: soil, question: Soil?, values: {dry: dry, wet: wet}}\n"
        "  resting: {type: yes-no, label: rest, question: Rest?}\n"
        "  hours: {type: count, unit: hours, label: hours of light, question: Hours?}\n"
        "findings:\n  thirsty: {type: yes-no, label: thirst}\n"
        "topics: {health: {label: health, decides: yes}}\nsteps: {water-it: Water it}\n",
        "kb/options.yaml": "properties:\n  least_hours: {type: count, unit: hours, label: least light}\n"
        "options:\n  fern: {label: Fern, properties: {least_hours: {value: 4, claims: p1s3}}}\n",
        "rules/1.yaml": re.findall(
            r"```yaml\n(.*?)```", (ROOT / "docs/language.md").read_text("utf-8"), re.S
        )[0],
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert len(load(tmp_path).rules) == 3


def test_links_lead_somewhere() -> None:
    for path in [*DOCS, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]:
        for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


def test_every_page_is_in_the_index() -> None:
    listed = re.findall(r"^([a-z-]+)$", (ROOT / "docs/index.md").read_text("utf-8").split("```")[1], re.M)
    assert {path.stem for path in DOCS} == {*listed, "index"}


def test_the_site_builds(tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="the docs extra is not installed")
    pytest.importorskip("myst_parser")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(ROOT / "docs"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "deciding policy" in (tmp_path / "language.html").read_text("utf-8")
