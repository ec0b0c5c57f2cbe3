"""Conditional logit on counted choices, with errors clustered by day.

The chance of alternative j in a set is exp(x_j b) / sum of exp(x_k b) (McFadden 1974). Choices of one day hang
together, so days are the units of chance: the covariance is the jackknife over days with one Newton step per day left
out, and a hypothesis is tested on the day sums of the efficient score, which exists also where the estimate would be
infinite.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routeproof.evidence.partials import Floats, Ints, totals
from routeproof.evidence.quantiles import settle, student_quantile
from routeproof.vocab.errors import UsageError

STEPS, HALVINGS = 60, 30
SMALL = 1e-10
FEWEST_DAYS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Counted choices in long form: one row per set and alternative.

    Attributes:
        features: (r, k) of each alternative in its set.
        group: (r,) number of the set that the row belongs to, 0 to m - 1, ascending.
        count: (r,) how often the alternative was chosen there; at least 0.
        day: (m,) day of each set, any integers.
    """

    features: Floats
    group: Ints
    count: Floats
    day: Ints

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        rows, sets = len(self.group), len(self.day)
        fits = self.features.shape[:1] == (rows,) and self.count.shape == (rows,)
        in_order = rows and self.group[0] == 0 and self.group[-1] == sets - 1 and (np.diff(self.group) >= 0).all()
        if not fits or not in_order or (self.count < 0).any() or not np.isfinite(self.features).all():
            message = f"expected rows by set with finite features and counts, found {rows} rows of {sets} sets"
            raise UsageError(message)

    @property
    def n(self) -> int:
        """Choices that were made."""
        return round(float(self.count.sum()))

    def only(self, columns: NDArray[np.intp]) -> "Choices":
        """The same with some of the features."""
        return Choices(self.features[:, columns], self.group, self.count, self.day)


@dataclass(frozen=True, slots=True, eq=False)
class _Slope:
    """Log likelihood, score by day (days, k) and information by day (days, k, k) at some coefficients."""

    log_likelihood: float
    score: Floats
    information: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model.

    Attributes:
        coefficient: (k,) maximum (penalised) likelihood.
        covariance: (k, k) jackknife over days.
        effective_days: Kish's number of days, by choices.
        df: degrees of freedom of t.
        log_likelihood: without the penalty.
        fitted: (r,) chance of each row's alternative.
    """

    coefficient: Floats
    covariance: Floats
    effective_days: float
    df: float
    log_likelihood: float
    fitted: Floats

    def interval(self, place: int, confidence: float) -> tuple[float, float, float]:
        """`(estimate, lower, upper)` of one coefficient."""
        reach = student_quantile(0.5 + confidence / 2.0, self.df) * float(np.sqrt(self.covariance[place, place]))
        middle = float(self.coefficient[place])
        return settle(middle), settle(middle - reach), settle(middle + reach)


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """Whether one coefficient is 0, from the day sums of its efficient score.

    statistic: t, positive if the coefficient is; p_above: one-sided chance of as large a statistic if it is 0.
    """

    statistic: float
    p_above: float
    df: float


def fit(choices: Choices, ridge: Floats) -> Fit:
    """Fit by Newton steps.

    Args:
        choices: what was chosen.
        ridge: (k,) precision of a normal prior around 0 of each coefficient; 0 = none. A little keeps an estimate
            finite where the choices are separated completely.

    Raises:
        UsageError: fewer than two days, or features that are not identified.
    """
    _, day = np.unique(choices.day, return_inverse=True)
    days = int(day.max()) + 1
    if days < FEWEST_DAYS:
        message = f"expected choices of at least {FEWEST_DAYS} days, found {days}"
        raise UsageError(message)
    coefficient, slope = _climb(choices, day, ridge)
    information = slope.information.sum(axis=0) + np.diag(ridge)
    effective = effective_days(choices, day)
    return Fit(
        coefficient=coefficient,
        covariance=_jackknife(slope, information),
        effective_days=effective,
        df=max(effective - 1.0, 1.0),
        log_likelihood=slope.log_likelihood,
        fitted=chances(choices, coefficient),
    )


def score_test(choices: Choices, place: int, ridge: Floats) -> ScoreTest:
    """Test one coefficient against 0, the others fitted without it (Rao 1948; clustered by day)."""
    width = choices.features.shape[1]
    others = np.array([one for one in range(width) if one != place], dtype=np.intp)
    _, day = np.unique(choices.day, return_inverse=True)
    at = np.zeros(width)
    if len(others):
        at[others], _ = _climb(choices.only(others), day, ridge[others])
    slope = _slope(choices, day, at)
    information = slope.information.sum(axis=0) + np.diag(ridge)
    own = slope.score[:, place]
    if len(others):
        pull = np.linalg.solve(information[np.ix_(others, others)], information[others, place])
        own = own - slope.score[:, others] @ pull
    days = len(own)
    df = max(effective_days(choices, day) - 1.0, 1.0)
    spread = float(np.square(own - own.mean()).sum()) * days / (days - 1.0) if days > 1 else 0.0
    if spread <= SMALL:
        return ScoreTest(0.0, 1.0, df)
    from scipy.special import stdtr  # noqa: PLC0415 - loading scipy is slow and only tests need it

    statistic = float(own.sum()) / spread**0.5
    return ScoreTest(settle(statistic), settle(float(stdtr(df, -statistic))), df)


def chances(choices: Choices, coefficient: Floats) -> Floats:
    """(r,) chance of each row's alternative within its set."""
    utility = choices.features @ coefficient
    begins = np.flatnonzero(np.diff(choices.group, prepend=-1))
    weight = np.exp(utility - np.maximum.reduceat(utility, begins)[choices.group])
    return np.asarray(weight / np.add.reduceat(weight, begins)[choices.group], dtype=np.float64)


def effective_days(choices: Choices, day: NDArray[np.intp]) -> float:
    """Kish's effective number of days: (sum of choices)^2 / sum of squares by day."""
    by_day = totals(day[choices.group], choices.count, int(day.max()) + 1)
    return settle(float(by_day.sum() ** 2 / np.square(by_day).sum())) if by_day.any() else 0.0


def _climb(choices: Choices, day: NDArray[np.intp], ridge: Floats) -> tuple[Floats, _Slope]:
    at = np.zeros(choices.features.shape[1])
    slope = _slope(choices, day, at)
    reached = slope.log_likelihood - _penalty(at, ridge)
    for _ in range(STEPS):
        gradient = slope.score.sum(axis=0) - ridge * at
        step = _solve(slope.information.sum(axis=0) + np.diag(ridge), gradient)
        if float(gradient @ step) <= SMALL:  # so near that one whole step is exact
            at = at + step
            return at, _slope(choices, day, at)
        for halving in range(HALVINGS):
            trial = at + step / 2.0**halving
            there = _slope(choices, day, trial)
            height = there.log_likelihood - _penalty(trial, ridge)
            if height >= reached:
                break
        at, slope, reached = trial, there, height
    return at, slope


def _penalty(at: Floats, ridge: Floats) -> float:
    return float((ridge * np.square(at)).sum()) / 2.0


def _solve(information: Floats, gradient: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        message = "expected features that differ between alternatives, found some that do not"
        raise UsageError(message) from error


def _slope(choices: Choices, day: NDArray[np.intp], at: Floats) -> _Slope:
    chance, group, width = chances(choices, at), choices.group, choices.features.shape[1]
    sets, days = len(choices.day), int(day.max()) + 1
    made = totals(group, choices.count, sets)
    expected = made[group] * chance
    of_row = day[group]
    features = choices.features
    score = np.stack([totals(of_row, (choices.count - expected) * column, days) for column in features.T], axis=1)
    mean = np.stack([totals(group, chance * column, sets) for column in features.T], axis=1)
    information = np.empty((days, width, width))
    for row in range(width):
        for column in range(row + 1):
            raw = totals(of_row, expected * features[:, row] * features[:, column], days)
            centred = raw - totals(day, made * mean[:, row] * mean[:, column], days)
            information[:, row, column] = information[:, column, row] = centred
    chosen = choices.count > 0
    height = float((choices.count[chosen] * np.log(np.maximum(chance[chosen], 1e-300))).sum())
    return _Slope(height, score, information)


def _jackknife(slope: _Slope, information: Floats) -> Floats:
    """Each day left out by one Newton step from the whole estimate (Cameron and Miller 2015, VI.A, CR3)."""
    moved = np.stack(
        [
            _solve(information - own, score)
            for own, score in zip(slope.information, slope.score - slope.score.mean(axis=0), strict=True)
        ]
    )
    days = len(moved)
    centred = moved - moved.mean(axis=0)
    return np.asarray(centred.T @ centred * (days - 1.0) / days, dtype=np.float64)
