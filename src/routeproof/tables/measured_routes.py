"""Routes against the market, and the way from each execution back to the firm's own route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.quote_book import QuoteBook, look_up

if TYPE_CHECKING:
    from routeproof.tables.switches import Switches

MAX_HOPS = 8


def route_paths(routes: pl.DataFrame) -> pl.DataFrame:
    """For each route the first route of its chain, and whether other routes hang below it.

    Returns:
        `route_id, first_route_id, is_leaf`; a chain deeper than eight hops stops there.
    """
    parent = routes.select("route_id", "parent_route_id")
    path = parent.with_columns(first_route_id=pl.col("route_id"), above=pl.col("parent_route_id")).drop(
        "parent_route_id"
    )
    known = parent.rename({"route_id": "above", "parent_route_id": "next_above"}).with_columns(known=pl.lit(value=True))
    for _ in range(MAX_HOPS):
        if path["above"].is_null().all():
            break
        path = (
            path.join(known, on="above", how="left", maintain_order="left")
            .with_columns(
                first_route_id=pl.when("known").then("above").otherwise("first_route_id"),
                above=pl.when("known").then("next_above"),
            )
            .drop("next_above", "known")
        )
    has_children = parent["parent_route_id"].drop_nulls().unique()
    return path.select("route_id", "first_route_id").with_columns(
        is_leaf=~pl.col("route_id").is_in(has_children.implode())
    )


def measure_routes(routes: pl.DataFrame, book: QuoteBook, switches: Switches) -> pl.DataFrame:
    """Routes sent on the book's day with the quotes in force when sent and when the receiver got them.

    Args:
        routes: canonical `routes` of one day.
        book: the day's reference quotes.
        switches: tie rule and clock shift.

    Returns:
        The routes plus `arrived_at` (acknowledged, else sent), `arrival_source` (`acknowledged` | `sent`) and for each of
        `sent` and `arrived` the columns `_bid, _ask, _status`.
    """
    timed = routes.with_columns(
        pl.coalesce("acknowledged_at", "sent_at").alias("arrived_at"),
        pl.when(pl.col("acknowledged_at").is_null())
        .then(pl.lit("sent"))
        .otherwise(pl.lit("acknowledged"))
        .alias("arrival_source"),
    )
    low, high = book.bounds(timed["symbol"])
    columns: list[pl.Series] = []
    for name in ("sent", "arrived"):
        instants = timed[f"{name}_at"].add(switches.shift_ns).to_numpy()
        found = look_up(book, low, high, instants, inclusive=switches.tie == "inclusive")
        columns += [
            pl.Series(f"{name}_bid", found.bid),
            pl.Series(f"{name}_ask", found.ask),
            pl.Series(f"{name}_status", found.status),
        ]
    return timed.with_columns(columns)
