"""One day's reference quotes out of the lake: needed columns of the needed symbols' row ranges, already in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.stores.lake import SymbolRange
from routeproof.stores.lake_file import KINDS, SYMBOL_INDEX
from routeproof.tables.lookup.quote_book import (
    Int64s,
    QuoteBook,
    book_in,
    book_in_order,
    book_of,
    ordered_book,
    symbol_ranges,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from routeproof.stores.lake import Lake

PRICES = ("at", "bid", "ask")
SIZES = ("bid_size", "ask_size")
CHUNK_ROWS = 2_000_000
"""Quotes held at once; a symbol with more of them is read in parts."""


class Buffers:
    """Memory that one book after another is read into: the next one overwrites the last."""

    def __init__(self) -> None:
        self._held = np.empty((len(PRICES + SIZES), 0), dtype=np.int64)

    def memory(self, rows: int) -> Int64s:
        """(5, rows or more) one array for each column of a book; worthless before it is written."""
        if self._held.shape[1] < rows:
            self._held = np.empty((len(PRICES + SIZES), rows), dtype=np.int64)
        return self._held

    def book(self, quotes: pl.DataFrame, symbols: Sequence[str], lengths: Sequence[int]) -> QuoteBook:
        """The book of quotes that are in order, in this memory; without sizes if the quotes have none."""
        self.memory(quotes.height)
        arrays = [self._filled(quotes, name, place) for place, name in enumerate(PRICES + SIZES)]
        return book_in(arrays, symbol_ranges(symbols, lengths))

    def _filled(self, quotes: pl.DataFrame, name: str, place: int) -> Int64s:
        if name not in quotes.columns:
            return np.empty(0, dtype=np.int64)
        values, column = self._held[place], quotes[name]
        missing = 0 if name in PRICES else -1
        begin = 0
        for chunk in (column.fill_null(missing) if column.null_count() else column).get_chunks():
            values[begin : begin + len(chunk)] = chunk.to_numpy()
            begin += len(chunk)
        filled: Int64s = values[:begin]
        return filled


@dataclass(frozen=True, slots=True)
class DayQuotes:
    """Where a day's quotes are.

    Attributes:
        path: the day's file, or `None` if there is none.
        ranges: rows of each symbol in the file, which is sorted by (symbol, at, sequence).
        kinds: kinds of quote that serve as the reference.
        is_pure: the file holds no other kinds.
        chunk_rows: quotes to hold at once.
    """

    path: Path | None
    ranges: dict[str, SymbolRange]
    kinds: tuple[str, ...]
    is_pure: bool
    chunk_rows: int = CHUNK_ROWS

    def chunks(self, symbols: Sequence[str]) -> Iterator[list[str]]:
        """The symbols in order, in runs of at most `chunk_rows` quotes; a symbol with more stands alone."""
        run: list[str] = []
        rows = 0
        for symbol in sorted(symbols):
            size = self._rows(symbol)
            if run and rows + size > self.chunk_rows:
                yield run
                run, rows = [], 0
            run.append(symbol)
            rows += size
        if run:
            yield run

    def is_long(self, symbol: str) -> bool:
        """Whether the symbol has more quotes than should be held at once, and can be read in parts."""
        return self.is_pure and self._rows(symbol) > self.chunk_rows

    def _rows(self, symbol: str) -> int:
        return self.ranges[symbol].rows if symbol in self.ranges else 0

    def parts(self, symbol: str, *, sizes: bool = True) -> Iterator[QuoteBook]:
        """The reference quotes of a long symbol, in order, at most `chunk_rows` at a time."""
        buffers, begin, after = Buffers(), self.ranges[symbol].start, self.ranges[symbol].rows
        for first in range(0, after, self.chunk_rows):
            rows = min(self.chunk_rows, after - first)
            yield buffers.book(self._read([(begin + first, rows)], _columns(sizes=sizes)), [symbol], [rows])

    def book(
        self, symbols: Sequence[str] | None = None, buffers: Buffers | None = None, *, sizes: bool = True
    ) -> QuoteBook:
        """The reference quotes of these symbols, or of all; in fresh memory, or good until the buffers' next use.

        Args:
            symbols: whose quotes.
            buffers: memory to read into.
            sizes: whether anybody asks for displayed sizes; a book in buffers has none if not.
        """
        wanted = sorted(self.ranges if symbols is None else self.ranges.keys() & set(symbols))
        if self.path is None or not wanted:
            return book_of(pl.DataFrame(schema=dict.fromkeys(("symbol", "at", "sequence", "bid", "ask"), pl.Int64)))
        if not self.is_pure:
            quotes = self._read(self._runs(wanted), ("symbol", "kind", *PRICES, *SIZES))
            return book_in_order(quotes.filter(pl.col("kind").is_in(self.kinds)))
        lengths = [self.ranges[symbol].rows for symbol in wanted]
        if buffers is None:
            return ordered_book(self._read(self._runs(wanted), PRICES + SIZES), wanted, lengths)
        return buffers.book(self._read(self._runs(wanted), _columns(sizes=sizes)), wanted, lengths)

    def _read(self, runs: Sequence[tuple[int, int]], columns: Sequence[str]) -> pl.DataFrame:
        """Rows of the file by (first, number)."""
        scan = pl.scan_parquet(str(self.path), glob=False).select(columns)
        slices = [scan.slice(begin, rows) for begin, rows in runs]
        return pl.concat(slices).collect() if len(slices) > 1 else slices[0].collect()

    def _runs(self, wanted: Sequence[str]) -> list[tuple[int, int]]:
        """(first row, rows) of the symbols, neighbours joined."""
        runs: list[tuple[int, int]] = []
        for symbol in wanted:
            begin, rows = self.ranges[symbol].start, self.ranges[symbol].rows
            if runs and sum(runs[-1]) == begin:
                runs[-1] = (runs[-1][0], runs[-1][1] + rows)
            else:
                runs.append((begin, rows))
        return runs


def _columns(*, sizes: bool) -> tuple[str, ...]:
    return PRICES + SIZES if sizes else PRICES


def day_quotes(lake: Lake, day: date, kinds: tuple[str, ...], manifest: str | None = None) -> DayQuotes:
    """Where the day's quotes are, as known at a manifest."""
    files = lake.files("quotes", day, manifest)
    if not files:
        return DayQuotes(None, {}, kinds, is_pure=True)
    (path,) = files
    metadata = pl.read_parquet_metadata(path)
    index = json.loads(metadata.get(SYMBOL_INDEX, "{}"))
    held = json.loads(metadata.get(KINDS, "[]"))
    ranges = {symbol: SymbolRange(*row) for symbol, row in index.items()}
    return DayQuotes(path, ranges, kinds, is_pure=bool(held) and set(held) <= set(kinds))
