"""How many shares the tape printed while an order was in force, at prices that could have filled it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.tables.kernels import kernel
from routeproof.tables.lookup.asof import count_before, read_only
from routeproof.tables.lookup.quote_book import symbol_ranges
from routeproof.vocab.absent import NULL

if TYPE_CHECKING:
    from collections.abc import Collection

Int64s = npt.NDArray[np.int64]
BLOCK = 256
"""Prints that are summed once: a block that lies inside an order's life and price is added whole."""


def printed_within(orders: pl.DataFrame, prints: pl.DataFrame, off_exchange: Collection[str]) -> pl.DataFrame:
    """Shares printed within each order's life.

    Args:
        orders: `symbol, side, limit_price` (null = any price), `from_at, to_at` (null = never in force).
        prints: eligible canonical `trades` of one day in regular hours.
        off_exchange: venues that are no exchange; a print of no venue counts as off exchange.

    Returns:
        `printed, printed_on_exchange` in 1e-9 shares, one row per order: prints from `from_at` to `to_at`, both
        included, at the limit or better. Null where the order was never in force or the symbol has no print that day.
    """
    ordered = prints.sort("symbol", "at", maintain_order=True)
    runs = ordered.select(pl.col("symbol").rle()).unnest("symbol")
    ranges = symbol_ranges(runs["value"].to_list(), runs["len"].to_list())
    here = pl.col("venue").is_not_null() & ~pl.col("venue").is_in(sorted(off_exchange))
    on_exchange = ordered.select(pl.when(here).then("quantity").otherwise(0))["quantity"]
    tape = [ordered["at"].to_numpy(), ordered["price"].to_numpy(), ordered["quantity"].to_numpy()]
    arrays = read_only(*tape, on_exchange.to_numpy())
    of = {symbol: place for place, symbol in enumerate(ranges)}
    places = orders["symbol"].replace_strict(of, default=-1, return_dtype=pl.Int64).to_numpy()
    bounds = np.array(list(ranges.values()), dtype=np.int64).reshape(-1, 2)
    terms = orders.select(
        pl.col("from_at", "to_at", "limit_price").fill_null(NULL),
        pl.when(pl.col("side") == "buy").then(1).otherwise(-1).cast(pl.Int64).alias("sign"),
    )
    out = np.full((2, orders.height), NULL, dtype=np.int64)
    _add_up(places, bounds, *read_only(*(column.to_numpy() for column in terms.iter_columns())), *arrays, out)
    return pl.DataFrame({"printed": out[0], "printed_on_exchange": out[1]}).with_columns(pl.all().replace(NULL, None))


@kernel
def _add_up(
    places: Int64s,
    bounds: Int64s,
    from_at: Int64s,
    to_at: Int64s,
    limits: Int64s,
    signs: Int64s,
    at: Int64s,
    prices: Int64s,
    quantities: Int64s,
    exchange: Int64s,
    out: Int64s,
) -> None:
    """For each order the two sums; blocks of prints are skipped or added whole where their prices allow it."""
    blocks = at.size // BLOCK
    extremes = np.zeros((4, blocks), dtype=np.int64)
    for block in range(blocks):
        low, high = prices[block * BLOCK], prices[block * BLOCK]
        for row in range(block * BLOCK, block * BLOCK + BLOCK):
            low, high = min(low, prices[row]), max(high, prices[row])
            extremes[2, block] += quantities[row]
            extremes[3, block] += exchange[row]
        extremes[0, block], extremes[1, block] = low, high
    for order in range(places.size):
        if places[order] < 0 or from_at[order] == NULL or to_at[order] == NULL:
            continue
        low, high = bounds[places[order], 0], bounds[places[order], 1]
        row = count_before(at, low, high, from_at[order], False)
        after = count_before(at, low, high, to_at[order], True)
        limit, sign = limits[order], signs[order]
        total, listed = 0, 0
        while row < after:
            block = row // BLOCK
            if row % BLOCK == 0 and row + BLOCK <= after:
                best = extremes[0, block] if sign > 0 else extremes[1, block]
                worst = extremes[1, block] if sign > 0 else extremes[0, block]
                if limit == NULL or sign * (limit - worst) >= 0:
                    total += extremes[2, block]
                    listed += extremes[3, block]
                    row += BLOCK
                    continue
                if sign * (limit - best) < 0:
                    row += BLOCK
                    continue
            if limit == NULL or sign * (limit - prices[row]) >= 0:
                total += quantities[row]
                listed += exchange[row]
            row += 1
        out[0, order], out[1, order] = total, listed
