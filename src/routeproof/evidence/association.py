"""Whether two things go together: exact for two yes-or-no facts, by permutation for a number in two groups."""

from dataclasses import dataclass
from math import exp, lgamma

import numpy as np
from numpy.typing import NDArray

from routeproof.evidence.partials import Floats
from routeproof.evidence.quantiles import settle

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Table2x2:
    """Counts: `both`, `first` alone, `second` alone, `neither`."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def n(self) -> int:
        """All that were counted."""
        return self.both + self.first + self.second + self.neither


def exact_p(table: Table2x2) -> float | None:
    """One-sided chance that `both` is as large as seen if neither fact had to do with the other (Fisher 1935).

    Null where one of the two facts is true of all or of none: there is nothing to compare.
    """
    with_first, with_second = table.both + table.first, table.both + table.second
    if not (0 < with_first < table.n and 0 < with_second < table.n):
        return None
    top = min(with_first, with_second)
    total = _log_choose(table.n, with_second)
    chances = (
        exp(_log_choose(with_first, hits) + _log_choose(table.n - with_first, with_second - hits) - total)
        for hits in range(table.both, top + 1)
        if with_second - hits <= table.n - with_first
    )
    return settle(min(sum(chances), 1.0))


def permutation_p(values: Floats, chosen: NDArray[np.bool_], draws: int, seed: int) -> float | None:
    """One-sided chance that the mean of the `chosen` exceeds that of the others as much, if they were drawn blindly.

    Args:
        values: a number of each.
        chosen: true for the group in question; same length.
        draws: groups of that size drawn without replacement, the one seen counted among them.
        seed: of the draws; the same arguments give the same answer on every machine.

    Null where a group is empty.
    """
    size, n = int(chosen.sum()), len(values)
    if not 0 < size < n:
        return None
    seen = float(values[chosen].sum())
    allowed = _ROUNDING * float(np.abs(values).sum())
    stream = np.random.PCG64(seed)
    reached = 1
    for _ in range(draws):
        drawn = np.argpartition(stream.random_raw(n), size - 1)[:size]
        reached += float(values[drawn].sum()) >= seen - allowed
    return settle(reached / (draws + 1))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
