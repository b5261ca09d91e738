"""The knowledge bases of `examples/`: whole, true to their documents, proved, and unknown to the shell."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from support.compare import consult
from support.oracle import OracleKB, evaluate
from support.shell import ROOT, cicatrix
from support.sizes import MORE, some_or_all
from support.text import runs

from expert.analysis.coverage import coverage as exercised
from expert.analysis.expected import Expected, failures, load_cases
from expert.analysis.mutation import mutate
from expert.analysis.shown import seen_by
from expert.commands.export import writers
from expert.consultation.case import UNKNOWN
from expert.consultation.engine import infer
from expert.io.problems import KnowledgeError
from expert.knowledge.checks import warnings
from expert.knowledge.document import coverage, sentences
from expert.knowledge.load import load
from expert.language.conditions import AllOf
from expert.language.english import REASONS
from expert.language.rules import BASES, RuleBase
from expert.proof.invariants import load_invariants

EXAMPLES = ROOT / "examples"
README = EXAMPLES / "README.md"
WORDS = {  # of each subject; none of them has any business in the shell
    ".": """
        acne scar scars skin dermatologist punch peel dermabrasion fillers collagen pimples prescription
        bacteria wound graft sutures scarring injectable laser medicines
    """,
    "examples/heating": """
        bleed boiler curtain damp gauge gurgle gurgling heating imbalance insulated leakage lockshield
        lukewarm pressure pump radiator radiators refills rust sludge temperature thermostat thermostatic
        valve valves vessel vibrates
    """,
    "examples/benefit": """
        allowance born children contribution housing income parent parenting pension rent salary youngest
    """,
    "examples/car": """
        battery burned charged coil coolant dirty distributor fuel gap ignition knocks mechanic misfires
        oil sluggish tank tires turns
    """,
    "examples/curb65": """
        blood breaths confused confusion diastolic hospital mmhg patient pressure referral
        respiratory severity systolic treatment urea
    """,
    "examples/jones": """
        arthritis attack carditis chorea crp erythema fever heart infection inflammation joints marginatum
        nodules rheumatic sedimentation streptococci temperature
    """,
    "examples/organisms": """
        bacteroides burns chains clumps coccus defences enterobacteriaceae gram klebsiella
        pseudomonas staphylococcus streptococcus weakened
    """,
    "examples/sirs": """
        antibiotics arterial beats blood breaths cells cultures dioxide immature infection microlitre mmhg
        organ pulse sepsis severe sirs syndrome temperature white
    """,
}


LEAST = {  # of each example: sentences, cases, invariants, rules
    "benefit": (8, 35, 5, 9),
    "heating": (30, 15, 10, 30),
    "jones": (13, 25, 7, 7),
    "organisms": (12, 20, 4, 11),
    "sirs": (11, 20, 5, 5),
    "curb65": (13, 20, 5, 9),
    "car": (14, 60, 4, 14),
}


class Example(NamedTuple):
    """One of the knowledge bases."""

    directory: Path
    base: RuleBase
    cases: list[Expected]
    document: str


NAMED = sorted(path.name for path in EXAMPLES.iterdir() if (path / "kb").is_dir())


@pytest.fixture(scope="module", params=NAMED)
def example(request: pytest.FixtureRequest) -> Example:
    directory = EXAMPLES / request.param
    base = load(directory)
    return Example(directory, base, load_cases(directory, base), (directory / "document.txt").read_text())


# --- what it says --------------------------------------------------------------------------------


def test_nothing_is_odd_about_it(example: Example) -> None:
    assert warnings(example.base) == []


def test_every_sentence_of_its_document_is_accounted_for(example: Example) -> None:
    places = coverage(example.base, example.document)
    assert {place.status for place in places} <= {"encoded", "context"}
    assert len(places) == len(example.base.knowledge.claims) >= LEAST[example.directory.name][0]


def test_it_says_everything_in_its_own_words(example: Example) -> None:
    """Beside the document itself no file holds eight words in a row of it."""
    known = {run for sentence in sentences(example.document).values() for run in runs(sentence)}
    for path in example.directory.rglob("*.yaml"):
        assert not runs(path.read_text()) & known, path


def test_what_is_ours_is_little_and_has_its_reason(example: Example) -> None:
    by_basis = {basis: [rule for rule in example.base.rules if rule.basis == basis] for basis in BASES}
    assert len(by_basis["stated"]) > len(by_basis["inferred"]) >= len(by_basis["added"])
    assert len(example.base.rules) >= LEAST[example.directory.name][3]
    assert all(rule.reason for rule in by_basis["added"])


def test_it_holds_no_code(example: Example) -> None:
    assert {path.suffix for path in example.directory.rglob("*") if path.is_file()} <= {
        ".txt",
        ".yaml",
        ".md",
    }


# --- its cases and invariants ----------------------------------------------------------------------


def test_its_cases_come_out(example: Example) -> None:
    base = example.base
    found = {
        case.name: failures(case, seen_by(infer(base, case.given), base.knowledge)) for case in example.cases
    }
    assert {name: failed for name, failed in found.items() if failed} == {}
    assert len(found) >= LEAST[example.directory.name][1]


def test_its_cases_exercise_every_rule_and_condition(example: Example) -> None:
    assert exercised(example.base, example.cases).missed == ()
    named = {
        id for case in example.cases for check in case.checks if check.kind == "fired" for id in check.wanted
    }
    assert named == {rule.id for rule in example.base.rules}


@pytest.mark.long
def test_its_cases_notice_every_change(example: Example) -> None:
    score = mutate(example.base, example.cases)
    assert [survivor for survivor in score.survivors if not survivor.equivalent] == []


@pytest.mark.parametrize(
    "example", [pytest.param(n, marks=[] if n in ("curb65", "jones") else MORE) for n in NAMED], indirect=True
)
def test_its_invariants_are_proved(example: Example) -> None:
    pytest.importorskip("z3", reason="proofs need Z3: pip install 'cicatrix[prove]'")
    from expert.proof.structure import prove_all

    invariants = load_invariants(example.base, example.directory)
    report = prove_all(example.base, invariants)
    assert {proof.invariant: proof.status for proof in report.proofs if proof.status != "proved"} == {}
    assert {check.check: check.status for check in report.checks if check.status != "holds"} == {}
    assert len(report.proofs) == len(invariants.invariants) + len(example.base.knowledge.exclusive)
    assert len(invariants.invariants) >= LEAST[example.directory.name][2]


# --- against the naive evaluator ------------------------------------------------------------------


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=MORE)])
def test_the_oracle_agrees_on_its_cases(example: Example, every: int) -> None:
    kb = OracleKB(example.directory)
    for case in example.cases[::every]:
        compare(example, kb, answers_of(example, case))


@pytest.mark.parametrize("count", some_or_all(20, 300, more=200))
def test_the_oracle_agrees_on_random_cases(example: Example, count: int) -> None:
    """Answers drawn from those of the case files, where the numbers stand at the rules' limits,
    until every rule has fired.

    Half of the cases are drawn whole, and half are a case of the files with a few answers changed.
    """
    random, kb = Random(30), OracleKB(example.directory)
    written = [answers_of(example, case) for case in example.cases]
    pool = {
        name: sorted({*term.values, *(answers[name] for answers in written if name in answers)})
        for name, term in example.base.knowledge.attributes.items()
    }
    reasons: set[str] = set()
    fired: set[str] = set()
    every = {instance.rule.id for instance in example.base.instances}
    for number in range(300):
        if number >= count and fired == every:
            break
        answers = dict(random.choice(written)) if number % 2 else {}
        share = 0.2 if number % 2 else 0.85
        changed = [name for name in pool if random.random() < share]
        answers |= {name: random.choice([*pool[name], "unknown"]) for name in changed}
        expected = compare(example, kb, answers)
        fired |= {rule for rule, _ in expected["fired"]}
        reasons |= set(expected["not_fired"].values())
    assert fired == every
    # a rule that settles fires by its other half where it is denied
    denied = any(rule.when != AllOf(()) and not rule.settles for rule in example.base.rules)
    assert {"unknown", *["denied"] * denied} <= reasons <= REASONS.keys()


def answers_of(example: Example, case: Expected) -> dict[str, str]:
    """The answers of a case as they are typed."""
    terms = example.base.knowledge.attributes
    return {
        name: UNKNOWN if value is None else terms[name].spell(value)
        for name, value in case.given.answers.items()
    }


def compare(example: Example, kb: OracleKB, answers: dict[str, str]) -> dict[str, object]:
    """Both evaluators say the same of a case; what they say."""
    found, expected = consult(example.base, answers), evaluate(kb, answers)
    for part, value in expected.items():
        assert found[part] == value, f"{part} of {answers}"
    return expected


def test_the_oracle_orders_its_rules_in_the_same_way(example: Example) -> None:
    kb = OracleKB(example.directory)
    assert [(i.rule.id, i.option or None) for i in example.base.instances] == [i.key for i in kb.order]


# --- around it ---------------------------------------------------------------------------------------


def test_it_can_be_exported(example: Example) -> None:
    for format, lines in writers().items():
        try:
            text = "\n".join(lines(example.base))
        except KnowledgeError as error:  # a score has no form in CLIPS
            assert format == "clips" and "is not exported" in str(error)
            continue
        named = [rule.id for rule in example.base.rules if rule.id in text]
        assert len(named) == len(example.base.rules) or format == "json-schema", format


@pytest.mark.parametrize("place", WORDS)
def test_no_word_of_a_subject_in_the_shell(place: str) -> None:
    code = " ".join(ast.unparse(ast.parse(path.read_text())) for path in (ROOT / "expert").glob("*.py"))
    words = set(WORDS[place].split())
    texts = [(ROOT / place / "kb" / name).read_text() for name in ("vocabulary.yaml", "options.yaml")]
    assert len(words) >= 10
    assert words - tokens(" ".join(texts)) == set()
    assert words & tokens(code) == set()


def tokens(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def test_every_example_has_its_list_of_words(example: Example) -> None:
    assert f"examples/{example.directory.name}" in WORDS


def readme_commands() -> list[str]:
    return re.findall(r"^    (python cli\.py .+)$", README.read_text("utf-8"), re.M)


def test_the_readme_has_commands_to_try() -> None:
    assert len(readme_commands()) >= 3


@pytest.mark.parametrize("line", readme_commands())
def test_the_commands_of_the_readme_work(line: str) -> None:
    if " prove " in line:
        pytest.importorskip("z3", reason="`kb prove` needs Z3: pip install 'cicatrix[prove]'")
    done = cicatrix(*shlex.split(line)[2:])
    assert done.code == 0, done.stderr
    assert done.stdout
