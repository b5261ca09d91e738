"""A consultation in questions, from the answers given or from where a dialogue was interrupted."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path
from shutil import get_terminal_size

from expert.commands.opening import open_ledger
from expert.commands.recording import keep_draft
from expert.commands.shared import Entered, ask_line, say
from expert.commands.showing import asked_look
from expert.consultation.case import Case, command_line, parse_pairs, spell_answers
from expert.consultation.dialogue import Dialogue, Interrupted
from expert.consultation.relevance import Reach
from expert.io.problems import LedgerError, Stopped
from expert.language.rules import RuleBase
from expert.views.terminal import WIDTH, wrapped

with suppress(ImportError):  # where there is it, `input` edits lines and keeps those typed before
    import readline as readline

# the indent of a line and what stands at the beginning of a list's: the rest of the line hangs below it
BEGINNING = re.compile(r" *(?:\S+  +)?")


def resumed(base: RuleBase, now: Entered, ledger: Path | None) -> Entered:
    """The newest draft, with the answers given now on top. Raises LedgerError if there is none."""
    with open_ledger(ledger) as store:
        found = store.draft()
    if found is None:
        raise LedgerError("there is no interrupted consultation to resume")
    draft, kept = found
    answers = [word for word in kept["answers"] if word.split("=")[0] in base.knowledge.attributes]
    case = parse_pairs(answers, base.knowledge).with_answers(now.case.answers, base.knowledge)
    return Entered(case, list(dict.fromkeys([*kept["given"], *now.given])), kept["asked"], draft)


def hold_dialogue(
    base: RuleBase, begun: Entered, kb: Path | None, ledger: Path | None, save: bool
) -> Entered:
    """Ask on the terminal (questions go to stderr) what the answers leave open.

    Interrupted, say how to go on, keep a draft (`save`), and raise Stopped.
    """
    dialogue = Dialogue(Reach(base), begun.case)
    try:
        case = dialogue.run(ask_person, say_wrapped)
    except Interrupted as interrupted:
        answered = begun._replace(case=interrupted.case, asked=[*begun.asked, *dialogue.asked])
        say("\nStopped. To go on from the answers so far:\n  " + going_on(base, answered.case, kb))
        if save and answered.case.answers:
            keep_draft(base, answered, ledger)
        raise Stopped from None
    return begun._replace(case=case, asked=[*begun.asked, *dialogue.asked])


def ask_person(prompt: str) -> str:
    """One line that is typed, edited where the terminal can do that. Raises EOFError."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        sys.stderr.flush()
        return input(prompt)
    return ask_line(prompt)


def say_wrapped(text: str) -> None:
    """Print something that is not the result, in lines as wide as asked, or of at most 80 characters.

    A dialogue fits a narrower terminal; results are the same on any.
    """
    width = asked_look().width
    if width == WIDTH and sys.stderr.isatty():
        width = min(WIDTH, get_terminal_size().columns)
    for line in text.split("\n"):
        begun = BEGINNING.match(line)
        hang = " " * (len(begun[0]) if begun else 0)
        say("\n".join(wrapped(line, width, "", hang)))


def going_on(base: RuleBase, case: Case, kb: Path | None) -> str:
    """The command that goes on from a case."""
    program = "python cli.py" if Path(sys.argv[0]).name == "cli.py" else "cicatrix"
    answers = spell_answers(case, base.knowledge)
    return command_line("consult", "--ask", *answers, kb=kb, program=program)
