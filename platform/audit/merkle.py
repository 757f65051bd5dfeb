"""Merkle trees of RFC 9162: hashes, shapes, inclusion and consistency proofs. Pure: reads and writes nothing.

A tree over n leaves splits at the largest power of two smaller than n. Every subtree with 2**level leaves whose first
leaf is at place * 2**level is a *node* (level, place), complete once and the same in every larger tree; level 0 are the
leaves. A proof of a tree of n leaves needs at most 2 * log2(n) nodes, which the caller reads by their places.

Source: RFC 9162, sections 2.1.1 to 2.1.5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

Node = tuple[int, int]
"""(level, place)."""

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256 of a zero byte and the data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an interior node: SHA-256 of a one byte and both children's hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


# Shapes ---------------------------------------------------------------------------------------------------------------


def cover(start: int, end: int, *, grain: int = 62) -> list[Node]:
    """The nodes that make up leaves [start, end), left to right, the largest possible each time.

    grain: none of more than 2**grain leaves.
    """
    nodes = []
    while start < end:
        level = min(grain, (end - start).bit_length() - 1)
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def peaks(size: int) -> list[Node]:
    """The complete subtrees of a tree of `size` leaves, left to right."""
    return cover(0, size)


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over neighbouring subtrees that shrink from left to right: the right ones are joined first."""
    if not hashes:
        return EMPTY_ROOT
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined


def split(size: int) -> int:
    """The largest power of two smaller than `size`, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


# Growing --------------------------------------------------------------------------------------------------------------


class Growing:
    """A tree to which leaves are added one by one. It keeps no more than the hashes of its peaks."""

    def __init__(self, size: int = 0, peak_hashes: Sequence[bytes] = ()) -> None:
        """size, peak_hashes: of the tree to go on from; the hashes are of `peaks(size)`."""
        self.size = size
        self._stack = [(level, digest) for (level, _), digest in zip(peaks(size), peak_hashes, strict=True)]

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf (its hash). Returns the interior nodes (level, place, hash) that this completes."""
        level, digest, complete = 0, leaf, []
        while self._stack and self._stack[-1][0] == level:
            digest = node_hash(self._stack.pop()[1], digest)
            level += 1
            complete.append((level, self.size >> level, digest))
        self._stack.append((level, digest))
        self.size += 1
        return complete

    @property
    def peak_hashes(self) -> list[bytes]:
        """Of `peaks(size)`."""
        return [digest for _, digest in self._stack]

    @property
    def root(self) -> bytes:
        """Root of the tree as it is now."""
        return fold(self.peak_hashes)


def grow(size: int, peak_hashes: Sequence[bytes], leaves: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """The interior nodes (level, place, hash) that become complete when `leaves` (hashes) follow a tree of `size`."""
    tree = Growing(size, peak_hashes)
    for leaf in leaves:
        yield from tree.add(leaf)


# Proofs ---------------------------------------------------------------------------------------------------------------


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Leaf ranges whose hashes are the inclusion path of leaf `index` in a tree of `size`, in the RFC's order.

    Raises ValueError for a leaf outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[tuple[int, int]]:
    """Leaf ranges whose hashes prove that the tree of `old` leaves is a beginning of the one of `new`.

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} is no beginning of one of {new}")
    start, end, left, whole, ranges = 0, new, old, True, []
    while left != end - start:
        middle = split(end - start)
        if left <= middle:
            ranges.append((start + middle, end))
            end = start + middle
        else:
            ranges.append((start, start + middle))
            start, left, whole = start + middle, left - middle, False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


def nodes_of(ranges: Iterable[tuple[int, int]]) -> set[Node]:
    """All nodes to be read for these ranges."""
    return {node for start, end in ranges for node in cover(start, end)}


def hashes_of(ranges: Iterable[tuple[int, int]], known: Mapping[Node, bytes]) -> list[bytes]:
    """Hash of each range from the nodes read. Raises KeyError where one is missing."""
    return [fold([known[node] for node in cover(start, end)]) for start, end in ranges]


def joined(wanted: Iterable[Node], known: Mapping[Node, bytes]) -> list[bytes]:
    """Hashes of complete subtrees out of those of smaller ones. Raises KeyError where a part is missing."""

    def digest_of(level: int, place: int) -> bytes:
        found = known.get((level, place))
        if found is not None:
            return found
        if level == 0:
            raise KeyError((level, place))
        return node_hash(digest_of(level - 1, 2 * place), digest_of(level - 1, 2 * place + 1))

    return [digest_of(level, place) for level, place in wanted]


# Checking -------------------------------------------------------------------------------------------------------------


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion path leads to, or None where the path has the wrong length (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    here, last, digest = index, size - 1, leaf
    for other in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            digest = node_hash(other, digest)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            digest = node_hash(digest, other)
        here, last = here >> 1, last >> 1
    return digest if last == 0 else None


def includes(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that `leaf` (a hash) is the one at `index` of the tree with this size and root."""
    return root_from_inclusion(index, size, leaf, path) == root


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `new` only adds to the tree of `old` (RFC 9162, 2.1.4.2).

    The empty tree is a beginning of every tree; of a tree and itself the roots must be the same.
    """
    if old == 0:
        return not path and old_root == EMPTY_ROOT and new >= 0
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    hashes = list(path)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    of_old = of_new = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            of_old, of_new = node_hash(other, of_old), node_hash(other, of_new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            of_new = node_hash(of_new, other)
        here, last = here >> 1, last >> 1
    return last == 0 and of_old == old_root and of_new == new_root
