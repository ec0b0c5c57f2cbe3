"""Figures as a plain table that fits the terminal: the leading columns that have room, and the names of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

GAP = "  "
LEAST = 3
"""Figures shown however narrow the terminal is."""

_SHORT = {
    "executed_shares": "shares",
    "quoted_spread_usd_per_share": "quoted $",
    "effective_spread_usd_per_share": "effective $",
    "e_over_q": "E/Q",
    "price_improvement_usd_per_share": "PI $",
    "realized_spread_usd_per_share_60s": "realized 60s $",
    "reversion_usd_per_share_60s": "reversion 60s $",
    "time_to_execution_ms_avg": "time ms",
    "fill_rate_shares": "fill rate",
    "hhi_venue": "HHI",
}
_DECIMALS = {"usd_per_share": 5, "bps": 3, "ratio": 4, "ms": 3, "usd": 2, "count": 0}


@dataclass(frozen=True, slots=True)
class FiguresTable:
    """Lines to print, the head first, and the figures for which there was no room."""

    lines: tuple[str, ...]
    left_out: tuple[str, ...]


def figures_table(rows: pl.DataFrame, keys: Sequence[str], figures: Sequence[str], width: int | None) -> FiguresTable:
    """A table of some columns of a measurement.

    Args:
        rows: dimensions and figures.
        keys: dimension columns, always shown.
        figures: metric names, most telling first; one that is null in every row is not shown.
        width: characters of the terminal; `None` shows every figure.
    """
    known = [name for name in figures if rows[name].null_count() < rows.height] or list(figures[:LEAST])
    words = [[key, *("-" if cell is None else str(cell) for cell in rows[key])] for key in keys]
    numbers = [[_SHORT.get(name, name), *(_number(name, cell) for cell in rows[name])] for name in known]
    shown = len(numbers)
    while width is not None and shown > LEAST and _width([*words, *numbers[:shown]]) > width:
        shown -= 1
    columns = [_aligned(column, left=True) for column in words]
    columns += [_aligned(column, left=False) for column in numbers[:shown]]
    lines = [GAP.join(cells).rstrip() for cells in zip(*columns, strict=True)]
    return FiguresTable(tuple(lines), tuple(column[0] for column in numbers[shown:]))


def _width(columns: Sequence[Sequence[str]]) -> int:
    return sum(max(map(len, column)) for column in columns) + len(GAP) * (len(columns) - 1)


def _aligned(cells: Sequence[str], *, left: bool) -> list[str]:
    widest = max(map(len, cells))
    return [cell.ljust(widest) if left else cell.rjust(widest) for cell in cells]


def _number(name: str, value: Any) -> str:  # noqa: ANN401 - an int or a float
    """A column keeps its decimals; shares show as many as they have."""
    from routeproof.metrics.registry import BY_NAME  # noqa: PLC0415 - heavy, and only tables need it

    if value is None:
        return "-"
    unit = BY_NAME[name].unit
    if unit == "shares":
        whole, _, part = f"{value:,.9f}".partition(".")
        return f"{whole}.{part.rstrip('0')}".rstrip(".")
    return f"{value:,.{_DECIMALS[unit]}f}"
