"""An intermarket sweep order was used where Rule 611 does not let it.

Two findings. **Old decision**: an ISO of an order that is to be filled at once left more than `decision_ms` after the
party that marked it had the order: the quotes it swept were not those of its decision. **No sweep**: a fill through an
ISO traded beyond every protected quote of the second before, by any amount, and within `sweep_ms` of it the order had
no other route to another venue, so nothing was sent to execute against the better quotes. Clock: what the sender's
messages say; the look-back ends at the provider's declared clock uncertainty after the fill. Judged on days on which
the rule was in force. Ask the provider for the snapshot of quotes that the sweep was built from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits, together
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares, span
from routeproof.rules.touch import IMMEDIATE, beyond, in_auction, worst_far
from routeproof.tables.division import divided
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """ISO routes sent too long after the decision, and ISO fills through quotes that nothing swept."""
    if not facts.law.get("rule_611"):
        return NO_HITS
    return together(_old(facts, limits), _unswept(facts, limits))


def _old(facts: Facts, limits: Limits) -> pl.DataFrame:
    """The first ISO of each route above, or order, against when its sender had it."""
    routes = facts.need("routes")
    if not routes["iso"].any():
        return NO_HITS
    sent = routes.filter("iso", pl.col("order_class").is_in(IMMEDIATE))
    above = routes.select(pl.col("route_id").alias("parent_route_id"), pl.col("arrived_at").alias("had_route_at"))
    received = facts.need("parents").select("order_id", pl.col("received_at").alias("had_order_at"))
    isos = (
        sent.join(above.unique("parent_route_id", keep="first", maintain_order=True), on="parent_route_id", how="left")
        .join(received.unique("order_id", keep="first", maintain_order=True), on="order_id", how="left")
        .with_columns(had_at=pl.when(pl.col("hop") > 1).then("had_route_at").otherwise("had_order_at"))
        .sort("sent_at", "route_id")
        .unique(["order_id", "parent_route_id"], keep="first", maintain_order=True)
    )
    waited, allowed = pl.col("sent_at") - pl.col("had_at"), limit(limits, "decision_ms")
    said = pl.format(
        "An intermarket sweep order for {} of {} to {} was sent {} after its sender had the order; policy allows {}.",
        shares(pl.col("quantity")),
        "symbol",
        named("venue", "an unnamed venue"),
        span(waited),
        span(allowed * NS_PER_MS),
    )
    shape = Shape(
        at=pl.col("sent_at"),
        unit="ms",
        observed=divided(waited, NS_PER_MS),
        threshold=allowed,
        key=pl.col("route_id"),
        sentence=said,
    )
    return hits(isos, waited > allowed * NS_PER_MS, shape)


def _unswept(facts: Facts, limits: Limits) -> pl.DataFrame:
    """ISO fills beyond the protected quotes whose route had no companion at another venue."""
    fills = facts.need("fills")
    if not (fills["iso"] == 1).any():
        return NO_HITS
    fills = fills.filter(pl.col("iso") == 1)
    within_ns = limit(limits, "sweep_ms") * NS_PER_MS
    routes = facts.need("routes").select("route_id", "order_id", "venue", pl.col("sent_at").alias("route_sent_at"))
    others = routes.rename({"route_id": "other_id", "venue": "other_venue", "route_sent_at": "other_sent_at"})
    own = fills.join(routes.select("route_id", "route_sent_at", pl.col("venue").alias("route_venue")), on="route_id")
    near = (pl.col("other_sent_at") - pl.col("route_sent_at")).abs() <= within_ns
    swept = own.join(others, on="order_id").filter(
        near, pl.col("other_venue") != pl.coalesce("route_venue", "venue")
    )  # fmt: skip
    through = beyond(worst_far())
    said = pl.format(
        "{} of {} traded at {} at {} through an intermarket sweep order, beyond the protected quote of {}, "
        "and nothing was sent to sweep it.",
        shares(pl.col("quantity")),
        "symbol",
        dollars(pl.col("price")),
        named("venue", "an unnamed venue"),
        dollars(worst_far()),
    )
    fired = (through > 0) & (pl.col("execution_status") == quote_status.OK) & ~in_auction()
    alone = own.join(swept.select("execution_id").unique(), on="execution_id", how="anti")
    shape = Shape(
        at=pl.col("executed_at"),
        unit="usd_per_share",
        observed=divided(through, SCALE),
        threshold=pl.lit(0.0),
        sentence=said,
    )
    return hits(alone, fired, shape)


RULE = Rule(
    code="RP114",
    name="iso_misuse",
    title="Misuse of an intermarket sweep order",
    kind="lifecycle",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills", "routes", "parents"),
    units={"decision_ms": "ms", "sweep_ms": "ms"},
    source="17 CFR 242.600: intermarket sweep order; 242.611(b)(6): simultaneous routing",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    quoted=True,
)
