"""clipspy as its manual shows it, with Fact objects: what leaks in clipspy 1.0.6, and a patch.

`Fact.__del__` calls a C function with an argument too many; the TypeError is swallowed, as always in
`__del__`, and the fact is never released. With each case there are more facts that CLIPS must keep.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import clips
from cases import built_in, random_cases

from expert.backends.clips import clips_text


def patch() -> None:
    """Release facts as clipspy meant to."""
    from clips._clips import lib

    def released(fact: Any) -> None:
        if getattr(fact, "_fact", None) is not None and getattr(fact, "_env", None) is not None:
            lib.ReleaseFact(fact._fact)

    clips.facts.Fact.__del__ = released


def blocks(patched: bool, count: int, size: int) -> list[float]:
    """Microseconds a case, for each of some blocks of cases."""
    if patched:
        patch()
    base = built_in()
    environment = clips.Environment()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.clp"
        path.write_text("".join(line + "\n" for line in clips_text(base)), "utf-8")
        environment.load(str(path))
    answer = environment.find_template("answer")
    found = []
    for n in range(count):
        cases = random_cases(base, size, seed=n)
        start = time.perf_counter()
        for case in cases:
            environment.reset()
            for name, value in case.answers.items():
                if value is not None:
                    value = clips.Symbol(value) if isinstance(value, str) else value
                    answer.assert_fact(attribute=clips.Symbol(name), value=value)
            environment.run()
            {fact["rule"] for fact in environment.facts() if fact.template.name == "fired"}
        found.append((time.perf_counter() - start) / size * 1e6)
    return found
