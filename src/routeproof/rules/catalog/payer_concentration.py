"""Too much of what meets the market goes to venues that pay for it, or to the one that pays best and improves least.

Payers are venues that paid by the `payments` table or that pay by the conflict register. Counted are shares of the last
routes of market orders and of limit orders that meet the market, over the last `window_sessions` sessions, from
`least_n` routes on; the first two need all of these sessions. Three findings are told apart by their key:

- `all`: all payers together got more than `most_share`;
- `hhi`: the sum of their squared shares (each of everything routed) exceeds `most_hhi`;
- `best_payer`: one payer whose payment per share, in the last month that was paid for, is at least `payer_multiple`
  times that of the other payers got at least `least_share`, while its price improvement per share was below theirs by
  more than `least_z` standard errors of the daily differences and by at least `least_worse_usd`. This one needs no
  history.

Payments that depend on volume are seen only as they were paid. Ask the provider for the routing decision behind each
payer, and compare `price_disimprovement` and the review's view of payers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.payer_quality import best_payers
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted, percent, trimmed, usd
from routeproof.rules.windows import MEETING, divided_days, end_of, series, share_of

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

_ROWS = {
    "provider": pl.String,
    "venue": pl.String,
    "key": pl.String,
    "value": pl.Float64,
    "allowed": pl.Float64,
    "sessions": pl.Int64,
    "paid": pl.Float64,
    "others_paid": pl.Float64,
    "worse": pl.Float64,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Providers whose recent routing is concentrated in payers."""
    history, payers = facts.need("history"), facts.need("payers")
    by_provider: dict[str, dict[Any, dict[str, float]]] = {}
    routes: dict[tuple[str, Any], int] = {}
    for (provider, venue), days in series(history, "routing_share", MEETING).items():
        for day, point in days.items():
            if venue is not None:
                by_provider.setdefault(provider, {}).setdefault(day, {})[venue] = point.value * point.weight
                routes[provider, day] = routes.get((provider, day), 0) + point.n
    rows: list[dict[str, Any]] = []
    for provider, by_day in by_provider.items():
        own = limits.within(provider=provider)
        recent, _ = divided_days(by_day, facts.day, own.value("window_sessions"))
        if sum(routes[provider, day] for day in recent) < own.value("least_n"):
            continue
        paying = payers.filter(pl.col("provider").is_null() | (pl.col("provider") == provider))
        names = sorted(set(paying["venue"].to_list()))
        shares = {venue: share_of(by_day, recent, [venue])[0] for venue in names}
        common = {"provider": provider, "sessions": len(recent)}
        is_whole = len(recent) == own.value("window_sessions")
        together = share_of(by_day, recent, names)[0]
        if is_whole and together > own.value("most_share"):
            rows.append({**common, "key": "all", "value": together, "allowed": own.value("most_share")})
        hhi = sum(share * share for _, share in sorted(shares.items()))
        if is_whole and hhi > own.value("most_hhi"):
            rows.append({**common, "key": "hhi", "value": hhi, "allowed": own.value("most_hhi")})
        rows += [{**common, **row} for row in best_payers(history, provider, paying, shares, recent, own)]
    return hits(pl.DataFrame(rows, schema=_ROWS), pl.lit(value=True), _shape(facts))


def _shape(facts: Facts) -> Shape:
    best = pl.format(
        "{} sent {} of its shares of orders that meet the market to {} over {}, which pays {} a share where "
        "other payers pay {}, and improves prices by {} a share less than they do.",
        "provider",
        percent(pl.col("value")),
        "venue",
        counted("sessions", "sessions"),
        usd(pl.col("paid"), 5),
        usd(pl.col("others_paid"), 5),
        usd(pl.col("worse"), 5),
    )
    together = pl.format(
        "{} sent {} of its shares of orders that meet the market to venues that pay for them over {}; policy "
        "allows {}.",
        "provider",
        percent(pl.col("value")),
        counted("sessions", "sessions"),
        percent(pl.col("allowed")),
    )
    hhi = pl.format(
        "The concentration of {}'s routing in venues that pay for it (sum of squared shares) was {} over {}; "
        "policy allows {}.",
        "provider",
        trimmed(pl.col("value"), 3),
        counted("sessions", "sessions"),
        trimmed(pl.col("allowed"), 3),
    )
    is_one = pl.col("key") == "best_payer"
    return Shape(
        at=pl.lit(end_of(facts)),
        key=pl.col("key"),
        unit="ratio",
        observed=pl.col("value"),
        threshold=pl.col("allowed"),
        metrics=pl.when(is_one).then(pl.lit("price_improvement_usd_per_share")),
        sentence=pl.when(is_one).then(best).when(pl.col("key") == "all").then(together).otherwise(hhi),
    )


RULE = Rule(
    code="RP164",
    name="payer_concentration",
    title="Orders go to venues that pay for them",
    kind="window",
    scope=("provider",),
    needs=("history", "payers"),
    units={
        "window_sessions": "sessions",
        "least_n": "routes",
        "most_share": "ratio",
        "most_hhi": "ratio",
        "least_share": "ratio",
        "payer_multiple": "ratio",
        "least_worse_usd": "usd_per_share",
        "least_z": "standard_errors",
    },
    source="FINRA Rule 5310.09(b)(8): payment for order flow; FINRA Regulatory Notice 21-23",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    quoted=True,
    family="payers",
)
