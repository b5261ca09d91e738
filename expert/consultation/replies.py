"""What a person types in answer to a question, and what it is taken to mean.

Where a reply could mean two things it is refused, and numbers are taken as people type them.
"""

from __future__ import annotations

import re

from expert.consultation.case import UNKNOWN, Answer
from expert.io.dates import spelled_day, today
from expert.io.problems import nearest, shorten
from expert.language.english import listed
from expert.language.model import CHOICES, NONE_OF_THEM, SIGNS, TODAY, Term

MONEY_WORDS = {
    "USD": ("us$", "dollar", "dollars"),
    "EUR": ("euro", "euros"),
    "GBP": ("pound", "pounds", "pounds sterling"),
}

YES_OR_NO = ("y", "yes", "n", "no")

# what stands before a number, the number, and what stands after it
AROUND_NUMBER = re.compile(r"([^0-9.,-]*)(-?[0-9](?:[0-9.,'_ ]*[0-9])?)([^0-9]*)")

GROUPED = re.compile(r"-?[0-9]{1,3}(?:([,'_ ])[0-9]{3}(?:\1[0-9]{3})*)(?:\.[0-9]+)?")


def understand(reply: str, term: Term) -> Answer:
    """The answer a reply means: a number of the list, a value, a label, or a clear beginning.

    Raises ValueError with what would be understood.
    """
    word = reply.strip()
    if not word:
        raise ValueError("nothing was typed; `?` explains the question, `unknown` is an answer too")
    folded = _folded(word)
    if folded == UNKNOWN or (term.ordered and UNKNOWN.startswith(folded)):
        return None
    if term.is_date:
        return term.parse(spelled_day(today()) if folded == TODAY else word)
    if term.numeric:
        return term.parse(bare_number(word, term))
    if word.isascii() and word.isdigit():
        return _numbered(word, term)
    return _named(word, folded, term)


def understood(reply: str, term: Term) -> dict[str, Answer]:
    """The answers that a reply means to a question: one, or on each value of one with several answers.

    Raises ValueError with what would be understood.
    """
    if term.type != CHOICES:
        return {term.name: understand(reply, term)}
    said: dict[str, Answer] = {}
    rest: Answer = "no"  # of what is not named
    items = _items(reply)
    for item in items:
        bare = item.removesuffix("?").strip()
        value = understand(bare, term)
        alone = value is None or value == NONE_OF_THEM
        if alone and (bare != item or (value == NONE_OF_THEM and len(items) > 1)):
            raise ValueError(f"`{shorten(item)}` stands alone, and says of all values how it is with them")
        if value is None:
            rest = None
        elif not alone:
            answer = "yes" if bare == item else None
            if said.setdefault(term.part(str(value)), answer) != answer:
                raise ValueError(f"`{value}` is answered twice")
    return {**dict.fromkeys(term.parts, rest), **said}


def _items(reply: str) -> list[str]:
    """The parts of a reply that gives several answers: with commas between them; numbers, with spaces too."""
    if re.fullmatch(r"[0-9]+\??( +[0-9]+\??)*", reply.strip()):
        return reply.split()
    return [item.strip() for item in re.split("[,;]", reply) if item.strip()] or [""]


def shown_answers(answers: dict[str, Answer], term: Term) -> str:
    """The answers to one question in the words in which they were offered."""
    if term.type != CHOICES:
        return shown_answer(answers[term.name], term)
    given = {value: answers[term.part(value)] for value in term.values if term.part(value) in answers}
    open = [term.values[value] for value, answer in given.items() if answer is None]
    so = [term.values[value] for value, answer in given.items() if answer == "yes"]
    if len(open) == len(given):
        return UNKNOWN
    unsure = f"; not known: {', '.join(open)}" if open else ""
    return f"{', '.join(so) or NONE_OF_THEM}{unsure}"


def shown_each(answers: dict[str, Answer], term: Term) -> str:
    """What is said of some values of a question with several answers, each by itself."""
    said = []
    for value, label in term.values.items():
        if term.part(value) in answers:
            said.append(f"{label} ({answers[term.part(value)] or UNKNOWN})")
    return ", ".join(said)


def shown_answer(value: Answer, term: Term) -> str:
    """An answer in the words in which it was offered."""
    return UNKNOWN if value is None else term.show(value)


def bare_number(word: str, term: Term) -> str:
    """A number without the sign or unit around it and the marks between its thousands.

    What is no such number is left as it is.
    """
    parts = AROUND_NUMBER.fullmatch(word)
    if parts is None:
        return word
    around = {parts[1].strip().casefold(), parts[3].strip().casefold()}
    if not around <= _unit_names(term.unit):
        return word
    number = parts[2]
    grouped = GROUPED.fullmatch(number)
    return number.replace(grouped[1], "") if grouped else number


def _unit_names(unit: str) -> set[str]:
    """What may be typed beside a number of that unit: nothing, its sign, its name for one or for many."""
    name = unit.casefold()
    singular = name.removesuffix("s")
    names = {"", name, singular, f"{singular}s", *MONEY_WORDS.get(unit, ())}
    names |= {SIGNS[unit]} if unit in SIGNS else set()
    return names | ({"%"} if name == "percent" else set())


def _numbered(word: str, term: Term) -> Answer:
    """The answer with a number of the list."""
    values: list[Answer] = [*term.values, *([NONE_OF_THEM] if term.type == CHOICES else []), None]
    place = int(word[:6])
    if not 1 <= place <= len(values):
        raise ValueError(f"`{word[:20]}` is not a number from 1 to {len(values)}")
    return values[place - 1]


def _named(word: str, folded: str, term: Term) -> Answer:
    """The answer that a word names, or begins; a whole name goes before a beginning."""
    values = term.choices
    spellings = {_folded(label): value for value, label in term.values.items()}
    spellings |= {value: value for value in values}
    meant = [spellings[folded]] if folded in spellings else []
    if not meant and folded in YES_OR_NO and not {"yes", "no"} & {*values}:
        # of a question that is not answered by yes or no: the beginning of a value would be a guess
        raise ValueError(f"`{word}` is not an answer to this question (allowed: {term.allowed})")
    if not meant:
        meant = list(dict.fromkeys(value for name, value in spellings.items() if name.startswith(folded)))
    if len(meant) == 1:
        return None if meant[0] == UNKNOWN else meant[0]
    if meant:
        could = [_shown(value, term) for value in values if value in meant]
        raise ValueError(f"`{shorten(word)}` could be {listed(could, 'or')}")
    near = nearest(word, spellings)
    hint = f"; did you mean `{spellings[near]}`?" if near else ""
    raise ValueError(f"`{shorten(word)}` is not understood{hint} (allowed: {term.allowed})")


def _shown(value: str, term: Term) -> str:
    """A value as it may be typed, with the label that the list shows where that does not begin so."""
    label = term.values.get(value, value)
    return value if _folded(label).startswith(value) else f"{value} ({label})"


def _folded(text: str) -> str:
    return re.sub(r"[\s_]+", "-", text.casefold())
