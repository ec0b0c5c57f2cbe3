"""An order or a route was held back before it was sent onward: at the firm itself, or at the provider.

Three clocks. The **firm's own** delay (hop 1): from the receipt of the order to the sending of its first route, more
than `firm_ms`. A **single** onward delay (hop 2 and deeper): from the sending of a route to the sending of the first
route below it, more than `onward_ms`; the two times come from two clocks. The **day's median** of a provider and hop:
from its own acknowledgement of a route to the first route below it, both by its own clock and so exact to the
millisecond, more than `median_ms` over at least `median_routes` routes: one held back by a few milliseconds shows
nothing, a thousand do. Judged are orders that nobody has a reason to hold: marketable and midpoint orders of regular
hours, not of halted symbols; for the firm's own delay every order of regular hours. Ask for the log of the gateway,
and what the router waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits, together
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, shares, span, trimmed
from routeproof.rules.touch import IMMEDIATE
from routeproof.tables.division import divided
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Delays of the firm beyond `firm_ms`, of its providers beyond `onward_ms`, and medians beyond `median_ms`."""
    if facts.open_at is None or facts.close_at is None:
        return NO_HITS
    found = [_of_firm(facts, limits)]
    if facts.need("routes")["parent_route_id"].count():
        onward = _onward(facts)
        found += [_single(onward, limits), _median(onward, limits)]
    return together(*found)


def _of_firm(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Orders of regular hours whose first own route came late."""
    routes = facts.need("routes").lazy()
    first = routes.filter(pl.col("hop") == 1).group_by("order_id").agg(pl.col("sent_at").min())
    orders = (
        facts.need("parents")
        .lazy()
        .filter(~pl.col("refused"), pl.col("received_at").is_between(facts.open_at, facts.close_at))
        .join(first, on="order_id")
        .with_columns(pl.lit(1, dtype=pl.Int64).alias("hop"))
    )
    allowed, waited = limit(limits, "firm_ms"), pl.col("sent_at") - pl.col("received_at")
    return hits(
        orders,
        waited > allowed * NS_PER_MS,
        lambda: _shape(
            waited,
            allowed,
            pl.lit("firm"),
            pl.format(
                "{} {} between the receipt of an order in {} and its first route; policy allows {}.",
                pl.lit("The firm itself took"),
                span(waited),
                "symbol",
                span(allowed * NS_PER_MS),
            ),
            ("receipt_to_route_ms_avg",),
        ),
    )


def _onward(facts: Facts) -> pl.DataFrame:
    """The first route below each route of an order that is to be filled at once, with both clocks of the one above."""
    routes = facts.need("routes")
    judged = pl.col("order_class").is_in(IMMEDIATE) & ~pl.col("order_id").is_in(_halted(facts).implode())
    first = pl.col("sent_at") == pl.col("sent_at").min().over("parent_route_id")
    below = (
        routes.filter(pl.col("parent_route_id").is_not_null(), judged)
        .filter(first)
        .sort("route_id")
        .unique("parent_route_id", keep="first", maintain_order=True)
    )
    above = routes.select(
        pl.col("route_id").alias("parent_route_id"),
        pl.col("sent_at").alias("above_sent_at"),
        pl.col("acknowledged_at").alias("above_acknowledged_at"),
        pl.col("quantity").alias("above_quantity"),
    )
    return below.join(above.unique("parent_route_id", keep="first", maintain_order=True), on="parent_route_id")


def _halted(facts: Facts) -> pl.Series:
    if facts.orders is None:
        return pl.Series("order_id", [], dtype=pl.String)
    return facts.orders.filter(pl.col("halted") == "yes")["order_id"]


def _single(onward: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    allowed, waited = limit(limits, "onward_ms"), pl.col("sent_at") - pl.col("above_sent_at")
    return hits(
        onward,
        waited > allowed * NS_PER_MS,
        lambda: _shape(
            waited,
            allowed,
            pl.col("parent_route_id"),
            pl.format(
                "{} held {} of {} back for {} before it sent them onward; policy allows {}.",
                named("provider", "The receiver"),
                shares(pl.col("above_quantity")),
                "symbol",
                span(waited),
                span(allowed * NS_PER_MS),
            ),
            (),
        ),
    )


def _median(onward: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Medians by provider and hop of delays by the provider's own clock."""
    own = pl.col("sent_at") - pl.col("above_acknowledged_at")
    streams = (
        onward.filter(own.is_not_null(), pl.col("provider").is_not_null())
        .group_by("provider", "hop")
        .agg(own.median().alias("waited"), pl.len().alias("routes"), pl.col("sent_at").max())
    )
    allowed, waited = limit(limits, "median_ms"), pl.col("waited")
    enough = pl.col("routes") >= limit(limits, "median_routes")
    said = pl.format(
        "{} held {} immediate routes back for {} ms in the median before it sent them onward; policy allows {} ms.",
        "provider",
        pl.col("routes"),
        trimmed(waited / NS_PER_MS, 3),
        trimmed(allowed.cast(pl.Float64), 3),
    )
    key = pl.format("median:{}", "hop")
    return hits(streams, enough & (waited > allowed * NS_PER_MS), _shape(waited, allowed, key, said, ()))


def _shape(waited: pl.Expr, allowed: pl.Expr, key: pl.Expr, sentence: pl.Expr, metrics: tuple[str, ...]) -> Shape:
    return Shape(
        at=pl.col("sent_at"),
        unit="ms",
        observed=divided(waited, NS_PER_MS),
        threshold=allowed,
        key=key,
        sentence=sentence,
        metrics=metrics,
    )


RULE = Rule(
    code="RP103",
    name="slow_onward_route",
    title="Order held back before it was sent onward",
    kind="window",
    scope=("provider", "hop"),
    needs=("routes", "parents", "versions"),
    units={"firm_ms": "ms", "onward_ms": "ms", "median_ms": "ms", "median_routes": "routes"},
    source="FINRA Rule 5310.01: orders are to be executed fully and promptly; 5310.09(b)(3): speed of execution",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
)
