"""Finding records: what each is about in a line, and filters over them, by SQLite's JSON functions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from typing import Any, NamedTuple
from unicodedata import normalize

from expert.consultation.result import Plain
from expert.io.dates import bounds
from expert.io.problems import CaseError, KnowledgeError, Problem, not_among, shorten
from expert.knowledge.cache import open_cached
from expert.language.policy import RECOMMENDED, VERDICTS
from expert.ledger.chain import GENESIS, Fault, Row, check_end, check_link, lost_or_kept
from expert.ledger.store import Ledger, legible, stored
from expert.ledger.transparency.signed_note import NoNote
from expert.ledger.trust.attested import attested

TIME = "rtrim(json_extract(header, '$.time'), 'Z')"

# taken out first: SQLite parses a content once for all that is extracted from it, but anew to list it
VERDICTS_THERE = "json_each(json_extract(content, '$.verdicts'))"

FIRINGS = "json_each(content, '$.consultation.firings') AS firing"

LEGIBLE = "json_valid(header) AND (content IS NULL OR json_valid(content))"

# the label, the verdicts, what leads, who held it, and the verdicts again as the consultation has them; of a
# note, who made it, and what it says
OUTLINE = """json_array(
  json_extract(content, '$.label', '$.verdicts', '$.consultation.results', '$.by', '$.judgement', '$.text'),
  (SELECT json_group_array(json_array(json_extract(value, '$.option'), json_extract(value, '$.verdict')))
   FROM json_each(content, '$.consultation.recommendations')))
"""

Test = tuple[str, list[Any]]  # a condition in SQL, and the values of its question marks


class Summary(NamedTuple):
    """A record on one line; of one that is not as its hash says, nothing but what is wrong (`fault`).

    `kind` is that of the entry (`consultation`, `erasure`, `note`, `signature`); `by` is who held or made it;
    `ledger` is the file that it is in, where several are read.
    """

    seq: int
    id: str
    time: str
    label: str
    knowledge: str
    what: str
    verdicts: dict[str, str]
    hash: str
    fault: str = ""
    kind: str = "consultation"
    by: str = ""
    ledger: str = ""


class Filter(NamedTuple):
    """Which records are wanted; empty fields want all. Times are compared as UTC text."""

    since: str = ""
    until: str = ""
    option: str = ""
    verdict: str = ""
    rule: str = ""
    claim: str = ""
    knowledge: str = ""
    label: str = ""
    text: str = ""
    answers: tuple[tuple[str, Plain], ...] = ()  # attributes, and the values that they have in records
    by: str = ""

    def checked(self, since: str = "--since", zone: tzinfo = UTC) -> Filter:
        """The filter with its times as headers have them. Raises CaseError if one is none.

        `since` is the option that the earlier of them was given with. Those without an offset are of `zone`.
        """
        problems = []
        for name, text in ((since, self.since), ("--until", self.until)):
            if text and not _as_header(text):
                help = "such as 2026-01, 2026-01-31, 2026-01-31T09:30, or with an offset: 2026-01-31+02:00"
                problems.append(Problem(f"`{text}` is not a time for {name}", None, help))
        if self.verdict and self.verdict not in VERDICTS:
            problems.append(not_among("verdict", self.verdict, VERDICTS))
        if problems:
            raise CaseError(problems)
        return self._replace(since=_as_header(self.since, zone), until=_as_header(self.until, zone, end=True))

    def tests(self, hashes: list[str]) -> Iterator[Test]:
        """What has to hold of an entry; `hashes` are those of the knowledge that is wanted.

        Without a verdict, one that recommends the option is wanted.
        """
        if self.since:
            yield f"{TIME} >= ?", [self.since]
        if self.until:
            yield f"{TIME} <= ?", [self.until]
        if self.knowledge:
            yield f"json_extract(header, '$.knowledge') IN ({_marks(hashes)})", hashes
        if self.option or self.verdict:
            verdicts = [self.verdict] if self.verdict else list(RECOMMENDED)
            about, values = f"value IN ({_marks(verdicts)})", verdicts
            if self.option:
                about, values = f"{about} AND key = ?", [*verdicts, self.option]
            yield f"EXISTS (SELECT 1 FROM {VERDICTS_THERE} WHERE {about})", values
        if self.rule:
            fired = "json_extract(firing.value, '$.rule') = ?"
            yield f"EXISTS (SELECT 1 FROM {FIRINGS} WHERE {fired})", [self.rule]
        if self.claim:
            claims = "json_each(firing.value, '$.claims') AS claim"
            matched = "json_each(firing.value, '$.matched') AS premise"
            data = "json_each(premise.value, '$.claims') AS claim"  # of what the rule used of the option
            by_rule = f"EXISTS (SELECT 1 FROM {FIRINGS}, {claims} WHERE claim.value = ?)"
            by_data = f"EXISTS (SELECT 1 FROM {FIRINGS}, {matched}, {data} WHERE claim.value = ?)"
            yield f"({by_rule} OR {by_data})", [self.claim, self.claim]
        if self.label:
            yield "instr(folded(json_extract(content, '$.label')), ?)", [folded(self.label)]
        if self.by:
            yield "instr(folded(json_extract(content, '$.by')), ?)", [folded(self.by)]
        if self.text:
            yield "instr(folded(content), ?)", [folded(json.dumps(self.text, ensure_ascii=False)[1:-1])]
        for name, value in self.answers:
            yield "json_extract(content, '$.consultation.answers.' || json_quote(?)) = ?", [name, value]


def _as_header(text: str, zone: tzinfo = UTC, end: bool = False) -> str:
    """The first moment of a time as headers have it, or its last; empty if it is none."""
    found = bounds(text, zone)
    if not found:
        return ""
    moment = found[end]
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _marks(values: list[str]) -> str:
    return ", ".join("?" * len(values))


def _begins(hash: str, start: str) -> bool:
    return len(start) >= 4 and len(hash) == 64 and hash.startswith(start.lower())


def summaries(ledger: Ledger, wanted: Filter) -> Iterator[Summary]:
    """The records that are wanted, each on one line, in order.

    Every entry is held against its hash on the way. One that is not what it was is listed whatever is wanted,
    as nobody can tell any more whether it fits.
    """
    ledger.connection.create_function("folded", 1, folded, deterministic=True)  # SQLite folds ASCII only
    with ledger.view():
        tests = list(wanted.tests(hashes_of(ledger, wanted.knowledge) if wanted.knowledge else []))
        condition = " AND ".join(["1", *(test for test, _ in tests)])
        values = [value for _, of_test in tests for value in of_test]
        legible = f"CASE WHEN {LEGIBLE} THEN {OUTLINE} END, CASE WHEN {LEGIBLE} THEN {condition} ELSE 1 END"
        query = f"SELECT seq, id, header, content, hash, {legible} FROM entries ORDER BY seq"
        erased = ledger.erased()
        count, previous = 0, GENESIS
        for *entry, outline, fits in ledger.select(query, values):
            row: Row = tuple(entry)
            fault = check_link(count + 1, previous, row)
            if not fault and (erased or row[3] is None):
                fault = lost_or_kept(row, erased)
            count, previous = row[0], row[4]
            if fault:
                yield _faulty(row, fault)
            elif fits:
                yield _summary(row, outline)
        if fault := check_end(count, previous, ledger.head()):
            yield _faulty((count + 1, "", "", None, ""), fault)


# what records can be sorted by, each after the time of those that are alike in it
ORDERS = ("time", "label", "by", "knowledge", "what", "id")


def together(
    ledgers: Sequence[Ledger], wanted: Filter, order: str = "time", newest: bool = False
) -> list[Summary]:
    """The records of several ledgers that are wanted, each with the file that it is in.

    Oldest or newest first, or in the order of a field, those without it last.
    One of them alone keeps the order of its chain, whatever its times are.
    """
    listed = []
    for ledger in ledgers:
        name, time = (str(ledger.path), "") if len(ledgers) > 1 else ("", "")
        for summary in summaries(ledger, wanted):
            time = max(time, summary.time)  # of what is damaged, or dated backwards, its place is kept
            listed.append((time, summary._replace(ledger=name)))
    if len(ledgers) > 1:
        listed.sort(key=lambda of_time: of_time[0])
    found = [summary for _, summary in listed]
    if newest:
        found.reverse()
    if order != "time":
        found.sort(key=lambda summary: _sorted_by(getattr(summary, order)))
    return found


def _sorted_by(text: str) -> tuple[bool, str, str]:
    return not text, text.casefold(), text


def _faulty(row: Row, fault: Fault) -> Summary:
    id, hash = shorten(str(row[1])), shorten(str(row[4]), 64)
    return Summary(row[0], id, "", "", "", f"({fault.message})", {}, hash, fault.message)


def _summary(row: Row, outline: str | None) -> Summary:
    seq, id, header_text, content, hash = row
    header = stored(id, header_text)
    kind = header["kind"]
    label, what, verdicts, by = "", "(erased)", {}, ""
    if content is not None and outline is not None:
        with legible(id):
            (label, verdicts, results, by, judgement, text), told = json.loads(outline)
            if kind == "note":
                said = ": ".join(word for word in (judgement, text) if word)
                what = f"note on {header['about']}: {said}"
                return Summary(seq, id, header["time"], "", "", what, {}, hash, "", kind, by)
            if verdicts != dict(told):
                return _faulty(row, Fault(seq, id, "lists other verdicts than its consultation has"))
            recommended = [option for wanted in RECOMMENDED for option, v in verdicts.items() if v == wanted]
            what = f"{recommended[0]}: {verdicts[recommended[0]]}" if recommended else "nothing recommended"
            if results:  # which lead
                what = f"{results[0]['finding']}: {results[0]['text']}"
    elif kind == "signature":
        what = _signed(seq, id, header)
    elif kind == "note":
        what = f"note on {header['about']} (erased)"
    elif kind == "erasure":
        reason = header.get("reason")
        what = f"erased {header['erases']}" + (f": {reason}" if reason else "")
    knowledge = header.get("knowledge", "")[:12]
    return Summary(seq, id, header["time"], label, knowledge, what, verdicts, hash, "", kind, by or "")


def _signed(seq: int, id: str, header: dict[str, Any]) -> str:
    try:
        head = attested(seq, id, header["checkpoint"])
    except (NoNote, TypeError) as error:
        return f"holds no signed head: {error}"
    return f"head at entry {head.checkpoint.size}, signed by {', '.join(head.names()) or 'nobody'}"


def folded(text: object) -> str | None:
    """A text without the difference of small and capital letters, nor of how accents are written."""
    return normalize("NFC", text).casefold() if isinstance(text, str) else None


def hashes_of(ledger: Ledger, wanted: str) -> list[str]:
    """The hashes of the knowledge that has a version or a hash, or a hash that begins so."""
    query = "SELECT DISTINCT json_extract(header, '$.knowledge') FROM entries WHERE json_valid(header)"
    recorded = [hash for (hash,) in ledger.select(query) if hash]
    return [hash for hash in recorded if wanted in (_version(ledger, hash), hash) or _begins(hash, wanted)]


def _version(ledger: Ledger, hash: str) -> str:
    try:
        return open_cached(ledger.files(hash), firsts=False, place=None).knowledge.version
    except KnowledgeError:
        return ""
