"""Records, through the command line: read from the record alone, filtered, erased, drafted, exported."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.ledger_make import behind, bytes_kept, head_of, verified
from support.ledger_worker import FILES, HEADER, content
from support.shell import ROOT, Result, cicatrix

from expert.io.problems import CaseError
from expert.ledger.bundle import bundle_lines
from expert.ledger.search import Filter, summaries
from expert.ledger.store import Ledger

ANSWERS = ("scar_depth=both", "light_scarring=yes", "previous_punch=yes", "active_acne=no", "scar_count=7")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return tmp_path / "ledger.sqlite"


def run(path: Path, *words: str, stdin: str = "", **environment: str) -> Result:
    """A command on a ledger; no command ever shows a traceback."""
    result = cicatrix(*words, stdin=stdin, **{"CICATRIX_LEDGER": str(path), **environment})
    assert "Traceback" not in result.stderr, result.stderr
    return result


def output(path: Path, *words: str, **more: str) -> str:
    result = run(path, *words, **more)
    assert result.code == 0, result
    return result.stdout


def made(path: Path, *words: str) -> str:
    """A consultation's id, as it was printed."""
    return output(path, "consult", "--brief", *words).splitlines()[-1].split()[1].strip(",")


def shown(path: Path, id: str = "last") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output(path, "audit", "show", id, "--json"))
    return found


# --- what is recorded --------------------------------------------------------------------------


def test_the_record_is_the_consultation(path: Path) -> None:
    """All of what was printed, from the record; and its head hash is the one printed."""
    printed = output(path, "consult", *ANSWERS, "--label", "Ada, left cheek")
    body, last = printed.removesuffix("\n").rsplit("\n", 1)
    id, head = re.fullmatch(r"Record (\w{5}), head (\w{64})", last).groups()  # type: ignore[union-attr]
    assert head_of(path) == (1, head)
    again = output(path, "audit", "show", id)
    assert again.endswith("\n" + body + "\n")
    assert f"Record {id} of " in again and "Ada, left cheek" in again and head in again
    as_json = output(path, "consult", *ANSWERS, "--json")
    record = shown(path)
    assert record["content"]["consultation"] == json.loads(as_json)
    assert record["content"]["verdicts"] == {
        r["option"]: r["verdict"] for r in json.loads(as_json)["recommendations"]
    }
    header = record["header"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", header["time"])
    assert header["knowledge"] == json.loads(as_json)["knowledge"]["hash"]
    assert set(header["programs"]) == {"cicatrix", "experta"}
    with Ledger(path) as ledger:
        kept = ledger.files(header["knowledge"])
        assert len(ledger.knowledge_rows()) == 1  # once, for both
    files = {
        f"{p.parent.name}/{p.name}": p.read_text() for d in ("kb", "rules") for p in (ROOT / d).glob("*.yaml")
    }
    assert kept.items() <= files.items() and len(kept) > 4
    assert record["content"]["consultation"]["not_fired"]


def test_answers_are_in_the_order_given(path: Path) -> None:
    made(path, "scar_count=7", "active_acne=no", "scar_depth=deep")
    answers = shown(path)["content"]["answers"]
    assert [a["attribute"] for a in answers] == ["scar_count", "active_acne", "scar_depth"]
    assert {a["asked"] for a in answers} == {""}


def test_what_was_asked_is_recorded(path: Path) -> None:
    done = run(path, "consult", "--ask", "active_acne=no", "--brief", stdin="deep\n" + "unknown\n" * 60)
    assert done.code == 0, done.stderr
    answers = shown(path)["content"]["answers"]
    assert (answers[0]["attribute"], answers[0]["asked"]) == ("active_acne", "")
    assert (answers[1]["attribute"], answers[1]["value"]) == ("scar_depth", "deep")
    assert len(answers) > 4
    screen = " ".join(done.stderr.split())
    for answer in answers[1:]:
        assert answer["asked"].endswith("?") and answer["asked"] in screen
    order = [screen.index(answer["asked"]) for answer in answers[1:]]
    assert order == sorted(order)


# --- drafts ------------------------------------------------------------------------------------


def drafted(path: Path) -> None:
    stopped = run(path, "consult", "scar_depth=deep", "--ask", stdin="no\nyes\n")
    assert stopped.code == 130 and "consult --resume" in stopped.stderr and not stopped.stdout
    assert json.loads(output(path, "audit", "list", "--json")) == []


def test_an_interrupted_dialogue_is_taken_up(path: Path) -> None:
    drafted(path)
    done = run(path, "consult", "--resume", "--brief", stdin="unknown\n" * 60)
    assert done.code == 0
    answers = shown(path)["content"]["answers"]
    assert [a["attribute"] for a in answers][:2] == ["scar_depth", "active_acne"]
    assert [a["value"] for a in answers][:2] == ["deep", "no"]
    assert answers[2]["value"] == "yes" and len(answers) > 3
    assert "How deep" not in done.stderr and "currently have acne" not in done.stderr
    for answer in answers[3:]:
        assert answer["asked"] and answer["asked"] in " ".join(done.stderr.split())
    again = run(path, "consult", "--resume", stdin="unknown\n" * 60)
    assert again.code == 4 and "no interrupted consultation to resume" in again.stderr
    assert verified(path).entries == 1


def test_what_was_asked_before_the_interruption_is_recorded(path: Path) -> None:
    drafted(path)
    assert run(path, "consult", "--resume", "--brief", stdin="unknown\n" * 60).code == 0
    answers = shown(path)["content"]["answers"]
    assert answers[0]["asked"] == ""
    assert all(answer["asked"] for answer in answers[1:])


def test_a_draft_survives_what_is_not_saved_and_a_second_interruption(path: Path) -> None:
    drafted(path)
    assert run(path, "consult", "--resume", "--no-save", stdin="unknown\n" * 60).code == 0
    assert run(path, "consult", "--resume", stdin="unknown\n").code == 130
    done = run(path, "consult", "--resume", "--brief", stdin="unknown\n" * 60)
    assert done.code == 0
    values = {a["attribute"]: a["value"] for a in shown(path)["content"]["answers"]}
    assert (values["scar_depth"], values["active_acne"]) == ("deep", "no")
    assert run(path, "consult", "--resume").code == 4
    other = run(path.with_name("none.sqlite"), "consult", "--resume")
    assert other.code == 4 and not path.with_name("none.sqlite").exists()


# --- from the record alone ---------------------------------------------------------------------

READING = (
    ("audit", "show", "last"),
    ("audit", "show", "last", "--json"),
    ("explain", "how", "punch-technique", "last"),
    ("explain", "why-not", "laser-treatment", "last"),
    ("explain", "why-not", "punch-technique", "now", "last"),
    ("what-if", "last", "active_acne=yes"),
    ("audit", "list", "--json"),
    ("audit", "verify"),
)


class Installed:
    """A copy of the whole program, whose built-in rules a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("expert", "kb", "rules"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "cli.py", folder / "cli.py")
        self.environment = {**os.environ, "COLUMNS": "80", "CICATRIX_LEDGER": str(folder / "ledger.sqlite")}
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it is run many times

    def run(self, *words: str) -> Result:
        done = subprocess.run(
            [sys.executable, str(self.folder / "cli.py"), *words],
            capture_output=True,
            text=True,
            env=self.environment,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Result(done.stdout, done.stderr, done.returncode)

    def read_all(self) -> list[Result]:
        return [self.run(*words) for words in READING]

    def without_rule(self, file: str, rule: str) -> None:
        """Delete a rule."""
        rules = self.folder / "rules" / file
        text = rules.read_text()
        changed = re.sub(rf"^- id: {rule}\n(  .*\n|\n)*", "", text, flags=re.M)
        assert len(changed) < len(text) and f"id: {rule}\n" not in changed
        rules.write_text(changed)

    def without_experta(self) -> None:
        """Make experta impossible to import."""
        fake = self.folder / "fake" / "experta"
        fake.mkdir(parents=True)
        (fake / "__init__.py").write_text("raise ImportError('no experta here')\n")
        self.environment["PYTHONPATH"] = str(fake.parent)


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    program = Installed(tmp_path / "program")
    assert program.run("consult", *ANSWERS).code == 0
    yield program


def test_old_reasons_when_the_rules_have_changed(installed: Installed) -> None:
    before = installed.read_all()
    assert {result.code for result in before} == {0}
    now = installed.run("consult", *ANSWERS, "--no-save").stdout
    rule = "several-scars-add-up"
    assert any(rule in result.stdout for result in before)
    installed.without_rule("5-cost.yaml", rule)
    changed = installed.run("consult", *ANSWERS, "--no-save")
    assert changed.code == 0 and changed.stdout != now, "the rules must really be others"
    assert installed.read_all() == before

    same = installed.run("audit", "replay", "--all")
    assert (same.code, same.stdout) == (0, "1 of 1 record came out the same.\n")
    other = installed.run("audit", "replay", "--all", "--with-current-rules", "--json")
    assert other.code == 1
    (impact,) = json.loads(other.stdout)
    assert impact["id"] == json.loads(before[1].stdout)["header"]["id"]
    assert (impact["rules"], impact["claims"]) == ([rule], ["p13s3"]), "that rule, and no other"
    assert [(d["kind"], d["name"]) for d in impact["differences"]] == [("flags", "punch-technique")]
    told = installed.run("audit", "replay", "last", "--with-current-rules")
    assert told.code == 1 and impact["id"] in told.stdout and rule in told.stdout and "p13s3" in told.stdout

    # and when the knowledge is not there at all
    shutil.rmtree(installed.folder / "rules")
    (installed.folder / "kb" / "claims.yaml").write_text("nonsense: [")
    assert installed.run("consult", *ANSWERS, "--no-save").code == 3
    assert installed.read_all() == before
    assert installed.run("audit", "replay").code == 0
    assert installed.run("audit", "replay", "--with-current-rules").code == 3


@pytest.mark.parametrize(
    ("file", "rule", "claim", "kinds"),
    [
        ("1-depth.yaml", "deep-scars-present", "p1s2", {"verdict", "cost", "flags", "advice", "target"}),
        ("1-depth.yaml", "shallow-scars-present", "p7s1", {"target"}),
        ("2-acne.yaml", "clear-the-acne", "", set()),
    ],
)
def test_which_records_other_rules_change(
    installed: Installed, file: str, rule: str, claim: str, kinds: set[str]
) -> None:
    installed.without_rule(file, rule)
    found = json.loads(installed.run("audit", "replay", "--with-current-rules", "--json").stdout)
    assert {d["kind"] for impact in found for d in impact["differences"]} == kinds
    for impact in found:
        assert rule in impact["rules"] and claim in impact["claims"]
        assert "surface-methods-may-remove-light-scars" not in impact["rules"]


def test_current_rules_that_are_the_same_change_nothing(installed: Installed) -> None:
    result = installed.run("audit", "replay", "--with-current-rules")
    assert (result.code, result.stdout) == (0, "0 of 1 record would come out differently.\n")


def test_old_reasons_without_experta(installed: Installed) -> None:
    """Everything that reads is possible; the engine itself is needed to consult and to replay."""
    before = installed.read_all()
    exported = installed.run("audit", "export")
    installed.without_experta()
    for words in (("consult", *ANSWERS, "--no-save"), ("audit", "replay")):
        done = subprocess.run(
            [sys.executable, str(installed.folder / "cli.py"), *words],
            capture_output=True,
            text=True,
            env=installed.environment,
            check=False,
        )
        assert done.returncode and "no experta here" in done.stderr, "the test must really take experta away"
    assert installed.read_all() == before
    assert installed.run("audit", "export") == exported and exported.code == 0
    assert installed.run("audit", "forget", "last", "--yes").code == 0


def test_another_knowledge_base(tmp_path: Path, path: Path) -> None:
    """A record of a copy given with --kb is explained under the copy, whatever becomes of it."""
    copy = tmp_path / "copy"
    for name in ("kb", "rules"):
        shutil.copytree(ROOT / name, copy / name)
    rules = copy / "rules" / "4-treatments.yaml"
    rules.write_text(rules.read_text().replace("most often", "more often than not", 1))
    id = made(path, "scar_depth=deep", "--kb", str(copy))
    other = made(path, "scar_depth=deep")
    words = ("explain", "how", "punch-technique")
    before = output(path, *words, id)
    assert "more often than not" in before and "more often than not" not in output(path, *words, other)
    shutil.rmtree(copy)
    assert output(path, *words, id) == before
    assert output(path, "audit", "replay", "--all") == "2 of 2 records came out the same.\n"
    prefix = shown(path, id)["header"]["knowledge"][:12]
    found = json.loads(output(path, "audit", "list", "--knowledge", prefix, "--json"))
    assert [s["id"] for s in found] == [id]


def test_replay_finds_a_trace_that_does_not_follow(path: Path) -> None:
    """Somebody who writes a whole new chain cannot make wrong reasons follow from the rules."""
    from support.ledger_make import rewritten

    id = made(path, "scar_depth=deep")
    assert made(path, "scar_depth=shallow") != id
    with behind(path) as connection:
        connection.execute(
            "UPDATE entries SET content = replace(content, 'recommended most often', 'always recommended') "
            "WHERE seq = 1"
        )
        rewritten(connection)
    assert verified(path).fault is None
    result = run(path, "audit", "replay", "--all")
    assert result.code == 1 and f"Record {id} comes out differently" in result.stdout
    assert "1 of 2 records came out the same." in result.stdout
    assert [r["id"] for r in json.loads(run(path, "audit", "replay", "--all", "--json").stdout)] == [id]


def test_records_that_are_not_there(path: Path) -> None:
    id = made(path, "scar_depth=deep")
    for words in (
        ("audit", "show", "zzzz9"),
        ("explain", "how", "punch-technique", "zzzz9"),
        ("explain", "why-not", "punch-technique", "zzzz9"),
        ("what-if", "zzzz9", "active_acne=no"),
        ("audit", "replay", "zzzz9"),
        ("audit", "replay", id, "zzzz9"),
        ("audit", "forget", "zzzz9", "--yes"),
        ("audit", "export", "--format", "prov", "--id", "zzzz9"),
    ):
        result = run(path, *words)
        assert result.code == 4 and "no record `zzzz9`" in result.stderr, words
    assert run(path, "audit", "export", "--format", "xml").code == 2


# --- finding records ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Records under names, a second apart, as if made in January 2026."""
    path = tmp_path_factory.mktemp("several") / "ledger.sqlite"
    cases = {
        "deep": ("scar_depth=deep", "active_acne=no"),
        "shallow": ("scar_depth=shallow", "active_acne=no", "--label", "Ada"),
        "acne": ("scar_depth=deep", "active_acne=yes"),
        "nothing": ("scar_depth=unknown",),
    }
    ids = {name: made(path, *words) for name, words in cases.items()}
    ids["gone"] = made(path, "scar_depth=deep")
    with Ledger(path, write=True) as ledger:
        ids["erasure"] = ledger.forget(ids["gone"], "").id
        ids["other"] = ledger.append(HEADER, content("other"), FILES).id
    with behind(path) as connection:  # days apart; the list reads headers as they are
        for day, id in enumerate(ids.values(), 1):
            time = f"2026-01-{day:02}T12:30:00.500Z"
            query = "UPDATE entries SET header = json_set(header, '$.time', ?) WHERE id = ?"
            connection.execute(query, (time, id))
    return path, ids


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", "deep shallow acne nothing gone erasure other"),
        ("--since 2026-01-03", "acne nothing gone erasure other"),
        ("--since 2026-01-03T12:30:00.500Z", "acne nothing gone erasure other"),
        ("--since 2026-01-03T12:30:00Z", "acne nothing gone erasure other"),
        ("--since 2026-01-03T12:30:01", "nothing gone erasure other"),
        ("--until 2026-01-02", "deep shallow"),
        ("--until 2026-01-02T12:30", "deep shallow"),
        ("--until 2026-01-02T12:30:00Z", "deep shallow"),
        ("--until 2026-01-02T12:29", "deep"),
        ("--since 2026-01-02 --until 2026-01-03", "shallow acne"),
        ("--since 2027-01-01", ""),
        ("--verdict preferred", "deep acne"),
        ("--verdict not-advised --option dermabrasion", "deep acne"),
        ("--option dermabrasion", "shallow"),
        ("--option one", "other"),
        ("--option nope", ""),
        ("--rule deep-scars-present", "deep acne"),
        ("--rule shallow-scars-present", "shallow"),
        ("--rule clear-the-acne", "acne"),
        ("--rule deep-scars", ""),
        ("--claim p9s1", "deep acne"),
        ("--claim p9s1 --rule clear-the-acne", "acne"),
        ("--claim p9", ""),
        ("--knowledge 1.0", "deep shallow acne nothing gone"),
        (f"--knowledge {HEADER['knowledge'][:8]}", "other"),
        (f"--knowledge {str(HEADER['knowledge'])[:8].upper()}", "other"),
        (f"--knowledge {HEADER['knowledge']}", "other"),
        (f"--knowledge {str(HEADER['knowledge'])[:3]}", ""),
        ("--rule deep-scars-present --since 2026-01-02 --until 2026-01-09 --verdict preferred", "acne"),
    ],
)
def test_filters(several: tuple[Path, dict[str, str]], words: str, names: str) -> None:
    path, ids = several
    by_id = {id: name for name, id in ids.items()}
    with Ledger(path) as ledger:
        found = list(summaries(ledger, filter_of(words).checked()))
    assert [by_id[s.id] for s in found] == names.split()


def filter_of(words: str) -> Filter:
    """The filter that options mean."""
    given = dict(re.findall(r"--(\w+) (\S+)", words))
    return Filter(**{name: given.get(name, "") for name in Filter._fields})


@pytest.mark.parametrize(
    "words",
    [
        "--since 2026-01-02 --until 2026-01-03 --knowledge 1.0",
        "--option punch-technique --verdict preferred",
        "--rule clear-the-acne --claim p9s1",
    ],
)
def test_filters_on_the_command_line(several: tuple[Path, dict[str, str]], words: str) -> None:
    path = several[0]
    with Ledger(path) as ledger:
        wanted = [s.id for s in summaries(ledger, filter_of(words).checked())]
    found = json.loads(output(path, "audit", "list", "--json", *words.split()))
    assert wanted and [s["id"] for s in found] == wanted


def test_the_list(several: tuple[Path, dict[str, str]]) -> None:
    path, ids = several
    text = output(path, "audit", "list")
    lines = [line for line in text.splitlines() if re.match(r"\w{5} +2026-", line)]
    assert [line.split()[0] for line in lines] == list(ids.values())
    assert "punch-technique: preferred" in lines[0] and "Ada" in lines[1]
    assert "(erased)" in lines[4] and f"erased {ids['gone']}" in lines[5]
    first = json.loads(output(path, "audit", "list", "--json"))[0]
    assert first["seq"] == 1 and len(first["hash"]) == 64
    assert first["verdicts"]["punch-technique"] == "preferred" and first["time"].startswith("2026-01-01T")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("since", "yesterday"),
        ("since", "2026-02-30"),
        ("since", "2026"),
        ("until", "2026-W05-1"),
        ("until", "20260131"),
        ("until", "2026-01-31T10:00+02:00"),
        ("until", "2026-01-31T25:00"),
        ("verdict", "good"),
    ],
)
def test_filters_that_are_none(option: str, value: str) -> None:
    with pytest.raises(CaseError, match=re.escape(f"`{value}`")):
        filter_of(f"--{option} {value}").checked()


def test_bad_filters_on_the_command_line(several: tuple[Path, dict[str, str]]) -> None:
    result = run(several[0], "audit", "list", "--since", "yesterday", "--verdict", "good")
    assert result.code == 2 and not result.stdout
    assert "`yesterday` is not a time for --since" in result.stderr
    assert "unknown verdict `good`" in result.stderr and "not-advised" in result.stderr
    assert run(several[0], "audit", "list", "--nonsense", "x").code == 2


def test_an_option_named_like_a_member(path: Path) -> None:
    """The list reads the end of a content: nothing that is in one may mislead it."""
    odd = {**content('",\\"label\\":"x'), "verdicts": {"label": "option", "salt": "preferred", "a": "option"}}
    with Ledger(path, write=True) as ledger:
        ledger.append(HEADER, odd, FILES)
        ledger.append(HEADER, content('a ,"label":"no" \u00e9 {"verdicts":{}}'), FILES)
    first, second = json.loads(output(path, "audit", "list", "--json"))
    assert first["label"] == odd["label"] and first["verdicts"] == odd["verdicts"]
    assert second["label"] == 'a ,"label":"no" \u00e9 {"verdicts":{}}'


def test_reading_a_damaged_record(path: Path) -> None:
    """Said in words, by every command that meets it; the others can still be read."""
    good, bad = made(path, "scar_depth=deep"), made(path, "scar_depth=deep")
    for damage in ("'{}'", "CAST(x'7bff' AS TEXT)", "5"):
        with behind(path) as connection:
            connection.execute(f"UPDATE entries SET content = {damage} WHERE seq = 2")
        assert run(path, "audit", "list", "--claim", "consultation").code in (0, 4)
        for words in (("show", bad), ("replay", "--all")):
            assert run(path, "audit", *words).code == 4, (damage, words)
        verify = run(path, "audit", "verify")
        assert verify.code == 1 and bad in verify.stdout
    assert run(path, "audit", "show", good).code == 0


# --- forgetting --------------------------------------------------------------------------------


def test_forget(path: Path) -> None:
    """The answers are in no file any more, the chain is whole, and every command says what is gone."""
    kept = made(path, "scar_depth=deep", "--label", "Grace")
    id = made(path, "scar_depth=shallow", "scar_count=481516", "--label", "Ada Lovelace")
    sought = ("481516", "Ada Lovelace", '"shallow"')
    assert bytes_kept(path, *sought) == list(sought), "the search must be able to find them"
    salt = shown(path, id)["content"]["salt"]
    assert run(path, "audit", "forget", id, stdin="no\n").code == 130
    assert run(path, "audit", "forget", id, stdin="").code == 130
    assert bytes_kept(path, salt) == [salt]
    done = run(path, "audit", "forget", id, "--reason", "asked to", stdin="yes\n")
    assert done.code == 0
    erasure, head = re.search(r"record (\w{5}), head (\w{64})", done.stdout).groups()  # type: ignore[union-attr]
    assert head_of(path) == (3, head)
    assert bytes_kept(path, "481516", "Ada Lovelace", salt) == []

    verify = output(path, "audit", "verify", "--head", head)
    assert "3 records, 1 of them erasures: the chain is whole" in verify
    assert re.search(rf"{id} was erased at \d{{4}}-\d\d-\d\dT", verify)
    for words in (
        ("audit", "show", id),
        ("explain", "how", "punch-technique", id),
        ("explain", "why-not", "punch-technique", id),
        ("what-if", id, "active_acne=no"),
        ("audit", "replay", id),
        ("audit", "export", "--format", "prov", "--id", id),
    ):
        result = run(path, *words)
        assert result.code == 4 and f"record `{id}` was erased" in result.stderr, words
        assert not result.stdout
    told = run(path, "audit", "show", erasure)
    assert told.code == 4 and f"it erased `{id}` at " in told.stderr
    assert shown(path, erasure)["header"]["reason"] == "asked to"
    assert shown(path, id)["content"] is None
    again = run(path, "audit", "forget", id, "--yes")
    assert again.code == 4 and "nothing left to forget" in again.stderr
    assert run(path, "audit", "forget", erasure, "--yes").code == 4
    lines = output(path, "audit", "list").splitlines()
    assert any(id in line and "(erased)" in line for line in lines)
    assert any(erasure in line and f"erased {id}" in line for line in lines)
    assert output(path, "audit", "replay", "--all") == "1 of 1 record came out the same.\n"
    assert shown(path)["header"]["id"] == kept
    assert verified(path).entries == 3


def test_forget_reaches_what_was_a_draft(path: Path) -> None:
    """A consultation that was interrupted and taken up leaves no copy of its answers behind."""
    assert run(path, "consult", "scar_count=481516", "--ask", stdin="deep\n").code == 130
    assert bytes_kept(path, "481516") == ["481516"]
    assert run(path, "consult", "--resume", stdin="unknown\n" * 60).code == 0
    assert run(path, "audit", "forget", "last", "--yes").code == 0
    assert bytes_kept(path, "481516") == []


# --- PROV --------------------------------------------------------------------------------------


def test_prov(path: Path, tmp_path: Path) -> None:
    """W3C PROV-JSON with every firing, what each used and gave."""
    model = pytest.importorskip("prov.model", reason="the extra `prov` is not installed")
    id = made(path, *ANSWERS)
    target = tmp_path / "record.json"
    assert run(path, "audit", "export", "--format", "prov", "--id", id, "-o", str(target)).code == 0
    data = json.loads(target.read_text())
    trace = shown(path, id)["content"]["consultation"]
    for firing in trace["firings"]:
        assert data["activity"][f"firing-{firing['n']}"]["prov:label"] == firing["rule"]
    used = {(u["prov:activity"], u["prov:entity"]) for u in data["used"].values()}
    given = {(g["prov:entity"], g["prov:activity"]) for g in data["wasGeneratedBy"].values()}
    informed = {(i["prov:informed"], i["prov:informant"]) for i in data["wasInformedBy"].values()}
    for firing in trace["firings"]:
        here = f"firing-{firing['n']}"
        assert {(here, f"claim-{claim}") for claim in firing["claims"]} <= used
        for match in firing["matched"]:
            assert match["kind"] != "answer" or (here, f"answer-{match['name']}") in used
            assert {(here, f"firing-{n}") for n in match["firings"]} <= informed
        for n in range(1, len(firing["concluded"]) + 1):
            assert (f"conclusion-{firing['n']}-{n}", here) in given
    entities, activities = set(data["entity"]), set(data["activity"])
    assert {entity for _, entity in used} <= entities and {activity for activity, _ in used} <= activities
    document = model.ProvDocument.deserialize(content=target.read_text(), format="json")
    assert len(list(document.get_records(model.ProvActivity))) == len(trace["firings"]) + 1


def test_without_prov(path: Path, tmp_path: Path) -> None:
    made(path, "scar_depth=deep")
    fake = tmp_path / "fake" / "prov"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("raise ImportError('none')\n")
    target = tmp_path / "record.json"
    result = run(path, "audit", "export", "--format", "prov", "-o", str(target), PYTHONPATH=str(fake.parent))
    assert result.code == 4 and "needs the library `prov`" in result.stderr
    assert "pip install" in result.stderr and not target.exists() and not result.stdout


def test_an_export_that_fails_half_way(path: Path) -> None:
    made(path, *ANSWERS)
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Ledger(path) as ledger:
        lines = bundle_lines(ledger)
        next(lines)
    del lines  # after the ledger was closed
    link = path.with_name("bundle")
    link.symlink_to("/dev/full")
    result = run(path, "audit", "export", "-o", str(link))
    assert result.code == 2 and "No space left" in result.stderr
    assert link.is_symlink() and not list(path.parent.glob("*.part"))


def test_an_export_is_whole_or_not_there(path: Path, tmp_path: Path) -> None:
    made(path, "scar_depth=deep")
    target = tmp_path / "bundle.jsonl"
    assert run(path, "audit", "export", "-o", str(target)).code == 0
    assert target.read_text() == output(path, "audit", "export")
    assert run(path, "audit", "export", "-o", str(tmp_path)).code == 2
    with behind(path) as connection:
        connection.execute("UPDATE entries SET content = CAST(x'ff' AS TEXT)")
    before = target.read_bytes()
    assert run(path, "audit", "export", "-o", str(target)).code == 4
    assert target.read_bytes() == before and not list(tmp_path.glob("*.part"))
