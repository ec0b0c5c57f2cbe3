"""Rows joined by equal keys: union-find over 64-bit keys, each set named by its first row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.sources.fix.words import compiled

Rows = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_NONE = np.uint64(0)


class Union:
    """Sets of rows; at first each row is alone."""

    def __init__(self, rows: int) -> None:
        self._parents = np.arange(rows, dtype=np.int64)

    def join(self, *columns: Keys) -> None:
        """Join the rows that have a key in common, in whichever columns; 0 is no key."""
        slots, shift = _slots(sum(int(np.count_nonzero(keys)) for keys in columns))
        owners = np.zeros(slots.size, dtype=np.int64)
        for keys in columns:
            if keys.any():
                _join(self._parents, keys, slots, owners, shift)

    def first_rows(self) -> Rows:
        """(n,) the first row of each row's set."""
        _flatten(self._parents)
        return self._parents


def among(keys: Keys, wanted: Keys) -> npt.NDArray[np.bool_]:
    """Whether each key is one of those; 0 is not."""
    if not wanted.any():
        return np.zeros(keys.size, dtype=np.bool_)
    slots, shift = _slots(wanted.size)
    found = np.zeros(keys.size, dtype=np.bool_)
    _look_up(keys, wanted, slots, shift, found)
    return found


def _slots(entries: int) -> tuple[Keys, int]:
    """An empty table at most half full, and how far to shift a spread key for its place."""
    bits = max(4, (2 * entries + 1).bit_length())
    return np.zeros(1 << bits, dtype=np.uint64), 64 - bits


@compiled
def _look_up(keys: Keys, wanted: Keys, slots: Keys, shift: int, found: npt.NDArray[np.bool_]) -> None:
    last = slots.size - 1
    for at in range(wanted.size):
        place = np.int64((wanted[at] * _SPREAD) >> np.uint64(shift))
        while slots[place] != _NONE and slots[place] != wanted[at]:
            place = (place + 1) & last
        slots[place] = wanted[at]
    for row in range(keys.size):
        place = np.int64((keys[row] * _SPREAD) >> np.uint64(shift))
        while slots[place] != _NONE and slots[place] != keys[row]:
            place = (place + 1) & last
        found[row] = keys[row] != _NONE and slots[place] == keys[row]


@compiled
def _join(parents: Rows, keys: Keys, slots: Keys, owners: Rows, shift: int) -> None:
    last = slots.size - 1
    for row in range(keys.size):
        key = keys[row]
        if key == _NONE:
            continue
        place = np.int64((key * _SPREAD) >> np.uint64(shift))
        while slots[place] != _NONE and slots[place] != key:
            place = (place + 1) & last
        if slots[place] == _NONE:
            slots[place], owners[place] = key, row
            continue
        one, other = np.int64(row), owners[place]
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        while parents[other] != other:
            parents[other] = parents[parents[other]]
            other = parents[other]
        if one < other:
            parents[other] = one
        else:
            parents[one] = other


@compiled
def _flatten(parents: Rows) -> None:
    for row in range(parents.size):  # a parent always comes before its row, and is flat already
        parents[row] = parents[parents[row]]
