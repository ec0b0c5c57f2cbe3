"""A fill traded while the best quotes were locked or crossed.

The reference is the quote in force strictly before the execution. Where bid and ask meet, nobody can say what a fair
price was, and most statistics leave such fills out: here they are named one by one. Auctions and fills outside regular
hours are left out. Ask the provider why it did not wait, and look whether its quote source was the one that was wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.rules.touch import in_auction
from routeproof.vocab import quote_status

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills of regular hours whose quote at execution was locked, or crossed by any amount."""
    del limits  # it has no threshold
    if facts.open_at is None or facts.close_at is None:
        return NO_HITS
    code = pl.col("execution_status")
    meets = code.is_in([quote_status.LOCKED, quote_status.CROSSED])
    regular = (pl.col("executed_at") >= facts.open_at) & (pl.col("executed_at") < facts.close_at)
    how = pl.when(code == quote_status.LOCKED).then(pl.lit("locked")).otherwise(pl.lit("crossed"))
    return hits(
        facts.need("fills"),
        meets & regular & ~in_auction(),
        lambda: Shape(
            at=pl.col("executed_at"),
            sentence=pl.format(
                "{} of {} traded at {} at {} while the best quotes were {}: bid {}, ask {}.",
                shares(pl.col("quantity")),
                "symbol",
                dollars(pl.col("price")),
                named("venue", "an unnamed venue"),
                how,
                dollars(pl.col("execution_bid")),
                dollars(pl.col("execution_ask")),
            ),
        ),
    )


RULE = Rule(
    code="RP116",
    name="executed_in_locked_or_crossed",
    title="Fill in a locked or crossed market",
    kind="row",
    scope=(),
    needs=("fills",),
    units={},
    source="17 CFR 242.610: locking or crossing quotations",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    quoted=True,
)
