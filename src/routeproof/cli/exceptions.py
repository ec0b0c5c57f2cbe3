"""`routeproof exceptions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, entitled_context, recording
from routeproof.cli.news import send_news
from routeproof.cli.options import day_option, json_option, workspace_option
from routeproof.cli.printing import print_found, print_step, sentence_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from routeproof.app.context import Context

FOUND = 1
"""Exit code when a rule fired."""
COLUMNS = ("id", "rule", "severity", "provider", "case", "sentence")


@click.group()
def exceptions() -> None:
    """What the monitoring rules found: run a day, list findings."""


@exceptions.command("run")
@day_option("--day", words="Trading day to judge.")
@click.option("--stale", is_flag=True, help="Judge every judged day again whose data, or history, changed since.")
@click.option("--manifest", help="As known at this commit.")
@recording
def run(acts: Acts, day: date | None, manifest: str | None, *, stale: bool) -> int:
    """Judge a trading day by all rules and record the findings; exit 1 if something fired.

    Doing it again changes nothing; after late data what changed is amended or withdrawn. Rules that look back see late
    data of earlier days too: `--stale` judges all days that this concerns, and prints an object of `days`. Channels of
    `notify` are sent what is due (`notices`: messages, null where there is no channel).

    Example: routeproof exceptions run --day 2026-07-01
    """
    from routeproof.app.monitoring.staleness import stale_days  # noqa: PLC0415

    if stale == (day is not None) or (stale and manifest is not None):
        raise click.UsageError("give --day DAY, or --stale alone")  # noqa: TRY003, EM101  # click's own error
    with entitled_context(acts, "exceptions.run") as context:
        if day is not None:
            found = _run(context, day, manifest, acts)
            others = [] if acts.as_json else [str(one) for one in stale_days(context)]
        else:
            runs = [_run(context, one, None, acts) for one in stale_days(context)]
            found, others = {"days": runs, "total": sum(one["total"] for one in runs)}, []
        found["notices"] = send_news(context, as_json=acts.as_json)
    print_found(found, _run_lines if day is not None else _stale_lines, as_json=acts.as_json)
    if others:
        many = f"{len(others)} judged days, the first {others[0]}, have other data or history now"
        click.echo(f"note: {many}: routeproof exceptions run --stale", err=True)
    return FOUND if found["total"] else 0


def _run(context: Context, day: date, manifest: str | None, acts: Acts) -> dict[str, Any]:
    from routeproof.app.monitoring.day_over import told_of_end  # noqa: PLC0415
    from routeproof.app.monitoring.listing import FindingFilter, list_findings  # noqa: PLC0415
    from routeproof.app.monitoring.run_day import run_day  # noqa: PLC0415

    print_step(f"judging {day}")
    if (words := told_of_end(context, day)) and not acts.as_json:
        click.echo(f"note: {words}", err=True)
    done = run_day(context, day, manifest, print_step)
    found = list_findings(context.records, FindingFilter(day=day))
    return found | {
        "day": day.isoformat(),
        "manifest": done.manifest,
        "recorded": len(done.change.recorded),
        "amended": len(done.change.amended),
        "withdrawn": len(done.change.withdrawn),
        "waiting": done.change.waiting,
        "unjudged": dict(done.unjudged),
        "cases_opened": list(done.worked.opened),
        "joined": done.worked.joined,
        "suppressed": done.worked.suppressed,
        "escalated": list(done.escalated),
    }


@exceptions.command("list")
@day_option("--day", words="Only this trading day.")
@click.option("--rule", help="Only this rule.")
@click.option("--provider", help="Only this provider.")
@click.option("--venue", help="Only this venue.")
@click.option("--symbol", help="Only this symbol.")
@click.option("--case", "case_id", help="Only findings of this case.")
@click.option("--limit", type=click.IntRange(min=1), help="Findings on a page, all if omitted.")
@click.option("--after", help="Where the page before ended: its `next`.")
@workspace_option
@json_option
def list_(
    workspace: Path,
    day: date | None,
    rule: str | None,
    provider: str | None,
    venue: str | None,
    symbol: str | None,
    case_id: str | None,
    limit: int | None,
    after: str | None,
    *,
    as_json: bool,
) -> None:
    """List findings that stand, by time.

    Example: routeproof exceptions list --day 2026-07-01 --rule outside_nbbo
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.monitoring.listing import FindingFilter, list_findings  # noqa: PLC0415

    wanted = FindingFilter(day=day, rule=rule, provider=provider, venue=venue, symbol=symbol, case=case_id)
    with open_context(workspace) as context:
        found = list_findings(context.records, wanted, limit, after)
    if rule is not None and not found["total"]:
        from routeproof.app.monitoring.catalog import known_rule  # noqa: PLC0415

        known_rule(rule)
    print_found(found, _lines, as_json=as_json)


def _run_lines(found: dict[str, Any]) -> Iterator[str]:
    yield from _lines(found)
    yield ""
    yield (
        f"{found['recorded']} new, {found['amended']} amended, {found['withdrawn']} withdrawn; "
        f"{found['waiting']} wait for more data."
    )
    yield (
        f"{len(found['cases_opened'])} cases opened, {found['joined']} findings joined open cases, "
        f"{found['suppressed']} suppressed, {len(found['escalated'])} cases escalated."
    )
    for rule, reason in found["unjudged"].items():
        yield f"not judged: {rule} ({reason})"


def _stale_lines(found: dict[str, Any]) -> Iterator[str]:
    if not found["days"]:
        yield "No judged day has other data than it was judged with."
    for one in found["days"]:
        yield (
            f"{one['day']}: {one['recorded']} new, {one['amended']} amended, {one['withdrawn']} withdrawn, "
            f"{one['total']} findings stand."
        )


def _lines(found: dict[str, Any]) -> Iterator[str]:
    rows = [{**item, "case": item["case"] or _caseless(item)} for item in found["findings"]]
    if rows:
        yield from sentence_lines(COLUMNS, rows)
    shown = len(found["findings"])
    yield f"{shown} of {found['total']} findings" + (f"; more: --after {found['next']}" if found["next"] else "")


def _caseless(finding: dict[str, Any]) -> str | None:
    """Why a finding is in no case, where there is more to say than that it opens none."""
    return finding["suppressed_by"] or (finding["status"] if finding["status"] != "final" else None)
