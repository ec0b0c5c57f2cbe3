"""Figures of the quarterly public report: orders by type, venues, and what was paid net; 17 CFR 242.606(a)(1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.rule606.orders import KINDS, OPTIONS, SECTIONS
from routeproof.metrics.rule606.payments import Paid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.metrics.rule606.payments import Key
    from routeproof.policy.disclosure606 import ShownVenues


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueOrders:
    """Non-directed orders of one section that were routed to a venue, and what it paid net for them, by order type."""

    venue: str
    orders: Mapping[str, int]
    paid: Mapping[str, Paid]

    @property
    def total(self) -> int:
        """Orders of all types."""
        return sum(self.orders.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFigures:
    """One section of one month.

    Attributes:
        section: of `SECTIONS`.
        all_orders: non-directed and directed, the base of the share that was not directed.
        orders: non-directed, by order type.
        venues: those that are shown, most orders first.
        others: orders at venues that are not shown, an order at several of them counted at each.
    """

    section: str
    all_orders: int
    orders: Mapping[str, int]
    venues: tuple[VenueOrders, ...]
    others: int = 0

    @property
    def total(self) -> int:
        """Non-directed orders of all types."""
        return sum(self.orders.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigures:
    """One calendar month.

    Attributes:
        month: its first day.
        sections: with orders received in it.
        unplaced: executions of the report's orders in it at venues of which a section has no orders received in it, so
            that what was paid for them is in no row.
    """

    month: date
    sections: tuple[SectionFigures, ...]
    unplaced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What a quarter's figures are made from.

    Attributes:
        orders: one row per order received: `order_id, month, section, kind, reason`; directed ones have a section too.
        venues: `order_id, reported_venue`, each pair once.
        paid: by month and venue, see `payments.net_paid`.
        undivided: by month, venues with a payment of the month that no order type can be given.
    """

    orders: pl.DataFrame
    venues: pl.DataFrame
    paid: Mapping[date, Mapping[str, Mapping[Key, Paid]]] = field(default_factory=dict)
    undivided: Mapping[date, Collection[str]] = field(default_factory=dict)


def public_figures(routed: Routed, months: Sequence[date], shown: ShownVenues) -> tuple[MonthFigures, ...]:
    """Figures of each month; the options section is there if any month has such orders.

    Args:
        routed: orders, venues, payments.
        months: first days of the months, in order.
        shown: which venues a section names.
    """
    counted = routed.orders.filter(pl.col("reason").is_null() | (pl.col("reason") == "directed"))
    has_options = bool((counted["section"] == OPTIONS).any())
    sections = [name for name in SECTIONS if name != OPTIONS or has_options]
    placed = counted.filter(pl.col("reason").is_null()).join(routed.venues, on="order_id")
    at_venues = _counts(placed, "month", "section", "reported_venue", "kind")
    of_type = _counts(counted.filter(pl.col("reason").is_null()), "month", "section", "kind")
    everything = _counts(counted, "month", "section")
    base = _Counted(at_venues, of_type, everything, routed)
    return tuple(
        MonthFigures(
            month=month,
            sections=tuple(_section(base, (month, name), shown) for name in sections),
            unplaced=_unplaced(base, month),
        )
        for month in months
    )


Counts = Mapping[tuple[object, ...], int]


@dataclass(frozen=True, slots=True)
class _Counted:
    """Orders by (month, section, venue, type), by (month, section, type), by (month, section); and all there is."""

    at_venues: Counts
    of_type: Counts
    everything: Counts
    routed: Routed


def _section(base: _Counted, place: tuple[date, str], shown: ShownVenues) -> SectionFigures:
    month, name = place
    orders = {kind: base.of_type.get((*place, kind), 0) for kind in KINDS}
    by_venue = _by_venue(base.at_venues, place)
    totals = {venue: sum(found.values()) for venue, found in by_venue.items()}
    named = shown_venues(totals, sum(orders.values()), shown)
    paid = base.routed.paid.get(month, {})
    undivided = base.routed.undivided.get(month, ())
    return SectionFigures(
        section=name,
        all_orders=base.everything.get(place, 0),
        orders=orders,
        venues=tuple(
            VenueOrders(
                venue=venue,
                orders=by_venue[venue],
                paid={
                    kind: paid.get(venue, {}).get((name, kind), Paid(None if venue in undivided else 0, 0))
                    for kind in KINDS
                },
            )
            for venue in named
        ),
        others=sum(totals.values()) - sum(totals[venue] for venue in named),
    )


def _unplaced(base: _Counted, month: date) -> int:
    has_row = {(section, venue) for (of, section, venue, _) in base.at_venues if of == month}
    return sum(
        paid.executions
        for venue, parts in base.routed.paid.get(month, {}).items()
        for (section, _), paid in parts.items()
        if section and (section, venue) not in has_row
    )


def _by_venue(at_venues: Counts, place: tuple[date, str]) -> dict[str, dict[str, int]]:
    by_venue: dict[str, dict[str, int]] = {}
    for (month, section, venue, kind), n in at_venues.items():
        if (month, section) == place:
            by_venue.setdefault(str(venue), dict.fromkeys(KINDS, 0))[str(kind)] = n
    return by_venue


def _counts(frame: pl.DataFrame, *keys: str) -> dict[tuple[object, ...], int]:
    grouped = frame.group_by(keys).agg(pl.len().alias("n"))
    return {tuple(row[:-1]): int(row[-1]) for row in grouped.iter_rows()}


def shown_venues(totals: Mapping[str, int], section_total: int, shown: ShownVenues) -> tuple[str, ...]:
    """Names of the venues that a section shows: the largest, and every one with the share; ties stand by name."""
    ranked = sorted(totals, key=lambda venue: (-totals[venue], venue))
    share = Fraction(shown.or_percent) / 100
    return tuple(
        venue
        for place, venue in enumerate(ranked)
        if place < shown.largest or Fraction(totals[venue], section_total) >= share
    )
