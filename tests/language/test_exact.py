"""Small knowledge bases of which false things were said (`data/exact`), and Z3 as a second oracle."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from support.changes import matters, smallest_changes
from support.proving import DIRECTORIES, ROOT, some_case
from support.trying import kb

from expert.backends.z3 import Prover
from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.outcome import follow
from expert.consultation.relevance import Reach
from expert.knowledge.checks import warnings
from expert.knowledge.load import load, open_files
from expert.language.changes import changes_to
from expert.language.english import Phrases
from expert.language.limits import NotDecided
from expert.language.model import Knowledge
from expert.language.policy import NOW, VERDICTS
from expert.language.prospect import Cones, Prospect, Visible
from expert.language.rules import Instance, RuleBase
from expert.language.two_bases import Compared

EXACT = Path(__file__).parents[1] / "data" / "exact"


def opened(name: str) -> tuple[RuleBase, Cones]:
    base = load(EXACT / name)
    return base, Cones(base)


def instance(base: RuleBase, rule: str) -> Instance:
    return next(i for i in base.instances if i.rule.id == rule)


def all_changing(prospect: Prospect, instances: tuple[Instance, ...]) -> set[str]:
    """The open answers that can change some instance, every one of them for certain."""
    found: set[str] = set()
    for one in instances:
        said = prospect.changing(Visible((one,)))
        assert all(said.values())
        found |= said.keys()
    return found


def with_fixed(base: RuleBase, name: str) -> Knowledge:
    """The knowledge, but that an answer cannot be changed."""
    attributes = base.knowledge.attributes
    return base.knowledge._replace(attributes={**attributes, name: attributes[name]._replace(fixed=True)})


# --- what was wrong ---------------------------------------------------------------------------
def test_numbers_that_are_compared_with_each_other() -> None:
    """50 <= asked <= stock <= asked + 3, stock < 1000."""
    base, cones = opened("twonums")
    assert all_changing(Prospect(cones, {}), base.instances) == {"asked", "stock"}
    assert all_changing(Prospect(cones, {"asked": 100}), base.instances) == {"stock"}
    assert not all_changing(Prospect(cones, {"asked": 49}), base.instances)
    prospect = Prospect(cones, {})
    option = prospect.verdicts("ship")["option"].get()
    # both from 50 to 999, four for each but the last three
    assert prospect.completions.count(option) == 950 * 4 - 3 - 2 - 1
    assert prospect.completions.smallest(option) == {"asked": 50, "stock": 50}
    near = changes_to(cones, {"asked": 100, "stock": 99}, "ship", ("option",)).found
    assert near == [{"asked": 99}, {"stock": 100}]
    assert changes_to(cones, {"asked": 100, "stock": 101}, "ship", ("preferred",)) == ([], None)


def test_a_changed_number_is_a_difference() -> None:
    """The age from which a pill fits: 18 in one base, 12 in the other."""
    pair = Compared(opened("pillA")[1], opened("pillB")[1], {})
    option = [prospect.verdicts("pill")["option"].get() for prospect in (pair.old, pair.new)]
    apart = option[0] ^ option[1]
    assert pair.completions.count(apart) == 6 * (4**9 - 3**9)
    assert pair.completions.count(apart, told_apart=True) == 4**9 - 3**9
    assert pair.completions.smallest(apart) == {"a8": "p", "age": 12}
    same = Compared(opened("pillA")[1], opened("pillA")[1], {})
    option = [prospect.verdicts("pill")["option"].get() for prospect in (same.old, same.new)]
    assert (option[0] ^ option[1]).never


def test_what_is_printed_is_an_effect() -> None:
    base, cones = opened("ph")
    advice = instance(base, "dose-by-weight")
    shown = Visible((advice,), ("dose",), ("weight",))
    assert Prospect(cones, {}).changing(shown) == {"burned": True, "weight": True}
    assert Prospect(cones, {"burned": "yes"}).changing(shown) == {"weight": True}
    assert Prospect(cones, {"burned": "no"}).changing(shown) == {}
    assert Prospect(cones, {"burned": "yes"}).changing(Visible((advice,))) == {}


def test_a_sum_of_many_parts() -> None:
    base, cones = opened("parts4")
    case = {"part0": "x", "part1": "x", "part2": "x", "part3": "x", "budget": 13000}
    assert changes_to(cones, case, "buy", ("option",)).found == [{"budget": 18400}]
    # the parts that can be exchanged for one another, two at a time, are all there
    dear = {**case, "budget": 12000}
    fixed = base._replace(knowledge=with_fixed(base, "budget"))
    found = changes_to(Cones(fixed), dear, "buy", ("option",)).found
    assert {len(change) for change in found} == {2}
    assert {"part2": "s", "part3": "s"} in found
    prospect = Prospect(cones, {})
    fits = prospect.verdicts("buy")["option"].get()
    assert prospect.completions.smallest(fits) == {
        "part0": "s",
        "part1": "s",
        "part2": "s",
        "part3": "s",
        "budget": 4600,
    }
    assert all_changing(prospect, (instance(base, "fits"),)) == {
        "part0",
        "part1",
        "part2",
        "part3",
        "budget",
    }


def test_a_finding_below_zero() -> None:
    base, cones = opened("neg")
    prospect = Prospect(cones, {})
    few = prospect.fired([instance(base, "too-few")])
    assert prospect.completions.smallest(few) == {"have": 0, "need": 1}
    assert prospect.completions.depends(few, "have") is True
    assert not Prospect(cones, {"have": 1, "need": 3}).fired([instance(base, "enough")]).always
    assert Prospect(cones, {"have": 1, "need": 3}).fired([instance(base, "too-few")]).always


def test_six_decimals_at_the_end_of_what_can_be_typed() -> None:
    base, cones = opened("nilkb")
    prospect = Prospect(cones, {"nilx": "yes"})
    beyond = prospect.fired([instance(base, "beyond")])
    assert prospect.completions.smallest(beyond) == {"fine": 999999999999999_000001}
    assert prospect.completions.count(beyond) == 999_999


def test_another_options_verdict() -> None:
    """Of a rule that is dropped, what changes about each option alone."""
    base, cones = opened("lb")
    left = tuple(i for i in base.instances if i.rule.id != "heater-when-wet")
    pair = Compared(cones, Cones(base._replace(instances=left)), {})
    apart = {
        option: pair.completions.diagrams.any(
            pair.old.verdicts(option)[v].get() ^ pair.new.verdicts(option)[v].get() for v in VERDICTS
        )
        for option in ("heater", "paint")
    }
    assert {option: pair.completions.count(where) for option, where in apart.items()} == {
        "heater": 2,  # where it is wet, and where that is not known, which leaves it open
        "paint": 0,
    }


def test_any_number_of_a_property_that_has_several(tmp_path: Path) -> None:
    """The laser costs 3,000 or 6,000: the one is dear at once, and three of each are a fee."""
    base = opened("misc")[0]
    record = infer(base, parse_pairs(["visits=2"], base.knowledge))
    dear = next(firing for firing in record.firings if firing.rule == "dear-at-once")
    assert [(m.kind, m.value, m.claims) for m in dear.matched] == [("datum", 6000, ("p1s3",))]
    fees = [found.value for found in record.findings if found.finding == "fee" and found.option == "laser"]
    assert fees == [9000, 18000]
    [warning] = [problem for problem in warnings(base) if "`price` of `laser` has 2 values" in str(problem)]
    assert "`dear-at-once`, `within`, `twice`, `total`, `some-cheap`" in warning.message
    # in a record of format 1, the first was taken
    old, _ = open_files(base.knowledge.files, firsts=True)
    record = infer(old, parse_pairs(["visits=2"], old.knowledge))
    assert "dear-at-once" not in [firing.rule for firing in record.firings]
    assert [f.value for f in record.findings if f.finding == "fee" and f.option == "laser"] == [9000]


def test_a_property_and_a_finding_of_one_name() -> None:
    base = opened("prop")[0]
    record = infer(base, parse_pairs(["wet=yes"], base.knowledge))
    assert record.firings[-1].because == "Go has grade B."
    assert any("The option has (the grade)." in line for line in Phrases(base.knowledge).rule(base.rules[1]))


def test_cases_expect_what_is_below_zero(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(EXACT / "neg", tmp_path / "neg"))
    cases = copy / "kb" / "cases" / "a.yaml"
    cases.parent.mkdir(exist_ok=True)
    given = "- {case: too few, given: {have: 1, need: 3}, findings: {spare: ['%s']}, plan: [order]}\n"
    for number, code in (("-2", 0), ("2", 1)):
        cases.write_text(given % number)
        assert kb("test", "--kb", copy).exit_code == code


# --- Z3 ----------------------------------------------------------------------------------------
def asked(base: RuleBase, cones: Cones, case: Case) -> tuple[set[str], set[str]]:
    """The questions that can change something: for certain, and perhaps."""
    prospect = Prospect(cones, case.answers)
    sure, perhaps = set(), set()
    for effect in Reach(base).effects:
        for name, certain in prospect.changing(effect.visible).items():
            (sure if certain else perhaps).add(name)
    return sure, perhaps - sure


COUNTS = [
    pytest.param("acne", 5, 0.5),
    pytest.param("heating", 1, 0.8),
    *(
        pytest.param(name, count, share, marks=pytest.mark.long)
        for name, count, share in (("acne", 12, 0.5), ("heating", 2, 0.8), ("bicycle", 2, 0.6))
    ),
]


@pytest.mark.parametrize(("name", "count", "share"), COUNTS)
def test_which_questions_matter_by_z3(name: str, count: int, share: float) -> None:
    base = load({**DIRECTORIES, "heating": ROOT / "examples" / "heating"}[name])
    prover, cones, choose = Prover(base, 60), Cones(base), random.Random(3)
    for n in range(count):
        case = some_case(base, choose, share if n else share + 0.1)
        sure, perhaps = asked(base, cones, case)
        assert sure | perhaps == set(matters(prover, case)), case


@pytest.mark.parametrize(("name", "count", "share"), COUNTS)
def test_the_smallest_changes_by_z3(name: str, count: int, share: float) -> None:
    base = load({**DIRECTORIES, "heating": ROOT / "examples" / "heating"}[name])
    prover, cones, choose = Prover(base, 60), Cones(base), random.Random(5)
    for _ in range(count):
        case = some_case(base, choose, max(share, 0.7), 10**8)
        option = choose.choice(list(base.knowledge.options))
        goals = choose.choice([*((verdict,) for verdict in VERDICTS), (NOW,)])
        now = follow(base, case).recommendation(option)
        if goals[0] in (now.verdict, now.timing):
            continue
        try:
            found = changes_to(cones, case.answers, option, goals)
        except NotDecided:
            continue
        mine = [change for change in found.found if len(change) <= 3]
        other = smallest_changes(prover, case, option, goals)
        assert sorted(map(kept, mine)) == sorted(map(kept, other)), (case, option, goals)
        for change in found.found:
            after = follow(base, case.with_answers({**change}, base.knowledge)).recommendation(option)
            assert goals[0] in (after.verdict, after.timing)


def kept(change: object) -> list[tuple[str, str]]:
    """A set of changes, but for which number it is."""
    assert isinstance(change, dict)
    return sorted((name, v if isinstance(v, str) else "number") for name, v in change.items())
