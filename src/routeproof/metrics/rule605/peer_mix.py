"""Public figures in the mix of the firm's own flow: post-stratified over cells of order type, size, symbol and month.

A cell's public average is a ratio of sums; it is weighted by the firm's own shares in that cell, over the cells that
both have. What part of the own shares those cells hold stands beside the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.rule605.peer_sums import grouping

if TYPE_CHECKING:
    from collections.abc import Sequence

CELL = ("month", "order_type", "order_size", "security")
"""What is held equal: the period, the class with its clock, the size, and `security`, a symbol or a group of them."""
OF_REPORTER = ("reporter", "participant")
"""Dimensions that say who reports: own flow has them all to itself."""


@dataclass(frozen=True, slots=True)
class Average:
    """A figure that is adjusted.

    Attributes:
        name: of the result.
        top: column of the upper sum.
        bottom: column of the lower sum.
        weight: column of the shares by which a cell weighs.
        second: a further upper sum added to `top`.
    """

    name: str
    top: str
    bottom: str
    weight: str
    second: str = ""


E_OVER_Q = Average("e_over_q", "both_effective_e18", "both_quoted_e18", "both_shares")
"""The one that is a ratio of two averages: both are adjusted, then divided."""
PER_SHARE = (
    Average("effective_spread_usd_per_share", "effective_e18", "effective_shares", "effective_shares"),
    Average("price_improvement_usd_per_share", "net_e18", "net_shares", "net_shares"),
    Average("realized_spread_usd_per_share_60s", "realized_60s_e18", "realized_60s_shares", "realized_60s_shares"),
    Average("time_ms", "time_ms_e18", "time_shares", "time_shares"),
    Average("fill_rate_shares", "executed_shares", "covered_shares", "covered_shares", "executed_away_shares"),
)
_SCALED = {"effective_e18", "net_e18", "realized_60s_e18", "time_ms_e18"}
_SCALE = 1e9


def in_cells_of(public: pl.LazyFrame, own: pl.DataFrame) -> pl.LazyFrame:
    """Public rows in cells that the own side has: a month of everybody has very many others."""
    return public.join(own.lazy().select(CELL).unique(), on=CELL, how="semi")


def matched(public: pl.DataFrame, own: pl.DataFrame, by: Sequence[str], average: Average) -> pl.DataFrame:
    """Cells that both sides have, with the sums of both.

    Args:
        public: sums by `by` and the cells.
        own: sums by the cells, and by those of `by` that are not `OF_REPORTER`.
        by: dimensions of the table.
        average: cells without its weight on either side are left out.

    Returns:
        `by`, the cell, `orders` of the public side, `top, bottom` and `own_top, own_bottom, weight` as doubles; `top`
        and `bottom` are per unit of the public weight, so that they may be weighted by the own one.
    """
    keys = cell_keys(by)
    theirs = public.filter(pl.col(average.weight) > 0).select(
        *dict.fromkeys((*by, *keys)), (upper(average) / _number(average.weight)).alias("top"),
        (_number(average.bottom) / _number(average.weight)).alias("bottom"),
        pl.col("covered_orders").alias("orders"),
    )  # fmt: skip
    ours = own.filter(pl.col(average.weight) > 0).select(
        *keys, upper(average).alias("own_top"), _number(average.bottom).alias("own_bottom"),
        _number(average.weight).alias("weight"),
    )  # fmt: skip
    return theirs.join(ours, on=keys, how="inner", nulls_equal=True).sort(*by, *keys, nulls_last=True)


def adjusted(public: pl.DataFrame, own: pl.DataFrame, by: Sequence[str], average: Average) -> pl.DataFrame:
    """By `by`: the public figure in the own mix, the own figure on the same cells, and the own weight matched.

    Returns:
        `by`, `adjusted`, `own`, `weight_matched` (0 to 1); rows without a common cell are left out.
    """
    both = matched(public, own, by, average)
    summed = _number(average.weight).sum().alias("total")
    total = own.group_by(_own(by)).agg(summed) if _own(by) else own.select(summed)
    sums = both.group_by(grouping(by), maintain_order=True).agg(
        (pl.col("top") * pl.col("weight")).sum().alias("upper"),
        (pl.col("bottom") * pl.col("weight")).sum().alias("lower"),
        pl.col("own_top", "own_bottom", "weight").sum(),
    )
    joined = sums.join(total, on=_own(by), how="left", nulls_equal=True) if _own(by) else sums.join(total, how="cross")
    scale = divisor_of(average)
    return joined.select(
        *by,
        _divided("upper", "lower", scale).alias("adjusted"),
        _divided("own_top", "own_bottom", scale).alias("own"),
        _divided("weight", "total", 1.0).alias("weight_matched"),
    )


def cell_keys(by: Sequence[str]) -> list[str]:
    """The cell, and what the table is told apart by beside it."""
    return [*CELL, *(name for name in _own(by) if name not in CELL)]


def _own(by: Sequence[str]) -> list[str]:
    return [name for name in by if name not in OF_REPORTER]


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64())


def divisor_of(average: Average) -> float:
    """What takes the quotient of an average's sums to its unit."""
    return _SCALE if average.top in _SCALED else 1.0


def upper(average: Average) -> pl.Expr:
    """The upper sum of an average as a double."""
    return _number(average.top) + (_number(average.second).fill_null(0.0) if average.second else 0.0)


def _divided(upper: str, lower: str, scale: float) -> pl.Expr:
    return pl.when(pl.col(lower) != 0).then(pl.col(upper) / pl.col(lower) / scale)
