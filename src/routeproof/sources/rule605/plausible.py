"""Figures that are numbers and still cannot be: E/Q in percent points, notionals that stand for no price, spreads.

These are traps of the first files of August 2026. Whether a figure is believed is decided in floating point, which is a
judgement; the figures themselves stay integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rule605.check import Check, Row, number
from routeproof.sources.rule605.problems import (
    IMPOSSIBLE_SPREAD,
    PERCENT_POINTS,
    ROW,
    SENTINEL_NOTIONAL,
    Remark,
    remark,
    shown,
)
from routeproof.tables.rule605.layout import TOTAL_DIGITS
from routeproof.tables.rule605.remarks import CORRECTED
from routeproof.vocab.fixed import SCALE, SCALE_DIGITS

if TYPE_CHECKING:
    from routeproof.policy.disclosure605 import Plausibility
    from routeproof.tables.rule605.layout import Layout

HUNDRED = 100
NOTIONALS = {
    "summary": ("average_order_usd", "average_order_shares", SCALE),
    "detailed": ("covered_usd", "covered_shares", 10**TOTAL_DIGITS),
}
"""Dollars, the shares that they are of, and the scale of both."""

SPREADS = {
    "summary": ("effective_spread_of_midpoint", "quoted_spread_of_midpoint"),
    "detailed": ("effective_spread_usd_per_share", "quoted_spread_usd_per_share"),
}
"""Effective and quoted spread whose quotient E/Q is."""


def without_percent_points(
    rows: pl.DataFrame, layout: Layout, limits: Plausibility
) -> tuple[pl.DataFrame, list[Remark]]:
    """E/Q as a fraction where the file states it in percent points: a hundred times the quotient of its own spreads.

    A row without both spreads, or with one of zero, cannot be told and stays as it is. A detailed row may state the
    effective spread as a fraction of the midpoint alone.
    """
    if layout.name not in SPREADS:
        return rows, []
    effective, quoted = (pl.col(name).cast(pl.Float64) for name in SPREADS[layout.name])
    if layout.name == "detailed":
        midpoint = pl.col("midpoint_usd_per_share").cast(pl.Float64) / SCALE
        effective = pl.coalesce(effective, pl.col("effective_spread_of_midpoint") * midpoint)
    ratio = pl.col("e_over_q") / SCALE * quoted / effective
    is_percent = (ratio >= limits.percent_ratio_from) & (ratio < limits.percent_ratio_below)
    mask = rows.select(is_percent.fill_null(value=False)).to_series()
    if not mask.any():
        return rows, []
    half = HUNDRED // 2
    size = (pl.col("e_over_q").abs() + half) // HUNDRED
    fraction = pl.when(pl.lit(mask)).then(size * pl.col("e_over_q").sign()).otherwise("e_over_q")
    became = rows.with_columns(fraction.alias("e_over_q"))
    before = rows.filter(mask).iter_rows(named=True)
    after = became.filter(mask).get_column("e_over_q")
    return became, [_corrected(row, value, layout) for row, value in zip(before, after, strict=True)]


def _corrected(row: Row, fraction: int, layout: Layout) -> Remark:
    effective, quoted = (number(row, name, layout) for name in SPREADS[layout.name])
    if row[SPREADS[layout.name][0]] is None:
        midpoint = number(row, "midpoint_usd_per_share", layout)
        effective = f"{number(row, 'effective_spread_of_midpoint', layout)} x {midpoint}"
    stated, became = number(row, "e_over_q", layout), shown(fraction, SCALE_DIGITS)
    name = layout.place("e_over_q")
    message = (
        f"expected {name} as a fraction near {effective} / {quoted}, found {stated} percent points: read as {became}"
    )
    return remark(row[ROW], CORRECTED, PERCENT_POINTS, "e_over_q", message, stated=stated, became=became)


def plausibility_checks(layout: Layout, limits: Plausibility) -> list[Check]:
    """Checks that set a value aside."""
    if layout.name == "legacy":
        return [
            _beyond(layout, name, pl.col(name).abs() > limits.legacy_spread_usd, "a spread of a share's price")
            for name in ("effective_spread_usd_per_share", "realized_spread_usd_per_share_300s")
        ]
    return [_sentinel(layout, limits), *_spread_checks(layout, limits)]


def _sentinel(layout: Layout, limits: Plausibility) -> Check:
    usd, shares, _ = NOTIONALS[layout.name]
    price = pl.col(usd).cast(pl.Float64) / pl.col(shares).cast(pl.Float64)
    midpoint = pl.col("midpoint_usd_per_share").cast(pl.Float64) / SCALE
    is_price = (price < limits.sentinel_price_from / SCALE) & (price > limits.sentinel_price_up_to / SCALE)
    is_near = (price < midpoint * limits.sentinel_factor) & (price > midpoint / limits.sentinel_factor)
    fires = (pl.col(shares) > 0) & ~(is_price & is_near.fill_null(value=True))
    return Check(
        SENTINEL_NOTIONAL,
        usd,
        "set_aside",
        fires,
        lambda row: (
            f"expected dollars of orders in {layout.place(usd)}, found {number(row, usd, layout)} on "
            f"{number(row, shares, layout)} shares at a midpoint of {number(row, 'midpoint_usd_per_share', layout)}: a "
            "price that stands for none; the shares are kept"
        ),
    )


def _spread_checks(layout: Layout, limits: Plausibility) -> list[Check]:
    whole = limits.spread_of_midpoint * SCALE
    found = [
        _beyond(layout, name, pl.col(name).abs() > whole, "a spread of at most the midpoint")
        for name in ("effective_spread_of_midpoint", "quoted_spread_of_midpoint")
        if name in layout.columns()
    ]
    if layout.name == "detailed":
        midpoint = pl.col("midpoint_usd_per_share") * limits.spread_of_midpoint
        found += [
            _beyond(layout, name, pl.col(name).abs() > midpoint, "a spread of at most the midpoint")
            for name in SPREADS["detailed"]
        ]
    largest = limits.e_over_q * SCALE
    return [*found, _beyond(layout, "e_over_q", pl.col("e_over_q").abs() > largest, f"at most {limits.e_over_q}")]


def _beyond(layout: Layout, name: str, fires: pl.Expr, words: str) -> Check:
    return Check(
        IMPOSSIBLE_SPREAD,
        name,
        "set_aside",
        fires,
        lambda row: f"expected {words} in {layout.named(name)}, found {number(row, name, layout)}",
    )
