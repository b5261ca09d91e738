"""A consultation on a terminal: its firings first, and last its result, in no more lines than one shows."""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from expert.consultation.result import Consultation, Recommendation
from expert.consultation.standing import depends_text, for_each_target, ranked, targets_in_play
from expert.language.english import capital, count, listed
from expert.language.model import Knowledge
from expert.language.policy import RECOMMENDED, VERDICTS
from expert.views.consultations import (
    MOST_NAMED,
    Column,
    advice_section,
    argument_sections,
    cell,
    columns,
    is_silent,
    last_words,
    plan_section,
    results_section,
)
from expert.views.document import Paragraph, Section, Table, Words, apart
from expert.views.firings import firings_counted, long_trace, reference_explained, short_trace
from expert.views.terminal import Look, lines_of

LINES = 23  # of 24, as the last one is for what is typed next
LEAST_STEPS = 1  # of the plan, however much there is to say
MOST_SILENT = 4  # options that nothing speaks of, by name


class Extent(NamedTuple):
    """How much of a consultation is to be shown: its result alone, its firings, all of everything."""

    brief: bool = False
    trace: bool = True
    full: bool = False


class Below(NamedTuple):
    """What stands below a result: where its rest is, which rules are not reviewed, and its record.

    `id` is how its record is asked for, if it has one; otherwise `again` is the command that shows all, or
    nothing where all is shown.
    """

    again: str = "consult"
    id: str = ""
    unreviewed: Sequence[str] = ()
    saved: str = ""
    recorded: bool = False  # whether what is not reviewed is said of when it was recorded
    place: str | None = ""  # the words by which a command is about this knowledge base; None if none is


class Fold(NamedTuple):
    """What a result leaves to `--full`, or says in fewer lines.

    Options that nothing speaks of (`silent`), or all that are not recommended, have a row each unless they
    are `named` in a sentence; `targets` have a column instead of sentences; of steps and cautions there are
    so many at most.
    """

    silent: bool = False
    named: bool = False
    notes: bool = False
    targets: bool = False
    steps: int | None = None
    cautions: int | None = None


def consultation_blocks(
    consultation: Consultation, knowledge: Knowledge, asked: Extent, below: Below
) -> list[Section]:
    """A consultation: its trace, with `full` the arguments and advice, and its result last."""
    sections = []
    traced = asked.trace and not asked.brief
    if traced:
        traces = (
            long_trace(consultation, below.place)
            if asked.full
            else short_trace(consultation, knowledge, below.place)
        )
        sections.append(traces)
    if asked.full and not asked.brief:
        sections += argument_sections(consultation, knowledge)
    if asked.full and traced:
        below = below._replace(again="")
    result = Result(consultation, knowledge, below, traced)
    return [*sections, *(result.sections(Fold()) if asked.full else result.fitted())]


ResultPart = Callable[[Fold], list[Section]]  # of a result, without what is folded


class Result:
    """The result of a consultation: what to do in which order, and what that rests on."""

    def __init__(self, consultation: Consultation, knowledge: Knowledge, below: Below, traced: bool) -> None:
        self.consultation, self.knowledge, self.below = consultation, knowledge, below
        self.traced = traced
        self.cautions = sum(1 for a in consultation.advice if a.kind == "caution")

    def fitted(self) -> list[Section]:
        """The result in so many lines as a terminal shows, with as little folded as that takes.

        That is decided at the usual width and of a result with a record, so that the same is said always.
        """
        below = self.below._replace(id="last", saved="Record")
        usual = Result(self.consultation, self.knowledge, below, self.traced)
        lines: dict[tuple[ResultPart, Fold], int] = {}
        fold = Fold()
        for fold in self.folds():
            if usual.fits(fold, lines):
                break
        return self.sections(fold)

    def fits(self, fold: Fold, counted: dict[tuple[ResultPart, Fold], int]) -> bool:
        """Whether the result takes no more lines than a terminal shows.

        Those of a part that another fold left the same are counted, and the table, which takes longest to lay
        out, is only looked at where all else leaves room.
        """
        total = -1  # there is an empty line between parts, and none at the end
        for part, folded in sorted(self.parts(fold), key=lambda part: part[0] == self.options):
            if (part, folded) not in counted:
                lines = lines_of(part(folded), Look())
                counted[part, folded] = len(lines) + 1 if lines else 0
            total += counted[part, folded]
            if total > LINES:
                return False
        return True

    def folds(self) -> Iterator[Fold]:
        """More and more of a result folded, cautions last."""
        fold = Fold(silent=True)
        yield fold
        fold = fold._replace(named=True)
        yield fold
        fold = fold._replace(notes=True)
        yield fold
        fold = fold._replace(targets=True)
        yield fold
        for steps in range(len(self.consultation.plan) - 1, LEAST_STEPS - 1, -1):
            fold = fold._replace(steps=steps)
            yield fold
        for most in range(self.cautions - 1, -1, -1):
            fold = fold._replace(cautions=most)
            yield fold

    def sections(self, fold: Fold) -> list[Section]:
        """The result without what is folded."""
        return [section for part, folded in self.parts(fold) for section in part(folded)]

    def parts(self, fold: Fold) -> list[tuple[ResultPart, Fold]]:
        """The parts of the result, each with as much of the fold as it depends on."""
        cautions = fold.cautions if fold.cautions == 0 else None  # the table says only that all are left out
        targets = fold.targets and len(targets_in_play(self.consultation, self.knowledge)) > 1
        return [
            (self.leading, Fold()),
            (self.plan, Fold(steps=fold.steps)),
            (self.options, fold._replace(steps=None, cautions=cautions, targets=targets)),
            (self.warnings, Fold(cautions=fold.cautions)),
            (self.end, Fold(named=fold.named)),
        ]

    def leading(self, _: Fold) -> list[Section]:
        """The findings that lead the result."""
        return results_section(self.consultation, self.knowledge)

    def plan(self, fold: Fold) -> list[Section]:
        """What to do, in its order; that nothing follows, where nothing does."""
        explained = "" if self.traced else self.reference("plan")
        return plan_section(self.consultation, self.knowledge, fold.steps, explained)

    def options(self, fold: Fold) -> list[Section]:
        """The table of options, and what is said below it."""
        table = self.table(fold)
        below = [Paragraph(sentence) for sentence in self.said(fold)]
        if table and fold.named:  # an empty line less
            return [apart(table, *below)]
        sections = [apart(table)] if table else []
        return [*sections, apart(*below)] if below else sections

    def warnings(self, fold: Fold) -> list[Section]:
        """The cautions."""
        if fold.cautions == 0:
            return []
        explained = "" if self.traced else self.reference("caution")
        return advice_section(self.consultation, self.knowledge, "caution", fold.cautions, explained)

    def reference(self, place: str) -> str:
        """What the first reference means, if it is in this place: the plan, or else the cautions."""
        cited = [step.claims for step in self.consultation.plan if step.claims]
        if place == "caution":
            cautions = [a.claims for a in self.consultation.advice if a.kind == "caution"]
            cited = [] if cited else cautions
        return reference_explained(cited, self.below.place)

    def table(self, fold: Fold) -> Table | None:
        """The options in their order; only those recommended where the others are named."""
        options = [r for r in ranked(self.consultation, self.knowledge) if not self.is_named(r, fold)]
        if not options:
            return None
        shown = columns(self.consultation, self.knowledge)
        if fold.notes:
            shown = shown[:-1]
            if fold.targets and for_each_target(self.consultation, self.knowledge):
                shown.append(Column("for", self.knowledge.words.headings["for"]))
        rows = [[self.cell(column, r, fold) for column in shown] for r in options]
        return Table([column.heading for column in shown], rows)

    def cell(self, column: Column, r: Recommendation, fold: Fold) -> Words:
        """What stands in a column of an option's row."""
        if column.key == "for":
            return self.suits(r)
        return cell(column, r, self.consultation, self.knowledge, apart_targets=not fold.named)

    def is_named(self, r: Recommendation, fold: Fold) -> bool:
        """Whether an option has no row, and is named in a sentence below the table."""
        if fold.named and r.verdict not in RECOMMENDED and r.place is None:
            return True
        return fold.silent and is_silent(r, self.consultation)

    def suits(self, r: Recommendation) -> str:
        """The targets that an option is recommended for; another verdict than its own is named."""
        said = []
        for target, verdict in r.targets.items():
            if verdict in RECOMMENDED:
                other = "" if verdict == r.verdict else f" ({self.knowledge.words.verdicts[verdict]})"
                said.append(f"{target.replace('-', ' ')}{other}")
        return ", ".join(said)

    def said(self, fold: Fold) -> list[str]:
        """What is said below the table: of targets, of options, and what is folded."""
        targets = for_each_target(self.consultation, self.knowledge)
        said = []
        for verdict in VERDICTS:
            said += self.named(verdict, fold)
        if hidden := self.hidden(fold, len(targets)):
            said.append(f"Left out: {listed(hidden)} (--full).")
        together = [" ".join(said)] if said else []
        return [*([] if fold.targets else targets), *together]

    def hidden(self, fold: Fold, targets: int) -> list[str]:
        """What is folded of the table and of what is said below it."""
        hidden = []
        refused = 0
        for r in self.consultation.recommendations:
            if self.is_named(r, fold) and not is_silent(r, self.consultation):
                refused += 1
        if fold.named and targets:
            hidden.append(f"verdicts for each of {targets} targets")
        if fold.named and refused:
            hidden.append(f"the rows of {count(refused, 'option')}")
        if fold.notes:
            hidden.append("notes")
        if fold.cautions == 0:
            hidden.append(count(self.cautions, "caution"))
        return hidden

    def named(self, verdict: str, fold: Fold) -> list[str]:
        """The options with a verdict that have no row, or are open, and which answers they depend on."""
        options = []
        for r in self.consultation.recommendations:
            if r.verdict == verdict and (verdict == "open" or self.is_named(r, fold)):
                options.append(r)
        if not options:
            return []
        phrases = [self.knowledge.options[r.option].phrase for r in options]
        if (
            len(phrases) > MOST_SILENT
            and fold.silent
            and all(is_silent(r, self.consultation) for r in options)
        ):
            more = len(phrases) - MOST_SILENT + 1
            phrases = [*phrases[: MOST_SILENT - 1], f"{more} others (--full)"]
        words = capital(self.knowledge.words.verdicts[verdict])
        return [f"{words}: {listed(phrases)}.{self.open_until(options)}"]

    def open_until(self, options: Sequence[Recommendation]) -> str:
        """On which answers options depend."""
        attributes = dict.fromkeys(name for r in options for name in r.depends_on)
        if not attributes:
            return ""
        return f" That {depends_text(list(attributes), self.knowledge, MOST_NAMED)}."

    def end(self, fold: Fold) -> list[Section]:
        """Where the rest is, what the result rests on, and its record."""
        knowledge = self.consultation.knowledge
        below = self.below
        _, *reviewed, _ = last_words(self.consultation, below.unreviewed, below.recorded, below.place or "")
        more = self.where_more()
        sentences = [more, *reviewed] if more else [*reviewed]
        if not self.traced and not fold.named:  # the trace says how many there are
            sentences.append(firings_counted(self.consultation))
        sentences.append(f"{knowledge.disclaimer}  ({knowledge.version}, {knowledge.hash[:12]})")
        if self.below.saved:
            sentences.append(self.below.saved)
        return [apart(*(Paragraph(sentence) for sentence in sentences))]

    def where_more(self) -> str:
        """The commands that show the rest; none where all is shown and nothing was recorded."""
        id, again = self.below.id, self.below.again
        if not id:
            return f"More: {again} --full" if again else ""
        more = [f"audit show {id} --full"]
        if concluded := [r.option for r in ranked(self.consultation, self.knowledge) if r.arguments]:
            more.append(f"explain how {self.in_short(concluded[0])} {id}")
        return f"More: {', '.join([*more, f'audit report {id}'])}"

    def in_short(self, option: str) -> str:
        """The first word of an option's name, where nothing else begins like it."""
        knowledge = self.knowledge
        word = option.split("-")[0]
        names = [*knowledge.options, *(other.label.casefold() for other in knowledge.options.values())]
        names.remove(option)
        names.remove(knowledge.options[option].label.casefold())
        words = [part for name in names for part in name.replace("-", " ").split()]
        exact = word in knowledge.findings or word in knowledge.steps
        return option if exact or any(part.startswith(word) for part in words) else word
