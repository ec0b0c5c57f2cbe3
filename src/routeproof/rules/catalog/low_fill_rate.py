"""A venue filled fewer of the provider's routes today than it used to.

Counted are the last routes of market orders and of limit orders that meet the market; a route is filled when it had any
execution. The day is set beside the provider's own sessions before it at the same venue, at most `history_sessions` and
at least `least_history` of them, and beside all venues together. Both must hold: the day's rate lies at least `least_z`
robust deviations (median and MAD, and never less than chance alone gives) below the usual one, and the upper end of its
own interval (Wilson, `interval_z`) lies at least `least_drop` below it.

Left out: resting orders (`resting_order_traded_through` judges them), routes that the venue refused before it took them
(`reject_burst`), days with fewer than `least_n` routes at the venue. Ask the provider why orders came back: quotes that
faded, a changed order type or time in force, a venue in trouble.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import percent
from routeproof.rules.windows import MEETING, divided_days, end_of, series, share_error, spread, wilson

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts
    from routeproof.rules.windows import Days

_ROWS = {
    "provider": pl.String,
    "venue": pl.String,
    "rate": pl.Float64,
    "usual": pl.Float64,
    "allowed": pl.Float64,
    "routes": pl.Int64,
    "earlier": pl.Int64,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Venues, and providers as a whole, whose rate of filled routes fell below their own history."""
    rows = []
    for (provider, venue), days in series(facts.need("history"), "filled_routes", MEETING).items():
        where = {"provider": provider} if venue is None else {"provider": provider, "venue": venue}
        fallen = _fallen(days, facts, limits.within(**where))
        if fallen is not None:
            rows.append({"provider": provider, "venue": venue, **fallen})
    return hits(
        pl.DataFrame(rows, schema=_ROWS),
        pl.lit(value=True),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            unit="ratio",
            observed=pl.col("rate"),
            threshold=pl.col("allowed"),
            sentence=pl.format(
                "{} of the {} routes that {} sent to {} were filled at all; over the {} sessions before it was {}.",
                percent(pl.col("rate")),
                "routes",
                "provider",
                pl.coalesce("venue", pl.lit("its venues")),
                "earlier",
                percent(pl.col("usual")),
            ),
        ),
    )


def _fallen(days: Days, facts: Facts, own: Limits) -> dict[str, Any] | None:
    today, before = divided_days(days, facts.day, 1)
    known = [one for one in before if days[one].n >= own.value("least_n")][-own.value("history_sessions") :]
    if not today or days[today[0]].n < own.value("least_n") or len(known) < own.value("least_history"):
        return None
    point, daily = days[today[0]], [days[one].value for one in known]
    usual = median(daily)
    between = max(spread(daily), share_error(usual, point.n))
    upper = wilson(point.value, point.n, own.value("interval_z"))[1]
    allowed = usual - own.value("least_z") * between
    if point.value >= allowed or upper >= usual - own.value("least_drop"):
        return None
    return {"rate": point.value, "usual": usual, "allowed": allowed, "routes": point.n, "earlier": len(known)}


RULE = Rule(
    code="RP160",
    name="low_fill_rate",
    title="Fewer routes are filled",
    kind="window",
    scope=("provider", "venue"),
    needs=("history",),
    units={
        "history_sessions": "sessions",
        "least_history": "sessions",
        "least_n": "routes",
        "least_z": "standard_errors",
        "interval_z": "standard_errors",
        "least_drop": "ratio",
    },
    source="FINRA Rule 5310.09(b)(4): likelihood of execution; Wilson (1927) for the interval",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="fill_rate",
)
