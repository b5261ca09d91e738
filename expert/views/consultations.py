"""One consultation: its result, the arguments about every option, and what has to be said below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from expert.consultation.result import Argument, Consultation, Leading, Recommendation
from expert.consultation.standing import (
    by_target,
    cost_of,
    depends_text,
    nothing_said,
    ranked,
    targets_in_play,
    verdict_text,
    when_text,
)
from expert.language.english import STANCE_WORDS, capital, count
from expert.language.model import Knowledge
from expert.views.document import (
    Block,
    Cards,
    Item,
    Items,
    Line,
    Marked,
    Paragraph,
    Section,
    Table,
    Words,
    apart,
    grounded,
    on,
    titled,
)
from expert.views.firings import firings_counted

if TYPE_CHECKING:  # a result is shown without what explains one
    pass

MOST_NAMED = 2  # answers that a verdict depends on, in the table

ADVICE_HEADINGS = {"advice": "advice", "caution": "cautions"}  # by the kind of what is said

MARKS = {"for": "+", "against": "-", "unsure": "?"}


def verdict_words(r: Recommendation, consultation: Consultation, knowledge: Knowledge) -> Marked:
    """A verdict in words, with what it is for."""
    return Marked(verdict_text(r, consultation, knowledge), "verdict")


def argument_sections(consultation: Consultation, knowledge: Knowledge) -> list[Section]:
    """The arguments about every option, and the advice."""
    sections = [arguments_section(consultation, knowledge)] if consultation.recommendations else []
    return [*sections, *advice_section(consultation, knowledge, "advice")]


def results_section(consultation: Consultation, knowledge: Knowledge) -> list[Section]:
    """How the findings stand that lead the result; those that each option has are beside the options."""
    items = []
    for result in consultation.results:
        if result.option is None:
            claims = [claim for n in result.firings for claim in consultation.firings[n - 1].claims]
            words = f"{capital(result.label)}: ", Marked(result_text(result, knowledge), "verdict")
            basis = consultation.basis(result.firings) if result.firings else "stated"
            items.append(Item("", grounded(words, tuple(dict.fromkeys(claims)), basis)))
    return [Section(knowledge.words.headings["results"], (Items(tuple(items)),))] if items else []


def result_text(result: Leading, knowledge: Knowledge) -> str:
    """The value, or that it is open and on which answers that depends, or that nothing concluded it."""
    if result.stands == "open" and result.depends_on:
        return f"{result.text} ({depends_text(result.depends_on, knowledge, MOST_NAMED)})"
    return result.text


def is_silent(r: Recommendation, consultation: Consultation) -> bool:
    """Whether nothing speaks of an option: no argument, no number, no result of its own."""
    own = any(result.option == r.option and result.values for result in consultation.results)
    return r.verdict == "not-addressed" and not (r.arguments or r.flags or r.place or own)


class Column(NamedTuple):
    """A column of the table of options: what it holds, and its heading."""

    key: str
    heading: str


def columns(consultation: Consultation, knowledge: Knowledge) -> list[Column]:
    """What there is to say of options: of verdicts, times and costs only where there are any."""
    headings = knowledge.words.headings
    every = [Column("place", "#")] if knowledge.rank else []
    every.append(Column("option", headings["option"]))
    ranks = [knowledge.rank.finding] if knowledge.rank else []
    own = [result.finding for result in consultation.results if result.option]
    for name in dict.fromkeys([*ranks, *own]):
        every.append(Column(f"finding {name}", capital(knowledge.findings[name].label)))
    if knowledge.deciding_topics:
        every.append(Column("verdict", headings["verdict"]))
        if knowledge.steps:
            every.append(Column("when", headings["when"]))
    if knowledge.cost is not None:
        every.append(Column("cost", headings["cost"]))
    return [*every, Column("notes", headings["notes"])]


def recommendation_table(
    consultation: Consultation,
    knowledge: Knowledge,
    caption: str = "",
    options: Sequence[Recommendation] = (),
) -> Table:
    """What there is to say of every option, or of some, in their order."""
    shown = columns(consultation, knowledge)
    rows = []
    for r in options or ranked(consultation, knowledge):
        rows.append([cell(column, r, consultation, knowledge) for column in shown])
    return Table([column.heading for column in shown], rows, caption)


def cell(
    column: Column,
    r: Recommendation,
    consultation: Consultation,
    knowledge: Knowledge,
    apart_targets: bool = True,
) -> Words:
    """What stands in a column of an option's row; the notes on each target only if these are kept apart."""
    match column.key:
        case "place":
            return _between(str(r.place.first), str(r.place.last)) if r.place else "-"
        case "option":
            return r.label
        case "verdict":
            return Marked(knowledge.words.verdicts[r.verdict], "verdict")
        case "when":
            return when_text(r, consultation, knowledge) or "-"
        case "cost":
            return cost_of(r)
        case "notes":
            return _notes_on(r, consultation, knowledge, apart_targets)
    return _finding_of(column.key.removeprefix("finding "), r, consultation, knowledge)


def _finding_of(name: str, r: Recommendation, consultation: Consultation, knowledge: Knowledge) -> str:
    """An option's own finding: as a result stands, or the number that ranks it."""
    for result in consultation.results:
        if (result.finding, result.option) == (name, r.option):
            return result_text(result, knowledge)
    term = knowledge.findings[name]
    if r.place is None:
        return "-"
    low, high = (term.show(term.scaled(bound)) for bound in (r.place.low, r.place.high))
    return _between(low, high)


def _between(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def _notes_on(
    r: Recommendation, consultation: Consultation, knowledge: Knowledge, apart_targets: bool
) -> str:
    stands = by_target(r, consultation, knowledge) if apart_targets else []
    if len(stands) == 1:  # the verdict has a column of its own
        stands = [stands[0].removeprefix(f"{knowledge.words.verdicts[r.verdict]} ")]
    if r.depends_on:
        stands.append(depends_text(r.depends_on, knowledge, MOST_NAMED))
    return "; ".join([*stands, *(knowledge.flags[flag].label for flag in r.flags)])


def plan_items(consultation: Consultation) -> list[Item]:
    """What to do, a step each, in its order."""
    items = []
    for step in consultation.plan:
        items.append(Item(f"{step.n}  ", grounded(step.text, step.claims, consultation.basis(step.firings))))
    return items


NOTHING_FOLLOWS = "Nothing follows from what is known."


def plan_section(
    consultation: Consultation, knowledge: Knowledge, most: int | None = None, explained: str = ""
) -> list[Section]:
    """What to do, in its order, the first `most` steps; that nothing follows, where nothing does."""
    if items := plan_items(consultation):
        title = titled(knowledge.words.headings["plan"], explained)
        return [Section(title, folded(items, most, ordered=True))]
    return [] if consultation.firings else [apart(Paragraph(NOTHING_FOLLOWS))]


def arguments_section(consultation: Consultation, knowledge: Knowledge) -> Section:
    """What was put forward about every option, a card each, the best verdict first."""
    several = len(targets_in_play(consultation, knowledge)) > 1
    cards = []
    for r in ranked(consultation, knowledge):
        arguments = sorted(r.arguments, key=lambda a: list(MARKS).index(a.stance))
        items = [_argument(a, knowledge, several) for a in arguments]
        blocks: list[Block] = [Items(tuple(items))] if items else []
        if said := nothing_said(r, consultation, knowledge):
            blocks.append(Paragraph(said, 6))
        cards.append(Section((f"{r.label}: ", verdict_words(r, consultation, knowledge)), tuple(blocks)))
    marks = ", ".join(f"{mark} {STANCE_WORDS[stance]}" for stance, mark in MARKS.items())
    return Section(titled(knowledge.words.headings["arguments"], marks), (Cards(tuple(cards)),))


def _argument(a: Argument, knowledge: Knowledge, several: bool) -> Item:
    """An argument, with what it is about: for which target, where `several` are in play."""
    about = knowledge.topics[a.topic].label
    about += f", {knowledge.targets[a.target].label}" if a.target and several else ""
    about += " (strong)" if a.strength == "strong" else ""
    said = Marked(f"{MARKS[a.stance]} ", "mark"), Marked(about, "strong"), f": {a.text}"
    return Item("", grounded(said, a.claims, a.basis), 4, 6)


def advice_section(
    consultation: Consultation, knowledge: Knowledge, kind: str, most: int | None = None, explained: str = ""
) -> list[Section]:
    """Advice or cautions, if there are any; those after the first `most` are counted."""
    items = []
    for a in consultation.advice:
        if a.kind == kind:
            about = f"{knowledge.options[a.option].label}: " if a.option else ""
            items.append(Item("* ", grounded(f"{about}{a.text}", a.claims, a.basis)))
    if not items:
        return []
    title = knowledge.words.headings[ADVICE_HEADINGS[kind]]
    return [Section(titled(title, explained), folded(items, most))]


def folded(items: Sequence[Item], most: int | None, ordered: bool = False) -> tuple[Block, ...]:
    """A list, or its first `most` items and how many more there are."""
    shown = tuple(items[:most])
    left = len(items) - len(shown)
    more = (Line(f"{left} more: --full", 2),) if left else ()
    return (Items(shown, ordered), *more)


def footer(
    consultation: Consultation,
    unreviewed: Sequence[str] | None = None,
    recorded: bool = False,
    place: str = "",
) -> Section:
    """What has to be said below a result."""
    return apart(*(Paragraph(sentence) for sentence in last_words(consultation, unreviewed, recorded, place)))


def last_words(
    consultation: Consultation, unreviewed: Sequence[str] | None, recorded: bool, place: str = ""
) -> list[str]:
    """How many firings are the document's and how many added, how many nobody reviewed, what this is not.

    `unreviewed` are the rules that fired and were not reviewed: now, or when it was recorded. `place` are the
    words by which a command is about this knowledge base, where it is not the built-in one.
    """
    knowledge = consultation.knowledge
    reviewed = [_review_words(consultation, unreviewed, recorded, place)] if unreviewed else []
    about = f"({knowledge.title} {knowledge.version}, {knowledge.hash[:12]})"
    return [firings_counted(consultation), *reviewed, f"{knowledge.disclaimer}  {about}"]


def _review_words(consultation: Consultation, unreviewed: Sequence[str], recorded: bool, place: str) -> str:
    """How many of the rules that fired nobody has reviewed, or had then."""
    fired = count(len(consultation.rules()), "rule")
    have = "had" if recorded else "has" if len(unreviewed) == 1 else "have"
    end = " when this was recorded." if recorded else f": see `{on('kb review', place)}`."
    return f"Of the {fired} that fired, {len(unreviewed)} {have} not been reviewed{end}"
