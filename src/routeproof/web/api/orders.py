"""Orders over the API: the list, and one order with all that its page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

from routeproof.web.pages.orders import OrderId, OrderQuery, example_order, found_orders, replayed
from routeproof.web.routing import API, Routes

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.web.visit import Visit

routes = Routes()


def _example(context: Context) -> str | None:
    page = example_order(context)
    return f"{API}{page}" if page else None


@routes.api("GET", "/orders", needs="view.orders")
def orders(visit: Visit, asked: Annotated[OrderQuery, Query()]) -> dict[str, Any]:
    """Parent orders, newest first, at most 200."""
    found = found_orders(visit, asked)
    return {"items": found["orders"], "total": found["total"]}


@routes.api("GET", "/orders/{order_id}", needs="view.orders", example=_example)
def order(visit: Visit, order_id: OrderId) -> dict[str, Any]:
    """One parent order: routes, fills, the market on its way, figures, findings, messages."""
    return replayed(visit, order_id)
