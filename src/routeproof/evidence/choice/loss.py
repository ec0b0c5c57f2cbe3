"""What choices cost against the best alternative that could be known beforehand, valued by what really happened there.

The alternative of each cell is picked by predicted quality alone, from earlier days. What it would have cost is then
taken from the fills that it really gave in the same cell and the same block of days, which the pick has not seen: so
the best of several noisy predictions does not look better than it is. Each day's pull on the sum is linearised, with
the noise of the alternative's own ratio in it, so that days can carry an interval.
"""

from dataclasses import dataclass

import numpy as np

from routeproof.evidence.choice.quality import Predicted
from routeproof.evidence.partials import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """(d, c, v) sums of a block of days: orders, effective cost and half spreads in USD, executed shares."""

    n: Floats
    cost: Floats
    base: Floats
    shares: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terms:
    """What may stand in for what.

    Attributes:
        predicted: quality as predicted for the block.
        reachable: (c, v) alternatives within reach.
        net: (v,) what an alternative pays on balance per share, USD.
        allowed: (v, v) whether column may stand in for row.
        fill_slack: a stand-in may be predicted to fill a share lower by so much.
        least_valued: orders of the block that a stand-in needs in the cell.
    """

    predicted: Predicted
    reachable: Floats
    net: Floats
    allowed: Floats
    fill_slack: float
    least_valued: float


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """(d, c) sums by day and cell.

    Attributes:
        loss: USD, linearised: over all days it sums to the loss.
        earned: USD more than the stand-ins would have paid.
        moved: shares for which something better was to be expected.
        shares: of all.
    """

    loss: Floats
    earned: Floats
    moved: Floats
    shares: Floats


def block_loss(block: Block, terms: Terms) -> Loss:
    """(d, c) loss of a block by day and cell."""
    days, cells, alternatives = block.n.shape
    loss, earned, moved = (np.zeros((days, cells)) for _ in range(3))
    n, base, cost = (one.sum(axis=0) for one in (block.n, block.base, block.cost))
    for cell in range(cells):
        for chosen in np.flatnonzero(base[cell] > 0):
            other = stand_in(cell, int(chosen), n, base, terms)
            if other is None:
                continue
            ratio = cost[cell, other] / base[cell, other]
            scale = base[cell, chosen] / base[cell, other]
            own = block.cost[:, cell, chosen] - ratio * block.base[:, cell, chosen]
            noise = block.cost[:, cell, other] - ratio * block.base[:, cell, other]
            loss[:, cell] += own - scale * noise
            shares = block.shares[:, cell, chosen]
            earned[:, cell] += (terms.net[chosen] - terms.net[other]) * shares
            moved[:, cell] += shares
    assert alternatives == len(terms.net)  # noqa: S101 shapes belong together
    return Loss(loss, earned, moved, block.shares.sum(axis=2))


def stand_in(cell: int, chosen: int, n: Floats, base: Floats, terms: Terms) -> int | None:
    """The best alternative by prediction that may stand in and is better than what was chosen; `None` if none."""
    ratio, fill = terms.predicted.ratio[cell], terms.predicted.fill[cell]
    fits = (
        (terms.reachable[cell] > 0)
        & (terms.allowed[chosen] > 0)
        & (n[cell] >= terms.least_valued)
        & (base[cell] > 0)
        & (fill >= fill[chosen] - terms.fill_slack)
        & (ratio < ratio[chosen])
    )
    fits[chosen] = False
    places = np.flatnonzero(fits)
    return int(places[np.argmin(ratio[places])]) if len(places) else None
