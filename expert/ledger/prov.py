"""A record as W3C PROV-JSON (https://www.w3.org/submissions/prov-json/)."""

from __future__ import annotations

from expert.io.problems import not_installed
from expert.ledger.notes import notes_on
from expert.ledger.records import opened
from expert.ledger.store import Entry, Ledger


def provenance(ledger: Ledger, entry: Entry) -> str:
    """A record as W3C PROV-JSON: claims and answers, the firings that used them, what they gave.

    Raises MissingLibrary without the extra `prov`.
    """
    try:
        from prov.model import ProvDocument
    except ImportError:
        raise not_installed("audit export --format prov", "the library `prov`", "prov") from None
    consultation, _ = opened(ledger, entry)
    graph = ProvDocument()
    graph.set_default_namespace(f"urn:cicatrix:{entry.hash}:")
    graph.agent("cicatrix", {"prov:type": "prov:SoftwareAgent", "prov:label": str(entry.header["programs"])})
    graph.entity(
        "knowledge", {"prov:label": f"{consultation.knowledge.title} {consultation.knowledge.version}"}
    )
    graph.activity("consultation", entry.header["time"])
    graph.wasAssociatedWith("consultation", "cicatrix")
    graph.used("consultation", "knowledge")
    if by := (entry.content or {}).get("by"):
        graph.agent("author", {"prov:type": "prov:Person", "prov:label": by})
        graph.wasAssociatedWith("consultation", "author")
    for note in notes_on(ledger, entry):
        said = {"prov:type": "note", "prov:label": note.text, "judgement": note.judgement}
        graph.entity(f"note-{note.id}", said)
        graph.wasInfluencedBy(f"note-{note.id}", "consultation")
        graph.agent(f"author-of-{note.id}", {"prov:type": "prov:Person", "prov:label": note.by})
        graph.wasAttributedTo(f"note-{note.id}", f"author-of-{note.id}")
    for name, value in consultation.answers.items():
        graph.entity(f"answer-{name}", {"prov:label": f"{name} = {value}"})
    for claim in dict.fromkeys(claim for firing in consultation.firings for claim in firing.rests_on):
        graph.entity(f"claim-{claim}", {"prov:label": claim})
        graph.wasDerivedFrom(f"claim-{claim}", "knowledge")
    for firing in consultation.firings:
        activity = f"firing-{firing.n}"
        graph.activity(activity, other_attributes={"prov:label": firing.rule, "basis": firing.basis})
        graph.wasInformedBy(activity, "consultation")
        for claim in firing.rests_on:
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
