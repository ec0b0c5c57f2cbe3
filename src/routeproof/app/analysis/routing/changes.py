"""`routing changes`: days on which the choice of venue changed, and whether anybody announced it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.analysis.choices.cells import choice_cells
from routeproof.app.analysis.choices.venue_money import venue_money
from routeproof.app.analysis.choices.venue_routes import venue_routes
from routeproof.app.analysis.ground import ground_of, plain
from routeproof.app.analysis.headline import headline_of
from routeproof.app.analysis.routing.drift import change_rows, found_changes, notices_of, rise_at, streams
from routeproof.evidence.answer import Answer, refused
from routeproof.rules.announcements import UNANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.analysis.ground import Span
    from routeproof.app.analysis.routing.drift import Found, Stream
    from routeproof.app.context import Context
    from routeproof.policy.thresholds import EvidenceStandards

Row = dict[str, Any]
MOVED = (
    "share of first routes from the most likely day of a change on, less that before, of the venue that rose most, "
    "situations held fixed"
)
ASSUMES = (
    "Where nothing changed, days are exchangeable: no trend, no weekday that routes otherwise.",
    "Within order class, spread, size against displayed and venue at the NBBO the choice rests on nothing that drifts.",
    "Day and venue were picked because they moved most: p counts the picking of the day, the interval does not.",
)
NO_STREAM = "no order class with two venues and enough days and orders"


def routing_changes(context: Context, span: Span) -> Row:
    """Changes of each provider's choice of venue.

    Returns:
        The stamp of the ground; the headline (the stream with the smallest p); `answers`: one per provider and order
        class with `p`, `adjusted_error` and the day; `changes`: see `drift.change_rows`; `figures`: daily shares.

    Raises:
        UsageError: no own flow within the span, or none of the provider.
    """
    ground = ground_of(context, span)
    policy = ground.policy.whole.routing.on_or_first(ground.days[-1]).value
    seed = policy.seed if span.seed is None else span.seed
    cells = pl.concat([choice_cells(day.rows) for day in venue_routes(ground, venue_money(context, ground))])
    all_streams = list(streams(cells, policy))
    found = found_changes(all_streams, policy, seed)
    notices = notices_of(context.records)
    changes = [row for one in found for row in change_rows(one, notices.get(one.stream.provider, []), policy)]
    standards = ground.policy.whole.book.evidence.on_or_first(ground.days[-1]).value
    standards = replace(standards, bootstrap_seed=seed)
    answers = [_answer(one, standards) | {"family": len(found)} for one in found]
    return {
        **ground.stamp(seed),
        **_headline(answers),
        "sentences": [_sentence(row) for row in changes],
        "answers": answers,
        "changes": changes,
        "unannounced": sum(row["status"] == UNANNOUNCED for row in changes),
        "figures": {
            f"shares_{one.stream.provider}_{one.stream.order_class}": share_figure(one.stream, changes)
            for one in found
            if one.changes
        },
    }


def _answer(found: Found, standards: EvidenceStandards) -> Row:
    """The venue that rose most at the most likely day, with an interval, or why there is none."""
    stream, best = found.stream, found.whole
    n = int(stream.counts.sum())
    key = {"provider": stream.provider, "order_class": stream.order_class, "p": best.p_value}
    if not best.place:
        said = refused(MOVED, "ratio", "too few days on either side", n=n, counted="orders", assumptions=ASSUMES)
        return plain(said) | key | {"on": None, "venue": None}
    rise = rise_at(stream, best.place, standards)
    key |= {"on": stream.days[best.place].isoformat(), "venue": rise.venue}
    if rise.interval is None:
        said = refused(MOVED, "ratio", rise.reason or "", n=rise.orders, counted="orders", assumptions=ASSUMES)
        return plain(said) | key
    answer = Answer(
        estimand=MOVED, unit="ratio", n=rise.orders, counted="orders", assumptions=ASSUMES, estimate=rise.estimate,
        lower=rise.interval.lower, upper=rise.interval.upper, detectable=rise.interval.detectable,
    )  # fmt: skip
    return plain(answer) | key


def _sentence(row: Row) -> str:
    moved = ", ".join(f"{one['venue']} {one['before']:.1%} to {one['after']:.1%}" for one in row["moved"])
    notice = f" ({row['notice']})" if row["notice"] else ""
    return f"{row['provider']}, {row['order_class'].replace('_', ' ')}, {row['on']}: {moved}; {row['status']}{notice}."


def _headline(answers: Sequence[Row]) -> Row:
    if not answers:
        none = plain(refused(MOVED, "ratio", NO_STREAM, counted="orders", assumptions=ASSUMES))
        return headline_of(none)
    best = min(answers, key=lambda row: (row["refused"], row["p"], row["provider"], row["order_class"]))
    return headline_of(best) | {
        "of": f"{best['provider']}, {best['order_class']}",
        "p": best["p"],
    }


def share_figure(stream: Stream, changes: Sequence[Row]) -> Row:
    """Daily shares of first venues as one panel a venue, a dashed line on each change."""
    by_day = stream.counts.sum(axis=1)
    whole = by_day.sum(axis=1)
    values: list[Row] = [
        {"day": day.isoformat(), "venue": venue, "share": float(by_day[row, place] / whole[row])}
        for row, day in enumerate(stream.days)
        for place, venue in enumerate(stream.venues)
        if whole[row]
    ]
    values += [
        {"change": row["on"], "venue": venue}
        for venue in stream.venues
        for row in changes
        if (row["provider"], row["order_class"]) == (stream.provider, stream.order_class)
    ]
    x = {"field": "day", "type": "temporal", "title": "trading day"}
    y = {"field": "share", "type": "quantitative", "title": "share of first routes", "axis": {"format": ".0%"}}
    return {
        "data": {"values": values},
        "facet": {"field": "venue", "type": "nominal", "title": "venue"},
        "columns": 3,
        "spec": {
            "width": 200,
            "height": 90,
            "layer": [
                {
                    "transform": [{"filter": "isValid(datum.share)"}],
                    "mark": {"type": "line", "strokeWidth": 1},
                    "encoding": {"x": x, "y": y},
                },
                {
                    "transform": [{"filter": "isValid(datum.change)"}],
                    "mark": {"type": "rule", "strokeDash": [3, 3]},
                    "encoding": {"x": {"field": "change", "type": "temporal"}},
                },
            ],
        },
    }
