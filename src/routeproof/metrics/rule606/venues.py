"""To which venue an order was routed, and at which venue it was executed, as Rule 606 asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "(venue not reported)"
"""Stands for a venue that no record names."""


def reported_routes(routes: pl.DataFrame, agents: Mapping[str, str]) -> pl.DataFrame:
    """Routes by which orders reached a venue of the report, with that venue in `reported_venue`.

    Args:
        routes: canonical `routes` plus the `provider_id` of their order.
        agents: providers that are members acting as agent, with their names: their orders were routed to them.

    Returns:
        The routes that name a venue and whose parent route names none, and of agents' orders the first hop. What a
        venue or an agent did further is not the firm's routing.
    """
    parents = routes.select(pl.col("route_id").alias("parent_route_id"), pl.col("venue").alias("parent_venue"))
    joined = routes.join(
        parents.unique("parent_route_id", keep="first", maintain_order=True),
        on="parent_route_id",
        how="left",
        maintain_order="left",
    )
    agent = _agent(agents)
    first_venue = pl.col("venue").is_not_null() & pl.col("parent_venue").is_null()
    return (
        joined.with_columns(pl.coalesce(agent, "venue").alias("reported_venue"))
        .filter(pl.when(agent.is_not_null()).then(pl.col("hop") == 1).otherwise(first_venue))
        .drop("parent_venue")
    )


def venue_of_executions(
    executions: pl.DataFrame, routes: pl.DataFrame, reported: pl.DataFrame, agents: Mapping[str, str]
) -> pl.DataFrame:
    """Executions with `reported_venue` and the `reported_route` that led there; null where no record says.

    Args:
        executions: with `route_id`, `venue` and their order's `provider_id`.
        routes: all routes known, with `route_id, parent_route_id`.
        reported: of `reported_routes`.
        agents: as there.
    """
    own = reported.select("route_id", pl.col("reported_venue").alias("to_venue"), pl.col("route_id").alias("to_route"))
    above = (
        routes.select("route_id", "parent_route_id")
        .join(own.rename({"route_id": "parent_route_id"}), on="parent_route_id")
        .select("route_id", "to_venue", "to_route")
    )
    ways = pl.concat([own, above]).unique("route_id", keep="first", maintain_order=True)
    return (
        executions.join(ways, on="route_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce(_agent(agents), "to_venue", "venue").alias("reported_venue"),
            pl.col("to_route").alias("reported_route"),
        )
        .drop("to_venue", "to_route")
    )


def order_venues(reported: pl.DataFrame, executions: pl.DataFrame) -> pl.DataFrame:
    """`order_id, reported_venue`, each pair once: an order counts once at each venue.

    An order that no route took to a venue counts where it was executed.
    """
    routed = reported.select("order_id", "reported_venue").drop_nulls().unique()
    traded = executions.select("order_id", "reported_venue").drop_nulls().unique()
    only = traded.join(routed, on="order_id", how="anti")
    return pl.concat([routed, only]).sort("order_id", "reported_venue")


def _agent(agents: Mapping[str, str]) -> pl.Expr:
    return pl.col("provider_id").replace_strict(dict(agents), default=None, return_dtype=pl.String)
