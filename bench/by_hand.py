"""The built-in knowledge as a programmer would write it by hand: nested ifs, and nothing of the shell.

It is the floor of what one case can cost in plain Python, and a second opinion: the race refuses to
print a time unless this module and every engine say the same of every case. Nothing can be asked of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

PUNCH, FILLERS, LASER = "punch-technique", "injectable-fillers", "laser-treatment"
DERMABRASION, PEEL = "dermabrasion", "chemical-peel"
OPTIONS = (PUNCH, FILLERS, LASER, DERMABRASION, PEEL)
SURFACE = (DERMABRASION, PEEL)
DEEP_METHODS = (PUNCH, FILLERS, LASER)
FEE_PER_SCAR, LASER_LEAST = 5_000, 600_000  # in cents: $50, and two sessions at $3,000


class Answer(NamedTuple):
    """What follows from a case; the fields are those of `peers.Outcome`."""

    verdicts: dict[str, str]
    timings: dict[str, str]
    costs: dict[str, tuple[int | None, int | None]]
    flags: list[tuple[str, str]]
    findings: list[tuple[str, str]]
    fired: list[str]


def counting(case: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The answers that count, where some contradict each other, and the names of the contradictions."""
    depth, count = case.get("scar_depth"), case.get("scar_count")
    light, punch = case.get("light_scarring"), case.get("previous_punch")
    out: dict[str, Any] = {}
    found: list[str] = []
    if light == "yes" and punch == "no":
        out["light_scarring"] = None
        found.append("light-scarring-without-a-punch")
    if depth == "light-only" and punch == "no":
        depth = out["scar_depth"] = None
        found.append("only-light-scarring-without-a-punch")
    if depth == "light-only" and light == "no":
        out["light_scarring"] = None
        found.append("only-light-scarring-and-none")
    if count is not None and depth in ("shallow", "light-only"):
        out["scar_count"] = None
        found.append("deep-scars-counted-and-none-to-treat")
    return ({**case, **out} if out else case), found


def consult(case: dict[str, Any]) -> Answer:
    """What follows from the answers; those not known are left out, or None."""
    case, fired = counting(case)
    get = case.get
    depth, acne = get("scar_depth"), get("active_acne")
    count, budget = get("scar_count"), get("budget")
    easier, affordable = get("wants_easier") == "yes", get("wants_affordable") == "yes"
    deep, shallow = depth in ("deep", "both"), depth in ("shallow", "both")
    light = depth == "light-only" or get("light_scarring") == "yes"
    flags: list[tuple[str, str]] = []
    findings: list[tuple[str, str]] = []
    costs: dict[str, tuple[int | None, int | None]] = {PUNCH: (None, None), LASER: (None, None)}
    fire = fired.append

    if deep:
        findings.append(("scar_kind", "deep"))
        fired += DEEP
        flags += DEEP_FLAGS
        if count is None:
            fire("a-fee-per-scar-is-costly@punch-technique")
            fire("most-people-have-several-scars@punch-technique")
        else:
            price = count * FEE_PER_SCAR
            costs[PUNCH] = price, price
            fire("cost-by-the-scar@punch-technique")
            if count > 1:
                fire("a-fee-per-scar-is-costly@punch-technique")
                fire("several-scars-add-up@punch-technique")
                flags.append((PUNCH, "adds-up"))
            if budget is not None:
                if price > budget:
                    fire("over-the-budget-by-the-scar@punch-technique")
                    flags.append((PUNCH, "over-budget"))
                else:
                    fire("within-the-budget@punch-technique")
                    flags.append((PUNCH, "within-budget"))
        costs[LASER] = LASER_LEAST, None
        if budget is not None and budget < LASER_LEAST:
            fire("over-the-budget@laser-treatment")
            flags.append((LASER, "over-budget"))
        if easier:
            fire("nothing-easier-is-named")
        if affordable:
            fire("nothing-more-affordable-is-named")
    if shallow:
        findings.append(("scar_kind", "shallow"))
        fired += SHALLOW
    if light:
        findings.append(("scar_kind", "light"))
        fired += LIGHT

    now = "now"
    surface_now = "now"
    if depth is None:
        fired += DEPTH_UNKNOWN
        now = "establish-depth"
        if light:
            fired += DEPTH_DECIDES_FOR_OTHER_SCARS
        else:
            fired += DEPTH_DECIDES
            surface_now = now
    if acne == "yes":
        now = surface_now = "clear-acne"
        fired += ACNE_AND_DEEP if deep else ACNE
        findings += _ladder(get, fire)
    elif acne is None:
        now = surface_now = "clear-any-acne"
        fired += ACNE_UNKNOWN_AND_DEEP if deep else ACNE_UNKNOWN

    severity = get("acne_severity")
    if severity is not None or acne == "yes":
        fire("any-acne-can-scar")
    caused = False
    if severity == "severe":
        caused = True
        findings.append(("deep_scar_cause", "severe-acne"))
        fired += ("severe-acne-may-cause-deep-scars", "prevent-by-easing-severe-acne")
    if get("pore_bacteria") == "yes":
        caused = True
        findings.append(("deep_scar_cause", "bacteria"))
        fired += ("bacteria-may-cause-deep-scars", "prevent-by-clearing-bacteria")
    if get("picking") == "yes":
        caused = True
        findings.append(("deep_scar_cause", "picking"))
        fired += ("picking-may-cause-deep-scars", "prevent-by-not-picking")
    if caused:
        fire("prevention-is-best")
    elif acne == "yes":
        fire("prevention-is-best-with-active-acne")

    surface = "option" if shallow or light else "not-advised" if deep else "not-addressed"
    verdicts = {
        PUNCH: "preferred" if deep else "not-addressed",
        FILLERS: "option" if deep else "not-addressed",
        LASER: "uncertain" if deep else "not-addressed",
        DERMABRASION: surface,
        PEEL: surface,
    }
    timings = {PUNCH: now, FILLERS: now, LASER: now, DERMABRASION: surface_now, PEEL: surface_now}
    return Answer(verdicts, timings, costs, flags, findings, fired)


def _ladder(get: Any, fire: Any) -> tuple[tuple[str, str], ...]:
    """What to try against active acne; whether something helps."""
    otc, prescription, seen = get("otc_result"), get("prescription_result"), get("seen_dermatologist")
    if otc == "helping" or prescription == "helping":
        fire("go-on-with-what-helps")
        return (("acne_helped", "yes"),)
    tried = otc == "did-not-help"
    if not tried:
        fire("over-the-counter-if-not-tried" if otc is None else "over-the-counter-first")
    if seen != "yes":
        fire("then-a-dermatologist" if tried else "a-dermatologist-if-that-fails")
    if prescription == "did-not-help":
        fire("nothing-after-prescription-medicines")
    else:
        fire("then-prescription-medicines" if tried else "prescription-medicines-if-that-fails")
    return ()


def _of(rule: str, options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{rule}@{option}" for option in options)


DEEP = (
    "deep-scars-present",
    "deep-scars-are-more-complex",
    "seek-what-is-reported-to-work",
    *_of("surface-removal-misses-deep-scars", SURFACE),
    "laser-may-or-may-not-work@laser-treatment",
    "several-sessions-are-needed@laser-treatment",
    "punch-is-most-often-recommended@punch-technique",
    "what-the-punch-does@punch-technique",
    "wound-can-be-sutured@punch-technique",
    "wound-can-be-grafted@punch-technique",
    "graft-comes-from-a-less-visible-place@punch-technique",
    "light-scarring-may-remain@punch-technique",
    "light-scarring-may-be-removed-later",
    "fillers-are-another-treatment@injectable-fillers",
    "what-is-injected@injectable-fillers",
    "response-varies@injectable-fillers",
    "do-not-overcorrect@injectable-fillers",
    "cost-by-the-session@laser-treatment",
)
DEEP_FLAGS = ((LASER, "several-sessions"), (FILLERS, "response-varies"))
SHALLOW = (
    "shallow-scars-present",
    "treat-the-shallow-scars",
    *_of("surface-methods-suit-shallow-scars", SURFACE),
)
LIGHT = (
    "light-scars-present",
    "remove-the-light-scarring",
    *_of("surface-methods-may-remove-light-scars", SURFACE),
)
DEPTH_UNKNOWN = (
    "establish-the-depth",
    "consult-again-about-the-depth",
    *_of("depth-decides-for-what-is-typical", SURFACE),
    *_of("wait-for-the-depth", DEEP_METHODS),
)
DEPTH_DECIDES = (*_of("depth-decides", DEEP_METHODS), *_of("wait-for-the-depth", SURFACE))
DEPTH_DECIDES_FOR_OTHER_SCARS = _of("depth-decides-for-other-scars", DEEP_METHODS)
ACNE_AND_DEEP = (
    "clear-the-acne",
    *_of("active-acne-comes-first", OPTIONS),
    *_of("active-acne-may-scar-again", OPTIONS),
    *_of("treatments-do-less-with-active-acne", OPTIONS),
)
ACNE = (
    "clear-the-acne-for-other-scars",
    *_of("active-acne-comes-first-for-other-scars", OPTIONS),
    *_of("active-acne-may-scar-again-for-other-scars", OPTIONS),
    *_of("treatments-do-less-with-active-acne-for-other-scars", OPTIONS),
)
ACNE_UNKNOWN_AND_DEEP = ("find-out-about-acne", *_of("acne-must-be-ruled-out", OPTIONS))
ACNE_UNKNOWN = (
    "find-out-about-acne-for-other-scars",
    *_of("acne-must-be-ruled-out-for-other-scars", OPTIONS),
)
