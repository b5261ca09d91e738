"""What would be different if some answers were, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from expert.consultation.result import Consultation
from expert.consultation.standing import verdict_text, when_words
from expert.language.english import count, in_sentence, listed
from expert.language.keys import name_and_option
from expert.language.model import Knowledge
from expert.views.document import Line, Paragraph, Section, Table, apart

if TYPE_CHECKING:  # a result is shown without what explains one
    from expert.consultation.compare import Difference
from expert.views.consultations import last_words

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
    differing = _without_resaid(_with_targets(differences))
    for kind in WHAT_DIFFERS:
        for d in differing:
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


def footer_of_changed(
    consultation: Consultation, unreviewed: Sequence[str] | None, place: str = ""
) -> Section:
    """The same below a comparison: what is counted are the firings in the changed case."""
    firings, *others = last_words(consultation, unreviewed, recorded=False, place=place)
    return apart(*(Paragraph(sentence) for sentence in (f"In the changed case: {firings}", *others)))


def _with_targets(differences: Sequence[Difference]) -> list[Difference]:
    """The differences, of which the verdict of an option says those of its targets too."""
    by_name: dict[tuple[str, str], Difference] = {}
    for d in differences:
        if d.kind == "target":
            d = d._replace(kind="verdict", name=d.name.split(" for ")[0])
        by_name.setdefault((d.kind, d.name), d)
    return [*by_name.values()]


def _without_resaid(differences: Sequence[Difference]) -> list[Difference]:
    """The differences, without advice in words that are given in both cases, by another rule."""
    given: list[set[tuple[str, str]]] = [set(), set()]  # before and after: of which option, and what
    for d in differences:
        if d.kind == "advice":
            _, option = name_and_option(d.name)
            for said, text in zip(given, (d.before, d.after), strict=True):
                said.add((option, text))
    resaid = given[0] & given[1]

    def is_resaid(d: Difference) -> bool:
        about = name_and_option(d.name)[1], d.before or d.after
        return d.kind == "advice" and not (d.before and d.after) and about in resaid

    return [d for d in differences if not is_resaid(d)]


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
