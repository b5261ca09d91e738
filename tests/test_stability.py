"""What docs/stability.md holds stable: nothing of it may go, or become something else.

`tests/data/stable/held.json` has what is held. RESET_TRANSCRIPTS=1 adds what is new
to it, and takes nothing out.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import pytest
import typer.main
from support.shell import ROOT, cicatrix

import cli
from expert import library
from expert.analysis.expected import load_cases
from expert.commands.lazy import LazyCommand
from expert.consultation.result import Consultation
from expert.knowledge.checks import warnings
from expert.knowledge.files import FILES
from expert.knowledge.load import load
from expert.knowledge.shapes import keys_of
from expert.language.conclusions import STANCES, STRENGTHS
from expert.language.policy import VERDICTS
from expert.ledger.shape import BASES, CONCLUSIONS

STABLE = ROOT / "tests/data/stable"
HELD = STABLE / "held.json"
ANSWERS = "light=bright draught=yes warmth=21 plants=2"
RECORDED = ("light=dim children=yes warmth=21 budget=20", ANSWERS)
LIST = """light,children,draught,warmth,plants,budget
bright,no,no,21,2,20
dim,yes,yes,18,1,
bright,yes,no,21,2,10
odd,no,no,21,1,1
"""
# lines that print JSON, each in a folder with the knowledge, a changed copy of it, records and a table
LINES = (
    f"consult --no-save --kb plants --json {ANSWERS} budget=20",
    f"consult --no-save --kb plants --json {ANSWERS}",
    "explain how fern last --json",
    "explain why-not fern last --json",
    "what-if last light=dim --json",
    "kb coverage --kb plants --json",
    "kb test --kb plants --json",
    "kb load-bearing --kb plants --json",
    "kb review --kb plants --json",
    "audit list --json",
    "audit stats --json",
    "audit show last --json",
    "audit verify --json",
    "audit head --json",
    "audit replay --all --json",
    "audit drafts --json",
    "kb diff plants changed --json",
    "kb prove --kb plants --json",
    "kb rebase --kb plants --document other.txt --json",
    "population run list.csv --kb plants -o other.csv --json",
    "population explain out.csv --row 2 --json",
    "population summary out.csv --json",
    "population diff --kb plants --kb changed list.csv --json",
)


def held() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(HELD.read_text("utf-8"))
    return found


def check(part: str, now: dict[str, Any]) -> None:
    """Nothing that is held of a part is missing now, or is something else."""
    if os.environ.get("RESET_TRANSCRIPTS"):
        whole = held() if HELD.exists() else {}
        whole[part] = together(whole.get(part, {}), now)
        HELD.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
    wanted = held()[part]
    assert wanted
    lost = {name: (was, now.get(name)) for name, was in wanted.items() if not as_held(was, now.get(name))}
    assert lost == {}


def as_held(was: str, found: str | None) -> bool:
    """Whether what is found is what was held: what may be null may be so at one time and not at another."""
    if found is None:
        return False
    kinds, others = ({*words.split(" or ")} - {"null"} for words in (was, found))
    return not kinds or not others or kinds == others


def together(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What was held, and what is new beside it."""
    return {**now, **before}


# --- the JSON --------------------------------------------------------------------------------------
KINDS = {str: "text", int: "number", float: "number", bool: "boolean", type(None): "null"}


def keys_in(data: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every place of some JSON, and what stands there; parts within parts are parts."""
    where = re.sub(r"(\.parts\[\])+", ".parts[]", where)
    if isinstance(data, dict):
        yield where, "object"
        for name, value in data.items():
            yield from keys_in(value, f"{where}.{name}")
    elif isinstance(data, list):
        yield where, "list"
        for item in data:
            yield from keys_in(item, f"{where}[]")
    else:
        yield where, KINDS[type(data)]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that LINES need."""
    folder = tmp_path_factory.mktemp("stable")
    shutil.copytree(STABLE / "plants", folder / "plants")
    shutil.copytree(STABLE / "plants", folder / "changed")
    rules = folder / "changed/rules/3-money.yaml"
    rules.write_text(rules.read_text("utf-8").replace("{against: money}", "{for: money}"), "utf-8")
    (folder / "list.csv").write_text(LIST)
    (folder / "other.txt").write_text("Another document.\n")
    for answers in RECORDED:
        assert run(f"consult --kb plants {answers}", folder).code == 0
    return folder


def run(line: str, folder: Path) -> Any:
    words = shlex.split(line)
    return cicatrix(*words, cwd=folder, CICATRIX_LEDGER=str(folder / "ledger.sqlite"))


def names(line: str) -> str:
    return re.sub(r"\W+", "-", line.split(" --json")[0])


@pytest.mark.parametrize("line", LINES, ids=names)
def test_keys_of_the_json(line: str, workplace: Path) -> None:
    """What a command printed of the same knowledge is there, under the same keys, and is of the same kind."""
    if line.startswith("kb prove"):
        pytest.importorskip("z3", reason="an extra is not installed")
    if line.startswith("population"):
        pytest.importorskip("polars", reason="an extra is not installed")
        if not (workplace / "out.csv").exists():
            run("population run list.csv --kb plants -o out.csv", workplace)
    result = run(line, workplace)
    assert result.code in (0, 1) and result.stdout, result
    found: dict[str, set[str]] = {}
    for where, kind in keys_in(json.loads(result.stdout)):
        if not re.search(
            r"\]\.(answers|example|changes)\.|witnesses\[\]\.firings", where
        ):  # of a case that an analysis came upon
            found.setdefault(where or "all of it", set()).add(kind)
    part = line.removesuffix(" --json").replace(" -o other.csv", "")
    check(f"json of `{part}`", {where: " or ".join(sorted(kinds)) for where, kinds in found.items()})


def test_keys_of_a_consultation() -> None:
    """Those too that no case of the knowledge above has."""
    found: dict[str, str] = {}
    left: list[Any] = [Consultation]
    while left:
        kind = left.pop()
        if not hasattr(kind, "_fields"):
            left += get_args(kind)
        elif f"{kind.__name__}.{kind._fields[0]}" not in found:
            found |= {f"{kind.__name__}.{name}": "held" for name in kind._fields}
            left += get_type_hints(kind).values()
    check("keys of a consultation", found)


def test_words_of_the_json() -> None:
    words = {"verdict": VERDICTS, "stance": STANCES, "strength": STRENGTHS, "basis": BASES}
    words["kind of what is concluded"] = CONCLUSIONS
    check("words", {f"{kind} {word}": "held" for kind, allowed in words.items() for word in allowed})


# --- the rule language -----------------------------------------------------------------------------
def test_keys_of_the_files() -> None:
    """Each key is there, and one that could be left out still can."""
    found = {}
    for file in FILES:
        for shape, key in keys_of(file.holds):
            found[f"{file.path}: {shape.name}.{key.name}"] = "needed" if key.required else "may be left out"
    check("keys of files", found)


def test_knowledge_that_was_written_is_read_and_says_the_same(workplace: Path) -> None:
    base = load(STABLE / "plants")
    assert warnings(base) == []
    assert len(load_cases(STABLE / "plants", base)) == 2
    result = run("kb test --kb plants", workplace)
    assert result.code == 0, result


# --- commands and the library ----------------------------------------------------------------------
def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}".strip())
    else:
        yield path, command.imported() if isinstance(command, LazyCommand) else command


def test_commands_and_their_options() -> None:
    found = {}
    for path, command in commands(typer.main.get_command(cli.app)):
        for parameter in command.params:
            for name in (*parameter.opts, *parameter.secondary_opts):
                if name.startswith("-"):
                    found[f"{path} {name}"] = "held"
    check("commands", found)


def test_names_of_the_library() -> None:
    check("library", dict.fromkeys(library.__all__, "held"))


# --- the page, and that the checks would notice ------------------------------------------------------
def test_what_is_gone_or_other_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESET_TRANSCRIPTS", raising=False)
    now = dict(held()["library"])
    check("library", {**now, "something_new": "held"})
    for other in ({**now, "load": "other"}, {name: now[name] for name in now if name != "load"}):
        with pytest.raises(AssertionError):
            check("library", other)
    before = {"a": "held", "gone": "held"}
    assert together(before, {"a": "other", "new": "held"}) == {"a": "held", "new": "held", "gone": "held"}


def test_the_tests_that_the_page_names_are_there() -> None:
    page = (ROOT / "docs/stability.md").read_text("utf-8")
    named = set(re.findall(r"`(?:tests/)?([a-z/]*test_[a-z_]+\.py|cases\.yaml)`", page))
    there = {path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests").rglob("*.*")}
    assert {name for name in named if not any(path.endswith(name) for path in there)} == set()
    assert len(named) > 8


def test_keys_are_seen_wherever_they_are() -> None:
    data = {"a": [{"b": 1}, {"c": None}], "parts": [{"parts": [{"x": "y"}]}]}
    assert {where for where, _ in keys_in(data)} == {
        *("", ".a", ".a[]", ".a[].b", ".a[].c"),
        *(".parts", ".parts[]", ".parts[].parts", ".parts[].x"),
    }
