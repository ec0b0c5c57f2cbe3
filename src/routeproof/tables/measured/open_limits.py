"""Limit orders while they stood open, and what the market did meanwhile: quotes that reached them, prints beyond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.lookup.asof import first_reaching, quote_in_force
from routeproof.tables.measured.tape_shares import regular_prints
from routeproof.tables.wide import among
from routeproof.vocab.words import OPENING_EVENTS

if TYPE_CHECKING:
    from routeproof.tables.lookup.quote_book import Int64s, QuoteBook

PATIENT = ("day", "gtc", "gtd")
"""Times in force of orders that wait in the book."""

CONDITIONAL = ("all_or_none", "mid_peg", "market_peg", "primary_peg", "L", "O", "T", "W")
"""Instructions under which an order may rightly stay unfilled at its limit."""

ENDING = ("cancel", "reject", "expire", "done")

_TEXTS = ("order_id", "provider", "symbol", "side", "source_id")
_STRETCH = {name: pl.String() if name in _TEXTS else pl.Int64() for name in (
    "order_id", "version", "provider", "symbol", "side", "sign", "limit_price", "quantity", "from_at", "to_at",
    "unfilled", "source_id", "source_row", "printed_at", "reached_at", "reached_ns")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Market:
    """The day's market.

    Attributes:
        open_at, close_at: regular session, UTC ns.
        book: reference quotes.
        trades: canonical prints.
    """

    open_at: int
    close_at: int
    book: QuoteBook
    trades: pl.DataFrame


def open_limits(versions: pl.DataFrame, parents: pl.DataFrame, fills: pl.DataFrame, market: Market) -> pl.DataFrame:
    """Open stretches of plain limit orders of the day, one row per version.

    Args:
        versions: canonical order versions of the day, with `provider, symbol, side` of their order.
        parents: canonical parent orders.
        fills: executions, those that were busted later among them: `order_id, executed_at, quantity`.
        market: the day's market.

    Returns:
        `order_id, version, provider, symbol, side, sign` (+1 buy, -1 sell), `limit_price`, `quantity`, `from_at` (in
        force, in regular hours), `to_at` (filled, replaced, ended or the close), `unfilled` (1e-9 shares then open),
        `printed_at` (first eligible print beyond the limit, to the customer's advantage), `reached_at, reached_ns`
        (begin and length of the longest time for which the opposite best quote could have filled it); null where there
        was none. Not-held, directed and conditional orders, and immediate ones, are left out.
    """
    limits = versions.filter(pl.col("order_type") == "limit").select("order_id")
    if limits.is_empty():
        return pl.DataFrame(schema=_STRETCH)
    stretches = _stretches(among(versions, limits, ["order_id"]), parents, fills, market)
    return stretches.with_columns(*_printed(stretches, market), *_reached(stretches, market.book))


def _stretches(versions: pl.DataFrame, parents: pl.DataFrame, fills: pl.DataFrame, market: Market) -> pl.DataFrame:
    usual = parents.filter(pl.col("held") & ~pl.col("directed") & ~pl.col("refused")).select("order_id")
    ends = (
        versions.filter(pl.col("event").is_in(ENDING))
        .group_by("order_id")
        .agg(pl.col("effective_at").min().alias("ended_at"))
    )
    opened = (
        versions.filter(pl.col("event").is_in(OPENING_EVENTS))
        .sort("order_id", "version", "effective_at")
        .unique(["order_id", "version"], keep="last", maintain_order=True)
        .with_columns(pl.col("effective_at").shift(-1).over("order_id").alias("next_at"))
    )
    limits = opened.filter(
        (pl.col("order_type") == "limit") & pl.col("limit_price").is_not_null() & pl.col("time_in_force").is_in(PATIENT)
    ).join(usual, on="order_id", how="semi")
    plain = limits.filter(
        ~pl.col("instructions").fill_null("").str.split(" ").list.eval(pl.element().is_in(CONDITIONAL)).list.any()
    )
    told = _in_time(fills.join(plain, on="order_id", how="semi"))
    known = (
        plain.join(ends, on="order_id", how="left", maintain_order="left")
        .join(_filled_at(plain, told), on=["order_id", "version"], how="left", maintain_order="left")
        .with_columns(
            pl.max_horizontal("effective_at", pl.lit(market.open_at)).alias("from_at"),
            pl.min_horizontal("ended_at", "next_at", "filled_at", pl.lit(market.close_at)).alias("to_at"),
            pl.when(pl.col("side") == "buy").then(1).otherwise(-1).cast(pl.Int64).alias("sign"),
        )
        .filter(pl.col("to_at") > pl.col("from_at"))
    )
    return known.join(_filled_by(known, told), on=["order_id", "version"], how="left", maintain_order="left").select(
        "order_id", "version", "provider", "symbol", "side", "sign", "limit_price", "quantity", "from_at", "to_at",
        (pl.col("quantity") - pl.col("filled").fill_null(0)).clip(lower_bound=0).alias("unfilled"),
        "source_id", "source_row",
    )  # fmt: skip


def _filled_at(limits: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """`order_id, version, filled_at`: when the fills of the order first came to the version's quantity."""
    running = told.with_columns(pl.col("quantity").cum_sum().over("order_id").alias("filled"))
    wanted = limits.select("order_id", "version", pl.col("quantity").alias("asked"))
    enough = wanted.join(running.drop("quantity"), on="order_id").filter(pl.col("filled") >= pl.col("asked"))
    return enough.group_by("order_id", "version").agg(pl.col("executed_at").min().alias("filled_at"))


def _filled_by(known: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """`order_id, version, filled`: shares of the order filled up to the end of the stretch."""
    wanted = known.select("order_id", "version", "to_at")
    done = wanted.join(told, on="order_id").filter(pl.col("executed_at") <= pl.col("to_at"))
    return done.group_by("order_id", "version").agg(pl.col("quantity").sum().alias("filled"))


def _in_time(fills: pl.DataFrame) -> pl.DataFrame:
    return fills.select("order_id", "executed_at", "quantity").drop_nulls().sort("order_id", "executed_at", "quantity")


def _printed(rows: pl.DataFrame, market: Market) -> list[pl.Series]:
    """`printed_at` of each stretch."""
    timed = market.trades.with_columns(
        pl.lit(market.open_at).alias("open_at"), pl.lit(market.close_at).alias("close_at")
    )
    prints = regular_prints(timed).sort("symbol", "at", "sequence", maintain_order=True)
    at, price = prints["at"].to_numpy(), prints["price"].to_numpy()
    low, high = _bounds(prints, rows["symbol"])
    begin, end = _window(at, low, high, rows)
    sign, limit = rows["sign"].to_numpy(), rows["limit_price"].to_numpy()
    found = np.full(rows.height, -1, dtype=np.int64)
    for side in (1, -1):
        own = np.flatnonzero(sign == side)
        if own.size and price.size:
            target = limit[own] - side
            hit = first_reaching(price, begin[own], end[own], target, at_or_below=side > 0)
            found[own] = np.where(hit < 0, -1, at[hit])
    return [pl.Series("printed_at", found).replace(-1, None)]


def _bounds(prints: pl.DataFrame, symbols: pl.Series) -> tuple[Int64s, Int64s]:
    """(n,) first and after-last print of each symbol."""
    ranges = (
        prints.with_row_index("row")
        .group_by("symbol")
        .agg(pl.col("row").min().cast(pl.Int64).alias("low"), (pl.col("row").max().cast(pl.Int64) + 1).alias("high"))
    )
    joined = symbols.to_frame("symbol").join(ranges, on="symbol", how="left", maintain_order="left").fill_null(0)
    return joined["low"].to_numpy(), joined["high"].to_numpy()


def _window(at: Int64s, low: Int64s, high: Int64s, rows: pl.DataFrame) -> tuple[Int64s, Int64s]:
    """(n,) rows of what happened from the begin to the end of each stretch."""
    before = quote_in_force(at, low, high, rows["from_at"].to_numpy(), inclusive=False)
    last = quote_in_force(at, low, high, rows["to_at"].to_numpy(), inclusive=True)
    begin = np.where(before < 0, low, before + 1)
    return begin, np.maximum(np.where(last < 0, low, last + 1), begin)


def _reached(rows: pl.DataFrame, book: QuoteBook) -> list[pl.Series]:
    """`reached_at, reached_ns` of each stretch; few are looked at quote by quote, for few are reached at all."""
    low, high = book.bounds(rows["symbol"])
    begin = quote_in_force(book.at, low, high, rows["from_at"].to_numpy(), inclusive=True)
    last = quote_in_force(book.at, low, high, rows["to_at"].to_numpy(), inclusive=False)
    begin = np.where(begin < 0, low, begin)
    end = np.maximum(np.where(last < 0, low, last + 1), begin)
    sign, limit = rows["sign"].to_numpy(), rows["limit_price"].to_numpy()
    since, length = np.full(rows.height, -1, dtype=np.int64), np.full(rows.height, -1, dtype=np.int64)
    for side, prices in ((1, book.ask), (-1, book.bid)):
        own = np.flatnonzero(sign == side)
        if not own.size or not prices.size:
            continue
        hit = first_reaching(prices, begin[own], end[own], limit[own], at_or_below=side > 0)
        for row in own[hit >= 0].tolist():
            begun, ended = rows["from_at"][row], rows["to_at"][row]
            since[row], length[row] = _longest(
                book, slice(int(begin[row]), int(end[row])), side * (limit[row] - prices[begin[row] : end[row]]) >= 0,
                (begun, ended),
            )  # fmt: skip
    return [pl.Series("reached_at", since).replace(-1, None), pl.Series("reached_ns", length).replace(-1, None)]


def _longest(book: QuoteBook, rows: slice, reaches: np.ndarray, span: tuple[int, int]) -> tuple[int, int]:
    """Begin and length of the longest run of usable quotes that reach the limit; (-1, -1) where there is none."""
    usable = reaches & (book.bid[rows] > 0) & (book.ask[rows] > book.bid[rows])
    edges = np.diff(np.concatenate([[0], usable.astype(np.int8), [0]]))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if not starts.size:
        return -1, -1
    instants = np.append(book.at[rows], span[1])
    begins, ends = np.maximum(instants[starts], span[0]), np.minimum(instants[stops], span[1])
    best = int(np.argmax(ends - begins))
    return int(begins[best]), int(ends[best] - begins[best])
