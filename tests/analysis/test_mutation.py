"""Mutants, and the cases that notice them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.contradicting import VOCABULARY, contradicting, read
from support.generate import knowledge_files, write_files, written
from support.linked import every_case, linked_base, small_first
from support.sizes import some_or_all
from support.trying import ROOT, edit, kb

from expert.analysis import mutation
from expert.analysis.expected import load_cases
from expert.analysis.mutants import Mutant, mutants
from expert.analysis.mutation import changed_base, tell_apart, why_equivalent
from expert.analysis.shown import Listed, difference, seen_by, shown
from expert.consultation.case import Answer, Case
from expert.consultation.engine import infer
from expert.io.problems import Span
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase, passes

ANYWHERE = Span("", 0, 0)


def test_mutants_are_only_tried_on_cases_that_pass(copy: Path) -> None:
    edit(
        copy / "rules/5-cost.yaml", "scar_count: {more-than: 1}, option", "scar_count: {more-than: 2}, option"
    )
    result = kb("test", "--kb", copy, "--mutate")
    assert result.exit_code == 1 and "No mutants were tried" in result.output


@pytest.mark.long
def test_a_survivor_comes_with_a_case_that_would_notice_it(copy: Path) -> None:
    edit(copy / "kb/cases/deep.yaml", "scar_count: 2, budget: 100}", "scar_count: 3, budget: 150}")
    edit(copy / "kb/cases/deep.yaml", "{verdict: preferred, low: 100, high: 100, ", "{verdict: preferred, ")
    result = kb("test", "--kb", copy, "--mutate", "--threshold", 100, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["mutation"]
    lost = [survivor for survivor in found["survivors"] if not survivor["equivalent"]]
    assert [survivor["what"] for survivor in lost] == ["a constant is raised by one"] * 2
    assert lost[0]["answers"] == lost[1]["answers"] == {"scar_depth": "deep", "scar_count": 2}
    assert found["of"] - found["covered"] == 2
    whys = {survivor["why"] for survivor in found["survivors"] if survivor["equivalent"]}
    assert whys and "" not in whys and {survivor["why"] for survivor in lost} == {""}


def test_what_is_tried_one_by_one_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    base = load(ROOT / "examples" / "curb65")
    cases = load_cases(ROOT / "examples" / "curb65", base)
    monkeypatch.setattr(mutation, "tell_apart", lambda *_: (None, False))
    monkeypatch.setattr(mutation, "READINGS", 5 * len(base.instances))
    some = mutation.mutate(base, cases)
    monkeypatch.setattr(mutation, "READINGS", 100_000)
    every = mutation.mutate(base, cases)
    assert every.untried == 0 < some.untried
    assert sum(some.tried.values()) + some.invalid >= sum(every.tried.values()) + every.invalid
    assert (
        sum(some.noticed.values()) + some.untried >= sum(every.noticed.values()) > sum(some.noticed.values())
    )


def test_equivalents_are_named_with_what_they_come_to(base: RuleBase) -> None:
    """What other conditions imply, what others argue as well, and a strength that decides nothing."""
    told = {}
    for mutant in mutants(base):
        told[mutant.name, mutant.what] = mutant
    for name, what, why in (
        ("cost-by-the-scar", "“typical fee per scar is known” is dropped", "it fires for the same cases"),
        (
            "over-the-budget",
            "“argument cost against plain” is no longer concluded",
            "wherever it fires, the same is concluded by several-sessions-are-needed",
        ),
        ("within-the-budget", "argument on cost: plain → strong", "the strength of an argument counts on"),
    ):
        mutant = told[name, what]
        changed = changed_base(base, mutant)
        assert changed is not None and tell_apart(base, changed) == (None, True)
        assert why_equivalent(base, mutant).startswith(why)
    assert not [what for _, what in told if "does not count" in what]  # what no author wrote is not changed


@pytest.mark.parametrize("every", some_or_all(151, 19))
def test_survivors_are_told_apart_by_the_engine(base: RuleBase, every: int) -> None:
    """The case found for a mutant shows a difference when the engine runs it; equivalents show none."""
    cases = load_cases(ROOT, base)
    for mutant in list(mutants(base))[::every]:
        changed = changed_base(base, mutant)
        assert changed is not None
        case, equivalent = tell_apart(base, changed)
        for given in [case] if case else [c.given for c in cases]:
            seen = [seen_by(infer(b, given), b.knowledge) for b in (base, changed)]
            assert (seen[0] != seen[1]) == (case is not None), mutant
        assert equivalent == (case is None)


@pytest.mark.parametrize("seed", small_first(60))
def test_mutants_of_linked_numbers_against_every_case(seed: int, tmp_path: Path) -> None:
    """A case that tells apart, with as few answers as any; or the certainty that there is none."""
    random = Random(seed)
    linked, base = linked_base(random, tmp_path)
    listed = Listed(every_case(linked, base))
    whole = shown(base.knowledge, passes(base.instances), listed)
    for mutant in random.sample(list(mutants(base)), 3):
        changed = changed_base(base, mutant)
        assert changed is not None
        where = difference(whole, shown(changed.knowledge, passes(changed.instances), listed)) & listed.full
        case, equivalent = tell_apart(base, changed)
        assert equivalent == (not where) == (case is None), mutant
        if case is not None:
            noticing = [given for n, given in enumerate(listed.cases) if where >> n & 1]
            given = {name: value for name, value in case.answers.items() if value is not None}
            assert given in [answered(other) for other in noticing], mutant
            assert len(given) == min(len(answered(other)) for other in noticing), mutant


def answered(case: Case) -> dict[str, Answer]:
    """Without what is not known."""
    return {name: value for name, value in case.answers.items() if value is not None}


@pytest.mark.parametrize("seeds", some_or_all(range(3), range(40), more=range(8)))
def test_a_mutant_is_the_knowledge_with_the_change_in_its_files(seeds: range, tmp_path: Path) -> None:
    """Contradictions dropped or turned round, exceptions and rules dropped: as edited files are read."""
    tried = Counter[str]()
    for seed in seeds:
        files = contradicting(knowledge_files(Random(seed)), Random(seed))
        base = load(write_files(files, tmp_path / str(seed)))
        for mutant in mutants(base):
            if mutant.what == "the rule is dropped" and not is_exception(mutant, base):
                continue
            edited = edited_as(mutant, files)
            if edited is None:
                continue
            changed, (there, problems) = changed_base(base, mutant), open_files(edited)
            tried[mutant.what.split(" ")[0]] += 1
            assert (changed is None) == bool(problems), (seed, mutant.name, mutant.what, problems[:1])
            if changed is not None:
                assert bare(changed) == bare(there), (seed, mutant.name, mutant.what)
    assert tried["the"] and tried["leaves-out:"]


def is_exception(mutant: Mutant, base: RuleBase) -> bool:
    return any(rule.id == mutant.name and rule.exception_to for rule in base.rules)


def bare(base: RuleBase) -> object:
    """What fires, wherever it is written."""
    return [(i.id, i.when, i.then, i.rule._replace(span=ANYWHERE)) for i in base.instances]


def edited_as(mutant: Mutant, files: dict[str, str]) -> dict[str, str] | None:
    """The files with the change, if it is one that is made here by hand."""
    if mutant.what == "the contradiction is dropped":
        return with_edited(files, VOCABULARY, lambda content: content["contradictions"].pop(mutant.name))
    if mutant.what.startswith("leaves-out: "):
        other = mutant.what.split(" ")[-1]
        return with_edited(
            files,
            VOCABULARY,
            lambda content: content["contradictions"][mutant.name].update({"leaves-out": other}),
        )
    dropped, out = mutant.what == "the rule is dropped", mutant.what.removeprefix("it is no exception to ")
    if not dropped and out == mutant.what:
        return None

    def edit(rules: list[dict[str, Any]]) -> None:
        for rule in [rule for rule in rules if rule["id"] == mutant.name]:
            if dropped:
                rules.remove(rule)
                continue
            named = rule.pop("exception-to")
            left = [name for name in ([named] if isinstance(named, str) else named) if name != out]
            rule.update({"exception-to": left} if left else {})

    for path in [path for path in files if path.startswith("rules/")]:
        files = with_edited(files, path, edit)
    named = {name for rule in rules_in(files) for name in listed(rule.get("exception-to", []))}
    return files if named <= {rule["id"] for rule in rules_in(files)} else None


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def rules_in(files: dict[str, str]) -> list[dict[str, Any]]:
    return [rule for path, text in files.items() if path.startswith("rules/") for rule in read(text)]


def with_edited(files: dict[str, str], path: str, edit: Callable[[Any], object]) -> dict[str, str]:
    content = read(files[path])
    edit(content)
    return {**files, path: written(content)}
