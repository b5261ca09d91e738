"""Working memory: no fact without its justification."""

from __future__ import annotations

import pytest
from support.generate import generated_cases
from support.sizes import some_or_all

from expert.consultation.engine import Engine, prepare
from expert.language.keys import with_option


@pytest.mark.parametrize("bases", some_or_all(4, 40))
def test_every_finding_is_what_the_firings_behind_it_concluded(bases: int) -> None:
    concluded = 0
    for base, case in generated_cases(bases):
        engine = Engine(prepare(base), case)
        engine.reset()
        engine.tell()
        engine.run()
        memory = engine.memory
        for (key, value), numbers in memory.grounds.items():
            assert numbers or memory.answered.get(key) == value  # else a person said so
            for n in numbers:
                firing = memory.firings[n - 1]
                assert firing.n == n and key in [with_option(c.name, c.option) for c in firing.concluded]
                concluded += 1
        for key, values in memory.values.items():
            assert {(key, value) for value in values} <= memory.grounds.keys()
    assert concluded > 10 * bases
