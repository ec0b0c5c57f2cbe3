"""The layout of reports for months up to July 2026: 26 fields, no header.

Source: Rule 605 NMS Plan before its amendment of 2025. Times are in seconds; orders of fewer than 100 and of 10,000
shares and more were not reported. Fields 18 to 26 are empty for order types 13 to 15, which means no data, never zero.
"""

from routeproof.tables.rule605.layout import Field, FieldKind, Layout

_FIELDS: tuple[tuple[str, FieldKind, str], ...] = (
    ("participant", "key", "designated participant"),
    ("reporter", "key", "market centre"),
    ("month", "key", "YYYYMM of trading"),
    ("symbol", "key", "ticker"),
    ("order_type", "key", "11 market, 12 marketable limit, 13 inside, 14 at, 15 near the quote"),
    ("order_size", "key", "21 100-499, 22 500-1999, 23 2000-4999, 24 5000-9999 shares"),
    ("covered_orders", "count", "covered orders"),
    ("covered_shares", "total", "shares of covered orders"),
    ("cancelled_shares", "total", "shares cancelled before execution"),
    ("executed_shares", "total", "shares executed at the market centre"),
    ("executed_away_shares", "total", "shares executed elsewhere"),
    ("shares_to_10s", "total", "shares executed 0 to 9 seconds after receipt"),
    ("shares_to_30s", "total", "10 to 29 seconds"),
    ("shares_to_60s", "total", "30 to 59 seconds"),
    ("shares_to_300s", "total", "60 to 299 seconds"),
    ("shares_to_1800s", "total", "5 to 30 minutes; later executions stand in no bucket"),
    ("realized_spread_usd_per_share_300s", "average", "average realized spread, five minutes after execution"),
    ("effective_spread_usd_per_share", "average", "average effective spread"),
    ("improved_shares", "total", "shares executed with price improvement"),
    ("improved_usd_per_share", "average", "average amount of it"),
    ("improved_s", "average", "average seconds from receipt to execution of these shares"),
    ("at_quote_shares", "total", "shares executed at the quote"),
    ("at_quote_s", "average", "average seconds of these shares"),
    ("outside_shares", "total", "shares executed outside the quote"),
    ("outside_usd_per_share", "average", "average amount outside, positive"),
    ("outside_s", "average", "average seconds of these shares"),
)

LEGACY = Layout(
    name="legacy",
    delimiter="|",
    has_header=False,
    fields=tuple(Field(str(number), *item) for number, item in enumerate(_FIELDS, start=1)),
    key=("participant", "reporter", "month", "symbol", "order_type", "order_size"),
)
"""One row a symbol, order type and size."""

RESTING_TYPES = ("13", "14", "15")
"""Order types of orders that did not trade at once."""

OF_TRADED_AT_ONCE = LEGACY.columns()[17:]
"""Fields 18 to 26, which are empty for resting types: their quote at receipt says nothing about their price."""

ROLLED_UP = {
    "MarketCenter": "reporter",
    "idate": "month",
    "Exchange": "symbol",
    "OrderCode": "order_type",
    "CoveredOrders": "covered_orders",
    "CoveredShares": "covered_shares",
    "CancelledShares": "cancelled_shares",
    "MktCtrExecShares": "executed_shares",
    "AwayExecShares": "executed_away_shares",
    "ExecShares_0_9": "shares_to_10s",
    "ExecShares_10_29": "shares_to_30s",
    "ExecShares_30_59": "shares_to_60s",
    "ExecShares_60_299": "shares_to_300s",
    "ExecShares_5_30": "shares_to_1800s",
    "AvgRealSpread": "realized_spread_usd_per_share_300s",
    "AvgEffecSpread": "effective_spread_usd_per_share",
    "PrImpShares": "improved_shares",
    "PrImp_AvgAmt": "improved_usd_per_share",
    "PrImp_AvgT": "improved_s",
    "ATQShares": "at_quote_shares",
    "ATQ_AvgT": "at_quote_s",
    "OTQShares": "outside_shares",
    "OTQ_AvgAmt": "outside_usd_per_share",
    "OTQ_AvgT": "outside_s",
}
"""Names in research collections of such reports, rolled up by the exchange that lists the stock: no participant, no
order size, and a group of stocks where the symbol stands."""
