"""A fill belongs to no order that was ever seen, or was seen on one side only.

Fires for executions without a known order, and where FIX messages were taken in, for reports of fills that met no
order: a venue's fill of an unknown order, a drop copy of a fill that no order's session reported, a venue's fill that
the session above never passed on, a fill told to the customer that no route had. They are kept, and measured as far as
they can be. A fill may come before its order, so a finding waits as long as late messages may come. Ask the provider
whose fill it is: it may be another client's, or an order whose session is not taken in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits, together
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_UNMET = {
    "venue_fills_unlinked": "A venue reported a fill of an order that nobody knows",
    "venue_fills_not_reported": "A venue reported a fill that the provider never reported",
    "drop_copy_fills_not_met": "A drop copy reported a fill that no order's session reported",
    "client_fills_without_route": "A fill was told to the customer that none of the order's routes had",
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills whose order was never seen, and reports of fills that met no order."""
    del limits  # it has no threshold
    lateness_ns = facts.waits.lateness_ms * NS_PER_MS
    found = [
        hits(
            facts.need("fills"),
            ~pl.col("order_known").fill_null(value=False),
            lambda: Shape(
                at=pl.col("executed_at"),
                settles_at=pl.col("executed_at") + lateness_ns,
                sentence=pl.format(
                    "{} of {} were filled at {} at {} for an order that nobody knows.",
                    shares(pl.col("quantity")),
                    "symbol",
                    dollars(pl.col("price")),
                    named("venue", "an unnamed venue"),
                ),
            ),
        )
    ]
    if facts.misfits is not None:
        what = pl.col("reason").replace_strict(_UNMET, default=None, return_dtype=pl.String)
        found.append(
            hits(
                facts.misfits,
                what.is_not_null(),
                lambda: Shape(
                    at=pl.col("sent_at"),
                    settles_at=pl.col("sent_at") + lateness_ns,
                    key=pl.concat_str("reason", "sender", "cl_ord_id", "exec_id", separator=":", ignore_nulls=True),
                    sentence=pl.format(
                        "{}: execution {} of order {} on the session of {}.",
                        what,
                        named("exec_id", "without an identity"),
                        named("cl_ord_id", "without an identity"),
                        named("sender", "an unnamed party"),
                    ),
                ),
            )
        )
    return together(*found)


RULE = Rule(
    code="RP130",
    name="orphan_execution",
    title="Fill without an order",
    kind="lifecycle",
    scope=(),
    needs=("fills",),
    units={},
    source="FINRA Rule 3110(b)(2): review of transactions; 17 CFR 240.17a-3(a)(6): memorandum of each order",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
