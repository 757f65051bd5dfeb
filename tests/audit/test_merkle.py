"""The tree against an independent, plain reading of RFC 9162: the recursive definitions of section 2.1."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle


def mth(leaves):
    """Merkle Tree Hash (2.1.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = largest_power_below(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m, leaves):
    """PATH(m, D_n) (2.1.3.1)."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m, leaves):
    """PROOF(m, D_n) (2.1.4.1)."""
    return subproof(m, leaves, True)


def subproof(m, leaves, whole):
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def largest_power_below(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def data(n):
    return [f"leaf {number}".encode() for number in range(n)]


def tree(leaves):
    """All nodes, grown in two goes as the sequencer does."""
    nodes = {(0, place): merkle.leaf_hash(leaf) for place, leaf in enumerate(leaves)}
    half = len(leaves) // 2
    for start, end in ((0, half), (half, len(leaves))):
        before = [nodes[node] for node in merkle.peaks(start)]
        for level, place, digest in merkle.grow(start, before, [nodes[0, place] for place in range(start, end)]):
            assert (level, place) not in nodes
            nodes[level, place] = digest
    return nodes


sizes = st.integers(min_value=1, max_value=140)  # seven levels, and the step beyond 128


@given(st.integers(min_value=0, max_value=140))
def test_the_root_is_the_one_of_the_definition(n):
    nodes = tree(data(n))
    assert merkle.fold([nodes[node] for node in merkle.peaks(n)]) == mth(data(n))
    assert len(nodes) == 2 * n - n.bit_count()  # complete subtrees only, each once


@given(sizes, st.data())
def test_inclusion_proofs_are_those_of_the_definition_and_hold_for_their_leaf_alone(n, draw):
    index, other = draw.draw(st.integers(0, n - 1)), draw.draw(st.integers(0, n - 1))
    leaves, nodes = data(n), tree(data(n))
    found = merkle.hashes_of(merkle.inclusion_ranges(index, n), nodes)
    assert found == path(index, leaves)
    assert merkle.includes(index, n, nodes[0, index], found, mth(leaves))
    assert merkle.includes(index, n, nodes[0, other], found, mth(leaves)) is (index == other)
    assert merkle.includes(other, n, nodes[0, index], found, mth(leaves)) is (index == other)
    assert not merkle.includes(index, n, nodes[0, index], [*found, bytes(32)], mth(leaves))
    assert not found or not merkle.includes(index, n, nodes[0, index], found[:-1], mth(leaves))


@given(sizes, st.data())
def test_consistency_proofs_are_those_of_the_definition_and_refuse_an_altered_past(n, draw):
    old = draw.draw(st.integers(1, n))
    altered = draw.draw(st.integers(0, old - 1))
    leaves, nodes = data(n), tree(data(n))
    found = merkle.hashes_of(merkle.consistency_ranges(old, n), nodes)
    assert found == proof(old, leaves)
    assert merkle.consistent(old, n, mth(leaves[:old]), mth(leaves), found)
    past = [*leaves[:altered], b"other", *leaves[altered + 1 : old]]
    assert not merkle.consistent(old, n, mth(past), mth(leaves), found)
    rewritten = [*past, *leaves[old:]]
    honest_looking = proof(old, rewritten)
    assert not merkle.consistent(old, n, mth(leaves[:old]), mth(rewritten), honest_looking)
    assert not merkle.consistent(old, n, mth(leaves[:old]), mth(leaves), [*found, bytes(32)])


def test_the_shapes_of_the_rfcs_example():
    """Section 2.1.5: seven leaves d0 … d6 with nodes a … l."""
    leaves = data(7)
    a, b, c, d, e, f, j = (merkle.leaf_hash(leaf) for leaf in leaves)
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, l = merkle.node_hash(g, h), merkle.node_hash(i, j)  # noqa: E741 - the RFC's names
    nodes = tree(leaves)
    inclusion = {0: [b, h, l], 3: [c, g, l], 4: [f, j, k], 6: [i, k]}
    for index, wanted in inclusion.items():
        assert merkle.hashes_of(merkle.inclusion_ranges(index, 7), nodes) == wanted
    assert merkle.hashes_of(merkle.consistency_ranges(3, 7), nodes) == [c, d, g, l]
    assert merkle.hashes_of(merkle.consistency_ranges(4, 7), nodes) == [l]
    assert merkle.hashes_of(merkle.consistency_ranges(6, 7), nodes) == [i, j, k]
    assert merkle.fold([nodes[node] for node in merkle.peaks(7)]) == merkle.node_hash(k, l)


def test_the_empty_tree_is_a_beginning_of_every_tree_and_proves_nothing_else():
    assert merkle.consistent(0, 5, merkle.EMPTY_ROOT, mth(data(5)), [])
    assert not merkle.consistent(0, 5, mth(data(1)), mth(data(5)), [])
    assert not merkle.consistent(5, 4, mth(data(5)), mth(data(4)), [])


@pytest.mark.parametrize("index, size", [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_ranges(index, size)
    assert not merkle.includes(index, size, bytes(32), [], bytes(32))


def test_a_proof_of_a_large_tree_reads_few_nodes():
    reads = max(len(merkle.nodes_of(merkle.inclusion_ranges(index, 999_999))) for index in range(0, 999_999, 4999))
    assert reads <= 40
