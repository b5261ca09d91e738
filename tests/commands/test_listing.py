"""`audit list` and `audit stats`: sorting, zones, several ledgers, what records amount to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.ledger_make import behind, rewritten
from support.records import made, on_stderr, output, run

from expert.ledger.store import Ledger


def dated(path: Path, times: dict[str, str]) -> None:
    """Give records other times, and seal all anew."""
    with behind(path) as connection:
        for id, time in times.items():
            query = "UPDATE entries SET header = json_set(header, '$.time', ?) WHERE id = ?"
            connection.execute(query, (time, id))
        rewritten(connection)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """Two ledgers whose records lie between each other in time."""
    folder = tmp_path_factory.mktemp("two")
    one, other = folder / "one.sqlite", folder / "other.sqlite"
    ids = {
        "deep": made(one, "scar_depth=deep", "active_acne=no", "--label", "Zoe"),
        "acne": made(one, "scar_depth=deep", "active_acne=yes", "--label", "ada"),
        "shallow": made(other, "scar_depth=shallow", "active_acne=no"),
        "gone": made(other, "scar_depth=deep", "--label", "Bob"),
    }
    with Ledger(other, write=True) as ledger:
        ids["erasure"] = ledger.forget(ids["gone"], "asked to").id
    dated(one, {ids["deep"]: "2026-01-05T10:00:00.000Z", ids["acne"]: "2026-03-31T23:30:00.000Z"})
    times = {"shallow": "2026-02-10T10:00:00.000Z", "gone": "2026-03-01T10:00:00.000Z"}
    times["erasure"] = "2026-04-02T10:00:00.000Z"
    dated(other, {ids[name]: time for name, time in times.items()})
    return one, other, ids


def listed(one: Path, *words: str) -> list[str]:
    return [s["id"] for s in json.loads(output(one, "audit", "list", "--json", *words))]


def named(ids: dict[str, str], found: list[str]) -> str:
    by_id = {id: name for name, id in ids.items()}
    return " ".join(by_id[id] for id in found)


# --- one ledger ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("--sort time", "deep shallow gone acne erasure"),
        ("--sort label", "acne deep shallow gone erasure"),  # an erased one has no label any more
        ("--sort label --newest", "acne deep erasure gone shallow"),
        ("--sort what", "gone shallow erasure deep acne"),
        ("--newest --limit 2", "erasure acne"),
        ("--until 2026-03", "deep shallow gone acne"),
        ("--since 2026-04 --zone Europe/Vienna", "acne erasure"),  # where it was the first of April
        ("--since 2026-04+02:00", "acne erasure"),
        ("--since 2026-04-01 --until 2026-04-01 --zone +02:00", "acne"),
        ("--since 2026-04-01T01:30 --until 2026-04-01T01:30 --zone +02:00", "acne"),
    ],
)
def test_orders_and_zones(two: tuple[Path, Path, dict[str, str]], words: str, names: str) -> None:
    one, other, ids = two
    both = ("--ledger", str(one), "--ledger", str(other))
    found = named(ids, listed(one, *both, *words.split()))
    if words == "--sort what":  # what led is a sentence: its order is that of its letters
        rows = json.loads(output(one, "audit", "list", "--json", *both, *words.split()))
        assert [row["what"].casefold() for row in rows] == sorted(row["what"].casefold() for row in rows)
    else:
        assert found == names


def test_times_are_shown_as_the_clocks_of_a_zone_showed_them(two: tuple[Path, Path, dict[str, str]]) -> None:
    one = two[0]
    text = output(one, "--width", "120", "audit", "list", "--zone", "Europe/Vienna")
    assert "2026-01-05 11:00:00+01:00" in text and "2026-04-01 01:30:00+02:00" in text
    rows = json.loads(output(one, "audit", "list", "--json", "--zone", "Europe/Vienna"))
    assert rows[1]["time"] == "2026-03-31T23:30:00.000Z"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("list --sort size", "unknown field to sort by `size`"),
        ("list --zone Mars/Olympus", "there is no time zone `Mars/Olympus`"),
        ("list --zone +25:00", "there is no time zone `+25:00`"),
        ("list --zone ../../etc/passwd", "there is no time zone"),
        ("stats --per decade", "unknown period `decade`"),
        ("stats --plot records.gif", "is of no kind that can be written"),
        ("stats --rule deep-scars-presnt", "unknown rule"),
    ],
)
def test_mistakes(two: tuple[Path, Path, dict[str, str]], words: str, said: str) -> None:
    result = run(two[0], "audit", *words.split())
    assert result.code == 2 and said in on_stderr(result) and not result.stdout


# --- several ledgers -------------------------------------------------------------------------------
def test_several_ledgers_are_read_as_one(two: tuple[Path, Path, dict[str, str]], tmp_path: Path) -> None:
    one, other, ids = two
    both = ("--ledger", str(one), "--ledger", str(other))
    rows = json.loads(output(one, "audit", "list", "--json", *both))
    assert [(row["id"], row["ledger"]) for row in rows] == [
        (ids["deep"], str(one)),
        (ids["shallow"], str(other)),
        (ids["gone"], str(other)),
        (ids["acne"], str(one)),
        (ids["erasure"], str(other)),
    ]
    assert {row["ledger"] for row in json.loads(output(one, "audit", "list", "--json"))} == {""}
    assert listed(one, *both, "--ledger", str(one)) == [row["id"] for row in rows]  # each once
    lines = output(one, "--width", "120", "audit", "list", *both).splitlines()
    assert [line.split()[3] for line in lines if line[:5] in ids.values()][:2] == [
        "one.sqlite",
        "other.sqlite",
    ]
    assert output(one, "audit", "list", "--csv", *both).splitlines()[2].endswith(f",{other}")
    assert named(ids, listed(one, *both, "--option", "punch")) == "deep acne"
    # a record is found in the one that has it, and the newest is that of both
    for id in (ids["deep"], ids["shallow"]):
        assert id in output(one, "audit", "show", id, "--brief", *both)
    assert f"Record {ids['acne']} of " in output(one, "audit", "show", "last", *both)
    page = tmp_path / "page.html"
    output(one, "audit", "report", ids["shallow"], "-o", str(page), *both)
    assert ids["shallow"] in page.read_text("utf-8")
    assert output(one, "audit", "replay", "--all", *both) == "3 of 3 records came out the same.\n"
    assert output(one, "audit", "replay", ids["deep"], ids["shallow"], *both).startswith("2 of 2 records")
    missing = run(one, "audit", "show", "zzzz9", *both)
    assert missing.code == 4 and "none of the 2 ledgers has a record `zzzz9`" in on_stderr(missing)


def test_a_record_in_several_ledgers_has_to_be_told_apart(two: tuple[Path, Path, dict[str, str]]) -> None:
    one, _, ids = two
    copy = one.with_name("copy.sqlite")
    bundle = one.with_name("bundle.jsonl")
    output(one, "audit", "export", "-o", str(bundle))
    output(one, "audit", "import", str(bundle), "--ledger", str(copy))
    result = run(one, "audit", "show", ids["deep"], "--ledger", str(one), "--ledger", str(copy))
    assert result.code == 2 and "in several ledgers" in on_stderr(result) and str(copy) in on_stderr(result)


@pytest.mark.parametrize(
    "words",
    [
        ("consult", "scar_depth=deep"),
        ("audit", "forget", "last", "--yes"),
        ("audit", "drafts"),
        ("audit", "export"),
    ],
)
def test_who_writes_one_ledger_takes_no_two(
    two: tuple[Path, Path, dict[str, str]], words: tuple[str, ...]
) -> None:
    one, other, _ = two
    before = [path.read_bytes() for path in (one, other)]
    result = run(one, *words, "--ledger", str(one), "--ledger", str(other))
    assert result.code == 2 and "`--ledger` is given twice" in on_stderr(result) and not result.stdout
    assert [path.read_bytes() for path in (one, other)] == before


# --- statistics ------------------------------------------------------------------------------------
def test_statistics(two: tuple[Path, Path, dict[str, str]]) -> None:
    """Held against what the records say, counted here."""
    one, other, ids = two
    both = ("--ledger", str(one), "--ledger", str(other))
    found = json.loads(output(one, "audit", "stats", "--json", "--per", "month", *both))
    assert found["ledgers"] == [str(one), str(other)] and found["entries"] == 5
    assert found["periods"] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    series = {(s["kind"], s["name"], s["value"]): s for s in found["series"]}
    assert series["consultation", "", ""]["counts"] == [1, 1, 1, 0]
    assert series["erased", "consultation", ""]["counts"] == [0, 0, 1, 0]
    assert series["erasure", "asked to", ""]["counts"] == [0, 0, 0, 1]
    preferred = series["verdict", "punch-technique", "preferred"]
    assert (preferred["total"], preferred["counts"]) == (2, [1, 0, 1, 0])
    assert (preferred["first"], preferred["last"]) == ("2026-01-05T10:00:00Z", "2026-03-31T23:30:00Z")
    assert preferred["label"] == "Punch technique" and preferred["knowledge"] == "deep-acne-scars"
    fired: dict[str, int] = {}
    for id in (ids["deep"], ids["acne"], ids["shallow"]):
        content = json.loads(output(one, "audit", "show", id, "--json", *both))["content"]
        for rule in {firing["rule"] for firing in content["consultation"]["firings"]}:
            fired[rule] = fired.get(rule, 0) + 1
    assert {name: s["total"] for (kind, name, _), s in series.items() if kind == "rule"} == fired
    versions = [s for s in found["series"] if s["kind"] == "version"]
    assert [(s["name"], s["total"]) for s in versions] == [("1.0", 3)]


def test_statistics_are_narrowed_as_lists_are(two: tuple[Path, Path, dict[str, str]]) -> None:
    one, other, _ = two
    both = ("--ledger", str(one), "--ledger", str(other))
    found = json.loads(output(one, "audit", "stats", "--json", "--option", "punch", *both))
    assert found["entries"] == 2 and found["per"] == "week"
    assert (found["periods"][0], found["periods"][-1], len(found["periods"])) == ("2026-W02", "2026-W14", 13)
    there = json.loads(output(one, "audit", "stats", "--json", "--per", "day", "--zone", "+02:00"))
    assert there["periods"][-1] == "2026-04-01"
    assert output(one, "audit", "stats", "--since", "2999-01") == "No record fits.\n"
    text = output(one, "audit", "stats", "--per", "month", *both)
    assert "5 entries of 2 ledgers, 2026-01-05 to 2026-04-02: 3 consultations, 1 erasure" in text
    assert "Rules that fired" in text and "more: --full" in text and "asked to" in text
    whole = output(one, "audit", "stats", "--per", "month", "--full", *both)
    assert "more: --full" not in whole and "▁" not in output(one, "--plain", "audit", "stats", *both)


def test_a_damaged_ledger_has_no_statistics(two: tuple[Path, Path, dict[str, str]]) -> None:
    one = two[0]
    bad = one.with_name("bad.sqlite")
    made(bad, "scar_depth=deep")
    with behind(bad) as connection:
        connection.execute("UPDATE entries SET header = replace(header, '2', '3')")
    for words in ((), ("--option", "punch"), ("--ledger", str(one), "--ledger", str(bad))):
        result = run(bad, "audit", "stats", *words)
        assert result.code == 4 and "audit verify" in on_stderr(result) and not result.stdout


def test_they_are_drawn_the_same_each_time(two: tuple[Path, Path, dict[str, str]], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `population` is not installed")
    pictures = [tmp_path / "one.svg", tmp_path / "two.SVG"]
    for picture in pictures:
        output(two[0], "audit", "stats", "--plot", str(picture))
    text = pictures[0].read_text("utf-8")
    assert text == pictures[1].read_text("utf-8") and text.lstrip().startswith("<?xml")
    assert pictures[0].stat().st_mode & 0o077 == 0
