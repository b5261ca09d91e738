"""English: how values, conditions, conclusions and rules read. Nothing is decided here.

Two negations get two phrases everywhere: "there is no evidence that" (nothing says so) and
"it is not the case that" (the case says otherwise).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from expert.language.algebra import amount
from expert.language.conclusions import (
    Addend,
    Advise,
    Argue,
    Caution,
    Conclude,
    Conclusion,
    First,
    Flag,
    Plan,
    Row,
    Tally,
    Wait,
)
from expert.language.conditions import (
    PRODUCTS,
    ROUNDED,
    SCALED,
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Count,
    Determined,
    Factor,
    Given,
    Is,
    Known,
    Not,
    OptionIs,
    Quantity,
    Ref,
    Several,
    Unless,
    compared,
    conjuncts,
    parts_of,
    quantity_refs,
    unscaled,
)
from expert.language.contradictions import Contradictions
from expert.language.keys import exception_of
from expert.language.model import DAY, FACTOR, NONE_OF_THEM, Datum, Knowledge, Option, Term, Value
from expert.language.rules import BASES, PLACEHOLDER, Instance, Rule

NO_EVIDENCE = "there is no evidence that"
NOT_THE_CASE = "it is not the case that"
NOTHING_DENIES = "nothing denies that"  # no evidence that it is not the case, in plain words

REASONS = {
    "denied": "the case says otherwise",
    "unknown": "that is not known",
    "no-evidence": "there is no evidence of it",
    "exception": "it applies",
    "not-in-force": "it is not in force",
}

COMPARISON_WORDS = {
    "more-than": "more than",
    "at-least": "at least",
    "less-than": "less than",
    "at-most": "at most",
}

COMPARED_DATES = {
    "more-than": "after",
    "at-least": "on or after",
    "less-than": "before",
    "at-most": "on or before",
}


# what is so of two numbers where a comparison of them is not
NEGATED = {"more-than": "at-most", "at-least": "less-than", "less-than": "at-least", "at-most": "more-than"}
SIGNS_BETWEEN = {"times": " x ", "plus": " + ", "minus": " - "}


# of all the parts listed, or of each
PHRASED = {
    "min": "the least of {0}",
    "max": "the greatest of {0}",
    "percent": "{1} percent of {2}",
    "years-between": "the completed years from {1} to {2}",
}

OF_DATES = {"min": "the first of {0}", "max": "the last of {0}"}
STANCE_WORDS = {"for": "for", "against": "against", "unsure": "undecided"}


def listed(words: list[str], last: str = "and") -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def count(number: int, noun: str) -> str:
    """1 rule, 2 rules, 1,000 rules."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def in_sentence(label: str) -> str:
    """A label as it stands inside a sentence."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def statement(term: Term, values: tuple[Value, ...]) -> str:
    """That a term has one of some values."""
    shown = listed([term.show(value) for value in values], "or")
    if term.type == "yes-no" and term.says:
        if len(values) == 1:
            return term.says if values[0] == "yes" else f"{NOT_THE_CASE} {term.says}"
        return f"it is known whether {term.says}"
    if term.says and "{value}" in term.says:
        return term.says.replace("{value}", shown)
    return f"{term.label} is {shown}"


def among(term: Term, shown: str) -> str:
    """That what is shown is among the answers to a question that may have several."""
    if "{value}" in term.says:
        return term.says.replace("{value}", shown)
    return f"{shown} is among the {in_sentence(term.label)}"


def undrawn(term: Term, answer: Value, otherwise: str) -> str:
    """That a conclusion is not drawn as its finding is answered; and what it would say, if something else."""
    differs = f", where the rule says: {otherwise}" if otherwise else ""
    return f"not drawn: answered {term.name} = {term.spell(answer)}{differs}"


def several_shown(answers: Sequence[Value | None], term: Term) -> str:
    """The answers to a question that may have several, in its values' order: those that are so."""
    so = [label for label, answer in zip(term.values.values(), answers, strict=True) if answer == "yes"]
    return listed(so) or (f"an unknown {term.label}" if None in answers else NONE_OF_THEM)


def between(term: Term, low: int, high: int) -> str:
    """That a number lies between two bounds, or is what both are."""
    if low == high:
        return statement(term, (low,))
    shown = f"{term.spell(low)} to {term.show(high)}"
    if "{value}" in term.says:
        return term.says.replace("{value}", shown)
    return f"{term.label} is {shown}"


def datum_statement(term: Term, datum: Datum) -> str:
    """That an option has a value of a property: as the document states it, or as it was inferred."""
    return datum.says or statement(term, (datum.value,))


def datum_words(term: Term, datum: Datum) -> str:
    """A value of a property as a list has it."""
    inferred = f" ({datum.basis}: {datum.says})" if datum.basis != "stated" else ""
    return f"{term.label}: {term.show(datum.value)}{inferred}"


def basis_mark(basis: str) -> str:
    """What is put behind words on the basis of which they stand: nothing where the document states them."""
    return f" ({basis})" if basis != "stated" else ""


def bounded(text: str, bounds: list[str]) -> str:
    """A statement of a value, and the tests that it meets: the flow is 60 degrees, less than 65 degrees."""
    return f"{text}, {listed(bounds)}"


def known(term: Term, wanted: bool) -> str:
    """That a term has, or has not, an answer."""
    about = f"whether {term.says}" if term.type == "yes-no" and term.says else term.label
    if about.startswith("whether"):
        return f"it is {'known' if wanted else 'not known'} {about}"
    return f"{about} is {'known' if wanted else 'not known'}"


Spelled = str | dict[str, list["Spelled"]]  # a quantity as the rule language writes it


class Phrases:
    """Phrases about one knowledge base's conditions and rules."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        of = Contradictions(knowledge.contradictions)
        self.disagreeing = {of.where(c): c.leaves_out for c in of.declared}

    def term(self, ref: Ref) -> Term:
        if rule := exception_of(ref.name):
            says = f"the exception `{rule}` applies"
            return Term(ref.name, "finding", "yes-no", says, says, {"yes": "yes", "no": "no"})
        knowledge = self.knowledge
        if ref.kind == "property":
            return knowledge.properties[ref.name]
        return knowledge.findings[ref.name] if ref.kind == "finding" else knowledge.attributes[ref.name]

    def label(self, ref: Ref) -> str:
        option = self.knowledge.options.get(ref.option)
        label = self.term(ref).label
        return f"{label} of {option.phrase}" if option else label

    def condition(self, condition: Condition) -> str:
        """A condition as a clause."""
        if self.disagreeing and condition in self.disagreeing:
            left_out = self.knowledge.attributes[self.disagreeing[condition]]
            return f"the answer on {left_out.label} does not count"
        if several := self._of_several(condition):
            return several[0]
        match condition:
            case Is():
                return self._about(condition.ref, statement(self.term(condition.ref), condition.values))
            case Known():
                return self._about(condition.ref, known(self.term(condition.ref), condition.wanted))
            case Compare():
                return self._compared(condition.written or condition)
            case OptionIs():
                labels = [self.knowledge.options[id].phrase for id in condition.ids]
                return f"the option is {listed(labels, 'or')}"
            case Determined(quantity):
                terms = list(dict.fromkeys(self.label(ref) for ref in quantity_refs(quantity)))
                return f"what is made of {listed(terms)} has one value"
            case Given():
                return self._given(condition)
            case AllOf((part,)) | AnyOf((part,)):
                return self.condition(part)
            case AnyOf((part, *others)) if all(map(_opens, others)):
                return self.condition(part)
            case AllOf():
                return " and ".join(map(self.condition, condition.parts)) or "always"
            case AnyOf():
                return "either " + " or ".join(map(self.condition, condition.parts))
            case Count(operator, number, parts):
                words = _counted(operator)
                each = "; ".join(self.condition(part) for part in parts)
                return f"{words} {number} of these {'is' if number == 1 else 'are'} so: ({each})"
            case Not():
                return self._denied(condition.part)
            case Unless(_, counts) if counts:
                return f"the answer on {self.knowledge.attributes[counts].label} counts"
            case Unless():
                return self._without_evidence(condition.part)
            case _:
                assert_never(condition)

    def _of_several(self, condition: Condition) -> tuple[str, str] | None:
        """A test of several answers to one question in one clause, and its contrary."""
        if not isinstance(condition, (AllOf, AnyOf, Count)) or len(condition.parts) < 2:
            return None
        tests = [part for part in condition.parts if isinstance(part, (Is, Known))]
        terms = [self.knowledge.attributes.get(test.ref.name) for test in tests]
        questions = {term.among if term else "" for term in terms}
        if len(tests) < len(condition.parts) or len(questions) > 1:
            return None
        term = self.knowledge.several.get(questions.pop())
        if term is None:
            return None
        whole = [test.ref.name for test in tests] == term.parts
        shown = [term.values[each.value] for each in terms if each]
        asked = {test.values if isinstance(test, Is) else test.wanted for test in tests}
        some = among(term, listed(shown, "or"))
        known = f"every answer on {term.label} is known"
        unknown = f"some answer on {term.label} is not known"
        match condition:
            case AnyOf() if asked == {("yes",)}:
                return some, f"{NOT_THE_CASE} {some}"
            case AllOf() if asked == {("no",)} and whole:
                return f"{NOT_THE_CASE} {some}", some
            case AllOf() if asked == {True} and whole:
                return known, unknown
            case AnyOf() if asked == {False} and whole:
                return unknown, known
            case Count(operator, number, _) if asked == {("yes",)}:
                text = self._so_many(term, f"{_counted(operator)} {number}", listed(shown))
                return text, f"{NOT_THE_CASE} {text}"
        return None

    def _so_many(self, term: Term, many: str, of: str) -> str:
        """That so many of some values are among the answers."""
        if "{value}" in term.says:
            return among(term, f"{many} of {of}")
        return f"{many} of these are among the {in_sentence(term.label)}: {of}"

    def _denied(self, part: Condition) -> str:
        """That a condition is denied: what is denied twice is so."""
        if several := self._of_several(part):
            return several[1]
        match part:
            case AllOf((inner,)) | AnyOf((inner,)):
                return self._denied(inner)
            case Not(inner) | Unless(inner):
                return self.condition(inner)
            case Known(ref, wanted):
                return self.condition(Known(ref, not wanted))
            case Is(ref, ("no",)) if ref.deniable:
                return self.condition(Is(ref, ("yes",)))
            case _:
                return f"{NOT_THE_CASE} {self.condition(part)}"

    def _without_evidence(self, part: Condition) -> str:
        """That nothing shows a condition to hold."""
        several = self._of_several(part)
        if several and isinstance(part, (AllOf, AnyOf)):
            if isinstance(part.parts[0], Known):
                return several[1]
            if several[0].startswith(NOT_THE_CASE):
                return f"{NOTHING_DENIES} {several[1]}"
        match part:
            case AllOf((inner,)) | AnyOf((inner,)):
                return self._without_evidence(inner)
            case Unless(inner):
                return self.condition(inner)
            case Not(inner):
                return f"{NOTHING_DENIES} {self.condition(inner)}"
            case Known(ref, wanted):
                return self.condition(Known(ref, not wanted))
            case Is(ref, ("no",)) if self.term(ref).type == "yes-no" and self.term(ref).says:
                return f"{NOTHING_DENIES} {self.condition(Is(ref, ('yes',)))}"
            case Given():
                return self._denied(part)
            case Is(ref, _) if exception_of(ref.name):
                # which may be open: then nothing says either that it applies or that it does not
                return self._about(ref, f"{NO_EVIDENCE} the exception `{exception_of(ref.name)}` applies")
            case _:
                return f"{NO_EVIDENCE} {self.condition(part)}"

    def _compared(self, condition: Compare) -> str:
        first = next((ref for ref in compared(condition)), None)
        if first is None:
            return f"{condition.left} is {COMPARISON_WORDS[condition.operator]} {condition.right}"
        about = unscaled(condition.left)[0]
        term = self.term(about if isinstance(about, Ref) else first)
        left, right = (self.quantity(side, term) for side in (condition.left, condition.right))
        return f"{left} is {comparison_words(condition.operator, term)} {right}"

    def _about(self, ref: Ref, text: str) -> str:
        option = self.knowledge.options.get(ref.option)
        return f"{text} (for {option.phrase})" if option else text

    def _given(self, condition: Given) -> str:
        option = self.knowledge.options[condition.option]
        match condition.written:
            case Compare() as written:
                return self._compared(written)
            case Known(ref, wanted):
                return f"the document gives {'a' if wanted else 'no'} {self.label(ref)}"
            case Is() | OptionIs() as written if not condition.truth:
                return self.condition(written)
        if not condition.property:
            return f"the option is {option.phrase}"
        term = self.knowledge.properties[condition.property]
        if len(condition.data) == 1:
            return f"{datum_statement(term, condition.data[0])} (for {option.phrase})"
        values = tuple(datum.value for datum in condition.data)
        if not values:
            return f"the document gives {option.phrase} no such {term.label}"
        return f"{statement(term, values)} (for {option.phrase})"

    def quantity(self, quantity: Quantity, term: Term) -> str:
        """A quantity that is measured as a term is."""
        match quantity:
            case Ref():
                return self.label(quantity)
            case Factor(value, decimals):
                return FACTOR._replace(decimals=decimals).spell(value)
            case Several(values):
                return listed([term.show(value) for value in values], "or")
            case Arithmetic(operator, parts) if not _is_number(quantity):
                if operator in (SCALED, ROUNDED):
                    return self.quantity(parts[0], term)
                inside = [_inner(part, self.quantity(part, of)) for part, of in self._parts(quantity, term)]
                if phrase := (OF_DATES if term.is_date else PHRASED).get(operator):
                    return phrase.format(listed(inside), *inside)
                return SIGNS_BETWEEN[operator].join(inside)
            case int() | Arithmetic():
                return term.show(amount(quantity, {}))
            case _:
                assert_never(quantity)

    def _parts(self, quantity: Arithmetic, term: Term) -> list[tuple[Quantity, Term]]:
        """The parts of a computed quantity, each with what it is measured as.

        Of the factors of a product one is measured as the product is: a term, or what is computed, or
        else the product of its numbers; the others are plain numbers.
        """
        operator, parts = quantity
        if operator not in PRODUCTS:
            return [(part, DAY if operator == "years-between" else term) for part in parts]
        measured = [isinstance(part, Several) or self._has_unit(part, term) for part in parts]
        computed = [isinstance(part, Arithmetic) for part in parts]
        plain = operator != "times" or not term.unit or any(isinstance(part, Factor) for part in parts)
        if any(measured) or plain or any(computed):
            own = measured if any(measured) or plain else computed
            return [(part, term if so else FACTOR) for part, so in zip(parts, own, strict=True)]
        others: list[tuple[Quantity, Term]] = [(part, FACTOR) for part in parts if not isinstance(part, int)]
        numbers = Arithmetic("times", tuple(part for part in parts if isinstance(part, int)))
        return [*others, *([(amount(numbers, {}), term)] if numbers.parts else [])]

    def _has_unit(self, quantity: Quantity, term: Term) -> bool:
        """Whether something in a quantity has the unit of a term, which is measured in one."""
        return bool(term.unit) and any(self.term(ref).unit == term.unit for ref in quantity_refs(quantity))

    def spelled(self, quantity: Quantity, term: Term) -> Spelled:
        """A quantity as the rule language writes it."""
        match quantity:
            case Ref():
                return f"option.{quantity.name}" if quantity.option else quantity.name
            case Factor(value, decimals):
                return FACTOR._replace(decimals=decimals).spell(value)
            case Several(values):
                return " or ".join(map(term.spell, values))
            case Arithmetic(operator, parts) if not _is_number(quantity):
                if operator in (SCALED, ROUNDED):
                    return self.spelled(parts[0], term)
                return {operator: [self.spelled(part, of) for part, of in self._parts(quantity, term)]}
            case int() | Arithmetic():
                return term.spell(amount(quantity, {}))
            case _:
                assert_never(quantity)

    def item(self, item: Addend, term: Term) -> str:
        """An item of a score, measured as a term is."""
        match item:
            case Row(points, when):
                return f"{term.show(points)} if {self.condition(when)}"
            case First(rows, rest):
                each = [self.item(row, term) for row in rows]
                return f"{', else '.join(each)}, else {term.show(rest)}"
            case int():
                return term.show(item)
            case Ref():
                return self.label(item)
            case _:
                assert_never(item)

    def conclusion(self, conclusion: Conclusion) -> str:
        """What a rule would conclude."""
        knowledge = self.knowledge
        match conclusion:
            case Conclude(name, value):
                term = knowledge.findings[name]
                if not isinstance(value, (str, int)):
                    rounded = isinstance(value, Arithmetic) and value.operator == ROUNDED
                    return (
                        f"{term.label} is {self.quantity(value, term)}{rounded_to(term) if rounded else ''}"
                    )
                return statement(term, (value,))
            case Tally(name, items):
                rows = "; ".join(self.item(item, knowledge.findings[name]) for item in items)
                return f"{knowledge.findings[name].label} is the sum of these: {rows}"
            case Argue(name, stance, target, strength):
                about = f", for {knowledge.targets[target].label}" if target else ""
                strong = "a strong argument " if strength == "strong" else "argument "
                return f"{strong}{STANCE_WORDS[stance]} ({knowledge.topics[name].label}{about})"
            case Plan(name):
                return f"plan: {knowledge.steps[name].label}"
            case Wait(name):
                return f"wait for: {knowledge.steps[name].label}"
            case Flag(name):
                return f"note: {knowledge.flags[name].label}"
            case Advise() | Caution():
                return f"{conclusion.kind}: {readable(conclusion.text, knowledge)}"
            case _:
                assert_never(conclusion)

    def denied(self, instance: Instance) -> str:
        """Why a finding is settled with `no`, where the author gives no reason: what is denied."""
        return capital(f"{self.conclusion(instance.then[0])}: {self.condition(instance.when)}.")

    def in_force(self, condition: Condition) -> str:
        """Between which days a rule is in force, and by which date."""
        days, by = [], ""
        for test in conjuncts(condition):
            if isinstance(test, Compare) and isinstance(test.left, Ref) and isinstance(test.right, int):
                term = self.term(test.left)
                word = "from" if test.operator in ("at-least", "more-than") else "before"
                days.append(f"{word} {term.show(test.right)}")
                by = term.label
        return f"in force {listed(days)}, by {by}"

    def rule(self, rule: Rule) -> list[str]:
        """A rule in English, one clause a line."""
        knowledge = self.knowledge
        who = "For each option:" if rule.ranges else ""
        between = (rule.in_force, *parts_of(rule.in_force)) if rule.in_force else ()
        parts = tuple(part for part in conjuncts(rule.when) if part not in between)
        counts = dict.fromkeys(part.counts for part in parts if isinstance(part, Unless) and part.counts)
        clauses = [part for part in parts if not (isinstance(part, Unless) and part.counts)]
        lines = [f"{rule.id}  ({rule.basis}: {BASES[rule.basis]})", *([f"  {who}"] if who else [])]
        if rule.in_force:
            lines.append(f"  {self.in_force(rule.in_force)}")
        lines += _clauses("if  ", map(self.condition, clauses)) or ["  in every case"]
        lines += _clauses("then", map(self.conclusion, rule.then))
        told = [c.name for c in rule.then if isinstance(c, (Conclude, Tally)) and c.replies]
        for name in dict.fromkeys(told):
            lines.append(f"  unless the person says of {knowledge.findings[name].label} how it is")
        excepted = [f"`{id}` does not apply" for id in rule.exception_to]
        lines += _clauses(" and" if rule.then else "then", excepted)
        if counts:
            labels = listed([knowledge.attributes[name].label for name in counts])
            lines.append(f"  where no answer on {labels} is left out of account, as another disagrees")
        lines.append(f"  because {readable(rule.because, knowledge)}")
        if denial := rule.denial:
            lines.append(f"  and, where that is denied, {self.conclusion(denial.then[0])}")
        if rule.otherwise:
            lines.append(f"  because {readable(rule.otherwise, knowledge)}")
        if rule.reason:
            lines.append(f"  added: {rule.reason}")
        for claim in [knowledge.claims[id] for id in rule.cites]:
            lines.append(f"  {claim.id}  {claim.says} [{knowledge.hedges[claim.hedge]}]")
        return lines


def _clauses(first: str, texts: Iterable[str]) -> list[str]:
    """Lines, one for each clause of several: the first after a word, the others after `and`."""
    return [f"  {' and' if n else first} {text}" for n, text in enumerate(texts)]


def comparison_words(operator: str, term: Term) -> str:
    """How a comparison reads of what is measured as a term is."""
    return (COMPARED_DATES if term.is_date else COMPARISON_WORDS)[operator]


def _counted(operator: str) -> str:
    return "exactly" if operator == "exactly" else COMPARISON_WORDS[operator]


def _opens(condition: Condition) -> bool:
    """Whether a part only says that a test of an answer that is left out of account is open."""
    parts = conjuncts(condition)
    return isinstance(parts[0], Not) and isinstance(parts[0].part, Unless) and bool(parts[0].part.counts)


def _inner(part: Quantity, text: str) -> str:
    """A part of a computed quantity, in parentheses if it is computed itself and could be misread."""
    part, _ = unscaled(part)
    return f"({text})" if isinstance(part, Arithmetic) and not _is_number(part) else text


def _is_number(quantity: Quantity) -> bool:
    """Whether a quantity is a number of one scale: what is shown of it is that number."""
    if isinstance(quantity, Arithmetic):
        same_scale = quantity.operator in ("times", "plus", "minus", "min", "max")
        return same_scale and all(map(_is_number, quantity.parts))
    return isinstance(quantity, int)


def rounded_to(term: Term) -> str:
    """To what a conclusion about a term is rounded."""
    if term.decimals == 0:
        return ", rounded to a whole number"
    return f", rounded to {count(term.decimals, 'decimal')}"


def capital(text: str) -> str:
    """The text as it stands at the start of a sentence."""
    return text[:1].upper() + text[1:]


def fill(text: str, replacement: Callable[[str], str]) -> str:
    """The text with its {placeholders} replaced; every sentence still starts with a capital."""

    def filled(match: re.Match[str]) -> str:
        starts = re.search(r"(^|[.!?] +)$", text[: match.start()])
        return capital(replacement(match[1])) if starts else replacement(match[1])

    return PLACEHOLDER.sub(filled, text)


def agreeing(words: str, option: Option | None) -> str:
    """Of `takes|take`, the word that goes with the option: the second if it is a plural."""
    singular, _, plural = words.partition("|")
    return plural if option and option.plural else singular


def readable(text: str, knowledge: Knowledge) -> str:
    """A rule's text with its placeholders named and not yet filled."""

    def name(word: str) -> str:
        if word == "option":
            return "the option"
        if "|" in word:
            return agreeing(word, None)
        term = knowledge.named(word)
        return f"({term.label})" if term else word

    return fill(text, name)
