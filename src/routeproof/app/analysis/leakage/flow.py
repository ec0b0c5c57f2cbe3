"""A day's routes to venues with their orders, fills and quotes, as far as leakage needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.frame_source import REFERENCE_KINDS
from routeproof.tables.lookup.best_shown import QUOTE_COLUMNS
from routeproof.tables.lookup.quote_book import book_of
from routeproof.tables.measured.order_class import static_class
from routeproof.tables.measured.routes import measure_routes, route_paths
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.measuring.lake_source import LakeSource
    from routeproof.tables.lookup.quote_book import QuoteBook

FILLS = ["route_id", "order_id", "version", "status", "symbol", "executed_at", "liquidity"]
PARENTS = ["order_id", "provider_id", "symbol", "received_at", "multileg_id"]
VERSIONS = ["order_id", "effective_at", "version", "quantity", "order_type", "time_in_force"]
PRICES = ("bid", "ask", "bid_size", "ask_size")


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """One day.

    Attributes:
        routes: last routes to venues with the quotes in force when sent, as `events_of` takes them.
        fills: standing executions.
        orders: of the day.
        own: `symbol, at` of every order received, route sent and fill of the day.
        quotes: reference quotes with the venues that show them.
        book: the same as a book.
        strangers: routes to venues whose order is not of the day.
    """

    routes: pl.DataFrame
    fills: pl.DataFrame
    orders: pl.DataFrame
    own: pl.DataFrame
    quotes: pl.DataFrame
    book: QuoteBook
    strangers: int


def day_flow(source: LakeSource, day: date) -> Flow:
    """What leakage needs of a day."""
    lake, manifest = source.lake, source.manifest
    routes = source.rows("routes", day)
    leaves = routes.join(route_paths(routes), on="route_id", maintain_order="left").filter(
        pl.col("is_leaf") & pl.col("venue").is_not_null()
    )
    parents = lake.read("parent_orders", [day], PARENTS, manifest=manifest).unique("order_id", maintain_order=True)
    versions = lake.read("order_versions", [day], VERSIONS, manifest=manifest)
    first = versions.sort("order_id", "version", "effective_at").unique("order_id", keep="first", maintain_order=True)
    orders = parents.join(first.with_columns(_class()), on="order_id", how="left").select(
        "order_id",
        "received_at",
        pl.col("quantity").alias("shares"),
        pl.col("provider_id").alias("provider"),
        pl.when(pl.col("multileg_id").is_not_null())
        .then(pl.lit("multi_leg"))
        .otherwise(pl.col("order_class").fill_null("unclassified"))
        .alias("order_class"),
    )
    known = leaves.join(
        orders.select("order_id", "provider", "order_class"), on="order_id", maintain_order="left"
    ).with_columns(pl.coalesce("provider_id", "provider").alias("provider"))
    scanned = lake.scan("quotes", [day], symbols=known["symbol"].unique().to_list(), manifest=manifest)
    wanted = [*QUOTE_COLUMNS, *PRICES]
    quotes = scanned.filter(pl.col("kind").is_in(REFERENCE_KINDS)).select(wanted).collect()
    book = book_of(quotes)
    fills = source.standing_fills(day, FILLS)
    own = [
        frame.select("symbol", pl.col(at).alias("at"))
        for frame, at in ((routes, "sent_at"), (parents, "received_at"), (fills, "executed_at"))
    ]
    return Flow(
        routes=measure_routes(known, book, Switches()),
        fills=fills.filter(pl.col("route_id").is_not_null()),
        orders=orders.drop("provider", "order_class"),
        own=pl.concat(own),
        quotes=quotes,
        book=book,
        strangers=leaves.height - known.height,
    )


def _class() -> pl.Expr:
    """Class by terms alone: which orders wait for a price, an auction or a peg needs no quote."""
    return static_class().alias("order_class")
