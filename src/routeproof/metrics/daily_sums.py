"""What a metric leaves behind per key, such as a day: the two sums whose quotient it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.compile_polars import to_polars
from routeproof.metrics.metric import Metric, Quotient

if TYPE_CHECKING:
    from collections.abc import Sequence


def daily_sums(rows: pl.DataFrame, metric: Metric, keys: Sequence[str]) -> pl.DataFrame:
    """A metric's sums per `keys` over the rows given.

    Returns:
        The keys, `numerator` and `denominator` (doubles of exact sums, scaled so that their quotient is the metric),
        `largest` (the heaviest single order's weight), and the `n` rows and `shares` that have a weight.

    Raises:
        TypeError: the metric is no quotient of sums.
    """
    averaging = metric.averaging
    if not isinstance(averaging, Quotient):
        message = f"expected {metric.name} to be a quotient of sums"
        raise TypeError(message)
    per_order = (
        rows.with_columns(
            to_polars(averaging.numerator).alias("numerator"),
            to_polars(averaging.denominator).alias("denominator"),
        )
        .filter(pl.col("denominator").is_not_null() & pl.col("numerator").is_not_null())
        .with_columns((pl.col("denominator") > 0).cast(pl.Int64).alias("n"))
        .group_by(*keys, "order_id")
        .agg(
            pl.col("numerator").sum(),
            pl.col("denominator").sum(),
            pl.col("n").sum(),
            (pl.col("quantity") * pl.col("n")).sum().alias("shares"),
        )
    )
    return per_order.group_by(keys).agg(
        pl.col("numerator").sum().cast(pl.Float64) * averaging.multiplier,
        pl.col("denominator").sum().cast(pl.Float64) * averaging.divisor,
        pl.col("denominator").max().cast(pl.Float64).alias("largest") * averaging.divisor,
        pl.col("n", "shares").sum().cast(pl.Int64),
    )
