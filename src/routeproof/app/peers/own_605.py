"""The firm's own flow in the additive form of public reports: counted by the same functions that make our report."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.disclosure.report605_sums import Month605, daily_sums
from routeproof.metrics.metric import Quotient
from routeproof.metrics.rule605.additive import of_fills
from routeproof.metrics.rule605.judged import Reporter
from routeproof.policy.disclosure605 import first_of
from routeproof.tables.rule605.sums import HORIZONS
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.policy.report605 import Report605Policy
    from routeproof.tables.measured.day import DayRules

_WIDE = pl.Int128()
_SPREAD_ONLY = ("improved", "at_quote", "outside")


@dataclass(frozen=True, slots=True)
class OwnFlow:
    """Whose flow is added up.

    Attributes:
        source: canonical rows and quotes.
        days: on which it has flow.
        rules: hours and round lots.
        provider: through whom the orders went.
        readings: of the rule, by date.
    """

    source: DaySource
    days: Sequence[date]
    rules: DayRules
    provider: str
    readings: Report605Policy


def own_terms(flow: OwnFlow, months: Sequence[str]) -> pl.DataFrame:
    """Own covered orders of some months, YYYYMM, as rows of `tables.rule605.sums` with `day` beside them.

    The reporter is the provider, and all fills are its own wherever they were made; participant is null.
    Spreads and classes are null for order types for which a report leaves them empty. A month without covered orders
    has no rows.

    Args:
        flow: whose orders.
        months: one at least.
    """
    return pl.concat([_month(flow, month) for month in months])


def _month(flow: OwnFlow, month: str) -> pl.DataFrame:
    first = first_of(month)
    reporting = flow.readings.on(first)
    sums = daily_sums(
        flow.source,
        flow.days,
        Month605(
            days=(first, first.replace(day=monthrange(first.year, first.month)[1])),
            reporting=reporting,
            reporter=Reporter(code=flow.provider),
            rules=flow.rules,
            provider=flow.provider,
        ),
    )
    scales = {
        item.name: SCALE * item.averaging.multiplier // item.averaging.divisor
        for item in of_fills(reporting)
        if isinstance(item.averaging, Quotient)
    } | {"e_over_q": 1}  # a ratio of two sums that are dollars times shares already
    return _as_terms(sums, flow.provider, month, reporting.codes("spread_fields"), scales)


def _as_terms(
    sums: pl.DataFrame, provider: str, month: str, spread_codes: Collection[str], scales: dict[str, int]
) -> pl.DataFrame:
    has_spread = pl.col("order_type").is_in(list(spread_codes))

    def total(name: str) -> pl.Expr:
        column = f"{name}:sum"
        return pl.col(column).cast(_WIDE).fill_null(0) if column in sums.columns else pl.lit(0, dtype=_WIDE)

    def product(name: str, part: str = "sum") -> pl.Expr:
        column = f"{name}:{part}"
        value = pl.col(column).cast(_WIDE) if column in sums.columns else pl.lit(None, dtype=_WIDE)
        return value * scales[name]

    def weight(name: str) -> pl.Expr:
        column = f"{name}:weight"
        return pl.col(column).cast(_WIDE).fill_null(0) if column in sums.columns else pl.lit(0, dtype=_WIDE)

    effective, quoted = "effective_spread_usd_per_share", "quoted_spread_usd_per_share"
    zero = pl.lit(0, dtype=_WIDE)
    realized = {horizon: f"realized_spread_usd_per_share_{horizon}" for horizon in HORIZONS}
    time = "time_to_execution_ms_avg"
    return sums.select(
        pl.col("day").cast(pl.Date()),
        pl.lit("detailed").alias("layout"),
        pl.lit(None, dtype=pl.String()).alias("participant"),
        pl.lit(provider).alias("reporter"),
        pl.lit(month).alias("month"),
        "symbol",
        pl.lit(None, dtype=pl.String()).alias("sp500"),
        "order_type",
        pl.col("order_size").cast(pl.String()),
        pl.col("lot_flag").alias("lot_size"),
        total("covered_orders").cast(pl.Int64()).alias("covered_orders"),
        total("covered_shares").alias("covered_shares"),
        total("cancelled_shares").alias("cancelled_shares"),
        total("executed_shares").alias("executed_shares"),
        zero.alias("executed_away_shares"),
        *(pl.when(has_spread).then(total(f"{name}_shares")).alias(f"{name}_shares") for name in _SPREAD_ONLY),
        *(
            pl.when(has_spread).then(product(f"{name}_usd_per_share").fill_null(0)).alias(f"{name}_e18")
            for name in ("improved", "outside")
        ),
        pl.when(has_spread & (weight(effective) > 0)).then(product(effective)).alias("effective_e18"),
        pl.when(has_spread & (weight(quoted) > 0)).then(product(quoted)).alias("quoted_e18"),
        pl.when(has_spread & (weight(quoted) > 0)).then(product("e_over_q")).alias("both_effective_e18"),
        pl.when(has_spread & (weight(quoted) > 0)).then(product("e_over_q", "weight")).alias("both_quoted_e18"),
        *(
            pl.when(weight(name) > 0).then(product(name)).alias(f"realized_{horizon}_e18")
            for horizon, name in realized.items()
        ),
        pl.when(weight(time) > 0).then(product(time)).alias("time_ms_e18"),
        pl.when(has_spread).then(weight(effective)).otherwise(zero).alias("effective_shares"),
        pl.when(has_spread).then(weight(quoted)).otherwise(zero).alias("quoted_shares"),
        pl.when(has_spread).then(weight(quoted)).otherwise(zero).alias("both_shares"),
        *(weight(name).alias(f"realized_{horizon}_shares") for horizon, name in realized.items()),
        weight(time).alias("time_shares"),
    )
