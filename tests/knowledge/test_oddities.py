"""What lint warns of: declarations that come to nothing, and files that are not read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.loading import MINIMAL, checked, texts
from support.program import invoked

from expert.knowledge.checks import warnings
from expert.knowledge.load import load
from expert.knowledge.oddities import unread

PLACE = "    label: the place\n"


def warned(path: str, old: str, new: str) -> list[str]:
    """What is warned of beside what the minimal knowledge base has anyway."""
    files = texts(MINIMAL)
    before = [problem.message for problem in warnings(checked(files)[0])]
    assert files[path].count(old) == 1
    files[path] = files[path].replace(old, new)
    base, problems = checked(files)
    assert problems == []
    return [problem.message for problem in warnings(base) if problem.message not in before]


VOCABULARY, OPTIONS, CLAIMS = "kb/vocabulary.yaml", "kb/options.yaml", "kb/claims.yaml"


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (
            VOCABULARY,
            PLACE,
            f"{PLACE}    question: Where?\n",
            ["`question` of finding `place` is never shown"],
        ),
        (VOCABULARY, PLACE, f"{PLACE}    help: So.\n", ["`help` of finding `place` is never shown"]),
        (OPTIONS, "{value: 5,", "{value: -5,", ["`fee` of option `fern` is negative: -5"]),
        (OPTIONS, "{value: 5,", "{value: 0,", []),
        (OPTIONS, "label: Cactus", "label: fern", ["option `cactus` has the label of `fern`: fern"]),
        (
            VOCABULARY,
            "label: pets",
            "label: the light",
            ["attribute `pets` has the label of `light`: the light"],
        ),
        (
            VOCABULARY,
            "  price: price",
            "  price: growth",
            ["topic `price` has the label of `growth`: growth"],
        ),
        (VOCABULARY, "dim: dim", "dim: bright", ["`light`: value `dim` has the label of `bright`: bright"]),
        (
            VOCABULARY,
            "dim: dim",
            "dim: dim\n      null: none",
            ["`null` is a value of `light`, and in case files and tables it means no answer"],
        ),
        (CLAIMS, "    context: a closing remark\n", "", ["claim `p2s1` is cited by nothing yet"]),
    ],
)
def test_what_is_odd_is_warned_of(path: str, old: str, new: str, said: list[str]) -> None:
    assert warned(path, old, new) == said


# --- files -----------------------------------------------------------------------------------
@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in ("kb", "rules"):
        shutil.copytree(MINIMAL / part, tmp_path / part)
    (tmp_path / "kb" / "cases").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rules/.#1-place.yaml", "`rules/.#1-place.yaml` is an editor's lock file, and is not read"),
        ("kb/.#claims.yaml", "`kb/.#claims.yaml` is an editor's lock file, and is not read"),
        ("kb/cases/.#a.yaml", "`kb/cases/.#a.yaml` is an editor's lock file, and is not read"),
        ("kb/claim.yaml", "`kb/claim.yaml` is not read: a knowledge base has no such file"),
        ("kb/claims.yml", "`kb/claims.yml` is not read: a knowledge base has no such file"),
        ("kb/words.json", "`kb/words.json` is not read: a knowledge base has no such file"),
        ("rules/.hidden.yaml", "`rules/.hidden.yaml` is not read: a knowledge base has no such file"),
        ("rules/more/2.yaml", "folder `rules/more` is not read"),
        ("kb/case/2.yaml", "folder `kb/case` is not read"),
        ("kb/cases/old/2.yaml", "folder `kb/cases/old` is not read"),
        ("kb/notes.txt", ""),
        ("rules/README.md", ""),
        ("kb/pictures/a.png", ""),
    ],
)
def test_files_that_are_not_read(copy: Path, name: str, said: str) -> None:
    path = copy / name
    path.parent.mkdir(exist_ok=True)
    if ".#" in name:
        path.symlink_to("someone@somewhere.123:456")  # as Emacs makes them: it leads nowhere
    else:
        path.write_text("- this: is [not YAML", "utf-8")
    assert load(copy).knowledge.hash == load(MINIMAL).knowledge.hash
    assert [problem.message for problem in unread(copy)] == ([said] if said else [])
    result = invoked("kb", "lint", "--kb", copy)
    assert result.exit_code == 0 and (said or "no errors") in result.stdout
    assert invoked("kb", "test", "--kb", copy).exit_code == 1  # there is no case, and none is made of a lock


def test_what_belongs_there_is_read(copy: Path) -> None:
    for name in ("kb/invariants.yaml", "kb/reviews.yaml", "kb/cases/a.yaml"):
        (copy / name).write_text("[]\n", "utf-8")
    assert unread(copy) == []
    assert unread(copy / "nowhere") == []
