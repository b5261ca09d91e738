"""Why something is not so, on a command line."""

from __future__ import annotations

from support.shell import cicatrix


def test_why_not_says_on_what_an_open_result_depends() -> None:
    answers = "temperature=39 pulse=80 breaths=16 carbon_dioxide=40 immature=2"
    told = cicatrix("explain", "why-not", "sirs", *answers.split(), "--kb", "examples/sirs")
    assert told.stdout.startswith("SIRS is open: it depends on the count of white cells.\n"), told
