"""The provider's own account of each fill: claims to compare with, never measured from."""

from routeproof.tables.schema import Column, Table

VENDOR_EXECUTIONS = Table(
    name="vendor_executions",
    columns=(
        Column("provider_id", "text", "the provider whose report it is; else that named at intake", default=""),
        Column("trading_day", "day", "trading day of the fill; that of `executed_at` if not stated"),
        Column("execution_id", "text", "ExecID (FIX tag 17) of the provider or the venue, or the identity here"),
        Column("order_id", "text", "the order's identity here, or the provider's OrderID (FIX tag 37)"),
        Column("client_order_id", "text", "ClOrdID (FIX tag 11) of the order"),
        Column("symbol", "text", "ticker", required=True),
        Column("side", "text", "as the provider writes it; compared by direction: buy, B, 1 or sell, S, 2"),
        Column("executed_at", "instant", "when the provider says it traded"),
        Column("reported_at", "instant", "when the provider says it told the firm"),
        Column("price", "price", "price per share that it states", required=True),
        Column("quantity", "quantity", "shares that it states", required=True),
        Column("venue", "text", "MIC that it names"),
        Column("improvement_usd", "money", "price improvement that it states for the fill, USD; negative = worse"),
    ),
    order=("trading_day", "provider_id", "symbol", "executed_at", "execution_id"),
    day_of="executed_at",
)
"""Without an identity: a fill that one file names twice stays twice, and a restated one stands beside the first."""
