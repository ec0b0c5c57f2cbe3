"""The layout of summary reports under 605(a)(2): CSV of 18 columns, in the order of the SEC's specification.

Source: Order Execution Summary technical specification, Exhibit A. Shares and spreads are averages: what they are
averages over, the number of orders and the shares executed, is not in the file.
"""

from routeproof.tables.rule605.layout import Field, FieldKind, Layout

_FIELDS: tuple[tuple[str, str, FieldKind, str], ...] = (
    ("DsgntParticipant", "participant", "key", "designated participant"),
    ("RprtEntityCd", "reporter", "key", "market centre, broker or dealer"),
    ("RptDate", "month", "key", "YYYYMM of trading"),
    ("Sp500", "sp500", "key", "Y member of the S&P 500 on the first day of the month, N other"),
    ("OrderSize", "order_size", "key", "lower bound of the notional bucket, USD; 199999 all below 200,000"),
    ("OrderType", "order_type", "key", "M market, ML marketable limit, without IOC and FOK"),
    ("AvgOrderQty", "average_order_shares", "average", "average order size"),
    ("AvgOrderSize", "average_order_usd", "average", "average notional order size"),
    ("ExctdOrderMidPtAvg", "midpoint_usd_per_share", "average", "average midpoint of executions"),
    ("PctExctdAtQuotOrBetter", "share_at_quote_or_better", "average", "executed shares at the quote or better, of 1"),
    ("PctExctdPI", "share_improved", "average", "executed shares with price improvement, of 1"),
    ("WghtdAvgPctPI", "price_improvement_of_midpoint", "average", "net improvement over midpoint times shares"),
    ("AvgEffctvSprdPct", "effective_spread_of_midpoint", "average", "average effective spread, a fraction"),
    ("AvgPctQuotSprd", "quoted_spread_of_midpoint", "average", "average quoted spread over average midpoint"),
    ("AvgEFQPct", "e_over_q", "average", "average effective over average quoted spread, a fraction"),
    ("AvgRealSprdPct15sec", "realized_spread_of_midpoint_15s", "average", "realized spread after 15 seconds"),
    ("AvgRealSprdPct1min", "realized_spread_of_midpoint_60s", "average", "realized spread after one minute"),
    ("WghtdAvgExctnTime", "time_ms", "average", "share-weighted average time to execution"),
)

SUMMARY = Layout(
    name="summary",
    delimiter=",",
    has_header=True,
    fields=tuple(Field(*item) for item in _FIELDS),
    key=("participant", "reporter", "month", "sp500", "order_size", "order_type"),
)
"""One row an index membership, notional bucket and order type."""
