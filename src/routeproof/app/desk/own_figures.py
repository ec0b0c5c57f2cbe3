"""A provider's own figures out of a pack: what may be shown to that provider, and nothing of any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.reports.catalog.provider_letter import LetterFigure
from routeproof.reports.document import VERDICT_WORDS, Cell
from routeproof.reports.numbers import UNITS, counted, interval, with_unit
from routeproof.reports.score import SCORE_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.reports.score import ScoreRowKind

OWN_BENCHMARKS = ("own prior quarter", "the tape at execution")
"""Benchmarks without a figure of another provider; a declared one is held back, since nobody knows whose it is."""
COLUMNS = {"market": "market", "limit": "limit"}
BENCHMARK_OF = {"market": "benchmark", "limit": "benchmark_limit"}
HELD_BACK = "a benchmark that the firm holds"


def own_figures(pack: Mapping[str, Any]) -> tuple[LetterFigure, ...]:
    """The scorecard's figures of all securities, as a letter prints them; those without a value are left out."""
    return tuple(_figures(pack))


def _figures(pack: Mapping[str, Any]) -> Iterator[LetterFigure]:
    kinds: dict[str, ScoreRowKind] = {kind.id: kind for kind in SCORE_ROWS}
    for row in pack.get("scorecard", {}).get("rows", ()):
        kind = kinds.get(row["id"])
        for column in COLUMNS if kind is not None else ():
            cell = row["cells"].get(column, {})
            if kind is not None and cell.get("value") is not None:
                yield LetterFigure(
                    id=f"{row['id']}-{column}",
                    title=kind.title,
                    orders=cell.get("population") or f"{column} orders",
                    cell=_cell(cell, kind),
                    benchmark=_benchmark(row["cells"], column, kind),
                    verdict=VERDICT_WORDS.get(cell.get("verdict") or "", ""),
                )


def _cell(cell: Mapping[str, Any], kind: ScoreRowKind) -> Cell:
    support = (interval(cell.get("lower"), cell.get("upper"), kind.kind), counted(cell.get("n")))
    return Cell(
        value=cell["value"],
        text=with_unit(cell["value"], kind.kind),
        unit=UNITS[kind.kind],
        n=cell.get("n"),
        population=cell.get("population") or "",
        lower=cell.get("lower"),
        upper=cell.get("upper"),
        metric=cell.get("metric") or "",
        metric_version=str(cell.get("metric_version") or ""),
        note="\n".join(text for text in support if text),
    )


def _benchmark(cells: Mapping[str, Any], column: str, kind: ScoreRowKind) -> str:
    name = cells.get("benchmark", {}).get("name", "")
    value = cells.get(BENCHMARK_OF[column], {}).get("value")
    if name not in OWN_BENCHMARKS or value is None:
        return HELD_BACK if name and name != "no benchmark" else ""
    return f"{with_unit(value, kind.kind)}, {name}"


def figure_rows(pack: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same figures for machines."""
    return [
        {
            "id": figure.id,
            "title": figure.title,
            "orders": figure.orders,
            "value": figure.cell.value,
            "unit": figure.cell.unit,
            "lower": figure.cell.lower,
            "upper": figure.cell.upper,
            "n": figure.cell.n,
            "metric": figure.cell.metric,
            "metric_version": figure.cell.metric_version,
            "held_against": figure.benchmark,
            "outcome": figure.verdict,
        }
        for figure in own_figures(pack)
    ]
