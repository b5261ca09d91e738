"""What is said of all cases: CPU seconds, of first questions and why not the least of three.

    python bench/diagrams.py [NAME ...]

First question: the base prepared, and the first question of a dialogue. All questions: everything that
can still change something, and what it can change. Why not: the smallest changes to a verdict, of the five
random cases the one that takes longest. Diff: two bases compared, of which the second has a changed rule in
the middle. Load:
each claim dropped in turn. Made bases, without these two: a sum of six parts below a budget, and 800 rules
over 20 questions of 10 values for 40 options. The aims: 0.3 s for a first question and for why not, but of
the six parts; 1 s for the diff of the heating base. What misses its aim is marked.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from expert.analysis.ablation import load_bearing  # noqa: E402
from expert.analysis.diff import compare  # noqa: E402
from expert.analysis.mutants import mutants  # noqa: E402
from expert.analysis.mutation import changed_base  # noqa: E402
from expert.consultation.case import Case, make_case  # noqa: E402
from expert.consultation.dialogue import Dialogue  # noqa: E402
from expert.consultation.relevance import Reach  # noqa: E402
from expert.knowledge.load import load  # noqa: E402
from expert.language.changes import changes_to  # noqa: E402
from expert.language.limits import NotDecided  # noqa: E402
from expert.language.policy import VERDICTS  # noqa: E402
from expert.language.prospect import Cones  # noqa: E402
from expert.language.rules import RuleBase  # noqa: E402

COLUMNS = ("first question", "all questions", "why not", "diff", "load")
AIMS = {("built-in", ""): 0.3, ("heating", ""): 0.3, ("bicycle", ""): 0.3, ("800 rules", ""): 0.3}
AIMS[("heating", "diff")] = 1.0
MADE = ("six parts", "800 rules")
HEAD = "id: made\ntitle: Made\nversion: '1'\ndisclaimer: Made.\n"
CLAIMS = (
    "hedges: {asserts: it says so}\nclaims:\n"
    "  p1s1: {says: So it is., hedge: asserts, fingerprint: '0123456789abcdef'}\n"
)


def parts(many: int) -> dict[str, str]:
    """A sum of parts, each of four sizes, that has to be below a budget."""
    attributes = [
        f"  part{n}: {{type: choice, label: part {n}, question: Q?, values: {{s: s, m: m, l: l, x: x}}}}"
        for n in range(many)
    ]
    attributes.append("  budget: {type: money, currency: USD, min: 0, label: the budget, question: Q?}")
    findings = [f"  cost{n}: {{type: money, currency: USD, label: cost {n}}}" for n in range(many)]
    findings.append("  total: {type: money, currency: USD, label: the total}")
    rules = [
        rule(f"part{n}-{size}", f"{{part{n}: {size}}}", f"{{conclude: {{cost{n}: {times * (10 + n)}}}}}")
        for n in range(many)
        for times, size in enumerate("smlx", 1)
    ]
    total = ", ".join(f"cost{n}" for n in range(many))
    rules.append(rule("total", "{}", f"{{conclude: {{total: {{plus: [{total}]}}}}}}"))
    rules.append(rule("fits", "{total: {at-most: budget}, option: o0}", "{argue: {for: fit}}"))
    return files(attributes, findings, rules, 1)


def many_rules(rules: int, questions: int, values: int, options: int) -> dict[str, str]:
    """Rules that each test three questions and argue about one option."""
    random = Random(1)
    names = ", ".join(f"v{n}: v{n}" for n in range(values))
    attributes = [
        f"  a{n}: {{type: choice, label: a{n}, question: Q?, values: {{{names}}}}}" for n in range(questions)
    ]
    made = []
    for n in range(rules):
        tests = [f"a{q}: v{random.randrange(values)}" for q in random.sample(range(questions), 3)]
        stance = random.choice(("for", "against", "unsure"))
        when = f"{{{', '.join(tests)}, option: o{random.randrange(options)}}}"
        made.append(rule(f"r{n}", when, f"{{argue: {{{stance}: fit}}}}"))
    return files(attributes, [], made, options)


def rule(id: str, when: str, then: str) -> str:
    return f"- {{id: {id}, claims: p1s1, basis: stated, when: {when}, then: {then}, because: So.}}\n"


def files(attributes: list[str], findings: list[str], rules: list[str], options: int) -> dict[str, str]:
    """The files of a knowledge base."""
    vocabulary = ["attributes:", *attributes, *(["findings:", *findings] if findings else [])]
    vocabulary.append("topics: {fit: {label: fit, decides: yes}}")
    sheet = ["options:", *(f"  o{n}: {{label: Option {n}}}" for n in range(options))]
    return {
        "kb/document.yaml": HEAD,
        "kb/claims.yaml": CLAIMS,
        "kb/vocabulary.yaml": "\n".join(vocabulary) + "\n",
        "kb/options.yaml": "\n".join(sheet) + "\n",
        "rules/1.yaml": "".join(rules),
    }


def bases(directory: Path) -> dict[str, RuleBase]:
    """The bases that are measured."""
    found = {
        "built-in": load(ROOT),
        "heating": load(ROOT / "examples" / "heating"),
        "bicycle": load(ROOT / "tests" / "data" / "bicycle"),
    }
    made = {"six parts": parts(6), "800 rules": many_rules(800, 20, 10, 40)}
    for name, texts in made.items():
        for path, text in texts.items():
            (directory / name / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / name / path).write_text(text, "utf-8")
        found[name] = load(directory / name)
    return found


def first_question(base: RuleBase) -> str | None:
    """The first question of a dialogue; none if nothing can change anything."""
    term = Dialogue(Reach(base), Case({})).next_question()
    return term and term.name


def all_questions(base: RuleBase) -> list[str]:
    return [*Reach(base).matters(Case({}))]


def some_case(base: RuleBase, random: Random) -> Case:
    """Nine questions of ten answered."""
    answers: dict[str, str | int | None] = {}
    for name, term in base.knowledge.attributes.items():
        if random.random() < 0.9:
            low = term.low or 0
            high = min(term.high, 10_000) if term.high is not None else 10_000
            answers[name] = random.randint(low, high) if term.numeric else random.choice(list(term.values))
    return make_case(answers, base.knowledge)


def why_not(base: RuleBase, case: Case, option: str, goal: str) -> int:
    try:
        return len(changes_to(Cones(base), case.answers, option, (goal,)).found)
    except NotDecided:
        return -1


def changed(base: RuleBase) -> RuleBase:
    """The base with a small change in the middle of its rules."""
    made = [mutant for mutant in mutants(base) if mutant.kind in ("value", "constant")]
    base_changed = changed_base(base, made[len(made) // 2])
    assert base_changed is not None
    return base_changed


def marked(name: str, column: int, taken: float) -> str:
    """A time, and a mark where it misses the aim."""
    aim = AIMS.get((name, COLUMNS[column]), AIMS.get((name, "")) if column in (0, 2) else None)
    missed = " !" if aim is not None and taken > aim else ""
    return f"{taken:.3f}{missed}".rjust(16)


def seconds(task: Callable[[], object]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def times_of(name: str, base: RuleBase) -> list[float]:
    """The seconds of each column; those of made bases are fewer."""
    random = Random(2)
    cases = [(some_case(base, random), random.choice(VERDICTS)) for _ in range(5)]
    options = [random.choice(list(base.knowledge.options)) for _ in cases]
    times = [
        min(seconds(lambda: first_question(base)) for _ in range(3)),
        seconds(lambda: all_questions(base)),
        max(
            min(seconds(lambda: why_not(base, case, option, goal)) for _ in range(3))  # noqa: B023
            for (case, goal), option in zip(cases, options, strict=True)
        ),
    ]
    if name not in MADE:
        times.append(seconds(lambda: compare(base, changed(base))))
        times.append(seconds(lambda: load_bearing(base, [])))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="of bases: built-in, heating, bicycle, six, 800")
    wanted = parser.parse_args().names
    print(f"{'':12}" + "".join(f"{column:>16}" for column in COLUMNS))
    with TemporaryDirectory() as directory:
        for name, base in bases(Path(directory)).items():
            if wanted and name.split()[0] not in wanted:
                continue
            times = times_of(name, base)
            print(f"{name:12}" + "".join(marked(name, *pair) for pair in enumerate(times)), flush=True)


if __name__ == "__main__":
    main()
