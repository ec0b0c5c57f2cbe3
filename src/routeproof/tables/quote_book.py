"""One day's reference quotes as flat arrays, each symbol a contiguous range; what every look-up reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.tables.asof import quote_in_force
from routeproof.vocab import quote_status as status

Int64s = npt.NDArray[np.int64]
Int8s = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class QuoteBook:
    """Reference quotes of one day, sorted by symbol, instant, sequence.

    Attributes:
        at: (n,) UTC ns.
        bid: (n,) fixed point, 0 = no bid.
        ask: (n,) fixed point, 0 = no ask.
        bid_size: (n,) fixed point, -1 = unknown.
        ask_size: (n,) fixed point, -1 = unknown.
        ranges: symbol -> (first row, row after the last).
    """

    at: Int64s
    bid: Int64s
    ask: Int64s
    bid_size: Int64s
    ask_size: Int64s
    ranges: dict[str, tuple[int, int]]

    def bounds(self, symbols: pl.Series) -> tuple[Int64s, Int64s]:
        """(n,) first and after-last rows of each symbol; an unknown symbol has an empty range."""
        unique = symbols.unique()
        table = pl.DataFrame(
            {
                "symbol": unique,
                "low": [self.ranges.get(symbol, (0, 0))[0] for symbol in unique],
                "high": [self.ranges.get(symbol, (0, 0))[1] for symbol in unique],
            },
            schema={"symbol": pl.String, "low": pl.Int64, "high": pl.Int64},
        )
        joined = symbols.to_frame("symbol").join(table, on="symbol", how="left", maintain_order="left")
        return joined["low"].to_numpy(), joined["high"].to_numpy()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Quotes found at (n,) instants.

    Attributes:
        row: row in the book, -1 = none.
        bid: fixed point, 0 = none.
        ask: fixed point, 0 = none.
        bid_size: displayed shares, -1 = unknown.
        ask_size: displayed shares, -1 = unknown.
        age_ns: how long the quote had been in force, -1 = none.
        status: code of `routeproof.vocab.quote_status`.
    """

    row: Int64s
    bid: Int64s
    ask: Int64s
    bid_size: Int64s
    ask_size: Int64s
    age_ns: Int64s
    status: Int8s

    def columns(self, prefix: str) -> list[pl.Series]:
        """The look-up as columns `PREFIX_bid, _ask, _bid_size, _ask_size, _age_ns, _status`."""
        names = ("bid", "ask", "bid_size", "ask_size", "age_ns", "status")
        return [pl.Series(f"{prefix}_{name}", getattr(self, name)) for name in names]


def book_of(quotes: pl.DataFrame) -> QuoteBook:
    """The book of a quotes frame of one day, in any row order.

    Args:
        quotes: canonical `quotes` columns `symbol, at, sequence, bid, ask`, sizes optional.
    """
    ordered = quotes.sort("symbol", "at", "sequence", maintain_order=True)
    lengths = ordered.select(pl.col("symbol").rle()).unnest("symbol") if ordered.height else None
    ranges: dict[str, tuple[int, int]] = {}
    if lengths is not None:
        after = lengths["len"].cast(pl.Int64).cum_sum().to_list()
        begin = [0, *after[:-1]]
        ranges = {symbol: (low, high) for symbol, low, high in zip(lengths["value"], begin, after, strict=True)}
    return QuoteBook(
        at=ordered["at"].to_numpy(),
        bid=_filled(ordered, "bid", 0),
        ask=_filled(ordered, "ask", 0),
        bid_size=_filled(ordered, "bid_size", -1),
        ask_size=_filled(ordered, "ask_size", -1),
        ranges=ranges,
    )


def _filled(frame: pl.DataFrame, name: str, missing: int) -> Int64s:
    if name not in frame.columns:
        return np.full(frame.height, missing, dtype=np.int64)
    return frame[name].fill_null(missing).to_numpy()


def look_up(book: QuoteBook, low: Int64s, high: Int64s, instants: Int64s, *, inclusive: bool) -> Lookup:
    """The quotes in force at instants.

    Args:
        book: one day's quotes.
        low: (n,) from `QuoteBook.bounds`.
        high: (n,) from `QuoteBook.bounds`.
        instants: (n,) UTC ns, negative = no such instant.
        inclusive: take a quote of the very instant too.
    """
    row = quote_in_force(book.at, low, high, instants, inclusive=inclusive)
    missing = row < 0
    safe = np.where(missing, 0, row)

    def gather(values: Int64s, absent: int) -> Int64s:
        return np.where(missing, absent, values[safe]) if values.size else np.full(row.shape, absent, dtype=np.int64)

    bid, ask = gather(book.bid, 0), gather(book.ask, 0)
    began = gather(book.at, 0)
    return Lookup(
        row=row,
        bid=bid,
        ask=ask,
        bid_size=gather(book.bid_size, -1),
        ask_size=gather(book.ask_size, -1),
        age_ns=np.where(missing, -1, instants - began),
        status=_status(bid, ask, instants),
    )


def _status(bid: Int64s, ask: Int64s, instants: Int64s) -> Int8s:
    code = np.full(bid.shape, status.OK, dtype=np.int8)
    code[bid == ask] = status.LOCKED
    code[bid > ask] = status.CROSSED
    code[(bid == 0) ^ (ask == 0)] = status.ONE_SIDED
    code[(bid == 0) & (ask == 0)] = status.MISSING
    code[instants < 0] = status.NO_INSTANT
    return code
