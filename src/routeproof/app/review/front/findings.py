"""What to look at first, in plain words, each pointing at the section with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.reports.numbers import UNITS, fine, interval, printed, spoken
from routeproof.reports.pack.inputs import TopFinding
from routeproof.reports.score import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.app.review.front.noted import Beside, Noted, PayerShare, ShareMove
    from routeproof.reports.numbers import Kind
    from routeproof.reports.pack.inputs import FrameworkRow, QualityTotals
    from routeproof.reports.score import Comparison, Score

IMPROVEMENT = "Price improvement"
MOST = 9


def findings_of(
    overall: Score,
    framework: Sequence[FrameworkRow],
    unlisted: Sequence[tuple[str, float]],
    noted: Noted,
    quality: QualityTotals | None,
    least_coverage: float,
) -> tuple[TopFinding, ...]:
    """At most nine findings, gravest first; nothing is said twice. `least_coverage` is policy's, a fraction of 1."""
    slow = tuple(_slow(noted.slow, overall))
    found = [
        *_crossed(framework, overall),
        *_coverage(quality, least_coverage),
        *_unlisted(unlisted),
        *_moved(noted.moves),
        *slow,
        *_paid(noted.payers),
        *_outside(noted.outside),
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


def _moved(moves: Sequence[ShareMove]) -> Iterator[TopFinding]:
    if moves:
        words = "; ".join(f"{move.venue} {move.before:.1%} → {move.after:.1%}" for move in moves[:4])
        yield TopFinding(
            headline="Routing shifted between the first and the last month.",
            detail=f"Share of executed shares, by more than days differ by chance: {words}. Was a change of routing "
            "logic announced?",
            section_id="venues",
        )


def _slow(slow: Beside | None, overall: Score) -> Iterator[TopFinding]:
    if slow is not None:
        tested = next((row.market_comparison for row in overall.rows if row.id == "fill_time"), None)
        mean = f" On average: {_difference(tested, 'ms').lower()}" if tested and tested.verdict == "worse" else ""
        yield TopFinding(
            headline=f"Market orders take {slow.own:,.0f} ms at the median, {slow.other:,.1f} ms at provider "
            f"{slow.provider}.",
            detail=f"The fill-time distribution shows whether all orders wait or only some.{mean}",
            section_id="fill-times",
        )


def _paid(payers: Sequence[PayerShare]) -> Iterator[TopFinding]:
    for payer in payers:
        yield TopFinding(
            headline=f"{payer.venue}, which pays for order flow, gets {payer.share:.1%} of shares, "
            f"{payer.elsewhere:.1%} at the other provider.",
            detail=f"Price improvement there {_paid_quality(payer)}.",
            section_id="venues",
        )


def _paid_quality(payer: PayerShare) -> str:
    """What customers got at a payer and elsewhere; below or above only where a verdict says so."""
    if payer.improvement is None or payer.others is None:
        return "has nothing to be compared with"
    there, others = (spoken(value, "usd_per_share") for value in (payer.improvement, payer.others))
    if payer.word in ("better", "worse"):
        if there == others:
            there, others = (f"${fine(value)} a share" for value in (payer.improvement, payer.others))
        side = "above" if payer.word == "better" else "below"
        return f"is {there}, {side} the {others} of all other venues on the same days"
    told = (
        "there is no material difference"
        if payer.word == "no_material_difference"
        else "which is better cannot be told"
    )
    return f"is {there}, {others} at all other venues on the same days: {told}"


def _outside(outside: Beside | None) -> Iterator[TopFinding]:
    if outside is not None:
        yield TopFinding(
            headline=f"{outside.own:.1%} of shares were filled outside the NBBO, {outside.other:.1%} at provider "
            f"{outside.provider} on the same days.",
            detail="Market and limit orders' covered shares; the ten worst executions are drawn with their quotes.",
            section_id="worst",
        )


def _coverage(quality: QualityTotals | None, least: float) -> Iterator[TopFinding]:
    if quality is not None and quality.measured and quality.analysed / quality.measured < least:
        yield TopFinding(
            headline="Many executions could not be measured.",
            detail=f"{quality.analysed:,} of {quality.measured:,} executions had a usable reference quote.",
            section_id="quality",
        )
