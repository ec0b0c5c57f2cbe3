"""Data quality: what quotes, executions, orders and links are worth, counted; nothing is repaired here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from routeproof.vocab.times import EQUITY_ZONE, NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

STALE_NS = 60 * NS_PER_S
"""A quote that stands unchanged for longer during regular hours is flagged; it stays in."""

GAP_NS = 15 * 60 * NS_PER_S
"""A symbol without any quote for longer during regular hours has a gap."""

OPEN_NS = 34_200 * NS_PER_S
CLOSE_NS = 57_600 * NS_PER_S
SATURDAY = 5
LEAST_FOR_PATTERN = 20
"""Fewer instants than this show no pattern."""

ROUNDED_SHARE = 0.5
REGULAR_SHARE = 0.5


def since_midnight(instant: pl.Expr) -> pl.Expr:
    """New York wall-clock nanoseconds since midnight of UTC ns instants."""
    local = pl.from_epoch(instant, time_unit="ns").dt.replace_time_zone("UTC").dt.convert_time_zone(EQUITY_ZONE)
    return local.dt.time().cast(pl.Int64)


def in_session(instant: pl.Expr) -> pl.Expr:
    """09:30:00 <= t < 16:00:00 New York."""
    clock = since_midnight(instant)
    return (clock >= OPEN_NS) & (clock < CLOSE_NS)


def quote_health(quotes: pl.DataFrame) -> pl.DataFrame:
    """Counts per `trading_day`: quotes, crossed, locked, one_sided, empty, stale, out_of_order, gaps.

    `stale` and `gaps` look at how long a quote stood until the next one of its symbol, within regular hours;
    `out_of_order` counts rows that stand in their file after a later instant of the same symbol.
    """
    bid, ask = pl.col("bid"), pl.col("ask")
    two_sided = bid.is_not_null() & ask.is_not_null()
    stood = (pl.col("at").shift(-1) - pl.col("at")).over("symbol")
    stood = pl.when(in_session(pl.col("at"))).then(stood)
    late = (pl.col("at") < pl.col("at").shift(1)).over(["source_id", "symbol"], order_by="source_row")
    return (
        quotes.with_columns(stood.alias("stood"), late.fill_null(False).alias("late"))
        .group_by("trading_day")
        .agg(
            pl.len().alias("quotes"),
            (two_sided & (bid > ask)).sum().alias("crossed"),
            (two_sided & (bid == ask)).sum().alias("locked"),
            (bid.is_null() ^ ask.is_null()).sum().alias("one_sided"),
            (bid.is_null() & ask.is_null()).sum().alias("empty"),
            (pl.col("stood") > STALE_NS).sum().alias("stale"),
            (pl.col("stood") > GAP_NS).sum().alias("gaps"),
            pl.col("late").sum().alias("out_of_order"),
        )
        .sort("trading_day")
    )


def clock_health(executions: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Per `trading_day`: executions, executed_before_received, reported_before_executed, rounded and regular flags.

    `whole_seconds`, `whole_milliseconds`: instants that fall on them. `equal_intervals`: how often the commonest
    distance between one execution and the next occurs. Flags need at least 20 executions.
    """
    received = orders.select("order_id", "received_at").unique("order_id")
    frame = executions.join(received, on="order_id", how="left").sort("trading_day", "executed_at")
    executed = pl.col("executed_at")
    step = (executed - executed.shift(1)).over("trading_day")
    counts = (
        frame.with_columns(step.alias("step"))
        .group_by("trading_day")
        .agg(
            pl.len().alias("executions"),
            (executed < pl.col("received_at")).sum().alias("executed_before_received"),
            (pl.col("reported_at") < executed).sum().alias("reported_before_executed"),
            (executed % NS_PER_S == 0).sum().alias("whole_seconds"),
            (executed % NS_PER_MS == 0).sum().alias("whole_milliseconds"),
            pl.col("step")
            .filter(pl.col("step") > 0)
            .value_counts(sort=True, name="n")
            .struct.field("n")
            .first()
            .fill_null(0)
            .alias("equal_intervals"),
        )
        .sort("trading_day")
    )
    enough = pl.col("executions") >= LEAST_FOR_PATTERN
    return counts.with_columns(
        (enough & (pl.col("whole_seconds") > ROUNDED_SHARE * pl.col("executions"))).alias("rounded"),
        (enough & (pl.col("equal_intervals") > REGULAR_SHARE * pl.col("executions"))).alias("too_regular"),
    )


def link_coverage(links: pl.DataFrame, executions: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Rows `trading_day, method, records`: how executions and routes found their parent.

    Executions that no link speaks of are `declared` where they name an order that exists, else `unlinked`.
    """
    spoken = links.filter(pl.col("child_kind") == "execution").select(pl.col("child_id").alias("execution_id"))
    silent = executions.join(spoken, on="execution_id", how="anti")
    named = silent.join(orders.select("order_id").unique(), on="order_id", how="semi")
    own = silent.select(
        "trading_day",
        pl.when(pl.col("execution_id").is_in(named.get_column("execution_id").implode()))
        .then(pl.lit("declared"))
        .otherwise(pl.lit("unlinked"))
        .alias("method"),
    )
    return (
        pl.concat([links.select("trading_day", "method"), own])
        .group_by("trading_day", "method")
        .agg(pl.len().alias("records"))
        .sort("trading_day", "method")
    )


def excluded_rows(table: str, frame: pl.DataFrame, quoted: pl.DataFrame) -> pl.DataFrame:
    """Rows `trading_day, source_id, reason, rows`: accepted rows that no statistic will use, with the first reason.

    Args:
        table: canonical table of the frame.
        frame: its rows.
        quoted: `trading_day, symbol` that have quotes.
    """
    reason = _exclusion(table)
    if reason is None or frame.is_empty():
        return pl.DataFrame(
            schema={"trading_day": pl.Date, "source_id": pl.String, "reason": pl.String, "rows": pl.UInt32}
        )
    marked = frame.join(quoted.with_columns(pl.lit(True).alias("is_quoted")), on=["trading_day", "symbol"], how="left")
    return (
        marked.with_columns(reason.alias("reason"))
        .filter(pl.col("reason").is_not_null())
        .group_by("trading_day", "source_id", "reason")
        .agg(pl.len().alias("rows"))
    )


def _exclusion(table: str) -> pl.Expr | None:
    unquoted = pl.when(pl.col("is_quoted").is_null()).then(pl.lit("no_quotes_for_symbol_and_day"))
    match table:
        case "executions":
            return pl.coalesce(pl.when(pl.col("status") == "busted").then(pl.lit("busted")), unquoted)
        case "trades":
            return pl.coalesce(pl.when(~pl.col("eligible")).then(pl.lit("not_a_regular_print")), unquoted)
        case "parent_orders":
            return pl.when(pl.col("refused")).then(pl.lit("refused_at_entry"))
    return None


def weekdays_without(days: Sequence[date]) -> list[str]:
    """Monday-to-Friday days between the first and the last that hold nothing; holidays are among them."""
    if not days:
        return []
    held, first = set(days), min(days)
    every = [first + timedelta(days=step) for step in range((max(days) - first).days + 1)]
    return [day.isoformat() for day in every if day.weekday() < SATURDAY and day not in held]
