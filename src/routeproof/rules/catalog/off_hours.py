"""A fill at a time when its order was not to be filled: outside regular hours, in a halt, or outside its auction.

Clock: the stated time of the execution, with `grace_ms` at every edge for clocks and for what was under way.
**Outside hours**: an order received in regular hours was filled before the open or after the close; one that came
outside regular hours asked for that, as far as anybody can tell, and is left out. **Halt**: the fill lies within a
halt or a volatility pause of its symbol. **Auction**: an order for the opening or the closing was filled elsewhere
than within `auction_ms` after the bell and not as an auction. Ask the provider what let the order through, and bust
the fill where the venue's rules allow it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.halts import HALTS
from routeproof.rules.hits import NO_HITS, Shape, hits, together
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.rules.touch import in_auction
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_FAR = 2**62


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills outside regular hours of orders that did not ask for it, in halts, and of auction orders elsewhere."""
    grace_ns = (limit(limits, "grace_ms") * NS_PER_MS).cast(pl.Int64)
    fills = facts.need("fills")
    found = [_in_halts(fills, facts, grace_ns)]
    if facts.open_at is not None and facts.close_at is not None:
        found += _by_the_bell(fills, facts.open_at, facts.close_at, grace_ns, limits)
    return together(*found)


def _by_the_bell(
    fills: pl.DataFrame, open_at: int, close_at: int, grace_ns: pl.Expr, limits: Limits
) -> list[pl.DataFrame]:
    at = pl.col("executed_at")
    late_ns = (limit(limits, "auction_ms") * NS_PER_MS).cast(pl.Int64)
    kind = pl.col("order_class")
    outside = (at < open_at - grace_ns) | (at > close_at + grace_ns)
    asked = (kind == "outside_hours") | kind.is_null() | in_auction()
    bell = pl.when(kind == "on_open").then(open_at).when(kind == "on_close").then(close_at)
    astray = ((at < bell - grace_ns) | (at > bell + late_ns)) & (pl.col("liquidity") != "auction").fill_null(value=True)
    name = pl.when(kind == "on_open").then(pl.lit("opening")).otherwise(pl.lit("closing"))
    return [
        hits(
            fills,
            outside & ~asked,
            lambda: _shape("hours", pl.lit("outside regular hours, which the order did not ask for")),
        ),
        hits(
            fills, astray, lambda: _shape("auction", pl.format("outside the {} auction that the order was for", name))
        ),
    ]


def _in_halts(fills: pl.DataFrame, facts: Facts, grace_ns: pl.Expr) -> pl.DataFrame:
    if facts.status is None or facts.status.is_empty():
        return NO_HITS
    halts = facts.status.filter(pl.col("kind").is_in(HALTS)).select(
        "symbol", "from_at", pl.col("to_at").fill_null(_FAR).alias("to_at")
    )
    at = pl.col("executed_at")
    met = fills.join(halts, on="symbol").filter((at > pl.col("from_at") + grace_ns) & (at < pl.col("to_at") - grace_ns))
    once = met.sort("from_at").unique("execution_id", keep="first", maintain_order=True)
    return hits(once, pl.lit(value=True), lambda: _shape("halt", pl.lit("while trading in it was halted")))


def _shape(key: str, when: pl.Expr) -> Shape:
    return Shape(
        at=pl.col("executed_at"),
        key=pl.lit(key),
        sentence=pl.format(
            "{} of {} were filled at {} at {} {}.",
            shares(pl.col("quantity")),
            "symbol",
            dollars(pl.col("price")),
            named("venue", "an unnamed venue"),
            when,
        ),
    )


RULE = Rule(
    code="RP119",
    name="off_hours",
    title="Fill outside hours, in a halt, or outside its auction",
    kind="row",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills",),
    units={"grace_ms": "ms", "auction_ms": "ms"},
    source="FINRA Rule 5310(a)(1)(E): terms and conditions of the order; Rule 5260: no transactions in a halt",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
