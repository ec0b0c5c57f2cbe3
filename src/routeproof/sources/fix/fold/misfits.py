"""What the fold could not place, message by message, so that quality can count it and a person can find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.schema import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

REASONS = {
    "reports_unlinked": "a report on an order that no message entered",
    "busts_of_unseen_fills": "a bust of a fill that no message reported",
    "busts_told_by_drop_copy_only": "a fill that stands: a drop copy calls it busted, its order's session does not",
    "busts_told_by_venue_only": "a fill that stands: the venue busted it, the sessions above it never said so",
    "venue_fills_not_reported": "a venue's fill that the session above, which reported on the order, never reported",
    "venue_fills_unlinked": "a venue's fill of an order that no order above is known of",
    "client_fills_without_route": "a fill told to the customer that none of the order's routes had",
    "drop_copy_fills_not_met": "a drop copy of a fill that no order's session reported",
    "quantity_mismatches": "an order whose last stated CumQty is not the sum of its fills",
    "routes_to_other_providers": "a route to another provider than its order's first, for which the order counts",
    "unusable_orders": "an order without a side or symbol that can be read, or without a quantity above zero",
}
"""Reason to what it means."""

FIX_MISFITS = Table(
    name="fix_misfits",
    columns=(
        Column("reason", "text", "why it did not fit", words=tuple(REASONS)),
        Column("sent_at", "instant", "when the message, or the order's first, was sent"),
        Column("trading_day", "day", "session day of sending"),
        Column("sender", "text", "tag 49"),
        Column("target", "text", "tag 56"),
        Column("cl_ord_id", "text", "tag 11"),
        Column("exec_id", "text", "tag 17"),
        Column("symbol", "text", "as mapped"),
        Column("order_id", "text", "the parent order, where it is known"),
        Column("stated_quantity", "quantity", "the CumQty last stated, of `quantity_mismatches` alone"),
        Column("filled_quantity", "quantity", "what the fills add up to, of `quantity_mismatches` alone"),
    ),
    order=("trading_day", "sent_at", "sender", "target", "reason", "cl_ord_id", "exec_id"),
    day_of="sent_at",
    is_event=False,
)


def misfits(found: Mapping[str, pl.DataFrame], firm_id: str) -> pl.DataFrame:
    """`FIX_MISFITS` rows in canonical order from the messages, fills or orders that each reason was found for."""
    said = [pl.lit(firm_id).alias("firm_id")]
    rows = [FIX_MISFITS.conform(named(frame).with_columns(pl.lit(reason).alias("reason"), *said))
            for reason, frame in found.items() if frame.height]  # fmt: skip
    return FIX_MISFITS.sort(pl.concat([FIX_MISFITS.empty(), *rows]))


def named(frame: pl.DataFrame) -> pl.DataFrame:
    """What is kept of messages, fills or orders that did not fit."""
    return frame.select(name for name in FIX_MISFITS.names if name in frame.columns)


def told_by_copies_only(fills: pl.DataFrame) -> pl.DataFrame:
    """Of fills with `cluster`: one sighting per fill that is busted by sightings outside order sessions alone."""
    cluster = fills["cluster"].to_numpy()
    own = fills.select(pl.col("hop").is_not_null() & ~pl.col("is_copy")).to_series().to_numpy()
    busted = (fills["status"] == "busted").to_numpy()
    size = int(cluster.max(initial=-1)) + 1
    known, undone = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    known[cluster[own]] = True
    undone[cluster[own & busted]] = True
    told = pl.Series(busted & ~own & known[cluster] & ~undone[cluster])
    return fills.filter(told).unique("cluster", keep="first", maintain_order=True)


def told_by_venue_only(fills: pl.DataFrame) -> pl.DataFrame:
    """Of fills with `cluster`: one venue's sighting per fill that venues took back and no session above them did."""
    told = fills.select(
        "cluster",
        (pl.col("status") == "busted").alias("busted"),
        ((pl.col("hop") <= 1) & ~pl.col("is_copy")).fill_null(value=False).alias("above"),
        ((pl.col("hop") > 1) & ~pl.col("is_copy")).fill_null(value=False).alias("venue"),
    )
    taken = told["venue"] & told["busted"]
    if not taken.any():
        return fills.clear()
    above = told.filter("above").group_by("cluster").agg(pl.col("busted").any())
    standing = above.filter(~pl.col("busted"))["cluster"]
    chosen = taken & told["cluster"].is_in(standing.implode())
    return fills.filter(chosen).unique("cluster", keep="first", maintain_order=True)
