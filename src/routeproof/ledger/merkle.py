"""RFC 6962/9162 Merkle tree over SHA-256: roots, and proofs made and verified, of trees and of their subtrees.

Subtrees follow the Merkle Tree Certificates draft (draft-ietf-plants-merkle-tree-certs): `[start, end)` is one when
`start` is a multiple of the smallest power of two that is not below its length. A whole tree is the subtree `[0, n)`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""Root of a tree without leaves (RFC 6962 §2.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two neighbours."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows: the hashes of all perfect subtrees, from which any root or proof follows.

    Memory is 32 bytes and two list slots a leaf; appending costs two hashes a leaf.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        levels, height, current = self._levels, 0, leaf
        levels[0].append(current)
        while not len(levels[height]) & 1:
            left, right = levels[height][-2:]
            current = sha256(b"\x01" + left + right).digest()
            height += 1
            if height == len(levels):
                levels.append([])
            levels[height].append(current)

    def perfect(self, height: int, index: int) -> bytes:
        """Hash of the perfect subtree of 2^height leaves that starts at leaf `index * 2^height`."""
        return self._levels[height][index]

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` leaves; of all of them without it."""
        return self.range_root(0, len(self) if size is None else size)

    def range_root(self, start: int, end: int) -> bytes:
        """Root over the leaves of a subtree `[start, end)`."""
        self._require(start, end, len(self))
        count = end - start
        if not count:
            return EMPTY_ROOT
        root, position = b"", end
        # From the right: the perfect subtrees are the one bits of the count, smallest last.
        for height in range(count.bit_length()):
            if count >> height & 1:
                position -= 1 << height
                part = self._levels[height][position >> height]
                root = node_hash(part, root) if root else part
        return root

    def inclusion(self, index: int, start: int, end: int) -> list[bytes]:
        """Proof that the leaf at `index` is under the root of the subtree `[start, end)` (§2.1.3 of RFC 9162)."""
        self._require(start, end, len(self))
        if not start <= index < end:
            message = f"expected a leaf in [{start}, {end}), found {index}"
            raise ValueError(message)
        proof: list[bytes] = []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self.range_root(middle, end))
                end = middle
            else:
                proof.append(self.range_root(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, start: int, end: int, size: int) -> list[bytes]:
        """Proof that the subtree `[start, end)` is part of the tree of the first `size` leaves (RFC 9162 §2.1.4)."""
        self._require(start, end, size)
        if start == end:
            return []
        low, high, known = 0, size, True
        proof: list[bytes] = []
        while (low, high) != (start, end):
            middle = low + _split(high - low)
            if end <= middle:
                proof.append(self.range_root(middle, high))
                high = middle
            elif start >= middle:
                proof.append(self.range_root(low, middle))
                low = middle
            else:
                # The subtree covers the whole left part, so it starts there: only its right part is left to prove.
                proof.append(self.range_root(low, middle))
                low, start, known = middle, middle, False
        if not known:
            proof.append(self.range_root(low, high))
        return proof[::-1]

    def _require(self, start: int, end: int, size: int) -> None:
        if not is_subtree(start, end) or not end <= size <= len(self):
            message = f"expected a subtree of the first {size} of {len(self)} leaves, found [{start}, {end})"
            raise ValueError(message)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes, keeping one hash a level."""
    stack: list[bytes] = []
    for count, leaf in enumerate(leaves):
        current, carry = leaf, count
        while carry & 1:
            current = sha256(b"\x01" + stack.pop() + current).digest()
            carry >>= 1
        stack.append(current)
    if not stack:
        return EMPTY_ROOT
    root = stack.pop()
    while stack:
        root = node_hash(stack.pop(), root)
    return root


def is_subtree(start: int, end: int) -> bool:
    """Whether `[start, end)` is a subtree: `start` is a multiple of the length, rounded up to a power of two."""
    if not 0 <= start <= end:
        return False
    return start == end or start % (1 << (end - start - 1).bit_length()) == 0


def verify_inclusion(leaf: bytes, index: int, root: bytes, proof: Sequence[bytes], *, start: int = 0, end: int) -> bool:
    """Whether the leaf hash is at `index` under the root of the subtree `[start, end)`.

    For a whole tree of n leaves, `end` is n. Steps are those of RFC 9162 §2.1.3.2, generalised to subtrees.
    """
    if not _are_hashes([leaf, *proof]):
        return False
    # 1. The subtree must be valid and hold the index; else fail.
    if not is_subtree(start, end) or not start <= index < end:
        return False
    # 2. Set fn to the index within the subtree and sn to its last index.
    fn, sn = index - start, end - start - 1
    # 3. Set r to the leaf hash.
    r = leaf
    # 4. For each value p of the proof:
    for p in proof:
        # 4a. If sn is 0, fail.
        if sn == 0:
            return False
        # 4b. If the last bit of fn is set or fn equals sn: p is the left one; then skip levels without sibling.
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        # 4c. Otherwise p is the right one.
        else:
            r = node_hash(r, p)
        # 4d. Go up one level.
        fn, sn = fn >> 1, sn >> 1
    # 5. sn must have come to 0, and r be the root.
    return sn == 0 and r == root


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a tree of `size2` leaves extends the one of `size1` leaves (RFC 9162 §2.1.4.2).

    Nothing can be said of an empty first tree, since every tree extends it: such a proof is refused.
    """
    return size1 > 0 and verify_subtree_consistency(0, size1, size2, root1, root2, proof)


def verify_subtree_consistency(  # noqa: C901, PLR0912  # the steps of the text, in its order
    start: int, end: int, size: int, subtree_root: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the subtree `[start, end)` with this root is part of the tree of `size` leaves with that root.

    The empty subtree is part of every tree, whatever that tree's root. Steps are those of the draft.
    """
    if not _are_hashes(proof):
        return False
    # 1. The subtree must be valid and lie in the tree; an empty one needs the empty root and no proof.
    if not is_subtree(start, end) or end > size:
        return False
    if start == end:
        return not proof and subtree_root == EMPTY_ROOT
    # 2. Set fn to the first index, sn to the last one, tn to the last index of the tree.
    fn, sn, tn = start, end - 1, size - 1
    # 3. Skip the levels that the subtree covers whole: all of them if it ends where the tree ends.
    while fn != sn and (sn == tn or sn & 1):
        fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
    # 4. The first node is the subtree itself if it is perfect or ends the tree, else the first value of the proof.
    rest = list(proof)
    if fn == sn:
        fr = sr = subtree_root
    elif rest:
        fr = sr = rest.pop(0)
    else:
        return False
    # 5. For each further value c of the proof:
    for c in rest:
        # 5a. If tn is 0, fail.
        if tn == 0:
            return False
        # 5b. If the last bit of sn is set or sn equals tn: c is the left one, in the subtree too while fn < sn.
        if sn & 1 or sn == tn:
            if fn < sn:
                fr = node_hash(c, fr)
            sr = node_hash(c, sr)
            while not sn & 1 and sn:
                fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
        # 5c. Otherwise c is the right one, outside the subtree.
        else:
            sr = node_hash(sr, c)
        # 5d. Go up one level.
        fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
    # 6. tn must have come to 0, fr be the subtree's root and sr the tree's.
    return tn == 0 and fr == subtree_root and sr == root


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _split(count: int) -> int:
    """Largest power of two below `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)
