"""A rule base as CLIPS runs it, and consultations in the terms of the facts that it asserts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import clips
from support.compare import exact

from expert.backends.clips import clips_text, fact
from expert.consultation.case import Case, parse_pairs
from expert.consultation.result import Consultation
from expert.language.rules import RuleBase

RESULTS = {  # what is compared of each kind of fact
    "fired": "n rule option",
    "finding": "name option value",
    "argument": "option topic stance target strength rule",
    "step": "name",
    "wait": "name option",
    "flag": "name option",
    "advice": "name option rule",
    "caution": "name option rule",
}

Summary = dict[str, Any]


def case_text(case: Case) -> list[str]:
    """The answers of a case, as facts to assert."""
    answers = {name: value for name, value in case.answers.items() if value is not None}
    return [fact("answer", attribute=name, value=value) for name, value in answers.items()]


class Clips:
    """A rule base as CLIPS runs it.

    Results are read as flat lists: clipspy 1.0.6 never frees a Fact object.
    """

    def __init__(self, base: RuleBase, directory: Path) -> None:
        path = directory / f"{base.knowledge.id}.clp"
        path.write_text("".join(line + "\n" for line in clips_text(base)), "utf-8")
        self.base, self.environment = base, clips.Environment()
        self.environment.load(str(path))
        for kind, slots in RESULTS.items():
            values = " ".join(f"?f:{slot}" for slot in slots.split())
            self.environment.build(
                f"(deffunction all-{kind} () (bind ?all (create$)) (do-for-all-facts ((?f {kind})) TRUE"
                f" (bind ?all (create$ ?all {values}))) ?all)"
            )

    def run(self, answers: dict[str, str]) -> Summary:
        pairs = [f"{name}={value}" for name, value in answers.items()]
        case = parse_pairs(pairs, self.base.knowledge)
        self.environment.reset()
        facts = "".join(f"(assert {text})" for text in case_text(case))
        self.environment.eval(f"(progn {facts} TRUE)")
        self.environment.run()
        found: Summary = {}
        for kind, slots in RESULTS.items():
            values, width = self.environment.eval(f"(all-{kind})"), len(slots.split())
            found[kind] = [tuple(values[i : i + width]) for i in range(0, len(values), width)]
        return {kind: rows if kind == "fired" else set(rows) for kind, rows in found.items()}


def summary(base: RuleBase, c: Consultation) -> Summary:
    """A consultation in the terms of the exported facts."""
    k = base.knowledge
    arguments = [(r.option, a) for r in c.recommendations for a in r.arguments]

    def value(name: str, plain: Any) -> Any:
        term = k.findings[name]
        if term.is_date:
            return term.scaled(plain)
        return int(exact(plain) * 10**term.decimals) if term.numeric else plain

    def advised(kind: str) -> set[tuple[str, ...]]:
        return {(a.id, a.option or "nil", a.rule) for a in c.advice if a.kind == kind}

    return {
        "fired": [(f.n, f.rule, f.option or "nil") for f in c.firings],
        "finding": {(f.finding, f.option or "nil", value(f.finding, f.value)) for f in c.findings},
        "argument": {
            (option, a.topic, a.stance, a.target or "nil", a.strength, a.rule) for option, a in arguments
        },
        "step": {(step.step,) for step in c.plan},
        "wait": {(step, r.option) for r in c.recommendations for step in r.waits_for},
        "flag": {(flag, r.option) for r in c.recommendations for flag in r.flags},
        "advice": advised("advice"),
        "caution": advised("caution"),
    }
