"""Merkle trees over the entries of a log, as RFC 6962 (section 2.1) defines them.

A path shows that one leaf is in a tree, a consistency proof that a tree is the beginning of another; both are
as long as the tree is high, and tell nothing of the other leaves but hashes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256

EMPTY = sha256().digest()  # the root of a tree without leaves


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf that holds some data."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """A growing tree: of it, what its root and the next leaves need."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []  # the roots of the full trees that it consists of, the largest first

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        *others, node = self.peaks
        for left in reversed(others):
            node = node_hash(left, node)
        return node


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root of the tree over the hashes of leaves."""
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def roots_at(leaves: Sequence[bytes], sizes: Collection[int]) -> dict[int, bytes]:
    """The roots of the trees over the first leaves, for some numbers of them that there are."""
    tree, roots = Frontier(), {0: EMPTY}
    for leaf in leaves[: max(sizes, default=0)]:
        tree.add(leaf)
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    return {size: root for size, root in roots.items() if size in sizes}


# --- paths -------------------------------------------------------------------------------------
def path_to(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The path from one of the leaves (0 for the first) to the root: the hashes beside it, from below."""
    path, floor = [], list(leaves)
    while len(floor) > 1:
        beside = index ^ 1
        if beside < len(floor):
            path.append(floor[beside])
        above = [node_hash(floor[n], floor[n + 1]) for n in range(0, len(floor) - 1, 2)]
        if len(floor) % 2:
            above.append(floor[-1])
        floor, index = above, index // 2
    return path


def root_along(path: Sequence[bytes], leaf: bytes, index: int, size: int) -> bytes | None:
    """The root to which a path leads from a leaf, of a tree of some size; None if it is no path there."""
    if not 0 <= index < size:
        return None
    place, last, node = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(beside, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, beside)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


# --- one tree as the beginning of another ------------------------------------------------------
def consistency_proof(old: int, leaves: Sequence[bytes]) -> list[bytes]:
    """What shows that the tree of the first `old` leaves is the beginning of the tree of all of them.

    Nothing is needed to show it of no leaves, or of all.
    """
    if old == 0:
        return []
    proof: list[bytes] = []
    begin, end, unseen = 0, len(leaves), False
    while old != end:
        middle = begin + _half(end - begin)
        if old <= middle:
            proof.append(root_of(leaves[middle:end]))
            end = middle
        else:
            proof.append(root_of(leaves[begin:middle]))
            begin, unseen = middle, True
    if unseen:  # the old root is not that of what is left, which has to be told then
        proof.append(root_of(leaves[begin:end]))
    return proof[::-1]


def _half(size: int) -> int:
    """How many of some leaves are in the left half of their tree: a power of two."""
    return 1 << (size - 1).bit_length() - 1
