"""What can be asked about, and what a name, a label or a beginning of either means of it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from expert.io.problems import CaseError, nearest, not_among
from expert.language.conclusions import Advise, Caution
from expert.language.rules import RuleBase, rule_names

SubjectKind = Literal["option", "finding", "attribute", "target", "step", "flag", "advice", "rule", "claim"]

# what a name may mean, in this order: an option goes before a finding, and so on
KINDS: dict[SubjectKind, str] = {
    "option": "an option",
    "finding": "a finding",
    "attribute": "a question",
    "target": "a target",
    "step": "a step",
    "flag": "a note",
    "advice": "advice",
    "rule": "a rule",
    "claim": "a claim",
}


def a_kind(kind: SubjectKind) -> str:
    """What a kind is called, with its article."""
    return KINDS[kind]


# by the word that may stand before a name: `rule:NAME` is the rule, whatever else is called so
WORDS = {words.split()[-1]: kind for kind, words in KINDS.items()}


class Subject(NamedTuple):
    """Something that can be asked about."""

    kind: SubjectKind
    id: str
    label: str


def subjects(base: RuleBase) -> list[Subject]:
    """Everything that can be asked about."""
    knowledge = base.knowledge
    known = [Subject("option", o.id, o.label) for o in knowledge.options.values()]
    known += [Subject("finding", t.name, t.label) for t in knowledge.findings.values()]
    asked = [t for n, t in knowledge.answerable.items() if n not in knowledge.findings]
    known += [Subject("attribute", t.name, t.label) for t in asked]
    known += [Subject("target", t.id, t.label) for t in knowledge.targets.values()]
    known += [Subject("step", s.id, s.label) for s in knowledge.steps.values()]
    known += [Subject("flag", f.id, f.label) for f in knowledge.flags.values()]
    advice = {c.name: c for rule in base.rules for c in rule.then if isinstance(c, (Advise, Caution))}
    known += [Subject("advice", name, c.text) for name, c in advice.items()]
    known += [Subject("rule", id, id) for id in rule_names(base)]
    return known + [Subject("claim", claim, claim) for claim in knowledge.claims]


def find_subject(base: RuleBase, name: str, kinds: tuple[SubjectKind, ...] = ()) -> Subject:
    """What a name, label or unambiguous beginning means; `rule:NAME` is a rule. Raises CaseError."""
    word, colon, rest_of_name = name.partition(":")
    if colon and word in WORDS and not kinds:
        return find_subject(base, rest_of_name, (WORDS[word],))
    known = [s for s in subjects(base) if not kinds or s.kind in kinds]
    for fitting in _named(known, name):
        # in the order of KINDS, which `subjects` has them in
        fitting = [s for s in fitting if s.kind == fitting[0].kind]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            ids = ", ".join(s.id for s in fitting)
            raise CaseError(f"`{name}` could be several things", f"one of: {ids}")
    what = KINDS[kinds[0]].split()[-1] if len(kinds) == 1 else "conclusion"
    problem = not_among(what, name, [s.id for s in known])
    if not kinds:  # of rules, pieces of advice and claims there are too many to be read
        near = nearest(name, [s.id for s in known if s.kind != "claim"])
        hint = f"did you mean `{near}`? " if near else ""
        shown = ", ".join(s.id for s in known if s.kind in ("option", "finding", "step"))
        rest = "the ids of rules, questions, targets, claims, advice and notes"
        problem = problem._replace(help=f"{hint}allowed: {shown}; and {rest}")
    raise CaseError([problem])


def also_meant(base: RuleBase, name: str, subject: Subject) -> list[Subject]:
    """What else a name could mean, as well as the subject for which it was taken."""
    fitting = next((found for found in _named(subjects(base), name) if found), [])
    # advice has the name of its rule, unless it is given one
    return [
        s for s in fitting if s != subject and (s.kind, s.id, subject.kind) != ("rule", subject.id, "advice")
    ]


def spelled(subject: Subject) -> str:
    """A subject as it can be asked for, whatever else has its name."""
    word = next(word for word, kind in WORDS.items() if kind == subject.kind)
    return f"{word}:{subject.id}"


def _named(known: list[Subject], name: str) -> tuple[list[Subject], list[Subject]]:
    """What a name or label is, and what it is the beginning of."""
    wanted = name.strip().casefold()
    exact = [s for s in known if wanted in (s.id.casefold(), s.label.casefold())]
    return exact, [s for s in known if _begins(s, wanted)] if wanted else []


def _begins(subject: Subject, wanted: str) -> bool:
    """Whether the id, the label or, of an option, a word of either begins like that."""
    texts = [subject.id, subject.label.casefold()]
    if subject.kind == "option":
        texts += [word for text in texts for word in re.split(r"[\s-]+", text)]
    return any(text.startswith(wanted) for text in texts)
