"""Trees against the definitions of RFC 6962, written here a second time, naively, and known trees."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest

from expert.ledger.transparency.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    leaf_hash,
    node_hash,
    path_to,
    root_along,
    root_of,
)

# the inputs and roots of the tests of Certificate Transparency
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
DATA = [bytes([n, n >> 4]) for n in range(40)]
LEAVES = [leaf_hash(data) for data in DATA]


# --- the definitions of RFC 6962, section 2.1, as they stand there ------------------------------
def half(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    if not d:
        return sha256(b"").digest()
    if len(d) == 1:
        return sha256(b"\x00" + d[0]).digest()
    k = half(len(d))
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def audit_path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = half(len(d))
    if m < k:
        return [*audit_path(m, d[:k]), mth(d[k:])]
    return [*audit_path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:
    if m == len(d):
        return [] if b else [mth(d)]
    k = half(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


# -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_known_trees(size: int) -> None:
    data = [bytes.fromhex(text) for text in INPUTS[:size]]
    assert mth(data).hex() == ROOTS[size]
    assert root_of(map(leaf_hash, data)).hex() == ROOTS[size]


def test_a_growing_tree_has_every_root() -> None:
    tree = Frontier()
    assert tree.root() == EMPTY == mth([])
    for size, leaf in enumerate(LEAVES, 1):
        tree.add(leaf)
        assert (tree.size, tree.root()) == (size, mth(DATA[:size]))


def test_paths() -> None:
    for size in range(1, 21):
        root = mth(DATA[:size])
        for index in range(size):
            path = path_to(index, LEAVES[:size])
            assert path == audit_path(index, DATA[:size])
            assert root_along(path, LEAVES[index], index, size) == root


def test_a_path_leads_from_its_own_leaf_only() -> None:
    for size in range(1, 14):
        root = mth(DATA[:size])
        for index in range(size):
            path = path_to(index, LEAVES[:size])
            for other in range(-1, size + 2):
                if other != index:  # as another number, and as another leaf
                    assert root_along(path, LEAVES[index], other, size) != root
                    assert root_along(path, LEAVES[other], index, size) != root
            for changed in ([*path, LEAVES[0]], path[1:], path[:-1], path[::-1]):
                if changed != path:
                    assert root_along(changed, LEAVES[index], index, size) != root
    assert root_along([], LEAVES[0], 0, 0) is None


def test_a_node_is_not_taken_for_a_leaf() -> None:
    inner = LEAVES[0] + LEAVES[1]
    assert root_of([leaf_hash(inner), LEAVES[2]]) != root_of(LEAVES[:3])


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """As a witness does: whether a proof shows that one tree (size, root) is the beginning of another."""
    (old_size, old_root), (size, root) = old, new
    if old_size in (0, size):
        return not proof and old_root == (root if old_size else EMPTY)
    if not 0 < old_size < size:
        return False
    nodes = list(proof)
    if old_size & (old_size - 1) == 0:  # a full tree is a node of the new one, and need not be told
        nodes.insert(0, old_root)
    if not nodes:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    of_old = of_new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            of_old, of_new = node_hash(node, of_old), node_hash(node, of_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            of_new = node_hash(of_new, node)
        place, last = place >> 1, last >> 1
    return last == 0 and (of_old, of_new) == (old_root, root)


def test_consistency() -> None:
    for size in range(17):
        new = size, mth(DATA[:size])
        for old in range(size + 1):
            proof = consistency_proof(old, LEAVES[:size])
            assert proof == (subproof(old, DATA[:size], True) if old else [])
            assert is_consistent((old, mth(DATA[:old])), new, proof)


def test_what_is_not_consistent() -> None:
    forged = [leaf_hash(b"forged"), *LEAVES[1:]]
    for size in range(2, 17):
        new = size, root_of(LEAVES[:size])
        for old in range(1, size + 1):
            proof = consistency_proof(old, LEAVES[:size])
            true_root = root_of(LEAVES[:old])
            assert not is_consistent((old, root_of(forged[:old])), new, proof)
            assert not is_consistent((old, true_root), (size, root_of(forged[:size])), proof)
            assert not is_consistent((old, true_root), new, [*proof, LEAVES[0]])
            assert not proof or not is_consistent((old, true_root), new, proof[:-1])
            assert not is_consistent((size + 1, true_root), new, proof)
    assert not is_consistent((0, LEAVES[0]), (3, root_of(LEAVES[:3])), [])
