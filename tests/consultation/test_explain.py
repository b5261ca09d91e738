"""Explanations end in answers and claims; every flip shown is a smallest one and works."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from support.chained import chain
from support.constructs import case_of, opened
from support.shell import cicatrix

from expert.consultation import explain
from expert.consultation.case import Case, make_case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.explain import How, Subject, Tree, find_subject, how, subjects, why_not
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.consultation.result import Firing, Match
from expert.io.json import to_json
from expert.io.problems import CaseError
from expert.knowledge.load import load
from expert.language.policy import VERDICTS
from expert.language.rules import RuleBase
from expert.views.consultations import explanation
from expert.views.html import html
from expert.views.markdown import markdown
from expert.views.terminal import Look, shown

EXACT = Path(__file__).parents[1] / "data" / "exact"


def random_case(base: RuleBase, seed: int) -> Case:
    choose = random.Random(seed)
    answers: dict[str, str | int | None] = {}
    for name, term in base.knowledge.attributes.items():
        if choose.random() < 0.7:
            numbers = [1, 2, 12, 120, 60_000]
            answers[name] = choose.choice([*(term.values or numbers), None])
    return make_case(answers, base.knowledge)


@pytest.mark.parametrize("seed", range(8))
def test_leaves_are_answers_and_claims(base: RuleBase, seed: int) -> None:
    found = infer(base, random_case(base, seed))
    for subject in subjects(base):
        for tree in how(found, base, subject):
            for leaf in tree.leaves():
                assert (
                    leaf.kind in ("answer", "claim")
                    or "justified above" in leaf.text
                    or "did not fire: see above" in leaf.text
                    or (leaf.kind in ("note", "conclusion") and subject.kind == "option")
                ), (subject, leaf)


def test_no_verdict_is_explained_that_cannot_be(base: RuleBase) -> None:
    case = parse_pairs(["scar_depth=deep"], base.knowledge)
    found = infer(base, case)
    for verdict in VERDICTS:
        reason = why_not(Reach(base), case, found, find_subject(base, "laser"), verdict)
        assert reason.possible == (verdict in ("uncertain", "open", "not-addressed"))


@pytest.mark.parametrize(
    ("name", "kind", "id"),
    [
        ("punch", "option", "punch-technique"),
        ("Injectable fillers", "option", "injectable-fillers"),
        ("fillers", "option", "injectable-fillers"),
        ("PEEL", "option", "chemical-peel"),
        ("scar_kind", "finding", "scar_kind"),
        ("a possible cause of deep scars", "finding", "deep_scar_cause"),
        ("clear-acne", "step", "clear-acne"),
        ("do-not-overcorrect", "advice", "do-not-overcorrect"),
        ("cost-by-the-scar", "rule", "cost-by-the-scar"),
    ],
)
def test_subjects_by_id_label_and_beginning(base: RuleBase, name: str, kind: str, id: str) -> None:
    assert (find_subject(base, name).kind, find_subject(base, name).id) == (kind, id)


@pytest.mark.parametrize("name", ["", "zzz", "prevent"])
def test_subjects_that_are_none(base: RuleBase, name: str) -> None:
    with pytest.raises(CaseError):
        find_subject(base, name)


def test_the_sentence_itself_beside_the_claim(document: Path) -> None:
    words = ["explain", "how", "punch", "scar_depth=deep", "--full"]
    shown = cicatrix(*words, "--document", str(document)).stdout
    assert "A typical fee is" not in cicatrix(*words).stdout
    assert "“A typical fee is" in " ".join(shown.split())


def test_how_far_changes_were_looked_for() -> None:
    """A reserve of three: no answers make an exact stock preferred, and one number makes it an option."""
    base = load(EXACT / "twonums")
    case = parse_pairs(["asked=100", "stock=99"], base.knowledge)
    found, ship = infer(base, case), find_subject(base, "ship")
    reason = why_not(Reach(base), case, found, ship, "option")
    assert [flip.changes for flip in reason.flips or ()] == [{"asked": "99"}, {"stock": "100"}]
    assert (reason.up_to, reason.decided) == (None, True)
    reason = why_not(Reach(base), case, found, ship, "preferred")
    assert (reason.flips, reason.up_to, reason.decided) == ((), None, True)


def texts(tree: Tree) -> list[str]:
    return [tree.text, *(text for part in tree.parts for text in texts(part))]


def test_what_it_waits_for_in_its_own_words(base: RuleBase) -> None:
    found = infer(base, parse_pairs(["scar_depth=deep", "active_acne=yes"], base.knowledge))
    [punch] = how(found, base, find_subject(base, "punch"))
    acne = base.knowledge.steps["clear-acne"].label
    assert punch.text == f"Punch technique: preferred, after: {acne}"
    assert f"it waits for: {acne}" in texts(punch)


def test_no_time_of_what_is_uncertain_and_silence_beside_other_arguments(base: RuleBase) -> None:
    found = infer(base, parse_pairs(["scar_depth=deep", "active_acne=no"], base.knowledge))
    [laser] = how(found, base, find_subject(base, "laser"))
    assert laser.text == "Laser treatment: uncertain"
    found = infer(base, parse_pairs(["scar_depth=shallow", "active_acne=yes"], base.knowledge))
    [punch] = how(found, base, find_subject(base, "punch"))
    assert "The document does not speak of the punch technique for the shallow scars." in texts(punch)


def test_unknown_as_an_answer_is_not_a_missing_answer(base: RuleBase) -> None:
    for pairs, said in ((["scar_depth=unknown"], "your answer: unknown"), ([], "no answer: scar_depth")):
        [laser] = how(infer(base, parse_pairs(pairs, base.knowledge)), base, find_subject(base, "laser"))
        assert f"the depth of the scars is not known ({said})" in texts(laser)


DEEP = 1500


def test_a_chain_of_thousands_of_firings_is_explained_and_shown(base: RuleBase) -> None:
    """Each rests on the one before it: how, in every form, and all that is read of it, without recursion."""
    found = infer(base, Case({}))
    chain = []
    for n in range(1, DEEP + 1):
        match = Match("finding", "deep-scars", None, "yes", f"so is {n - 1}", firings=(n - 1,)[: n > 1])
        chain.append(Firing(n, f"r{n}", None, "stated", f"it is {n}", (match,), (), ("p1s1",)))
    tree = How(found._replace(firings=tuple(chain)), base, {}).firing(DEEP)
    assert len(tree.leaves()) == DEEP + 1  # a claim of each, and the first finding, which nothing concludes
    shown_there = [
        shown([explanation(tree)], Look()),
        "\n".join(markdown([explanation(tree)])),
        html([explanation(tree)]),
        to_json(tree),
    ]
    for text in shown_there:  # no bare assert: pytest would take long to show what is wrong
        for said in ("it is 1", f"it is {DEEP}"):
            if said not in text:
                pytest.fail(text[:100])
    assert to_json(tree).count('"kind":"firing"') == DEEP


def test_what_is_settled_as_no_is_not_so(tmp_path: Path) -> None:
    """Why it is not `yes` is then asked; and of what is answered there is only the answer."""
    number = {"type": "number", "decimals": "0", "ask": "first", "question": "What?"}
    findings = {"s": "yes-no", "n": number}
    rules = [
        {
            "id": "r",
            "when": {"a": "yes", "b": "yes"},
            "then": {"settle": "s"},
            "otherwise": "It is not.",
        },
        {"id": "t", "when": {"a": "no"}, "then": {"conclude": {"n": {"times": [2, "x"]}}}},
    ]
    base = opened({"findings": findings, "rules": rules}, tmp_path)

    def asked(name: str, answers: dict[str, str]) -> tuple[bool, list[str], tuple[str, ...]]:
        case = case_of(base, answers)
        found = follow(base, case)
        why = why_not(Reach(base), case, found, Subject("finding", name, name))
        return why.already, [failed.rule for failed in why.failed], why.stands

    assert asked("s", {"a": "no"}) == (False, [], ("It is no.", "It is not."))
    assert asked("s", {"a": "yes"}) == (False, ["r"], ())
    assert asked("s", {"a": "yes", "b": "yes"}) == (True, [], ("It is yes.",))
    assert asked("n", {"a": "no", "x": "3"}) == (True, [], ("It is 6.",))
    assert asked("n", {"n": "5"}) == (True, [], ("It is 5, as answered.",))


@pytest.mark.parametrize(("settled", "answer"), [(True, "unknown"), (True, "no"), (False, "no")])
def test_why_the_end_of_a_long_chain_is_not_so(
    settled: bool, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down to the answer; each link is looked up, and not looked for among all rules."""
    base, fits, looked = chain(300, settled), explain._fits, []

    def counted(*given: Any) -> bool:
        looked.append(given)
        return fits(*given)

    monkeypatch.setattr(explain, "_fits", counted)
    case = parse_pairs([f"start={answer}"], base.knowledge)
    found = why_not(Reach(base), case, infer(base, case), find_subject(base, "one"))
    [tree] = found.failed[0].stands
    answers = [leaf.states for leaf in tree.leaves() if leaf.kind == "answer"]
    assert [states.name for states in answers if states] == ["start"]
    assert len(looked) <= 2 * len(base.rules)
