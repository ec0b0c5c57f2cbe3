"""There was no two-sided quote to compare a fill with, or the last one was old.

The reference is the quote in force strictly before the execution. A fill whose quote has not come yet waits as long as
policy says (`monitoring_waits`), and this rule then says that there was none: no other rule judges its price. Auctions,
fills outside regular hours, and of symbols that were halted within `stale_ms` before the fill, are left out. Ask who
delivers the quotes, not the provider, unless it is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.halts import halted_between
from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import shares, span
from routeproof.rules.touch import in_auction
from routeproof.tables.division import divided
from routeproof.vocab import quote_status
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_NONE = (quote_status.MISSING, quote_status.ONE_SIDED)


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills of regular hours without a two-sided quote, or with one older than `stale_ms`."""
    if facts.open_at is None or facts.close_at is None:
        return NO_HITS
    age = pl.col("execution_age_ns")
    allowed = limit(limits, "stale_ms")
    is_absent = pl.col("execution_status").is_in(_NONE)
    regular = (pl.col("executed_at") >= facts.open_at) & (pl.col("executed_at") < facts.close_at)
    fills = facts.need("fills")
    at = pl.col("executed_at")
    halted = halted_between(fills, facts, at - (allowed * NS_PER_MS).cast(pl.Int64), at)
    judged = regular & ~in_auction() & ~halted
    return hits(
        fills,
        judged & (is_absent | (age > allowed * NS_PER_MS)),
        lambda: Shape(
            at=pl.col("executed_at"),
            unit="ms",
            observed=pl.when(~is_absent).then(divided(age, NS_PER_MS)),
            threshold=allowed,
            sentence=pl.when(is_absent)
            .then(pl.format("{} and there was no two-sided best quote to judge the price by.", _traded()))
            .otherwise(
                pl.format(
                    "{} and the best quote was {} old; policy trusts one for {}.",
                    _traded(),
                    span(age),
                    span(allowed * NS_PER_MS),
                )
            ),
        ),
    )


def _traded() -> pl.Expr:
    return pl.format("{} of {} traded", shares(pl.col("quantity")), "symbol")


RULE = Rule(
    code="RP115",
    name="stale_reference_quote",
    title="Stale or absent reference quote",
    kind="row",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills",),
    units={"stale_ms": "ms"},
    source="FINRA Rule 5310(a)(1)(D): accessibility of the quotation",
    judge=judge,
    docs=__doc__ or "",
    metrics=("reference_age_ms_avg",),
    quoted=True,
)
