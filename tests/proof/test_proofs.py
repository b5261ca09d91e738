"""What is proved for every case; that breaking the rules is found; and that Z3 and the shell agree."""

from __future__ import annotations

import random
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from expert.commands import shared as terminal
from expert.consultation.case import Answer, Case, make_case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.relevance import Reach
from expert.io.problems import KnowledgeError
from expert.knowledge.load import load
from expert.language.policy import NOW, VERDICTS
from expert.language.rules import RuleBase
from expert.proof.invariants import load_invariants, observed, outcome_terms, read_invariants

pytest.importorskip("z3")
from expert.backends.z3 import Prover
from expert.commands.prove import prove
from expert.proof.influence import matters, smallest_changes
from expert.proof.proofs import Found, Proof, Report, StructuralCheck
from expert.proof.structure import prove_all

HERE = Path(__file__).parents[1]
ROOT = HERE.parent
DIRECTORIES = {"acne": ROOT, "bicycle": HERE / "data" / "bicycle"}


def report_of(directory: Path, timeout: float = 60.0) -> Report:
    base = load(directory)
    return prove_all(base, load_invariants(base, directory), timeout, str(directory))


def proof_of(report: Report, invariant: str) -> Proof:
    return next(proof for proof in report.proofs if proof.invariant == invariant)


def found_by(report: Report, check: str) -> tuple[Found, ...]:
    return check_of(report, check).found


def check_of(report: Report, check: str) -> StructuralCheck:
    return next(each for each in report.checks if each.check == check)


def copy_of(directory: Path, to: Path) -> Path:
    for folder in ("kb", "rules"):
        shutil.copytree(directory / folder, to / folder)
    return to


def edit(directory: Path, file: str, old: str, new: str) -> None:
    text = (directory / file).read_text()
    assert text.count(old) == 1, (file, old)
    (directory / file).write_text(text.replace(old, new))


def drop(directory: Path, file: str, rule: str) -> None:
    rules = (directory / file).read_text().split("\n- id: ")
    kept = [text for text in rules if text.split("\n")[0] != rule]
    assert len(kept) == len(rules) - 1
    (directory / file).write_text("\n- id: ".join(kept))


def command(*words: str) -> Any:
    app = typer.Typer(**{**terminal.settings, "no_args_is_help": False})
    app.command()(prove)
    return CliRunner().invoke(app, [*words])


# --- the built-in knowledge --------------------------------------------------------------


def test_everything_is_proved_of_the_built_in_knowledge(base: RuleBase) -> None:
    report = report_of(ROOT)
    assert {proof.invariant: proof.status for proof in report.proofs if proof.status != "proved"} == {}
    assert {check.check: check.found for check in report.checks if check.status != "holds"} == {}
    assert report.holds
    assert len(report.proofs) >= 8


BREAKS = {
    "laser-is-never-preferred": [
        (
            "rules/4-treatments.yaml",
            "{unsure: effectiveness, target",
            "{for: effectiveness, strength: strong, target",
        )
    ],
    "nothing-now-while-acne-is-active": [("rules/2-acne.yaml", "active-acne-comes-first", "")],
    "nothing-now-while-acne-is-not-ruled-out": [("rules/2-acne.yaml", "acne-must-be-ruled-out", "")],
    "surface-methods-are-not-for-scars-that-are-only-deep": [
        (
            "rules/4-treatments.yaml",
            "{against: effectiveness, target: deep}",
            "{unsure: effectiveness, target: deep}",
        )
    ],
    "surface-methods-are-not-for-deep-scars": [
        (
            "rules/4-treatments.yaml",
            "{for: effectiveness, target: shallow}",
            "{for: effectiveness, target: deep}",
        )
    ],
    "never-for-and-excluded-at-once": [
        ("rules/4-treatments.yaml", "{for: effectiveness, target: light}", "{for: effectiveness}")
    ],
    "nothing-depth-specific-while-depth-is-unknown": [
        ("rules/1-depth.yaml", "{scar_depth: [deep, both]}", "{unless: {scar_depth: shallow}}")
    ],
    "more-scars-never-cost-less": [
        (
            "rules/5-cost.yaml",
            "option.least_cost: {times: [scar_count, option.price_per_scar]}\n",
            "option.least_cost: {minus: [50000, {times: [scar_count, option.price_per_scar]}]}\n",
        )
    ],
    "every-recommendation-rests-on-a-claim": [
        (
            "rules/4-treatments.yaml",
            "claims: [p12s1, p12s3]\n  basis: stated",
            "claims: [p12s1, p12s3]\n  reason: ours\n  basis: added",
        )
    ],
    "every-case-gets-a-next-step": [("rules/1-depth.yaml", "treat-the-shallow-scars", "")],
    "over-and-within-the-budget-exclude-each-other": [
        ("rules/5-cost.yaml", "{at-most: budget}", "{more-than: budget}")
    ],
}


@pytest.mark.parametrize("invariant", BREAKS)
def test_a_broken_rule_is_found_with_a_case_that_shows_it(invariant: str, tmp_path: Path) -> None:
    """The line given runs, is what the engine was seen to do, and is small."""
    directory = copy_of(ROOT, tmp_path / "kb copy")
    for file, old, new in BREAKS[invariant]:
        if new:
            edit(directory, file, old, new)
        else:
            drop(directory, file, old)
    report = report_of(directory)
    proof = proof_of(report, invariant)
    assert proof.status == "counterexample", report
    assert not report.holds
    for witness in proof.witnesses:
        assert witness.confirmed
        words = shlex.split(witness.command)
        assert words[:2] == ["cicatrix", "consult"]
        assert words[-2:] == ["--kb", str(directory)]
        broken = load(directory)
        case = parse_pairs(words[2:-2], broken.knowledge)
        assert 1 <= len(case.answers) <= 4
        assert witness.firings == infer(broken, case).firings
    if proof_of(report, "more-scars-never-cost-less") == proof:
        assert len(proof.witnesses) == 2


def test_an_argument_that_opposes_another_is_a_tension(tmp_path: Path) -> None:
    directory = copy_of(ROOT, tmp_path / "copy")
    edit(
        directory,
        "rules/4-treatments.yaml",
        "    - flag: response-varies\n    - argue: {against: risk}",
        "    - flag: response-varies\n    - argue: {against: effectiveness}",
    )
    [tension] = found_by(report_of(directory), "tension")
    assert tension.about == ("fillers-are-another-treatment", "response-varies")
    assert {"p12s1", "p12s4"} <= set(tension.claims)
    assert tension.witnesses[0].confirmed
    assert "consult scar_depth=deep --kb" in tension.witnesses[0].command
    mark = "tensions: [{rules: [response-varies, fillers-are-another-treatment], intended: so it says}]\n"
    with (directory / "kb/invariants.yaml").open("a") as stream:
        stream.write(mark)
    check = check_of(report_of(directory), "tension")
    assert (check.status, check.found[0].intended) == ("holds", "so it says")


def test_a_mark_that_marks_nothing_is_found(base: RuleBase) -> None:
    text = "intended: [{check: never-matters, about: budget, reason: none}]"
    [found] = found_by(prove_all(base, read_invariants(base, text)), "never-matters")
    assert (found.about, found.says) == (("budget",), "is marked as intended, and does not occur")


# --- the checks of the rules themselves ------------------------------------------------------

RULE = "\n- {{id: {}, claims: p1s1, basis: stated, when: {}, then: {}, because: So.}}\n"


def defective(tmp_path: Path, *rules: tuple[str, str, str], invariants: str = "") -> Report:
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    (directory / "rules/3.yaml").write_text("".join(RULE.format(*rule) for rule in rules))
    if invariants:
        (directory / "kb/invariants.yaml").write_text(invariants)
    return report_of(directory)


def test_rules_that_never_fire(tmp_path: Path) -> None:
    report = defective(
        tmp_path,
        ("two-lights", "[{light: dim}, {light: bright}]", "{plan: move}"),
        ("too-many", "{pots: {more-than: 20}}", "{plan: move}"),
        ("between", "{budget: {more-than: 0.01, less-than: 0.02}}", "{plan: move}"),
        ("never-so", "{option.likes: sun}", "{flag: dear}"),
        ("can-fire", "{pots: {at-least: 20}}", "{plan: move}"),
    )
    about = {found.about[0]: found.says for found in found_by(report, "never-fires")}
    assert about.pop("never-so") == "can hold for no option"
    assert about == dict.fromkeys(["two-lights", "too-many", "between"], "can fire in no case")


def test_masked_and_identical_rules(tmp_path: Path) -> None:
    report = defective(
        tmp_path,
        ("whenever-bright", "{light: bright}", "{plan: move}"),
        ("bright-with-pets", "{light: bright, pets: yes}", "{plan: move}"),
        ("not-dim", "{light: known, unless: {light: dim}}", "{plan: move}"),
        ("weaker", "{place: shady, option: fern}", "{argue: {for: growth, target: health}}"),
        ("by-two", "{light: known}", "{conclude: {place: sunny}}"),
        ("other-words", "{light: bright}", "{advise: Other words.}"),
    )
    masked = {found.about for found in found_by(report, "masked")}
    assert ("bright-with-pets", "whenever-bright") in masked
    assert ("weaker", "ferns-like-shade") in masked
    assert ("a-sunny-place", "by-two") in masked
    assert len(masked) == 3
    assert [f.about for f in found_by(report, "identical")] == [("whenever-bright", "not-dim")]


def test_a_rule_is_not_masked_by_what_it_brings_about(tmp_path: Path) -> None:
    """Two rules that support each other would vanish together with what started them."""
    vocabulary = "kb/vocabulary.yaml"
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    edit(
        directory,
        vocabulary,
        "      shady: a shady place\n",
        "      shady: a shady place\n      cool: a cool place\n",
    )
    rules = [
        ("a-cool-place", "{pets: yes}", "{conclude: {place: cool}}"),
        ("cool-is-shady", "{place: cool}", "{conclude: {place: shady}}"),
        ("shady-is-cool", "{place: shady}", "{conclude: {place: cool}}"),
    ]
    (directory / "rules/3.yaml").write_text("".join(RULE.format(*rule) for rule in rules))
    assert found_by(report_of(directory), "masked") == ()


def test_what_nothing_reads_and_what_never_comes(tmp_path: Path) -> None:
    """The minimal knowledge base itself: a cactus is never recommended, warmth never matters."""
    when = "when: {pots: {more-than: 20}}, never: {plan: move}"
    fine = ("can-fire", "{pots: {at-least: 20}}", "{plan: move}")
    report = defective(tmp_path, fine, invariants=f"invariants: [{{id: never, says: No., {when}}}]")
    assert [f.about for f in found_by(report, "never-recommended")] == [("cactus",)]
    assert [f.about for f in found_by(report, "never-matters")] == [("warmth",)]
    assert [f.about for f in found_by(report, "vacuous")] == [("never",)]
    [silent] = found_by(report, "dead-end")
    assert silent.witnesses[0].confirmed
    line = silent.witnesses[0].command
    assert all(f"{name}=" in line for name in ("light", "pets", "pots", "budget", "warmth"))


def test_a_finding_that_nothing_reads(tmp_path: Path) -> None:
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    edit(directory, "rules/2-options.yaml", "    unless: {place: sunny}\n", "")
    [unread] = found_by(report_of(directory), "unread")
    assert (unread.about, unread.says) == (("place",), "nothing reads that it is sunny")
    edit(directory, "rules/2-options.yaml", "place: shady, ", "")
    [unread] = found_by(report_of(directory), "unread")
    assert unread.says == "nothing reads the place"


# --- unknown, timeout and proved are three things ---------------------------------------------

CUBE = "{{times: [{0}, {0}, {0}]}}"
FERMAT = f"""
- id: fermat
  claims: p1s1
  basis: stated
  when: {{pots: {{at-least: 1}}, sum: {{at-least: {CUBE.format("c")}, at-most: {CUBE.format("c")}}}}}
  then: {{plan: move}}
  because: So.
- id: cubes
  claims: p1s1
  basis: stated
  then: {{conclude: {{sum: {{plus: [{CUBE.format("a")}, {CUBE.format("b")}]}}}}}}
  because: So.
"""


def fermat(tmp_path: Path) -> Path:
    """A knowledge base that asks whether the sum of two cubes is a cube: true, and hard to prove."""
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    terms = "".join(f"  {n}: {{type: count, min: 1, label: {n}, question: How many?}}\n" for n in "abc")
    edit(directory, "kb/vocabulary.yaml", "attributes:\n", f"attributes:\n{terms}")
    edit(directory, "kb/vocabulary.yaml", "findings:\n", "findings:\n  sum: {type: count, label: the sum}\n")
    (directory / "rules/3.yaml").write_text(FERMAT)
    (directory / "kb/invariants.yaml").write_text(
        "invariants:\n- {id: last-theorem, says: No., never: {rule: fermat}}\n"
        "- {id: easy, says: Yes., when: {light: bright}, always: {place: sunny}}\n"
    )
    return directory


def test_a_timeout_is_no_proof(tmp_path: Path) -> None:
    report = report_of(fermat(tmp_path), 0.2)
    assert proof_of(report, "last-theorem").status == "timeout"
    assert proof_of(report, "easy").status == "proved"
    assert check_of(report, "never-fires").status == "timeout"
    assert not report.holds


def test_not_knowing_is_no_proof(base: RuleBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Z3 gives up, for whatever reason but time, the result is `unknown`."""
    import z3

    monkeypatch.setattr(z3.Solver, "check", lambda *_: z3.unknown)
    monkeypatch.setattr(z3.Solver, "reason_unknown", lambda *_: "(incomplete (theory arithmetic))")
    report = prove_all(base, load_invariants(base, ROOT))
    assert {proof.status for proof in report.proofs} == {"unknown"}
    assert {c.status for c in report.checks} == {"unknown", "holds"}
    assert not report.holds


# --- the file ---------------------------------------------------------------------------------

BAD = """\
invariants:
  - id: one
    says: It waits.
    when: {scar_dpth: deep}
    never: {option.timng: now}
  - id: one
    says: It is preferred.
    claims: p99s1
    always: {option.verdict: prefered}
    never: {plan: treat-scars}
  - id: two
    says: More is less.
    more: scar_kind
    never-less: option.leest_cost
  - id: three
    says: ~
    always: {not: {option.verdict: preferred}}
    more: budget
tensions: [{rules: [laser-may-or-may-not-wrk], intended: so}]
intended: [{check: masket, about: x, reason: so}]
"""


def test_all_problems_of_the_file_at_once(base: RuleBase) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read_invariants(base, BAD, "kb/invariants.yaml")
    text = str(caught.value)
    for near in ("scar_depth", "option.timing", "preferred", "laser-may-or-may-not-work", "masked"):
        assert f"did you mean `{near}`?" in text
    for words in (
        "duplicate invariant `one`",
        "exactly one of",
        "unknown claim `p99s1`",
        "no use for `more`",
    ):
        assert words in text
    assert "kb/invariants.yaml:4:12: unknown attribute or finding `scar_dpth`" in text
    assert "`not` over the finding `verdict`" in text
    assert len(caught.value.problems) >= 13


@pytest.mark.parametrize(
    "text", ["", "[]", "a", "{invariants: {a: b}}", "invariants: [1, [2], {}]", "\x00", "a: *b"]
)
def test_any_text_is_refused_with_a_place(base: RuleBase, text: str) -> None:
    if text == "[]":
        text = "[1]"
    with pytest.raises(KnowledgeError) as caught:
        read_invariants(base, text)
    assert all(problem.span for problem in caught.value.problems)


def test_without_a_file_there_are_none(tmp_path: Path, base: RuleBase) -> None:
    assert load_invariants(base, tmp_path).invariants == ()


# --- the command ------------------------------------------------------------------------------


def test_the_command(tmp_path: Path) -> None:
    done = command("--kb", str(ROOT))
    assert (done.exit_code, done.stdout.count("  proved  ")) == (0, len(report_of(ROOT).proofs))
    directory = copy_of(ROOT, tmp_path / "copy")
    drop(directory, "rules/2-acne.yaml", "active-acne-comes-first")
    done = command("--kb", str(directory))
    assert done.exit_code == 1
    assert "counterexample  nothing-now-while-acne-is-active" in done.stdout
    assert f"cicatrix consult scar_depth=deep active_acne=yes --kb {directory}" in done.stdout
    assert "NOT CONFIRMED" not in done.stdout
    data = command("--kb", str(directory), "--json")
    assert data.exit_code == 1
    assert '"status":"counterexample"' in data.stdout


def test_without_z3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    done = command("--kb", str(ROOT))
    assert (done.exit_code, done.stdout) == (5, "")
    assert "cicatrix[prove]" in done.stderr


def test_a_bad_file_is_bad_knowledge(tmp_path: Path) -> None:
    directory = copy_of(ROOT, tmp_path / "copy")
    (directory / "kb/invariants.yaml").write_text(BAD)
    done = command("--kb", str(directory))
    assert (done.exit_code, done.stdout) == (3, "")
    assert f"{directory}/kb/invariants.yaml:4:12" in done.stderr


# --- Z3 and the shell say the same --------------------------------------------------------------


@pytest.fixture(scope="module", params=DIRECTORIES)
def prover(request: pytest.FixtureRequest) -> Prover:
    return Prover(load(DIRECTORIES[request.param]), 60)


def some_case(base: RuleBase, choose: random.Random, share: float, most: int = 10**12) -> Case:
    """A random case; numbers at and around what they are compared with."""
    reach, answers = Reach(base), {}
    for name, term in base.knowledge.attributes.items():
        if choose.random() < share:
            options: list[Answer] = [*term.values, None]
            if term.numeric:
                sampled = [v for v in reach.candidates(name, Case({})) if isinstance(v, int) and v <= most]
                options = [*sampled, None]
            answers[name] = choose.choice(options)
    return make_case(answers, base.knowledge)


def test_the_translation_agrees_with_the_engine(prover: Prover) -> None:
    """Every firing, and every term of the outcome, for random cases."""
    base, choose, z3 = prover.base, random.Random(4), prover.z3
    reading = prover.world.outcome()
    terms = outcome_terms(base)
    keys = [f"{n}@{o}" if t.per_option else n for n, t in terms.items() for o in base.knowledge.options]
    for _ in range(60):
        case = some_case(base, choose, 0.8)
        prover.solver.push()
        for name in base.knowledge.attributes:
            prover.solver.add(prover.algebra.given(name, case.value(name)))
        assert prover.solver.check() == z3.sat
        model = prover.solver.model()
        prover.solver.pop()
        found = infer(base, case)
        seen = observed(base, case, found)
        fired = {f"{f.rule}@{f.option}" if f.option else f.rule for f in found.firings}
        assert {
            id for id, where in prover.world.fired.items() if z3.is_true(model.eval(where, True))
        } == fired
        for key in dict.fromkeys(keys):
            foretold = {
                v for v, w in reading.findings.get(key, {}).items() if z3.is_true(model.eval(w, True))
            }
            assert foretold == set(seen.findings[key]), (key, case)


def test_the_stop_certificate(base: RuleBase) -> None:
    """For cases on the way: exactly the questions that can matter are asked, by Z3's word."""
    prover, choose = Prover(base, 60), random.Random(9)
    stopped = 0
    for n in range(150):
        case = some_case(base, choose, (n % 10) / 10)
        asked = list(Reach(base).matters(case))
        assert asked == matters(prover, case), case
        stopped += not asked and len(case.answers) < len(base.knowledge.attributes)
    assert stopped


@pytest.mark.long
@pytest.mark.xfail(strict=False, reason="GRID_LIMIT (see below)")
def test_the_stop_certificate_at_length(prover: Prover) -> None:
    choose = random.Random(10)
    for _ in range(60):
        case = some_case(prover.base, choose, 0.7)
        assert list(Reach(prover.base).matters(case)) == matters(prover, case), case


def bicycle(answers: str) -> tuple[Prover, Case]:
    prover = Prover(load(DIRECTORIES["bicycle"]), 60)
    return prover, parse_pairs(answers.split(), prover.base.knowledge)


def test_it_does_not_stop_before_an_equality() -> None:
    """A number that is tested for being equal to another (`stretched: [1, 1.25]`)."""
    others = ["sound", "wet", "spokes", "pressure", "limit", "saved", "tool", "clean_hands", "braking"]
    prover, case = bicycle("place=brake distance=2001 " + " ".join(f"{name}=unknown" for name in others))
    assert "stretch" in matters(prover, case)
    assert "stretch" in Reach(prover.base).matters(case)


@pytest.mark.xfail(strict=True, reason="reach takes every answer to matter beyond GRID_LIMIT")
def test_it_does_not_ask_where_a_grid_is_too_large() -> None:
    """With a suspect known, the pressure cannot matter, whatever else is open."""
    prover, case = bicycle("sound=unknown wet=unknown spokes=5 saved=51 tool=61 clean_hands=unknown")
    assert not {"pressure", "limit"} & set(matters(prover, case))
    assert not {"pressure", "limit"} & set(Reach(prover.base).matters(case))


def test_it_does_not_stop_before_a_large_number() -> None:
    others = ["place", "sound", "wet", "braking", "stretch", "distance", "saved", "tool", "clean_hands"]
    case = "pressure=100000000 spokes=unknown " + " ".join(f"{name}=unknown" for name in others)
    prover, around = bicycle(case.replace("sound=unknown", "sound=rattle"))
    assert matters(prover, around) == ["limit"]
    assert list(Reach(prover.base).matters(around)) == ["limit"]


def test_targets_that_nobody_argues_about(tmp_path: Path) -> None:
    """An argument for every target does not outweigh, for a target not at hand, one against."""
    directory = copy_of(HERE / "data" / "minimal", tmp_path / "copy")
    edit(
        directory,
        "kb/vocabulary.yaml",
        "  health: its health\n",
        "  health: its health\n  looks: its looks\n",
    )
    rules = [
        ("in-general", "{option: cactus, pets: yes}", "{argue: {for: growth}}"),
        ("not-healthy", "{option: cactus, pets: yes}", "{argue: {against: growth, target: health}}"),
        ("looks-good", "{option: cactus, light: dim}", "{argue: {for: growth, target: looks}}"),
    ]
    (directory / "rules/3.yaml").write_text("".join(RULE.format(*rule) for rule in rules))
    base = load(directory)
    case = parse_pairs(["pets=yes", "light=unknown"], base.knowledge)
    verdict = infer(base, case).recommendation("cactus").verdict
    prover = Prover(base)
    given = [prover.algebra.given(name, case.value(name)) for name in base.knowledge.attributes]
    foretold = prover.world.option("cactus")["verdict"]
    assert [v for v in VERDICTS if prover.exists(*given, foretold[v]) == "yes"] == [verdict] == ["uncertain"]
    assert Reach(base).verdicts("cactus", case) == [verdict]


def kept(change: dict[str, Answer]) -> tuple[tuple[str, str], ...]:
    """A set of changes, but for which number it is."""
    return tuple(sorted((name, v if isinstance(v, str) else "number") for name, v in change.items()))


def moved(change: dict[str, Answer], case: Case) -> int:
    """How far the numbers are from those given."""
    pairs = [(new, case.value(name)) for name, new in change.items()]
    return sum(abs(a - b) if isinstance(b, int) else a for a, b in pairs if isinstance(a, int))


def test_the_smallest_changes_are_all_there(prover: Prover) -> None:
    """Reach.flips and Z3 find the same sets of changes; each leads where it says."""
    base, choose, compared = prover.base, random.Random(5), 0
    reach, few = Reach(base), 150 if base.knowledge.id == "deep-acne-scars" else 12
    while compared < few:
        case = some_case(base, choose, 0.75, 10**8)
        option = choose.choice(list(base.knowledge.options))
        goals = choose.choice([*((verdict,) for verdict in VERDICTS), (NOW,), ("option", NOW)])
        now = infer(base, case).recommendation(option)
        if all((goal == NOW and now.timing == NOW) or goal == now.verdict for goal in goals):
            continue
        mine, other = reach.flips(case, option, goals), smallest_changes(prover, case, option, goals)
        assert sorted(map(kept, mine)) == sorted(map(kept, other)), (case, option, goals)
        nearest = {kept(change): moved(change, case) for change in other}
        for change in mine:
            assert moved(change, case) == nearest[kept(change)]
        for change in other:
            after = infer(base, case.with_answers(change, base.knowledge)).recommendation(option)
            assert all(goal in (after.verdict, after.timing) for goal in goals)
        compared += 1
