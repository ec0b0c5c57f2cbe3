"""The sentences of the draft analyses, by scorecard row, column, and standing against the benchmark."""

from typing import Final, Literal

from routeproof.reports.score import ScoreRowId

Column = Literal["market", "limit"]
Standing = Literal["good", "level", "low", "bad", "open"]

SENTENCES: Final[dict[tuple[ScoreRowId, Column, Standing], str]] = {
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
    ("price_improvement", "market", "open"): (
        "Price improvement of market orders is {value}, the benchmark's {benchmark}."
    ),
    ("price_improvement", "limit", "good"): "Limit orders are improved more than the benchmark: {value} against "
    "{benchmark}.",
    ("price_improvement", "limit", "level"): (
        "Limit orders are improved in line with the benchmark: {value} against {benchmark}."
    ),
    ("price_improvement", "limit", "bad"): (
        "Limit orders fall behind the benchmark, {value} against {benchmark}, and need review."
    ),
    ("price_improvement", "limit", "open"): (
        "Price improvement of limit orders is {value}, the benchmark's {benchmark}."
    ),
    ("spread_capture", "market", "good"): (
        "The router captures the spread well on marketable orders: {value} against {benchmark}."
    ),
    ("spread_capture", "market", "level"): (
        "Spread capture on market orders is in line with the benchmark: {value} against {benchmark}."
    ),
    ("spread_capture", "market", "bad"): (
        "Market orders keep less of the spread than the benchmark: {value} against {benchmark}; review venue order."
    ),
    ("spread_capture", "market", "open"): ("Spread capture on market orders is {value}, the benchmark's {benchmark}."),
    ("spread_capture", "limit", "good"): "Limit orders keep more of the spread than the benchmark: {value} against "
    "{benchmark}.",
    ("spread_capture", "limit", "level"): (
        "Spread capture on limit orders is in line with the benchmark: {value} against {benchmark}."
    ),
    ("spread_capture", "limit", "bad"): (
        "Limit orders keep less of the spread than the benchmark: {value} against {benchmark}."
    ),
    ("spread_capture", "limit", "open"): "Spread capture on limit orders is {value}, the benchmark's {benchmark}.",
    ("fill_time", "market", "good"): (
        "Fills of market orders are {degree}faster than the benchmark: {value} against {benchmark}."
    ),
    ("fill_time", "market", "level"): (
        "Fills of market orders take as long as the benchmark: {value} against {benchmark}."
    ),
    ("fill_time", "market", "bad"): (
        "Fills of market orders are {degree}slower than the benchmark: {value} against {benchmark}; find where the "
        "latency arises."
    ),
    ("fill_time", "market", "open"): "Fills of market orders take {value}, the benchmark's {benchmark}.",
    ("fill_time", "limit", "good"): (
        "Fills of limit orders are {degree}faster than the benchmark: {value} against {benchmark}."
    ),
    ("fill_time", "limit", "level"): (
        "Fills of limit orders take as long as the benchmark: {value} against {benchmark}."
    ),
    ("fill_time", "limit", "bad"): (
        "Fills of limit orders are {degree}slower than the benchmark: {value} against {benchmark}."
    ),
    ("fill_time", "limit", "open"): "Fills of limit orders take {value}, the benchmark's {benchmark}.",
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
    ("limit_fill_rate", "limit", "open"): "The fill rate is {value}, the benchmark's {benchmark}.",
    ("reversion", "market", "good"): (
        "Prices move less after market orders than at the benchmark: {value} against {benchmark}; little "
        "market impact, a good sign."
    ),
    ("reversion", "market", "level"): (
        "The price move after market orders is in line with the benchmark: {value} against {benchmark}."
    ),
    ("reversion", "market", "low"): (
        "Reversion is low, no more than the benchmark's: {value} against {benchmark}; market impact "
        "looks small, a good sign."
    ),
    ("reversion", "market", "bad"): (
        "Prices move more after market orders than at the benchmark: {value} against {benchmark}; "
        "look for impact or leakage."
    ),
    ("reversion", "market", "open"): "The price move after market orders is {value}, the benchmark's {benchmark}.",
    ("reversion", "limit", "good"): (
        "Prices move less after limit orders than at the benchmark: {value} against {benchmark}."
    ),
    ("reversion", "limit", "level"): (
        "The price move after limit orders is in line with the benchmark: {value} against {benchmark}."
    ),
    ("reversion", "limit", "low"): (
        "Reversion of limit orders is no more than the benchmark's: {value} against {benchmark}."
    ),
    ("reversion", "limit", "bad"): (
        "Prices move more after limit orders than at the benchmark: {value} against {benchmark}."
    ),
    ("reversion", "limit", "open"): "The price move after limit orders is {value}, the benchmark's {benchmark}.",
}
"""Filled with `value`, `benchmark`, `degree`.

"low": no material difference, and the price came back no further than the benchmark's. "open": the verdict cannot be
told, so the sentence states both numbers and judges neither. No sentence leans on another column's.
"""
