"""A limit price was finer than the least step of a quotation, or an exchange filled at a price it cannot quote.

Limit prices of orders and of routes are held against the tick of the instrument, where its terms tell one, else against
the tick in force by law for the price; where the law has a narrower step for some stocks, the narrower one counts in
doubt. Pegged orders and auction orders are left out; so is a route that only passes its order's limit on. Fills may be
finer than a tick: price improvement and midpoints are allowed. Named is a fill at an exchange that is neither on the
tick nor on half a tick and improves on nothing: not better than the far side of the best quote in force. Which venues
are exchanges is known from the venues taken in. Ask the provider who wrote the price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits, together
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.rules.touch import beyond, far, in_auction
from routeproof.tables.division import divided
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.words import OPENING_EVENTS

if TYPE_CHECKING:
    from routeproof.policy.market_rules import TickRule
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

_PRICED = ("limit", "stop_limit")
_EXCHANGE = "exchange"


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Orders, routes and exchange fills at prices that no quotation may have."""
    del limits  # it has no threshold
    if "tick" not in facts.law:
        return NO_HITS
    versions = _with_tick(facts.need("versions").filter(pl.col("event").is_in(OPENING_EVENTS)), facts)
    found = [_limits(versions, "effective_at")]
    if facts.routes is not None:
        priced = facts.routes.filter(pl.col("limit_price").is_not_null())
        own = priced.join(versions.select("order_id", "limit_price"), on=["order_id", "limit_price"], how="anti")
        found.append(_limits(_with_tick(own, facts), "sent_at"))
    if facts.fills is not None and facts.venues is not None:
        found.append(_fills(_with_tick(facts.fills, facts, price="price"), facts.venues))
    return together(*found)


def _with_tick(rows: pl.DataFrame, facts: Facts, price: str = "limit_price") -> pl.DataFrame:
    """Rows with `tick`, the least step at their price, fixed point."""
    rule: TickRule = facts.law["tick"]  # type: ignore[assignment]
    widest = min(rule.standard, rule.narrow or rule.standard)
    by_law = pl.when(pl.col(price) < SCALE).then(pl.lit(rule.below_dollar)).otherwise(pl.lit(widest))
    if facts.instruments is None:
        return rows.with_columns(tick=by_law)
    terms = facts.instruments.select("symbol", pl.col("tick").alias("own_tick"))
    joined = rows.join(terms.unique("symbol", keep="first"), on="symbol", how="left", maintain_order="left")
    own = pl.when(pl.col(price) >= SCALE).then(pl.col("own_tick"))  # terms tell the step at a dollar and above
    return joined.with_columns(tick=pl.coalesce(own, by_law)).drop("own_tick")


def _limits(rows: pl.DataFrame, at: str) -> pl.DataFrame:
    off = pl.col("limit_price") % pl.col("tick") != 0
    is_route = "route_id" in rows.columns
    what, key = ("route", pl.col("route_id")) if is_route else ("order", pl.format("version {}", "version"))
    return hits(
        rows,
        pl.col("order_type").is_in(_PRICED) & off,
        lambda: _shape(
            pl.col(at),
            pl.col("limit_price"),
            key,
            pl.format(
                "The limit of {} of the {} of {} of {} is no multiple of the tick of {}.",
                dollars(pl.col("limit_price")),
                pl.lit(what),
                shares(pl.col("quantity")),
                pl.coalesce(pl.col("symbol"), pl.lit("an unknown symbol")),
                dollars(pl.col("tick")),
            ),
        ),
    )


def _fills(fills: pl.DataFrame, venues: pl.DataFrame) -> pl.DataFrame:
    exchanges = venues.filter(pl.col("kind") == _EXCHANGE)["mic"].implode()
    off = (pl.col("price") * 2) % pl.col("tick") != 0
    judged = (
        pl.col("venue").is_in(exchanges)
        & ~in_auction()
        & (pl.col("execution_status") == quote_status.OK)
        & (beyond(far("execution")) >= 0)
    )
    return hits(
        fills,
        judged & off,
        lambda: _shape(
            pl.col("executed_at"),
            pl.col("price"),
            pl.lit(""),
            pl.format(
                "{} of {} traded at {} at {}: neither on the tick of {} nor at half of it, and no better than "
                "the best quote.",
                shares(pl.col("quantity")),
                "symbol",
                dollars(pl.col("price")),
                named("venue", "an exchange"),
                dollars(pl.col("tick")),
            ),
        ),
    )


def _shape(at: pl.Expr, price: pl.Expr, key: pl.Expr, sentence: pl.Expr) -> Shape:
    tick = divided(pl.col("tick"), SCALE)
    return Shape(at=at, unit="usd", observed=divided(price, SCALE), threshold=tick, key=key, sentence=sentence)


RULE = Rule(
    code="RP117",
    name="sub_tick_price",
    title="Price finer than the tick",
    kind="row",
    scope=(),
    needs=("versions",),
    units={},
    source="17 CFR 242.612: minimum pricing increment",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    quoted=True,
)
