"""The summary report under 605(a)(2): market and marketable limit orders by index membership and size; 18 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.rule605.figures import BPS, Figures, ratios
from routeproof.metrics.rule605.sizes import SUMMARY_BELOW
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
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


def summary_type(reporting: Reporting605) -> pl.Expr:
    """`M` or `ML` of rows with `order_type, immediate`; null for what the summary leaves out, all immediate ones too.

    Source: order execution summary specification, field OrderType, [C].
    """
    words = {reporting.order_type(name): word for name, word in CATEGORIES.items()}
    word = pl.col("order_type").replace_strict(words, default=None, return_dtype=pl.String)
    return pl.when(pl.col("immediate") == "N").then(word)


def with_total_below(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, and again those of fewer than 200,000 dollars under the size of all of them together."""
    below = rows.filter(pl.col("order_size") < SUMMARY_BELOW)
    return pl.concat([rows, below.with_columns(pl.lit(BELOW, dtype=pl.Int64).alias("order_size"))])


def average_shares(rows: Figures) -> list[str]:
    """Column 7: shares per covered order."""
    return rows.ratio("covered_shares:sum", "covered_orders:sum", divisor=SCALE)


def average_notional(rows: Figures) -> list[str]:
    """Column 8: dollars per covered order."""
    return rows.ratio("covered_notional:sum", "covered_orders:sum", divisor=SCALE * SCALE)


def _classified(rows: Figures) -> tuple[list[int], list[int], list[int]]:
    """Shares improved, improved or at the quote, and all, of each row."""
    improved, at, outside = (rows.raw(f"{name}:sum") for name in _SHARES)
    better = [sum(pair) for pair in zip(improved, at, strict=True)]
    return improved, better, [sum(pair) for pair in zip(better, outside, strict=True)]


def at_quote_or_better(rows: Figures) -> list[str]:
    """Column 10: fraction of the shares executed at the quote or better."""
    _, better, every = _classified(rows)
    return ratios(better, every)


def improved(rows: Figures) -> list[str]:
    """Column 11: fraction of the shares executed with price improvement."""
    better, _, every = _classified(rows)
    return ratios(better, every)


def improvement_fraction(rows: Figures) -> list[str]:
    """Column 12: dollars improved less dollars outside, over the average midpoint times the shares executed."""
    both = zip(rows.raw("improved_usd_per_share:sum"), rows.raw("outside_usd_per_share:sum"), strict=True)
    return ratios((2 * (gain - loss) for gain, loss in both), rows.raw("midpoint:sum"))  # of twice the midpoint


def quoted_fraction(rows: Figures) -> list[str]:
    """Column 14: average quoted spread over the average midpoint."""
    return rows.ratio("quoted_spread_usd_per_share:sum", "midpoint:sum", multiplier=2)


def summary_columns(rows: Figures) -> list[list[str]]:
    """Columns 7 to 18; a row without an execution has the first two."""
    return [
        average_shares(rows),
        average_notional(rows),
        rows.mean("midpoint"),
        at_quote_or_better(rows),
        improved(rows),
        improvement_fraction(rows),
        rows.mean("effective_spread_bps", BPS),
        quoted_fraction(rows),
        rows.mean("e_over_q"),
        rows.mean("realized_fraction_15s"),
        rows.mean("realized_fraction_60s"),
        rows.mean("time_to_execution_ms_avg"),
    ]
