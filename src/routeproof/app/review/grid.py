"""Security by order class: price improvement against the benchmark, under one family's false-discovery control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.review.evidence_cells import Selection
from routeproof.reports.pack.inputs import GridCell, GridFamily
from routeproof.tables.order_class import ORDER_GROUPS

if TYPE_CHECKING:
    from routeproof.app.review.benchmark import Benchmark
    from routeproof.app.review.evidence_cells import CellTable
    from routeproof.app.review.judge import Judge

METRIC = "price_improvement_usd_per_share"
FAMILY = "price improvement by security and order class"


def grid_of(
    judge: Judge, cells: CellTable, provider: str, benchmark: Benchmark
) -> tuple[tuple[GridCell, ...], GridFamily | None]:
    """Every security and order class that executed, each with its raw value, n and controlled verdict."""
    if not cells.cells.width:
        return (), None
    own = Selection(provider=provider).of(cells.cells)
    pairs = own.filter(own["metric"] == METRIC).select("symbol", "order_class").unique().drop_nulls()
    selections = [
        Selection(provider=provider, symbol=symbol, order_class=name)
        for symbol, name in pairs.sort("symbol", "order_class").iter_rows()
    ]
    judged, family = judge.control(
        FAMILY,
        [
            judge.compare(cells, METRIC, selection, benchmark, _row_of(selection.order_class))
            for selection in selections
        ],
    )
    found = []
    for selection, item in zip(selections, judged, strict=True):
        estimate = judge.estimate(cells, METRIC, selection, "")
        comparison = item.comparison() if item else None
        found.append(
            GridCell(
                security=selection.symbol or "",
                order_class=selection.order_class or "",
                n=estimate.n or 0,
                value=estimate.value,
                difference=comparison.difference if comparison else None,
                lower=comparison.lower if comparison else None,
                upper=comparison.upper if comparison else None,
                verdict=comparison.verdict if comparison else "not_tested",
                reason=comparison.reason if comparison else "no benchmark for this order class",
            )
        )
    verdicts = sum(cell.verdict in ("better", "worse") for cell in found)
    controlled = GridFamily(
        name=family.name,
        tested=len(family.adjusted),
        verdicts=verdicts,
        level=family.rate,
        expected_false=family.expected_false,
    )
    return tuple(found), controlled


def _row_of(order_class: str | None) -> str:
    """Scorecard row whose declared figure speaks of the class: of orders that meet the market, not of resting ones."""
    return "price_improvement" if order_class in (*ORDER_GROUPS["market"], *ORDER_GROUPS["limit"]) else ""
