"""Routes against the market, and the way from each execution back to the firm's own route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.lookup.quote_book import QuoteBook, look_up

if TYPE_CHECKING:
    from routeproof.tables.switches import Switches

MAX_HOPS = 8


def route_paths(routes: pl.DataFrame) -> pl.DataFrame:
    """For each route the first route of its chain, and whether other routes hang below it.

    Returns:
        `route_id, first_route_id, is_leaf`; a chain deeper than eight hops stops there.
    """
    if not routes["parent_route_id"].count():
        return routes.select("route_id", first_route_id="route_id", is_leaf=pl.lit(value=True))
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
        The routes plus `arrived_at` (acknowledged, else sent), `arrival_source` (`acknowledged` | `sent`) and the
        `Lookup.columns` of `sent` and `arrived`.
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
        instants = (timed[f"{name}_at"] + switches.shift_ns).to_numpy()
        columns += look_up(book, low, high, instants, inclusive=switches.tie == "inclusive").columns(name)
    return timed.with_columns(columns)


def route_outcomes(routes: pl.DataFrame, executions: pl.DataFrame) -> pl.DataFrame:
    """The route frame that metrics read: measured routes with the shares executed through them.

    Args:
        routes: measured routes, complete chains.
        executions: executions with `route_id` and `quantity`; a fill counts for its route and every route above it.

    Returns:
        The routes plus `executed` shares, `rejected` and `is_leaf` (0/1).
    """
    direct = executions.group_by("route_id").agg(pl.col("quantity").sum().alias("executed"))
    rolled = (
        routes.join(direct, on="route_id", how="left", maintain_order="left")
        .join(route_paths(routes).select("route_id", "is_leaf"), on="route_id", how="left", maintain_order="left")
        .with_columns(pl.col("executed").fill_null(0))
    )
    deepest = rolled["hop"].max()
    for hop in range(int(deepest) if isinstance(deepest, int) else 1, 1, -1):
        below = (
            rolled.filter(pl.col("hop") == hop)
            .group_by("parent_route_id")
            .agg(pl.col("executed").sum().alias("below"))
            .rename({"parent_route_id": "route_id"})
        )
        rolled = (
            rolled.join(below, on="route_id", how="left", maintain_order="left")
            .with_columns(pl.col("executed") + pl.col("below").fill_null(0))
            .drop("below")
        )
    return rolled.with_columns(
        pl.col("rejected_at").is_not_null().cast(pl.Int64).alias("rejected"),
        pl.col("is_leaf").cast(pl.Int64),
    )
