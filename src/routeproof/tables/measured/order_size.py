"""How big an order is: Rule 605 size buckets by date, and its lot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.tables.kernels import inner, kernel
from routeproof.vocab.absent import NULL
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from datetime import date

DEFAULT_ROUND_LOT = 100 * SCALE
NANO_DOLLARS_PER_SHARE_PRODUCT = SCALE * SCALE
LARGEST = 4 * 10**18
"""Dollars from which on nothing is told apart: far above any bound."""


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


def bucket_order(label: pl.Expr) -> list[pl.Expr]:
    """What to sort labels of any scheme by, null first: buckets in shares before those in dollars, then by bound."""
    bound = label.str.extract(r"(\d+)").cast(pl.Int64)
    return [label.str.contains("$", literal=True), bound, ~label.str.starts_with("below")]


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


Int64s = npt.NDArray[np.int64]


def scheme_of(schemes: tuple[SizeScheme, ...], day: date) -> SizeScheme | None:
    """The scheme in force on a day."""
    begun = [scheme for scheme in schemes if scheme.effective_from <= day]
    return max(begun, key=lambda scheme: scheme.effective_from, default=None)


def bucket_codes(scheme: SizeScheme, quantities: Int64s, prices: Int64s) -> npt.NDArray[np.int32]:
    """Place of each version's bucket in the labels of a scheme; one past the last where it cannot be known.

    Args:
        scheme: in force on the day.
        quantities: (n,) fixed point, `NULL` = unknown.
        prices: (n,) fixed point, `NULL` = unknown; not read if the scheme counts shares.
    """
    codes = np.empty(quantities.size, dtype=np.int32)
    bounds = np.array(scheme.lower_bounds, dtype=np.int64)
    priced = prices if scheme.basis == "notional" else prices[:0]
    _bucket_codes(bounds, quantities, priced, codes)
    return codes


@inner
def _whole_dollars(quantity: int, price: int) -> int:
    """Floor of quantity x price in dollars, both fixed point; at most 4e18, and -1 for whatever is negative.

    With both split into units and billionths, the parts of the product that are smaller than a dollar carry over
    exactly: the two middle products stay below 1.9e19 together, which 64 unsigned bits hold.
    """
    if quantity < 0 and price < 0:
        quantity, price = -quantity, -price
    if quantity < 0 or price < 0:
        return -1 if quantity and price else 0
    units, rest = quantity // SCALE, quantity % SCALE
    dollars, cents = price // SCALE, price % SCALE
    if units and dollars > LARGEST // units:
        return LARGEST
    middle = np.uint64(units) * np.uint64(cents) + np.uint64(rest) * np.uint64(dollars)
    carried = middle + np.uint64(rest) * np.uint64(cents) // np.uint64(SCALE)
    whole: int = units * dollars + np.int64(carried // np.uint64(SCALE))
    return whole


@kernel
def _bucket_codes(bounds: Int64s, quantities: Int64s, prices: Int64s, codes: npt.NDArray[np.int32]) -> None:
    by_notional = prices.size > 0
    for i in range(quantities.size):
        if quantities[i] == NULL or (by_notional and prices[i] == NULL):
            codes[i] = bounds.size + 1
            continue
        whole = _whole_dollars(quantities[i], prices[i]) if by_notional else quantities[i] // SCALE
        codes[i] = 0
        for bound in bounds:
            if whole >= bound:
                codes[i] += 1


def lot(round_lot: pl.Expr, quantity: pl.Expr | None = None) -> pl.Expr:
    """`fractional` below one share, `odd` below the round lot, else `round`; null where the quantity is unknown."""
    quantity = pl.col("quantity") if quantity is None else quantity
    return (
        pl.when(quantity < SCALE)
        .then(pl.lit("fractional"))
        .when(quantity < round_lot)
        .then(pl.lit("odd"))
        .when(quantity.is_not_null())
        .then(pl.lit("round"))
    )
