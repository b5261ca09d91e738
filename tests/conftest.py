"""Shared by the tests: the built-in knowledge base, and the document where it is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.approving import plant as plant
from support.plants import plants as plants
from support.schemas import one_base as one_base

from expert.knowledge.load import load
from expert.language.rules import RuleBase

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT.parent / "shared" / "source" / "deep-acne-scars.txt"


@pytest.fixture(scope="session")
def base() -> RuleBase:
    return load(ROOT)


@pytest.fixture
def document() -> Path:
    """The document itself, which is not part of the project: the test is skipped without it."""
    if not DOCUMENT.is_file():
        pytest.skip("the document (shared/source/deep-acne-scars.txt) is not beside this checkout")
    return DOCUMENT


# what is dear to set up, or to be had once only: the tests that use it run in one process, one after another
TOGETHER = {"spark": "spark", "folder": "tables", "cases": "populations", "wheel": "wheel"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests that share something dear stay together."""
    used = getattr(item, "fixturenames", ())
    group = next((group for name, group in TOGETHER.items() if name in used), "")
    if group:
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spark, which takes longest, comes first."""
    items.sort(key=lambda item: "spark" not in getattr(item, "fixturenames", ()))
