"""Rows as plain arrays: numbers with a word for null, and texts as codes into the few that occur; cheap to add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.tables.text_link import number_distinct
from routeproof.vocab.absent import NULL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Int64s = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

MOST_WORDS = 1 << 14
"""Distinct texts of a column that are told apart by hash."""

SPARSE_FROM = 64
"""Numbers per row from which those that occur are sorted, instead of ticked off one by one."""


@dataclass(frozen=True, slots=True)
class Words:
    """A column of few distinct values.

    Attributes:
        codes: (n,) place of each row's value.
        values: what the codes stand for, each once; the last one is null.
    """

    codes: Codes
    values: pl.Series

    @property
    def missing(self) -> int:
        """The code of null."""
        return len(self.values) - 1

    def gathered(self, rows: Int64s) -> Words:
        """The values at rows; null where the row is negative."""
        if not self.codes.size:
            return Words(np.full(rows.size, self.missing, dtype=np.int32), self.values)
        found = self.codes[rows]
        found[rows < 0] = self.missing
        return Words(found, self.values)

    def series(self) -> pl.Series:
        """The column as polars has it."""
        return self.values.gather(pl.Series(self.codes))


@dataclass(frozen=True, slots=True)
class CodedRows:
    """Rows by column.

    Attributes:
        names: of the numbers.
        numbers: (names, n), `NULL` = null.
        words: other columns by name.
    """

    names: tuple[str, ...]
    numbers: Int64s
    words: Mapping[str, Words]

    @property
    def height(self) -> int:
        """Number of rows."""
        return int(self.numbers.shape[1])

    def number(self, name: str) -> Int64s:
        """(n,) one column of numbers."""
        column: Int64s = self.numbers[self.names.index(name)]
        return column

    def slice(self, begin: int, after: int) -> CodedRows:
        """Rows from one to before another; shares memory."""
        words = {name: Words(item.codes[begin:after], item.values) for name, item in self.words.items()}
        return CodedRows(self.names, self.numbers[:, begin:after], words)

    def filtered(self, chosen: Int64s) -> CodedRows:
        """The rows at these places."""
        words = {name: Words(item.codes[chosen], item.values) for name, item in self.words.items()}
        return CodedRows(self.names, np.take(self.numbers, chosen, axis=1), words)

    def frame(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Columns (all if omitted) as polars has them."""
        return pl.DataFrame([self.series(name) for name in columns or (*self.names, *self.words)])

    def series(self, name: str) -> pl.Series:
        """One column as polars has it."""
        if name in self.words:
            return self.words[name].series().alias(name)
        values = pl.Series(name, self.number(name))
        return values.replace(NULL, None) if values.len() and values.min() == NULL else values


def coded(column: pl.Series) -> Words:
    """A text column as codes, in the order of first appearance."""
    codes, firsts = np.empty(column.len(), dtype=np.int32), np.empty(MOST_WORDS, dtype=np.int64)
    count = number_distinct(column.hash().to_numpy(), firsts, codes)
    values = column.gather(pl.Series(firsts[: max(count, 0)]))
    if count < 0 or not column.equals(values.gather(pl.Series(codes)), null_equal=True):
        values = column.unique(maintain_order=True)
        codes = _joined(column, values)
    missing = pl.Series([None], dtype=column.dtype)
    if not values.null_count():
        return Words(codes, pl.concat([values.alias(""), missing]))
    return _null_last(codes, values)


def _joined(column: pl.Series, values: pl.Series) -> Codes:
    """Codes by an ordinary join: for many words, or two of one hash."""
    known = pl.DataFrame({"value": values, "code": np.arange(values.len(), dtype=np.int32)})
    found = (
        column.alias("value").to_frame().join(known, on="value", how="left", nulls_equal=True, maintain_order="left")
    )
    return found["code"].to_numpy()


def _null_last(codes: Codes, values: pl.Series) -> Words:
    """The words with null as the last of the values."""
    null = values.is_null().arg_max() or 0
    known = np.delete(np.arange(values.len()), null)
    place = np.full(values.len(), known.size, dtype=np.int32)
    place[known] = np.arange(known.size)
    return Words(place[codes], pl.concat([values.gather(pl.Series(known)), values.gather([null])]).alias(""))


def nulls_as_word(column: pl.Series) -> Int64s:
    """(n,) an integer column with `NULL` for null; it must not hold that number itself."""
    whole = column.cast(pl.Int64)
    values: Int64s = (whole.fill_null(NULL) if whole.null_count() else whole).to_numpy()
    return values


def flags(column: pl.Series) -> Words:
    """A column of flags as codes."""
    codes = column.cast(pl.Int32).fill_null(2).to_numpy()
    return Words(codes, pl.Series([False, True, None], dtype=pl.Boolean))


def combined(words: Sequence[Words], height: int) -> tuple[Int64s, list[pl.Series]]:
    """Rows numbered by the combination of their words.

    Args:
        words: columns of the rows, none for one combination.
        height: number of rows.

    Returns:
        (height,) number of each row's combination, and by word the value in each combination; combinations ascend
        by the codes of the first word, then the second, and so on.
    """
    groups = np.zeros(height, dtype=np.int64)
    count, examples = 1, list[Int64s]()
    for item in words:
        size = len(item.values)
        present, groups = _numbered(groups * size + item.codes, count * size)
        examples = [codes[present // size] for codes in examples]
        examples.append(present % size)
        count = present.size
    return groups, [item.values.gather(pl.Series(codes)) for item, codes in zip(words, examples, strict=True)]


def _numbered(index: Int64s, total: int) -> tuple[Int64s, Int64s]:
    """The numbers below `total` that occur, ascending, and for each row the place of its own."""
    if total > SPARSE_FROM * index.size + SPARSE_FROM:
        present, place = np.unique(index, return_inverse=True)
        return present, place.astype(np.int64)
    seen = np.zeros(total, dtype=np.bool_)
    seen[index] = True
    place_of = np.cumsum(seen) - 1
    return np.flatnonzero(seen), place_of[index]
