"""The engines that take one case at a time: each with `run(case)`, which gives what `Outcome` has.

All of them are made once, before anything is timed. `run` is timed whole: handing the case over,
reasoning, and reading back everything that is compared, as Python values.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import by_hand
from cases import Outcome  # (puts the shell on the path)

from expert.backends.clips import clips_text
from expert.backends.python import decider
from expert.consultation.case import Case
from expert.consultation.engine import prepare
from expert.language.rules import RuleBase

Arguments = Sequence[tuple[str, str, str, str]]  # option, stance, target, strength
ORDER = ("preferred", "option", "uncertain", "not-advised", "not-addressed")


def verdicts_of(options: Sequence[str], arguments: Arguments) -> dict[str, str]:
    """The deciding policy over the arguments that decide, for engines that conclude arguments.

    Arguments without a target count for every one; no rule of the built-in base has such that decide.
    """
    said: dict[tuple[str, str], int] = {}
    for option, stance, target, strength in arguments:
        said[option, target] = said.get((option, target), 0) | BITS[stance, strength]
    found = dict.fromkeys(options, 4)
    for (option, target), bits in said.items():
        verdict = VERDICT[bits | said.get((option, "nil"), 0) if target != "nil" else bits]
        if verdict < found[option] and (target != "nil" or len([o for o, _ in said if o == option]) == 1):
            found[option] = verdict
    return {option: ORDER[verdict] for option, verdict in found.items()}


def _verdict(bits: int) -> int:
    strong, plain, against, unsure = (bool(bits & bit) for bit in (1, 2, 4, 8))
    if unsure or (against and (strong or plain)):
        return 2
    return 3 if against else 0 if strong else 1 if plain else 4


BITS = {("for", "strong"): 1, ("for", "plain"): 2, ("against", "plain"): 4, ("unsure", "plain"): 8}
BITS |= {("against", "strong"): 4, ("unsure", "strong"): 8}
VERDICT = [_verdict(bits) for bits in range(16)]


class Peer:
    """An engine, made for a rule base."""

    name = ""
    checked = 2_000  # on how many cases it is compared before it is timed

    def __init__(self, base: RuleBase) -> None:
        raise NotImplementedError

    def run(self, case: Case) -> Any:
        """What follows from a case: the fields of `Outcome`."""
        raise NotImplementedError


class Decide(Peer):
    """The shell without its trace."""

    name = "decide"

    def __init__(self, base: RuleBase) -> None:
        self.run = decider(base)  # type: ignore[method-assign,assignment]


class Hand(Peer):
    """Nested ifs."""

    name = "Python by hand"

    def __init__(self, base: RuleBase) -> None:
        pass

    def run(self, case: Case) -> Any:
        return by_hand.consult(case.answers)


class Consultation(Peer):
    """The shell's whole consultation on experta: every firing with its reasons, and every non-firing."""

    name = "consultation (full trace)"

    def __init__(self, base: RuleBase) -> None:
        self.knowledge = base.knowledge
        self.run = prepare(base)  # type: ignore[method-assign]

    def outcome(self, found: Any) -> Outcome:
        """The consultation in the terms of an outcome; not timed."""
        k, recommended = self.knowledge, found.recommendations
        scale = 10 ** k.findings[k.cost[0]].decimals if k.cost else 1

        def scaled(amount: Any) -> int | None:
            return None if amount is None else round(amount * scale)

        costs = {r.option: (scaled(r.cost.low), scaled(r.cost.high)) for r in recommended if r.cost}
        return Outcome(
            {r.option: r.verdict for r in recommended},
            {r.option: r.timing for r in recommended},
            {option: costs.get(option, (None, None)) for option in k.options},
            frozenset((r.option, flag) for r in recommended for flag in r.flags),
            frozenset((f.finding, f.value) for f in found.findings if not k.findings[f.finding].numeric),
            frozenset(f"{f.rule}@{f.option}" if f.option else f.rule for f in found.firings),
        )


class Clips(Peer):
    """CLIPS through clipspy, on the text of `kb export --to clips`, in the fastest way that was found.

    One environment, reset for each case. The case is asserted by a deffunction of its values, which
    saves parsing text; results come as one text that Python splits, which saves a conversion for each
    value. No Fact object is ever made: clipspy 1.0.6 leaks them.
    """

    name = "clipspy"

    def __init__(self, base: RuleBase) -> None:
        import clips

        k = base.knowledge
        self.options, self.steps = list(k.options), list(k.steps)
        self.environment = clips.Environment()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rules.clp"
            path.write_text("".join(line + "\n" for line in clips_text(base)), "utf-8")
            self.environment.load(str(path))
        self.unknown = clips.Symbol("nil")
        values = [value for term in k.attributes.values() for value in term.values]
        self.symbols: dict[object, Any] = {value: clips.Symbol(value) for value in values}
        self.attributes = list(k.attributes)
        tells = " ".join(
            f"(if (neq ?a{n} nil) then (assert (answer (attribute {name}) (value ?a{n}))))"
            for n, name in enumerate(self.attributes)
        )
        names = " ".join(f"?a{n}" for n in range(len(self.attributes)))
        topics = " ".join(f"(eq ?f:topic {t.id})" for t in k.topics.values() if t.decides)
        reads = " ".join(
            f"(do-for-all-facts ((?f {kind})) {where} (bind ?all (create$ ?all {values}))) "
            "(bind ?all (create$ ?all end))"
            for kind, where, values in (
                ("fired", "TRUE", "?f:rule ?f:option"),
                ("argument", f"(or {topics} FALSE)", "?f:option ?f:stance ?f:target ?f:strength"),
                ("wait", "TRUE", "?f:option ?f:name"),
                ("flag", "TRUE", "?f:option ?f:name"),
                ("finding", "TRUE", "?f:option ?f:name ?f:value"),
            )
        )
        build = self.environment.build
        build(f"(deffunction put-case ({names}) {tells} TRUE)")
        build(f"(deffunction all-results () (bind ?all (create$)) {reads} (implode$ ?all))")
        build(f"(deffunction whole-case ({names}) (reset) {tells} (run) (all-results))")

    def run(self, case: Case) -> Any:
        get, symbols, unknown = case.answers.get, self.symbols, self.unknown
        given = [unknown if (v := get(name)) is None else symbols.get(v, v) for name in self.attributes]
        text = self.environment.call("whole-case", *given)
        fired, arguments, waits, flags, findings, _ = (" " + text).split(" end")
        at = fired.split()
        ids = [
            rule if option == "nil" else f"{rule}@{option}"
            for rule, option in zip(at[::2], at[1::2], strict=True)
        ]
        at = arguments.split()
        said = list(zip(at[::4], at[1::4], at[2::4], at[3::4], strict=True))
        at = flags.split()
        raised = list(zip(at[::2], at[1::2], strict=True))
        at, place = waits.split(), self.steps.index
        latest: dict[str, str] = {}
        for option, step in zip(at[::2], at[1::2], strict=True):
            if option not in latest or place(step) > place(latest[option]):
                latest[option] = step
        at = findings.split()
        concluded: list[tuple[str, str]] = []
        low: dict[str, int] = {}
        high: dict[str, int] = {}
        for option, name, value in zip(at[::3], at[1::3], at[2::3], strict=True):
            if name == "least_cost":
                low[option] = min(int(value), low.get(option, int(value)))
            elif name == "most_cost":
                high[option] = max(int(value), high.get(option, int(value)))
            else:
                concluded.append((name, value))
        return (
            verdicts_of(self.options, said),
            {option: latest.get(option, "now") for option in self.options},
            {option: (low.get(option), high.get(option)) for option in self.options},
            raised,
            concluded,
            ids,
        )


class Experta(Peer):
    """Plain experta, on rules written for it by hand."""

    name = "experta by hand"
    checked = 1_000

    def __init__(self, base: RuleBase) -> None:
        import by_hand_experta

        self.engine, self.answers = by_hand_experta.Advisor(), by_hand_experta.as_answers

    def run(self, case: Case) -> Any:
        counting, disagreeing = by_hand.counting(case.answers)
        return self.engine.consult(self.answers(counting), disagreeing)


class Seine(Peer):
    """seine-rs, on rules in its own language; one session, reset for each batch of cases."""

    name = "seine-rs"

    def __init__(self, base: RuleBase) -> None:
        import seine_rs
        from in_drl import UNKNOWN, drl, schemas

        k = base.knowledge
        self.options, self.steps = list(k.options), list(k.steps)
        self.missing = {name: -1 if term.numeric else UNKNOWN for name, term in k.attributes.items()}
        self.session = seine_rs.Session(drl(base), schemas=schemas(k))

    def run(self, case: Case) -> Any:
        return self.batch([case])[0]

    def batch(self, cases: Sequence[Case]) -> list[Any]:
        """What follows from each of the cases."""
        table: dict[str, list[Any]] = {"id": list(range(len(cases)))}
        for name, missing in self.missing.items():
            table[name] = [missing if (v := case.answers[name]) is None else v for case in cases]
        self.session.reset()
        self.session.insert("Case", table)
        derived = self.session.fire().derived
        count = len(cases)
        fired: list[list[str]] = [[] for _ in range(count)]
        said: list[list[tuple[str, str, str, str]]] = [[] for _ in range(count)]
        waits: list[dict[str, str]] = [{} for _ in range(count)]
        flags: list[list[tuple[str, str]]] = [[] for _ in range(count)]
        found: list[list[tuple[str, str]]] = [[] for _ in range(count)]
        costs: list[dict[str, list[int | None]]] = [{} for _ in range(count)]
        for n, rule in _rows(derived, "Fired", "id", "rule"):
            fired[n].append(rule)
        for n, option, stance, target, strength in _rows(
            derived, "Argument", "id", "option", "stance", "target", "strength"
        ):
            said[n].append((option, stance, target or "nil", strength))
        for n, option, step in _rows(derived, "Wait", "id", "option", "name"):
            before = waits[n].get(option, step)
            waits[n][option] = max(before, step, key=self.steps.index)
        for n, option, flag in _rows(derived, "Flag", "id", "option", "name"):
            flags[n].append((option, flag))
        for n, name, value in _rows(derived, "Finding", "id", "name", "value"):
            found[n].append((name, value))
        for n, name, option, value in _rows(derived, "Amount", "id", "name", "option", "value"):
            costs[n].setdefault(option, [None, None])[name == "most_cost"] = value
        return [
            (
                verdicts_of(self.options, said[n]),
                {option: waits[n].get(option, "now") for option in self.options},
                costs[n],
                flags[n],
                found[n],
                fired[n],
            )
            for n in range(count)
        ]


def _rows(derived: Any, kind: str, *fields: str) -> Any:
    import pyarrow

    if kind not in derived:
        return ()
    table = pyarrow.table(derived[kind])
    return zip(*(table.column(field).to_pylist() for field in fields), strict=True)


PEERS: dict[str, type[Peer]] = {
    peer.name: peer for peer in (Decide, Consultation, Hand, Clips, Experta, Seine)
}
