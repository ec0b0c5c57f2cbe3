"""Shapes of the dated market rules: size buckets, tick, access fee, round lots, print conditions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeBuckets:
    """Order-size buckets: `basis` notional in whole dollars or shares; ascending lower bounds."""

    basis: Literal["notional", "shares"]
    lower_bounds: tuple[int, ...]

    def lower_bound(self, size: int) -> int | None:
        """Lower bound of the bucket that holds `size` (whole dollars or shares), None below the first."""
        place = bisect_right(self.lower_bounds, size)
        return self.lower_bounds[place - 1] if place else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TickRule:
    """Least price step of a quotation, fixed point USD (1e-9).

    standard: at 1 dollar and above; below_dollar: under it; narrow: for stocks whose time-weighted average quoted
    spread was at most `narrow_up_to_spread` in the evaluation period (None: no such step in force).
    """

    standard: int
    below_dollar: int
    narrow: int | None = None
    narrow_up_to_spread: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFeeCap:
    """Cap on the fee for executing against a protected quotation.

    per_share: fixed point USD (1e-9) at quotes of 1 dollar and above; below_dollar_fraction: of the price under it,
    fixed point (1e-9 = one billionth of the price).
    """

    per_share: int
    below_dollar_fraction: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLots:
    """Round lot by price: `lots[i]` shares up to and including `up_to[i]` (fixed point USD); the last lot above all."""

    up_to: tuple[int, ...]
    lots: tuple[int, ...]

    def at(self, price: int) -> int:
        """Round lot, in shares, of a stock at `price` (fixed point USD)."""
        return self.lots[bisect_left(self.up_to, price)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintConditions:
    """Which prints of a vendor's tape are eligible: every condition bit of the print must be among `allowed_bits`."""

    vendor: str
    allowed_bits: tuple[int, ...]

    @property
    def mask(self) -> int:
        """All allowed bits together."""
        together = 0
        for bit in self.allowed_bits:
            together |= bit
        return together

    def eligible(self, conditions: int) -> bool:
        """Whether a print with these condition bits counts."""
        return not conditions & ~self.mask
