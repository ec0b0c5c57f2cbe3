"""Binders: everything of a quarter in one file that checks itself."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Path as InPath

from routeproof.app.binder.build import build_binder
from routeproof.app.objects.governed import objects_of
from routeproof.governance.review.noun import REVIEW
from routeproof.vocab.times import quarter_days
from routeproof.web.faults import NotFoundError
from routeproof.web.routing import Routes
from routeproof.web.visit import Sent

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.web.visit import Visit

routes = Routes()
Quarter = Annotated[str, InPath(pattern=r"^[0-9]{4}Q[1-4]$")]


def _reviewed(context: Context) -> list[str]:
    return sorted({review.quarter for review in objects_of(context.records, REVIEW)})


def _example(context: Context) -> str | None:
    return next((f"/binders/{quarter}.zip" for quarter in _reviewed(context)), None)


@routes.page("/binders/{quarter}.zip", needs="view.reports", example=_example)
def binder(visit: Visit, quarter: Quarter) -> Sent:
    """The binder of a reviewed quarter, with its verifier in it."""
    visit.require_reach(*quarter_days(quarter))
    if quarter not in _reviewed(visit.context):
        message = f"expected a quarter that was reviewed, found none of {quarter}"
        raise NotFoundError(message)
    visit.context.workspace.scratch_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="binder-", dir=visit.context.workspace.scratch_folder) as scratch:
        made = build_binder(visit.context, quarter, Path(scratch) / "binder.zip")
        return Sent(made.path.read_bytes(), "application/zip", f"{quarter}.zip")
