"""Order versions: the terms in force, one row per event; a replace is a new version."""

from routeproof.tables.schema import Column, Table
from routeproof.vocab.words import ORDER_TYPES, TIMES_IN_FORCE, VERSION_EVENTS

ORDER_VERSIONS = Table(
    name="order_versions",
    columns=(
        Column("order_id", "text", "parent order", required=True),
        Column("version", "count", "1 for the original, +1 per accepted replace", default=1),
        Column("effective_at", "instant", "when the event took effect", required=True),
        Column("event", "text", "what happened", default="new", words=VERSION_EVENTS),
        Column(
            "quantity", "quantity", "shares of the version; for a cancel or expiry, the shares ended", required=True
        ),
        Column("leaves", "quantity", "shares still open after the event"),
        Column("order_type", "text", "market, limit, stop, …", default="market", words=ORDER_TYPES),
        Column("limit_price", "price", "limit, null for market orders"),
        Column("stop_price", "price", "stop trigger price"),
        Column(
            "time_in_force",
            "text",
            "day, ioc, fok, gtc, gtd, at_the_open, at_the_close",
            default="day",
            words=TIMES_IN_FORCE,
        ),
        Column("instructions", "text", "execution instructions, space separated", default=""),
        Column("requested_by", "text", "customer, provider, venue, firm or empty", default=""),
        Column("trading_day", "day", "session day of the event"),
    ),
    identity=("order_id", "version", "event", "effective_at"),
    order=("trading_day", "order_id", "version", "effective_at"),
    day_of="effective_at",
)
