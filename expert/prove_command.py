"""`kb prove`: what holds for every case, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from expert.terminal import (
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

if TYPE_CHECKING:
    from expert.proof import Check, Found, Proof, Report, Witness


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

    from expert.author_command import hint
    from expert.invariants import load_invariants
    from expert.structure import prove_all
    from expert.symbolic import NoProver, engine

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
        emit(report_text(report))
    hint(base, kb, proof=report, aside=json)
    if not report.holds:
        raise typer.Exit(CHECK_FAILED)


def report_text(report: Report) -> str:
    """The report on a page."""
    lines = ["Invariants, over all cases" if report.proofs else "There are no invariants: kb/invariants.yaml"]
    for proof in report.proofs:
        lines += _proof_lines(proof)
    lines += ["", "The rules themselves, over all cases"]
    for check in report.checks:
        lines += _check_lines(check)
    proved = sum(proof.status == "proved" for proof in report.proofs)
    held = sum(check.status == "holds" for check in report.checks)
    found = f"{proved} of {len(report.proofs)} invariants proved"
    return "\n".join([*lines, "", f"{found}, {held} of {len(report.checks)} checks hold."])


def _proof_lines(proof: Proof) -> list[str]:
    lines = _wrapped(f"  {proof.status:14}  {proof.invariant}: {proof.says}{_cited(proof.claims)}", 18)
    if proof.option:
        lines.append(f"{'':18}for {proof.option}:")
    for witness in proof.witnesses:
        lines += _witness_lines(witness, 18)
    return lines


def _check_lines(check: Check) -> list[str]:
    lines = _wrapped(f"  {check.status:14}  {check.check}: {check.says}", 18)
    for found in check.found:
        lines += _found_lines(found)
    return lines


def _found_lines(found: Found) -> list[str]:
    about = " and ".join(found.about)
    lines = _wrapped(f"{'':18}{about}: {found.says}{_cited(found.claims)}", 20)
    if found.intended:
        lines += _wrapped(f"{'':20}intended: {found.intended}", 22)
        return [*lines, *(f"{'':20}{witness.command}" for witness in found.witnesses)]
    for witness in found.witnesses:
        lines += _witness_lines(witness, 20)
    return lines


def _witness_lines(witness: Witness, indent: int) -> list[str]:
    seen = "" if witness.confirmed else "   (NOT CONFIRMED by running it)"
    lines = [f"{'':{indent}}{witness.command}{seen}"]
    for firing in witness.firings:
        name = f"{firing.rule}@{firing.option}" if firing.option else firing.rule
        lines.append(f"{'':{indent + 2}}#{firing.n} {name} ({firing.basis}){_cited(firing.claims)}")
    return lines


def _cited(claims: tuple[str, ...]) -> str:
    return f"  [{' '.join(claims)}]" if claims else ""


def _wrapped(text: str, indent: int) -> list[str]:
    from expert.tables import wrapped

    first = len(text) - len(text.lstrip())
    body = text[first:]
    if first == 2:  # keep the column of the status
        return wrapped(body[16:], f"  {body[:16]}", " " * 18)
    return wrapped(body, " " * first, " " * indent)
