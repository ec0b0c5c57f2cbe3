"""Figures that the vendor states about itself for a quarter, from the fills that it reports.

It measures market orders, as it says: spreads against the midpoint of the quote in force at receipt, improvement
against the far touch at receipt and at execution. Sums are made by day, so that any worker may make them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab.vendor_report import standing_fills

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.lab.market import MarketDay
    from routeproof.lab.provider_day import ProviderDay
    from routeproof.lab.states import States

MARKET = "order_class=market"
_WIDE = pl.Int128()


def figure_sums(day: ProviderDay, states: States) -> pl.DataFrame:
    """One row of sums over market orders: fills with a quote at receipt, and with one at their stated time.

    `spread` (q x effective), `quoted`, `better`, `market` (shares), `fills` at receipt; `better_then`, `market_then`,
    `fills_then` at the stated time; `shares` of all orders. Prices and shares are fixed point: sums are exact.
    """
    fills = standing_fills(states)
    kind, received = (pl.Series(day.orders[name]).gather(fills["order"]) for name in ("kind", "received_at"))
    own = fills.with_columns(received_at=received).filter(kind == "market")
    at_receipt, then = _quoted(own, day.market, "received_at"), _quoted(own, day.market, "stamped_at")
    sign, shares, price = pl.col("sign").cast(_WIDE), pl.col("quantity").cast(_WIDE), pl.col("standing_price")
    far = pl.when(pl.col("sign") > 0).then("ask").otherwise("bid")
    sums = at_receipt.select(
        (shares * sign * (2 * price - pl.col("bid") - pl.col("ask"))).sum().alias("spread"),
        (shares * (pl.col("ask") - pl.col("bid"))).sum().alias("quoted"),
        (shares * sign * (far - price)).sum().alias("better"),
        shares.sum().alias("market"),
        pl.len().cast(_WIDE).alias("fills"),
    )
    sums_then = then.select(
        (shares * sign * (far - price)).sum().alias("better_then"),
        shares.sum().alias("market_then"),
        pl.len().cast(_WIDE).alias("fills_then"),
    )
    every = pl.concat([fills.select("quantity"), day.carried.select("quantity")]).sum().rename({"quantity": "shares"})
    return pl.concat([sums, sums_then, every], how="horizontal").cast(_WIDE)


def _quoted(fills: pl.DataFrame, market: MarketDay, instant: str) -> pl.DataFrame:
    """Fills with `bid, ask` in force strictly before an instant of theirs, where there is a sound quote by then."""
    row, quotes = market.before(fills["symbol"].to_numpy(), fills[instant].to_numpy()), market.quotes
    beside = {"bid": quotes.bid[row], "ask": quotes.ask[row], "quoted_at": quotes.at[row]}
    sound = (pl.col("quoted_at") < pl.col(instant)) & (pl.col("bid") > 0) & (pl.col("bid") < pl.col("ask"))
    return fills.with_columns(pl.Series(name, values) for name, values in beside.items()).filter(sound)


def statistics_rows(days: Sequence[str], sums: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The vendor's statements, a few per quarter: `period, metric, stated, unit, definition, population, n`."""
    quarters = pl.Series([f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}" for day in days])
    dated = pl.concat(sums).with_columns(period=quarters)
    total = dated.group_by("period", maintain_order=True).agg(pl.exclude("period").sum())
    rows = [row for found in total.iter_rows(named=True) for row in _statements(found)]
    texts = ("period", "metric", "unit", "definition", "population")
    columns = ("period", "metric", "stated", "unit", "definition", "population", "n")
    numbers: dict[str, pl.DataType] = {"stated": pl.Float64(), "n": pl.Int64()}
    schema = {name: pl.String() if name in texts else numbers[name] for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _statements(found: dict[str, int]) -> list[tuple[object, ...]]:
    period, n, n_then = found["period"], found["fills"], found["fills_then"]
    rows: list[tuple[object, ...]] = [(period, "executed_shares", found["shares"] / 1e9, "", "", "", None)]
    if not found["quoted"] or not found["market_then"]:
        return rows
    ratio = found["spread"] / found["quoted"]
    better, better_then = found["better"] / found["market"] / 1e9, found["better_then"] / found["market_then"] / 1e9
    at_receipt, then = "benchmark=receipt", "benchmark=execution"
    return [
        (period, "spread_capture", round(100 * (1 - ratio), 4), "percent", at_receipt, MARKET, n),
        (period, "e_over_q", round(ratio, 6), "", at_receipt, MARKET, n),
        (period, PAID, round(better, 6), "", at_receipt, MARKET, n),
        (period, PAID, round(better_then, 6), "", then, MARKET, n_then),
        *rows,
    ]


PAID = "price_improvement_usd_per_share"
