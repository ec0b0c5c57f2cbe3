"""Duties as a calendar file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.renderers.ics import render_ics
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routeproof.app.context import Context


def calendar_file(context: Context, shown: Mapping[str, Any]) -> bytes:
    """The duties that were shown, as the bytes of a calendar file."""
    return render_ics(shown["duties"], date.fromisoformat(shown["on"]), context.workspace.firm_id)


def write_calendar(context: Context, shown: Mapping[str, Any], path: Path) -> None:
    """Write the duties that were shown as a calendar file.

    Raises:
        UsageError: if the file cannot be written.
    """
    try:
        write_whole(path, calendar_file(context, shown))
    except OSError as error:
        message = f"expected a file that can be written, found: {error.strerror or error}"
        raise UsageError(message, where=str(path)) from error
