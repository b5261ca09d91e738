"""Records of earlier formats and programs: what replay compares, and which programs read which files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.ledger_make import behind, small, verified
from support.ledger_worker import FILES, HEADER, content
from support.records import made, on_stderr, output, run, shown
from support.shell import ROOT

from expert import from_json, to_json
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.outcome import follow
from expert.consultation.result import FORMAT, MEANINGS, Consultation, Finding, Match, NotFired, name_of
from expert.io.json import plain
from expert.io.problems import CaseError, LedgerError
from expert.language.rules import RuleBase
from expert.ledger import formats, store
from expert.ledger.exchange import bundle as bundles
from expert.ledger.formats import compare, retold
from expert.ledger.history import replay as replaying
from expert.ledger.history.impact import impact
from expert.ledger.notes import note_on
from expert.ledger.recording import Occasion, record
from expert.ledger.records import base_of, case_of, consultation_of
from expert.ledger.store import PACKED, VERSION, Ledger

OLD = ROOT / "tests" / "data" / "version-0.1.0"
DEPTH_UNKNOWN, UNDRAWN = "p5rnd", "gkh9m"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Records of version 0.1.0 about answers that are not known."""
    path = tmp_path / "old.sqlite"
    bundles.import_bundle(OLD / "unknown.jsonl", path)
    return path


def recorded(path: Path, id: str) -> tuple[Consultation, RuleBase]:
    with Ledger(path) as ledger:
        entry = ledger.entry(id)
        return consultation_of(entry), base_of(ledger, entry)


def of_another_program(c: Consultation) -> Consultation:
    """A consultation as a program might make it that words everything otherwise and knows *open*."""
    premise = Match("datum", "price", "one", 1, "a price is $1", ("p1s1",))
    return c._replace(
        recommendations=tuple(
            r._replace(label=f"{r.label}!", verdict=r.verdict.replace("not-addressed", "open"))
            for r in c.recommendations
        ),
        firings=tuple(
            firing._replace(
                because=f"{firing.because}!",
                matched=(*(m._replace(text=f"{m.text}!") for m in firing.matched), premise),
            )
            for firing in c.firings
        ),
        not_fired=tuple(
            n._replace(reason=n.reason.replace("denied", "unknown")) if " known" in n.condition else n
            for n in c.not_fired
        ),
    )


# --- what is compared -----------------------------------------------------------------------------
def test_what_a_program_says_otherwise_is_no_difference(old: Path) -> None:
    before, base = recorded(old, DEPTH_UNKNOWN)
    assert before.format == 1
    now = infer(base, case_of(before, base))
    assert now.format == FORMAT > 1
    found = compare(before, of_another_program(now), base)
    assert found.substance == ()
    said = {(c.where, c.before, c.after) for c in found.program}
    assert ("recommendations.laser-treatment.verdict", "not-addressed", "open") in said
    assert ("not_fired.find-out-about-acne.reason", "denied", "unknown") in said
    first = f"firings.{name_of(before.firings[0])}"
    assert any(where == f"{first}.because" and new == f"{old}!" for where, old, new in said)
    assert (f"{first}.matched", "", "a price is $1") in said


def changed(c: Consultation, what: str) -> Consultation:
    """A consultation with one thing of its substance changed."""
    first, *others = c.firings
    advised, *rest = c.recommendations
    kinds: dict[str, Callable[[], dict[str, Any]]] = {
        "answer": lambda: {"answers": {**c.answers, "active_acne": "no"}},
        "finding": lambda: {"findings": (*c.findings, Finding("scar_kind", None, "deep", "", (1,)))},
        "verdict": lambda: {"recommendations": (advised._replace(verdict="preferred"), *rest)},
        "timing": lambda: {"recommendations": (advised._replace(timing="now"), *rest)},
        "flag": lambda: {"recommendations": (advised._replace(flags=("typical-fee",)), *rest)},
        "plan": lambda: {"plan": c.plan[:-1]},
        "rule": lambda: {"firings": (first._replace(rule="another"), *others)},
        "claims": lambda: {"firings": (first._replace(claims=("p1s1", "p9s9")), *others)},
        "order": lambda: {"firings": (*others, first)},
        "premise": lambda: {"firings": (first._replace(matched=()), *others)},
        "reason": lambda: {"not_fired": (c.not_fired[0]._replace(reason="of old"), *c.not_fired[1:])},
    }
    return c._replace(**kinds[what]())


@pytest.mark.parametrize(
    "what",
    [
        "answer",
        "finding",
        "verdict",
        "timing",
        "flag",
        "plan",
        "rule",
        "claims",
        "order",
        "premise",
        "reason",
    ],
)
def test_substance_is_compared_in_either_format(old: Path, what: str) -> None:
    before, base = recorded(old, DEPTH_UNKNOWN)
    now = infer(base, case_of(before, base))
    assert compare(changed(before, what), of_another_program(now), base).substance
    assert compare(changed(now, what), now, base).substance


def test_tests_and_statements_are_compared_by_their_data(old: Path) -> None:
    """What a later version words otherwise inside a record of today's format is a word, and no more."""
    case = "pressure=4.5 limit=5 place=wheel"
    made(old, "--kb", str(ROOT / "tests" / "data" / "bicycle"), *case.split())
    now, base = recorded(old, "last")
    place, number = next(
        (n, m) for n, f in enumerate(now.firings) for m, match in enumerate(f.matched) if match.bounds
    )

    def with_bound(**changes: Any) -> Consultation:
        firing = now.firings[place]
        match = firing.matched[number]
        bound = match.bounds[0]._replace(**changes)
        matched = list(firing.matched)
        matched[number] = match._replace(bounds=(bound, *match.bounds[1:]))
        firings = list(now.firings)
        firings[place] = firing._replace(matched=tuple(matched))
        return now._replace(firings=tuple(firings))

    reworded = compare(with_bound(text="above"), now, base)
    assert reworded.substance == () and len(reworded.program) == 1
    assert compare(with_bound(limit=999), now, base).substance


def test_a_rule_that_concluded_nothing_had_fired_in_format_1(old: Path) -> None:
    before, base = recorded(old, UNDRAWN)
    name = "cost-by-the-scar"
    assert [f.rule for f in before.firings if not f.concluded] == [name]
    without = base._replace(instances=[i for i in base.instances if i.rule.id != name])
    now = follow(without, case_of(before, base))

    def not_fired(reason: str) -> Consultation:
        one = NotFired(name, "punch-technique", reason, "the number is not known", ("scar_count",))
        return now._replace(not_fired=(*(n for n in now.not_fired if n.rule != name), one))

    found = compare(before, not_fired("unknown"), base)
    assert found.substance == ()
    assert (f"not_fired.{name}@punch-technique", "fired", "unknown") in {(*c,) for c in found.program}
    assert compare(before, not_fired("denied"), base).substance, "then it cannot have fired"


def test_replay_tells_words_from_what_followed(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "infer", lambda *about: of_another_program(infer(*about)))
    with Ledger(old) as ledger:
        found = [*replaying.replay(ledger, ledger.entries())]
        assert [(r.same, r.first) for r in found] == [(True, "")] * 4
        assert all(r.reworded for r in found)
        # and none of it is laid to the rules
        for entry in ledger.entries():
            assert [*impact(ledger, iter([entry]), base_of(ledger, entry))] == []
            assert [*impact(ledger, iter([entry]), same_rules_otherwise(ledger, entry))] == []


def same_rules_otherwise(ledger: Ledger, entry: store.Entry) -> RuleBase:
    """The rules of a record under another hash."""
    base = base_of(ledger, entry)
    return base._replace(knowledge=base.knowledge._replace(hash="0" * 64))


def test_words_of_this_program_must_be_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite"
    made(path, "scar_depth=deep")
    monkeypatch.setattr(replaying, "infer", lambda *about: of_another_program(infer(*about)))
    with Ledger(path) as ledger:
        (found,) = replaying.replay(ledger, ledger.entries())
    assert not found.same and found.first.startswith("`firings.") and not found.reworded


def test_replay_shows_what_is_worded_differently(old: Path) -> None:
    plain, words = output(old, "audit", "replay", "--all"), output(old, "audit", "replay", "--all", "--words")
    assert plain.startswith("4 of 4 records came out the same.\n")
    assert "4 of 4 records came out the same.\n" in words
    assert output(old, "audit", "replay", "--all", "--json") == "[]\n"


def test_a_record_is_told_in_todays_format(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as it follows today; a record of today's format is always told as it was written."""
    monkeypatch.setattr(formats, "follow", lambda *about: of_another_program(follow(*about)))
    before, base = recorded(old, DEPTH_UNKNOWN)
    told = retold(before, base)
    assert told.format == FORMAT and {r.verdict for r in told.recommendations} == {"open"}
    assert list(told.answers) == list(before.answers)
    other = changed(before, "rule")
    assert retold(other, base) is other
    now = infer(base, case_of(before, base))
    assert retold(now, base) is now


def test_a_record_that_does_not_follow_is_shown_as_it_was_written(old: Path) -> None:
    before, base = recorded(old, DEPTH_UNKNOWN)
    with Ledger(old, write=True) as ledger:
        record(ledger, base, changed(before, "timing"), Occasion([*before.answers]))
    text = output(old, "audit", "show", "last")
    assert "something else follows from its answers today" in text and "`not-addressed` could also" in text
    assert run(old, "audit", "replay", "last").code == 1


# --- which program reads which file ---------------------------------------------------------------
def test_a_consultation_names_its_format(old: Path, tmp_path: Path) -> None:
    before, _ = recorded(old, DEPTH_UNKNOWN)
    assert from_json(to_json(before)).format == 1
    assert "format" not in shown(old, DEPTH_UNKNOWN)["content"]["consultation"]
    made(tmp_path / "new.sqlite", "scar_depth=deep")
    assert shown(tmp_path / "new.sqlite")["content"]["consultation"]["format"] == FORMAT


def test_a_format_that_is_not_known_is_refused(old: Path) -> None:
    found, base = recorded(old, DEPTH_UNKNOWN)
    later = found._replace(format=FORMAT + 1)
    with Ledger(old, write=True) as ledger:
        record(ledger, base, later, Occasion([]))
    for words in (
        ("audit", "show", "last"),
        ("audit", "replay", "--all"),
        ("explain", "how", "laser", "last"),
    ):
        result = run(old, *words)
        assert result.code == 4 and f"was written by a newer version (format {FORMAT + 1})" in result.stderr
    assert run(old, "audit", "verify").code == 0  # which asks for hashes, and no meaning
    with pytest.raises(CaseError, match=f"format {FORMAT + 1}"):
        from_json(to_json(later))


def test_records_under_another_meaning_are_not_judged(path: Path, base: RuleBase, tmp_path: Path) -> None:
    """Of one whose rules may have said something else, nothing is said but what its hash shows."""
    made(path, "scar_depth=deep")
    assert shown(path)["header"]["meaning"] == MEANINGS[-1] == 1
    found = infer(base, parse_pairs(["scar_depth=shallow"], base.knowledge))
    with Ledger(path, write=True) as ledger:
        header = {"knowledge": base.knowledge.hash, "programs": {}, "meaning": 2}
        told = {"answers": [{"attribute": "scar_depth", "value": "shallow", "asked": ""}], "label": ""}
        told |= {"verdicts": {r.option: r.verdict for r in found.recommendations}}
        id = ledger.append(header, {**told, "consultation": plain(found)}, base.knowledge.files).id
    refused = f"record `{id}` was written under meaning 2 of the rule language"
    for words in (
        ("audit", "show", id),
        ("audit", "report", id, "-o", str(tmp_path / "page.html")),
        ("audit", "replay", id),
        ("audit", "replay", id, "--with-current-rules"),
        ("explain", "how", "laser", id),
        ("what-if", id, "active_acne=no"),
    ):
        result = run(path, *words)
        assert result.code == 4 and refused in on_stderr(result), result
    everything = run(path, "audit", "replay", "--all")
    assert everything.code == 4 and f"Not judged: {refused}" in " ".join(everything.stdout.split())
    assert "1 of 1 record came out the same." in everything.stdout
    (told_of,) = json.loads(run(path, "audit", "replay", "--all", "--json").stdout)
    assert told_of["id"] == id and refused in told_of["refused"]
    assert run(path, "audit", "verify").code == 0 and id in output(path, "audit", "list")
    assert shown(path, id)["header"]["meaning"] == 2


def test_a_record_without_a_meaning_is_of_the_first(old: Path) -> None:
    assert "meaning" not in shown(old, DEPTH_UNKNOWN)["header"]
    assert run(old, "audit", "replay", "--all").code == 0


def layout(path: Path) -> int:
    with Ledger(path) as ledger:
        return ledger.layout()


def test_an_old_ledger_stays_as_it_is_until_a_record_is_added(tmp_path: Path) -> None:
    path = Path(shutil.copy(OLD / "ledger.sqlite", tmp_path / "ledger.sqlite"))
    output(path, "audit", "list")
    output(path, "audit", "forget", "8bc4k", "--yes")
    assert layout(path) == 1
    assert output(path, "audit", "export").startswith('{"bundle":1,')
    made(path, "scar_depth=deep")
    assert layout(path) == 2 == VERSION - 1
    assert output(path, "audit", "export").startswith('{"bundle":2,')
    assert verified(path).fault is None


def test_a_record_that_is_not_added_raises_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ledger, "_new_id", lambda self: 1 / 0)
    with Ledger(old, write=True) as ledger, pytest.raises(ZeroDivisionError):
        ledger.append(HEADER, content("one"), FILES)
    assert layout(old) == 1 and verified(old).entries == 4


def test_an_earlier_program_refuses_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, bundle = tmp_path / "ledger.sqlite", tmp_path / "bundle.jsonl"
    note_on(Ledger(path, write=True), small(path)[1], "Ada", "agree", "")
    output(path, "audit", "export", "-o", str(bundle))
    for module in (store, bundles):
        monkeypatch.setattr(module, "VERSION", VERSION - 1)
    with pytest.raises(LedgerError, match=f"was written by a newer version \\(layout {PACKED + VERSION}\\)"):
        Ledger(path)
    with pytest.raises(CaseError, match="is not a bundle: a newer version wrote it"):
        bundles.verify_bundle(bundle)


@pytest.mark.parametrize("newer", [VERSION + 1, PACKED + VERSION + 1, 2 * PACKED + 1])
def test_a_newer_program_may_come_while_a_ledger_is_open(old: Path, newer: int) -> None:
    with Ledger(old, write=True) as ledger:
        with behind(old) as connection:
            connection.execute(f"PRAGMA user_version = {newer}")
        with pytest.raises(LedgerError, match="was written by a newer version"):
            ledger.append(HEADER, content("one"), FILES)
    result = run(old, "audit", "list")
    assert result.code == 4 and "newer version" in result.stderr


def test_a_bundle_keeps_the_layout_that_it_was_made_of(old: Path, tmp_path: Path) -> None:
    assert layout(old) == 1
    assert output(old, "audit", "export") == (OLD / "unknown.jsonl").read_text(encoding="utf-8")
    made(old, "scar_depth=deep")
    bundle, other = tmp_path / "bundle.jsonl", tmp_path / "other.sqlite"
    output(old, "audit", "export", "-o", str(bundle))
    output(old, "audit", "import", str(bundle), "--ledger", str(other))
    assert layout(other) == 2 and output(other, "audit", "export") == bundle.read_text(encoding="utf-8")


def test_a_record_from_before_the_standing_of_costs_comes_out_the_same(base: RuleBase) -> None:
    now = follow(base, parse_pairs(["scar_depth=deep"], base.knowledge))
    before = now._replace(recommendations=tuple([r._replace(cost_stands="") for r in now.recommendations]))
    assert compare(before, now, base) == ((), ())
    assert compare(now, before, base).substance
