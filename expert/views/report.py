"""A record as a page: one HTML file, drawn and printable, that needs nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, NamedTuple

from expert.consultation.case import UNKNOWN, Answer
from expert.consultation.replies import shown_answers
from expert.consultation.result import Consultation, Firing, KnowledgeId
from expert.consultation.standing import item_text
from expert.io.quoting import safe
from expert.language.english import count, in_sentence
from expert.language.model import CHOICES, Knowledge, Quotes, Term
from expert.ledger.records import meaning_of, unreviewed_in
from expert.ledger.store import Entry
from expert.views.consultations import (
    ADVICE_HEADINGS,
    advice_section,
    arguments_section,
    last_words,
    plan_section,
    recommendation_table,
    results_section,
)
from expert.views.document import (
    Block,
    Cards,
    Cell,
    Cited,
    Details,
    Figure,
    Heading,
    Item,
    Items,
    Marked,
    Note,
    Paragraph,
    Piece,
    Section,
    Table,
    Words,
    quoted,
)
from expert.views.drawing import drawing
from expert.views.firings import place_words
from expert.views.html import html
from expert.views.records import GIVEN, notes_section, unanswered_section

if TYPE_CHECKING:
    from expert.ledger.history.unanswered import (
        Unanswered,  # with it comes what only a few readers of records need
    )
    from expert.ledger.notes import Noted

MEANS = {"stated": "stated by the document", "inferred": "inferred from it", "added": "added, to close a gap"}


class Aside(NamedTuple):
    """What a page tells beside a record: when it was made, that the record was held against its hash and its
    ledger against its head then, the questions that had no answer, and what others noted on it since."""

    made: str = ""
    checked: str = ""
    open: Sequence[Unanswered] = ()
    notes: Sequence[Noted] = ()


NOTHING = Aside()


def page(
    entry: Entry,
    consultation: Consultation,
    knowledge: Knowledge,
    quotes: Quotes,
    beside: Aside = NOTHING,
) -> str:
    """The page about a recorded consultation; `quotes` are the document's, where it is at hand."""
    content: dict[str, Any] = entry.content or {"answers": [], "label": ""}
    knowledge_id = consultation.knowledge
    hashes = "Record ", Marked(entry.hash, "code"), "\nKnowledge ", Marked(knowledge_id.hash, "code")
    running = f"Record {entry.id} of {entry.header['time']}, number {entry.header['seq']}"
    return Template(_file("report.html")).substitute(
        title=f"{escape(safe(knowledge_id.title))}: record {escape(safe(entry.id))}",
        style=Template(_file("report.css")).substitute(running=_css_text(running)),
        head=html(_head(entry, knowledge_id, content, knowledge.edition, beside)),
        body=html(_sections(entry, consultation, knowledge, quotes, beside)),
        foot=html([Paragraph(hashes)]),
    )


def _css_text(text: str) -> str:
    """A text as CSS has it between quotes, in which nothing ends it, nor the element that it is in."""
    return "".join(c if c.isalnum() or c in " ,.:-" else f"\\{ord(c):x} " for c in safe(text))


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _sections(
    entry: Entry,
    consultation: Consultation,
    knowledge: Knowledge,
    quotes: Quotes,
    beside: Aside,
) -> list[Section]:
    answers: list[dict[str, Any]] = entry.content["answers"] if entry.content else []
    end = " ".join(last_words(consultation, unreviewed_in(entry, consultation), recorded=True))
    caption = "The best verdict first." if knowledge.rank is None else "In the order of their places."
    headings = knowledge.words.headings
    table = recommendation_table(consultation, knowledge, caption)
    advice = f"{headings['advice']} and {in_sentence(headings['cautions'])}"
    options = bool(consultation.recommendations)
    return [
        *notes_section(beside.notes),
        Section("Answers", (_answers(answers, knowledge),)),
        *results_section(consultation, knowledge),
        *([Section(headings["options"], (table,))] if options else []),
        *plan_section(consultation, knowledge),
        *([arguments_section(consultation, knowledge)] if options else []),
        Section(advice, (_advice(consultation, knowledge),)),
        Section("How it follows", (_figure(consultation, [a["attribute"] for a in answers], knowledge),)),
        Section("Trace", (_trace(consultation),)),
        *unanswered_section(beside.open, knowledge),
        Section("Claims used", (_claims_used(consultation, knowledge, quotes),)),
        Section("Whose firings these are", (Note(" ".join(end.split())),)),
    ]


def _head(
    entry: Entry, knowledge: KnowledgeId, content: dict[str, Any], edition: str, beside: Aside
) -> list[Block]:
    programs = ", ".join(f"{name} {version}" for name, version in sorted(entry.header["programs"].items()))
    facts: list[tuple[str, Words]] = [
        ("Record", f"{entry.id}, number {entry.header['seq']}"),
        ("Label", content["label"] or "none"),
        *([("By", content["by"])] if content.get("by") else []),
        ("Time", entry.header["time"]),
        ("Made by", f"{programs}; meaning {meaning_of(entry)} of the rules"),
        ("Knowledge", f"{knowledge.id} {knowledge.version}"),
        *([("Edition of the document", edition)] if edition else []),
        ("Knowledge hash", Marked(entry.header["knowledge"], "code")),
        ("Record hash", Marked(entry.hash, "code")),
        *([("This page", f"made {beside.made}")] if beside.made else []),
        *([("Checked then", beside.checked)] if beside.checked else []),
    ]
    return [Heading(knowledge.title, 1), Note(knowledge.disclaimer), Details(facts)]


def _answers(answers: list[dict[str, Any]], knowledge: Knowledge) -> Table:
    rows: list[list[Cell]] = []
    for term, said in _together(answers, knowledge):
        question = term.question if term.type == CHOICES else said[0]["asked"]
        asked = question if said[0]["asked"] else Marked(f"{_given(said[0])}: {term.label}", "soft")
        given = {answer["attribute"]: _read(answer, knowledge) for answer in said}
        unknown = all(value is None for value in given.values())
        shown = "not known" if unknown else shown_answers(given, term)
        recorded = ", ".join(f"{answer['attribute']} = {answer['value']}" for answer in said)
        rows.append([str(len(rows) + 1), asked, Marked(shown, "strong"), Marked(recorded, "code")])
    heads = ["No.", "Question", "Answer", "Recorded as"]
    return Table(heads, rows, caption="In the order in which they were given.")


def _given(answer: dict[str, Any]) -> str:
    """How an answer came that was not asked for, as far as the record says."""
    return GIVEN.get(str(answer.get("given", "")), "given, not asked")


def _together(
    answers: list[dict[str, Any]], knowledge: Knowledge
) -> Iterator[tuple[Term, list[dict[str, Any]]]]:
    """The answers in their order, with what they answer; those on all values of one question together."""
    by_name = {answer["attribute"]: answer for answer in answers}
    told: set[str] = set()
    for answer in answers:
        name = answer["attribute"]
        if name in told:
            continue
        whole = knowledge.question_of(name)
        said = [by_name[part] for part in whole.parts if part in by_name]
        alike = len({(bool(each["asked"]), each.get("given")) for each in said}) == 1
        term = whole if alike and len(said) == len(whole.parts) else knowledge.attributes[name]
        told.update(term.parts)
        yield term, [by_name[part] for part in term.parts]


def _read(answer: dict[str, Any], knowledge: Knowledge) -> Answer:
    """An answer as the record has it."""
    value = str(answer["value"])
    return None if value == UNKNOWN else knowledge.attributes[answer["attribute"]].parse(value)


def _advice(consultation: Consultation, knowledge: Knowledge) -> Block:
    sections = []
    for kind in ADVICE_HEADINGS:
        sections += advice_section(consultation, knowledge, kind)
    return Cards(tuple(sections)) if sections else Paragraph("None in this case.")


def _figure(consultation: Consultation, answers: list[str], knowledge: Knowledge) -> Figure:
    caption: list[Piece] = [
        "From left to right. A rule that fired for several options is drawn once; the trace has each. "
    ]
    for basis, means in MEANS.items():
        caption += [Marked(basis, "basis"), f" {means}", ", "]
    graph = drawing(consultation, answers, knowledge)
    return Figure([*caption[:-1], "."], graph.svg("How the conclusions follow"))


def _trace(consultation: Consultation) -> Table:
    rows = [_step(firing) for firing in consultation.firings]
    caption = f"The firings in order. {count(len(consultation.not_fired), 'instance')} of rules did not fire."
    heads = ["No.", "Rule", "Basis", "Matched", "Concluded", "Claims"]
    return Table(heads, rows, caption=caption, kind="fine trace")


def _step(firing: Firing) -> list[Cell]:
    matched = []
    for match in firing.matched:
        ids = match.claims or [f"firing{n}" for n in match.firings]
        matched.append(Item("", (f"{match.text} ", Cited(tuple(ids)))))
    matched += [Item("", (f"{item_text(item)} ", Cited(tuple(item.claims)))) for item in firing.items]
    texts = [concluded.text for concluded in firing.concluded]
    texts += [undrawn.text for undrawn in firing.undrawn]
    texts += [] if firing.because in texts else [f"because: {firing.because}"]
    option: Words = ("\nfor ", Marked(firing.option, "code")) if firing.option else ()
    return [
        Marked(str(firing.n), "", f"firing{firing.n}"),
        (Marked(firing.rule, "code"), *option),
        Marked(firing.basis, "basis"),
        Items(tuple(matched or [Item("", "in every case")])),
        Items(tuple(Item("", text) for text in texts)),
        Cited(tuple(firing.claims)),
    ]


def _claims_used(consultation: Consultation, knowledge: Knowledge, quotes: Quotes) -> Table:
    users: dict[str, list[str]] = {}
    for firing in consultation.firings:
        for id in firing.rests_on:
            users.setdefault(id, []).append(f"firing{firing.n}")
    rows: list[list[Cell]] = []
    for claim in sorted((knowledge.claims[id] for id in users), key=lambda c: (c.paragraph, c.sentence)):
        said: Words = ("\n", quoted(quotes[claim.id])) if claim.id in quotes else ()
        place = place_words(claim.id)
        hedge = knowledge.hedges[claim.hedge]
        head = Marked(claim.id, "code", claim.id)
        rows.append([head, place, (claim.says, *said), hedge, Cited(tuple(users[claim.id]))])
    heads = ["Claim", "Place in the document", "What it says, in our words", "How surely", "Firings"]
    caption = "The sentences of the document that the firings rest on."
    return Table(heads, rows, caption=caption, kind="fine sources")
