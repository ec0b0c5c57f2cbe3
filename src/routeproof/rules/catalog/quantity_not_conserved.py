"""The shares of an order or of a route do not add up.

Three findings. **Overfilled**: more shares were filled than were asked for. **Ended twice**: the filled shares and the
cancelled ones are together more than were asked for. **Totals differ**: the last running total (CumQty) that a session
stated for an order is not the sum of its fills, busts and corrections counted. Busted fills count for nothing. The
quantity is that of the last accepted version. Routes of an order that is overfilled are not named again. Ask the
provider for its own list of fills of the order, and the venues' one; until they agree, no figure of the order is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits, together
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, shares
from routeproof.tables.division import divided
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_MISMATCH = "quantity_mismatches"


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Orders and last routes with more filled or ended than asked for, and orders whose stated totals differ."""
    del limits  # it has no threshold
    found = [_orders(facts.need("orders"))]
    if facts.routes is not None:
        over = facts.need("orders").filter(pl.col("executed") > pl.col("quantity"))
        found.append(_routes(facts.routes.join(over, on="order_id", how="anti")))
    if facts.misfits is not None:
        found.append(_totals(facts.misfits, facts.waits.lateness_ms * NS_PER_MS))
    return together(*found)


def _orders(orders: pl.DataFrame) -> pl.DataFrame:
    ended = pl.col("executed") + pl.col("cancelled")
    over = pl.col("executed") > pl.col("quantity")
    seen = pl.when(over).then("executed").otherwise(ended)
    return hits(
        orders,
        over | (ended > pl.col("quantity")),
        lambda: _shape(pl.col("received_at"), seen, pl.lit("order"), _of_order(over)),
    )


def _of_order(over: pl.Expr) -> pl.Expr:
    whole = pl.format("Of an order for {} of {}", shares(pl.col("quantity")), "symbol")
    return (
        pl.when(over)
        .then(pl.format("{} {} were filled.", whole, shares(pl.col("executed"))))
        .otherwise(
            pl.format(
                "{} {} were filled and {} cancelled: together more than it was for.",
                whole,
                shares(pl.col("executed")),
                shares(pl.col("cancelled")),
            )
        )
    )


def _routes(routes: pl.DataFrame) -> pl.DataFrame:
    over = (pl.col("is_leaf") == 1) & (pl.col("executed") > pl.col("quantity"))
    return hits(routes, over, lambda: _shape(pl.col("sent_at"), pl.col("executed"), pl.col("route_id"), _of_route()))


def _of_route() -> pl.Expr:
    return pl.format(
        "Of a route of {} of {} to {} {} were filled.",
        shares(pl.col("quantity")),
        "symbol",
        named("venue", "an unnamed venue"),
        shares(pl.col("executed")),
    )


def _totals(misfits: pl.DataFrame, lateness_ns: int) -> pl.DataFrame:
    return hits(
        misfits,
        pl.col("reason") == _MISMATCH,
        lambda: Shape(
            at=pl.col("sent_at"),
            unit="shares",
            observed=divided(pl.col("filled_quantity"), SCALE),
            threshold=divided(pl.col("stated_quantity"), SCALE),
            key=pl.concat_str("sender", "target", "cl_ord_id", separator=":", ignore_nulls=True),
            settles_at=pl.col("sent_at") + lateness_ns,
            sentence=pl.format(
                "{} were last stated as filled of the order {} of {}; its fills add up to {}.",
                shares(pl.col("stated_quantity")),
                named("cl_ord_id", "without an identity"),
                named("sender", "an unnamed sender"),
                shares(pl.col("filled_quantity")),
            ),
        ),
    )


def _shape(at: pl.Expr, seen: pl.Expr, key: pl.Expr, sentence: pl.Expr) -> Shape:
    return Shape(
        at=at,
        unit="shares",
        observed=divided(seen, SCALE),
        threshold=divided(pl.col("quantity"), SCALE),
        key=key,
        sentence=sentence,
    )


RULE = Rule(
    code="RP132",
    name="quantity_not_conserved",
    title="Shares do not add up",
    kind="lifecycle",
    scope=(),
    needs=("orders",),
    units={},
    source="17 CFR 240.17a-3(a)(6) and (7): memoranda of orders and of executions",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
