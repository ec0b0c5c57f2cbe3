"""The review framework of page one: four components, each with a threshold that is a test in policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.review.benchmark import Benchmark
from routeproof.app.review.evidence_cells import CellTable, Selection
from routeproof.evidence.framework import (
    ThresholdResult,
    any_underperformance,
    consistent_underperformance,
    fill_rate_decline,
    payer_concentration,
    routing_latency,
)
from routeproof.reports.numbers import spoken
from routeproof.reports.pack.inputs import FrameworkRow

if TYPE_CHECKING:
    from routeproof.app.review.judge import Judge
    from routeproof.evidence.verdict import Word
    from routeproof.policy.thresholds import FrameworkThresholds
    from routeproof.reports.pack.inputs import Outcome

IMPROVEMENT = "price_improvement_usd_per_share"
CAPTURE = "spread_capture"
LATENCY = "route_to_execution_ms_avg"
FILL_RATE = "limit_fill_rate_shares"
_OUTCOMES: dict[str, Outcome] = {
    "met": "failed",
    "not_met": "passed",
    "cannot_tell": "cannot_tell",
    "no_control_flow": "no_control_flow",
}


def framework_rows(
    judge: Judge,
    cells: CellTable,
    provider: str,
    benchmark: Benchmark,
    prior: CellTable | None,
    venues: pl.DataFrame,
    hhi: float | None,
    control: str | None,
) -> tuple[FrameworkRow, ...]:
    """The four components with their outcomes; a test that could not be made is never a pass."""
    thresholds = judge.book.framework.on(judge.period_start).value
    return (
        _row(
            "Price improvement",
            "Effective/spread capture, price improvement per share",
            "Firm's own measurement of FIX logs against the NBBO; the provider's reports are not used",
            f"Consistent underperformance: worse than the benchmark ({benchmark.name_of('price_improvement')}) in the "
            f"quarter, or in {thresholds.worse_months} of {thresholds.months} months",
            _improvement(judge, cells, provider, benchmark, thresholds),
        ),
        _row(
            "Execution speed",
            "Average fill time, route to execution (ms)",
            "FIX timestamps of route and fill",
            "Market orders significantly slower, route to execution, than a declared direct (control) flow",
            _latency(judge, cells, provider, control),
        ),
        _row(
            "Fill rates",
            "Share of orders filled, limit order fill rate",
            "Order versions and executions",
            "Fill rate of limit orders worse than in the own prior quarter",
            _fill_rate(judge, cells, provider, prior),
        ),
        _row(
            "Venue analysis",
            "Share of volume by venue, net payments, concentration (HHI)",
            "Executions, fee schedules, payments",
            f"More than {thresholds.payer_volume_share:.0%} of shares at net payers with HHI above "
            f"{thresholds.payer_concentration_hhi:.2f}",
            payer_concentration(payer_share(venues), hhi, thresholds, unknown_payer_share(venues)),
        ),
    )


def _row(component: str, metrics: str, sources: str, threshold: str, result: ThresholdResult) -> FrameworkRow:
    return FrameworkRow(
        component=component,
        metrics=metrics,
        data_sources=sources,
        threshold=threshold,
        outcome=_OUTCOMES[result.outcome],
        detail=result.reason[:1].upper() + result.reason[1:] + ".",
    )


def _improvement(
    judge: Judge, cells: CellTable, provider: str, benchmark: Benchmark, thresholds: FrameworkThresholds
) -> ThresholdResult:
    """Market and limit orders apart: pooled, the good fills of one would hide the bad ones of the other."""
    months = _months(cells)[: thresholds.months]
    found: dict[str, ThresholdResult] = {}
    for metric, label in ((IMPROVEMENT, "price improvement"), (CAPTURE, "spread capture")):
        for group in ("market", "limit"):
            chosen = Selection(provider=provider, groups=(group,))
            if cells.rows_behind(metric, chosen):
                words = [_word(judge, cells, metric, replace(chosen, month=month), benchmark) for month in months]
                quarter = _word(judge, cells, metric, chosen, benchmark)
                found[f"{label} of {group} orders"] = consistent_underperformance(words, quarter, thresholds)
    return _of_average(any_underperformance(found), benchmark)


def _of_average(result: ThresholdResult, benchmark: Benchmark) -> ThresholdResult:
    """Not worse than an industry average is no pass: it does not show what competing markets would have given."""
    if benchmark.industry is None or result.outcome != "not_met":
        return result
    reason = f"{result.reason}; but an industry average alone does not show what competing markets would have given"
    return replace(result, outcome="cannot_tell", reason=reason)


def _months(cells: CellTable) -> list[str]:
    if not cells.cells.width:
        return []
    return sorted(cells.cells["trading_day"].dt.strftime("%Y-%m").unique())


def _word(judge: Judge, cells: CellTable, metric: str, selection: Selection, benchmark: Benchmark) -> Word:
    judged = judge.compare(cells, metric, selection, benchmark, _row_of(metric))
    return judged.verdict.word if judged is not None else "cannot_tell"


def _row_of(metric: str) -> str:
    rows = {IMPROVEMENT: "price_improvement", CAPTURE: "spread_capture", FILL_RATE: "limit_fill_rate"}
    return rows.get(metric, "")


def _latency(judge: Judge, cells: CellTable, provider: str, control: str | None) -> ThresholdResult:
    """Market orders alone: limit orders may wait by choice, and their waiting would drown any delay in noise."""
    if control is None or control == provider or control not in cells.providers():
        return routing_latency(None, None)
    direct = Benchmark(name=control, cells=cells, provider=control)
    result = routing_latency(_word(judge, cells, LATENCY, _meeting(provider), direct), control)
    unseen = [name for name in (provider, control) if not cells.rows_behind(LATENCY, _meeting(name))]
    if unseen:
        return replace(result, reason=f"no routes with sending times were delivered for {' and '.join(unseen)}")
    return result


def _meeting(provider: str) -> Selection:
    return Selection(provider=provider, groups=("market",))


def _fill_rate(judge: Judge, cells: CellTable, provider: str, prior: CellTable | None) -> ThresholdResult:
    if prior is None or provider not in prior.providers():
        return fill_rate_decline(None)
    before = Benchmark(name="own prior quarter", cells=prior, provider=provider)
    judged = judge.compare(cells, FILL_RATE, Selection(provider=provider), before)
    result = fill_rate_decline(judged.verdict.word if judged else None)
    if judged is None or judged.difference.subject is None or judged.difference.benchmark is None:
        return result
    now, then = (spoken(value, "rate") for value in (judged.difference.subject, judged.difference.benchmark))
    return replace(result, reason=f"{result.reason}: {now} of shares, {then} in the prior quarter")


def payer_share(venues: pl.DataFrame) -> float | None:
    """Share of executed shares at net payers; `None` where no payment is known."""
    if not venues.width or venues["payer"].is_null().all():
        return None
    return float(venues.filter(pl.col("payer").fill_null(value=False))["share"].sum())


def unknown_payer_share(venues: pl.DataFrame) -> float:
    """Share of executed shares at venues of which no payment is known."""
    return float(venues.filter(pl.col("payer").is_null())["share"].sum()) if venues.width else 0.0
