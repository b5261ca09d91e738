"""The small changes that are tried: each is one change, and none is made twice."""

from __future__ import annotations

from collections import Counter

from support.trying import ROOT

from expert.analysis.mutants import mutants
from expert.knowledge.load import load
from expert.language.conditions import parts_of
from expert.language.rules import Rule


def size(rule: Rule) -> int:
    return len(rule.then) + len(parts_of(rule.when)) + len(rule.exception_to)


def test_each_mutant_is_one_small_change() -> None:
    base = load(ROOT / "docs" / "reference" / "plants")
    written = {rule.id: rule for rule in base.written}
    made = list(mutants(base))
    assert all(one not in made[:n] for n, one in enumerate(made))
    dropped = Counter(m.name for m in made if "is dropped" in m.what and m.kind == "rule")
    declared = {c.id for c in base.knowledge.contradictions}
    assert dropped == Counter([*declared, *(written.keys() - declared)])
    for mutant in made:
        if mutant.rule is not None:
            before = written[mutant.name]
            assert mutant.rule != before and size(before) - size(mutant.rule) in (0, 1), mutant.what
            assert mutant.rule._replace(when=before.when, then=before.then, exception_to=()) == (
                before._replace(exception_to=())
            )
        elif mutant.option is not None:
            before_it = base.knowledge.options[mutant.option.id].properties
            after_it = mutant.option.properties
            changed = [name for name in before_it if before_it[name] != after_it[name]]
            assert changed == [mutant.name.split(".")[1]]
