"""The orders of an experiment: eligible ones, where they were assigned, where they went, what they got."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.analysis.comparison.features import DIMENSIONS, with_features
from routeproof.app.analysis.comparison.sums import Remembering, groups_of
from routeproof.app.analysis.experiment.planned import treated_by_day
from routeproof.app.measuring.measure_range import measured_days_together
from routeproof.app.measuring.row_filter import parse_filters
from routeproof.evidence.experiment.assignment import key_of, treated_orders
from routeproof.metrics.compile_polars import to_polars
from routeproof.metrics.measure import readable
from routeproof.metrics.metric import Metric, Quotient
from routeproof.metrics.registry import BY_NAME
from routeproof.tables.switches import Switches
from routeproof.vocab.words import TOLD_LATER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from routeproof.app.analysis.ground import Ground
    from routeproof.governance.experiment import Experiment
    from routeproof.policy.analysis.compare import ComparePolicy

KEPT = ("order_id", "trading_day", "symbol", "provider", *DIMENSIONS)


def orders_of(ground: Ground, plan: Experiment, days: Sequence[date], policy: ComparePolicy) -> pl.DataFrame:
    """One row per eligible order: `KEPT`, `treated` as assigned, `numerator`, `denominator` (0 = nothing measured).

    Sorted by order id. `provider` is where the order went. Eligibility and levels are of the order at receipt: whether
    a resting order ever could trade is not among them.
    """
    parts = list(_days(ground, plan, days, policy))
    if not parts:
        empty = dict.fromkeys(KEPT, pl.String()) | {"trading_day": pl.Date(), "treated": pl.Boolean()}
        return pl.DataFrame(schema=empty | {"numerator": pl.Float64(), "denominator": pl.Float64()})
    joined = pl.concat(parts).sort("order_id")
    return joined.with_columns(_treated(joined, plan, days))


def _days(ground: Ground, plan: Experiment, days: Sequence[date], policy: ComparePolicy) -> Iterator[pl.DataFrame]:
    source, metric, filters = Remembering(ground.source), BY_NAME[plan.metric], parse_filters(plan.eligible)
    groups = groups_of(ground, days, policy)
    for (measured,) in measured_days_together(source, days, ground.rules, (Switches(),), vwap="vwap" in metric.name):
        rows = measured.orders
        if not rows.width or rows.is_empty() or source.last is None:
            continue
        eligible = rows.filter(*(item.expression(rows.schema[item.column]) for item in filters))
        if plan.symbols:
            eligible = eligible.filter(pl.col("symbol").is_in(list(plan.symbols)))
        featured = with_features(eligible, source.last, policy, groups, "orders", at_execution=False)
        got = _sums(measured.executions if metric.frame == "executions" else eligible, metric)
        yield (
            featured.select(KEPT)
            .with_columns(
                order_class=pl.when(pl.col("order_class").is_in(TOLD_LATER))
                .then(pl.lit("resting"))
                .otherwise("order_class")
            )
            .join(got, on="order_id", how="left")
            .with_columns(pl.col("numerator", "denominator").fill_null(0.0))
        )


def _sums(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """`order_id, numerator, denominator` of a metric, exact sums scaled so that their quotient is the metric."""
    averaging = metric.averaging
    if not isinstance(averaging, Quotient) or not rows.width:
        return pl.DataFrame(schema={"order_id": pl.String(), "numerator": pl.Float64(), "denominator": pl.Float64()})
    return (
        readable(rows, (metric,), metric.frame)
        .select("order_id", numerator=to_polars(averaging.numerator), denominator=to_polars(averaging.denominator))
        .filter(pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null())
        .group_by("order_id")
        .agg(
            pl.col("numerator").sum().cast(pl.Float64) * averaging.multiplier,
            pl.col("denominator").sum().cast(pl.Float64) * averaging.divisor,
        )
    )


def _treated(orders: pl.DataFrame, plan: Experiment, days: Sequence[date]) -> pl.Series:
    if plan.unit == "order":
        return pl.Series(
            "treated", treated_orders(key_of(plan.id, plan.seed), orders["order_id"], Fraction(plan.share))
        )
    chosen = [(day, symbol) for day, names in treated_by_day(plan, days).items() for symbol in sorted(names)]
    schema = {"trading_day": pl.Date(), "symbol": pl.String()}
    table = pl.DataFrame(chosen, schema=schema, orient="row").with_columns(treated=pl.lit(value=True))
    joined = orders.join(table, on=["trading_day", "symbol"], how="left", maintain_order="left")
    return joined["treated"].fill_null(value=False)
