"""Parent orders: the customer's order as the firm received it."""

from routeproof.tables.schema import Column, Table
from routeproof.vocab.words import SIDES

PARENT_ORDERS = Table(
    name="parent_orders",
    columns=(
        Column("order_id", "text", "identity of the order across replaces", required=True),
        Column("account_id", "text", "customer account token"),
        Column("provider_id", "text", "the router provider it was given to", default=""),
        Column("symbol", "text", "ticker", required=True),
        Column("side", "text", "buy, sell, sell_short, sell_short_exempt", required=True, words=SIDES),
        Column("held", "flag", "false for not-held orders", default=True),
        Column("directed", "flag", "the customer named the venue", default=False),
        Column("multileg_id", "text", "package that the order is a leg of"),
        Column("decided_at", "instant", "the customer's decision, for implementation shortfall"),
        Column("received_at", "instant", "the firm got the order", required=True),
        Column("refused", "flag", "refused at entry: leaves the fill-rate denominators", default=False),
        Column("refused_reason", "text", "why it was refused"),
        Column("trading_day", "day", "session day of receipt"),
    ),
    identity=("order_id",),
    order=("trading_day", "received_at", "order_id"),
    day_of="received_at",
)
