"""Everything the lake has on one parent order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.measured.day import LONG_LIVED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.stores.lake import Lake

OWN_TABLES = ("parent_orders", "order_versions", "routes", "executions")


@dataclass(frozen=True, slots=True)
class OrderRows:
    """Rows of one order, each table in canonical order.

    Attributes:
        order_id: identity of the order.
        days: trading days that have rows of it, ascending.
        tables: canonical rows by table, with `sightings` and `links` of what the order has.
    """

    order_id: str
    days: tuple[date, ...]
    tables: dict[str, pl.DataFrame]

    @property
    def symbol(self) -> str:
        """Ticker; empty if no row names one."""
        for name in ("parent_orders", "routes", "executions"):
            if self.tables[name].height:
                return str(self.tables[name]["symbol"][0])
        return ""

    @property
    def received_at(self) -> int | None:
        """When the firm got the order, UTC ns; else the first thing known of it."""
        for name, column in (
            ("parent_orders", "received_at"),
            ("order_versions", "effective_at"),
            ("routes", "sent_at"),
            ("executions", "executed_at"),
        ):
            if self.tables[name].height:
                first = self.tables[name][column].min()
                return first if isinstance(first, int) else None
        return None


def rows_of_order(lake: Lake, manifest: str, order_id: str) -> OrderRows | None:
    """Rows of an order, as known at a manifest; null where the lake knows none of that name."""
    days = _days(lake, manifest, order_id)
    if not days:
        return None
    own = pl.col("order_id") == order_id
    tables = {
        name: lake.scan(name, days, manifest=manifest).filter(own).collect()
        for name in ("parent_orders", "order_versions", "routes")
    }
    routes = tables["routes"]["route_id"].to_list()
    theirs = own | (pl.col("order_id").is_null() & pl.col("route_id").is_in(routes))
    tables["executions"] = lake.scan("executions", days, manifest=manifest).filter(theirs).collect()
    fills = tables["executions"]["execution_id"].to_list()
    tables["sightings"] = _named(lake, manifest, days, "sightings", "execution_id", fills)
    tables["links"] = _named(lake, manifest, days, "links", "child_id", [*routes, *fills])
    return OrderRows(order_id, tuple(days), tables)


def _named(
    lake: Lake, manifest: str, days: Sequence[date], table: str, column: str, names: Sequence[str]
) -> pl.DataFrame:
    found = lake.scan(table, days, manifest=manifest)
    return found.filter(pl.col(column).is_in(list(names))).collect()


def _days(lake: Lake, manifest: str, order_id: str) -> list[date]:
    """The day of receipt; every day that has rows of an order that may outlive it, or that was received nowhere."""
    received = _days_in(lake, manifest, "parent_orders", order_id)
    if received:
        versions = lake.scan("order_versions", received, ["order_id", "time_in_force"], manifest=manifest)
        lasting = versions.filter((pl.col("order_id") == order_id) & pl.col("time_in_force").is_in(LONG_LIVED))
        if lasting.collect().is_empty():
            return received
    found = {day for table in OWN_TABLES for day in _days_in(lake, manifest, table, order_id)}
    return sorted(found)


def _days_in(lake: Lake, manifest: str, table: str, order_id: str) -> list[date]:
    rows = lake.scan(table, columns=["order_id", "trading_day"], manifest=manifest)
    days = rows.filter(pl.col("order_id") == order_id).select("trading_day").collect()["trading_day"]
    return sorted(days.drop_nulls().unique().to_list())
