"""`counterfactual`: what marketable routes paid against what their router's venues displayed, as intervals."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.analysis.choices.classed_versions import classed_versions
from routeproof.app.analysis.counterfactual.bounds import Shown, with_bounds
from routeproof.app.analysis.counterfactual.paid import fees_on, marketable_routes, with_paid
from routeproof.app.analysis.counterfactual.said import answer_of, figures, options, sentences
from routeproof.app.analysis.counterfactual.sums import Cells, rows
from routeproof.app.analysis.ground import Ground, Span, ground_of, plain
from routeproof.app.measuring.day_walk import long_lived_of
from routeproof.app.measuring.frame_source import REFERENCE_KINDS
from routeproof.app.objects.fold import object_of
from routeproof.governance.provider.noun import PROVIDER
from routeproof.tables.measured.displayed_levels import BEST_COLUMNS
from routeproof.tables.measured.routes import measure_routes, route_paths
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.measuring.day_walk import LongLived
    from routeproof.policy.analysis.counterfactual import CounterfactualPolicy

SWITCHES = Switches()
TAKING = "removed"
FILLS = [
    "route_id", "order_id", "version", "status", "executed_at", "price", "quantity", "venue", "liquidity", "fee",
    "rebate",
]  # fmt: skip
CUTS: dict[str, tuple[str, ...]] = {
    "by_provider": ("provider",),
    "by_quarter": ("provider", "quarter"),
    "by_class": ("provider", "order_class"),
    "by_venue": ("provider", "venue"),
    "cells": ("provider", "order_class", "venue"),
}


@dataclass(slots=True)
class Found:
    """What the days gave.

    Attributes:
        cells: exact sums.
        marketable: routes of marketable orders that went to a venue.
        without_quote: of them, no usable best quote when sent or on arrival.
        without_fill: of them, nothing filled in time.
        of_other_days: routes to venues of orders that began on another day.
        access: provider to the venues that it says it reaches; providers without a list are absent.
    """

    cells: Cells = field(default_factory=Cells)
    marketable: int = 0
    without_quote: int = 0
    without_fill: int = 0
    of_other_days: int = 0
    access: dict[str, tuple[str, ...]] = field(default_factory=dict)


def counterfactual(context: Context, span: Span) -> dict[str, Any]:
    """Bounds on what marketable routes could have cost, and so on what was paid too much.

    Returns:
        `estimate` (always null), `lower`, `upper` (US dollars that the displayed alternative would have saved;
        negative: it would have cost more), `n` (routes), `refused, reason, assumptions`; `answers`, the headline and
        one per provider; tables `CUTS`; `identified`, `not_identified` (sentences); `left_out` (counts); `access`;
        `standards`; `options`, ready to be recorded in a review; `figures`. Of `paid_usd` and `achievable_*_usd` the
        midpoint's worth is taken off.

    Raises:
        UsageError: as `ground_of`.
    """
    ground = ground_of(context, span)
    policy = policy_of(ground)
    found = found_in(context, ground, policy)
    total = answer_of(found.cells.where({}), policy)
    tables = {name: rows(found.cells.by(*keys), keys, policy.least_routes) for name, keys in CUTS.items()}
    providers = [key[0] for key in found.cells.by("provider")]
    answers = [
        {"provider": name, **plain(answer_of(found.cells.where({"provider": name}), policy))} for name in providers
    ]
    headline = plain(total)
    return {
        **ground.stamp(None),
        **{name: headline[name] for name in ("estimate", "lower", "upper", "n", "refused", "reason", "assumptions")},
        "answers": [headline, *answers],
        **tables,
        **sentences(found.cells.where({}), providers, found.access),
        "left_out": {
            "marketable": found.marketable,
            "without_quote": found.without_quote,
            "without_fill": found.without_fill,
            "of_orders_of_other_days": found.of_other_days,
        },
        "access": [
            {"provider": name, "venues": list(found.access[name]) if name in found.access else None}
            for name in providers
        ],
        "standards": {name: str(value) for name, value in asdict(policy).items()},
        "options": options(tables["by_venue"], ground),
        "figures": figures(tables["by_venue"]),
    }


def policy_of(ground: Ground) -> CounterfactualPolicy:
    """The assumptions in force at the begin of the days."""
    return ground.policy.whole.counterfactual.on_or_first(ground.days[0]).value


def found_in(context: Context, ground: Ground, policy: CounterfactualPolicy) -> Found:
    """Sums over the days of a ground."""
    found, lasting = Found(), long_lived_of(ground.source)
    schedules = context.lake.read("fee_schedules", manifest=ground.source.manifest)
    for day in ground.days:
        routes, others = _routes_of(ground, day, lasting)
        found.of_other_days += others
        if ground.span.provider is not None:
            routes = routes.filter(pl.col("provider") == ground.span.provider)
        if routes.height:
            fees = fees_on(schedules.filter(pl.col("valid_from") <= day))
            _add_day(context, ground, policy, found, day, routes, fees)
    return found


def _routes_of(ground: Ground, day: date, lasting: LongLived) -> tuple[pl.DataFrame, int]:
    """Marketable routes of the day, and how many routes are left out because their order began on another day."""
    routes = ground.source.rows("routes", day).with_columns(pl.col("version").fill_null(1))
    leaves = routes.join(route_paths(routes), on="route_id", maintain_order="left").filter(
        pl.col("is_leaf") & pl.col("venue").is_not_null()
    )
    named = classed_versions(ground, day, lasting, leaves).select("order_id", "version", "provider", "order_class")
    known = leaves.join(named, on=["order_id", "version"], maintain_order="left")
    looked = measure_routes(known, ground.source.book(day, known["symbol"].unique()), SWITCHES)
    return marketable_routes(looked, day), leaves.height - known.height


def _add_day(
    context: Context,
    ground: Ground,
    policy: CounterfactualPolicy,
    found: Found,
    day: date,
    routes: pl.DataFrame,
    fees: pl.DataFrame,
) -> None:
    usable = routes.filter("usable").drop("usable")
    paid = with_paid(usable, ground.source.standing_fills(day, FILLS), fees, policy.window_ms)
    _know_access(context, found, paid)
    bounds = with_bounds(paid, _shown(context, ground, day, paid, fees, found), policy, SWITCHES)
    found.marketable += routes.height
    found.without_fill += usable.height - paid.height
    found.without_quote += routes.height - usable.height + paid.height - bounds.height
    found.cells.add_day(bounds)


def _know_access(context: Context, found: Found, routes: pl.DataFrame) -> None:
    for name in sorted(set(routes["provider"].drop_nulls()) - found.access.keys()):
        version = object_of(context.records, PROVIDER, name)
        if version is not None and version.state.venues:
            found.access[name] = tuple(sorted(version.state.venues))


def _shown(
    context: Context, ground: Ground, day: date, routes: pl.DataFrame, fees: pl.DataFrame, found: Found
) -> Shown:
    source, symbols = ground.source, routes["symbol"].unique().to_list()
    scanned = context.lake.scan("quotes", [day], symbols=symbols, manifest=source.manifest)
    best = scanned.filter(pl.col("kind").is_in(REFERENCE_KINDS)).select(BEST_COLUMNS).collect()
    pairs = [(name, venue) for name, venues in found.access.items() for venue in venues]
    return Shown(
        best=best,
        venues=_own_quotes(scanned, is_pure=source.quotes(day).is_pure),
        taking=fees.filter(pl.col("liquidity") == TAKING).select("venue", "net_fee"),
        fee_cap=ground.policy.whole.book.access_fee_cap.on_or_first(day).value.per_share,
        accessible=pl.DataFrame(pairs, schema={"provider": pl.String, "venue": pl.String}, orient="row"),
    )


def _own_quotes(scanned: pl.LazyFrame, *, is_pure: bool) -> pl.DataFrame | None:
    """Each venue's own quotes, their columns alone; none from a file that says that it has only reference quotes."""
    if is_pure:
        return None
    return scanned.filter(pl.col("kind") == "venue").select(BEST_COLUMNS).collect()
