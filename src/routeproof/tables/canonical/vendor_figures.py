"""The provider's own figures per order, as its report states them: claims to compare with, never measured from."""

from routeproof.tables.schema import Column, Table

VENDOR_FIGURES = Table(
    name="vendor_figures",
    columns=(
        Column("provider_id", "text", "the provider whose report it is", required=True),
        Column("trading_day", "day", "trading day that the row speaks of", required=True),
        Column("order_id", "text", "the order's identity here, where the report knows it"),
        Column("client_order_id", "text", "ClOrdID (FIX tag 11) under which the firm sent the order"),
        Column("symbol", "text", "ticker"),
        Column("filled_quantity", "quantity", "shares that the provider says it filled"),
        Column("average_price", "price", "average price that it states; null where nothing was filled"),
        Column("improvement_usd", "money", "price improvement that it states for the order, USD; negative = worse"),
        Column("latency_ms", "money", "latency that it states, milliseconds; fixed point like money"),
        Column("venues", "text", "venues that it names, as it writes them"),
    ),
    identity=("provider_id", "trading_day", "order_id", "client_order_id"),
    order=("trading_day", "provider_id", "client_order_id", "order_id"),
    is_event=False,
)
