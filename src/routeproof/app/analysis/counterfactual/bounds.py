"""Lower and upper cost of each route's shares at what was displayed for its router, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.measured.displayed_levels import best_level, touches, venue_levels
from routeproof.tables.measured.reachable import WIDE, beyond, siblings, walked
from routeproof.tables.measured.sweeps import SWEEP_NS
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from decimal import Decimal

    from routeproof.policy.analysis.counterfactual import CounterfactualPolicy
    from routeproof.tables.switches import Switches

NS_PER_US = 1_000
MIDPOINT = "(midpoint)"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a day displayed and charged.

    Attributes:
        best: reference quotes, `BEST_COLUMNS`.
        venues: quotes of kind `venue`; null where none were delivered.
        taking: `venue, net_fee` of a displayed share that is taken.
        fee_cap: the most that a venue may charge a share: bounds of a fee that nobody tells.
        accessible: `provider, venue` that it reaches; a provider without rows reaches every venue.
    """

    best: pl.DataFrame
    venues: pl.DataFrame | None
    taking: pl.DataFrame
    fee_cap: int
    accessible: pl.DataFrame


def with_bounds(routes: pl.DataFrame, shown: Shown, policy: CounterfactualPolicy, switches: Switches) -> pl.DataFrame:
    """Routes with the least and the most that their shares could have cost.

    Args:
        routes: `KEPT` with `shares, paid, worst2`.
        shown: quotes, fees, access.
        policy: what is assumed.
        switches: tie rule, clock shift.

    Returns:
        Routes with a usable quote at the instant, plus `lower, upper` (as `paid`), `mid2`, `displayed` (shares that the
        upper bound takes from displayed size), `told_by` (`venue`, `best quote`, or `nothing`) and `untold` (as `paid`:
        what the fees that nobody tells of may be, either way).
    """
    placed = siblings(routes, SWEEP_NS)
    ladders = (
        placed.unique("ladder", keep="first", maintain_order=True)
        .with_columns((pl.col("met_at") + policy.latency_us * NS_PER_US).alias("instant"))
        .select("ladder", "provider", "symbol", "sign", "instant")
    )
    touch = touches(ladders, shown.best, switches)
    usable = ladders.join(touch.select("ladder"), on="ladder", how="semi", maintain_order="left")
    levels = _reached(_levels(usable, touch, shown, switches), usable, shown.accessible)
    priced = levels.join(shown.taking.rename({"venue": "name"}), on="name", how="left")
    of_route = placed.join(
        touch.select("ladder", "bid", "ask", (pl.col("bid") + pl.col("ask")).alias("mid2")), on="ladder"
    ).join(_told_by(levels), on="ladder", how="left")
    most = _upper(of_route, priced, shown.fee_cap, policy)
    least = _lower(of_route, priced, shown.fee_cap, policy)
    return (
        of_route.join(most, on="route_id")
        .join(least, on="route_id")
        .with_columns(
            pl.col("told_by").fill_null("nothing"),
            (pl.col("unknown_fee").cast(WIDE) * (2 * shown.fee_cap)).alias("untold"),
        )
    )


def _levels(ladders: pl.DataFrame, touch: pl.DataFrame, shown: Shown, switches: Switches) -> pl.DataFrame:
    """Venues' own quotes; the best quote for ladders of which no venue tells any."""
    best = best_level(touch)
    if shown.venues is None or shown.venues.is_empty():
        return best
    own = venue_levels(ladders, shown.venues, switches)
    return pl.concat([own, best.join(own, on="ladder", how="anti")])


def _reached(levels: pl.DataFrame, ladders: pl.DataFrame, accessible: pl.DataFrame) -> pl.DataFrame:
    """Levels at venues that the ladder's provider reaches."""
    of = levels.join(ladders.select("ladder", "provider"), on="ladder", how="left")
    stated = accessible.select("provider").unique()
    free = of.join(stated, on="provider", how="anti")
    bound = of.join(accessible, left_on=["provider", "name"], right_on=["provider", "venue"], how="semi")
    return pl.concat([free, bound]).drop("provider")


def _told_by(levels: pl.DataFrame) -> pl.DataFrame:
    return levels.group_by("ladder").agg(pl.col("told_by").first())


def _upper(routes: pl.DataFrame, levels: pl.DataFrame, cap: int, policy: CounterfactualPolicy) -> pl.DataFrame:
    """Displayed size alone; what it does not hold costs more than the deepest price, and no less than was paid.

    Nor less than at the midpoint, where the lower bound has it: a venue's quote may lie on the near side of that.
    """
    rungs = levels.select(
        "ladder", "name", (2 * pl.col("price")).alias("price2"), "size", pl.col("net_fee").fill_null(cap)
    )
    dearest = rungs.group_by("ladder").agg(pl.col("net_fee").max().alias("fee"))
    sign = pl.col("sign")
    far2 = pl.when(sign > 0).then(2 * pl.col("ask")).otherwise(2 * pl.col("bid"))
    step2 = _times(2 * (pl.col("ask") - pl.col("bid")), policy.beyond_spreads)
    deep = sign * pl.coalesce("deepest2", far2) + step2
    worst = pl.max_horizontal(deep, sign * pl.col("worst2"), sign * pl.col("mid2"))
    limited = pl.min_horizontal(worst, sign * 2 * pl.col("limit_price"))
    rows = routes.join(walked(routes, rungs), on="route_id").join(dearest, on="ladder", how="left")
    rest = beyond(sign * limited, pl.col("fee").fill_null(cap))
    return rows.select("route_id", (pl.col("cost") + rest).alias("upper"), pl.col("taken").alias("displayed"))


def _lower(routes: pl.DataFrame, levels: pl.DataFrame, cap: int, policy: CounterfactualPolicy) -> pl.DataFrame:
    """With hidden size: behind displayed shares at their price, and at the midpoint; the rest at the midpoint too.

    No share costs more than the limit: where the midpoint has left it behind, the rest costs the limit.
    """
    sized = levels.select(
        "ladder", "name", (2 * pl.col("price")).alias("price2"), "size", pl.col("net_fee").fill_null(-cap)
    )
    cheapest = sized.group_by("ladder").agg(pl.col("net_fee").min().alias("fee"))
    of_ladder = routes.select("ladder", "mid2", "sign", "bid", "ask").unique("ladder")
    at_touch = sized.join(of_ladder, on="ladder").filter(
        pl.col("price2") == pl.when(pl.col("sign") > 0).then(2 * pl.col("ask")).otherwise(2 * pl.col("bid"))
    )
    inside = (
        at_touch.group_by("ladder")
        .agg(pl.col("size").sum(), pl.col("mid2").first().alias("price2"))
        .with_columns(_times(pl.col("size"), policy.inside_multiple).alias("size"), pl.lit(MIDPOINT).alias("name"))
        .join(cheapest, on="ladder")
        .select("ladder", "name", "price2", "size", pl.col("fee").alias("net_fee"))
    )
    deepened = sized.with_columns(pl.col("size") + _times(pl.col("size"), policy.hidden_multiple))
    rungs = pl.concat([deepened, inside])
    rows = routes.join(walked(routes, rungs), on="route_id").join(cheapest, on="ladder", how="left")
    sign = pl.col("sign")
    limited = pl.min_horizontal(sign * pl.col("mid2"), sign * 2 * pl.col("limit_price"))
    rest = beyond(sign * limited, pl.col("fee").fill_null(-cap))
    return rows.select("route_id", (pl.col("cost") + rest).alias("lower"))


def _times(number: pl.Expr, multiple: Decimal) -> pl.Expr:
    """A whole number times a decimal of nine places, rounded down."""
    scaled: pl.Expr = number.cast(pl.Int128()) * pl.lit(int(multiple * SCALE))
    whole: pl.Expr = scaled // SCALE
    return whole.cast(pl.Int64)
