"""What the replay's chart draws: offsets from receipt in whole nanoseconds, so that no instant is rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Row = Mapping[str, Any]


def drawing_of(shown: Row) -> dict[str, Any]:
    """Out of `order_shown`: `path`, `fills`, `marks` (what happened to the order itself) and `lanes` (one per route).

    Every `x`, `from`, `to` is an integer of ns after receipt, below 2^53 for a hundred days; prices are dollars.
    """
    origin = int(shown["received_at"] or 0)
    timeline = shown["timeline"]
    ends = _ends(timeline)
    return {
        "symbol": shown["symbol"],
        "path": shown["path"],
        "fills": [
            {
                "x": item["offset_ns"],
                "price": float(item["price"]),
                "quantity": float(item["quantity"]),
                "venue": item["party"] or "",
            }
            for item in timeline
            if item["what"] == "executed"
        ],
        "marks": [{"x": item["offset_ns"], "what": item["what"]} for item in timeline if item["hop"] is None],
        "lanes": [_lane(route, origin, ends) for route in shown["routes"]],
    }


def _ends(timeline: list[Row]) -> dict[str, int]:
    """The last thing known of each route, ns after receipt."""
    found: dict[str, int] = {}
    for item in timeline:
        if item["route_id"] is not None and item["what"] != "reported":
            found[item["route_id"]] = max(item["offset_ns"], found.get(item["route_id"], item["offset_ns"]))
    return found


def _lane(route: Row, origin: int, ends: Mapping[str, int]) -> dict[str, Any]:
    sent = int(route["sent_at"]) - origin
    acknowledged = route["acknowledged_at"]
    return {
        "depth": route["depth"],
        "hop": route["hop"],
        "party": route["to_party"] or route["venue"] or "",
        "quantity": route["quantity"],
        "from": sent,
        "to": ends.get(route["route_id"], sent),
        "acknowledged": None if acknowledged is None else int(acknowledged) - origin,
    }
