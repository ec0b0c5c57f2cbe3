"""What `drift_simulation.py` measures: false alarms by provider, delays until an alarm, exits from monitoring.

A provider has 160 streams (4 metrics, 10 venues, 4 order types), of which half are better when higher; each is held
against its baseline days and looked at on 250 days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from drift_flow import Days, Flow, draw
from drift_rivals import clipped, daily_z, estimated_variance_mixture, rank_bets

from routeproof.evidence.baseline import Baselines, baselines_of, distance_sequence
from routeproof.evidence.drift import first_alarms, first_back, worse_sides
from routeproof.policy.thresholds import DriftStandards

if TYPE_CHECKING:
    from collections.abc import Callable

    from drift_flow import Floats
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Watch = Callable[[Days, Floats], Ints]

STREAMS = 160
VENUE_STREAMS = 16
LOOKS = 250
Z_LEVEL = 0.05
STANDARDS = DriftStandards()
WORSE = worse_sides(["higher", "lower"] * (STREAMS // 2))


def product(days: Days, watched: Floats, standards: DriftStandards = STANDARDS) -> Ints:
    """First alarm of each stream by the product's own code."""
    baselines = baselines_of(days.baseline, days.baseline_weight, standards)
    share = standards.alpha / STREAMS
    return first_alarms(watched, days.watched_weight, baselines, WORSE, share, standards)


def _agreed(days: Days, watched: Floats) -> Ints:
    baselines = baselines_of(days.baseline, days.baseline_weight, STANDARDS).agreed(np.zeros(STREAMS))
    return first_alarms(watched, days.watched_weight, baselines, WORSE, STANDARDS.alpha / STREAMS, STANDARDS)


def _by_values(
    rival: Callable[[Floats, Floats, Floats, float], Ints], alpha: float, days: Days, watched: Floats
) -> Ints:
    return rival(days.baseline / days.baseline_weight, watched / days.watched_weight, WORSE, alpha)


def _clipped(days: Days, watched: Floats) -> Ints:
    held, seen = clipped(days.baseline / days.baseline_weight, watched / days.watched_weight)
    cut = replace(days, baseline=held * days.baseline_weight, watched=seen * days.watched_weight)
    return product(cut, cut.watched)


WATCHES: dict[str, Watch] = {
    "sequences": product,
    "sequences, level agreed": _agreed,
    "z at 5 % a look": partial(_by_values, daily_z, Z_LEVEL),
    "z at 5 % / 160 a look": partial(_by_values, daily_z, Z_LEVEL / STREAMS),
}
RIVALS: dict[str, Watch] = {
    "as kept": product,
    "one sequence from the first day on": partial(product, standards=replace(STANDARDS, restart_every_days=LOOKS)),
    "correlation 0.5 for every stream": partial(product, standards=replace(STANDARDS, correlation_caution=99.0)),
    "correlation as estimated, no caution": partial(product, standards=replace(STANDARDS, correlation_caution=0.0)),
    "days clipped at 4 robust standard deviations": _clipped,
    "normal mixture, variance as estimated": partial(_by_values, estimated_variance_mixture, Z_LEVEL / STREAMS),
}
RANKS: dict[str, Watch] = {"bets on ranks": partial(_by_values, rank_bets, Z_LEVEL / STREAMS)}


PROMISED_WAYS = ("sequences", "sequences, level agreed")
EVERY_WATCH = {**WATCHES, **RIVALS, **RANKS}


@dataclass(frozen=True, slots=True)
class Detection:
    """Shift of so many day standard deviations from look `start` on: looks until the alarm, inf for never."""

    delays: Floats

    @property
    def median(self) -> float:
        """Median delay in looks; inf when fewer than half were found."""
        return float(np.median(self.delays)) if len(self.delays) else float("inf")

    def within(self, looks: int) -> float:
        """Share found within so many looks."""
        return float((self.delays <= looks).mean())


def _provider(flow: Flow, number: int, seed: int, purpose: int) -> Days:
    label = int.from_bytes(flow.name.encode(), "big")
    rng = np.random.Generator(np.random.PCG64([seed, purpose, label, number]))
    return draw(flow, STREAMS, LOOKS, rng)


def false_alarms(flow: Flow, providers: int, seed: int, ways: tuple[str, ...]) -> dict[str, int]:
    """Count, by way of watching, the providers without any drift that got an alarm."""
    found = dict.fromkeys(ways, 0)
    for number in range(providers):
        days = _provider(flow, number, seed, 1)
        for way in ways:
            found[way] += bool((EVERY_WATCH[way](days, days.watched) >= 0).any())
    return found


def detection(
    flow: Flow, shift: float, start: int, providers: int, seed: int, way: str = "sequences"
) -> dict[int, Detection]:
    """Delays for one stream that moves to its worse side, and for all 16 of a venue, the rest of the provider at rest.

    Streams (venues) that had given a false alarm before are left out.
    """
    first = np.concatenate(
        [
            EVERY_WATCH[way](days, _worsened(days, shift, start))
            for days in (_provider(flow, n, seed, 2) for n in range(providers))
        ]
    )
    found = {}
    for together in (1, VENUE_STREAMS):
        looks = np.where(first >= 0, first, np.inf).reshape(-1, together).min(axis=1)
        found[together] = Detection(looks[looks >= start] - start + 1.0)
    return found


def _worsened(days: Days, shift: float, start: int) -> Floats:
    worse = days.shifted(shift, start) - days.watched
    return days.watched + WORSE[:, None] * worse


@dataclass(frozen=True, slots=True)
class Exits:
    """Share of streams let out falsely, and looks until a recovered one is let out (inf: never)."""

    false_share: float
    delays: Floats


def exits(flow: Flow, margin: float, known: bool, providers: int, seed: int) -> Exits:  # noqa: FBT001
    """Exit tests of streams that stay `margin` day standard deviations worse, and of streams back at their level.

    `known`: the level was agreed; otherwise it is estimated from the baseline days.
    """
    out: list[Ints] = []
    back: list[Ints] = []
    for number in range(providers):
        days = _provider(flow, number, seed, 3)
        baselines = baselines_of(days.baseline, days.baseline_weight, STANDARDS)
        if known:
            baselines = baselines.agreed(np.zeros(STREAMS))
        out.append(_let_out(days, _worsened(days, margin, 0), baselines, margin))
        back.append(_let_out(days, days.watched, baselines, margin))
    recovered = np.concatenate(back)
    delays = np.where(recovered >= 0, recovered + 1.0, np.inf)
    return Exits(float((np.concatenate(out) >= 0).mean()), delays)


def _let_out(days: Days, watched: Floats, baselines: Baselines, margin: float) -> Ints:
    found = distance_sequence(watched, days.watched_weight, baselines, STANDARDS.exit_alpha, STANDARDS)
    return first_back(found, baselines, WORSE, np.full(STREAMS, margin * days.sd))
