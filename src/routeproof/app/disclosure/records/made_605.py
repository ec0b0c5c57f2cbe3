"""Rule 605 reports on record: as they are made from the workspace, and made again for a restatement."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof import __version__
from routeproof.app.disclosure.made import Made
from routeproof.app.disclosure.records.on_record import record_built
from routeproof.app.disclosure.report_605 import asked_605, flow_of_workspace, report_605
from routeproof.app.policy_in_force import policy_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context
    from routeproof.app.disclosure.report_605 import Made605
    from routeproof.governance.report import Kind


def record_605(context: Context, made: Made605) -> str | None:
    """Put a report that was made from the workspace on record; see `record_built`."""
    return record_built(context, _made(context, made), made.file.name)


def remade_605(context: Context, kind: Kind, period: str, options: Mapping[str, object]) -> Made:
    """The report of a month as it is made from the workspace now."""
    with tempfile.TemporaryDirectory(prefix="report-605-") as scratch:
        asked = asked_605(
            "detailed" if kind == "605-detailed" else "summary",
            str(options["reporter"]),
            str(options["participant"]),
            period,
            Path(scratch),
            provider=str(options["provider"]),
        )
        return _made(context, report_605(asked, flow_of_workspace(context)))


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
