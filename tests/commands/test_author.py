"""Authoring: from an empty directory to a finished knowledge base, layout, watching, schemas."""

from __future__ import annotations

import json
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
from random import Random
from typing import Any

import jsonschema
import pytest
import typer
import yaml
from support.generate import knowledge_files
from support.shell import LEDGER, PROGRAM, ROOT, cicatrix
from support.yaml12 import Core
from typer.testing import CliRunner, Result

import cli
from expert.authoring.format import ORDER, child, comments, kind_of, laid_out, meaning
from expert.authoring.next_step import next_step
from expert.authoring.schema import DRAFT, file_schemas, schema
from expert.authoring.schema_cases import definitions
from expert.authoring.skeleton import kind_of as schema_of
from expert.authoring.skeleton import title_from
from expert.commands import author as author_command
from expert.commands.prove import prove
from expert.commands.trial import test as test_command
from expert.io.problems import KnowledgeError
from expert.knowledge.checks import warnings
from expert.knowledge.document import coverage, fingerprint, sentences
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase

BICYCLE = ROOT / "tests" / "data" / "bicycle"
PARTS = ("kb", "rules")
DOCUMENT = """\
Two plants for a room

A fern wants shade. In bright light it may burn.

A cactus wants bright light. It costs 5 dollars.

Plants make a room friendly.
"""

app = typer.Typer()
for name, command in {
    "new": author_command.new,
    "lint": author_command.lint,
    "fmt": author_command.fmt,
    "coverage": cli.kb_coverage,
    "test": test_command,
    "prove": prove,
}.items():
    app.command(name)(command)


def kb(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def plants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new knowledge base, in the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("plants.txt").write_text(DOCUMENT)
    result = kb("new", "plants", "--document", "plants.txt")
    assert result.exit_code == 0, result.output
    return Path("plants")


def copy_of(directory: Path, to: Path) -> Path:
    for part in PARTS:
        shutil.copytree(directory / part, to / part)
    return to


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new))


# --- kb new ----------------------------------------------------------------------------------


def test_a_new_knowledge_base_loads_answers_and_passes_its_case(plants: Path) -> None:
    base = load(plants)
    assert [*base.knowledge.claims] == ["p1s1", "p2s1", "p2s2", "p3s1", "p3s2", "p4s1"]
    assert base.knowledge.title == "Plants"
    assert base.rules[0].claims == ("p2s1",)  # the first sentence that is no heading
    tested = kb("test", "--kb", plants)
    assert tested.exit_code == 0 and "1 pass, 0 fail" in tested.stdout
    assert kb("lint", "--strict", "--kb", plants).exit_code == 1
    asked = cicatrix("consult", "first_question=yes", "--kb", str(plants.resolve()), "--no-save")
    assert asked.code == 0 and "TODO" in asked.stdout
    assert asked.stderr.startswith("Next: ") and asked.stderr.count("\n") == 1
    assert kb("fmt", "--check", "--kb", plants).exit_code == 0


def test_places_and_fingerprints_are_those_of_coverage(plants: Path) -> None:
    found = sentences(DOCUMENT)
    claims = load(plants).knowledge.claims
    assert {id: fingerprint(text) for id, text in found.items()} == {
        id: claim.fingerprint for id, claim in claims.items()
    }
    places = coverage(load(plants), DOCUMENT)
    assert {place.status for place in places} == {"todo"}
    shown = kb("coverage", "--document", "plants.txt", "--kb", plants)
    assert shown.exit_code == 1
    assert "p2s1 is still to be written: first-rule rest on it" in shown.stdout
    assert "0 of 6 sentences accounted for (0 %), fingerprints checked." in shown.stdout


def test_only_the_worksheet_holds_the_sentences(plants: Path) -> None:
    for path in plants.rglob("*"):
        if path.is_file():
            held = [text for text in sentences(DOCUMENT).values() if text in path.read_text()]
            assert len(held) == (6 if path.name == "worksheet.txt" else 0), path
    assert (plants / ".gitignore").read_text() == "/worksheet.txt\n"
    assert "p2s2  In bright light it may burn.\n\np3s1  A cactus" in (plants / "worksheet.txt").read_text()


def test_lint_warns_in_the_order_of_the_work(plants: Path) -> None:
    found = kb("lint", "--kb", plants).stdout
    places = re.findall(r"^warning: plants/((?:kb|rules)/[\w-]+\.yaml):\d+:\d+: ", found, re.M)
    assert list(dict.fromkeys(places)) == [
        *("kb/claims.yaml", "kb/options.yaml", "kb/vocabulary.yaml", "rules/1-first.yaml"),
    ]
    assert found.index("`p4s1` has no hedge") < found.index("`p1s1` is neither cited nor explained")
    for problem in warnings(load(plants)):
        assert problem.span and problem.help
        line = Path(problem.span.file).read_text().splitlines()[problem.span.line - 1]
        assert line[problem.span.column - 1 :].lower().startswith("todo")


@pytest.mark.parametrize(
    ("prepare", "words", "says"),
    [
        (lambda: Path("there").mkdir() or Path("there/x").touch(), "there", "holds something already"),
        (lambda: Path("there").touch(), "there", "is not a directory"),
        (lambda: Path("there").symlink_to("nowhere"), "there", "is not a directory"),
        (lambda: None, "there --document no.txt", "`no.txt` is missing"),
        (lambda: Path("e.txt").write_text(" \n\n"), "there --document e.txt", "holds no sentence"),
        (lambda: Path("e.txt").write_bytes(b"\xff"), "there --document e.txt", "not UTF-8"),
        (lambda: Path("e.txt").write_text("So it is. " * 5001), "there --document e.txt", "is too long"),
        (lambda: None, "there --title \x07", "cannot be printed"),
        (lambda: Path("f").touch(), "f/there", "cannot be made"),
    ],
)
def test_what_cannot_be_begun(
    prepare: Callable[[], object], words: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plants.txt").write_text(DOCUMENT)
    prepare()
    result = kb("new", "--document", "plants.txt", *words.split(" "))
    assert result.exit_code == 2, result.output
    assert says in result.stderr and "Traceback" not in result.output
    assert not Path("there/kb").exists()


def test_an_empty_directory_will_do_and_odd_titles_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, title in enumerate(['no: "it" {is} #not', "yes", "Ü", "'", "\\", "- a", "12"]):
        Path(f"d{number}").mkdir()
        Path(f"my {title[:1]}.txt").write_text("Just a line\n")
        result = kb("new", f"d{number}", "--document", f"my {title[:1]}.txt", "--title", title)
        assert result.exit_code == 0, result.output
        assert load(Path(f"d{number}")).knowledge.title == title
    assert title_from("two-plants_for.a room") == "Two plants for a room"


# --- the way to a finished knowledge base ------------------------------------------------------

WORDS = {
    "p1s1": "What it is about.",
    "p2s1": "Ferns want shade.",
    "p2s2": "Bright light may burn them.",
    "p3s1": "Cacti want light.",
    "p3s2": "One costs 5 dollars.",
    "p4s1": "Plants are friendly.",
}
CONTEXT = {"p1s1": "a heading", "p4s1": "a friendly remark"}
TEXTS = {
    "`label` of option": "Fern",
    "`label` of attribute": "shade",
    "`says` of attribute": "there is shade",
    "`question` of attribute": "Is there shade?",
    "`because` of rule": '"{option} wants shade."',
}
RULE = """
- id: {id}
  claims: {claim}
  basis: stated
  when: {{{when}}}
  then: {{{then}}}
  because: "So it is with {{option}}."
"""


class Author:
    """Somebody who does what the last line says, and nothing else."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.followed: list[str] = []

    def work(self, *command: object) -> None:
        """Run a command, and do what it says, until it says nothing more."""
        for _ in range(60):
            result = kb(*command, "--kb", self.directory)
            assert result.exit_code in (0, 1), result.output
            found = re.findall(r"^Next: (.*)\.$", result.stdout, re.M)
            if not found:
                assert "Next" not in result.stdout
                return
            assert len(found) == 1 and result.stdout.endswith(f"Next: {found[0]}.\n")
            assert found[0] not in self.followed, "the same twice: it was not followed, or is not mended"
            self.followed.append(found[0])
            self.follow(found[0])
        raise AssertionError("no end to it")

    def follow(self, line: str) -> None:
        match = re.fullmatch(r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<what>.+)", line)
        assert match, line
        what, place = match["what"], (Path(match["file"]), int(match["line"]) - 1, int(match["column"]) - 1)
        claim = (re.findall(r"claim `(\w+)`", what) or [""])[0]
        if "is not put into words" in what:
            self.put(place, "TODO", WORDS[claim])
        elif "has no hedge" in what:
            self.put(place, "todo", "may" if claim == "p2s2" else "asserts")
        elif "is neither cited" in what and claim in CONTEXT:
            self.put(place, "TODO", CONTEXT[claim])
        elif "is neither cited" in what:
            self.use(claim)
        elif "delete this line" in what:
            self.delete(place)
        elif "is still to be written" in what:
            self.put(place, "TODO", next(text for said, text in TEXTS.items() if what.startswith(said)))
        elif "property `price` is read by no rule" in what:
            self.rule("what-it-costs", "p3s2", "option.price: known", 'advise: "It costs {option.price}."')
        elif "fires in no case" in what:
            self.add_case(re.findall(r"rule `([\w-]+)`", what)[0])
        elif "there are no invariants" in what:
            self.add_invariant(place[0])
        elif mark := re.search(r"`intended: (\[.*\])`", what):
            with place[0].open("a") as stream:
                stream.write(f"intended: {mark[1].replace('...', 'nobody has been asked yet')}\n")
        else:
            raise AssertionError(f"not understood: {line}")

    def put(self, place: tuple[Path, int, int], old: str, new: str) -> None:
        path, line, column = place
        lines = path.read_text().splitlines(keepends=True)
        assert lines[line][column:].startswith(old), lines[line]
        lines[line] = lines[line][:column] + new + lines[line][column + len(old) :]
        path.write_text("".join(lines))

    def delete(self, place: tuple[Path, int, int]) -> None:
        lines = place[0].read_text().splitlines(keepends=True)
        del lines[place[1]]
        place[0].write_text("".join(lines))

    def rule(self, id: str, claim: str, when: str, then: str) -> None:
        with (self.directory / "rules" / "1-first.yaml").open("a") as stream:
            stream.write(RULE.format(id=id, claim=claim, when=when, then=then))

    def use(self, claim: str) -> None:
        """Encode what a sentence says."""
        options = self.directory / "kb" / "options.yaml"
        if claim == "p2s2":
            self.rule(
                "ferns-burn", claim, "first_question: no, option: first-option", "argue: {against: effect}"
            )
        elif claim == "p3s1":
            edit(options, "options:\n", "options:\n  cactus: {label: Cactus}\n")
            self.rule("cacti-want-light", claim, "first_question: no, option: cactus", "argue: {for: effect}")
        else:
            price = "    properties: {price: {value: 5, claims: p3s2}}\n"
            edit(options, "  cactus: {label: Cactus}\n", f"  cactus:\n    label: Cactus\n{price}")
            edit(options, "\n# properties:", "\nproperties:")
            edit(options, "\n#   price: {type", "\n  price: {type")

    def add_case(self, rule: str) -> None:
        """The case that `kb test` prints."""
        printed = kb("test", "--kb", self.directory).stdout
        block = re.search(rf'(?:^# .*\n)*(- case: "{rule} fires"\n(?:  .*\n)+)', printed, re.M)
        assert block, printed
        with (self.directory / "kb" / "cases" / "first.yaml").open("a") as stream:
            stream.write("\n" + block[1])

    def add_invariant(self, path: Path) -> None:
        written = """invariants:
  - id: no-fern-in-the-light
    says: Where there is no shade, no fern is recommended.
    when: {first_question: no, option: first-option}
    never: {option.verdict: [preferred, option]}
"""
        text = path.read_text()
        path.write_text(text[: text.index("invariants: []")] + written)


def test_the_hints_lead_to_a_knowledge_base_in_which_nothing_is_missing(plants: Path) -> None:
    author = Author(plants)
    author.work("lint")
    lined = len(author.followed)
    assert lined >= 25
    for command in (["coverage", "--document", "plants.txt"], ["test"], ["prove"]):
        author.work(*command)
    assert [line for line in author.followed[lined:] if "dead-end" not in line] == []
    assert kb("fmt", "--kb", plants).exit_code == 0
    for words in (["lint", "--strict"], ["coverage", "--document", "plants.txt"], ["test"], ["prove"]):
        result = kb(*words, "--kb", plants)
        assert result.exit_code == 0 and "Next:" not in result.output, result.output
    assert kb("fmt", "--check", "--kb", plants).exit_code == 0
    base = load(plants)
    assert next_step(base, plants, DOCUMENT) is None
    assert not [
        path for part in PARTS for path in (plants / part).rglob("*.yaml") if "TODO" in path.read_text()
    ]
    asked = cicatrix("consult", "first_question=no", "--kb", str(plants.resolve()), "--brief", "--no-save")
    assert asked.code == 0 and asked.stderr == ""
    assert re.search(r"Cactus +option +now", asked.stdout)
    assert re.search(r"Fern +not advised", asked.stdout)
    kinds = ["words", "hedge", "neither", "cited by", "option", "attribute", "rule", "case", "invariants"]
    firsts = [next(n for n, line in enumerate(author.followed) if kind in line) for kind in kinds[:3]]
    assert firsts == sorted(firsts)


def finished(directory: Path) -> Path:
    author = Author(directory)
    for command in ("lint", "prove"):
        author.work(command)
    return directory


def line_after(directory: Path, *command: object) -> str:
    return (re.findall(r"^Next: .*", kb(*command, "--kb", directory).stdout, re.M) or [""])[0]


def test_what_goes_wrong_in_a_finished_one_is_the_next_thing(plants: Path) -> None:
    finished(plants)
    cases, rules, vocabulary = (plants / name for name in (
        "kb/cases/first.yaml", "rules/1-first.yaml", "kb/vocabulary.yaml"
    ))  # fmt: skip
    for path, old, new, said in (
        (cases, "first-option: {verdict: option} #", "first-option: {verdict: preferred} #", "` fails: "),
        (
            cases,
            "{first_question: yes}",
            "{first_qestion: yes}",
            "unknown attribute `first_qestion`: did you",
        ),
        (rules, "first_question: no, option: cactus", "first_question: no, option: first-option", "cactus"),
        (vocabulary, "\n# steps: #", "\nsteps: {look: Look} #", "step `look` is concluded by no rule: use"),
        (rules, "\n  because:", "\n  because: TODO soon #", "`because` of rule"),
    ):
        text = path.read_text()
        path.write_text(text.replace(old, new, 1))
        assert path.read_text() != text
        for command in ("lint", "coverage"):
            assert said in line_after(plants, command), (command, old, kb(command, "--kb", plants).output)
        path.write_text(text)
    assert line_after(plants, "lint") == ""
    Path("longer.txt").write_text(
        DOCUMENT.replace("burn.", "burn. It dries.").replace("wants shade", "likes it")
    )
    shown = line_after(plants, "coverage", "--document", "longer.txt")
    assert "the sentence p2s1 is changed" in shown and fingerprint("A fern likes it.") in shown
    edit(plants / "kb/invariants.yaml", "[preferred, option]", "[preferred, not-advised]")
    assert "invariant `no-fern-in-the-light` is not proved" in line_after(plants, "prove")
    shutil.rmtree(plants / "kb/cases")
    assert "there is no case" in line_after(plants, "lint")


def test_json_is_not_changed_by_it(plants: Path) -> None:
    for words in (["coverage"], ["test"], ["prove"]):
        result = kb(*words, "--json", "--kb", plants)
        json.loads(result.stdout)
        assert result.stderr.splitlines()[-1].startswith("Next: ")


def test_nothing_is_missing_in_the_built_in_knowledge(base: RuleBase) -> None:
    assert next_step(base, ROOT) is None
    for words in (["lint"], ["coverage"], ["test"], ["prove"]):
        assert "Next:" not in kb(*words, "--kb", ROOT).output


def test_a_claim_cited_and_still_marked_loads_and_one_explained_does_not(plants: Path) -> None:
    edit(plants / "rules/1-first.yaml", "claims: p2s1 #", "claims: [p2s1, p2s2] #")
    assert "claim `p2s2` is cited by `first-rule`" in kb("lint", "--kb", plants).stdout
    text = (plants / "kb/claims.yaml").read_text()
    (plants / "kb/claims.yaml").write_text(text.replace("context: TODO", "context: no matter"))
    assert kb("lint", "--kb", plants).exit_code == 3


# --- kb fmt ----------------------------------------------------------------------------------


def shuffled(thing: Any, kind: str, random: Random) -> Any:
    """The same knowledge with the fields of its mappings in any order."""
    if isinstance(thing, list):
        return [shuffled(item, kind, random) for item in thing]
    if not isinstance(thing, dict):
        return thing
    items = [(key, shuffled(value, child(kind, key), random)) for key, value in thing.items()]
    if kind in ORDER or kind == "places":
        random.shuffle(items)
    return dict(items)


def commented(text: str, random: Random) -> str:
    """The text with comments and blank lines wherever YAML allows them."""
    tokens = [t for t in yaml.scan(text, Loader=yaml.SafeLoader) if isinstance(t, yaml.ScalarToken)]
    inside = {n for t in tokens for n in range(t.start_mark.line + 1, t.end_mark.line + 1)}
    found: list[str] = []
    for n, line in enumerate(text.split("\n")):
        indent = len(line) - len(line.lstrip())
        if n not in inside and line.strip() and not line.strip().startswith(("}", "]", ",")):
            if random.random() < 0.15:
                blank = [""] * (random.random() < 0.4), [""] * (random.random() < 0.2)
                comment = f"{' ' * random.choice([indent, indent, 0])}# comment {n}"
                found += [*blank[0], comment, *blank[1]]
            if random.random() < 0.1 and n + 1 not in inside:
                line += f"  # behind {n}"
        found.append(line)
    return "\n".join(found)


def written_anyhow(files: dict[str, str], random: Random) -> dict[str, str]:
    """The same knowledge, in some other order and style, with comments."""
    found = {}
    for name, text in files.items():
        content = shuffled(yaml.load(text, Loader=yaml.BaseLoader), kind_of(name), random)
        style: dict[str, Any] = {
            "default_flow_style": random.choice([None, False, False]),
            "width": random.choice([40, 80, 200]),
            "indent": random.choice([2, 3, 4, 8]),
            "default_style": random.choice([None, None, "'", '"']),
        }
        found[name] = commented(yaml.safe_dump(content, sort_keys=False, **style), random)
    return found


@pytest.mark.parametrize("seed", range(25))
def test_layout_keeps_meaning_and_comments_and_is_the_same_again(seed: int) -> None:
    random = Random(seed)
    files = written_anyhow(knowledge_files(random), random)
    base, problems = open_files(files)
    assert not problems
    again = {name: laid_out(text, kind_of(name)) for name, text in files.items()}
    after, problems = open_files(again)
    assert not problems
    assert meaning(after, again) == meaning(base, files)
    for name, text in again.items():
        assert comments(text) == comments(files[name])
        assert laid_out(text, kind_of(name)) == text


def test_order_and_layout_do_not_depend_on_how_it_was_written() -> None:
    for seed in range(6):
        files = knowledge_files(Random(seed))
        once = {name: laid_out(text, kind_of(name)) for name, text in files.items()}
        for name, text in files.items():
            content = shuffled(yaml.load(text, Loader=yaml.BaseLoader), kind_of(name), Random(seed))
            wide = yaml.safe_dump(content, sort_keys=False, width=200, indent=5)
            assert laid_out(wide, kind_of(name)).replace('"', "") == once[name].replace('"', "")


@pytest.mark.parametrize(
    "directory", [ROOT, BICYCLE, ROOT / "examples" / "heating"], ids=lambda path: path.name
)
def test_knowledge_written_by_hand_hardly_changes(directory: Path, tmp_path: Path) -> None:
    copy = copy_of(directory, tmp_path / "copy")
    before = {path: path.read_text() for path in copy.rglob("*.yaml")}
    hash, checked = load(copy).knowledge.hash, kb("fmt", "--check", "--kb", copy)
    assert {path: path.read_text() for path in copy.rglob("*.yaml")} == before
    result = kb("fmt", "--kb", copy)
    assert result.exit_code == 0, result.output
    lines = [
        line
        for path, text in before.items()
        for line in set(path.read_text().split("\n")) - set(text.split("\n"))
    ]
    assert len(lines) <= (40 if directory.name == "heating" else 5), lines
    changed = {str(path) for path, text in before.items() if path.read_text() != text}
    assert set(re.findall(r"would change  (.*)", checked.stdout)) == changed
    assert checked.exit_code == bool(changed)
    if load(copy).knowledge.hash != hash:
        assert f"knowledge hash {hash[:12]} -> {load(copy).knowledge.hash[:12]}" in result.stdout
    assert kb("fmt", "--check", "--kb", copy).exit_code == 0


BEFORE = """\
# About the file.
# More about it.
claims:
    # about the second
    p1s2:
        fingerprint: 0123456789abcdef   # beside it
        says: 'it''s "so"'

        hedge: asserts
    # about the first
    p1s1: {fingerprint: '0123456789abcde0', # inside
      hedge: asserts, says: One.}


# about hedges
hedges:
    asserts: >-
        # no comment
        but a text
    may:
        {"a": 1}
# at the end
"""
AFTER = """\
# About the file.
# More about it.
# about hedges
hedges:
  asserts: >-
    # no comment
    but a text
  may: {"a": 1}


claims:
  # about the first
  # inside
  p1s1: {says: One., hedge: asserts, fingerprint: "0123456789abcde0"}
  # about the second
  p1s2:
    says: "it's \\"so\\""
    hedge: asserts

    fingerprint: "0123456789abcdef"     # beside it
# at the end
"""


def test_comments_go_with_what_they_are_about() -> None:
    assert laid_out(BEFORE, "claims") == AFTER
    assert laid_out(AFTER, "claims") == AFTER
    assert laid_out(BEFORE.rstrip("\n"), "claims") == AFTER


def test_what_was_on_several_lines_is_joined_or_broken_at_the_width() -> None:
    some, many = "[a,\n    b]", "[" + ",\n    ".join(f"name-number-{n}" for n in range(20)) + "]"
    text = "one\n    two" + "\n    and more of these words" * 8
    found = laid_out(f"- case: x\n  given: {{}}\n  plan: {some}\n  fired: {many}\n  advice: {text}\n", "case")
    assert "  plan: [a, b]\n" in found
    assert "  fired:\n    - name-number-0\n    - name-number-1\n" in found
    assert "  advice: >-\n    one two and more" in found
    assert max(map(len, found.split("\n"))) <= 100
    long = f"- case: {'long ' * 40}\n  given: {{{', '.join(f'a{n}: b' for n in range(40))}}}\n"
    assert laid_out(long, "case") == long.replace("long \n", "long\n")


def test_files_with_mistakes_and_other_line_ends(plants: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = plants / "kb" / "claims.yaml"
    claims.write_bytes(claims.read_bytes().replace(b"\n", b"\r\n"))
    assert "would change  plants/kb/claims.yaml" in kb("fmt", "--check", "--kb", plants).stdout
    result = kb("fmt", "--kb", plants)
    assert b"\r" not in claims.read_bytes() and "(the same)" in result.stdout
    edit(claims, "hedges:", "hedges: {")
    result = kb("fmt", "--kb", plants)
    assert result.exit_code == 3 and "kb/claims.yaml" in result.stderr
    edit(claims, "hedges: {", "hedges:")
    edit(plants / "rules" / "1-first.yaml", "basis: stated #", "basis: 'stated' #")
    monkeypatch.setattr("expert.authoring.format.meaning", lambda base, files: object())
    before = (plants / "rules" / "1-first.yaml").read_text()
    result = kb("fmt", "--kb", plants)
    assert result.exit_code == 2 and "is left as it is" in result.stderr
    assert (plants / "rules" / "1-first.yaml").read_text() == before


@pytest.mark.parametrize(("library", "words"), [("ruamel.yaml", "fmt"), ("watchfiles", "lint --watch")])
def test_without_the_libraries(
    library: str, words: str, plants: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, "expert.authoring.format", raising=False)
    result = kb(*words.split(), "--kb", plants)
    assert result.exit_code == 5
    assert library in result.stderr and "pip install 'cicatrix[author]'" in result.stderr


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
    assert seen.startswith("\n--- kb/claims.yaml ---\n") and "`p1s1` has no hedge yet" in seen
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
    until("unknown attribute or finding `first_question`")
    edit(plants / "rules" / "1-first.yaml", "first_question", "shade")
    until("Next: ")
    assert "shade" in (plants / ".schemas" / "rules.json").read_text()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130


def test_watching_what_is_no_knowledge_base(tmp_path: Path) -> None:
    result = kb("lint", "--watch", "--kb", tmp_path)
    assert result.exit_code == 3 and "is not a knowledge base" in result.stderr


# --- schemas -----------------------------------------------------------------------------------


def held(kind: str, directory: Path) -> Any:
    found = file_schemas(load(directory))[kind]
    jsonschema.Draft7Validator.check_schema(found)
    return jsonschema.Draft7Validator(found)


def files_of(directory: Path) -> list[Path]:
    return sorted(path for part in PARTS for path in (directory / part).rglob("*.yaml"))


@pytest.mark.parametrize(
    "directory", [ROOT, BICYCLE, ROOT / "examples" / "heating"], ids=lambda path: path.name
)
@pytest.mark.parametrize("loader", [Core, yaml.BaseLoader])
def test_every_file_fits_the_schema_of_its_kind(directory: Path, loader: Any) -> None:
    base = load(directory)
    whole = jsonschema.Draft7Validator(schema(base))
    for path in files_of(directory):
        kind = schema_of(path.relative_to(directory).as_posix())
        if kind in file_schemas(base):
            content = yaml.load(path.read_text(), Loader=loader)
            for validator in (held(kind, directory), whole):
                assert [f"{path}: {e.json_path}: {e.message}" for e in validator.iter_errors(content)] == []


def test_the_files_of_a_new_one_name_schemas_that_they_fit(plants: Path) -> None:
    for path in files_of(plants):
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", path.read_text().split("\n")[0])
        assert named, path
        found = json.loads((path.parent / named[1]).read_text())
        assert found["$schema"] == DRAFT
        content = yaml.load(path.read_text(), Loader=Core)
        assert [e.message for e in jsonschema.Draft7Validator(found).iter_errors(content)] == [], path


def test_lint_brings_the_schemas_up_to_date(plants: Path) -> None:
    path = plants / ".schemas" / "rules.json"
    before = path.read_text()
    edit(plants / "kb" / "vocabulary.yaml", "\ntopics:\n", "\ntopics:\n  price: price\n")
    assert kb("lint", "--kb", plants).exit_code == 0
    assert path.read_text() != before and '"price"' in path.read_text()
    times = path.stat().st_mtime_ns
    kb("lint", "--kb", plants)
    assert path.stat().st_mtime_ns == times


MISTAKES = [  # kind of file, what stands there, what is written instead
    ("cases", "verdict: preferred", "verdict: prefered"),
    ("cases", "timing: clear-acne", "timing: later"),
    ("cases", "low: 600", "low: much"),
    ("cases", "targets: {deep:", "targets: {dep:"),
    ("cases", "  plan: [try-over-the-counter", "  plan: [try-it"),
    ("cases", "  fired: [clear-the-acne,", "  fired: [clear-acne,"),
    ("cases", "  not-fired:\n", "  notfired:\n"),
    ("cases", "scar_count: 12}", "scar_count: twelve}"),
    ("cases", "against: [effectiveness", "against: [effect"),
    ("cases", "- case: active acne with nothing tried yet\n", "- name: x\n"),
    ("invariants", "never: {option.timing: now}", "never: {option.timing: soon}"),
    ("invariants", "never: {option.timing: now}", "never: {option.time: now}"),
    ("invariants", "never: {option.timing: now}", "nver: {option.timing: now}"),
    ("invariants", "never: {option.timing: now}", "never: {option.timing: now}\n    always: {plan: known}"),
    ("invariants", "always: {plan: [clear-acne", "always: {plan: [clear"),
    ("invariants", "claims: [p4s1,", "claims: [p4s9,"),
    ("invariants", "    says: Nothing is to be done now on a scar while acne is active.\n", ""),
    ("invariants", "- id: nothing-now-while-acne-is-active", "- id: Nothing now"),
    ("invariants", "more: scar_count", "more: scar_depth"),
    ("invariants", "    more: scar_count\n", ""),
]


@pytest.mark.parametrize(("kind", "right", "wrong"), MISTAKES)
def test_what_is_refused_in_cases_and_invariants_the_schemas_refuse(
    kind: str, right: str, wrong: str, tmp_path: Path
) -> None:
    name = {"cases": "kb/cases/acne.yaml", "invariants": "kb/invariants.yaml"}[kind]
    copy = copy_of(ROOT, tmp_path / "copy")
    text = (copy / name).read_text()
    assert right in text
    (copy / name).write_text(text.replace(right, wrong, 1))
    assert kb("test" if kind == "cases" else "prove", "--kb", copy).exit_code == 3
    content = yaml.load((copy / name).read_text(), Loader=Core)
    assert not held(kind, ROOT).is_valid(content)
    assert jsonschema.Draft7Validator(schema(load(ROOT))).is_valid(content) in (False, "- name" in wrong)


def test_marks_fit_and_wrong_marks_do_not(base: RuleBase) -> None:
    validator = held("invariants", ROOT)
    rules = [rule.id for rule in base.rules[:3]]
    for fits, content in (
        (True, {"tensions": [{"rules": rules[:2], "intended": "so"}]}),
        (False, {"tensions": [{"rules": rules, "intended": "so"}]}),
        (True, {"intended": {"check": "masked", "about": rules[0], "reason": "so"}}),
        (True, {"intended": [{"check": "dead-end", "about": ["every-case"], "reason": "so"}]}),
        (False, {"intended": [{"check": "dead-end", "about": rules[0], "reason": "so"}]}),
        (False, {"intended": [{"check": "tension", "about": rules[0], "reason": "so"}]}),
    ):
        assert validator.is_valid(content) == fits, content
    assert {"test", "invariant", "outcome"} <= definitions(base).keys()


# --- the page on authoring -----------------------------------------------------------------------


def test_the_commands_of_the_page_are_real(tmp_path: Path) -> None:
    (tmp_path / "plants.txt").write_text(DOCUMENT)
    lines = re.findall(r"^    cicatrix (.*)$", (ROOT / "docs" / "authoring.md").read_text(), re.M)
    assert len(lines) >= 8
    for line in lines:
        if "--watch" not in line:
            result = cicatrix(*shlex.split(line), cwd=tmp_path)
            assert result.code in (0, 1) and "Traceback" not in result.stderr, result
            assert "fmt" in line or "Next: " in result.stdout


def test_problems_of_a_new_knowledge_base_are_told_as_ever(plants: Path) -> None:
    edit(plants / "kb" / "claims.yaml", "hedge: todo # one", "hedge: sure # one")
    with pytest.raises(KnowledgeError):
        load(plants)
    for words in (["lint"], ["coverage"], ["test"], ["fmt"]):
        result = kb(*words, "--kb", plants)
        assert result.exit_code == 3 and "unknown hedge `sure`" in result.stderr
        assert "Next:" not in result.output
