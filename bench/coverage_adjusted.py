"""How often adjusted intervals hold the truth, and how often a grid finds what is not there.

    python bench/coverage_adjusted.py [--reps 300] [--grids 200] [--workers 2] [--seed 20260101] [--out FILE]

A world: orders fall into cells (spread x order class x size), which differ in what an order gets; the subject's mix of
cells is not the benchmark's, so that the raw difference is wrong by much more than chance. The difference within cells
is known (0, or planted). Days may share an effect that both sides feel, and each side has one of its own.
"""

from __future__ import annotations

import argparse
import itertools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.adjust.doubly_robust import cross_fitted, doubly_robust
from routeproof.evidence.adjust.flow import Flow
from routeproof.evidence.adjust.side_by_side import exact
from routeproof.evidence.interval import interval
from routeproof.evidence.multiple import benjamini_yekutieli
from routeproof.evidence.tree import hierarchical
from routeproof.policy.thresholds import EvidenceStandards

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PROMISED = 0.93
JUDGED_FROM = 0.20
LEVELS = {"spread": ("narrow", "middle", "wide"), "order_class": ("market", "limit"), "size": ("small", "large")}
FINE = {"spread": tuple("abc"), "order_class": tuple("abcde"), "size": tuple("abcd"), "time": tuple("abc")}
FOLDS, RIDGE, GREATEST, LEAST_DAYS = 5, 1.0, 0.95, 2
USUAL_TILT, FAR_TILT = 0.6, 2.5
RATE = 0.05
HEIGHTS = np.array([1.0, -0.7, 0.8, 0.4])
LEAF_PATHS = tuple((f"class {one}", f"venue {two}") for one in range(4) for two in range(6))


@dataclass(frozen=True, slots=True)
class World:
    """One kind of comparison.

    orders: a day and side. tilt: how unlike the two mixes are. apart: the sides are of different days. effect: planted
    within every cell. fine: 180 cells in place of 12.
    """

    days: int
    orders: int
    tails: str
    rho: float
    tilt: float
    apart: bool
    effect: float = 0.0
    fine: bool = False

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """Levels of each dimension."""
        return FINE if self.fine else LEVELS

    @property
    def kind(self) -> str:
        """In words."""
        return "180 cells" if self.fine else f"12 cells{', mixes far apart' if self.tilt > USUAL_TILT else ''}"


@dataclass(frozen=True, slots=True)
class Held:
    """What a world's draws came to, by estimator: intervals given, that hold the truth, and that exclude 0."""

    world: World
    reps: int
    given: dict[str, int]
    covered: dict[str, int]
    found: dict[str, int]


def worlds() -> list[World]:
    """Every world of the published table: the usual ones, those with little in common, and those with many cells."""
    tails, rhos, sides = ("normal", "t3", "lognormal"), (0.0, 0.5), (False, True)
    usual = itertools.product((15, 21, 42, 63), (8, 60), tails, rhos, (USUAL_TILT,), sides)
    hard = list(itertools.product((21, 63), (30,), ("normal", "lognormal"), rhos, (FAR_TILT, USUAL_TILT), sides))
    return [*(World(*one) for one in usual), *(World(*one, fine=one[4] == USUAL_TILT) for one in hard)]


def drawn(world: World, rng: np.random.Generator) -> Flow:
    """One draw of a world."""
    shape = tuple(len(words) for words in world.levels.values())
    features = np.array(list(np.ndindex(shape)), dtype=np.int64)
    height = features @ HEIGHTS[: features.shape[1]]
    shared = _noise(world.tails, rng, world.days)
    parts = []
    for subject in (True, False):
        mix = np.exp(world.tilt * height * (1.0 if subject else -1.0) / 2.0)
        day = np.repeat(np.arange(world.days), world.orders)
        cell = rng.choice(len(features), day.size, p=mix / mix.sum())
        own = _correlated(_noise(world.tails, rng, world.days), world.rho) if world.rho else np.zeros(world.days)
        common = np.zeros(world.days) if world.apart else shared
        value = height[cell] + 0.5 * (own + common)[day] + _noise(world.tails, rng, day.size) + world.effect * subject
        weight = np.exp(0.8 * rng.standard_normal(day.size))
        late = 400 if world.apart and not subject else 0
        parts.append((np.full(day.size, subject), day - late, cell, value, weight))
    return flow_of(*(np.concatenate(one) for one in zip(*parts, strict=True)), features, world.levels)


def flow_of(  # one argument a column
    subject: NDArray[np.bool_],
    day: NDArray[np.int64],
    cell: NDArray[np.int64],
    value: Floats,
    weight: Floats,
    features: NDArray[np.int64],
    levels: dict[str, tuple[str, ...]],
) -> Flow:
    """Orders added up by side, day and cell."""
    key = (day - day.min()) * 2 * len(features) + subject * len(features) + cell
    groups, first, place = np.unique(key, return_index=True, return_inverse=True)
    heaviest = np.zeros(len(groups))
    np.maximum.at(heaviest, place, weight)
    added = [np.bincount(place, one, len(groups)) for one in (value * weight, weight, value**2 * weight)]
    return Flow(subject[first], day[first], cell[first], *added, heaviest, np.bincount(place), features, levels)


def _noise(tails: str, rng: np.random.Generator, size: int) -> Floats:
    if tails == "t3":
        return rng.standard_t(3, size) / np.sqrt(3.0)
    if tails == "lognormal":
        return (np.exp(rng.standard_normal(size)) - np.exp(0.5)) / np.sqrt(np.exp(2.0) - np.exp(1.0))
    return rng.standard_normal(size)


def _correlated(shocks: Floats, rho: float) -> Floats:
    out = shocks.copy()
    for day in range(1, len(out)):
        out[day] = rho * out[day - 1] + np.sqrt(1.0 - rho**2) * shocks[day]
    return out


def generator(seed: int, *key: object) -> np.random.Generator:
    """A stream of its own for each world, the same in every process."""
    return np.random.default_rng([seed, *(int.from_bytes(str(one).encode()[:6], "big") for one in key)])


def held(world: World, reps: int, seed: int, standards: EvidenceStandards | None = None) -> Held:
    """Draw `reps` comparisons and count."""
    rules = standards or EvidenceStandards()
    rng = generator(seed, *astuple(world))
    counts = {name: dict.fromkeys(("cells", "robust"), 0) for name in ("given", "covered", "found")}
    for _ in range(reps):
        for name, ends in _ends(drawn(world, rng), rules).items():
            if ends is not None:
                counts["given"][name] += 1
                counts["covered"][name] += ends[0] <= world.effect <= ends[1]
                counts["found"][name] += not ends[0] <= 0.0 <= ends[1]
    return Held(world, reps, **counts)


def _ends(flow: Flow, rules: EvidenceStandards) -> dict[str, tuple[float, float] | None]:
    cells = exact(flow, rules, LEAST_DAYS, GREATEST, "")
    if cells.interval is None:
        return {"cells": None, "robust": None}
    robust = doubly_robust(flow, cross_fitted(flow, FOLDS, RIDGE), GREATEST)
    other = None if robust is None else interval(robust.estimate, robust.series, rules)
    return {
        "cells": (cells.interval.lower, cells.interval.upper),
        "robust": None if other is None else (other.lower, other.upper),
    }


@dataclass(frozen=True, slots=True)
class GridHeld:
    """What a kind of grid came to: mean share of false discoveries and share of planted differences found."""

    planted: int
    effect: float
    reps: int
    family_false: float
    tree_false: float
    unadjusted_false: float
    family_power: float
    tree_power: float


def grid_drawn(planted: int, effect: float, rng: np.random.Generator) -> tuple[list[float], list[bool]]:
    """p-values of a grid's leaves and which of them are planted; all leaves share each day's effect."""
    rules = EvidenceStandards()
    is_planted = [place < planted for place in range(len(LEAF_PATHS))]
    shape = tuple(len(words) for words in LEVELS.values())
    features = np.array(list(np.ndindex(shape)), dtype=np.int64)
    height = features @ HEIGHTS[: features.shape[1]]
    days, orders = 42, 12
    shared = _noise("t3", rng, days)
    chances = []
    for real in is_planted:
        parts = []
        for subject in (True, False):
            mix = np.exp(0.6 * height * (1.0 if subject else -1.0) / 2.0)
            day = np.repeat(np.arange(days), orders)
            cell = rng.choice(len(features), day.size, p=mix / mix.sum())
            value = height[cell] + 0.5 * shared[day] + _noise("t3", rng, day.size) + effect * real * subject
            weight = np.exp(0.8 * rng.standard_normal(day.size))
            parts.append((np.full(day.size, subject), day, cell, value, weight))
        flow = flow_of(*(np.concatenate(one) for one in zip(*parts, strict=True)), features, LEVELS)
        found = exact(flow, rules, LEAST_DAYS, GREATEST, "")
        chances.append(1.0 if found.interval is None else found.interval.p_value)
    return chances, is_planted


def grids(planted: int, effect: float, reps: int, seed: int) -> GridHeld:
    """Draw `reps` grids and judge each in the ways that `compare grid` does."""
    rng = generator(seed, "grid", planted, effect)
    false, power = np.zeros((reps, 3)), np.zeros((reps, 2))
    for one in range(reps):
        chances, real = grid_drawn(planted, effect, rng)
        family = _by_class(chances)
        tree = {node.path: node.discovered for node in hierarchical(LEAF_PATHS, chances, RATE)}
        ways = [family, [tree[path] for path in LEAF_PATHS], [p <= RATE for p in chances]]
        for place, found in enumerate(ways):
            wrong = sum(hit and not true for hit, true in zip(found, real, strict=True))
            false[one, place] = wrong / max(sum(found), 1)
            if place < power.shape[1] and planted:
                power[one, place] = sum(hit and true for hit, true in zip(found, real, strict=True)) / planted
    return GridHeld(planted, effect, reps, *false.mean(axis=0).tolist(), *power.mean(axis=0).tolist())


def _by_class(chances: list[float]) -> list[bool]:
    stands: list[bool] = []
    for name in dict.fromkeys(path[0] for path in LEAF_PATHS):
        inside = [p for path, p in zip(LEAF_PATHS, chances, strict=True) if path[0] == name]
        stands += benjamini_yekutieli(name, inside, RATE).discovered.tolist()
    return stands


GRIDS = ((0, 0.0), (3, 0.25), (3, 0.5), (3, 1.0), (12, 0.25), (12, 0.5), (12, 1.0))
"""Planted leaves out of 24, and the effect in an order's standard deviation."""
POWER = (0.05, 0.1, 0.2, 0.3)

PAGE = """
## Like with like

Regenerate: `python bench/coverage_adjusted.py --reps {reps} --grids {grids} --seed {seed}`. Orders fall into
cells that differ in what an order gets; the two mixes differ so much that the raw difference is wrong by half an
order's standard deviation, where they are far apart by more than one. Both adjusted intervals must hold what is
planted within cells; {reps} draws of each of {worlds} worlds, simulation error about {error:.1%}. Promise: at least
{promised:.0%} wherever at least {from_share:.0%} of draws are given an interval.
**Below it: {broken} of {judged}.** Shown: exact cells / doubly robust, the lower of 8 and 60 orders a day and side (30
in the harder worlds), and the share of draws that were given an interval; the others: too little has a counterpart.

| world | sides | days | tails | rho 0 | rho 0.5 | given |
|---|---|---|---|---|---|---|
{table}

Power, exact cells / doubly robust: share of draws whose interval excludes 0 (63 days, 60 orders a day and side).

| planted, in an order's standard deviation | found |
|---|---|
{power}

## Whole grids

Four classes of six venues, 24 comparisons of 42 days that share each day's effect, Student t3 noise, {grids} grids a
row. By family: Benjamini-Yekutieli in each class. Tree: classes first, then the venues of those that stand. `false` is
the mean share of false ones among what stands, over the whole grid; nominal {rate:.0%}, simulation error of a null row
about {grid_error:.1%}.

| planted | effect | false: by family | tree | uncontrolled | power: by family | tree |
|---|---|---|---|---|---|---|
{grid_table}

**Rows above the nominal rate: {above}.**
"""


def _one(task: tuple[World, int, int]) -> Held:
    return held(*task)


def _grid(task: tuple[int, float, int, int]) -> GridHeld:
    return grids(*task)


def as_markdown(outcomes: list[Held], found: list[GridHeld], powers: list[Held], seed: int) -> str:
    """The part of the page."""
    reps, grid_reps = outcomes[0].reps, found[0].reps
    return PAGE.format(
        reps=reps,
        grids=grid_reps,
        seed=seed,
        worlds=len(outcomes),
        error=(PROMISED * (1 - PROMISED) / reps) ** 0.5,
        promised=PROMISED,
        from_share=JUDGED_FROM,
        broken=len(broken(outcomes)),
        judged=len(outcomes),
        table="\n".join(_table(outcomes)),
        power="\n".join(
            f"| {one.world.effect:g} | {one.found['cells'] / one.reps:.0%} / {one.found['robust'] / one.reps:.0%} |"
            for one in powers
        ),
        rate=RATE,
        grid_error=(RATE * (1 - RATE) / grid_reps) ** 0.5,
        grid_table="\n".join(
            f"| {one.planted} of 24 | {one.effect:g} | {one.family_false:.1%} | {one.tree_false:.1%} "
            f"| {one.unadjusted_false:.1%} | {one.family_power:.0%} | {one.tree_power:.0%} |"
            for one in found
        ),
        above=sum(max(one.family_false, one.tree_false) > RATE for one in found),
    )


def broken(outcomes: list[Held]) -> list[Held]:
    """Worlds in which an estimator that was given an interval often enough held the truth less than promised."""
    return [one for one in outcomes if min(_coverage(one, name) for name in ("cells", "robust")) < PROMISED]


def _coverage(one: Held, name: str) -> float:
    given = one.given[name]
    return one.covered[name] / given if given >= one.reps * JUDGED_FROM else 1.0


def _table(outcomes: list[Held]) -> Iterable[str]:
    rows: dict[tuple[str, bool, int, str], dict[float, list[Held]]] = {}
    for one in outcomes:
        world = one.world
        key = (world.kind, world.apart, world.days, world.tails)
        rows.setdefault(key, {}).setdefault(world.rho, []).append(one)
    for (kind, apart, days, tails), by_rho in rows.items():
        shown = [
            " / ".join(f"{min(_coverage(one, name) for one in by_rho[rho]):.1%}" for name in ("cells", "robust"))
            for rho in sorted(by_rho)
        ]
        given = sum(one.given["cells"] for some in by_rho.values() for one in some)
        drawn_ = sum(one.reps for some in by_rho.values() for one in some)
        sides = "different days" if apart else "same days"
        yield f"| {kind} | {sides} | {days} | {tails} | {' | '.join(shown)} | {given / drawn_:.0%} |"


def main() -> int:
    """Write the part of the page; exit 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=300)
    parser.add_argument("--grids", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--out", type=Path, default=Path("docs/coverage.md"))
    given = parser.parse_args()
    base = World(63, 60, "normal", 0.0, USUAL_TILT, apart=False)
    with ProcessPoolExecutor(given.workers) as pool:
        outcomes = list(pool.map(_one, [(world, given.reps, given.seed) for world in worlds()]))
        powers = list(pool.map(_one, [(replace(base, effect=one), given.reps, given.seed) for one in POWER]))
        found = list(pool.map(_grid, [(*one, given.grids, given.seed) for one in GRIDS]))
    before, _, _ = given.out.read_text(encoding="utf-8").partition("\n## Like with like")
    given.out.write_text(before + as_markdown(outcomes, found, powers, given.seed), encoding="utf-8")
    failed = broken(outcomes)
    above = [one for one in found if max(one.family_false, one.tree_false) > RATE]
    print(f"{len(outcomes)} worlds, {len(failed)} below {PROMISED:.0%}; {len(above)} grids above {RATE:.0%}")
    for one in (*failed, *above):
        print(f"  {one}")
    return 1 if failed or above else 0


if __name__ == "__main__":
    raise SystemExit(main())
