"""Completeness of a review period: what came in, what was measured, how it was linked, how sound the quotes were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.reports.pack.inputs import QualityTotals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.review.quarter import Quarter
    from routeproof.stores.lake import Lake


def totals_of(days: Sequence[Mapping[str, Any]], quarter: Quarter, provider: str) -> QualityTotals:
    """Counts of the period: input rows from the deliveries, executions from the measurement."""
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
    )


def days_of(days: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """`day, source, received, accepted, rejected` of the period."""
    rows = [
        (row["day"], f"{row['source']} {row['table']}", row["received"], row["accepted"], sum(row["rejected"].values()))
        for row in days
    ]
    schema = {"day": pl.String, "source": pl.String, "received": pl.Int64, "accepted": pl.Int64, "rejected": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def link_methods(lake: Lake, manifest: str, days: Sequence[date]) -> pl.DataFrame:
    """`method, count, share` of links, most frequent first; executions without an order are counted as `unlinked`."""
    links = lake.scan("links", list(days), ["method"], manifest=manifest)
    fills = lake.scan("executions", list(days), ["order_id"], manifest=manifest)
    unlinked = fills.filter(pl.col("order_id").is_null()).select(pl.lit("unlinked").alias("method"))
    every = pl.concat([links, unlinked])
    counts = every.group_by("method").agg(pl.len().cast(pl.Int64).alias("count")).collect()
    return counts.with_columns((pl.col("count") / pl.col("count").sum()).alias("share")).sort(
        "count", "method", descending=[True, False]
    )


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


def vendor_request(routes: pl.LazyFrame) -> str:
    """The data to ask the provider for, or nothing: without venue routes the inner hops stay unseen."""
    deepest = routes.select((pl.col("hop") > 1).any()).collect().item()
    if deepest:
        return ""
    return (
        "No child routes were delivered: ask the provider for its router-to-venue messages (or a drop copy) with the "
        "parent's ClOrdID, sending and acknowledgement times, and the venue's MIC, so that provider and venue delay, "
        "fill rate by venue and fade can be measured."
    )
