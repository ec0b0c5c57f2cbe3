"""The provider's own account of each order, as its report states it: claims to compare with, never measured from."""

from routeproof.tables.schema import Column, Table

VENDOR_ORDERS = Table(
    name="vendor_orders",
    columns=(
        Column("provider_id", "text", "the provider whose report it is; else that named at intake", default=""),
        Column("trading_day", "day", "trading day that the row speaks of; that of `received_at` if not stated"),
        Column("order_id", "text", "the order's identity here, or the provider's OrderID (FIX tag 37)"),
        Column("client_order_id", "text", "ClOrdID (FIX tag 11) under which the firm sent the order"),
        Column("symbol", "text", "ticker"),
        Column("side", "text", "as the provider writes it; compared by direction: buy, B, 1 or sell, S, 2"),
        Column("quantity", "quantity", "shares of the order"),
        Column("order_type", "text", "as the provider writes it"),
        Column("limit_price", "price", "limit that it states"),
        Column("received_at", "instant", "when the provider says it got the order"),
        Column("filled_quantity", "quantity", "shares that it says it filled, on the day or over the order's life"),
        Column("average_price", "price", "average price that it states; null where nothing was filled"),
        Column("improvement_usd", "money", "price improvement that it states for the order, USD; negative = worse"),
        Column("latency_ms", "money", "latency that it states, milliseconds; fixed point like money"),
        Column("venues", "text", "venues that it names, as it writes them"),
    ),
    identity=(
        *("provider_id", "trading_day", "order_id", "client_order_id"),
        *("symbol", "side", "received_at", "source_id"),
    ),
    order=("trading_day", "provider_id", "client_order_id", "order_id"),
    day_of="received_at",
    is_event=False,
)
"""Each file states an order once; what a later file states again stands beside it, and is what counts."""
