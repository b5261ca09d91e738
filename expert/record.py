"""Records: a consultation as an entry of the ledger, and back; replay, and what rules would change.

Everything is read from the record: the consultation itself, and the knowledge files that made
it. experta is imported only to replay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from expert import __version__
from expert.case import UNKNOWN, Case, make_case
from expert.chain import Row, canonical
from expert.explain import Difference, name_of, what_if
from expert.ledger import Entry, Ledger, legible, stored
from expert.lint import open_files
from expert.policy import RECOMMENDED, VERDICTS
from expert.rules import RuleBase
from expert.source import CaseError, LedgerError, Problem, not_among
from expert.trace import Consultation, Firing, Plain, plain, restore


def programs() -> dict[str, str]:
    """The versions that make a record: ours and experta's."""
    from expert.inference import ENGINE

    return {"cicatrix": __version__, "experta": ENGINE}


def record(
    ledger: Ledger,
    base: RuleBase,
    found: Consultation,
    given: list[str],
    asked: list[str],
    label: str,
    unreviewed: Sequence[str] | None = None,
) -> Entry:
    """Append a consultation: what was given and asked, in that order, and all that followed.

    `unreviewed` are the rules that fired and that nobody has reviewed; None if that is not known.
    """
    attributes = base.knowledge.attributes
    answers = [
        {
            "attribute": name,
            "value": found.answers[name],
            "asked": attributes[name].question * (name in asked),
        }
        for name in [*(n for n in given if n not in asked), *asked]
        if name in found.answers
    ]
    verdicts = {r.option: r.verdict for r in found.recommendations}
    # members of an object have no order in canonical JSON: what has one is a list
    targets = {r.option: list(r.targets) for r in found.recommendations if len(r.targets) > 1}
    content: dict[str, Any] = {"answers": answers, "label": label, "verdicts": verdicts, "targets": targets}
    content["consultation"] = plain(found)
    if unreviewed is not None:
        content["consultation"]["unreviewed"] = list(unreviewed)
    header = {"knowledge": found.knowledge.hash, "programs": programs()}
    return ledger.append(header, content, base.knowledge.files)


def consultation_of(entry: Entry) -> Consultation:
    """The consultation that a record holds. Raises LedgerError for one that is erased."""
    if entry.content is None:
        if entry.header["kind"] == "erasure":
            what = f"is no consultation: it erased `{entry.header['erases']}` at {entry.header['time']}"
            raise LedgerError(f"record `{entry.id}` {what}")
        raise LedgerError(f"record `{entry.id}` was erased", "`audit list` shows when")
    with legible(entry.id):
        found: Consultation = restore(Consultation, entry.content["consultation"])
        given = [answer["attribute"] for answer in entry.content["answers"]]
        answers = {name: found.answers[name] for name in dict.fromkeys([*given, *found.answers])}
        targets = entry.content.get("targets", {})
        recommendations = [
            r._replace(targets={target: r.targets[target] for target in targets.get(r.option, r.targets)})
            for r in found.recommendations
        ]
        return found._replace(answers=answers, recommendations=tuple(recommendations))


def unreviewed_in(entry: Entry) -> tuple[str, ...] | None:
    """The rules that fired and were not reviewed then; None if the record is older than such reviews."""
    if entry.content is None:
        return None
    with legible(entry.id):
        found = entry.content["consultation"].get("unreviewed")
        return None if found is None else tuple(map(str, found))


def base_of(ledger: Ledger, entry: Entry) -> RuleBase:
    """The very knowledge base that made a record."""
    base, problems = open_files(ledger.files(entry.header["knowledge"]))
    if problems:
        raise LedgerError(f"the knowledge of record `{entry.id}` cannot be opened by this version")
    return base


def case_of(found: Consultation, base: RuleBase) -> Case:
    """The case of a consultation, for a knowledge base with the same attributes or others.

    Answers that the knowledge base does not know are left out.
    """
    answers = {}
    for name, value in found.answers.items():
        term = base.knowledge.attributes.get(name)
        if term is None:
            continue
        try:
            answers[name] = None if value == UNKNOWN else term.parse(_text(value))
        except ValueError:
            continue
    return make_case(answers, base.knowledge)


def _text(value: Plain) -> str:
    return repr(value) if isinstance(value, float) else str(value)


class Replayed(NamedTuple):
    """A record run again: whether it came out the same, and where it first differs."""

    id: str
    same: bool
    first: str


class Impact(NamedTuple):
    """A record that would come out differently under other rules, and through what."""

    id: str
    differences: tuple[Difference, ...]
    rules: tuple[str, ...]
    claims: tuple[str, ...]


def replay(ledger: Ledger, entries: Iterator[Entry]) -> Iterator[Replayed]:
    """Run recorded answers under the recorded rules; the trace must be the same, byte for byte."""
    from expert.inference import infer

    bases: dict[str, RuleBase] = {}
    for entry in entries:
        hash = entry.header["knowledge"]
        base = bases[hash] = bases.get(hash) or base_of(ledger, entry)
        before = consultation_of(entry)
        after = infer(base, case_of(before, base))
        same = canonical(plain(after)) == canonical(plain(before))
        yield Replayed(entry.id, same, "" if same else _first_difference(before, after))


def _first_difference(before: Consultation, after: Consultation) -> str:
    for old, new in zip(before.firings, after.firings, strict=False):
        if old != new:
            return f"firing {old.n}: {name_of(old)} is now {name_of(new)}"
    for name in Consultation._fields:
        if getattr(before, name) != getattr(after, name):
            return f"`{name}` differs"
    return "the serialisation differs"


def impact(entries: Iterator[Entry], base: RuleBase) -> Iterator[Impact]:
    """Which records would come out differently under `base`, and through which rules and claims."""
    from expert.inference import infer

    for entry in entries:
        before = consultation_of(entry)
        after = infer(base, case_of(before, base))
        changed = [d for d in what_if(before, after) if d.kind != "firing"] + _targets(before, after)
        if changed:
            old, new = ({name_of(f): _without_numbers(f) for f in c.firings} for c in (before, after))
            firings = [(old.get(name), new.get(name)) for name in {**old, **new}]
            moved = [f for pair in firings if pair[0] != pair[1] for f in pair if f]
            rules = tuple(dict.fromkeys(f.rule for f in moved))
            claims = tuple(dict.fromkeys(claim for f in moved for claim in f.claims))
            yield Impact(entry.id, tuple(changed), rules, claims)


def _targets(before: Consultation, after: Consultation) -> list[Difference]:
    """The verdicts on an option for one target or another."""
    old, new = (
        {(r.option, t): v for r in c.recommendations for t, v in r.targets.items()} for c in (before, after)
    )
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return [Difference("target", " for ".join(n), old.get(n, ""), new.get(n, "")) for n in names]


def _without_numbers(firing: Firing) -> Firing:
    """A firing as it would be whatever fired before it."""
    matched = tuple(match._replace(firings=()) for match in firing.matched)
    return firing._replace(n=0, matched=matched)


# --- finding records -------------------------------------------------------------------------


class Summary(NamedTuple):
    """A record on one line."""

    seq: int
    id: str
    time: str
    label: str
    knowledge: str
    what: str
    verdicts: dict[str, str]
    hash: str


class Filter(NamedTuple):
    """Which records are wanted; empty fields want all. Times are compared as UTC text."""

    since: str
    until: str
    option: str
    verdict: str
    rule: str
    claim: str
    knowledge: str

    def checked(self) -> Filter:
        """The filter with its times as headers have them. Raises CaseError if one is none."""
        problems = []
        for name, text in (("--since", self.since), ("--until", self.until)):
            if text and not _is_time(text):
                help = "in UTC, such as 2026-01-31 or 2026-01-31T09:30:00"
                problems.append(Problem(f"`{text}` is not a time for {name}", None, help))
        if self.verdict and self.verdict not in VERDICTS:
            problems.append(not_among("verdict", self.verdict, VERDICTS))
        if problems:
            raise CaseError(problems)
        since, until = (text.replace(" ", "T").rstrip("Z") for text in (self.since, self.until))
        return self._replace(since=since, until=until)

    def fits_header(self, header: dict[str, Any], version: str) -> bool:
        """Whether time and knowledge are as wanted; `version` is the knowledge's."""
        time, hash = header["time"].rstrip("Z"), header.get("knowledge", "")
        if (self.since and time < self.since) or (self.until and time[: len(self.until)] > self.until):
            return False
        return not self.knowledge or self.knowledge in (version, hash) or _begins(hash, self.knowledge)

    def fits_verdicts(self, verdicts: dict[str, str]) -> bool:
        """Whether the option, or any, has the verdict; without a verdict, one that recommends it."""
        if not self.option and not self.verdict:
            return True
        about = [v for option, v in verdicts.items() if self.option in ("", option)]
        return any(v == self.verdict if self.verdict else v in RECOMMENDED for v in about)

    def fits_trace(self, content: str | None) -> bool:
        """Whether the rule fired, and one that rests on the claim. A content is not read in vain."""
        if not self.rule and not self.claim:
            return True
        if content is None:
            return False
        spelled = [json.dumps(name, ensure_ascii=False) for name in (self.rule, self.claim) if name]
        if not all(name in content for name in spelled):
            return False
        firings = json.loads(content)["consultation"]["firings"]
        rule = not self.rule or any(f["rule"] == self.rule for f in firings)
        return rule and (not self.claim or any(self.claim in f["claims"] for f in firings))


def _begins(hash: str, start: str) -> bool:
    return len(start) >= 4 and len(hash) == 64 and hash.startswith(start.lower())


def _is_time(text: str) -> bool:
    from datetime import datetime

    if not re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?)?", text, re.ASCII):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def summaries(ledger: Ledger, wanted: Filter) -> Iterator[Summary]:
    """The records that are wanted, each on one line, in order."""
    versions: dict[str, str] = {}
    for row in ledger.rows():
        with legible(row[1]):
            header = stored(row[1], row[2])
            known = header.get("knowledge", "")
            if wanted.knowledge and known not in versions:
                versions[known] = _version(ledger, known) if known else ""
            if wanted.fits_header(header, versions.get(known, "")):
                found = _summary(row, header)
                if wanted.fits_verdicts(found.verdicts) and wanted.fits_trace(row[3]):
                    yield found


def _summary(row: Row, header: dict[str, Any]) -> Summary:
    seq, id, _, content, hash = row
    about = {} if content is None else _outline(id, content)
    verdicts: dict[str, str] = about.get("verdicts", {})
    if content is None:
        what = f"erased {header['erases']}" if header["kind"] == "erasure" else "(erased)"
    else:
        best = [option for verdict in RECOMMENDED for option, v in verdicts.items() if v == verdict][:1]
        what = f"{best[0]}: {verdicts[best[0]]}" if best else "nothing recommended"
    knowledge = header.get("knowledge", "")[:12]
    return Summary(seq, id, header["time"], about.get("label", ""), knowledge, what, verdicts, hash)


def _outline(id: str, content: str) -> dict[str, Any]:
    """Label, salt and verdicts, which a canonical content ends with: a hundredth of it is read."""
    start = content.rfind(',"label":')
    try:
        found: dict[str, Any] = json.loads("{" + content[start + 1 :])
        if start > 0 and list(found) == ["label", "salt", "targets", "verdicts"]:
            return found
    except ValueError:
        pass
    return stored(id, content)  # an option named `label`, or a content that was tampered with


def _version(ledger: Ledger, hash: str) -> str:
    base, problems = open_files(ledger.files(hash))
    return "" if problems else base.knowledge.version


def consultations(ledger: Ledger, ids: list[str], all: bool) -> tuple[int, Iterator[Entry]]:
    """The records named, or all that are not erased; the newest if none is named. First, how many."""
    if all:
        return ledger.consultations(), (entry for entry in ledger.entries() if entry.content is not None)
    found = [ledger.entry(id) for id in ids or ["last"]]
    return len(found), iter(found)
