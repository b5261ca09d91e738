"""Knowledge bases of a few rules, and what each engine says of their cases.

A knowledge base is made of what a case of `tests/language/cases.yaml` gives; every condition that it asks
of becomes two rules, which fire where it holds and where it is denied.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml
from support.deciding import both_ways
from support.generate import write_files
from support.oracle import OracleKB, evaluate
from support.rete import Native

from expert.backends.z3 import Prover
from expert.consultation.case import Case, parse_pairs
from expert.consultation.engine import infer
from expert.consultation.outcome import follow
from expert.knowledge.load import load
from expert.language.keys import with_option
from expert.language.prospect import Cones, Prospect
from expert.language.rules import RuleBase

Yaml = Any
Fired = set[str]  # instances, by id
Engine = Callable[[RuleBase, Path], Callable[[Case], Fired]]  # made ready once for all cases
YES_NO, NUMBERS = ("a", "b", "c", "f", "g", "h"), ("x", "y")


# --- the knowledge ---------------------------------------------------------------------------------
def files_of(case: Yaml) -> dict[str, str]:
    """The files of a case's knowledge base."""
    attributes = {name: _term("yes-no", True) for name in YES_NO}
    attributes |= {name: _term({"type": "number", "decimals": "0"}, True) for name in NUMBERS}
    attributes |= {name: _term(given, True) for name, given in case.get("attributes", {}).items()}
    findings = {name: _term(given) for name, given in case.get("findings", {}).items()}
    options = {name: {"kind": kind} for name, kind in case.get("options", {"o1": "x"}).items()}
    kinds = {"type": "choice", "label": "kind", "values": dict.fromkeys(("x", "z"), "kind")}
    rules = [*map(_rule, case["rules"])]
    for n, (condition, _) in enumerate(asked(case)):
        rules.append(_rule({"id": f"holds-{n}", "when": condition, "then": {"advise": "Yes."}}))
        rules.append(_rule({"id": f"denied-{n}", "when": {"not": condition}, "then": {"advise": "No."}}))
    document = {"id": "made", "title": "Made", "version": "1", "disclaimer": "Made."}
    claim = {"says": "It.", "hedge": "asserts", "fingerprint": "0123456789abcdef"}
    made = {
        "kb/document.yaml": document | case.get("document", {}),
        "kb/claims.yaml": {"hedges": {"asserts": "so"}, "claims": {"p1s1": claim}},
        "kb/vocabulary.yaml": {
            "attributes": attributes,
            "findings": findings,
            "topics": {"topic": {"label": "topic", "decides": "yes"}},
        },
        "kb/options.yaml": {
            "properties": {"kind": kinds},
            "options": {
                name: {"label": name, "properties": {"kind": {"value": given["kind"], "claims": "p1s1"}}}
                for name, given in options.items()
            },
        },
        "rules/1.yaml": rules,
    }
    return {name: written(content) for name, content in made.items()}


class _Dumper(yaml.CSafeDumper):
    """Writes what stands in two places twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def written(content: Yaml) -> str:
    """A file of YAML without anchors."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False)


def _term(given: Yaml, asked: bool = False) -> Yaml:
    term = {"type": given} if isinstance(given, str) else dict(given)
    return {"label": "it", **({"question": "Well?"} if asked else {}), **term}


def _rule(given: Yaml) -> Yaml:
    return {"claims": "p1s1", "basis": "stated", "because": "So it is.", **given}


def asked(case: Yaml) -> list[tuple[Yaml, str]]:
    """Every condition that a case asks of, once, and how it is spelled."""
    found: dict[str, Yaml] = {}
    for expected in case.get("expect", ()):
        for condition, _ in wanted(expected):
            found.setdefault(json.dumps(condition), condition)
    return [(condition, spelled) for spelled, condition in found.items()]


def wanted(expected: Yaml) -> list[tuple[Yaml, str]]:
    """What is expected, as conditions and how they stand."""
    found = [(condition, how) for how in ("holds", "denied", "open") for condition in expected.get(how, ())]
    for name, (low, high) in expected.get("bounds", {}).items():
        found += [({name: {"at-least": low}}, "holds"), ({name: {"at-most": high}}, "holds")]
        if low != high:
            found += [({name: {"at-least": high}}, "open"), ({name: {"at-most": low}}, "open")]
    return found


def answers_of(expected: Yaml) -> dict[str, str]:
    return {name: str(value) for name, value in expected["given"].items()}


# --- the engines -----------------------------------------------------------------------------------
def _by_engine(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    return lambda case: {with_option(f.rule, f.option) for f in infer(base, case).firings}


def _by_following(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    return lambda case: {with_option(f.rule, f.option) for f in follow(base, case).firings}


def _by_rete(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    native = Native(base)
    return lambda case: {with_option(rule, option) for rule, option in native.run_case(case)}


def _by_oracle(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    kb = OracleKB(directory)

    def fired(case: Case) -> Fired:
        spelled = {n: _spelled(base, n, v) for n, v in case.answers.items() if v is not None}
        return {with_option(rule, option) for rule, option in evaluate(kb, spelled)["fired"]}

    return fired


def _spelled(base: RuleBase, name: str, value: Any) -> str:
    return base.knowledge.attributes[name].spell(value)


def _by_decider(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    decide = both_ways(base)
    return lambda case: set(decide(case).fired)


def _by_diagrams(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    prospect = Prospect(Cones(base), {})
    truths = {i.id: prospect.fired([i]) for i in base.instances}

    def fired(case: Case) -> Fired:
        return {id for id, truth in truths.items() if prospect.completions.at(truth, case.answers)}

    return fired


def _by_z3(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    prover = Prover(base)

    def fired(case: Case) -> Fired:
        prover.solver.push()
        for name in base.knowledge.attributes:
            prover.solver.add(prover.algebra.given(name, case.value(name)))
        assert prover.solver.check() == prover.z3.sat
        model = prover.solver.model()
        prover.solver.pop()
        return {id for id, so in prover.world.fired.items() if prover.z3.is_true(model.eval(so, True))}

    return fired


def _by_columns(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    import narwhals as nw

    from expert.backends.columns import POLARS, outcome
    from expert.backends.program import lines

    program = lines(base)
    return _over_tables(
        base, lambda read: outcome(nw.from_native(read), base.knowledge, program, POLARS).to_native()
    )


def _by_series(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    from expert.backends.program import lines
    from expert.backends.series import SeriesPlan

    return _over_tables(base, SeriesPlan(lines(base), base.knowledge).on)


def _over_tables(base: RuleBase, follow: Callable[[Any], Any]) -> Callable[[Case], Fired]:
    """What fires in a table of one row, by what puts the outcome beside answers."""
    import narwhals as nw
    import polars as pl

    from expert.backends.columns import ANSWER, FIRED, POLARS, checked

    def fired(case: Case) -> Fired:
        row = {n: [None if v is None else _spelled(base, n, v)] for n, v in case.answers.items()}
        frame = pl.DataFrame({"row": [1], **row})
        read = checked(nw.from_native(frame), base.knowledge, POLARS)
        answers = {name: nw.col(ANSWER + name) for name in base.knowledge.attributes}
        read = read.select(*(answer.alias(name) for name, answer in answers.items()))
        found = follow(read.to_native())
        return {n.removeprefix(FIRED) for n in found.columns if n.startswith(FIRED) and found[n][0]}

    return fired


def _by_clips(base: RuleBase, directory: Path) -> Callable[[Case], Fired]:
    import clips

    from expert.backends.clips import clips_text, fact

    environment = clips.Environment()
    path = directory / "made.clp"
    path.write_text("".join(line + "\n" for line in clips_text(base)), "utf-8")
    environment.load(str(path))
    environment.build(
        "(deffunction all-fired () (bind ?all (create$)) (do-for-all-facts ((?f fired)) TRUE"
        " (bind ?all (create$ ?all ?f:rule ?f:option))) ?all)"
    )

    def fired(case: Case) -> Fired:
        environment.reset()
        for name, value in case.answers.items():
            if value is not None:
                environment.assert_string(fact("answer", attribute=name, value=value))
        environment.run()
        flat = [str(each) for each in environment.eval("(all-fired)")]
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return {with_option(rule, "" if option == "nil" else option) for rule, option in pairs}

    return fired


ENGINES: dict[str, Engine] = {
    "engine": _by_engine,
    "following": _by_following,
    "rete": _by_rete,
    "oracle": _by_oracle,
    "decider": _by_decider,
    "diagrams": _by_diagrams,
    "z3": _by_z3,
    "columns": _by_columns,
    "series": _by_series,
    "clips": _by_clips,
}


def opened(case: Yaml, directory: Path) -> RuleBase:
    """The knowledge base of a case, written into a directory."""
    return load(write_files(files_of(case), directory))


def case_of(base: RuleBase, answers: dict[str, str]) -> Case:
    return parse_pairs([f"{name}={value}" for name, value in answers.items()], base.knowledge)


def how_it_stands(n: int, fired: Iterable[str]) -> str:
    """How the n-th condition that is asked of stands, by the rules that fired."""
    held, denied = f"holds-{n}" in fired, f"denied-{n}" in fired
    assert not (held and denied)
    return "holds" if held else "denied" if denied else "open"
