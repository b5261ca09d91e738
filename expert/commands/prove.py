"""`kb prove`: what holds for every case, on the terminal."""

from time import perf_counter
from typing import Annotated

import typer

from expert.backends.z3 import engine
from expert.commands.hint import hint
from expert.commands.options import Json, Kb
from expert.commands.saying import say
from expert.commands.shared import directory_of, open_knowledge, print_json
from expert.commands.showing import emit
from expert.io.problems import CheckFailed
from expert.language.english import count
from expert.proof.invariants import load_invariants
from expert.proof.structure import prove_all
from expert.views.proofs import report_blocks


def prove(
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="SECONDS", min=0.001, help="At most this long for each question."),
    ] = 10.0,
    json: Json = False,
    kb: Kb = None,
) -> None:
    """Prove for every case what `kb/invariants.yaml` says, and that the rules are sound.

    Exits with 1 if something does not hold, and with 5 without Z3 (`cicatrix[prove]`).
    """
    engine()  # without it, nothing else needs to be looked at
    base = open_knowledge(kb)
    invariants = load_invariants(base, directory_of(kb))
    start = perf_counter()
    report = prove_all(base, invariants, timeout, str(kb) if kb else "")
    say(f"{count(report.questions, 'question')} in {perf_counter() - start:.1f} s")
    if json:
        print_json(report)
    else:
        emit(*report_blocks(report))
    hint(base, kb, proof=report, aside=json)
    if not report.holds:
        raise CheckFailed
