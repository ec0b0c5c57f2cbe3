"""More of what the provider handled was filled under its own roof than policy allows, or than it used to be.

Under its own roof are fills at venues that the conflict register or the venues table name as the provider's affiliates,
and fills whose reports state that the counterparty of the order acted as principal. Fills that say neither are left
out, and the share is of the rest. Resting and marketable orders count alike, over the last `window_sessions` sessions,
from `least_n` fills on. It fires when the share exceeds `most_share`, or when it exceeds the median of the sessions
before by at least `least_rise` and `least_z` standard errors (`least_history` of them are needed).

A wholesaler trades as principal by nature: what counts is how much, and what the customer got for it. Ask the provider
for its 606 disclosure of the relationship.
"""

from __future__ import annotations

from math import sqrt
from statistics import median
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted, percent
from routeproof.rules.windows import divided_days, end_of, pooled, series, spread

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts
    from routeproof.rules.windows import Days

_ROWS = {
    "provider": pl.String,
    "key": pl.String,
    "share": pl.Float64,
    "allowed": pl.Float64,
    "usual": pl.Float64,
    "sessions": pl.Int64,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Providers whose recent share of internalised fills is above policy or above their own history."""
    rows = []
    for (provider, venue), days in series(facts.need("history"), "internalised_share").items():
        if venue is None:
            found = _above(days, facts, limits.within(provider=provider))
            rows += [] if found is None else [{"provider": provider, **found}]
    against = (
        pl.when(pl.col("key") == "most")
        .then(pl.format("policy allows {}", percent(pl.col("allowed"))))
        .otherwise(pl.format("it used to be {}", percent(pl.col("usual").fill_null(0.0))))
    )
    return hits(
        pl.DataFrame(rows, schema=_ROWS),
        pl.lit(value=True),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.col("key"),
            unit="ratio",
            observed=pl.col("share"),
            threshold=pl.col("allowed"),
            sentence=pl.format(
                "{} of the shares that {} filled over {} were internalised; {}.",
                percent(pl.col("share")),
                "provider",
                counted("sessions", "sessions"),
                against,
            ),
        ),
    )


def _above(days: Days, facts: Facts, own: Limits) -> dict[str, Any] | None:
    recent, before = divided_days(days, facts.day, own.value("window_sessions"))
    before = before[-own.value("history_sessions") :]
    if len(recent) < own.value("window_sessions") or sum(days[one].n for one in recent) < own.value("least_n"):
        return None
    share, sessions = pooled(days[one] for one in recent).value, len(recent)
    if share > own.value("most_share"):
        return {"key": "most", "share": share, "allowed": own.value("most_share"), "usual": None, "sessions": sessions}
    if len(before) < own.value("least_history"):
        return None
    daily = [days[one].value for one in before]
    error = spread(daily) * sqrt(1 / len(recent) + 1 / len(before))
    allowed = median(daily) + max(own.value("least_rise"), own.value("least_z") * error)
    if share <= allowed:
        return None
    return {"key": "rise", "share": share, "allowed": allowed, "usual": median(daily), "sessions": sessions}


RULE = Rule(
    code="RP165",
    name="internalisation_share",
    title="Filled under the provider's own roof",
    kind="window",
    scope=("provider",),
    needs=("history",),
    units={
        "window_sessions": "sessions",
        "history_sessions": "sessions",
        "least_history": "sessions",
        "least_n": "fills",
        "most_share": "ratio",
        "least_rise": "ratio",
        "least_z": "standard_errors",
    },
    source="FINRA Rule 5310.09(b): internalised orders are reviewed like others; 17 CFR 242.606 material aspects",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="internalisation",
)
