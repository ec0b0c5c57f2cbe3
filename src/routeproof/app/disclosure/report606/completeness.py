"""How many orders came in for a report's days: what its figures are reconciled with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.reports.rule606.pages import Completeness
from routeproof.stores.commits import source_outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.disclosure.report606.flow import Flow606

ORDERS = "parent_orders"


def order_completeness(context: Context, flow: Flow606, days: Sequence[date]) -> Completeness:
    """Parent orders that the lake holds of the days, and rows of order files of these days that were refused.

    Both are what `routeproof quality` shows: a file that was read twice under one way of reading counts once.
    """
    wanted = {day.isoformat() for day in days}
    latest: dict[str, Any] = {
        item.source_id: item.outcome for item in source_outcomes(context.records) if item.outcome["table"] == ORDERS
    }
    rejected = sum(
        sum(day["rejected"].values()) for outcome in latest.values() for day in outcome["days"] if day["day"] in wanted
    )
    return Completeness(flow.rows_in_lake(ORDERS, days), rejected)
