"""The sentences of the draft analyses, by scorecard row, column, and standing against the benchmark."""

from typing import Final, Literal

from routeproof.reports.score import ScoreRowId

Column = Literal["market", "limit"]

SENTENCES: Final[dict[tuple[ScoreRowId, Column, str], str]] = {
    ("price_improvement", "market", "good"): (
        "Market orders show strong price improvement: {value} against {benchmark}."
    ),
    ("price_improvement", "market", "level"): (
        "Market orders are improved in line with the benchmark: {value} against {benchmark}."
    ),
    ("price_improvement", "market", "bad"): (
        "Market orders get less price improvement than the benchmark: {value} against {benchmark}; "
        "review how they are routed."
    ),
    ("price_improvement", "limit", "good"): "Limit orders also do well, at {value}.",
    ("price_improvement", "limit", "level"): "Limit orders are in line, at {value}.",
    ("price_improvement", "limit", "bad"): "Limit orders fall behind at {value} and need review.",
    ("spread_capture", "market", "good"): (
        "The router captures the spread well on marketable orders: {value} against {benchmark}."
    ),
    ("spread_capture", "market", "level"): (
        "Spread capture on market orders is in line with the benchmark: {value} against {benchmark}."
    ),
    ("spread_capture", "market", "bad"): (
        "Market orders keep less of the spread than the benchmark: {value} against {benchmark}; review venue order."
    ),
    ("spread_capture", "limit", "good"): "Limit orders capture more too, at {value}.",
    ("spread_capture", "limit", "level"): "Limit orders are level, at {value}.",
    ("spread_capture", "limit", "bad"): "Limit orders capture less, at {value}.",
    ("fill_time", "market", "good"): "Fills are {degree}faster than the benchmark: {value} against {benchmark}.",
    ("fill_time", "market", "level"): "Fills take as long as the benchmark: {value} against {benchmark}.",
    ("fill_time", "market", "bad"): (
        "Fills are {degree}slower than the benchmark: {value} against {benchmark}; find where the latency arises."
    ),
    ("fill_time", "limit", "good"): "Limit orders are faster, at {value}.",
    ("fill_time", "limit", "level"): "Limit orders are level, at {value}.",
    ("fill_time", "limit", "bad"): "Limit orders are slower, at {value}.",
    ("limit_fill_rate", "limit", "good"): (
        "More limit orders fill than at the benchmark: {value} against {benchmark}."
    ),
    ("limit_fill_rate", "limit", "level"): (
        "The fill rate is in line with the benchmark: {value} against {benchmark}."
    ),
    ("limit_fill_rate", "limit", "bad"): (
        "The fill rate is below the benchmark: {value} against {benchmark}; review the router's limit "
        "order logic and its choice of venues."
    ),
    ("reversion", "market", "good"): (
        "Prices hardly come back after our market orders ({value}, benchmark {benchmark}): little "
        "market impact, a good sign."
    ),
    ("reversion", "market", "level"): "Reversion is in line with the benchmark: {value} against {benchmark}.",
    ("reversion", "market", "low"): (
        "Reversion is low, no more than the benchmark's: {value} against {benchmark}; market impact "
        "looks small, a good sign."
    ),
    ("reversion", "limit", "low"): "The same holds for limit orders, at {value}.",
    ("reversion", "market", "bad"): (
        "Prices move more after our market orders than at the benchmark: {value} against {benchmark}; "
        "look for impact or leakage."
    ),
    ("reversion", "limit", "good"): "The same holds for limit orders, at {value}.",
    ("reversion", "limit", "level"): "Limit orders are level, at {value}.",
    ("reversion", "limit", "bad"): "Limit orders show more, at {value}.",
}
"""Filled with `value`, `benchmark`, `degree`; "low" is a reversion no larger than the benchmark's."""
