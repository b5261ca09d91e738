"""The dialogue: which question next, and the proof that the others no longer matter.

Questions are put and replies taken through two injected functions, so that a dialogue can be
held on a terminal, through a pipe or in a test alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from expert.consultation.case import UNKNOWN, Answer, Case, make_case
from expert.consultation.disagreement import Disagreeing, disagreeing
from expert.consultation.relevance import REASON, VERDICT, Effect, Reach
from expert.consultation.replies import shown_answer, shown_answers, shown_each, understood
from expert.language.conclusions import FINDING
from expert.language.english import count, in_sentence, listed
from expert.language.model import CHOICES, NONE_OF_THEM, Knowledge, Term
from expert.language.rules import Instance

COMMANDS = {
    "?": "help on this question",
    "why": "why it is asked; `why all` names every rule",
    "unknown": "there is no answer",
    "back": "return to the question before; later answers are kept",
    "quit": "stop here; the answers so far are kept",
}

# of `why`, so much at most: what does not fit a screen together with the question is counted
RULES_NAMED = 3
GROUPS_OF_WHY = 7

EFFECTS = {
    "argument": "the arguments",
    "wait": "when",
    "flag": "a note",
    "step": "the plan",
    VERDICT: "the verdict",
    REASON: "the reasons",
}


class Interrupted(Exception):
    """The person stopped; `case` holds the answers so far."""

    def __init__(self, case: Case) -> None:
        super().__init__("interrupted")
        self.case = case


class Why(NamedTuple):
    """Why a question is asked: the rules still undecided that need it, and what they decide.

    Of each effect and of each verdict it is said whether it is certain that it can be so.
    """

    attribute: str
    rules: tuple[str, ...]
    verdicts: dict[str, dict[str, bool]]  # for each option concerned, its verdicts still possible
    effects: dict[Effect, bool]


class Dialogue:
    """One consultation in questions, from the answers given so far.

    `asked` are the questions answered here, in order, to which `back` returns; `kept` are answers
    that were given before a return: each is offered again where its question comes. `fits` says
    whether a text that is said can be seen all at once.
    """

    def __init__(
        self,
        reach: Reach,
        case: Case,
        asked: Iterable[str] = (),
        kept: dict[str, Answer] | None = None,
        fits: Callable[[str], bool] = lambda text: True,
    ) -> None:
        self.reach, self.case, self.fits = reach, case, fits
        self.asked: list[str] = [name for name in asked if name in case.answers]
        self.kept: dict[str, Answer] = dict(kept or {})
        self.pointed_out: list[Disagreeing] = []  # answers that disagree, and may do so

    def remaining(self) -> list[Term]:
        """The questions that can still change something, in the vocabulary's order."""
        return [*self._remaining()]

    def _remaining(self) -> Iterator[Term]:
        last = None
        for name in self.reach.open(self.case):
            term = self.reach.base.knowledge.question_of(name)
            if term is not last and self.reach.may_change(name, self.case):
                last = term
                yield self._unanswered(term)

    def _unanswered(self, term: Term) -> Term:
        """A question; of one with several answers, about the values of which nothing was said."""
        if term.type != CHOICES:
            return term
        open = {v: label for v, label in term.values.items() if term.part(v) not in self.case.answers}
        return term._replace(values=open)

    def next_question(self) -> Term | None:
        """The first question, in the vocabulary's order, that can still change something."""
        return next(self._remaining(), None)

    def why(self, name: str) -> Why:
        """Why the attribute is being asked for."""
        matters, effects = self.reach.matters(self.case), dict[Effect, bool]()
        rules: dict[str, None] = {}
        for part in self.reach.base.knowledge.answerable[name].parts:
            for effect, sure in matters.get(part, {}).items():
                effects[effect] = effects.get(effect, False) or sure
                needing = [i.rule.id for i in effect.instances if self._concerns(part, effect, i)]
                rules |= dict.fromkeys(needing)
        options = dict.fromkeys(effect.option for effect in effects if effect.option)
        verdicts = {option: self.reach.verdicts(option, self.case) for option in options}
        return Why(name, tuple(rules), verdicts, effects)

    def _concerns(self, name: str, effect: Effect, instance: Instance) -> bool:
        """Whether an instance needs an answer for what it has a part in."""
        visible = effect.visible
        return name in visible.answers or name in self.reach.cones.support([instance], visible.findings)

    def answer(self, name: str, value: Answer) -> None:
        """Take an answer (None: unknown)."""
        self.take({name: value})

    def take(self, answers: dict[str, Answer]) -> None:
        """Take the answers to one question."""
        self.case = make_case({**self.case.answers, **answers}, self.reach.base.knowledge)
        for name in answers:
            self.kept.pop(name, None)
            self.asked.append(name)

    def back(self) -> bool:
        """Keep the last answer aside, so that its question is next; False if there is none."""
        if not self.asked:
            return False
        last = self.reach.base.knowledge.question_of(self.asked[-1])
        self._take_back([name for name in last.parts if name in self.asked])
        return True

    def _take_back(self, names: list[str]) -> None:
        """Keep answers aside: their question is put again."""
        for name in names:
            self.kept[name] = self.case.value(name)
        self.asked = [asked for asked in self.asked if asked not in names]
        others = {n: v for n, v in self.case.answers.items() if n not in names}
        self.case = make_case(others, self.reach.base.knowledge)

    def _questions(self, names: Iterable[str]) -> int:
        """How many questions some attributes are asked in."""
        return len({self.reach.base.knowledge.question_of(name).name for name in names})

    def run(self, ask: Callable[[str], str], say: Callable[[str], None]) -> Case:
        """Ask until nothing that is left can matter. Raises Interrupted."""
        try:
            say("Reply with a number, a value or its beginning; or: ? why unknown back quit")
            self._point_out(ask, say)
            while questions := self.remaining():
                self._put(questions[0], len(questions) - 1, ask, say)
                self._point_out(ask, say)
        except (KeyboardInterrupt, EOFError):
            raise Interrupted(self.case) from None
        left = self._questions(self.reach.open(self.case))
        if left:
            say(f"\nNo remaining question can change the result ({count(left, 'question')} not asked).")
        return self.case

    def _put(self, term: Term, later: int, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
        """Put a question until it is done with."""
        shown = self._question(term, later)
        say("\n" + shown)
        while not self._reply(term, ask("> "), say, shown):
            pass

    def _point_out(self, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
        """Say at once which answers disagree, and offer to change either of them."""
        while new := [d for d in disagreeing(self.reach.base, self.case) if d not in self.pointed_out]:
            names = new[0].contradiction.attributes
            offer = self._offer(new[0])
            say("\n" + offer)
            while (word := ask("> ").strip().lower()) not in ("1", "2", "3", "", *names):
                if word in ("quit", "q", "exit"):
                    raise Interrupted(self.case)
                say(offer if word in ("?", "help", "why") else "Reply with 1, 2 or 3")
            if word in ("3", ""):
                self.pointed_out.append(new[0])
                say("= both are left as they are")
                continue
            name = names[int(word) - 1] if word.isdigit() else word
            self._take_back([name])
            term = self._unanswered(self.reach.base.knowledge.question_of(name))
            self._put(term, len(self.remaining()) - 1, ask, say)

    def _offer(self, disagreeing: Disagreeing) -> str:
        """What disagrees, and the ways out of it."""
        terms = [self.reach.base.knowledge.attributes[name] for name in disagreeing.contradiction.attributes]
        lines = [disagreeing.text, disagreeing.because]
        for n, (term, value) in enumerate(zip(terms, disagreeing.answers, strict=True), 1):
            lines.append(f"  {n}  change the answer: {term.question} ({shown_answer(value, term)})")
        return "\n".join([*lines, "  3  leave both as they are"])

    def _question(self, term: Term, later: int) -> str:
        """The question with its place among all, and the answer that was given to it before, if any."""
        most = f"at most {later} more" if later else "the last"
        lines = [f"Question {self._questions(self.asked) + 1} ({most})", question_text(term)]
        whole, given = self.reach.base.knowledge.answerable[term.name], self.case.answers
        known = {name: given[name] for name in whole.parts if name in given}
        if known:
            lines.append(f"Said already: {shown_each(known, whole)}")
        if before := self._before(term):
            lines.append(f"Your answer was: {shown_answers(before, term)}  (Enter keeps it)")
        return "\n".join(lines)

    def _before(self, term: Term) -> dict[str, Answer]:
        """The answers to a question that were given before a return to it; nothing if not all were."""
        return {n: self.kept[n] for n in term.parts} if self.kept.keys() >= {*term.parts} else {}

    def _reply(self, term: Term, reply: str, say: Callable[[str], None], question: str) -> bool:
        """Deal with one reply; whether the question is done with."""
        word = " ".join(reply.split())
        match word.lower():
            case "quit" | "q" | "exit":
                raise Interrupted(self.case)
            case "?" | "help":
                say(f"{help_text(term)}\n\n{question}")
            case "why" | "why all":
                say(self._why_and_question(term.name, question, whole=word.lower() != "why"))
            case "back":
                if self.back():
                    return True
                say("This is the first question.")
            case _:
                return self._answered(term, word, say)
        return False

    def _why_and_question(self, name: str, question: str, whole: bool) -> str:
        """Why a question is asked, as much as fits with the question, or all of it; and the question."""
        why, knowledge = self.why(name), self.reach.base.knowledge
        text = f"{why_text(why, knowledge, whole)}\n\n{question}"
        most = GROUPS_OF_WHY
        while not whole and most > 1 and not self.fits(text):
            most -= 1
            text = f"{why_text(why, knowledge, whole, most)}\n\n{question}"
        return text

    def _answered(self, term: Term, word: str, say: Callable[[str], None]) -> bool:
        """Take a reply for an answer, and say which; whether it is one."""
        before = self._before(term)
        try:
            answers = before if before and not word else understood(word, term)
        except ValueError as error:
            say(f"{str(error)[0].upper()}{str(error)[1:]}")
            return False
        self.take(answers)
        say(f"= {shown_answers(answers, term)}")
        return True


def question_text(term: Term) -> str:
    """The question with its numbered answers."""
    if term.ordered:
        return f"{term.question} ({term.allowed})"
    several = term.type == CHOICES
    shown = [*term.values.values(), *([NONE_OF_THEM] if several else []), UNKNOWN]
    lines = [f"  {n}  {label}" for n, label in enumerate(shown, 1)]
    return "\n".join([f"{term.question}{' (any of these, with commas)' if several else ''}", *lines])


def help_text(term: Term) -> str:
    """What `?` says."""
    commands = [f"  {name:8} {meaning}" for name, meaning in COMMANDS.items()]
    about = [f"{term.name}: {term.help or term.label}", f"Answers: {term.allowed}"]
    if term.type == CHOICES:
        about += ["What is not named is answered with no. `2?`: of the second nothing is known;"]
        about += [f"`1, {UNKNOWN}`: the first is so, and of the others nothing is known."]
    return "\n".join([*about, "Also:", *commands])


def why_text(why: Why, knowledge: Knowledge, whole: bool = False, most: int = GROUPS_OF_WHY) -> str:
    """What `why` says: what the answer can change and the first rules that need it, or everything.

    Unless `whole`, of so many groups of options as `most`; the others are counted.
    """
    groups = _groups(why, knowledge)
    shown = groups if whole else groups[:most]
    can = "can still change" if any(why.effects.values()) else "may still change (that is not decided)"
    lines = [f"{why.attribute} {can}:", *(f"  {line}" for line in shown)]
    if len(shown) < len(groups):
        lines.append(f"  and more about {count(len(groups) - len(shown), 'group')} of options")
    lines += [f"  {line}" for line in _general(why, knowledge)]
    if whole or len(why.rules) <= RULES_NAMED + 1:
        return "\n".join([*lines, "by way of:", *(f"  {rule}" for rule in why.rules)])
    named = ", ".join(why.rules[:RULES_NAMED])
    more = count(len(why.rules) - RULES_NAMED, "more rule")
    return "\n".join([*lines, f"by way of {named} and {more} (`why all`)"])


def _groups(why: Why, knowledge: Knowledge) -> list[str]:
    """What can change of options, a line for all of which the same can."""
    alike: dict[str, list[str]] = {}
    for option, verdicts in why.verdicts.items():
        about = [effect for effect in why.effects if effect.option == option]
        # where arguments change, it need not be said that the verdict may
        apart = [effect for effect in about if effect.kind != VERDICT] or about[:1]
        kinds = [effect_word(effect, knowledge) for effect in apart]
        can = ", ".join(dict.fromkeys(kinds))
        # more than one verdict is possible yet
        can += f" (still {_possible(verdicts, knowledge)})" if len(verdicts) > 1 else ""
        alike.setdefault(can, []).append(knowledge.options[option].phrase)
    return [f"for {listed(phrases)}: {can}" for can, phrases in alike.items()]


def _general(why: Why, knowledge: Knowledge) -> list[str]:
    """What can change that is about no option, in a line if there is any."""
    words = dict.fromkeys(effect_word(effect, knowledge) for effect in why.effects if not effect.option)
    return [listed(list(words))] if words else []


def _possible(verdicts: dict[str, bool], knowledge: Knowledge) -> str:
    """Which verdicts are still possible; "perhaps" of those of which that is not decided."""
    words = [(knowledge.words.verdicts[verdict], sure) for verdict, sure in verdicts.items()]
    return listed([verdict if sure else f"perhaps {verdict}" for verdict, sure in words], "or")


def effect_word(effect: Effect, knowledge: Knowledge) -> str:
    """What an effect is called: the arguments, when, a note, a cost, a result, the plan or the advice."""
    if effect.kind == FINDING and effect.name in (knowledge.cost or ()):
        return f"the {in_sentence(knowledge.words.headings['cost'])}"
    if effect.kind == FINDING:
        return knowledge.findings[effect.name].label
    return EFFECTS.get(effect.kind, "the advice")
