"""Rules spelled out per option and ordered, as the naive evaluator does it."""

from __future__ import annotations

import pytest
from support.compare import BASES
from support.oracle import OracleKB

from expert.knowledge.load import load
from expert.language.rules import RuleBase

Bases = tuple[RuleBase, OracleKB]


@pytest.fixture(scope="module", params=BASES)
def bases(request: pytest.FixtureRequest) -> Bases:
    directory = BASES[request.param]
    return load(directory), OracleKB(directory)


def test_strata_and_instances_agree(bases: Bases) -> None:
    """Both spell out the same instances, and would fire them in the same order."""
    base, kb = bases
    assert [(i.rule.id, i.option or None) for i in base.instances] == [i.key for i in kb.order]
