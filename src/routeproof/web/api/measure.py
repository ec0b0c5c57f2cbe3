"""Measuring over the API: what `routeproof measure --format json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

from routeproof.app.measuring.answers import answer_of
from routeproof.app.measuring.background import Pending
from routeproof.web.measure_query import MeasureQuery  # a parameter is made of it
from routeproof.web.routing import Routes

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.api("GET", "/measure", needs="view.measures")
def measure(visit: Visit, asked: Annotated[MeasureQuery, Query()]) -> dict[str, Any]:
    """Execution quality by dimension, as `routeproof measure --format json`."""
    found = answer_of(visit.context, asked.question(visit))
    assert not isinstance(found, Pending)  # noqa: S101  # it was waited for
    return found.as_plain()
