"""The lines of a knowledge file in order: entries of mappings change places, with the comments above them.

What is declared in an order that means something stays in it; so do blank lines.
"""

from __future__ import annotations

import re

import yaml

from expert.knowledge.shapes import Entries, Kind, Mapping, Shape, held_by, mapping_in


def place_in(mapping: Mapping | None, key: str, number: int) -> tuple[int, ...]:
    """Where a key belongs, which now is the `number`th."""
    if isinstance(mapping, Entries) and mapping.by_place:
        place = re.fullmatch(r"p([0-9]+)s([0-9]+)", key)
        return (int(place[1]), int(place[2])) if place else (0, number)
    if isinstance(mapping, Shape) and not mapping.own_order:
        names = mapping.names
        return names.index(key) if key in names else len(names), number
    return 0, number


def in_order(mapping: Mapping | None, keys: list[str]) -> list[int]:
    """The numbers of the keys, in the order in which they belong."""
    return sorted(range(len(keys)), key=lambda n: place_in(mapping, keys[n], n))


class FileLines:
    """The lines of a file, of which those of a mapping's entries can change places."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def arranged(self, node: yaml.Node, holds: Kind | None, low: int, high: int) -> list[str]:
        """The lines from `low` to `high`, which hold a node, in order."""
        if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
            return self._items(node, holds, low, high)
        if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
            return self._entries(node, holds, low, high)
        return self.lines[low:high]

    def _items(self, node: yaml.SequenceNode, holds: Kind | None, low: int, high: int) -> list[str]:
        starts = [item.start_mark.line for item in node.value]
        if any("-" not in self._before(item) for item in node.value):  # the dash stands on another line
            return self.lines[low:high]
        arranged = self.lines[low : starts[0]]
        for item, start, end in zip(node.value, starts, [*starts[1:], high], strict=True):
            arranged += self.arranged(item, holds, start, end)
        return arranged

    def _before(self, node: yaml.Node) -> str:
        """What stands before a node on its line."""
        line: str = self.lines[node.start_mark.line]
        return line[: int(node.start_mark.column)]

    def _entries(self, node: yaml.MappingNode, holds: Kind | None, low: int, high: int) -> list[str]:
        keys = [key for key, _ in node.value]
        column = keys[0].start_mark.column
        if any(self._before(key).strip() for key in keys[1:]) or "?" in self._before(keys[0]):
            return self.lines[low:high]
        starts = [key.start_mark.line for key in keys]
        ends = [
            self._end(line, column, limit) for line, limit in zip(starts, [*starts[1:], high], strict=True)
        ]
        # comments above a key belong to it, but at the head of a file to the file
        leads = [self._lead(start, end) for start, end in zip(starts, [starts[0], *ends[:-1]], strict=True)]
        if low and not self._before(keys[0]).strip():
            leads[0] = low
        mapping = mapping_in(holds)
        order = in_order(mapping, [key.value for key in keys])
        bodies = []
        for n, (key, value) in enumerate(node.value):
            inner = self.arranged(value, held_by(mapping, key.value), starts[n] + 1, ends[n])
            bodies.append([self.lines[starts[n]][column:], *inner])
        arranged: list[str] = []
        for slot, n in enumerate(order):
            gap = self.lines[ends[slot - 1] : leads[slot]] if slot else self.lines[low : leads[0]]
            indent = self._before(keys[0]) if slot == 0 else " " * column
            arranged += [*gap, *self.lines[leads[n] : starts[n]], indent + bodies[n][0], *bodies[n][1:]]
        return arranged + self.lines[ends[-1] : high]

    def _end(self, start: int, column: int, limit: int) -> int:
        """Where an entry ends: before the blank lines, and comments no deeper than it, that follow."""
        end = limit
        while end > start + 1:
            line = self.lines[end - 1]
            text = line.strip()
            if text and not (text.startswith("#") and line.index("#") <= column):
                break
            end -= 1
        return end

    def _lead(self, start: int, end: int) -> int:
        """Where the comments above a key begin: after the first blank lines."""
        while end < start and not self.lines[end].strip():
            end += 1
        return end
