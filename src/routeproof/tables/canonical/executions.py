"""Executions: one row per fill, however many sessions reported it; and the sightings themselves."""

from routeproof.tables.schema import Column, Table
from routeproof.vocab.words import CAPACITIES, EXECUTION_STATUSES, LIQUIDITY, SIDES

EXECUTIONS = Table(
    name="executions",
    columns=(
        Column("execution_id", "text", "identity of the fill", required=True),
        Column("route_id", "text", "the last route before the venue"),
        Column("order_id", "text", "parent order"),
        Column("provider_id", "text", "the provider that it came through; null = its order's"),
        Column("version", "count", "order version in force at the fill"),
        Column("symbol", "text", "ticker", required=True),
        Column("side", "text", "as the parent's", words=SIDES),
        Column("executed_at", "instant", "when it traded; a correction keeps the original's", required=True),
        Column("reported_at", "instant", "when it was reported, or corrected"),
        Column("price", "price", "price per share", required=True),
        Column("quantity", "quantity", "shares", required=True),
        Column("venue", "text", "MIC where it traded"),
        Column("liquidity", "text", "added, removed, routed, auction", words=LIQUIDITY),
        Column("capacity", "text", "agency, principal, riskless", words=CAPACITIES),
        Column("fee", "money", "fees paid, positive"),
        Column("rebate", "money", "rebates received, positive"),
        Column("payment", "money", "payment for order flow received, positive"),
        Column("status", "text", "new, corrected, busted", default="new", words=EXECUTION_STATUSES),
        Column("refers_to", "text", "execution that a bust or correction speaks of"),
        Column("sightings", "count", "reports of this fill that were seen", default=1),
        Column("trading_day", "day", "session day of the fill"),
    ),
    identity=("execution_id",),
    order=("trading_day", "symbol", "executed_at", "execution_id"),
    day_of="executed_at",
)

SIGHTINGS = Table(
    name="sightings",
    columns=(
        Column("execution_id", "text", "the fill", required=True),
        Column("session", "text", "session that reported it", required=True),
        Column("seen_at", "instant", "sending time of the report", required=True),
        Column("role", "text", "provider, client, venue or drop_copy", default=""),
        Column("exec_id_seen", "text", "identity that the session gave it", default=""),
        Column("trading_day", "day", "session day"),
    ),
    identity=("execution_id", "session", "exec_id_seen", "seen_at"),
    order=("trading_day", "execution_id", "seen_at", "session"),
    day_of="seen_at",
)
