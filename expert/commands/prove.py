"""`kb prove`: what holds for every case, on the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from expert.commands.shared import (
    BUILT_IN,
    CHECK_FAILED,
    NO_LIBRARY,
    Json,
    Kb,
    emit,
    open_knowledge,
    print_json,
    problems_shown,
    say,
)
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
    from time import perf_counter

    from expert.backends.z3 import NoProver, engine
    from expert.commands.shared import hint
    from expert.proof.invariants import load_invariants
    from expert.proof.structure import prove_all

    try:
        engine()
    except NoProver:
        say("error: `kb prove` needs Z3, which is not installed")
        say("  help: pip install 'cicatrix[prove]'")
        raise typer.Exit(NO_LIBRARY) from None
    with problems_shown():
        base = open_knowledge(kb)
        invariants = load_invariants(base, BUILT_IN[0] if kb is None else kb)
    start = perf_counter()
    report = prove_all(base, invariants, timeout, str(kb) if kb else "")
    say(f"{report.questions} questions in {perf_counter() - start:.1f} s")
    if json:
        print_json(report)
    else:
        emit(*report_blocks(report))
    hint(base, kb, proof=report, aside=json)
    if not report.holds:
        raise typer.Exit(CHECK_FAILED)
