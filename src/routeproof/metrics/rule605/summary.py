"""The summary report under 605(a)(2): market and marketable limit orders by index membership and size; 18 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.metrics.rule605.figures import BPS, EMPTY, Figures
from routeproof.metrics.rule605.rounding import half_up
from routeproof.metrics.rule605.sizes import SUMMARY_BELOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routeproof.policy.report605 import Reporting605

HEADER = (
    "DsgntParticipant", "RprtEntityCd", "RptDate", "Sp500", "OrderSize", "OrderType", "AvgOrderQty", "AvgOrderSize",
    "ExctdOrderMidPtAvg", "PctExctdAtQuotOrBetter", "PctExctdPI", "WghtdAvgPctPI", "AvgEffctvSprdPct",
    "AvgPctQuotSprd", "AvgEFQPct", "AvgRealSprdPct15sec", "AvgRealSprdPct1min", "WghtdAvgExctnTime",
)  # fmt: skip
_ORDERS = ("classification", "special_handling", "halts", "crossed", "clock_start")
COLUMNS = {
    "Sp500": ("sp500_unknown",),
    "OrderSize": ("notional_price", "notional_buckets"),
    "OrderType": ("order_types", "fill_or_kill"),
    **dict.fromkeys(HEADER[6:8], ("notional_price", "replaced_orders", *_ORDERS)),
    **dict.fromkeys(HEADER[8:14], ("locked", *_ORDERS)),
    "AvgEFQPct": ("e_over_q", "locked", *_ORDERS),
    **dict.fromkeys(HEADER[15:17], ("realized_percentage", "after_close", *_ORDERS)),
    "WghtdAvgExctnTime": ("clock_start", *_ORDERS[:-1]),
}
"""Column -> readings of the policy that it rests on."""
BELOW = 199_999
"""Size code of all orders below 200,000 dollars together."""
CATEGORIES = {"market": "M", "marketable_limit": "ML"}
_SHARES = ("improved_shares", "at_quote_shares", "outside_shares")


def summary_type(reporting: Reporting605, code: str, immediate: str) -> str | None:
    """`M` or `ML` of a covered order; null for the types that the summary leaves out, all immediate ones among them.

    Source: order execution summary specification, field OrderType, [C].
    """
    by_code = {reporting.order_type(name): word for name, word in CATEGORIES.items()}
    return None if immediate == "Y" else by_code.get(code)


def summary_sizes(bucket: int) -> Iterable[int]:
    """Size codes that an order of a bucket is counted under."""
    return (bucket, BELOW) if bucket < SUMMARY_BELOW else (bucket,)


def average_shares(row: Figures) -> str:
    """Column 7: shares per covered order."""
    return half_up(row.raw("covered_shares:sum"), row.raw("covered_orders:sum") * 10**9)


def average_notional(row: Figures) -> str:
    """Column 8: dollars per covered order."""
    return half_up(row.raw("covered_notional:sum"), row.raw("covered_orders:sum") * 10**18)


def at_quote_or_better(row: Figures) -> str:
    """Column 10: fraction of the shares executed at the quote or better."""
    improved, at, outside = (row.raw(f"{name}:sum") for name in _SHARES)
    classified = improved + at + outside
    return half_up(improved + at, classified) if classified else EMPTY


def improved(row: Figures) -> str:
    """Column 11: fraction of the shares executed with price improvement."""
    shares = [row.raw(f"{name}:sum") for name in _SHARES]
    return half_up(shares[0], sum(shares)) if sum(shares) else EMPTY


def improvement_fraction(row: Figures) -> str:
    """Column 12: dollars improved less dollars outside, over the average midpoint times the shares executed."""
    net = row.raw("improved_usd_per_share:sum") - row.raw("outside_usd_per_share:sum")
    middle = row.raw("midpoint:sum")  # twice the midpoint
    return half_up(2 * net, middle) if middle else EMPTY


def quoted_fraction(row: Figures) -> str:
    """Column 14: average quoted spread over the average midpoint."""
    return row.ratio("quoted_spread_usd_per_share:sum", "midpoint:sum", multiplier=2)


def summary_cells(row: Figures) -> list[str]:
    """Columns 7 to 18; without an execution only the first two are filled."""
    return [
        average_shares(row),
        average_notional(row),
        row.mean("midpoint"),
        at_quote_or_better(row),
        improved(row),
        improvement_fraction(row),
        row.mean("effective_spread_bps", BPS),
        quoted_fraction(row),
        row.mean("e_over_q"),
        row.mean("realized_fraction_15s"),
        row.mean("realized_fraction_60s"),
        row.mean("time_to_execution_ms_avg"),
    ]
