"""Routes: instructions sent onward, firm to provider (hop 1) and on to venues (hop 2, …)."""

from routeproof.tables.schema import Column, Table
from routeproof.vocab.words import ORDER_TYPES, TIMES_IN_FORCE

ROUTES = Table(
    name="routes",
    columns=(
        Column("route_id", "text", "identity of the route", required=True),
        Column("order_id", "text", "parent order; null while unlinked"),
        Column("version", "count", "order version that the route serves"),
        Column("parent_route_id", "text", "the route that this one was split from"),
        Column("provider_id", "text", "the provider that it went to or came from; null = its order's"),
        Column("hop", "count", "1 = firm to provider, 2 = provider to venue, …", default=1),
        Column("from_party", "text", "who sent it", default=""),
        Column("to_party", "text", "who got it", default=""),
        Column("venue", "text", "MIC where it was sent, if a venue"),
        Column("symbol", "text", "ticker", required=True),
        Column("side", "text", "as the parent's", required=True),
        Column("sent_at", "instant", "sent", required=True),
        Column("acknowledged_at", "instant", "accepted by the receiver"),
        Column("rejected_at", "instant", "refused by the receiver"),
        Column("reject_reason", "text", "why"),
        Column("quantity", "quantity", "shares sent", required=True),
        Column("order_type", "text", "terms of the route", default="market", words=ORDER_TYPES),
        Column("limit_price", "price", "limit of the route"),
        Column("time_in_force", "text", "time in force of the route", default="day", words=TIMES_IN_FORCE),
        Column("iso", "flag", "intermarket sweep order", default=False),
        Column("strategy", "text", "the provider's name for the tactic"),
        Column("intent", "text", "probe, take, post or sweep", words=("probe", "take", "post", "sweep")),
        Column("cancelled_at", "instant", "the remainder was cancelled"),
        Column("cancelled_quantity", "quantity", "shares cancelled"),
        Column("trading_day", "day", "session day of sending"),
    ),
    identity=("route_id",),
    order=("trading_day", "sent_at", "route_id"),
    day_of="sent_at",
)
