"""What was proved, and the case that shows what was not."""

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.language.rules import RuleBase
from expert.proof.proofs import Found, Proof, Report, StructuralCheck, Witness
from expert.views.proofs import report_blocks
from expert.views.terminal import Look, shown


def test_a_report(base: RuleBase) -> None:
    firing = infer(base, parse_pairs(["scar_depth=deep"], base.knowledge)).firings[0]
    witness = Witness("cicatrix consult a=b", False, (firing,))
    proofs = (
        Proof("i", "It holds.", "proved", ("p1s1",)),
        Proof("j", "It does not.", "counterexample", (), "fern", (witness,)),
    )
    checks = (
        StructuralCheck("dead", "All fire.", "holds", ()),
        StructuralCheck(
            "conflict",
            "None conflict.",
            "found",
            (
                Found(("a", "b"), "they do", (), (witness._replace(confirmed=True),)),
                Found(("c",), "it does", (), (witness,), "so it is"),
            ),
        ),
    )
    step = f"#{firing.n} {firing.rule} ({firing.basis})  [{' '.join(firing.claims)}]"
    assert shown(report_blocks(Report("k", "ff", proofs, checks, 4)), Look()).split("\n") == [
        "Invariants, over all cases",
        "  proved          i: It holds.  [p1s1]",
        "  counterexample  j: It does not.",
        "                  for fern:",
        "                  cicatrix consult a=b",
        "                    (NOT CONFIRMED by running it)",
        f"                    {step}",
        "",
        "The rules themselves, over all cases",
        "  holds           dead: All fire.",
        "  found           conflict: None conflict.",
        "                  a and b: they do",
        "                    cicatrix consult a=b",
        f"                      {step}",
        "                  c: it does",
        "                    intended: so it is",
        "                    cicatrix consult a=b",
        "",
        "1 of 2 invariants proved, 1 of 2 checks hold.",
    ]
    assert shown(report_blocks(Report("k", "ff", (), (), 0)), Look()).startswith("There are no invariants")
