"""A consultation in questions, from the answers given or from where a dialogue was interrupted."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

from expert.commands.answers import Entered
from expert.commands.ledgers import ledger_path, open_ledger
from expert.commands.saying import ask_line, fits_screen, say, say_command, say_problems
from expert.consultation.case import Answer, Case, command_line, make_case, parse_pairs, spell_answers
from expert.consultation.dialogue import Dialogue, Interrupted
from expert.consultation.relevance import Reach
from expert.consultation.replies import shown_answers, shown_each
from expert.io.problems import CaseError, LedgerError, Stopped
from expert.language.rules import RuleBase
from expert.ledger.drafts import DAYS, Draft, find, keep
from expert.ledger.store import Ledger
from expert.proof.undecided import solver

with suppress(ImportError):  # where there is it, `input` edits lines and keeps those typed before
    import readline as readline


def resumed(base: RuleBase, now: Entered, id: str, ledger: Path | None) -> Entered:
    """The draft with an id, or the newest of this knowledge base, with the answers given now on top.

    Says what is taken up, and what cannot be. Raises LedgerError if there is none.
    """
    with open_ledger(ledger) as store:
        draft = find(store, base.knowledge, id)
    answers, lost = readable(draft.answers, base)
    later, _ = readable(draft.later, base)
    case = answers.with_answers(now.case.answers, base.knowledge)
    asked = [name for name in draft.asked if name in case.answers and name not in now.given]
    _say_taken_up(draft, case, base)
    if lost:
        say(f"It has no such answer any more: {', '.join(lost)}")
    return Entered(
        case,
        list(dict.fromkeys([*draft.given, *now.given])),
        asked,
        draft.id,
        draft.asked,
        {name: value for name, value in later.answers.items() if name not in case.answers},
        now.label or draft.label,
        now.by or draft.by,
    )


def _say_taken_up(draft: Draft, case: Case, base: RuleBase) -> None:
    """Which dialogue goes on, with which answers, and that its knowledge has changed if it has."""
    label = f", {draft.label}" if draft.label else ""
    say(f"Going on with {draft.id} of {draft.time}{label}:")
    for term in base.knowledge.questions.values():
        given = {name: case.answers[name] for name in term.parts if name in case.answers}
        if given:
            partly = len(given) < len(term.parts)  # nothing is said of the others
            said = shown_each(given, term) if partly else shown_answers(given, term)
            say(f"  {term.name}: {said}")
    if draft.hash and draft.hash != base.knowledge.hash:
        hashes = f"{draft.hash[:12]} then, {base.knowledge.hash[:12]} now"
        say(f"The knowledge has changed since: {hashes}.")


def readable(words: Sequence[str], base: RuleBase) -> tuple[Case, list[str]]:
    """The case of those words that are answers of this knowledge base, and the other words."""
    answers: dict[str, Answer] = {}
    lost = []
    for word in words:
        try:
            answers |= parse_pairs([word], base.knowledge).answers
        except CaseError:
            lost.append(word)
    return make_case(answers, base.knowledge), lost


def hold_dialogue(
    base: RuleBase, begun: Entered, kb: Path | None, ledger: Path | None, save: bool
) -> Entered:
    """Ask on the terminal (questions go to stderr) what the answers leave open.

    Interrupted, or told to end, keep a draft (`save`), say how to go on, and raise Stopped.
    """
    dialogue = Dialogue(Reach(base, solver), begun.case, begun.asked, {**begun.later}, fits_screen)
    with ended_by_signals() as ignore_signals:
        with suppress(KeyboardInterrupt):  # a signal may follow the end of the input
            try:
                case = dialogue.run(ask_person, say)
                return begun._replace(case=case, asked=dialogue.asked)
            except (Interrupted, KeyboardInterrupt):
                ignore_signals()
        stopped = begun._replace(case=dialogue.case, asked=dialogue.asked, later=dialogue.kept)
        kept = save and bool(stopped.case.answers) and _keep_draft(base, stopped, ledger)
        say("\nStopped. To go on from the answers so far:")
        say_command(command_line("consult", "--ask", *spell_answers(stopped.case, base.knowledge), kb=kb))
        if kept:
            place = ["--ledger", str(ledger)] if ledger else []
            say(f"They are kept too, for {DAYS} days. To take them up:")
            say_command(command_line("consult", "--resume", *place, kb=kb))
    raise Stopped


def _keep_draft(base: RuleBase, entered: Entered, ledger: Path | None) -> bool:
    """Keep an interrupted dialogue, instead of the draft it went on from; whether it is kept."""
    attributes = base.knowledge.attributes
    draft = Draft(
        spell_answers(entered.case, base.knowledge),
        [*entered.given],
        {name: entered.questions.get(name) or attributes[name].question for name in entered.asked},
        spell_answers(Case({**entered.later}), base.knowledge),
        entered.label,
        entered.by,
    )
    try:
        with Ledger(ledger_path(ledger), write=True) as store:
            keep(store, base.knowledge, draft, entered.draft)
    except LedgerError as error:
        say_problems(error)
        return False
    return True


@contextmanager
def ended_by_signals() -> Iterator[Callable[[], None]]:
    """A signal to end, or that the terminal is gone, interrupts; a second one changes nothing.

    Gives what has both ignored from then on, to the end of the block.
    """
    before: dict[int, Any] = {}

    def ignore() -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)

    def interrupt(*_: object) -> None:
        ignore()
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # another thread may set none, and what is to be ignored (by nohup) stays so
        if number is None or current_thread() is not main_thread():
            continue
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, interrupt)
    try:
        yield ignore
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ask_person(prompt: str) -> str:
    """One line that is typed, edited where the terminal can do that. Raises EOFError."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        sys.stderr.flush()
        return input(prompt)
    return ask_line(prompt)
