"""Explanations in words: how, and why not."""

from __future__ import annotations

import re

import pytest

from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.consultation.explain import how
from expert.consultation.relevance import Reach
from expert.consultation.result import Consultation
from expert.consultation.subjects import find_subject
from expert.consultation.why_not import why_not
from expert.language.rules import RuleBase
from expert.views.document import Line, Marked, Outline, Paragraph, pieces
from expert.views.explanations import MOST_CHANGES, MOST_RULES, arguments_folded, explanation, why_not_blocks
from expert.views.terminal import Look, flat, shown


@pytest.fixture(scope="module")
def found(base: RuleBase) -> Consultation:
    return infer(base, parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge))


def said_of(base: RuleBase, option: str, *pairs: str) -> str:
    """What `why-not` prints of an option in a case, in one line."""
    case = parse_pairs(list(pairs), base.knowledge)
    reason = why_not(Reach(base), case, infer(base, case), find_subject(base, option))
    return " ".join(shown(why_not_blocks(reason, base, {}), Look()).split())


def test_an_explanation_is_an_outline(base: RuleBase, found: Consultation) -> None:
    def leaves(outline: Outline) -> list[str]:
        below = [leaf for part in outline.parts for leaf in leaves(part)]
        return below if outline.parts else [flat(outline.words)]

    for tree in how(found, base, find_subject(base, "punch")):
        kinds = {leaf.split(": ")[0] for leaf in leaves(explanation(tree)) if not leaf.startswith("#")}
        assert kinds == {"answer", "claim"}


def test_why_not_ends_with_the_smallest_changes(base: RuleBase, found: Consultation) -> None:
    case = parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge)
    reason = why_not(Reach(base), case, found, find_subject(base, "punch"), "now")
    blocks = why_not_blocks(reason, base, {})
    last = blocks[-1]
    assert isinstance(last, Paragraph) and flat(last.words).startswith(
        "Smallest change: active_acne=no  ->  "
    )
    assert any(isinstance(piece, Marked) and piece.role == "verdict" for piece in pieces(last.words))
    assert why_not_blocks(reason._replace(already=True, goal="", waiting=(), flips=None), base, {}) == [
        Paragraph("The punch technique is preferred."),
        Paragraph("It waits for: Clear up the acne before seeking treatment of the scars."),
    ]
    kind = why_not(Reach(base), case, found, find_subject(base, "scar_kind"))
    assert why_not_blocks(kind, base, {}) == [Paragraph("The scars include deep scars. (inferred)")]
    none = reason._replace(flips=())
    assert why_not_blocks(none, base, {})[-1] == Line("No change of answers leads there.")
    assert why_not_blocks(none._replace(up_to=3), base, {})[-1] == Line(
        "No change of up to 3 answers leads there; of more it is not decided."
    )
    undecided = reason._replace(decided=False)
    assert why_not_blocks(undecided._replace(flips=()), base, {})[-1] == Line(
        "Whether a change of answers leads there is not decided."
    )
    assert why_not_blocks(undecided, base, {})[-1] == Line("Whether there is a smaller one is not decided.")
    sentences = {id: "<s>" for failed in reason.failed for id in failed.claims}
    assert shown(why_not_blocks(reason, base, sentences), Look()).count("“<s>”") == sum(
        len(failed.claims) for failed in reason.failed
    )


def test_an_explanation_unfolds_what_decides(base: RuleBase) -> None:
    """Of the other arguments it says which firing put them forward; `--full` unfolds them too."""
    pairs = ["scar_depth=both", "active_acne=yes", "scar_count=12", "budget=100"]
    found = infer(base, parse_pairs(pairs, base.knowledge))
    for option in base.knowledge.options:
        subject = find_subject(base, option)
        whole, short = how(found, base, subject), how(found, base, subject, full=False)
        assert arguments_folded(whole) == []
        texts = {part: "\n".join(node.text for tree in trees for node in tree.nodes())
                 for part, trees in (("whole", whole), ("short", short))}  # fmt: skip
        for argument in found.recommendation(option).arguments:
            assert argument.text in texts["short"]
            decides = base.knowledge.topics[argument.topic].decides
            folded = f"({argument.topic}) #{argument.firing}" in texts["short"]
            assert folded is not decides
        for n in map(int, re.findall(r"#(\d+) \S+: justified above", texts["short"])):
            assert re.search(rf"^#{n} \S+ \(", texts["short"], re.M), "what is said to stand above does"


def test_why_not_names_the_nearest_rules_first(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=shallow", "active_acne=no"], base.knowledge)
    for option in base.knowledge.options:
        for goal in ("preferred", "uncertain", "not-advised"):
            reason = why_not(Reach(base), case, infer(base, case), find_subject(base, option), goal)
            short = shown(why_not_blocks(reason, base, {}, full=False), Look())
            assert short.count(" did not fire  ") <= MOST_RULES
            if left := len(reason.failed) - MOST_RULES:
                assert (f"{left} other rule" in short) is (left > 0)
            if reason.flips and reason.failed:
                changes = [f"{name}={value}" for name, value in reason.flips[0].changes.items()]
                after = infer(
                    base, case.with_answers(parse_pairs(changes, base.knowledge).answers, base.knowledge)
                )
                fires = [
                    (f.rule, f.option) in {(a.rule, a.option) for a in after.firings} for f in reason.failed
                ]
                assert fires == sorted(fires, reverse=True)


def test_a_claim_can_be_asked_about(base: RuleBase, found: Consultation) -> None:
    for claim in base.knowledge.claims:
        subject = find_subject(base, claim)
        assert subject.kind == "claim"
        firings = [f.n for f in found.firings if claim in f.rests_on]
        assert len(how(found, base, subject)) == len(firings)
        reason = why_not(
            Reach(base), parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge), found, subject
        )
        assert reason.possible or base.knowledge.claims[claim].context or claim in "p9s2 p10s2"


def test_why_not_says_what_is_not_so_for_each_target(base: RuleBase) -> None:
    both = said_of(base, "dermabrasion", "scar_depth=both", "active_acne=no")
    assert both.startswith(
        "Dermabrasion is an option for the shallow scars. For the deep scars it is not advised. As the "
        "case stands, no step has to come before it. No rule here concludes that dermabrasion is preferred "
        "or an option for the deep scars. against: Dermabrasion "
    )
    assert said_of(base, "fillers", "scar_depth=deep", "active_acne=no") == (
        "Injectable fillers are an option. As the case stands, no step has to come before them."
    )
    punch = said_of(base, "punch", "scar_depth=both", "active_acne=no")
    assert "The document does not speak of the punch technique for the shallow scars." in punch


def test_why_not_where_the_document_is_silent_or_the_case_open(base: RuleBase) -> None:
    silent = said_of(base, "laser", "scar_depth=shallow", "active_acne=no")
    assert silent.startswith("The document does not speak of laser treatment for the shallow scars.")
    assert "No rule here" not in silent
    assert "laser-may-or-may-not-work@laser-treatment did not fire" in silent
    assert "Smallest change: scar_depth=deep -> uncertain for the deep scars" in silent
    unknown = said_of(base, "laser", "scar_depth=unknown")
    assert unknown.startswith("Laser treatment is open: it depends on the depth of the scars.")
    assert "No rule here" not in unknown
    assert "If the answer were: scar_depth=deep -> uncertain for the deep scars" in unknown
    assert "(your answer: unknown)" in unknown and "no answer: scar_depth" not in unknown


def test_why_not_lists_what_does_not_decide_and_no_answer_twice(base: RuleBase) -> None:
    laser = said_of(base, "laser", "scar_depth=deep", "active_acne=no", "budget=1000")
    assert laser.startswith("Laser treatment is uncertain.")
    assert "against, which does not decide: Laser treatment would cost $6,000 or more" in laser
    case = parse_pairs(["scar_depth=deep", "active_acne=no"], base.knowledge)
    reason = why_not(Reach(base), case, infer(base, case), find_subject(base, "peel"))
    for failed in reason.failed:
        alone = reason._replace(failed=(failed,), flips=None)
        words = " ".join(shown(why_not_blocks(alone, base, {}), Look()).split())
        assert words.count("(your answer: scar_depth = deep)") <= 1


def test_of_many_changes_a_few_are_shown_and_the_others_counted(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge)
    reason = why_not(Reach(base), case, infer(base, case), find_subject(base, "punch"), "now")
    assert reason.flips
    many = reason._replace(flips=reason.flips[:1] * (MOST_CHANGES + 2))
    short, full = (shown(why_not_blocks(many, base, {}, full), Look()) for full in (False, True))
    assert short.count("Smallest change: ") == MOST_CHANGES and "2 other changes" in short
    assert full.count("Smallest change: ") == MOST_CHANGES + 2 and "other change" not in full


def test_what_the_document_does_not_say_is_marked(base: RuleBase) -> None:
    pairs = ["scar_depth=deep", "active_acne=no", "budget=50"]
    found = infer(base, parse_pairs(pairs, base.knowledge))
    laser = find_subject(base, "laser")
    reason = why_not(Reach(base), parse_pairs(pairs, base.knowledge), found, laser)
    said = " ".join(shown(why_not_blocks(reason, base, {}), Look()).split())
    assert "would cost $6,000 or more, and the budget is $50. (added) [p8s2]" in said
    assert "may be unrealistic for most people. [p8s2]" in said
    [tree] = how(found, base, laser, full=False)
    texts = [node.text for node in tree.nodes()]
    assert any(text.endswith("(added) [p8s2]") and "(cost) #" in text for text in texts), texts


def test_when_stands_beside_the_best_verdict(base: RuleBase) -> None:
    found = infer(base, parse_pairs(["scar_depth=both", "active_acne=no"], base.knowledge))
    [tree] = how(found, base, find_subject(base, "dermabrasion"))
    assert tree.text == "Dermabrasion: option for the shallow scars, now; not advised for the deep scars"


def test_a_change_to_no_recommendation_says_that_nothing_comes_first(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=shallow", "active_acne=yes"], base.knowledge)
    reason = why_not(Reach(base), case, infer(base, case), find_subject(base, "punch"), "now")
    said = " ".join(shown(why_not_blocks(reason, base, {}), Look()).split())
    assert "active_acne=no -> not addressed, and no step would have to come before it" in said
