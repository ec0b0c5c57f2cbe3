"""How a router's choices are read: which orders, how much is needed, what counts as a sweep or a change, by date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline

SUBJECT = "routing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingPolicy:
    """What reading a router's choices needs.

    Attributes:
        seed: of the orders of days that are drawn.
        classes: order classes in which the router is free to choose, and so is judged.
        least_orders: orders below which a situation is not ranked.
        least_venue_orders: orders that must try a venue, at whatever place, before it is ranked in a situation.
        sweep_ms: routes of an order to different venues within so many milliseconds are one sweep.
        least_days: days that each side of a change needs.
        draws: orders of days drawn to judge a change.
        change_error: chance of any false change among all order classes of a provider.
        notice_days: a notice or configuration within so many days of a change announces it.
        least_share_moved: a smaller move of a venue's share is no change of logic, however certain, and a share that
            lies nearer than this to a stated one is as stated.
        least_first_looks: first routes to a venue before it is asked whether it gets a first look.
        first_look_fill: share of first routes filled below which going there first looks like a look, not a trade.
        least_lineage_share: share of fills that need a route to their venue for "every route is reported" to hold.
    """

    seed: int
    classes: tuple[str, ...]
    least_orders: int
    least_venue_orders: int
    sweep_ms: int
    least_days: int
    draws: int
    change_error: float
    notice_days: int
    least_share_moved: float
    least_first_looks: int
    first_look_fill: float
    least_lineage_share: float


def routing_policy(subjects: Mapping[str, Any]) -> Timeline[RoutingPolicy]:
    """Build the timeline from the parsed subject `routing`.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a share outside 0 to 1, or a count below 1.
    """
    return timeline(SUBJECT, subjects[SUBJECT], _built)


def _built(value: Mapping[str, Any]) -> RoutingPolicy:
    built = RoutingPolicy(**{**value, "classes": tuple(value["classes"])})
    shares = (built.change_error, built.least_share_moved, built.first_look_fill, built.least_lineage_share)
    counts = (built.least_orders, built.least_venue_orders, built.least_days, built.draws, built.sweep_ms)
    if not all(0 < share < 1 for share in shares) or min(counts) < 1 or not built.classes:
        message = f"expected shares between 0 and 1, counts of at least 1 and order classes, found {dict(value)}"
        raise ValueError(message)
    return built
