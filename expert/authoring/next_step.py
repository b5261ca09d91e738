"""What an author should do next: the first thing that a knowledge base still lacks.

Looked at in the order in which one would work: the claims, what can be recommended, the words for
it, the rules, the cases, the invariants, the proof. What costs much to find out is only looked at
when nothing before it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from expert.analysis.coverage import coverage as exercised
from expert.analysis.coverage import suggest
from expert.analysis.expected import Expected, failures, load_cases
from expert.analysis.shown import Listed, seen_in, shown
from expert.consultation.case import case_file_answers
from expert.io.problems import KnowledgeError, Problem, Span
from expert.knowledge import todo
from expert.knowledge.checks import warn_identical, warn_silent, warn_uncited, warn_unused
from expert.knowledge.document import coverage, fingerprint, sentences
from expert.language.rules import RuleBase, cited, passes
from expert.proof.invariants import FILE as INVARIANTS
from expert.proof.invariants import load_invariants

if TYPE_CHECKING:
    from expert.proof.proofs import Report, StructuralCheck


CASES = "kb/cases/first.yaml"


class NextStep(NamedTuple):
    """The next thing to do: what is missing, where, and how to mend it."""

    what: str
    where: Span | None
    how: str


def next_step(
    base: RuleBase,
    directory: Path,
    document: str | None = None,
    proof: Report | None = None,
    cases: list[Expected] | None = None,
) -> NextStep | None:
    """The first thing that is missing, or None if nothing is.

    Against the document's text, and what `kb prove` found, if they are given; with the cases, if they have
    been read.
    """
    room = Room(base, directory, document, proof)
    if cases is not None:
        room.cases = cases
    return next((step for look in ORDER for step in look(room)), None)


def step_line(step: NextStep) -> str:
    """The step, on one line."""
    where = f"{step.where}: " if step.where else ""
    return f"Next: {where}{step.what}: {step.how}."


class Room:
    """A knowledge base, and what it takes to see how far it is."""

    def __init__(self, base: RuleBase, directory: Path, document: str | None, proof: Report | None) -> None:
        self.base, self.directory, self.document, self.proof = base, directory, document, proof
        self.users = cited(base)
        self.todos = todo.todos(base)

    @cached_property
    def cases(self) -> list[Expected]:
        return load_cases(self.directory, self.base)

    def place(self, name: str) -> Span:
        """The beginning of a file."""
        return Span(todo.prefix_of(self.base) + name)

    def unwritten(self, file: str, context: bool | None = None) -> Iterator[NextStep]:
        """The texts of a file, or of a folder, that are still to be written."""
        for each in self.todos:
            about_context = each.keys[-1:] == ("context",)
            if each.file.startswith(file) and context in (None, about_context):
                missing = todo.problem(each, self.base, self.users)
                yield from [_step(missing)] if missing else []


def _step(problem: Problem, how: str = "") -> NextStep:
    return NextStep(problem.message, problem.span, problem.help or how)


# --- what can be missing, in order -----------------------------------------------------------
def sentences_without_claim(room: Room) -> Iterator[NextStep]:
    """Sentences of the document that have no claim, and claims whose sentence is another now."""
    if room.document is None:
        return
    prints = {id: fingerprint(sentence) for id, sentence in sentences(room.document).items()}
    hows = {
        "missing": 'add a claim for it, with `fingerprint: "{}"`',
        "changed": 'mend the claim, what rests on it, and its `fingerprint: "{}"`',
        "gone": "take the claim out, and what rests on it",
    }
    for place in coverage(room.base, room.document):
        if place.status in hows:
            claim = room.base.knowledge.claims.get(place.id)
            where = claim.span if claim else room.place("kb/claims.yaml")
            how = hows[place.status].format(prints.get(place.id))
            yield NextStep(f"the sentence {place.id} is {place.status}", where, how)


def claims_without_words(room: Room) -> Iterator[NextStep]:
    return room.unwritten("kb/claims.yaml", context=False)


def claims_without_use(room: Room) -> Iterator[NextStep]:
    yield from room.unwritten("kb/claims.yaml", context=True)
    yield from (_step(problem) for problem in warn_uncited(room.base))


def options_without_words(room: Room) -> Iterator[NextStep]:
    yield from room.unwritten("kb/document.yaml")
    yield from room.unwritten("kb/options.yaml")


def vocabulary(room: Room) -> Iterator[NextStep]:
    """Terms without words, and terms that nothing uses."""
    yield from room.unwritten("kb/vocabulary.yaml")
    how = "use it in a rule, or take it out"
    yield from (_step(problem, how) for problem in warn_unused(room.base))


def rules(room: Room) -> Iterator[NextStep]:
    """Rules without words, rules that come to nothing, and options about which no rule argues."""
    yield from room.unwritten("rules/")
    how = "write a rule that argues about it, or take it out"
    if not room.base.knowledge.topics:
        how = "declare a topic in kb/vocabulary.yaml with `decides: yes`, and write a rule that argues on it"
    for problem in warn_silent(room.base):
        hopeless = problem.message.startswith("rule")
        yield _step(problem, "mend what it asks of `option`, or take it out" if hopeless else how)
    yield from (_step(problem, "take one of them out") for problem in warn_identical(room.base))


def cases(room: Room) -> Iterator[NextStep]:
    """No cases, rules that none fires, verdicts that none expects, and cases that fail."""
    try:
        expected = room.cases
    except KnowledgeError as error:
        yield _step(error.problems[0], "mend the case")
        return
    if not expected:
        how = f"write one in {CASES}; `kb test` prints cases to begin with"
        yield NextStep("there is no case to test the rules with", room.place(CASES), how)
    fired = [target for target in exercised(room.base, expected).missed if target.leaf < 0]
    yield from (_unfired(room, target.rule) for target in fired)
    yield from _unexpected(room, expected)
    yield from _failing(room, expected)


def _unfired(room: Room, id: str) -> NextStep:
    target = next(t for t in exercised(room.base, []).missed if t.rule == id and t.leaf < 0)
    suggestion = suggest(room.base, [target])[0]
    how = f"mend its conditions: {suggestion.why}"
    if suggestion.case is not None:
        given = case_file_answers(suggestion.case, room.base.knowledge)
        how = f"add a case to {CASES}, such as `given: {given}`"
        how += " (`kb test` prints it whole, with what follows now), and hold it against the document"
    return NextStep(f"rule `{id}` fires in no case", room.base.rule(id).span, how)


def _unexpected(room: Room, cases: list[Expected]) -> Iterator[NextStep]:
    expected = {check.about for case in cases for check in case.checks if check.kind == "verdict"}
    for option in room.base.knowledge.options.values():
        if option.id not in expected:
            how = f"say in a case what it must be, such as `expect: {{{option.id}: {{verdict: option}}}}`"
            yield NextStep(f"no case expects a verdict on option `{option.id}`", option.span, how)


def _failing(room: Room, expected: list[Expected]) -> Iterator[NextStep]:
    table = shown(room.base.knowledge, passes(room.base.instances), Listed(case.given for case in expected))
    for n, case in enumerate(expected):
        for failure in failures(case, seen_in(table, n)):
            how = "`kb test` says what is expected and what is seen; mend the rules, or the case"
            yield NextStep(f"case `{case.name}` fails", failure.check.span, how)


def invariants(room: Room) -> Iterator[NextStep]:
    """No invariants."""
    try:
        written = load_invariants(room.base, room.directory)
    except KnowledgeError as error:
        yield _step(error.problems[0], "mend the invariant")
        return
    if not written.invariants:
        how = "write there what must hold in every case, whatever the answers, and run `kb prove`"
        yield NextStep("there are no invariants", room.place(INVARIANTS), how)


def unproved(room: Room) -> Iterator[NextStep]:
    """What `kb prove` did not prove."""
    if room.proof is None:
        return
    spans = {each.id: each.span for each in load_invariants(room.base, room.directory).invariants}
    for proof in room.proof.proofs:
        if proof.status != "proved":
            how = "mend the rules, or what it says; above is what was found"
            yield NextStep(f"invariant `{proof.invariant}` is not proved", spans.get(proof.invariant), how)
    for check in room.proof.checks:
        if check.status != "holds":
            yield NextStep(f"it does not hold that {check.says}", room.place(INVARIANTS), _marked(check))


def _marked(check: StructuralCheck) -> str:
    """How to mend what a check of the rules found, or to say that it is meant."""
    about = next((finding.about for finding in check.found if not finding.intended), ())
    mark = f"`intended: [{{check: {check.check}, about: {', '.join(about[:1])}, reason: ...}}]`"
    if check.check == "tension":
        mark = f"`tensions: [{{rules: [{', '.join(about)}], intended: ...}}]`"
    return f"mend what is listed above, or write there why it is meant to be so: {mark}"


ORDER: tuple[Callable[[Room], Iterator[NextStep]], ...] = (
    sentences_without_claim,
    claims_without_words,
    claims_without_use,
    options_without_words,
    vocabulary,
    rules,
    cases,
    invariants,
    unproved,
)
