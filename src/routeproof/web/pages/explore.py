"""Explore: measure by any dimensions; the address is the question, so a view is a link."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import Query

from routeproof.app.access.preferences import VIEW, prefer
from routeproof.app.measuring.answers import answer_of
from routeproof.app.measuring.background import Pending
from routeproof.app.measuring.explored import USUAL, explored
from routeproof.app.measuring.export import MEDIA_TYPES, exported
from routeproof.metrics.describe import described
from routeproof.vocab.dimensions import DIMENSIONS
from routeproof.vocab.errors import RouteproofError, UsageError
from routeproof.web.faults import NotFoundError, status_of
from routeproof.web.measure_query import MeasureQuery
from routeproof.web.routing import Routes
from routeproof.web.usual_span import usual_span
from routeproof.web.visit import Gone, Sent, Shown, Visit

routes = Routes()
WAIT_S = 0.15
"""How long a page waits for what is measured now; then it shows so, and looks again by itself."""
_NAME = re.compile(r"[\w .-]{1,60}")


class PageQuery(MeasureQuery):
    """The question, and how its answer is shown."""

    sort: str = ""


class FileQuery(MeasureQuery):
    """The question, and the file that answers it."""

    format: Literal["csv", "xlsx", "parquet", "json"] = "csv"


@routes.page("/explore", needs="view.measures", template="explore.html")
def explore(visit: Visit, asked: Annotated[PageQuery, Query()]) -> Shown:
    """Figures by any dimensions and filters."""
    whole = _as_usual(visit, asked)
    values: dict[str, Any] = {**_around(visit, whole), "problem": None, "pending": None, "answer": None}
    try:
        found = answer_of(visit.context, whole.question(visit), WAIT_S)
    except NotFoundError:
        raise
    except RouteproofError as error:
        return Shown({**values, "problem": error}, status_of(error))
    if isinstance(found, Pending):
        return Shown({**values, "pending": found})
    return Shown({**values, "answer": explored(found, whole.sort)})


@routes.page("/explore/export", needs="view.measures")
def export(visit: Visit, asked: Annotated[FileQuery, Query()]) -> Sent:
    """The answer as a file, with every row and every metric that was asked for."""
    found = answer_of(visit.context, asked.question(visit))
    assert not isinstance(found, Pending)  # noqa: S101  # it was waited for
    name = "-".join(("measure", *found.meta["by"], str(found.meta["from"] or ""), str(found.meta["to"] or "")))
    return Sent(exported(found, asked.format), MEDIA_TYPES[asked.format], f"{name}.{asked.format}")


@routes.action("/explore/views", needs="view.measures", scope="own")
def save_view(visit: Visit) -> Gone:
    """Keep a question under a name, or forget it."""
    name, query = visit.form.get("name", "").strip(), visit.form.get("query", "")
    if not _NAME.fullmatch(name):
        message = f"expected a name of letters, digits, blanks, dots and dashes, at most 60, found {name[:80]!r}"
        raise UsageError(message, where="name")
    forgets = bool(visit.form.get("forget"))
    prefer(visit.context, visit.person, f"{VIEW}{name}", "" if forgets else query.removeprefix("/explore?") or "by=")
    return Gone(f"/explore?{query.removeprefix('/explore?')}", f"View {name}: {'forgotten' if forgets else 'kept'}.")


def _as_usual(visit: Visit, asked: PageQuery) -> PageQuery:
    """What was not said, as most people mean it: the newest quarter, the most telling metrics."""
    usual: dict[str, Any] = {} if asked.metrics else {"metrics": list(USUAL)}
    if not asked.first and not asked.last and not any(text.startswith(_TIMES) for text in asked.where):
        span = usual_span(visit)
        usual |= {name: day.isoformat() for name, day in (("first", span.first), ("last", span.last)) if day}
    return asked.model_copy(update=usual)


_TIMES = ("day", "month", "quarter")


def _around(visit: Visit, asked: PageQuery) -> dict[str, Any]:
    """Form, links and saved views."""
    views = {name.removeprefix(VIEW): text for name, text in visit.preferences.items() if name.startswith(VIEW)}
    return {
        "asked": asked,
        "given": asked.asked(),
        "here_query": asked.address(),
        "dimensions": DIMENSIONS,
        "metrics": described(),
        "views": views,
        "formats": MEDIA_TYPES,
    }
