"""Facts about orders that were not filled, or not wholly: what the market did while they stood and when they ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.measured.ended_early import ended_early
from routeproof.tables.measured.open_limits import Market, open_limits

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource

FILLS = {"order_id": pl.String, "execution_id": pl.String, "executed_at": pl.Int64, "quantity": pl.Int64}


@dataclass(frozen=True, slots=True)
class OrderRows:
    """Orders of a day.

    Attributes:
        parents: canonical parent orders, with `provider`.
        versions: canonical order versions, with `provider, symbol, side` of their order.
        fills: executions that stand; has no columns if there are none.
    """

    parents: pl.DataFrame
    versions: pl.DataFrame
    fills: pl.DataFrame


def order_facts(
    source: DaySource, day: date, hours: tuple[int, int] | None, trades: pl.DataFrame, orders: OrderRows
) -> dict[str, pl.DataFrame]:
    """`open_limits` and `ended_early` of `Facts`; nothing on a day without a session.

    Args:
        source: of executions and quotes.
        day: trading day.
        hours: open and close of the regular session.
        trades: canonical prints of the day.
        orders: of the day.
    """
    if hours is None:
        return {}
    standing = orders.fills.select(list(FILLS)) if orders.fills.width else pl.DataFrame(schema=FILLS)
    market = Market(*hours, source.book(day, orders.versions["symbol"].drop_nulls().unique()), trades)
    # A fill that was busted later had ended the order all the same: nobody left it open.
    told = pl.concat([standing, source.rows("executions", day).select(list(FILLS))]).unique(
        "execution_id", keep="first"
    )
    return {
        "open_limits": open_limits(orders.versions, orders.parents, told, market),
        "ended_early": ended_early(orders.versions, standing, market),
    }
