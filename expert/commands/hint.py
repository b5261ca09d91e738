"""What an author should do next, at the end of what a command says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from expert.analysis.expected import Expected
from expert.authoring.next_step import next_step, step_line
from expert.commands.saying import say
from expert.commands.shared import directory_of
from expert.commands.showing import emit
from expert.language.rules import RuleBase

if TYPE_CHECKING:
    from expert.proof.proofs import Report


def hint(
    base: RuleBase,
    directory: Path | None,
    document: str | None = None,
    proof: Report | None = None,
    cases: list[Expected] | None = None,
    aside: bool = False,
) -> None:
    """Say what the author should do next, if anything: as the result's last line, or beside it.

    What a command has read or found already is not read or found again.
    """
    step = next_step(base, directory_of(directory), document, proof, cases)
    if step:
        if aside:
            say(step_line(step), hang=2)
        else:
            emit(step_line(step))
