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

    from routeproof.lab.provider_day import ProviderDay
    from routeproof.lab.states import States

MARKET = "order_class=market"
_WIDE = pl.Int128()


def figure_sums(day: ProviderDay, states: States) -> pl.DataFrame:
    """One row of sums: `spread` (q x effective), `quoted`, `better`, `better_then`, `market`, `shares`, `fills`.

    Prices and shares are fixed point, so sums are exact; `better_then` is against the quote at the stated time.
    """
    market, quotes = day.market, day.market.quotes
    fills = standing_fills(states)
    kind = pl.Series(day.orders["kind"]).gather(fills["order"])
    received = pl.Series(day.orders["received_at"]).gather(fills["order"])
    own = fills.with_columns(received_at=received).filter(kind == "market")
    symbol = own["symbol"].to_numpy()
    at_receipt = market.before(symbol, own["received_at"].to_numpy())
    at_fill = market.before(symbol, own["stamped_at"].to_numpy())
    sign, shares = pl.col("sign").cast(_WIDE), pl.col("quantity").cast(_WIDE)
    far, far_then = (
        pl.when(pl.col("sign") > 0).then(pl.Series(quotes.ask[row])).otherwise(pl.Series(quotes.bid[row]))
        for row in (at_receipt, at_fill)
    )
    bid, ask = pl.Series(quotes.bid[at_receipt]), pl.Series(quotes.ask[at_receipt])
    sums = own.select(
        (shares * sign * (2 * pl.col("standing_price") - bid - ask)).sum().alias("spread"),
        (shares * (ask - bid)).sum().alias("quoted"),
        (shares * sign * (far - pl.col("standing_price"))).sum().alias("better"),
        (shares * sign * (far_then - pl.col("standing_price"))).sum().alias("better_then"),
        shares.sum().alias("market"),
        pl.len().cast(pl.Int64).alias("fills"),
    ).cast(dict.fromkeys(("spread", "quoted", "better", "better_then", "market"), _WIDE))
    every = fills["quantity"].sum() + day.carried["quantity"].sum()
    return sums.with_columns(pl.lit(every, dtype=_WIDE).alias("shares"))


def statistics_rows(days: Sequence[str], sums: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The vendor's statements, a few per quarter: `period, metric, stated, unit, definition, population, n`."""
    quarters = pl.Series([f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}" for day in days])
    dated = pl.concat(sums).with_columns(period=quarters)
    total = dated.group_by("period", maintain_order=True).agg(pl.exclude("period").sum())
    rows = [row for found in total.iter_rows(named=True) for row in _statements(found)]
    schema = dict.fromkeys(("period", "metric"), pl.String) | {"stated": pl.Float64}
    schema |= dict.fromkeys(("unit", "definition", "population"), pl.String) | {"n": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _statements(found: dict[str, int]) -> list[tuple[object, ...]]:
    period, n = found["period"], found["fills"]
    rows: list[tuple[object, ...]] = [(period, "executed_shares", found["shares"] / 1e9, "", "", "", None)]
    if not found["quoted"]:
        return rows
    ratio, a_share = found["spread"] / found["quoted"], found["market"] * 1e9
    at_receipt, then = "benchmark=receipt", "benchmark=execution"
    return [
        (period, "spread_capture", round(100 * (1 - ratio), 4), "percent", at_receipt, MARKET, n),
        (period, "e_over_q", round(ratio, 6), "", at_receipt, MARKET, n),
        (period, PAID, round(found["better"] / a_share, 6), "", at_receipt, MARKET, n),
        (period, PAID, round(found["better_then"] / a_share, 6), "", then, MARKET, n),
        *rows,
    ]


PAID = "price_improvement_usd_per_share"
