"""Why something is not so in a case: the rules that could say so, what each lacks, what would change it."""

from __future__ import annotations

from typing import NamedTuple

from expert.consultation.case import UNKNOWN, Answer, Case, parse_pairs
from expert.consultation.explain import How, Tree, is_answered
from expert.consultation.how_it_stands import Still, how_it_stands, is_affirmed
from expert.consultation.leading import refs_of
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.consultation.result import Argument, Consultation, Recommendation, Statement
from expert.consultation.standing import standing_sentences, targets_in_play
from expert.consultation.subjects import Subject, a_kind
from expert.io.problems import CaseError, not_among
from expert.language.changes import Changes
from expert.language.conclusions import Argue, Conclude
from expert.language.keys import written_rule
from expert.language.limits import NotDecided
from expert.language.model import Knowledge
from expert.language.outcome import deciding_arguments
from expert.language.policy import NOW, OPEN, RECOMMENDED, VERDICTS
from expert.language.rules import Instance, RuleBase

# which arguments bring a verdict about
LEADS = {
    "preferred": (("for", "strong"),),
    "option": (("for", "plain"), ("for", "strong")),
    "uncertain": (("unsure", ""), ("for", ""), ("against", "")),
    "open": (),
    "not-advised": (("against", ""),),
    "not-addressed": (),
}
# by what is asked about, the kinds of conclusion that are one
CONCLUDED_AS = {"advice": ("advice", "caution"), "finding": ("finding", "score")}
OF_EACH_OPTION = ("finding", "flag", "advice", "rule")  # what may be so of some options, and not of others


class Flip(NamedTuple):
    """A smallest set of changed answers, and the verdict and timing it was seen to lead to.

    `targets` are the verdicts on each target then, `plan_step` the number of the step waited for, and
    `new_targets` those not argued about before, where others were: a change can help by bringing one in.
    `unanswered` is whether each of the answers is one that was missing.
    """

    changes: dict[str, str]
    verdict: str
    timing: str
    targets: dict[str, str] = {}  # noqa: RUF012 (never changed)
    plan_step: int | None = None
    new_targets: tuple[str, ...] = ()
    unanswered: bool = False


class Failed(NamedTuple):
    """A rule that could have concluded it: what failed and why (see NotFired)."""

    rule: str
    option: str | None
    reason: str
    condition: str
    claims: tuple[str, ...]
    states: Statement | None = None  # the condition as data
    stands: tuple[Tree, ...] = ()  # how each term that it is about stands
    basis: str = "stated"


class WhyNot(NamedTuple):
    """Why an option (or anything else) is not what was asked for."""

    subject: str
    goal: str  # a verdict, `now`, or "" (concluded at all)
    already: bool
    possible: bool  # whether it can be so in some case
    failed: tuple[Failed, ...] = ()
    against: tuple[Argument, ...] = ()  # arguments that stand against it
    waiting: tuple[str, ...] = ()  # steps it waits for
    flips: tuple[Flip, ...] | None = None  # None: not looked for (only options are)
    depends_on: tuple[str, ...] = ()  # of what is open: the answers that decide
    up_to: int | None = None  # without flips: no change of so many answers is one; None: of any number
    decided: bool = True  # whether these are known to be the smallest; without flips, that there are none
    stands: tuple[str, ...] = ()  # how it stands, in sentences
    beside: tuple[Argument, ...] = ()  # arguments against it on topics that do not decide
    not_for: tuple[str, ...] = ()  # the targets in play for which it is not so, where it is for others
    wanted: tuple[str, ...] = ()  # the verdicts meant by the goal


def why_not(reach: Reach, case: Case, consultation: Consultation, subject: Subject, goal: str = "") -> WhyNot:
    """Why `subject` is not `goal` in this case, and the smallest changes after which it is.

    For an option the goal is a verdict or `now`; without one, to be recommended at all.
    Raises CaseError if the goal is neither.
    """
    if subject.kind != "option":
        if goal:
            named = f"`{subject.id}` is {a_kind(subject.kind)}"
            raise CaseError(f"`{goal}` is asked of options, and {named}", f"leave out `{goal}`")
        return _why_not_concluded(reach, case, consultation, subject)
    if goal and goal not in (*VERDICTS, NOW):
        raise CaseError([not_among("verdict", goal, [*VERDICTS, NOW])])
    return _why_not_option(reach, case, consultation, subject, goal)


def _why_not_option(
    reach: Reach, case: Case, consultation: Consultation, subject: Subject, goal: str
) -> WhyNot:
    knowledge, option = reach.base.knowledge, consultation.recommendation(subject.id)
    wanted, leading = _wanted(reach.base, option, goal)
    already = option.timing == NOW if goal == NOW else option.verdict in wanted
    not_for = _not_for(consultation, option.option, wanted, knowledge) if already else ()
    possible = already or goal in (NOW, "not-addressed") or bool(leading)
    if goal == OPEN:  # no rule says so: it is what a case without answers may have
        possible = already or OPEN in reach.verdicts(option.option, Case({}))
    standing = [a for a in option.arguments if a.stance != "for"]
    against = [a for a in standing if a.topic in knowledge.deciding_topics]
    beside = [a for a in standing if a.topic not in knowledge.deciding_topics]
    if not_for:
        leading = [i for i in leading if _speaks_of(i, not_for)]
        against = [a for a in against if a.target is None or a.target in not_for]
    looked_for = wanted if not already or (not_for and leading) else ()
    flips, up_to, decided = _flips(reach, case, consultation, option.option, Wanted(looked_for, not_for))
    shown = goal != NOW and (not already or bool(not_for))
    failed = _failed(consultation, leading, reach.base) if shown else ()
    return WhyNot(
        subject.label,
        goal,
        already,
        possible,
        failed=_nearest_first(failed, flips, reach.base, case),
        against=tuple(against) if shown else (),
        waiting=option.waits_for if goal == NOW else (),
        flips=flips,
        depends_on=() if already or goal == NOW else option.depends_on,
        up_to=up_to,
        decided=decided,
        stands=tuple(standing_sentences(option, consultation, knowledge, timed=goal == NOW)),
        beside=tuple(beside) if shown else (),
        not_for=not_for,
        wanted=wanted,
    )


def _wanted(base: RuleBase, option: Recommendation, goal: str) -> tuple[tuple[str, ...], list[Instance]]:
    """The verdicts that a goal means (or `now`), and the instances that can bring one about."""
    wanted: tuple[str, ...] = (goal,) if goal else VERDICTS[:2]
    leading = _leading(base, option.option, wanted)
    if not goal and not leading and option.verdict in ("open", "not-addressed"):
        wanted = RECOMMENDED  # the most that a rule can say of it is that it is uncertain
        leading = _leading(base, option.option, wanted)
    return wanted, leading


def _leading(base: RuleBase, option: str, wanted: tuple[str, ...]) -> list[Instance]:
    """The instances that argue for one of some verdicts on an option."""
    leads = [lead for verdict in wanted for lead in LEADS.get(verdict, ())]

    def fits(c: Argue) -> bool:
        strengths = [strength for stance, strength in leads if stance == c.stance]
        return c.option == option and ("" in strengths or c.strength in strengths)

    return [i for i in base.instances if any(map(fits, deciding_arguments(i, base.knowledge)))]


def _not_for(
    consultation: Consultation, option: str, wanted: tuple[str, ...], knowledge: Knowledge
) -> tuple[str, ...]:
    """The targets in play for which an option is not as wanted, where its best verdict is."""
    targets = consultation.recommendation(option).targets
    if not targets or wanted == (NOW,):
        return ()
    return tuple(t for t in targets_in_play(consultation, knowledge) if targets.get(t) not in wanted)


def _speaks_of(instance: Instance, targets: tuple[str, ...]) -> bool:
    """Whether an instance argues about one of the targets, or about every target."""
    argued = [c.target for c in instance.then if isinstance(c, Argue)]
    return any(not target or target in targets for target in argued)


def _why_not_concluded(reach: Reach, case: Case, consultation: Consultation, subject: Subject) -> WhyNot:
    """Why something was not concluded that is no option."""
    if subject.kind == "attribute":
        return _why_not_answered(consultation, subject, reach.base)
    base, of_finding = reach.base, subject.kind == "finding"
    affirmed = of_finding and is_affirmed(subject.id, base)
    concluding = [i for i in base.instances if _concludes(i, subject, affirmed)]
    fired = {(f.rule, f.option or "") for f in consultation.firings}
    so = [i for i in concluding if (i.rule.id, i.option) in fired]
    if subject.kind == "claim":  # which an option's data may rest on, and no rule
        already = subject.id in consultation.rests_on()
    else:
        already = bool(so) or (of_finding and is_answered(subject.id, consultation, base.knowledge))
    lacking = concluding
    if already:  # of what each option may have: why others have it not
        has = {i.option for i in so} if subject.kind in OF_EACH_OPTION else set()
        lacking = [i for i in concluding if has and i.option not in has]
    silent = [i for i in concluding if (i.rule.id, i.option) not in fired]
    firing, depends_on = reach.still_firing(case, silent)
    still = Still(tuple(dict.fromkeys(i.option for i in firing)), depends_on)
    if subject.kind == "finding":
        still = _still(reach, case, consultation, subject, still)
    may_fire = {(written_rule(i.rule.id), i.option) for i in firing}
    failed = _failed(consultation, lacking, base)
    failed = tuple(sorted(failed, key=lambda rule: (rule.rule, rule.option or "") not in may_fire))
    stands = tuple(how_it_stands(subject, consultation, base, bool(concluding), already, still))
    possible, waits = already or bool(concluding), () if already else still.depends_on
    return WhyNot(subject.label, "", already, possible, failed=failed, depends_on=waits, stands=stands)


def _still(reach: Reach, case: Case, consultation: Consultation, subject: Subject, by_rules: Still) -> Still:
    """What answers may still bring about of a finding, where nothing was concluded or answered.

    Of one that leads the result it is what the result says.
    """
    base = reach.base
    if is_answered(subject.id, consultation, base.knowledge):
        return Still()
    concluded = {f.option or "" for f in consultation.findings if f.finding == subject.id}
    concluded |= {s.option or "" for s in consultation.scores if s.finding == subject.id}
    refs = [ref for ref in refs_of(subject.id, base.knowledge) if ref.option not in concluded]
    open = reach.openness.concludable(case, refs)
    term = base.knowledge.findings[subject.id]
    if not (term.asked or term.role or subject.id in base.knowledge.results):
        open = {ref.key: open[ref.key] for ref in refs if ref.key in open and ref.option in by_rules.options}
    waits = {name for names in open.values() for name in names}
    depends_on = tuple(name for name in base.knowledge.attributes if name in waits)
    return Still(tuple(ref.option for ref in refs if ref.key in open), depends_on)


def _why_not_answered(consultation: Consultation, subject: Subject, base: RuleBase) -> WhyNot:
    """Whether a question is answered, and what did not fire for want of an answer."""
    several = base.knowledge.several.get(subject.id)
    parts = set(several.parts) if several else {subject.id}
    lacking = [n for n in consultation.not_fired if n.reason == "unknown" and parts & {*n.names}]
    waiting = {(n.rule, n.option or "") for n in lacking}
    failed = _failed(consultation, [i for i in base.instances if (i.rule.id, i.option) in waiting], base)
    already = all(consultation.answers.get(part, UNKNOWN) != UNKNOWN for part in parts)
    stands = tuple(how_it_stands(subject, consultation, base, True, already, Still()))
    return WhyNot(subject.label, "", already, possible=True, failed=failed, stands=stands)


def _concludes(instance: Instance, subject: Subject, affirmed: bool) -> bool:
    """Whether an instance concludes something; not one that says `no` of a finding that others affirm."""
    if subject.kind == "claim":
        return subject.id in instance.rule.claims
    if subject.kind == "rule":
        return instance.rule.id == subject.id
    if subject.kind == "target":
        return any(isinstance(c, Argue) and c.target == subject.id for c in instance.then)
    kinds = CONCLUDED_AS.get(subject.kind, (subject.kind,))
    named = [c for c in instance.then if c.kind in kinds and c.name == subject.id]
    return any(not (affirmed and isinstance(c, Conclude) and c.value == "no") for c in named)


def _failed(consultation: Consultation, instances: list[Instance], base: RuleBase) -> tuple[Failed, ...]:
    # of a rule that settles a finding it is said once why neither half has fired
    wanted = {(written_rule(i.rule.id), i.option) for i in instances}
    failed = []
    for n in consultation.not_fired:
        if (n.rule, n.option or "") in wanted:
            stands = tuple(How(consultation, base, {}).needed(n.states))
            rule = base.rule(n.rule)
            said = n.rule, n.option, n.reason, n.condition, rule.claims, n.states, stands, rule.basis
            failed.append(Failed(*said))
    return tuple(failed)


def _nearest_first(
    failed: tuple[Failed, ...], flips: tuple[Flip, ...] | None, base: RuleBase, case: Case
) -> tuple[Failed, ...]:
    """The rules that a smallest change would have fire, before all others."""
    if not flips:
        return failed
    pairs = [f"{name}={value}" for name, value in flips[0].changes.items()]
    after = follow(base, case.with_answers(parse_pairs(pairs, base.knowledge).answers, base.knowledge))
    fired = {(firing.rule, firing.option) for firing in after.firings}
    return tuple(sorted(failed, key=lambda rule: (rule.rule, rule.option) not in fired))


class Wanted(NamedTuple):
    """Goals of which an option is to have one; for one of the targets, if there are some."""

    goals: tuple[str, ...]
    targets: tuple[str, ...]

    def reached(self, result: Recommendation) -> bool:
        """Whether it has one."""
        if self.targets:
            return any(result.targets.get(target) in self.goals for target in self.targets)
        return result.verdict in self.goals or (NOW in self.goals and result.timing == NOW)


class Flips(NamedTuple):
    """The smallest changes that were found.

    `up_to`: without any, of how many answers no change leads there (None: of any number).
    `decided` is whether it is certain that these are the smallest; without any, that there are none.
    """

    found: tuple[Flip, ...]
    up_to: int | None
    decided: bool


def _flips(reach: Reach, case: Case, before: Consultation, option: str, wanted: Wanted) -> Flips:
    """The smallest changes for any of the goals, each seen to work by following it through."""
    knowledge = reach.base.knowledge
    in_play = targets_in_play(before, knowledge)
    changes, decided = _smallest_changes(reach, case, option, wanted)
    flips: list[Flip] = []
    for change in changes.found:
        after = follow(reach.base, case.with_answers({**change}, knowledge))
        result = after.recommendation(option)
        if wanted.reached(result):
            spelled = {name: _spelled(name, value, reach.base) for name, value in change.items()}
            step = next((step.n for step in after.plan if step.step == result.timing), None)
            new = tuple(t for t in targets_in_play(after, knowledge) if in_play and t not in in_play)
            missing = all(case.value(name) is None for name in change)
            flips.append(Flip(spelled, result.verdict, result.timing, result.targets, step, new, missing))
    return Flips(tuple(flips), changes.up_to, decided)


def _smallest_changes(reach: Reach, case: Case, option: str, wanted: Wanted) -> tuple[Changes, bool]:
    """The smallest changes for any of the goals; and whether it is decided which these are."""
    by_goal: list[Changes] = []
    for goal in wanted.goals:
        try:
            by_goal.append(reach.changes_to(case, option, goal, wanted.targets))
        except NotDecided:
            by_goal.append(Changes([], 0))
    looked = [changes.up_to for changes in by_goal if not changes.found and changes.up_to is not None]
    up_to = min(looked, default=None)
    size = min((len(changes.found[0]) for changes in by_goal if changes.found), default=None)
    if size is None:
        return Changes([], up_to), up_to != 0
    smallest = [change for changes in by_goal for change in changes.found if len(change) == size]
    return Changes(smallest, None), up_to is None or up_to >= size - 1


def _spelled(name: str, value: Answer, base: RuleBase) -> str:
    return UNKNOWN if value is None else base.knowledge.attributes[name].spell(value)
