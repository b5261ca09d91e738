"""A wheel built from the tree works in an empty environment, from another folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from support.shell import ROOT

from expert.authoring.skeleton import BESIDE, KNOWLEDGE


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.mark.long
def test_it_is_built_the_same_again(wheel: Path, tmp_path: Path) -> None:
    """The wheel and the source distribution, to the byte, from a copy elsewhere built at another time."""
    ignored = shutil.ignore_patterns(".*", "__pycache__", "dist", "_build")
    copy = shutil.copytree(ROOT, tmp_path / "elsewhere", ignore=ignored)
    shutil.copy(ROOT / ".gitignore", copy)
    for source, folder in ((ROOT, tmp_path / "one"), (copy, tmp_path / "two")):
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True)
    ones, twos = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert [path.name for path in ones] == [path.name for path in twos]
    assert [path.read_bytes() for path in ones] == [path.read_bytes() for path in twos]
    assert wheel.read_bytes() in [path.read_bytes() for path in ones]
    with tarfile.open(next(path for path in ones if path.suffix == ".gz")) as sources:
        names = sources.getnames()
    for needed in (
        "examples/heating/document.txt",
        "docs/tutorial.md",
        "LICENSE",
        "tests/support/oracle.py",
        "kb/claims.yaml",
    ):
        assert any(name.endswith(f"/{needed}") for name in names), needed


def test_the_extras() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"prov", "prove", "population", "spark", "clips", "author"} <= set(
        project["optional-dependencies"]
    )


def test_no_generic_names_at_the_top(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"cicatrix", "expert", next(top for top in tops if top.endswith(".dist-info"))}


def test_what_a_page_is_made_with_travels_along(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    beside = {"views/report.css", "views/report.html", "backends/computing.clp", "backends/scoring.clp"}
    beside |= {f"authoring/new/{name}" for name in (*KNOWLEDGE, *BESIDE)}
    assert {f"expert/{name}" for name in beside} <= set(names)


def test_it_consults_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    """What is in the wheel, without the project beside it, and with the libraries that are here."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = [sys.executable, "-c", "from cicatrix.cli import main; main()"]
    consults(program, tmp_path, PYTHONPATH=str(tmp_path / "site"))


@pytest.mark.long
def test_it_consults_from_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """Installed with its dependencies."""
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "-c", str(ROOT / "requirements.lock"), str(wheel)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    consults([str(home / "bin" / "cicatrix")], tmp_path)


def consults(program: list[str], folder: Path, **more: str) -> None:
    """A consultation from a folder that is not the project's."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | more
    words = ["consult", "scar_depth=deep", "active_acne=no", "--json", "--no-save"]
    result = subprocess.run(
        [*program, *words], cwd=folder, capture_output=True, text=True, env=environment, check=False
    )
    assert result.returncode == 0, result.stderr
    punch = json.loads(result.stdout)["recommendations"][0]
    assert (punch["option"], punch["verdict"], punch["timing"]) == ("punch-technique", "preferred", "now")
