"""Many orders were rejected within a short time, by a provider or by a venue.

Orders count in the window of event time in which they were received, routes in the one in which they were sent;
windows are `window_s` long. A window fires when at least `rejects` and at least the share `reject_share` of its orders
were refused; windows that follow each other are one incident. A provider is judged by the firm's orders to it, each of
which counts once: it was refused where its own row or a version of it says so, or where the provider rejected the
firm's route of it and filled none of that. A venue is judged by the provider's routes to it where those are known.
Single rejects never fire: an order over a limit is to be refused.

Clock: the order's receipt, the route's sending. Ask what the reject reasons say (FIX fields 103, 58), and by when the
orders were routed elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.bursts import burst_hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, percent, span
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

_EVENT = ("provider", "venue", "at", "hit")


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Windows in which at least `rejects` orders, and the share `reject_share` of them, were refused."""
    width_ns = int(limits.value("window_s") * NS_PER_S)
    sentence = pl.format(
        "{} of {} orders ({}) were rejected at {} within {}.",
        "hits",
        "n",
        percent(pl.col("hits") / pl.col("n")),
        pl.coalesce("venue", named("provider", "an unnamed provider")),
        span(pl.col("until_at") - pl.col("from_at")),
    )
    return burst_hits(_events(facts), width_ns, facts, limits, ("rejects", "reject_share"), sentence)


def _events(facts: Facts) -> pl.DataFrame:
    told = pl.col("refused") | pl.col("by_version") | pl.col("by_route")
    orders = (
        facts.need("parents")
        .join(_rejected(facts), on=["provider", "order_id"], how="left", nulls_equal=True)
        .with_columns(pl.col("order_id").is_in(_ended_in_reject(facts).implode()).alias("by_version"))
        .select(
            "provider",
            pl.lit(None, dtype=pl.String).alias("venue"),
            pl.col("received_at").alias("at"),
            told.fill_null(value=False).alias("hit"),
        )
    )
    if facts.routes is None or facts.routes.is_empty():
        return orders
    onward = facts.routes.filter((pl.col("hop") > 1) & pl.col("venue").is_not_null()).select(
        "provider", "venue", pl.col("sent_at").alias("at"), pl.col("rejected_at").is_not_null().alias("hit")
    )
    return pl.concat([orders.select(_EVENT), onward.select(_EVENT)])


def _ended_in_reject(facts: Facts) -> pl.Series:
    if facts.versions is None:
        return pl.Series(dtype=pl.String)
    return facts.versions.filter(pl.col("event") == "reject")["order_id"].unique()


def _rejected(facts: Facts) -> pl.DataFrame:
    """`provider, order_id, by_route` of the firm's routes that their provider rejected, each order once."""
    routes = facts.routes
    if routes is None or routes.is_empty():
        return facts.need("parents").clear().select("provider", "order_id", pl.lit(value=True).alias("by_route"))
    rejected = (pl.col("hop") == 1) & pl.col("rejected_at").is_not_null() & (pl.col("executed") == 0)
    return routes.filter(rejected).select("provider", "order_id", pl.lit(value=True).alias("by_route")).unique()


RULE = Rule(
    code="RP150",
    name="reject_burst",
    title="Burst of rejects",
    kind="window",
    scope=("provider", "venue"),
    needs=("parents",),
    units={"window_s": "s", "rejects": "orders", "reject_share": "share"},
    source="FINRA Rule 5310(a)(1)(D): accessibility of the market; Regulatory Notice 21-29: supervision of a vendor",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="outage",
)
