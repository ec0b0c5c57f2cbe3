"""Quality predicted beforehand, and loss against who could stand in: by hand, and unbiased where nobody is better."""

from __future__ import annotations

import numpy as np
import pytest

from routeproof.evidence.choice.loss import Block, Terms, block_loss
from routeproof.evidence.choice.quality import Predicted, Sums, predict

ONE_GROUP = np.zeros(1, dtype=np.int64)


def _sums(n: list[float], cost: list[float], base: list[float]) -> Sums:
    one = [np.array([values], dtype=np.float64) for values in (n, cost, base)]
    return Sums(*one, executed=one[0] * 90.0, ordered=one[0] * 100.0)


def test_a_thin_alternative_is_drawn_toward_the_cell() -> None:
    """Cell ratio (40 + 12) / (100 + 10) = 0.4727...; all in one cell, so alternative B's usual distance is its own.

    B: 10 orders, ratio 1.2, k = 30: own weight 1/4. Distance 1.2 - 0.4727 = 0.7273, kept to 1/4: usual 0.6545.
    Predicted 1/4 x 1.2 + 3/4 x 0.6545 = 0.7909.
    """
    found = predict(_sums([100, 10], [40, 12], [100, 10]), ONE_GROUP, 30.0)
    cell = 52.0 / 110.0
    usual = cell + (1.2 - cell) / 4.0
    assert found.ratio[0, 1] == pytest.approx(0.3 + 0.75 * usual)
    assert found.fill[0].tolist() == pytest.approx([0.9, 0.9])


def test_an_alternative_never_seen_is_as_the_cell() -> None:
    """Nothing is known of C: the cell's own ratio."""
    found = predict(_sums([50, 50, 0], [20, 30, 0], [50, 50, 0]), ONE_GROUP, 30.0)
    assert found.ratio[0, 2] == pytest.approx(0.5)


def _terms(net: tuple[float, ...] = (0.002, 0.0), ratio: tuple[float, ...] = (1.0, 0.5)) -> Terms:
    pays_less = np.array([[net[row] > net[column] for column in range(2)] for row in range(2)], dtype=np.float64)
    return Terms(
        predicted=Predicted(np.array([ratio]), np.ones((1, 2))),
        reachable=np.ones((1, 2)),
        net=np.array(net),
        allowed=pays_less,
        fill_slack=0.05,
        least_valued=1.0,
    )


def _block(days: list[tuple[tuple[float, float], tuple[float, float]]]) -> Block:
    """Per day and alternative: cost and base; one order and 1000 shares each."""
    cost = np.array([[[one[0] for one in day]] for day in days])
    base = np.array([[[one[1] for one in day]] for day in days])
    return Block(np.ones_like(cost), cost, base, np.full_like(cost, 1000.0))


def test_the_loss_by_hand() -> None:
    """The payer costs 10 and 12 of 10 and 10 half spreads; the other 4 of 10 on the first day, 6 of 10 on the second.

    The other's ratio is 10 / 20 = 1/2, so the payer's 22 would have been 10: a loss of 12. By day: 10 - 5 less the
    other's own distance 4 - 5 = 6, and 12 - 5 less 6 - 5 = 6. Earned: 2000 shares at 0.002 more.
    """
    found = block_loss(_block([((10, 10), (4, 10)), ((12, 10), (6, 10))]), _terms())
    assert found.loss[:, 0].tolist() == pytest.approx([6.0, 6.0])
    assert found.earned.sum() == pytest.approx(4.0)
    assert (found.moved.sum(), found.shares.sum()) == (2000.0, 4000.0)


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (_terms(net=(0.0, 0.002)), "the other pays more"),
        (_terms(ratio=(0.5, 1.0)), "nothing better was to be expected"),
    ],
)
def test_where_nobody_may_stand_in_nothing_is_lost(terms: Terms, why: str) -> None:
    """Either the better one pays more, or it was not expected to be better; nobody is accused for either."""
    found = block_loss(_block([((10, 10), (4, 10))]), terms)
    assert found.loss.sum() == 0.0, why
    assert found.moved.sum() == 0.0, why


def test_a_stand_in_that_fills_less_does_not_count() -> None:
    """It is predicted to fill 0.8 of an order, the chosen one 1.0."""
    usual = _terms()
    fills_less = Predicted(usual.predicted.ratio, np.array([[1.0, 0.8]]))
    terms = Terms(
        predicted=fills_less, reachable=usual.reachable, net=usual.net, allowed=usual.allowed,
        fill_slack=usual.fill_slack, least_valued=usual.least_valued,
    )  # fmt: skip
    assert block_loss(_block([((10, 10), (4, 10))]), terms).moved.sum() == 0.0


def test_the_best_of_noisy_predictions_does_not_look_better_than_it_is() -> None:
    """Eight alike alternatives: the loss averages nothing, though the best prediction always looks better."""
    rng = np.random.default_rng(11)
    losses, naive = [], []
    for _ in range(60):
        base = np.full((5, 1, 8), 20.0)
        seen = 1.0 + rng.normal(0, 0.2, 8)
        cost = base * (1.0 + rng.normal(0, 0.3, base.shape))
        terms = Terms(
            predicted=Predicted(seen[None, :], np.ones((1, 8))), reachable=np.ones((1, 8)), net=np.zeros(8),
            allowed=np.ones((8, 8)), fill_slack=0.05, least_valued=1.0,
        )  # fmt: skip
        losses.append(block_loss(Block(np.ones_like(base), cost, base, base), terms).loss.sum() / base.sum())
        naive.append(float((cost.sum(axis=(0, 1)) / 100.0 - seen.min()).mean()))
    error = float(np.std(losses)) / np.sqrt(len(losses))
    assert abs(float(np.mean(losses))) < 3 * error
    assert float(np.mean(naive)) > 0.2
