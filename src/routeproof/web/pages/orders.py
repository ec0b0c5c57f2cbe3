"""Orders: a list to find one in, and the replay of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path as InPath
from fastapi import Query
from pydantic import BaseModel, Field

from routeproof.app.measuring.asked import day_in
from routeproof.app.orders.drawing import drawing_of
from routeproof.app.orders.search import OrderFilter, find_orders, newest_order
from routeproof.app.orders.shown import order_shown
from routeproof.web.faults import NotFoundError
from routeproof.web.looks import steps_for
from routeproof.web.measure_query import DAY, LONGEST
from routeproof.web.naming import NEW
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.web.visit import Visit

routes = Routes()
OrderId = Annotated[str, InPath(max_length=200)]
"""Whatever the firm's systems call it: not ours to narrow."""


class OrderQuery(BaseModel):
    """Which orders."""

    id: str = Field("", max_length=200, description="The identity, or its beginning.")
    symbol: str = Field("", max_length=LONGEST)
    provider: str = Field("", max_length=LONGEST)
    first: str = Field("", alias="from", pattern=DAY)
    last: str = Field("", alias="to", pattern=DAY)


def example_order(context: Context) -> str | None:
    """Address of the newest order; none in an empty lake."""
    found = newest_order(context)
    return f"/orders/{found}" if found else None


def found_orders(visit: Visit, asked: OrderQuery) -> dict[str, Any]:
    """Orders that pass, within the days that the person's role reaches."""
    first, last = day_in(asked.first or None, "from"), day_in(asked.last or None, "to")
    begins, ends = visit.limits.from_on, visit.limits.to_on
    wanted = OrderFilter(
        order_id=asked.id.strip() or None,
        symbol=asked.symbol.strip() or None,
        provider=asked.provider.strip() or None,
        first=_later(first, begins),
        last=_earlier(last, ends),
    )
    return find_orders(visit.context, wanted)


def replayed(visit: Visit, order_id: str) -> dict[str, Any]:
    """One order, if there is one and the person's role reaches its days.

    Raises:
        NotFoundError: there is none, or none that they may see.
    """
    shown = order_shown(visit.context, order_id, visit.require_reach)
    if shown is None:
        message = "expected an order of the lake, found none of that name"
        raise NotFoundError(message, where=order_id)
    return shown


@routes.page("/orders", needs="view.orders", template="orders.html")
def orders(visit: Visit, asked: Annotated[OrderQuery, Query()]) -> dict[str, Any]:
    """Find orders."""
    return {"asked": asked, "found": found_orders(visit, asked)}


@routes.page("/orders/{order_id}", needs="view.orders", template="order.html", example=example_order)
def order(visit: Visit, order_id: OrderId) -> dict[str, Any]:
    """The replay of one order."""
    shown = replayed(visit, order_id)
    steps = steps_for(visit, "case", NEW, "open", values=_about(shown))
    return {"shown": shown, "drawing": drawing_of(shown), "steps": steps}


def _about(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What a case about an order says of it at first."""
    return {
        "kind": "inquiry",
        "priority": "medium",
        "day": shown["days"][0],
        "symbol": shown["symbol"],
        "provider": (shown["order"] or {}).get("provider_id"),
        "order_id": shown["order_id"],
    }


def _later(one: date | None, other: date | None) -> date | None:
    given = [day for day in (one, other) if day is not None]
    return max(given) if given else None


def _earlier(one: date | None, other: date | None) -> date | None:
    given = [day for day in (one, other) if day is not None]
    return min(given) if given else None
