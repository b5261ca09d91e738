"""Finding records: what each is about in a line, and filters over them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from expert.io.problems import CaseError, Problem, not_among
from expert.knowledge.load import open_files
from expert.language.policy import RECOMMENDED, VERDICTS
from expert.ledger.chain import Row
from expert.ledger.store import Ledger, legible, stored


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
