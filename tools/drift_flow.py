"""Days of streams as a provider's might be, for `drift_simulation.py`: tails, correlation, regimes, uneven days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STORM = 2.5
SWITCH = 0.02
STORMY_SHARE = 0.5
SETTLING_DAYS = 60
UNEVEN = 0.6
SWITCHING_SD = (STORMY_SHARE * STORM**2 + 1.0 - STORMY_SHARE) ** 0.5


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of streams. correlation: AR(1) of neighbouring days; regimes are shared by all streams of a provider.

    switching: each day with chance 1 in 50 from calm to a standard deviation 2.5 times as large, or back. storm: calm
    baseline days, then 2.5 times as large from the first watched day on. promised: whether the claim covers it.
    """

    name: str
    tails: Literal["normal", "t3", "lognormal"] = "normal"
    correlation: float = 0.0
    regimes: Literal["none", "switching", "storm"] = "none"
    uneven_days: bool = False
    baseline_days: int = 63
    promised: bool = True


INDEPENDENT = Flow("independent normal days")
CORRELATED = Flow("AR(1) 0.5", correlation=0.5)
TAILS_AND_CORRELATION = Flow("t3, AR(1) 0.5", "t3", 0.5)
TOGETHER = Flow("t3, AR(1) 0.5, switching", "t3", 0.5, "switching")
STORMY = Flow("AR(1) 0.5, calm baseline then storm", correlation=0.5, regimes="storm")
FLOWS = (
    INDEPENDENT,
    Flow("t3", "t3"),
    CORRELATED,
    Flow("switching volatility", regimes="switching"),
    Flow("AR(1) 0.25", correlation=0.25),
    TAILS_AND_CORRELATION,
    TOGETHER,
    Flow("t3, AR(1) 0.5, switching, uneven days", "t3", 0.5, "switching", uneven_days=True),
    STORMY,
    Flow("t3, AR(1) 0.5, calm baseline then storm", "t3", 0.5, "storm"),
    Flow("t3, AR(1) 0.5, switching, 42 days of baseline", "t3", 0.5, "switching", baseline_days=42, promised=False),
    Flow("lognormal, AR(1) 0.5, switching", "lognormal", 0.5, "switching", promised=False),
    Flow("AR(1) 0.7", correlation=0.7, promised=False),
)


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Streams x days: baseline and watched numerators and denominators; the true mean is 0, a day's sd `sd`."""

    baseline: Floats
    baseline_weight: Floats
    watched: Floats
    watched_weight: Floats
    sd: float

    def shifted(self, by_sds: float, start: int = 0) -> Floats:
        """Watched numerators of which all days from look `start` on have moved by so many standard deviations."""
        moved = self.watched.copy()
        moved[:, start:] += by_sds * self.sd * self.watched_weight[:, start:]
        return moved


def draw(flow: Flow, streams: int, looks: int, rng: np.random.Generator) -> Days:
    """Draw one provider's streams."""
    count = SETTLING_DAYS + flow.baseline_days + looks
    first = SETTLING_DAYS + flow.baseline_days
    spread = _spread(flow, count, first, rng)
    value = _shocks(flow.tails, (count, streams), rng) * spread[:, None]
    for day in range(1, count):
        value[day] = flow.correlation * value[day - 1] + np.sqrt(1.0 - flow.correlation**2) * value[day]
    day_weight = np.exp(UNEVEN * rng.standard_normal(value.shape)) if flow.uneven_days else np.ones_like(value)
    top, weight = np.ascontiguousarray((value * day_weight).T), np.ascontiguousarray(day_weight.T)
    kept = slice(SETTLING_DAYS, first)
    sd = {"none": 1.0, "switching": SWITCHING_SD, "storm": STORM}[flow.regimes]
    return Days(top[:, kept], weight[:, kept], top[:, first:], weight[:, first:], sd)


def _spread(flow: Flow, count: int, first: int, rng: np.random.Generator) -> Floats:
    if flow.regimes == "storm":
        return np.where(np.arange(count) >= first, STORM, 1.0)
    if flow.regimes == "switching":
        switched = np.r_[rng.random() < STORMY_SHARE, rng.random(count - 1) < SWITCH]
        return np.where(switched.cumsum() % 2 == 1, STORM, 1.0)
    return np.ones(count)


def _shocks(tails: str, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Mean 0, standard deviation 1."""
    if tails == "t3":
        return rng.standard_t(3, shape) / np.sqrt(3.0)
    if tails == "lognormal":
        return (np.exp(rng.standard_normal(shape)) - np.exp(0.5)) / np.sqrt(np.exp(2.0) - np.exp(1.0))
    return rng.standard_normal(shape)
