"""When money is taken to pull a router's choice, by date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline

SUBJECT = "conflicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictsPolicy:
    """What the test of conflicts needs.

    Attributes:
        seed: of the wild bootstrap of intervals.
        classes: order classes that the headline pools: those in which the router takes what is shown.
        history_days: days with orders before the first week that is judged.
        history_weeks: weeks back from which quality is predicted.
        shrink_orders: orders at which a cell's own figure and that of the coarser cell weigh alike.
        least_venue_orders: orders in the history or the week that make a venue reachable for an order class.
        least_valued_orders: orders of a week in a cell from which an alternative is valued there.
        fill_slack: an alternative may be predicted to fill a share of an order lower by so much, not more.
        ridge: precision of the prior around 0 of each coefficient.
        error: chance of any false accusation among the inducements of a provider.
        least_loss_usd_per_share: customers' loss per share routed below which nobody is accused.
        resting: order classes that wait to be met, judged by themselves: by what stays unfilled.
        rest_ms: a first fill within so long is soon.
        least_lost_share: share unfilled, beyond that of the stand-in, below which nobody is accused.
    """

    seed: int
    classes: tuple[str, ...]
    history_days: int
    history_weeks: int
    shrink_orders: int
    least_venue_orders: int
    least_valued_orders: int
    fill_slack: float
    ridge: float
    error: float
    least_loss_usd_per_share: float
    resting: tuple[str, ...] = ("midpoint_or_better", "non_marketable")
    rest_ms: int = 60_000
    least_lost_share: float = 0.01


def conflicts_policy(subjects: Mapping[str, Any]) -> Timeline[ConflictsPolicy]:
    """Build the timeline from the parsed subject `conflicts`.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a share outside 0 to 1, or a count below 1.
    """
    return timeline(SUBJECT, subjects[SUBJECT], _built)


def _built(value: Mapping[str, Any]) -> ConflictsPolicy:
    lists = {name: tuple(value[name]) for name in ("classes", "resting") if name in value}
    built = ConflictsPolicy(**{**value, **lists})
    counts = (
        built.history_days,
        built.history_weeks,
        built.least_venue_orders,
        built.least_valued_orders,
        built.rest_ms,
    )
    if not (0 < built.error < 1 and 0 <= built.fill_slack < 1 and built.ridge > 0) or min(counts) < 1:
        message = f"expected shares between 0 and 1, a prior and counts of at least 1, found {dict(value)}"
        raise ValueError(message)
    return built
