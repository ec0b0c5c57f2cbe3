"""`routeproof report sign|publish`: a person stands for a report's bytes, and says where they are public."""

from __future__ import annotations

import getpass
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.app.disclosure.made import Made
from routeproof.app.disclosure.records.file_rows import kind_of, period_of
from routeproof.app.disclosure.records.on_record import find, record_built, sha256_of_edition
from routeproof.app.objects.act import act, shown
from routeproof.app.objects.fold import object_of
from routeproof.governance.decider import refuse
from routeproof.governance.report import REPORT
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.report import Report
    from routeproof.stores.records import Records


def sign_report(context: Context, file: str, version: str | None) -> dict[str, Any]:
    """Sign the version of a report that stands.

    Args:
        context: the workspace, with the person.
        file: the report's file, or its id. A file that is not on record is put there first, as it came.
        version: SHA-256 of the bytes that were read, or the report's version hash.

    Raises:
        UsageError: there is no such file, and no such report.
        RefusalError: `outdated_version` if other bytes stand, `own_work` if the person made them.
    """
    report = report_of(context, file)
    done = act(
        context,
        REPORT,
        report.id,
        "sign",
        {} if version is None else {"version": version},
        around_of(context, report.id),
    )
    return {**report_shown(context, report.id), "receipt": done["receipt"]}


def publish_report(context: Context, file: str, where: str, on: date | None) -> dict[str, Any]:
    """Say where a signed report stands, which closes the duty to publish it."""
    report = report_of(context, file)
    body = {"where": where, **({"published_on": on.isoformat()} if on else {})}
    act(context, REPORT, report.id, "publish", body, around_of(context, report.id))
    return report_shown(context, report.id)


def report_shown(context: Context, report_id: str) -> dict[str, Any]:
    """A report as people see it, with the SHA-256 of the file that stands.

    Raises:
        UsageError: if there is none of that name.
    """
    version = object_of(context.records, REPORT, report_id)
    if version is None:
        return shown(context, REPORT, report_id)
    return shown(context, REPORT, report_id, {"sha256": sha256_of_edition(context, version.state.current)})


def report_of(context: Context, file: str) -> Report:
    """The report whose version that stands has the file's bytes, or that has the id."""
    path = Path(file)
    if not path.is_file():
        version = object_of(context.records, REPORT, file)
        if version is None:
            message = f"expected a report's file or id, found neither: {file}: `routeproof report list` names them"
            raise UsageError(message, where=file)
        return version.state
    content = path.read_bytes()
    found = find(context, content)
    if found is None:
        return adopt(context, content, path.name)
    if not found.is_current:
        refuse(
            "outdated_version",
            f"expected the file of version {found.report.current.number} of {found.report.id}, found version "
            f"{found.edition.number}",
            where=file,
        )
    return found.report


def adopt(context: Context, content: bytes, name: str) -> Report:
    """Put a file on record that came from elsewhere; for the account that runs the program, whoever acts.

    Raises:
        DataRejectedError: it is no report.
        UsageError: another version of the same report stands, signed.
    """
    kind = kind_of(content)
    reporter, period = period_of(kind, content)
    made = Made(
        kind=kind,
        period=period,
        content=content,
        orders_in=0,
        excluded={},
        options={"reporter": reporter} if reporter else {},
    )
    account = replace(context.actor, name=f"os:{getpass.getuser()}")
    report_id = record_built(replace(context, acting=None, actor=account), made, name)
    if report_id is None:
        message = (
            f"expected the file of the version that stands, found another one of the same {kind} report of {period}: "
            "`routeproof report restate` makes it the next version"
        )
        raise UsageError(message, where=name)
    version = object_of(context.records, REPORT, report_id)
    assert version is not None  # noqa: S101  # it was recorded just now
    return version.state


def around_of(context: Context, report_id: str) -> Callable[[Records], Mapping[str, Any]]:
    """What decisions about a report must know: the bytes that stand."""

    def around(records: Records) -> Mapping[str, Any]:
        version = object_of(records, REPORT, report_id)
        return {"sha256": sha256_of_edition(context, version.state.current) if version else ""}

    return around
