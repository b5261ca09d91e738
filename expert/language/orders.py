"""The order in which diagrams ask for attributes.

It is what the size of diagrams hangs on, and finding the best is hard. A diagram has to remember, at every
place in the order, which rules have begun to come true. So an order is better if fewer beginnings of rules
wait for their rest. Tried are: FORCE (Aloul, Markov, Sakallah 2003), in which every rule draws what it reads
and concludes towards the middle of all of them; and, from some starts, always the attribute that leaves the
fewest waiting. The best of them by that count is taken.
"""

from __future__ import annotations

from collections import Counter
from math import fsum

ROUNDS = 30  # of the search for an order
WORK = 25_000  # steps of the same; some hundredths of a second

Together = tuple[str, ...]  # what belongs together


def good_order(attributes: list[str], edges: list[Together]) -> list[str]:
    """Attributes in an order in which few of them are waiting for what belongs to them."""
    names = list(dict.fromkeys([*attributes, *(name for edge in edges for name in edge)]))
    first = _drawn_together(names, edges)
    tried = [first]
    work = len(names) * (1 + sum(map(len, edges)))
    if work <= WORK:
        tried += [_one_after_another(start, first, edges) for start in first[: WORK // work]]
    best = min(tried, key=lambda order: _waiting(order, edges))
    wanted = set(attributes)
    return [name for name in best if name in wanted]


def _drawn_together(names: list[str], edges: list[Together]) -> list[str]:
    """FORCE: everything is drawn to the middle of what it belongs to; the shortest of some rounds."""
    best, shortest = names, _length(names, edges)
    for _ in range(ROUNDS):
        place = {name: n for n, name in enumerate(names)}
        pulls: dict[str, list[float]] = {name: [] for name in names}
        for edge in edges:
            middle = sum([place[name] for name in edge]) / len(edge)
            for name in edge:
                pulls[name].append(middle)
        goal = {name: fsum(pull) / len(pull) if pull else place[name] for name, pull in pulls.items()}
        names = sorted(names, key=lambda name: (goal[name], place[name]))
        length = _length(names, edges)
        if length >= shortest:
            break
        best, shortest = names, length
    return best


def _length(names: list[str], edges: list[Together]) -> int:
    place = {name: n for n, name in enumerate(names)}
    length = 0
    for edge in edges:
        places = [place[name] for name in edge]
        length += max(places) - min(places)
    return length


def _one_after_another(start: str, names: list[str], edges: list[Together]) -> list[str]:
    """From a start, always what leaves the fewest waiting; then what most have begun to wait for."""
    edges_of: dict[str, list[int]] = {name: [] for name in names}
    for number, edge in enumerate(edges):
        for name in edge:
            edges_of[name].append(number)
    missing = [len(edge) for edge in edges]
    still_open = {name: len(numbers) for name, numbers in edges_of.items()}  # edges, of what is placed
    order: list[str] = []
    rest = dict.fromkeys(names)

    def worth(name: str) -> tuple[int, int]:
        """How many more wait once this one is placed, and how many edges were begun without it."""
        closing = [number for number in edges_of[name] if missing[number] == 1]
        done = Counter(other for number in closing for other in edges[number] if other != name)
        released = sum(still_open[other] == count for other, count in done.items())
        begun = sum(missing[number] < len(edges[number]) for number in edges_of[name])
        return (len(closing) < len(edges_of[name])) - released, -begun

    while rest:
        name = min(rest, key=worth) if order else start
        del rest[name]
        order.append(name)
        for number in edges_of[name]:
            missing[number] -= 1
            if missing[number] == 0:
                for other in edges[number]:
                    still_open[other] -= 1
    return order


def _waiting(order: list[str], edges: list[Together]) -> float:
    """Of every place in an order, how many beginnings of edges wait there for the rest, as powers.

    What a diagram has to remember at a place is which of them came true.
    """
    place = {name: n for n, name in enumerate(order)}
    waiting: list[set[tuple[int, ...]]] = [set() for _ in order]
    for edge in edges:
        places = sorted(place[name] for name in edge)
        for n in range(len(places) - 1):
            begun = tuple(places[: n + 1])
            for between in range(places[n], places[n + 1]):
                waiting[between].add(begun)
    return sum(1.6 ** min(len(some), 200) for some in waiting)
