"""Working memory: the facts of one run, each with its justification.

Every fact is an answer, a datum of the knowledge base, or the conclusion of a recorded
firing. What a firing rested on is written down when it fires, from our own rule data, so
that no engine's memory has to be asked later. What is the same in every case (`Wording`) is put
into words once.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from expert.consultation.case import Case
from expert.consultation.result import Concluded, Firing, Match, ScoreBounds, Undrawn
from expert.consultation.sources import finer, together_once
from expert.consultation.statements import lies_between
from expert.consultation.templates import FiringTemplate
from expert.consultation.wording import Finding, KeptFiring, Wording
from expert.language.algebra import together
from expert.language.conclusions import Conclude, Conclusion, Tally, text_of
from expert.language.conditions import ROUNDED, Ref, unrounded
from expert.language.english import between, fill, several_shown, statement, undrawn
from expert.language.grids import Grid
from expert.language.keys import with_option
from expert.language.meaning import Evaluation
from expert.language.model import CHOICES, SCORE, Value
from expert.language.rules import Instance, applies_key

Learnt = tuple[str, Value | None]  # the same; None: a score whose bounds do not meet


class WorkingMemory:
    """The facts of one case, and the firings that concluded them."""

    def __init__(self, wording: Wording, case: Case) -> None:
        self.base, self.wording, self.case = wording.base, wording, case
        self.alone = wording.cases == 0  # most programs ask of one case: no other is prepared for
        wording.cases += 1
        self.reading = Evaluation(case.answers)  # what conditions are tested on
        # answers, of each finding its values, by key; and the findings themselves
        self.state: dict[Hashable, Hashable] = dict(case.answers.items())
        self.firings: list[Firing] = []
        self.grounds: dict[Finding, list[int]] = {}  # the firings behind each finding
        self.values: dict[str, list[Value]] = {}  # the same findings' values, by key
        self.matches: dict[Finding, Match] = {}  # what a premise on a finding rests on, as yet
        self.entries: dict[tuple[str, str], FiringTemplate] = {}  # of each, by its rule and option
        self.scores: dict[str, ScoreBounds] = {}  # by key
        self.bounds: dict[str, tuple[int, int]] = {}  # the same, scaled
        self.answered: dict[str, Value] = {}  # the findings that are answered
        for name in wording.answerable:
            value = case.value(name)
            if value is not None:
                self._answer(name, value)

    def _answer(self, name: str, value: Value) -> None:
        """Take in the answer to a finding, which is its only value."""
        self.answered[name] = value
        self.grounds[name, value] = []
        self.values[name] = [value]
        if isinstance(value, int) and self.base.knowledge.findings[name].role == SCORE:
            self.bounds[name] = value, value

    def heard(self) -> set[int]:
        """The places, among the instances that may be silent, of those that fired."""
        return {entry.place for entry in self.entries.values() if entry.place is not None}

    @property
    def counting(self) -> Evaluation:
        """What has been concluded, and the answers that are not left out of account."""
        declared = self.wording.contradictions.values()
        out = {c.leaves_out for c in declared if (c.id, "") in self.entries}
        if not out:
            return self.reading
        kept = Evaluation({name: value for name, value in self.case.answers.items() if name not in out})
        kept.findings, kept.numbers = self.reading.findings, self.reading.numbers
        kept.scores, kept.answered = self.reading.scores, self.reading.answered
        return kept

    def fire(self, instance: Instance) -> list[Learnt]:
        """Record that an instance fires; the findings that no firing before it concluded."""
        n, rule = len(self.firings) + 1, instance.rule
        entry = self.entries[rule.id, instance.option] = self.wording.entry(instance)
        if self.alone or entry.depends_on is None:
            new = self._fire_anew(entry, n)[0]
        else:
            alike = tuple(map(self.state.get, entry.depends_on))
            before = entry.firings.get(alike)
            if before is None:
                new, findings = self._fire_anew(entry, n)
                self.wording.firings.keep(entry.firings, alike, self._kept(findings))
            else:
                self.firings.append(self._again(before, n))
                new = [finding for finding in before.findings if self._found(finding, n)]
        for key, value in new:
            if key not in self.scores and value is not None:
                self._learn(key, value)
        if rule.exception_to:
            applies = applies_key(instance)
            self._learn(applies, "yes")
            self.state[applies] = "yes"
            return [*new, (applies, "yes")]
        return new

    def _fire_anew(self, entry: FiringTemplate, n: int) -> tuple[list[Learnt], list[Finding]]:
        """Record a firing; the findings that no firing before it concluded, and all that it concluded."""
        instance, rule, option = entry.instance, entry.instance.rule, entry.instance.option
        matches: list[Match] = []
        for source in entry.sources:
            matches += source(self)
        withheld = [c for c in instance.then if self._is_answered(c)] if self.answered else ()
        undrawn = tuple([self._undrawn(c) for c in withheld])
        if entry.concluded is None or undrawn:
            new, findings, concluded = self._conclude(instance, n)
        else:
            findings, concluded = entry.findings, entry.concluded
            new = [finding for finding in findings if self._found(finding, n)]
        because = self.text(rule.because, option) if entry.because is None else entry.because
        claims = entry.claims
        reached = tuple([item.in_case(self) for item in entry.items if item.reached(self)])
        if reached:
            claims = tuple(dict.fromkeys((*claims, *(claim for item in reached for claim in item.claims))))
        about = n, rule.id, option or None, rule.basis
        self.firings.append(
            Firing(*about, because, together_once(matches), concluded, claims, reached, undrawn)
        )
        return new, findings

    def _kept(self, findings: list[Finding]) -> KeptFiring:
        """What is kept of the latest firing, for cases that are alike."""
        firing = self.firings[-1]
        grounds = [self._ground(match) for match in firing.matched]
        return KeptFiring(firing[1:], tuple(grounds) if any(grounds) else (), findings)

    def _ground(self, match: Match) -> Finding | None:
        """The finding that a premise rests on, if it rests on one."""
        if not match.firings:
            return None
        key, term = with_option(match.name, match.option), self.base.knowledge.findings[match.name]
        values = (v for v in self.values[key] if self.wording.value(term, v)[0] == match.value)
        return key, next(values)

    def _again(self, kept: KeptFiring, n: int) -> Firing:
        """The record of a firing in a case that is alike: its own are the numbers of firings."""
        firing = Firing._make((n, *kept.record))
        if not kept.grounds:
            return firing
        matched = []
        for match, finding in zip(firing.matched, kept.grounds, strict=True):
            matched.append(match if finding is None else self._match_again(match, finding))
        return firing._replace(matched=tuple(matched))

    def _match_again(self, match: Match, finding: Finding) -> Match:
        """What a premise on a finding rested on in another case, as it is in this one."""
        if match.bounds:
            return match._replace(firings=tuple(self.grounds[finding]))
        now = self.matches.get(finding)
        if now is None:
            now = self.matches[finding] = match._replace(firings=tuple(self.grounds[finding]))
        return now

    def _learn(self, key: str, value: Value) -> None:
        """Take a finding into what conditions are tested on."""
        if isinstance(value, int):
            self.reading.add_numbers(key, [(Grid.true, self.reading.constant(value))])
        else:
            self.reading.findings.setdefault(key, {})[value] = Grid.true

    def _conclude(
        self, instance: Instance, n: int
    ) -> tuple[list[Learnt], list[Finding], tuple[Concluded, ...]]:
        """Conclude what takes a case: the findings that are new, all but scores, and the record of all."""
        new: list[Learnt] = []
        findings: list[Finding] = []
        concluded: list[Concluded] = []
        for conclusion in instance.then:
            if self._is_answered(conclusion):
                if isinstance(conclusion, Tally):  # from here on it has bounds
                    self.reading.conclude(conclusion, Grid.true)
                    self.scores[conclusion.key] = self._answered_score(conclusion, n)
                    new.append((conclusion.key, None))
                continue
            if isinstance(conclusion, Tally):
                new.append(self._add_up(conclusion, n))
                said = self.scores[conclusion.key]
                value = said.low if said.low == said.high else None
                concluded.append(Concluded("score", said.finding, said.option, value, said.text))
                continue
            if not isinstance(conclusion, Conclude):
                text = self.text(text_of(conclusion), conclusion.option)
                concluded.append(self.wording.put_forward(conclusion, text))
                continue
            for value, exact in self._values(conclusion).items():
                finding = (conclusion.key, value)
                findings.append(finding)
                new += [finding] if self._found(finding, n) else []
                concluded.append(self.wording.found(conclusion, value, exact))
        return new, findings, tuple(concluded)

    def _answered_score(self, score: Tally, n: int) -> ScoreBounds:
        """What is answered to a score, which is both its bounds."""
        term, value = self.base.knowledge.findings[score.name], self.answered[score.name]
        told = term.plain(value)
        return ScoreBounds(score.name, None, told, told, statement(term, (value,)), n)

    def _is_answered(self, conclusion: Conclusion) -> bool:
        """Whether a conclusion is of a finding that is answered, so that it is not drawn."""
        concludes = isinstance(conclusion, (Conclude, Tally))
        return concludes and conclusion.name in self.answered

    def _undrawn(self, conclusion: Conclusion) -> Undrawn:
        """What would have been concluded of a finding that is answered."""
        assert isinstance(conclusion, (Conclude, Tally))
        name = conclusion.name
        term, answer = self.base.knowledge.findings[name], self.answered[name]
        if isinstance(conclusion, Tally):
            [(_, (least, most))] = self.reading.added_up(conclusion)
            ends = least.values[0], most.values[0]
            would, differs = between(term, *ends), ends != (answer, answer)
        else:
            values = self._values(conclusion)
            would = " and ".join(statement(term, (value,)) for value in values)
            differs = bool(values) and [*values] != [answer]
        text = undrawn(term, answer, would if differs else "")
        return Undrawn(name, text, term.plain(answer), differs)

    def _add_up(self, score: Tally, n: int) -> Learnt:
        """Take in what a score adds up to; a finding where its bounds meet, and else none."""
        self.reading.conclude(score, Grid.true)
        [(_, (least, most))] = self.reading.scores[score.key]
        low, high = least.values[0], most.values[0]
        term = self.base.knowledge.findings[score.name]
        text = between(term, low, high)
        self.bounds[score.key] = low, high
        ends = term.plain(low), term.plain(high)
        self.scores[score.key] = ScoreBounds(score.name, score.option or None, *ends, text, n)
        if low != high:
            return score.key, None
        self._found((score.key, low), n)
        return score.key, low

    def score_match(self, ref: Ref) -> Sequence[Match]:
        """What a premise on a score rests on: between what it lies."""
        said = self.scores.get(ref.key)
        if said is None:
            return ()
        if said.low == said.high:
            return [self.match(ref, ref.key, value) for value in self.values[ref.key]]
        states = lies_between(said)
        return [Match("score", ref.name, said.option, None, said.text, (), (said.firing,), states=states)]

    def _values(self, conclusion: Conclude) -> dict[Value, str]:
        """The values concluded, each with what it was before it was rounded, if that was another."""
        if isinstance(conclusion.value, str):
            return {conclusion.value: ""}
        exact, by = unrounded(conclusion.value)
        amounts = self.reading.values_of(exact)
        term, found = self.base.knowledge.findings[conclusion.name], dict[Value, str]()
        for number in [row.values[0] for guard, row in amounts if guard & 1]:
            value = together(ROUNDED, number, by) if by > 1 else number
            found.setdefault(value, "" if value * by == number else finer(term, by).spell(number))
        return found

    def _found(self, finding: Finding, n: int) -> bool:
        """Note that a firing concluded a finding; whether no other did before."""
        key, value = finding
        if finding in self.grounds:
            self.grounds[finding].append(n)
            self.matches.pop(finding, None)
            return False
        self.grounds[finding] = [n]
        values = self.values.setdefault(key, [])
        values.append(value)
        self.state[key], self.state[finding] = tuple(values), True
        return True

    def match(self, ref: Ref, key: str, value: Value) -> Match:
        """What a premise on one of the findings rests on, after all firings so far."""
        match = self.matches.get((key, value))
        if match is None:
            said = self.wording.value(self.base.knowledge.findings[ref.name], value)
            firings = tuple(self.grounds[key, value])
            match = Match("finding", ref.name, ref.option or None, *said, (), firings)
            self.matches[key, value] = match
        return match

    # --- what it concluded, in words --------------------------------------------------------

    def text(self, text: str, option: str) -> str:
        """A rule's text with its placeholders filled from the case."""
        fixed = self.wording.text(text, option)
        return fill(text, lambda name: self._filled(name, option)) if fixed is None else fixed

    def _filled(self, name: str, option: str) -> str:
        term = self.base.knowledge.named(name)
        if term and term.type == CHOICES:
            return several_shown([self.case.value(part) for part in term.parts], term)
        if term and term.kind == "attribute":
            value = self.case.value(name)
            return "an unknown " + term.label if value is None else term.show(value)
        if term and term.kind == "finding":
            key = with_option(term.name, option if term.per_option else "")
            low, high = self.bounds.get(key, (0, 0))
            if low != high:
                return f"{term.spell(low)} to {term.show(high)}"
            values = self.values.get(key, ())
            return " and ".join(map(term.show, values)) or "(none)"
        return self.wording.filled(name, option)
