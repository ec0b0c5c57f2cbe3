"""Summary rows as they were filed: they state averages without weights, so that only a single row can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.tables.rule605.summary import SUMMARY
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

FILED = SUMMARY.columns("average")
"""Averages of a summary row, in file order."""

NOT_STATED = (
    *("covered_orders", "covered_shares", "cancelled_shares", "executed_shares", "executed_away_shares"),
    *("fill_rate_shares", "classified_shares", "improved_shares", "at_quote_shares", "outside_shares"),
    *("improved_usd", "outside_usd", "price_improvement_usd_per_share"),
    *("effective_spread_usd_per_share", "quoted_spread_usd_per_share"),
)
"""What a summary report does not state: null in every row."""


def filed_rows(rows: pl.LazyFrame, by: Sequence[str]) -> list[dict[str, Any]]:
    """One row for each combination of `by`: what its one row states, or nulls where it is more than one.

    Args:
        rows: of `SUMMARY.table`.
        by: dimensions; those that the layout does not have are null.
    """
    absent = [pl.lit(None, dtype=pl.String()).alias(name) for name in by if name not in SUMMARY.columns()]
    keys = list(by) or ["_all"]
    frame = rows.with_columns(*absent, pl.lit(1).alias("_all")).sort(SUMMARY.key)
    single = [pl.when(pl.len() == 1).then(pl.col(name).first()).alias(name) for name in FILED]
    found = frame.group_by(keys).agg(*single, pl.len().alias("rows")).sort(keys, nulls_last=True).collect()
    return [_row(item, by) for item in found.iter_rows(named=True)]


def _row(item: dict[str, Any], by: Sequence[str]) -> dict[str, Any]:
    stated = {name: None if item[name] is None else item[name] / SCALE for name in FILED}
    first = {name: item[name] for name in by} | dict.fromkeys(NOT_STATED)
    return first | {"e_over_q": stated["e_over_q"], "coverage": None, "rows": item["rows"]} | stated
