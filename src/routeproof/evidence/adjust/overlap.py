"""Whether two flows are alike enough to be compared: cells without a counterpart, balance, spread of propensities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from routeproof.evidence.adjust.doubly_robust import Fitted
    from routeproof.evidence.adjust.flow import Bools, Flow
    from routeproof.evidence.partials import Floats

BINS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A cell of the subject without a counterpart: its levels, its share of the subject's weight, its orders."""

    cell: dict[str, str]
    share: float
    orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One level's share of the weight of each side: subject, benchmark as it is, benchmark as weighted.

    before, after: standardised differences (Austin 2009, Statistics in Medicine 28(25)); 0.1 is held to be small.
    """

    dimension: str
    level: str
    subject: float
    benchmark: float
    weighted: float
    before: float
    after: float


def lacking_cells(flow: Flow, kept: Bools) -> list[Lacking]:
    """The subject's cells that are not compared, heaviest first."""
    ours = flow.side(subject=True)
    weight, orders = ours.by_cell(ours.denominator), ours.by_cell(ours.orders.astype(np.float64))
    cells = np.flatnonzero(~kept & (weight > 0.0))
    order = cells[np.lexsort((cells, -weight[cells]))]
    total = float(weight.sum())
    return [
        Lacking(cell=flow.named(int(cell)), share=settle(float(weight[cell]) / total), orders=int(orders[cell]))
        for cell in order
    ]


def balance(flow: Flow, odds: Floats, kept: Bools) -> list[Balance]:
    """Every level of every dimension, before and after weighting the benchmark's kept cells by `odds`."""
    ours, theirs = (flow.side(subject=one) for one in (True, False))
    raw, before = ours.by_cell(ours.denominator), theirs.by_cell(theirs.denominator)
    mine, after = raw * kept, before * odds * kept
    found = []
    for place, (name, words) in enumerate(flow.levels.items()):
        codes = flow.features[:, place]
        for code, word in enumerate(words):
            is_level = codes == code
            shares = [_share(weight, is_level) for weight in (raw, before, mine, after)]
            found.append(
                Balance(
                    dimension=name,
                    level=word,
                    subject=settle(shares[0]),
                    benchmark=settle(shares[1]),
                    weighted=settle(shares[3]),
                    before=settle(_standardised(shares[0], shares[1])),
                    after=settle(_standardised(shares[2], shares[3])),
                )
            )
    return found


def _share(weight: Floats, chosen: Bools) -> float:
    total = float(weight.sum())
    return float(weight[chosen].sum()) / total if total > 0.0 else 0.0


def _standardised(ours: float, theirs: float) -> float:
    spread = ((ours * (1.0 - ours) + theirs * (1.0 - theirs)) / 2.0) ** 0.5
    return (ours - theirs) / spread if spread > 0.0 else 0.0


def propensity_shares(flow: Flow, fitted: Fitted) -> list[dict[str, float | str]]:
    """Share of each side's weight by propensity, in `BINS` even bins: `from, to, side, share`."""
    bins = np.minimum((fitted.propensity * BINS).astype(np.int64), BINS - 1)
    found: list[dict[str, float | str]] = []
    for side, name in ((True, "subject"), (False, "benchmark")):
        chosen = flow.subject == side
        weight = np.bincount(bins[chosen], weights=flow.denominator[chosen], minlength=BINS)
        total = float(weight.sum()) or 1.0
        found += [
            {
                "from": settle(one / BINS),
                "to": settle((one + 1) / BINS),
                "side": name,
                "share": settle(float(weight[one]) / total),
            }
            for one in range(BINS)
        ]
    return found
