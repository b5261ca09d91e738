"""The dialogue: which question next, and the proof that the others no longer matter.

Questions are put and replies taken through two injected functions, so that a dialogue can be
held on a terminal, through a pipe or in a test alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from expert.consultation.case import UNKNOWN, Answer, Case, make_case
from expert.consultation.relevance import Effect, Reach
from expert.io.problems import nearest
from expert.language.english import count, listed
from expert.language.model import Knowledge, Term

COMMANDS = {
    "?": "help on this question",
    "why": "why it is asked",
    "unknown": "there is no answer",
    "back": "return to the question before",
    "quit": "stop here; the answers so far are kept",
}


class Interrupted(Exception):
    """The person stopped; `case` holds the answers so far."""

    def __init__(self, case: Case) -> None:
        super().__init__("interrupted")
        self.case = case


class Why(NamedTuple):
    """Why a question is asked: the rules still undecided that need it, and what they decide."""

    attribute: str
    rules: tuple[str, ...]
    verdicts: dict[str, tuple[str, ...]]  # for each option concerned, its verdicts still open
    effects: tuple[Effect, ...]


class Dialogue:
    """One consultation in questions, from the answers given so far."""

    def __init__(self, reach: Reach, case: Case) -> None:
        self.reach, self.case = reach, case
        self.asked: list[str] = []

    def next_question(self) -> Term | None:
        """The first attribute, in the vocabulary's order, that can still change something."""
        matters = self.reach.matters(self.case)
        return self.reach.base.knowledge.attributes[next(iter(matters))] if matters else None

    def why(self, name: str) -> Why:
        """Why the attribute is being asked for."""
        effects = self.reach.matters(self.case).get(name, [])
        rules = dict.fromkeys(
            i.rule.id for effect in effects for i in effect.instances if name in self.reach.support([i])
        )
        options = dict.fromkeys(effect.option for effect in effects if effect.option)
        verdicts = {option: tuple(self.reach.verdicts(option, self.case)) for option in options}
        return Why(name, tuple(rules), verdicts, tuple(effects))

    def answer(self, name: str, value: Answer) -> None:
        """Take an answer (None: unknown)."""
        self.case = make_case({**self.case.answers, name: value}, self.reach.base.knowledge)
        self.asked.append(name)

    def back(self) -> bool:
        """Forget the last answer, so that its question is next; False if there is none."""
        if not self.asked:
            return False
        name = self.asked.pop()
        kept = {n: v for n, v in self.case.answers.items() if n != name}
        self.case = make_case(kept, self.reach.base.knowledge)
        return True

    def run(self, ask: Callable[[str], str], say: Callable[[str], None]) -> Case:
        """Ask until nothing that is left can matter. Raises Interrupted."""
        say("Reply with a number, a value or its beginning; or: ? why unknown back quit")
        while term := self.next_question():
            say("\n" + question_text(term))
            try:
                while not self._reply(term, ask("> "), say):
                    pass
            except (KeyboardInterrupt, EOFError):
                raise Interrupted(self.case) from None
        left = self.reach.open(self.case)
        if left:
            say(f"\nNo remaining question can change anything ({count(len(left), 'question')} not asked).")
        return self.case

    def _reply(self, term: Term, reply: str, say: Callable[[str], None]) -> bool:
        """Deal with one reply; whether the question is done with."""
        word = reply.strip()
        if word.lower() in ("quit", "q", "exit"):
            raise Interrupted(self.case)
        if word in ("?", "help"):
            say(help_text(term))
        elif word.lower() == "why":
            say(why_text(self.why(term.name), self.reach.base.knowledge))
        elif word.lower() == "back":
            if self.back():
                return True
            say("This is the first question.")
        else:
            try:
                self.answer(term.name, understand(word, term))
                return True
            except ValueError as error:
                say(f"{str(error)[0].upper()}{str(error)[1:]}")
        return False


def understand(reply: str, term: Term) -> Answer:
    """The answer a reply means: a number of the list, a value, a label, or a clear beginning.

    Raises ValueError with what would be understood.
    """
    word = reply.strip()
    if not word:
        raise ValueError("nothing was typed; `?` explains the question, `unknown` is an answer too")
    folded = re.sub(r"[\s_]+", "-", word.casefold())
    if folded == UNKNOWN:
        return None
    if term.numeric:
        return term.parse(word)
    values = list(term.values)
    if word.isascii() and word.isdigit():
        if 1 <= int(word[:6]) <= len(values) + 1:
            return [*values, None][int(word[:6]) - 1]
        raise ValueError(f"`{word[:20]}` is not a number from 1 to {len(values) + 1}")
    labels = {re.sub(r"[\s_]+", "-", label.casefold()): value for value, label in term.values.items()}
    names = {**labels, **{value: value for value in [*values, UNKNOWN]}}
    fitting = [names[folded]] if folded in names else []
    # the beginning of a value goes before the beginning of a label
    for known in ([*values, UNKNOWN], labels):
        fitting = fitting or [names[name] for name in known if name.startswith(folded)]
    if len(fitting) == 1:
        return None if fitting[0] == UNKNOWN else fitting[0]
    if fitting:
        raise ValueError(f"`{word[:60]}` could be {listed(fitting, 'or')}")
    near = nearest(word, names)
    hint = f"; did you mean `{names[near]}`?" if near else ""
    raise ValueError(f"`{word[:60]}` is not understood{hint} (allowed: {term.allowed})")


def question_text(term: Term) -> str:
    """The question with its numbered answers."""
    if term.numeric:
        return f"{term.question} ({term.allowed})"
    lines = [f"  {n}  {label}" for n, label in enumerate([*term.values.values(), UNKNOWN], 1)]
    return "\n".join([term.question, *lines])


def help_text(term: Term) -> str:
    """What `?` says."""
    commands = [f"  {name:8} {meaning}" for name, meaning in COMMANDS.items()]
    about = [f"{term.name}: {term.help or term.label}", f"Answers: {term.allowed}"]
    return "\n".join([*about, "Also:", *commands])


def why_text(why: Why, knowledge: Knowledge) -> str:
    """What `why` says."""
    lines = [f"{why.attribute} can still change what follows from:"]
    lines += [f"  {rule}" for rule in why.rules]
    for option, verdicts in why.verdicts.items():
        phrase = knowledge.options[option].phrase
        kinds = listed(list(dict.fromkeys(_effect_word(e) for e in why.effects if e.option == option)))
        open_verdicts = listed(list(verdicts), "or")
        lines.append(f"For {phrase} it can change: {kinds}; its verdict can be {open_verdicts}.")
    return "\n".join(lines)


def _effect_word(effect: Effect) -> str:
    words = {"argument": "the arguments", "wait": "when", "flag": "a note", "finding": "the cost"}
    return words.get(effect.kind, "the advice")
