"""Shrunk values: noisy cells drawn toward the common mean. For ranking only; they never carry a verdict."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """Shrunk values in the order given, in the metric's unit; spread = estimated sd of the true values."""

    values: NDArray[np.float64]
    centre: float
    spread: float


def shrink(values: ArrayLike, standard_errors: ArrayLike) -> Shrunk:
    """Return empirical-Bayes means under normal noise (DerSimonian and Laird 1986, method of moments).

    Cells without a standard error (NaN or not positive) go to the common mean. With fewer than two usable cells the
    values come back as they were.
    """
    raw, error = np.asarray(values, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64)
    usable = np.isfinite(raw) & np.isfinite(error) & (error > 0.0)
    if usable.sum() < 2:  # noqa: PLR2004 - one value has nothing to be drawn toward
        return Shrunk(raw.copy(), float(raw[usable][0]) if usable.any() else float("nan"), 0.0)
    precision = 1.0 / np.square(error[usable])
    fixed = float((precision * raw[usable]).sum() / precision.sum())
    excess = float((precision * np.square(raw[usable] - fixed)).sum()) - (int(usable.sum()) - 1)
    scale = float(precision.sum() - np.square(precision).sum() / precision.sum())
    variance = max(0.0, excess / scale)
    weight = 1.0 / (np.square(error[usable]) + variance)
    centre = float((weight * raw[usable]).sum() / weight.sum())
    shrunk = np.full(len(raw), centre)
    pull = variance / (variance + np.square(error[usable]))
    shrunk[usable] = centre + pull * (raw[usable] - centre)
    return Shrunk(shrunk, centre, variance**0.5)
