"""Every name under which our orders and fills are known: identities, ClOrdIDs, OrderIDs, ExecIDs of any session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

MESSAGE_COLUMNS = (
    "source_id",
    "source_row",
    "trading_day",
    "msg_type",
    "sender",
    "target",
    "cl_ord_id",
    "orig_cl_ord_id",
    "provider_order_id",
)
MOST_REPLACES = 50
"""Names that one order may have had, one after the other."""
_SCHEMA = pl.Schema({"id": pl.String(), "name": pl.String(), "day": pl.Date(), "method": pl.String()})
_PLACE = ["session", "day", "name"]


def order_names(parents: pl.DataFrame, routes: pl.DataFrame, messages: pl.DataFrame) -> pl.DataFrame:
    """`id, name, day, method` of orders; a name is found on the day of the message that gave it.

    Args:
        parents: `order_id, trading_day, source_id, source_row`.
        routes: `route_id, order_id, trading_day`: what was sent for the order.
        messages: FIX messages, `MESSAGE_COLUMNS`; may have no rows.

    Returns:
        Methods: `order_id`, `ClOrdID` (of the order and its replaces), `OrderID`, `route_id`; the first of a name wins.
    """
    own = _named(parents, "order_id", "order_id", "order_id")
    sent = _named(routes.drop_nulls("order_id"), "order_id", "route_id", "route_id")
    low, high = pl.min_horizontal("sender", "target"), pl.max_horizontal("sender", "target")
    said = messages.with_columns(pl.concat_str(low, high, separator=" ").alias("session"), day=pl.col("trading_day"))
    opened = (
        parents.select(pl.col("order_id").alias("id"), "source_id", "source_row")
        .join(said, on=["source_id", "source_row"], how="inner", maintain_order="left")
        .select("id", "session", "day", pl.col("cl_ord_id").alias("name"))
        .drop_nulls()
        .unique(maintain_order=True)
    )
    clients = _with_replaces(opened, said)
    placed = said.select("session", "day", pl.col("cl_ord_id").alias("name"), "provider_order_id")
    told = placed.drop_nulls().unique(maintain_order=True).join(clients, on=_PLACE, maintain_order="right")
    every = [
        own,
        clients.select("id", "name", "day", pl.lit("ClOrdID").alias("method")),
        told.select("id", pl.col("provider_order_id").alias("name"), "day", pl.lit("OrderID").alias("method")),
        sent,
    ]
    return _first(every)


def fill_names(fills: pl.DataFrame, sightings: pl.DataFrame) -> pl.DataFrame:
    """`id, name, day, method` of fills: their identity, and the ExecID that each session gave them.

    Args:
        fills: `execution_id, trading_day`, busted ones too.
        sightings: canonical `sightings`.
    """
    own = _named(fills, "execution_id", "execution_id", "execution_id")
    days = fills.select("execution_id", "trading_day").unique("execution_id", keep="first", maintain_order=True)
    seen = sightings.select("execution_id", "exec_id_seen").join(days, on="execution_id", maintain_order="left")
    return _first([own, _named(seen.filter(pl.col("exec_id_seen") != ""), "execution_id", "exec_id_seen", "ExecID")])


def reported_names(rows: pl.DataFrame, columns: Sequence[str], parent: str) -> pl.DataFrame:
    """`row, name, day` of reported rows: what stands in `columns`, and what a child's ClOrdID says of its parent.

    Args:
        rows: `row, trading_day` and the columns.
        columns: of names; nulls are none.
        parent: expression of the FIX map whose first group is the parent's ClOrdID; empty = none.
    """
    found = [rows.select("row", pl.col(name).str.strip_chars().alias("name"), day="trading_day") for name in columns]
    if parent:
        found += [item.with_columns(pl.col("name").str.extract(parent, 1)) for item in found]
    return pl.concat(found).drop_nulls("name").filter(pl.col("name") != "").unique(maintain_order=True)


def _with_replaces(opened: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """`opened` with the ClOrdIDs that took the place of others, within the session and day."""
    steps = (
        said.select("session", "day", pl.col("orig_cl_ord_id").alias("name"), pl.col("cl_ord_id").alias("next"))
        .drop_nulls()
        .filter(pl.col("name") != pl.col("next"))
        .unique(maintain_order=True)
    )
    known, newest = opened, opened
    for _ in range(MOST_REPLACES):
        onward = newest.join(steps, on=_PLACE, maintain_order="left").select("id", "session", "day", name="next")
        newest = onward.unique(maintain_order=True).join(known, on=["id", *_PLACE], how="anti", maintain_order="left")
        if newest.is_empty():
            break
        known = pl.concat([known, newest])
    return known


def _named(rows: pl.DataFrame, identity: str, name: str, method: str) -> pl.DataFrame:
    return rows.select(
        pl.col(identity).alias("id"), pl.col(name).alias("name"), day="trading_day", method=pl.lit(method)
    ).drop_nulls(["id", "name"])


def _first(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    every = pl.concat([frame.cast(_SCHEMA) for frame in frames])
    return every.unique(["id", "name", "day"], keep="first", maintain_order=True)
