"""What checks of public Rule 605 reports go by: codes and limits, by month of the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline
from routeproof.vocab.fixed import to_fixed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.policy.dated import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderType:
    """One order-type code: its name, and whether such an order may wait on a book and expire there."""

    name: str
    rests: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingFields:
    """Official names of the fields that only these order types state."""

    fields: tuple[str, ...]
    order_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plausibility:
    """Limits beyond which a stated figure is not believed.

    Attributes:
        percent_ratio_from: E/Q as stated over the quotient of the spreads: from here it is in percent points.
        percent_ratio_below: up to here; beyond, it is neither.
        sentinel_factor: dollars a share of an order over the midpoint, or the reverse, from which they are no price.
        sentinel_price_from: dollars a share, fixed point, from which they are no price of any stock.
        sentinel_price_up_to: the same from below.
        spread_of_midpoint: spread over midpoint, above which it is none.
        e_over_q: its size, above which it is none.
        legacy_spread_usd: average spread, fixed point USD, above which it is none where no midpoint is stated.
    """

    percent_ratio_from: int
    percent_ratio_below: int
    sentinel_factor: int
    sentinel_price_from: int
    sentinel_price_up_to: int
    spread_of_midpoint: int
    e_over_q: int
    legacy_spread_usd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure605:
    """Timelines by subject; codes by layout."""

    participants: Timeline[Mapping[str, str]]
    order_types: Mapping[str, Timeline[Mapping[str, OrderType]]]
    order_sizes: Mapping[str, Timeline[tuple[str, ...]]]
    legacy_order_shares: Timeline[Mapping[str, tuple[int, int]]]
    lot_sizes: Timeline[tuple[str, ...]]
    resting_fields: Timeline[RestingFields]
    plausibility: Timeline[Plausibility]

    def everything(self) -> tuple[Timeline[Any], ...]:
        """All timelines, for listing; what is unconfirmed among them says so."""
        single: tuple[Timeline[Any], ...] = (
            self.participants,
            self.legacy_order_shares,
            self.lot_sizes,
            self.resting_fields,
            self.plausibility,
        )
        return (*single, *self.order_types.values(), *self.order_sizes.values())


def first_of(month: str) -> date:
    """First day of a month as files write it, YYYYMM.

    Raises:
        ValueError: if it is no month.
    """
    return date.fromisoformat(f"{month[:4]}-{month[4:]}-01")


def disclosure605(document: Mapping[str, Any]) -> Disclosure605:
    """Build it from the parsed TOML document.

    Raises:
        UsageError: as `policy.book.timeline`.
    """
    return Disclosure605(
        participants=timeline("designated participants of Rule 605", document["participants"], dict),
        order_types={
            layout: timeline(f"order types of {layout} reports", rows, _order_types)
            for layout, rows in document["order_types"].items()
        },
        order_sizes={
            layout: timeline(f"order sizes of {layout} reports", rows, tuple)
            for layout, rows in document["order_sizes"].items()
        },
        legacy_order_shares=timeline(
            "shares of an order by size code of legacy reports", document["legacy_order_shares"], _order_shares
        ),
        lot_sizes=timeline("lot sizes of detailed reports", document["lot_sizes"], tuple),
        resting_fields=timeline(
            "fields of resting orders in detailed reports",
            document["resting_fields"],
            lambda value: RestingFields(fields=tuple(value["fields"]), order_types=tuple(value["order_types"])),
        ),
        plausibility=timeline("what of a public report is believed", document["plausibility"], _plausibility),
    )


def _order_shares(value: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, int]]:
    return {code: (int(least), int(most)) for code, (least, most) in value.items()}


def _order_types(value: Mapping[str, Mapping[str, Any]]) -> dict[str, OrderType]:
    return {code: OrderType(**row) for code, row in value.items()}


def _plausibility(value: Mapping[str, Any]) -> Plausibility:
    prices = {name: to_fixed(item) for name, item in value.items() if isinstance(item, str)}
    return Plausibility(**{**value, **prices})
