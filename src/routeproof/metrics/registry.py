"""The catalog in reading order: an explicit list, no import magic."""

from __future__ import annotations

from routeproof.metrics.catalog import (
    after_the_fill,
    concentration,
    cost,
    delay_cost,
    effective_spread,
    fill_rate,
    population,
    price_improvement,
    quoted_spread,
    reference_age,
    route_outcomes,
    slippage,
    speed,
)

ALL = (
    *fill_rate.METRICS,
    *population.METRICS,
    *reference_age.METRICS,
    *quoted_spread.METRICS,
    *effective_spread.METRICS,
    *price_improvement.METRICS,
    *after_the_fill.METRICS,
    *speed.METRICS,
    *delay_cost.METRICS,
    *route_outcomes.METRICS,
    *slippage.METRICS,
    *cost.METRICS,
    *concentration.METRICS,
)

BY_NAME = {metric.name: metric for metric in ALL}
