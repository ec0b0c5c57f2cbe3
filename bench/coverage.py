"""How often the intervals hold the truth: a simulation over cell shapes, written to docs/coverage.md.

Each shape draws orders (sizes lognormal, so order weights are uneven) on trading days whose common effect may follow
an AR(1), with normal, Student t3 or lognormal order noise and day effects, and asks the public functions for an
interval. The truth is known (0). A shape counts only the draws that were given an interval, because only those can
carry a verdict.

    python bench/coverage.py [--reps 2000] [--seed 20260101] [--out docs/coverage.md]
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from routeproof.evidence.compare import Difference, compare, compare_fixed
from routeproof.evidence.partials import Partials
from routeproof.policy.thresholds import EvidenceStandards

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PROMISED = 0.93
SEED = 20260101
BENCHMARK_DAYS_EARLIER = 400


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of cell. rho: day-to-day correlation; day_effect: its sd over the order noise's sd."""

    comparison: Literal["fixed", "paired", "unpaired"]
    days: int
    tails: Literal["normal", "t3", "lognormal"]
    rho: float
    day_effect: float
    day_weights: Literal["even", "uneven"]
    orders_per_day: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a shape's draws came to; coverage is over the `given` ones."""

    shape: Shape
    reps: int
    given: int
    covered: int

    @property
    def coverage(self) -> float | None:
        """Share of given intervals that hold the truth; None when none was given."""
        return self.covered / self.given if self.given else None


def full_grid() -> list[Shape]:
    """Every shape of the published table."""
    return [
        Shape(comparison, days, tails, rho, effect, weights, orders)
        for comparison, days, tails, (rho, effect), weights, orders in itertools.product(
            ("fixed", "paired", "unpaired"),
            (10, 15, 21, 42, 63, 126),
            ("normal", "t3", "lognormal"),
            ((0.0, 0.0), (0.0, 1.0), (0.3, 1.0), (0.5, 1.0)),
            ("even", "uneven"),
            (4, 30),
        )
    ]


def simulate(shape: Shape, reps: int, seed: int, standards: EvidenceStandards | None = None) -> Outcome:
    """Draw `reps` cells of this shape and count the intervals given and those that hold 0."""
    rules = standards or EvidenceStandards()
    words = [seed, *(abs(hash_word(str(value))) for value in astuple(shape))]
    rng = np.random.default_rng(words)
    given = covered = 0
    for cell in _cells(shape, reps, rng):
        difference = _difference(shape, cell, rules)
        if difference.interval is not None:
            given += 1
            covered += difference.interval.lower <= 0.0 <= difference.interval.upper
    return Outcome(shape, reps, given, covered)


def hash_word(text: str) -> int:
    """A number for a word that is the same in every process."""
    return int.from_bytes(text.encode()[-6:], "big")


Side = tuple["Floats", "Floats", "Floats"]  # numerator, denominator, largest order; one entry per day


def _cells(shape: Shape, reps: int, rng: np.random.Generator) -> Iterable[tuple[Side, Side]]:
    for _ in range(reps):
        shared = _noise(shape.tails, rng, shape.days)
        weight = np.exp(0.6 * rng.standard_normal(shape.days)) if shape.day_weights == "uneven" else np.ones(shape.days)
        yield _side(shape, weight, shared, rng), _side(shape, weight, shared, rng)


def _side(shape: Shape, weight: Floats, shared: Floats, rng: np.random.Generator) -> Side:
    size = np.exp(0.8 * rng.standard_normal((shape.days, shape.orders_per_day))) * weight[:, None]
    day = shape.day_effect * _correlated(_noise(shape.tails, rng, shape.days), shape.rho)
    common = shared if shape.comparison == "paired" else 0.0
    value = _noise(shape.tails, rng, size.shape) + (day + common)[:, None]
    return (size * value).sum(axis=1), size.sum(axis=1), size.max(axis=1)


def _noise(tails: str, rng: np.random.Generator, shape: int | tuple[int, ...]) -> Floats:
    """Mean 0, standard deviation 1."""
    if tails == "t3":
        return rng.standard_t(3, shape) / np.sqrt(3.0)
    if tails == "lognormal":
        return (np.exp(rng.standard_normal(shape)) - np.exp(0.5)) / np.sqrt(np.exp(2.0) - np.exp(1.0))
    return rng.standard_normal(shape)


def _correlated(shocks: Floats, rho: float) -> Floats:
    """AR(1) with the variance of the shocks, started in its steady state."""
    out = shocks.copy()
    for day in range(1, len(out)):
        out[day] = rho * out[day - 1] + np.sqrt(1.0 - rho**2) * shocks[day]
    return out


def _difference(shape: Shape, cell: tuple[Side, Side], standards: EvidenceStandards) -> Difference:
    day = np.arange(shape.days)
    subject, other = cell
    ours = Partials.of(day=day, numerator=subject[0], denominator=subject[1], largest=subject[2])
    if shape.comparison == "fixed":
        return compare_fixed(ours, 0.0, standards)
    earlier = BENCHMARK_DAYS_EARLIER if shape.comparison == "unpaired" else 0
    theirs = Partials.of(day=day - earlier, numerator=other[0], denominator=other[1], largest=other[2])
    return compare(ours, theirs, standards)
