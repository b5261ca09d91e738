"""Records: a consultation as an entry of the ledger, and back; replay, and what rules would change.

Everything is read from the record: the consultation itself, and the knowledge files that made
it. experta is imported only to replay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from expert import __version__
from expert.case import UNKNOWN, Case, make_case
from expert.chain import canonical
from expert.explain import Difference, name_of, what_if
from expert.ledger import Entry, Ledger
from expert.lint import open_files
from expert.policy import RECOMMENDED, VERDICTS
from expert.rules import RuleBase
from expert.source import CaseError, LedgerError, Problem, not_among
from expert.trace import Consultation, Plain, plain, restore


def programs() -> dict[str, str]:
    """The versions that make a record: ours and experta's."""
    from expert.inference import ENGINE

    return {"cicatrix": __version__, "experta": ENGINE}


def record(
    ledger: Ledger, base: RuleBase, found: Consultation, given: list[str], asked: list[str], label: str
) -> Entry:
    """Append a consultation: what was given and asked, in that order, and all that followed."""
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
    content = {"answers": answers, "label": label, "verdicts": verdicts, "consultation": plain(found)}
    header = {"knowledge": found.knowledge.hash, "programs": programs()}
    return ledger.append(header, content, base.knowledge.files)


def consultation_of(entry: Entry) -> Consultation:
    """The consultation that a record holds. Raises LedgerError for one that is erased."""
    if entry.content is None:
        what = "was erased" if entry.header["kind"] == "consultation" else "is no consultation"
        raise LedgerError(f"record `{entry.id}` {what}")
    found: Consultation = restore(Consultation, entry.content["consultation"])
    return found


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


def replay(ledger: Ledger, entries: Iterator[Entry] | list[Entry]) -> Iterator[Replayed]:
    """Run recorded answers under the recorded rules; the trace must be the same, byte for byte."""
    from expert.inference import infer

    bases: dict[str, RuleBase] = {}
    for entry in entries:
        hash = entry.header["knowledge"]
        base = bases.setdefault(hash, base_of(ledger, entry)) if hash not in bases else bases[hash]
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


def impact(entries: Iterator[Entry] | list[Entry], base: RuleBase) -> Iterator[Impact]:
    """Which records would come out differently under `base`, and through which rules and claims."""
    from expert.inference import infer

    for entry in entries:
        before = consultation_of(entry)
        after = infer(base, case_of(before, base))
        shown = ("answer", "verdict", "timing", "cost", "flags", "plan", "advice")
        changed = [d for d in what_if(before, after) if d.kind in shown]
        if changed:
            fired = {name_of(f): f for f in (*before.firings, *after.firings)}
            old, new = ({name_of(f): f for f in c.firings} for c in (before, after))
            names = [name for name in fired if old.get(name) != new.get(name)]
            rules = tuple(dict.fromkeys(fired[name].rule for name in names))
            claims = tuple(dict.fromkeys(claim for name in names for claim in fired[name].claims))
            yield Impact(entry.id, tuple(changed), rules, claims)


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

    def check(self) -> None:
        """Raises CaseError if a time or a verdict is none."""
        problems = []
        for name, text in (("--since", self.since), ("--until", self.until)):
            if text and not _is_time(text):
                help = "such as 2026-01-31 or 2026-01-31T09:30:00"
                problems.append(Problem(f"`{text}` is not a time for {name}", None, help))
        if self.verdict and self.verdict not in VERDICTS:
            problems.append(not_among("verdict", self.verdict, VERDICTS))
        if problems:
            raise CaseError(problems)

    def fits(self, entry: Entry) -> bool:
        """Whether a record is wanted."""
        time, header = entry.header["time"].rstrip("Z"), entry.header
        if (self.since and time < self.since) or (self.until and time[: len(self.until)] > self.until):
            return False
        made_with = [header.get("knowledge", "")]
        if entry.content is not None:
            known = entry.content["consultation"]["knowledge"]
            made_with.append(known["version"])
        if self.knowledge and not any(m == self.knowledge or _begins(m, self.knowledge) for m in made_with):
            return False
        if not (self.option or self.verdict or self.rule or self.claim):
            return True
        return entry.content is not None and self._fits_content(entry.content)

    def _fits_content(self, content: dict[str, Any]) -> bool:
        verdicts = content["verdicts"]
        about = {k: v for k, v in verdicts.items() if not self.option or k == self.option}
        wanted = (self.verdict,) if self.verdict else RECOMMENDED
        if (self.option or self.verdict) and not any(v in wanted for v in about.values()):
            return False
        firings = content["consultation"]["firings"]
        rule = not self.rule or any(f["rule"] == self.rule for f in firings)
        return rule and (not self.claim or any(self.claim in f["claims"] for f in firings))


def _begins(hash: str, start: str) -> bool:
    return len(start) >= 4 and len(hash) == 64 and hash.startswith(start.lower())


def _is_time(text: str) -> bool:
    from datetime import datetime

    try:
        datetime.fromisoformat(text.rstrip("Z"))
        return text[:4].isdigit() and text[4:5] == "-"
    except ValueError:
        return False


def summary(entry: Entry) -> Summary:
    """The record on one line."""
    header, content = entry.header, entry.content
    verdicts: dict[str, str] = content["verdicts"] if content else {}
    if header["kind"] == "erasure":
        what = f"erased {header['erases']}"
    elif content is None:
        what = "(erased)"
    else:
        best = [option for verdict in RECOMMENDED for option, v in verdicts.items() if v == verdict][:1]
        what = f"{best[0]}: {verdicts[best[0]]}" if best else "nothing recommended"
    label = content.get("label", "") if content else ""
    knowledge = header.get("knowledge", "")[:12]
    return Summary(entry.seq, entry.id, header["time"], label, knowledge, what, verdicts, entry.hash)


def consultations(ledger: Ledger, ids: list[str], all: bool) -> list[Entry]:
    """The records named, or all that are not erased; the newest if none is named."""
    if all:
        return [entry for entry in ledger.entries() if entry.content is not None]
    return [ledger.entry(id) for id in ids or ["last"]]
