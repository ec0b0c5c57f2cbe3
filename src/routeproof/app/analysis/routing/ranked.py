"""Which venues are tried first in each situation, counted from the lists in which they were tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.analysis.routing.lists import APART, CUTS
from routeproof.evidence.answer import Answer, refused
from routeproof.evidence.choice.ranking import first_shares, mark_adds, rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.evidence.choice.ranking import FirstShare, Place
    from routeproof.evidence.partials import Ints
    from routeproof.policy.analysis.routing import RoutingPolicy
    from routeproof.policy.thresholds import EvidenceStandards

Row = dict[str, Any]
ALL = "all"
MARKED = "log odds of being tried first that showing the best price adds"
TRIED = "share of orders that try the venue first"
DAYS = "Orders of one day hang together."
ASSUMES = (DAYS, "Days are alike but for chance.")
LOGIT = (DAYS, "Days do not.", "Venue and best price add up on the scale of log odds (conditional logit).")


def situations(lists: pl.DataFrame, policy: RoutingPolicy) -> Iterator[tuple[Row, pl.DataFrame]]:
    """Each provider and order class as a whole; judged classes also by spread, size, displayed size, NBBO venue."""
    for (provider, order_class), own in lists.group_by("provider", "order_class", maintain_order=True):
        key = {"provider": provider, "order_class": order_class}
        yield {**key, "by": ALL, "value": ALL}, own
        if order_class not in policy.classes:
            continue
        for cut in CUTS:
            for (value,), part in own.sort(cut).group_by(cut, maintain_order=True):
                yield {**key, "by": cut, "value": value}, part


def rankings(
    lists: pl.DataFrame, policy: RoutingPolicy, standards: EvidenceStandards
) -> tuple[list[Row], list[tuple[Answer, Row]]]:
    """Rows of places and answers of each situation.

    Places have `provider, order_class, by, value, venue, rank, share, lower, upper, reason` (why there are no bounds),
    `best_rank, worst_rank`; the answers are of the venue ranked first, and of what showing the best price adds.
    """
    rows: list[Row] = []
    answers: list[tuple[Answer, Row]] = []
    for key, part in situations(lists, policy):
        venues = _often(part, policy)
        n = int(part["n"].sum())
        reason = _reason(part, venues, n, policy)
        if reason:
            none = refused(TRIED, "ratio", reason, n=n, counted="orders", assumptions=ASSUMES)
            answers.append((none, {"about": "first", **key}))
            continue
        counts, orders = _counted(part, venues)
        places = rank(counts.sum(axis=1), orders, standards)
        rows += _rows(key, venues, places)
        answers += _answers(key, venues[places[0].alternative], places[0].first, n)
        answers += _of_mark(key, counts, standards)
    return rows, answers


def _often(part: pl.DataFrame, policy: RoutingPolicy) -> list[str]:
    """Venues that enough orders try at all, at whatever place."""
    names = part.with_columns(pl.col("tried").str.split(APART).alias("venue")).explode("venue")
    often = names.group_by("venue").agg(pl.col("n").sum()).filter(pl.col("n") >= policy.least_venue_orders)
    return sorted(often["venue"])


def _counted(part: pl.DataFrame, venues: Sequence[str]) -> tuple[Ints, Ints]:
    """(days, shown venues + 1, venues) first places, the last row being other shown venues; (days,) all orders."""
    place = {venue: number for number, venue in enumerate(venues)}
    days = {day: number for number, day in enumerate(part["trading_day"].unique().sort())}
    counts = np.zeros((len(days), len(venues) + 1, len(venues)), dtype=np.int64)
    orders = np.zeros(len(days), dtype=np.int64)
    first = pl.col("tried").str.split(APART).list.first()
    for day, venue, shown, n in part.select("trading_day", first, "shown_venue", "n").iter_rows():
        orders[days[day]] += n
        if venue in place:
            counts[days[day], place.get(shown, len(venues)), place[venue]] += n
    return counts, orders


def _reason(part: pl.DataFrame, venues: Sequence[str], n: int, policy: RoutingPolicy) -> str | None:
    if n < policy.least_orders:
        return f"{n} orders; at least {policy.least_orders} are needed"
    if len(venues) < 2:  # noqa: PLR2004 a ranking is of two
        return f"every order went to {venues[0]}" if venues else "no venue was tried often enough"
    return "one day alone" if part["trading_day"].n_unique() < 2 else None  # noqa: PLR2004 chance between days


def _told(first: FirstShare) -> Row:
    return {name: getattr(first, name) for name in ("share", "lower", "upper", "reason")}


def _rows(key: Row, venues: Sequence[str], places: Sequence[Place]) -> list[Row]:
    return [
        {
            **key,
            "rank": number,
            "venue": venues[place.alternative],
            **_told(place.first),
            "best_rank": place.best_rank,
            "worst_rank": place.worst_rank,
        }
        for number, place in enumerate(places, start=1)
    ]


def _answers(key: Row, venue: str, top: FirstShare, n: int) -> Iterator[tuple[Answer, Row]]:
    about = {"about": "first", "venue": venue, **key}
    if top.reason is not None:
        yield refused(TRIED, "ratio", top.reason, n=n, counted="orders", assumptions=ASSUMES), about
        return
    yield Answer(
        estimand=TRIED, unit="ratio", n=n, counted="orders", assumptions=ASSUMES,
        estimate=top.share, lower=top.lower, upper=top.upper,
    ), about  # fmt: skip


def _of_mark(key: Row, counts: Ints, standards: EvidenceStandards) -> Iterator[tuple[Answer, Row]]:
    found = mark_adds(counts, standards)
    if found is None:
        return
    ends, reason = found
    n, about = int(counts.sum()), {"about": "shown", **key}
    if ends is None:
        yield refused(MARKED, "log odds", reason or "", n=n, counted="orders", assumptions=LOGIT), about
        return
    estimate, lower, upper = ends
    yield Answer(
        estimand=MARKED, unit="log odds", n=n, counted="orders", assumptions=LOGIT,
        estimate=estimate, lower=lower, upper=upper,
    ), about  # fmt: skip


def first_venues(lists: pl.DataFrame, standards: EvidenceStandards) -> list[Row]:
    """`provider, order_class, venue, orders, share, lower, upper, reason, days`: where orders are sent first."""
    rows: list[Row] = []
    for (provider, order_class), own in lists.sort("provider", "order_class").group_by(
        "provider", "order_class", maintain_order=True
    ):
        venues = sorted(own.select(pl.col("tried").str.split(APART).list.first()).to_series().unique())
        counted, orders = _counted(own, venues)
        counts = counted.sum(axis=1)
        rows += [
            {
                "provider": provider,
                "order_class": order_class,
                "venue": venue,
                "orders": int(counts[:, number].sum()),
                **_told(first),
                "days": first.days,
            }
            for number, (venue, first) in enumerate(zip(venues, first_shares(counts, orders, standards), strict=True))
        ]
    return rows
