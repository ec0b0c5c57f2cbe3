"""What is assumed of shares that nobody displayed, and when displayed ones could be had, by date."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline

WHOLE = ("latency_us", "window_ms", "least_routes")


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterfactualPolicy:
    """Bounds on what an order could have cost elsewhere.

    Attributes:
        latency_us: from sending to a venue: displayed is what stood that long after a route was sent.
        window_ms: fills later than this after a route was sent are another story and left out.
        inside_multiple: shares hidden at the midpoint for each share displayed at the best price; lower bound only.
        hidden_multiple: shares hidden behind each displayed share, at its price; lower bound only.
        beyond_spreads: what is neither displayed nor hidden costs so many quoted spreads more than the deepest price
            that was walked to; upper bound only.
        least_routes: routes below which a cell is not shown.
    """

    latency_us: int
    window_ms: int
    inside_multiple: Decimal
    hidden_multiple: Decimal
    beyond_spreads: Decimal
    least_routes: int


def counterfactual_policy(subjects: Mapping[str, Any]) -> Timeline[CounterfactualPolicy]:
    """Build the timeline from the parsed subject `counterfactual`.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a value that is no number of at least 0.
    """
    return timeline("counterfactual", subjects["counterfactual"], _of)


def _of(value: Mapping[str, Any]) -> CounterfactualPolicy:
    found = {name: int(item) if name in WHOLE else _amount(name, item) for name, item in value.items()}
    if any(item < 0 for item in found.values()):
        message = f"expected values of at least 0, found {dict(value)}"
        raise ValueError(message)
    return CounterfactualPolicy(**found)  # type: ignore[arg-type]  # names and kinds are those of the document


def _amount(name: str, item: object) -> Decimal:
    try:
        amount = Decimal(str(item))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        message = f"expected {name} to be a decimal, found {item!r}"
        raise ValueError(message)
    return amount
