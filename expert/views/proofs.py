"""What was proved of all cases, what was not, and the case that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expert.consultation.result import name_of
from expert.language.english import count
from expert.views.document import Block, Item, Line, Marked, Paragraph, Section, apart, citing
from expert.views.trials import OPEN_IS_NEW

if TYPE_CHECKING:  # they take Z3
    from expert.proof.proofs import Found, Proof, Report, StructuralCheck, Witness

OTHERWISE = "DECISION DIAGRAMS SAY OTHERWISE: either they or Z3 are wrong; please report it."


def report_blocks(report: Report) -> list[Section]:
    """The report on a page."""
    proofs: list[Block] = []
    for proof in report.proofs:
        proofs += _proof(proof)
    checks: list[Block] = []
    for check in report.checks:
        checks += _check(check)
    proved = sum(proof.status == "proved" for proof in report.proofs)
    held = sum(check.status == "holds" for check in report.checks)
    counted = f"{proved} of {count(len(report.proofs), 'invariant')} proved"
    agreeing = sum(proof.diagrams == "agree" for proof in report.proofs)
    second = f" Decision diagrams say the same of {agreeing}." if agreeing else ""
    title = "Invariants, over all cases" if proofs else "There are no invariants: kb/invariants.yaml"
    return [
        Section(title, tuple(proofs)),
        Section("The rules themselves, over all cases", tuple(checks)),
        apart(Line(f"{counted}, {held} of {len(report.checks)} checks hold.{second}")),
    ]


def _proof(proof: Proof) -> list[Block]:
    said = citing(f"{proof.invariant}: {proof.says}", proof.claims)
    blocks: list[Block] = [Item(f"{proof.status:14}  ", said)]
    if proof.option:
        blocks.append(Line(f"for {proof.option}:", 18))
    if proof.open_instead:
        blocks.append(Paragraph(f"its verdict there is `open`: {OPEN_IS_NEW}", 18))
    if proof.diagrams == "disagree":
        blocks.append(Paragraph(OTHERWISE, 18))
    for witness in proof.witnesses:
        blocks += _witness(witness, 18)
    return blocks


def _check(check: StructuralCheck) -> list[Block]:
    blocks: list[Block] = [Item(f"{check.status:14}  ", f"{check.check}: {check.says}")]
    for finding in check.found:
        blocks += _found(finding)
    return blocks


def _found(finding: Found) -> list[Block]:
    about = " and ".join(finding.about)
    blocks: list[Block] = [Paragraph(citing(f"{about}: {finding.says}", finding.claims), 18, 2)]
    if finding.intended:
        blocks.append(Paragraph(f"intended: {finding.intended}", 20, 2))
        return [*blocks, *(Line(Marked(witness.command, "command"), 20) for witness in finding.witnesses)]
    for witness in finding.witnesses:
        blocks += _witness(witness, 20)
    return blocks


def _witness(witness: Witness, indent: int) -> list[Block]:
    blocks: list[Block] = [Line(Marked(witness.command, "command"), indent)]
    if not witness.confirmed:
        blocks.append(Line("(NOT CONFIRMED by running it)", indent + 2))
    for firing in witness.firings:
        head = f"#{firing.n} ", Marked(name_of(firing), "name"), " ", Marked(firing.basis, "basis")
        blocks.append(Line(citing(head, firing.claims), indent + 2))
    return blocks
