"""Knowledge bases that are wrong: every problem is found, with its place, and nothing breaks.

tests/data/loader.txt holds edits of tests/data/minimal, each with all the problems it makes.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.loading import MINIMAL, ROOT, checked, problems_in, texts
from support.sizes import one_in, some_or_all

from expert.io.files import read_text
from expert.io.problems import KnowledgeError
from expert.knowledge import directories
from expert.knowledge.checks import warnings
from expert.knowledge.load import load, open_files

SURPRISES = """
yes no on off true null ~ 1e3 0o17 1_000 .inf 2024-01-01 '' [] {} [a] {a: b} <<: *a &a !!int
!!python/object:x.y --- ... | > # ? : - , known unknown any not unless option {option} -1 @ ` %
"""
VOCABULARY, OPTIONS, CLAIMS, RULES = "kb/vocabulary.yaml", "kb/options.yaml", "kb/claims.yaml", "rules/3.yaml"


# --- the table ------------------------------------------------------------------------------


def cases() -> Iterator[tuple[str, str]]:
    text = (ROOT / "tests" / "data" / "loader.txt").read_text("utf-8")
    for block in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, body = block.partition("\n")
        yield name, body


def edited(files: dict[str, str], body: str) -> list[str]:
    """Make a case's edits in `files`; the lines after them, which say what is wrong then.

    `@` names the file, `-` are lines that stand there once and `+` what they become; without
    `-` it is the whole file.
    """
    name, old, new, expected = "", "", "", []
    for line in [*body.rstrip("\n").split("\n"), "@ "]:
        if line.startswith("@ "):
            if name:
                text = "\n" + files[name]
                assert not old or text.count("\n" + old) == 1, f"{old!r} must stand once in {name}"
                files[name] = text.replace("\n" + old, "\n" + new)[1:] if old else new
            name, old, new = line[2:], "", ""
        elif line.startswith("- "):
            old += line[2:] + "\n"
        elif line.startswith("+ "):
            new += line[2:] + "\n"
        else:
            expected.append(line)
    return expected


@pytest.mark.parametrize(("name", "body"), one_in(2, cases()), ids=[name for name, _ in cases()])
def test_every_problem_is_told_with_its_place(name: str, body: str, copy: Path) -> None:
    files = texts(copy)
    expected = edited(files, body)
    for path, text in files.items():
        (copy / path).write_text(text, "utf-8")
    found = "\n".join(map(str, problems_in(Path())))
    assert (found or "valid") == "\n".join(expected)
    checked(files)


def test_the_table_names_each_case_once() -> None:
    names = [name for name, _ in cases()]
    assert len(names) == len(set(names)) > 100


@pytest.mark.parametrize("directory", [ROOT, MINIMAL], ids=["built-in", "minimal"])
def test_what_is_right_has_no_problem(directory: Path) -> None:
    base, problems = checked(texts(directory))
    assert problems == [] and base.instances
    assert load(directory).knowledge.hash == base.knowledge.hash


def test_places_name_the_directory_as_given(copy: Path) -> None:
    (copy / "kb" / "document.yaml").write_text("id: [x]\n")
    shown = {problem.span.file for problem in problems_in(copy) if problem.span}
    assert shown == {f"{copy}/kb/document.yaml"}


# --- files that are built to take long ---------------------------------------------------------


RULE = "claims: p1s1, basis: stated, because: x"


def many_findings(count: int) -> str:
    lines = (f"  f{i}: {{type: choice, label: a, values: {{x: y}}}}\n" for i in range(count))
    return texts(MINIMAL)[VOCABULARY].replace("findings:\n", "findings:\n" + "".join(lines))


def many_options(count: int) -> str:
    return texts(MINIMAL)[OPTIONS] + "".join(f"  o{i}: {{label: x}}\n" for i in range(count))


def chain(count: int, ring: bool) -> str:
    """Rules each of which needs that there is no evidence of what the next one concludes."""
    goals = ((i, (i + 1) % count if ring else i + 1) for i in range(count))
    form = "- {{id: r{}, {}, when: {{unless: {{f{}: x}}}}, then: {{conclude: {{f{}: x}}}}}}\n"
    return "".join(form.format(i, RULE, goal, i) for i, goal in goals)


# what is made of a size, that size, and a part of what is said then
BUILT: list[tuple[Callable[[int], dict[str, str]], int, str]] = [
    (lambda n: {VOCABULARY: "".join(f"a{i}: 1\n" for i in range(n))}, 49_000, "too many problems"),
    (lambda n: {RULES: "- a: 1\n" * n}, 30_000, "too many problems; reading stops here"),
    (lambda n: {RULES: "- &a x\n" + "- *a\n" * n}, 90_000, "too many problems"),
    (
        lambda n: {RULES: "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a,*a]\n" for i in range(n))},
        999,
        "is not allowed here",
    ),
    (lambda n: {RULES: "a: 1\n" * n}, 49_000, "duplicate key `a`"),
    (lambda n: {RULES: "- x\n" * n}, 200_000, "keys and values in the file"),
    (
        lambda n: {CLAIMS: texts(MINIMAL)[CLAIMS].replace("p2s1:", f"p{n}s{n}:")},
        9999,
        "`p2s1` to `p9999s9998` are missing",
    ),
    (
        lambda n: {CLAIMS: texts(MINIMAL)[CLAIMS].replace("p2s1:", f"p{'9' * n}s1:")},
        500,
        "is not a name",
    ),
    (lambda n: {VOCABULARY: texts(MINIMAL)[VOCABULARY].replace("light", "l" * n)}, 999, "is not a name"),
    (
        lambda n: {
            OPTIONS: many_options(n),
            RULES: f"- {{id: r, {RULE}, then: {{flag: [{'dear,' * (n // 100)}]}}}}\n",
        },
        20_000,
        "too many rules (6) for so many options (20,002)",
    ),
    (lambda n: {VOCABULARY: many_findings(n + 1), RULES: chain(n, ring=False)}, 3_900, ""),
    (
        lambda n: {VOCABULARY: many_findings(n + 1), RULES: chain(n, ring=True)},
        3_900,
        "depends on there being no evidence",
    ),
    (
        lambda n: {RULES: f"- {{id: r, {RULE[:-1]}'{'{a} ' * n}', then: {{flag: dear}}}}\n"},
        200_000,
        "unknown placeholder",
    ),
    (
        lambda n: {RULES: f"- {{id: r, {RULE}, when: {{pots: {'9' * n}}}, then: {{plan: move}}}}\n"},
        900_000,
        "…` is too long a number",
    ),
    (lambda n: {RULES: f"- {{id: {'r' * n}, {RULE}, then: {{plan: move}}}}\n"}, 900_000, "not a rule id"),
]
TAKE_LONGEST = (1, 4, 9, 10, 11)


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=[pytest.mark.long] * (n in TAKE_LONGEST)) for n in range(len(BUILT))]
)
def test_what_is_built_to_take_long(number: int) -> None:
    build, size, words = BUILT[number]
    _, problems = checked({**texts(MINIMAL), **build(size)})
    assert words in "\n".join(map(str, problems)) if words else not problems


@pytest.mark.parametrize("number", one_in(2, range(len(BUILT))))
def test_its_work_grows_as_its_length_does(number: int) -> None:
    """Twice as long takes twice the calls, and not four times as many."""
    build, size, _ = BUILT[number]
    small = max(size // 100, 40)
    once, twice = (calls({**texts(MINIMAL), **build(n)}) for n in (small, 2 * small))
    assert 0 < twice < 2.5 * once


def calls(files: dict[str, str]) -> int:
    """How many calls, of Python's functions and of C's, it takes to check some files."""
    count = 0

    def noted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(noted)
    try:
        open_files(files)
    finally:
        sys.setprofile(None)
    return count


# --- anything at every place, and anything at random ---------------------------------------------


def replaced(node: object, put: object) -> Iterator[object]:
    """The node with each of its parts in turn replaced."""
    yield put
    if isinstance(node, dict):
        for key, value in node.items():
            yield {k: v for k, v in node.items() if k != key}
            for other in replaced(value, put):
                yield {**node, key: other}
            if isinstance(put, str):
                yield {(put if k == key else k): v for k, v in node.items()}
    elif isinstance(node, list):
        for index, value in enumerate(node):
            for other in replaced(value, put):
                yield [*node[:index], other, *node[index + 1 :]]


@pytest.mark.parametrize("step", some_or_all(54, 1, more=9))
@pytest.mark.parametrize(
    "put", ["word", "", "unless", [], {}, ["a", ["b"]], {"a": {"b": "c"}}, [{}], "-1"], ids=repr
)
def test_anything_at_every_place(put: object, step: int) -> None:
    files = texts(MINIMAL)
    wrong = 0
    for name, text in files.items():
        for changed in islice(replaced(yaml.load(text, yaml.CBaseLoader), put), 0, None, step):
            written = yaml.dump(changed, Dumper=yaml.CSafeDumper, sort_keys=False)
            wrong += bool(checked({**files, name: written})[1])
    assert wrong > 100 // step


@st.composite
def mutations(draw: st.DrawFn, files: dict[str, bytes]) -> dict[str, bytes]:
    """Knowledge files with a few bytes, words or lines of them changed."""
    changed = dict(files)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(files)))
        changed[name] = draw(st.sampled_from([in_bytes, in_words, in_lines]))(draw, changed[name])
    return changed


def in_bytes(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, len(data)))
    end = at + draw(st.sampled_from([0, 1, 1, 1, 5, 200]))
    return (
        data[:at] + draw(st.one_of(st.binary(max_size=3), st.text(max_size=2).map(str.encode))) + data[end:]
    )


def in_words(draw: st.DrawFn, data: bytes) -> bytes:
    words = re.split(rb"([\w.-]+)", data)
    at = draw(st.integers(0, len(words) - 1))
    other = st.sampled_from(words[1::2] or [b"x"])
    words[at] = draw(st.one_of(st.sampled_from(SURPRISES.split()).map(str.encode), other))
    return b"".join(words)


def in_lines(draw: st.DrawFn, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    how = draw(st.sampled_from(["drop", "copy", "swap", "indent", "outdent", "cut"]))
    if how == "drop":
        del lines[at]
    elif how == "copy":
        lines.insert(at, lines[other])
    elif how == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    elif how == "cut":
        del lines[at:]
    else:
        lines[at] = b"  " + lines[at] if how == "indent" else lines[at].removeprefix(b"  ")
    return b"\n".join(lines)


def fuzz(directory: Path, changed: dict[str, bytes]) -> None:
    """Load changed files: a rule base with its warnings, or problems that all have a place."""
    for part in ("kb", "rules"):
        (directory / part).mkdir(exist_ok=True)
    for name, data in changed.items():
        (directory / name).write_bytes(data)
    try:
        warnings(load(directory))
    except KnowledgeError as error:
        assert error.problems and all(problem.span for problem in error.problems)
        str(error).encode()


BUILT_IN = {name: text.encode() for name, text in texts(ROOT).items()}
SMALL = {name: text.encode() for name, text in texts(MINIMAL).items()}
FUZZ = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@settings(FUZZ, max_examples=5)
@given(changed=mutations(BUILT_IN))
def test_random_changes_of_the_built_in_knowledge(
    changed: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    fuzz(tmp_path_factory.getbasetemp(), changed)


@pytest.mark.long
@settings(FUZZ, max_examples=350)
@given(changed=mutations(BUILT_IN))
def test_many_random_changes_of_the_built_in_knowledge(
    changed: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    fuzz(tmp_path_factory.getbasetemp(), changed)


@settings(FUZZ, max_examples=12)
@given(changed=mutations(SMALL))
def test_random_changes_of_a_small_knowledge(
    changed: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    fuzz(tmp_path_factory.mktemp("small", numbered=True), changed)


@pytest.mark.long
@settings(FUZZ, max_examples=1_500)
@given(changed=mutations(SMALL))
def test_many_random_changes_of_a_small_knowledge(
    changed: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    fuzz(tmp_path_factory.mktemp("small", numbered=True), changed)


@pytest.mark.parametrize("times", [1, 99])
def test_files_that_are_written_while_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Two files that are edited together are read as they were before, or after, and never one of each."""
    for name in ("kb", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    first, last = tmp_path / "kb/claims.yaml", tmp_path / "rules/6-choice.yaml"
    last = last if last.exists() else sorted((tmp_path / "rules").iterdir())[-1]
    writes = 0

    def read_and_write(path: Path, shown: str) -> str:
        nonlocal writes
        text = read_text(path, shown)
        if path == first and writes < times:  # between the reading of one and that of the other
            writes += 1
            for edited in (first, last):
                edited.write_text(edited.read_text() + f"# edit {writes}\n")
        return text

    monkeypatch.setattr(directories, "read_text", read_and_write)
    files, problems = directories.read_files(tmp_path)
    if times == 1:
        assert not problems and files["kb/claims.yaml"].endswith("# edit 1\n")
        assert files[f"rules/{last.name}"].endswith("# edit 1\n")
    else:
        assert "are being changed while they are read" in problems[-1].message
