"""How an option stands, in words: for which targets its verdict is, when it can be done, what it costs.

A time is said only of what is recommended; the record has it of every option.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from expert.consultation.result import Consultation, Cost, PlanStep, Price, Recommendation, ScoreItem
from expert.language.english import capital, in_sentence, listed
from expert.language.model import SIGNS, Knowledge
from expert.language.policy import NOW, RECOMMENDED, VERDICTS

TIMED = VERDICTS[:2]  # of which it is said when they can be done


def ranked(consultation: Consultation, knowledge: Knowledge) -> list[Recommendation]:
    """The recommendations, the best verdict first; by their places where a number ranks them."""
    if knowledge.rank is None:
        return sorted(consultation.recommendations, key=lambda r: VERDICTS.index(r.verdict))
    term, least = knowledge.findings[knowledge.rank.finding], knowledge.rank.least_first

    def by_place(r: Recommendation) -> tuple[bool, int, int]:
        if r.place is None:
            return True, 0, 0
        low, high = (int(term.scaled(bound)) for bound in (r.place.low, r.place.high))
        return (False, high, low) if least else (False, -low, -high)

    return sorted(consultation.recommendations, key=by_place)


# --- for which targets -----------------------------------------------------------------------
def targets_in_play(consultation: Consultation, knowledge: Knowledge) -> list[str]:
    """The targets that something is argued about in the case, in their declared order."""
    argued = {target for r in consultation.recommendations for target in r.targets}
    return [target for target in knowledge.targets if target in argued]


def covers_all(r: Recommendation, in_play: Iterable[str]) -> bool:
    """Whether the option's verdict is that on every target in play; what names no target counts for all."""
    return not r.targets or (set(in_play) <= r.targets.keys() and len(set(r.targets.values())) == 1)


def by_target(r: Recommendation, consultation: Consultation, knowledge: Knowledge) -> list[str]:
    """`preferred for its growth`, for each target argued about; nothing where the verdict is for all."""
    others = any(
        other.verdict == "open" for other in consultation.recommendations
    )  # targets may still come up
    if covers_all(r, targets_in_play(consultation, knowledge)) and not (others and r.targets):
        return []
    return each_target(r.targets, knowledge)


def each_target(targets: dict[str, str], knowledge: Knowledge) -> list[str]:
    """The best verdict first, those that are the same together."""
    said = []
    for verdict, words in knowledge.words.verdicts.items():
        labels = [knowledge.targets[t].label for t in knowledge.targets if targets.get(t) == verdict]
        if labels:
            said.append(f"{words} for {listed(labels)}")
    return said


def verdict_text(r: Recommendation, consultation: Consultation, knowledge: Knowledge) -> str:
    """The verdict, with what it is for where that is not everything in the case."""
    return "; ".join(by_target(r, consultation, knowledge)) or knowledge.words.verdicts[r.verdict]


def for_each_target(consultation: Consultation, knowledge: Knowledge) -> list[str]:
    """Where several targets are in play, what is recommended for each of them."""
    in_play = targets_in_play(consultation, knowledge)
    if len(in_play) < 2:
        return []
    return [recommended_for(target, consultation, knowledge) for target in in_play]


def recommended_for(target: str, consultation: Consultation, knowledge: Knowledge) -> str:
    """What is recommended for a target."""
    named = []
    for r in ranked(consultation, knowledge):
        verdict = r.targets.get(target) if r.targets else r.verdict
        if verdict in RECOMMENDED:
            named.append(f"{knowledge.options[r.option].phrase} ({knowledge.words.verdicts[verdict]})")
    return f"For {knowledge.targets[target].label}: {listed(named) or 'nothing'}."


def standing_sentences(
    r: Recommendation, consultation: Consultation, knowledge: Knowledge, timed: bool = False
) -> list[str]:
    """How an option stands, in whole sentences: for each target, when, and where the document is silent.

    When is said of what is recommended, where there are steps, as a table does; `timed` says it in any case.
    """
    return [
        *_verdict_sentences(r, consultation, knowledge),
        *([when_sentence(r, knowledge)] if timed or (knowledge.steps and r.verdict in TIMED) else []),
    ]


def _verdict_sentences(r: Recommendation, consultation: Consultation, knowledge: Knowledge) -> list[str]:
    option = knowledge.options[r.option]
    name, it = capital(option.phrase), "they are" if option.plural else "it is"
    verb = "are" if option.plural else "is"
    in_play = targets_in_play(consultation, knowledge)
    if r.depends_on:
        one = "they" if option.plural else "it"
        depends = depends_text(r.depends_on, knowledge, plural=option.plural)
        return [f"{name} {verb} {knowledge.words.clauses[r.verdict]}: {one} {depends}."]
    if r.verdict in ("open", "not-addressed"):
        said = nothing_said(r, consultation, knowledge)
        return [said or f"{name} {verb} {knowledge.words.clauses[r.verdict]}."]
    if not by_target(r, consultation, knowledge):
        return [f"{name} {verb} {knowledge.words.clauses[r.verdict]}."]
    sentences: list[str] = []
    for verdict, words in knowledge.words.clauses.items():
        labels = [knowledge.targets[t].label for t in in_play if r.targets.get(t) == verdict]
        if labels and not sentences:
            sentences.append(f"{name} {verb} {words} for {listed(labels)}.")
        elif labels:
            sentences.append(f"For {listed(labels)} {it} {words}.")
    silent = [target for target in in_play if target not in r.targets]
    return [*sentences, *([silent_text(r, silent, knowledge)] if silent else [])]


# --- where nothing decides -------------------------------------------------------------------
NOTHING_PUT_FORWARD = "Nothing was put forward for it or against it."


def nothing_said(r: Recommendation, consultation: Consultation, knowledge: Knowledge) -> str:
    """What is to be said of an option on which nothing that decides was put forward; else nothing."""
    if r.depends_on:
        return cannot_be_said(r.depends_on, knowledge)
    if r.verdict != "not-addressed":
        return ""
    if consultation.format == 1:  # which had no verdict `open`
        return "" if r.arguments else NOTHING_PUT_FORWARD
    return silent_text(r, targets_in_play(consultation, knowledge), knowledge)


def silent_text(r: Recommendation, targets: Sequence[str], knowledge: Knowledge) -> str:
    """That the document has nothing on an option for some targets, or in the case as a whole."""
    labels = [knowledge.targets[target].label for target in targets]
    about = f"for {listed(labels, 'or')}" if labels else "in this case"
    said = knowledge.words.silence.replace("{option}", knowledge.options[r.option].phrase)
    return capital(said.replace("{about}", about))


def cannot_be_said(attributes: Sequence[str], knowledge: Knowledge) -> str:
    """That a verdict is open, and the answers that it depends on."""
    return f"It cannot be said yet: it {depends_text(attributes, knowledge)}."


def depends_text(attributes: Sequence[str], knowledge: Knowledge, most: int = 0, plural: bool = False) -> str:
    """What an open verdict depends on: at most so many by name, if that is given."""
    labels = asked_about(attributes, knowledge)
    if most and len(labels) > most:
        labels = [*labels[: most - 1], f"{len(labels) - most + 1} other answers"]
    surely = "depend" if plural else "depends"
    return f"{surely if len(attributes) == 1 else 'may depend'} on {listed(labels)}"


def asked_about(attributes: Sequence[str], knowledge: Knowledge) -> list[str]:
    """What attributes are about, in words; several values of one question are named by it."""
    names: dict[str, list[str]] = {}
    for name in attributes:
        names.setdefault(knowledge.question_of(name).name, []).append(name)
    labels = []
    for name, values in names.items():
        one = values[0] if len(values) == 1 else name
        labels.append(knowledge.answerable[one].label)
    return labels


# --- when ------------------------------------------------------------------------------------
def step_words(steps: Iterable[str], knowledge: Knowledge) -> str:
    """The steps in their own words, for where no plan is printed."""
    return "; ".join(knowledge.steps[step].label for step in steps)


def step_text(step: str, plan: Iterable[PlanStep], knowledge: Knowledge) -> str:
    """`step 3` of the plan; the step's own words where it is not planned."""
    number = next((planned.n for planned in plan if planned.step == step), None)
    return f"step {number}" if number else f"this: {in_sentence(knowledge.steps[step].label)}"


def timing_text(timing: str, plan: Iterable[PlanStep], knowledge: Knowledge) -> str:
    """`now`, or `after step 3`."""
    return NOW if timing == NOW else f"after {step_text(timing, plan, knowledge)}"


def when_text(r: Recommendation, consultation: Consultation, knowledge: Knowledge) -> str:
    """When what is recommended can be done; nothing of what is not, or is uncertain."""
    return timing_text(r.timing, consultation.plan, knowledge) if r.verdict in TIMED else ""


def when_sentence(r: Recommendation, knowledge: Knowledge) -> str:
    """What an option waits for, or that it waits for nothing."""
    plural = knowledge.options[r.option].plural
    if r.waits_for:
        return f"{'They wait' if plural else 'It waits'} for: {step_words(r.waits_for, knowledge)}."
    return f"As the case stands, no step has to come before {'them' if plural else 'it'}."


def when_words(verdict: str, timing: str, knowledge: Knowledge) -> str:
    """The same in the step's own words, for where no plan is printed."""
    if verdict not in TIMED:
        return ""
    return NOW if timing == NOW else f"after: {step_words([timing], knowledge)}"


# --- what it costs ---------------------------------------------------------------------------
def money(amount: int | float, currency: str) -> str:
    """An amount with its currency."""
    sign = SIGNS.get(currency, "")
    shown = f"{amount:,}" if isinstance(amount, int) else f"{amount:,.2f}"
    return f"{sign}{shown}" if sign else f"{shown} {currency}"


def price_text(price: Price, currency: str) -> str:
    """`$50 a plant, typically; how many is not known`, of a price."""
    how = {"typical": ", typically", "at-least": " or more"}.get(price.basis, "")
    missing = "; how many is not known" if price.missing else ""
    return f"{money(price.amount, currency)} {price.per}{how}{missing}"


COST_IN_OTHER_CASES = "-"  # of an option of which no rule says in this case what it costs
# of an option that has none, by how that stands: where it only has none in this case, no more is said
WITHOUT_COST = {"open": "not known yet", "not-stated": "not stated"}


def cost_of(r: Recommendation) -> str:
    """What an option costs; that it is not known yet, or not stated in any case, where that is so.

    `-` where a rule says what it costs, and not in this case.
    """
    if r.cost is not None:
        return cost_text(r.cost)
    if r.cost_depends_on:
        return WITHOUT_COST["open"]
    return WITHOUT_COST.get(r.cost_stands, COST_IN_OTHER_CASES)


def cost_text(cost: Cost) -> str:
    """What is known of a cost: in all, or else for each of what it takes."""
    if cost.low is None and cost.high is None:
        return "; ".join(price_text(price, cost.currency) for price in cost.prices)
    low = money(cost.low, cost.currency) if cost.low is not None else ""
    high = money(cost.high, cost.currency) if cost.high is not None else ""
    how = {"typical": ", typically", "at-least": " or more"}.get(cost.basis, "")
    if not high:
        return f"from {low}"
    return (low if low == high else f"{low} to {high}" if low else f"up to {high}") + how


# --- points ----------------------------------------------------------------------------------
def item_text(item: ScoreItem) -> str:
    """An item of a score, and how it stands."""
    words = {"counts": "counts", "does-not": "does not count"}
    ends = str(item.low) if item.low == item.high else f"{item.low} to {item.high}"
    return f"{item.text}: {words.get(item.stands, f'open, {ends}')}"
