"""A consultation as blocks: verdicts and references keep their roles, and nothing is shown twice."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from expert.analysis.expected import load_cases
from expert.consultation.case import parse_pairs
from expert.consultation.compare import what_if
from expert.consultation.engine import infer
from expert.consultation.explain import how
from expert.consultation.relevance import Reach
from expert.consultation.result import Consultation
from expert.consultation.standing import ranked
from expert.consultation.subjects import find_subject
from expert.consultation.why_not import why_not
from expert.language.rules import RuleBase
from expert.language.words import VERDICT_WORDS
from expert.views.consultations import (
    MOST_CHANGES,
    MOST_RULES,
    WHAT_DIFFERS,
    arguments_folded,
    explanation,
    footer,
    footer_of_changed,
    last_words,
    recommendation_table,
    what_if_blocks,
    why_not_blocks,
)
from expert.views.document import Cited, Line, Marked, Outline, Paragraph, Section, Table, apart, pieces
from expert.views.screen import Below, Extent, consultation_blocks
from expert.views.terminal import Look, flat, shown

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(base: RuleBase) -> Consultation:
    return infer(base, parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge))


def all_of(found: Consultation, base: RuleBase, **asked: bool) -> list[Section]:
    return consultation_blocks(found, base.knowledge, Extent(**{"full": True, **asked}), Below())


def test_sections_in_their_order(base: RuleBase, found: Consultation) -> None:
    whole = all_of(found, base)
    headings = [flat(section.heading).split("  ")[0] for section in whole]
    assert headings == ["Trace", "Arguments", "Advice", "Plan", "", "Cautions", ""]
    untraced = all_of(found, base, trace=False)
    assert untraced[:2] == whole[1:3] and untraced[3:-1] == whole[4:-1]
    assert untraced[2].blocks == whole[3].blocks
    assert all_of(found, base, brief=True) == untraced[2:]


def test_what_the_document_does_not_state_is_marked(base: RuleBase, found: Consultation) -> None:
    """In the plan, among the arguments and the cautions, on every case of the base."""
    marks = Counter[str]()
    for expected in load_cases(ROOT, base):
        found = infer(base, expected.given)
        text = " ".join(shown(all_of(found, base), Look(2000)).split("\n"))
        for step in found.plan:
            bases = {next(rule.basis for rule in base.rules if rule.id == name) for name in step.rules}
            mark = "" if "stated" in bases else " (inferred)" if "inferred" in bases else " (added)"
            assert f"{step.text}{mark}  [" in text
            marks[mark] += 1
        for said in found.advice:
            mark = "" if said.basis == "stated" else f" ({said.basis})"
            assert f"{said.text}{mark}  [" in text
            marks[mark] += 1
    assert len(marks) == 3


def test_the_best_verdict_first(base: RuleBase, found: Consultation) -> None:
    table = recommendation_table(found, base.knowledge)
    order = list(VERDICT_WORDS.values())
    verdicts = [row[1] for row in table.rows]
    assert verdicts == [Marked(VERDICT_WORDS[r.verdict], "verdict") for r in ranked(found, base.knowledge)]
    places = [order.index(verdict.text) for verdict in verdicts if isinstance(verdict, Marked)]
    assert places == sorted(places)


def test_every_step_of_the_trace_cites_what_it_rests_on(base: RuleBase, found: Consultation) -> None:
    trace = all_of(found, base)[0]
    cited = {id for line in trace.blocks if isinstance(line, Line) for piece in pieces(line.words)
             if isinstance(piece, Cited) for id in piece.ids}  # fmt: skip
    assert cited == {claim for firing in found.firings for claim in firing.claims}


def test_the_last_words(found: Consultation) -> None:
    steps, reviewed, disclaimer = last_words(found, ["a", "b"], recorded=False)
    assert (
        steps.startswith(f"{len(found.firings)} firings of ") and "2 have not been reviewed: see" in reviewed
    )
    assert found.knowledge.disclaimer in disclaimer
    assert "2 had not been reviewed when this was recorded" in last_words(found, ["a", "b"], True)[1]
    assert [flat(b.words) for b in footer(found).blocks if hasattr(b, "words")] == [steps, disclaimer]


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
        Paragraph("The punch technique is preferred.")
    ]
    kind = why_not(Reach(base), case, found, find_subject(base, "scar_kind"))
    assert why_not_blocks(kind, base, {}) == [Paragraph("The scars include deep scars.")]
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


def test_what_if_leads_with_verdicts_and_counts_firings(base: RuleBase, found: Consultation) -> None:
    after = infer(base, parse_pairs(["scar_depth=deep", "active_acne=no"], base.knowledge))
    k, differences = base.knowledge, what_if(found, after)
    nothing, whole = what_if_blocks(differences, found, after, k)
    assert nothing == apart(Line("No verdict changes."))
    table = whole.blocks[0]
    # of an option that is not recommended, or uncertain, no time is printed
    refused = {r.option for r in found.recommendations if r.verdict in ("not-advised", "uncertain")}
    printed = [d for d in differences if d.kind != "timing" or d.name not in refused]
    assert isinstance(table, Table)
    assert len(table.rows) == len(printed) - 1  # one row for the two options that need not wait
    assert table.rows[0][:2] == ["timing", "Punch technique, injectable fillers"]
    words = [str(cell) for row in table.rows if row[0] != "firing" for cell in row[1:]]
    assert not {"punch-technique", "active_acne", "clear-acne"} & set(words)
    assert ["plan", k.steps["clear-acne"].label, "planned", "-"] in table.rows
    short = what_if_blocks(differences, found, after, k, full=False)
    firings, advice = (sum(d.kind == kind for d in differences) for kind in ("firing", "advice"))
    said = f"Different too: {advice} of what is advised and {firings} firings (--full)."
    assert short[-1] == apart(Line(said))
    assert isinstance(short[1].blocks[0], Table)
    assert short[1].blocks[0].rows == [row for row in table.rows if row[0] not in ("firing", "advice")]
    count = footer_of_changed(after, None).blocks[0]
    assert isinstance(count, Paragraph) and flat(count.words).startswith("In the changed case: ")
    assert what_if_blocks([], found, found, k) == [apart(Line("Nothing would be different."))]


def test_what_if_verdicts_change(base: RuleBase, found: Consultation) -> None:
    after = infer(base, parse_pairs(["scar_depth=shallow", "active_acne=no"], base.knowledge))
    first = what_if_blocks(what_if(found, after), found, after, base.knowledge)[0].blocks[0]
    assert isinstance(first, Table)
    kinds = [row[0] for row in first.rows]
    assert kinds[0] == "verdict" and kinds == sorted(kinds, key=WHAT_DIFFERS.index)
    assert ["verdict", "Dermabrasion, chemical peel", "not advised", "option"] in first.rows


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


def test_nothing_follows_from_nothing(base: RuleBase, found: Consultation) -> None:
    empty = found._replace(plan=(), recommendations=(), advice=(), firings=())
    assert all_of(empty, base, trace=False)[0] == apart(Paragraph("Nothing follows from what is known."))
    without_steps = all_of(found._replace(plan=()), base, trace=False)
    assert "Nothing follows" not in shown(without_steps, Look())


def said_of(base: RuleBase, option: str, *pairs: str) -> str:
    """What `why-not` prints of an option in a case, in one line."""
    case = parse_pairs(list(pairs), base.knowledge)
    reason = why_not(Reach(base), case, infer(base, case), find_subject(base, option))
    return " ".join(shown(why_not_blocks(reason, base, {}), Look()).split())


def test_why_not_says_what_is_not_so_for_each_target(base: RuleBase) -> None:
    both = said_of(base, "dermabrasion", "scar_depth=both", "active_acne=no")
    assert both.startswith(
        "Dermabrasion is an option for the shallow scars. For the deep scars it is not advised. No rule here "
        "concludes that dermabrasion is preferred or an option for the deep scars. against: Dermabrasion "
    )
    assert said_of(base, "fillers", "scar_depth=deep") == "Injectable fillers are an option."
    punch = said_of(base, "punch", "scar_depth=both", "active_acne=no")
    assert "The document does not speak of the punch technique for the shallow scars." in punch


def test_why_not_where_the_document_is_silent_or_the_case_open(base: RuleBase) -> None:
    silent = said_of(base, "laser", "scar_depth=shallow", "active_acne=no")
    assert silent.startswith("The document does not speak of laser treatment for the shallow scars.")
    assert "No rule here" not in silent
    assert "laser-may-or-may-not-work@laser-treatment did not fire" in silent
    assert "Smallest change: scar_depth=deep -> uncertain for the deep scars" in silent
    unknown = said_of(base, "laser", "scar_depth=unknown")
    assert unknown.startswith("It cannot be said yet: it depends on the depth of the scars.")
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
