"""Decision diagrams: truths over all cases at once, each written down once.

A `Diagram` is a truth value that answers to `& | ~ ^`. It asks for one variable after the other, in
one order for all (`sizes` are the numbers of branches), and leads along a branch to the next question
or to an end. Diagrams are *reduced*: no question whose branches all lead to the same place, and no
two equal nodes. So two truths are equal exactly if they are the same diagram, and one depends on a
variable exactly if the diagram asks for it. (Bryant's diagrams, with as many branches as there are
answers.) The denial of a diagram is the same diagram read the other way round: an *edge* is twice
the number of a node, plus one if it is denied; the first branch of a node is never denied, which
keeps this unique.

What variables and branches stand for, their users know: see `completions`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

from expert.language.limits import TooLarge

TRUE, FALSE = 0, 1
_Combine = Callable[[int, int], int]
DEEPEST = 2_500  # variables
CALLS = 4  # of Python, for each variable on the way down


class Diagram:
    """A truth value over all cases. Equal ones are the same edge of the same diagrams."""

    __slots__ = ("diagrams", "edge")

    def __init__(self, diagrams: Diagrams, edge: int) -> None:
        self.diagrams, self.edge = diagrams, edge

    def __and__(self, other: Diagram, /) -> Diagram:
        return Diagram(self.diagrams, self.diagrams.both(self.edge, other.edge))

    def __or__(self, other: Diagram, /) -> Diagram:
        return Diagram(self.diagrams, self.diagrams.both(self.edge ^ 1, other.edge ^ 1) ^ 1)

    def __xor__(self, other: Diagram, /) -> Diagram:
        """Where the two differ."""
        return Diagram(self.diagrams, self.diagrams.differ(self.edge, other.edge))

    def __invert__(self) -> Diagram:
        return Diagram(self.diagrams, self.diagrams.both(self.edge ^ 1, self.diagrams.care))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Diagram) and self.edge == other.edge and self.diagrams is other.diagrams

    def __hash__(self) -> int:
        return hash(self.edge)

    @property
    def always(self) -> bool:
        """Whether it is so in every case."""
        return self.edge == self.diagrams.care

    @property
    def never(self) -> bool:
        """Whether it is so in no case."""
        return self.edge == FALSE


class Diagrams:
    """Diagrams over some variables, with everything that has been computed of them.

    Raises TooLarge, naming `what`, where more than `budget` nodes would be needed.
    """

    def __init__(self, sizes: Sequence[int], budget: int, what: str) -> None:
        self.sizes, self.budget, self.what = tuple(sizes), budget, what
        if len(self.sizes) > DEEPEST:
            raise TooLarge(what)
        wanted = 1_000 + CALLS * len(self.sizes)  # calls from Python to Python take no room on the C stack
        sys.setrecursionlimit(max(sys.getrecursionlimit(), wanted))
        self.level = [len(self.sizes)]  # of each node; the end comes last
        self.branches: list[tuple[int, ...]] = [()]
        self.numbered: dict[tuple[int, tuple[int, ...]], int] = {}
        self.anded: dict[tuple[int, int], int] = {}
        self.xored: dict[tuple[int, int], int] = {}
        self.care = TRUE  # the cases that there are
        self.true, self.false = Diagram(self, TRUE), Diagram(self, FALSE)

    def care_for(self, cases: Diagram) -> None:
        """From now on there are no other cases than these; before anything else is made."""
        self.care, self.true = cases.edge, cases

    # --- making ----------------------------------------------------------------------------------
    def node(self, level: int, branches: tuple[int, ...]) -> int:
        """The edge to what asks for a variable and goes on along these edges."""
        first = branches[0]
        if branches.count(first) == len(branches):
            return first
        denied = first & 1
        if denied:
            branches = tuple([edge ^ 1 for edge in branches])
        key = level, branches
        number = self.numbered.get(key)
        if number is None:
            number = len(self.level)
            if number > self.budget:
                raise TooLarge(self.what)
            self.numbered[key] = number
            self.level.append(level)
            self.branches.append(branches)
        return number * 2 + denied

    def among(self, level: int, chosen: Iterable[bool]) -> Diagram:
        """Where a variable takes one of the chosen branches."""
        edge = self.node(level, tuple([TRUE if so else FALSE for so in chosen]))
        return Diagram(self, self.both(edge, self.care))

    def costing(self, costs: Sequence[Sequence[int | None]], most: int) -> Diagram:
        """The cases whose branches cost no more than so much together (None: not to be taken)."""
        rows = [TRUE] * (most + 1)  # what is left to spend -> the edge to what may come
        for level in range(len(self.sizes) - 1, -1, -1):
            below = rows
            rows = []
            for left in range(most + 1):
                branches = [
                    FALSE if cost is None or cost > left else below[left - cost] for cost in costs[level]
                ]
                rows.append(self.node(level, tuple(branches)))
        return Diagram(self, rows[most])

    def along(self, edge: int) -> tuple[int, ...]:
        """The edges on which an edge's node goes on, read as the edge is."""
        branches = self.branches[edge >> 1]
        return tuple([below ^ 1 for below in branches]) if edge & 1 else branches

    def both(self, a: int, b: int) -> int:
        """`&` of two edges."""
        if a == b or b == TRUE:
            return a
        if a == TRUE:
            return b
        if a == FALSE or b == FALSE or a == b ^ 1:
            return FALSE
        key = (a, b) if a < b else (b, a)
        edge = self.anded.get(key)
        if edge is None:
            edge = self.anded[key] = self._along_both(a, b, self.both)
        return edge

    def differ(self, a: int, b: int) -> int:
        """Exclusive or of two edges."""
        denied = (a ^ b) & 1
        a, b = a & ~1, b & ~1
        if a == b:
            return FALSE ^ denied
        if TRUE in (a, b):
            return a ^ b ^ 1 ^ denied  # true differs from what is not so
        key = (a, b) if a < b else (b, a)
        edge = self.xored.get(key)
        if edge is None:
            edge = self.xored[key] = self._along_both(a, b, self.differ)
        return edge ^ denied

    def _along_both(self, a: int, b: int, combine: _Combine) -> int:
        level, other = self.level[a >> 1], self.level[b >> 1]
        if level < other:
            return self.node(level, tuple([combine(below, b) for below in self.along(a)]))
        if other < level:
            return self.node(other, tuple([combine(a, below) for below in self.along(b)]))
        pairs = zip(self.along(a), self.along(b), strict=True)
        return self.node(level, tuple([combine(x, y) for x, y in pairs]))

    def any(self, truths: Iterable[Diagram]) -> Diagram:
        """Where one of them is so; two by two, so that what is large is touched seldom."""
        waiting = [truth.edge ^ 1 for truth in truths] or [TRUE]
        while len(waiting) > 1:
            odd = waiting[len(waiting) & ~1 :]
            waiting = [self.both(a, b) for a, b in zip(waiting[::2], waiting[1::2], strict=False)] + odd
        return Diagram(self, waiting[0] ^ 1)

    def restrict(self, truth: Diagram, branches: dict[int, int]) -> Diagram:
        """The truth where some variables take known branches: of the others only."""
        restricted: dict[int, int] = {0: TRUE}

        def below(edge: int) -> int:
            return restricted[edge >> 1] ^ (edge & 1)

        for number in self.nodes(truth.edge):
            level, edges = self.level[number], self.branches[number]
            if level in branches:
                restricted[number] = below(edges[branches[level]])
            else:
                restricted[number] = self.node(level, tuple([below(edge) for edge in edges]))
        return Diagram(self, below(truth.edge))

    def somewhere(self, truth: Diagram, level: int) -> Diagram:
        """Where the truth is so for some branch of a variable."""
        cofactors = [self.restrict(truth, {level: branch}) for branch in range(self.sizes[level])]
        return self.any(cofactors)

    def spread(self, truth: Diagram, level: int, reached: Sequence[Iterable[int]]) -> Diagram:
        """Where the truth is so along a branch that is reached from the case's own branch of a variable."""
        made = {TRUE: TRUE, FALSE: FALSE}
        for number in self.nodes(truth.edge):
            for edge in (number * 2, number * 2 + 1):
                below = [made[one] for one in self.along(edge)]
                if self.level[number] == level:
                    below = [self._any_of(below, branches) for branches in reached]
                made[edge] = self.node(self.level[number], tuple(below))
        return Diagram(self, made[truth.edge])

    def _any_of(self, edges: Sequence[int], branches: Iterable[int]) -> int:
        return self.any(Diagram(self, edges[branch]) for branch in branches).edge

    # --- looking -----------------------------------------------------------------------------------
    def nodes(self, edge: int) -> list[int]:
        """The nodes of a diagram but for its end, each after those that it leads to."""
        seen: set[int] = set()
        waiting = [edge >> 1]
        while waiting:
            number = waiting.pop()
            if number and number not in seen:
                seen.add(number)
                waiting += {below >> 1 for below in self.branches[number]}
        return sorted(seen, key=lambda number: (-self.level[number], number))

    def support(self, truth: Diagram) -> list[int]:
        """The variables that the truth depends on."""
        return sorted({self.level[number] for number in self.nodes(truth.edge)})

    def kinds(self, truth: Diagram, level: int) -> list[tuple[int, ...]]:
        """Where each branch of a variable leads; those of one kind make no difference."""
        asked = [self.branches[n] for n in self.nodes(truth.edge) if self.level[n] == level]
        return [tuple([branches[branch] for branches in asked]) for branch in range(self.sizes[level])]

    def varies(self, truth: Diagram, level: int, choices: Iterable[Iterable[int]]) -> bool:
        """Whether some case's truth changes as a variable goes from one branch to another of a choice."""
        asked = [self.branches[n] for n in self.nodes(truth.edge) if self.level[n] == level]
        if not asked:
            return False
        for choice in choices:
            first, *rest = choice
            for branches in asked:
                if any(branches[branch] != branches[first] for branch in rest):
                    return True
        return False

    def count(self, truth: Diagram, weights: Sequence[Sequence[int]]) -> int:
        """How many cases, where each branch of each variable stands for so many answers."""
        totals = [sum(row) for row in weights]
        above = [1]  # how many cases the variables before a level have
        for total in totals:
            above.append(above[-1] * total)
        # a node's number is of the cases of its own variable and those after it
        counts = {0: 1}

        def below(edge: int, level: int) -> int:
            number = edge >> 1
            between = above[self.level[number]] // above[level]
            whole = above[-1] // above[self.level[number]]
            return between * (whole - counts[number] if edge & 1 else counts[number])

        for number in self.nodes(truth.edge):
            level = self.level[number]
            pairs = zip(weights[level], self.branches[number], strict=True)
            counts[number] = sum(weight * below(edge, level + 1) for weight, edge in pairs)
        return below(truth.edge, 0)

    def cheapest(self, truth: Diagram, costs: Sequence[Sequence[int | None]]) -> dict[int, int]:
        """Of each edge below a truth that leads to where it is so: the least that a way there costs.

        `costs` are the costs of each variable's branches (None: not to be taken). A variable that is
        not asked for costs nothing: every variable has to have a branch of no cost.
        """
        costs_below = {TRUE: 0}
        for number in self.nodes(truth.edge):
            for edge in (number * 2, number * 2 + 1):
                best: int | None = None
                for cost, below in zip(costs[self.level[number]], self.along(edge), strict=True):
                    if cost is not None and below in costs_below:
                        total = cost + costs_below[below]
                        best = total if best is None or total < best else best
                if best is not None:
                    costs_below[edge] = best
        return costs_below

    def ways(self, truth: Diagram, costs: Sequence[Sequence[int | None]]) -> Iterator[dict[int, int]]:
        """Every cheapest way to where the truth is so: the branches that cost something.

        In the order of the branches; none if there is no way.
        """
        cheapest = self.cheapest(truth, costs)
        if truth.edge not in cheapest:
            return
        waiting: list[tuple[int, dict[int, int]]] = [(truth.edge, {})]
        while waiting:
            edge, taken = waiting.pop()
            if edge == TRUE:
                yield taken
                continue
            level = self.level[edge >> 1]
            further = []
            for branch, (cost, below) in enumerate(zip(costs[level], self.along(edge), strict=True)):
                if cost is not None and below in cheapest and cost + cheapest[below] == cheapest[edge]:
                    further.append((below, {**taken, level: branch} if cost else taken))
            waiting += reversed(further)

    def paths(self, truth: Diagram) -> Iterator[dict[int, tuple[int, ...]]]:
        """The cases in which the truth is so, in pieces: of each variable asked for, the branches."""
        waiting: list[tuple[int, dict[int, tuple[int, ...]]]] = [(truth.edge, {})]
        while waiting:
            edge, taken = waiting.pop()
            if edge == TRUE:
                yield taken
            elif edge != FALSE:
                by_edge: dict[int, list[int]] = {}
                for branch, below in enumerate(self.along(edge)):
                    by_edge.setdefault(below, []).append(branch)
                level = self.level[edge >> 1]
                further = [(below, {**taken, level: tuple(some)}) for below, some in by_edge.items()]
                waiting += reversed(further)

    def steps(self, truth: Diagram) -> Iterator[tuple[int, dict[tuple[int, int], int]]]:
        """The way of every case at once: of each variable asked for, where an edge leads along a branch."""
        by_level: dict[int, dict[tuple[int, int], int]] = {}
        for number in reversed(self.nodes(truth.edge)):
            along = by_level.setdefault(self.level[number], {})
            for edge in (number * 2, number * 2 + 1):
                along.update({(edge, branch): below for branch, below in enumerate(self.along(edge))})
        yield from sorted(by_level.items())

    def at(self, truth: Diagram, branches: Sequence[int]) -> bool:
        """Whether it is so in the case that takes these branches, one of each variable."""
        edge = truth.edge
        while edge > 1:
            edge = self.branches[edge >> 1][branches[self.level[edge >> 1]]] ^ (edge & 1)
        return edge == TRUE
