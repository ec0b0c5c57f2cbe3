"""Intervals that stay valid however often one looks: a Student mixture sequence for a mean of days.

Rows are streams, columns are looks (one a trading day, in order); every look takes in the days up to it. The distance
that a running mean has to move is where the mixture likelihood ratio of its t statistic reaches 1 / (2 alpha). That
ratio sets a normal prior on the shift, in day standard deviations, against no shift, whatever the variance: Goenen,
Johnson, Lu and Westfall 2005, The American Statistician 59(3). For independent normal days of one variance it is a
martingale from look to look, so by Ville's inequality it ever reaches that height with a chance of at most 2 alpha,
and either end of the interval, which is symmetric, errs with a chance of alpha. Many degrees of freedom give Robbins'
normal mixture (Howard, Ramdas, McAuliffe and Sekhon 2021, Annals of Statistics 49(2)).

Days that hang together, lack a normal shape or change their spread are met by what goes in: a variance blown up for
correlation, taken from both sides and never below the baseline's, and degrees of freedom that fall for the same
reasons. That these hold is not a theorem; docs/drift.md measures it.
"""

from dataclasses import dataclass

import numpy as np

from routeproof.evidence.partials import Floats
from routeproof.policy.thresholds import LARGEST_ALPHA
from routeproof.vocab.errors import UsageError


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """Weighted mean of each stream's days up to each look; all members are streams x looks.

    shift: mean minus the stream's centre, in the metric's unit. day_variance: of a day of ordinary weight, 0 where
    there are fewer than two days. effective_days: Kish's number, 0 before the first day that weighs.
    """

    shift: Floats
    day_variance: Floats
    effective_days: Floats


def running(numerator: Floats, denominator: Floats, centre: Floats) -> Running:
    """Run a ratio of sums over the looks.

    `numerator`, `denominator`: streams x looks; a day without trades has both 0. `centre`: one a stream; it is taken
    off before anything is squared. The variance is the linearised one of a ratio: weighted residuals, n / (n - 1).
    """
    pull = numerator - centre[:, None] * denominator
    weight, squares = denominator.cumsum(axis=1), np.square(denominator).cumsum(axis=1)
    shift = _over(pull.cumsum(axis=1), weight)
    crossed = (pull * denominator).cumsum(axis=1)
    residual = np.square(pull).cumsum(axis=1) - 2.0 * shift * crossed + np.square(shift) * squares
    days = _over(np.square(weight), squares)
    return Running(shift, _over(np.maximum(residual, 0.0), squares) * _over(days, days - 1.0), days)


def _over(above: Floats, below: Floats) -> Floats:
    """Divide where there is something to divide by, else 0."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0.0)


def mixture_reach(df: Floats, information: Floats, tightest: Floats, alpha: float) -> Floats:
    """Standard errors that an estimate may ever be off before one end of its interval errs, with chance `alpha`.

    `information` is the estimate's, in days (n m / (n + m) for n days against m); the interval is narrowest,
    relative to a single look, at `tightest`. Infinite where so few degrees of freedom cannot show so small a chance.
    Raises UsageError for an `alpha` outside 0 to `LARGEST_ALPHA`.
    """
    if not 0.0 < alpha <= LARGEST_ALPHA:
        message = f"expected a chance of error above 0 and up to {LARGEST_ALPHA:g} for each end, found {alpha}"
        raise UsageError(message)
    height = -2.0 * np.log(2.0 * alpha)
    prior = tightest / (height + np.log(height) + 1.0)
    rest = prior / (information + prior)
    growth = np.exp(np.minimum((height - np.log(rest)) / (df + 1.0), 600.0))
    room = 1.0 - growth * rest
    squared = np.divide(df * (growth - 1.0), room, out=np.full_like(room, np.inf), where=room > 0.0)
    return np.asarray(np.sqrt(squared), dtype=np.float64)
