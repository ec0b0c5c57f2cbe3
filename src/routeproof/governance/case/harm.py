"""Harm to customers per order: fills against the far touch at receipt, in exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.governance.case.bodies import OrderHarm
from routeproof.vocab.fixed import SCALE_DIGITS, to_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


UNFILLED = "nothing filled: no fill to compare"
UNCOMPARED = "no fill with its side and a usable quote at receipt"
"""Why harm of an order is not known."""


@dataclass(frozen=True, slots=True)
class Fill:
    """A fill with its benchmark.

    Attributes:
        order_id: its order.
        sign: +1 for a buy, -1 for a sell; null where the side is unknown.
        price: per share, at 1e-9.
        quantity: shares, at 1e-9.
        far_touch: ask (buy) or bid (sell) at receipt, at 1e-9; null where that quote may not carry a statistic.
    """

    order_id: str
    sign: int | None
    price: int
    quantity: int
    far_touch: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Harm of several orders.

    Attributes:
        orders: the largest harm first, those whose harm nobody can know last.
        total_usd: of the orders whose harm is known, in dollars; null where none is.
        unknown_orders: orders of which no fill could be compared.
        unknown_fills: fills that are in none of the figures.
    """

    orders: tuple[OrderHarm, ...]
    total_usd: str | None
    unknown_orders: int
    unknown_fills: int


@dataclass(slots=True)
class _Sums:
    worse: int = 0
    shares: int = 0
    known: int = 0
    unknown: int = 0


def harm_of(names: Iterable[str], fills: Iterable[Fill]) -> Counted:
    """Harm of each of the orders named.

    Per order: the sum over its fills of sign x (price - far touch) x shares, an integer at 1e-18, divided once; what is
    below zero is no harm. Orders do not make up for each other. Of an order without a fill that can be compared nothing
    is known, which is not the same as no harm.
    """
    sums = {name: _Sums() for name in names}
    for fill in fills:
        one = sums.setdefault(fill.order_id, _Sums())
        if fill.sign is None or fill.far_touch is None:
            one.unknown += 1
            continue
        one.known += 1
        one.worse += fill.sign * (fill.price - fill.far_touch) * fill.quantity
        one.shares += fill.quantity
    ordered = sorted(sums.items(), key=lambda item: (not item[1].known, -item[1].worse, item[0]))
    known = [one for one in sums.values() if one.known]
    return Counted(
        orders=tuple(_order(name, one) for name, one in ordered),
        total_usd=_dollars(sum(max(0, one.worse) for one in known)) if known else None,
        unknown_orders=len(sums) - len(known),
        unknown_fills=sum(one.unknown for one in sums.values()),
    )


def _order(name: str, sums: _Sums) -> OrderHarm:
    return OrderHarm(
        order_id=name,
        shares=_text(to_decimal(sums.shares)),
        harm_usd=_dollars(max(0, sums.worse)) if sums.known else None,
        difference_usd=_dollars(sums.worse) if sums.known else None,
        unknown_fills=sums.unknown,
        reason=None if sums.known else UNCOMPARED if sums.unknown else UNFILLED,
    )


def _dollars(total: int) -> str:
    return _text(to_decimal(total, 2 * SCALE_DIGITS))


def _text(number: Decimal) -> str:
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
