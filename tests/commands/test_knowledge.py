"""The `kb` commands that show a knowledge base: nothing of it is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.program import invoked

from expert.knowledge.load import load
from expert.language.rules import RuleBase


def test_every_rule_claim_option_and_question_is_shown(base: RuleBase) -> None:
    knowledge = base.knowledge
    for command, names in (
        ("rules", [rule.id for rule in base.rules]),
        ("claims", list(knowledge.claims)),
        ("options", [option.label for option in knowledge.options.values()]),
        ("questions", list(knowledge.attributes)),
    ):
        result = invoked("kb", command)
        assert result.exit_code == 0
        assert [name for name in names if name not in result.stdout] == [], command
    assert knowledge.hash in invoked("kb", "show").stdout


def test_one_rule_alone(base: RuleBase) -> None:
    one, other = base.rules[0].id, base.rules[1].id
    result = invoked("kb", "rules", one)
    assert one in result.stdout and other not in result.stdout
    assert invoked("kb", "rules", one + "x").exit_code == 2


@pytest.mark.parametrize("command", ["show", "rules", "claims", "options", "questions"])
def test_another_knowledge_base(command: str, plant: Path) -> None:
    result = invoked("kb", command, "--kb", plant)
    assert result.exit_code == 0 and result.stdout != invoked("kb", command).stdout
    assert invoked("kb", command, "--kb", plant / "none").exit_code == 3
    assert load(plant).rules[0].id in invoked("kb", "rules", "--kb", plant).stdout
