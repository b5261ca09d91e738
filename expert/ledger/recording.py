"""Recording: a consultation as a new entry of the ledger, with the versions of the programs that made it."""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from expert.consultation.engine import ENGINE
from expert.consultation.result import MEANINGS, Consultation
from expert.io.json import plain
from expert.io.version import __version__
from expert.language.rules import RuleBase
from expert.ledger.store import Entry, Ledger


class Occasion(NamedTuple):
    """How a consultation came about: the attributes given and asked, in that order, and its label.

    `by` is who held it. `unreviewed` are the rules that fired and that nobody has reviewed; None if that is
    not known.
    `questions` are those that were put in other words than today's, before an interruption; `sources` say of
    what was not asked for how it was given (command-line, file, program), as far as that is known.
    """

    given: Sequence[str]
    asked: Sequence[str] = ()
    label: str = ""
    unreviewed: Sequence[str] | None = None
    questions: Mapping[str, str] = {}
    by: str = ""
    sources: Mapping[str, str] = {}


def programs() -> dict[str, str]:
    """The versions that make a record: ours and experta's."""
    return {"cicatrix": __version__, "experta": ENGINE}


def record(ledger: Ledger, base: RuleBase, consultation: Consultation, occasion: Occasion) -> Entry:
    """Append a consultation: what was given and asked, in that order, and all that followed."""
    given, asked, label, unreviewed, questions, by, sources = occasion
    attributes = base.knowledge.attributes
    answers = []
    for name in [*(name for name in given if name not in asked), *asked]:
        if name in consultation.answers:
            answer = {"attribute": name, "value": consultation.answers[name], "asked": ""}
            if name in asked:
                answer["asked"] = questions.get(name) or attributes[name].question
            elif name in sources:
                answer["given"] = sources[name]
            answers.append(answer)
    verdicts = {r.option: r.verdict for r in consultation.recommendations}
    # members of an object have no order in canonical JSON: what has one is a list
    targets = {r.option: list(r.targets) for r in consultation.recommendations if len(r.targets) > 1}
    content: dict[str, Any] = {"answers": answers, "label": label, "verdicts": verdicts, "targets": targets}
    if by:
        content["by"] = by
    content["consultation"] = plain(consultation)
    if unreviewed is not None:
        content["consultation"]["unreviewed"] = list(unreviewed)
    header = {"knowledge": consultation.knowledge.hash, "programs": programs(), "meaning": MEANINGS[-1]}
    return ledger.append(header, content, base.knowledge.files)
