"""A provider's fills against ours: matched, missing on either side, differing by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.reconcile.differences import (
    DIFFERENCES,
    MISSING_HERE,
    MISSING_THERE,
    SET_ASIDE,
    Field,
    conformed,
    counted,
    direction,
)
from routeproof.app.reconcile.names import reported_names
from routeproof.app.reconcile.orders import Compared
from routeproof.tables.measured.rows import side_sign
from routeproof.tables.pairing import PAIRS, paired_by_name, paired_by_terms
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.app.reconcile.record import Record
    from routeproof.policy.reconcile import ReconcilePolicy

OF = "execution"
_TERMS = ("symbol", "direction", "quantity", "price")


def compare_fills(reported: pl.DataFrame, record: Record, parent: str, policy: ReconcilePolicy) -> Compared:
    """All reported fills of a period against the record.

    Args:
        reported: canonical `vendor_executions`.
        record: our side.
        parent: how a child's ClOrdID names its parent.
        policy: tolerances.
    """
    theirs = reported.with_row_index("row").with_columns(
        pl.col("row").cast(pl.Int64), direction(pl.col("side")).alias("direction")
    )
    ours = record.fills.with_row_index("row").with_columns(
        pl.col("row").cast(pl.Int64), direction(pl.col("side")).alias("direction")
    )
    names = reported_names(theirs, ["execution_id"], "")
    pairs = _pairs(theirs, ours, names, record, parent, policy)
    every = _joined(theirs, ours, pairs)
    joined = every.filter(~pl.col("busted"))
    fields = fill_fields(policy)
    differs = [item.rows(joined, OF) for item in fields]
    lone = theirs.join(pairs, left_on="row", right_on="theirs", how="anti")
    standing = ours.filter(~pl.col("busted"))
    lacking = standing.join(pairs, left_on="row", right_on="ours", how="anti")
    rows = [DIFFERENCES.to_frame(), _lacking(lacking), _lone(lone, names, record), _busted(every), *differs]
    differences = pl.concat(rows)
    return Compared(
        matched=joined.height,
        missing_at_provider=lacking.height,
        missing_here=lone.height,
        methods=dict(joined["method"].value_counts().sort("method").iter_rows()),
        differing=counted(differences, fields, OF),
        differences=differences,
        joined=joined,
        lacking=lacking["execution_id"],
    )


def fill_fields(policy: ReconcilePolicy) -> list[Field]:
    """What is compared of a fill; improvement against the touch in force when it traded, over the same shares."""
    gained = (side_sign() * (pl.col("far") - pl.col("price"))).cast(pl.Float64) * pl.col("quantity") / SCALE
    alike = pl.col("their_quantity") == pl.col("quantity")
    return [
        Field("symbol", "text", pl.col("symbol")),
        Field("side", "text", pl.col("direction")),
        Field("quantity", "shares", pl.col("quantity"), policy.quantity_shares),
        Field("price", "usd", pl.col("price"), policy.price_usd),
        Field("executed_at", "instant", pl.col("executed_at"), policy.time_ms),
        Field("reported_at", "instant", pl.col("reported_at"), policy.time_ms),
        Field("venue", "text", pl.col("venue")),
        Field("improvement_usd", "usd", gained, policy.improvement_usd, alike),
    ]


def _pairs(
    theirs: pl.DataFrame, ours: pl.DataFrame, names: pl.DataFrame, record: Record, parent: str, policy: ReconcilePolicy
) -> pl.DataFrame:
    """By ExecID; where that is unknown to us, by order, shares and price, by terms, by order and shares alone."""
    numbered = record.fill_names.join(
        ours.select(pl.col("execution_id").alias("id"), "row"), on="id", maintain_order="left"
    )
    pairs = paired_by_name(names, numbered, PAIRS.to_frame())
    unknown = theirs.join(names.join(record.fill_names, on="name", how="semi"), on="row", how="anti")
    by_order = reported_names(unknown, ["order_id", "client_order_id"], parent)
    ordered = by_order.join(record.order_names, on="name", maintain_order="left").unique(
        "row", keep="first", maintain_order=True
    )
    time = pl.col("executed_at").alias("at")
    left = unknown.join(ordered.select("row", pl.col("id").alias("order")), on="row", how="left").select(
        "row", "order", *_TERMS, time, day="trading_day"
    )
    right = ours.select("row", pl.col("order_id").alias("order"), *_TERMS, time, day="trading_day")
    window = policy.match_window_ms * NS_PER_MS
    for keys in (("order", *_TERMS), _TERMS, ("order", "direction", "quantity")):
        pairs = paired_by_terms(left, right, pairs, keys, window)
    return pairs


def _joined(theirs: pl.DataFrame, ours: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    said = theirs.drop("side").rename({"direction": "side"}).select(pl.all().name.prefix("their_"))
    both = pairs.join(said, left_on="theirs", right_on="their_row", maintain_order="left").join(
        ours, left_on="ours", right_on="row", maintain_order="left"
    )
    return both.with_columns(
        pl.col("execution_id").alias("our_id"),
        pl.coalesce("their_execution_id", "their_client_order_id", "their_order_id").alias("their_id"),
        pl.col("their_source_id").alias("their_file"),
        pl.col("their_source_row").alias("their_row"),
    )


def _lone(lone: pl.DataFrame, names: pl.DataFrame, record: Record) -> pl.DataFrame:
    known = names.join(record.fill_names, on="name", how="semi")["row"].unique()
    return conformed(
        lone.select(
            pl.lit(MISSING_HERE).alias("what"),
            pl.lit(OF).alias("of"),
            "trading_day",
            "symbol",
            pl.coalesce("execution_id", "client_order_id", "order_id").alias("their_id"),
            pl.col("source_id").alias("their_file"),
            pl.col("source_row").alias("their_row"),
            pl.when(pl.col("row").is_in(known.implode()))
            .then(pl.lit("named more often than we have it"))
            .otherwise(pl.lit("no fill of ours has this name or these terms"))
            .alias("reason"),
        )
    )


def _busted(joined: pl.DataFrame) -> pl.DataFrame:
    """Reported fills that we know as busted: a report may be of before the bust."""
    return conformed(
        joined.filter("busted").select(
            pl.lit(SET_ASIDE).alias("what"),
            pl.lit(OF).alias("of"),
            "trading_day",
            "symbol",
            "our_id",
            "their_id",
            "method",
            "their_file",
            "their_row",
            pl.lit("busted since: a report may be of before").alias("reason"),
        )
    )


def _lacking(lacking: pl.DataFrame) -> pl.DataFrame:
    return conformed(
        lacking.select(
            pl.lit(MISSING_THERE).alias("what"),
            pl.lit(OF).alias("of"),
            "trading_day",
            "symbol",
            pl.col("execution_id").alias("our_id"),
            pl.lit("the report names no such fill").alias("reason"),
        )
    )
