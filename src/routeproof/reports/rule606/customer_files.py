"""The two customer reports as XML, element by element as the SEC's schema orders them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from routeproof.metrics.rule606.customer_routing import PARTS
from routeproof.reports.rule606.numbers import NOT_MEANINGFUL, cents_per_hundred, percent, ratio, shares, whole
from routeproof.reports.rule606.tree import Element, document, name
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.metrics.rule606.customer_handling import Filled, MonthHandling, VenueHandling
    from routeproof.metrics.rule606.customer_routing import RoutedOrder
    from routeproof.reports.rule606.venue_names import VenueNames

AVERAGE_DIGITS = 2
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HANDLED = {True: "hDirected", False: "hNondirected"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHead:
    """What both files begin with; `customer` is the name that the report is made out to."""

    schema_version: str
    customer: str
    bd: str
    first: date
    last: date

    def elements(self) -> list[Element]:
        """In the schema's order; the time of making is left out, so that the same orders give the same bytes."""
        return [
            ("version", self.schema_version),
            ("customer", name(self.customer)),
            ("bd", name(self.bd)),
            ("startDate", self.first.isoformat()),
            ("endDate", self.last.isoformat()),
        ]


def routing_file(head: CustomerHead, orders: Mapping[str, tuple[RoutedOrder, ...]], names: VenueNames) -> bytes:
    """The (b)(1) report: parts without orders are left out."""
    parts: list[Element] = [(part, [_order(item, names) for item in orders[part]]) for part in PARTS if orders[part]]
    return document(("heldExemptNotHeldOrderRoutingCustomerReport", [*head.elements(), *parts]))


def _order(order: RoutedOrder, names: VenueNames) -> Element:
    head: list[Element] = [("orderId", order.order_id), ("directed", "Y" if order.directed else "N")]
    routes: list[Element] = [
        ("route", [*names.elements(item.venue, "venueName"), *(_transaction(at) for at in item.executed_at)])
        for item in order.venues
    ]
    return ("order", [*head, *routes])


def moment_of(at: int) -> datetime:
    """UTC to the nearest second, half a second rounded up, as the schema says."""
    return EPOCH + timedelta(seconds=(2 * at + NS_PER_S) // (2 * NS_PER_S))


def _transaction(at: int) -> Element:
    moment = moment_of(at)
    return ("transaction", [("date", f"{moment:%Y-%m-%d}"), ("time", f"{moment:%H:%M:%S}")])


def handling_file(head: CustomerHead, months: Mapping[bool, tuple[MonthHandling, ...]], names: VenueNames) -> bytes:
    """The (b)(3) report: directed and non-directed orders, each left out where there are none."""
    parts: list[Element] = [
        (tag, [_month(item, names) for item in months[directed]])
        for directed, tag in HANDLED.items()
        if months[directed]
    ]
    return document(("notHeldOrderHandlingCustomerReport", [*head.elements(), *parts]))


def _month(month: MonthHandling, names: VenueNames) -> Element:
    parts: list[Element] = [
        ("year", str(month.month.year)),
        ("mon", str(month.month.month)),
        ("sentShr", shares(month.sent_shares)),
        ("executedAsPrincipalShr", shares(month.principal_shares)),
        ("ioiExposedOrd", NOT_MEANINGFUL),
        ("ioiExposedVenueList", []),
        ("routingVenueList", [_venue(item, names) for item in month.venues]),
    ]
    return ("hMonthly", parts)


def _venue(venue: VenueHandling, names: VenueNames) -> Element:
    return ("iVenue", [*names.elements(venue.venue, "venueName"), *venue_numbers(venue)])


def venue_numbers(venue: VenueHandling) -> list[tuple[str, str]]:
    """Element and text of every number that the file states of a venue in a month, in the schema's order."""
    executed = venue.executed.shares
    sides = venue.sides or {}
    parts = [
        ("routedShr", shares(venue.routed_shares)),
        ("iocRoutedShr", shares(venue.ioc_shares)),
        ("furtherRoutableShr", NOT_MEANINGFUL),
        ("orderSizeShr", _average(venue.routed_shares, venue.routes)),
        ("executedShr", shares(executed)),
        ("filledPct", _capped(executed, venue.routed_shares)),
        ("fillSizeShr", _average(executed, venue.executions)),
        ("netFeeOrRebateCph", _cents(venue.executed)),
    ]
    for side in ("midpoint", "nearside", "farside"):
        parts += [(f"{side}Shr", shares(sides.get(side))), (f"{side}Pct", percent(sides.get(side), executed))]
    duration = venue.duration_ms
    parts += [
        ("providedLiqudityShr", shares(venue.provided.shares)),  # spelt so in the schema
        ("providedLiquidityPct", percent(venue.provided.shares, executed)),
        ("orderDurationMsec", NOT_MEANINGFUL if duration is None else whole(duration.numerator, duration.denominator)),
        ("providedLiquidityNetCph", _cents(venue.provided)),
        ("removedLiquidityShr", shares(venue.removed.shares)),
        ("removedLiquidityPct", percent(venue.removed.shares, executed)),
        ("removedLiquidityNetCph", _cents(venue.removed)),
    ]
    return parts


def _average(total: int | None, count: int | None) -> str:
    if total is None or not count:
        return NOT_MEANINGFUL
    return ratio(total, count * SCALE, AVERAGE_DIGITS)


def _capped(executed: int | None, routed: int | None) -> str:
    """A fill rate above 100 % says that routes are missing: no such number."""
    if executed is None or routed is None or executed > routed:
        return NOT_MEANINGFUL
    return percent(executed, routed)


def _cents(filled: Filled) -> str:
    return cents_per_hundred(filled.charged_e18, filled.charged_shares)
