"""The commands of an author: watching, missing libraries, the page about them."""

from __future__ import annotations

import os
import queue
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.plants import DOCUMENT, edit, kb
from support.shell import LEDGER, PROGRAM, ROOT, cicatrix


@pytest.mark.parametrize(("library", "words"), [("ruamel.yaml", "fmt"), ("watchfiles", "lint --watch")])
def test_without_the_libraries(
    library: str, words: str, plants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, "expert.authoring.format", raising=False)
    result = kb(*words.split(), "--kb", plants)
    assert result.exit_code == 5
    assert library in result.stderr and " -m pip install 'ruamel.yaml>=" in " ".join(result.stderr.split())


# --- kb lint --watch ---------------------------------------------------------------------------


@pytest.fixture
def watching(plants: Path) -> Iterator[tuple[subprocess.Popen[str], Callable[[str], str]]]:
    """A watcher, and a function that waits for a line of what it prints."""
    process = subprocess.Popen(
        [*PROGRAM, "kb", "lint", "--watch", "--kb", "plants"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "CICATRIX_LEDGER": str(LEDGER)},
    )
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(line)

    threading.Thread(target=read, daemon=True).start()

    def until(wanted: str, seconds: float = 15) -> str:
        seen, end = "", time.monotonic() + seconds
        while wanted not in seen:
            try:
                seen += lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {wanted!r} in {seen!r}") from None
        return seen

    yield process, until
    process.kill()
    process.wait()


def test_watching(plants: Path, watching: tuple[subprocess.Popen[str], Callable[[str], str]]) -> None:
    process, until = watching
    assert "---" not in until("\nNext: ")
    time.sleep(0.5)
    claims = plants / "kb" / "claims.yaml"
    good = claims.read_text()

    def save(text: str) -> None:  # as editors do
        claims.with_suffix(".tmp").write_text(text)
        os.replace(claims.with_suffix(".tmp"), claims)

    save(good.replace("says: TODO #", "says: A heading. #"))
    seen = until("Next: ")
    assert "\n--- kb/claims.yaml ---\n" in seen and "`p1s1` has no hedge yet" in seen
    save(good.replace("hedges:", "hedges: ["))
    assert "kb/claims.yaml" in until("error: ")
    claims.unlink()
    until("is missing")
    save(good)
    assert "`p1s1` is not put into words" in until("Next: ")
    claims.touch()  # nothing is new
    (plants / "worksheet.txt").write_text("")
    (plants / "kb" / "cases" / "first.yaml").write_text("- case: x\n")
    assert "claims" not in until("---\n")
    until("Next: ")
    shutil.move(plants / "rules", plants / "gone")
    until("is not a knowledge base")
    time.sleep(0.5)
    shutil.move(plants / "gone", plants / "rules")
    until("Next: ")
    time.sleep(0.5)
    edit(plants / "kb" / "vocabulary.yaml", "  first_question:", "  shade:")
    until("`first_question`")
    edit(plants / "rules" / "1-first.yaml", "first_question", "shade")
    until("Next: ")
    assert "shade" in (plants / ".schemas" / "rules.json").read_text()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130


def test_watching_what_is_no_knowledge_base(tmp_path: Path) -> None:
    result = kb("lint", "--watch", "--kb", tmp_path)
    assert result.exit_code == 3 and "is not a knowledge base" in " ".join(result.stderr.split())


# --- the page on authoring -----------------------------------------------------------------------


def test_the_commands_of_the_page_are_real(tmp_path: Path) -> None:
    (tmp_path / "plants.txt").write_text(DOCUMENT)
    (tmp_path / "plants-2.txt").write_text(f"Second edition\n\n{DOCUMENT}")
    lines = re.findall(r"^    cicatrix (.*)$", (ROOT / "docs" / "authoring.md").read_text(), re.M)
    assert len(lines) >= 8
    for line in lines:
        if "--watch" not in line:
            result = cicatrix(*shlex.split(line), cwd=tmp_path)
            assert result.code in (0, 1) and "Traceback" not in result.stderr, result
            assert "fmt" in line or line.endswith("plants-2.txt --kb plants") or "Next: " in result.stdout
