"""Texts of knowledge bases, and what is wrong with them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from expert.io.problems import KnowledgeError, Problem
from expert.io.yaml import Node, parse_yaml
from expert.knowledge import load as loader
from expert.knowledge.checks import warnings
from expert.knowledge.directories import read_files
from expert.knowledge.files import DECLARING
from expert.knowledge.load import load, open_files
from expert.language.model import Knowledge
from expert.language.rules import RuleBase

ROOT = Path(__file__).parents[2]
MINIMAL = ROOT / "tests" / "data" / "minimal"


def texts(directory: Path) -> dict[str, str]:
    """The files of a knowledge base, as `open_files` takes them."""
    return {
        f"{part}/{path.name}": path.read_text("utf-8")
        for part in ("kb", "rules")
        for path in sorted((directory / part).glob("*.yaml"))
        if part == "rules" or f"{part}/{path.name}" in [file.path for file in DECLARING]
    }


Opened = tuple[RuleBase, list[Problem]]


def opened_once(opening: Callable[..., Opened]) -> Callable[..., Opened]:
    """A loader that gives the same texts, read not long ago, the same knowledge base."""

    @lru_cache(60)
    def opened(files: tuple[tuple[str, str], ...], *about: Any) -> Opened:
        prefix, before, firsts = about
        return opening(dict(files), prefix, [*before], firsts)

    def open(files: dict[str, str], prefix: str, before: list[Problem], firsts: bool = False) -> Opened:
        base, problems = opened((*files.items(),), prefix, (*before,), firsts)
        return base, [*problems]

    open.cache_clear = opened.cache_clear  # type: ignore[attr-defined]
    return open


def kept_in_mind(opening: Callable[..., RuleBase]) -> Callable[..., RuleBase]:
    """What opens a knowledge base for a command: the same files give the very same one, as before."""

    @lru_cache(20)
    def opened(directory: Path, place: Path, files: tuple[tuple[str, str], ...]) -> RuleBase:
        return opening(directory, place)

    def open(directory: Path, place: Path | None) -> RuleBase:
        files, problems = read_files(directory)
        if problems or place is None:
            return opening(directory, place)
        return opened(directory, place, (*files.items(),))

    return open


def read_anew(directory: Path) -> RuleBase:
    """A knowledge base that shares nothing with what was read before."""
    vars(loader)["_open"].cache_clear()
    return load(directory)


def problems_in(directory: Path) -> list[Problem]:
    try:
        load(directory)
    except KnowledgeError as error:
        return list(error.problems)
    return []


def checked(files: dict[str, str]) -> tuple[RuleBase, list[Problem]]:
    """What `open_files` says, in a form that can be printed."""
    base, problems = open_files(files)
    if not problems:
        warnings(base)
    for problem in problems:
        assert problem.span is not None, problem
        assert problem.span.file in files, problem
        assert problem.span.line >= 1 and problem.span.column >= 1
        assert "\n" not in problem.message and len(problem.message) < 20_000
        str(problem).encode()
    return base, problems


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the minimal knowledge base, which is also the working directory."""
    for part in ("kb", "rules"):
        shutil.copytree(MINIMAL / part, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """What the small knowledge base declares."""
    return load(MINIMAL).knowledge


def node_of(text: str) -> Node:
    """A text of YAML, read."""
    node, problems = parse_yaml(text, "f")
    assert node and not problems
    return node
