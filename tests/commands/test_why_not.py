"""Why something is not so, on a command line."""

from __future__ import annotations

from support.shell import cicatrix


def test_why_not_says_on_what_an_open_result_depends() -> None:
    answers = "temperature=39 pulse=80 breaths=16 carbon_dioxide=40 immature=2"
    told = cicatrix("explain", "why-not", "sirs", *answers.split(), "--kb", "examples/sirs")
    assert told.stdout.startswith("SIRS is open: it depends on the count of white cells.\n"), told


def test_what_else_an_unfinished_name_could_mean_is_said() -> None:
    told = cicatrix("explain", "why-not", "scar", "scar_depth=deep")
    assert told.stdout.startswith("The scars include deep scars.\n")
    assert " ".join(told.stderr.split()) == (
        "`scar` is taken for `finding:scar_kind`; "
        "it could also be `question:scar_depth` or `question:scar_count`."
    )
    assert not cicatrix("explain", "why-not", "punch", "scar_depth=deep").stderr
    rule = cicatrix("explain", "why-not", "rule:over-the-counter-if-not-tried", "scar_depth=deep")
    assert rule.stdout.startswith("over-the-counter-if-not-tried did not fire.\n") and not rule.stderr
