"""The two models of the doubly robust comparison, on cells: who gets an order (logistic), what it gets (linear).

Both take one indicator per level of each dimension but the first, are weighted, and are drawn toward zero by a small
ridge, so that a level that only one side has cannot run away. Newton's method on a few dozen coefficients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from routeproof.evidence.partials import Floats, Ints


MOST_STEPS = 50
CLOSE = 1e-10
STEEPEST = 30.0
"""Log odds beyond which a probability is 0 or 1 in all but name."""


def indicators(features: Ints) -> Floats:
    """(cells, 1 + levels - dimensions) an intercept and an indicator of each level but the lowest that occurs."""
    columns = [np.ones(len(features))]
    for codes in features.T:
        columns.extend((codes == level).astype(np.float64) for level in np.unique(codes)[1:])
    return np.stack(columns, axis=1)


def logistic(design: Floats, successes: Floats, trials: Floats, ridge: float) -> Floats:
    """Coefficients of P(success) by penalised maximum likelihood, from weighted counts per row of the design.

    `ridge` pulls on every coefficient but the intercept, as ridge / 2 x its square in the log likelihood.
    """
    penalty = _penalty(design, ridge)
    found = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        chance = probability(design, found)
        slope = design.T @ (successes - trials * chance) - penalty * found
        bend = (design * (trials * chance * (1.0 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        found = found + step
        if float(np.abs(step).max()) < CLOSE:
            break
    return found


def probability(design: Floats, coefficients: Floats) -> Floats:
    """(rows,) the fitted probabilities."""
    odds = np.clip(design @ coefficients, -STEEPEST, STEEPEST)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float64)


def linear(design: Floats, sums: Floats, weights: Floats, ridge: float) -> Floats:
    """Coefficients of the weighted least squares of sums / weights on the design, drawn toward a common mean."""
    gram = (design * weights[:, None]).T @ design + np.diag(_penalty(design, ridge))
    return np.asarray(np.linalg.solve(gram, design.T @ sums), dtype=np.float64)


def _penalty(design: Floats, ridge: float) -> Floats:
    return np.array([ridge * 1e-9, *[ridge] * (design.shape[1] - 1)])
