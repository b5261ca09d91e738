"""What can be asked about, and what a name, a label or a beginning of either means of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from expert.io.problems import CaseError, nearest, not_among
from expert.language.conclusions import Advise, Caution
from expert.language.rules import RuleBase, rule_names


class Subject(NamedTuple):
    """Something that can be asked about: kind is option, finding, step, advice, flag, rule or claim."""

    kind: str
    id: str
    label: str


def subjects(base: RuleBase) -> list[Subject]:
    """Everything that can be asked about."""
    knowledge = base.knowledge
    known = [Subject("option", o.id, o.label) for o in knowledge.options.values()]
    known += [Subject("finding", t.name, t.label) for t in knowledge.findings.values()]
    known += [Subject("step", s.id, s.label) for s in knowledge.steps.values()]
    known += [Subject("flag", f.id, f.label) for f in knowledge.flags.values()]
    advice = {c.name: c for rule in base.rules for c in rule.then if isinstance(c, (Advise, Caution))}
    known += [Subject("advice", name, c.text) for name, c in advice.items()]
    known += [Subject("rule", id, id) for id in rule_names(base) if id not in advice]
    return known + [Subject("claim", claim, claim) for claim in knowledge.claims]


def find_subject(base: RuleBase, name: str, kinds: tuple[str, ...] = ()) -> Subject:
    """What a name, label or unambiguous beginning means. Raises CaseError."""
    known = [s for s in subjects(base) if not kinds or s.kind in kinds]
    wanted = name.strip().casefold()
    exact = [s for s in known if wanted in (s.id.casefold(), s.label.casefold())]
    begun = [s for s in known if _begins(s, wanted)] if wanted else []
    for fitting in (exact, begun):
        # an option goes before a finding, and so on: `subjects` has them in that order
        fitting = [s for s in fitting if s.kind == fitting[0].kind]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            ids = ", ".join(s.id for s in fitting)
            raise CaseError(f"`{name}` could be several things", f"one of: {ids}")
    what = kinds[0] if len(kinds) == 1 else "conclusion"
    problem = not_among(what, name, [s.id for s in known])
    if not kinds:  # of rules, pieces of advice and claims there are too many to be read
        near = nearest(name, [s.id for s in known if s.kind != "claim"])
        hint = f"did you mean `{near}`? " if near else ""
        shown = ", ".join(s.id for s in known if s.kind in ("option", "finding", "step"))
        rest = "the ids of rules, claims, advice and notes"
        problem = problem._replace(help=f"{hint}allowed: {shown}; and {rest}")
    raise CaseError([problem])


def _begins(subject: Subject, wanted: str) -> bool:
    """Whether the id, the label or, of an option, a word of either begins like that."""
    texts = [subject.id, subject.label.casefold()]
    if subject.kind == "option":
        texts += [word for text in texts for word in re.split(r"[\s-]+", text)]
    return any(text.startswith(wanted) for text in texts)
