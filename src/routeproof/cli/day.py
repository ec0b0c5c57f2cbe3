"""`routeproof day`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, perform, recording
from routeproof.cli.news import send_news
from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_found, print_object, print_step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from routeproof.app.context import Context

day_argument = click.argument("day_", metavar="DAY", type=click.DateTime(["%Y-%m-%d"]))


@click.group()
def day() -> None:
    """A trading day: closed by a supervisor over what was found, amended by what comes later."""


@day.command("close")
@day_argument
@recording
def close(acts: Acts, day_: datetime) -> None:
    """Close DAY: how complete its data are, findings by rule, cases that are open; signed, with a receipt.

    A day that was not judged with all of its data is judged first, as `exceptions run` does; what is new is told.
    Refused (not_ready) for a day that is not over, or where findings still wait; a day without a session needs no close
    (wrong_state).

    Example: routeproof day close 2026-07-01 --as sam
    """
    from routeproof.app.monitoring.close_day import close_day  # noqa: PLC0415
    from routeproof.app.monitoring.judge_before_close import judge_before_close  # noqa: PLC0415

    def step(context: Context, _: dict[str, Any]) -> dict[str, Any]:
        judged = judge_before_close(context, day_.date(), print_step)
        if judged is not None:
            send_news(context, as_json=acts.as_json)
        if judged is not None and judged.change.recorded and not acts.as_json:
            look = f"routeproof exceptions list --day {day_.date()}"
            click.echo(f"note: {len(judged.change.recorded)} findings are new: {look}", err=True)
        return close_day(context, day_.date())

    perform(acts, step)


@day.command("show")
@day_argument
@workspace_option
@json_option
def show(day_: datetime, workspace: Path, *, as_json: bool) -> None:
    """Show DAY as it was closed and what amended it since, or as it stands while it is open.

    Example: routeproof day show 2026-07-01
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.monitoring.close_day import day_shown  # noqa: PLC0415

    with open_context(workspace) as context:
        found = day_shown(context, day_.date())
    if "version" in found:
        print_object(found, as_json=as_json)
    else:
        print_found(found, _lines, as_json=as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['day']}: {found['state']}"
    yield f"  {'judged' if found['judged'] else 'not judged'}{', before its last data' if found['stale'] else ''}"
    yield "  " + ", ".join(f"{name} {count}" for name, count in found["completeness"].items())
    for rule, count in found["findings"].items():
        yield f"  {rule}: {count}"
    yield f"  {found['waiting']} findings wait, {found['suppressed']} are suppressed"
    yield f"  {found['open_cases']} cases open, {found['overdue_cases']} overdue"
