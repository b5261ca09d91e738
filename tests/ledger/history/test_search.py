"""Finding records."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from support.ledger_make import behind, rewritten
from support.ledger_worker import FILES, HEADER, content
from support.records import made, on_stderr, output, run

from expert.io.problems import CaseError
from expert.ledger.history.search import Filter, summaries
from expert.ledger.store import Ledger


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
    with behind(path) as connection:  # days apart, and sealed anew
        for day, id in enumerate(ids.values(), 1):
            time = f"2026-01-{day:02}T12:30:00.500Z"
            query = "UPDATE entries SET header = json_set(header, '$.time', ?) WHERE id = ?"
            connection.execute(query, (time, id))
        rewritten(connection)
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
        ("--until 2026-01-02T14:29+02:00", "deep"),
        ("--since 2026-01-03T11:30-01:00", "acne nothing gone erasure other"),
        ("--since 2026-01 --until 2026-01", "deep shallow acne nothing gone erasure other"),
        ("--since 2026-02", ""),
        ("--label ada", "shallow"),
        ("--text ACNE", "deep shallow acne nothing"),
        ("--text nowhere", ""),
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
        ("--claim p13s2", "deep acne"),  # nothing but a datum cites it where the number is not known
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
    return Filter(**{name: given.get(name, "") for name in Filter._fields if name != "answers"})


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
    text = output(path, "--width", "120", "audit", "list")
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
        ("until", "2026-13"),
        ("until", "2026-01-31T10:00+25:00"),
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
    assert "`yesterday` is not a time for --since" in on_stderr(result)
    assert "unknown verdict `good`" in on_stderr(result) and "not-advised" in on_stderr(result)
    assert run(several[0], "audit", "list", "--nonsense", "x").code == 2


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("--claim p13s9", "p13s3"),
        ("--rule deep-scars-presend", "deep-scars-present"),
        ("--option punch-tecnique", "punch-technique"),
    ],
)
def test_a_name_that_nothing_has_is_told_by_its_kind(path: Path, words: str, near: str) -> None:
    made(path, "scar_depth=deep")
    kind, name = words.removeprefix("--").split()
    result = run(path, "audit", "list", *words.split())
    assert result.code == 2
    assert f"unknown {kind} `{name}`" in on_stderr(result) and f"did you mean `{near}`" in on_stderr(result)


def test_an_option_named_like_a_member(path: Path) -> None:
    """The list reads the end of a content: nothing that is in one may mislead it."""
    odd = content('",\\"label\\":"x', {"label": "option", "salt": "preferred", "a": "option"})
    with Ledger(path, write=True) as ledger:
        ledger.append(HEADER, odd, FILES)
        ledger.append(HEADER, content('a ,"label":"no" \u00e9 {"verdicts":{}}'), FILES)
    first, second = json.loads(output(path, "audit", "list", "--json"))
    assert first["label"] == odd["label"] and first["verdicts"] == odd["verdicts"]
    assert second["label"] == 'a ,"label":"no" \u00e9 {"verdicts":{}}'


@pytest.mark.parametrize("column", ["header", "content"])
@pytest.mark.parametrize("wanted", [{}, {"rule": "depth-decides"}, {"verdict": "option"}, {"since": "2000"}])
def test_a_text_that_is_no_json_any_more_is_listed_as_such(
    path: Path, column: str, wanted: dict[str, str]
) -> None:
    with Ledger(path, write=True) as ledger:
        ids = [ledger.append(HEADER, content(name), FILES).id for name in ("one", "two")]
    with behind(path) as connection:
        connection.execute(f"UPDATE entries SET {column} = '{{' WHERE id = ?", ids[1:])
    everything = dict.fromkeys(Filter._fields[:9], "")
    with Ledger(path) as ledger:
        found = {s.id: s for s in summaries(ledger, Filter(**everything | wanted))}
    assert "changed" in found[ids[1]].fault and not found[ids[1]].verdicts
    assert ids[0] not in found or not found[ids[0]].fault


# --- names and words on the command line -----------------------------------------------------------
def listed(path: Path, *words: str) -> list[str]:
    return [s["id"] for s in json.loads(output(path, "audit", "list", "--json", *words))]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Records of the built-in knowledge alone."""
    path = tmp_path_factory.mktemp("real") / "ledger.sqlite"
    cases = (
        ("scar_depth=deep", "active_acne=no", "scar_count=12"),
        ("scar_depth=shallow", "active_acne=no", "--label", '=Zoë "O\'Hara", 2nd'),
        ("scar_depth=unknown",),
    )
    return path, [made(path, *words) for words in cases]


def test_names_are_found_as_explain_finds_them(real: tuple[Path, list[str]]) -> None:
    path, ids = real
    assert listed(path, "--option", "punch") == listed(path, "--option", "Punch technique") == ids[:1]
    assert listed(path, "--rule", "deep-scars-pre") == ids[:1]
    assert listed(path, "--claim", "p13s2") == ids[:1]
    assert listed(path, "--answer", "scar_count=12", "--answer", "scar_depth=deep") == ids[:1]
    assert listed(path, "--answer", "scar_depth=unknown") == ids[2:]
    assert listed(path, "--label", "zoë") == ids[1:2]


@pytest.mark.parametrize(
    "words",
    [
        ("--option", "pnuch"),
        ("--rule", "deep-scars-presnt"),
        ("--claim", "p99s1"),
        ("--answer", "scar_depth=flat"),
        ("--answer", "depth=deep"),
        ("--answer", "deep"),
    ],
)
def test_names_that_mean_nothing_are_refused(real: tuple[Path, list[str]], words: tuple[str, str]) -> None:
    result = run(real[0], "audit", "list", *words)
    assert result.code == 2 and words[1].partition("=")[0] in on_stderr(result) and not result.stdout


def test_nothing_found_is_said(real: tuple[Path, list[str]]) -> None:
    assert output(real[0], "audit", "list", "--since", "2999-01") == "No record fits.\n"
    assert output(real[0], "audit", "list", "--since", "2999-01", "--json") == "[]\n"


def test_the_newest_and_so_many(real: tuple[Path, list[str]]) -> None:
    path, ids = real
    assert listed(path, "--newest", "--limit", "2") == ids[:0:-1]
    assert output(path, "audit", "list", "--limit", "1").endswith("1 of 3 records.\n")


def test_as_csv(real: tuple[Path, list[str]]) -> None:
    path, ids = real
    rows = list(csv.DictReader(output(path, "audit", "list", "--csv").splitlines()))
    assert [row["record"] for row in rows] == ids
    assert rows[1]["label"] == "'=Zoë \"O'Hara\", 2nd", "a formula is none"


def test_a_record_has_its_own_knowledge(real: tuple[Path, list[str]]) -> None:
    path, ids = real
    for words in (
        ("explain", "how", "punch", ids[0]),
        ("audit", "replay", ids[0]),
        ("audit", "replay", "--all"),
    ):
        result = run(path, *words, "--kb", ".")
        assert result.code == 2 and "knowledge that made" in on_stderr(result), words


def test_words_are_found_whatever_their_letters(path: Path) -> None:
    """Small or capital, beyond ASCII too, and however an accent is written."""
    id = made(path, "scar_depth=deep", "--label", "Zoë Straße", "--by", "Émile")
    for words in ("ZOË", "zoe\u0308", "STRASSE", "straße"):
        assert listed(path, "--label", words) == listed(path, "--text", words) == [id]
    assert listed(path, "--by", "ÉMILE") == [id] and listed(path, "--by", "emile") == []


def test_knowledge_that_nothing_was_recorded_under_is_refused(path: Path) -> None:
    made(path, "scar_depth=deep")
    for name in ("ffff", "2.0", "f"):
        result = run(path, "audit", "list", "--knowledge", name)
        assert result.code == 2 and f"has the version or hash `{name}`" in on_stderr(result)
