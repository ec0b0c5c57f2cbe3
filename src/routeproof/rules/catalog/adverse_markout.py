"""After fills at one venue the market moves against the customer more than elsewhere, and more than it used to.

The markout is s (M at the horizon - P) / M in basis points over fills of marketable orders, from `horizon` (1s or 60s)
after the fill; positive is good for the customer. The control is the same provider's other venues on the same day, so
that a bad market does not count against a venue; the difference is then set beside the same difference of the sessions
before, since venues differ by nature. It fires when the mean difference of the last `window_sessions` sessions lies at
least `least_worse_bps` and at least `least_z` standard errors below the median of the earlier ones; a venue's day
counts from `least_n` fills on, and `least_history` earlier sessions are needed.

It shows that something happened after the fills, not why: informed counterparties, information that leaked, or other
orders sent there. Ask the provider who trades at the venue, and whether the order types or symbols sent there changed.
"""

from __future__ import annotations

from math import fsum, sqrt
from statistics import median
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted, trimmed
from routeproof.rules.windows import divided_days, end_of, pooled, series, spread

if TYPE_CHECKING:
    from datetime import date

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts
    from routeproof.rules.windows import Days

_ROWS = {
    "provider": pl.String,
    "venue": pl.String,
    "horizon": pl.String,
    "gap": pl.Float64,
    "usual": pl.Float64,
    "allowed": pl.Float64,
    "fills": pl.Int64,
    "sessions": pl.Int64,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Venues whose markout against the provider's other venues became worse."""
    rows = []
    known = series(facts.need("history"), f"markout_{limits.value('horizon')}")
    for provider, venue in known:
        if venue is not None:
            own = limits.within(provider=provider, venue=venue)
            others = [days for (by, at), days in known.items() if by == provider and at not in (venue, None)]
            worse = _worse(known[provider, venue], others, facts.day, own)
            if worse is not None:
                rows.append({"provider": provider, "venue": venue, "horizon": limits.value("horizon"), **worse})
    return hits(
        pl.DataFrame(rows, schema=_ROWS),
        pl.lit(value=True),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            unit="bps",
            observed=pl.col("gap"),
            threshold=pl.col("allowed"),
            metrics=pl.format("markout_bps_{}", "horizon"),
            sentence=pl.format(
                "After {} at {} over {} the market was {} bps worse for customers {} later than after "
                "fills of {} elsewhere; usually the difference is {} bps.",
                counted("fills", "fills"),
                "venue",
                counted("sessions", "sessions"),
                trimmed(-pl.col("gap"), 2),
                pl.col("horizon").str.replace("s", " s"),
                "provider",
                trimmed(-pl.col("usual"), 2),
            ),
        ),
    )


def _worse(own_days: Days, others: list[Days], day: date, own: Limits) -> dict[str, Any] | None:
    gaps = {}
    for one, point in own_days.items():
        control = [days[one] for days in others if one in days]
        if point.n >= own.value("least_n") and sum(item.n for item in control) >= own.value("least_n"):
            gaps[one] = point.value - pooled(control).value
    recent, before = divided_days(gaps, day, own.value("window_sessions"))
    before = before[-own.value("history_sessions") :]
    if len(recent) < own.value("window_sessions") or len(before) < own.value("least_history"):
        return None
    daily = [gaps[one] for one in before]
    gap, usual = fsum(gaps[one] for one in recent) / len(recent), median(daily)
    error = spread(daily) * sqrt(1 / len(recent) + 1 / len(before))
    reach = max(own.value("least_worse_bps"), own.value("least_z") * error)
    if gap > usual - reach:
        return None
    fills = sum(own_days[one].n for one in recent)
    return {"gap": gap, "usual": usual, "allowed": usual - reach, "fills": fills, "sessions": len(recent)}


RULE = Rule(
    code="RP163",
    name="adverse_markout",
    title="The market moves against fills at a venue",
    kind="window",
    scope=("provider", "venue"),
    needs=("history",),
    units={
        "horizon": "1s_or_60s",
        "window_sessions": "sessions",
        "history_sessions": "sessions",
        "least_history": "sessions",
        "least_n": "fills",
        "least_worse_bps": "bps",
        "least_z": "standard_errors",
    },
    source="FINRA Rule 5310.09(b)(1): price improvement and disimprovement by venue; house definition of the markout",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    quoted=True,
    family="markout",
)
