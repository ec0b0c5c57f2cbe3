"""A limit order stood unfilled while the market traded beyond its limit, or offered to fill it for a while.

Two signs, of which one is enough. *Traded through*: at least `prints` regular prints, together at least
`printed_shares`, came at least `through_usd` a share beyond the limit (below that of a buy, above that of a sell); one
print may be late, or priced elsewhere. *Reached*: the opposite best quote,
two-sided and neither locked nor crossed, stood at the limit or beyond it for longer than `reached_ms` at a stretch, of
which the first `grace_ms` do not count: a router needs them to answer.
Only what happened while the order stood open counts, without the `grace_ms` after it came into force and before it was
filled, replaced or ended: orders and cancels travel, and clocks differ. The part of the order that stays open at the
end of that time is what was missed.

Left out: not-held, directed, pegged, all-or-none and immediate orders; orders that the provider passed on as pegged
only, unless `judge_pegged` (to wait at the midpoint is its way of routing, and `low_fill_rate` judges how that ends);
stretches outside regular hours; quotes that stood while the symbol was halted; long-lived orders (good till cancelled
or a date), unless `judge_long_lived`, and then on the days after their first: a day shows a part of their life. Clock:
the order's own times (FIX field 60) against the tape's and the quotes'. Ask the provider where the order rested, and
why it was not where the trade was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.halts import HALTS
from routeproof.rules.hits import NO_HITS, Shape, hits, together
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, shares, span
from routeproof.tables.division import divided
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS
from routeproof.vocab.words import LASTING

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

_KEY = ["order_id", "version"]


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Open stretches of limit orders with prints beyond the limit, or a quote at it, and shares still unfilled."""
    told = facts.need("open_limits")
    if not told["printed_at"].count() and not told["reached_at"].count():
        return NO_HITS
    stretches = told.with_columns(pl.lit("limit").alias("order_type"), pl.lit(None, dtype=pl.String).alias("venue"))
    told = stretches.filter(
        (pl.col("printed_at").is_not_null() | pl.col("reached_at").is_not_null())
        & (limit(limits, "judge_pegged") | ~pl.col("order_id").is_in(_pegged(facts.routes).implode()))
        & (limit(limits, "judge_long_lived") | ~pl.col("order_id").is_in(_long_lived(facts.versions).implode()))
    ).with_columns(
        (limit(limits, "grace_ms") * NS_PER_MS).cast(pl.Int64).alias("grace"),
        (limit(limits, "through_usd") * SCALE).round().cast(pl.Int64).alias("through"),
        (limit(limits, "printed_shares") * SCALE).cast(pl.Int64).alias("printed_least"),
        (limit(limits, "reached_ms") * NS_PER_MS).cast(pl.Int64).alias("reached_least"),
    )
    if told.is_empty():
        return NO_HITS
    judged = told.join(_printed(told, facts.need("trades")), on=_KEY, how="left").join(
        _halted(told, facts.status), on=_KEY, how="left"
    )
    patience = pl.max_horizontal("reached_least", "grace")
    is_through = (pl.col("printed") >= pl.col("printed_least")) & (pl.col("prints") >= limit(limits, "prints"))
    is_reached = (pl.col("reached_ns") - pl.col("grace") > patience) & pl.col("halted").is_null()
    unfilled = pl.col("unfilled") > 0
    by_prints = hits(judged, is_through.fill_null(value=False) & unfilled, _traded_through)
    by_quotes = hits(judged, ~is_through.fill_null(value=False) & is_reached & unfilled, lambda: _reached(patience))
    return together(by_prints, by_quotes)


def _pegged(routes: pl.DataFrame | None) -> pl.Series:
    """Orders that were passed on, and as pegged only; none where onward routes are not known."""
    if routes is None or routes.is_empty():
        return pl.Series(dtype=pl.String)
    onward = routes.filter((pl.col("hop") > 1) & pl.col("order_id").is_not_null())
    kinds = onward.group_by("order_id").agg((pl.col("order_type") == "pegged").all().alias("pegged"))
    return kinds.filter("pegged")["order_id"]


def _long_lived(versions: pl.DataFrame | None) -> pl.Series:
    """Orders some version of which may outlive its day; none where versions are not known."""
    if versions is None:
        return pl.Series(dtype=pl.String)
    return versions.filter(pl.col("time_in_force").is_in(LASTING))["order_id"].unique()


def _printed(told: pl.DataFrame, trades: pl.DataFrame) -> pl.DataFrame:
    """`printed` shares beyond the limit while it counts, and `first_at` of them, by order and version."""
    candidates = told.filter(pl.col("printed_at").is_not_null()).select(
        *_KEY, "symbol", "sign", "limit_price", "through",
        (pl.col("from_at") + pl.col("grace")).alias("begin"), (pl.col("to_at") - pl.col("grace")).alias("end"),
    )  # fmt: skip
    prints = trades.filter("eligible").select("symbol", "at", "price", pl.col("quantity").alias("shares"))
    beyond = pl.col("sign") * (pl.col("limit_price") - pl.col("price")) >= pl.col("through")
    better = pl.col("price") != pl.col("limit_price")
    inside = (pl.col("at") >= pl.col("begin")) & (pl.col("at") <= pl.col("end"))
    return (
        candidates.join(prints, on="symbol")
        .filter(beyond & better & inside)
        .group_by(_KEY)
        .agg(pl.col("shares").sum().alias("printed"), pl.len().alias("prints"), pl.col("at").min().alias("first_at"))
    )


def _halted(told: pl.DataFrame, status: pl.DataFrame | None) -> pl.DataFrame:
    """`halted` = true where a halt of the symbol overlaps the time for which the limit was reached."""
    schema = {"order_id": pl.String, "version": pl.Int64, "halted": pl.Boolean}
    if status is None or status.is_empty():
        return pl.DataFrame(schema=schema)
    halts = (
        status.filter(pl.col("kind").is_in(HALTS))
        .select("symbol", "from_at", "to_at")
        .rename({"from_at": "halt_at", "to_at": "resumed_at"})
    )
    ended = pl.col("reached_at") + pl.col("reached_ns")
    overlaps = (pl.col("halt_at") < ended) & (
        pl.col("resumed_at").is_null() | (pl.col("resumed_at") > pl.col("reached_at"))
    )
    inside = told.join(halts, on="symbol").filter(overlaps)
    return inside.select(_KEY).unique().with_columns(halted=pl.lit(value=True))


def _order() -> pl.Expr:
    side = pl.when(pl.col("sign") > 0).then(pl.lit("to buy")).otherwise(pl.lit("to sell"))
    return pl.format("{} of {} {} at {}", shares(pl.col("unfilled")), "symbol", side, dollars(pl.col("limit_price")))


def _traded_through() -> Shape:
    side = pl.when(pl.col("sign") > 0).then(pl.lit("below")).otherwise(pl.lit("above"))
    return Shape(
        at=pl.col("first_at"),
        unit="shares",
        observed=divided(pl.col("printed"), SCALE),
        threshold=divided(pl.col("printed_least"), SCALE),
        key=pl.format("version {}", "version"),
        settles_at=pl.col("first_at") + pl.col("grace"),
        sentence=pl.format(
            "{} stayed unfilled while {} traded {} that limit in the market.", _order(), shares(pl.col("printed")), side
        ),
    )


def _reached(patience: pl.Expr) -> Shape:
    lasted = pl.col("reached_ns") - pl.col("grace")
    quote = pl.when(pl.col("sign") > 0).then(pl.lit("offer")).otherwise(pl.lit("bid"))
    return Shape(
        at=pl.col("reached_at") + patience,
        unit="ms",
        observed=divided(lasted, NS_PER_MS),
        threshold=divided(patience, NS_PER_MS),
        key=pl.format("version {}", "version"),
        settles_at=pl.col("reached_at") + patience + pl.col("grace"),
        sentence=pl.format(
            "{} stayed unfilled although the best {} stood at that limit or better for {}, of which {} count.",
            _order(),
            quote,
            span(pl.col("reached_ns")),
            span(lasted),
        ),
    )


RULE = Rule(
    code="RP140",
    name="resting_order_traded_through",
    title="Resting order traded through",
    kind="lifecycle",
    scope=("provider", "symbol", "order_type"),
    needs=("open_limits", "trades"),
    units={
        "grace_ms": "ms",
        "through_usd": "usd_per_share",
        "prints": "prints",
        "printed_shares": "shares",
        "reached_ms": "ms",
        "judge_pegged": "yes_no",
        "judge_long_lived": "yes_no",
    },
    source="FINRA Rule 5310.09(b)(4): likelihood of execution of limit orders",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    quoted=True,
)
