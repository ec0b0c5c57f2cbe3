"""Order versions against the market: class, executability, clock start and the quotes that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.lookup.asof import Int64s, first_reaching, quote_in_force
from routeproof.tables.lookup.quote_book import QuoteBook, look_up
from routeproof.tables.measured.order_class import order_class, terms_class
from routeproof.tables.session_clock import session_name

if TYPE_CHECKING:
    from routeproof.tables.switches import Switches

NOT_YET = -1
"""Stands for "no such instant" in the kernel's arrays."""


def measure_versions(terms: pl.DataFrame, book: QuoteBook, switches: Switches) -> pl.DataFrame:
    """Versions that took effect on the book's day, with class, clock start and quotes.

    Args:
        terms: `version_terms` rows of one day plus `open_at, close_at` of the day.
        book: the day's reference quotes.
        switches: tie rule and clock shift.

    Returns:
        Class and executability hold for the quote strictly before, whatever the tie rule. The terms plus `session,
        terms_class, executable_at, order_class, clock_start_at` and, for each of `receipt` and
        `clock`, `_bid, _ask, _bid_size, _ask_size, _age_ns, _status` (0 = side missing, -1 = size or age unknown).
    """
    low, high = book.bounds(terms["symbol"])
    clock_at = _instants(terms, "clock_at", switches.shift_ns)
    inclusive = switches.tie == "inclusive"
    strict = look_up(book, low, high, clock_at, inclusive=False)
    receipt = look_up(book, low, high, clock_at, inclusive=True) if inclusive else strict
    classed = terms.with_columns(strict.columns("receipt"))
    looked = classed.with_columns(
        session_name(pl.col("clock_at")).alias("session"),
        terms_class().alias("terms_class"),
        *receipt.columns("receipt"),
        *look_up(book, low, high, _instants(terms, "decided_at", switches.shift_ns), inclusive=inclusive).columns(
            "decision"
        ),
        *look_up(book, low, high, _quoted_end(terms, switches.shift_ns), inclusive=inclusive).columns("end"),
    )
    return _with_clock(looked, book, low, high, switches)


def resume_versions(pending: pl.DataFrame, book: QuoteBook, switches: Switches) -> pl.DataFrame:
    """Versions still open, carried into the book's day: where they end now, and whether they become executable.

    Returns:
        The same columns as `measure_versions`; one that became executable on an earlier day stays as it was.
    """
    low, high = book.bounds(pending["symbol"])
    inclusive = switches.tie == "inclusive"
    ended = pending.with_columns(
        look_up(book, low, high, _quoted_end(pending, switches.shift_ns), inclusive=inclusive).columns("end")
    )
    waiting = ended.filter(pl.col("executable_at").is_null())
    low, high = book.bounds(waiting["symbol"])
    resumed = _with_clock(waiting.drop("executable_at"), book, low, high, switches)
    return pl.concat([ended.filter(pl.col("executable_at").is_not_null()), resumed.select(ended.columns)])


def _with_clock(looked: pl.DataFrame, book: QuoteBook, low: Int64s, high: Int64s, switches: Switches) -> pl.DataFrame:
    waits = pl.col("terms_class").is_in(["non_marketable", "stop"])
    executable_at = first_executable(looked, book, low, high, switches.shift_ns)
    classed = looked.with_columns(
        pl.when(waits)
        .then(pl.Series(executable_at))
        .otherwise("clock_at")
        .alias("executable_at")
        .replace(NOT_YET, None)
    ).with_columns(
        order_class().alias("order_class"),
        pl.when(waits).then("executable_at").otherwise("clock_at").alias("clock_start_at"),
    )
    clock_start = _instants(classed, "clock_start_at", switches.shift_ns)
    return classed.with_columns(
        *look_up(book, low, high, clock_start, inclusive=switches.tie == "inclusive").columns("clock")
    )


def _end_of(terms: pl.DataFrame, shift_ns: int) -> Int64s:
    """(n,) when each version ended, the close at the latest."""
    ended = terms.select(_end(shift_ns))["end"]
    instants: Int64s = ended.to_numpy()
    return instants


def _quoted_end(terms: pl.DataFrame, shift_ns: int) -> Int64s:
    """(n,) the instant whose quote values what was left of a version: one received after the close ends after it."""
    is_late = pl.col("clock_at") + shift_ns >= pl.col("close_at")
    ended = pl.when(is_late.fill_null(value=False)).then((pl.col("ends_at") + shift_ns).fill_null(NOT_YET))
    instants: Int64s = terms.select(ended.otherwise(_end(shift_ns)).alias("end"))["end"].to_numpy()
    return instants


def _end(shift_ns: int) -> pl.Expr:
    """The firm's clock is moved, the session's is not."""
    return pl.min_horizontal(pl.col("ends_at") + shift_ns, "close_at").fill_null(NOT_YET).alias("end")


def _instants(frame: pl.DataFrame, name: str, shift_ns: int) -> Int64s:
    instants: Int64s = (frame[name] + shift_ns).fill_null(NOT_YET).to_numpy()
    return instants


def first_executable(looked: pl.DataFrame, book: QuoteBook, low: Int64s, high: Int64s, shift_ns: int) -> Int64s:
    """(n,) when each waiting version first became executable in regular hours, `NOT_YET` where it did not.

    A buy limit becomes executable at the first quote whose bid is at or below it, a sell at the first whose ask is at
    or above it. A stop is triggered at the first quote whose far side reaches its price, or when its
    order says so if that is earlier: a router reports the trigger by its own clock. What is reported of an instant
    outside regular hours, before the order's clock or from its end on made nothing executable.
    """
    begins = pl.max_horizontal(pl.col("clock_at") + shift_ns, "open_at").fill_null(NOT_YET)
    begin = looked.select(begins.alias("begin"))["begin"].to_numpy()
    end = _end_of(looked, shift_ns)
    in_force = quote_in_force(book.at, low, high, begin, inclusive=False)
    first_row = np.where(in_force < 0, low, in_force)
    after_row = np.maximum(quote_in_force(book.at, low, high, end, inclusive=False) + 1, first_row)
    after_row = np.where((begin < 0) | (end < begin), first_row, after_row)
    is_buy = (looked["side"] == "buy").to_numpy()
    is_stop = (looked["terms_class"] == "stop").to_numpy()
    limit = looked["limit_price"].fill_null(0).to_numpy()
    stop = looked["stop_price"].fill_null(0).to_numpy()
    triggered = looked["triggered_at"].fill_null(NOT_YET).to_numpy()
    result = np.full(begin.shape, NOT_YET, dtype=np.int64)
    waits_limit = (looked["terms_class"] == "non_marketable").to_numpy()
    for chosen, prices, target, at_or_below in (
        (waits_limit & is_buy, book.bid, limit, True),
        (waits_limit & ~is_buy, book.ask, limit, False),
        (is_stop & is_buy, book.ask, stop, False),
        (is_stop & ~is_buy, book.bid, stop, True),
    ):
        rows = np.flatnonzero(chosen)
        if rows.size and prices.size:
            hit = first_reaching(prices, first_row[rows], after_row[rows], target[rows], at_or_below=at_or_below)
            at = np.maximum(book.at[np.where(hit < 0, 0, hit)], begin[rows]) - shift_ns
            result[rows] = np.where(hit < 0, NOT_YET, at)
    has_session = (looked["open_at"].is_not_null() & looked["close_at"].is_not_null()).to_numpy()
    told_at = triggered + shift_ns
    reported = is_stop & (triggered >= 0) & has_session & (begin <= told_at) & (told_at < end)
    return np.where(reported, np.where(result < 0, triggered, np.minimum(triggered, result)), result)
