"""The ranking of venues in each situation, from the lists in which they were tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.analysis.routing.lists import APART, CUTS
from routeproof.evidence.answer import Answer, refused
from routeproof.evidence.choice.ranking import Listed, Ranking, rank
from routeproof.evidence.compare import estimate_mean
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import rounded_down
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.policy.analysis.routing import RoutingPolicy
    from routeproof.policy.thresholds import EvidenceStandards

Row = dict[str, Any]
ALL = "all"
MARKED = "log odds of being tried earlier that showing the best price adds"
TRIED = "share of orders that try the venue first, by the ranking of all lists (Plackett-Luce)"
ASSUMES = (
    "The chance of trying a venue next depends on the venues left and the situation, not on what was tried before.",
    "Orders of one day hang together, days do not.",
)


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

    Places have `provider, order_class, by, value, venue, rank, share, lower, upper, best_rank, worst_rank`; the answers
    are of the venue ranked first, and of what showing the best price adds.
    """
    rows: list[Row] = []
    answers: list[tuple[Answer, Row]] = []
    for key, part in situations(lists, policy):
        venues, listed = _listed(part, policy)
        n = sum(one.count for one in listed)
        reason = _reason(part, venues, n, policy)
        found = None if reason else _fitted(listed, len(venues), standards)
        if found is not None and found.effective_days < standards.least_effective_days:
            needed = f"at least {standards.least_effective_days:g} are needed"
            days = f"{rounded_down(found.effective_days):.1f} effective days; {needed}"
            reason, found = days, None
        if found is None:
            said = reason or "the lists do not tell the venues apart"
            answers.append(
                (refused(TRIED, "ratio", said, n=n, counted="orders", assumptions=ASSUMES), {"about": "first", **key})
            )
            continue
        rows += _rows(key, venues, found)
        answers += _answers(key, venues, found)
    return rows, answers


def _listed(part: pl.DataFrame, policy: RoutingPolicy) -> tuple[list[str], list[Listed]]:
    """Venues named often enough, and the lists of those."""
    names = part.with_columns(pl.col("tried").str.split(APART).alias("venue")).explode("venue")
    often = names.group_by("venue").agg(pl.col("n").sum()).filter(pl.col("n") >= policy.least_venue_orders)
    venues = sorted(often["venue"])
    place = {venue: number for number, venue in enumerate(venues)}
    counted: dict[tuple[int, tuple[int, ...], int], int] = {}
    for day, tried, shown, n in part.select("trading_day", "tried", "shown_venue", "n").iter_rows():
        order = tuple(place[one] for one in tried.split(APART) if one in place)
        if order:
            key = (day.toordinal(), order, place.get(shown, -1))
            counted[key] = counted.get(key, 0) + n
    return venues, [Listed(day, order, marked, n) for (day, order, marked), n in sorted(counted.items())]


def _reason(part: pl.DataFrame, venues: Sequence[str], n: int, policy: RoutingPolicy) -> str | None:
    if n < policy.least_orders:
        return f"{n} orders; at least {policy.least_orders} are needed"
    if len(venues) < 2:  # noqa: PLR2004 a ranking is of two
        return f"every order went to {venues[0]}" if venues else "no venue was tried often enough"
    return "one day alone" if part["trading_day"].n_unique() < 2 else None  # noqa: PLR2004 chance between days


def _fitted(listed: Sequence[Listed], venues: int, standards: EvidenceStandards) -> Ranking | None:
    try:
        return rank(listed, venues, standards.confidence)
    except UsageError:
        return None


def _rows(key: Row, venues: Sequence[str], found: Ranking) -> list[Row]:
    return [
        {
            **key,
            "rank": number,
            "venue": venues[place.alternative],
            "share": place.share,
            "lower": place.lower,
            "upper": place.upper,
            "best_rank": place.best_rank,
            "worst_rank": place.worst_rank,
        }
        for number, place in enumerate(found.places, start=1)
    ]


def _answers(key: Row, venues: Sequence[str], found: Ranking) -> Iterator[tuple[Answer, Row]]:
    top = found.places[0]
    yield Answer(
        estimand=TRIED, unit="ratio", n=found.n, counted="orders", assumptions=ASSUMES,
        estimate=top.share, lower=top.lower, upper=top.upper,
    ), {"about": "first", "venue": venues[top.alternative], **key}  # fmt: skip
    if found.mark is not None:
        estimate, lower, upper = found.mark
        yield Answer(
            estimand=MARKED, unit="log odds", n=found.n, counted="orders", assumptions=ASSUMES,
            estimate=estimate, lower=lower, upper=upper,
        ), {"about": "shown", **key}  # fmt: skip


def first_venues(lists: pl.DataFrame, standards: EvidenceStandards) -> list[Row]:
    """`provider, order_class, venue, orders, share, lower, upper, reason`: where orders are sent first."""
    first = lists.with_columns(pl.col("tried").str.split(APART).list.first().alias("venue"))
    by_day = first.group_by("provider", "order_class", "venue", "trading_day").agg(pl.col("n").sum())
    rows: list[Row] = []
    for (provider, order_class), own in by_day.sort("provider", "order_class").group_by(
        "provider", "order_class", maintain_order=True
    ):
        whole = own.group_by("trading_day").agg(pl.col("n").sum().alias("all")).sort("trading_day")
        for (venue,), part in own.sort("venue").group_by("venue", maintain_order=True):
            joined = whole.join(part, on="trading_day", how="left", maintain_order="left").with_columns(
                pl.col("n").fill_null(0)
            )
            orders = joined["all"].to_numpy().astype(np.float64)
            parts = Partials.of(
                day=joined["trading_day"].to_physical().to_numpy(), numerator=joined["n"].to_numpy(),
                denominator=orders, largest=np.minimum(orders, 1.0),
            )  # fmt: skip
            share = estimate_mean(parts, standards)
            rows.append(
                {
                    "provider": provider,
                    "order_class": order_class,
                    "venue": venue,
                    "orders": int(joined["n"].sum()),
                    "share": share.value,
                    "lower": share.interval.lower if share.interval else None,
                    "upper": share.interval.upper if share.interval else None,
                    "reason": share.reason,
                }
            )
    return rows
