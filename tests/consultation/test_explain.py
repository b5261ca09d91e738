"""Explanations end in answers and claims; every flip shown is a smallest one and works."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from support.shell import cicatrix

from expert.consultation.case import Case, make_case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.explain import How, Tree, how
from expert.consultation.result import Firing, Match
from expert.consultation.subjects import find_subject, subjects
from expert.io.json import to_json
from expert.language.rules import RuleBase
from expert.views.explanations import explanation
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


def test_the_sentence_itself_beside_the_claim(document: Path) -> None:
    words = ["explain", "how", "punch", "scar_depth=deep", "--full"]
    shown = cicatrix(*words, "--document", str(document)).stdout
    assert "A typical fee is" not in cicatrix(*words).stdout
    assert "“A typical fee is" in " ".join(shown.split())


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
