"""What a simulated provider finds in the market: a few levels around each instrument's reference, the same for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from routeproof.lab.certification.script import Instrument

LEVELS = 3
SHARES_PER_LEVEL = 2_000
"""Six thousand shares on each side: enough for every order but the blocks of the scripts."""


@dataclass(frozen=True, slots=True)
class Fill:
    """An execution to report: shares at a price in USD per share, and the venue's MIC."""

    shares: int
    price: Decimal
    venue: str


def fills_for(
    instrument: Instrument, sign: int, shares: int, limit: Decimal | None, venues: Sequence[str], only: str = ""
) -> list[Fill]:
    """Executions of an order, best level first, each at a venue of its own.

    Args:
        instrument: traded.
        sign: +1 for a buy, -1 for a sell.
        shares: wanted.
        limit: worst price; without one the last level has no end.
        venues: where levels stand, one after the other.
        only: the one venue that may be used, which then has the first level; empty for all.
    """
    found: list[Fill] = []
    for level in range(1, LEVELS + 1):
        price = instrument.reference_price + sign * level * instrument.tick
        if shares <= 0 or (limit is not None and sign * (price - limit) > 0) or (only and level > 1):
            break
        endless = limit is None and level == LEVELS
        taken = shares if endless else min(shares, SHARES_PER_LEVEL)
        found.append(Fill(taken, price, only or venues[(level - 1) % len(venues)]))
        shares -= taken
    return found


def touches(instrument: Instrument, sign: int, stop: Decimal) -> bool:
    """Whether the market has reached the price of a stop: the offer for a buy, the bid for a sell."""
    return sign * (instrument.reference_price + sign * instrument.tick - stop) >= 0
