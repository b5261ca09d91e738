"""One consultation: its result, its trace, and explanations of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from expert.consultation.result import Argument, Consultation, Leading, Recommendation
from expert.consultation.standing import (
    by_target,
    cost_text,
    depends_text,
    each_target,
    nothing_said,
    ranked,
    step_words,
    targets_in_play,
    verdict_text,
    when_text,
    when_words,
)
from expert.io.unwinding import Unfolding, unwound
from expert.language.english import REASONS, STANCE_WORDS, capital, count, in_sentence, listed
from expert.language.keys import name_and_option, with_option
from expert.language.model import Knowledge, Quotes
from expert.language.policy import NOW
from expert.language.rules import RuleBase
from expert.views.document import (
    Block,
    Cards,
    Item,
    Items,
    Line,
    Marked,
    Outline,
    Paragraph,
    Piece,
    Section,
    Table,
    Words,
    apart,
    citing,
    grounded,
    on,
    quoted,
    titled,
)
from expert.views.firings import firings_counted

if TYPE_CHECKING:  # a result is shown without what explains one
    from expert.consultation.compare import Difference
    from expert.consultation.explain import Tree
    from expert.consultation.why_not import Failed, Flip, WhyNot

MOST_RULES = 3  # that did not fire, where not all are asked for
MOST_CHANGES = 4  # of the answers, after which it would be so
MOST_NAMED = 2  # answers that a verdict depends on, in the table

ADVICE_HEADINGS = {"advice": "advice", "caution": "cautions"}  # by the kind of what is said

MARKS = {"for": "+", "against": "-", "unsure": "?"}


def verdict_words(r: Recommendation, consultation: Consultation, knowledge: Knowledge) -> Marked:
    """A verdict in words, with what it is for."""
    return Marked(verdict_text(r, consultation, knowledge), "verdict")


# --- a consultation ------------------------------------------------------------------------
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
            items.append(Item("", citing(words, tuple(dict.fromkeys(claims)))))
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
            return cost_text(r.cost, r.cost_depends_on)
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


def footer_of_changed(
    consultation: Consultation, unreviewed: Sequence[str] | None, place: str = ""
) -> Section:
    """The same below a comparison: what is counted are the firings in the changed case."""
    firings, *others = last_words(consultation, unreviewed, recorded=False, place=place)
    return apart(*(Paragraph(sentence) for sentence in (f"In the changed case: {firings}", *others)))


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


# --- explanations --------------------------------------------------------------------------
def explanation(tree: Tree) -> Outline:
    """A tree whose leaves say whether they are an answer or a claim."""
    return unwound(_explanation(tree))


def _explanation(tree: Tree) -> Unfolding[Outline]:
    mark = {"answer": "answer: ", "claim": "claim: "}.get(tree.kind, "")
    parts = []
    for part in tree.parts:
        parts.append((yield _explanation(part)))
    return Outline((Marked(mark, "soft"), tree.text), tuple(parts))


def arguments_folded(trees: Sequence[Tree]) -> list[Line]:
    """How many arguments of an explanation are not unfolded, if it is not asked for in full."""
    arguments = [node for tree in trees for node in tree.nodes() if node.states]
    left = sum(1 for a in arguments if a.states and a.states.kind == "argument" and not a.parts)
    return [Line(f"{_not_deciding(left)}: unfolded with --full")] if left else []


def _not_deciding(number: int, about: str = "") -> str:
    return f"{count(number, 'argument')}{about} that {'does' if number == 1 else 'do'} not decide"


def why_not_blocks(why_not: WhyNot, base: RuleBase, quotes: Quotes, full: bool = True) -> list[Block]:
    """Why not, in words; with the document at hand, its sentences beside the claims.

    Unless `full`, the nearest of the rules that did not fire, and how many others and other arguments.
    """
    blocks = _as_it_is(why_not, base.knowledge)
    for argument in why_not.against:
        said = f"{STANCE_WORDS[argument.stance]}: {argument.text}"
        blocks.append(Paragraph(citing(said, argument.claims), 2, 2))
    for argument in why_not.beside if full else ():
        said = f"{STANCE_WORDS[argument.stance]}, which does not decide: {argument.text}"
        blocks.append(Paragraph(citing(said, argument.claims), 2, 2))
    for failed in why_not.failed if full else why_not.failed[:MOST_RULES]:
        blocks += _not_fired(failed, quotes)
    left = [] if full else _left_out(why_not)
    more = [Line(f"Left out: {listed(left)} (--full).")] if left else []
    return [*blocks, *_flips(why_not, base.knowledge, full), *more]


def _as_it_is(why_not: WhyNot, knowledge: Knowledge) -> list[Block]:
    """How what is asked about stands, that it cannot be otherwise if it cannot, and what it waits for."""
    blocks: list[Block] = [Paragraph(sentence) for sentence in why_not.stands]
    if why_not.already and not why_not.stands:
        blocks.append(Line(f"{why_not.subject}: it is so."))
    if why_not.already and why_not.goal == NOW:
        blocks.append(Line("No step has to come before it."))
    if not why_not.possible or (why_not.not_for and not why_not.failed):
        blocks.append(Paragraph(_impossible(why_not, knowledge)))
    if why_not.waiting:
        blocks.append(Paragraph(f"It waits for: {step_words(why_not.waiting, knowledge)}."))
    return blocks


def _not_fired(failed: Failed, quotes: Quotes) -> list[Block]:
    """A rule that did not fire, the sentences that it rests on, and what it lacked."""
    name = with_option(failed.rule, failed.option)
    blocks: list[Block] = [Line(citing((Marked(name, "name"), " did not fire"), failed.claims), 2)]
    for id in failed.claims:
        if id in quotes:
            blocks.append(Paragraph((f"{id} ", quoted(quotes[id])), 4))
    blocks.append(Paragraph(f"it needs: {failed.condition}; {REASONS[failed.reason]}", 4))
    said_of: set[str] = set()  # each answer is said once of a rule
    for tree in failed.stands:
        blocks += _standing(tree, 6, said_of)
    return blocks


def _left_out(why_not: WhyNot) -> list[str]:
    """What is not said of it, unless all is asked for."""
    left = []
    if len(why_not.failed) > MOST_RULES:
        left.append(count(len(why_not.failed) - MOST_RULES, "other rule"))
    if why_not.beside:
        left.append(_not_deciding(len(why_not.beside), " against it"))
    if len(why_not.flips or ()) > MOST_CHANGES:
        left.append(count(len(why_not.flips or ()) - MOST_CHANGES, "other change"))
    return left


def _impossible(why_not: WhyNot, knowledge: Knowledge) -> str:
    """That no rule could have concluded it, and for which targets."""
    words = [knowledge.words.clauses.get(goal, goal) for goal in why_not.wanted]
    if not words:
        return f"No rule here concludes this: {why_not.subject}."
    about = [knowledge.targets[target].label for target in why_not.not_for]
    end = f" for {listed(about, 'or')}" if about else ""
    option = next(o for o in knowledge.options.values() if o.label == why_not.subject)
    verb = "are" if option.plural else "is"
    return f"No rule here concludes that {option.phrase} {verb} {listed(words, 'or')}{end}."


def _standing(tree: Tree, indent: int, said: set[str]) -> list[Block]:
    """How what a rule needed stands: of what nothing concludes, the rules that could, down to answers."""
    blocks: list[Block] = []
    waiting = [(tree, indent)]
    while waiting:
        tree, indent = waiting.pop()
        if tree.kind == "answer" and tree.text in said:
            continue
        said.add(tree.text)
        blocks.append(Paragraph(tree.text, indent, 2))
        if tree.kind == "not-fired" or (tree.states and tree.states.stands == "not-concluded"):
            waiting += [(part, indent + 2) for part in reversed(tree.parts)]
    return blocks


def _flips(why_not: WhyNot, knowledge: Knowledge, full: bool) -> list[Block]:
    lines: list[Block] = []
    for flip in (why_not.flips or ())[: None if full else MOST_CHANGES]:
        changes = " ".join(f"{name}={value}" for name, value in flip.changes.items())
        head = "Smallest change" if why_not.decided else "A change"
        head = "If the answer were" if flip.unanswered else head
        lines.append(Paragraph((f"{head}: {changes}  ->  ", *_leading_to(flip, knowledge)), 0, 2))
    if lines and not why_not.decided:
        lines.append(Line("Whether there is a smaller one is not decided."))
    looked_for = why_not.flips is not None and why_not.possible and not why_not.already
    if not lines and (looked_for or (why_not.not_for and why_not.failed)):
        lines.append(Line(_none_leads_there(why_not, knowledge)))
    return lines


def _none_leads_there(why_not: WhyNot, knowledge: Knowledge) -> str:
    """How far it is known that no change of answers leads there."""
    labels = [knowledge.targets[target].label for target in why_not.not_for]
    there = f"leads there for {listed(labels, 'or')}" if labels else "leads there"
    if not why_not.decided:
        return f"Whether a change of answers {there} is not decided."
    if why_not.up_to is None:
        return f"No change of answers {there}."
    return f"No change of up to {count(why_not.up_to, 'answer')} {there}; of more it is not decided."


def _leading_to(flip: Flip, knowledge: Knowledge) -> Iterator[Piece]:
    """What a change leads to: the verdicts, for which targets, and when."""
    best, *others = each_target(flip.targets, knowledge) or [knowledge.words.verdicts[flip.verdict]]
    yield Marked(best, "verdict")
    if when := when_words(flip.verdict, flip.timing, knowledge):
        yield f", {when}"
    yield "".join(f"; {other}" for other in others)
    if new := [knowledge.targets[target].label for target in flip.new_targets]:
        yield f" (nothing is argued about {listed(new, 'or')} in the case as it is)"


WHAT_DIFFERS = ("result", "verdict", "timing", "cost", "flags", "plan", "answer", "advice", "firing")


def what_if_blocks(
    differences: Sequence[Difference],
    before: Consultation,
    after: Consultation,
    knowledge: Knowledge,
    full: bool = True,
) -> list[Section]:
    """The differences side by side, verdicts first; when is said of what is recommended only.

    Unless `full`, advice and firings are counted.
    """
    rows = []
    for kind in WHAT_DIFFERS:
        for d in _with_targets(differences):
            if d.kind == kind:
                sides = _sides(d, before, after, knowledge)
                if sides[0] != sides[1]:
                    rows.append([kind, _named(d, knowledge), *(side or "-" for side in sides)])
    if not rows:
        return [apart(Line("Nothing would be different."))]
    shown = [row for row in rows if full or row[0] not in ("advice", "firing")]
    changed = not knowledge.options or any(row[0] == "verdict" for row in rows)
    same = [] if changed else [apart(Line("No verdict changes."))]
    table = [[_kind(kind, knowledge), *row] for kind, *row in _together(shown)]
    tables = [apart(Table(["What", "Of", "As it is", "What if"], table))] if shown else []
    advice, firings = (sum(1 for row in rows if row[0] == kind) for kind in ("advice", "firing"))
    counted = [f"{advice} of what is advised"] * bool(advice) + [count(firings, "firing")] * bool(firings)
    said = [apart(Line(f"Different too: {listed(counted)} (--full)."))] if counted and not full else []
    return [*same, *tables, *said]


def _with_targets(differences: Sequence[Difference]) -> list[Difference]:
    """The differences, of which the verdict of an option says those of its targets too."""
    by_name: dict[tuple[str, str], Difference] = {}
    for d in differences:
        if d.kind == "target":
            d = d._replace(kind="verdict", name=d.name.split(" for ")[0])
        by_name.setdefault((d.kind, d.name), d)
    return [*by_name.values()]


def _kind(kind: str, knowledge: Knowledge) -> str:
    """What a kind of difference is called."""
    return in_sentence(knowledge.words.headings["cost"]) if kind == "cost" else kind


def _sides(d: Difference, before: Consultation, after: Consultation, knowledge: Knowledge) -> list[str]:
    """What stands in one consultation and in the other, in words; "" where it is absent."""
    if d.kind == "plan":
        return ["planned" if side else "" for side in (d.before, d.after)]
    if d.kind not in ("verdict", "timing", "flags"):
        return [d.before, d.after]
    both = [(c.recommendation(d.name), c) for c in (before, after)]
    if d.kind == "verdict":
        return [verdict_text(r, c, knowledge) for r, c in both]
    if d.kind == "timing":
        return [when_words(r.verdict, r.timing, knowledge) for r, _ in both]
    return [", ".join(knowledge.flags[flag].label for flag in r.flags) for r, _ in both]


def _together(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows, one for all options of which the same differs in the same way."""
    together: dict[tuple[str, str, str], list[str]] = {}
    shown = []
    for kind, about, before, after in rows:
        same = (kind, before, after)
        if same in together and kind in ("verdict", "timing", "cost", "flags"):
            together[same][1] += f", {in_sentence(about)}"
            continue
        together[same] = [kind, about, before, after]
        shown.append(together[same])
    return shown


def _named(difference: Difference, knowledge: Knowledge) -> str:
    """What differs, in words; of a rule its name, as a trace has it."""
    name, option = name_and_option(difference.name)
    if difference.kind == "firing":
        return difference.name
    if difference.kind == "answer":
        return knowledge.attributes[name].label
    if difference.kind == "plan":
        return knowledge.steps[name].label
    if difference.kind == "result":
        label = knowledge.findings[name].label
        return f"{label}, {knowledge.options[option].label}" if option else label
    if difference.kind == "advice":  # whose words are beside it
        return knowledge.options[option].label if option else "-"
    return knowledge.options[name].label
