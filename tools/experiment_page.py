"""Simulated experiments whose truth is known, as a table of docs/methods/experiment.md.

python tools/experiment_page.py [--reps 1000] [--seed 20260101] [--out docs/methods/experiment.md]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.experiment.balance import balance, ratio_p
from routeproof.evidence.experiment.randomisation import Units, effect
from routeproof.evidence.experiment.sequence import sequence

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAYS, ORDERS, SHARE, DRAWS = 40, 60, 0.1, 199
LARGE, WIDE = 0.2, 0.3
CONFIDENCE, BROKEN, TIGHTEST, BURN_IN = 0.95, 0.001, 21.0, 10.0
BEGIN, END = "<!-- simulated: tools/experiment_page.py -->", "<!-- end of simulated -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One kind of experiment.

    Attributes:
        name: in words.
        effect: of the treatment, in an order's standard deviation.
        chosen: chance that a large order is named anew until it falls to the treatment.
        lost: share of the treatment's orders that never come in.
        complied: share of the treatment's orders that go there.
        fixed: five securities a day in place of orders by themselves, one of them treated.
    """

    name: str
    effect: float = 0.0
    chosen: float = 0.0
    lost: float = 0.0
    complied: float = 1.0
    fixed: bool = False


WORLDS = (
    World(name="nothing"),
    World(name="nothing, by day and security", fixed=True),
    World(name="effect of 0.2", effect=0.2),
    World(name="effect of 0.4", effect=0.4),
    World(name="effect of 0.4, by day and security", effect=0.4, fixed=True),
    World(name="effect of 0.4, half complied", effect=0.4, complied=0.5),
    World(name="1 in 50 large orders chosen", chosen=0.02),
    World(name="1 in 10 large orders chosen", chosen=0.1),
    World(name="1 in 3 large orders chosen", chosen=0.33),
    World(name="1 in 10 treated orders lost", lost=0.1),
    World(name="1 in 3 treated orders lost", lost=0.33),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Shares of draws: called broken; interval holds the truth; sequence holds it on all days; effect found."""

    world: World
    broken: float
    held: float
    sequence_held: float
    found: float


def drawn(world: World, rng: np.random.Generator) -> tuple[Units, NDArray[np.float64], float]:
    """Units, covariates known before, and the true effect by intention to treat."""
    day = np.repeat(np.arange(DAYS), ORDERS)
    large, wide = (rng.uniform(size=day.size) < share for share in (LARGE, WIDE))
    security = np.tile(np.arange(ORDERS) % 5, DAYS)
    picked = np.array([rng.integers(5) for _ in range(DAYS)])[day] == security
    treated = picked if world.fixed else rng.uniform(size=day.size) < SHARE
    treated = treated | (large & (rng.uniform(size=day.size) < world.chosen))
    goes = treated & (rng.uniform(size=day.size) < world.complied)
    shared = rng.standard_t(3, DAYS)[day] / np.sqrt(3.0)
    value = rng.standard_t(3, day.size) / np.sqrt(3.0) + 0.5 * shared + 0.8 * wide + world.effect * goes
    weight = np.exp(0.8 * rng.standard_normal(day.size)) * np.where(large, 4.0, 1.0)
    here = ~(treated & (rng.uniform(size=day.size) < world.lost))
    columns = np.stack([large, ~large, wide, ~wide], axis=1).astype(np.float64)
    truth = world.effect * world.complied
    if not world.fixed:
        top, under = (value * weight)[here], weight[here]
        return Units(day[here], treated[here], top, under, SHARE, fixed=False), columns[here], truth
    cell = day * 5 + security
    sums = [np.bincount(cell, one) for one in (value * weight, weight)]
    first = np.unique(cell, return_index=True)[1]
    known = np.stack([np.bincount(cell, one) for one in columns.T], axis=1)
    return Units(day[first], treated[first], *sums, 0.2, fixed=True), known, truth


def told(world: World, reps: int, seed: int) -> Told:
    """Draw experiments of a world and read each as `experiment analyse` does."""
    rng = np.random.Generator(np.random.PCG64([seed, WORLDS.index(world)]))
    counts = np.zeros(4)
    for one in range(reps):
        units, known, truth = drawn(world, rng)
        odd = not units.fixed and ratio_p(int(units.treated.sum()), len(units.block), SHARE) < BROKEN
        counts[0] += odd or balance(units, known).p_value < BROKEN
        read = effect(units, CONFIDENCE, DRAWS, 1, one)
        lower, upper = (-np.inf, np.inf) if read is None else (read.lower or -np.inf, read.upper or np.inf)
        counts[1] += lower <= truth <= upper
        running = sequence(units, units.block, CONFIDENCE, TIGHTEST, BURN_IN)
        ends = [(low, high) for low, high in zip(running.lower, running.upper, strict=True) if low is not None]
        counts[2] += all(low <= truth <= (high or 0.0) for low, high in ends)
        counts[3] += lower > 0.0 or upper < 0.0
    broken, held, sequence_held, found = (counts / reps).tolist()
    return Told(world=world, broken=broken, held=held, sequence_held=sequence_held, found=found)


def table(rows: list[Told], reps: int, seed: int) -> str:
    """The part of the page."""
    head = (
        f"{reps} experiments a row, seed {seed}: {DAYS} days of {ORDERS} orders, a share of {SHARE:g} (by day and\n"
        "security one of five), Student t3 noise with day effects, order sizes that differ twentyfold; effects in an\n"
        f"order's standard deviation; simulation error of 95 % about {(0.95 * 0.05 / reps) ** 0.5:.1%}. Regenerate:\n"
        "`python tools/experiment_page.py`.\n\n"
        "| world | called broken | interval holds | sequence holds on all days | difference found |\n"
        "|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {one.world.name} | {one.broken:.1%} | {one.held:.1%} | {one.sequence_held:.1%} | {one.found:.0%} |\n"
        for one in rows
    )


def main() -> int:
    """Write the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--out", type=Path, default=Path("docs/methods/experiment.md"))
    given = parser.parse_args()
    text = table([told(world, given.reps, given.seed) for world in WORLDS], given.reps, given.seed)
    before, rest = given.out.read_text(encoding="utf-8").split(BEGIN)
    given.out.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
