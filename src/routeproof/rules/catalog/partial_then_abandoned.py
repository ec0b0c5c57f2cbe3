"""An order was partly filled, and the provider gave up the rest although the market still offered it.

The rest was cancelled by the provider or a venue without a request, or expired before the close, in regular hours; and
just before, the opposite best quote was within the limit and showed at least `offered_shares` (or all of the rest, if
that is less). Orders that end themselves (immediate or cancel, fill or kill, auction) are left out, and so are orders
that the customer or the firm ended, quotes that are one-sided, locked, crossed or older than `quote_age_ms`, quotes of
an unknown size, and symbols that were halted then.

Clock: the time of the cancel as the provider stated it, against the quotes'. Ask the provider for its reason (FIX field
58), and whether it went on with the rest elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.halts import halted_between
from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, shares
from routeproof.tables.division import divided
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Ends of partly filled orders against the quote in force just before."""
    ended = facts.need("ended_early").with_columns(pl.lit(None, dtype=pl.String).alias("venue"))
    is_buy = pl.col("side") == "buy"
    touch = pl.when(is_buy).then("end_ask").otherwise("end_bid")
    shown = pl.when(is_buy).then("end_ask_size").otherwise("end_bid_size")
    offered = pl.min_horizontal(shown, "unfilled")
    asked = pl.min_horizontal((limit(limits, "offered_shares") * SCALE).cast(pl.Int64), "unfilled")
    within = pl.col("limit_price").is_null() | pl.when(is_buy).then(touch <= pl.col("limit_price")).otherwise(
        touch >= pl.col("limit_price")
    )
    usable = (
        (pl.col("end_status") == quote_status.OK)
        & (pl.col("end_age_ns") <= limit(limits, "quote_age_ms") * NS_PER_MS)
        & (shown > 0)
    )
    plain = pl.col("order_type").is_in(["market", "limit"]) & ~halted_between(
        ended, facts, pl.col("ended_at"), pl.col("ended_at")
    )
    return hits(
        ended,
        plain & usable & within & (offered >= asked),
        lambda: Shape(
            at=pl.col("ended_at"),
            unit="shares",
            observed=divided(offered, SCALE),
            threshold=divided(asked, SCALE),
            sentence=pl.format(
                "After {} of {} were filled, the rest of {} was given up, not at the customer's request, while the "
                "market {} {} at {}.",
                shares(pl.col("executed")),
                "symbol",
                shares(pl.col("unfilled")),
                pl.when(is_buy).then(pl.lit("offered")).otherwise(pl.lit("bid for")),
                shares(shown),
                dollars(touch),
            ),
        ),
    )


RULE = Rule(
    code="RP141",
    name="partial_then_abandoned",
    title="Partly filled, then abandoned",
    kind="lifecycle",
    scope=("provider", "symbol", "order_type"),
    needs=("ended_early",),
    units={"offered_shares": "shares", "quote_age_ms": "ms"},
    source="FINRA Rule 5310.09(b)(4): likelihood of execution of limit orders; 5310(a)(1)(B) size of the transaction",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    quoted=True,
)
