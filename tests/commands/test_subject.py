"""What is asked about, as a command line names it."""

from __future__ import annotations

from support.shell import cicatrix


def test_what_else_an_unfinished_name_could_mean_is_said() -> None:
    told = cicatrix("explain", "why-not", "scar", "scar_depth=deep")
    assert told.stdout.startswith("The scars include deep scars. (inferred)\n")
    assert " ".join(told.stderr.split()) == (
        "`scar` is taken for `finding:scar_kind`; "
        "it could also be `question:scar_depth` or `question:scar_count`."
    )
    assert not cicatrix("explain", "why-not", "punch", "scar_depth=deep").stderr
    rule = cicatrix("explain", "why-not", "rule:over-the-counter-if-not-tried", "scar_depth=deep")
    assert rule.stdout.startswith("over-the-counter-if-not-tried did not fire. ") and not rule.stderr
