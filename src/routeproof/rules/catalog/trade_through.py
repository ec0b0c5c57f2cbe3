"""A fill traded through a protected quotation and no exception of Rule 611 is in sight.

The reference is the worst best quote of the second before the fill, up to the provider's declared clock uncertainty
after it (`undeclared_ms` of `clock_skew` where none was declared): Rule 611(b)(8) excuses whoever traded at a price
that was protected within that second. Also excused are intermarket sweeps (b)(5) and (6), single-priced openings,
reopenings and closings (b)(3), a crossed market (b)(4), and orders of a type that need not be priced by the quote when
they are committed (b)(7). A locked reference says nothing. An order larger than the size shown has to go through it: a
fill of it may lie up to `walk_usd` beyond. So may one of an order that filled a round lot or more at the quote: it
found no more. `iso_misuse` judges sweeps that are marked. Left out are fills that added liquidity at their own limit
(their route's, or where it states none, their order's): whoever traded with them chose the price. What the tape calls a
benchmark, stopped, non-regular or error trade is not told by executions, so ask the provider for the exception it
claims. Judged only on days on which the rule was in force, and in regular hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.rules.touch import at_own_limit, beyond, in_auction, larger_than_shown, went_deeper, worst_far
from routeproof.tables.division import divided
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_NOT_PRICED_BY_QUOTE = "other"


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Unexcused fills of regular hours beyond every protected quote of the look-back by more than `tolerance_usd`."""
    if not facts.law.get("rule_611") or facts.open_at is None or facts.close_at is None:
        return NO_HITS
    through = beyond(worst_far())
    allowed = limit(limits, "tolerance_usd")
    walk = limit(limits, "walk_usd")
    regular = (pl.col("executed_at") >= facts.open_at) & (pl.col("executed_at") < facts.close_at)
    excused = (
        in_auction()
        | (pl.col("iso") == 1).fill_null(value=False)
        | at_own_limit()
        | (went_deeper(walk) | larger_than_shown(walk))
        | (pl.col("order_type") == _NOT_PRICED_BY_QUOTE).fill_null(value=False)
    )
    judged = regular & ~excused & (pl.col("execution_status") == quote_status.OK)
    return hits(
        facts.need("fills"),
        judged & (through > (allowed * SCALE).round().cast(pl.Int64)),
        lambda: Shape(
            at=pl.col("executed_at"),
            unit="usd_per_share",
            observed=divided(through, SCALE),
            threshold=allowed,
            sentence=pl.format(
                "{} of {} traded at {} at {}, through the protected quote of {}; no exception of Rule 611(b) shows.",
                shares(pl.col("quantity")),
                "symbol",
                dollars(pl.col("price")),
                named("venue", "an unnamed venue"),
                dollars(worst_far()),
            ),
        ),
    )


RULE = Rule(
    code="RP113",
    name="trade_through",
    title="Trade-through of a protected quote",
    kind="row",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills",),
    units={"tolerance_usd": "usd_per_share", "walk_usd": "usd_per_share"},
    source="17 CFR 242.611(a) and (b)",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    quoted=True,
)
