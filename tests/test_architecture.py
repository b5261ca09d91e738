"""The shape of the house: imports go down its floors, and the shell knows no subject."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib

import pytest
from support.shell import ROOT

EXPERT = ROOT / "expert"
SHELL = sorted(EXPERT.rglob("*.py"))
PACKAGES = sorted(path.parent for path in EXPERT.glob("*/__init__.py"))


def test_imports_go_down_the_floors() -> None:
    """The contract that `make lint` checks too."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_names_every_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [contract] = settings["contracts"]
    named = {name for floor in contract["layers"] for name in re.findall(r"\w+", floor)}
    assert named == {path.name for path in PACKAGES} | {"library"}
    assert len(PACKAGES) <= 13 and len(contract["layers"]) <= 8


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_a_package_says_what_it_is(package: object) -> None:
    """What it is, what it may import, and where a new thing of its kind goes: a line each."""
    text = (EXPERT / str(package) / "__init__.py").read_text(encoding="utf-8")
    first, empty, *more = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    assert first and not empty and len(more) == 2
    assert "may import" in more[0]


def test_only_the_engine_imports_experta() -> None:
    users = [path for path in SHELL if re.search(r"^\s*(from|import) experta", path.read_text(), re.M)]
    assert [path.relative_to(ROOT).as_posix() for path in users] == ["expert/consultation/engine.py"]


def test_no_two_classes_have_one_name() -> None:
    names = [
        (node.name, path.relative_to(ROOT).as_posix())
        for path in SHELL
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    places: dict[str, list[str]] = {}
    for name, place in names:
        places.setdefault(name, []).append(place)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_nothing_in_the_shell_looks_like_a_test() -> None:
    for path in SHELL:
        assert not path.name.startswith("test_") and not path.name.endswith("_test.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                assert not re.match("test_|Test[A-Z]", node.name), (path, node.name)


def test_no_code_beside_the_knowledge() -> None:
    for folder in ("kb", "rules"):
        assert {path.suffix for path in (ROOT / folder).rglob("*") if path.is_file()} == {".yaml"}


def test_no_word_of_the_subject_in_the_shell() -> None:
    generic = set(
        re.findall(r"[a-z]+", " ".join(ast.unparse(ast.parse(p.read_text())) for p in SHELL).lower())
    )
    clinical = {
        "acne", "scar", "scars", "skin", "dermatologist", "doctor", "patient", "patients", "medical", "laser",
        "punch", "peel", "dermabrasion", "filler", "fillers", "collagen", "pimples", "treatment", "clinical",
        "prescription", "bacteria", "wound", "graft", "sutures", "scarring", "injectable",
    }  # fmt: skip
    knowledge = (ROOT / "kb/options.yaml").read_text() + (ROOT / "kb/vocabulary.yaml").read_text()
    assert len(clinical & set(re.findall(r"[a-z]+", knowledge.lower()))) > 15
    assert clinical & generic == set()
