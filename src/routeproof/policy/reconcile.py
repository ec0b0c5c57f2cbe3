"""How far a provider's report may be from our record and still agree with it, by date."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline

WHOLE = ("match_window_ms", "least_pairs")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcilePolicy:
    """Tolerances; a difference of exactly a tolerance agrees.

    Attributes:
        match_window_ms: largest distance in time of rows that are paired by equal terms.
        quantity_shares: shares of an order or a fill.
        price_usd: prices and average prices.
        improvement_usd: price improvement of an order or a fill.
        time_ms: instants, and clocks: a source further off than this differs.
        ratio: stated figures that are ratios or shares.
        usd_per_share: stated figures per share.
        bps: stated figures in basis points.
        ms: stated durations.
        count: stated shares, counts and dollars.
        least_pairs: fills that were reported late, below which no pattern of times is claimed.
        chance: probability below which a pattern is no chance.
        round_share: share of late reports on whole milliseconds from which times look written afterwards.
    """

    match_window_ms: int
    quantity_shares: Decimal
    price_usd: Decimal
    improvement_usd: Decimal
    time_ms: Decimal
    ratio: Decimal
    usd_per_share: Decimal
    bps: Decimal
    ms: Decimal
    count: Decimal
    least_pairs: int
    chance: Decimal
    round_share: Decimal

    def of_unit(self, unit: str) -> Decimal:
        """The tolerance of a stated figure in a metric's unit."""
        known = {"ratio": self.ratio, "usd_per_share": self.usd_per_share, "bps": self.bps, "ms": self.ms}
        return known.get(unit, self.count)


def reconcile_policy(subjects: Mapping[str, Any]) -> Timeline[ReconcilePolicy]:
    """Build the timeline from the parsed subject `reconcile`.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a tolerance that is no number of at least 0.
    """
    return timeline("reconcile", subjects["reconcile"], _tolerances)


def _tolerances(value: Mapping[str, Any]) -> ReconcilePolicy:
    found = {name: int(item) if name in WHOLE else _amount(name, item) for name, item in value.items()}
    if any(item < 0 for item in found.values()):
        message = f"expected tolerances of at least 0, found {dict(value)}"
        raise ValueError(message)
    return ReconcilePolicy(**found)  # type: ignore[arg-type]  # names and kinds are those of the document


def _amount(name: str, item: object) -> Decimal:
    try:
        amount = Decimal(str(item))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        message = f"expected {name} to be a decimal, found {item!r}"
        raise ValueError(message)
    return amount
