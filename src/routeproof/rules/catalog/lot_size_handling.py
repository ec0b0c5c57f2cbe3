"""An odd lot, or the odd part of an order, was handled worse than a round lot would have been.

Two findings about orders of regular hours that are to be filled at once, of a size that was displayed when they came.
**Odd lot**: a market order below the round lot was not filled within `fill_ms`, or not at all. **Odd part**: exactly
the round lots of an order were filled and the rest of less than one lot was not; told are the shares left, of which
there should be none. Round lot: of the instrument, else 100 shares, as in the measured order. Orders of halted
symbols, those with a busted fill, and those for more than was displayed, are left out. Ask the provider how its router
treats odd lots, and which venues it left out for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import shares, span
from routeproof.rules.touch import MARKETABLE
from routeproof.tables.division import divided
from routeproof.tables.measured.order_size import DEFAULT_ROUND_LOT
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_MARKET = ("market", "market_ioc")


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Odd-lot market orders filled late or not at all, and orders of which only the round lots were filled."""
    orders = _judged(facts)
    allowed = limit(limits, "fill_ms")
    deadline = pl.col("received_at") + (allowed * NS_PER_MS).cast(pl.Int64)
    rest = pl.col("quantity") % pl.col("round_lot")
    part = (rest > 0) & (pl.col("executed") == pl.col("quantity") - rest) & (pl.col("executed") > 0)
    is_odd = (pl.col("quantity") < pl.col("round_lot")) & pl.col("order_class").is_in(_MARKET)
    missed = is_odd & (pl.col("executed") < pl.col("quantity"))
    late = is_odd & ~missed & (pl.col("last_fill_ns") > allowed * NS_PER_MS)
    return hits(
        orders,
        part | missed | late,
        lambda: Shape(
            at=pl.col("received_at"),
            unit=pl.when(part).then(pl.lit("shares")).otherwise(pl.lit("ms")),
            observed=pl.when(part).then(rest / SCALE).when(late).then(divided(pl.col("last_fill_ns"), NS_PER_MS)),
            threshold=pl.when(part).then(0).otherwise(allowed),
            metrics=pl.when(~part).then(pl.lit("time_to_last_fill_ms_orders_avg")),
            settles_at=deadline,
            key=pl.when(part).then(pl.lit("odd part")).otherwise(pl.lit("odd lot")),
            sentence=_said(part, late, rest),
        ),
    )


def _said(part: pl.Expr, late: pl.Expr, rest: pl.Expr) -> pl.Expr:
    whole = pl.format("{} of {}", shares(pl.col("quantity")), "symbol")
    return (
        pl.when(part)
        .then(
            pl.format(
                "Of an order for {} only the round lots were filled: {}; {} were left.",
                whole,
                shares(pl.col("executed")),
                shares(rest),
            )
        )
        .when(late)
        .then(pl.format("The odd lot of {} was filled {} after it came, though it was displayed.", whole, _took()))
        .otherwise(pl.format("The odd lot of {} was not filled, though its size was displayed.", whole))
    )


def _took() -> pl.Expr:
    return span(pl.col("last_fill_ns"))


def _judged(facts: Facts) -> pl.DataFrame:
    """Orders to be filled at once whose size was displayed, with their round lot, fixed point."""
    executions = facts.need("executions")
    undone = executions.filter((pl.col("status") == "busted") & pl.col("order_id").is_not_null())["order_id"]
    orders = facts.need("orders").filter(
        pl.col("order_class").is_in(MARKETABLE),
        pl.col("beyond_displayed") == "within",
        pl.col("halted") != "yes",
        pl.col("accepted") == 1,
        ~pl.col("order_id").is_in(undone.implode()),
    )
    default = pl.lit(DEFAULT_ROUND_LOT)
    if facts.instruments is None:
        return orders.with_columns(round_lot=default)
    terms = facts.instruments.select("symbol", "round_lot").unique("symbol", keep="first")
    joined = orders.join(terms, on="symbol", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("round_lot", default).alias("round_lot"))


RULE = Rule(
    code="RP118",
    name="lot_size_handling",
    title="Odd lot handled worse",
    kind="lifecycle",
    scope=("provider", "symbol", "order_type"),
    needs=("orders", "executions"),
    units={"fill_ms": "ms"},
    source="FINRA Rule 5310(a)(1)(B): size and type of transaction; .09(b)(4): likelihood of execution",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    quoted=True,
)
