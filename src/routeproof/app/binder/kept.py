"""Binders for download: built when somebody asks, kept until anything but a look or a login goes on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.access.events import STREAM as ACCESS
from routeproof.app.binder.build import build_binder
from routeproof.app.measuring.background import awaited
from routeproof.app.objects.governed import objects_of
from routeproof.governance.review.noun import REVIEW
from routeproof.stores.files import publish, removed_after

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

FOLDER = "binders"


def binder_quarters(context: Context) -> list[str]:
    """Quarters that have a review, and so a binder, newest first."""
    return sorted({review.quarter for review in objects_of(context.records, REVIEW)}, reverse=True)


def kept_binder(context: Context, quarter: str) -> Path:
    """The binder of a quarter as the record stands; an earlier one of the quarter is removed.

    Raises:
        RefusalError: as `build_binder`.
    """
    path = _path(context, quarter)

    def make(own: Context) -> None:
        if path.exists():
            return
        with removed_after(unfinished := path.with_suffix(".part")):
            build_binder(own, quarter, unfinished)
            publish(unfinished, path)
        for old in path.parent.glob(f"{quarter}-*.zip"):
            if old != path:
                old.unlink(missing_ok=True)

    while not path.exists():
        awaited(context.workspace, path, make, None)
    return path


def _path(context: Context, quarter: str) -> Path:
    """Named by the last entry that is no look and no login: those change nothing that a binder is about."""
    statement = "SELECT MAX(entry_index) FROM ledger_leaves WHERE stream <> :access"
    ((last,),) = context.records.query(statement, {"access": ACCESS})
    return context.workspace.cache_folder.parent / FOLDER / f"{quarter}-{last}.zip"
