"""The layout of detailed reports for months from August 2026: 55 fields, found by the names in the header row.

Source: Rule 605 NMS Plan as amended, Exhibit A (34-103243, 34-103939): names and order are confirmed, meanings follow
from the names and 17 CFR 242.605(a)(1). Times are taken as milliseconds, as in summary reports; that is not confirmed.
Empty means no data, never zero.
"""

from routeproof.tables.rule605.layout import Field, FieldKind, Layout

_FIELDS: tuple[tuple[str, str, FieldKind, str], ...] = (
    ("DsgntParticipant", "participant", "key", "designated participant"),
    ("RprtEntityCd", "reporter", "key", "market centre, broker or dealer"),
    ("RptDate", "month", "key", "YYYYMM of trading"),
    ("Symbol", "symbol", "key", "ticker"),
    ("LotSizeFlag", "lot_size", "key", "fractional, odd lot, round lot or greater"),
    ("OrderSize", "order_size", "key", "lower bound of the notional bucket, USD"),
    ("OrderType", "order_type", "key", "code of the order type"),
    ("CvrdOrderCnt", "covered_orders", "count", "covered orders"),
    ("CvrdOrderSize", "covered_usd", "total", "notional of covered orders"),
    ("CvrdOrderQty", "covered_shares", "total", "shares of covered orders"),
    ("CvrdOrderCnclQty", "cancelled_shares", "total", "shares cancelled before execution"),
    ("CvrdOrderExctdQty", "executed_shares", "total", "shares executed at the reporter"),
    ("CvrdOrderExctdAwayQty", "executed_away_shares", "total", "shares executed elsewhere"),
    ("CvrdOrderQtyto100microsec", "shares_to_100us", "total", "shares executed within 100 microseconds of clock start"),
    ("CvrdOrderQtyto1millisec", "shares_to_1ms", "total", "100 microseconds to 1 millisecond"),
    ("CvrdOrderQtyto10millisec", "shares_to_10ms", "total", "1 to 10 milliseconds"),
    ("CvrdOrderQtyto1sec", "shares_to_1s", "total", "10 milliseconds to 1 second"),
    ("CvrdOrderQtyto10sec", "shares_to_10s", "total", "1 to 10 seconds"),
    ("CvrdOrderQtyto30sec", "shares_to_30s", "total", "10 to 30 seconds"),
    ("CvrdOrderQtyto5min", "shares_to_300s", "total", "30 seconds to 5 minutes"),
    ("CvrdOrderQtyOthr", "shares_later", "total", "5 minutes and later"),
    ("AvgRealSprd50millisec", "realized_spread_usd_per_share_50ms", "average", "average realized spread"),
    ("AvgRealSprdPct50millisec", "realized_spread_of_midpoint_50ms", "average", "the same as a fraction"),
    ("AvgRealSprd1sec", "realized_spread_usd_per_share_1s", "average", "average realized spread"),
    ("AvgRealSprdPct1sec", "realized_spread_of_midpoint_1s", "average", "the same as a fraction"),
    ("AvgRealSprd15sec", "realized_spread_usd_per_share_15s", "average", "average realized spread"),
    ("AvgRealSprdPct15sec", "realized_spread_of_midpoint_15s", "average", "the same as a fraction"),
    ("AvgRealSprd1min", "realized_spread_usd_per_share_60s", "average", "average realized spread"),
    ("AvgRealSprdPct1min", "realized_spread_of_midpoint_60s", "average", "the same as a fraction"),
    ("AvgRealSprd5min", "realized_spread_usd_per_share_300s", "average", "average realized spread"),
    ("AvgRealSprdPct5min", "realized_spread_of_midpoint_300s", "average", "the same as a fraction"),
    ("ExctdOrderMidPtAvg", "midpoint_usd_per_share", "average", "average midpoint at clock start"),
    ("ExctdOrderAvgQuotSprd", "quoted_spread_usd_per_share", "average", "average quoted spread"),
    ("AvgEffctvSprd", "effective_spread_usd_per_share", "average", "average effective spread"),
    ("AvgEffctvSprdPct", "effective_spread_of_midpoint", "average", "the same as a fraction of the midpoint"),
    ("AvgEFQPct", "e_over_q", "average", "average effective over average quoted spread, a fraction"),
    ("ExctdPIOrdersQty", "improved_shares", "total", "shares executed with price improvement"),
    ("ExctdPIOrdWghtdAvgAmtPerShare", "improved_usd_per_share", "average", "average amount of it"),
    ("ExctdPIOrdWghtdAvgTime", "improved_ms", "average", "average time of these shares"),
    ("ExctdOrderAtQuotQty", "at_quote_shares", "total", "shares executed at the quote"),
    ("ExctdAtQuotOrdWghtdAvgTime", "at_quote_ms", "average", "average time of these shares"),
    ("ExctdOrderOutQuotQty", "outside_shares", "total", "shares executed outside the quote"),
    ("ExctdOutQuotOrdWghtdAvgAmt", "outside_usd_per_share", "average", "average amount outside, positive"),
    ("ExctdOutQuotOrdWghtdAvgTime", "outside_ms", "average", "average time of these shares"),
    (
        "ExctdPIOrderRltvBestPrQty",
        "best_improved_shares",
        "total",
        "shares better than the best displayed price",
    ),
    ("ExctdPIOrderRltvBestPrWghtdAvg", "best_improved_usd_per_share", "average", "average amount of it"),
    ("ExctdOrderAtBestPrQty", "at_best_shares", "total", "shares at the best displayed price"),
    ("ExctdOrderOutBestPrQty", "best_outside_shares", "total", "shares outside the best displayed price"),
    ("ExctdOrderOutBestPrWghtdAvgAmt", "best_outside_usd_per_share", "average", "average amount outside, positive"),
    ("ExctdOrderSizeBnchmrkQty", "size_benchmark_shares", "total", "displayed contra size, at most the order's"),
    ("ExctdSIOutsizedQty", "size_improved_shares", "total", "shares of outsized orders at or better than the quote"),
    ("FilledOrderCnt", "filled_orders", "count", "orders with a fill, of non-marketable and stop types"),
    ("RegExctdOrderQty", "regular_shares", "total", "shares printed regular way at prices that could fill the order"),
    ("RegExctdOrderOnXchngQty", "regular_exchange_shares", "total", "of these, on exchanges"),
    ("FilledOrderWghtdAvgTime", "filled_ms", "average", "average time to fill from executability"),
)

_ALIASES = {
    "ExctdPIOrdWghtdAvgAmtPerShare": ("ExctdPIOrdersWghtdAvgAmtPerShare",),
    "ExctdPIOrdWghtdAvgTime": ("ExctdPIOrdersWghtdAvgTime",),
}

DETAILED = Layout(
    name="detailed",
    delimiter="|",
    has_header=True,
    fields=tuple(Field(*item, aliases=_ALIASES.get(item[0], ())) for item in _FIELDS),
    key=("participant", "reporter", "month", "symbol", "lot_size", "order_size", "order_type"),
)
"""One row a symbol, lot size, notional bucket and order type."""
