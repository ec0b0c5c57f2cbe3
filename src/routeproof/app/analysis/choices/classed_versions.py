"""Order versions of a day that have routes: whose they are, and their class, without measuring any fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.day_walk import day_terms
from routeproof.tables.measured.day import Carry, DayTables, day_versions
from routeproof.tables.measured.order_class import order_group
from routeproof.tables.registry import TABLES
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.analysis.ground import Ground
    from routeproof.app.measuring.day_walk import LongLived


def classed_versions(ground: Ground, day: date, lasting: LongLived, routes: pl.DataFrame) -> pl.DataFrame:
    """Versions of orders that began on the day and have one of the routes.

    Returns:
        `order_id, version, provider, order_class, order_group, size_bucket, order_quantity` (1e-9 shares).
    """
    source, empty = ground.source, TABLES
    parents = source.rows("parent_orders", day)
    terms = day_terms(day, parents, source.rows("order_versions", day), lasting)
    terms = terms.join(routes.select("order_id").unique(), on="order_id", how="semi", maintain_order="left")
    tables = DayTables(
        day,
        terms,
        empty["routes"].empty(),
        empty["executions"].empty(),
        empty["trades"].empty(),
        source.rows("market_status", day),
    )
    book = source.book(day, terms["symbol"].unique())
    versions = day_versions(tables, book, ground.rules, Switches(), Carry())
    return versions.select(
        "order_id",
        "version",
        "provider",
        "order_class",
        order_group().alias("order_group"),
        "size_bucket",
        pl.col("quantity").alias("order_quantity"),
    ).unique(["order_id", "version"], keep="first", maintain_order=True)
