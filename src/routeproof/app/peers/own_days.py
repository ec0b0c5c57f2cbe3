"""Own flow added up to days, which is what an interval of our side rests on."""

from __future__ import annotations

import polars as pl

from routeproof.evidence.partials import Partials

NO_POSITIVE_DAY = "on some day our own weights add up to nothing or less, as on crossed quotes: no interval"


def by_day(rows: pl.DataFrame) -> Partials | None:
    """The days of own flow as partials; `None` where the lower sum of some day is not above zero.

    A crossed quote counts with its negative spread, so that a cell may be below zero on a day that is not. A day on
    which both sums are zero is left out.

    Args:
        rows: `day`, `top` and `bottom`, one row per cell and day; no nulls.
    """
    ordered = rows.sort("day", "bottom", "top")
    sums = ordered.group_by("day", maintain_order=True).agg(
        pl.col("top", "bottom").sum(), pl.col("bottom").max().alias("largest")
    )
    told = sums.filter((pl.col("top") != 0) | (pl.col("bottom") != 0))
    if (told["bottom"] <= 0).any():
        return None
    return Partials.of(
        day=told["day"].cast(pl.Int32()).to_numpy(),
        numerator=told["top"].to_numpy(),
        denominator=told["bottom"].to_numpy(),
        largest=told["largest"].to_numpy(),
    )
