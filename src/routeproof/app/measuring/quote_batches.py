"""A frame of quotes in batches of rows, cut where the day ends, with the symbols that each batch holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from routeproof.tables.intake.coerce import in_kind
from routeproof.tables.lookup.quote_rows import READ, UnclearRowsError
from routeproof.tables.session_clock import days_of
from routeproof.vocab.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

BATCH_ROWS = 250_000


class OutOfOrderError(Exception):
    """The rows do not stand by day and symbol: they must be put in order first."""


class Rows(NamedTuple):
    """Consecutive rows of one day, and how many rows each symbol has; symbols ascend."""

    day: date
    frame: pl.DataFrame
    symbols: list[str]
    lengths: list[int]


def batches(quotes: pl.DataFrame | pl.LazyFrame, size: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """The columns that are read, in the order of the rows; a lazy frame is never in memory as a whole."""
    if isinstance(quotes, pl.DataFrame):
        yield from quotes.select(name for name in READ if name in quotes.columns).iter_slices(size)
        return
    present = quotes.collect_schema().names()
    wanted = quotes.select(name for name in READ if name in present)
    yield from wanted.collect_batches(chunk_size=size, maintain_order=True)


def batches_in_order(quotes: pl.DataFrame | pl.LazyFrame, size: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """The same rows by day and symbol, in their own order within; holds them in memory."""
    rows = pl.concat(batches(quotes), rechunk=True)
    symbol = pl.col("symbol").cast(pl.String)
    keyed = rows.select(symbol, days_of_rows(rows).alias("day"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    keys = ["symbol"] if keyed["day"].n_unique() == 1 else ["day", "symbol"]
    places = keyed.group_by(keys).agg("row").sort(keys)["row"].explode(empty_as_null=False)
    for begin in range(0, rows.height, size):
        yield rows[places[begin : begin + size]]


def rows_of_symbol(quotes: pl.DataFrame | pl.LazyFrame, symbol: str) -> pl.LazyFrame:
    """The rows of one symbol; files of which no part can hold it are not read."""
    of_row = pl.col("symbol")
    is_text = quotes.collect_schema()["symbol"] == pl.String
    return quotes.lazy().filter((of_row if is_text else of_row.cast(pl.String)) == symbol)


def rows_by_day(frames: Iterable[pl.DataFrame]) -> Iterator[Rows]:
    """Batches cut where the day changes.

    Raises:
        OutOfOrderError: a day or a symbol comes after a later one.
        UnclearRowsError: something cannot be read.
    """
    last: tuple[date, str] | None = None
    try:
        for day, frame in _cut(frames):
            runs = frame.select(pl.col("symbol").rle()).unnest("symbol")
            rows = Rows(day, frame, runs["value"].cast(pl.String).to_list(), runs["len"].to_list())
            if None in rows.symbols:
                raise UnclearRowsError
            keys = [(day, symbol) for symbol in rows.symbols]
            if keys != sorted(set(keys)) or (last is not None and keys[0] < last):
                raise OutOfOrderError
            last = keys[-1]
            yield rows
    except (SchemaError, pl.exceptions.PolarsError) as error:
        raise UnclearRowsError from error


def _cut(frames: Iterable[pl.DataFrame]) -> Iterator[tuple[date, pl.DataFrame]]:
    for frame in frames:
        begin = 0
        for length, day in _day_runs(frame) if frame.height else ():
            if day is None:
                raise UnclearRowsError
            yield day, frame[begin : begin + length]
            begin += length


def _day_runs(frame: pl.DataFrame) -> list[tuple[int, date | None]]:
    """(rows, day) as they follow each other."""
    return days_of_rows(frame).rle().struct.unnest().rows()


def days_of_rows(rows: pl.DataFrame) -> pl.Series:
    """Session day of each row, as `coerce` takes it."""
    given = rows["trading_day"].cast(pl.Date) if "trading_day" in rows.columns else None
    if given is not None and not given.null_count():
        return given
    of_instant = days_of(in_kind(rows["at"], "instant", "quotes.at").cast(pl.Int64))
    return of_instant if given is None else given.fill_null(of_instant)
