"""What to look at first, in plain words, each pointing at the section with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.reports.numbers import UNITS, interval, printed, spoken
from routeproof.reports.pack.inputs import TopFinding
from routeproof.reports.score import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.app.review.quarter import Quarter
    from routeproof.app.review.venues import PayerShare
    from routeproof.reports.numbers import Kind
    from routeproof.reports.pack.inputs import FrameworkRow, QualityTotals
    from routeproof.reports.score import Comparison, Score

NOTABLE_MOVE = 0.05
"""Share of executed shares that a venue must gain or lose between first and last month to be named."""

NOTABLE_OUTSIDE_RATIO = 1.25
NOTABLE_SLOWNESS = 2.0
LOW_COVERAGE = 0.90
IMPROVEMENT = "Price improvement"
MOST = 9


def findings_of(
    overall: Score,
    framework: Sequence[FrameworkRow],
    quarter: Quarter,
    provider: str,
    unlisted: Sequence[tuple[str, float]],
    moves: Sequence[tuple[str, float, float]],
    payers: Sequence[PayerShare],
    quality: QualityTotals | None,
) -> tuple[TopFinding, ...]:
    """At most nine findings, gravest first; nothing is said twice."""
    slow = tuple(_slow(quarter, provider, overall))
    found = [
        *_crossed(framework, overall),
        *_coverage(quality),
        *_unlisted(unlisted),
        *_moved(moves),
        *slow,
        *_paid(payers),
        *_outside(quarter, provider),
        *_worse(overall, said=_said(framework, slow)),
    ]
    return tuple(found[:MOST])


def _said(framework: Sequence[FrameworkRow], slow: Sequence[TopFinding]) -> set[tuple[str, str]]:
    """Scorecard rows and columns that an earlier finding speaks of; spread capture says what improvement says."""
    said = {("spread_capture", "market"), ("spread_capture", "limit")}
    if any(row.outcome == "failed" and row.component == IMPROVEMENT for row in framework):
        said |= {("price_improvement", "market"), ("price_improvement", "limit")}
    return said | ({("fill_time", "market")} if slow else set())


def _crossed(framework: Sequence[FrameworkRow], overall: Score) -> Iterator[TopFinding]:
    sections = {IMPROVEMENT: "scorecard", "Venue analysis": "venues", "Fill rates": "scorecard"}
    for row in framework:
        if row.outcome == "failed":
            differences = _differences(overall) if row.component == IMPROVEMENT else ""
            yield TopFinding(
                headline=f"{row.component}: the action threshold is crossed.",
                detail=differences or row.detail,
                section_id=sections.get(row.component, "summary"),
            )


def _differences(overall: Score) -> str:
    """Price improvement against the benchmark, of market and limit orders, in words."""
    row = next((row for row in overall.rows if row.id == "price_improvement"), None)
    if row is None:
        return ""
    pairs = (("market orders", row.market_comparison), ("limit orders", row.limit_comparison))
    said = [
        f"{who} {printed(found.difference, 'usd_per_share')} {interval(found.lower, found.upper, 'usd_per_share')}"
        for who, found in pairs
        if found is not None and found.difference is not None and found.verdict == "worse"
    ]
    if not said:
        return ""
    return f"Against {row.benchmark_name}, in USD a share with 95% intervals: {'; '.join(said)}."


def _worse(overall: Score, said: set[tuple[str, str]]) -> Iterator[TopFinding]:
    for row in overall.rows:
        kind = kind_of(row.id)
        for column, comparison in (("market", row.market_comparison), ("limit", row.limit_comparison)):
            if comparison is not None and comparison.verdict == "worse" and (row.id, column) not in said:
                yield TopFinding(
                    headline=f"{column.capitalize()} orders: {kind.title} is worse than {row.benchmark_name}.",
                    detail=_difference(comparison, kind.kind),
                    section_id="scorecard",
                )


def _difference(comparison: Comparison, kind: Kind) -> str:
    between = interval(comparison.lower, comparison.upper, kind)
    unit = f" {UNITS[kind]}" if kind in ("usd_per_share", "ms") else ""
    return f"Difference {printed(comparison.difference or 0.0, kind)}{unit}, 95% interval {between}."


def _unlisted(venues: Sequence[tuple[str, float]]) -> Iterator[TopFinding]:
    for venue, share in venues:
        yield TopFinding(
            headline=f"Executions at {venue}, a venue that the provider did not disclose.",
            detail=f"{share:.2%} of executed shares. Ask the provider for its agreement and since when.",
            section_id="venues",
        )


def _moved(moves: Sequence[tuple[str, float, float]]) -> Iterator[TopFinding]:
    notable = [move for move in moves if abs(move[2] - move[1]) >= NOTABLE_MOVE]
    if notable:
        words = "; ".join(f"{venue} {before:.1%} → {after:.1%}" for venue, before, after in notable[:4])
        yield TopFinding(
            headline="Routing shifted between the first and the last month.",
            detail=f"Share of executed shares: {words}. Was a change of routing logic announced?",
            section_id="venues",
        )


def _slow(quarter: Quarter, provider: str, overall: Score) -> Iterator[TopFinding]:
    """Medians side by side: a delay added to every order shows there long before it moves a mean."""
    market = quarter.tables["group"].filter((pl.col("order_group") == "market") & (pl.col("executions") > 0))
    median = dict(market.select("provider", "time_to_execution_ms_p50").drop_nulls().iter_rows())
    others = {name: value for name, value in median.items() if name != provider}
    if provider in median and others:
        fastest = min(others, key=lambda name: (others[name], name))
        if median[provider] > NOTABLE_SLOWNESS * others[fastest]:
            tested = next((row.market_comparison for row in overall.rows if row.id == "fill_time"), None)
            mean = f" On average: {_difference(tested, 'ms').lower()}" if tested and tested.verdict == "worse" else ""
            yield TopFinding(
                headline=f"Market orders take {median[provider]:,.0f} ms at the median, "
                f"{others[fastest]:,.1f} ms at provider {fastest}.",
                detail=f"The fill-time distribution shows whether all orders wait or only some.{mean}",
                section_id="fill-times",
            )


def _paid(payers: Sequence[PayerShare]) -> Iterator[TopFinding]:
    for payer in payers:
        if payer.share - payer.elsewhere >= NOTABLE_MOVE:
            worse = payer.improvement < payer.improvement_overall
            quality = "below" if worse else "not below"
            yield TopFinding(
                headline=f"{payer.venue}, which pays for order flow, gets {payer.share:.1%} of shares, "
                f"{payer.elsewhere:.1%} at the other provider.",
                detail=f"Price improvement there is {spoken(payer.improvement, 'usd_per_share')}, {quality} the "
                f"{spoken(payer.improvement_overall, 'usd_per_share')} of all venues together.",
                section_id="venues",
            )


def _outside(quarter: Quarter, provider: str) -> Iterator[TopFinding]:
    meeting = quarter.tables["group"].filter(pl.col("order_group").is_in(["market", "limit"]))
    table = meeting.group_by("provider").agg(pl.col("outside_shares", "covered_shares").sum())
    share = dict(
        table.filter(pl.col("covered_shares") > 0)
        .select("provider", pl.col("outside_shares") / pl.col("covered_shares"))
        .iter_rows()
    )
    own = share.get(provider)
    others = [value for name, value in share.items() if name != provider]
    if own and others and own > NOTABLE_OUTSIDE_RATIO * max(others):
        yield TopFinding(
            headline=f"{own:.1%} of shares were filled outside the NBBO, {max(others):.1%} at any other provider.",
            detail="Market and limit orders' covered shares; the ten worst executions are drawn with their quotes.",
            section_id="worst",
        )


def _coverage(quality: QualityTotals | None) -> Iterator[TopFinding]:
    if quality is not None and quality.measured and quality.analysed / quality.measured < LOW_COVERAGE:
        yield TopFinding(
            headline="Many executions could not be measured.",
            detail=f"{quality.analysed:,} of {quality.measured:,} executions had a usable reference quote.",
            section_id="quality",
        )
