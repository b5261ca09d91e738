"""Knowledge bases that are wrong: every problem is found, with its place, and nothing breaks.

tests/data/loader.txt holds edits of tests/data/minimal, each with all the problems it makes.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expert.io.files import SIZE_LIMIT
from expert.io.problems import KnowledgeError, Problem, nearest
from expert.io.yaml import DEPTH_LIMIT, parse_yaml
from expert.knowledge.checks import warnings
from expert.knowledge.declarations import FILES
from expert.knowledge.load import FILE_LIMIT, load, open_files
from expert.language.rules import RuleBase
from expert.language.strata import Needs, strata_of

ROOT = Path(__file__).parents[2]
MINIMAL = ROOT / "tests" / "data" / "minimal"
SURPRISES = """
yes no on off true null ~ 1e3 0o17 1_000 .inf 2024-01-01 '' [] {} [a] {a: b} <<: *a &a !!int
!!python/object:x.y --- ... | > # ? : - , known unknown any not unless option {option} -1 @ ` %
"""
VOCABULARY, OPTIONS, CLAIMS, RULES = "kb/vocabulary.yaml", "kb/options.yaml", "kb/claims.yaml", "rules/3.yaml"


def texts(directory: Path) -> dict[str, str]:
    """The files of a knowledge base, as `open_files` takes them."""
    return {
        f"{part}/{path.name}": path.read_text("utf-8")
        for part in ("kb", "rules")
        for path in sorted((directory / part).glob("*.yaml"))
        if part == "rules" or path.stem in FILES
    }


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the minimal knowledge base, which is also the working directory."""
    for part in ("kb", "rules"):
        shutil.copytree(MINIMAL / part, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems_in(directory: Path) -> list[Problem]:
    try:
        load(directory)
    except KnowledgeError as error:
        return list(error.problems)
    return []


def checked(files: dict[str, str], most: float = 10) -> tuple[RuleBase, list[Problem]]:
    """What `open_files` says, having said it soon and in a form that can be printed."""
    began = time.perf_counter()
    base, problems = open_files(files)
    assert time.perf_counter() - began < most
    if not problems:
        warnings(base)
    for problem in problems:
        assert problem.span is not None, problem
        assert problem.span.file in files, problem
        assert problem.span.line >= 1 and problem.span.column >= 1
        assert "\n" not in problem.message and len(problem.message) < 20_000
        str(problem).encode()
    return base, problems


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


@pytest.mark.parametrize(("name", "body"), list(cases()), ids=[name for name, _ in cases()])
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


# --- files that are no text, or no files ------------------------------------------------------


def spoil(path: Path, how: str) -> None:
    """Put something in the place of a file."""
    path.unlink()
    if how == "directory":
        path.mkdir()
    elif how == "FIFO":
        os.mkfifo(path)
    elif how == "loop":
        path.symlink_to(path)
    elif how == "dangling":
        path.symlink_to("nowhere")
    elif how == "device":
        path.symlink_to("/dev/zero")
    elif how == "enormous":
        with path.open("wb") as stream:
            stream.truncate(10**12)
    elif how != "missing":
        raise AssertionError(how)


@pytest.mark.parametrize("name", [VOCABULARY, "rules/1-place.yaml"])
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("directory", "is not a regular file"),
        ("FIFO", "is not a regular file"),
        ("loop", "is not a regular file"),
        ("dangling", "is not a regular file"),
        ("device", "is not a regular file"),
        ("enormous", f"is larger than {SIZE_LIMIT:,} bytes"),
    ],
)
def test_files_that_are_none(name: str, how: str, words: str, copy: Path) -> None:
    spoil(copy / name, how)
    (problem,) = problems_in(Path())
    assert str(problem) == f"{name}:1:1: file `{name}` {words}"


def test_a_missing_file(copy: Path) -> None:
    (copy / "kb" / "claims.yaml").unlink()
    (copy / "kb" / "document.yaml").unlink()
    assert list(map(str, problems_in(Path()))) == [
        f"kb/{name}.yaml:1:1: file `kb/{name}.yaml` is missing" for name in ("claims", "document")
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read(copy: Path) -> None:
    (copy / "kb" / "claims.yaml").chmod(0)
    assert "cannot be read: Permission denied" in str(problems_in(Path())[0])
    copy.chmod(0)
    try:
        assert "cannot be read: Permission denied" in str(problems_in(copy)[0])
    finally:
        copy.chmod(0o700)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "1:1: file is empty"),
        (b"\xef\xbb\xbf", "1:1: file is empty"),
        (b"---\n", "2:1: the document must be a mapping, not empty"),
        (b"id: caf\xe9\n", "1:8: byte `0xe9` is not UTF-8 text"),
        (b"\xef\xbb\xbfid: a\ntitle: \xc3\xa9\xff\n", "2:9: byte `0xff` is not UTF-8 text"),
        (b"id: \xed\xa0\x80\n", "1:5: byte `0xed` is not UTF-8 text"),
        ("id: x\n".encode("utf-16"), "1:1: byte `0xff` is not UTF-8 text"),
        ("id: x\n".encode("utf-16-le"), "1:2: character `U+0000` is not allowed here"),
        (b"id: a\ntitle: b\0c\n", "2:9: character `U+0000` is not allowed here"),
        (b"id: a\ntitle: \x1b[31m\n", "2:8: character `U+001B` is not allowed here"),
        (b"id: " + b"x" * 900_000 + b": y\n", "1:900005: not valid YAML"),
        (b"[" * 900_000, f"1:{DEPTH_LIMIT + 1}: nested deeper than {DEPTH_LIMIT} levels"),
        (b"- " * 400_000, f"1:{2 * DEPTH_LIMIT + 1}: nested deeper than {DEPTH_LIMIT} levels"),
        (b"a: {" * 200_000, f"nested deeper than {DEPTH_LIMIT} levels"),
        (b"%YAML 9.0\n---\nid: a\n", "1:1: not valid YAML: found incompatible YAML document"),
    ],
    ids=range(15),
)
def test_bytes_that_are_no_knowledge(data: bytes, expected: str, copy: Path) -> None:
    (copy / "kb" / "document.yaml").write_bytes(data)
    began = time.perf_counter()
    shown = "\n".join(map(str, problems_in(Path())))
    assert time.perf_counter() - began < 5
    assert expected in shown and "kb/document.yaml:" in shown and len(shown) < 1_000


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(copy: Path) -> None:
    before = load(copy)
    for path in [*(copy / "kb").iterdir(), *(copy / "rules").iterdir()]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    after = load(copy)
    assert after.knowledge.hash == before.knowledge.hash and after.rules == before.rules


def test_directories_that_are_no_knowledge_base(copy: Path) -> None:
    long, odd = Path("a" * 5_000), Path("a\0b\nc")
    for path in (copy / "nowhere", copy / "kb", copy / "kb" / "claims.yaml", long, odd):
        (problem, *others) = problems_in(path)
        assert "is not a knowledge base" in problem.message or "cannot be read" in problem.message
        assert not others and len(str(problem)) < 300 and "\0" not in str(problem)


def test_rule_files_are_not_overlooked(copy: Path) -> None:
    (copy / "rules" / "3-more.yml").write_text("- id: x\n")
    (copy / "rules" / "README.md").write_text("not a rule\n")
    assert list(map(str, problems_in(Path()))) == [
        "rules/3-more.yml:1:1: rule file `3-more.yml` would be ignored\n  help: name it .yaml"
    ]


def test_a_directory_without_rules(copy: Path) -> None:
    for path in (copy / "rules").iterdir():
        path.unlink()
    assert "`rules` holds no .yaml file" in map(str, problems_in(Path()))


def test_file_names_that_cannot_be_printed(copy: Path) -> None:
    for name in (b"a\nb.yaml", b"\xff.yaml"):
        Path(os.fsdecode(os.fsencode(copy / "rules") + b"/" + name)).write_text("[]\n")
    found = problems_in(Path())
    shown = [f"file name `{name}.yaml` cannot be printed" for name in ("a\ufffdb", "\ufffd")]
    assert [problem.message for problem in found] == shown
    "\n".join(map(str, found)).encode()


def test_too_many_files(copy: Path) -> None:
    for number in range(FILE_LIMIT):
        (copy / "rules" / f"more-{number}.yaml").write_text("[]\n")
    assert "holds more than" in str(problems_in(Path())[0])


def test_too_large_together(copy: Path) -> None:
    for number in range(6):
        (copy / "rules" / f"more-{number}.yaml").write_text("#" * (SIZE_LIMIT - 1))
    assert any("larger than" in problem.message for problem in problems_in(Path()))


def test_texts_that_no_file_could_hold() -> None:
    files = texts(MINIMAL)
    for name in files:
        _, problems = checked({**files, name: "id: \ud800"})
        assert "character `U+D800` is not allowed here" in "\n".join(map(str, problems))
    for gone in files:
        open_files({name: text for name, text in files.items() if name != gone})
    open_files({})
    open_files({"rules/\ud800": "\udfff", "": "", "kb/claims.yaml": "a"})


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


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({VOCABULARY: "".join(f"a{i}: 1\n" for i in range(49_000))}, "too many problems; reading stops here"),
        ({RULES: "- a: 1\n" * 30_000}, "too many problems; reading stops here"),
        ({RULES: "- &a x\n" + "- *a\n" * 90_000}, "too many problems; reading stops here"),
        (
            {RULES: "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a,*a]\n" for i in range(999))},
            "is not allowed here",
        ),
        ({RULES: "a: 1\n" * 49_000}, "duplicate key `a`"),
        ({RULES: "- x\n" * 200_000}, "keys and values in the file"),
        (
            {CLAIMS: texts(MINIMAL)[CLAIMS].replace("p2s1:", "p9999s9999:")},
            "`p2s1` to `p9999s9998` are missing",
        ),
        ({CLAIMS: texts(MINIMAL)[CLAIMS].replace("p2s1:", f"p{'9' * 500}s1:")}, "is not a name"),
        ({VOCABULARY: texts(MINIMAL)[VOCABULARY].replace("light", "l" * 999)}, "is not a name"),
        (
            {
                OPTIONS: many_options(20_000),
                RULES: f"- {{id: r, {RULE}, then: {{flag: [{'dear,' * 200}]}}}}\n",
            },
            "too many rules (6) for so many options (20,002)",
        ),
        ({VOCABULARY: many_findings(3_901), RULES: chain(3_900, ring=False)}, ""),
        (
            {VOCABULARY: many_findings(3_901), RULES: chain(3_900, ring=True)},
            "depends on there being no evidence",
        ),
        (
            {RULES: f"- {{id: r, {RULE[:-1]}'{'{a} ' * 200_000}', then: {{flag: dear}}}}\n"},
            "unknown placeholder",
        ),
        (
            {RULES: f"- {{id: r, {RULE}, when: {{pots: {'9' * 900_000}}}, then: {{plan: move}}}}\n"},
            "…` is not a whole number",
        ),
        ({RULES: f"- {{id: {'r' * 900_000}, {RULE}, then: {{plan: move}}}}\n"}, "not a rule id"),
    ],
    ids=range(15),
)
def test_what_is_built_to_take_long(changes: dict[str, str], words: str) -> None:
    _, problems = checked({**texts(MINIMAL), **changes})
    assert words in "\n".join(map(str, problems)) if words else not problems


# --- order ---------------------------------------------------------------------------------------


def test_the_cycle_is_told_with_places() -> None:
    rules = "".join(
        f"- {{id: {id}, {RULE}, when: {when}, then: {{conclude: {{{finding}: x}}}}}}\n"
        for id, when, finding in [
            ("one", "{f1: x}", "f0"),
            ("two", "{unless: {f2: x}}", "f1"),
            ("three", "{any: [{f0: x}, {f5: x}]}", "f2"),
            ("aside", "{f0: x}", "f3"),
        ]
    )
    _, problems = checked({**texts(MINIMAL), VOCABULARY: many_findings(6), RULES: rules})
    (problem,) = problems
    names = re.findall(r"`(\w+)` \((\S+)\)", problem.help)
    places = {"one": 1, "two": 2, "three": 3}
    assert names == [(name, f"rules/3.yaml:{places[name]}:8") for name in ("two", "three", "one", "two")]


def test_a_cycle_without_unless_is_accepted_and_stands_in_one_stratum() -> None:
    rules = "".join(
        f"- {{id: r{i}, {RULE}, when: {{f{(i + 1) % 3}: x}}, then: {{conclude: {{f{i}: x}}}}}}\n"
        for i in range(3)
    )
    rules += f"- {{id: last, {RULE}, when: {{unless: {{f0: x}}}}, then: {{conclude: {{f3: x}}}}}}\n"
    base, problems = checked({**texts(MINIMAL), VOCABULARY: many_findings(4), RULES: rules})
    strata = {instance.id: instance.stratum for instance in base.instances}
    assert not problems and [strata[id] for id in ("r0", "r1", "r2", "last")] == [0, 0, 0, 1]


def by_definition(needs: Needs) -> dict[str, int] | None:
    """The least strata by raising them until nothing changes; None if that never ends."""
    strata = dict.fromkeys(needs, 0)
    for _ in range(len(needs) + 1):
        raised = {n: max((strata[w] + strict for w, strict in needs[n]), default=0) for n in needs}
        if raised == strata:
            return strata
        strata = {n: max(strata[n], raised[n]) for n in needs}
    return None


def test_strata_are_those_of_the_definition() -> None:
    cyclic = 0
    for seed in range(3_000):
        draw = random.Random(seed)
        names = [str(number) for number in range(draw.randint(1, 8))]
        needs: Needs = {
            name: [(draw.choice(names), draw.random() < 0.25) for _ in range(draw.choice([0, 0, 1, 1, 2, 3]))]
            for name in names
        }
        strata, cycle = strata_of(needs)
        if not cycle:
            assert strata == by_definition(needs)
            continue
        cyclic += 1
        assert by_definition(needs) is None and cycle[0] == cycle[-1] and (cycle[1], True) in needs[cycle[0]]
        assert all(b in [name for name, _ in needs[a]] for a, b in pairwise(cycle))
    assert 500 < cyclic < 2_500


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "near"),
    [("scar_dept", "scar_depth"), ("Scar-Depth", "scar_depth"), ("TRUE", "yes"), ("off", "no"),
     ("~", "unknown"), ("zebra", None), ("", None), ("s" * 10_000, None)],
)  # fmt: skip
def test_the_near_name(word: str, near: str | None) -> None:
    assert nearest(word, ["scar_depth", "yes", "no", "unknown"]) == near


def test_only_allowed_names_are_near() -> None:
    assert nearest("true", ["light"]) is None


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


@pytest.mark.parametrize(
    "put", ["word", "", "unless", [], {}, ["a", ["b"]], {"a": {"b": "c"}}, [{}], "-1"], ids=repr
)
def test_anything_at_every_place(put: object) -> None:
    files = texts(MINIMAL)
    wrong = 0
    for name, text in files.items():
        for changed in replaced(yaml.load(text, yaml.BaseLoader), put):
            _, problems = checked({**files, name: yaml.safe_dump(changed, sort_keys=False)})
            wrong += bool(problems)
    assert wrong > 100


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
    began = time.perf_counter()
    try:
        warnings(load(directory))
    except KnowledgeError as error:
        assert error.problems and all(problem.span for problem in error.problems)
        str(error).encode()
    assert time.perf_counter() - began < 5


BUILT_IN = {name: text.encode() for name, text in texts(ROOT).items()}
SMALL = {name: text.encode() for name, text in texts(MINIMAL).items()}
FUZZ = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@settings(FUZZ, max_examples=100)
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


@settings(FUZZ, max_examples=400)
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


@settings(FUZZ, max_examples=500)
@given(st.text())
def test_random_text_is_read_or_refused(text: str) -> None:
    node, problems = parse_yaml(text, "f")
    assert node is not None or problems
