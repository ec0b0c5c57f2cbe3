"""How leakage is looked for: windows, controls, and from when on a question is put, by date."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakagePolicy:
    """Standards of the analysis.

    Attributes:
        seed: of the instants that may serve as controls.
        arrival_ms: longest window between an order's arrival and its first route.
        route_ms: window after a route to a venue.
        fill_ms: window after a fill.
        clock_ms: how far a provider's clock may be off: a window that begins when it sent begins so much earlier.
        control_every_s: one candidate control of a symbol in so many seconds.
        controls: controls an event.
        within_min: largest distance in time between an event and its control.
        clear_ms: no own event of the symbol so near to a control, before or after.
        recent_s: the recent move that events and controls are alike in.
        most_bps: a larger move of a window counts as this much.
        own_share: a route of an order that itself asks the displaying venue for this share of the displayed size is
            shown apart: what follows may be its own taking.
        least_events: events below which a cell is refused.
        least_matched: share of a cell's events that must have a control.
        material_bps: an adverse move whose lower bound is not above this puts no question.
        material_share: likewise of displayed size withdrawn.
        block_shares: orders of so many shares are blocks, on their own.
        block_usd: orders of so many dollars likewise.
    """

    seed: int
    arrival_ms: int
    route_ms: int
    clock_ms: int
    fill_ms: int
    control_every_s: int
    controls: int
    within_min: int
    clear_ms: int
    recent_s: int
    most_bps: float
    own_share: float
    least_events: int
    least_matched: float
    material_bps: float
    material_share: float
    block_shares: int
    block_usd: int


def leakage_policy(subjects: Mapping[str, Any]) -> Timeline[LeakagePolicy]:
    """Build the timeline from the parsed subject `leakage`.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a value that is no number of at least 0.
    """
    return timeline("leakage", subjects["leakage"], _of)


def _of(value: Mapping[str, Any]) -> LeakagePolicy:
    kinds = {item.name: float if item.type == "float" else int for item in fields(LeakagePolicy)}
    found = {name: kinds[name](item) for name, item in value.items()}
    if any(not item >= 0 for item in found.values()):
        message = f"expected values of at least 0, found {dict(value)}"
        raise ValueError(message)
    return LeakagePolicy(**found)  # type: ignore[arg-type]  # names and kinds are those of the document
