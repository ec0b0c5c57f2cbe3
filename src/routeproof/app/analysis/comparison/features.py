"""What makes orders alike, from what was known when they came: spread, size, movement, time, side, class, liquidity."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.lookup.quote_book import Lookup, look_up
from routeproof.vocab.quote_status import LOCKED, OK
from routeproof.vocab.times import EQUITY_ZONE, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.policy.analysis.compare import ComparePolicy
    from routeproof.tables.lookup.quote_book import Int64s, QuoteBook

DIMENSIONS = ("spread", "size", "volatility", "time", "side", "order_class", "liquidity")
UNKNOWN = "unknown"
STEPS = 5
"""Looks back within the window: the midpoint's movement is the root of the sum of the squared steps between them."""
INSTANTS = {
    "executions": ("clock_start_at", "received_at", "executed_at"),
    "orders": ("received_at",),
    "routes": ("sent_at",),
}
QUANTITIES = ("version_quantity", "quantity")


def with_features(
    rows: pl.DataFrame, book: QuoteBook, policy: ComparePolicy, groups: pl.DataFrame, frame: str, *, at_execution: bool
) -> pl.DataFrame:
    """Rows with the level of each of `DIMENSIONS`, as text; `unknown` where the market did not say.

    Args:
        rows: measured rows of one day.
        book: the day's reference quotes.
        policy: edges.
        groups: `symbol, liquidity`.
        frame: of which kind the rows are.
        at_execution: look at the instant of the fill and at its own size, as a print must be; else at the order's.
    """
    if rows.is_empty():
        return rows.with_columns(pl.lit("").alias(name) for name in DIMENSIONS if name not in rows.columns)
    instants = ("executed_at",) if at_execution else INSTANTS[frame]
    known = [name for name in instants if name in rows.columns]
    at = rows.select(pl.coalesce(known).fill_null(-1).alias("at"))["at"]
    low, high = book.bounds(rows["symbol"])
    now = look_up(book, low, high, at.to_numpy(), inclusive=False)
    quantity = "quantity" if at_execution else next(name for name in QUANTITIES if name in rows.columns)
    is_buy = _is_buy(rows)
    return rows.with_columns(
        _bucketed("spread", _spread_bps(now), policy.spread_bps, "bp"),
        _bucketed("size", _size_ratio(now, rows[quantity].to_numpy(), is_buy), policy.size_ratio, "x"),
        _bucketed(
            "volatility", _moved_bps(book, low, high, at.to_numpy(), policy.window_s), policy.volatility_bps, "bp"
        ),
        _clock(at, policy.clock),
        pl.Series("side", np.where(is_buy, "buy", "sell")),
        (pl.col("order_class").fill_null(UNKNOWN) if "order_class" in rows.columns else pl.lit("any")).alias(
            "order_class"
        ),
        _of_symbol(rows["symbol"], groups),
    )


def _is_buy(rows: pl.DataFrame) -> np.ndarray:
    """A print has no side of its own: its sign says who met whom."""
    if "side" in rows.columns and rows["side"].null_count() < rows.height:
        return np.asarray((rows["side"] == "buy").fill_null(value=False).to_numpy())
    return np.asarray((rows["sign"] > 0).fill_null(value=False).to_numpy())


def _usable(found: Lookup) -> np.ndarray:
    return np.asarray(np.isin(found.status, [OK, LOCKED]))


def _spread_bps(found: Lookup) -> np.ndarray:
    twice = (found.bid + found.ask).astype(np.float64)
    spread = (found.ask - found.bid).astype(np.float64)
    return np.asarray(np.divide(spread * 2e4, twice, out=np.full(twice.shape, np.nan), where=_usable(found)))


def _size_ratio(found: Lookup, quantity: np.ndarray, is_buy: np.ndarray) -> np.ndarray:
    shown = np.where(is_buy, found.ask_size, found.bid_size).astype(np.float64)
    usable = _usable(found) & (shown > 0)
    return np.asarray(np.divide(quantity.astype(np.float64), shown, out=np.full(shown.shape, np.nan), where=usable))


def _moved_bps(book: QuoteBook, low: Int64s, high: Int64s, at: Int64s, window_s: int) -> np.ndarray:
    """Root of the sum of squared relative steps of the midpoint over the window before each instant."""
    step_ns = window_s * NS_PER_S // STEPS
    middles = []
    for back in range(STEPS + 1):
        then = np.where(at < 0, -1, at - back * step_ns)
        found = look_up(book, low, high, then, inclusive=False)
        middles.append(np.where(_usable(found), (found.bid + found.ask) / 2.0, np.nan))
    steps = [np.square((one - two) / two) for one, two in pairwise(middles)]
    return np.asarray(1e4 * np.sqrt(np.sum(steps, axis=0)))


def _bucketed(name: str, values: np.ndarray, edges: Sequence[float], unit: str) -> pl.Series:
    """The bucket of each value, in words; edges belong to the bucket above them. Not-a-number is unknown."""
    words = bucket_words(edges, unit)
    codes = np.where(np.isnan(values), len(words) - 1, np.searchsorted(np.asarray(edges), values, side="right"))
    return pl.Series(name, np.array(words)[codes])


def bucket_words(edges: Sequence[float], unit: str) -> list[str]:
    """Names of the buckets, lowest first, and `unknown` last."""
    shown = [f"{edge:g} {unit}" for edge in edges]
    between = [f"{low:g} to {high}" for low, high in zip(edges[:-1], shown[1:], strict=True)]
    return [f"below {shown[0]}", *between, f"from {shown[-1]}", UNKNOWN] if shown else ["any", UNKNOWN]


def level_place(word: str) -> tuple[int, float, str]:
    """Where a level stands among those of its dimension: below, from lowest to highest, then what is unknown."""
    if word == UNKNOWN:
        return 2, 0.0, word
    number = re.search(r"[0-9]+(?:[.:][0-9]+)?", word)
    first = float(number.group().replace(":", ".")) if number else 0.0
    return int(not word.startswith(("below", "before"))), first, word


def _clock(at: pl.Series, edges: Sequence[str]) -> pl.Series:
    local = at.replace(-1, None).cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(EQUITY_ZONE).dt.strftime("%H:%M")
    words = [f"before {edges[0]}", *(f"from {edge}" for edge in edges)] if edges else ["any"]
    codes = np.searchsorted(np.array(edges), local.fill_null("").to_numpy().astype(str), side="right")
    return pl.Series("time", np.array(words)[codes])


def _of_symbol(symbols: pl.Series, groups: pl.DataFrame) -> pl.Series:
    joined = symbols.alias("symbol").to_frame().join(groups, on="symbol", how="left", maintain_order="left")
    return joined["liquidity"].fill_null(UNKNOWN)


def liquidity_groups(shares: pl.DataFrame, groups: int) -> pl.DataFrame:
    """`symbol, liquidity`: securities by traded shares in groups that trade about alike, most liquid first.

    Args:
        shares: `symbol, quantity`, any number of rows each.
        groups: how many.
    """
    total = shares.group_by("symbol").agg(pl.col("quantity").cast(pl.Int128).sum())
    ranked = total.sort(["quantity", "symbol"], descending=[True, False])
    before = ranked["quantity"].cast(pl.Float64).cum_sum() - ranked["quantity"].cast(pl.Float64)
    whole = float(ranked["quantity"].cast(pl.Float64).sum()) or 1.0
    place = np.minimum((before.to_numpy() / whole * groups).astype(np.int64), groups - 1)
    words = np.array([f"group {one + 1} of {groups}" for one in range(groups)])
    return ranked.select("symbol", pl.Series("liquidity", words[place]))
