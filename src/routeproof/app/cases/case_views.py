"""Saved views: filters of the case list under a name, in a file of the workspace that every person shares."""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
from typing import TYPE_CHECKING, Any

from routeproof.app.cases.case_listing import CaseFilter
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.app.context import Context

FILE = "case_views.json"
_NAME = re.compile(r"[\w-]{1,60}")


def views_of(context: Context) -> dict[str, dict[str, Any]]:
    """Filters by view, by name; a view is how one looks, no record: it changes no case.

    Raises:
        UsageError: if the file is damaged.
    """
    path = _path(context)
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): CaseFilter(**given).given() for name, given in sorted(found.items())}
    except (ValueError, TypeError, AttributeError) as error:
        message = f"expected saved views as this program writes them, found: {error}; remove the file"
        raise UsageError(message, where=str(path)) from error


def save_view(context: Context, name: str, wanted: CaseFilter) -> dict[str, Any]:
    """Save a view, or replace the one of that name.

    Raises:
        UsageError: for a name that is no word.
    """
    if not _NAME.fullmatch(name):
        message = f"expected a name of letters, digits, _ and -, found {name!r}"
        raise UsageError(message, where="NAME")
    with _changing(context) as views:
        views[name] = wanted.given()
    return {"name": name, "filter": wanted.given()}


def forget_view(context: Context, name: str) -> bool:
    """Remove a view; false if there is none of that name."""
    with _changing(context) as views:
        return views.pop(name, None) is not None


@contextlib.contextmanager
def _changing(context: Context) -> Iterator[dict[str, Any]]:
    """The views, to be changed by one at a time; others wait. They are written when the block is left."""
    path = _path(context)
    with path.with_name(f".{FILE}.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        views = views_of(context)
        before = dict(views)
        yield views
        if views != before:
            write_whole(path, json.dumps(views, ensure_ascii=False, indent=1, sort_keys=True).encode())


def view(context: Context, name: str) -> CaseFilter:
    """The filter of a saved view.

    Raises:
        UsageError: if there is none of that name.
    """
    views = views_of(context)
    if name not in views:
        message = f"expected a saved view ({', '.join(views) or 'none is saved'}), found {name!r}"
        raise UsageError(message, where="NAME")
    return CaseFilter(**views[name])


def _path(context: Context) -> Path:
    return context.workspace.root / FILE
