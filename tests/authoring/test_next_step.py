"""The next step: the way to a finished knowledge base."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from support.plants import DOCUMENT, PARTS, edit, kb
from support.shell import ROOT, cicatrix
from support.text import joined

from expert.authoring.next_step import next_step
from expert.knowledge.document import fingerprint
from expert.knowledge.load import load
from expert.language.rules import RuleBase

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
            shown = joined(result.stdout)
            found = re.findall(r"^Next: (.*)\.$", shown, re.M)
            if not found:
                assert "Next" not in result.stdout
                return
            assert len(found) == 1 and shown.endswith(f"Next: {found[0]}.\n")
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
    assert re.search(r"Cactus +option", asked.stdout)
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
    return (re.findall(r"^Next: .*", joined(kb(*command, "--kb", directory).stdout), re.M) or [""])[0]


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


@pytest.mark.long
@pytest.mark.more
def test_nothing_is_missing_in_the_built_in_knowledge(base: RuleBase) -> None:
    assert next_step(base, ROOT) is None
    for words in (["lint"], ["coverage"], ["test"], ["prove"]):
        assert "Next:" not in kb(*words, "--kb", ROOT).output
