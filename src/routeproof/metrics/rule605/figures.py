"""The sums of a report's rows, column by column, and the texts that are made of them; empty is what cannot be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.metrics.metric import Quotient, Total
from routeproof.metrics.rule605.rounding import half_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from routeproof.metrics.metric import Metric

EMPTY = ""
BPS = 10_000


class Figures:
    """Exact sums of groups of covered orders and of their fills, one group a row.

    Args:
        sums: one column of integers per sum, as `compile_polars.partial_sums` names them; null = nothing was added.
        metrics: name -> metric, which says what a sum is divided by.
    """

    def __init__(self, sums: pl.DataFrame, metrics: Mapping[str, Metric]) -> None:
        self._sums, self._metrics = sums, metrics
        self._lists: dict[str, list[int]] = {}

    def raw(self, name: str) -> list[int]:
        """A sum of each row; 0 where there was nothing to add."""
        if name not in self._lists:
            known = name in self._sums.columns
            self._lists[name] = self._sums[name].fill_null(0).to_list() if known else [0] * self._sums.height
        return self._lists[name]

    def total(self, name: str) -> list[str]:
        """A total in its unit; 0 where nothing was added."""
        divisor = self._total(name).divisor
        return [half_up(value, divisor) for value in self.raw(f"{name}:sum")]

    def known_total(self, name: str) -> list[str]:
        """A total in its unit; empty where no row had a value."""
        divisor, counted = (
            self._total(name).divisor,
            zip(self.raw(f"{name}:sum"), self.raw(f"{name}:rows"), strict=True),
        )
        return [half_up(value, divisor) if rows else EMPTY for value, rows in counted]

    def remainder(self, name: str, taken: str) -> list[str]:
        """One total less another of the same unit."""
        divisor, both = self._total(name).divisor, zip(self.raw(f"{name}:sum"), self.raw(f"{taken}:sum"), strict=True)
        return [half_up(value - less, divisor) for value, less in both]

    def mean(self, name: str, unit: int = 1) -> list[str]:
        """A metric's one division, divided further by `unit`; empty where its weight is 0."""
        metric = self._metrics[name].averaging
        if not isinstance(metric, Quotient):
            message = f"expected {name} to be a quotient"
            raise TypeError(message)
        return self.ratio(f"{name}:sum", f"{name}:weight", metric.multiplier, metric.divisor * unit)

    def ratio(self, upper: str, lower: str, multiplier: int = 1, divisor: int = 1) -> list[str]:
        """One sum over another; empty where the lower is 0."""
        return ratios((value * multiplier for value in self.raw(upper)), (value * divisor for value in self.raw(lower)))

    def _total(self, name: str) -> Total:
        averaging = self._metrics[name].averaging
        if not isinstance(averaging, Total):
            message = f"expected {name} to be a total"
            raise TypeError(message)
        return averaging


def ratios(upper: Iterable[int], lower: Iterable[int]) -> list[str]:
    """Quotients of integers; empty where the lower one is 0."""
    return [half_up(value, below) if below else EMPTY for value, below in zip(upper, lower, strict=True)]
