"""Facts about the choice of exchanges: who showed the best price, and what each one charges for taking it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.measuring.frame_source import REFERENCE_KINDS
from routeproof.tables.lookup.best_shown import QUOTE_COLUMNS, best_shown

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context

CHARGED = "removed"
"""Liquidity of the fee that who takes a displayed price pays."""


def shown_facts(
    context: Context, day: date, manifest: str, routes: pl.DataFrame | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The member `displays` of `Facts`, or why it is not there; quotes are read only where fees are known.

    Args:
        context: the workspace.
        day: trading day.
        manifest: the lake as it is judged.
        routes: measured routes of the day.
    """
    fees = context.lake.read("fee_schedules", manifest=manifest).filter(
        (pl.col("valid_from") <= day) & (pl.col("liquidity") == CHARGED)
    )
    if fees.is_empty() or routes is None:
        return {}, {"displays": "no fees of venues were taken in" if fees.is_empty() else "there are no routes"}
    taking = routes.filter((pl.col("is_leaf") == 1) & pl.col("venue").is_not_null())
    scanned = context.lake.scan("quotes", [day], symbols=taking["symbol"].unique().to_list(), manifest=manifest)
    named = pl.any_horizontal(pl.col("bid_venue", "ask_venue").is_not_null())
    quotes = scanned.filter(pl.col("kind").is_in(REFERENCE_KINDS) & named).select(QUOTE_COLUMNS).collect()
    if quotes.is_empty():
        return {}, {"displays": "no best quotes name their venues"}
    return {"displays": with_fees(taking, best_shown(taking, quotes), fees)}, {}


def with_fees(routes: pl.DataFrame, shown: pl.DataFrame, fees: pl.DataFrame) -> pl.DataFrame:
    """`route_id, shown_venue, own_fee, shown_fee` (1e-9 USD a share): what the route's venue and the other one charge.

    Args:
        routes: `route_id, venue`.
        shown: see `tables.best_shown`.
        fees: canonical `fee_schedules` for taking, as known on the day; the latest of each venue counts.
    """
    known = fees.sort("venue", "valid_from").unique("venue", keep="last", maintain_order=True)
    own = known.select("venue", pl.col("fee_usd_per_share").alias("own_fee"))
    other = known.select(pl.col("venue").alias("shown_venue"), pl.col("fee_usd_per_share").alias("shown_fee"))
    return (
        shown.join(routes.select("route_id", "venue"), on="route_id")
        .join(own, on="venue", how="left")
        .join(other, on="shown_venue", how="left")
        .select("route_id", "shown_venue", "own_fee", "shown_fee")
        .sort("route_id")
    )
