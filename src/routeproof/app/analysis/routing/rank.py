"""`routing rank`: which venues a router tries first, by situation, and how orders move between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.analysis.choices.venue_money import venue_money
from routeproof.app.analysis.choices.venue_routes import venue_routes
from routeproof.app.analysis.ground import ground_of, plain
from routeproof.app.analysis.headline import headline_of
from routeproof.app.analysis.routing.bands import band_figure
from routeproof.app.analysis.routing.lists import APART, hops_of, lists_of
from routeproof.app.analysis.routing.on_file import Done, beside_settings, settings_of
from routeproof.app.analysis.routing.ranked import ALL, ASSUMES, TRIED, first_venues, rankings
from routeproof.app.analysis.routing.ways import hop_times, sweeps, transitions, way_figure
from routeproof.evidence.answer import refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.analysis.ground import Ground, Span
    from routeproof.app.context import Context
    from routeproof.policy.analysis.routing import RoutingPolicy

Row = dict[str, Any]
MOST_NAMED = 3
NOTICED = 0.01
"""Share of a class's orders from which a venue makes it one that has a choice."""


def routing_rank(context: Context, span: Span) -> Row:
    """Rankings, first venues, transitions, sweeps and times of the span's routes.

    Returns:
        The stamp of the ground; the headline (the venue ranked first in the order class with most orders); `answers` by
        situation; `ranking`, `first_venues`, `transitions`, `sweeps`, `hop_times`, `configuration` rows; `figures`.

    Raises:
        UsageError: no own flow within the span, or none of the provider.
    """
    ground = ground_of(context, span)
    policy = ground.policy.whole.routing.on_or_first(ground.days[-1]).value
    standards = ground.policy.whole.book.evidence.on_or_first(ground.days[-1]).value
    lists, hops = _read(context, ground, policy)
    places, said = rankings(lists, policy, standards)
    firsts = first_venues(lists, standards)
    ways = transitions(hops)
    answers = [plain(answer) | key for answer, key in said]
    providers = sorted(lists["provider"].drop_nulls().unique())
    return {
        **ground.stamp(policy.seed if span.seed is None else span.seed),
        **_headline(answers),
        "sentences": [_sentence(rows) for rows in _leading(places)],
        "answers": answers,
        "ranking": places,
        "first_venues": firsts,
        "transitions": ways,
        "sweeps": sweeps(lists),
        "hop_times": hop_times(hops),
        "configuration": [
            {"provider": provider, **row}
            for provider in providers
            for row in _beside(context, ground, policy, _Seen(provider, lists, firsts, places))
        ],
        "figures": {
            **{
                f"first_venues_{one}": first_figure([row for row in firsts if row["provider"] == one])
                for one in providers
            },
            **{f"ways_{one}": band_figure(lists.filter(pl.col("provider") == one)) for one in providers},
            **{f"transitions_{one}": way_figure([row for row in ways if row["provider"] == one]) for one in providers},
        },
    }


def _read(context: Context, ground: Ground, policy: RoutingPolicy) -> tuple[pl.DataFrame, pl.DataFrame]:
    lists, hops = [], []
    for day in venue_routes(ground, venue_money(context, ground)):
        lists.append(lists_of(day.rows, policy.sweep_ms))
        hops.append(hops_of(day.rows))
    return pl.concat(lists), pl.concat(hops)


def _headline(answers: Sequence[Row]) -> Row:
    whole = [row for row in answers if row["about"] == "first" and row["by"] == ALL]
    known = sorted(whole, key=lambda row: (row["refused"], -row["n"], row["provider"] or "", row["order_class"] or ""))
    if known:
        of = {"of": f"{known[0]['provider']}, {known[0]['order_class']}, {known[0].get('venue', 'no venue')}"}
        return headline_of(known[0]) | of
    none = plain(refused(TRIED, "ratio", "no routes to venues are known", counted="orders", assumptions=ASSUMES))
    return headline_of(none)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is seen of a provider: `lists` and rows of all providers."""

    provider: str
    lists: pl.DataFrame
    firsts: Sequence[Row]
    places: Sequence[Row]


def _beside(context: Context, ground: Ground, policy: RoutingPolicy, seen: _Seen) -> list[Row]:
    """Settings in force on the last day beside what was done with orders of judged classes."""
    own = [row for row in _of(seen.firsts, seen.provider) if row["order_class"] in policy.classes]
    ranked = [
        row for row in _of(seen.places, seen.provider) if row["by"] == ALL and row["order_class"] in policy.classes
    ]
    judged = seen.lists.filter(pl.col("provider") == seen.provider, pl.col("order_class").is_in(list(policy.classes)))
    routed = sorted(judged.select(pl.col("tried").str.split(APART).explode()).to_series().unique().drop_nulls())
    settings = settings_of(context.records, seen.provider, ground.days[-1])
    standards = ground.policy.whole.book.evidence.on_or_first(ground.days[-1]).value
    done = Done(
        routed=routed, firsts=own, places=ranked, margin=policy.least_share_moved, confidence=standards.confidence
    )
    return beside_settings(settings, done)


def _leading(places: Sequence[Row]) -> list[list[Row]]:
    """The first places of each provider and order class as a whole."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in places:
        if row["by"] == ALL and row["rank"] <= MOST_NAMED:
            found.setdefault((row["provider"], row["order_class"]), []).append(row)
    return list(found.values())


def _sentence(rows: Sequence[Row]) -> str:
    first, *others = rows
    of = f"{first['provider']}, {first['order_class'].replace('_', ' ')}"
    bounds = f"{first['lower']:.1%} to {first['upper']:.1%}" if first["reason"] is None else first["reason"]
    rest = "".join(f", {row['venue']} for {row['share']:.1%}" for row in others if row["share"])
    return f"{of}: {first['venue']} is tried first for {first['share']:.1%} of orders ({bounds}){rest}."


def _of(rows: Sequence[Row], provider: str) -> list[Row]:
    return [row for row in rows if row["provider"] == provider]


def first_figure(rows: Sequence[Row]) -> Row:
    """Shares of first venues with intervals; a panel for each class that has a choice, so that no colour is needed."""
    classes = Counter(row["order_class"] for row in rows if row["share"] is not None and row["share"] >= NOTICED)
    rows = [row for row in rows if classes[row["order_class"]] > 1]
    if not rows:
        return {}
    kept = ("order_class", "venue", "share", "lower", "upper", "orders")
    y = {"field": "venue", "type": "nominal", "title": "venue tried first"}
    x = {
        "field": "share",
        "type": "quantitative",
        "title": "share, 95 % interval",
        "axis": {"format": ".0%"},
    }
    return {
        "data": {"values": [{name: row[name] for name in kept} for row in rows]},
        "facet": {"field": "order_class", "type": "nominal", "title": "order class"},
        "columns": 3,
        "spec": {
            "width": 180,
            "layer": [
                {"mark": {"type": "bar", "opacity": 0.5}, "encoding": {"x": x, "y": y}},
                {
                    "mark": {"type": "rule"},
                    "encoding": {"x": {**x, "field": "lower"}, "x2": {"field": "upper"}, "y": y},
                },
            ],
        },
    }
