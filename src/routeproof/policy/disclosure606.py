"""Rule 606 by date: which venues a report shows, the de minimis levels, the clocks, and every definition in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline
from routeproof.policy.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.policy.dated import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVenues:
    """The largest venues, and every one with at least a share of the orders (percent)."""

    largest: int
    or_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule606:
    """Timelines by subject; `definitions` are sentences by name, in reading order.

    Attributes:
        schema_version: text of the element `version`.
        venues: which ones a section of the public report shows.
        window_months: that a customer's report reaches back.
        options_order_below_usd: market value below which an order in options is a customer order.
        shares_per_contract: of options, for amounts per hundred shares.
        firm_de_minimis_below_percent: of customers' shares in NMS stocks that were not held.
        customer_de_minimis_below_usd: average notional a month of a customer's not-held orders.
        turnaround_business_days: for a (b)(3) report after the request.
        routing_turnaround_business_days: for a (b)(1) report.
    """

    schema_version: Timeline[str]
    venues: Timeline[ShownVenues]
    window_months: Timeline[int]
    options_order_below_usd: Timeline[Decimal]
    shares_per_contract: Timeline[int]
    firm_de_minimis_below_percent: Timeline[Decimal]
    customer_de_minimis_below_usd: Timeline[Decimal]
    turnaround_business_days: Timeline[int]
    routing_turnaround_business_days: Timeline[int]
    definitions: Mapping[str, Timeline[str]]

    def everything(self) -> tuple[Timeline[Any], ...]:
        """All timelines, for listing."""
        numbers = (
            *(self.schema_version, self.venues, self.window_months, self.options_order_below_usd),
            *(self.shares_per_contract, self.firm_de_minimis_below_percent, self.customer_de_minimis_below_usd),
            *(self.turnaround_business_days, self.routing_turnaround_business_days),
        )
        return (*numbers, *self.definitions.values())

    def said_on(self, day: date, names: tuple[str, ...]) -> tuple[Said, ...]:
        """The definitions and numbers of these names that are in force on a day, in words."""
        return tuple(self._said(name, day) for name in names)

    def _said(self, name: str, day: date) -> Said:
        if name in self.definitions:
            found = self.definitions[name].on_or_first(day)
            return Said(name, found.value, found.citation, found.grade)
        number = getattr(self, name).on_or_first(day)
        value = number.value
        text = f"{value.largest} largest, or {value.or_percent} %" if isinstance(value, ShownVenues) else str(value)
        return Said(name, text, number.citation, number.grade)


@dataclass(frozen=True, slots=True)
class Said:
    """One definition or number as a report states it."""

    name: str
    text: str
    citation: str
    grade: str

    @property
    def confirmed(self) -> bool:
        """Whether it was read in a primary text or an official file."""
        return self.grade == "C"


def rule606(subjects: Mapping[str, Any]) -> Rule606:
    """Build the policy from the parsed subjects of all documents.

    Raises:
        UsageError: as `policy.book.timeline`.
    """
    rows = subjects["rule606"]

    def of_decimal(name: str) -> Timeline[Decimal]:
        return timeline(f"rule606.{name}", rows[name], _decimal)

    def of_days(name: str) -> Timeline[int]:
        return timeline(f"rule606.{name}", rows[name], whole(1))

    return Rule606(
        schema_version=timeline("rule606.schema_version", rows["schema_version"], str),
        venues=timeline("rule606.venues", rows["venues"], _venues),
        window_months=of_days("window_months"),
        options_order_below_usd=of_decimal("options_order_below_usd"),
        shares_per_contract=of_days("shares_per_contract"),
        firm_de_minimis_below_percent=of_decimal("firm_de_minimis_below_percent"),
        customer_de_minimis_below_usd=of_decimal("customer_de_minimis_below_usd"),
        turnaround_business_days=of_days("turnaround_business_days"),
        routing_turnaround_business_days=of_days("routing_turnaround_business_days"),
        definitions={
            name: timeline(f"rule606.definitions.{name}", entries, str) for name, entries in rows["definitions"].items()
        },
    )


def _venues(value: Mapping[str, Any]) -> ShownVenues:
    return ShownVenues(largest=int(value["largest"]), or_percent=_decimal(value["or_percent"]))


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        message = f"expected a decimal number as text, found {text!r}"
        raise ValueError(message) from error
    if not found.is_finite() or found < 0:
        message = f"expected a number that is not negative, found {text!r}"
        raise ValueError(message)
    return found
