"""`routeproof report restate`: the next version of a report, with every value that differs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.app.disclosure.made import Made
from routeproof.app.disclosure.records.file_rows import kind_of, period_of, rows_of
from routeproof.app.disclosure.records.on_record import content_of, find, sha256_of_edition
from routeproof.app.disclosure.records.remake import remake
from routeproof.app.disclosure.records.sign import adopt, around_of, report_of, report_shown
from routeproof.app.objects.act import act
from routeproof.app.objects.governed import objects_of
from routeproof.governance.changed_rows import changed_rows, counts
from routeproof.governance.decider import RefusalError, refuse
from routeproof.governance.report import REPORT
from routeproof.ledger.canonical import canonical_bytes
from routeproof.stores.evidence import ExpiredError
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.governance.report import Report

JSON = "application/json"


def restate_report(
    context: Context, file: str, reason: str, new_file: Path | None = None, aspects: str | None = None
) -> dict[str, Any]:
    """Make the next version of a report, write it to its file, and record what differs.

    Args:
        context: the workspace, with the person.
        file: the report's file, or its id. Where the file's bytes are no recorded version of the report that it
            names, they are the next version, with what it was made from if making it again gives the same bytes; else
            the report is made again from the lake as it is now.
        reason: why.
        new_file: the next version, if it is not made here.
        aspects: TOML of a person's texts about venues, if they change.

    Returns:
        The report as `report_shown`, with `path`, `previous` (SHA-256 of the version before), `unchanged`, and `diff`:
        `{"row", "change", "column", "from", "to"}` for each difference.

    Raises:
        UsageError: no such report; it cannot be made here and no file was given; the version before has expired.
        RefusalError: `outdated_version` if the file is an earlier version.
    """
    report, made = _next(context, file, new_file, aspects)
    before = report.current
    previous = sha256_of_edition(context, before)
    try:
        old = context.evidence.get(before.content.file).content
    except ExpiredError as error:
        message = f"expected the file of version {before.number} of {report.id}, found that it has expired"
        raise UsageError(message, where=report.id) from error
    diff = changed_rows(rows_of(report.kind, old), rows_of(report.kind, made.content))
    path = Path(file) if Path(file).is_file() else None
    if made.content == old or not diff:
        state = report_shown(context, report.id)
        return {**state, "path": file, "previous": previous, "unchanged": True, "diff": []}
    _record(context, report, made, reason, diff)
    if path is not None:
        write_whole(path, made.content)
    return {**report_shown(context, report.id), "path": file, "previous": previous, "unchanged": False, "diff": diff}


def _next(context: Context, file: str, new_file: Path | None, aspects: str | None) -> tuple[Report, Made]:
    """The report and its next version."""
    path = Path(file)
    if new_file is not None:
        report = report_of(context, file)
        return report, _as_it_came(report, new_file.read_bytes())
    if path.is_file() and find(context, path.read_bytes()) is None:
        content = path.read_bytes()
        named = _named_like(context, content)
        if named is not None:
            return named, _remade_alike(context, named, content, aspects) or _as_it_came(named, content)
        report = adopt(context, content, path.name)
        return report, remake(context, report, aspects)
    report = report_of(context, file)
    return report, remake(context, report, aspects)


def _remade_alike(context: Context, report: Report, content: bytes, aspects: str | None) -> Made | None:
    """The report made again, if that gives the bytes of a file: so it is known what the file was made from."""
    try:
        made = remake(context, report, aspects)
    except (RefusedError, UsageError):
        return None
    return made if made.content == content else None


def _named_like(context: Context, content: bytes) -> Report | None:
    """The public report of the same kind, reporter and period as a file says of itself."""
    kind = kind_of(content)
    reporter, period = period_of(kind, content)
    for report in objects_of(context.records, REPORT):
        theirs = report.current.content.options.get("reporter", "")
        is_public = not report.customer and not report.provider
        if is_public and (report.kind, report.period, theirs) == (kind, period, reporter):
            return report
    return None


def _as_it_came(report: Report, content: bytes) -> Made:
    kind = kind_of(content)
    reporter, period = period_of(kind, content)
    if (kind, period) != (report.kind, report.period):
        refuse(
            "wrong_state",
            f"expected a {report.kind} report of {report.period}, found {kind} of {period}",
            where=report.id,
        )
    return Made(
        kind=kind,
        period=period,
        customer="",
        content=content,
        orders_in=0,
        excluded={},
        options={name: word for name, word in (("reporter", reporter), ("provider", report.provider)) if word},
    )


def _record(context: Context, report: Report, made: Made, reason: str, diff: list[dict[str, Any]]) -> None:
    stored: list[str] = []
    try:
        content = content_of(context, made, report.current.content.name, stored)
        stored.append(context.evidence.put(canonical_bytes(diff), media_type=JSON, name="diff.json"))
        body = {"reason": reason, "content": content, "diff": stored[-1], **counts(diff)}
        act(context, REPORT, report.id, "restate", body, around_of(context, report.id), stored=stored)
    except (RefusalError, UsageError):
        for sha256 in stored:
            context.evidence.destroy(sha256)
        raise
