"""How two flows are made alike before they are compared, and which verdicts of a grid are controlled together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline

FEWEST_FOLDS = 2
LISTS = ("spread_bps", "size_ratio", "volatility_bps", "clock", "families")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePolicy:
    """How like is compared with like. Edges are lower bounds, ascending; the first bucket lies below the first edge.

    Attributes:
        seed: of everything drawn.
        folds: parts of the days of which one is predicted from the others.
        ridge: orders' worth of pull toward zero on each coefficient of the two models.
        least_cell_days: days that a cell needs on both sides to be compared.
        spread_bps: edges of the quoted spread over the midpoint, in basis points.
        size_ratio: edges of the order's size over the size displayed at the far touch.
        volatility_bps: edges of the midpoint's movement before the order, in basis points.
        clock: edges of the time of day, New York.
        liquidity_groups: groups of securities of about equal traded shares each.
        window_s: seconds before the order over which the midpoint's movement is taken.
        greatest_propensity: flow that would more surely be the subject's than this, were both flows equally large, has
            no counterpart.
        families: dimensions of a grid; cells that agree in them are one family of verdicts.
    """

    seed: int
    folds: int
    ridge: float
    least_cell_days: int
    spread_bps: tuple[float, ...]
    size_ratio: tuple[float, ...]
    volatility_bps: tuple[float, ...]
    clock: tuple[str, ...]
    liquidity_groups: int
    window_s: int
    greatest_propensity: float
    families: tuple[str, ...]


def compare_policy(subjects: Mapping[str, Any]) -> Timeline[ComparePolicy]:
    """Build the timeline from the parsed subject `compare`.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a value out of its range.
    """
    return timeline("compare", subjects["compare"], _built)


def _built(value: Mapping[str, Any]) -> ComparePolicy:
    given: dict[str, Any] = {name: tuple(item) if name in LISTS else item for name, item in value.items()}
    found = ComparePolicy(**given)
    edges: tuple[tuple[Any, ...], ...] = (found.spread_bps, found.size_ratio, found.volatility_bps, found.clock)
    counts = (found.least_cell_days, found.liquidity_groups, found.window_s)
    sound = (
        found.folds >= FEWEST_FOLDS
        and found.ridge > 0.0
        and 0.0 < found.greatest_propensity < 1.0
        and all(isinstance(one, int) and one > 0 for one in counts)
        and all(sorted(set(one)) == list(one) for one in edges)
    )
    if not sound:
        message = (
            f"expected at least {FEWEST_FOLDS} folds, a ridge above 0, a propensity between 0 and 1, counts above 0 "
            f"and ascending edges, found {dict(value)}"
        )
        raise ValueError(message)
    return found
