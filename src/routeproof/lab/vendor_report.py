"""What the vendor claims in its own monthly report: one row per order, and one per fill, computed its own way.

Improvement is measured against the quote when the vendor says it executed, latency from the moment its child left:
an order held back before that looks fast. Executions it does not report are not there, nor is an order of which it
reports none. Fills stand as after their busts and corrections; the row of an order as it was when it traded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab.gtc import VENUE as CARRIED_VENUE
from routeproof.tables.division import divided
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.lab.provider_day import ProviderDay
    from routeproof.lab.states import States

_UNQUOTED = ("on_open", "on_close", "outside_hours")


def vendor_rows(day: ProviderDay, states: States) -> pl.DataFrame:
    """The vendor's rows of one day, by order."""
    market, quotes = day.market, day.market.quotes
    shown = states.executions.filter("reported").join(
        states.routes.select("route", pl.col("sent_at").alias("child_at")),
        on="route",
        how="left",
        maintain_order="left",
    )
    row = market.before(shown["symbol"].to_numpy(), shown["stamped_at"].to_numpy())
    far = pl.when(pl.col("sign") > 0).then(pl.Series(quotes.ask[row])).otherwise(pl.Series(quotes.bid[row]))
    shares = divided(pl.col("quantity"), SCALE)
    per_order = (
        shown.with_columns(better=pl.col("sign") * (far - pl.col("price")) / SCALE * shares, shares=shares)
        .group_by("order", maintain_order=True)
        .agg(
            pl.col("quantity").sum().alias("filled"),
            ((pl.col("price") / SCALE * pl.col("shares")).sum() / pl.col("shares").sum()).round(6).alias("avg_price"),
            pl.col("better").sum().round(4).alias("improvement_usd"),
            ((pl.col("stamped_at") - pl.col("child_at")).mean() / NS_PER_MS).round(3).alias("latency_ms"),
            pl.col("mic").unique(maintain_order=True).str.join("+").alias("venues"),
        )
    )
    unseen = (pl.col("filled") > 0) & ~pl.col("order").is_in(shown["order"].unique().implode())
    orders = states.orders.filter(pl.col("ended") != "refused", ~unseen)
    received = market.before(orders["symbol"].to_numpy(), orders["received_at"].to_numpy())
    return (
        orders.with_columns(bid=pl.Series(quotes.bid[received]) / SCALE, ask=pl.Series(quotes.ask[received]) / SCALE)
        .join(per_order, on="order", how="left", maintain_order="left", suffix="_shown")
        .select(
            pl.lit(market.session.day.isoformat()).alias("trade_date"),
            pl.col("cl_ord_id").alias("client_order_id"),
            pl.col("ticker").alias("symbol"),
            pl.when(pl.col("sign") > 0).then(pl.lit("B")).otherwise(pl.lit("S")).alias("side"),
            pl.col("received_at").cast(pl.Datetime("ns")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").alias("received_utc"),
            divided(pl.col("quantity"), SCALE).alias("order_qty"),
            divided(pl.col("filled_shown").fill_null(0), SCALE).alias("filled_qty"),
            "avg_price",
            pl.col("bid", "ask").round(6),
            pl.when(~pl.col("kind").is_in(_UNQUOTED)).then("improvement_usd"),
            "latency_ms",
            "venues",
        )
    )


def fill_rows(day: ProviderDay, states: States) -> pl.DataFrame:
    """The vendor's rows of one day, by fill; fills of earlier days' orders last."""
    tickers = pl.Series([one.symbol for one in day.market.symbols])
    own = standing_fills(states).select(
        pl.col("exec_id"),
        pl.col("ref").alias("client_order_id"),
        pl.lit(tickers).gather(pl.col("symbol")).alias("symbol"),
        pl.when(pl.col("sign") > 0).then(pl.lit("B")).otherwise(pl.lit("S")).alias("side"),
        pl.col("stamped_at").alias("at"),
        pl.col("quantity").alias("qty"),
        pl.col("standing_price").alias("px"),
        pl.col("mic").alias("venue"),
    )
    carried = day.carried.select(
        (pl.col("cl_ord_id") + "X").alias("exec_id"),
        pl.col("cl_ord_id").alias("client_order_id"),
        pl.col("ticker").alias("symbol"),
        pl.when(pl.col("side_code") == "1").then(pl.lit("B")).otherwise(pl.lit("S")).alias("side"),
        pl.col("executed_at").alias("at"),
        pl.col("quantity").alias("qty"),
        pl.col("price").alias("px"),
        pl.lit(CARRIED_VENUE).alias("venue"),
    )
    return pl.concat([own, carried]).select(
        pl.lit(day.market.session.day.isoformat()).alias("trade_date"),
        "exec_id",
        "client_order_id",
        "symbol",
        "side",
        pl.col("at").cast(pl.Datetime("ns")).dt.strftime("%Y-%m-%dT%H:%M:%S%.9fZ").alias("executed_utc"),
        divided(pl.col("qty"), SCALE),
        divided(pl.col("px"), SCALE),
        "venue",
    )


def standing_fills(states: States) -> pl.DataFrame:
    """Executions that the vendor reports, without busted ones, with `standing_price` after corrections."""
    corrected = pl.when(pl.col("later") == "corrected").then("corrected_price").otherwise("price")
    return states.executions.filter(pl.col("reported") & (pl.col("later") != "busted")).with_columns(
        standing_price=corrected.cast(pl.Int64)
    )
