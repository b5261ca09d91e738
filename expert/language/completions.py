"""All completions of a case: the algebra in which a truth is a decision diagram over the open answers.

`Completions` takes the answers of a case and a `Survey` of what rules ask of the others, and makes a
variable of every attribute that is asked for: a choice has a branch for each value (one for all values
that no rule names), and one for *unknown*; numbers have the cells of their group (see `cells`). What was
answered is cut away before anything is built: it is a constant to the rules.

Everything said is exact, or it is said that it is not decided (None, or `NotDecided`): numbers whose
cells are not known are *loose*, each comparison of several of them a variable of its own that may come
out either way. Then more cases are allowed for than there are; so what never holds then never holds, and
what does not depend on an answer then does not depend on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product

from expert.language.cells import Group, distance
from expert.language.days import Days
from expert.language.diagrams import Diagram, Diagrams
from expert.language.elimination import allowing_for_one, smallness
from expert.language.limits import NODES, STEPS, NotDecided
from expert.language.model import Term, Value
from expert.language.polynomials import Atom, Polynomial, Range, constant, spelled
from expert.language.survey import Amount, CaseAnswers, Splitting, Survey, decided, linked, number_of

KEPT = 500  # groups


def allow_for_one_answer(survey: Survey, completions: Completions, truth: Diagram) -> None:
    """Have cases told apart, too, in which the truth is so for other answers to one more question.

    The survey is that of the completions. Of linked numbers of which that is not decided, `denied_by_any`
    is not to be asked then.
    """
    for level in completions.diagrams.support(truth):
        variable = completions.variables[level]
        if isinstance(variable, Cells) and len(variable.names) > 1:
            try:
                survey.atoms |= _allowed(survey, variable.group, completions.diagrams.kinds(truth, level))
            except NotDecided:
                survey.unforeseen.update(variable.names)


def _allowed(survey: Survey, group: Group, kinds: Sequence[object]) -> set[Atom]:
    """What decides, of numbers one of which is to be answered, to which kinds of cells that may lead."""
    allowed: set[Atom] = set()
    for known in group.known:
        ranges = {name: survey.ranges[name] for name in known}
        telling = group.telling(known, kinds)
        for name in known:
            days = survey.dates.intersection(known)
            allowed |= allowing_for_one(ranges, telling, name, STEPS, days)
    return allowed


# --- the variables -------------------------------------------------------------------------------
class Choice:
    """The variable of an attribute that has names for answers; the last branch is `unknown`."""

    def __init__(self, term: Term, named: Collection[Value]) -> None:
        self.names = (term.name,)
        told = [(value,) for value in term.values if value in named]
        rest = tuple(value for value in term.values if value not in named)
        groups = sorted([*told, *([rest] if rest else [])], key=lambda some: list(term.values).index(some[0]))
        self.branches: tuple[tuple[Value | None, ...], ...] = (*groups, (None,))

    @property
    def size(self) -> int:
        return len(self.branches)


class Cells:
    """The variable of numbers that are compared with each other: a branch for each of their cells."""

    def __init__(self, group: Group) -> None:
        self.names, self.group = group.names, group

    @property
    def size(self) -> int:
        return len(self.group.cells)


class Loose:
    """The variable of a form whose numbers' cells are not known: how many of its limits it exceeds."""

    def __init__(self, form: Polynomial, limits: list[int]) -> None:
        self.names, self.form, self.limits = tuple(sorted(form.names)), form, limits

    @property
    def size(self) -> int:
        return len(self.limits) + 1


Variable = Choice | Cells | Loose


class Groups:
    """Groups of numbers, and those too large, so that the next case of a dialogue need not make them."""

    def __init__(self) -> None:
        self._made: dict[object, Group | NotDecided] = {}

    def group(
        self, ranges: dict[str, Range], atoms: Collection[Atom], steps: int, dates: Collection[str] = ()
    ) -> Group:
        """The group of linked numbers. Raises NotDecided."""
        key = tuple(ranges.items()), frozenset(atoms), steps, frozenset(dates)
        if key not in self._made:
            if len(self._made) > KEPT:
                self._made.clear()
            try:
                kind = Days if len(ranges) > 1 and ranges.keys() <= {*dates} else Group
                self._made[key] = kind(ranges, atoms, steps, dates)
            except NotDecided as problem:
                self._made[key] = problem
        made = self._made[key]
        if isinstance(made, NotDecided):
            raise made
        return made


# --- the algebra -----------------------------------------------------------------------------------
class Completions(Splitting):
    """The algebra of all completions of a case, and what can be said of truths in it.

    `order` is the order in which to ask for attributes, `groups` are kept for the next case, `steps` are
    those of one group's search. Whatever needs more than `nodes` nodes raises TooLarge.
    """

    def __init__(
        self,
        survey: Survey,
        order: Sequence[str],
        groups: Groups | None = None,
        steps: int = STEPS,
        nodes: int = NODES,
    ) -> None:
        self.groups, self.steps = groups or Groups(), steps
        self.unforeseen = survey.unforeseen
        self.terms, self.answers, self.ranges = survey.terms, survey.answers, survey.ranges
        self.dates = survey.dates
        variables: list[Variable] = [Choice(self.terms[name], some) for name, some in survey.named.items()]
        self.undecided: list[str] = []  # why some numbers are loose
        read = [name for name in survey.ranges if name in survey.numbers]
        for names, atoms in linked(read, survey.atoms):
            variables += self._numbers(names, atoms)
        places = {name: place for place, name in enumerate(order)}
        self.variables = sorted(variables, key=lambda v: (_middle(v, places), isinstance(v, Loose), v.names))
        self.diagrams = Diagrams([v.size for v in self.variables], nodes, f"more than {nodes} nodes")
        self.true, self.false = self.diagrams.true, self.diagrams.false
        self.level: dict[str, int] = {}
        self.loose: dict[Polynomial, int] = {}
        for level, variable in enumerate(self.variables):
            if isinstance(variable, Loose):
                self.loose[variable.form] = level
            else:
                self.level.update(dict.fromkeys(variable.names, level))
        self._literals: dict[object, Diagram] = {}

    def _numbers(self, names: list[str], atoms: list[Atom]) -> list[Variable]:
        """The variables of linked numbers."""
        try:
            return [Cells(self._group(names, atoms))]
        except NotDecided as problem:
            self.undecided.append(problem.what)
        single = [atom for atom in atoms if len(atom.form.names) == 1]
        variables: list[Variable] = []
        for name in names:
            alone = [atom for atom in single if name in atom.form.names]
            try:
                variables.append(Cells(self._group([name], alone)))
            except NotDecided:  # of quotients
                alone = [atom for atom in alone if not atom.form.quotients]
                single = [atom for atom in single if name not in atom.form.names or atom in alone]
                variables.append(Cells(self._group([name], alone)))
        forms: dict[Polynomial, list[int]] = {}
        for form, limit in sorted(set(atoms) - set(single), key=lambda atom: (atom.form.terms, atom.limit)):
            forms.setdefault(form, []).append(limit)
        return [*variables, *(Loose(form, limits) for form, limits in forms.items())]

    def _group(self, names: list[str], atoms: list[Atom]) -> Group:
        """The group of some numbers. Raises NotDecided."""
        ranges = {name: self.ranges[name] for name in names}
        return self.groups.group(ranges, atoms, self.steps, self.dates.intersection(names))

    # --- as an algebra ---------------------------------------------------------------------------
    def known(self, attribute: str) -> Diagram:
        if attribute in self.answers:
            return self.false if self.answers[attribute] is None else self.true
        if attribute not in self._literals:
            level = self.level[attribute]
            variable = self.variables[level]
            if isinstance(variable, Cells):
                chosen = variable.group.knowing(attribute)
            else:
                chosen = [branch < variable.size - 1 for branch in range(variable.size)]
            self._literals[attribute] = self.diagrams.among(level, chosen)
        return self._literals[attribute]

    def equals(self, attribute: str, value: Value) -> Diagram:
        if attribute in self.answers:
            return self.true if self.answers[attribute] == value else self.false
        if isinstance(value, int):
            number, wanted = self.number(attribute), self.constant(value)
            return self.known(attribute) & (number >= wanted) & (wanted >= number)
        key = attribute, value
        if key not in self._literals:
            level = self.level.get(attribute)
            choice = self.variables[level] if level is not None else None
            if level is None or not isinstance(choice, Choice):
                return self.false
            chosen = [value in values for values in choice.branches]
            self._literals[key] = self.diagrams.among(level, chosen)
        return self._literals[key]

    def number(self, attribute: str) -> Amount[Diagram]:
        return Amount(number_of(attribute, self.answers), self)

    def constant(self, value: int) -> Amount[Diagram]:
        return Amount(constant(value), self)

    def positive(self, polynomial: Polynomial) -> Diagram:
        """Where a number is > 0; anything where it is not known."""
        comparison = decided(polynomial, self.ranges)
        if isinstance(comparison, bool):
            return self.true if comparison else self.false
        atom, holds = comparison
        if atom not in self._literals:
            self._literals[atom] = self._exceeding(atom)
        literal = self._literals[atom]
        return literal if holds else ~literal

    def _exceeding(self, atom: Atom) -> Diagram:
        if atom.form in self.loose:
            level = self.loose[atom.form]
            limits = self.variables[level].limits  # type: ignore[union-attr]
            count = limits.index(atom.limit)
            return self.diagrams.among(level, [branch > count for branch in range(len(limits) + 1)])
        level = self.level[next(iter(atom.form.names))]
        variable = self.variables[level]
        assert isinstance(variable, Cells)
        return self.diagrams.among(level, variable.group.exceeding(atom))

    # --- what can be said --------------------------------------------------------------------------
    def is_decided(self, truth: Diagram) -> bool:
        """Whether no loose comparison is asked for."""
        return not self.loose or set(self.loose.values()).isdisjoint(self.diagrams.support(truth))

    def surely(self, truth: Diagram) -> Diagram:
        """Where the truth is so however the loose comparisons come out."""
        for level in self.loose.values():
            truth = ~self.diagrams.somewhere(~truth, level)
        return truth

    def possible(self, truth: Diagram) -> bool | None:
        """Whether the truth is so in some case; None: not decided."""
        if truth.never or self.is_decided(truth):
            return not truth.never
        return None if self.surely(truth).never else True

    def depends(self, truth: Diagram, attribute: str) -> bool | None:
        """Whether some case's truth changes with this answer alone; None: not decided."""
        if attribute not in self.level:
            return False
        level = self.level[attribute]
        variable, decided = self.variables[level], self.is_decided(truth)
        loose = [at for form, at in self.loose.items() if attribute in form.names]
        if loose and not set(loose).isdisjoint(self.diagrams.support(truth)):
            return None
        varies = self.diagrams.varies(truth, level, [range(variable.size)])
        if not varies:
            return False
        if isinstance(variable, Cells):
            seen = self.diagrams.varies(truth, level, variable.group.some_choices(attribute))
            # where the cells that are known do not show it, all that there are decide it
            choices = None if seen else variable.group.choices(attribute)
            if choices is not None and not self.diagrams.varies(truth, level, choices):
                return False
            decided &= seen or choices is not None
        return True if decided else None

    def changing(self, truth: Diagram) -> dict[str, bool]:
        """The answers that can change the truth, and whether that is certain."""
        asked = set(self.diagrams.support(truth))
        names = {name for level in asked for name in self.variables[level].names}
        dependent = {name: self.depends(truth, name) for name in self.terms if name in names}
        return {name: so is True for name, so in dependent.items() if so is not False}

    # --- what is not known yet -----------------------------------------------------------------------
    def still(self, truth: Diagram) -> Diagram:
        """Where the truth is so of a case or of some completion of it (see allow_for_answers).

        Raises NotDecided.
        """
        for level in self.diagrams.support(truth):
            variable = self._foreseen(level)
            if isinstance(variable, Cells):
                reached = variable.group.completed
            else:
                reached = [[branch] for branch in range(variable.size - 1)]
                reached.append(list(range(variable.size)))
            truth = self.diagrams.spread(truth, level, reached)
        return truth

    def denied_by_any(self, truth: Diagram, attribute: str) -> Diagram:
        """Where an attribute has no answer, and the truth is so for none. Raises NotDecided."""
        level = self.level[attribute]
        variable = self._foreseen(level)
        if isinstance(variable, Cells):
            reached = variable.group.answered[attribute]
        else:
            reached = [[] for _ in range(variable.size - 1)]
            reached.append(list(range(variable.size - 1)))
        return ~self.diagrams.spread(truth, level, reached) & ~self.known(attribute)

    def _foreseen(self, level: int) -> Choice | Cells:
        variable = self.variables[level]
        if isinstance(variable, Loose) or not self.unforeseen.isdisjoint(variable.names):
            raise NotDecided(" and ".join(variable.names))
        return variable

    # --- cases -------------------------------------------------------------------------------------
    def smallest(self, truth: Diagram) -> dict[str, Value] | None:
        """A case with the fewest answers to what is open in which the truth is so; None if there is none.

        Of several, the first: attribute by attribute in the vocabulary's order, no answer goes before
        an answer, a value before later ones, a number before those further from 0 (of linked numbers,
        there may be some that are nearer). Raises NotDecided.
        """
        if truth.never:
            return None
        left = self.surely(truth)
        if left.never:
            raise NotDecided(self._why(truth))
        costs = []
        for level in range(len(self.variables)):
            costs.append([len(values) for values in self.given(level)])
        answers: dict[str, Value] = {}
        budget = self.diagrams.cheapest(left, costs)[left.edge]
        for level in self._in_vocabulary_order():
            if self.variables[level].size and level in self.diagrams.support(left):
                left, budget, given = self._settled(left, level, budget, costs)
                answers.update(given)
        return {name: answers[name] for name in self.terms if name in answers}

    def _settled(
        self, truth: Diagram, level: int, budget: int, costs: list[list[int]]
    ) -> tuple[Diagram, int, dict[str, Value]]:
        """The first branch of a variable along which the truth can be so at this cost."""
        given = self.given(level)
        for branch in sorted(range(len(given)), key=lambda branch: self._rank(level, given[branch], branch)):
            further = self.diagrams.restrict(truth, {level: branch})
            left = budget - costs[level][branch]
            if self.diagrams.cheapest(further, costs).get(further.edge, left + 1) <= left:
                return further, left, given[branch]
        raise AssertionError("there is a cheapest way")

    def given(self, level: int) -> list[dict[str, Value]]:
        """The answers that stand for each branch of a variable."""
        variable = self.variables[level]
        if isinstance(variable, Choice):
            [name] = variable.names
            firsts = [values[0] for values in variable.branches]
            return [_answered({name: value}) for value in firsts]
        if isinstance(variable, Cells):
            return [_answered(cell.values) for cell in variable.group.cells]
        return [{} for _ in range(variable.size)]

    def _rank(self, level: int, given: dict[str, Value], branch: int) -> tuple[object, ...]:
        names = [name for name in self.terms if name in self.variables[level].names]
        ranks: list[tuple[int, int, int]] = []
        for name in names:
            value = given.get(name)
            if isinstance(value, int):
                ranks.append((1, *smallness(value, name in self.dates)))
            else:
                ranks.append((0, 0, 0) if value is None else (1, branch, 0))
        return tuple(ranks)

    def _in_vocabulary_order(self) -> list[int]:
        return list(dict.fromkeys(self.level[name] for name in self.terms if name in self.level))

    def _why(self, truth: Diagram) -> str:
        asked = self.diagrams.support(truth)
        forms = [form for form, level in self.loose.items() if level in asked]
        return "; ".join(spelled(Atom(form, 0)).removesuffix(" > 0") for form in forms)

    def changes(
        self, truth: Diagram, case: CaseAnswers, fixed: Collection[str] = ()
    ) -> list[dict[str, Value]]:
        """All smallest sets of answers to give or to change in a case so that the truth is so.

        `case` has what is to be changed; nothing is changed to `unknown`, and what is `fixed` stays.
        Every value of a choice is a change of its own; of sets that differ in numbers only there is one,
        the nearest (of linked numbers, one that is near). Raises NotDecided.
        """
        if not self.is_decided(truth):
            raise NotDecided(self._why(truth))
        moves: list[list[list[dict[str, Value]]]] = [[] for _ in self.variables]
        for level in self.diagrams.support(truth):
            moves[level] = self._moves(level, case, fixed)
        costs = _costs(moves)
        nearest: dict[tuple[object, ...], dict[str, Value]] = {}
        for taken in self.diagrams.ways(truth, costs):
            along = [moves[level][branch] for level, branch in sorted(taken.items())]
            for parts in product(*along):
                together = dict(pair for part in parts for pair in part.items())
                change = {name: together[name] for name in self.terms if name in together}
                kept = tuple((n, v if isinstance(v, str) else None) for n, v in change.items())
                if kept not in nearest or _far(change, case) < _far(nearest[kept], case):
                    nearest[kept] = change
        return sorted(nearest.values(), key=lambda change: rank_of_change(change, self.terms))

    def care_for_changes(self, case: CaseAnswers, fixed: Collection[str], most: int) -> None:
        """Leave out all cases in which more answers than so many are changed; before anything is read.

        Raises NotDecided.
        """
        moves = [self._moves(level, case, fixed) for level in range(len(self.variables))]
        self.true = self.diagrams.costing(_costs(moves), most)
        self.diagrams.care_for(self.true)

    def _moves(self, level: int, case: CaseAnswers, fixed: Collection[str]) -> list[list[dict[str, Value]]]:
        """For each branch of a variable, the smallest changes that lead along it; none if none does."""
        variable = self.variables[level]
        if isinstance(variable, Loose):
            raise NotDecided(spelled(Atom(variable.form, 0)))
        if isinstance(variable, Cells):
            ways = variable.group.changes(_numbers_of(case, variable.names), fixed)
            rows: list[list[dict[str, Value]]] = [[] for _ in range(variable.size)]
            for cell, changes in ways.items():
                rows[cell] = [dict(change) for change in changes]
            return rows
        [name] = variable.names
        rows = []
        for values in variable.branches:
            if case.get(name) in values:
                rows.append([{}])
            else:
                changed = [value for value in values if value is not None and name not in fixed]
                rows.append([{name: value} for value in changed])
        return rows

    def count(self, truth: Diagram, told_apart: bool = False) -> int:
        """In how many completions the truth is so, each attribute asked for being answered or not.

        `told_apart`: cases that differ in numbers only, and that no comparison tells apart, are one.
        Raises NotDecided.
        """
        if not self.is_decided(truth):
            raise NotDecided(self._why(truth))
        asked = set(self.diagrams.support(truth))
        weights = [self._weights(level, level in asked, told_apart) for level in range(len(self.variables))]
        return self.diagrams.count(truth, weights)

    def _weights(self, level: int, asked: bool, told_apart: bool) -> list[int]:
        """How many answers, or sets of them, each branch of a variable stands for."""
        variable = self.variables[level]
        if isinstance(variable, Choice):
            return [len(values) for values in variable.branches]
        rest = [0] * (variable.size - 1)
        if isinstance(variable, Loose):
            return [1, *rest]  # it is not asked for
        if told_apart:
            return [1] * variable.size
        return variable.group.sizes if asked else [variable.group.total, *rest]

    def pieces(self, truth: Diagram) -> Iterator[dict[str, list[str]]]:
        """The cases in which the truth is so, piece by piece: of each attribute asked for, its answers.

        In words as typed; numbers alone as ranges. Raises NotDecided.
        """
        if not self.is_decided(truth):
            raise NotDecided(self._why(truth))
        for path in self.diagrams.paths(truth):
            shown: dict[str, list[str]] = {}
            for level, branches in path.items():
                variable = self.variables[level]
                for branch in branches:
                    for name, answer in self._spelled(variable, branch):
                        shown.setdefault(name, []).append(answer)
            yield {name: shown[name] for name in self.terms if name in shown}

    def _spelled(self, variable: Variable, branch: int) -> Iterator[tuple[str, str]]:
        if isinstance(variable, Choice):
            for value in variable.branches[branch]:
                yield variable.names[0], "unknown" if value is None else str(value)
        elif isinstance(variable, Cells):
            cell = variable.group.cells[branch]
            for name, number in cell.values.items():
                term = self.terms[name]
                ends = cell.piece or (number, number)
                if ends[0] is None or ends[1] is None:
                    yield name, "unknown"
                else:
                    low, high = term.spell(ends[0]), term.spell(ends[1])
                    yield name, low if low == high else f"{low} to {high}"

    def at(self, truth: Diagram, case: CaseAnswers) -> bool:
        """Whether the truth is so in a case; it has to be decided."""
        branches = []
        for variable in self.variables:
            if isinstance(variable, Choice):
                value = case.get(variable.names[0])
                branches.append(next(n for n, values in enumerate(variable.branches) if value in values))
            elif isinstance(variable, Cells):
                branches.append(variable.group.cell(_numbers_of(case, variable.names)))
            else:
                branches.append(self._place(variable, case))
        return self.diagrams.at(truth, branches)

    def _place(self, loose: Loose, case: CaseAnswers) -> int:
        values = {n: v for n in loose.names if isinstance(v := case.get(n), int)}
        if len(values) < len(loose.names):
            return 0  # nothing is asked of it
        amount = loose.form.value(values)
        return sum(amount > limit for limit in loose.limits)


def rank_of_change(change: Mapping[str, Value], terms: Mapping[str, Term]) -> tuple[object, ...]:
    """The rank of a set of changes: by the attributes in the vocabulary's order, then by their values."""
    names, places = list(terms), []
    for name, value in change.items():
        places.append(value if isinstance(value, int) else list(terms[name].values).index(value))
    return tuple(map(names.index, change)), tuple(places)


def _answered(values: Mapping[str, Value | None]) -> dict[str, Value]:
    """Without what is not known."""
    return {name: value for name, value in values.items() if value is not None}


def _numbers_of(case: CaseAnswers, names: Iterable[str]) -> dict[str, int | None]:
    """The numbers that are answered; None for what is not."""
    numbers: dict[str, int | None] = {}
    for name in names:
        value = case.get(name)
        numbers[name] = value if isinstance(value, int) else None
    return numbers


def _costs(moves: list[list[list[dict[str, Value]]]]) -> list[list[int | None]]:
    """How many answers each branch of each variable changes."""
    costs: list[list[int | None]] = []
    for row in moves:
        costs.append([min(map(len, ways), default=None) for ways in row])
    return costs


def _middle(variable: Variable, places: Mapping[str, int]) -> float:
    return sum(places.get(name, len(places)) for name in variable.names) / len(variable.names)


def _far(change: Mapping[str, Value], case: CaseAnswers) -> int:
    numbers = {name: value for name, value in change.items() if isinstance(value, int)}
    return distance(numbers, _numbers_of(case, numbers))
