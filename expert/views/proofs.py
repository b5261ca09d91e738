"""What was proved of all cases, what was not, and the case that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expert.language.keys import with_option

if TYPE_CHECKING:
    from expert.proof.proofs import Found, Proof, Report, StructuralCheck, Witness


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


def _check_lines(check: StructuralCheck) -> list[str]:
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
        name = with_option(firing.rule, firing.option)
        lines.append(f"{'':{indent + 2}}#{firing.n} {name} ({firing.basis}){_cited(firing.claims)}")
    return lines


def _cited(claims: tuple[str, ...]) -> str:
    return f"  [{' '.join(claims)}]" if claims else ""


def _wrapped(text: str, indent: int) -> list[str]:
    from expert.views.terminal import wrapped

    first = len(text) - len(text.lstrip())
    body = text[first:]
    if first == 2:  # keep the column of the status
        return wrapped(body[16:], f"  {body[:16]}", " " * 18)
    return wrapped(body, " " * first, " " * indent)
