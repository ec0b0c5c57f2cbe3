"""A recorded report made again from what was asked for, and the lake as it is now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from routeproof.stores.evidence import ExpiredError
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.app.context import Context
    from routeproof.app.disclosure.made import Made
    from routeproof.governance.report import Content, Kind, Report


def remake(context: Context, report: Report, aspects: str | None = None) -> Made:
    """Make the report again, as its last version that was made here was asked for.

    Args:
        context: the workspace.
        report: as it is on record.
        aspects: TOML of texts about venues, in place of those given then.

    Raises:
        UsageError: it was not made here, or what it was made from has expired.
    """
    maker = MAKERS.get(report.kind)
    made = [edition.content for edition in report.editions if edition.content.basis]
    if maker is None or not made:
        message = (
            f"expected a report that was made here, found that {report.id} came as a file: "
            "give its new version with --with FILE"
        )
        raise UsageError(message, where=report.id)
    content = made[-1]
    texts = _text(context, content.aspects) if aspects is None else aspects
    return maker(context, report, content, texts)


def _text(context: Context, sha256: str | None) -> str:
    if not sha256:
        return ""
    try:
        return context.evidence.get(sha256).content.decode()
    except ExpiredError as error:
        message = "expected what the report was made from, found that it has expired: give the new version with --with"
        raise UsageError(message) from error


def _606a1(context: Context, _: Report, content: Content, aspects: str) -> Made:
    from routeproof.app.disclosure.report606.public_report import Asked606a1, make_606a1  # noqa: PLC0415  # slow to import

    asked = Asked606a1(
        quarter=str(content.options["quarter"]),
        bd=str(content.options["bd"]),
        other_if_unknown=bool(content.options["other_if_unknown"]),
        aspects=aspects,
    )
    return make_606a1(context, asked)


def _606b(context: Context, report: Report, content: Content, _: str) -> Made:
    from routeproof.app.disclosure.report606.customer_reports import Asked606b, make_606b1, make_606b3  # noqa: PLC0415  # slow

    options = content.options
    asked = Asked606b(
        customer=_text(context, report.customer),
        to=date.fromisoformat(str(options["to"])),
        bd=str(options["bd"]),
        name=_name(context, report.kind, content),
        voluntary=bool(options["voluntary"]),
    )
    return (make_606b1 if report.kind == "606b1" else make_606b3)(context, asked)


def _name(context: Context, kind: Kind, content: Content) -> str:
    """The name that the report was made out to stands in the file alone."""
    from routeproof.app.disclosure.records.file_rows import rows_of  # noqa: PLC0415

    if not content.options["named"]:
        return ""
    rows = rows_of(kind, context.evidence.get(content.file).content)
    return next(iter(rows.values()))["customer"]


def _605(context: Context, report: Report, content: Content, _: str) -> Made:
    from routeproof.app.disclosure.records.made_605 import remade_605  # noqa: PLC0415  # slow to import

    return remade_605(context, report.kind, report.period, content.options)


MAKERS: Mapping[Kind, Callable[[Context, Report, Content, str], Made]] = {
    "605-detailed": _605,
    "605-summary": _605,
    "606a1": _606a1,
    "606b1": _606b,
    "606b3": _606b,
}
"""How each kind is made; one that is not here is restated by a file alone."""
