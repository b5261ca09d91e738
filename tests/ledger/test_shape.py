"""What could be no record is refused, whatever its hash says; and what is taken can be shown."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.generate import knowledge_files, random_answers
from support.ledger_make import small
from support.records import made, on_stderr, run

from expert.analysis.expected import load_cases
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.json import canonical, digest, plain
from expert.io.problems import LedgerError
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase
from expert.ledger.chain import GENESIS
from expert.ledger.exchange.bundle import bundle_lines, import_bundle, verify_bundle
from expert.ledger.recording import Occasion, record
from expert.ledger.records import consultation_of
from expert.ledger.shape import content_fault, header_fault
from expert.ledger.store import Entry, Ledger
from expert.ledger.trust.verification import verify
from expert.views.records import record_blocks
from expert.views.report import page
from expert.views.screen import Below, Extent, consultation_blocks
from expert.views.terminal import Look, shown

ROOT = Path(__file__).parents[2]


def content_of(base: RuleBase, **answers: str) -> dict[str, Any]:
    """The content of a record, as `record` makes it."""
    found = infer(base, parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge))
    return {
        "salt": "00",
        "answers": [{"attribute": a, "value": v, "asked": ""} for a, v in found.answers.items()],
        "label": "",
        "verdicts": {r.option: r.verdict for r in found.recommendations},
        "targets": {},
        "consultation": json.loads(json.dumps(plain(found))),
    }


@pytest.mark.parametrize("seeds", [range(8), pytest.param(range(8, 400), marks=pytest.mark.long)])
def test_whatever_is_concluded_has_the_shape_of_a_record(seeds: range) -> None:
    for seed in seeds:
        random = Random(seed)
        base, problems = open_files(knowledge_files(random))
        assert not problems
        content = content_of(base, **random_answers(base, random))
        assert content_fault({"knowledge": base.knowledge.hash}, content, base) == "", seed


BASE = load(ROOT)
CONTENT = content_of(BASE, scar_depth="both", active_acne="yes", scar_count="12")
HEADER = {
    "kind": "consultation",
    "seq": 1,
    "id": "abc22",
    "time": "2026-01-01T00:00:00.000Z",
    "programs": {"cicatrix": "0"},
    "knowledge": BASE.knowledge.hash,
    "content": "0" * 64,
}
HOSTILE = ["\x1b[2J", "no-such", -1, 10**6, 1.5, True, None, [], {}, ["x"], {"x": "y"}]


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where everything in some JSON data is."""
    yield path
    members: Any = (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    )
    for name, value in members:
        yield from places(value, (*path, name))


def at(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the data with another value in a place."""
    changed = copy.deepcopy(data)
    inside = changed
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = value
    return changed


def show(header: dict[str, Any], content: dict[str, Any]) -> None:
    """Make of a record what commands make of it."""
    entry = Entry(1, header["id"], header, content, "0" * 64)
    found = consultation_of(entry)
    shown([record_blocks(header, content, entry.hash)], Look())
    for full in (False, True):
        shown(consultation_blocks(found, BASE.knowledge, Extent(full=full), Below()), Look())
    page(entry, found, BASE.knowledge, {})


@pytest.mark.parametrize("tries", [30, pytest.param(2_000, marks=pytest.mark.long)])
def test_what_is_not_refused_can_be_shown(tries: int) -> None:
    """Any member of a content, with another value: it is no record, or every command can show it."""
    choose = Random(tries)
    known = [*places(CONTENT)][1:]
    refused = 0
    for _ in range(tries):
        path, value = choose.choice(known), choose.choice(HOSTILE)
        content = at(CONTENT, path, value)
        wrong = content_fault(HEADER, content, BASE)
        refused += bool(wrong)
        if not wrong:
            try:
                show(HEADER, content)
            except LedgerError:  # of a format that this program does not know
                continue
            except Exception as error:
                raise AssertionError((path, value)) from error
    assert tries // 2 < refused < tries


@pytest.mark.parametrize("name", HEADER)
def test_headers_that_are_no_records(name: str) -> None:
    assert header_fault(HEADER) == ""
    for value in HOSTILE:
        if (name == "programs" and isinstance(value, dict)) or (name == "seq" and type(value) is int):
            continue  # any program may have written it, and the chain knows the number
        assert header_fault({**HEADER, name: value}), value
    assert header_fault({n: v for n, v in HEADER.items() if n != name})


# --- whole bundles, sealed anew ----------------------------------------------------------------------
Change = Callable[[dict[str, Any], dict[str, Any]], Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines of a bundle of one record."""
    path = tmp_path_factory.mktemp("whole") / "ledger.sqlite"
    made(path, "scar_depth=deep", "active_acne=no")
    with Ledger(path) as ledger:
        return [*bundle_lines(ledger)]


def sealed(path: Path, whole: list[str], change: Change) -> Path:
    """A bundle of one record, of which something was changed and all hashes computed again."""
    first, knowledge, entry = map(json.loads, whole)
    header, content = json.loads(entry["header"]), json.loads(entry["content"])
    change(header, content)
    entry["content"] = json.dumps(content)
    header["content"] = digest(entry["content"])
    entry["header"] = json.dumps(header)
    entry["id"], entry["hash"] = header["id"], digest(GENESIS, entry["header"])
    first["head"] = entry["hash"]
    bundle = path.with_name("hostile.jsonl")
    bundle.write_text("".join(json.dumps(line) + "\n" for line in (first, knowledge, entry)))
    return bundle


def setting(place: str, value: Any) -> Change:
    """A change of one member of a consultation."""
    path = [int(name) if name.isdigit() else name for name in place.split(".")]

    def change(_: dict[str, Any], content: dict[str, Any]) -> None:
        content["consultation"] = at(content["consultation"], tuple(path), value)

    return change


HOSTILE_BUNDLES: dict[str, Change] = {
    "false summary": lambda _, content: content["verdicts"].update({"punch-technique": "not-advised"}),
    "id with an escape": lambda header, _: header.update(id="\x1b[2J"),
    "time that is none": lambda header, _: header.update(time="yesterday\n"),
    "another kind": lambda header, _: header.update(kind="blessing"),
    "label that is a list": lambda _, content: content.update(label=["a"]),
    "no answers": lambda _, content: content.pop("answers"),
    "answers that were not given": lambda _, content: content["answers"].pop(),
    "no firings": setting("firings", None),
    "option that is none": setting("recommendations.0.option", "x"),
    "rule that is none": setting("firings.0.rule", "x"),
    "claim that is none": setting("firings.0.claims", ["p99s1"]),
    "basis that is none": setting("firings.0.basis", "x"),
    "firings in a circle": setting("firings.0.matched.0.firings", [1]),
    "format of a text": setting("format", "2"),
    "not a number": setting("recommendations.0.cost", float("nan")),
    "unreviewed rules that are none": setting("unreviewed", [1]),
    "knowledge of another": setting("knowledge.hash", "0" * 64),
}


@pytest.mark.parametrize("kind", HOSTILE_BUNDLES)
def test_a_hostile_bundle_is_refused(path: Path, whole: list[str], kind: str) -> None:
    bundle = sealed(path, whole, HOSTILE_BUNDLES[kind])
    target = path.with_name("target.sqlite")
    assert verify_bundle(bundle).fault is not None
    assert import_bundle(bundle, target).fault is not None and not target.exists()


@pytest.mark.parametrize("kind", ["id with an escape", "option that is none"])
def test_a_hostile_bundle_on_the_command_line(path: Path, whole: list[str], kind: str) -> None:
    bundle = sealed(path, whole, HOSTILE_BUNDLES[kind])
    for words in (("verify", str(bundle)), ("import", str(bundle), "--ledger", str(path))):
        result = run(path, "audit", *words)
        assert result.code == 1 and "are whole" in result.stdout, (kind, result)
        assert "\x1b" not in result.stdout and not path.exists()


def test_a_bundle_that_is_sealed_anew_and_is_a_record_is_one(path: Path, whole: list[str]) -> None:
    """So that the others are refused for what was changed."""
    assert verify_bundle(sealed(path, whole, lambda header, content: None)).fault is None


def test_two_records_of_one_id(path: Path) -> None:
    ids = small(path)
    with Ledger(path) as ledger:
        lines = [json.loads(line) for line in bundle_lines(ledger)]
    previous = GENESIS
    for line in lines[3:]:
        header = json.loads(line["header"])
        if line["id"] == ids[2]:
            line["id"] = header["id"] = ids[1]
        line["header"] = canonical(header)
        previous = line["hash"] = digest(previous, line["header"])
    lines[0]["head"] = previous
    bundle = path.with_name("twice.jsonl")
    bundle.write_text("".join(json.dumps(line) + "\n" for line in lines))
    fault = verify_bundle(bundle).fault
    assert fault is not None and fault.message == "has the id of another"


def test_a_bundle_is_imported_against_a_head_kept_elsewhere(path: Path) -> None:
    small(path)
    with Ledger(path) as ledger:
        head = ledger.head()[1]
        bundle = path.with_name("bundle.jsonl")
        bundle.write_text("".join(line + "\n" for line in bundle_lines(ledger)))
    for given, code in (("f" * 64, 1), (head, 0)):
        target = path.with_name(f"{code}.sqlite")
        words = ("audit", "import", str(bundle), "--ledger", str(target), "--head", given)
        assert run(path, *words).code == code
        assert target.exists() == (code == 0)


@pytest.mark.parametrize("kind", ["firings in a circle", "rule that is none", "basis that is none"])
def test_a_hostile_ledger_is_refused_record_by_record(path: Path, kind: str) -> None:
    """A ledger of somebody else's, whose hashes are right: no command shows what is no record."""
    content = copy.deepcopy(CONTENT)
    HOSTILE_BUNDLES[kind]({}, content)
    del content["salt"]
    header = {"knowledge": BASE.knowledge.hash, "programs": {"cicatrix": "0"}}
    with Ledger(path, write=True) as ledger:
        id = ledger.append(header, content, BASE.knowledge.files).id
        assert verify(ledger).fault is None
    for words in (("audit", "show", id), ("explain", "how", "punch", id)):
        result = run(path, *words)
        assert result.code == 4 and "no record's" in on_stderr(result), (kind, words)
    assert run(path, "audit", "replay", id).code in (1, 4)


def test_a_summary_that_is_not_the_consultations(path: Path) -> None:
    """The list reads a summary: one that says other verdicts than its record is named."""
    content = copy.deepcopy(CONTENT)
    content["verdicts"] = dict.fromkeys(content["verdicts"], "preferred")
    del content["salt"]
    header = {"knowledge": BASE.knowledge.hash, "programs": {"cicatrix": "0"}}
    with Ledger(path, write=True) as ledger:
        ledger.append(header, content, BASE.knowledge.files)
    result = run(path, "audit", "list")
    assert result.code == 1 and "preferred" not in result.stdout and "other verdicts" in result.stdout


@pytest.mark.parametrize("name", ["sirs", "curb65", "car", "idle"])
def test_a_record_of_every_construct_is_one(name: str, tmp_path: Path) -> None:
    """Findings that are settled, scores with their bounds, exceptions, also one that concludes nothing."""
    directory = ROOT / "examples" / ("car" if name == "idle" else name)
    if name == "idle":
        directory = Path(shutil.copytree(directory, tmp_path / "car"))
        rules = directory / "rules" / "1-running.yaml"
        rules.write_text(rules.read_text().replace("  then: {conclude: {repair: fuel-line}}\n", ""))
    base = load(directory)
    for case in load_cases(directory, base)[::4]:
        found = infer(base, case.given)
        with Ledger(tmp_path / "ledger", write=True) as store:
            entry = record(store, base, found, Occasion([*case.given.answers]))
            written = store.entry(entry.id)
            assert content_fault(written.header, written.content or {}, base) == "", case.name
            assert consultation_of(written) == found
