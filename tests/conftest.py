"""Shared by the tests: the built-in knowledge base, and the document where it is at hand."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from support.approving import plant as plant
from support.loading import kept_in_mind, opened_once
from support.plants import plants as plants
from support.scheduling import Together
from support.schemas import one_base as one_base
from support.sparking import quick_spark as quick_spark
from support.sparking import spark as spark

from expert.commands import completion, shared
from expert.knowledge import load as loader
from expert.knowledge.load import load
from expert.language.rules import RuleBase

ROOT = Path(__file__).parents[1]
# no test reads or writes the cache of the person who runs it
os.environ["CICATRIX_CACHE"] = str(Path(tempfile.mkdtemp(prefix="cicatrix-")) / "cache")
# hundreds of tests open the same few knowledge bases, which nothing changes once they are read
loader._open = opened_once(loader._open)
shared.load_kept = completion.load_kept = kept_in_mind(shared.load_kept)
# as a command does: what is made is rarely garbage that is worth looking for
gc.set_threshold(100_000)
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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)
