"""Clock sensitivity: the figures and overall verdicts with the firm's clock moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.review.evidence_cells import Selection
from routeproof.app.review.scores import overall_score
from routeproof.reports.score import kind_of
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.app.review.benchmark import Benchmark
    from routeproof.app.review.evidence_cells import CellTable
    from routeproof.app.review.judge import Judge
    from routeproof.reports.score import Score

SHIFTS_NS = (-50 * NS_PER_MS, 50 * NS_PER_MS)
"""Clock shifts that the pack shows."""

SHOWN = {
    "price_improvement_usd_per_share": "Price improvement, USD per share",
    "e_over_q": "E/Q",
    "reversion_usd_per_share_60s": "Reversion after 60 s, USD per share",
}


def clock_table(judge: Judge, cells: CellTable, shifted: dict[int, CellTable], provider: str) -> pl.DataFrame:
    """`shift_ms, metric, value, lower, upper` of market and limit orders together, zero shift included."""
    chosen = Selection(provider=provider, groups=("market", "limit"))
    rows = []
    for shift, table in sorted({0: cells, **shifted}.items()):
        for metric, label in SHOWN.items():
            found = judge.estimate(table, metric, chosen, "")
            rows.append((shift / NS_PER_MS, label, found.value, found.lower, found.upper))
    schema = {"shift_ms": pl.Float64, "metric": pl.String} | dict.fromkeys(("value", "lower", "upper"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def clock_flips(
    judge: Judge, overall: Score, shifted: dict[int, CellTable], provider: str, benchmark: Benchmark
) -> tuple[str, ...]:
    """Overall verdicts that change when the clock moves, as sentences."""
    found = []
    for shift, table in sorted(shifted.items()):
        moved = replace(benchmark, cells=table) if benchmark.is_same_period else benchmark
        other = overall_score(judge, table, provider, moved)
        for before, after in zip(overall.rows, other.rows, strict=True):
            for who, old, new in (
                ("market", before.market_comparison, after.market_comparison),
                ("limit", before.limit_comparison, after.limit_comparison),
            ):
                if old is not None and new is not None and old.verdict != new.verdict:
                    title = kind_of(before.id).title
                    was, now = (word.verdict.replace("_", " ") for word in (old, new))
                    found.append(
                        f"{title}, {who} orders: {was} becomes {now} with the clock moved by {shift // NS_PER_MS:+d} ms"
                    )
    return tuple(found)
