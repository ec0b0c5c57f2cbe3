"""Changes of the choice of venue over days, each beside the notices and configurations that could announce it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.objects.governed import objects_of
from routeproof.evidence.choice.changes import Counts, Scan, ScanRules, change_places, scan, shares_moved
from routeproof.evidence.interval import Interval, interval, refusal
from routeproof.evidence.matching import standardised
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import settle
from routeproof.governance.config import CONFIG
from routeproof.rules.announcements import Announcement, announced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from routeproof.policy.analysis.routing import RoutingPolicy
    from routeproof.policy.thresholds import EvidenceStandards
    from routeproof.stores.records import Records

Row = dict[str, Any]
AT_ERROR = 10
"""Draws that may be as extreme at the error allowed: so many, and p is known well enough there."""
SITUATION = ("spread_state", "displayed_state", "shown_venue")


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One provider's and order class's choices: (days, situations, venues) counts of first venues."""

    provider: str
    order_class: str
    days: tuple[date, ...]
    venues: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A stream with the scan of all its days, and its changes where the family allows any."""

    stream: Stream
    whole: Scan
    changes: tuple[Scan, ...]


def streams(cells: pl.DataFrame, policy: RoutingPolicy) -> Iterator[Stream]:
    """Streams of judged order classes with two venues and enough days and orders, by provider and class."""
    judged = cells.filter(pl.col("order_class").is_in(list(policy.classes)) & pl.col("provider").is_not_null())
    for (provider, order_class), own in judged.sort("provider", "order_class").group_by(
        "provider", "order_class", maintain_order=True
    ):
        days = tuple(own["trading_day"].unique().sort())
        venues = tuple(own["venue"].unique().sort())
        if len(venues) < 2 or len(days) < 2 * policy.least_days or own["n"].sum() < policy.least_orders:  # noqa: PLR2004
            continue
        names = own.select(SITUATION).unique().sort(SITUATION).with_columns(situation=pl.int_range(pl.len()))
        coded = own.join(names, on=SITUATION).select(
            pl.col("trading_day").replace_strict(list(days), range(len(days)), return_dtype=pl.Int64),
            "situation",
            pl.col("venue").replace_strict(list(venues), range(len(venues)), return_dtype=pl.Int64),
            "n",
        )
        counts = np.zeros((len(days), names.height, len(venues)), dtype=np.int64)
        np.add.at(counts, tuple(coded.to_numpy()[:, :3].T), coded["n"].to_numpy())
        yield Stream(str(provider), str(order_class), days, venues, counts)


def found_changes(all_streams: Sequence[Stream], policy: RoutingPolicy, seed: int) -> list[Found]:
    """Scan every stream; each is allowed its part of the error (Bonferroni), so that all together keep to it.

    With many streams more orders of days are drawn than policy asks for, or none could be as unlikely as that part.
    """
    error = policy.change_error / max(len(all_streams), 1)
    needed = math.ceil(AT_ERROR / error)
    rules = ScanRules(
        least_days=policy.least_days,
        draws=max(policy.draws, needed),
        seed=seed,
        error=error,
        stops=needed > policy.draws,
    )
    found = []
    for stream in all_streams:
        whole = scan(stream.counts, rules)
        changes = tuple(change_places(stream.counts, rules)) if whole.p_value <= error else ()
        found.append(Found(stream, whole, changes))
    return found


@dataclass(frozen=True, slots=True)
class Rise:
    """By how much the share of the venue that rose most rose, situations held fixed.

    `venue` and `estimate` are null where no situation can be compared; `interval` is null exactly when `reason` says
    why. `orders`: those of the situations that are compared.
    """

    venue: str | None
    estimate: float | None
    interval: Interval | None
    reason: str | None
    orders: int


def rise_at(stream: Stream, place: int, standards: EvidenceStandards) -> Rise:
    """Compare the days before a place with those from it on, days being what varies.

    Situations weigh alike on both sides, by all their orders, as in `shares_moved`: another mix of them is no rise.
    Those with orders on too few days of either side are left out.
    """
    sides = (stream.counts[:place], stream.counts[place:])
    days = [(side.sum(axis=2) > 0).sum(axis=0) for side in sides]
    kept = np.minimum(*days) >= standards.least_stratum_days
    counts = stream.counts[:, kept]
    orders = int(counts.sum())
    if orders < standards.least_overlap * stream.counts.sum():
        reason = f"{orders} of {stream.counts.sum()} orders are of situations seen on enough days before and after"
        return Rise(None, None, None, reason, orders)
    moved = shares_moved(counts, slice(0, place), slice(place, None))
    venue = int(np.argmax(moved[:, 1] - moved[:, 0]))
    estimate = settle(float(moved[venue, 1] - moved[venue, 0]))
    mix = counts.sum(axis=(0, 2)) / orders
    strata = np.arange(len(mix), dtype=np.int64)
    before, after = (
        standardised(_of_venue(part, venue), strata, mix, sign)
        for part, sign in ((counts[:place], -1.0), (counts[place:], 1.0))
    )
    series = (after[1], before[1])
    lacking = next(filter(None, (refusal(one, max(before[2], after[2]), standards) for one in series)), None)
    found = None if lacking else interval(estimate, series, standards)
    return Rise(stream.venues[venue], estimate, found, lacking, orders)


def _of_venue(counts: Counts, venue: int) -> Partials:
    """Orders by (day, situation), and how many of them went to the venue first."""
    orders = counts.sum(axis=2)
    day, situation = np.indices(orders.shape)
    return Partials.of(
        day=day.ravel(),
        stratum=situation.ravel(),
        numerator=counts[:, :, venue].ravel(),
        denominator=orders.ravel(),
        largest=np.minimum(orders, 1).ravel(),
    )


def notices_of(records: Records) -> dict[str, list[Announcement]]:
    """Versions of each provider's configurations that were not rejected, by provider."""
    found: dict[str, list[Announcement]] = {}
    for config in objects_of(records, CONFIG):
        for item in config.versions:
            if item.rejected_by is None:
                notice = Announcement(config.id, item.number, item.effective_from, item.notice_on)
                found.setdefault(config.provider, []).append(notice)
    return found


def change_rows(found: Found, notices: Sequence[Announcement], policy: RoutingPolicy) -> list[Row]:
    """Changes of one stream: day, span of days that explain as well, shares that moved, what announced it."""
    stream = found.stream
    edges = [0, *(one.place for one in found.changes), len(stream.days)]
    rows = []
    for number, one in enumerate(found.changes):
        before, after = slice(edges[number], one.place), slice(one.place, edges[number + 2])
        shares = shares_moved(stream.counts, before, after)
        rise = shares[:, 1] - shares[:, 0]
        moved = [
            {"venue": stream.venues[place], "before": float(shares[place, 0]), "after": float(shares[place, 1])}
            for place in np.argsort(-rise, kind="stable")
            if abs(rise[place]) >= policy.least_share_moved
        ]
        if not moved:
            continue
        first, last = stream.days[one.first], stream.days[one.last]
        status, notice = announced(first, last, notices, policy.notice_days)
        rows.append(
            {
                "provider": stream.provider,
                "order_class": stream.order_class,
                "on": stream.days[one.place].isoformat(),
                "earliest": first.isoformat(),
                "latest": last.isoformat(),
                "p": one.p_value,
                "orders": int(stream.counts[before].sum() + stream.counts[after].sum()),
                "moved": moved,
                "status": status,
                "notice": notice,
            }
        )
    return rows
