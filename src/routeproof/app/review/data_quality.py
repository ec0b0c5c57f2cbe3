"""Completeness of a review period: what came in, what was measured, how it was linked, how sound the quotes were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.reports.pack.inputs import QualityTotals
from routeproof.tables.intake.quality import link_coverage
from routeproof.tables.through_provider import through

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.review.quarter import Quarter
    from routeproof.stores.lake import Lake


def totals_of(
    days: Sequence[Mapping[str, Any]], quarter: Quarter, provider: str, sessions: Sequence[date]
) -> QualityTotals:
    """Counts of the period: input rows from the deliveries, executions from the measurement, its `sessions`."""
    rejected: dict[str, int] = {}
    for row in days:
        for reason, count in row["rejected"].items():
            rejected[reason] = rejected.get(reason, 0) + count
    own = quarter.tables["provider"].filter(pl.col("provider") == provider)
    measured = int(own["executions"].sum())
    excluded = quarter.excluded.filter(pl.col("provider") == provider) if quarter.excluded.width else pl.DataFrame()
    by_reason = dict(excluded.select("reason", "executions").iter_rows()) if excluded.width else {}
    return QualityTotals(
        received=sum(row["received"] for row in days),
        accepted=sum(row["accepted"] for row in days),
        rejected=dict(sorted(rejected.items())),
        measured=measured,
        analysed=measured - sum(by_reason.values()),
        excluded=dict(sorted(by_reason.items())),
        sessions=len(sessions),
        missing=_without_executions(quarter, provider, sessions),
    )


def _without_executions(quarter: Quarter, provider: str, sessions: Sequence[date]) -> tuple[date, ...]:
    own = quarter.tables["venue_charges"].filter((pl.col("provider") == provider) & (pl.col("executions") > 0))
    seen = set(own["trading_day"].unique())
    return tuple(day for day in sessions if day not in seen)


def days_of(days: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """`day, source, received, accepted, rejected` of the period."""
    rows = [
        (row["day"], f"{row['source']} {row['table']}", row["received"], row["accepted"], sum(row["rejected"].values()))
        for row in days
    ]
    schema = {"day": pl.String, "source": pl.String, "received": pl.Int64, "accepted": pl.Int64, "rejected": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def link_methods(lake: Lake, manifest: str, days: Sequence[date]) -> pl.DataFrame:
    """`method, count, share` of links of all providers, most frequent first; see `link_coverage`."""
    found = [_links_of_day(lake, manifest, day) for day in days]
    if not found:
        return pl.DataFrame()
    counts = pl.concat(found).group_by("method").agg(pl.col("records").sum().cast(pl.Int64).alias("count"))
    return counts.with_columns((pl.col("count") / pl.col("count").sum()).alias("share")).sort(
        "count", "method", descending=[True, False]
    )


def _links_of_day(lake: Lake, manifest: str, day: date) -> pl.DataFrame:
    links = lake.read("links", [day], ["trading_day", "child_kind", "child_id", "method"], manifest=manifest)
    fills = lake.read("executions", [day], ["trading_day", "execution_id", "order_id"], manifest=manifest)
    orders = lake.read("parent_orders", [day], ["order_id"], manifest=manifest)
    elsewhere = fills.join(orders, on="order_id", how="anti").select("order_id").drop_nulls()
    if elsewhere.height:  # orders that outlive their day
        every = lake.scan("parent_orders", columns=["order_id"], manifest=manifest)
        orders = pl.concat([orders, every.join(elsewhere.lazy(), on="order_id", how="semi").collect()])
    return link_coverage(links, fills, orders)


def quote_soundness(lake: Lake, manifest: str, days: Sequence[date], stale_after_ns: int) -> pl.DataFrame:
    """`symbol, crossed, locked, one_sided, stale`: shares of reference quote rows; stale = in force for too long."""
    columns = ["symbol", "at", "bid", "ask", "kind", "trading_day"]
    parts = [_soundness_of_day(lake.scan("quotes", [day], columns, manifest=manifest), stale_after_ns) for day in days]
    if not parts:
        return pl.DataFrame()
    total = pl.concat(pl.collect_all(parts)).group_by("symbol").agg(pl.exclude("symbol").sum()).sort("symbol")
    names = ("crossed", "locked", "one_sided", "stale")
    return total.select("symbol", *((pl.col(name) / pl.col("rows")).alias(name) for name in names))


def _soundness_of_day(quotes: pl.LazyFrame, stale_after_ns: int) -> pl.LazyFrame:
    bid, ask = pl.col("bid"), pl.col("ask")
    lasted = pl.col("at").shift(-1).over("symbol") - pl.col("at")
    return (
        quotes.filter(pl.col("kind").is_in(["nbbo", "composite"]))
        .with_columns((lasted > stale_after_ns).fill_null(value=False).alias("lasting"))
        .group_by("symbol")
        .agg(
            pl.len().cast(pl.Int64).alias("rows"),
            (bid > ask).sum().cast(pl.Int64).alias("crossed"),
            (bid == ask).sum().cast(pl.Int64).alias("locked"),
            (bid.is_null() != ask.is_null()).sum().cast(pl.Int64).alias("one_sided"),
            pl.col("lasting").sum().cast(pl.Int64).alias("stale"),
        )
    )


def vendor_request(lake: Lake, manifest: str, days: Sequence[date], provider: str) -> str:
    """The data to ask the provider for, or nothing: without routes to venues inner hops of its orders are unseen."""
    if any(_has_venue_routes(lake, manifest, day, provider) for day in days):
        return ""
    return (
        "No child routes were delivered: ask the provider for its router-to-venue messages (or a drop copy) with the "
        "parent's ClOrdID, sending and acknowledgement times, and the venue's MIC, so that provider and venue delay, "
        "fill rate by venue and fade can be measured."
    )


def _has_venue_routes(lake: Lake, manifest: str, day: date, provider: str) -> bool:
    routes = lake.scan("routes", [day], ["order_id", "provider_id", "hop"], manifest=manifest)
    deep = routes.filter(pl.col("hop") > 1).collect()
    if deep.is_empty():
        return False
    orders = lake.read("parent_orders", [day], ["order_id", "provider_id"], manifest=manifest)
    return bool(deep.select(through(provider, orders).any()).item())
