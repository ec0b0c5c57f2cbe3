"""The days that a question is about where none are named: the newest quarter, within those that a role reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.analysis.ground import Span
from routeproof.app.measuring.explored import usual_range

if TYPE_CHECKING:
    from routeproof.web.visit import Visit


def usual_span(visit: Visit, provider: str | None = None) -> Span:
    """The newest quarter of the lake; without flow, the days of the person's role."""
    begins, ends = visit.limits.from_on, visit.limits.to_on
    found = usual_range(visit.context, ends)
    if found is None or (begins is not None and found[1] < begins):
        return Span(first=begins, last=ends, provider=provider)
    return Span(first=max(found[0], begins or found[0]), last=min(found[1], ends or found[1]), provider=provider)
