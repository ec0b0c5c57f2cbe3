"""Columns of rows of orders that rules of windows read: a watch keeps them for a whole day, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_ROW = ("source_row", "trading_day", "provider")
_ORDER = ("order_id", "symbol", "side")
_QUOTE = ("sent_at", "sent_bid", "sent_ask", "sent_bid_size", "sent_ask_size", "sent_status")
_CLASS = ("order_type", "order_class", "order_group", "tif")
_FILL = ("execution_id", "route_id", "version", "executed_at", "price", "quantity", "venue", "liquidity", "capacity",
         "payment", "status", "source_id")  # fmt: skip

COLUMNS = {
    "fills": (
        *(*_FILL, *_ORDER, *_ROW, *_CLASS, *_QUOTE, "received_at", "halted", "version_quantity", "hop", "sign", "mid2"),
        *("quoted", "far_touch", "time_to_execution_ns", "day", "limit_price", "ask_high_1s", "bid_low_1s", "strategy"),
        *("route_limit", "round_lot"),
    ),
    "executions": (*_FILL, *_ORDER, *_ROW),
    "orders": (
        *(*_ORDER, *_ROW, *_CLASS, "received_at", "halted", "day", "quantity", "executed", "filled", "accepted"),
        "cancelled_before_executable",
    ),
    "parents": (*_ORDER, *_ROW, "source_id", "received_at", "refused"),
    "versions": (
        *(*_ORDER, *_ROW, "source_id", "received_at", "version", "effective_at", "event", "quantity", "order_type"),
        *("limit_price", "time_in_force", "requested_by"),
    ),
    "routes": (
        *(*_ORDER, *_ROW, *_CLASS, *_QUOTE, "source_id", "route_id", "version", "parent_route_id", "hop", "venue"),
        *("acknowledged_at", "rejected_at", "quantity", "limit_price", "time_in_force", "executed", "is_leaf"),
        *("rejected", "day", "strategy", "fade_base", "faded"),
    ),
}
"""By frame; a test holds it against every name that those rules speak of."""


def narrowed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame of that name with these columns alone, as far as it has them."""
    return frame[[column for column in frame.columns if column in COLUMNS[name]]]  # quicker than `select`
