"""How what is asked about stands in a case, in sentences: the first words of `explain why-not`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, assert_never

from expert.consultation.case import UNKNOWN
from expert.consultation.explain import about, is_answered
from expert.consultation.result import Consultation
from expert.consultation.standing import depends_text, recommended_for, targets_in_play
from expert.consultation.subjects import Subject
from expert.language.conclusions import Conclude
from expert.language.english import basis_mark, capital, in_sentence, known, listed, readable, statement
from expert.language.keys import DENIAL, written_rule
from expert.language.model import Knowledge, Term
from expert.language.rules import RuleBase


class Still(NamedTuple):
    """Of which options (empty: of none in particular) answers may still bring it about, and which answers."""

    options: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


def how_it_stands(
    subject: Subject, consultation: Consultation, base: RuleBase, possible: bool, already: bool, still: Still
) -> list[str]:
    """How anything but an option stands.

    `possible` is whether a rule says it in some case, `already` whether it is so in this one.
    """
    match subject.kind:
        case "finding":
            return _finding(subject.id, consultation, base, possible, already, still)
        case "attribute":
            return _question(subject.id, consultation, base)
        case "target":
            return _target(subject, consultation, base, still)
        case "step":
            return _step(subject, consultation, base, possible, still)
        case "flag":
            return _flag(subject, consultation, base, possible, still)
        case "advice":
            return _advice(subject, consultation, base, still)
        case "claim":
            return _claim(subject.id, consultation, base, still)
        case "rule":
            return _rule(subject.id, consultation, base, possible, still)
        case "option":
            raise TypeError(f"an option stands as `standing` has it: {subject!r}")
        case _:
            assert_never(subject.kind)


def _whether(said: str, still: Still, knowledge: Knowledge, but: Iterable[str] = ()) -> str:
    """On what it depends whether that comes about; for which options, where it is so of others (`but`)."""
    others = [option for option in still.options if option not in but]
    if not still.depends_on or not others:
        return ""
    phrases = [knowledge.options[option].phrase for option in others if option]
    about = f" of {listed(phrases)} too" if but and phrases else ""
    return f" Whether {said}{about} {depends_text(still.depends_on, knowledge)}."


def _so_far(still: Still) -> str:
    return " so far" if still.depends_on else ""


# --- findings ----------------------------------------------------------------------------------
def _finding(
    name: str, consultation: Consultation, base: RuleBase, possible: bool, already: bool, still: Still
) -> list[str]:
    """What was answered or concluded; why it is not so; or on what it depends."""
    sentences = _as_concluded(consultation, name, base)
    if is_affirmed(name, base) and not already:
        sentences += _as_denied(consultation, name)
    sentences += _as_open(base.knowledge.findings[name], still, base.knowledge)
    return sentences or [_nothing_concludes(base.knowledge.findings[name], possible)]


def is_affirmed(name: str, base: RuleBase) -> bool:
    """Whether some rule says of a finding that it is so."""
    drawn = [c for i in base.instances for c in i.then if isinstance(c, Conclude) and c.name == name]
    return any(c.value == "yes" for c in drawn)


def _as_concluded(consultation: Consultation, name: str, base: RuleBase) -> list[str]:
    """A finding as it was answered, or what was concluded of it."""
    if is_answered(name, consultation, base.knowledge):
        return [_as_answered(name, consultation, base)]
    concluded = [(f.text, f.option, f.firings) for f in consultation.findings if f.finding == name]
    for score in consultation.scores:
        if score.finding == name and score.low != score.high:
            concluded.append((score.text, score.option, (score.firing,)))
    sentences = []
    for text, option, firings in concluded:
        sentences.append(f"{capital(about(text, option, base))}.{_whose(firings, consultation)}")
    return sentences


def _whose(firings: Sequence[int], consultation: Consultation) -> str:
    """That it is not stated by the document, where none of the firings rests on that."""
    return basis_mark(consultation.basis(firings))


def _as_answered(name: str, consultation: Consultation, base: RuleBase) -> str:
    term = base.knowledge.attributes[name]
    said = statement(term, (term.scaled(consultation.answers[name]),))
    return f"{capital(said)}, as answered."


def _as_denied(consultation: Consultation, name: str) -> list[str]:
    """Why a finding is not so: the reasons of the firings that concluded it."""
    numbers = [n for f in consultation.findings if f.finding == name for n in f.firings]
    return list(dict.fromkeys(consultation.firings[n - 1].because for n in numbers))


def _as_open(term: Term, still: Still, knowledge: Knowledge) -> list[str]:
    """Of a finding that is open, for which options and on which answers it depends."""
    if not still.depends_on:
        return []
    phrases = [knowledge.options[option].phrase for option in still.options if option]
    about = f" for {listed(phrases)}" if phrases else ""
    return [f"{capital(term.label)} is open{about}: it {depends_text(still.depends_on, knowledge)}."]


def _nothing_concludes(term: Term, possible: bool) -> str:
    """That nothing was concluded of a finding; settled as neither yes nor no, it is not known."""
    of_any = " of any option" if term.per_option else ""
    for_any = " (for any option)" if term.per_option else ""
    yes_no = term.type == "yes-no" and "yes" in term.values
    said = f"that {statement(term, ('yes',))}{for_any}" if yes_no else f"{in_sentence(term.label)}{of_any}"
    if not possible:
        return f"No rule here concludes {said}."
    if yes_no and term.role:
        return f"{capital(known(term, False))}{for_any}."
    return f"There is no evidence {said}." if yes_no else f"Nothing in this case concludes {said}."


# --- questions and targets -----------------------------------------------------------------------
def _question(name: str, consultation: Consultation, base: RuleBase) -> list[str]:
    """What was answered, and why it counts as not answered if it does."""
    knowledge, sentences = base.knowledge, []
    several = knowledge.several.get(name)
    for part in several.parts if several else [name]:
        answer = consultation.answers.get(part)
        if answer is not None and answer != UNKNOWN:
            sentences.append(_as_answered(part, consultation, base))
        else:
            why = "there is no answer" if answer is None else f"the answer is `{UNKNOWN}`"
            sentences.append(f"{capital(known(knowledge.attributes[part], False))}: {why}.")
        for disagreement in consultation.disagreements:
            if disagreement.left_out == part:
                because = consultation.firings[disagreement.firing - 1].because
                sentences.append(f"That counts as not answered: {because}")
    return sentences


def _target(subject: Subject, consultation: Consultation, base: RuleBase, still: Still) -> list[str]:
    if subject.id in targets_in_play(consultation, base.knowledge):
        return [recommended_for(subject.id, consultation, base.knowledge)]
    whether = _whether("anything is argued", still, base.knowledge)
    return [f"Nothing is argued about {subject.label} in this case{_so_far(still)}.{whether}"]


# --- what rules conclude beside findings, rules and claims ------------------------------------------
def _step(
    subject: Subject, consultation: Consultation, base: RuleBase, possible: bool, still: Still
) -> list[str]:
    planned = next((step for step in consultation.plan if step.step == subject.id), None)
    if planned:
        whose = _whose(planned.firings, consultation)
        return [f"{capital(subject.label)}: step {planned.n} of the plan.{whose}"]
    whether = _whether("it comes in", still, base.knowledge)
    return [f"{capital(subject.label)}: not in the plan{_so_far(still)}{_never(possible)}.{whether}"]


def _flag(
    subject: Subject, consultation: Consultation, base: RuleBase, possible: bool, still: Still
) -> list[str]:
    noted, options = [], []
    for firing in consultation.firings:
        for c in firing.concluded:
            if (c.kind, c.name) == ("flag", subject.id) and c.option:
                phrase = base.knowledge.options[c.option].phrase
                noted.append(f"{phrase}{_whose([firing.n], consultation)}")
                options.append(c.option)
    of = listed(noted) or f"no option{_so_far(still)}"
    whether = _whether("it is noted", still, base.knowledge, options)
    return [f"{capital(subject.label)}: noted of {of}{_never(possible)}.{whether}"]


def _never(possible: bool) -> str:
    return "" if possible else ", and no rule here says it in any case"


def _advice(subject: Subject, consultation: Consultation, base: RuleBase, still: Still) -> list[str]:
    given = []
    for said in consultation.advice:
        if said.id == subject.id:
            option = f"{base.knowledge.options[said.option].label}: " if said.option else ""
            given.append(f"Given in this case: {option}{said.text}{_whose([said.firing], consultation)}")
    if given:
        return given
    for contradiction in base.knowledge.contradictions:
        if contradiction.id == subject.id:
            labels = [base.knowledge.attributes[name].label for name in contradiction.attributes]
            return [f"No contradiction is seen between the answers on {listed(labels)}."]
    whether = _whether("it is given", still, base.knowledge)
    return [f"Not given in this case{_so_far(still)}: {readable(subject.label, base.knowledge)}{whether}"]


def _claim(id: str, consultation: Consultation, base: RuleBase, still: Still) -> list[str]:
    """What it says, and which firings rest on it."""
    whether = ""
    claim = base.knowledge.claims[id]
    numbers = [f"#{firing.n}" for firing in consultation.firings if id in firing.rests_on]
    rests = f"{listed(numbers)} {'rests' if len(numbers) == 1 else 'rest'} on it"
    if not numbers:
        rests = "Nothing that fired rests on it"
        whether = _whether("anything comes to rest on it", still, base.knowledge)
    if claim.context:
        rests = f"No rule rests on it: {claim.context.rstrip('.')}"
    return [f"{id}: {claim.says} [{base.knowledge.hedges[claim.hedge]}]", f"{rests}.{whether}"]


def _rule(id: str, consultation: Consultation, base: RuleBase, possible: bool, still: Still) -> list[str]:
    fired = _firings_of(id, consultation, base)
    end = "" if possible else ": it is spelled out for no option"
    options = [f.option for f in consultation.firings if f.rule == id and f.option]
    whether = _whether("it fires", still, base.knowledge, options)
    sentences = [f"{id} fired: {fired}.{whether}" if fired else f"{id} did not fire{end}.{whether}"]
    for other in (id + DENIAL, written_rule(id)):  # the half that settles it otherwise
        if other != id and (said := _firings_of(other, consultation, base)):
            sentences.append(f"{other} fired: {said}.")
    return sentences


def _firings_of(rule: str, consultation: Consultation, base: RuleBase) -> str:
    return listed([about(f"#{f.n}", f.option, base) for f in consultation.firings if f.rule == rule])
