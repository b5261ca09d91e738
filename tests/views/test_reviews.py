"""Rules and claims side by side."""

from __future__ import annotations

from pathlib import Path

from support.approving import kb
from support.shell import cicatrix

from expert.knowledge.document import fingerprint
from expert.language.rules import RuleBase
from expert.review.approvals import standing
from expert.views.reviews import english


def test_side_by_side_with_the_document(plant: Path, tmp_path: Path) -> None:
    sentence = "A plant needs the light."
    (tmp_path / "document.txt").write_text(f"{sentence} It costs five.\nThat is all.\n")
    claims = plant / "kb" / "claims.yaml"
    claims.write_text(claims.read_text().replace("0123456789abcdef", fingerprint(sentence)))
    result = kb("review", "ferns-like-shade", "--kb", plant, "--document", tmp_path / "document.txt")
    lines = result.output.splitlines()
    assert lines[0] == "ferns-like-shade  (added: the document does not say it)"
    left, right = (" ".join(" ".join(part).split()) for part in (
        [line[:39] for line in lines[1:-2]], [line[39:] for line in lines[1:-2]]))  # fmt: skip
    assert left.startswith("For each option: if the place is a shady place and liking is shade then a strong")
    assert "added: To have an example." in left
    assert right == "p1s1 A plant wants light. [it says so] “A plant needs the light.” -> never approved"
    assert max(map(len, lines)) <= 80
    (tmp_path / "document.txt").write_text("A plant needs no light. It costs five.\nThat is all.\n")
    forged = kb("review", "ferns-like-shade", "--kb", plant, "--document", tmp_path / "document.txt").output
    assert "needs no light" not in forged and "(the text given has another" in forged


def test_nothing_side_by_side_for_who_asks_so(plant: Path) -> None:
    """Plain output is read in order: the rule, then the claims."""
    shown = cicatrix("--plain", "kb", "review", "fern.likes", "--kb", str(plant)).stdout
    assert shown.splitlines()[1:3] == [
        "  Fern: liking: shade [p1s1 p1s2]",
        "p1s1   A plant wants light. [it says so]",
    ]


def test_names(plant: Path) -> None:
    assert "no-such" not in kb("review", "p1s2", "--kb", plant).output
    context = kb("review", "p2s1", "--kb", plant)
    assert (context.exit_code, context.output) == (0, "Nothing cites it, so there is nothing to review.\n")
    unknown = kb("review", "too-deer", "--kb", plant)
    assert unknown.exit_code == 2 and "did you mean `too-dear`?" in unknown.output
    kb(
        "approve",
        "fern.likes",
        "--claim",
        "p1s1",
        "--by",
        "Ann",
        "--on",
        "2026-01-31",
        "--note",
        "ok",
        "--kb",
        plant,
    )
    shown = kb("review", "fern.likes", "--kb", plant)
    assert shown.exit_code == 1 and "approved by Ann on 2026-01-31" in shown.output
    assert kb("review", "p1s1", "--kb", plant).exit_code == 1


def test_all_that_a_rule_says_is_shown(base: RuleBase) -> None:
    """A reviewer sees what is hashed: argued texts, reasons, salience."""
    for pair in standing(base, ()):
        if pair.kind == "rule":
            from expert.language.english import Phrases, readable

            phrases, rule = Phrases(base.knowledge), base.rule(pair.citing)
            said = "\n".join(english(pair, base, phrases))
            for text in (rule.because, rule.reason, *(getattr(c, "text", "") for c in rule.then)):
                assert readable(text, base.knowledge) in said
