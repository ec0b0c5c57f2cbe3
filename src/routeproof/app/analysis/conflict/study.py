"""A provider's choices as arrays: days, kinds of order in a kind of market, venues; quality predicted week by week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.evidence.choice.loss import Block, Loss, Terms, block_loss
from routeproof.evidence.choice.quality import Predicted, Sums, predict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from routeproof.evidence.partials import Floats, Ints
    from routeproof.policy.analysis.conflicts import ConflictsPolicy

CELL = ("order_class", "spread_state", "displayed_state")
FIXED_SQUARED = 1e18
FIXED = 1e9
TWICE = 2.0
CENTS = 100.0
PER_HUNDRED_SHARES = 1e4
"""USD per share in cents per 100 shares."""


@dataclass(frozen=True, slots=True, eq=False)
class Inducements:
    """(days, venues).

    Attributes:
        net: net payment per share, USD: payment and rebate less the part of the fee that does not stay in the house.
        cash: the same with the whole fee: what venues pay to others than their owners.
        tie: 1 = under one roof with the provider.
        arrangement: 1 = named by another arrangement of the conflicts register.
        untold: 1 = nobody said what the venue pays for the provider's flow; `net` and `cash` are then 0.
    """

    net: Floats
    cash: Floats
    tie: Floats
    arrangement: Floats
    untold: Floats

    def of(self, kind: str) -> Floats:
        """The (days, venues) array of a kind."""
        return {"payment": self.net, "tie": self.tie, "arrangement": self.arrangement}[kind]


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """One provider's orders by day, cell and venue.

    Attributes:
        days: trading days with orders, ascending.
        cells: order class, spread, size against displayed.
        venues: MICs, ascending.
        group: (c,) number of each cell's order class.
        classes: order classes by number.
        n, cost, base, executed, ordered: (d, c, v) orders, USD, USD, shares, shares; see `quality.Sums`.
        largest: (d,) shares of the day's largest order.
        rests: whether these are orders that rest, whose sums mean what `choices.resting` says.
        sets: choices by day, cell and venue at the NBBO: `day, cell, shown, venue, n, half_spread` (numbers of those;
            `half_spread` USD a share, mean of the set).
    """

    days: tuple[date, ...]
    cells: tuple[tuple[str, str, str], ...]
    venues: tuple[str, ...]
    group: Ints
    classes: tuple[str, ...]
    n: Floats
    cost: Floats
    base: Floats
    executed: Floats
    ordered: Floats
    largest: Floats
    sets: pl.DataFrame
    rests: bool = False

    @property
    def routed(self) -> Floats:
        """(d, c, v) shares that a loss is per share of: executed ones, of orders that rest ordered ones."""
        return self.base if self.rests else self.executed


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """A week that is judged: its days (places in the study's), what was predicted for it, what is within reach."""

    days: Ints
    predicted: Predicted
    reachable: Floats


def study_of(cells: pl.DataFrame, provider: str, classes: Sequence[str], *, rests: bool = False) -> Study | None:
    """The study of one provider's orders of some classes, `None` without any.

    Args:
        cells: see `choice_cells`, or `resting_cells` where they rest.
        provider: whose.
        classes: order classes.
        rests: whether they rest.
    """
    own = cells.filter((pl.col("provider") == provider) & pl.col("order_class").is_in(list(classes)))
    if own.is_empty():
        return None
    days = tuple(own["trading_day"].unique().sort())
    venues = tuple(own["venue"].unique().sort())
    names = tuple(own.select(CELL).unique().sort(CELL).iter_rows())
    held = tuple(sorted({name[0] for name in names}))
    shown = own["shown_venue"].unique().sort()
    coded = own.with_columns(
        _code("trading_day", days, "day"),
        _code("venue", venues, "venue"),
        _code("shown_venue", tuple(shown), "shown_code"),
    ).join(
        pl.DataFrame(names, schema=CELL, orient="row").with_columns(cell=pl.int_range(pl.len())),
        on=CELL,
        maintain_order="left",
    )
    shape = (len(days), len(names), len(venues))
    place = np.ravel_multi_index(tuple(coded[name].to_numpy() for name in ("day", "cell", "venue")), shape)

    def summed(name: str, scale: float) -> Floats:
        values = coded[name].cast(pl.Float64).to_numpy()
        return np.asarray(
            np.bincount(place, weights=values, minlength=int(np.prod(shape))).reshape(shape) / scale, dtype=np.float64
        )

    by_day = coded.group_by("day").agg(pl.col("largest").max()).sort("day")
    return Study(
        days=days,
        cells=names,
        venues=venues,
        group=np.array([held.index(name[0]) for name in names], dtype=np.int64),
        classes=held,
        n=summed("n", 1.0),
        cost=summed("cost2", TWICE * FIXED_SQUARED),
        base=summed("spread_shares", TWICE * FIXED_SQUARED),
        executed=summed("executed", FIXED),
        ordered=summed("ordered", FIXED),
        largest=by_day["largest"].cast(pl.Float64).to_numpy() / FIXED,
        sets=_sets(coded, shown),
        rests=rests,
    )


def _code(name: str, values: Sequence[object], out: str) -> pl.Expr:
    return pl.col(name).replace_strict(list(values), range(len(values)), return_dtype=pl.Int64).alias(out)


def _sets(coded: pl.DataFrame, shown: pl.Series) -> pl.DataFrame:
    keys = ["day", "cell", "shown"]
    whole = pl.col("spreads").cast(pl.Float64).sum().over(keys) / pl.col("n").sum().over(keys)
    return (
        coded.with_columns(pl.lit(shown).gather(pl.col("shown_code")).alias("shown"))
        .with_columns((whole / (TWICE * FIXED)).alias("half_spread"))
        .select(*keys, "venue", "n", "half_spread")
        .sort(*keys, "venue")
    )


def judged_weeks(study: Study, policy: ConflictsPolicy) -> Iterator[Week]:
    """Weeks with enough days before them, each with the quality predicted from those days alone."""
    numbers = week_numbers(study)
    for number in np.unique(numbers):
        before = np.flatnonzero((numbers < number) & (numbers >= number - policy.history_weeks))
        if len(before) < policy.history_days:
            continue
        days = np.flatnonzero(numbers == number)
        parts = (study.n, study.cost, study.base, study.executed, study.ordered)
        history = Sums(*(one[before].sum(axis=0) for one in parts))
        predicted = predict(history, study.group, float(policy.shrink_orders))
        within = history.n + study.n[days].sum(axis=0)
        by_class = np.stack([within[study.group == one].sum(axis=0) for one in range(len(study.classes))])
        reachable = (by_class >= policy.least_venue_orders).astype(np.float64)[study.group]
        yield Week(days, predicted, reachable)


def week_numbers(study: Study) -> Ints:
    """(d,) number of each day's week."""
    return np.array([(day.toordinal() - 1) // 7 for day in study.days], dtype=np.int64)


def loss_of(study: Study, weeks: Sequence[Week], net: Floats, induced: Floats | None, policy: ConflictsPolicy) -> Loss:
    """(d, c) loss of all judged weeks, days in order.

    Args:
        study: what was chosen.
        weeks: judged weeks.
        net: (days, venues) net payment per share.
        induced: (days, venues) inducement; only venues with less of it may stand in. `None`: any other venue.
        policy: what may stand in.
    """
    found = []
    for week in weeks:
        first = week.days[0]
        if induced is None:
            allowed = np.ones((len(study.venues), len(study.venues)))
        else:
            allowed = (induced[first][None, :] < induced[first][:, None] - TINY).astype(np.float64)
        terms = Terms(
            predicted=week.predicted,
            reachable=week.reachable,
            net=net[first],
            allowed=allowed,
            fill_slack=policy.fill_slack,
            least_valued=float(policy.least_valued_orders),
        )
        block = Block(*(one[week.days] for one in (study.n, study.cost, study.base, study.routed)))
        found.append(block_loss(block, terms))
    return Loss(*(np.concatenate([getattr(one, name) for one in found]) for name in Loss.__slots__))


TINY = 1e-6
"""USD per share: payments that differ by less are alike (a month's payments are known in whole cents)."""
