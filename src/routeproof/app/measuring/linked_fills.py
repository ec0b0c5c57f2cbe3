"""Fills of a day with their order, also where their route was sent on an earlier day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import polars as pl

from routeproof.tables.measured.standing_rows import standing_executions, with_order_of_route
from routeproof.tables.wide import but

if TYPE_CHECKING:
    from datetime import date


class RouteSource(Protocol):
    """Where routes of earlier days come from."""

    def earlier_routes(self, day: date, route_ids: pl.Series) -> pl.DataFrame:
        """Canonical `routes` sent on days before `day` that have these identities, each once, as sent last."""
        ...


def linked_fills(source: RouteSource, day: date, executions: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """What stands of a day's executions; those that name only their route have its order and version.

    Args:
        source: of routes of earlier days, which a good-till-cancelled order may still be filled by.
        day: of the executions.
        executions: canonical `executions` of the day.
        routes: canonical `routes` of the day.
    """
    standing = standing_executions(executions)
    named = standing.filter(pl.col("order_id").is_null())["route_id"]
    return with_order_of_route(standing, with_earlier(source, day, routes, named))


def with_earlier(source: RouteSource, day: date, routes: pl.DataFrame, named: pl.Series) -> pl.DataFrame:
    """The routes of a day and after them those of earlier days that are named and not among them."""
    asked = named.drop_nulls().unique().alias("route_id").to_frame()
    absent = but(asked, routes.select("route_id"), ["route_id"])
    if absent.is_empty():
        return routes
    return pl.concat([routes, source.earlier_routes(day, absent["route_id"]).select(routes.columns)])


def earlier_of(routes: pl.DataFrame, day: date, route_ids: pl.Series) -> pl.DataFrame:
    """Of routes of any days those of days before with these identities, each once, as sent last."""
    found = routes.filter((pl.col("trading_day") < day) & pl.col("route_id").is_in(route_ids.implode()))
    return found.sort("sent_at", maintain_order=True).unique("route_id", keep="last", maintain_order=True)
