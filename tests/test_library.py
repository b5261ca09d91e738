"""The library: what docs/library.md shows, docstrings, types, and JSON that loses nothing."""

from __future__ import annotations

import doctest
import importlib
import json
import re
import subprocess
import sys
import venv
from decimal import Decimal
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any

import pytest
from support.generate import knowledge_files, random_answers, write_files
from support.shell import ROOT, cicatrix
from support.sizes import LONG, MORE

import expert
from expert import (
    CaseError,
    Consultation,
    Decision,
    Difference,
    KnowledgeError,
    LedgerError,
    Replayed,
    Tree,
    Verified,
    WhyNot,
    consult,
    decider,
    from_json,
    how,
    library,
    load,
    load_reviews,
    make_case,
    open_ledger,
    prepare,
    to_json,
    unreviewed,
    what_if,
    why_not,
)
from expert.consultation.subjects import subjects
from expert.language.rules import RuleBase

DOC = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", DOC, re.S)
SCRIPT = next(block for block in BLOCKS if ">>>" not in block)
MINIMAL = ROOT / "tests" / "data" / "minimal"


# --- what is written about it ------------------------------------------------------------------


def test_the_blocks_of_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They run one after another, as a reader would type them, and give what they show."""
    monkeypatch.chdir(tmp_path)
    shown = "".join(block for block in BLOCKS if ">>>" in block)
    test = doctest.DocTestParser().get_doctest(shown, {}, "docs/library.md", None, 0)
    assert len(test.examples) > 20
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("name", ["library", "io.json", "review.approvals"])
def test_docstrings(name: str) -> None:
    module = importlib.import_module(f"expert.{name}")
    found = doctest.testmod(module)
    assert found.attempted and not found.failed


def test_every_public_function_has_an_example() -> None:
    for name in library.__all__:
        thing = getattr(library, name)
        if callable(thing) and getattr(thing, "__module__", "") == "expert.library":
            assert thing.__doc__, name
            assert ">>>" in thing.__doc__ or name == "open_ledger", name


def test_the_package_has_the_names_of_the_library() -> None:
    assert set(expert.__all__) == {*library.__all__, "__version__"}
    assert all(getattr(expert, name) is getattr(library, name) for name in library.__all__)
    assert set(library.__all__) <= set(dir(expert))
    with pytest.raises(ImportError):
        exec("from expert import nothing_like_that", {})


def test_the_package_imports_only_its_version_by_itself() -> None:
    code = "import sys, expert; print([name for name in sys.modules if name.startswith('expert.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "['expert.io', 'expert.io.version']\n"


# --- types -------------------------------------------------------------------------------------

WRONG = """
from expert import consult, load, nothing_like_that
base = load(3)
found = consult(base, ["a"])
label: int = found.recommendations[0].label
"""


@pytest.mark.long
@pytest.mark.more
def test_types_of_a_script(tmp_path: Path) -> None:
    """mypy --strict reads our types from an installed package, and tells a wrong script from a right one."""
    venv.create(tmp_path / "venv", with_pip=False)
    packages = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    copytree(ROOT / "expert", packages / "expert", ignore=lambda *_: ["__pycache__"])
    (tmp_path / "right.py").write_text(SCRIPT)
    (tmp_path / "wrong.py").write_text(WRONG)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    command += ["--python-executable", str(tmp_path / "venv" / "bin" / "python"), "right.py", "wrong.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    wrong = re.findall(r"^(\w+)\.py:(\d+): error: .*\[([a-z-]+)\]$", done.stdout, re.M)
    assert wrong == [
        ("wrong", "2", "attr-defined"),
        ("wrong", "3", "arg-type"),
        ("wrong", "4", "arg-type"),
        ("wrong", "5", "assignment"),
    ], done.stdout


def test_the_script_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(SCRIPT, {})
    assert capsys.readouterr().out == "['Punch technique']\n"


# --- answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers",
    [
        {"light": "dim", "pets": True, "pots": 3, "budget": Decimal("12.50"), "warmth": 7.5},
        {"light": "dim", "pets": "yes", "pots": "3", "budget": 12.5, "warmth": "7.5"},
        {
            "light": "dim",
            "pets": True,
            "pots": Decimal("3.0E0"),
            "budget": "12.50",
            "warmth": Decimal("75E-1"),
        },
    ],
)
def test_answers_as_python_has_them(answers: dict[str, Any]) -> None:
    base = load(MINIMAL)
    found = consult(base, answers)
    assert found.answers == {"light": "dim", "pets": "yes", "pots": 3, "budget": 12.5, "warmth": 7.5}
    assert consult(base, found.answers) == found == consult(base, **answers)


def test_keywords_come_on_top_and_none_is_unknown() -> None:
    found = consult(load(MINIMAL), {"light": "dim", "pots": 2}, pots=None)
    assert found.answers == {"light": "dim", "pots": "unknown"}


def test_all_that_is_wrong_at_once() -> None:
    wrong = {"lihgt": 1, "light": "dimm", "pets": 1, "pots": True, "budget": float("nan"), "warmth": [1]}
    with pytest.raises(CaseError) as error:
        consult(load(MINIMAL), wrong)  # type: ignore[arg-type]
    assert [problem.message for problem in error.value.problems] == [
        "unknown attribute `lihgt`",
        "unknown value for `light` `dimm`",
        "unknown value for `pets` `1`",
        "`yes` is not a whole number for `pots`, such as 1",
        "`NaN` is not a number with up to 2 decimals for `budget`, such as 12",
        "`warmth` must be a single value, not a list",
    ]
    assert "did you mean `light`?" in error.value.problems[0].help


def test_small_numbers_keep_their_digits(tmp_path: Path) -> None:
    copytree(MINIMAL, tmp_path / "kb")
    words = tmp_path / "kb" / "kb" / "vocabulary.yaml"
    words.write_text(words.read_text().replace("decimals: 1", "decimals: 6"))
    base = load(tmp_path / "kb")
    found = consult(base, warmth="0.000001")
    assert consult(base, found.answers) == found == from_json(to_json(found))


# --- JSON --------------------------------------------------------------------------------------


SEEDS = [pytest.param(n, marks=[] if n == 1 else MORE if n < 4 else LONG) for n in range(12)]


@pytest.mark.parametrize("seed", SEEDS)
def test_records_of_random_knowledge_come_back(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    base = load(write_files(knowledge_files(random), tmp_path))
    for _ in range(5):
        comes_back(base, consult(base, random_answers(base, random)))


@pytest.mark.parametrize("seed", range(3))
def test_records_of_the_built_in_knowledge_come_back(seed: int, base: RuleBase) -> None:
    comes_back(base, consult(base, allowed_answers(base, Random(seed))))


def allowed_answers(base: RuleBase, random: Random) -> dict[str, str]:
    """Random answers without the numbers that are out of range."""
    terms = base.knowledge.attributes
    answers = random_answers(base, random)
    return {n: text for n, text in answers.items() if not terms[n].numeric or text not in ("0", "unknown")}


def comes_back(base: RuleBase, found: Consultation) -> None:
    """A consultation, and everything that can be said of it."""
    assert from_json(to_json(found)) == found
    assert hash(repr(from_json(to_json(found)))) == hash(repr(found))  # of the same types too
    for subject in subjects(base):
        trees = how(base, found, subject.id)
        assert from_json(to_json(trees), list[Tree]) == trees
    for option in base.knowledge.options:
        reason = why_not(base, found, option, "preferred")
        again = from_json(to_json(reason), WhyNot)
        assert again == reason and repr(again) == repr(reason)
    differences = what_if(base, found, dict.fromkeys(base.knowledge.attributes))
    assert from_json(to_json(differences), list[Difference]) == differences
    decision = decider(base)(make_case(base, found.answers))
    assert from_json(to_json(decision), Decision) == decision


def test_what_the_command_prints_is_read() -> None:
    printed = cicatrix("consult", "scar_depth=deep", "budget=0.01", "--json", "--no-save").stdout
    found = from_json(printed)
    assert found == consult(load(), scar_depth="deep", budget=Decimal("0.01"))
    assert json.loads(printed)["unreviewed"] == list(unreviewed(load(), load_reviews(), found))
    assert json.loads(printed)["record"] is None


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ([], [], "the JSON must be an object, not []"),
        (["plan"], None, "`plan` must be a list, not null"),
        (["knowledge"], {}, "`knowledge` has no `id`"),
        (["firings", 0, "n"], True, "`firings[0].n` must be a whole number, not true"),
        (["firings", 0, "n"], 1.5, "`firings[0].n` must be a whole number, not 1.5"),
        (["firings", 0, "option"], 7, "`firings[0].option` must be a text, not 7"),
        (["answers", "light"], [], "`answers.light` must be a text or a whole number or a number, not []"),
        (["recommendations", 1, "targets"], "", '`recommendations[1].targets` must be an object, not ""'),
    ],
)
def test_what_is_no_record_is_refused(path: list[Any], value: Any, message: str) -> None:
    data = json.loads(to_json(consult(load(MINIMAL), light="dim")))
    if path:
        inner = data
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
    with pytest.raises(CaseError) as error:
        from_json(json.dumps(data if path else value))
    assert error.value.problems[0].message == message


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"a": Infinity}', b"\xff", "[" * 100_000])
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(CaseError, match="JSON"):
        from_json(text)


# --- records -----------------------------------------------------------------------------------


def test_a_ledger_from_python_and_from_the_command(tmp_path: Path) -> None:
    path, base = tmp_path / "ledger.sqlite", load()
    found = consult(base, scar_depth="deep", budget=Decimal("0.01"))
    with open_ledger(path) as records:
        with_reviews = records.save(base, found, "ours", load_reviews())
        records.save(base, found)
    shown = cicatrix("audit", "show", with_reviews.id, "--brief", "--ledger", str(path))
    assert "ours" in shown.stdout and "had not been reviewed" in shown.stdout
    cicatrix("consult", "scar_depth=shallow", "--ledger", str(path))
    with open_ledger(str(path), write=False) as records:
        assert [summary.label for summary in records.summaries()] == ["ours", "", ""]
        assert records.get() == consult(base, scar_depth="shallow")
        assert records.get(with_reviews.id) == found
        assert records.knowledge().knowledge.hash == base.knowledge.hash
        replayed = records.replay()
        assert [r.same for r in replayed] == [True, True, True]
        assert from_json(to_json(replayed), tuple[Replayed, ...]) == replayed
        verified = records.verify(with_reviews.hash)
        assert verified.fault is None
        assert from_json(to_json(verified), Verified) == verified
        assert records.replay(with_reviews.id) == replayed[:1]


def test_what_a_ledger_refuses(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        open_ledger(tmp_path / "none.sqlite", write=False)
    assert not list(tmp_path.iterdir())
    with open_ledger(tmp_path / "ledger.sqlite") as records, pytest.raises(LedgerError, match="no record"):
        records.get()


def test_a_consultation_of_other_knowledge_is_not_explained(base: RuleBase, tmp_path: Path) -> None:
    found = consult(load(MINIMAL), light="dim")
    with open_ledger(tmp_path / "ledger.sqlite") as records:
        for refused in (
            lambda: how(base, found, "punch"),
            lambda: why_not(base, found, "punch"),
            lambda: what_if(base, found),
            lambda: records.save(base, found),
        ):
            with pytest.raises(CaseError, match="made by other knowledge"):
                refused()


def test_prepared_once_for_many(base: RuleBase) -> None:
    infer, random = prepare(base), Random(5)
    for _ in range(5):
        answers = allowed_answers(base, random)
        assert infer(make_case(base, answers)) == consult(base, answers)


def test_bad_knowledge(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="is not a knowledge base"):
        load(tmp_path)
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "reviews.yaml").write_text("nonsense")
    with pytest.raises(KnowledgeError, match=r"reviews.yaml:1:1: reviews must be a list"):
        load_reviews(tmp_path)


def test_several_answers() -> None:
    tomato = load(ROOT / "tests" / "data" / "tomato")
    listed = make_case(tomato, signs=["blotches", "down"], weather="wet")
    assert listed == make_case(tomato, {"signs": "down,blotches"}, weather="wet")
    assert make_case(tomato, signs={"down": True, "rolled": None}).answers == {
        "signs.down": "yes",
        "signs.rolled": None,
    }
    found = consult(tomato, weather="wet", signs="none")
    assert {d.name for d in what_if(tomato, found, signs=("rolled", "down")) if d.kind == "answer"} == {
        "signs.rolled",
        "signs.down",
    }
    with pytest.raises(CaseError, match=r"`signs\.down` is answered twice"):
        make_case(tomato, {"signs": "none", "signs.down": True})
    with pytest.raises(CaseError, match="unknown value for `signs` `dwn`"):
        make_case(tomato, signs={"dwn": True})
