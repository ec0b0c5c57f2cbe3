"""Rule 605 reports on record: as they are made from the workspace, and made again for a restatement."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof import __version__
from routeproof.app.disclosure.made import Made
from routeproof.app.disclosure.records.on_record import record_built
from routeproof.app.disclosure.records.write import SIGNED
from routeproof.app.disclosure.report_605 import asked_605, flow_of_workspace, make_605, write_605
from routeproof.app.policy_in_force import policy_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context
    from routeproof.app.disclosure.report_605 import Made605
    from routeproof.governance.report import Kind


def record_605(context: Context, made: Made605) -> Made605:
    """Put a report that was made from the workspace on record and write its file; see `record_built`.

    Where a signed version stands and differs, a file of it is left alone: the new one is written beside it.
    """
    report_id = record_built(context, _made(context, made), made.file.name)
    written = write_605(made, keep_standing=report_id is None)
    return written if report_id else replace(written, warnings=(SIGNED, *written.warnings))


def remade_605(context: Context, kind: Kind, period: str, options: Mapping[str, object]) -> Made:
    """The report of a month as it is made from the workspace now."""
    asked = asked_605(
        "detailed" if kind == "605-detailed" else "summary",
        str(options["reporter"]),
        str(options["participant"]),
        period,
        Path(),
        provider=str(options["provider"]),
    )
    return _made(context, make_605(asked, flow_of_workspace(context)))


def _made(context: Context, made: Made605) -> Made:
    asked, policy = made.asked, policy_in_force(context.records)
    return Made(
        kind="605-detailed" if asked.kind == "detailed" else "605-summary",
        period=f"{asked.month:%Y-%m}",
        content=made.file.content,
        orders_in=made.orders_in,
        excluded=made.excluded,
        options={"reporter": asked.reporter, "participant": asked.participant, "provider": asked.provider},
        basis={
            "manifest": context.lake.manifest().id,
            "policy": policy.id,
            "readings": policy.readings,
            "unconfirmed": ", ".join(made.reporting.unconfirmed),
            "version": __version__,
        },
    )
