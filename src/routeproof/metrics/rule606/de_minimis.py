"""Whether a customer's handling report is owed: the firm's level and the customer's; 17 CFR 242.606(b)(4) and (5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from routeproof.vocab.fixed import SCALE, to_decimal
from routeproof.vocab.times import months_after

if TYPE_CHECKING:
    from decimal import Decimal

MONTHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What the two levels are held against.

    Attributes:
        first, last: days of the six calendar months.
        not_held_shares: of all customers' orders in NMS stocks, 1e-9.
        all_shares: held and not held, 1e-9.
        notional_e18: executed by the customer's not-held orders over the six months, 1e-18 USD.
        below_percent: the firm's level.
        below_usd: the customer's, average of a month.
    """

    first: date
    last: date
    not_held_shares: int
    all_shares: int
    notional_e18: int
    below_percent: Decimal
    below_usd: Decimal

    @property
    def firm(self) -> bool:
        """Whether the firm is below its level; a firm without any orders is."""
        return self.all_shares == 0 or self.not_held_percent < Fraction(self.below_percent)

    @property
    def customer(self) -> bool:
        """Whether the customer is below the level of customers."""
        return self.average_usd < Fraction(self.below_usd)

    @property
    def met(self) -> bool:
        """Whether either is, so that no report is owed."""
        return self.firm or self.customer

    @property
    def not_held_percent(self) -> Fraction:
        """Not-held shares of all, in percent; 0 without any."""
        return Fraction(100 * self.not_held_shares, self.all_shares) if self.all_shares else Fraction(0)

    @property
    def average_usd(self) -> Fraction:
        """The customer's executed notional of an average month."""
        return Fraction(self.notional_e18, MONTHS * SCALE * SCALE)

    def said(self) -> str:
        """Both levels with their figures, for people."""
        firm = (
            f"firm: {_share(self.not_held_shares)} of {_share(self.all_shares)} shares not held, "
            f"{float(self.not_held_percent):.2f} % against {self.below_percent} %"
        )
        customer = f"customer: {float(self.average_usd):,.2f} USD a month on average against {self.below_usd:,} USD"
        return f"{self.first} to {self.last}; {firm}; {customer}"


def _share(fixed: int) -> str:
    return f"{to_decimal(fixed).normalize():,f}"


def calendar_months(to: date) -> tuple[date, date]:
    """First and last day of the six calendar months that end with the last whole month up to a day, included."""
    next_day = to + timedelta(days=1)
    after = next_day.replace(day=1)
    return months_after(after, -MONTHS), after - timedelta(days=1)
