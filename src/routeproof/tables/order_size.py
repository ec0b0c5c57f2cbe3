"""How big an order is: Rule 605 size buckets by date, and its lot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import polars as pl

from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from datetime import date

DEFAULT_ROUND_LOT = 100 * SCALE
NANO_DOLLARS_PER_SHARE_PRODUCT = SCALE * SCALE


@dataclass(frozen=True, slots=True)
class SizeScheme:
    """Size buckets in force from a day.

    Attributes:
        effective_from: first day.
        basis: `notional` in whole dollars, or `shares`.
        lower_bounds: ascending lower bounds; the first bucket also takes what is below it only if it begins at 0.
        source: paragraph that says so.
    """

    effective_from: date
    basis: Literal["notional", "shares"]
    lower_bounds: tuple[int, ...]
    source: str = ""

    def labels(self) -> tuple[str, ...]:
        """One label per bucket, plus first the one for what lies below the lowest bound."""
        sign = "$" if self.basis == "notional" else ""
        inner = [f"{sign}{low}-{high - 1}" for low, high in pairwise(self.lower_bounds)]
        return (f"below {sign}{self.lower_bounds[0]}", *inner, f"{sign}{self.lower_bounds[-1]}+")


def size_bucket(schemes: tuple[SizeScheme, ...]) -> pl.Expr:
    """Bucket of a version from `quantity`, `size_price` (fixed point) and `trading_day`; null where it cannot be known.

    Source: 605(a)(1) notional buckets, and the share buckets of the rule before its amendment.
    """
    result = pl.lit(None, dtype=pl.String)
    for scheme in sorted(schemes, key=lambda scheme: scheme.effective_from):
        result = pl.when(pl.col("trading_day") >= scheme.effective_from).then(_bucket(scheme)).otherwise(result)
    return result


def _bucket(scheme: SizeScheme) -> pl.Expr:
    quantity = pl.col("quantity").cast(pl.Int128)
    if scheme.basis == "notional":
        measure, unit = quantity * pl.col("size_price").cast(pl.Int128), NANO_DOLLARS_PER_SHARE_PRODUCT
    else:
        measure, unit = quantity, SCALE
    below, *labels = scheme.labels()
    label = pl.lit(below)
    for bound, name in zip(scheme.lower_bounds, labels, strict=True):
        label = pl.when(measure >= pl.lit(bound * unit, dtype=pl.Int128)).then(pl.lit(name)).otherwise(label)
    return pl.when(measure.is_not_null()).then(label)


def lot(round_lot: pl.Expr) -> pl.Expr:
    """`fractional` below one share, `odd` below the round lot, else `round`; null where the quantity is unknown."""
    quantity = pl.col("quantity")
    return (
        pl.when(quantity < SCALE)
        .then(pl.lit("fractional"))
        .when(quantity < round_lot)
        .then(pl.lit("odd"))
        .when(quantity.is_not_null())
        .then(pl.lit("round"))
    )
