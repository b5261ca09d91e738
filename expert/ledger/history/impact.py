"""Which past consultations would come out differently under other knowledge, and through what of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from expert.consultation.compare import Difference, what_if
from expert.consultation.engine import infer
from expert.consultation.result import Consultation, Firing, Recommendation, name_of
from expert.consultation.standing import TIMED
from expert.language.edits import Edit, edits
from expert.language.keys import with_option, written_rule
from expert.language.model import Option
from expert.language.rules import RuleBase
from expert.ledger.history.replay import Bases
from expert.ledger.records import case_of, check_shape, consultation_of, refusal
from expert.ledger.store import Entry, Ledger


class Impact(NamedTuple):
    """A record that would come out differently under other knowledge, and through what.

    `rules` are those that were edited and fire otherwise; `data` are properties of options (`price of fern`)
    and whatever else was edited and bears on what differs (`step ask-gardener`); `claims` are those that
    these cite. Where no single edit is known to bear on it, `data` are all edits. `refused` is why a record
    was not judged, of which nothing else is said then.
    """

    id: str
    differences: tuple[Difference, ...]
    rules: tuple[str, ...]
    claims: tuple[str, ...]
    data: tuple[str, ...] = ()
    refused: str = ""


def impact(ledger: Ledger, entries: Iterator[Entry], base: RuleBase) -> Iterator[Impact]:
    """Which records would come out differently under `base`: of all that a person was shown.

    This program is run under the record's rules and under those, so that what it words or decides
    otherwise than the program that made the record is not laid to the rules.
    """
    bases = Bases(ledger)
    edited: dict[str, list[Edit]] = {}
    for entry in entries:
        if refused := refusal(entry):
            yield Impact(entry.id, (), (), (), refused=refused)
            continue
        recorded = consultation_of(entry)
        check_shape(entry, None)
        hash = entry.header["knowledge"]
        if hash == base.knowledge.hash:
            continue
        old = bases.of(entry)
        if hash not in edited:
            edited[hash] = [*edits(old, base)]
        before, after = (infer(b, case_of(recorded, b)) for b in (old, base))
        changed = differences(before, after)
        if changed:
            causes = _Causes((before, after), (old, base), edited[hash], changed)
            yield Impact(entry.id, tuple(changed), causes.rules(), causes.claims(), causes.data())


# --- what differs --------------------------------------------------------------------------------
def differences(before: Consultation, after: Consultation) -> list[Difference]:
    """Everything that a person was shown and that is otherwise: results, arguments, plan and every wording.

    A rule that fires more or less is no difference in itself: what it concludes is.
    """
    changed = [d for d in what_if(before, after) if d.kind not in ("firing", "timing")]
    told = {(d.kind, d.name) for d in changed}
    for kind, one in (
        ("timing", _times),
        ("depends", _depends),
        ("place", _places),
        ("label", _labels),
        ("argument", _arguments),
        ("price", _prices),
        ("plan", _steps),
        ("order", _order),
        ("finding", _findings),
        ("reason", _reasons),
        ("source", _sources),
        ("notice", _notices),
    ):
        old, new = one(before), one(after)
        for name in {**old, **new}:
            if old.get(name) != new.get(name) and (kind, name) not in told:
                if kind in ("reason", "source") and not (name in old and name in new):
                    continue  # of a rule that fires in one of them only
                if kind == "timing" and not new.get(name):
                    continue  # it is not recommended any more, which its verdict says
                changed.append(Difference(kind, name, old.get(name, ""), new.get(name, "")))
    return changed


def _labels(c: Consultation) -> dict[str, str]:
    return {r.option: r.label for r in c.recommendations}


def _times(c: Consultation) -> dict[str, str]:
    """When something can be done is said of what is recommended only."""
    return {r.option: r.timing if r.verdict in TIMED else "" for r in c.recommendations}


def _depends(c: Consultation) -> dict[str, str]:
    open = {r.option: ", ".join(r.depends_on) for r in c.recommendations}
    results = {with_option(r.finding, r.option): ", ".join(r.depends_on) for r in c.results}
    return {**open, **results}


def _places(c: Consultation) -> dict[str, str]:
    places = {}
    for r in c.recommendations:
        if r.place:
            places[r.option] = f"{r.place.first} to {r.place.last} ({r.place.low} to {r.place.high})"
    return places


def _arguments(c: Consultation) -> dict[str, str]:
    arguments = {}
    for r in c.recommendations:
        for argument in r.arguments:
            target = f" for {argument.target}" if argument.target else ""
            name = f"{with_option(argument.rule, r.option)}{target} on {argument.topic}"
            strongly = "strongly " if argument.strength == "strong" else ""
            arguments[name] = f"{strongly}{argument.stance}: {argument.text}"
    return arguments


def _prices(c: Consultation) -> dict[str, str]:
    prices = {}
    for r in c.recommendations:
        for price in r.cost.prices if r.cost else ():
            per = f" per {price.per}" if price.per else ""
            prices[f"{price.property} of {r.option}"] = f"{price.basis} {price.amount:g}{per}".strip()
    return prices


def _steps(c: Consultation) -> dict[str, str]:
    return {step.step: step.text for step in c.plan}


def _order(c: Consultation) -> dict[str, str]:
    return {"plan": ", ".join(step.step for step in c.plan)}


def _findings(c: Consultation) -> dict[str, str]:
    return {with_option(f.finding, f.option): f.text for f in c.findings}


def _reasons(c: Consultation) -> dict[str, str]:
    return {name_of(firing): firing.because for firing in c.firings}


def _sources(c: Consultation) -> dict[str, str]:
    """On what basis, and on which claims, each firing stands."""
    return {name_of(firing): " ".join([firing.basis, *firing.rests_on]) for firing in c.firings}


def _notices(c: Consultation) -> dict[str, str]:
    return {"title": c.knowledge.title, "disclaimer": c.knowledge.disclaimer}


# --- through what ----------------------------------------------------------------------------------
class _Causes:
    """Which of the edits between two knowledge bases bear on what differs between two consultations."""

    def __init__(
        self,
        consultations: tuple[Consultation, Consultation],
        bases: tuple[RuleBase, RuleBase],
        edited: Sequence[Edit],
        changed: Sequence[Difference],
    ) -> None:
        self.consultations, self.bases, self.edited = consultations, bases, edited
        self.changed = changed
        old, new = map(_by_name, consultations)
        self.moved: list[Firing] = []  # what fires in one of the two only, or otherwise
        for name in {**old, **new}:
            if old.get(name) != new.get(name):
                self.moved += [firing for firing in (old.get(name), new.get(name)) if firing]
        # words in which an edited name may stand: `see-doctor`, `fern for balcony`
        self.named = {word for d in changed for text in d for word in text.replace(",", " ").split()}
        self.named |= {word.partition("@")[2] for word in self.named}
        fired = {written_rule(firing.rule) for firing in self.moved}
        self.own = {edit.id for edit in edited if edit.kind == "rule" and edit.id in fired}
        self.properties = [*self._properties()]

    def _properties(self) -> list[tuple[str, str]]:
        """The properties of options that were edited and that a firing or a price rests on."""
        used = set()
        for firing in self.moved:
            used |= {(m.option or firing.option, m.name) for m in firing.matched if m.kind == "datum"}
        for r in self._recommendations():
            used |= {(r.option, price.property) for price in (r.cost.prices if r.cost else ())}
        properties = []
        for edit in self.edited:
            if edit.kind == "option" and "properties" in edit.fields:
                one, other = (base.knowledge.options[edit.id].properties for base in self.bases)
                for name in dict.fromkeys([*one, *other]):
                    if one.get(name) != other.get(name) and (edit.id, name) in used:
                        properties.append((edit.id, name))
        return properties

    def _recommendations(self) -> Iterator[Recommendation]:
        for c in self.consultations:
            yield from c.recommendations

    def _others(self) -> list[tuple[str, str]]:
        """What else was edited and is named in what differs."""
        kinds = ("option", "attribute", "finding", "target", "topic", "step", "flag")
        others = []
        for edit in self.edited:
            only_data = edit.kind == "option" and edit.fields == ("properties",)
            if edit.kind in kinds and edit.id in self.named and not only_data:
                others.append((edit.kind, edit.id))
        return others

    def rules(self) -> tuple[str, ...]:
        """The rules that were edited and fire otherwise."""
        order = [written_rule(firing.rule) for firing in self.moved]
        return tuple(dict.fromkeys(rule for rule in order if rule in self.own))

    def data(self) -> tuple[str, ...]:
        """Everything else: all edits, if none is known to bear on it."""
        data = [f"{name} of {option}" for option, name in self.properties]
        data += [f"{kind} {id}" for kind, id in self._others()]
        if not data and not self.own:
            data = [f"{edit.kind} {edit.id}" for edit in self.edited]
        if not data and not self.own:  # such as the disclaimer, which is no part of the knowledge
            data = [f"{d.kind} {d.name}" for d in self.changed]
        return tuple(data)

    def claims(self) -> tuple[str, ...]:
        """The claims that the edited rules cite, then and now, and those behind the edited data."""
        claims: list[str] = []
        for firing in self.moved:
            if written_rule(firing.rule) in self.own:
                claims += firing.claims
        for option, name in self.properties:
            for base in self.bases:
                claims += _cited(base.knowledge.options.get(option), name)
        edited = [edit.id for edit in self.edited if edit.kind == "claim"]
        rests_on = {claim for firing in self.moved for claim in firing.rests_on}
        return tuple(dict.fromkeys([*claims, *(claim for claim in edited if claim in rests_on)]))


def _cited(option: Option | None, name: str) -> list[str]:
    data = option.properties.get(name, ()) if option else ()
    return [claim for datum in data for claim in datum.claims]


def _by_name(consultation: Consultation) -> dict[str, Firing]:
    return {name_of(firing): _without_numbers(firing) for firing in consultation.firings}


def _without_numbers(firing: Firing) -> Firing:
    """A firing as it would be whatever fired before it."""
    matched = tuple(match._replace(firings=()) for match in firing.matched)
    return firing._replace(n=0, matched=matched)
