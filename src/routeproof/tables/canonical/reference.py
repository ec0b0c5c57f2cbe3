"""Dated reference data: instruments, venues, what venues charge and pay; and links between records."""

from routeproof.tables.schema import Column, Table

INSTRUMENTS = Table(
    name="instruments",
    columns=(
        Column("symbol", "text", "ticker", required=True),
        Column("valid_from", "day", "first day of these terms", required=True),
        Column("listing", "text", "MIC of the primary listing"),
        Column("sp500", "flag", "member of the S&P 500"),
        Column("round_lot", "quantity", "shares of a round lot"),
        Column("tick", "price", "minimum quote increment"),
        Column("calendar", "text", "session calendar", default="xnys"),
    ),
    identity=("symbol", "valid_from"),
    order=("symbol", "valid_from"),
    is_event=False,
)

VENUES = Table(
    name="venues",
    columns=(
        Column("mic", "text", "market identifier code", required=True),
        Column("valid_from", "day", "first day of these facts", required=True),
        Column("name", "text", "name", default=""),
        Column("kind", "text", "exchange, ats, wholesaler, …", default=""),
        Column("operator", "text", "who runs it"),
        Column("affiliate_of", "text", "provider or firm that owns it"),
    ),
    identity=("mic", "valid_from"),
    order=("mic", "valid_from"),
    is_event=False,
)

FEE_SCHEDULES = Table(
    name="fee_schedules",
    columns=(
        Column("venue", "text", "MIC", required=True),
        Column("valid_from", "day", "first day", required=True),
        Column("liquidity", "text", "added, removed, routed, auction", required=True),
        Column("fee_usd_per_share", "money", "charged per share", default=0),
        Column("rebate_usd_per_share", "money", "paid back per share", default=0),
    ),
    identity=("venue", "valid_from", "liquidity"),
    order=("venue", "valid_from", "liquidity"),
    is_event=False,
)

PAYMENTS = Table(
    name="payments",
    columns=(
        Column("venue", "text", "MIC of the payer", required=True),
        Column("provider_id", "text", "provider that the payment concerns", default=""),
        Column("month", "day", "first day of the month", required=True),
        Column("payment_usd", "money", "net payment received for order flow", required=True),
    ),
    identity=("venue", "provider_id", "month"),
    order=("venue", "provider_id", "month"),
    is_event=False,
)

LINKS = Table(
    name="links",
    columns=(
        Column("child_kind", "text", "route or execution", required=True),
        Column("child_id", "text", "the record that was linked", required=True),
        Column("parent_kind", "text", "order or route"),
        Column("parent_id", "text", "what it was linked to; null while unlinked"),
        Column("method", "text", "exact, declared, tag:N, attributes, ambiguous, unlinked", required=True),
        Column("clock_uncertainty_ns", "count", "declared uncertainty that the match allowed for"),
        Column("trading_day", "day", "session day of the child"),
    ),
    identity=("child_kind", "child_id"),
    order=("trading_day", "child_kind", "child_id"),
    is_event=False,
)
