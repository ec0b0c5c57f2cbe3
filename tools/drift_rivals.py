"""Other ways to watch streams, for contrast: each says at which look a stream first gave an alarm, -1 for never.

Held and seen are day values of the baseline and of the days watched, streams x days; days weigh alike. `worse`: +1
where higher is worse, -1 where lower is. All keep quiet as long as the product does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from drift_flow import Floats
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

BURN_IN = 10
BANDWIDTH_DAYS = 5
TIGHTEST = 30
BETS = (0.5, 1.0, 1.8)
CLIP_AT = 4.0


def daily_z(held: Floats, seen: Floats, worse: Floats, alpha: float) -> Ints:
    """Test the running mean against the baseline's every day, as if it were the only look and days independent."""
    looks, days = _looks(seen), held.shape[1]
    error = held.std(axis=1, ddof=1)[:, None] * np.sqrt(1.0 / looks + 1.0 / days)
    return _first(_distance(held, seen, worse) > stats.norm.ppf(1.0 - alpha) * error)


def estimated_variance_mixture(held: Floats, seen: Floats, worse: Floats, alpha: float) -> Ints:
    """Robbins' normal mixture with the long-run variance that the baseline shows (Bartlett), taken as known."""
    looks, days = _looks(seen), held.shape[1]
    off = held - held.mean(axis=1, keepdims=True)
    variance = short = np.square(off).mean(axis=1)
    for lag in range(1, BANDWIDTH_DAYS + 1):
        kept = 1.0 - lag / (BANDWIDTH_DAYS + 1.0)
        variance = variance + 2.0 * kept * (off[:, lag:] * off[:, :-lag]).sum(axis=1) / days
    height = -2.0 * np.log(2.0 * alpha)
    clock = looks * days / (looks + days)
    prior = TIGHTEST * days / (TIGHTEST + days) / (height + np.log(height) + 1.0)
    rest = prior / (clock + prior)
    reach = np.sqrt((height - np.log(rest)) / (1.0 - rest) / clock)
    return _first(_distance(held, seen, worse) > np.sqrt(np.maximum(variance, short))[:, None] * reach)


def rank_bets(held: Floats, seen: Floats, worse: Floats, alpha: float) -> Ints:
    """Bet on each day's rank among all before it: exact, whatever their shape, if days could change places."""
    days, every = held.shape[1], worse[:, None] * np.concatenate([held, seen], axis=1)
    wealth, hit = np.zeros((len(every), len(BETS))), np.zeros(seen.shape, dtype=np.bool_)
    for look in range(seen.shape[1]):
        above = (every[:, : days + look] > every[:, days + look, None]).sum(axis=1)
        rank = (above + 0.5) / (days + look + 1.0)
        wealth += np.log1p(np.array(BETS) * (0.5 - rank)[:, None])
        hit[:, look] = np.exp(np.minimum(wealth, 100.0)).mean(axis=1) >= 1.0 / alpha
    return _first(hit)


def clipped(held: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """Cut both off at 4 robust standard deviations of the baseline from its median."""
    middle = np.median(held, axis=1, keepdims=True)
    robust = np.median(np.abs(held - middle), axis=1, keepdims=True) / stats.norm.ppf(0.75)
    low, high = middle - CLIP_AT * robust, middle + CLIP_AT * robust
    return np.clip(held, low, high), np.clip(seen, low, high)


def _looks(seen: Floats) -> Floats:
    return np.arange(1.0, seen.shape[1] + 1.0)


def _distance(held: Floats, seen: Floats, worse: Floats) -> Floats:
    return worse[:, None] * (seen.cumsum(axis=1) / _looks(seen) - held.mean(axis=1, keepdims=True))


def _first(hit: NDArray[np.bool_]) -> Ints:
    late = hit.copy()
    late[:, : BURN_IN - 1] = False
    return np.where(late.any(axis=1), late.argmax(axis=1), -1)
