"""Texts as numbers: found by hash, then compared as texts, so that neither a link nor a code is ever a guess."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.tables.kernels import kernel

Int64s = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@kernel
def _place(hashes: Hashes, slots: Int64s) -> bool:
    """Put rows into an open table by hash; false where two rows share a hash."""
    mask = np.uint64(slots.size - 1)
    for row in range(hashes.size):
        slot = hashes[row] & mask
        while slots[slot] >= 0:
            if hashes[slots[slot]] == hashes[row]:
                return False
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = row
    return True


@kernel
def _find(wanted: Hashes, hashes: Hashes, slots: Int64s, found: Int64s) -> None:
    mask = np.uint64(slots.size - 1)
    for i in range(wanted.size):
        slot = wanted[i] & mask
        row = slots[slot]
        while row >= 0 and hashes[row] != wanted[i]:
            slot = (slot + np.uint64(1)) & mask
            row = slots[slot]
        found[i] = row


@kernel
def number_distinct(hashes: Hashes, firsts: Int64s, codes: npt.NDArray[np.int32]) -> int:
    """Number the distinct hashes in the order of first appearance.

    Args:
        hashes: (n,) of the rows.
        firsts: (most,) filled with the row at which each appeared first.
        codes: (n,) filled with each row's number.

    Returns:
        How many there are; -1 if there are more than `most`.
    """
    most = firsts.size
    size = 16
    while size < 2 * most:
        size *= 2
    slots = np.full(size, -1, dtype=np.int64)
    mask = np.uint64(size - 1)
    count = 0
    for row in range(hashes.size):
        slot = hashes[row] & mask
        while slots[slot] >= 0 and hashes[firsts[slots[slot]]] != hashes[row]:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
            if count == most:
                return -1
            slots[slot], firsts[count] = count, row
            count += 1
        codes[row] = slots[slot]
    return count


def rows_of(wanted: pl.Series, known: pl.Series) -> Int64s | None:
    """Where each text stands among the known ones.

    Args:
        wanted: (n,) texts; null is nowhere.
        known: texts, none of them null.

    Returns:
        (n,) row in `known`, -1 = nowhere; `None` where this cannot tell, because a known text or a hash repeats.
    """
    if not known.len():
        return np.full(wanted.len(), -1, dtype=np.int64)
    hashes = known.hash().to_numpy()
    slots = np.full(1 << max(4, (2 * known.len()).bit_length()), -1, dtype=np.int64)
    if known.null_count() or not _place(hashes, slots):
        return None
    found = np.empty(wanted.len(), dtype=np.int64)
    _find(wanted.hash().to_numpy(), hashes, slots, found)
    if wanted.null_count():
        found[wanted.is_null().to_numpy()] = -1
    hits = pl.Series(found).replace(-1, None) if (found < 0).any() else pl.Series(found)
    same = known.gather(hits) == wanted
    return found if same.all() else None
