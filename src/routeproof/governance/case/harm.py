"""Harm to customers per order: fills against the far touch at receipt, in exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.governance.case.bodies import OrderHarm
from routeproof.vocab.fixed import SCALE_DIGITS, to_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


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


def harm_of(fills: Iterable[Fill]) -> tuple[list[OrderHarm], str]:
    """Harm of each order, the largest first, and the sum over all, in dollars.

    Per order: the sum over its fills of sign x (price - far touch) x shares, an integer at 1e-18, divided once; what is
    below zero is no harm. Orders do not make up for each other.
    """
    sums: dict[str, list[int]] = {}
    for fill in fills:
        known = sums.setdefault(fill.order_id, [0, 0, 0])
        if fill.sign is None or fill.far_touch is None:
            known[2] += 1
            continue
        known[0] += fill.sign * (fill.price - fill.far_touch) * fill.quantity
        known[1] += fill.quantity
    largest = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    orders = [
        OrderHarm(
            order_id=name,
            shares=_text(to_decimal(shares)),
            harm_usd=_text(_dollars(max(0, worse))),
            difference_usd=_text(_dollars(worse)),
            unknown_fills=unknown,
        )
        for name, (worse, shares, unknown) in largest
    ]
    return orders, _text(_dollars(sum(max(0, worse) for _, (worse, _, _) in largest)))


def _dollars(total: int) -> Decimal:
    return to_decimal(total, 2 * SCALE_DIGITS)


def _text(number: Decimal) -> str:
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
