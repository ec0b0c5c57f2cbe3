"""Quality of an alternative as it could be known beforehand: earlier figures of its cell, drawn toward coarser ones.

A cell is a kind of order in a kind of market. The ratio of an alternative in a cell is sum of cost over sum of base.
With few orders it is drawn toward the cell's own ratio over all alternatives plus the alternative's usual distance from
that in its group of cells, and that distance toward nothing: w = n / (n + k) is the weight of what was seen itself.
"""

from dataclasses import dataclass

import numpy as np

from routeproof.evidence.partials import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """(c, v) sums of cells and alternatives.

    Attributes:
        n: orders.
        cost: effective cost, USD; positive = a cost.
        base: half spreads of the executed shares, USD.
        executed, ordered: shares.
    """

    n: Floats
    cost: Floats
    base: Floats
    executed: Floats
    ordered: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """(c, v) `ratio` of cost over half spread and `fill`, the share of an order that is executed."""

    ratio: Floats
    fill: Floats


def predict(sums: Sums, group: Ints, shrink_orders: float) -> Predicted:
    """Predict both for each cell and alternative.

    Args:
        sums: of earlier days.
        group: (c,) coarser group of each cell, 0 to g - 1.
        shrink_orders: orders at which what was seen and what it is drawn toward weigh alike; above 0.
    """
    return Predicted(
        ratio=_drawn(sums.cost, sums.base, sums.n, group, shrink_orders),
        fill=_drawn(sums.executed, sums.ordered, sums.n, group, shrink_orders),
    )


def _drawn(top: Floats, bottom: Floats, n: Floats, group: Ints, pull: float) -> Floats:
    groups = int(group.max()) + 1
    of_group = _ratio(_by(top.sum(axis=1), group, groups), _by(bottom.sum(axis=1), group, groups))
    cell_n = n.sum(axis=1)
    weight = cell_n / (cell_n + pull)
    of_cell = weight * _ratio(top.sum(axis=1), bottom.sum(axis=1)) + (1.0 - weight) * of_group[group]
    apart = top - of_cell[:, None] * bottom
    own_n = np.stack([_by(column, group, groups) for column in n.T], axis=1)
    distance = _ratio(
        np.stack([_by(column, group, groups) for column in apart.T], axis=1),
        np.stack([_by(column, group, groups) for column in bottom.T], axis=1),
    )
    usual = of_cell[:, None] + (distance * own_n / (own_n + pull))[group]
    own = n / (n + pull)
    return np.asarray(np.where(bottom > 0, own * _ratio(top, bottom) + (1.0 - own) * usual, usual), dtype=np.float64)


def _by(values: Floats, group: Ints, groups: int) -> Floats:
    return np.asarray(np.bincount(group, weights=values, minlength=groups), dtype=np.float64)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return np.asarray(np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0), dtype=np.float64)
