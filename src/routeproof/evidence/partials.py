"""What a metric leaves behind per trading day and stratum: numerator, denominator, and the largest single order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from routeproof.vocab.errors import UsageError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Partials:
    """Additive parts of one share-weighted mean or ratio of sums; one entry per (day, stratum), sorted.

    day: days since 1970-01-01 (any integer that orders trading days will do), stratum: code of the
    symbol x order class cell, numerator: sum of value x weight, denominator: sum of weight (> 0),
    largest: weight of the largest single order in the entry. The statistic is sum(numerator) / sum(denominator).
    """

    day: Ints
    stratum: Ints
    numerator: Floats
    denominator: Floats
    largest: Floats

    @property
    def value(self) -> float | None:
        """Sum of numerators over sum of denominators; None when nothing was weighed."""
        return float(self.numerator.sum() / self.denominator.sum()) if len(self.day) else None

    @property
    def largest_order_share(self) -> float:
        """Weight of the heaviest single order over all weight; 0 when nothing was weighed."""
        return float(self.largest.max() / self.denominator.sum()) if len(self.day) else 0.0

    def only(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> "Partials":
        """Return the entries that `keep` selects: one bool per entry, or positions."""
        return Partials(
            self.day[keep], self.stratum[keep], self.numerator[keep], self.denominator[keep], self.largest[keep]
        )

    def pooled(self) -> "Partials":
        """Return the same partials with all strata made one."""
        return Partials.of(day=self.day, numerator=self.numerator, denominator=self.denominator, largest=self.largest)

    @classmethod
    def of(
        cls,
        *,
        day: ArrayLike,
        numerator: ArrayLike,
        denominator: ArrayLike,
        stratum: ArrayLike | None = None,
        largest: ArrayLike | None = None,
    ) -> "Partials":
        """Build `Partials` from columns of equal length, in any row order; repeated (day, stratum) rows are added up.

        `stratum` None: one stratum. `largest` None: each row is taken to be one order, the cautious reading.
        Rows without weight (denominator 0) are left out. Raises UsageError for unequal lengths, a negative
        denominator, or a number that is not finite.
        """
        days = np.asarray(day, dtype=np.int64)
        strata = np.zeros_like(days) if stratum is None else np.asarray(stratum, dtype=np.int64)
        top, weight = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
        heaviest = weight if largest is None else np.asarray(largest, dtype=np.float64)
        _require_sound(days, strata, top, weight, heaviest)
        order = np.lexsort((heaviest, weight, top, strata, days))
        order = order[weight[order] > 0]
        days, strata, top, weight, heaviest = days[order], strata[order], top[order], weight[order], heaviest[order]
        if not len(days):
            return cls(days, strata, top, weight, heaviest)
        starts = np.flatnonzero(np.r_[True, (np.diff(days) != 0) | (np.diff(strata) != 0)])
        return cls(
            days[starts],
            strata[starts],
            np.add.reduceat(top, starts),
            np.add.reduceat(weight, starts),
            np.maximum.reduceat(heaviest, starts),
        )


def _require_sound(days: Ints, strata: Ints, *numbers: Floats) -> None:
    lengths = {len(column) for column in (days, strata, *numbers)}
    if len(lengths) != 1:
        message = f"expected columns of one length, found lengths {sorted(lengths)}"
        raise UsageError(message)
    if not all(np.isfinite(column).all() for column in numbers):
        message = "expected finite partials, found NaN or infinity: leave uncovered rows out before adding up"
        raise UsageError(message)
    if (numbers[1] < 0).any():
        message = "expected weights (denominators) of at least 0, found a negative one"
        raise UsageError(message)


def totals(code: NDArray[np.intp], numbers: Floats, size: int) -> Floats:
    """Add up `numbers` by their `code` (0 to size - 1)."""
    added = np.bincount(code, weights=numbers, minlength=size)
    return np.asarray(added, dtype=np.float64)
