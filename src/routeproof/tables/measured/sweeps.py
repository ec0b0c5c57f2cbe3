"""Sweeps: routes sent to several venues at once, measured as one against what the venues displayed for its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.lookup.quote_book import look_up
from routeproof.tables.measured.fade import venue_books

if TYPE_CHECKING:
    from routeproof.tables.switches import Switches

SWEEP_NS = 5_000_000
"""Routes of an order that are sent within 5 ms of the first of them are one sweep; the next one begins another."""

_WIDE = pl.Int128()


def with_sweeps(
    outcomes: pl.DataFrame, executions: pl.DataFrame, venue_quotes: pl.DataFrame | None, switches: Switches
) -> pl.DataFrame:
    """Route outcomes with `sweep_shares` and `sweep_saving_e18` on the first route of each sweep.

    Args:
        outcomes: route outcomes of one day.
        executions: with `route_id, price, quantity`.
        venue_quotes: the day's quotes of kind `venue`.
        switches: tie rule, clock shift.

    Returns:
        `sweep_shares` executed by the sweep, and `sweep_saving_e18` = s (displayed cost - paid) in 1e-18 dollars:
        positive when the sweep paid less than walking the displayed books at its first send. Null on other routes, and
        where the venues displayed less than was executed. Without venue quotes the columns are left out.
    """
    if venue_quotes is None or venue_quotes.is_empty() or outcomes.is_empty():
        return outcomes
    sweeps = _sweeps(outcomes, executions)
    shown = _displayed_cost(sweeps, venue_quotes, switches)
    side = pl.when(pl.col("side") == "buy").then(1).otherwise(-1).cast(_WIDE)
    saved = sweeps.join(shown, on="route_id").select(
        "route_id",
        pl.col("executed").alias("sweep_shares"),
        (side * (pl.col("displayed_e18") - pl.col("paid_e18"))).alias("sweep_saving_e18"),
    )
    return outcomes.join(saved, on="route_id", how="left", maintain_order="left")


def _sweeps(outcomes: pl.DataFrame, executions: pl.DataFrame) -> pl.DataFrame:
    """One row per sweep of two or more venues that executed: first route, symbol, side, first send, shares, dollars."""
    paid = executions.group_by("route_id").agg(
        (pl.col("price").cast(_WIDE) * pl.col("quantity").cast(_WIDE)).sum().alias("paid_e18")
    )
    keys = ["order_id", "version", "hop"]
    to_venues = outcomes.filter(
        (pl.col("is_leaf") == 1) & pl.col("venue").is_not_null() & pl.col("order_id").is_not_null()
    )
    waiting = to_venues.join(paid, on="route_id", how="left").sort(*keys, "sent_at", "route_id")
    found = [_first_sweeps(waiting.head(0), keys)]
    while waiting.height:
        together = (pl.col("sent_at") - pl.col("sent_at").min().over(keys)) <= SWEEP_NS
        found.append(_first_sweeps(waiting.filter(together), keys))
        waiting = waiting.filter(~together)
    return pl.concat(found).filter((pl.col("venues") > 1) & (pl.col("executed") > 0))


def _first_sweeps(routes: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return routes.group_by(keys, maintain_order=True).agg(
        pl.col("route_id", "symbol", "side", "sent_at").first(),
        pl.col("venue").n_unique().alias("venues"),
        pl.col("executed").sum(),
        pl.col("paid_e18").fill_null(0).sum(),
    )


def _displayed_cost(sweeps: pl.DataFrame, venue_quotes: pl.DataFrame, switches: Switches) -> pl.DataFrame:
    """`route_id, displayed_e18`: dollars of the sweep's shares at the displayed prices, best first."""
    book, venues = venue_books(venue_quotes)
    offered = sweeps.join(venues, on="symbol")
    low, high = book.bounds(offered.select(pl.concat_str("symbol", pl.lit(" "), "book_venue"))["symbol"])
    instants = (offered["sent_at"] + switches.shift_ns).to_numpy()
    shown = offered.with_columns(
        look_up(book, low, high, instants, inclusive=switches.tie == "inclusive").columns("shown")
    )
    is_buy = pl.col("side") == "buy"
    price = pl.when(is_buy).then("shown_ask").otherwise("shown_bid")
    size = pl.when(is_buy).then("shown_ask_size").otherwise("shown_bid_size")
    rank = pl.when(is_buy).then(price).otherwise(-price)
    ladder = (
        shown.with_columns(price.alias("price"), size.alias("size"), rank.alias("rank"))
        .filter((pl.col("price") > 0) & (pl.col("size") > 0))
        .sort("route_id", "rank", "book_venue")
        .with_columns((pl.col("size").cum_sum() - pl.col("size")).over("route_id").alias("before"))
        .with_columns((pl.col("executed") - pl.col("before")).clip(0, pl.col("size")).alias("taken"))
    )
    return (
        ladder.group_by("route_id")
        .agg(
            pl.col("executed").first(),
            pl.col("taken").sum(),
            (pl.col("taken").cast(_WIDE) * pl.col("price").cast(_WIDE)).sum().alias("displayed_e18"),
        )
        .filter(pl.col("taken") == pl.col("executed"))
        .select("route_id", "displayed_e18")
    )
