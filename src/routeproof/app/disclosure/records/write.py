"""A made report written to its files and put on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.disclosure.records.on_record import record_built
from routeproof.stores.files import beside_standing, write_whole
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.disclosure.made import Made

SIGNED = "the file differs from the version that was signed: `routeproof report restate` makes it the next version"


def write_report(
    context: Context, made: Made, out: Path, html: Path | None, pdf: Path | None, told: Callable[[str], None]
) -> dict[str, Any]:
    """Write the file, and the pages for people where they are asked for.

    Where a signed version stands and differs, another file at `out` is left alone: the new one is written beside it.

    Returns:
        `{"path", "sha256", "orders_in", "excluded", "warnings"}`.

    Raises:
        UsageError: a file cannot be written.
        RefusalError: the person may not build reports.
    """
    report_id = record_built(context, made, out.name)
    out = out if report_id else beside_standing(out, made.content)
    files = {out: made.content}
    if made.document is not None and (html is not None or pdf is not None):
        files |= _pages(made, html, pdf)
    try:
        for path, content in files.items():
            write_whole(path, content)
    except OSError as error:
        message = f"expected a file that can be written, found: {error.strerror or error}"
        raise UsageError(message, where=str(error.filename or out)) from error
    told(f"on record as {report_id}" if report_id else SIGNED)
    return {
        "path": str(out),
        "sha256": made.sha256,
        "orders_in": made.orders_in,
        "excluded": dict(made.excluded),
        "warnings": list(made.warnings),
    }


def _pages(made: Made, html: Path | None, pdf: Path | None) -> dict[Path, bytes]:
    from routeproof.renderers.html import render_html  # noqa: PLC0415  # slow to import
    from routeproof.renderers.pdf import render_pdf  # noqa: PLC0415

    assert made.document is not None  # noqa: S101  # asked before
    document = made.document()
    found: dict[Path, bytes] = {}
    if html is not None:
        found[html] = render_html(document)
    if pdf is not None:
        found[pdf] = render_pdf(document)
    return found
