"""Minutes of a review as PDF and HTML."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof import __version__
from routeproof.app.desk.review import review_shown
from routeproof.app.ledger.checkpoints import checkpoint_now
from routeproof.app.objects.fold import roster_of
from routeproof.renderers.html import render_html
from routeproof.renderers.pdf import render_pdf
from routeproof.reports.catalog.review_minutes import review_minutes
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.reports.document import Document


FORMS = {"html": render_html, "pdf": render_pdf}


def minutes_of(context: Context, object_id: str) -> Document:
    """The minutes of a review as they stand, with a checkpoint of the ledger that covers them.

    Raises:
        UsageError: if there is no review of that name.
    """
    review = review_shown(context, object_id)
    last = review["closed_on"] or review["history"][-1]["business_on"]
    return review_minutes(
        review,
        roster_of(context.records).name_of,
        firm=context.workspace.firm_id or "(firm not named)",
        dated_on=date.fromisoformat(last),
        version=__version__,
        log=_checkpoint(context),
    )


def minutes_file(context: Context, object_id: str, form: str) -> bytes:
    """The minutes as one of `FORMS`. Raises as `minutes_of`."""
    return FORMS[form](minutes_of(context, object_id))


def _checkpoint(context: Context) -> tuple[tuple[str, str], ...]:
    """The signed note, line by line, so that somebody can type it in again."""
    lines = [line for line in checkpoint_now(context).note.decode().splitlines() if line]
    return tuple((f"Checkpoint, line {number}", line) for number, line in enumerate(lines, 1))


def write_minutes(context: Context, object_id: str, folder: Path) -> dict[str, Any]:
    """Write `minutes.html` and `minutes.pdf`; answers with each file's hash.

    Raises:
        UsageError: there is no such review, or the folder cannot be written.
    """
    document = minutes_of(context, object_id)
    hashes: dict[str, str] = {}
    for name, content in ((f"minutes.{form}", render(document)) for form, render in FORMS.items()):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / name, content)
        except OSError as error:
            message = f"expected a folder that can be written, found: {error.strerror or error}"
            raise UsageError(message, where=str(folder)) from error
        hashes[name] = hashlib.sha256(content).hexdigest()
    return {"out": str(folder), "version_hash": document.digest, "files": hashes}
