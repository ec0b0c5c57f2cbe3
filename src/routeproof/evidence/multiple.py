"""Many verdicts at once: Benjamini-Yekutieli control of the false discovery rate within a named family."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from routeproof.vocab.errors import UsageError


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Outcome for one family of comparisons, in the order given.

    discovered: which stand at false discovery rate `rate`; adjusted: Benjamini-Yekutieli p-values.
    expected_false: at most this many of the discoveries are expected to be false (rate x discoveries).
    expected_false_unadjusted: how many of the comparisons would have passed 5 % by chance had none been real.
    """

    name: str
    rate: float
    discovered: NDArray[np.bool_]
    adjusted: NDArray[np.float64]
    expected_false: float
    expected_false_unadjusted: float


def benjamini_yekutieli(name: str, p_values: ArrayLike, rate: float) -> Family:
    """Control the expected share of false discoveries at `rate`, whatever the dependence between the comparisons.

    Benjamini and Yekutieli 2001, Annals of Statistics 29(4), theorem 1.3. Only comparisons that have an interval
    belong in the family. Raises UsageError for a p-value outside 0..1.
    """
    given = np.asarray(p_values, dtype=np.float64)
    if not ((given >= 0.0) & (given <= 1.0)).all():
        message = f"expected p-values between 0 and 1 in family {name!r}"
        raise UsageError(message)
    count = len(given)
    ranks = np.arange(1, count + 1, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    scaled = given[order] * count * float((1.0 / ranks).sum()) / ranks
    monotone = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    adjusted = np.empty(count)
    adjusted[order] = monotone
    discovered = adjusted <= rate
    return Family(name, rate, discovered, adjusted, rate * int(discovered.sum()), 0.05 * count)
