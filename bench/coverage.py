"""How often the intervals hold the truth: a simulation over cell shapes, written to docs/coverage.md.

Each shape draws orders (sizes lognormal, so order weights are uneven) on trading days whose common effect may follow
an AR(1), with normal, Student t3 or lognormal order noise and day effects, and asks the public functions for an
interval. The truth is known (0). A shape counts only the draws that were given an interval, because only those can
carry a verdict.

    python bench/coverage.py [--reps 2000] [--workers 2] [--seed 20260101] [--out docs/coverage.md]
"""

from __future__ import annotations

import argparse
import itertools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
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
JUDGED_FROM = 0.20  # of the draws given an interval: a shape with fewer is judged together with its like
SEED = 20260101
DEPENDENCE = ((0.0, 0.0), (0.3, 1.0), (0.5, 1.0))  # day-to-day correlation, day effect
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
            (10, 12, 15, 21, 42, 63, 126),
            ("normal", "t3", "lognormal"),
            DEPENDENCE,
            ("even", "uneven"),
            (4, 30),
        )
    ]


def simulate(shape: Shape, reps: int, seed: int, standards: EvidenceStandards | None = None) -> Outcome:
    """Draw `reps` cells of this shape and count the intervals given and those that hold 0."""
    rules = standards or EvidenceStandards()
    rng = np.random.default_rng([seed, *(_number(str(value)) for value in astuple(shape))])
    given = covered = 0
    for cell in _cells(shape, reps, rng):
        difference = _difference(shape, cell, rules)
        if difference.interval is not None:
            given += 1
            covered += difference.interval.lower <= 0.0 <= difference.interval.upper
    return Outcome(shape, reps, given, covered)


def _number(text: str) -> int:
    """Turn a word into a number, the same in every process."""
    return int.from_bytes(text.encode()[:6], "big")


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


def _one(task: tuple[Shape, int, int]) -> Outcome:
    return simulate(*task)


def run(shapes: list[Shape], reps: int, seed: int, workers: int) -> list[Outcome]:
    """Simulate every shape; the result does not depend on the number of workers."""
    tasks = [(shape, reps, seed) for shape in shapes]
    if workers == 1:
        return [_one(task) for task in tasks]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(_one, tasks, chunksize=4))


def broken(outcomes: list[Outcome]) -> list[Outcome]:
    """Return the shapes that were given intervals often enough to judge and held the truth less than promised."""
    return [one for one in outcomes if one.given >= one.reps * JUDGED_FROM and (one.coverage or 0.0) < PROMISED]


def rarely_given(outcomes: list[Outcome]) -> Outcome | None:
    """Pool the shapes that seldom get an interval: each alone has too few to judge."""
    rare = [one for one in outcomes if 0 < one.given < one.reps * JUDGED_FROM]
    if not rare:
        return None
    reps, given, covered = (sum(getattr(one, name) for one in rare) for name in ("reps", "given", "covered"))
    return Outcome(rare[0].shape, reps, given, covered)


PAGE = """# Do the 95 % intervals hold the truth?

Regenerate: `python bench/coverage.py --reps {reps} --seed {seed}`. {shapes} cell shapes, {reps} draws each, one seed;
simulation error about {error:.1%} (one standard error). Promise: at least {promised:.0%} wherever a verdict is given.

**Shapes below the promise: {broken} of {judged}** that were given intervals in at least {from_share:.0%} of draws.
{rare}

Orders have lognormal sizes; noise and day effects are normal, Student t3 or lognormal (sd of the log 1, skewness 6).
rho is the day-to-day correlation of a day effect as large as an order's noise; `none` = no day effect. Each cell is the
lowest coverage over even and uneven day weights and over 4 and 30 orders a day; in brackets the share of draws given an
interval (the others: cannot tell, fewer than 10 effective days or one order too heavy). A dash: almost none was given.

{table}

## The ten lowest

The number of cosine projections was settled on this grid, so the ten lowest are drawn anew with seed {seed} + 1. Not in
the grid: events so rare that a period holds only a handful of them.

| comparison | days | tails | rho | day weights | orders a day | coverage | given | drawn anew |
|---|---|---|---|---|---|---|---|---|
{worst}
"""


def as_markdown(outcomes: list[Outcome], reps: int, seed: int) -> str:
    """Render the published page."""
    judged = [one for one in outcomes if one.given >= one.reps * JUDGED_FROM]
    worst = sorted(judged, key=lambda one: one.coverage or 0.0)[:10]
    rare = rarely_given(outcomes)
    return PAGE.format(
        reps=reps,
        seed=seed,
        shapes=len(outcomes),
        error=(PROMISED * (1 - PROMISED) / reps) ** 0.5,
        promised=PROMISED,
        broken=len(broken(outcomes)),
        judged=len(judged),
        from_share=JUDGED_FROM,
        rare=f"The shapes with fewer held the truth in {rare.coverage:.1%} of {rare.given} together." if rare else "",
        table="\n".join(_table(outcomes)),
        worst="\n".join(_worst_row(one, simulate(one.shape, reps, seed + 1)) for one in worst),
    )


def _worst_row(one: Outcome, anew: Outcome) -> str:
    kind = one.shape
    return (
        f"| {kind.comparison} | {kind.days} | {kind.tails} | {kind.rho} | {kind.day_weights} | {kind.orders_per_day} "
        f"| {one.coverage:.1%} | {one.given / one.reps:.0%} | {_percent(anew)} |"
    )


def _percent(one: Outcome) -> str:
    return "-" if one.coverage is None else f"{one.coverage:.1%}"


def _table(outcomes: list[Outcome]) -> Iterable[str]:
    yield "| comparison | days | tails | none | rho 0.3 | rho 0.5 |"
    yield "|---|---|---|---|---|---|"
    cells: dict[tuple[str, int, str], dict[float, list[Outcome]]] = {}
    for one in outcomes:
        key = (one.shape.comparison, one.shape.days, one.shape.tails)
        cells.setdefault(key, {}).setdefault(one.shape.rho, []).append(one)
    for key, by_rho in cells.items():
        shown = " | ".join(_cell(by_rho[rho]) for rho, _ in DEPENDENCE)
        yield f"| {key[0]} | {key[1]} | {key[2]} | {shown} |"


def _cell(outcomes: list[Outcome]) -> str:
    judged = [one.coverage for one in outcomes if one.coverage is not None and one.given >= one.reps * JUDGED_FROM]
    share = sum(one.given for one in outcomes) / sum(one.reps for one in outcomes)
    return f"{min(judged):.1%} ({share:.0%})" if judged else "-"


ADJUSTED = "\n## Like with like"
"""Where the part of the page begins that `bench/coverage_adjusted.py` writes."""


def adjusted_part(page: Path) -> str:
    """That part of a page that is there already."""
    before, mark, after = page.read_text(encoding="utf-8").partition(ADJUSTED) if page.exists() else ("", "", "")
    return f"{mark}{after}" if before else ""


def main() -> int:
    """Write the page; exit 1 when a shape breaks the promise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("docs/coverage.md"))
    given = parser.parse_args()
    outcomes = run(full_grid(), given.reps, given.seed, given.workers)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(as_markdown(outcomes, given.reps, given.seed) + adjusted_part(given.out), encoding="utf-8")
    failed = broken(outcomes)
    print(f"{len(outcomes)} shapes, {len(failed)} below {PROMISED:.0%}, written to {given.out}")
    for one in failed:
        print(f"  {one.coverage:.3f} {one.given}/{one.reps} {one.shape}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
