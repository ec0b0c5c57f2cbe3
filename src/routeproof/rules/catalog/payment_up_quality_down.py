"""What venues pay per share rose while price improvement fell.

Payment per share is what each venue paid per share in the last month that was paid for, times its part of the shares
of marketable orders that were filled that day; a venue that is no payer pays nothing. So it moves with the routing, not
with the day on which a bill is settled. Improvement is the price improvement per share of marketable orders against the
quote at receipt. The last `window_sessions` sessions are set beside the sessions before (`least_history` to
`history_sessions` of them). It fires when the payment per share rose by at least `least_rise_usd` and improvement fell
by at least `least_fall_usd`, each by at least `least_z` standard errors of its own robust spread between days.

Left out: payments that do not depend on shares, and payers named by the conflict register alone, whose rate is unknown.
Ask the provider which routing decision moved the flow.
"""

from __future__ import annotations

from math import sqrt
from statistics import median
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.payer_quality import rates
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted, usd
from routeproof.rules.windows import Point, divided_days, end_of, pooled, series, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts
    from routeproof.rules.windows import Days

_ROWS = {
    "provider": pl.String,
    "paid": pl.Float64,
    "usually_paid": pl.Float64,
    "allowed": pl.Float64,
    "improved": pl.Float64,
    "usually_improved": pl.Float64,
    "sessions": pl.Int64,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Providers whose flow earns more and improves less than before."""
    rows = []
    known = series(facts.need("history"), "price_improvement")
    payers = facts.need("payers")
    for (provider, venue), improved in known.items():
        if venue is not None:
            continue
        own = limits.within(provider=provider)
        paying = payers.filter(pl.col("provider").is_null() | (pl.col("provider") == provider))
        venues = {at: days for (by, at), days in known.items() if by == provider and at is not None}
        paid = _paid(rates(paying), venues, improved)
        found = _both(paid, improved, facts, own)
        rows += [] if found is None else [{"provider": provider, **found}]
    return hits(
        pl.DataFrame(rows, schema=_ROWS),
        pl.lit(value=True),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            unit="usd_per_share",
            observed=pl.col("paid"),
            threshold=pl.col("allowed"),
            sentence=pl.format(
                "Over {} venues paid {} for each share that {} sent them, up from {}, while price "
                "improvement fell from {} to {} a share.",
                counted("sessions", "sessions"),
                usd(pl.col("paid"), 5),
                "provider",
                usd(pl.col("usually_paid"), 5),
                usd(pl.col("usually_improved"), 5),
                usd(pl.col("improved"), 5),
            ),
        ),
    )


def _paid(rate: Mapping[str, float], venues: Mapping[str, Days], every: Days) -> Days:
    """Payment per filled share of each day."""
    found = {}
    for day, whole in every.items():
        parts = [
            Point(rate.get(venue, 0.0), days[day].n, days[day].weight) for venue, days in venues.items() if day in days
        ]
        if parts and rate:
            found[day] = Point(pooled(parts).value, whole.n, whole.weight)
    return found


def _both(paid: Days, improved: Days, facts: Facts, own: Limits) -> dict[str, Any] | None:
    recent, before = divided_days(paid, facts.day, own.value("window_sessions"))
    before = before[-own.value("history_sessions") :]
    if len(recent) < own.value("window_sessions") or len(before) < own.value("least_history"):
        return None
    root = sqrt(1 / len(recent) + 1 / len(before))
    pays, gives = [paid[one].value for one in before], [improved[one].value for one in before]
    now_paid = pooled(paid[one] for one in recent).value
    now_improved = pooled(improved[one] for one in recent).value
    most = median(pays) + max(own.value("least_rise_usd"), own.value("least_z") * spread(pays) * root)
    least = median(gives) - max(own.value("least_fall_usd"), own.value("least_z") * spread(gives) * root)
    if now_paid <= most or now_improved >= least:
        return None
    return {
        "paid": now_paid,
        "usually_paid": median(pays),
        "allowed": most,
        "improved": now_improved,
        "usually_improved": median(gives),
        "sessions": len(recent),
    }


RULE = Rule(
    code="RP166",
    name="payment_up_quality_down",
    title="Payment rises while quality falls",
    kind="window",
    scope=("provider",),
    needs=("history", "payers"),
    units={
        "window_sessions": "sessions",
        "history_sessions": "sessions",
        "least_history": "sessions",
        "least_rise_usd": "usd_per_share",
        "least_fall_usd": "usd_per_share",
        "least_z": "standard_errors",
    },
    source="FINRA Rule 5310.09(b)(8): payment for order flow beside price improvement; FINRA Regulatory Notice 21-23",
    judge=judge,
    docs=__doc__ or "",
    metrics=("price_improvement_usd_per_share",),
    quoted=True,
    family="payers",
)
