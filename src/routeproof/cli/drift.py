"""`routeproof drift`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import day_option, json_option, on_option, workspace_option
from routeproof.cli.printing import print_found, print_step, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

COLUMNS = ("metric", "venue", "order_type", "baseline", "clause", "mean", "lower", "upper", "n", "alarm_on")
MOST_REASONS = 5


@click.group()
def drift() -> None:
    """Whether a provider's daily figures have left their baseline, by sequences that may be looked at every day."""


@drift.command("show")
@click.option("--provider", required=True, help="Whose streams.")
@on_option
@day_option("--baseline-from", words="First day of the baseline; that of the year's watch if omitted.")
@day_option("--baseline-to", words="Last day of the baseline; 63 sessions if omitted.")
@workspace_option
@json_option
def show(
    workspace: Path,
    provider: str,
    on: date | None,
    baseline_from: date | None,
    baseline_to: date | None,
    *,
    as_json: bool,
) -> None:
    """Every stream (metric, venue, kind of order): baseline, mean since, interval, and the day of an alarm.

    An interval that misses the baseline on the worse side is an alarm. Streams that cannot be told yet have no
    interval; the most frequent reasons are told, and JSON says why of each.

    Example: routeproof drift show --provider P1 --json
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.monitoring.drift import show_drift  # noqa: PLC0415

    if (baseline_from is None) != (baseline_to is None):
        message = "expected both --baseline-from and --baseline-to, or neither"
        raise click.UsageError(message)
    if baseline_from and baseline_to and baseline_from > baseline_to:
        message = f"expected --baseline-from on or before --baseline-to, found {baseline_from} and {baseline_to}"
        raise click.UsageError(message)
    chosen = (baseline_from, baseline_to) if baseline_from and baseline_to else None
    with open_context(workspace) as context:
        found = show_drift(context, provider, on or context.business_day, chosen, print_step)
    print_found(found, _lines, as_json=as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    told = [row for row in found["streams"] if row["lower"] is not None]
    alarms = [row for row in told if row["alarm_on"]]
    yield (
        f"{found['provider']}: baseline {found['baseline_from']} to {found['baseline_to']}, "
        f"{found['sessions']} sessions since; {len(told)} of {len(found['streams'])} streams can be told, "
        f"{len(alarms)} alarms."
    )
    if told:
        yield from table_lines(COLUMNS, sorted(told, key=lambda row: row["alarm_on"] is None))
    untold = Counter(row["reason"] for row in found["streams"] if row["lower"] is None)
    for reason, count in untold.most_common(MOST_REASONS):
        yield f"not told: {count} {'stream' if count == 1 else 'streams'} ({reason})"
    if len(untold) > MOST_REASONS:
        yield f"not told for {len(untold) - MOST_REASONS} further reasons: --json"
