"""What a customer's inquiry is about: the order behind the name that the customer has, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.orders.named import order_named, order_of_fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context


def about_order(context: Context, manifest: str, body: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The body with what it does not say of its order, provider, day and symbol; and the order's identity.

    A name that is none of ours stands as the subject, so that the case is found by it.

    Raises:
        UsageError: the lake knows no order or fill of that name, or several.
    """
    given, fill = body.get("order_id"), body.get("execution_id")
    if given:
        order = order_named(context, manifest, str(given), body)
        own = {"order_id": order.order_id}
        called = f"ClOrdID {given}" if order.order_id != given else None
    else:
        order = order_of_fill(context, manifest, str(fill), body)
        own = {"execution_id": str(order.execution_id)}
        called = f"ExecID {fill}" if order.execution_id != fill else None
    follows = {"provider": order.provider, "symbol": order.symbol, "subject": called}
    follows["day"] = order.day.isoformat() if order.day else None
    filled = {name: value for name, value in follows.items() if value and not body.get(name)}
    return {**body, **own, **filled}, order.order_id
