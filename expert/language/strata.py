"""Stratification of what needs what, as a plain graph problem, in time linear in its size."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

Needs = dict[str, list[tuple[str, bool]]]  # of each node: what it needs, and whether strictly


def strata_of(needs: Needs) -> tuple[dict[str, int], list[str]]:
    """The least stratum of each node, and, if there can be none, a cycle through a strict need.

    A node stands no lower than what it needs, and higher than what it needs strictly.
    """
    strata: dict[str, int] = {}
    for component in _components(needs):
        members, lowest = set(component), 0
        for node in component:
            for needed, strict in needs[node]:
                if needed not in members:
                    lowest = max(lowest, strata[needed] + strict)
                elif strict:
                    return dict.fromkeys(needs, 0), [node, *_path(needed, node, needs)]
        strata.update(dict.fromkeys(component, lowest))
    return strata, []


def _components(needs: Needs) -> Iterator[list[str]]:
    """The strongly connected components, each after those it needs (Tarjan's, without recursion)."""
    low: dict[str, int] = {}  # the earliest node of the walk known to be reachable
    settled: set[str] = set()  # nodes whose component is known
    open_nodes: list[str] = []
    for root in needs:
        walk = [] if root in low else [(root, len(low), iter(needs[root]))]
        while walk:
            node, number, rest = walk[-1]
            if node not in low:
                low[node] = number
                open_nodes.append(node)
            for needed, _ in rest:
                if needed not in low:
                    walk.append((needed, len(low), iter(needs[needed])))
                    break
                if needed not in settled:
                    low[node] = min(low[node], low[needed])
            else:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == number:
                    component = _cut(open_nodes, node)
                    settled.update(component)
                    yield component


def _cut(open_nodes: list[str], first: str) -> list[str]:
    """Take the nodes from `first` on off the end of a list."""
    taken = [open_nodes.pop()]
    while taken[-1] != first:
        taken.append(open_nodes.pop())
    return taken


def _path(start: str, goal: str, needs: Needs) -> list[str]:
    """A shortest way along the needs; there is one."""
    came_from = {start: start}
    queue = deque([start])
    while queue[0] != goal:
        node = queue.popleft()
        for needed, _ in needs[node]:
            if needed not in came_from:
                came_from[needed] = node
                queue.append(needed)
    path = [goal]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]
