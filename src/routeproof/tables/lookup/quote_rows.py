"""Rows of quotes as somebody handed them in, written as a book; `coerce` and `book_of` are the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.canonical.market import QUOTES
from routeproof.tables.fixed_kernel import is_in_order, write_floats
from routeproof.tables.intake.coerce import coerce, in_kind
from routeproof.tables.lookup.quote_book import book_in, book_of, ordered_book, symbol_ranges
from routeproof.tables.measured.day_flow import NotStreamableError
from routeproof.vocab.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.tables.lookup.quote_book import Int64s, QuoteBook

READ = ("symbol", "at", "bid", "ask", "bid_size", "ask_size", "sequence", "kind", "trading_day")
"""Columns that a book is made of."""

NUMBERS = {"bid": 0, "ask": 0, "bid_size": -1, "ask_size": -1}
"""Column -> what stands for a missing value in a book."""


class UnclearRowsError(NotStreamableError):
    """Rows that only the whole frame can say something about: most likely it will be refused."""


def can_be_read_by_rows(schema: Mapping[str, pl.DataType]) -> bool:
    """Whether a row means the same whatever rows stand around it; the form of instants in text shows in all of them."""
    texts = ("at", "trading_day")
    return all(schema.get(name) != pl.String for name in texts) and {"symbol", "at"} <= set(schema)


def book_of_rows(
    frames: Sequence[pl.DataFrame], symbols: Sequence[str], lengths: Sequence[int], kinds: Sequence[str], memory: Int64s
) -> QuoteBook:
    """The book of consecutive rows of one day, which stand by symbol.

    Args:
        frames: the rows in columns out of `READ`, in any form that `coerce` takes.
        symbols: symbols in the order of their rows.
        lengths: rows of each.
        kinds: kinds of quote that serve as the reference; others are left out.
        memory: (5, rows or more) the book's arrays are views of it, or of fresh memory.

    Raises:
        UnclearRowsError: `coerce` would refuse these rows, or might.
    """
    if not frames:
        return ordered_book(QUOTES.empty(), [], [])
    try:
        if _has_only(frames, kinds) and _written(frames, np.array(lengths, dtype=np.int64), memory):
            return book_in(memory[:, : sum(lengths)], symbol_ranges(symbols, lengths))
        rows = pl.concat(frames).drop("trading_day", strict=False)
        quotes = coerce(rows, QUOTES, where="quotes").filter(pl.col("kind").is_in(kinds))
    except (SchemaError, pl.exceptions.PolarsError) as error:
        raise UnclearRowsError from error
    return book_of(quotes)


def _has_only(frames: Sequence[pl.DataFrame], kinds: Sequence[str]) -> bool:
    if "kind" not in frames[0].columns:
        return True
    return all(frame.select(pl.col("kind").is_in(kinds).fill_null(value=False).all()).item() for frame in frames)


def _written(frames: Sequence[pl.DataFrame], lengths: Int64s, memory: Int64s) -> bool:
    """Whether the rows could be written as they are: all exact, none negative, in order."""
    rows = int(lengths.sum())
    at, numbers = memory[0, :rows], memory[1:, :rows]
    sequence = np.empty(rows if "sequence" in frames[0].columns else 0, dtype=np.int64)
    begin = 0
    for frame in frames:
        part = slice(begin, begin + frame.height)
        instants = in_kind(frame["at"], "instant", "quotes.at")
        if instants.null_count():
            return False
        _copy(instants, at[part])
        if sequence.size:
            if frame["sequence"].null_count():
                return False
            _copy(frame["sequence"], sequence[part])
        for (name, missing), out in zip(NUMBERS.items(), numbers, strict=True):
            if name not in frame.columns:
                out[part] = missing
            elif not _write_numbers(frame[name], name, missing, out[part]):
                return False
        begin += frame.height
    return bool(is_in_order(at, sequence, lengths))


def _write_numbers(values: pl.Series, name: str, missing: int, out: Int64s) -> bool:
    if values.dtype.is_float():
        filled = values.fill_null(float("nan")) if values.null_count() else values
        begin = 0
        for chunk in filled.cast(pl.Float64).get_chunks():
            if not write_floats(chunk.to_numpy(), missing, out[begin : begin + len(chunk)]):
                return False
            begin += len(chunk)
        return True
    fixed = in_kind(values, QUOTES.column(name).kind, f"quotes.{name}")
    lowest = fixed.min()
    _copy(fixed.fill_null(missing), out)
    return lowest is None or (isinstance(lowest, int) and lowest >= 0)


def _copy(values: pl.Series, out: Int64s) -> None:
    begin = 0
    for chunk in values.cast(pl.Int64).get_chunks():
        out[begin : begin + len(chunk)] = chunk.to_numpy()
        begin += len(chunk)
