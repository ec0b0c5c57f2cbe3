"""The scorecard: the dashboard's five rows as a table, and the same rows for machines."""

from dataclasses import replace

from routeproof.reports.analysis import draft, sides_of
from routeproof.reports.document import VERDICT_WORDS, Cell, Column, Row, Table, Verdict
from routeproof.reports.numbers import UNITS, Kind, counted, interval, printed, smallest, with_unit
from routeproof.reports.score import Adoption, Companion, Comparison, Estimate, Score, ScoreRow, kind_of

DRAFT = "draft — not reviewed"
EARLIER = "adopted for an earlier draft"
OTHERWISE = "adopted under other verdicts"
COLUMNS = (
    Column(id="metric", title="Metric", weight=1.15),
    Column(id="market", title="Market orders", align="right", weight=1.55),
    Column(id="limit", title="Limit orders", align="right", weight=1.85),
    Column(id="benchmark", title="Benchmark", align="right", weight=1.6),
    Column(id="analysis", title="Analysis", weight=2.6),
)


def _support(estimate: Estimate, kind: Kind, *, is_judged: bool) -> list[str]:
    """The lines under a value: interval, named where that of a difference stands too; count, coverage; population."""
    between = interval(estimate.lower, estimate.upper, kind)
    named = f"value\N{NO-BREAK SPACE}{between}" if is_judged and between else between
    covered = "" if estimate.coverage is None else f"{printed(estimate.coverage, 'share')} covered"
    count = " · ".join(part for part in (counted(estimate.n), covered) if part)
    return [named, count, estimate.population]


def _against(comparison: Comparison | None, kind: Kind) -> str:
    """What the verdict rests on, in words."""
    if comparison is None:
        return ""
    parts = [VERDICT_WORDS[comparison.verdict]]
    if comparison.verdict == "cannot_tell" and comparison.detectable is not None and comparison.is_open:
        parts.append(f"from\N{NO-BREAK SPACE}{smallest(comparison.detectable, kind)}")
    elif comparison.reason:
        parts.append(comparison.reason)
    if comparison.margin_late:
        parts.append("margin set after the period began")
    return ", ".join(part for part in parts if part)


def _difference(comparison: Comparison | None, kind: Kind) -> str:
    """The difference that was judged, with its interval; it is like for like, so seldom value minus benchmark."""
    if comparison is None or comparison.difference is None:
        return ""
    plus = "+" if comparison.difference > 0 else ""
    between = interval(comparison.lower, comparison.upper, kind)
    return f"Δ\N{NO-BREAK SPACE}{plus}{printed(comparison.difference, kind)} {between}".rstrip()


def _like_for_like(estimate: Estimate, benchmark: Estimate | None, comparison: Comparison | None, kind: Kind) -> str:
    """The two means that were compared, where anything printed of them differs from the means over all flow."""
    if comparison is None or estimate.value is None or benchmark is None or benchmark.value is None:
        return ""
    sides = sides_of(estimate.value, benchmark.value, comparison)
    if sides.is_plain(estimate.value, benchmark.value, kind):
        return ""
    over = "" if sides.covers_all else f", {printed(sides.overlap, 'share')} of the flow"
    return f"compared {with_unit(sides.value, kind)} and {with_unit(sides.benchmark, kind)}{over}"


def _aside(companion: Companion, column: str, beside: Estimate) -> str:
    """A companion's number, or why there is none unless the number that it stands beside has said so."""
    estimate: Estimate = getattr(companion, column)
    label = companion.label.replace(" ", "\N{NO-BREAK SPACE}")
    if estimate.value is None:
        return "" if estimate.reason == beside.reason else f"{label} — ({estimate.reason})"
    return f"{label}\N{NO-BREAK SPACE}{printed(estimate.value, companion.kind)}"


def value_cell(
    estimate: Estimate,
    kind: Kind,
    comparison: Comparison | None = None,
    asides: tuple[str, ...] = (),
    benchmark: Estimate | None = None,
) -> Cell:
    """An estimate as a cell: value, interval, count and population, verdict, and the numbers beside it."""
    verdict: Verdict = comparison.verdict if comparison and estimate.value is not None else ""
    compared = _like_for_like(estimate, benchmark, comparison, kind)
    judged = [_against(comparison, kind), _difference(comparison, kind), compared] if verdict else []
    lines = [*judged, *_support(estimate, kind, is_judged=bool(verdict)), " · ".join(asides)]
    return Cell(
        value=estimate.value,
        text="" if estimate.value is None else with_unit(estimate.value, kind),
        unit=UNITS[kind],
        n=estimate.n,
        population=estimate.population,
        reason=estimate.reason,
        lower=estimate.lower,
        upper=estimate.upper,
        difference=comparison.difference if comparison and verdict else None,
        difference_lower=comparison.lower if comparison and verdict else None,
        difference_upper=comparison.upper if comparison and verdict else None,
        verdict=verdict,
        rows_ref=estimate.rows_ref,
        metric=estimate.metric,
        metric_version=estimate.metric_version,
        note="\n".join(line for line in lines if line),
    )


def _benchmark_cell(row: ScoreRow, kind: Kind, asides: tuple[str, ...]) -> Cell:
    """The benchmark says which one it is before anything else, and what limit orders are held against."""
    cell = value_cell(row.benchmark, kind, None, asides)
    other = "" if row.limit_benchmark is None else f"limit orders: {_plainly(row.limit_benchmark, kind)}"
    return replace(cell, note="\n".join(line for line in (row.benchmark_name, cell.note, other) if line))


def _plainly(estimate: Estimate, kind: Kind) -> str:
    return f"— ({estimate.reason})" if estimate.value is None else with_unit(estimate.value, kind)


def _lapsed(adoption: Adoption, text: str) -> str:
    """Why an adoption does not stand: its draft read otherwise, or read the same under other verdicts."""
    return OTHERWISE if adoption.for_draft in ("", text) else EARLIER


def _analysis_cell(row: ScoreRow) -> Cell:
    text, adoption = draft(row), row.adoption
    if adoption is None:
        return Cell(value=text, text=text, note=DRAFT)
    if not adoption.is_for(text, row.verdicts):
        lapsed = f"{_lapsed(adoption, text)}: {adoption.text} ({adoption.by}, {adoption.at})"
        return Cell(value=text, text=text, note=f"{DRAFT}\n{lapsed}")
    edited = "" if adoption.text == text else f"\nThe draft had read: {text}"
    return Cell(value=adoption.text, text=adoption.text, note=f"{adoption.by}, {adoption.at}{edited}")


def _row(row: ScoreRow, *, glossed: bool) -> Row:
    kind = kind_of(row.id)

    def asides(column: str) -> tuple[str, ...]:
        beside: Estimate = getattr(row, column)
        return tuple(said for companion in row.companions if (said := _aside(companion, column, beside)))

    unit = "a share" if kind.kind == "usd_per_share" and not glossed else ""
    margins = {one.margin for one in (row.market_comparison, row.limit_comparison) if one and one.margin is not None}
    margin = f"margin {' or '.join(with_unit(one, kind.kind) for one in sorted(margins))}" if margins else ""
    title = Cell(
        value=kind.title,
        text=kind.title,
        note="\n".join(line for line in (unit, kind.gloss if glossed else "", margin) if line),
    )
    return Row(
        id=row.id,
        cells=(
            title,
            value_cell(row.market, kind.kind, row.market_comparison, asides("market"), row.benchmark_of("market")),
            value_cell(row.limit, kind.kind, row.limit_comparison, asides("limit"), row.benchmark_of("limit")),
            _benchmark_cell(row, kind.kind, asides("benchmark")),
            _analysis_cell(row),
        ),
    )


def scorecard_table(score: Score) -> Table:
    """The dashboard of one security, or of all."""
    name = score.security or "all securities"
    return Table(
        id=f"scorecard-of-{score.security}" if score.security else "scorecard-all",
        columns=COLUMNS,
        rows=tuple(_row(row, glossed=not score.security) for row in score.rows),
        caption=f"Scorecard, {name}",
        note="" if score.security else LEGEND,
        compact=bool(score.security),
        together=True,
        sheet="scorecards" if score.security else "",
        subject=score.security,
    )


LEGEND = (
    "▲ better · ▼ worse · = no material difference · ? cannot tell (“from”: the smallest difference that the data "
    "could have shown), each against the benchmark and beyond the margin that policy fixed before the period. Δ is "
    "the difference that was judged, like for like: the benchmark weighted by the router's own mix of days, "
    "securities and order classes; “compared” names the two means where they are not those over all flow. Brackets "
    "hold 95% intervals, after Δ that of the difference, after “value” that of the value over all flow; n counts "
    "executions (of the fill rate: orders); covered is the share of shares behind the value. Means are "
    "share-weighted; orders received during a halt are left out."
)


def _surface_cell(estimate: Estimate, kind: Kind, comparison: Comparison | None) -> dict[str, object]:
    cell: dict[str, object] = {
        "value": estimate.value,
        "unit": UNITS[kind],
        "n": estimate.n,
        "population": estimate.population,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "verdict": (comparison.verdict if comparison and estimate.value is not None else "") or None,
        "reason": estimate.reason or None,
        "coverage": estimate.coverage,
        "metric": estimate.metric,
        "metric_version": estimate.metric_version,
        "rows": estimate.rows_ref,
    }
    if comparison:
        cell["comparison"] = {
            "difference": comparison.difference,
            "lower": comparison.lower,
            "upper": comparison.upper,
            "margin": comparison.margin,
            "detectable": comparison.detectable,
            "margin_late": comparison.margin_late,
            "reason": comparison.reason or None,
            "subject": comparison.subject,
            "like_for_like": comparison.like_for_like,
            "overlap": comparison.overlap,
        }
    return cell


def _surface_analysis(row: ScoreRow) -> dict[str, object]:
    text, adoption = draft(row), row.adoption
    stands = adoption if adoption is not None and adoption.is_for(text, row.verdicts) else None
    status = DRAFT if stands is None else "adopted" if stands.text == text else "edited"
    said: dict[str, object] = {
        "analysis": stands.text if stands else text,
        "analysis_status": _lapsed(adoption, text) if adoption and not stands else status,
        "analysis_draft": text,
        "analysis_by": adoption.by if adoption else None,
        "analysis_at": adoption.at if adoption else None,
    }
    return said | {"analysis_of_earlier_draft": adoption.text} if adoption and not stands else said


def scorecard_surface(score: Score) -> dict[str, object]:
    """The scorecard for programs: `rows[]` with `id`, `cells` (market, limit, benchmark), `beside`, `analysis`."""
    rows = []
    for row in score.rows:
        kind = kind_of(row.id).kind
        rows.append(
            {
                "id": row.id,
                "title": kind_of(row.id).title,
                "cells": {
                    "market": _surface_cell(row.market, kind, row.market_comparison),
                    "limit": _surface_cell(row.limit, kind, row.limit_comparison),
                    "benchmark": {**_surface_cell(row.benchmark, kind, None), "name": row.benchmark_name},
                    "benchmark_limit": _surface_cell(row.benchmark_of("limit"), kind, None),
                },
                "beside": [
                    {
                        "label": c.label,
                        "market": _surface_cell(c.market, c.kind, None),
                        "limit": _surface_cell(c.limit, c.kind, None),
                        "benchmark": _surface_cell(c.benchmark, c.kind, None),
                    }
                    for c in row.companions
                ],
            }
            | _surface_analysis(row)
        )
    return {"security": score.security or None, "rows": rows}
