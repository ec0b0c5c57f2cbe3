"""Changes of the choice of venue over days, each beside the notices and configurations that could announce it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.objects.governed import objects_of
from routeproof.evidence.choice.changes import Counts, Scan, ScanRules, change_places, scan, shares_moved
from routeproof.evidence.interval import Interval, interval, refusal
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import settle
from routeproof.evidence.series import DaySeries, day_series
from routeproof.governance.config import CONFIG
from routeproof.rules.announcements import Announcement, announced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from routeproof.policy.analysis.routing import RoutingPolicy
    from routeproof.policy.thresholds import EvidenceStandards
    from routeproof.stores.records import Records

Row = dict[str, Any]
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
    """Scan every stream; each is allowed its part of the error (Bonferroni), so that all together keep to it."""
    error = policy.change_error / max(len(all_streams), 1)
    rules = ScanRules(least_days=policy.least_days, draws=policy.draws, seed=seed, error=error)
    found = []
    for stream in all_streams:
        whole = scan(stream.counts, rules)
        changes = tuple(change_places(stream.counts, rules)) if whole.p_value <= error else ()
        found.append(Found(stream, whole, changes))
    return found


@dataclass(frozen=True, slots=True)
class Rise:
    """By how much the share of the venue that rose most rose; `interval` is None exactly when `reason` says why."""

    venue: str
    estimate: float
    interval: Interval | None
    reason: str | None


def rise_at(stream: Stream, place: int, standards: EvidenceStandards) -> Rise:
    """Compare the days before a place with those from it on, days being what varies."""
    moved = shares_moved(stream.counts, slice(0, place), slice(place, None))
    venue = int(np.argmax(moved[:, 1] - moved[:, 0]))
    by_day = stream.counts.sum(axis=1).astype(np.float64)
    sides = []
    for part in (slice(place, None), slice(0, place)):
        orders = by_day[part].sum(axis=1)
        days = np.arange(len(orders), dtype=np.int64)
        sides.append(
            Partials.of(day=days, numerator=by_day[part, venue], denominator=orders, largest=np.minimum(orders, 1.0))
        )
    estimate = settle((sides[0].value or 0.0) - (sides[1].value or 0.0))
    series = [day_series(side) for side in sides]
    reasons = [refusal(one, 0.0, standards) for one in series]
    if any(reasons):
        return Rise(stream.venues[venue], estimate, None, next(reason for reason in reasons if reason))
    mirrored = DaySeries(series[1].weight, -series[1].residual)
    return Rise(stream.venues[venue], estimate, interval(estimate, (series[0], mirrored), standards), None)


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
