"""Shared by the tests: the built-in knowledge base, and the document where it is at hand."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from support.approving import plant as plant
from support.ledger_make import in_haste
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
from expert.ledger import store

ROOT = Path(__file__).parents[1]
# no test reads or writes the cache of the person who runs it
os.environ["CICATRIX_CACHE"] = str(Path(tempfile.mkdtemp(prefix="cicatrix-")) / "cache")
# what tests start takes signals as at a terminal, also where the tests themselves are run in the background
for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)
# hundreds of tests open the same few knowledge bases, which nothing changes once they are read
loader._open = opened_once(loader._open)
shared.load_cached = completion.load_cached = kept_in_mind(shared.load_cached)
store.connect = in_haste(store.connect)
# hundreds of tests run the same few commands, whose options typer reads out of their functions each time
typer.main.get_params_from_function = lru_cache(None)(typer.main.get_params_from_function)
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


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end, and what is made is rarely worth looking through."""
    gc.freeze()
    gc.set_threshold(10_000_000)  # the tests of a worker make fewer objects that lie in circles: 1 GB


def pytest_sessionfinish() -> None:
    """What is left goes with the process."""
    gc.freeze()
