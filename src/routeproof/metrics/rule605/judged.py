"""Measured versions and fills of a day judged: covered or why not, and under what each covered one is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.rule605.additive import KEYS
from routeproof.metrics.rule605.categories import category, is_immediate, order_type_code
from routeproof.metrics.rule605.covered import exclusion_reason
from routeproof.metrics.rule605.improvement import size_benchmark
from routeproof.metrics.rule605.quantities import cancelled_of_version, executed_at_reporter, shares_of_version
from routeproof.metrics.rule605.sizes import lot_flag, notional_bucket, notional_price
from routeproof.tables.measured.rows import size_improvement
from routeproof.tables.measured.version_terms import KEY
from routeproof.tables.session_clock import day_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from routeproof.policy.report605 import Reporting605
    from routeproof.tables.measured.version_day import VersionDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Whose report it is.

    Attributes:
        code: reporter identification code; it is a venue of its own.
        own_venues: further venues where the reporter executes.
        exempt_symbols: securities that are left out as inactive.
    """

    code: str
    own_venues: Collection[str] = ()
    exempt_symbols: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What one day adds to a month's report.

    Attributes:
        versions: covered versions with `group` and what is summed of them.
        fills: fills of covered versions with `group` and what is summed of them.
        groups: `group` and the `KEYS` that it stands for.
        reasons: `reason` (null = covered), `versions, orders, fills` counted.
        stray_fills: fills that name no known order.
        overfilled: covered versions with more shares executed than they had.
    """

    versions: pl.DataFrame
    fills: pl.DataFrame
    groups: pl.DataFrame
    reasons: pl.DataFrame
    stray_fills: int
    overfilled: int


def judged(day: VersionDay, days: tuple[date, date], reporting: Reporting605, reporter: Reporter) -> Judged:
    """The versions of a month and their fills.

    Args:
        day: measured versions and fills.
        days: first and last day of the month; a version belongs to the day on which its clock starts, or else to that
            of its receipt.
        reporting: readings in force.
        reporter: whose report it is.
    """
    known = day.fills.filter(pl.col("place").is_not_null())
    inside = pl.col("belongs_on").is_between(*days)
    every = _with_reason(day.versions, known, reporting, reporter)
    groups = every.select(KEYS).unique(maintain_order=True).with_row_index("group")
    every = every.join(groups, on=KEYS, how="left", nulls_equal=True, maintain_order="left")
    is_kept = every.select((inside & pl.col("reason").is_null()).alias("kept"))["kept"]
    of_fill = every.select("group", "shares").with_columns(is_kept)
    fills = pl.concat([known, of_fill.select(pl.all().gather(pl.lit(known["place"])))], how="horizontal")
    versions = every.filter(inside)
    reasons = versions.group_by("reason").agg(
        pl.len().alias("versions"), (pl.col("version") == 1).sum().alias("orders"), pl.col("fills").sum()
    )
    kept = every.filter(is_kept)
    return Judged(
        versions=kept,
        fills=_with_sums(fills.filter("kept"), reporting, reporter),
        groups=groups,
        reasons=reasons,
        stray_fills=day.fills.height - known.height,
        overfilled=kept.filter(pl.col("executed") > pl.col("shares")).height,
    )


def _with_sums(fills: pl.DataFrame, reporting: Reporting605, reporter: Reporter) -> pl.DataFrame:
    outsized = pl.when(pl.col("shares") > pl.col("contra_size")).then("quantity").otherwise(0)
    fills = fills.with_columns(
        pl.when(executed_at_reporter(reporter.code, reporter.own_venues)).then("quantity").otherwise(0).alias("here"),
        pl.when(pl.col("contra_size").is_not_null()).then(outsized).alias("outsized"),
    )
    if reporting.value("size_improvement") == "beyond_displayed" and fills.height:
        fills = fills.with_columns(size_improvement(fills))
    return fills


def _with_reason(
    versions: pl.DataFrame, fills: pl.DataFrame, reporting: Reporting605, reporter: Reporter
) -> pl.DataFrame:
    early = (pl.col("time_to_execution_ns").is_null() | (pl.col("time_to_execution_ns") < 0)).any()
    had = fills.group_by("place").agg(
        pl.col("quantity").sum().alias("executed"),
        pl.col("executed_at").max().alias("last_fill_at"),
        early.alias("has_early_fill"),
        (pl.col("session") != "regular").any().alias("has_fill_outside_hours"),
        pl.len().alias("fills"),
    )
    numbered = versions.with_columns(pl.int_range(pl.len()).alias("place"))
    joined = numbered.join(had, on="place", how="left", maintain_order="left").with_columns(
        pl.col("executed", "fills").fill_null(0),
        pl.col("has_early_fill", "has_fill_outside_hours").fill_null(value=False),
    )
    if joined.height and joined["version"].max() != 1:
        shared = joined.sort(KEY, maintain_order=True).select("place", shares_of_version().alias("shares"))
        joined = joined.join(shared, on="place", how="left", maintain_order="left")
    else:
        joined = joined.with_columns(pl.col("quantity").alias("shares"))
    filled_at = pl.when(pl.col("executed") >= pl.col("shares")).then("last_fill_at")
    described = joined.with_columns(
        day_of(pl.coalesce("clock_start_at", "clock_at")).alias("belongs_on"),
        category().alias("category"),
        notional_price().alias("notional_price"),
        pl.min_horizontal("ends_at", filled_at).alias("out_of_force_at"),
        pl.when(is_immediate()).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("immediate"),
    ).with_columns(
        exclusion_reason(reporting, reporter.exempt_symbols).alias("reason"),
        order_type_code(reporting).alias("order_type"),
        notional_bucket(reporting.value("notional_buckets")).alias("order_size"),
        lot_flag(reporting, joined.columns).alias("lot_flag"),
        cancelled_of_version(reporting).alias("cancelled"),
        size_benchmark().alias("size_benchmark"),
        (pl.col("executed") > 0).cast(pl.Int64).alias("is_filled"),
    )
    return _with_printed(described, reporting)


def _with_printed(versions: pl.DataFrame, reporting: Reporting605) -> pl.DataFrame:
    """Without a tape nothing is known of what was printed. Policy `regular_prints`."""
    names = ("printed", "printed_on_exchange")
    absent = [pl.lit(None, dtype=pl.Int64).alias(name) for name in names if name not in versions.columns]
    versions = versions.with_columns(absent)
    if reporting.value("regular_prints")["capped_at_order"]:
        versions = versions.with_columns(
            pl.when(pl.col(name).is_not_null()).then(pl.min_horizontal(name, "shares")).alias(name) for name in names
        )
    return versions
