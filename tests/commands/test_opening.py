"""What commands are asked about: a record, or answers."""

from __future__ import annotations

import shlex
from pathlib import Path

from support.records import made, output, run
from support.shell import cicatrix


def test_without_a_case_the_last_record_is_asked_about(path: Path, plant: Path) -> None:
    """That of the knowledge base, though another was consulted later; with none, the commands refuse."""
    asked = (["explain", "how", "punch"], ["explain", "why-not", "laser"], ["what-if", "active_acne=no"])
    for words in asked:
        none = run(path, *words)
        assert none.code == 2 and "there is no case to ask about" in none.stderr and not none.stdout
    id = made(path, "scar_depth=deep", "active_acne=yes")
    made(path, "--kb", str(plant), "light=bright")
    for words in asked:
        done = run(path, *words)
        assert done.code == 0 and done.stderr.startswith(f"Of the last record, {id} of 20"), done
        of_record = ["what-if", id, *words[1:]] if words[0] == "what-if" else [*words, id]
        assert done.stdout == output(path, *of_record)


def test_the_last_record_is_read_under_its_own_knowledge(path: Path, plant: Path) -> None:
    made(path, "--kb", str(plant), "light=bright")
    vocabulary = plant / "kb" / "vocabulary.yaml"
    vocabulary.write_text(vocabulary.read_text("utf-8") + "\n# changed\n", "utf-8")
    done = run(path, "what-if", "--kb", str(plant), "light=unknown")
    assert done.code == 0 and " ".join(done.stderr.split()).endswith(
        ", under the knowledge that made it then."
    )


def test_of_several_ledgers_the_one_with_the_record_is_read(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    first, newest = made(other, "scar_depth=deep"), made(path, "scar_depth=deep", "active_acne=yes")
    both = ["--ledger", str(other), "--ledger", str(path)]
    for words in (["explain", "how", "punch"], ["explain", "why-not", "laser"], ["what-if", "scar_count=1"]):
        last = cicatrix(*words, *both)
        assert last.code == 0 and last.stderr.startswith(f"Of the last record, {newest} of 20"), last
        of_record = ["what-if", first, *words[1:]] if words[0] == "what-if" else [*words, first]
        assert cicatrix(*of_record, *both).stdout == output(other, *of_record)
    said = cicatrix("explain", "how", "over-the-counter", first, *both).stdout
    advised = shlex.split(" ".join(said.split("`")[1].split()))
    assert advised[-4:] == both and cicatrix(*advised).code == 0
