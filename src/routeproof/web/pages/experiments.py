"""The assignment table of an experiment as a file, for those who may hand it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from routeproof.app.analysis.experiment.planned import table_on_record
from routeproof.app.steps import BY_NOUN
from routeproof.vocab.errors import UsageError
from routeproof.web.examples import example_of
from routeproof.web.faults import NotFoundError
from routeproof.web.looks import ID, require_object
from routeproof.web.routing import Routes
from routeproof.web.visit import Sent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.web.visit import Visit

routes = Routes()
NEEDS = "experiment.assign"
CSV = "text/csv; charset=utf-8"


@routes.page("/experiments/{id}/table.csv", needs=NEEDS, example=example_of("experiment", "table.csv"))
def table(visit: Visit, object_id: ID) -> Sent:
    """Which day's orders of which security go where: the bytes that `experiment assign --out` writes."""
    require_object(visit, BY_NOUN["experiment"], object_id)
    try:
        found = table_on_record(visit.context, object_id)
    except UsageError as error:
        raise NotFoundError(error.message, where=error.where) from error
    return Sent(found.text.encode(), CSV, f"{object_id}-assignment.csv")


def experiment_files(visit: Visit, shown: Mapping[str, Any]) -> list[dict[str, str]]:
    """`href, said` of what can be taken along of an experiment; nothing before it was assigned."""
    if shown["assignment"] is None or shown["unit"] == "order" or not visit.may(NEEDS):
        return []
    said = f"Assignment table, {shown['assignment']['units']} days and securities (CSV)"
    return [{"href": f"/experiments/{quote(shown['id'])}/table.csv", "said": said}]
