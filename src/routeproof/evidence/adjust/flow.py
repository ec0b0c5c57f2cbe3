"""Two flows as sums by side, day and cell: what every adjusted comparison is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from routeproof.evidence.partials import Floats, Ints, totals
from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from routeproof.evidence.series import DaySeries

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Sums of two flows; one row per (side, day, cell), in any order.

    Attributes:
        subject: (n,) whether the row is the subject's, else it is the benchmark's.
        day: (n,) any integer that orders trading days.
        cell: (n,) place of the row's cell in `features`.
        numerator: (n,) sum of value x weight; the statistic is the sum of these over the sum of `denominator`.
        denominator: (n,) sum of weight, above 0.
        squares: (n,) sum over orders of value squared x weight.
        largest: (n,) weight of the heaviest single order.
        orders: (n,) how many orders.
        features: (cells, dimensions) code of each cell's level in each dimension.
        levels: names of the levels by dimension, in the order of their codes.
    """

    subject: Bools
    day: Ints
    cell: Ints
    numerator: Floats
    denominator: Floats
    squares: Floats
    largest: Floats
    orders: Ints
    features: Ints
    levels: dict[str, tuple[str, ...]]

    def only(self, keep: Bools | Ints) -> Flow:
        """The rows that `keep` selects: one bool per row, or places."""
        names = ("subject", "day", "cell", "numerator", "denominator", "squares", "largest", "orders")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})

    def side(self, *, subject: bool) -> Flow:
        """One side's rows."""
        return self.only(self.subject == subject)

    def without(self, dimension: str) -> Flow:
        """The same flow in cells that do not tell the levels of a dimension apart."""
        place = list(self.levels).index(dimension)
        kept = np.delete(self.features, place, axis=1)
        features, code = np.unique(kept, axis=0, return_inverse=True)
        levels = {name: words for name, words in self.levels.items() if name != dimension}
        return replace(self, cell=code.reshape(-1)[self.cell], features=features, levels=levels)

    def pooled(self) -> Flow:
        """The same flow as one cell: nothing is told apart, and a side's day is one row."""
        whole = replace(
            self,
            cell=np.zeros_like(self.cell),
            features=np.zeros((1, 0), dtype=np.int64),
            levels=dict[str, tuple[str, ...]](),
        )
        return whole.split(self.subject, ~self.subject)

    def split(self, subject: Bools, benchmark: Bools) -> Flow:
        """The rows of either, as subject and benchmark; rows of one side, day and cell are added up."""
        keep = subject | benchmark
        chosen = replace(self.only(keep), subject=subject[keep])
        key = np.stack([chosen.subject.astype(np.int64), chosen.day, chosen.cell])
        order = np.lexsort(key[::-1])
        ordered = chosen.only(order)
        begins = np.any(np.diff(key[:, order], axis=1) != 0, axis=0) if order.size else np.zeros(0, dtype=np.bool_)
        starts = np.flatnonzero(np.r_[order.size > 0, begins]) if order.size else order
        added: dict[str, Any] = {
            name: np.add.reduceat(getattr(ordered, name), starts) if order.size else getattr(ordered, name)
            for name in ("numerator", "denominator", "squares", "orders")
        }
        largest = np.maximum.reduceat(ordered.largest, starts) if order.size else ordered.largest
        return replace(
            ordered,
            subject=ordered.subject[starts],
            day=ordered.day[starts],
            cell=ordered.cell[starts],
            largest=largest,
            **added,
        )

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.features)

    @property
    def value(self) -> float | None:
        """Sum of numerators over sum of denominators; None when nothing was weighed."""
        weight = float(self.denominator.sum())
        return settle(float(self.numerator.sum()) / weight) if weight > 0.0 else None

    def named(self, cell: int) -> dict[str, str]:
        """The levels of a cell by dimension."""
        codes = self.features[cell]
        return {name: words[int(code)] for (name, words), code in zip(self.levels.items(), codes, strict=True)}

    def by_cell(self, numbers: Floats) -> Floats:
        """(cells,) sums of a row's numbers."""
        return totals(self.cell, numbers, self.cells)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Adjusted:
    """The subject's mean and the benchmark's at the subject's mix, over the flow that has a counterpart.

    Attributes:
        subject: mean over the compared flow.
        benchmark: what the benchmark's flow came to, weighted to the subject's mix.
        series: independent day series whose sum is the difference.
        overlap: share of the subject's weight that was compared.
        largest: weight of the heaviest order over all weight, of the side where it is heavier.
        odds: (cells,) weight that one unit of the benchmark's weight gets; 0 where nothing is compared.
        kept: (cells,) whether the cell is compared.
    """

    subject: float
    benchmark: float
    series: tuple[DaySeries, ...]
    overlap: float
    largest: float
    odds: Floats
    kept: Bools

    @property
    def estimate(self) -> float:
        """Subject minus benchmark."""
        return self.subject - self.benchmark
