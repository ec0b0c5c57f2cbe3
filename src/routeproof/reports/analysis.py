"""Draft analyses: sentences made from the numbers and verdicts, the same sentence for the same numbers.

A draft says what the number is against the benchmark, what it asks the reader to do, and how sure anybody can be.
It is never more than a draft until a named person adopts or edits it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from routeproof.reports.numbers import spoken
from routeproof.reports.score import Better, Comparison, Estimate, ScoreRow, ScoreRowId, kind_of

Standing = Literal["good", "level", "bad"]
SLIGHT: Final = 1 / 3
LEVEL: Final = 0.02
"""Relative gaps: under LEVEL two numbers are called level where policy gives no margin; under SLIGHT "slightly"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value read against its benchmark: where it stands, by how much (relative), and whether that is established."""

    standing: Standing
    gap: float
    established: bool


_OPENINGS: Final[dict[tuple[ScoreRowId, str, Standing], str]] = {
    ("price_improvement", "market", "good"): "Market orders show strong price improvement: {value} against {benchmark}.",
    ("price_improvement", "market", "level"): "Market orders are improved in line with the benchmark: {value} against {benchmark}.",
    ("price_improvement", "market", "bad"): "Market orders get less price improvement than the benchmark: {value} against {benchmark}; review how they are routed.",
    ("price_improvement", "limit", "good"): "Limit orders also do well, at {value}.",
    ("price_improvement", "limit", "level"): "Limit orders are in line, at {value}.",
    ("price_improvement", "limit", "bad"): "Limit orders fall behind at {value} and need review.",
    ("spread_capture", "market", "good"): "The router captures the spread well on marketable orders: {value} against {benchmark}.",
    ("spread_capture", "market", "level"): "Spread capture on market orders is in line with the benchmark: {value} against {benchmark}.",
    ("spread_capture", "market", "bad"): "Market orders keep less of the spread than the benchmark: {value} against {benchmark}; review venue order.",
    ("spread_capture", "limit", "good"): "Limit orders capture more too, at {value}.",
    ("spread_capture", "limit", "level"): "Limit orders are level, at {value}.",
    ("spread_capture", "limit", "bad"): "Limit orders capture less, at {value}.",
    ("fill_time", "market", "good"): "Fills are {degree}faster than the benchmark: {value} against {benchmark}.",
    ("fill_time", "market", "level"): "Fills take as long as the benchmark: {value} against {benchmark}.",
    ("fill_time", "market", "bad"): "Fills are {degree}slower than the benchmark: {value} against {benchmark}; find where the latency arises.",
    ("fill_time", "limit", "good"): "Limit orders are faster, at {value}.",
    ("fill_time", "limit", "level"): "Limit orders are level, at {value}.",
    ("fill_time", "limit", "bad"): "Limit orders are slower, at {value}.",
    ("limit_fill_rate", "limit", "good"): "More limit orders fill than at the benchmark: {value} against {benchmark}.",
    ("limit_fill_rate", "limit", "level"): "The fill rate is in line with the benchmark: {value} against {benchmark}.",
    ("limit_fill_rate", "limit", "bad"): "The fill rate is below the benchmark: {value} against {benchmark}; review the router's limit order logic and its choice of venues.",
    ("reversion", "market", "good"): "Prices hardly come back after our market orders ({value}, benchmark {benchmark}): little market impact, a good sign.",
    ("reversion", "market", "level"): "Reversion is in line with the benchmark: {value} against {benchmark}.",
    ("reversion", "market", "bad"): "Prices move more after our market orders than at the benchmark: {value} against {benchmark}; look for impact or leakage.",
    ("reversion", "limit", "good"): "The same holds for limit orders, at {value}.",
    ("reversion", "limit", "level"): "Limit orders are level, at {value}.",
    ("reversion", "limit", "bad"): "Limit orders show more, at {value}.",
}  # fmt: skip
_UNMEASURED: Final = "{who} cannot be judged: {reason}."
_WHO: Final = {"market": "Market orders", "limit": "Limit orders"}


def _better_by(value: float, benchmark: float, better: Better) -> float:
    """How much better the value is, in its own unit; negative = worse."""
    if better == "lower":
        return benchmark - value
    if better == "nearer_zero":
        return abs(benchmark) - abs(value)
    return value - benchmark


def read(value: float, benchmark: float, better: Better, comparison: Comparison | None) -> Reading:
    """Where the value stands against the benchmark.

    A verdict decides where there is one; otherwise the point estimate does, beyond the policy margin or, without
    one, beyond a fiftieth of the benchmark, and the reading is not established.
    """
    advantage = _better_by(value, benchmark, better)
    gap = abs(advantage) / abs(benchmark) if benchmark else float(advantage != 0)
    verdict = comparison.verdict if comparison else ""
    if verdict in ("better", "worse"):
        return Reading("good" if verdict == "better" else "bad", gap, established=True)
    if verdict == "no_material_difference":
        return Reading("level", gap, established=True)
    margin = comparison.margin if comparison and comparison.margin is not None else LEVEL * abs(benchmark)
    if abs(advantage) <= margin:
        return Reading("level", gap, established=False)
    return Reading("good" if advantage > 0 else "bad", gap, established=False)


def _caveat(comparison: Comparison | None, row: ScoreRow) -> str:
    """Why a difference that looks like one is not established."""
    if comparison is None:
        return "No test was made of this difference."
    if comparison.reason:
        return f"This is not established: {comparison.reason}."
    if comparison.detectable is not None:
        smallest = spoken(comparison.detectable, kind_of(row.id).kind)
        return f"This is not established: a difference under {smallest} could not have been seen in this much data."
    return "This is not established by the data of the period."


def _sentences(row: ScoreRow, column: Literal["market", "limit"], estimate: Estimate) -> list[str]:
    kind = kind_of(row.id)
    if (row.id, column, "good") not in _OPENINGS:
        return []
    if estimate.value is None:
        return [] if estimate.reason.startswith("N/A") else [_UNMEASURED.format(who=_WHO[column], reason=estimate.reason)]
    value = spoken(estimate.value, kind.kind)
    if row.benchmark.value is None:
        return [f"{_WHO[column]}: {value}, without a benchmark ({row.benchmark.reason})."]
    comparison = row.market_comparison if column == "market" else row.limit_comparison
    reading = read(estimate.value, row.benchmark.value, kind.better, comparison)
    sentence = _OPENINGS[row.id, column, reading.standing].format(
        value=value,
        benchmark=spoken(row.benchmark.value, kind.kind),
        degree="slightly " if reading.gap < SLIGHT else "",
    )
    unsure = not reading.established and reading.standing != "level"
    return [sentence, _caveat(comparison, row)] if unsure else [sentence]


def draft(row: ScoreRow) -> str:
    """The row's draft analysis; the same caveat is said once."""
    said: list[str] = []
    for column, estimate in (("market", row.market), ("limit", row.limit)):
        said += [s for s in _sentences(row, "market" if column == "market" else "limit", estimate) if s not in said]
    caveats = [s for s in said if s.startswith(("This is not established", "No test was made"))]
    return " ".join([s for s in said if s not in caveats] + caveats)
