"""The shell against CLIPS, an engine that nobody here wrote: conclusions, and firings in their order."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random
from typing import NamedTuple

import clips
import pytest
from support.clips_engine import Clips, Summary, summary
from support.compare import BASES, choices
from support.compare import summary as in_oracle_terms
from support.generate import knowledge_files, random_answers, write_files
from support.loading import MINIMAL, texts
from support.oracle import OracleKB, evaluate
from support.sizes import some_or_all

from expert.backends.clips import HIGHEST, clips_text, token
from expert.consultation.case import parse_pairs
from expert.consultation.engine import infer
from expert.io.problems import KnowledgeError
from expert.knowledge.load import load, open_files
from expert.language.conditions import AllOf, AnyOf, Count, Is, Ref, Unless
from expert.language.rules import RuleBase

PAIRS = {"acne": 40, "bicycle": 20}  # how many of the pairs of answers
MORE_PAIRS = {"acne": 200, "bicycle": 100}
# of random cases; in the fewest, every rule fires in some
SOME, MORE, RANDOM_CASES = (
    {"acne": 52, "bicycle": 30},
    {"acne": 120, "bicycle": 250},
    {"acne": 1000, "bicycle": 400},
)
GENERATED, CASES_EACH = 60, 10
AROUND = {  # what the rules compare, and just beside it
    "scar_count": "1 2 3 12 120",
    "budget": "0 49.99 50 50.01 99.99 100 100.01 599.99 600 600.01 5999.99 6000 6000.01 999999999999999",
}


class Setting(NamedTuple):
    """An engine, and what to try on it."""

    name: str
    engine: Clips
    options: dict[str, list[str]]

    def pairs(self) -> list[dict[str, str]]:
        """Every pair of answers to two questions."""
        return [
            {one: value, other: second}
            for one, other in combinations(self.options, 2)
            for value in self.options[one]
            for second in self.options[other]
        ]


def check(engine: Clips, answers: dict[str, str]) -> Summary:
    """CLIPS and the shell say the same of a case; what they say."""
    pairs = [f"{name}={value}" for name, value in answers.items()]
    expected = summary(engine.base, infer(engine.base, parse_pairs(pairs, engine.base.knowledge)))
    assert engine.run(answers) == expected, pairs
    return expected


@pytest.fixture(scope="module", params=BASES)
def setting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Setting:
    directory = BASES[request.param]
    found = choices(OracleKB(directory))
    around = {name: values.split() for name, values in AROUND.items() if name in found}
    engine = Clips(load(directory), tmp_path_factory.mktemp("clips"))
    return Setting(request.param, engine, found | around)


def random_case(options: dict[str, list[str]], random: Random) -> dict[str, str]:
    """An answer to most of the questions; some are `unknown`."""
    asked = [name for name in options if random.random() < 0.85]
    return {name: random.choice([*options[name], "unknown"]) for name in asked}


def test_every_answer_alone_and_every_pair(setting: Setting) -> None:
    check(setting.engine, {})
    for name, values in setting.options.items():
        for value in [*values, "unknown"]:
            check(setting.engine, {name: value})
    for answers in Random(6).sample(setting.pairs(), PAIRS[setting.name]):
        check(setting.engine, answers)


@pytest.mark.long
@pytest.mark.more
def test_more_pairs(setting: Setting) -> None:
    for answers in Random(7).sample(setting.pairs(), MORE_PAIRS[setting.name]):
        check(setting.engine, answers)


@pytest.mark.parametrize("cases", some_or_all(SOME, RANDOM_CASES, more=MORE))
def test_random_cases(setting: Setting, cases: dict[str, int]) -> None:
    fired = random_cases(setting, Random(20), cases[setting.name])
    assert fired == {rule.id for rule in setting.engine.base.rules}


@pytest.mark.long
def test_very_many_cases(setting: Setting) -> None:
    for answers in setting.pairs():
        check(setting.engine, answers)
    random_cases(setting, Random(5), 40_000)


def random_cases(setting: Setting, random: Random, number: int) -> set[str]:
    """Compare on random cases; the rules that fired in some of them."""
    found = [check(setting.engine, random_case(setting.options, random)) for _ in range(number)]
    return {rule for expected in found for _, rule, _ in expected["fired"]}


@pytest.mark.parametrize("amount", ["0.99", "1", "1.01"])
def test_money_is_compared_to_the_cent(setting: Setting, amount: str) -> None:
    """Budgets at, and a cent beside, what 1, 2, 3, ... of a thing cost."""
    if "budget" not in setting.options:
        pytest.skip("it has no budget")
    for number in (1, 2, 3, 119, 120, 121):
        budget = Fraction(number * 50 - 1) + Fraction(amount)
        answers = {"scar_depth": "deep", "scar_count": str(number), "budget": f"{float(budget):.2f}"}
        check(setting.engine, answers)


# --- generated knowledge bases ---------------------------------------------------------------


def compare_generated(seed: int, directory: Path, cases: int = CASES_EACH) -> int | None:
    """The shell, the oracle and CLIPS agree on a generated knowledge base; how many rules fired.

    None where its numbers can be too long for CLIPS, which the export says.
    """
    random = Random(seed)
    files = knowledge_files(random)
    base, problems = open_files(files)
    assert not problems, f"{seed}: {problems[0]}"
    kb = OracleKB(write_files(files, directory))
    try:
        engine = Clips(base, directory)
    except KnowledgeError as error:
        assert "longer than CLIPS has integers" in str(error)
        return None
    fired = 0
    for _ in range(cases):
        answers = random_answers(base, random)
        pairs = [f"{name}={value}" for name, value in answers.items()]
        record = infer(base, parse_pairs(pairs, base.knowledge))
        found, expected = in_oracle_terms(record), evaluate(kb, answers)
        for part, value in expected.items():
            assert found[part] == value, f"{part} of {answers} with seed {seed}"
        assert engine.run(answers) == summary(base, record), f"{answers} with seed {seed}"
        fired += len(record.firings)
    return fired


@pytest.mark.parametrize("count", some_or_all(3, GENERATED, more=8))
def test_generated_knowledge_bases(tmp_path: Path, count: int) -> None:
    found = [compare_generated(seed, tmp_path / str(seed)) for seed in range(count)]
    fired = [number for number in found if number is not None]
    assert len(fired) > 0.5 * count and sum(fired) >= 5 * len(fired) * CASES_EACH


@pytest.mark.long
def test_very_many_generated_knowledge_bases(tmp_path: Path) -> None:
    for seed in range(GENERATED, 40 * GENERATED):
        compare_generated(seed, tmp_path / str(seed), 40)


def test_the_generator_uses_the_whole_language() -> None:
    texts = [knowledge_files(Random(seed)) for seed in range(GENERATED)]
    words = set(re.findall(r"[a-z.-]+", "\n".join(text for files in texts for text in files.values())))
    language = """
        any all not unless of exactly option known unknown
        more-than at-least less-than at-most times plus minus
        choice yes-no count number money decimals unit per-option low high stated inferred added salience
        conclude settle otherwise score points first exception-to
        argue plan wait flag advise caution for against unsure target strength says id
    """
    assert set(language.split()) <= words
    assert knowledge_files(Random(3)) == knowledge_files(Random(3))


# --- the text itself -------------------------------------------------------------------------


def test_the_text_is_the_same_every_time(base: RuleBase) -> None:
    assert list(clips_text(base)) == list(clips_text(load(BASES["acne"])))


def test_every_instance_is_one_defrule_with_its_own_salience(base: RuleBase) -> None:
    text = "\n".join(clips_text(base))
    assert re.findall(r"\(defrule (\S+)", text) == [instance.id for instance in base.instances]
    saliences = [int(number) for number in re.findall(r"\(salience (-?\d+)\)", text)]
    assert saliences == [HIGHEST - rank for rank in range(len(base.instances))]


def test_a_rule_base_with_more_rules_than_saliences_is_refused(base: RuleBase) -> None:
    many = base._replace(instances=base.instances * (2 * HIGHEST // len(base.instances) + 1))
    with pytest.raises(KnowledgeError, match="saliences for 20,001 rules only"):
        clips_text(many)


@pytest.mark.parametrize("text", ["nil", 'a "b" \\ c', "", "Ünï", "not", "?x", "(a)"])
def test_any_text_can_be_a_constant(text: str) -> None:
    environment = clips.Environment()
    assert environment.eval(f"(create$ {token(text)})") == (text or "nil",)
    assert isinstance(environment.eval(f"(create$ {token(text)})")[0], clips.Symbol) == (text in ("", "not"))


def test_numbers_beyond_64_bits_are_seen_to_be_inexact(setting: Setting) -> None:
    largest = 2**63 - 1
    for expression in (
        f"(times {largest} {largest})",
        f"(plus {largest} 1)",
        f"(minus -{largest} {largest})",
    ):
        assert isinstance(setting.engine.environment.eval(expression), float)
    assert isinstance(setting.engine.environment.eval(f"(plus {token(10**30)} 1)"), float)
    assert setting.engine.environment.eval("(times 3000000000 -3000000000)") == -9 * 10**18


def test_a_rule_with_very_many_alternatives_does_not_explode(tmp_path: Path) -> None:
    """CLIPS makes a rule for each way through the `or`s: 3**12 ways here."""
    base = load(BASES["bicycle"])
    sounds = [Is(Ref("attribute", "sound"), (value,)) for value in ("squeak", "click", "grind")]
    instance = next(i for i in base.instances if not i.option)
    wide = instance._replace(when=AllOf((AnyOf(tuple(sounds)),) * 12))
    engine = Clips(base._replace(instances=(wide,)), tmp_path)
    assert len(list(engine.environment.rules())) == 1
    assert len(engine.run({"sound": "click"})["fired"]) == 1
    assert not engine.run({"sound": "rattle"})["fired"]


def test_what_is_counted_within_others_is_counted_before_them(tmp_path: Path) -> None:
    """A count of which a part is that there is no evidence of another count."""
    base = load(BASES["bicycle"])
    instance = next(i for i in base.instances if not i.option)
    sounds = [Is(Ref("attribute", "sound"), (value,)) for value in ("squeak", "click", "grind")]
    inner = Count("at-least", 1, tuple(sounds))
    outer = Count("at-least", 1, (Unless(inner), Unless(Count("at-least", 1, (Unless(inner),)))))
    for when, there in ((outer, [True, True]), (Count("at-least", 2, outer.parts), [False, False])):
        engine = Clips(base._replace(instances=(instance._replace(when=when),)), tmp_path)
        said = [bool(engine.run(answers)["fired"]) for answers in ({"sound": "click"}, {})]
        assert said == there


# --- names and numbers that CLIPS has for itself ---------------------------------------------
NIL = {
    "kb/vocabulary.yaml": """\
attributes:
  nil: {type: choice, label: what came, question: What came?, values: {nil: nothing, some: something}}
  long: {type: number, decimals: 6, label: long, question: How long?}
findings: {it: {type: choice, label: so, values: {nil: nothing, so: so}}}
topics: {fit: {label: fit, decides: yes}}
""",
    "kb/options.yaml": "options: {nil: {label: Nil}, go: {label: Go}}\n",
}
RULES = """\
- {id: nil, claims: [p1s1, p1s2], basis: stated, when: {nil: nil}, then: {conclude: {it: nil}}, because: So.}
- id: not
  claims: p1s1
  basis: stated
  when: {it: nil, option: nil, long: {%s}}
  then: {argue: {for: fit}}
  because: So.
"""


def nil_base(comparison: str) -> RuleBase:
    minimal = {name: text for name, text in texts(MINIMAL).items() if name.startswith("kb/")}
    base, problems = open_files({**minimal, **NIL, "rules/1.yaml": RULES % comparison})
    assert not problems, problems[0]
    return base


def test_nil_is_a_name_as_any_other(tmp_path: Path) -> None:
    base = nil_base("at-most: 9000000000000.5")
    text = "\n".join(clips_text(base))
    assert ';   nil: "nil", some' in text
    engine = Clips(base, tmp_path)
    for answers in ({"nil": "nil", "long": "9000000000000.5"}, {"nil": "nil"}, {"nil": "some", "long": "1"}):
        record = infer(base, parse_pairs([f"{n}={v}" for n, v in answers.items()], base.knowledge))
        assert engine.run(answers) == summary(base, record), answers


def test_numbers_that_are_too_long_are_refused_by_the_rule() -> None:
    """An answer of 21 digits is seen to be more than any short number; not which of two is more."""
    list(clips_text(nil_base("more-than: 9000000000000")))
    with pytest.raises(KnowledgeError, match="rule `not` compares numbers that can be longer"):
        clips_text(nil_base("more-than: 999999999999999"))
