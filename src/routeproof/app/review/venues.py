"""Where a provider's executions went, at what quality, and who paid for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.intake.tape_shares import tape_shares
from routeproof.app.review.intervals import with_intervals
from routeproof.tables.division import divided
from routeproof.vocab.fixed import SCALE

QUALITY = (
    "coverage",
    "price_improvement_usd_per_share",
    "e_over_q",
    "time_to_execution_ms_avg",
    "reversion_usd_per_share_60s",
)
"""Figures of a venue that are taken over market and limit orders only; shares and counts are over everything."""

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.review.quarter import Quarter
    from routeproof.stores.lake import Lake


def venue_table(lake: Lake, manifest: str, quarter: Quarter, provider: str, intervals: pl.DataFrame) -> pl.DataFrame:
    """The pack's `venues` frame, largest share first; see `PackInputs`."""
    own = quarter.tables["venue"].filter((pl.col("provider") == provider) & (pl.col("executions") > 0))
    if own.is_empty():
        return pl.DataFrame()
    named = pl.when(pl.col("venue").is_null()).then(pl.lit("(not reported)")).otherwise("venue")
    told = lake.read("venues", manifest=manifest).filter(pl.col("valid_from") <= quarter.days[-1])
    names = told.sort("valid_from").unique("mic", keep="last", maintain_order=True)
    paid = net_payments(lake, manifest, quarter, provider)
    tape = shares_of_tape(lake, manifest, quarter.days)
    quality = quarter.tables["venue_meeting"].filter(pl.col("provider") == provider).select("venue", *QUALITY)
    return (
        with_intervals(own.drop(QUALITY), intervals, provider, "venue")
        .join(quality, on="venue", how="left", nulls_equal=True)
        .join(names.select(pl.col("mic").alias("venue"), "name"), on="venue", how="left")
        .join(paid, on="venue", how="left")
        .join(tape, on="venue", how="left")
        .select(
            named.alias("venue"),
            "name",
            (pl.col("executed_shares") / pl.col("executed_shares").sum()).alias("share"),
            "executed_shares",
            "executions",
            "coverage",
            "price_improvement_usd_per_share",
            "lower",
            "upper",
            "e_over_q",
            pl.col("time_to_execution_ms_avg").alias("fill_time_ms"),
            "reversion_usd_per_share_60s",
            "net_payment_usd",
            (pl.col("net_payment_usd") > 0).alias("payer"),
            "tape_share",
            pl.lit(not tape.is_empty()).alias("has_tape"),
        )
        .sort("share", "venue", descending=[True, False])
    )


def net_payments(lake: Lake, manifest: str, quarter: Quarter, provider: str) -> pl.DataFrame:
    """`venue, net_payment_usd`: payments and rebates received less fees paid; null where nothing is known.

    Fees and rebates are the executions' own where they carry any, else the shares times the venue's schedule in force
    on the day.
    """
    by_day = quarter.tables["venue_charges"].filter(pl.col("provider") == provider)
    schedule = lake.read("fee_schedules", manifest=manifest).select(
        "venue",
        "liquidity",
        pl.col("valid_from").alias("trading_day"),
        divided(pl.col("rebate_usd_per_share") - pl.col("fee_usd_per_share"), SCALE).alias("rate"),
    )
    own = pl.sum_horizontal(pl.col("rebates_usd").fill_null(0), -pl.col("fees_usd").fill_null(0))
    has_own = pl.col("fees_usd").is_not_null() | pl.col("rebates_usd").is_not_null()
    charged = (
        by_day.sort("trading_day", "venue", "liquidity")
        .join_asof(
            schedule.sort("trading_day", "venue", "liquidity"),
            on="trading_day",
            by=["venue", "liquidity"],
            check_sortedness=False,
        )
        .with_columns(pl.when(has_own).then(own).otherwise(pl.col("rate") * pl.col("executed_shares")).alias("charged"))
        .with_columns(pl.sum_horizontal("charged", "payments_usd", ignore_nulls=True).alias("net"))
        .filter(pl.col("charged").is_not_null() | pl.col("payments_usd").is_not_null())
        .group_by("venue", maintain_order=True)
        .agg(pl.col("net").sum())
    )
    months = sorted({day.replace(day=1) for day in quarter.days})
    payments = (
        lake.read("payments", manifest=manifest)
        .filter(pl.col("month").is_in(months) & pl.col("provider_id").is_in(["", provider]))
        .group_by("venue")
        .agg(pl.col("payment_usd").sum().alias("paid"))
        .with_columns(divided(pl.col("paid"), SCALE).alias("paid"))
    )
    return charged.join(payments, on="venue", how="full", coalesce=True).select(
        "venue", pl.sum_horizontal("net", "paid", ignore_nulls=True).alias("net_payment_usd")
    )


def shares_of_tape(lake: Lake, manifest: str, days: Sequence[date]) -> pl.DataFrame:
    """`venue, tape_share` of eligible shares printed in regular hours over the days."""
    printed = tape_shares(lake, manifest, days)
    if printed.is_empty():
        return pl.DataFrame(schema={"venue": pl.String, "tape_share": pl.Float64})
    by_venue = printed.group_by("venue").agg(pl.col("quantity").cast(pl.Int128).sum())
    total = float(by_venue["quantity"].sum())
    return by_venue.select("venue", (pl.col("quantity").cast(pl.Float64) / total).alias("tape_share"))


def undisclosed(lake: Lake, manifest: str, quarter: Quarter, provider: str) -> list[tuple[str, float]]:
    """Venues, and their share, that executed on days on which they were not in the disclosed list, largest first.

    Empty without such a list.
    """
    told = lake.read("venues", manifest=manifest).group_by("mic").agg(pl.col("valid_from").min())
    own = quarter.tables["venue_charges"].filter((pl.col("provider") == provider) & (pl.col("executed_shares") > 0))
    if told.is_empty() or own.is_empty():
        return []
    total = float(own["executed_shares"].sum())
    unknown = (
        own.filter(pl.col("venue").is_not_null())
        .join(told.rename({"mic": "venue"}), on="venue", how="left")
        .filter(pl.col("valid_from").is_null() | (pl.col("trading_day") < pl.col("valid_from")))
        .group_by("venue")
        .agg((pl.col("executed_shares").sum() / total).alias("share"))
        .sort("share", "venue", descending=[True, False])
    )
    return list(unknown.iter_rows())
