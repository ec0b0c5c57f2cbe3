"""Canonical row order by keys, without moving or comparing more than the keys ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.wide import gathered

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_BITS = 63
_PREFIX_BYTES = 8
FEW = 4096
SMALL = 5_000
"""Fewer rows are sorted as they are: to look at them first costs more."""

_AT = "__at"
_PACKED = "__packed"


def in_order(frame: pl.DataFrame, keys: Sequence[str], *, few: int = FEW) -> pl.DataFrame:
    """The frame with its rows in the order of the keys, nulls first; rows alike in all keys keep their order.

    As many keys as fit are packed into one integer and sorted by it; only rows alike in it are compared further.
    `few` is how many texts are looked at to see whether a column holds words or identifiers; it changes no result.
    """
    if not keys or frame.height <= 1:
        return frame
    if frame.height < SMALL:
        return frame.sort(keys, nulls_last=False, maintain_order=True)
    if is_ordered(frame.head(SMALL), keys) and is_ordered(frame, keys):
        return frame
    return gathered(frame, _row_order(frame, keys, few))


def is_ordered(frame: pl.DataFrame, keys: Sequence[str]) -> bool:
    """Whether no row comes before the one above it, nulls first."""
    if frame.height <= 1:
        return True
    after = pl.lit(value=True)
    for name in reversed(keys):
        here, before = pl.col(name), pl.col(name).shift()
        above = (here > before).fill_null(value=False) | (here.is_not_null() & before.is_null())
        after = above | (here.eq_missing(before) & after)
    return bool(frame.select(keys).select(after.slice(1).all()).item())


def _row_order(frame: pl.DataFrame, keys: Sequence[str], few: int) -> pl.Series:
    packed, exact = _packed(frame, keys, few)
    rows = np.argsort(packed)
    ordered = packed[rows]
    same = ordered[1:] == ordered[:-1]
    if same.any():
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        some = rows[tied]
        doubtful = pl.DataFrame({_PACKED: packed[some], _AT: some})
        if not exact:
            doubtful = doubtful.with_columns(frame.select(keys)[pl.Series(some)])
        # a key that was packed whole is equal among the tied, so comparing it again changes nothing
        by = [_PACKED, *([] if exact else keys), _AT]
        rows[tied] = doubtful.sort(by, nulls_last=False).get_column(_AT).to_numpy()
    return pl.Series(rows)


def all_differ(column: pl.Series) -> bool:
    """Whether no value comes twice; where it says no, two values may yet differ."""
    return column.hash().n_unique() == len(column)  # equal values have equal hashes


def _packed(frame: pl.DataFrame, keys: Sequence[str], few: int) -> tuple[npt.NDArray[np.int64], bool]:
    """(n,) integers whose order is that of the first keys, and whether it is that of all of them."""
    packed = np.zeros(frame.height, dtype=np.int64)
    left = _BITS
    for name in keys:
        codes, exact = _codes(frame.get_column(name), few)
        need = int(codes.max(initial=0)).bit_length()
        if need > left == 0:
            return packed, False
        if need > left:
            packed = (packed << left) | (codes >> (need - left)).astype(np.int64)
            return packed, False
        packed = (packed << need) | codes.astype(np.int64)
        left -= need
        if not exact:
            return packed, False
    return packed, True


def _codes(column: pl.Series, few: int) -> tuple[npt.NDArray[np.uint64], bool]:
    """Unsigned integers in the order of the values, null the least; and whether equal integers mean equal values."""
    if column.dtype == pl.String:
        return _text_codes(column, few)
    if column.dtype == pl.Categorical:
        return _category_codes(column), True
    whole = column.to_physical().cast(pl.Int64)
    least = whole.min()
    if least is None:
        return np.zeros(len(column), dtype=np.uint64), True
    codes = whole.fill_null(least).to_numpy().view(np.uint64) - np.array(least).view(np.uint64)
    if not whole.null_count():
        return codes, True
    roomy = int(codes.max()) < 1 << _BITS
    codes = (codes if roomy else codes >> np.uint64(1)) + np.uint64(1)
    codes[whole.is_null().to_numpy()] = 0
    return codes, roomy


def _category_codes(column: pl.Series) -> npt.NDArray[np.uint64]:
    used = column.drop_nulls().unique()
    words = used.gather(used.cast(pl.String).arg_sort()).to_physical().to_numpy()
    places = np.zeros(int(words.max(initial=0)) + 1, dtype=np.uint64)
    places[words] = np.arange(1, words.size + 1, dtype=np.uint64)
    codes: npt.NDArray[np.uint64] = places[column.to_physical().fill_null(0).to_numpy()]
    codes[column.is_null().to_numpy()] = 0
    return codes


def _text_codes(column: pl.Series, few: int) -> tuple[npt.NDArray[np.uint64], bool]:
    """Places in the list of words where there are few; else what follows the part that all texts begin with."""
    if column.head(few).n_unique() <= few // 4:
        words = column.unique().drop_nulls().sort()
        codes = column.cast(pl.Enum(words)).to_physical().cast(pl.Int64) + 1
        return codes.fill_null(0).to_numpy().view(np.uint64), True
    texts = column.fill_null("")
    shared = _shared_bytes(str(texts.min()).encode(), str(texts.max()).encode())
    if texts.str.len_bytes().min() < shared + _PREFIX_BYTES:  # type: ignore[operator]
        texts = texts + "\0" * _PREFIX_BYTES
    prefix = texts.cast(pl.Binary).bin.slice(shared, _PREFIX_BYTES)
    return prefix.bin.reinterpret(dtype=pl.UInt64, endianness="big").to_numpy(), False


def _shared_bytes(first: bytes, last: bytes) -> int:
    """How many bytes two texts begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
