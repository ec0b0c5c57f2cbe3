"""One day's reference quotes out of the lake: needed columns of the needed symbols' row ranges, already in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.stores.lake import SymbolRange
from routeproof.stores.lake_file import KINDS, SYMBOL_INDEX
from routeproof.tables.quote_book import QuoteBook, book_of, ordered_book

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from routeproof.stores.lake import Lake

COLUMNS = ("at", "bid", "ask", "bid_size", "ask_size")
CHUNK_ROWS = 2_000_000


class Buffers:
    """Memory that one book after another is read into: the next one overwrites the last."""

    def __init__(self) -> None:
        self._held = np.empty((len(COLUMNS), 0), dtype=np.int64)

    def filled(self, quotes: pl.DataFrame) -> pl.DataFrame:
        """The columns of the quotes in this memory, nulls as a book has them."""
        if self._held.shape[1] < quotes.height:
            self._held = np.empty((len(COLUMNS), quotes.height), dtype=np.int64)
        for name, values in zip(COLUMNS, self._held, strict=True):
            column = quotes[name]
            missing = 0 if name in ("bid", "ask") else -1
            begin = 0
            for chunk in (column.fill_null(missing) if column.null_count() else column).get_chunks():
                values[begin : begin + len(chunk)] = chunk.to_numpy()
                begin += len(chunk)
        views = {name: values[: quotes.height] for name, values in zip(COLUMNS, self._held, strict=True)}
        return pl.DataFrame(views)


@dataclass(frozen=True, slots=True)
class DayQuotes:
    """Where a day's quotes are.

    Attributes:
        path: the day's file, or `None` if there is none.
        ranges: rows of each symbol in the file, which is sorted by (symbol, at, sequence).
        kinds: kinds of quote that serve as the reference.
        is_pure: the file holds no other kinds.
    """

    path: Path | None
    ranges: dict[str, SymbolRange]
    kinds: tuple[str, ...]
    is_pure: bool

    def chunks(self, symbols: Sequence[str]) -> Iterator[list[str]]:
        """The symbols in order, in runs of about `CHUNK_ROWS` quotes; a symbol is never divided."""
        run: list[str] = []
        rows = 0
        for symbol in sorted(symbols):
            size = self.ranges[symbol].rows if symbol in self.ranges else 0
            if run and rows + size > CHUNK_ROWS:
                yield run
                run, rows = [], 0
            run.append(symbol)
            rows += size
        if run:
            yield run

    def book(self, symbols: Sequence[str] | None = None, buffers: Buffers | None = None) -> QuoteBook:
        """The reference quotes of these symbols, or of all; in fresh memory, or good until the buffers' next use."""
        wanted = sorted(self.ranges if symbols is None else self.ranges.keys() & set(symbols))
        if self.path is None or not wanted:
            return book_of(pl.DataFrame(schema=dict.fromkeys(("symbol", "at", "sequence", "bid", "ask"), pl.Int64)))
        scan = pl.scan_parquet(self.path, glob=False)
        columns = COLUMNS if self.is_pure else ("symbol", "sequence", "kind", *COLUMNS)
        slices = [scan.select(columns).slice(begin, rows) for begin, rows in self._runs(wanted)]
        quotes = pl.concat(slices).collect() if len(slices) > 1 else slices[0].collect()
        if not self.is_pure:
            return book_of(quotes.filter(pl.col("kind").is_in(self.kinds)))
        lengths = [self.ranges[symbol].rows for symbol in wanted]
        return ordered_book(quotes if buffers is None else buffers.filled(quotes), wanted, lengths)

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
