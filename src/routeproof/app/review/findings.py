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
    from routeproof.reports.numbers import Kind
    from routeproof.reports.pack.inputs import FrameworkRow, QualityTotals
    from routeproof.reports.score import Comparison, Score

NOTABLE_MOVE = 0.05
"""Share of executed shares that a venue must gain or lose between first and last month to be named."""

NOTABLE_OUTSIDE_RATIO = 1.25
LOW_COVERAGE = 0.90
MOST = 8


def findings_of(
    overall: Score,
    framework: Sequence[FrameworkRow],
    quarter: Quarter,
    provider: str,
    unlisted: Sequence[tuple[str, float]],
    moves: Sequence[tuple[str, float, float]],
    quality: QualityTotals | None,
) -> tuple[TopFinding, ...]:
    """At most eight findings, gravest first."""
    found = [
        *_crossed(framework),
        *_worse(overall),
        *_unlisted(unlisted),
        *_moved(moves),
        *_outside(quarter, provider),
        *_coverage(quality),
    ]
    return tuple(found[:MOST])


def _crossed(framework: Sequence[FrameworkRow]) -> Iterator[TopFinding]:
    sections = {"Price improvement": "scorecard", "Venue analysis": "venues", "Fill rates": "scorecard"}
    for row in framework:
        if row.outcome == "failed":
            headline = f"{row.component}: the action threshold is crossed"
            yield TopFinding(headline=headline, detail=row.detail, section_id=sections.get(row.component, "summary"))


def _worse(overall: Score) -> Iterator[TopFinding]:
    for row in overall.rows:
        kind = kind_of(row.id)
        for who, comparison in (("Market orders", row.market_comparison), ("Limit orders", row.limit_comparison)):
            if comparison is not None and comparison.verdict == "worse":
                yield TopFinding(
                    headline=f"{who}: {kind.title} is worse than the benchmark ({row.benchmark_name})",
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
            headline=f"Executions at {venue}, a venue that the provider did not disclose",
            detail=f"{share:.2%} of executed shares. Ask the provider for its agreement and since when.",
            section_id="venues",
        )


def _moved(moves: Sequence[tuple[str, float, float]]) -> Iterator[TopFinding]:
    notable = [move for move in moves if abs(move[2] - move[1]) >= NOTABLE_MOVE]
    if notable:
        words = "; ".join(f"{venue} {before:.1%} → {after:.1%}" for venue, before, after in notable[:4])
        yield TopFinding(
            headline="Routing shifted between the first and the last month",
            detail=f"Share of executed shares: {words}. Was a change of routing logic announced?",
            section_id="venues",
        )


def _outside(quarter: Quarter, provider: str) -> Iterator[TopFinding]:
    table = quarter.tables["provider"].filter(pl.col("covered_shares") > 0)
    share = {
        row["provider"]: (row["outside_shares"] or 0.0) / row["covered_shares"] for row in table.iter_rows(named=True)
    }
    own = share.get(provider)
    others = [value for name, value in share.items() if name != provider]
    if own and others and own > NOTABLE_OUTSIDE_RATIO * max(others):
        yield TopFinding(
            headline="More shares filled outside the NBBO than at any other provider",
            detail=f"{own:.1%} of covered shares against {max(others):.1%}; the worst ten are drawn with their quotes.",
            section_id="worst",
        )


def _coverage(quality: QualityTotals | None) -> Iterator[TopFinding]:
    if quality is not None and quality.measured and quality.analysed / quality.measured < LOW_COVERAGE:
        yield TopFinding(
            headline="Many executions could not be measured",
            detail=f"{quality.analysed:,} of {quality.measured:,} executions had a usable reference quote.",
            section_id="quality",
        )
