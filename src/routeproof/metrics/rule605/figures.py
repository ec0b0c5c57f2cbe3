"""The sums of one row of a report, and the numbers that are made of them; empty is what cannot be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.metrics.metric import Quotient, Total
from routeproof.metrics.rule605.rounding import half_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.metrics.metric import Metric

EMPTY = ""
BPS = 10_000


class Figures:
    """Exact sums of a group of covered orders and of their fills.

    Args:
        sums: name of a sum -> integer, as `compile_polars.partial_sums` names them; a group without fills has none.
        metrics: name -> metric, which says what a sum is divided by.
    """

    def __init__(self, sums: Mapping[str, int | None], metrics: Mapping[str, Metric]) -> None:
        self._sums, self._metrics = sums, metrics

    def raw(self, name: str) -> int:
        """A sum; 0 where there was nothing to add."""
        return self._sums.get(name) or 0

    def is_known(self, name: str) -> bool:
        """Whether any row had the value that a total adds up."""
        return self.raw(f"{name}:rows") > 0

    def total(self, name: str) -> str:
        """A total in its unit; 0 where nothing was added."""
        return half_up(self.raw(f"{name}:sum"), self._total(name).divisor)

    def known_total(self, name: str) -> str:
        """A total in its unit; empty where no row had a value."""
        return self.total(name) if self.is_known(name) else EMPTY

    def remainder(self, name: str, taken: str) -> str:
        """One total less another of the same unit."""
        return half_up(self.raw(f"{name}:sum") - self.raw(f"{taken}:sum"), self._total(name).divisor)

    def mean(self, name: str, unit: int = 1) -> str:
        """A metric's one division, divided further by `unit`; empty where its weight is 0."""
        metric = self._metrics[name].averaging
        if not isinstance(metric, Quotient):
            message = f"expected {name} to be a quotient"
            raise TypeError(message)
        return self.ratio(f"{name}:sum", f"{name}:weight", metric.multiplier, metric.divisor * unit)

    def ratio(self, upper: str, lower: str, multiplier: int = 1, divisor: int = 1) -> str:
        """One sum over another; empty where the lower is 0."""
        below = self.raw(lower)
        return half_up(self.raw(upper) * multiplier, below * divisor) if below else EMPTY

    def _total(self, name: str) -> Total:
        averaging = self._metrics[name].averaging
        if not isinstance(averaging, Total):
            message = f"expected {name} to be a total"
            raise TypeError(message)
        return averaging
