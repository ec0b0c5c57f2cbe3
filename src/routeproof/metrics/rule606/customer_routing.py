"""A customer's routing report: each order, where it went, and when it traded; 17 CFR 242.606(b)(1)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from routeproof.metrics.rule606.venues import UNKNOWN

HELD, NOT_HELD_EXEMPT, OPTION_ORDERS = "held", "notHeldExempt", "options"
PARTS = (HELD, NOT_HELD_EXEMPT, OPTION_ORDERS)
"""Parts of the report, by their element."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A venue that an order was routed to, and the UTC nanoseconds of its executions there."""

    venue: str
    executed_at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RoutedOrder:
    """One order: whether it was directed, and its venues in the order in which it reached them."""

    order_id: str
    directed: bool
    venues: tuple[Visited, ...]


def part_and_reason(*, exempt: bool) -> list[pl.Expr]:
    """`part` of the report that an order stands in, and else the `reason` why it stands in none.

    Args:
        exempt: whether not-held orders belong here, since no (b)(3) report is owed for them.
    """
    kept = pl.when("refused").then(pl.lit("refused"))
    reason = kept if exempt else kept.when(~pl.col("held") & ~pl.col("is_option")).then(pl.lit("not_held"))
    part = (
        pl.when("is_option")
        .then(pl.lit(OPTION_ORDERS))
        .when(pl.col("held"))
        .then(pl.lit(HELD))
        .otherwise(pl.lit(NOT_HELD_EXEMPT))
    )
    return [part.alias("part"), reason.alias("reason")]


def routed_orders(
    orders: pl.DataFrame, reported: pl.DataFrame, executions: pl.DataFrame
) -> dict[str, tuple[RoutedOrder, ...]]:
    """Orders by part, in order of receipt.

    Args:
        orders: `order_id, received_at, directed, part, reason`.
        reported: `order_id, reported_venue, sent_at`.
        executions: `order_id, reported_venue, executed_at`.
    """
    sent = reported.select("order_id", "reported_venue", pl.col("sent_at").alias("at"))
    traded = executions.select(
        "order_id", pl.col("reported_venue").fill_null(UNKNOWN), pl.col("executed_at").alias("at")
    )
    visits: dict[str, dict[str, list[int]]] = {}
    first = pl.concat([sent, traded]).group_by("order_id", "reported_venue").agg(pl.col("at").min())
    for order_id, venue, _ in first.sort("order_id", "at", "reported_venue").iter_rows():
        visits.setdefault(order_id, {})[venue] = []
    for order_id, venue, at in traded.sort("order_id", "at").iter_rows():
        visits[order_id][venue].append(at)
    found: dict[str, list[RoutedOrder]] = {part: [] for part in PARTS}
    kept = orders.filter(pl.col("reason").is_null()).sort("received_at", "order_id")
    for order_id, directed, part in kept.select("order_id", "directed", "part").iter_rows():
        venues = tuple(Visited(venue, tuple(times)) for venue, times in visits.get(order_id, {}).items())
        found[part].append(RoutedOrder(order_id, directed, venues))
    return {part: tuple(items) for part, items in found.items()}
