"""Every sentence that the built-in knowledge prints stands in one file, to be held against its document.

They are those of its cases, in which every rule fires, and of its questions. RESET_TRANSCRIPTS=1 writes
it anew: read what is new in it beside the document before it is committed.
"""

from __future__ import annotations

import os

from support.shell import ROOT

from expert.analysis.expected import load_cases
from expert.consultation.engine import infer
from expert.consultation.result import Consultation
from expert.consultation.standing import cost_of, for_each_target, standing_sentences, verdict_text
from expert.language.rules import RuleBase

TRANSCRIPT = ROOT / "tests" / "data" / "sentences.txt"
Sentences = dict[str, dict[str, None]]  # by what they are


def asked(base: RuleBase) -> Sentences:
    """What a person is asked."""
    found: Sentences = {}
    for name, term in base.knowledge.attributes.items():
        found[f"question: {name}"] = dict.fromkeys([term.question, term.help, *term.values.values()])
    return found


def add(found: Sentences, kind: str, text: str, claims: tuple[str, ...] = ()) -> None:
    if text:
        found.setdefault(kind, {})[f"{text}  [{' '.join(claims)}]" if claims else text] = None


def add_said(found: Sentences, c: Consultation, base: RuleBase) -> None:
    """What is said of a case."""
    k = base.knowledge
    for firing in c.firings:
        add(found, f"rule: {firing.rule} ({firing.basis})", f"because {firing.because}", firing.claims)
        for match in firing.matched:
            add(found, f"rule: {firing.rule} ({firing.basis})", f"if {match.text}", match.claims)
        for concluded in firing.concluded:
            add(found, f"rule: {firing.rule} ({firing.basis})", f"-> {concluded.text}")
    for rule in c.not_fired:
        add(found, "what a rule needs", rule.condition)
    for r in c.recommendations:
        add(found, "a verdict", verdict_text(r, c, k))
        add(found, "a cost", cost_of(r))
        for sentence in standing_sentences(r, c, k):
            add(found, "how an option stands", sentence)
    for sentence in for_each_target(c, k):
        add(found, "what is recommended for which scars", sentence)


def sentences(base: RuleBase) -> str:
    """All of them, under what they are."""
    found = asked(base)
    said: Sentences = {}
    for test in load_cases(ROOT, base):
        add_said(said, infer(base, test.given), base)
    found |= {kind: said[kind] for kind in sorted(said)}
    blocks = [
        f"== {kind}\n" + "".join(f"{text}\n" for text in sorted(texts)) for kind, texts in found.items()
    ]
    return "\n".join(blocks)


def test_every_sentence_is_in_the_transcript(base: RuleBase) -> None:
    said = sentences(base)
    if os.environ.get("RESET_TRANSCRIPTS"):
        TRANSCRIPT.write_text(said, "utf-8")
    assert said.split("\n") == TRANSCRIPT.read_text("utf-8").split("\n")


def test_every_rule_and_number_is_in_it(base: RuleBase) -> None:
    said = sentences(base)
    for rule in base.rules:
        assert f"== rule: {rule.id} ({rule.basis})" in said
    for wrong in (
        " 1 scars",
        "more than 1 scars",
        "it is not the case that it",
        "evidence that it is not the case",
    ):
        assert wrong not in said
