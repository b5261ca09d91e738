"""Bundles: a ledger as JSON Lines to carry elsewhere, and a record as W3C PROV-JSON.

A bundle's lines are objects: first `{"bundle": 1, "head": ..., "entries": n}`, then one
`{"knowledge": hash, "files": text}` for each knowledge base, then one entry a line with the
very texts that were hashed, so that the chain verifies on another machine as it does here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from expert.chain import Row, Verified, canonical, verify_rows
from expert.ledger import Entry, Ledger
from expert.record import consultation_of
from expert.source import CaseError, LedgerError, Problem


def bundle_lines(ledger: Ledger) -> Iterator[str]:
    """The ledger, line by line, as it was when the first line was taken."""
    count, head = ledger.head()
    yield canonical({"bundle": 1, "entries": count, "head": head})
    for hash, files in ledger.knowledge_rows():
        yield canonical({"knowledge": hash, "files": files})
    for seq, id, header, content, hash in ledger.rows():
        if seq <= count:
            yield canonical({"seq": seq, "id": id, "header": header, "content": content, "hash": hash})


def read_bundle(path: Path) -> tuple[tuple[int, str], dict[str, str], list[Row]]:
    """The head, knowledge and entries of a bundle. Raises CaseError if it is none."""
    head, knowledge, rows = (0, ""), {}, []
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                data = _object(line, path, number)
                if "bundle" in data:
                    head = (data["entries"], data["head"])
                elif "files" in data:
                    knowledge[data["knowledge"]] = data["files"]
                else:
                    rows.append((data["seq"], data["id"], data["header"], data["content"], data["hash"]))
    except KeyError as error:
        raise _no_bundle(path, f"line {number} has no {error}") from None
    except UnicodeDecodeError:
        raise _no_bundle(path, "it is not UTF-8 text") from None
    except OSError as error:
        raise _no_bundle(path, str(error.strerror)) from None
    if not head[1]:
        raise _no_bundle(path, "it does not begin as a bundle does")
    return head, knowledge, rows


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise _no_bundle(path, f"line {number} is no JSON") from None
    if not isinstance(data, dict):
        raise _no_bundle(path, f"line {number} is no object")
    return data


def _no_bundle(path: Path, why: str) -> CaseError:
    return CaseError([Problem(f"`{path}` is not a bundle: {why}", None, "`audit export` writes one")])


def verify_bundle(path: Path, kept: str) -> Verified:
    """Compute a bundle's chain again; `kept` is a head hash kept elsewhere."""
    head, knowledge, rows = read_bundle(path)
    return verify_rows(iter(rows), knowledge, head, kept.lower())


def import_bundle(path: Path, target: Path) -> Verified:
    """Make a ledger of a bundle that verifies. Raises LedgerError if the target has entries."""
    head, knowledge, rows = read_bundle(path)
    found = verify_rows(iter(rows), knowledge, head, "")
    if found.fault is None:
        with Ledger(target, write=True) as ledger:
            if ledger.head()[0]:
                raise LedgerError(f"the ledger `{target}` has entries of its own", "import into a new one")
            ledger.take(rows, knowledge, head)
    return found


def provenance(ledger: Ledger, entry: Entry) -> str:
    """A record as W3C PROV-JSON: claims and answers, the firings that used them, what they gave.

    Needs the extra `prov`. Raises LedgerError without it.
    """
    try:
        from prov.model import ProvDocument
    except ImportError:
        message = "PROV-JSON needs the library `prov`"
        raise LedgerError(message, "install it with: pip install 'cicatrix[prov]'") from None
    found = consultation_of(entry)
    graph = ProvDocument()
    graph.set_default_namespace(f"urn:cicatrix:{entry.hash}:")
    graph.agent("cicatrix", {"prov:type": "prov:SoftwareAgent", "prov:label": str(entry.header["programs"])})
    graph.entity("knowledge", {"prov:label": f"{found.knowledge.title} {found.knowledge.version}"})
    graph.activity("consultation", entry.header["time"])
    graph.wasAssociatedWith("consultation", "cicatrix")
    graph.used("consultation", "knowledge")
    for name, value in found.answers.items():
        graph.entity(f"answer-{name}", {"prov:label": f"{name} = {value}"})
    for claim in dict.fromkeys(claim for firing in found.firings for claim in firing.claims):
        graph.entity(f"claim-{claim}", {"prov:label": claim})
        graph.wasDerivedFrom(f"claim-{claim}", "knowledge")
    for firing in found.firings:
        activity = f"firing-{firing.n}"
        graph.activity(activity, other_attributes={"prov:label": firing.rule, "basis": firing.basis})
        graph.wasInformedBy(activity, "consultation")
        for claim in firing.claims:
            graph.used(activity, f"claim-{claim}")
        for match in firing.matched:
            if match.kind == "answer":
                graph.used(activity, f"answer-{match.name}")
            for n in match.firings:
                graph.wasInformedBy(activity, f"firing-{n}")
        for place, concluded in enumerate(firing.concluded, 1):
            conclusion = f"conclusion-{firing.n}-{place}"
            graph.entity(conclusion, {"prov:label": concluded.text, "kind": concluded.kind})
            graph.wasGeneratedBy(conclusion, activity)
    return str(graph.serialize(format="json", indent=2))
