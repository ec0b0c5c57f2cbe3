"""A venue that the provider disclosed has had no route for many sessions.

Compared are the venues that the provider's file listed on the judged day (disclosed by it, accepted by the firm) with
the last routes of all its orders over `window_sessions` sessions, the judged day among them; fewer sessions, or fewer
than `least_n` routes in them, say nothing. A venue that a later list added counts from the business date of that list:
until the sessions since then are as many, it is not missed. A venue may be unused for good reasons, and a list that is
longer than the truth hides changes. Ask the provider whether the list is still right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted
from routeproof.rules.windows import divided_days, end_of, series

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Venues of the agreed list without a route."""
    known = series(facts.need("history"), "route_share")
    rows = []
    agreed = facts.need("agreed_venues").select("provider", "venue", "since")
    for provider, venue, since in agreed.sort("provider", "venue").iter_rows():
        own = limits.within(provider=provider)
        of_provider = {at: days for (by, at), days in known.items() if by == provider}
        recent, _ = divided_days(
            {day for days in of_provider.values() for day in days}, facts.day, own.value("window_sessions")
        )
        routes = {at: sum(days[day].n for day in recent if day in days) for at, days in of_provider.items()}
        enough = len(recent) == own.value("window_sessions") and sum(routes.values()) >= own.value("least_n")
        if enough and (since is None or since <= recent[0]) and not routes.get(venue, 0):
            rows.append({"provider": provider, "venue": venue, "sessions": len(recent)})
    frame = pl.DataFrame(rows, schema={"provider": pl.String, "venue": pl.String, "sessions": pl.Int64})
    return hits(
        frame,
        pl.lit(value=True),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            unit="sessions",
            observed=pl.col("sessions"),
            threshold=pl.col("sessions"),
            sentence=pl.format(
                "{} has sent nothing to {} for {}, though its list names that venue.",
                "provider",
                "venue",
                counted("sessions", "sessions"),
            ),
        ),
    )


RULE = Rule(
    code="RP161",
    name="disclosed_venue_unused",
    title="A disclosed venue is not used",
    kind="window",
    scope=("provider",),
    needs=("history", "agreed_venues"),
    units={"window_sessions": "sessions", "history_sessions": "sessions", "least_n": "routes"},
    source="17 CFR 242.606: venues disclosed; FINRA Rule 5310.09(b)",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="routing",
)
