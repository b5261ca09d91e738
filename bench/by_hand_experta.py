"""The built-in knowledge as somebody would write it for plain experta: a class with a method for each rule.

The shell has no part in it. Everything is chosen in experta's favour: the case is one fact and not one
for each answer, a rule about every option is one rule with a loop and not one for each, what no rule
reads is kept in lists and not declared, the engine and its network are made once and reset for each
case. experta withdraws an activation that a new fact blocks only if it finds it at three places of its
agenda (DepthStrategy), and otherwise fires it: rules with NOT therefore wait for `Settled`.
"""

from __future__ import annotations

import collections
import collections.abc
from typing import Any

if not hasattr(collections, "Mapping"):  # experta 1.9.4 pins frozendict 1.2, which looks for it
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]

from experta import AND, EXISTS, MATCH, NOT, TEST, Fact, KnowledgeEngine, L, P, Rule

PUNCH, FILLERS, LASER = "punch-technique", "injectable-fillers", "laser-treatment"
SURFACE = ("dermabrasion", "chemical-peel")
DEEP_METHODS = (PUNCH, FILLERS, LASER)
OPTIONS = (*DEEP_METHODS, *SURFACE)
STEPS = ("establish-depth", "clear-any-acne", "clear-acne")
GIVEN = P(lambda value: value is not None)
UNCLEAR = L("not-tried") | L("unknown")


class Case(Fact):  # type: ignore[misc]
    """The answers; `unknown`, or None for a number, where there is none."""


class Scars(Fact):  # type: ignore[misc]
    """A kind of scars that there is."""


class Cause(Fact):  # type: ignore[misc]
    """What may have caused deep scars."""


class Helped(Fact):  # type: ignore[misc]
    """Something used against the acne is helping."""


class Settled(Fact):  # type: ignore[misc]
    """The kinds and causes of scars, and what helps, are all known."""


class Cost(Fact):  # type: ignore[misc]
    """What an option costs: `least`, and `most` or None, in cents."""


class Advisor(KnowledgeEngine):  # type: ignore[misc]
    """The knowledge; `consult` may be asked again and again."""

    def consult(self, answers: dict[str, Any], disagreeing: list[str]) -> tuple[Any, ...]:
        """Verdicts, timings, costs, flags, findings and fired rules of the answers of a case that count.

        `disagreeing` names the answers that contradict each other, which plain Python has looked for.
        """
        self.fired = disagreeing
        self.findings: list[tuple[str, str]] = []
        self.flags: list[tuple[str, str]] = []
        self.costs: dict[str, tuple[int | None, int | None]] = {}
        self.waits: dict[str, list[str]] = {option: [] for option in OPTIONS}
        self.arguments: list[tuple[str, str, str, str]] = []
        self.reset()
        self.declare(Case(**answers))
        self.run()
        verdicts = {option: self.verdict(option) for option in OPTIONS}
        timings = {o: max(waits, key=STEPS.index) if waits else "now" for o, waits in self.waits.items()}
        return verdicts, timings, self.costs, self.flags, self.findings, self.fired

    def verdict(self, option: str) -> str:
        """The best of what the arguments about effect amount to, kind of scars by kind of scars."""
        found = "not-addressed"
        of_option = [argument for argument in self.arguments if argument[0] == option]
        for kind in dict.fromkeys(kind for _, _, kind, _ in of_option):
            said = {(stance, strength) for _, stance, k, strength in of_option if k == kind}
            stances = {stance for stance, _ in said}
            if "unsure" in stances or {"for", "against"} <= stances:
                verdict = "uncertain"
            elif "against" in stances:
                verdict = "not-advised"
            else:
                verdict = "preferred" if ("for", "strong") in said else "option"
            found = min(found, verdict, key=ORDER.index)
        return found

    def fire(self, rule: str, *options: str) -> None:
        self.fired += [f"{rule}@{option}" for option in options] if options else [rule]

    def argue(self, option: str, stance: str, kind: str, strength: str = "plain") -> None:
        self.arguments.append((option, stance, kind, strength))

    def wait(self, step: str, *options: str) -> None:
        for option in options:
            self.waits[option].append(step)

    # --- depth ----------------------------------------------------------------------------

    @Rule(salience=-1)
    def settled(self) -> None:
        self.declare(Settled())

    @Rule(Case(scar_depth=L("deep") | L("both")))
    def deep_scars_present(self) -> None:
        self.fire("deep-scars-present")
        self.findings.append(("scar_kind", "deep"))
        self.declare(Scars(kind="deep"))

    @Rule(Case(scar_depth=L("shallow") | L("both")))
    def shallow_scars_present(self) -> None:
        self.fire("shallow-scars-present")
        self.findings.append(("scar_kind", "shallow"))
        self.declare(Scars(kind="shallow"))

    @Rule(
        Case(scar_depth=MATCH.depth, light_scarring=MATCH.left),
        TEST(lambda depth, left: depth == "light-only" or left == "yes"),
    )
    def light_scars_present(self) -> None:
        self.fire("light-scars-present")
        self.findings.append(("scar_kind", "light"))
        self.declare(Scars(kind="light"))

    @Rule(Case(scar_depth="unknown"))
    def establish_the_depth(self) -> None:
        self.fire("establish-the-depth")

    @Rule(Case(scar_depth="unknown"))
    def consult_again_about_the_depth(self) -> None:
        self.fire("consult-again-about-the-depth")

    @Rule(Case(scar_depth="unknown"), Settled(), NOT(Scars(kind="light")))
    def depth_decides(self) -> None:
        self.fire("depth-decides", *DEEP_METHODS)

    @Rule(Case(scar_depth="unknown"), Scars(kind="light"))
    def depth_decides_for_other_scars(self) -> None:
        self.fire("depth-decides-for-other-scars", *DEEP_METHODS)

    @Rule(Case(scar_depth="unknown"))
    def depth_decides_for_what_is_typical(self) -> None:
        self.fire("depth-decides-for-what-is-typical", *SURFACE)

    @Rule(Case(scar_depth="unknown"))
    def wait_for_the_depth(self) -> None:
        self.fire("wait-for-the-depth", *DEEP_METHODS)
        self.wait("establish-depth", *DEEP_METHODS)

    @Rule(Case(scar_depth="unknown"), Settled(), NOT(Scars(kind="light")))
    def wait_for_the_depth_with_surface_methods(self) -> None:
        self.fire("wait-for-the-depth", *SURFACE)
        self.wait("establish-depth", *SURFACE)

    @Rule(Scars(kind="deep"))
    def deep_scars_are_more_complex(self) -> None:
        self.fire("deep-scars-are-more-complex")

    @Rule(Scars(kind="deep"))
    def seek_what_is_reported_to_work(self) -> None:
        self.fire("seek-what-is-reported-to-work")

    @Rule(Scars(kind="shallow"))
    def treat_the_shallow_scars(self) -> None:
        self.fire("treat-the-shallow-scars")

    # --- acne -----------------------------------------------------------------------------

    @Rule(Case(active_acne="yes"), Scars(kind="deep"))
    def clear_the_acne(self) -> None:
        self.fire("clear-the-acne")

    @Rule(Case(active_acne="yes"), Settled(), NOT(Scars(kind="deep")))
    def clear_the_acne_for_other_scars(self) -> None:
        self.fire("clear-the-acne-for-other-scars")

    @Rule(Case(active_acne="yes"), Scars(kind="deep"))
    def active_acne_comes_first(self) -> None:
        self.fire("active-acne-comes-first", *OPTIONS)
        self.wait("clear-acne", *OPTIONS)

    @Rule(Case(active_acne="yes"), Settled(), NOT(Scars(kind="deep")))
    def active_acne_comes_first_for_other_scars(self) -> None:
        self.fire("active-acne-comes-first-for-other-scars", *OPTIONS)
        self.wait("clear-acne", *OPTIONS)

    @Rule(Case(active_acne="yes"), Scars(kind="deep"))
    def active_acne_may_scar_again(self) -> None:
        self.fire("active-acne-may-scar-again", *OPTIONS)

    @Rule(Case(active_acne="yes"), Settled(), NOT(Scars(kind="deep")))
    def active_acne_may_scar_again_for_other_scars(self) -> None:
        self.fire("active-acne-may-scar-again-for-other-scars", *OPTIONS)

    @Rule(Case(active_acne="yes"), Scars(kind="deep"))
    def treatments_do_less_with_active_acne(self) -> None:
        self.fire("treatments-do-less-with-active-acne", *OPTIONS)

    @Rule(Case(active_acne="yes"), Settled(), NOT(Scars(kind="deep")))
    def treatments_do_less_with_active_acne_for_other_scars(self) -> None:
        self.fire("treatments-do-less-with-active-acne-for-other-scars", *OPTIONS)

    @Rule(Case(active_acne="unknown"), Scars(kind="deep"))
    def find_out_about_acne(self) -> None:
        self.fire("find-out-about-acne")

    @Rule(Case(active_acne="unknown"), Settled(), NOT(Scars(kind="deep")))
    def find_out_about_acne_for_other_scars(self) -> None:
        self.fire("find-out-about-acne-for-other-scars")

    @Rule(Case(active_acne="unknown"), Scars(kind="deep"))
    def acne_must_be_ruled_out(self) -> None:
        self.fire("acne-must-be-ruled-out", *OPTIONS)
        self.wait("clear-any-acne", *OPTIONS)

    @Rule(Case(active_acne="unknown"), Settled(), NOT(Scars(kind="deep")))
    def acne_must_be_ruled_out_for_other_scars(self) -> None:
        self.fire("acne-must-be-ruled-out-for-other-scars", *OPTIONS)
        self.wait("clear-any-acne", *OPTIONS)

    @Rule(Case(active_acne="yes", otc_result="not-tried"), Settled(), NOT(Helped()))
    def over_the_counter_first(self) -> None:
        self.fire("over-the-counter-first")

    @Rule(Case(active_acne="yes", otc_result="unknown"), Settled(), NOT(Helped()))
    def over_the_counter_if_not_tried(self) -> None:
        self.fire("over-the-counter-if-not-tried")

    @Rule(
        Case(active_acne="yes", otc_result=MATCH.otc, prescription_result=MATCH.prescription),
        TEST(lambda otc, prescription: "helping" in (otc, prescription)),
    )
    def go_on_with_what_helps(self) -> None:
        self.fire("go-on-with-what-helps")
        self.findings.append(("acne_helped", "yes"))
        self.declare(Helped())

    @Rule(Case(active_acne="yes", otc_result=UNCLEAR, seen_dermatologist=~L("yes")), Settled(), NOT(Helped()))
    def a_dermatologist_if_that_fails(self) -> None:
        self.fire("a-dermatologist-if-that-fails")

    @Rule(
        Case(active_acne="yes", otc_result=UNCLEAR, prescription_result=~L("did-not-help")),
        Settled(),
        NOT(Helped()),
    )
    def prescription_medicines_if_that_fails(self) -> None:
        self.fire("prescription-medicines-if-that-fails")

    @Rule(
        Case(active_acne="yes", otc_result="did-not-help", seen_dermatologist=~L("yes")),
        Settled(),
        NOT(Helped()),
    )
    def then_a_dermatologist(self) -> None:
        self.fire("then-a-dermatologist")

    @Rule(
        Case(active_acne="yes", otc_result="did-not-help", prescription_result=~L("did-not-help")),
        Settled(),
        NOT(Helped()),
    )
    def then_prescription_medicines(self) -> None:
        self.fire("then-prescription-medicines")

    @Rule(Case(active_acne="yes", prescription_result="did-not-help"), Settled(), NOT(Helped()))
    def nothing_after_prescription_medicines(self) -> None:
        self.fire("nothing-after-prescription-medicines")

    # --- causes ---------------------------------------------------------------------------

    def cause(self, rule: str, cause: str) -> None:
        self.fire(rule)
        self.findings.append(("deep_scar_cause", cause))
        self.declare(Cause(cause=cause))

    @Rule(Case(acne_severity="severe"))
    def severe_acne_may_cause_deep_scars(self) -> None:
        self.cause("severe-acne-may-cause-deep-scars", "severe-acne")

    @Rule(Case(pore_bacteria="yes"))
    def bacteria_may_cause_deep_scars(self) -> None:
        self.cause("bacteria-may-cause-deep-scars", "bacteria")

    @Rule(Case(picking="yes"))
    def picking_may_cause_deep_scars(self) -> None:
        self.cause("picking-may-cause-deep-scars", "picking")

    @Rule(
        Case(acne_severity=MATCH.severity, active_acne=MATCH.acne),
        TEST(lambda severity, acne: severity != "unknown" or acne == "yes"),
    )
    def any_acne_can_scar(self) -> None:
        self.fire("any-acne-can-scar")

    @Rule(Cause(cause="severe-acne"))
    def prevent_by_easing_severe_acne(self) -> None:
        self.fire("prevent-by-easing-severe-acne")

    @Rule(Cause(cause="bacteria"))
    def prevent_by_clearing_bacteria(self) -> None:
        self.fire("prevent-by-clearing-bacteria")

    @Rule(Cause(cause="picking"))
    def prevent_by_not_picking(self) -> None:
        self.fire("prevent-by-not-picking")

    @Rule(EXISTS(Cause()))
    def prevention_is_best(self) -> None:
        self.fire("prevention-is-best")

    @Rule(Case(active_acne="yes"), Settled(), NOT(Cause()))
    def prevention_is_best_with_active_acne(self) -> None:
        self.fire("prevention-is-best-with-active-acne")

    # --- treatments -----------------------------------------------------------------------

    @Rule(Scars(kind="shallow"))
    def surface_methods_suit_shallow_scars(self) -> None:
        self.fire("surface-methods-suit-shallow-scars", *SURFACE)
        for option in SURFACE:
            self.argue(option, "for", "shallow")

    @Rule(Scars(kind="deep"))
    def surface_removal_misses_deep_scars(self) -> None:
        self.fire("surface-removal-misses-deep-scars", *SURFACE)
        for option in SURFACE:
            self.argue(option, "against", "deep")

    @Rule(Scars(kind="deep"))
    def laser_may_or_may_not_work(self) -> None:
        self.fire("laser-may-or-may-not-work", LASER)
        self.argue(LASER, "unsure", "deep")

    @Rule(Scars(kind="deep"))
    def several_sessions_are_needed(self) -> None:
        self.fire("several-sessions-are-needed", LASER)
        self.flags.append((LASER, "several-sessions"))

    @Rule(Scars(kind="deep"))
    def punch_is_most_often_recommended(self) -> None:
        self.fire("punch-is-most-often-recommended", PUNCH)
        self.argue(PUNCH, "for", "deep", "strong")

    @Rule(Scars(kind="deep"))
    def what_the_punch_does(self) -> None:
        self.fire("what-the-punch-does", PUNCH)

    @Rule(Scars(kind="deep"))
    def wound_can_be_sutured(self) -> None:
        self.fire("wound-can-be-sutured", PUNCH)

    @Rule(Scars(kind="deep"))
    def wound_can_be_grafted(self) -> None:
        self.fire("wound-can-be-grafted", PUNCH)

    @Rule(Scars(kind="deep"))
    def graft_comes_from_a_less_visible_place(self) -> None:
        self.fire("graft-comes-from-a-less-visible-place", PUNCH)

    @Rule(Scars(kind="deep"))
    def light_scarring_may_remain(self) -> None:
        self.fire("light-scarring-may-remain", PUNCH)

    @Rule(Scars(kind="deep"))
    def light_scarring_may_be_removed_later(self) -> None:
        self.fire("light-scarring-may-be-removed-later")

    @Rule(Scars(kind="light"))
    def remove_the_light_scarring(self) -> None:
        self.fire("remove-the-light-scarring")

    @Rule(Scars(kind="light"))
    def surface_methods_may_remove_light_scars(self) -> None:
        self.fire("surface-methods-may-remove-light-scars", *SURFACE)
        for option in SURFACE:
            self.argue(option, "for", "light")

    @Rule(Scars(kind="deep"))
    def fillers_are_another_treatment(self) -> None:
        self.fire("fillers-are-another-treatment", FILLERS)
        self.argue(FILLERS, "for", "deep")

    @Rule(Scars(kind="deep"))
    def what_is_injected(self) -> None:
        self.fire("what-is-injected", FILLERS)

    @Rule(Scars(kind="deep"))
    def response_varies(self) -> None:
        self.fire("response-varies", FILLERS)
        self.flags.append((FILLERS, "response-varies"))

    @Rule(Scars(kind="deep"))
    def do_not_overcorrect(self) -> None:
        self.fire("do-not-overcorrect", FILLERS)

    # --- costs ----------------------------------------------------------------------------

    @Rule(Scars(kind="deep"), Case(scar_count=P(lambda count: count is None or count > 1)))
    def a_fee_per_scar_is_costly(self) -> None:
        self.fire("a-fee-per-scar-is-costly", PUNCH)

    @Rule(Scars(kind="deep"), Case(scar_count=MATCH.count & GIVEN))
    def cost_by_the_scar(self, count: int) -> None:
        self.fire("cost-by-the-scar", PUNCH)
        self.costs[PUNCH] = count * 5_000, count * 5_000
        self.declare(Cost(option=PUNCH, least=count * 5_000, most=count * 5_000))

    @Rule(Scars(kind="deep"), Case(scar_count=P(lambda count: count is not None and count > 1)))
    def several_scars_add_up(self) -> None:
        self.fire("several-scars-add-up", PUNCH)
        self.flags.append((PUNCH, "adds-up"))

    @Rule(Scars(kind="deep"), Case(scar_count=None))
    def most_people_have_several_scars(self) -> None:
        self.fire("most-people-have-several-scars", PUNCH)

    @Rule(Scars(kind="deep"))
    def cost_by_the_session(self) -> None:
        self.fire("cost-by-the-session", LASER)
        self.costs[LASER] = 600_000, None
        self.declare(Cost(option=LASER, least=600_000, most=None))

    @Rule(
        AND(Cost(option=LASER, least=MATCH.least), Case(budget=MATCH.budget & GIVEN)),
        TEST(lambda least, budget: least > budget),
    )
    def over_the_budget(self) -> None:
        self.fire("over-the-budget", LASER)
        self.flags.append((LASER, "over-budget"))

    @Rule(
        AND(Cost(option=PUNCH, least=MATCH.least), Case(budget=MATCH.budget & GIVEN)),
        TEST(lambda least, budget: least > budget),
    )
    def over_the_budget_by_the_scar(self) -> None:
        self.fire("over-the-budget-by-the-scar", PUNCH)
        self.flags.append((PUNCH, "over-budget"))

    @Rule(
        AND(Cost(option=PUNCH, most=MATCH.most & GIVEN), Case(budget=MATCH.budget & GIVEN)),
        TEST(lambda most, budget: most <= budget),
    )
    def within_the_budget(self) -> None:
        self.fire("within-the-budget", PUNCH)
        self.flags.append((PUNCH, "within-budget"))

    # --- wishes ---------------------------------------------------------------------------

    @Rule(Case(wants_easier="yes"), Scars(kind="deep"))
    def nothing_easier_is_named(self) -> None:
        self.fire("nothing-easier-is-named")

    @Rule(Case(wants_affordable="yes"), Scars(kind="deep"))
    def nothing_more_affordable_is_named(self) -> None:
        self.fire("nothing-more-affordable-is-named")


ORDER = ("preferred", "option", "uncertain", "not-advised", "not-addressed")
NUMBERS = ("scar_count", "budget")


def as_answers(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers with a word for those not known, as `Case` wants them."""
    return {n: "unknown" if v is None and n not in NUMBERS else v for n, v in answers.items()}
