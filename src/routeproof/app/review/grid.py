"""Security by order class: price improvement against the benchmark, each order class a family of tests of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.review.evidence_cells import Selection
from routeproof.app.review.families import controlled
from routeproof.reports.pack.inputs import GridCell
from routeproof.tables.measured.order_class import ORDER_GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.app.review.benchmark import Benchmark
    from routeproof.app.review.evidence_cells import CellTable
    from routeproof.app.review.judge import Judge, Judged
    from routeproof.reports.pack.inputs import VerdictFamily

METRIC = "price_improvement_usd_per_share"
TOTALS = "price improvement of each order class, all securities"


def grid_of(
    judge: Judge, cells: CellTable, provider: str, benchmark: Benchmark
) -> tuple[tuple[GridCell, ...], tuple[VerdictFamily, ...]]:
    """Every security and order class that executed, and every class in total, with raw value, n, controlled verdict.

    Families are fixed before any number is seen: the totals are one, and the securities of each order class another.
    One family over everything would make a class with much evidence pay for the many that have little.
    """
    if not cells.cells.width:
        return (), ()
    own = Selection(provider=provider).of(cells.cells)
    pairs = own.filter(own["metric"] == METRIC).select("symbol", "order_class").unique().drop_nulls()
    classes = sorted(pairs["order_class"].unique())
    totals = [Selection(provider=provider, order_class=name) for name in classes]
    found = [_family(judge, cells, benchmark, totals, TOTALS, "")]
    for name in classes:
        symbols = sorted(pairs.filter(pairs["order_class"] == name)["symbol"])
        selections = [Selection(provider=provider, symbol=symbol, order_class=name) for symbol in symbols]
        title = f"price improvement of {name.replace('_', ' ')} orders by security"
        found.append(_family(judge, cells, benchmark, selections, title, name))
    return tuple(cell for part, _ in found for cell in part), tuple(family for _, family in found)


def _family(
    judge: Judge, cells: CellTable, benchmark: Benchmark, selections: Sequence[Selection], name: str, scope: str
) -> tuple[tuple[GridCell, ...], VerdictFamily]:
    alone = [judge.compare(cells, METRIC, one, benchmark, _row_of(one.order_class)) for one in selections]
    kept, family = controlled(judge, name, scope, alone)
    return tuple(_cells(judge, cells, selections, alone, kept)), family


def _cells(
    judge: Judge,
    cells: CellTable,
    selections: Sequence[Selection],
    alone: Sequence[Judged | None],
    kept: Sequence[Judged | None],
) -> Iterator[GridCell]:
    for selection, before, item in zip(selections, alone, kept, strict=True):
        estimate = judge.estimate(cells, METRIC, selection, "")
        comparison = item.comparison() if item else None
        yield GridCell(
            security=selection.symbol or "",
            order_class=selection.order_class or "",
            n=estimate.n or 0,
            value=estimate.value,
            difference=comparison.difference if comparison else None,
            difference_lower=comparison.lower if comparison else None,
            difference_upper=comparison.upper if comparison else None,
            detectable=comparison.detectable if comparison else None,
            verdict=comparison.verdict if comparison else "not_tested",
            alone=before.verdict.word if before and item and before.verdict.word != item.verdict.word else "",
            reason=comparison.reason if comparison else "no benchmark for this order class",
        )


def _row_of(order_class: str | None) -> str:
    """Scorecard row whose declared figure speaks of the class: of orders that meet the market, not of resting ones."""
    return "price_improvement" if order_class in (*ORDER_GROUPS["market"], *ORDER_GROUPS["limit"]) else ""
