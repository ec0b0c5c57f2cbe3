"""The quarterly public report as XML, element by element as the SEC's schema orders them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.metrics.rule606.orders import OPTIONS, OTHER_STOCKS, SP500
from routeproof.reports.rule606.numbers import NOT_MEANINGFUL, cents_per_hundred, percent, usd
from routeproof.reports.rule606.tree import Element, document, name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.metrics.rule606.payments import Paid
    from routeproof.metrics.rule606.public_report import MonthFigures, SectionFigures, VenueOrders
    from routeproof.reports.rule606.venue_names import VenueNames

TAGS = {SP500: "rSP500", OTHER_STOCKS: "rOtherStocks", OPTIONS: "rOptions"}
OF_SECTION = {
    "market": "ndoMarketPct",
    "marketable_limit": "ndoMarketableLimitPct",
    "non_marketable_limit": "ndoNonmarketableLimitPct",
    "other": "ndoOtherPct",
}
"""The schema writes `Nonmarketable` in a section and `nonMarketable` at a venue."""
OF_VENUE = {
    "market": "marketPct",
    "marketable_limit": "marketableLimitPct",
    "non_marketable_limit": "nonMarketableLimitPct",
    "other": "otherPct",
}
PAID = {
    "market": "Market",
    "marketable_limit": "MarketableLimit",
    "non_marketable_limit": "NonMarketableLimit",
    "other": "Other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReport:
    """What the file says.

    Attributes:
        bd: broker or dealer.
        quarter: `2026Q3`.
        months: figures, in order.
        names: of venues.
        aspects: material aspects of the relation with each venue, by venue.
        schema_version: of the SEC's schema.
    """

    bd: str
    quarter: str
    months: tuple[MonthFigures, ...]
    names: VenueNames
    aspects: Mapping[str, str]
    schema_version: str


def public_file(report: PublicReport) -> bytes:
    """The XML file."""
    year, number = report.quarter.upper().split("Q")
    head: list[Element] = [
        ("version", report.schema_version),
        ("bd", name(report.bd)),
        ("year", year),
        ("qtr", number),
    ]
    return document(("heldOrderRoutingPublicReport", [*head, *(_month(report, item) for item in report.months)]))


def _month(report: PublicReport, figures: MonthFigures) -> Element:
    day = figures.month
    head: list[Element] = [("year", str(day.year)), ("mon", str(day.month))]
    return ("rMonthly", [*head, *(_section(report, item) for item in figures.sections)])


def _section(report: PublicReport, figures: SectionFigures) -> Element:
    parts: list[Element] = [
        ("ndoPct", percent(figures.total, figures.all_orders)),
        *((tag, percent(figures.orders[kind], figures.total)) for kind, tag in OF_SECTION.items()),
        ("rVenues", [_venue(report, figures, item) for item in figures.venues]),
    ]
    return (TAGS[figures.section], parts)


def _venue(report: PublicReport, figures: SectionFigures, venue: VenueOrders) -> Element:
    parts: list[Element] = [
        *report.names.elements(venue.venue, "name"),
        ("orderPct", percent(venue.total, figures.total)),
        *((tag, percent(venue.orders[kind], figures.orders[kind])) for kind, tag in OF_VENUE.items()),
    ]
    for kind, word in PAID.items():
        dollars, cents = amounts(venue.paid[kind], venue.orders[kind])
        parts += [(f"netPmtPaidRecv{word}OrdersUsd", dollars), (f"netPmtPaidRecv{word}OrdersCph", cents)]
    parts.append(("materialAspects", report.aspects.get(venue.venue, "")))
    return ("rVenue", parts)


def amounts(paid: Paid, orders: int) -> tuple[str, str]:
    """Dollars and cents per hundred shares; where nothing was executed for the orders, no rate.

    Both are empty where there were no orders, or where no fee, rebate or payment is known.
    """
    if paid.shares:
        return usd(paid.net_e18), cents_per_hundred(paid.net_e18, paid.shares)
    return (usd(paid.net_e18) if orders else NOT_MEANINGFUL), NOT_MEANINGFUL
