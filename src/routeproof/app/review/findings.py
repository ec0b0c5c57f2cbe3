"""What to look at first, in plain words, each pointing at the section with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.reports.numbers import UNITS, interval, printed
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
    """At most nine findings, gravest first."""
    found = [
        *_crossed(framework),
        *_coverage(quality),
        *_unlisted(unlisted),
        *_moved(moves),
        *_slow(quarter, provider),
        *_paid(payers),
        *_outside(quarter, provider),
        *_worse(overall),
    ]
    return tuple(found[:MOST])


def _crossed(framework: Sequence[FrameworkRow]) -> Iterator[TopFinding]:
    sections = {"Price improvement": "scorecard", "Venue analysis": "venues", "Fill rates": "scorecard"}
    for row in framework:
        if row.outcome == "failed":
            headline = f"{row.component}: the action threshold is crossed."
            yield TopFinding(headline=headline, detail=row.detail, section_id=sections.get(row.component, "summary"))


def _worse(overall: Score) -> Iterator[TopFinding]:
    """Rows with a worse verdict; spread capture says again what price improvement says."""
    for row in overall.rows:
        if row.id == "spread_capture":
            continue
        kind = kind_of(row.id)
        for who, comparison in (("Market orders", row.market_comparison), ("Limit orders", row.limit_comparison)):
            if comparison is not None and comparison.verdict == "worse":
                yield TopFinding(
                    headline=f"{who}: {kind.title} is worse than the benchmark ({row.benchmark_name}).",
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


def _slow(quarter: Quarter, provider: str) -> Iterator[TopFinding]:
    """Medians side by side: a delay added to every order shows there long before it moves a mean."""
    market = quarter.tables["group"].filter((pl.col("order_group") == "market") & (pl.col("executions") > 0))
    median = dict(market.select("provider", "time_to_execution_ms_p50").drop_nulls().iter_rows())
    others = {name: value for name, value in median.items() if name != provider}
    if provider in median and others:
        fastest = min(others, key=lambda name: (others[name], name))
        if median[provider] > NOTABLE_SLOWNESS * others[fastest]:
            yield TopFinding(
                headline=f"Market orders take {median[provider]:,.0f} ms at the median",
                detail=f"{others[fastest]:,.1f} ms at provider {fastest}. The fill-time distribution shows whether all "
                "orders wait or only some.",
                section_id="fill-times",
            )


def _paid(payers: Sequence[PayerShare]) -> Iterator[TopFinding]:
    for payer in payers:
        if payer.share - payer.elsewhere >= NOTABLE_MOVE:
            worse = payer.improvement < payer.improvement_overall
            quality = "below" if worse else "not below"
            yield TopFinding(
                headline=f"{payer.venue}, which pays for order flow, gets {payer.share:.1%} of shares",
                detail=f"{payer.elsewhere:.1%} at the other provider. Price improvement there is "
                f"{printed(payer.improvement, 'usd_per_share')} a share, {quality} the provider's "
                f"{printed(payer.improvement_overall, 'usd_per_share')}.",
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
            headline="More shares filled outside the NBBO than at any other provider",
            detail=f"{own:.1%} of market and limit orders' covered shares against {max(others):.1%}; the worst ten "
            "executions are drawn with their quotes.",
            section_id="worst",
        )


def _coverage(quality: QualityTotals | None) -> Iterator[TopFinding]:
    if quality is not None and quality.measured and quality.analysed / quality.measured < LOW_COVERAGE:
        yield TopFinding(
            headline="Many executions could not be measured.",
            detail=f"{quality.analysed:,} of {quality.measured:,} executions had a usable reference quote.",
            section_id="quality",
        )
