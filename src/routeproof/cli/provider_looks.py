"""Commands of `routeproof provider` that look: show, list, compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import json_option, on_option, workspace_option
from routeproof.cli.printing import print_json, print_object, print_table

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


ANSWER_WIDTH = 60


@click.command("show")
@click.argument("provider_id", metavar="ID")
@on_option
@workspace_option
@json_option
def show(provider_id: str, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """Show the file of provider ID as it stands on a day.

    Example: routeproof provider show ACME --on 2026-09-30
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.provider.go_live import provider_shown  # noqa: PLC0415

    with open_context(workspace, on=on) as context:
        state = provider_shown(context, provider_id, on)
    print_object(state, as_json=as_json)


@click.command("list")
@on_option
@workspace_option
@json_option
def list_(on: date | None, workspace: Path, *, as_json: bool) -> None:
    """List providers with state, role, open points and the day on which the refresh is due.

    Example: routeproof provider list --json
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.provider.listing import providers_listed  # noqa: PLC0415

    with open_context(workspace, on=on) as context:
        found = providers_listed(context, on)
    if as_json:
        print_json(found)
        return
    print_table(("id", "name", "role", "state", "unanswered", "open_conditions", "refresh_due_on"), found["items"])


@click.command("compare")
@click.argument("provider_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--all", "every", is_flag=True, help="Also the questions that all answered alike.")
@on_option
@workspace_option
@json_option
def compare(provider_ids: tuple[str, ...], on: date | None, workspace: Path, *, every: bool, as_json: bool) -> None:
    """Set providers side by side: their files, then their answers where they differ.

    Example: routeproof provider compare ACME BOLT CIRRUS
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.provider.compare import compare_providers  # noqa: PLC0415

    with open_context(workspace, on=on) as context:
        found = compare_providers(context, tuple(dict.fromkeys(provider_ids)), context.business_day)
    if as_json:
        print_json(found)
        return
    columns = ("", *found["providers"])
    print_table(
        columns, [{"": row["row"].replace("_", " ")} | row["values"] for row in found["rows"]], widest=ANSWER_WIDTH
    )
    click.echo()
    answers = [row for row in found["answers"] if every or row["differ"]]
    print_table(columns, [{"": row["question_id"]} | row["values"] for row in answers], widest=ANSWER_WIDTH)


@click.command("access")
@click.argument("provider_id", metavar="ID")
@click.option("--period", required=True, help="Quarter, such as 2026Q3.")
@workspace_option
@json_option
def access(provider_id: str, period: str, workspace: Path, *, as_json: bool) -> None:
    """Liquidity access: venues disclosed, used and material for our symbols, and the gaps each way.

    Example: routeproof provider access ACME --period 2026Q3
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.provider.liquidity_access import gaps_by_venue, liquidity_access  # noqa: PLC0415

    with open_context(workspace) as context:
        found = liquidity_access(context, provider_id, period)
    if as_json:
        print_json(found)
        return
    print_table(("venue", "disclosed", "used", "executions", "executed_shares", "material_in"), found["venues"])
    click.echo()
    if found["gaps"]:
        print_table(("kind", "venue", "executed_shares", "largest_tape_share", "symbols"), gaps_by_venue(found["gaps"]))
    else:
        click.echo("No gaps.")
    for note in found["notes"]:
        click.echo(note)


@click.command("tested")
@click.argument("provider_id", metavar="ID")
@click.option("--period", required=True, help="Quarter, such as 2026Q3.")
@workspace_option
@json_option
def tested(provider_id: str, period: str, workspace: Path, *, as_json: bool) -> None:
    """Each answer that can be tested, beside what was measured of the provider's flow.

    Example: routeproof provider tested ACME --period 2026Q3
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.provider.tested import answers_beside_figures  # noqa: PLC0415

    with open_context(workspace) as context:
        found = answers_beside_figures(context, provider_id, period)
    if as_json:
        print_json(found)
        return
    rows = [row | _short({"answer": row["answer"]}) for row in found["answers"]]
    print_table(("question_id", "answer", "check", "observed", "unit", "reason"), rows)


def _short(values: dict[str, Any]) -> dict[str, Any]:
    return {who: text and " ".join(text.split())[:ANSWER_WIDTH] for who, text in values.items()}


LOOKS = (show, list_, compare, access, tested)
