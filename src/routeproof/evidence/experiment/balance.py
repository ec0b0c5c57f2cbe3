"""Whether an assignment looks as it was drawn: as many in each arm as the share says, and alike in what came before.

The omnibus test takes all covariates at once by their exact means and covariances under the design (Hansen and Bowers
2008, Statistical Science 23(2)); its chi-square law is a large-sample one. Sample ratio: Fabijan et al. 2019, KDD.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from routeproof.evidence.experiment.randomisation import Units
    from routeproof.evidence.partials import Floats

SMALL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Distance of the arms in all covariates: chi-square with `df`, the chance of as much, and each one's z."""

    chi_square: float
    df: int
    p_value: float
    z: tuple[float, ...]


def ratio_p(treated: int, n: int, share: float) -> float:
    """Two-sided chance of as few or as many treated among n, each with chance `share` (twice the smaller tail)."""
    from scipy.special import bdtr, bdtrc  # noqa: PLC0415 - loading scipy is slow and only analyses need it

    below = float(bdtr(treated, n, share))
    above = float(bdtrc(treated - 1, n, share)) if treated else 1.0
    return settle(min(1.0, 2.0 * min(below, above)))


def balance(units: Units, covariates: Floats) -> Balance:
    """Of (n, k) covariates that were known before the assignment."""
    from scipy.special import chdtrc  # noqa: PLC0415 - as above

    total, covariance = np.zeros(covariates.shape[1]), np.zeros((covariates.shape[1],) * 2)
    order = np.argsort(units.block, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(units.block[order]) != 0]) if len(order) else np.zeros(0, dtype=int)
    for rows in np.split(order, starts[1:]):
        n, chosen = len(rows), units.treated[rows]
        away = covariates[rows] - covariates[rows].mean(axis=0)
        total += away[chosen].sum(axis=0)
        covariance += _factor(units, n, int(chosen.sum())) * (away.T @ away)
    spread = np.sqrt(np.diag(covariance))
    varies = spread > SMALL * max(float(spread.max(initial=0.0)), SMALL)
    kept = covariance[np.ix_(varies, varies)] / np.outer(spread[varies], spread[varies])
    z = total[varies] / spread[varies]
    values, vectors = np.linalg.eigh(kept) if len(z) else (np.zeros(0), np.zeros((0, 0)))
    full = values > SMALL
    along = vectors[:, full].T @ z
    distance, df = float((np.square(along) / values[full]).sum()), int(full.sum())
    every = np.zeros(len(spread))
    every[varies] = z
    return Balance(
        chi_square=settle(distance),
        df=df,
        p_value=settle(float(chdtrc(df, distance))) if df else 1.0,
        z=tuple(settle(float(one)) for one in every),
    )


def _factor(units: Units, n: int, chosen: int) -> float:
    if not units.fixed:
        return units.share * (1.0 - units.share)
    return chosen * (n - chosen) / (n * (n - 1)) if n > 1 else 0.0
