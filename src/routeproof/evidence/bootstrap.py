"""Wild cluster bootstrap-t over days: the small-sample check on the t interval.

Each draw flips and stretches whole days (Rademacher signs from 12 days on, Webb's six points below), recomputes
estimate and jackknife standard error, and keeps their ratio (Cameron, Gelbach and Miller 2008; Webb 2023).
Draws come from the raw stream of PCG64, which numpy keeps the same in every version and on every machine.
"""

from functools import lru_cache

import numpy as np

from routeproof.evidence.partials import Floats
from routeproof.evidence.series import DaySeries

WEBB_BELOW_DAYS = 12
_WEBB = np.sqrt(np.array([1.5, 1.0, 0.5, 0.5, 1.0, 1.5])) * np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0])
_SIGNS = np.array([-1.0, 1.0])


@lru_cache(maxsize=64)
def wild_weights(days: int, draws: int, seed: int) -> Floats:
    """Return draws x days multipliers with mean 0 and variance 1, the same for the same arguments."""
    values = _WEBB if days < WEBB_BELOW_DAYS else _SIGNS
    raw = np.random.PCG64(seed).random_raw(draws * days) >> np.uint64(11)  # the low bits are dropped
    picked: Floats = values[(raw % np.uint64(len(values))).astype(np.int64)].reshape(draws, days)
    picked.flags.writeable = False
    return picked


def wild_statistics(series: tuple[DaySeries, ...], draws: int, seed: int) -> Floats:
    """Return `draws` bootstrap values of |estimate - truth| / standard error for a sum of independent series."""
    shift, variance = np.zeros(draws), np.zeros(draws)
    for position, one in enumerate(series):
        moved = wild_weights(len(one.weight), draws, seed + position) * one.residual
        drawn = moved.sum(axis=1)
        left = (moved - drawn[:, None] * one.weight) / (1.0 - one.weight)
        shift, variance = shift + drawn, variance + np.square(left).sum(axis=1)
    return np.divide(np.abs(shift), np.sqrt(variance), out=np.zeros(draws), where=variance > 0.0)


def upper_quantile(statistics: Floats, confidence: float) -> float:
    """Return the smallest drawn value that is exceeded by at most 1 - confidence of (draws + 1)."""
    rank = int(np.ceil(confidence * (len(statistics) + 1)))
    return float(np.sort(statistics)[min(rank, len(statistics)) - 1])
