"""A record as W3C PROV-JSON (https://www.w3.org/submissions/prov-json/).

Entities: the document, the knowledge that was encoded from it, its claims and rules, the questions and
answers, what each firing concluded, and what that amounted to: verdicts, results, steps, advice. Activities:
the consultation, and each firing in it. Agents: the program, and whoever held the consultation or noted
something on its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from expert.consultation.result import Consultation, Firing, Recommendation
from expert.consultation.standing import TIMED
from expert.io.problems import not_installed
from expert.language.keys import with_option
from expert.language.model import Knowledge
from expert.ledger.notes import notes_on
from expert.ledger.records import meaning_of, opened
from expert.ledger.store import Entry, Ledger

if TYPE_CHECKING:
    from prov.identifier import Identifier
    from prov.model import ProvDocument


SaidOfIt = dict[Any, Any]  # what is told of a thing: the library knows names of two kinds


def provenance(ledger: Ledger, entry: Entry) -> str:
    """A record as W3C PROV-JSON: what was known and answered, the firings that used it, what they gave.

    Raises MissingLibrary without the extra `prov`.
    """
    try:
        from prov.model import ProvDocument
    except ImportError:
        raise not_installed("audit export --format prov", "the library `prov`", "prov") from None
    consultation, base = opened(ledger, entry)
    graph = ProvDocument()
    graph.set_default_namespace(f"urn:cicatrix:{entry.hash}:")
    _add_knowledge(graph, consultation, base.knowledge)
    _add_consultation(graph, consultation, entry)
    _add_notes(graph, ledger, entry)
    _add_answers(graph, consultation, entry)
    conclusions = _add_firings(graph, consultation)
    _add_results(graph, consultation, base.knowledge, conclusions)
    return str(graph.serialize(format="json", indent=2))


def _add_knowledge(graph: ProvDocument, consultation: Consultation, knowledge: Knowledge) -> None:
    """The document, what was encoded of it, and the claims that the firings rest on, in their words."""
    named = consultation.knowledge
    source: SaidOfIt = {"edition": knowledge.edition} if knowledge.edition else {}
    label = knowledge.source or f"the document behind {named.title}"
    graph.entity("document", {"prov:type": "document", "prov:label": label, **source})
    about: SaidOfIt = {"id": named.id, "version": named.version, "sha256": named.hash}
    graph.entity(
        "knowledge", {"prov:type": "knowledge", "prov:label": f"{named.title} {named.version}", **about}
    )
    graph.wasDerivedFrom("knowledge", "document")
    for id in consultation.rests_on():
        claim = knowledge.claims[id]
        said: SaidOfIt = {"says": claim.says, "hedge": claim.hedge, "fingerprint": claim.fingerprint}
        graph.entity(f"claim-{id}", {"prov:type": "claim", "prov:label": id, **said})
        graph.wasDerivedFrom(f"claim-{id}", "knowledge")
        graph.hadPrimarySource(f"claim-{id}", "document")


def _add_consultation(graph: ProvDocument, consultation: Consultation, entry: Entry) -> None:
    """The consultation, who held it with which program, and the record of it."""
    header, content = entry.header, entry.content or {}
    programs = ", ".join(f"{name} {version}" for name, version in sorted(header["programs"].items()))
    graph.agent("cicatrix", {"prov:type": _prov("SoftwareAgent"), "prov:label": programs})
    graph.activity("consultation", None, header["time"], {"prov:type": "consultation"})
    graph.wasAssociatedWith("consultation", "cicatrix")
    graph.used("consultation", "knowledge")
    if by := content.get("by"):
        graph.agent("author", {"prov:type": _prov("Person"), "prov:label": by})
        graph.wasAssociatedWith("consultation", "author")
    label: SaidOfIt = {"prov:label": content["label"]} if content.get("label") else {}
    number: SaidOfIt = {"number": header["seq"], "id": entry.id, "sha256": entry.hash}
    told: SaidOfIt = {"format": consultation.format, "meaning": meaning_of(entry)}
    graph.entity("record", {"prov:type": "record", **label, **number, **told})
    graph.wasGeneratedBy("record", "consultation", header["time"])


def _add_notes(graph: ProvDocument, ledger: Ledger, entry: Entry) -> None:
    for note in notes_on(ledger, entry):
        said: SaidOfIt = {"prov:type": "note", "prov:label": note.text, "judgement": note.judgement}
        graph.entity(f"note-{note.id}", said)
        graph.wasInfluencedBy(f"note-{note.id}", "consultation")
        graph.agent(f"author-of-{note.id}", {"prov:type": _prov("Person"), "prov:label": note.by})
        graph.wasAttributedTo(f"note-{note.id}", f"author-of-{note.id}")


def _add_answers(graph: ProvDocument, consultation: Consultation, entry: Entry) -> None:
    """The answers, with the questions that were asked for them, or how they were given without."""
    told: SaidOfIt = {answer["attribute"]: answer for answer in (entry.content or {}).get("answers", [])}
    for name, value in consultation.answers.items():
        answer = told.get(name, {})
        given: SaidOfIt = {"given": answer["given"]} if answer.get("given") else {}
        stated: SaidOfIt = {"prov:label": f"{name} = {value}", "prov:value": value, **given}
        graph.entity(f"answer-{name}", {"prov:type": "answer", **stated})
        graph.used("consultation", f"answer-{name}")
        if answer.get("asked"):
            graph.entity(f"question-{name}", {"prov:type": "question", "prov:label": answer["asked"]})
            graph.wasInfluencedBy(f"answer-{name}", f"question-{name}")


def _add_firings(graph: ProvDocument, consultation: Consultation) -> dict[int, list[str]]:
    """Each firing: what it used, after which others, and what it concluded. The conclusions, by firing."""
    conclusions: dict[int, list[str]] = {}
    rules: dict[str, None] = {}
    for firing in consultation.firings:
        rule, activity = f"rule-{firing.rule}", f"firing-{firing.n}"
        if rule not in rules:
            graph.entity(rule, {"prov:type": "rule", "prov:label": firing.rule})
            graph.wasDerivedFrom(rule, "knowledge")
            rules[rule] = None
        option: SaidOfIt = {"option": firing.option} if firing.option else {}
        fired: SaidOfIt = {
            "prov:label": firing.rule,
            "basis": firing.basis,
            "because": firing.because,
            **option,
        }
        graph.activity(activity, other_attributes={"prov:type": "firing", **fired})
        graph.wasInformedBy(activity, "consultation")
        graph.used(activity, rule)
        for claim in firing.rests_on:
            graph.used(activity, f"claim-{claim}")
        _add_premises(graph, firing)
        conclusions[firing.n] = []
        for place, concluded in enumerate(firing.concluded, 1):
            conclusion = f"conclusion-{firing.n}-{place}"
            graph.entity(conclusion, {"prov:label": concluded.text, "kind": concluded.kind})
            graph.wasGeneratedBy(conclusion, activity)
            conclusions[firing.n].append(conclusion)
    return conclusions


def _add_premises(graph: ProvDocument, firing: Firing) -> None:
    """The answers and the earlier firings that a firing rested on, each once."""
    answers = [match.name for match in firing.matched if match.kind == "answer"]
    for name in dict.fromkeys(answers):
        graph.used(f"firing-{firing.n}", f"answer-{name}")
    earlier = [n for match in firing.matched for n in match.firings]
    for n in dict.fromkeys(earlier):
        graph.wasInformedBy(f"firing-{firing.n}", f"firing-{n}")


def _add_results(
    graph: ProvDocument,
    consultation: Consultation,
    knowledge: Knowledge,
    conclusions: dict[int, list[str]],
) -> None:
    """What the conclusions amounted to: verdicts, results, steps and advice, each derived from its own."""

    def add(id: str, kind: str, attributes: SaidOfIt, firings: Iterable[int]) -> None:
        graph.entity(id, {"prov:type": kind, **attributes})
        graph.wasGeneratedBy(id, "consultation")
        for n in dict.fromkeys(firings):
            for conclusion in conclusions[n]:
                graph.wasDerivedFrom(id, conclusion)

    for r in consultation.recommendations:
        add(f"verdict-{r.option}", "verdict", _verdict(r, knowledge), (a.firing for a in r.arguments))
    for result in consultation.results:
        told: SaidOfIt = {"prov:label": f"{result.label}: {result.text}", "stands": result.stands}
        add(f"result-{_dashed(result.finding, result.option)}", "result", told, result.firings)
    for step in consultation.plan:
        add(f"step-{step.step}", "step", {"prov:label": step.text, "number": str(step.n)}, step.firings)
    for advice in consultation.advice:
        id = f"{advice.kind}-{_dashed(advice.id, advice.option)}"
        add(id, advice.kind, {"prov:label": advice.text}, [advice.firing])


def _verdict(r: Recommendation, knowledge: Knowledge) -> SaidOfIt:
    words = knowledge.words.verdicts.get(r.verdict, r.verdict)
    told: SaidOfIt = {"prov:label": f"{r.label}: {words}", "option": r.option, "verdict": r.verdict}
    timing = {"timing": r.timing} if r.verdict in TIMED else {}
    return {**told, **timing, **_listed("waits_for", r.waits_for), **_listed("flags", r.flags)}


def _prov(name: str) -> Identifier:
    """A name of PROV's own."""
    from prov.constants import PROV

    return PROV[name]


def _listed(name: str, ids: Sequence[str]) -> SaidOfIt:
    return {name: " ".join(ids)} if ids else {}


def _dashed(name: str, option: str | None) -> str:
    """A name that a qualified one can end with."""
    return with_option(name, option).replace("@", "-")
